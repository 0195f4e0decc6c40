"""Contracts of what intake keeps beside a round: the import log, received files, every entry ever taken, who was asked."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pandas as pd

from scevaluation.errors import IntakeError
from scevaluation.frames import Column, Contract
from scevaluation.programme import Programme

WHY = (
    "number",
    "unit",
    "level",
    "name",
    "close",
    "column",
    "status",
    "merged",
    "cover",
    "inert",
    "link",
    "formula",
    "date",
    "cut",
    "repeated",
    "sheet",
    "total",
    "percent",
    "code",
    "comment",
    "colour",
    "by_hand",
)
_SHA = Column("str", "SHA-256 of the received file")
_FILE = Column("str", "name of the received file")
IMPORT_LOG = Contract(
    "IMPORT_LOG",
    (),
    {
        "sha256": _SHA,
        "file": _FILE,
        "cell": Column("str", "sheet!cell or line; '' the file"),
        "field": Column("str", "what the cell was read as"),
        "found": Column("str", "what stands there"),
        "taken": Column("str", "what was taken; '' nothing"),
        "why": Column("str", "rule by which", within=WHY),
    },
)
RECEIVED = Contract(
    "RECEIVED",
    ("sha256",),
    {
        "sha256": _SHA,
        "file": _FILE,
        "received": Column("str", "day it was taken in, such as 2025-06-30"),
        "filled": Column("str", "day the form says it was filled in; '' unknown"),
        "agency": Column("str", "agency the form names; '' none"),
        "state": Column("str", "whether its rows count", within=("taken", "waiting")),
        "entries": Column("int", "entries it added or changed", low=0),
    },
)
ENTRIES = Contract(
    "ENTRIES",
    ("number",),
    {
        "number": Column("int", "order in which entries were taken", low=1),
        "indicator": Column("str", "path of the node that was scored"),
        "agency": Column("str", "agency responsible"),
        "source": Column("str", "self, verified, final or assessor:<id>"),
        "score": Column("float", "on the instrument's scale; missing is never zero", nullable=True),
        "status": Column("str", "why there is or is not a score; withdrawn: the row was taken out by hand"),
        "evidence": Column("str", "inert text"),
        "quality": Column("str", "grade of the datum"),
        "sha256": _SHA,
        "file": _FILE,
        "cell": Column("str", "sheet!cell or line"),
        "received": Column("str", "day it was taken in"),
    },
)
ASKED = Contract(
    "ASKED",
    ("agency", "indicator"),
    {
        "agency": Column("str", "agency asked"),
        "indicator": Column("str", "path of the indicator"),
        "deadline": Column("str", "day by which; '' none"),
    },
)
DESK = {t.name: t for t in (IMPORT_LOG, RECEIVED, ENTRIES, ASKED)}
FILES = {"IMPORT_LOG": "log.csv", "RECEIVED": "received.csv", "ENTRIES": "entries.csv", "ASKED": "asked.csv"}


def folder(programme: Programme, round_name: str) -> Path:
    """Where the tables of a round are kept: rounds/<round>/ beside rounds/<round>.csv."""
    return programme.folder / "rounds" / round_name


def kept(programme: Programme, round_name: str, name: str) -> pd.DataFrame:
    """A table that intake keeps of a round (IMPORT_LOG, RECEIVED, ENTRIES, ASKED); without rows if there is none.

    Raises
    ------
    ContractError
        If its file was changed so that it breaks its contract.
    """
    path = folder(programme, round_name) / FILES[name]
    if programme.official or not path.exists():
        return DESK[name].empty()
    kinds = {c: d.dtype for c, d in DESK[name].columns.items() if d.dtype != "str"}
    rows = pd.read_csv(path, dtype=str, keep_default_na=False)
    for column in kinds.keys() & set(rows):
        rows[column] = pd.to_numeric(rows[column].replace("", None), errors="coerce").astype(kinds[column])
    return DESK[name].check(rows)


def keep(programme: Programme, round_name: str, name: str, rows: pd.DataFrame) -> None:
    """Write such a table, beside its place and renamed."""
    text = DESK[name].check(rows).to_csv(index=False, lineterminator="\n")
    replace(folder(programme, round_name) / FILES[name], text.encode("utf-8"))


def replace(path: Path, raw: bytes) -> None:
    """Put bytes in a file's place, whole or not at all.

    Raises
    ------
    IntakeError
        If the folder cannot be written.
    """
    beside = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, beside = tempfile.mkstemp(prefix=".making-", dir=path.parent)
        with os.fdopen(handle, "wb") as out:
            out.write(raw)
            out.flush()
            os.fsync(out.fileno())
        os.chmod(beside, 0o644)
        os.replace(beside, path)
    except OSError as error:
        raise IntakeError(f"{path} cannot be written: {error.strerror}.", "Check the folder's rights and free space.") from error
    finally:
        if beside:
            Path(beside).unlink(missing_ok=True)
