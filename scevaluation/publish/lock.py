"""One batch at a time in a folder of reports, and no litter of one that was killed."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from scevaluation.errors import ReportError

NAME = ".batch.lock"
BESIDE = ".making-"
MOST_OF_PATH = 40  # letters: a forkserver listens at a socket some 60 letters further down, and systems allow about 104


@contextlib.contextmanager
def locked(root: Path, wait: bool = False) -> Iterator[None]:
    """Hold a folder of reports for one batch; the system lets go of it when the process ends, however it ends.

    Raises
    ------
    ReportError
        If another batch holds it and `wait` is not asked for, or the folder cannot be written.
    """
    try:
        root.mkdir(parents=True, exist_ok=True)
        handle = open(root / NAME, "a+", encoding="utf-8")  # noqa: SIM115 - held until the batch ends
    except OSError as error:
        raise ReportError(f"{root} cannot be written: {error.strerror}.", "Choose another folder with --out.") from error
    with handle:
        while not _take(handle):
            if not wait:
                raise ReportError(f"{_holder(handle)} is making reports in {root}.", "Wait for its end, or use --wait.")
            time.sleep(0.2)
        handle.seek(0)
        handle.truncate()
        json.dump({"pid": os.getpid(), "since": time.strftime("%Y-%m-%d %H:%M:%S")}, handle)
        handle.flush()
        sweep(root)
        try:
            yield
        finally:
            sweep(root)
            handle.seek(0)
            handle.truncate()


def _take(handle) -> bool:
    try:
        if os.name == "nt":
            import msvcrt

            handle.seek(0)
            msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _holder(handle) -> str:
    """The batch that holds the folder, by process number and start."""
    handle.seek(0)
    try:
        said = json.load(handle)
    except ValueError:
        return "Another batch"
    return f"Another batch (process {said['pid']}, since {said['since']})"


def temporary() -> Path:
    """Where batches put their folders of temporary files: the system's place, or /tmp where that has too long a name."""
    place = tempfile.gettempdir()
    return Path("/tmp" if len(place) > MOST_OF_PATH and os.access("/tmp", os.W_OK) else place)


def sweep(root: Path) -> None:
    """Take away what a killed process left beside its reports and among temporary files; what a living one is writing stays."""
    found = [*root.glob(f"{BESIDE}*"), *root.glob(f"*/*/{BESIDE}*"), *temporary().glob(f"{BESIDE}*")]
    if not found:
        return
    import psutil

    for path in found:
        owner = path.name.removeprefix(BESIDE).partition("-")[0]
        if not (owner.isdigit() and int(owner) != os.getpid() and psutil.pid_exists(int(owner))):
            shutil.rmtree(path, ignore_errors=True)
