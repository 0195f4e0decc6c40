"""A deck of the round from the page's own parts: 16:9, a slide a finding with its figure."""

from __future__ import annotations

import base64
import math
import re
from html import escape
from pathlib import Path

from bs4 import BeautifulSoup, Tag

from scevaluation import __version__
from scevaluation.draw.style import text_width
from scevaluation.press import imprint
from scevaluation.press.fonts import page_css
from scevaluation.words import Words

SHEET = Path(__file__).with_name("page") / "slides.css"
# Inches of a slide, as in slides.css: its text's width, the room above the foot, and of the layout with the picture beside it.
WIDE, ROOM, BESIDE, TALL = 11.73, 6.4, 8.0, 6.4
HEAD, NOTE = 25.0, 10.5  # points


def deck(html: str, words: Words) -> str:
    """A self-contained page of slides from a report's page, as HTML.

    Its pages are the headline with its findings, then every figure and the scorecard, each under its finding, in the page's order.
    """
    soup = BeautifulSoup(html, "html.parser")
    mast, title = soup.select_one(".masthead"), soup.select_one("h1")
    first = "".join(str(soup.select_one(s) or "") for s in (".imprint", ".masthead", "h1", ".lede", ".findings"))
    line = " \u00b7 ".join(p.get_text("", strip=True) for p in (*soup.select(".imprint .draft"), *(mast.select("p") if mast else ())))
    slides = [f'<section class="slide first">{first}</section>']
    slides += [_slide(f, line, n if imprint.numbered(html) else 0, words) for n, f in enumerate(_figures(soup), 2)]
    css = page_css() + SHEET.read_text("utf-8") + (imprint.SLIDES.read_text("utf-8") if soup.select_one(".imprint") else "")
    author = str(soup.select_one("meta[name=author]") or "")
    name = title.get_text(" ", strip=True) if title else words("slides.title")
    return (
        f'<!doctype html>\n<html lang="{words.lang}"><head><meta charset="utf-8"><title>{escape(name)}</title>{author}'
        f"<style>{css}</style></head><body>{''.join(slides)}</body></html>\n"
    )


def _figures(soup: BeautifulSoup) -> list[Tag]:
    """Figures that show something: a picture or a scorecard; folded tables and empty states stay on the page."""
    return [f for f in soup.select("figure.chart") if f.select_one("picture img") or f.select_one("table.scorecard")]


def _slide(figure: Tag, line: str, number: int, words: Words) -> str:
    heading, note = figure.select("h1, h2, h3, h4")[0], figure.find("figcaption")
    picture, table = figure.select_one("picture img"), figure.select_one("table.scorecard")
    beside, body = False, str(table)
    if picture:
        beside, width, height = _room(picture, heading.get_text(" ", strip=True), note.get_text(" ", strip=True) if note else "")
        size = f"width:{width:.3f}in;height:{height:.3f}in"
        body = f'<div class="picture"><img src="{picture["src"]}" alt="{escape(str(picture["alt"]))}" style="{size}"></div>'
    caption = f'<p class="note">{note.decode_contents()}</p>' if note else ""
    foot = escape(imprint.DOT.join(filter(None, (line, words("slides.made", version=__version__), str(number or "")))))
    kind = "slide beside" if beside else "slide"
    return f'<section class="{kind}"><h2>{heading.decode_contents()}</h2>{body}{caption}<p class="foot">{foot}</p></section>'


def _room(picture: Tag, heading: str, note: str) -> tuple[bool, float, float]:
    """Whether a picture stands beside its text, and its width and height in inches: as large as the slide lets it be."""
    head = base64.b64decode(str(picture["src"]).partition(",")[2][:400]).decode("utf-8", "replace")
    width, height = (float(v) / 72 for v in re.findall(r'viewBox="[-\d.]+ [-\d.]+ ([\d.]+) ([\d.]+)"', head)[0])
    used = _lines(heading, HEAD, "bold") * HEAD * 1.18 / 72 + _lines(note, NOTE) * NOTE * 1.45 / 72 + 0.4
    below = min(WIDE / width, (ROOM - used) / height)
    beside = min(BESIDE / width, TALL / height)
    scale = max(below, beside) if beside > 1.1 * below else below
    return scale > below, width * scale, height * scale


def _lines(text: str, size: float, weight: str = "normal") -> int:
    """Lines a text takes on a slide, with a little to spare for how they break."""
    return math.ceil(text_width(text, size, weight) / WIDE * 1.05)
