"""What the briefs have in common: masthead, opening, a list of topics, the register of their tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from html import escape

import pandas as pd

from scevaluation.charts.findings import lower
from scevaluation.charts.style import mark_html
from scevaluation.evaluate.evaluation import Evaluation
from scevaluation.frames import Contract
from scevaluation.publish import forms, parts, people
from scevaluation.publish.parts import Part, register_table
from scevaluation.words import Fact, Sentence, Words

SHOWN = 3  # names in a sentence


def masthead(e: Evaluation, kind: str, w: Words, name: str = "") -> Part:
    """As the round report's, under the name of this kind of report and, if given, of what it is about."""
    whole = parts.masthead(e, w)
    said = f"{w('kind.' + kind)}: {name}" if name else w("kind." + kind)
    title = w("family.title", kind=said, region=w.label(e.programme.region_label), round=w.round_long(e.round))
    html = whole.html.replace(escape(w("page.report")), escape(said), 1)
    return replace(whole, html=html, marks={**whole.marks, "title": title})


def large(text: str) -> str:
    """The first letter large, unless a tag stands there."""
    return text if text.startswith("<") else text[:1].upper() + text[1:]


def opening(head: Sentence, lede: Sentence, cards: Iterable[tuple[str, str, Sentence]], w: Words) -> Part:
    """Headline, lede and findings; a card is its direction (for the mark), title and sentence."""
    text = large(w.text(head))
    body = "".join(
        f'<div class="finding"><h2>{mark_html(direction)} {escape(title)}</h2><p>{large(w.html(said))}</p></div>'
        for direction, title, said in cards
    )
    found = f'<div class="findings">{body}</div>' if body else ""
    return Part(f'<h1>{large(w.html(head))}</h1><p class="lede">{large(w.html(lede))}</p>{found}', text, {"headline": text})


def topics(heading: str, items: Iterable[tuple[Sentence, Sentence, Sentence]], w: Words, name: str) -> Part:
    """A numbered list: of each topic its title, its reason with the number, and the question or decision."""
    rows = list(items)
    body = "".join(
        f"<li><h3>{large(w.html(title))}</h3><p>{large(w.html(reason))}</p><p class=ask>{large(w.html(ask))}</p></li>"
        for title, reason, ask in rows
    )
    text = "\n".join(large(w.text(title)) for title, *_ in rows)
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
    key = "|".join(str(row[k]) for k in contract.key if k != "region")
    return Fact(float(row[column]), contract.name, key, column, digits, **how)


def cells(contract: Contract, row: Mapping, columns: Iterable[str]) -> dict[str, Fact]:
    """Whole numbers of a row by column."""
    return {c: cell(contract, row, c) for c in columns}


def registers(tables: Iterable[tuple[Contract, pd.DataFrame]], w: Words) -> Part:
    """The tables that the numbers in the text stand in; those without rows are left out."""
    html = "".join(register_table(c.name, rows, w, c) for c, rows in tables if len(rows))
    return Part(f'<section class="part long">{html}</section>', w("chapter.numbers"))


def absent(lines: Iterable[str], w: Words) -> Part | None:
    """What the data do not hold, said once; None where nothing lacks."""
    body = "".join(f"<li>{escape(line)}</li>" for line in lines)
    if not body:
        return None
    head = w("absent.title")
    return Part(f'<section class="part long"><h3>{escape(head)}</h3><ul>{body}</ul></section>', head)
