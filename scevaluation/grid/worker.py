"""The child that reads received files: started with `python -I -S`, under limits, one file after another through pipes.

A file that kills its reader kills only this process. It imports nothing but the standard library and this room's own modules.
"""

from __future__ import annotations

import contextlib
import gc
import marshal
import os
import signal
import struct
import sys

HEAD = struct.Struct("<Q")


def limited(memory: int) -> None:
    """No more memory than this, no file written, no core left; where the system knows no such limits, time alone counts."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def answers(read, refused, raw: bytes) -> tuple[tuple, bool]:
    """What is said to the parent of one file, and whether this process is fit for the next."""
    try:
        return ("read", *read(raw)), True
    except refused as error:
        return ("refused", error.problem, error.found, error.remedy), True
    except (MemoryError, RecursionError):
        return ("refused", "file_memory", "", "only_the_table"), False


def received(stream) -> bytes | None:
    """The next file; None if the parent has no more."""
    head = stream.read(HEAD.size)
    return stream.read(HEAD.unpack(head)[0]) if len(head) == HEAD.size else None


def main() -> None:
    sys.path.append(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
    from scevaluation.grid.limits import MEMORY, Refused
    from scevaluation.grid.reading import read

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    limited(MEMORY)
    gc.disable()  # half a million cells are searched for cycles that are none
    while (raw := received(sys.stdin.buffer)) is not None:
        said, fit = answers(read, Refused, raw)
        del raw
        packed = marshal.dumps(said)
        sys.stdout.buffer.write(HEAD.pack(len(packed)))
        sys.stdout.buffer.write(packed)
        sys.stdout.buffer.flush()
        if not fit:
            break
        del said, packed
        gc.collect()


if __name__ == "__main__":
    main()
