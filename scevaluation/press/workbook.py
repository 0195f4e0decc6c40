"""All tables of a report as one Excel workbook: typed numbers, units, frozen headers, small lines; nothing in it acts."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from scevaluation import __version__
from scevaluation.evaluate.survey import SURVEY
from scevaluation.frames import ROOT, TABLES, Contract
from scevaluation.frames.analysis import COMPARED
from scevaluation.frames.items import ITEMS, LEVERAGE
from scevaluation.frames.national import NATIONAL
from scevaluation.frames.people import PEOPLE
from scevaluation.frames.surveys import SKM
from scevaluation.kinds import KINDS
from scevaluation.words import Words

# Nothing a workbook was sent with may act in the one that is passed on.
ACTING = ("strings_to_formulas", "strings_to_urls", "strings_to_numbers", "nan_inf_to_errors")
SAFE = {"in_memory": True, **dict.fromkeys(ACTING, False)}
MADE = datetime(2000, 1, 1)  # a fixed day, so that the same input gives the same bytes
INK, BAND, RULE = "#16222D", "#EFF3F6", "#C3CCD4"
STYLES = {
    "title": {"bold": True, "font_size": 14, "font_color": INK},
    "head": {"bold": True, "bg_color": BAND, "bottom": 1, "bottom_color": RULE, "text_wrap": True, "valign": "top"},
    "unit": {"italic": True, "font_color": "#44525F", "bottom": 1, "bottom_color": RULE},
    "flag": {"bold": True, "font_color": "#B0440F"},
    "wrap": {"text_wrap": True, "valign": "top"},
    **{k: {"num_format": form} for k, form in (("share", "0%"), ("int", "0"), ("float", "0.000"), ("one", "0.0"))},
}
UNITS = {
    "points_year": ("slope", "delta", "detectable", "needed", "seen"),
    "hundred": ("value100", "target", "low", "high"),
    "points": (
        *("pandemic", "pandemic_low", "pandemic_high", "election", "election_low", "election_high"),
        *("step", "step_low", "step_high", "recent"),
        *("official100", "like_for_like100", "contribution100"),
    ),
    "share": ("coverage", "weight", "p_up", "p_flat", "p_down", "p_hit", "certainty", "percentile"),
    "scale": (
        *("value", "score", "official", "like_for_like", "contribution", "median", "own_change", "common_change"),
        *("spread", "difference", "own", "verified", "gap", "mean", "sd"),
        *("p10", "p25", "p50", "p75", "p90", "common", "net", "shift", "before"),
    ),
}
# Where a column of one table means another thing than of the others.
OWN_UNITS = {
    "TREND": {"low": "points_year", "high": "points_year"},
    "ITEMS": {"now": "hundred", "before": "hundred", "change": "points"},
    "LEVERAGE": dict.fromkeys(("room", "gain", "one_up", "if_worst"), "points"),
    "AGREEMENT": {"low": "", "high": ""},
    **{name: {"low": "scale", "high": "scale"} for name in ("SEVERITY", "GAP", "SPREAD")},
    "RESPONSIBILITY": {"score": "hundred", "share": "share"},
    "REGIONS": {"change": "scale"},
    "SKM": dict.fromkeys(("value100", "low", "high", "rounded"), "skm"),
}
SHOWN = ("INDEX", "CHANGE", "TREND", "VERDICTS", "PEERS", "SCORES", "ISSUES")
CONTRACTS = {"COMPARED": COMPARED, **{n: TABLES[n] for n in SHOWN}}
CONTRACTS |= {"ITEMS": ITEMS, "LEVERAGE": LEVERAGE, **PEOPLE, "SURVEY": SURVEY, "SKM": SKM, **NATIONAL}


def tables(job) -> tuple[dict[str, pd.DataFrame], dict[str, str], Any]:
    """Tables of one region's report by name, node names, and its evaluation."""
    from scevaluation.evaluate.evaluation import evaluate_round
    from scevaluation.evaluate.leverage import leverage
    from scevaluation.evaluate.sides import sides
    from scevaluation.report.items import items
    from scevaluation.report.people import people
    from scevaluation.report.survey import citizens

    e = evaluate_round(job.programme, job.round, public=job.public)
    held = {**{name: getattr(e, name.lower(), None) for name in SHOWN}, **people(e).tables}
    held |= {"ITEMS": items(e), "LEVERAGE": leverage(items(e), e.instrument), "SURVEY": citizens(e).survey}
    held |= {"COMPARED": sides(e, job.other, job.public).compared} if job.other else {}
    return _filled(held), _names((*e.instruments.values(), e.instrument), job.lang), e


