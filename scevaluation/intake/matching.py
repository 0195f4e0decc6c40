"""Written names against known ones: the same but for case and marks is taken, a close one is only proposed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

CLOSE, MARGIN = 80.0, 6.0
_SHORT = {"kab": "kabupaten", "kec": "kecamatan", "dis": "dinas", "kota adm": "kota"}


class Match(NamedTuple):
    """What a text was matched with: `kind` exact, close (needs a yes), several (too near each other) or none; `near` names them."""

    taken: str
    kind: str
    near: tuple[str, ...] = ()


def normal(text) -> str:
    """Text for comparison: no case, no marks, one blank between words, kab written out."""
    return _normal(str(text))


@lru_cache(16_384)
def _normal(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).casefold()
    words = re.sub(r"[^\w]+|_", " ", plain).split()
    return " ".join(_SHORT.get(w, w) for w in words)


def written(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Map of normal text to id; a text that means two ids is left out, for it names neither."""
    out: dict[str, str] = {}
    double = set()
    for text, ident in pairs:
        key = normal(text)
        if key and out.setdefault(key, ident) != ident:
            double.add(key)
    return {k: v for k, v in out.items() if k not in double}


@lru_cache(4096)
def _digits(text: str) -> str:
    return "".join(c for c in text if c.isdigit())


def match(text, names: Mapping[str, str], least: float = CLOSE) -> Match:
    """Match a text, as it stands in a file, with known names, as `written` makes them.

    A name is close from the similarity `least` on (0-100, the better of rapidfuzz's ratio and token_sort_ratio), if its digits are
    the same, for 3.1.2 is no misspelt 3.1.1, and no other comes within `MARGIN`.
    """
    from rapidfuzz import fuzz

    key = normal(text)
    if not key:
        return Match("", "none")
    if key in names:
        return Match(names[key], "exact")
    best: dict[str, float] = {}
    for name, ident in names.items():
        if _digits(name) == _digits(key):
            score = max(fuzz.ratio(key, name), fuzz.token_sort_ratio(key, name))
            best[ident] = max(best.get(ident, 0.0), score)
    ranked = sorted(((s, i) for i, s in best.items() if s >= least), reverse=True)[:3]
    if not ranked:
        return Match("", "none")
    near = tuple(i for _, i in ranked)
    if len(ranked) > 1 and ranked[0][0] - ranked[1][0] < MARGIN:
        return Match("", "several", near)
    return Match(near[0], "close", near)
