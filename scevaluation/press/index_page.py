"""The list of the reports in a folder: one page that opens without a server or network."""

from __future__ import annotations

from datetime import date
from html import escape
from urllib.parse import quote

from scevaluation.press.fonts import page_css
from scevaluation.words import Words, words


def index_html(entries: list[dict]) -> str:
    """A page that lists reports by programme, newest round first, from their manifests, each with `href` relative to the page."""
    w, css, parts = words("id"), page_css(), []
    for programme in sorted({e["programme"] for e in entries}):
        parts.append(programme_table([e for e in entries if e["programme"] == programme], w.lang))
    body = "".join(parts) or f"<p>{escape(w('page.none'))}</p>"
    title = escape(w("page.index_title"))
    return (
        '<!doctype html>\n<html lang="id">\n<head>\n<meta charset="utf-8">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; font-src data:; style-src 'unsafe-inline'\">\n"
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{title}</title>\n<style>{css}</style>\n</head>\n'
        f'<body>\n<main>\n<div class="masthead"><p><b>scevaluation</b></p></div>\n<h1>{title}</h1>\n{body}\n</main>\n</body>\n</html>\n'
    )


def programme_table(entries: list[dict], lang: str = "id") -> str:
    """The reports of one programme, newest round first, from their manifests, each with `href` relative to the page."""
    w = words(lang)
    rounds = sorted({e["round"] for e in entries}, reverse=True)
    flag = f' <span class="flag">{escape(w("made_up"))}</span>' if any(e.get("made_up") for e in entries) else ""
    name = entries[0].get("label") or entries[0]["programme"]
    rows = "".join(_row([e for e in entries if e["round"] == r], r, w) for r in rounds)
    return (
        f'<section class="part"><h2>{escape(name)}{flag}</h2><table class="cards"><thead><tr>'
        f'<th scope="col">{escape(w("page.round"))}</th><th scope="col">{escape(w("page.says"))}</th>'
        f'<th scope="col">{escape(w("page.open"))}</th></tr></thead><tbody>{rows}</tbody></table></section>'
    )


def _row(entries: list[dict], round_name: str, w: Words) -> str:
    order, about = {"round": 0, "national": 0}, ("sector", "as_of", "other")
    entries = sorted(entries, key=lambda e: (order.get(e["kind"], 1), e["kind"], *(e.get(k, "") for k in about), e["lang"] != w.lang))
    links = " \u00b7 ".join(_links(e, w) for e in entries)
    return f'<tr><th scope="row">{escape(w.round_long(round_name))}</th><td>{escape(entries[0]["headline"])}</td><td>{links}</td></tr>'


def _links(entry: dict, w: Words) -> str:
    """The page's link, and in brackets those of its other formats."""
    sector = f" {w('sector.' + entry['sector'])}" if entry.get("sector") else ""
    day = f", {w('mast.as_of', day=w.day(date.fromisoformat(entry['as_of'])))}" if entry.get("as_of") else ""
    name = entry["title"] if entry.get("other") else f"{w('kind.' + entry['kind'])}{sector}{day}"
    text = f"{name} ({w('lang.' + entry['lang'])})"
    more = " ".join(
        f'<a href="{quote(href)}">{escape(name.rsplit(".", 1)[1].upper())}</a>' for name, href in sorted(entry.get("more", {}).items())
    )
    return f'<a href="{quote(entry["href"])}">{escape(text)}</a>' + (f" [{more}]" if more else "")
