"""The bytes of a file that somebody made, and the refusal of one as an error of ours."""

from __future__ import annotations

import stat
from pathlib import Path

from scevaluation.errors import EvaluationError
from scevaluation.grid.limits import BYTES, Refused
from scevaluation.issues import clean_text, issue, refusal


def read_bytes(path: Path, kind: type[EvaluationError]) -> bytes:
    """A file's bytes; nothing but a plain file is opened.

    Raises
    ------
    EvaluationError
        Of the class `kind`, if it is a folder, a pipe or a device, larger than 100 MB, or cannot be opened.
    """
    try:
        facts = path.stat()
        if not stat.S_ISREG(facts.st_mode):
            raise Refused("file_not_plain", remedy="plain_file")
        if facts.st_size > BYTES:
            raise too_large()
        with path.open("rb") as stream:
            raw = stream.read(BYTES + 1)
        if len(raw) > BYTES:
            raise too_large()
    except Refused as error:
        raise refused(error, path.name, kind) from error
    except FileNotFoundError as error:
        raise refused(Refused("not_there", remedy="check_folder"), path.name, kind) from error
    except (OSError, ValueError) as error:
        said = getattr(error, "strerror", None) or "?"
        raise refused(Refused("file_not_opened", said, "check_folder"), path.name, kind) from error
    return raw


def too_large() -> Refused:
    """More bytes than are read."""
    return Refused("file_too_large", f"{BYTES // 2**20}", "only_the_table")


def refused(error: Refused, name: str, kind: type[EvaluationError]) -> EvaluationError:
    """What a limit or a reader refused, as an error of ours about the file `name`."""
    return refusal(kind, [issue(clean_text(name, 120), error.cell, error.problem, "error", error.found, "", error.remedy)])
