"""mapping.xlsx: what was found in an office's workbooks, laid out so that a planner can look it over, correct it and answer."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Mapping
from typing import TYPE_CHECKING

from scevaluation import __version__
from scevaluation.grid.cell import letters
from scevaluation.past.found import Found, said
from scevaluation.past.questions import TABLES, Names, Question, open_cell, questions, value_text
from scevaluation.words import EXACT, Words

if TYPE_CHECKING:
    import pandas as pd

SHEETS = ("questions", "rounds", "columns", "indicators", "proof", "unused", "files", "choices")
COLUMNS = {
    "questions": ("number", "question", "where", "why", "answer", "name"),
    "rounds": ("block", "file", "sheet", "cell", "said", "round", "held", "use", "low", "high", "percent", "level", "instrument", "why"),
    "columns": ("file", "sheet", "column", "header", "role", "source", "why"),
    "indicators": ("instrument", "code", "label", "parent", "weight", "owner", "link", "why"),
    "proof": ("round", "label", "what", "file", "sheet", "cell", "printed", "found", "agrees", "why"),
    "unused": ("file", "sheet", "cell", "text", "why"),
    "files": ("file", "sha256", "path"),
}
WIDTHS = {
    "number": 6, "question": 46, "where": 34, "answer": 40, "why": 52, "name": 2, "block": 8, "file": 34, "sheet": 20, "cell": 8,
    "said": 28, "round": 11, "held": 10, "use": 10, "low": 9, "high": 9, "percent": 13, "level": 12, "instrument": 11,
    "column": 8, "header": 28,
    "role": 16, "source": 20, "code": 34, "label": 40, "parent": 26, "weight": 9, "owner": 24, "link": 40, "what": 14, "printed": 11,
    "found": 11, "agrees": 9, "text": 46, "sha256": 66, "path": 60,
}  # fmt: skip
ARROW = "\u2192"
FACTS = ("programme", "lang", "version")
HEAD = 4  # rows above the table of questions
_LINE = 15


def mapping(found: Found, files: Mapping[str, tuple[str, str]], programme: str, w: Words) -> bytes:
    """The workbook to correct, as bytes.

    Parameters
    ----------
    found : Found
        What is proposed; cells that are not sure are asked on the first sheet, and nowhere else.
    files : mapping of name to (sha256, path)
        What it was made of.
    programme : str
        Whose past it is.
    """
    import xlsxwriter

    raw = io.BytesIO()
    with xlsxwriter.Workbook(raw, {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}) as book:
        _Mapping(book, found, files, programme, w).write()
    return raw.getvalue()


class _Mapping:
    """The workbook while it is written."""

    def __init__(self, book, found: Found, files, programme: str, w: Words):
        self.found, self.files, self.programme, self.w = found, files, programme, w
        self.names, self.asked = Names(found, w), questions(found)
        self.style = _styles(book)
        self.title = {s: w("past.sheet." + s) for s in SHEETS}
        self.sheets = {s: book.add_worksheet(self.title[s]) for s in SHEETS}
        self.lists: dict[tuple[str, ...], str] = {}
        self.places: dict[tuple, str] = {}  # where a cell that is asked stands
        self.number = {(q.table, key, q.field): n for n, q in enumerate(self.asked, 1) for key in q.rows}

    def write(self) -> None:
        for name in TABLES:
            self._table(name, getattr(self.found, name))
        self._table("proof", proof_rows(self.found))
        self._table("unused", self.found.unused)
        self._files()
        self._questions()
        self.sheets["choices"].hide()
        for sheet in self.sheets.values():
            sheet.protect(options={"format_columns": True, "format_rows": True, "autofilter": True, "sort": True})
        self.sheets["questions"].activate()

    def _head(self, name: str, row: int = 0) -> None:
        sheet = self.sheets[name]
        for column, field in enumerate(COLUMNS[name]):
            sheet.write_string(row, column, self.w("past.col." + field), self.style["head"])
            sheet.set_column(column, column, WIDTHS[field])
        sheet.set_row(row, _LINE * 2)
        sheet.freeze_panes(row + 1, 0)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(row)

    def _table(self, name: str, table: pd.DataFrame) -> None:
        self._head(name)
        sheet, fields, key = self.sheets[name], COLUMNS[name], TABLES.get(name, ())
        for line, row in enumerate(table.to_dict("records"), 1):
            own = tuple(str(row[k]) for k in key)
            for column, field in enumerate(fields):
                number = self.number.get((name, own, field))
                if number:
                    at = f"internal:'{self.title['questions']}'!{letters(COLUMNS['questions'].index('answer'))}{HEAD + 1 + number}"
                    sheet.write_url(line, column, at, self.style["asked"], f"{ARROW} {number}")
                    self.places.setdefault((name, own, field), f"internal:'{self.title[name]}'!{letters(column)}{line + 1}")
                else:
                    self._cell(sheet, line, column, field, row, open_cell(self.found, name, row, field))
            sheet.set_row(line, _LINE * max(_lines(said(row[f], self.w) if f == "why" else row[f], f) for f in fields))
        if len(table):
            sheet.autofilter(0, 0, len(table), len(fields) - 1)

    def _cell(self, sheet, line: int, column: int, field: str, row: dict, free: bool) -> None:
        style, value, w = self.style["free" if free else "told"], row[field], self.w
        if isinstance(value, float):
            sheet.write_blank(line, column, None, style) if value != value else sheet.write_number(line, column, value, style)
        elif field == "source" and not free:
            sheet.write_string(line, column, "", style)
        elif field in ("why", "level", "what", "agrees") or (field == "role" and not free):
            told = {"why": lambda: said(value, w), "agrees": lambda: w("past.yes" if value else "past.no")}
            sheet.write_string(line, column, told.get(field, lambda: w(f"past.{field}.{value}"))(), style)
        else:
            generation = row.get("instrument", "")
            shown = self.names.shown(field, value_text(row, field), generation) if free else str(value)
            sheet.write_string(line, column, shown, style)
            if free and (options := self.names.options(field, generation)):
                sheet.data_validation(line, column, line, column, self._rule(options))

    def _rule(self, options: tuple[str, ...], strict: bool = True) -> dict:
        """A drop-down; the texts stand in a sheet of their own, for a list in a rule holds few."""
        if options not in self.lists:
            row, sheet = len(self.lists), self.sheets["choices"]
            for column, text in enumerate(options):
                sheet.write_string(row, column, text)
            self.lists[options] = f"='{self.title['choices']}'!$A${row + 1}:${letters(len(options) - 1)}${row + 1}"
        title, text = self.w("past.choose.title")[:32], self.w("past.choose")[:255]
        how = {"validate": "list", "source": self.lists[options], "error_type": "stop" if strict else "warning"}
        return how | {"error_title": title, "error_message": text}

    def _questions(self) -> None:
        sheet, w, asked = self.sheets["questions"], self.w, self.asked
        self._head("questions", HEAD)
        sheet.set_column(len(COLUMNS["questions"]) - 1, len(COLUMNS["questions"]) - 1, None, None, {"hidden": True})
        sheet.write_string(0, 0, w("past.title", programme=self.programme), self.style["title"])
        lines = [found_line(self.found, len(self.files), w), w("past.asks" if asked else "past.asks_none", n=w.count(len(asked)))]
        for line, text in enumerate((*lines, w("past.how")), 1):
            sheet.merge_range(line, 0, line, 4, "", self.style["wrap"])
            sheet.write_string(line, 0, text, self.style["wrap"])
            sheet.set_row(line, _LINE * (1 + len(textwrap.wrap(text, 160))))
        for number, question in enumerate(asked, 1):
            self._question(HEAD + number, number, question)

    def _question(self, line: int, number: int, q: Question) -> None:
        sheet, w, generation = self.sheets["questions"], self.w, q.generation
        label = self.names.nodes.get(generation, {}).get(q.rows[0][-1], "")
        texts = w("past.ask." + q.field, label=label), "\n".join(q.where[:8]) + ("\n\u2026" if len(q.where) > 8 else ""), said(q.why, w)
        sheet.write_number(line, 0, number, self.style["told"])
        sheet.write_string(line, 1, texts[0], self.style["ask"])
        sheet.write_url(line, 2, self.places[q.table, q.rows[0], q.field], self.style["link"], texts[1][:1000])
        sheet.write_string(line, 3, texts[2], self.style["told"])
        sheet.write_blank(line, 4, None, self.style["answer"])
        sheet.write_string(line, 5, q.name, self.style["told"])
        if q.choices:
            options = tuple(dict.fromkeys(self.names.shown(q.field, c, generation) for c in q.choices))
            sheet.data_validation(line, 4, line, 4, self._rule(options, strict=False))
        sheet.set_row(line, _LINE * max(2, *(_lines(t, f) for t, f in zip(texts, ("question", "where", "why"), strict=True))))

    def _files(self) -> None:
        self._head("files")
        sheet = self.sheets["files"]
        for line, (name, (sha256, path)) in enumerate(self.files.items(), 1):
            for column, text in enumerate((name, sha256, path)):
                sheet.write_string(line, column, text, self.style["told"])
        for line, (fact, text) in enumerate(zip(FACTS, (self.programme, self.w.lang, __version__), strict=True), len(self.files) + 2):
            sheet.write_string(line, 0, fact, self.style["told"])
            sheet.write_string(line, 1, text, self.style["told"])


def _lines(value, field: str) -> int:
    """Lines that a cell takes in the width of its column."""
    return sum(len(textwrap.wrap(part, int(WIDTHS[field] * 0.9))) or 1 for part in str(value).split("\n"))


def proof_rows(found: Found) -> pd.DataFrame:
    """PAST_PRINTED with the round and the name of what each figure is of, those that disagree first."""
    rounds = found.rounds.set_index("block")
    label = {(r.instrument, r.code): r.label for r in found.indicators.itertuples()}
    rows = found.printed.assign(round=found.printed["block"].map(rounds["round"]))
    of = found.printed["block"].map(rounds["instrument"])
    rows["label"] = [label.get((g, c), c) for g, c in zip(of, rows["code"], strict=True)]
    rows["found"] = rows["found"].round(EXACT)
    return rows.sort_values("agrees", kind="stable", ignore_index=True)


def found_line(found: Found, files: int, w: Words) -> str:
    """What was found, counted."""
    rounds, scores = found.rounds, found.taken()
    used = rounds[rounds["use"].astype(bool)]
    n = {
        "files": files,
        "rounds": used.loc[used["held"].astype(bool), "round"].nunique(),
        "not_held": rounds.loc[~rounds["held"].astype(bool), "round"].nunique(),
        "scores": int(scores["score"].notna().sum()),
        "indicators": found.indicators.loc[~found.indicators["code"].isin(found.indicators["parent"]), "code"].nunique(),
        "printed": len(found.printed),
        "agree": int(found.printed["agrees"].sum()),
    }
    return w("past.found", **{k: w.num(v, 0) for k, v in n.items()})


def _styles(book) -> dict:
    line = {"border": 1, "border_color": "#C3CCD4", "valign": "top", "align": "left", "text_wrap": True}
    return {
        "title": book.add_format({"bold": True, "font_size": 16, "font_color": "#123F5A"}),
        "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
        "head": book.add_format({"bold": True, "bg_color": "#EFF3F6", "bottom": 2, "text_wrap": True, "valign": "bottom"}),
        "told": book.add_format({**line, "font_color": "#44525F", "bg_color": "#F7F9FA"}),
        "free": book.add_format({**line, "locked": False}),
        "ask": book.add_format({**line, "bold": True}),
        "link": book.add_format({**line, "font_color": "#1F5F8B", "underline": 1}),
        "asked": book.add_format({**line, "font_color": "#1F5F8B", "bg_color": "#FFF4C2"}),
        "answer": book.add_format({**line, "locked": False, "bg_color": "#FFE66B", "bold": True, "num_format": "@", "border": 2}),
    }
