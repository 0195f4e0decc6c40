"""Find the table in a sheet: the row of column names, in either language, below titles, in one row or two."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from scevaluation.grid.cell import Cell, Grid
from scevaluation.intake.matching import match, normal, written
from scevaluation.issues import clean_text

DEEPEST = 40
NAMES = {
    "indicator": "indicator;indikator;kode;kode indikator;code;indicator code;id indikator",
    "name": "nama;name;nama indikator;indicator name;uraian;uraian indikator",
    "agency": "agency;perangkat daerah;opd;skpd;instansi;nama opd;nama perangkat daerah;perangkat daerah opd",
    "region": "region;wilayah;kabupaten;kabupaten kota;regency;daerah;nama daerah",
    "source": "source;sumber nilai",
    "self": "self;nilai mandiri;self score;skor mandiri;penilaian mandiri;self assessment;nilai opd",
    "verified": "verified;nilai terverifikasi;terverifikasi;nilai verifikasi;verified score;skor terverifikasi;hasil verifikasi",
    "final": "final;nilai akhir;skor akhir;final score",
    "score": "score;skor;nilai;angka",
    "status": "status;keadaan",
    "evidence": "evidence;bukti;bukti dukung;data dukung;tautan bukti;link bukti;alamat bukti",
    "quality": "quality;mutu data;mutu;kualitas data;data quality",
    "other": "no;nomor;number;arti nilai;levels;catatan;note;file;cell;berkas;sel",
}
KNOWN = written((text, f) for f, texts in NAMES.items() for text in texts.split(";"))
_FIRST = frozenset(k for k, f in KNOWN.items() if f in ("indicator", "name"))
LAST = ("nilai lalu", "last score", "bukti lalu", "last evidence")
SCORES = ("self", "verified", "final", "score")
FREE = ("other", "name", "last")


@dataclass
class Header:
    """Where the table begins: first row of data, column of each field, and what could not be placed for certain."""

    data: int = 0
    top: int = 0
    place: dict[str, int] = field(default_factory=dict)
    text: dict[int, str] = field(default_factory=dict)
    names: list[int] = field(default_factory=list)
    renamed: list[int] = field(default_factory=list)
    close: list[tuple[int, str]] = field(default_factory=list)
    twice: list[int] = field(default_factory=list)
    unknown: list[int] = field(default_factory=list)

    @property
    def worth(self) -> float:
        """How much of a table this would be; 0 if it has no indicator or no score."""
        found = {*self.place, *(f for _, f in self.close)} | ({"name"} if self.names else set())
        scored = any(f in SCORES or f.startswith("assessor:") for f in found)
        exact = len(self.place) + bool(self.names)
        return exact + len(self.close) / 2 if scored and found & {"indicator", "name"} and exact else 0.0


@lru_cache(4096)
def _field(text: str) -> str:
    """The field a column's name names for certain: all parts that are known must agree; '' if none is."""
    whole = normal(text)
    if whole.startswith(LAST):
        return "last"
    first, _, rest = whole.partition(" ")
    if first in ("assessor", "asesor", "penilai") and rest and len(rest) <= 20:
        return "assessor:" + rest.upper().replace(" ", "-")
    if whole in KNOWN:
        return KNOWN[whole]
    parts = {KNOWN[p] for p in (normal(p) for p in text.split("(")[0].split("/")) if p in KNOWN}
    return parts.pop() if len(parts) == 1 else ""


@lru_cache(4096)
def _close(text: str, free: frozenset[str]) -> str:
    names = {k: v for k, v in KNOWN.items() if v in free}
    near = {m.taken for m in (match(p, names) for p in {text, *text.split("/")} if len(p.strip()) > 3) if m.kind == "close"}
    return near.pop() if len(near) == 1 else ""


def _header(texts: dict[int, str]) -> Header:
    out, lost = Header(text=texts), list[int]()
    for column, text in texts.items():
        name = _field(text)
        if name == "name":
            out.names.append(column)
        elif not name:
            lost.append(column)
        elif name in out.place:
            out.twice.append(column)
        elif name not in FREE:
            out.place[name] = column
            if normal(text) not in KNOWN and not name.startswith("assessor:") and "/" not in text:
                out.renamed.append(column)
    free = frozenset(NAMES) - set(out.place) - set(FREE)
    for column in lost:
        near = _close(texts[column], free)
        (out.close.append((column, near)) if near else out.unknown.append(column))
    several = {f for _, f in out.close if sum(g == f for _, g in out.close) > 1}
    out.unknown += [c for c, f in out.close if f in several]
    out.close = [(c, f) for c, f in out.close if f not in several]
    return out


def _row_texts(grid: Grid, row: int) -> dict[int, str]:
    cells = sorted(grid.rows.get(row, {}).items())
    return {c: t for c, cell in cells if cell.kind == "text" and (t := clean_text(cell.value, 200))}


def _two_rows(grid: Grid, row: int) -> dict[int, str]:
    """Names made of two rows: a name over several columns goes before each name below it."""
    above, below = _row_texts(grid, row), _row_texts(grid, row + 1)
    out, spread = {}, ""
    for column in sorted({*above, *below}):
        spread = above.get(column, spread)
        if column in below:
            both = f"{spread} {below[column]}".strip()
            out[column] = both if _field(both) or not _field(below[column]) else below[column]
        elif column in above:
            out[column] = above[column]
    return out


def find_header(grid: Grid) -> Header | None:
    """The best row of column names among the first rows of a sheet, or None where there is none.

    Two rows are one header only where the upper one adds to the lower: a title above does not.
    """
    best, worth = None, 1.0
    alone = {row: _header(_row_texts(grid, row)) for row in sorted(grid.rows)[: DEEPEST + 1]}
    for row in list(alone)[:DEEPEST]:
        tries = [(alone[row], row + 1)]
        if row + 1 in alone:
            both = _header(_two_rows(grid, row))
            tries += [(both, row + 2)] if both.worth > alone[row + 1].worth else []
        for found, data in tries:
            if found.worth > worth:
                found.data, found.top = data, row
                best, worth = found, found.worth
    return best


def is_header(cells: dict[int, Cell]) -> bool:
    """Whether a row of cells are column names once more: the indicator's and at least one score's."""
    if not any(cell.kind == "text" and normal(cell.value[:60]) in _FIRST for cell in cells.values()):
        return False
    found = _header({c: clean_text(cell.value, 200) for c, cell in cells.items() if cell.kind == "text"})
    return len(found.place) >= 2 and found.worth > 0
