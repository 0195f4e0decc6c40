"""A workspace whose office's past is taken; tests/faults.py does so on a disk that fails and in a process that is killed."""

import hashlib
from pathlib import Path

from past_data import NEW, OLD, SUM, made_found, sure

from scevaluation import place, workspace
from scevaluation.past.take import Source, take
from scevaluation.programme import load_programme

SOURCES = {name: Source(name, f"bytes of {name}".encode()) for name in (OLD, NEW, SUM)}
DAY = "2025-06-20"


def made(folder: Path) -> Path:
    """A workspace with an empty programme."""
    return workspace.new("sukamaju", "99.99", "en", folder)


def stand(home: Path) -> None:
    """Let this process work in a workspace."""
    place.LAYERS["data"] = (home / "data", place.SHIPPED / "data")


def taken(home: Path, found=None, sources=None):
    """Take the made-up past into a workspace."""
    stand(home)
    return take(found or sure(made_found()), load_programme("sukamaju"), sources or SOURCES, DAY, ("mapping.xlsx", b"mapping"))


def state(home: Path) -> dict[str, str]:
    """Every file of a workspace by its hash, but for locks."""
    files = (p for p in home.rglob("*") if p.is_file() and not p.name.startswith(".lock"))
    return {p.relative_to(home).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}
