"""What a kind of report is: its chapters, what each needs of the data, and the tables behind it; and how briefs speak."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import pandas as pd

from scevaluation.draw.style import mark_html
from scevaluation.frames import Contract
from scevaluation.frames.claims import stated, written
from scevaluation.issues import unknown
from scevaluation.kinds import Kind
from scevaluation.report import part
from scevaluation.report.part import Part
from scevaluation.words import Fact, Sentence, Words, capital

SHOWN = 3  # names in a sentence
TOPIC = ("title", "reason", "ask")
Table = tuple[Contract, pd.DataFrame]


@dataclass(frozen=True)
class Chapter:
    """A chapter by the key of its words; `needs` are names of what the data hold, one of which is enough; none: always."""

    name: str
    needs: tuple[str, ...] = ()
    new_page: bool = False


@dataclass(frozen=True)
class Plan:
    """A kind of report: masthead, contents, heads of chapters, what is absent and the numbers follow from it.

    Attributes
    ----------
    kind : Kind
        Its name, notebook, and what it is made for each of.
    chapters : tuple of Chapter
        In the order of the page.
    available : callable
        What the data hold, by name.
    tables : callable
        The tables that the numbers in the text stand in, each with its contract.
    absent_key : callable
        The key of words that say that something is absent, which the ministry's instruments may have otherwise (`Words.of`); what
        has no such words is passed over in silence.
    absent_look : str
        How the list of what is absent prints.
    first_page_full : callable
        Whether the first chapter begins a new page.
    """

    kind: Kind
    chapters: tuple[Chapter, ...]
    available: Callable[[Any], dict[str, bool]] = lambda data: {}
    tables: Callable[[Any], Iterable[Table]] = lambda data: ()
    absent_key: Callable[[str], str] = lambda name: ""
    absent_look: str = "long"
    first_page_full: Callable[[Any], bool] = lambda data: False

    def names(self, data) -> list[str]:
        """Chapters that the data can fill."""
        has = self.available(data)
        return [c.name for c in self.chapters if not c.needs or any(has.get(n) for n in c.needs)]

    def holds(self, data, name: str) -> bool:
        """Whether the data hold what is called `name`, something a chapter needs or a whole one; UnknownName if there is neither."""
        has = self.available(data)
        known = [*has, *(c.name for c in self.chapters)]
        if name not in known:
            raise unknown(name, known, self.kind.name)
        return has[name] if name in has else name in self.names(data)

    def masthead(self, e, w: Words) -> Part:
        """Who, which round, where in the cycle."""
        return masthead(e, w, w("kind." + self.kind.name))

    def contents(self, data, w: Words) -> Part:
        """Links to the chapters of the page."""
        links = "".join(f'<li><a href="#{c}">{escape(w("chapter." + c))}</a></li>' for c in self.names(data))
        return Part(f'<nav class="contents" aria-label="{escape(w("page.contents"))}"><ul>{links}</ul></nav>')

    def chapter(self, data, w: Words, name: str) -> Part | None:
        """The head of a chapter, with its lede if the words have one; None where the data cannot fill it."""
        found = next((c for c in self.chapters if c.name == name), None)
        if found is None:
            raise unknown(name, (c.name for c in self.chapters), self.kind.name)
        names = self.names(data)
        if name not in names:
            return None
        own = f"chapter.{name}.lede_ministry"
        key = own if _ministry(data) and w.has(own) else f"chapter.{name}.lede"
        lede = f"<p>{escape(w(key, unit=_unit(data)))}</p>" if w.has(key) else ""
        new_page = found.new_page or (names[0] == name and self.first_page_full(data))
        look, title = "chapter newpage" if new_page else "chapter", w("chapter." + name)
        return Part(f'<section class="{look}" id="{name}"><h2>{escape(title)}</h2>{lede}</section>', title)

    def shown(self, data, w: Words, name: str, form: Callable):
        """A form, if the data hold what is called `name`."""
        return form(data, w) if self.holds(data, name) else None

    def absent(self, data, w: Words) -> Part | None:
        """What the data do not hold, said once; None where nothing lacks."""
        gone = [self.absent_key(name) for name, there in self.available(data).items() if not there]
        keys = [w.of(key, _ministry(data)) for key in gone]
        body = "".join(f"<li>{escape(w(key, unit=_unit(data)))}</li>" for key in keys if w.has(key))
        return part.section(f"<ul>{body}</ul>", w("absent.title"), self.absent_look) if body else None

    def numbers(self, data, w: Words) -> Part:
        """The tables that the numbers in the text stand in."""
        return part.registers(self.tables(data), w)


def _ministry(data) -> bool:
    """Whether a report is about something that the ministry's instrument scores."""
    return hasattr(data, "instrument") and data.instrument.ministry


