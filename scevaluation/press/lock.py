"""One batch at a time in a folder of reports, and no litter of one that was killed."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from scevaluation import place
from scevaluation.errors import EvaluationError, ReportError
from scevaluation.issues import issue, refusal
from scevaluation.place import BESIDE

NAME = ".batch.lock"
MOST_OF_PATH = 40  # letters: a forkserver listens at a socket some 60 letters further down, and systems allow about 104


@contextlib.contextmanager
def locked(root: Path, wait: bool = False) -> Iterator[None]:
    """Hold a folder of reports for one batch; the system lets go of it when the process ends, however it ends.

    ReportError if another batch holds it and `wait` is not asked for, or the folder cannot be written.
    """
    try:
        with place.held(root / NAME, wait):
            sweep(root)
            try:
                yield
            finally:
                sweep(root)
    except place.Held as held:
        by = f"{held.by['pid']}, {held.by['since']}" if held.by else "?"
        raise refusal(ReportError, [issue(str(root), "", "batch_held", "error", by, "", "wait_batch")]) from held
    except place.NotWritable as error:
        raise not_writable(root, error) from error


def not_writable(where: Path, error: Exception) -> EvaluationError:
    """The error of a place that cannot be written."""
    said = getattr(error, "strerror", None) or str(error)
    return refusal(ReportError, [issue(str(where), "", "not_writable", "error", said, "", "make_room")])


def temporary() -> Path:
    """Where batches put their folders of temporary files: the system's place, or /tmp where that has too long a name."""
    usual = tempfile.gettempdir()
    return Path("/tmp" if len(usual) > MOST_OF_PATH and os.access("/tmp", os.W_OK) else usual)


def sweep(root: Path) -> None:
    """Take away what a killed process left beside its reports and among temporary files; what a living one is writing stays."""
    for folder in {p.parent for p in [*root.glob(f"{BESIDE}*"), *root.glob(f"*/*/{BESIDE}*")]}:
        place.swept(folder)
    place.swept(temporary(), put=False)  # a folder of everybody's
