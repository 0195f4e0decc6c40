"""A deck of the round from the page's own parts: 16:9, a slide a finding with its figure."""

from __future__ import annotations

from html import escape
from pathlib import Path

from bs4 import BeautifulSoup, Tag

from scevaluation import __version__
from scevaluation.publish.fonts import font_css
from scevaluation.words import Words

SHEET = Path(__file__).with_name("page") / "slides.css"


def deck(html: str, words: Words) -> str:
    """A self-contained page of slides from a report's page.

    Parameters
    ----------
    html : str
        A page of this package.
    words : Words

    Returns
    -------
    str
        HTML whose pages are slides: the headline with its findings, then every figure and the scorecard, each under its
        finding, in the page's order.
    """
    soup = BeautifulSoup(html, "html.parser")
    mast, title = soup.select_one(".masthead"), soup.select_one("h1")
    first = "".join(str(soup.select_one(s) or "") for s in (".masthead", "h1", ".lede", ".findings"))
    line = " \u00b7 ".join(p.get_text("", strip=True) for p in mast.select("p")) if mast else ""
    slides = [f'<section class="slide first">{first}</section>']
    slides += [_slide(f, line, n, words) for n, f in enumerate(_figures(soup), 2)]
    css = font_css() + (SHEET.with_name("page.css").read_text("utf-8")) + SHEET.read_text("utf-8")
    name = title.get_text(" ", strip=True) if title else words("slides.title")
    return (
        f'<!doctype html>\n<html lang="{words.lang}"><head><meta charset="utf-8"><title>{escape(name)}</title>'
        f"<style>{css}</style></head><body>{''.join(slides)}</body></html>\n"
    )


def _figures(soup: BeautifulSoup) -> list[Tag]:
    """Figures that show something: a picture or a scorecard; folded tables and empty states stay on the page."""
    return [f for f in soup.select("figure.chart") if f.select_one("picture img") or f.select_one("table.scorecard")]


def _slide(figure: Tag, line: str, number: int, words: Words) -> str:
    heading = figure.find(["h1", "h2", "h3", "h4"])
    picture, table = figure.select_one("picture img"), figure.select_one("table.scorecard")
    note = figure.find("figcaption")
    body = f'<div class="picture">{picture}</div>' if picture else str(table)
    caption = f'<p class="note">{note.decode_contents()}</p>' if note else ""
    foot = escape(f"{line} \u00b7 {words('slides.made', version=__version__)} \u00b7 {number}")
    return f'<section class="slide"><h2>{heading.decode_contents()}</h2>{body}{caption}<p class="foot">{foot}</p></section>'
