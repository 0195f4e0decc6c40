"""What the pages of a site are, and what leads from each to which: by round, kind, sector, language, region and peers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from html import escape
from urllib.parse import quote

from scevaluation.errors import EvaluationError
from scevaluation.grid.table import read_table
from scevaluation.instrument import Instrument, load_instrument
from scevaluation.kinds import KINDS
from scevaluation.place import find, read_once
from scevaluation.press.jobs import NATION
from scevaluation.press.site.copied import Look
from scevaluation.programme import Programme, load_programme
from scevaluation.region import PREFIX, RESULTS, cohort_instrument, places, short_name
from scevaluation.words import words

UP = "../../"  # from a report's folder to the site's


@dataclass(frozen=True, eq=False)
class Page:
    """A made report's page: its manifest, and its place in the site."""

    entry: Mapping
    href: str

    @property
    def programme(self) -> str:
        """Its programme, or that of the nation."""
        return self.entry["programme"]

    @property
    def round(self) -> str:
        """Its round."""
        return self.entry["round"]

    @property
    def lang(self) -> str:
        """Its language."""
        return self.entry["lang"]

    @property
    def what(self) -> tuple[str, ...]:
        """What it is of its round, in whichever language: kind, and sector, day or whatever else its name says."""
        stem = self.href.rsplit("/", 1)[1].removesuffix(".html").removesuffix(f".{self.lang}")
        return (self.entry["kind"], stem)

    @cached_property
    def text(self) -> str:
        """How a link to it is called."""
        w, e = words(self.lang), self.entry
        about = [w("sector." + e["sector"])] if e.get("sector") else []
        about += [w.day(date.fromisoformat(e["as_of"]))] if e.get("as_of") else []
        plain = len(about) or self.what[1] == e["kind"]
        return " ".join([w("kind." + e["kind"]), *about]) if plain else e.get("title") or self.what[1]

    @property
    def short(self) -> str:
        """The same among the other pages of its round."""
        return words(self.lang)("sector." + self.entry["sector"]) if self.entry.get("sector") else self.text


class Tree:
    """All pages of a site, found by what they are of."""

    def __init__(self, pages: Iterable[Page]):
        order = list(KINDS)
        rank = {p: (order.index(p.entry["kind"]) if p.entry["kind"] in order else len(order), p.what) for p in pages}
        self.pages = sorted(rank, key=lambda p: (p.lang, p.programme, p.round, rank[p]))
        self.by: dict[tuple[str, str, str], dict[tuple[str, ...], Page]] = {}
        for page in self.pages:
            self.by.setdefault((page.programme, page.round, page.lang), {})[page.what] = page
        self.rounds: dict[tuple[str, str], list[str]] = {}
        for programme, name, lang in self.by:
            self.rounds.setdefault((programme, lang), []).append(name)

    @property
    def langs(self) -> list[str]:
        """Languages of the site, that of its first page first."""
        return sorted({p.lang for p in self.pages}, key=lambda lang: lang != "id")

    @property
    def letters(self) -> list[str]:
        """Rounds with a page over all regions, newest first."""
        return sorted({p.round for p in self.pages if p.programme == NATION}, reverse=True)

    def find(self, programme: str, name: str, lang: str, kind: str = "round", stem: str = "") -> Page | None:
        """The page of a round of one kind, if there is one."""
        return self.by.get((programme, name, lang), {}).get((kind, stem or kind))

    def start(self, lang: str) -> str:
        """The name of the start page in a language."""
        return "index.html" if lang == self.langs[0] else f"index.{lang}.html"

    @cached_property
    def own(self) -> dict[str, Programme]:
        """The programmes of the site that have a folder of their own, by name."""
        return {p: plan for p in dict.fromkeys(p.programme for p in self.pages) if (plan := _plan(p))}

    def region(self, code: str, name: str, lang: str) -> Page | None:
        """The page of a region in a round: that of the letter, else that of a real programme of its own."""
        page = self.find(PREFIX + code.replace(".", "-"), name, lang)
        mine = (p for p, plan in self.own.items() if plan.region == code and not plan.made_up)
        return page or next(filter(None, (self.find(p, name, lang) for p in mine)), None)

    @cache  # noqa: B019  # a tree lives as long as its site is built
    def regions(self, name: str, lang: str) -> dict[str, str]:
        """Addresses of the regions of a round by each of their names; a name that several could mean has none."""
        found: dict[str, str] = {}
        for code, row in places().items():
            if page := self.region(code, name, lang):
                found |= {row["name"]: UP + quote(page.href), short_name(row["name"]): UP + quote(page.href)}
        return found

    def look(self, page: Page, cells: Mapping[tuple[str, str, str], str]) -> Look:
        """What the site adds to a page; `cells` are the pages with the cells that a round was read from."""
        w = words(page.lang)
        ways = f'<nav class="site" aria-label="{escape(w("site.nav"))}">{_list("", _above(self, page))}</nav>'
        return Look(UP, _nav(self, page, cells), self._names(page, cells), w.round_long(page.round), ways)

    def _names(self, page: Page, cells: Mapping[tuple[str, str, str], str]) -> dict[str, str]:
        lang, key = page.lang, (page.programme, page.round, page.lang)
        out = dict(self.regions(page.round, lang)) if not (plan := self.own.get(page.programme)) or not plan.made_up else {}
        instrument = self._instrument(page)
        if instrument is None:
            return out
        below = quote(cells[key].rsplit("/", 1)[1]) if key in cells else ""
        texts = instrument.names(lang)
        once = {t for t in texts.values() if list(texts.values()).count(t) == 1}
        out |= {text: f"{below}#{anchor(path)}" for path, text in texts.items() if below and text in once}
        for what, other in self.by[key].items():
            if (sector := other.entry.get("sector")) and what != page.what:
                tagged = [path for path in instrument.components if instrument.sectors_of(path) == (sector,)]
                name = quote(other.href.rsplit("/", 1)[1])
                called = [words(lang)("sector." + sector), *(texts[path] for path in tagged if len(tagged) == 1)]
                out |= dict.fromkeys(called, name)
        return out

    def _instrument(self, page: Page) -> Instrument | None:
        if page.programme == NATION:
            return None
        if plan := self.own.get(page.programme):
            state = plan.states.get(page.round)
            return plan.instrument(page.round) if state and state.state == "scored" else None
        return _letter(page.programme.removeprefix(PREFIX).replace("-", "."), page.round)


