"""The site's own pages: its start, a letter's regions to filter and sort, and the cells that a round was read from."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from scevaluation.draw.table import Field, Html, html_table
from scevaluation.press.index_page import in_order, programme_table
from scevaluation.press.jobs import NATION
from scevaluation.press.site.copied import page as written
from scevaluation.press.site.tree import Page, Tree, anchor, ranking
from scevaluation.region import PREFIX
from scevaluation.words import Words, words

if TYPE_CHECKING:
    import pandas as pd

    from scevaluation.instrument import Instrument
    from scevaluation.programme import Programme

SCRIPT = Path(__file__).parents[1] / "page" / "site.js"
DASH = "\u2013"
RANKED = {"rank": "cohort_rank", "n": "cohort_n", "low": "cohort_low", "high": "cohort_high"}


def start(tree: Tree, lang: str, nations: dict) -> str:
    """The start page in a language: programmes with their reports, letters, and every region of any letter with its state."""
    w = words(lang)
    here = [p for p in tree.pages if p.lang == lang]
    mine = [p for p in here if p.programme != NATION and not p.programme.startswith(PREFIX)]
    letters = [p for p in here if p.programme == NATION]
    counts = {"programmes": len({p.programme for p in here} - {NATION}), "pages": len(here)}
    other = [f'<a href="{tree.start(o)}" lang="{o}">{escape(words(o)("lang." + o))}</a>' for o in tree.langs if o != lang]
    lede = escape(w("site.lede", **{k: w.num(n, 0) for k, n in counts.items()}))
    parts = ['<p class="lede">' + " \u00b7 ".join([lede, *other]) + "</p>"]
    if letters:
        items = "".join(f"<li>{_letter_line(p, tree, w)}</li>" for p in sorted(letters, key=lambda p: p.round, reverse=True))
        parts.append(f'<section class="part"><h2>{escape(w("site.letters"))}</h2><ul class="plain">{items}</ul></section>')
    for programme in in_order([dict(p.entry) for p in mine]):
        entries = [{**p.entry, "href": p.href} for p in mine if p.programme == programme]
        parts.append(programme_table(entries, lang))
    newest = max(nations, default="")
    if newest:
        rows = _regions(tree, nations[newest], lang) + _elsewhere(tree, nations, newest, lang)
        parts.append(_ranked(rows, nations[newest], w, w("site.regions", round=w.round_long(newest))))
    return written(w("site.title"), "".join(parts), lang, "", script=_script() if newest else "")


def rank_page(tree: Tree, nation, nations: dict, lang: str) -> str:
    """A letter's regions with rank, range and change, to filter and to sort."""
    w = words(lang)
    rows = _regions(tree, nation, lang) + _elsewhere(tree, nations, nation.round, lang)
    title = w("site.ranking_title", round=w.round_long(nation.round))
    ways = [(tree.start(lang), w("site.start"))]
    page = tree.find(NATION, nation.round, lang, "national")
    ways += [(page.href, w("site.nation", round=w.round_long(nation.round)))] if page else []
    ways += [(ranking(r, lang), w("site.ranking_of", round=w.round_long(r))) for r in tree.letters if r != nation.round]
    ways += [(ranking(nation.round, o), words(o)("lang." + o)) for o in tree.langs if o != lang]
    return written(title, _ranked(rows, nation, w, w("site.sorted")), lang, "", _nav(ways, w), _script())


def _letter_line(page: Page, tree: Tree, w: Words) -> str:
    """A letter: its report, its ranking, and what it says first."""
    ranked = f'<a href="{ranking(page.round, w.lang)}">{escape(w("site.ranking"))}</a>'
    main = f'<a href="{quote(page.href)}">{escape(w("site.nation", round=w.round_long(page.round)))}</a>'
    return f"<b>{main}</b> \u00b7 {ranked}<br>{escape(page.entry['headline'])}"


def _regions(tree: Tree, nation, lang: str) -> list[dict]:
    """A row for every region of a letter, by name."""
    w, rows = words(lang), []
    signs = lambda v: DASH if v != v else w.num(v, 2, sign=True)  # noqa: E731
    for r in nation.regions.sort_values(["name", "region"]).to_dict("records"):
        page, took_part = tree.region(r["region"], nation.round, lang), r["status"] == "scored"
        places = {k: w.num(r[column], 0) for k, column in RANKED.items()} if took_part else {}
        rows.append({
            "name": _linked(r["name"], page.href if page else ""),
            "province": r["province"],
            "cohort": r["cohort"],
            "value": w.num(r["value"], 2) if took_part else w("nation.not_taken"),
            "raw_value": r["value"],
            "rank": w("nation.rank_of", **places) if took_part else DASH,
            "raw_rank": r["cohort_rank"],
            "change": signs(r["change"]),
            "raw_change": r["change"],
        })  # fmt: skip
    return rows


