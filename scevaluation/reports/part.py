"""Parts of a page that are no charts: masthead, headline, contents, quality, method, tables behind the report."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from html import escape

import pandas as pd

from scevaluation import __version__
from scevaluation.card import said
from scevaluation.frames import Contract
from scevaluation.intake.log import kept
from scevaluation.intake.store import restated
from scevaluation.period import Period
from scevaluation.words import Words, in_any_language

DOT = " \u00b7 "


@dataclass(frozen=True, repr=False)
class Part:
    """A piece of the page. Notebooks show it; `marks` are texts the report takes from it (title, headline, inputs)."""

    html: str
    text: str = ""
    marks: dict = field(default_factory=dict)

    def __repr__(self) -> str:
        return said("Part", self.text or self.html[:60])

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/html": self.html, "text/plain": self.text or " "}, {"scevaluation": self.marks} if self.marks else {}


@dataclass(frozen=True)
class Field:
    """A column of a table: header text, how a value is written, whether it is a number."""

    name: str
    header: str
    write: Callable[[object], str] = str
    number: bool = False


def html_table(rows: pd.DataFrame, fields: list[Field], caption: str = "") -> str:
    """A table of text and numbers; on a phone each row becomes a card, unless it is a name with at most three numbers.

    Everything is escaped.
    """
    kind = "short" if len(fields) <= 4 and all(f.number for f in fields[1:]) else "cards"
    body = []
    for row in rows.to_dict("records"):
        first, *rest = fields
        cells = f'<th scope="row" role="rowheader">{escape(first.write(row[first.name]))}</th>' + "".join(
            f'<td role="cell" data-label="{escape(f.header)}"{" class=n" if f.number else ""}>{escape(f.write(row[f.name]))}</td>'
            for f in rest
        )
        body.append(f'<tr role="row">{cells}</tr>')
    title = f"<caption>{escape(caption)}</caption>" if caption else ""
    head = heads((f.header, f.number) for f in fields)
    return f'<table class="{kind}" role="table">{title}{head}<tbody role="rowgroup">{"".join(body)}</tbody></table>'


def heads(columns: Iterable[tuple[str, bool]]) -> str:
    """The head of a table that becomes cards on a phone, as HTML: of every column its header, and whether it is a number."""
    cells = "".join(f'<th scope="col"{" class=n" if n else ""} role="columnheader">{escape(text)}</th>' for text, n in columns)
    return f'<thead role="rowgroup"><tr role="row">{cells}</tr></thead>'


def section(body: str, heading: str = "", kind: str = "", text: str = "", level: int = 3) -> Part:
    """A part of the page that is no chart: HTML below its heading.

    Parameters
    ----------
    body : str
        HTML.
    heading, text : str
        Its heading, and what it says as plain text (default: the heading).
    kind : str
        How it looks and prints, as classes: "long" may go on over the end of a page.
    """
    head = f"<h{level}>{escape(heading)}</h{level}>" if heading else ""
    return Part(f'<section class="{f"part {kind}".strip()}">{head}{body}</section>', text or heading)


def note(text: str) -> str:
    """A note below a table, as HTML."""
    return f'<p class="note">{escape(text)}</p>'


def folded(summary: str, body: str) -> str:
    """HTML that opens at a press on its summary."""
    return f"<details><summary>{escape(summary)}</summary>{body}</details>"


def registers(tables: Iterable[tuple[Contract, pd.DataFrame]], w: Words) -> Part:
    """The tables that the numbers in the text stand in; those without rows are left out."""
    return section("".join(_register(c, rows, w) for c, rows in tables if len(rows)), kind="long", text=w("chapter.numbers"))


def _register(contract: Contract, rows: pd.DataFrame, w: Words) -> str:
    """A table folded, every cell addressable: the facts in the prose point here. The region is left out where it is one only."""
    name = contract.name
    alone = {"region"} if "region" in rows and rows["region"].nunique() == 1 else set()
    key = [k for k in contract.key if k not in alone]
    columns = [c for c in contract.columns if c not in alone and c in rows]
    head = "".join(
        f'<th scope="col"{" class=n" if contract.columns[c].dtype in ("float", "int") else ""}>{escape(c)}</th>'
        for c in columns
    )
    body = "".join(_register_row(row, key, columns, contract, w) for row in rows.to_dict("records"))
    size = w("register.rows", n=w.num(len(rows), 0))
    return (
        f'<details class="register"><summary>{escape(name)}: {escape(w("register." + name.lower()))} ({escape(size)})</summary>'
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(name)}">'
        f'<table data-table="{name}"><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div></details>"
    )


def _register_row(row: dict, key: list[str], columns: list[str], contract, w: Words) -> str:
    cells = []
    for c in columns:
        value, dtype = row[c], contract.columns[c].dtype
        if dtype in ("float", "int"):
            missing = pd.isna(value)
            raw = "" if missing else f' data-value="{float(value)!r}"'
            digits = 0 if dtype == "int" else 3
            cells.append(
                f'<td class="n" data-column="{c}"{raw}>{w.cell(c, float("nan") if missing else float(value), digits)}</td>'
            )
        else:
            cells.append(f'<td data-column="{c}">{escape(str(value))}</td>')
    name = "|".join(str(row[k]) for k in key)
    return f'<tr data-key="{escape(name)}">{"".join(cells)}</tr>'


def masthead(e, w: Words, name: str = "", title: str = "") -> Part:
    """Who, which round, where in the cycle; a made-up programme says so.

    Parameters
    ----------
    e : Evaluation
    w : Words
    name, title : str
        What the report is called, and the page as a whole; by default as the report of the round.
    """
    plan, r = e.programme, Period(e.round)
    state, cycle = plan.states[e.round], plan.cycle(e.round)
    bits = [w.round_long(e.round)]
    if state.label:
        bits.append(w.label(state.label))
    bits.append(w("mast.ordinal", n=r.number + 1))
    if cycle:
        bits.append(w("mast.cycle", cycle=w.label(cycle.label), n=r.year - Period(cycle.start).year + 1))
    elif plan.cycles:
        bits.append(w("mast.preparation"))
    if len(restated(kept(plan, e.round, "ENTRIES"))):
        bits.append(w("desk.mast.restated"))
    flag = f'<p class="flag">{escape(w("made_up"))}</p>' if plan.made_up else f"<p>{escape(w.label(plan.region_label))}</p>"
    html = f'<div class="masthead"><p><b>{escape(name or w("page.report"))}</b>{escape(DOT + DOT.join(bits))}</p>{flag}</div>'
    region = w.label(plan.region_label)
    marks = {
        "title": title or w("page.title", region=region, round=w.round_long(e.round)),
        "footer": w(
            "page.footer", programme=w.label(plan.label), region=region, round=w.round_long(e.round), version=__version__
        )
        + (DOT + w("made_up") if plan.made_up else ""),
        "inputs": json.dumps(e.provenance, sort_keys=True),
    }
    return Part(html, DOT.join(bits), marks)


def deltas(trend: pd.DataFrame, w: Words) -> str:
    """The smallest pace that matters as text: one number, or its range where it differs by node."""
    ends = [f"{d:.2g}" for d in (trend["delta"].min(), trend["delta"].max())]
    said = [w.num(float(e), len(e.partition(".")[2])) for e in ends]
    return said[0] if ends[0] == ends[1] else f"{said[0]}\u2013{said[1]}"


in_any_language(globals())
