"""Parts of a page that are no charts: masthead, headline, contents, quality, method, tables behind the report."""

from __future__ import annotations

import json
from collections.abc import Iterable, Set
from dataclasses import dataclass, field
from html import escape

import pandas as pd

from scevaluation import __version__
from scevaluation.card import said
from scevaluation.draw.table import Field, Html, html_table, record
from scevaluation.frames import Contract
from scevaluation.intake.log import kept
from scevaluation.intake.store import restated
from scevaluation.period import Period
from scevaluation.words import Words, capital, in_any_language

COUNTS = ("n", "of")  # whole numbers, which may be missing
DOT = " \u00b7 "


@dataclass(frozen=True, repr=False)
class Part:
    """A piece of the page. Notebooks show it; `marks` are texts the report takes from it (title, headline, inputs).

    `claims` are the rows of CLAIMS that its sentences are written from.
    """

    html: str
    text: str = ""
    marks: dict = field(default_factory=dict)
    claims: tuple[dict, ...] = ()

    def __repr__(self) -> str:
        return said("Part", self.text or self.html[:60])

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/html": self.html, "text/plain": self.text or " "}, {"scevaluation": self.marks} if self.marks else {}


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


def apart(rows: pd.DataFrame, fields: list[Field], column: str, outside: Set[str], w: Words) -> str:
    """Rows as an HTML table, those of bodies outside the regency's government below a heading of their own; "" without rows."""
    far = rows[column].isin(outside)
    own, others = (html_table(t, fields) if len(t) else "" for t in (rows[~far], rows[far]))
    return own + (f"<p><b>{escape(w('people.outside'))}</b></p>{others}" if others else "")


def registers(tables: Iterable[tuple[Contract, pd.DataFrame]], w: Words) -> Part:
    """The tables that the numbers in the text stand in; those without rows are left out."""
    shown = [(c, rows) for c, rows in tables if len(rows)]
    link = _linked({c.name for c, _ in shown})
    return section("".join(_register(c, rows, link, w) for c, rows in shown), kind="long", text=w("chapter.numbers"))


def _register(contract: Contract, rows: pd.DataFrame, link: Field, w: Words) -> str:
    """A table folded, every cell addressable: the facts in the prose point here. The region is left out where it is one only."""
    name, title = contract.name, w("register." + contract.name.lower())
    alone = {"region"} if "region" in rows and rows["region"].nunique() == 1 else set()
    fields = [_field(c, contract.columns[c].dtype, w) for c in contract.columns if c not in alone and c in rows]
    if name == "CLAIMS":
        fields = [link if f.name == "evidence" else f for f in fields]
    size = w("register.rows", n=w.num(len(rows), 0))
    table = record(name, rows, fields, name, [k for k in contract.key if k not in alone])
    head = f"<summary>{escape(f'{capital(title)} ({name}, {size})')}</summary>"
    return f'<details class="register">{head}<div id="register-{name.lower()}">{table}</div></details>'


def _linked(tables: Set[str]) -> Field:
    """The cell that a claim's number was read from, with a link to its table where that is among `tables`."""

    def write(cell: str) -> Html | str:
        name = cell.partition("|")[0]
        return Html(f'<a href="#register-{escape(name.lower())}">{escape(cell)}</a>') if name in tables else cell

    return Field("evidence", "evidence", write)


def _field(column: str, dtype: str, w: Words) -> Field:
    if dtype not in ("float", "int"):
        return Field(column, column)
    return Field(column, column, lambda v: w.cell(column, v, 0 if dtype == "int" or column in COUNTS else 3), True)


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
    late = getattr(e, "as_of", "")
    now = e.now if late else e.round
    state, cycle = plan.states[e.round], plan.cycle(now)
    begun = r + -r.number if e.instrument.ministry else min(Period(state.id) for state in plan.rounds)
    ordinal = w("mast.ordinal", n=r.number - begun.number + 1, year=begun.year)
    bits = [w.round_long(e.round), *([w.label(state.label)] if state.label else []), ordinal]
    if late:
        bits = [w("mast.as_of", day=w.day(e.day)), w("mast.last_scored", round=w.round_long(e.round))]
    if cycle:
        bits.append(w("mast.cycle", cycle=w.label(cycle.label), n=Period(now).year - Period(cycle.start).year + 1))
    elif plan.cycles:
        bits.append(w("mast.preparation"))
    if len(restated(kept(plan, e.round, "ENTRIES"))):
        bits.append(w("desk.mast.restated"))
    region = w.label(plan.region_label)
    flag = f'<p class="flag">{escape(w("made_up"))}</p>' if plan.made_up else f"<p>{escape(region)}</p>"
    html = f'<div class="masthead"><p><b>{escape(name or w("page.report"))}</b>{escape(DOT + DOT.join(bits))}</p>{flag}</div>'
    facts = {"region": region, "round": bits[0]}
    footer = w("page.footer", programme=w.label(plan.label), version=__version__, **facts)
    marks = {
        "title": title or w("page.title", **facts),
        "footer": footer + (DOT + w("made_up") if plan.made_up else ""),
        "inputs": json.dumps(e.provenance, sort_keys=True),
    }
    return Part(html, DOT.join(bits), marks)


def deltas(trend: pd.DataFrame, w: Words) -> str:
    """The smallest pace that matters as text: one number, or its range where it differs by node."""
    ends = [f"{d:.2g}" for d in (trend["delta"].min(), trend["delta"].max())]
    said = [w.num(float(e), len(e.partition(".")[2])) for e in ends]
    return said[0] if ends[0] == ends[1] else f"{said[0]}\u2013{said[1]}"


in_any_language(globals())
