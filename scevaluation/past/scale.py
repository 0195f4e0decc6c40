"""The scale of a round's scores, by what the sheets say of it and by the scores."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from scevaluation.intake.matching import normal
from scevaluation.past.blocks import Block
from scevaluation.past.found import because
from scevaluation.past.terms import Scale

_KNOWN = (("spbe", 1.0, 5.0), ("skm", 1.0, 4.0), ("survei kepuasan", 1.0, 4.0))  # scales of national surveys and indices


class Ends(NamedTuple):
    """The ends of a scale, whether they are sure, by what they were told, and what else they may be."""

    low: float
    high: float
    sure: bool
    why: str
    others: tuple[str, ...] = ()


def values_of(blocks: Sequence[Block]) -> list[float]:
    """Scores as they are read; a percent cell counts only where others are points too, or there are no others."""
    plain = [s["score"] for b in blocks for s in b.scores if s["score"] is not None and s["kept"] != "percent"]
    return plain or [s["score"] for b in blocks for s in b.scores if s["score"] is not None]


def said_of(block: Block, year: int, everywhere: Sequence[Scale]) -> Scale | None:
    """The scale that is said of a block's year: on its sheet, or on another with the years for which it holds."""
    own = [s for s in block.scales if s.first <= year <= s.last]
    for known in ([s for s in own if s.dated] or own, [s for s in everywhere if s.dated and s.first <= year <= s.last], everywhere):
        ends = {(s.low, s.high) for s in known}
        values = values_of([block])
        if len(ends) == 1 and (known is not everywhere or all(known[0].low <= v <= known[0].high for v in values)):
            return known[0]
    return None


def ends(blocks: Sequence[Block], everywhere: Sequence[Scale]) -> Ends:
    """The scale of the rounds of one questionnaire."""
    values = values_of(blocks)
    low, high = (min(values), max(values)) if values else (0.0, 0.0)
    said = [s for b in blocks if (s := said_of(b, int(b.round[:4] or 0), everywhere))]
    fits = [s for s in said if s.low <= low and high <= s.high]
    if said:
        first = fits[0] if fits else said[0]
        others = {(s.low, s.high) for s in said} - {(first.low, first.high)}
        sure = bool(fits) and not others
        places = {"low": f"{first.low:g}", "high": f"{first.high:g}", "found": f"{high:g}"}
        why = because("past.why.scale_said" if sure else "past.why.scale_differs", **places)
        return Ends(first.low, first.high, sure, why, tuple(f"high={h:g}" for _, h in sorted(others)))
    words = normal(" ".join(t for b in blocks for t in (b.sheet, b.file, b.title)))
    for name, bottom, top in _KNOWN:
        if f" {name} " in f" {words} " and bottom <= low and high <= top:
            return Ends(bottom, top, True, because("past.why.scale_known", name=name.upper()))
    if any(s["kept"] == "percent" for b in blocks for s in b.scores) and (high > 1.5 or not values):
        return Ends(0.0, 100.0, high <= 100, because("past.why.scale_percent"))
    return _guess(low, high)


def _guess(low: float, high: float) -> Ends:
    """The usual scale that scores fit."""
    why = because("past.why.scale_scores", low=f"{low:g}", high=f"{high:g}")
    if high > 100:
        return Ends(0.0, 1000.0, False, why, ("high=100",))
    if high > 10:
        return Ends(0.0, 100.0, True, why)
    bottom = 1.0 if low >= 1 else 0.0
    if high > 5:
        return Ends(bottom, 10.0, False, why, ("high=100",))
    if high > 4:
        return Ends(bottom, 5.0, False, why, ("high=10", "high=100"))
    if high > 1:
        return Ends(bottom, 4.0, False, why, ("high=5", "high=10", "high=100"))
    return Ends(0.0, 1.0, False, why, ("high=4", "high=100"))
