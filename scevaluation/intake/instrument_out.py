"""An instrument written as a workbook, a text table or YAML, each the same as the others; and what is said of a file of one."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import yaml

from scevaluation.errors import InstrumentError
from scevaluation.instrument import Calendar, Instrument, Top, Weights, document, file_of, read_instrument
from scevaluation.instrument_sheet import (
    COLUMNS,
    DIMENSIONS,
    ENDINGS,
    FACTS,
    KEYS,
    PREDICATES,
    QUOTED,
    STEPS,
    TREE,
    Sheets,
    way_of,
)
from scevaluation.intake.blank import LIST_LIMIT, there_already
from scevaluation.intake.journal import put
from scevaluation.issues import describe, issue, refusal
from scevaluation.node import QUALITIES, SECTORS
from scevaluation.words import Words, decimals

WRITTEN = (".xlsx", ".csv", ".yaml")
CHOICES: dict[str, tuple[str, ...]] = {
    "direction": ("higher", "lower", "range"), "quality": QUALITIES, "transform": ("log",), "aggregation": ("arithmetic", "geometric"),
    "family": ("own", "ministry", "spbe", "skm"), "calendar": get_args(Calendar), "top": get_args(Top), "weights": get_args(Weights),
}  # fmt: skip
OPEN = ("family",)  # others may be written too
WIDE = ("label", "about", "level", "note", "link", "source", "checked", "weights_source")
Table = list[list[str | float | None]]


def source_of(what: str) -> Path:
    """The file of an instrument that a command names: by its name, or as a file."""
    path = Path(what)
    return path if path.suffix in ENDINGS or path.exists() else file_of(what)


def convert(source: Path, out: Path) -> Path:
    """Write an instrument's file anew as `out`: .xlsx, .csv or .yaml; what is written is read again and must say the same.

    Raises
    ------
    InstrumentError
        If the file cannot be read, `out` ends otherwise, or something in it cannot be said there.
    IntakeError
        If there is a file in that place, or none can be written.
    """
    instrument = read_instrument(source)
    if out.suffix not in WRITTEN:
        raise refusal(InstrumentError, [issue("", "", "none_of", "error", out.name, ", ".join(f"*{e}" for e in WRITTEN), "other_out")])
    if out.exists():
        raise there_already(out.name)
    put(out, {".xlsx": workbook, ".csv": text_table, ".yaml": as_yaml}[out.suffix](instrument))
    try:
        same = read_instrument(out) == instrument
    except InstrumentError:
        same = False
    if not same:
        out.unlink()
        raise refusal(InstrumentError, [issue(source.name, "", "not_the_same", "error", out.name, "", "write_yaml")])
    return out


def told(source: Path, w: Words) -> list[str]:
    """What is said of a file that holds a right instrument, a line each: notes on what was not read, and what it is."""
    i, said = read_instrument(source), document(source)
    notes = [f"{w('severity.note')}: {describe(n, w)}" for n in (said.notes if isinstance(said, Sheets) else ())]
    ends = {end: w.num(value, decimals(value)) for end, value in (("low", i.scale.low), ("high", i.scale.high))}
    until = i.valid_to or w("instrument.today")
    about = w(
        "instrument.is", id=i.id, label=w.label(i.label), leaves=w.num(len(i.leaves), 0), top=w.num(len(i.components), 0), **ends,
        since=i.valid_from, until=until, weights=i.weights,
    )  # fmt: skip
    return [*notes, about]


def as_yaml(instrument: Instrument) -> bytes:
    """It as YAML: what is said of it, nothing that goes without saying."""
    plain = instrument.model_dump(mode="json", exclude_unset=True)
    return yaml.safe_dump(plain, allow_unicode=True, sort_keys=False, width=140).encode()


def tables(instrument: Instrument) -> dict[str, Table]:
    """Its parts as tables of cells, header first, by the name of their sheet."""
    said = instrument.model_dump(exclude_unset=True)
    facts: Table = [[key, value] for key, way in KEYS.items() if (value := _at(said, key, way)) is not None]
    tree = said["tree"]
    root = [{**tree, "parent": ""}] if len(tree) > 2 else []
    out = {FACTS: facts, TREE: _table([*root, *_nodes(tree, "")], COLUMNS)}
    if said.get("predicates"):
        out[PREDICATES] = _table(said["predicates"], STEPS)
    if said.get("dimensions"):
        rows = [row for d in said["dimensions"] for row in ({**d, "parent": ""}, *_nodes(d, d["id"], "subdimensions"))]
        out[DIMENSIONS] = _table(rows, COLUMNS)
    return out


def _nodes(node: dict, path: str, inner: str = "children") -> Iterator[dict]:
    for child in node.get(inner, ()):
        yield {**child, "parent": path}
        yield from _nodes(child, f"{path}/{child['id']}" if path else child["id"])


def _table(rows: list[dict], columns: dict[str, tuple]) -> Table:
    levels = [f"level_{n}_{lang}" for n in range(1, 1 + max((len(r.get("levels", ())) for r in rows), default=0)) for lang in ("id", "en")]
    ways = {name: way_of(name, columns) or () for name in (*columns, *(levels if columns is COLUMNS else ()))}
    filled = [{name: _at(row, name, way) for name, way in ways.items()} for row in rows]
    shown = [name for name in ways if name in ("code", "parent", "low") or any(f[name] is not None for f in filled)]
    return [list(shown), *([f[name] for name in shown] for f in filled)]


def _at(said: dict, name: str, way: tuple) -> str | float | None:
    """What a column says of a node, and a key of an instrument: a text or number; None where it says nothing."""
    if name in ("code", "parent"):
        return said["id"] if name == "code" else said["parent"]
    value: object = said
    for key in way:
        if isinstance(value, dict):
            value = value.get(key)
        elif isinstance(value, tuple | list) and isinstance(key, int) and key < len(value):
            value = value[key]
        else:
            value = None
    if name == "direction" and isinstance(value, dict):
        return "range"
    if isinstance(value, tuple | list):
        parts = [v if isinstance(v, str) else repr(v) for v in value]
        return None if not parts else parts[0] + ";" if name == "link" and len(parts) == 1 else "; ".join(parts)
    return None if isinstance(value, dict) or value == "" else value  # type: ignore[return-value]


def text_table(instrument: Instrument) -> bytes:
    """It as a text table, the parts below one another; nothing in it acts in a spreadsheet."""
    lines: list[list[str]] = []
    for name, table in tables(instrument).items():
        lines += [] if name == FACTS else [[name]]
        lines += [["" if v is None else _inert(v) if isinstance(v, str) else repr(v).removesuffix(".0") for v in row] for row in table]
    width = max(map(len, lines))  # as many cells in every line, so that the mark between them is certain
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows([*line, *[""] * (width - len(line))] for line in lines)
    return out.getvalue().encode("utf-8-sig")


def _inert(text: str) -> str:
    return f"'{text}" if text != "-" and (re.match(r"[=+\-@\t\r]", text) or QUOTED.match(text)) else text


def workbook(instrument: Instrument) -> bytes:
    """It as a workbook with drop-downs; texts are texts, also where they begin with "="."""
    import xlsxwriter

    raw = io.BytesIO()
    safe = dict.fromkeys(("strings_to_formulas", "strings_to_urls", "strings_to_numbers"), False)
    with xlsxwriter.Workbook(raw, {"in_memory": True, **safe}) as book:
        head = book.add_format({"bold": True, "bottom": 2, "text_wrap": True, "valign": "bottom"})
        wrap = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
        plain = book.add_format({"valign": "top"})
        for name, table in tables(instrument).items():
            sheet = book.add_worksheet(name)
            for r, row in enumerate(table):
                for c, value in enumerate(row):
                    style = head if (r == 0 and name != FACTS) or (c == 0 and name == FACTS) else wrap
                    _write(sheet, r, c, value, plain if isinstance(value, float) else style)
            _furnish(sheet, name, table)
    return raw.getvalue()


def _write(sheet, row: int, column: int, value: str | float | None, style) -> None:
    """A number as one where the file keeps all its digits, else as the text of all of them."""
    if isinstance(value, int | float) and float(f"{value:.16G}") == value:
        sheet.write_number(row, column, value, style)
    elif value is not None:
        sheet.write_string(row, column, value if isinstance(value, str) else repr(value), style)


def _furnish(sheet, name: str, table: Table) -> None:
    """Widths, and drop-downs where there is a choice."""
    if name == FACTS:
        sheet.set_column(0, 0, 20)
        sheet.set_column(1, 1, 100)
        for r, (key, _) in enumerate(table):
            _choice(sheet, str(key), r, 1, r)
        return
    sheet.freeze_panes(1, 1)
    for c, title in enumerate(table[0]):
        sheet.set_column(c, c, 36 if str(title).startswith(WIDE) else 22 if title in ("code", "parent") else 12)
        _choice(sheet, str(title), 1, c, len(table) + 200)


def _choice(sheet, name: str, first: int, column: int, last: int) -> None:
    allowed = CHOICES.get(name)
    if allowed:
        rule = {"validate": "list", "source": list(allowed), "error_type": "information" if name in OPEN else "stop"}
        sheet.data_validation(first, column, last, column, rule)
    elif name == "sector":
        said = ", ".join(SECTORS)[:LIST_LIMIT]
        sheet.data_validation(first, column, last, column, {"validate": "any", "input_title": "sector", "input_message": said})