def _elsewhere(tree: Tree, nations: dict, newest: str, lang: str) -> list[dict]:
    """Rows of the regions that only another letter lists: where, and the way there."""
    w, rows, seen = words(lang), [], set(nations[newest].regions["region"])
    for name in sorted(nations, reverse=True):
        table = nations[name].regions
        for r in table[~table["region"].isin(seen)].sort_values(["name", "region"]).to_dict("records"):
            page = tree.region(r["region"], name, lang)
            blank = dict.fromkeys(("rank", "change"), DASH) | dict.fromkeys(("raw_value", "raw_rank", "raw_change"), float("nan"))
            said = w("site.only_in", round=w.round_long(name))
            about = {"name": _linked(r["name"], page.href if page else ""), "province": r["province"], "cohort": r["cohort"]}
            rows.append({**about, "value": said, **blank})
        seen |= set(table["region"])
    return rows


def _linked(text: str, href: str) -> Html:
    return Html(f'<a href="{quote(href)}">{escape(text)}</a>' if href else escape(text))


def _ranked(rows: list[dict], nation, w: Words, title: str) -> str:
    """The table of regions with the place of its controls, which the script fills."""
    changes = bool(nation.regions["change"].notna().any())
    fields = [
        Field("name", w("nation.region")), Field("province", w("nation.province")), Field("cohort", w("column.cohort")),
        Field("value", w("nation.index"), css="value", raw="raw_value"), Field("rank", w("nation.cohort_rank"), css="rank", raw="raw_rank"),
        *([Field("change", w("nation.change"), css="change", raw="raw_change")] if changes else []),
    ]  # fmt: skip
    said = {"find": w("site.find"), "count": w("site.count", n="{n}", all="{all}"), "sort": w("site.sort")}
    data = "".join(f' data-{k}="{escape(v)}"' for k, v in said.items())
    note = w("site.rank_note" if changes else "site.rank_note_level")
    table = html_table(rows, fields, label=title, kind="cards ranking")
    return f'<section class="part long" id="regions"{data}><h2>{escape(title)}</h2>{table}<p class="note">{escape(note)}</p></section>'


def cells_page(tree: Tree, plan: Programme, name: str, lang: str, scores: pd.DataFrame, instrument: Instrument, public: bool) -> str:
    """The cells that a round was read from: every indicator with its scores, and the file and cell of each.

    In a public site no assessor's score and no file of one's own is told of.
    """
    w, texts = words(lang), instrument.names(lang)
    if public:
        scores = scores[~scores["source"].str.startswith("assessor:")]
    agencies = {a.id: w.label(a.label) for a in plan.agencies}
    own_files = not public or plan.official
    heads = [Field("source", w("site.cell.source")), Field("agency", w("site.cell.agency"))]
    heads += [Field("score", w("site.cell.score"), number=True)]
    heads += [Field("file", w("site.cell.file")), Field("cell", w("site.cell.cell"))] if own_files else []
    found = {path: group.to_dict("records") for path, group in scores.groupby("indicator", sort=False)}
    key = (plan.id, name, lang)
    pages = tree.by[key]
    parts = []
    for path, text in texts.items():
        component = path in instrument.components
        level = "h2" if component else "h3"
        up = _sector(pages, instrument, path, w) if component else ""
        rows = [_cell_row(r, agencies, w) for r in found.get(path, [])]
        table = html_table(rows, heads, label=text, kind="cards cells") if rows else ""
        if not rows and not instrument.nodes[path].children:
            table = f'<p class="open">{escape(w("site.cell.none"))}</p>'
        parts.append(f'<section class="cell" id="{anchor(path)}"><{level}>{escape(text)}</{level}>{up}{table}</section>')
    ways = [(f"../../{tree.start(lang)}", w("site.start"))]
    ways += [(p.href.rsplit("/", 1)[1], p.short) for p in pages.values()]
    title = w("site.cells_title", name=w.label(plan.label), round=w.round_long(name))
    flag = f'<p class="flag">{escape(w("made_up"))}</p>' if plan.made_up else ""
    lede = f'<p class="lede">{escape(w("site.cells_lede" if own_files else "site.cells_lede_public"))}</p>'
    return written(title, flag + lede + "".join(parts), lang, "../../", _nav(ways, w))


def _cell_row(row: dict, agencies: dict[str, str], w: Words) -> dict:
    source, _, who = row["source"].partition(":")
    said = w("site.source." + source) if w.has("site.source." + source) else source
    return {
        "source": f"{said} {who}".strip(),
        "agency": agencies.get(row["agency"], row["agency"]) or DASH,
        "score": DASH if row["score"] != row["score"] else w.num(row["score"], 2),
        "file": row["file"] or DASH,
        "cell": w.place(row["cell"]) if row["cell"] else DASH,
    }


def _sector(pages: dict, instrument: Instrument, path: str, w: Words) -> str:
    """The way back to the page of a component's sector."""
    for page in pages.values():
        if (sector := page.entry.get("sector")) and instrument.sectors_of(path) == (sector,):
            return f'<p><a href="{quote(page.href.rsplit("/", 1)[1])}">{escape(page.text)}</a></p>'
    return ""


def _nav(ways: list[tuple[str, str]], w: Words) -> str:
    items = "".join(f'<li><a href="{quote(href)}">{escape(text)}</a></li>' for href, text in ways)
    return f'<nav class="site" aria-label="{escape(w("site.nav"))}"><div><ul>{items}</ul></div></nav>'


def _script() -> str:
    return SCRIPT.read_text("utf-8")