def anchor(path: str) -> str:
    """The id of an indicator on the page of its cells."""
    return "n-" + path.replace("/", "--")


def _letter(code: str, name: str) -> Instrument | None:
    """The instrument that a letter scored a region by."""
    cohort = _cohorts().get((code, name))
    return load_instrument(cohort_instrument(name, cohort)) if cohort else None


@read_once(lambda: [find("official", "results.csv")])
def _cohorts() -> dict[tuple[str, str], str]:
    """Cohorts of the regions that took part, by code and round; read without pandas, which an unchanged site needs nowhere."""
    rows = read_table(find("official", "results.csv"), RESULTS).rows
    return {(row["region"], row["round"]): row["cohort"] for row in rows if row["status"] == "scored"}


def _plan(name: str) -> Programme | None:
    if name == NATION or name.startswith(PREFIX):
        return None
    try:
        return load_programme(name)
    except EvaluationError:  # its reports still stand when its files cannot be read
        return None


def _nav(tree: Tree, page: Page, cells: Mapping[tuple[str, str, str], str]) -> str:
    """The ways from a page: start, nation, rounds before and after, the round's other pages, the other language, its peers."""
    w, lang, key = words(page.lang), page.lang, (page.programme, page.round, page.lang)
    ways = _above(tree, page)
    rounds = tree.rounds[page.programme, lang]
    at = rounds.index(page.round)
    sides = (("site.before", rounds[at - 1 : at] if at else []), ("site.after", rounds[at + 1 : at + 2]))
    for text, found in sides:
        for name in found:
            other = tree.by[page.programme, name, lang]
            there = other.get(page.what) or next(iter(other.values()))
            ways.append((there.href, w(text, round=w.round_long(name))))
    for other_lang in tree.langs:
        same_page = tree.by.get((page.programme, page.round, other_lang), {}).get(page.what)
        ways += [(same_page.href, words(other_lang)("lang." + other_lang))] if same_page and other_lang != lang else []
    lines = [_list("", ways)]
    parts = [("" if p is page else p.href, p.short) for p in tree.by[key].values()]
    parts += [(cells[key], w("site.cells"))] if key in cells else []
    if len(parts) > 1:
        lines.append(_list(w("site.round", round=w.round_long(page.round)), parts))
    for text, near in zip(("site.same", "site.near"), _near(tree, page), strict=True):
        lines += [_list(w(text), near)] if near else []
    return f'<nav class="site" aria-label="{escape(w("site.nav"))}">{"".join(lines)}</nav>\n'


def _above(tree: Tree, page: Page) -> list[tuple[str, str]]:
    """The ways up from a page: the start, and of a letter's round the nation and its ranking."""
    w, lang = words(page.lang), page.lang
    ways = [(tree.start(lang), w("site.start"))]
    if page.round in tree.letters and page.programme != NATION and (nation := tree.find(NATION, page.round, lang, "national")):
        ways.append((nation.href, w("site.nation", round=w.round_long(page.round))))
    return [*ways, (ranking(page.round, lang), w("site.ranking"))] if page.round in tree.letters else ways


def _near(tree: Tree, page: Page) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Other programmes of the same region, and its peers, as far as they have a page of this round; none of what is made up."""
    plan = tree.own.get(page.programme)
    if page.programme == NATION or (plan and plan.made_up):
        return [], []
    code = plan.region if plan else page.programme.removeprefix(PREFIX).replace("-", ".")
    place, most = places(), 6
    peers = plan.peers if plan else [c for c in place if c != code and place[c]["province"] == place.get(code, {}).get("province")]
    out = [(there.href, short_name(place[c]["name"])) for c in peers if (there := tree.region(c, page.round, page.lang))]
    names = (PREFIX + code.replace(".", "-"), *(p for p, other in tree.own.items() if other.region == code and not other.made_up))
    same = [there for p in names if p != page.programme and (there := tree.find(p, page.round, page.lang))]
    return [(p.href, p.entry.get("label") or p.programme) for p in same], out[:most]


def ranking(name: str, lang: str) -> str:
    """The name of the page that ranks a letter's regions."""
    return f"ranking-{name}.{lang}.html"


def _list(title: str, ways: list[tuple[str, str]]) -> str:
    """Ways as a list; the one without an address is the page itself."""
    items = "".join(
        f'<li><a href="{UP}{quote(href)}">{escape(text)}</a></li>' if href else f'<li><span aria-current="page">{escape(text)}</span></li>'
        for href, text in ways
    )
    head = f"<p>{escape(title)}</p>" if title else ""
    return f"<div>{head}<ul>{items}</ul></div>"
