"""A workspace whose office's past is taken, on a disk that fails, or in a process that is killed, at its n-th operation."""

import hashlib
import json
import os
import shutil
import sys
from pathlib import Path

from faults import Faulty, killed
from past_data import NEW, OLD, SUM, made_found, sure

from scevaluation import place, workspace
from scevaluation.instrument import load_instrument
from scevaluation.past.take import Source, take
from scevaluation.programme import load_programme

SOURCES = {name: Source(name, f"bytes of {name}".encode()) for name in (OLD, NEW, SUM)}
DAY = "2025-06-20"


def made(folder: Path) -> Path:
    """A workspace with an empty programme."""
    return workspace.new("sukamaju", "99.99", "en", folder)


def stand(home: Path) -> None:
    """Let this process work in a workspace."""
    for known in (load_programme, load_instrument):
        known.cache_clear()
    place.LAYERS["data"] = (home / "data", place.SHIPPED / "data")


def taken(home: Path, found=None, sources=None):
    """Take the made-up past into a workspace."""
    stand(home)
    return take(found or sure(made_found()), load_programme("sukamaju"), sources or SOURCES, DAY, ("mapping.xlsx", b"mapping"))


def state(home: Path) -> dict[str, str]:
    """Every file of a workspace by its hash, but for locks."""
    files = (p for p in home.rglob("*") if p.is_file() and not p.name.startswith(".lock"))
    return {p.relative_to(home).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def serve() -> None:
    """For every line of standard input, a workspace, where to copy it and when to be killed there: fork, take, say how it ended."""
    for line in sys.stdin:
        base, where, point = json.loads(line)
        shutil.copytree(base, where)
        child = os.fork()
        if not child:
            with Faulty(Path(where), point, killed)():
                taken(Path(where))
            os._exit(0)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


if __name__ == "__main__":
    serve()