def _unit(data) -> Sentence | str:
    """What the top level of the instrument is called; "" where a report is about none."""
    return Sentence(f"unit.{data.instrument.top}") if hasattr(data, "instrument") else ""


def masthead(e, w: Words, name: str) -> Part:
    """As the round report's, under another name."""
    title = w("family.title", kind=name, region=w.label(e.programme.region_label), round=w.round_long(e.round))
    return part.masthead(e, w, name, title)


def opening(head: Sentence, lede: Sentence, cards: Iterable[tuple[str, str, Sentence]], w: Words, below: str = "") -> Part:
    """Headline, lede and findings, a link to what they rest on, and HTML below; a card is its direction (its mark), title and sentence."""
    shown = list(cards)
    rows = [stated("headline", "headline", head), stated("lede", "lede", lede)]
    rows += [stated("finding", f"finding-{n}", said) for n, (*_, said) in enumerate(shown, 1)]
    head, lede, *found = map(written, rows)
    text = capital(w.text(head))
    marks = [mark_html(direction) + " " if direction else "" for direction, *_ in shown]
    told = zip(marks, shown, [capital(w.html(said)).removesuffix(".") for said in found], strict=True)
    body = "".join(f'<div class="finding"><h2>{mark}{escape(title)}</h2><p>{said}.</p></div>' for mark, (_, title, _), said in told)
    opened = f'<h1>{capital(w.html(head))}</h1><p class="lede">{capital(w.html(lede))}</p>'
    opened += f'<div class="findings">{body}</div>' if body else ""
    basis = f'<p class="basis"><a href="#register-claims">{escape(w("page.basis"))}</a></p>'
    return Part(opened + basis + below, text, {"headline": text}, tuple(rows))


def topics(heading: str, items: Iterable[tuple[Sentence, ...]], w: Words, name: str) -> Part:
    """A numbered list: of each topic its title, its reason with the number, and the question or decision."""
    numbered = enumerate(items, 1)
    topics = [[stated("topic", f"{name}-{n}", said, part) for part, said in zip(TOPIC, one, strict=True)] for n, one in numbered]
    body = "".join(
        f"<li><h3>{capital(w.html(title))}</h3><p>{capital(w.html(reason))}</p><p class=ask>{capital(w.html(ask))}</p></li>"
        for title, reason, ask in (map(written, rows) for rows in topics)
    )
    text = "\n".join(capital(w.text(written(title))) for title, *_ in topics)
    html = f'<section class="part long topics" id="{escape(name)}"><h2>{escape(heading)}</h2><ol>{body}</ol></section>'
    return Part(html, text, claims=tuple(row for rows in topics for row in rows))


def listed(names: Sequence[str], w: Words) -> str:
    """Names in a sentence; of more than `SHOWN` the rest are counted."""
    more = len(names) - SHOWN
    return w.join(names) if more <= 0 else w.join([*names[:SHOWN], w("family.more", n=w.num(more, 0))])


def cell(contract: Contract, row: Mapping, column: str, digits: int = 0, **how) -> Fact:
    """A number of a row of one of the tables on the page, tied to its cell."""
    return contract.fact(row, column, digits, **how)


def cells(contract: Contract, row: Mapping, columns: Iterable[str]) -> dict[str, Fact]:
    """Whole numbers of a row by column."""
    return {c: cell(contract, row, c) for c in columns}
