"""The list of the reports in a folder: one page that opens without a server or network."""

from __future__ import annotations

from datetime import date
from html import escape
from itertools import groupby
from urllib.parse import quote

from scevaluation.kinds import KINDS
from scevaluation.press.fonts import page_css
from scevaluation.press.jobs import NATION
from scevaluation.region import PREFIX
from scevaluation.words import Words, words

NEWEST = 3  # rounds of a programme that stand unfolded


def index_html(entries: list[dict]) -> str:
    """A page that lists reports by programme, newest round first, from their manifests, each with `href` relative to the page."""
    w, css, parts = words("id"), page_css(), []
    for programme in in_order(entries):
        parts.append(programme_table([e for e in entries if e["programme"] == programme], w.lang))
    body = "".join(parts) or f"<p>{escape(w('page.none'))}</p>"
    title = escape(w("page.index_title"))
    return (
        '<!doctype html>\n<html lang="id">\n<head>\n<meta charset="utf-8">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; font-src data:; style-src 'unsafe-inline'\">\n"
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{title}</title>\n<style>{css}</style>\n</head>\n'
        f'<body>\n<main>\n<div class="masthead"><p><b>scevaluation</b></p></div>\n<h1>{title}</h1>\n{body}\n</main>\n</body>\n</html>\n'
    )


def in_order(entries: list[dict]) -> list[str]:
    """Names of the programmes of some manifests: the nation, those of one's own, those made up, regions of the letters."""
    order = {e["programme"]: (e["programme"] != NATION, e["programme"].startswith(PREFIX), bool(e.get("made_up"))) for e in entries}
    return sorted(order, key=lambda name: (order[name], name))


def programme_table(entries: list[dict], lang: str = "id") -> str:
    """The reports of one programme, newest round first, older ones folded; from their manifests, each with its `href`."""
    w = words(lang)
    rounds = sorted({e["round"] for e in entries}, reverse=True)
    flag = f' <span class="flag">{escape(w("made_up"))}</span>' if any(e.get("made_up") for e in entries) else ""
    name = entries[0].get("label") or entries[0]["programme"]
    rows = [_row([e for e in entries if e["round"] == r], r, w) for r in rounds]
    older = rows[NEWEST:]
    folded = f"<details><summary>{escape(w('page.older', n=w.num(len(older), 0)))}</summary>{_table(older, w)}</details>" if older else ""
    return f'<section class="part"><h2>{escape(name)}{flag}</h2>{_table(rows[:NEWEST], w)}{folded}</section>'


def _table(rows: list[str], w: Words) -> str:
    heads = "".join(f'<th scope="col">{escape(w(key))}</th>' for key in ("page.round", "page.says", "page.more"))
    return f'<table class="cards reports"><thead><tr>{heads}</tr></thead><tbody>{"".join(rows)}</tbody></table>'


def _row(entries: list[dict], round_name: str, w: Words) -> str:
    """A round: what its first report says, which leads there, and the others of it, by language and kind."""
    order, about = {"round": 0, "national": 0}, ("sector", "as_of", "other")
    entries = sorted(entries, key=lambda e: (e["lang"] != w.lang, order.get(e["kind"], 1), e["kind"], *(e.get(k, "") for k in about)))
    first, lines = entries[0], []
    for lang, mine in groupby(entries, lambda e: e["lang"]):
        parts = [_kind(list(same), w, first) for _, same in groupby(mine, lambda e: e["kind"])]
        said = " \u00b7 ".join(filter(None, parts))
        lines += [f"<b>{escape(w('lang.' + lang))}</b> {said}" if lang != w.lang else said] if said else []
    what = "" if first["kind"] in order else escape(_name(first, w)) + ": "
    main = f"{what}{_link(first, first['headline'])}{_formats(first)}"
    return f'<tr><th scope="row">{escape(w.round_long(round_name))}</th><td>{main}</td><td>{"<br>".join(lines)}</td></tr>'


def _kind(entries: list[dict], w: Words, first: dict) -> str:
    """Links to the reports of one kind but the first of the row; of a kind made by sector its name once, then the sectors."""
    kind = entries[0]["kind"]
    if KINDS[kind].each == "sector":
        links = ", ".join(_link(e, w("sector." + e["sector"])) + _formats(e) for e in entries if e is not first)
        return f"{escape(w('kind.' + kind))}: {links}" if links else ""
    return " \u00b7 ".join(_link(e, _name(e, w)) + _formats(e) for e in entries if e is not first)


def _name(entry: dict, w: Words) -> str:
    if entry.get("sector"):
        return f"{w('kind.sector')} {w('sector.' + entry['sector'])}"
    day = f", {w('mast.as_of', day=w.day(date.fromisoformat(entry['as_of'])))}" if entry.get("as_of") else ""
    return entry["title"] if entry.get("other") else f"{w('kind.' + entry['kind'])}{day}"


def _link(entry: dict, text: str) -> str:
    lang = f' lang="{entry["lang"]}"' if text == entry["headline"] else ""
    return f'<a href="{quote(entry["href"])}"{lang}>{escape(text)}</a>'


def _formats(entry: dict) -> str:
    """In brackets the links of a report's other formats."""
    files = sorted(entry.get("more", {}).items())
    more = " ".join(f'<a href="{quote(href)}">{escape(name.rsplit(".", 1)[1].upper())}</a>' for name, href in files)
    return f" [{more}]" if more else ""
