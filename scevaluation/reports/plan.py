"""What the briefs have in common: masthead, opening, a list of topics, the register of their tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from html import escape

import pandas as pd

from scevaluation.draw.style import mark_html
from scevaluation.draw.table import Field, html_table
from scevaluation.evaluate.evaluation import Evaluation
from scevaluation.frames import Contract
from scevaluation.reports import part as parts
from scevaluation.reports import people
from scevaluation.reports import round as forms
from scevaluation.reports.part import Part
from scevaluation.words import Fact, Sentence, Words, capital, lower

SHOWN = 3  # names in a sentence


def masthead(e: Evaluation, kind: str, w: Words, name: str = "") -> Part:
    """As the round report's, under the name of this kind of report and, if given, of what it is about."""
    whole = parts.masthead(e, w)
    said = f"{w('kind.' + kind)}: {name}" if name else w("kind." + kind)
    title = w("family.title", kind=said, region=w.label(e.programme.region_label), round=w.round_long(e.round))
    html = whole.html.replace(escape(w("page.report")), escape(said), 1)
    return replace(whole, html=html, marks={**whole.marks, "title": title})


def opening(head: Sentence, lede: Sentence, cards: Iterable[tuple[str, str, Sentence]], w: Words) -> Part:
    """Headline, lede and findings; a card is its direction (for the mark), title and sentence."""
    text = capital(w.text(head))
    body = "".join(
        f'<div class="finding"><h2>{mark_html(direction)} {escape(title)}</h2><p>{capital(w.html(said))}</p></div>'
        for direction, title, said in cards
    )
    found = f'<div class="findings">{body}</div>' if body else ""
    return Part(f'<h1>{capital(w.html(head))}</h1><p class="lede">{capital(w.html(lede))}</p>{found}', text, {"headline": text})


def topics(heading: str, items: Iterable[tuple[Sentence, ...]], w: Words, name: str) -> Part:
    """A numbered list: of each topic its title, its reason with the number, and the question or decision."""
    rows = list(items)
    body = "".join(
        f"<li><h3>{capital(w.html(title))}</h3><p>{capital(w.html(reason))}</p><p class=ask>{capital(w.html(ask))}</p></li>"
        for title, reason, ask in rows
    )
    text = "\n".join(capital(w.text(title)) for title, *_ in rows)
    html = f'<section class="part long topics" id="{escape(name)}"><h2>{escape(heading)}</h2><ol>{body}</ol></section>'
    return Part(html, text)


def listed(names: Sequence[str], w: Words) -> str:
    """Names in a sentence; of more than `SHOWN` the rest are counted."""
    more = len(names) - SHOWN
    return w.join(names) if more <= 0 else w.join([*names[:SHOWN], w("family.more", n=w.num(more, 0))])


def item_names(e: Evaluation, w: Words) -> dict[str, str]:
    """Nodes inside a sentence: items of numbered questionnaires behind the name of their component."""
    names = {**people.node_names(e, w), **forms.labels(e, w)}
    if e.by_sector:
        return names
    tops = {n: n.partition("/")[0] for n in names if "/" in n}
    return names | {n: w("items.of", top=names[t], item=lower(names[n])) for n, t in tops.items()}


def cell(contract: Contract, row: Mapping, column: str, digits: int = 0, **how) -> Fact:
    """A number of a row of one of the tables on the page, tied to its cell."""
    return Fact(float(row[column]), contract.name, contract.row_key(row), column, digits, **how)


def cells(contract: Contract, row: Mapping, columns: Iterable[str]) -> dict[str, Fact]:
    """Whole numbers of a row by column."""
    return {c: cell(contract, row, c) for c in columns}


def asked_table(e: Evaluation, rows: pd.DataFrame, w: Words, raised: bool = True) -> str:
    """Recommendations of FOLLOWUP with their age as HTML, and if `raised` since when; "" for none."""
    texts, names = w.column(people.people(e).recommendations.set_index("id"), "text"), e.programme.agency_names(w.lang)
    table = rows.assign(
        text=[texts[i] for i in rows["id"]],
        name=[names.get(a, a) for a in rows["agency"]],
        raised=rows["raised"].map(w.round),
        due=[w.round(r) if r else "\u2013" for r in rows["due"]],
    )
    fields = [
        Field("text", w("family.column.recommendation")),
        Field("name", w("family.column.agency")),
        *([Field("raised", w("family.column.raised"), number=True)] if raised else []),
        Field("due", w("family.column.until"), number=True),
        Field("late", w("family.column.late"), lambda v: w.num(v, 0) if v else "\u2013", True),
        Field("age", w("family.column.age"), lambda v: w.num(v, 0), True),
    ]
    return html_table(table, fields) if len(rows) else ""


def absent(lines: Iterable[str], w: Words) -> Part | None:
    """What the data do not hold, said once; None where nothing lacks."""
    body = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return parts.section(f"<ul>{body}</ul>", w("absent.title"), "long") if body else None