def survey_tables(job) -> tuple[dict[str, pd.DataFrame], dict[str, str], Any]:
    """Tables of a survey's report by name, names of what was asked, and the round."""
    from scevaluation.evaluate.survey import survey_round
    from scevaluation.report import skm

    e = survey_round(job.programme, job.round, job.public)
    return _filled({contract.name: rows for contract, rows in skm.tables(e)}), _names([e.instrument], job.lang), e


def national_tables(job) -> tuple[dict[str, pd.DataFrame], dict[str, str], Any]:
    """Tables of a report over all regions by name, node names, and the letter's evaluation."""
    from scevaluation.evaluate.national import evaluate_nation

    n = evaluate_nation(job.round)
    return _filled(n.tables), _names(n.instruments.values(), job.lang), n


def _filled(held: dict) -> dict[str, pd.DataFrame]:
    return {n: held[n] for n in CONTRACTS if held.get(n) is not None and len(held[n])}


def _names(instruments: Iterable, lang: str) -> dict[str, str]:
    return {path: instrument.name(path, lang) for instrument in instruments for path in instrument.nodes}


def workbook(job, words: Words) -> bytes:
    """The workbook of a job, an .xlsx file in the language of `words`; texts are texts, also where they begin with "="."""
    import xlsxwriter

    each = KINDS[job.kind].each
    nation, read = each == "nation", {"nation": national_tables, "survey": survey_tables}.get(each, tables)
    frames, names, e = read(job)
    asked = e.instruments.values() if nation else [e.instrument]
    whose, ministry = [i.label for i in asked], all(i.ministry for i in asked)
    about = [
        (words("xlsx.region"), words("register.regions") if nation else words.label(e.programme.region_label)),
        (words("page.round"), words.round_long(e.round)),
        (words("xlsx.instrument"), "; ".join(map(words.label, whose))),
        *([(words("xlsx.other"), " ".join(job.sides[1]))] if job.other else []),
        *([(words("xlsx.letter"), words.column(e.letter, "label"))] if nation else []),
    ]
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, SAFE) as book:
        book.set_properties({"title": words("xlsx.title"), "created": MADE, "comments": f"scevaluation {__version__}"})
        style = {name: book.add_format(look) for name, look in STYLES.items()}
        _cover(book.add_worksheet(words("xlsx.about")), about, not nation and e.programme.made_up, frames, words, style)
        if "INDEX" in frames:
            _history(book.add_worksheet(words("xlsx.history")), e, names, words, style)
        for name, frame in frames.items():
            _sheet(book.add_worksheet(words("xlsx.sheet." + name.lower())), CONTRACTS[name], frame, names, words, style, ministry)
    return out.getvalue()


def _cover(sheet, about: list[tuple[str, str]], made_up: bool, frames: dict, w: Words, style: dict) -> None:
    """What this workbook is, of whom, and what its sheets hold."""
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 90, style["wrap"])
    sheet.write_string(0, 0, w("xlsx.title"), style["title"])
    rows = [*about, (w("xlsx.missing"), w("xlsx.missing_note")), (w("xlsx.version"), f"scevaluation {__version__}")]
    for n, (name, value) in enumerate(rows, 2):
        sheet.write_string(n, 0, name)
        sheet.write_string(n, 1, value)
    if made_up:
        sheet.write_string(1, 0, w("made_up"), style["flag"])
    for n, name in enumerate(frames, len(rows) + 3):
        sheet.write_string(n, 0, w("xlsx.sheet." + name.lower()))
        sheet.write_string(n, 1, w("register." + name.lower()))


