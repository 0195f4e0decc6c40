"""One received file from bytes to plain tuples, whatever kind it is; standard library only, for it runs in the child."""

from __future__ import annotations

from scevaluation.grid import ods, page, xls, xlsb, xlsx
from scevaluation.grid.archive import Clock
from scevaluation.grid.kinds import kind_of
from scevaluation.grid.limits import Refused

READERS = {"xlsx": xlsx.read, "xlsb": xlsb.read, "xls": xls.read, "ods": ods.read, "html": page.read}


def read(raw: bytes) -> tuple[str, list[tuple], list[tuple]]:
    """Kind, looks and sheets of a workbook or page, as plain tuples that marshal takes; refused as its reader refuses it."""
    kind = kind_of(raw)
    if kind not in READERS:
        raise Refused("file_no_workbook", remedy="save_as_xlsx")
    looks, sheets = READERS[kind](raw, Clock())
    return kind, [tuple(look) for look in looks], sheets
