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
UNICODES = [
    *range(0x20, 0x7F),
    *range(0xA0, 0x100),
    0x2013,
    0x2014,
    0x2018,
    0x2019,
    0x201C,
    0x201D,
    0x2022,
    0x2026,
    0x2212,
    0x2264,
    0x2265,
]


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
    options = Options(flavor="woff2", layout_features=["kern", "liga"], hinting=False, desubroutinize=True)
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=UNICODES)
    subsetter.subset(font)
    font.flavor = "woff2"
    out = io.BytesIO()
    font.save(out, reorderTables=True)
    return out.getvalue()


@cache
def font_css() -> str:
    """@font-face rules with the subsets embedded."""
    rules = []
    for weight in WEIGHTS:
        data = subset(weight)
        if data:
            text = base64.b64encode(data).decode()
            rules.append(
                f'@font-face{{font-family:"Source Sans Pro";font-weight:{weight};font-display:swap;'
                f"src:url(data:font/woff2;base64,{text}) format('woff2')}}"
            )
    return "".join(rules)


@cache
def page_css(embedded: bool = True) -> str:
    """The style sheet of a page, its font embedded, or left to the machine that shows it."""
    return (font_css() if embedded else "") + (Path(__file__).with_name("page") / "page.css").read_text("utf-8")
