"""A round to take forms into: the made-up programme with one more round, in a folder of its own; a good form as rows."""

import io
import shutil
import zipfile
from datetime import datetime
from pathlib import Path
from xml.sax.saxutils import escape

import xlsxwriter

from scevaluation.instrument import Instrument
from scevaluation.programme import Programme, load_programme

ROUND, AGENCY = "2025-S1", "dinas-kesehatan"
COVER = [["programme", "contoh"], ["round", ROUND], ["instrument", "sektor-siklus-2"], ["region", "00.00"], ["agency", AGENCY]]
HEAD = ["Indikator", "Nama", "Perangkat daerah", "Nilai mandiri", "Keadaan", "Bukti", "Mutu data"]
PATHS = [f"health/{leaf}" for leaf in ("imunisasi", "persalinan", "puskesmas", "antrean", "malaria")]
CLEAN = dict(zip(PATHS, (3.0, 2.0, 2.5, 4.0, 3.25), strict=True))


def desk_programme(folder: Path) -> Programme:
    """The made-up programme with the round 2025-S1, its folder holding the round before alone."""
    plan = load_programme("contoh")
    (folder / "rounds").mkdir(parents=True, exist_ok=True)
    shutil.copy(plan.folder / "rounds" / "2024-S2.csv", folder / "rounds")
    rounds = [r.model_dump() for r in plan.rounds]
    rounds.append({"id": ROUND, "state": "scored", "instrument": "sektor-siklus-2"})
    return Programme.model_validate({**plan.model_dump(), "rounds": rounds, "folder": folder})


class Changed(Programme):
    """A programme whose instrument has another scale, or other codes below health, by the leaf's own."""

    scale: tuple[float, float] | None = None
    codes: dict[str, str] = {}

    def instrument(self, name: str) -> Instrument:
        raw = super().instrument(name).model_dump()
        if self.scale:
            raw["scale"] |= {"low": self.scale[0], "high": self.scale[1], "step": None}
        health = next(child for child in raw["tree"]["children"] if child["id"] == "health")
        for leaf in health["children"] if self.codes else ():
            leaf["id"], leaf["link"] = self.codes[leaf["id"]], ""
        return Instrument.model_validate(raw)


def changed_programme(folder: Path, scale=None, region: str = "", codes: dict[str, str] | None = None) -> Changed:
    """The programme of `desk_programme`, changed."""
    plan = desk_programme(folder)
    more = {"scale": scale, "codes": codes or {}, "region": region or plan.region}
    return Changed.model_validate({**plan.model_dump(), **more})


def good_rows() -> list[list]:
    """The column names and five rows of the agency's form, filled in."""
    nodes = load_programme("contoh").instrument("2024-S2").nodes
    rows = [[p, nodes[p].label.id, AGENCY, v, None, f"bukti/{p[7:]}.pdf", "B"] for p, v in CLEAN.items()]
    return [list(HEAD), *rows]


def xlsx(sheets: dict[str, list[list]], merged: tuple = (), formulas: dict | None = None, hidden: tuple = ()) -> bytes:
    """A workbook, the same bytes every time; `merged` are areas of its first sheet, `formulas` by place of it."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": datetime(2025, 1, 1)})
    day = book.add_format({"num_format": "d mmm yyyy"})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        if name in hidden:
            sheet.hide()
        for r, row in enumerate(rows):
            for c, v in enumerate(row):
                if isinstance(v, datetime):
                    sheet.write_datetime(r, c, v, day)
                elif v is not None:
                    sheet.write(r, c, v)
    first = book.worksheets()[-1]
    for area, text in merged:
        first.merge_range(area, text)
    for place, (formula, value) in (formulas or {}).items():
        first.write_formula(place, formula, None, value)
    book.close()
    return out.getvalue()


def ods(rows: list[list], sheet: str = "Skor", formulas: dict | None = None) -> bytes:
    """A small OpenDocument spreadsheet; `formulas` by (row, column)."""
    lines = []
    for r, row in enumerate(rows):
        cells = []
        for c, v in enumerate(row):
            formula = f' table:formula="{escape((formulas or {}).get((r, c), ""))}"' if (r, c) in (formulas or {}) else ""
            kind = 'office:value-type="string"' if isinstance(v, str) else f'office:value-type="float" office:value="{v}"'
            text = f"<table:table-cell {kind}{formula}><text:p>{escape(str(v))}</text:p></table:table-cell>"
            cells.append("<table:table-cell/>" if v is None else text)
        lines.append(f"<table:table-row>{''.join(cells)}</table:table-row>")
    spaces = " ".join(
        f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in ("office", "table", "text", "manifest")
    )
    content = (
        f'<?xml version="1.0"?><office:document-content {spaces}><office:body><office:spreadsheet>'
        f'<table:table table:name="{sheet}">{"".join(lines)}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        f'<?xml version="1.0"?><manifest:manifest {spaces}><manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
    )
    return zipped({"mimetype": kind, "content.xml": content, "META-INF/manifest.xml": manifest})


def zipped(members: dict[str, str | bytes]) -> bytes:
    """A zip of named members, the same bytes every time."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        for name, data in members.items():
            book.writestr(zipfile.ZipInfo(name, (2025, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def csv(rows: list[list], mark: str = ",") -> bytes:
    """A table as text, values with the mark quoted."""
    text = lambda v: "" if v is None else f'"{v}"' if mark in str(v) else str(v)  # noqa: E731
    return "\n".join(mark.join(text(v) for v in row) for row in rows).encode("utf-8") + b"\n"


def html(rows: list[list]) -> bytes:
    """A web page with a table, as some offices export it under the name .xls."""
    cells = lambda row: "".join(f"<td>{'' if v is None else escape(str(v))}</td>" for v in row)  # noqa: E731
    return f"<html><body><table>{''.join(f'<tr>{cells(r)}</tr>' for r in rows)}</table></body></html>".encode()


def book_of(rows: list[list]) -> bytes:
    """A workbook with its cover."""
    return xlsx({"Sampul": COVER, "Skor": rows})
