"""The parent's end of the reading child: one for a process, started when first needed, started again when it dies."""

from __future__ import annotations

import atexit
import contextlib
import marshal
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

from scevaluation.grid import limits
from scevaluation.grid.limits import Refused
from scevaluation.grid.worker import HEAD

_WORKER = Path(__file__).with_name("worker.py")
GRACE = 5  # seconds that the child has beyond its own clock


class Child:
    """A reading child, asked by one thread at a time."""

    def __init__(self, seconds: float = limits.SECONDS + GRACE):
        self.seconds = seconds
        self.lock = threading.Lock()
        self.process: subprocess.Popen | None = None

    def ask(self, raw: bytes) -> tuple:
        """What the child reads of a file: kind, looks, sheets; refused if it refuses the file, dies of it, or takes too long."""
        with self.lock:
            said = self._told(raw)
        if said[0] == "refused":
            raise Refused(*said[1:])
        return said[1:]

    def _told(self, raw: bytes) -> tuple:
        """What a child says; one that was at work before and dies of this file leaves it to a new one."""
        end = time.monotonic() + self.seconds
        said = None
        while said is None and time.monotonic() < end:
            used = self._living()
            said = self._answer(used or self._started(), raw, end)
            if used is None:
                break
        if said is None:
            late = time.monotonic() >= end
            return ("refused", "file_too_slow", f"{limits.SECONDS}", "only_the_table") if late else ("refused", "file_ends_reader")
        if said[:2] == ("refused", "file_memory"):
            self._drop()
        return said

    def _answer(self, process: subprocess.Popen, raw: bytes, end: float) -> tuple | None:
        """What this child says; None if it dies, or is ended because the time is over."""
        timer = threading.Timer(max(0.0, end - time.monotonic()), process.kill)
        timer.start()
        try:
            _send(process, raw)
            return marshal.loads(_receive(process, HEAD.unpack(_receive(process, HEAD.size))[0]))
        except (OSError, EOFError):
            self._drop()
            return None
        except BaseException:
            self._drop()
            raise
        finally:
            timer.cancel()
            timer.join()

    def _living(self) -> subprocess.Popen | None:
        if self.process is not None and self.process.poll() is not None:
            self._drop()
        return self.process

    def _started(self) -> subprocess.Popen:
        hidden = getattr(subprocess, "CREATE_NO_WINDOW", 0)
        argv, pipe = [sys.executable, "-I", "-S", str(_WORKER)], subprocess.PIPE
        self.process = subprocess.Popen(argv, 0, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, creationflags=hidden)
        return self.process

    def _drop(self) -> None:
        process, self.process = self.process, None
        if process is not None:
            process.kill()
            _shut(process)
            process.wait()

    def close(self) -> None:
        """End the child; the next question starts another."""
        with self.lock:
            self._drop()

    def forget(self) -> None:
        """In a fork: the child is the other process's; this one gets its own."""
        self.lock = threading.Lock()
        process, self.process = self.process, None
        if process is not None:
            _shut(process)
            process.returncode = 0  # nobody here waits for it


def _shut(process) -> None:
    for pipe in (process.stdin, process.stdout):
        with contextlib.suppress(OSError):
            pipe.close()


def _send(process, raw: bytes) -> None:
    for part in (HEAD.pack(len(raw)), raw):
        left = memoryview(part)
        while left:
            left = left[process.stdin.write(left) :]


def _receive(process, size: int) -> bytes:
    parts = []
    while size:
        part = process.stdout.read(min(size, 2**20))
        if not part:
            raise EOFError
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


CHILD = Child()
atexit.register(CHILD.close)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=CHILD.forget)
