"""The page's style sheet, and its font: a subset of Source Sans Pro, made at build time from the installed package."""

from __future__ import annotations

import base64
import io
from functools import cache
from importlib import resources
from importlib.util import find_spec
from pathlib import Path

WEIGHTS = {400: "Regular", 600: "Semibold", 700: "Bold"}
# Basic Latin, Latin-1, and the punctuation the reports use: dashes, quotes, bullet, ellipsis, minus, times, less-equal.
PUNCTUATION = "\u2013\u2014\u2018\u2019\u201c\u201d\u2022\u2026\u2212\u2264\u2265"
UNICODES = [*range(0x20, 0x7F), *range(0xA0, 0x100), *map(ord, PUNCTUATION)]


@cache
def subset(weight: int) -> bytes:
    """One weight as a WOFF2 subset; empty when the font package is not installed (the page then falls back)."""
    if find_spec("font_source_sans_pro") is None:
        return b""
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont

    name = f"files/SourceSansPro-{WEIGHTS[weight]}.ttf"
    with resources.files("font_source_sans_pro").joinpath(name).open("rb") as handle:
        font = TTFont(io.BytesIO(handle.read()), recalcTimestamp=False)
    subsetter = Subsetter(Options(flavor="woff2", layout_features=["kern", "liga"], hinting=False, desubroutinize=True))
    subsetter.populate(unicodes=UNICODES)
    subsetter.subset(font)
    font.flavor = "woff2"
    out = io.BytesIO()
    font.save(out, reorderTables=True)
    return out.getvalue()


@cache
def page_css(embedded: bool = True) -> str:
    """The style sheet of a page, its font embedded by @font-face rules, or left to the machine that shows it."""
    subsets = {weight: base64.b64encode(subset(weight)).decode() for weight in (WEIGHTS if embedded else ())}
    rules = (
        f'@font-face{{font-family:"Source Sans Pro";font-weight:{weight};font-display:swap;'
        f"src:url(data:font/woff2;base64,{text}) format('woff2')}}"
        for weight, text in subsets.items()
        if text
    )
    return "".join(rules) + (Path(__file__).with_name("page") / "page.css").read_text("utf-8")
