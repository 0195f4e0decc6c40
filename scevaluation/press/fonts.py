"""The page's style sheet, and its font: a subset of Source Sans Pro, made from the installed package and kept in the user's cache."""

from __future__ import annotations

import base64
import contextlib
import io
from functools import cache
from importlib import resources
from importlib.util import find_spec
from pathlib import Path

import brotli

from scevaluation.place import NotWritable, put, sha256

WEIGHTS = {400: "Regular", 600: "Semibold", 700: "Bold"}
# Basic Latin, Latin-1, and the punctuation the reports use: dashes, quotes, bullet, ellipsis, minus, times, less-equal.
PUNCTUATION = "\u2013\u2014\u2018\u2019\u201c\u201d\u2022\u2026\u2212\u2264\u2265"
UNICODES = [*range(0x20, 0x7F), *range(0xA0, 0x100), *map(ord, PUNCTUATION)]
OPTIONS = {"layout_features": ["kern", "liga"], "hinting": False, "desubroutinize": True}


@cache
def subset(weight: int) -> bytes:
    """One weight as a WOFF2 subset; empty when the font package is not installed (the page then falls back)."""
    if find_spec("font_source_sans_pro") is None:
        return b""
    import fontTools
    from platformdirs import user_cache_path

    font = resources.files("font_source_sans_pro").joinpath(f"files/SourceSansPro-{WEIGHTS[weight]}.ttf").read_bytes()
    of = sha256(f"{sha256(font)} {fontTools.version} {brotli.__version__} {UNICODES} {OPTIONS}")
    kept = user_cache_path("scevaluation") / f"{of}.woff2"
    with contextlib.suppress(OSError):
        digest, _, found = kept.read_bytes().partition(b"\n")
        if digest.decode("ascii", "replace") == sha256(found):
            return found
    made = _subset(font)
    with contextlib.suppress(NotWritable):
        put(kept, f"{sha256(made)}\n".encode() + made)
    return made


def _subset(raw: bytes) -> bytes:
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont

    font = TTFont(io.BytesIO(raw), recalcTimestamp=False)
    subsetter = Subsetter(Options(flavor="woff2", **OPTIONS))
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