def _history(sheet, e, names: dict, w: Words, style: dict) -> None:
    """Values (0-100) of the index and the nodes below it by round, with a small line a row."""
    from xlsxwriter.utility import xl_range

    rounds = sorted(e.traced["round"].unique())
    wide = e.traced.pivot_table(index="node", columns="round", values="value100", aggfunc="first", dropna=False)
    nodes = [n for n in (ROOT, *e.top) if n in wide.index]
    sheet.freeze_panes(2, 2)
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 1, 18)
    sheet.write_string(0, 0, w("col.node"), style["head"])
    sheet.write_string(0, 1, w("xlsx.line"), style["head"])
    sheet.write_string(1, 0, w("unit.hundred"), style["unit"])
    for c, name in enumerate(rounds, 2):
        sheet.write_string(0, c, w.round(name), style["head"])
    for r, node in enumerate(nodes, 2):
        sheet.write_string(r, 0, _name(node, names, w))
        for c, name in enumerate(rounds, 2):
            value = wide.at[node, name] if name in wide else np.nan
            if np.isfinite(value):
                sheet.write_number(r, c, float(value), style["one"])
        if len(rounds) > 1:
            area = f"'{sheet.get_name()}'!{xl_range(r, 2, r, 1 + len(rounds))}"
            sheet.add_sparkline(r, 1, {"range": area, "series_color": "#123F5A", "empty_cells": "gaps", "last_point": True})


def _name(node: str, names: dict, w: Words) -> str:
    if node == ROOT:
        return w("node.index")
    if node.startswith("sector:"):
        return w("sector." + node.removeprefix("sector:"))
    return names.get(node, node)


def _unit(contract: Contract, column: str) -> str:
    own = OWN_UNITS.get(contract.name, {})
    return own[column] if column in own else next((unit for unit, columns in UNITS.items() if column in columns), "")


def _head(contract: Contract, column: str, w: Words, ministry: bool) -> str:
    """A column's header; some mean another thing in one table, and some in those of the ministry's instruments."""
    own = f"col.{contract.name.lower()}.{column}"
    return w(w.of(own if w.has(own) else "col." + column, ministry))


def _sheet(sheet, contract: Contract, frame: pd.DataFrame, names: dict, w: Words, style: dict, ministry: bool) -> None:
    """One table: header and unit rows stay in view; a missing number is an empty cell."""
    columns = list(contract.columns)
    place = next((columns.index(c) for c in ("node", "indicator") if c in columns), None)
    sheet.freeze_panes(2, 0 if place is None else min(place + 2, 4))
    shown = columns if place is None else [*columns[: place + 1], "name", *columns[place + 1 :]]
    for c, column in enumerate(shown):
        sheet.write_string(0, c, _head(contract, column, w, ministry), style["head"])
        unit = _unit(contract, column)
        sheet.write_string(1, c, w("unit." + unit) if unit else "", style["unit"])
        sheet.set_column(c, c, 34 if column == "name" else 13)
    sheet.autofilter(1, 0, len(frame) + 1, len(shown) - 1)
    node = None if place is None else columns[place]
    for r, row in enumerate(frame.to_dict("records"), 2):
        for c, column in enumerate(shown):
            if column == "name" and node is not None:
                sheet.write_string(r, c, _name(row[node], names, w))
            else:
                _write(sheet, r, c, row[column], contract.columns[column].dtype, _unit(contract, column), w, style)


def _write(sheet, r: int, c: int, value, dtype: str, unit: str, w: Words, style: dict) -> None:
    if dtype == "bool":
        sheet.write_string(r, c, w("chart.yes" if value else "chart.no"))
    elif dtype in ("float", "int"):
        if not pd.isna(value):
            sheet.write_number(r, c, float(value), style["share" if unit == "share" else dtype])
    elif isinstance(value, str) and value:
        sheet.write_string(r, c, value)
