"""The headline of a round and its three findings: rules over CLAIMS, tested by scenarios."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from scevaluation.evaluate.claims import Claims, Scale
from scevaluation.evaluate.peers import ALL
from scevaluation.frames import ROOT
from scevaluation.frames.claims import JUDGED, LIKELY, OPEN, permitted
from scevaluation.words import Sentence, decimals, part_of

RISING, FALLING, STILL = (("improving", "likely_improving"), ("declining", "likely_declining"), ("stagnant", "likely_stagnant"))
FALLS_NOW = ("turn_down", "now_declining")


@dataclass(frozen=True)
class Finding:
    """One of the three findings: `kind` is driving, held or decide; `direction` chooses its mark."""

    kind: str
    direction: str
    sentence: Sentence


@dataclass(frozen=True)
class Overall:
    """Headline, the rule that chose it, the sentence below it, and three findings."""

    headline: Sentence
    rule: str
    lede: Sentence
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Named:
    """Nodes as text: `labels` inside a sentence, joined by `join`; `count` spells small numbers.

    `likely` marks the unsure, `slow` by course a slow pace or what it is now; `unit` is the key of the word for a part of the index.
    """

    labels: Mapping[str, str]
    join: Callable[[Iterable[str]], str]
    count: Callable[[int], str]
    likely: str = ""
    unit: str = "unit.component"
    slow: Mapping[str, str] = field(default_factory=dict)

    def all(self, nodes: Iterable[str], claims: Claims | None = None, course: bool = False) -> str:
        """Labels in a list, an unsure direction marked as such, and a slow pace where `course` asks for it."""
        return self.join(self.labels[n] + (self._mark(n, claims, course) if claims else "") for n in nodes)

    def _mark(self, node: str, claims: Claims, course: bool) -> str:
        unsure = claims.direction(node).startswith("likely_")
        said = [t for t in (self.likely if unsure else "", self.slow.get(claims.course(node), "") if course else "") if t]
        return f" ({', '.join(said)})" if said else ""


def composite_state(direction: str) -> str:
    """rising, falling, stable, open or short: the composite's verdict, and nothing else."""
    for name, these in (("rising", RISING), ("falling", FALLING), ("stable", STILL), ("short", ("too_little_data",))):
        if direction in these:
            return name
    return "open"


def headline_rule(state: str, up: int, down: int, flat: int, total: int) -> str:
    """Name of the headline from the composite's state and the counts of sectors that rise, fall and stand still.

    "Relatively stable, not yet much developed" needs a stable composite and neither risers nor fallers in the majority.
    """
    if state == "rising":
        return "rising_but" if down else "rising" if up else "rising_open"
    if state == "falling":
        return "falling_but" if up else "falling" if down else "falling_open"
    if state == "open":
        return "open_both" if up and down else "open_up" if up else "open_down" if down else "open"
    if up and down:
        return "stable_both" if max(up, down) * 2 <= total else "stable_most_up" if up > down else "stable_most_down"
    if up:
        return "stable_most_up" if up * 2 > total else "stable_up" if flat else "stable_up_open"
    if down:
        return "stable_down" if down * 2 <= total else "stable_most_down"
    return "stable_flat" if flat * 2 >= total else "stable_open"


def overall(claims: Claims, top: Sequence[str], scale: Scale, named: Named, region: str) -> Overall:
    """Headline, lede and findings of a round, made of its claims and nothing else.

    Parameters
    ----------
    claims : Claims
    top : sequence of str
        The nodes below the index.
    scale : Scale
        As the claims are written.
    named : Named
        Nodes as text.
    region : str
        The region's name.
    """
    if claims.direction() in ("", "too_little_data"):
        return _few(claims, top, scale, named, region)
    up, down, flat = groups = [[n for n in top if claims.direction(n) in g] for g in (RISING, FALLING, STILL)]
    state = composite_state(claims.direction())
    rule = headline_rule(state, len(up), len(down), len(flat), len(top))
    if claims.course(ROOT) and not claims.course(ROOT).startswith("slow_"):
        rule = "turned"
    elif state == "stable" and _shifted(claims):
        rule = "stable_shift"
    unit = Sentence(named.unit)
    said = tier(claims)
    places: dict = {"tier": said, "unit": unit, "units": units(named.unit, len(top)), "flat": named.all(flat, claims)}
    for name, nodes in (("up", up), ("down", down)):
        places |= {name: named.all(nodes, claims), f"n_{name}": part_of(len(nodes), len(top), named.count)}
        places[f"unsure_{name}"] = unsure(claims, nodes, named.count)
    found = _findings(claims, groups, top, named, unit)
    head = said if rule in ("turned", "stable_shift") else Sentence(f"headline.{rule}", places)
    return Overall(replace(head, strength=claims.weakest([ROOT])), rule, _lede(claims, region), found)


def unsure(claims: Claims, nodes: Sequence[str], count: Callable[[int], str]) -> Sentence | str:
    """Behind a count of parts that rise or fall, how many of them only likely do; "" where all are judged to."""
    n = sum(claims.direction(node).startswith("likely_") for node in nodes)
    return Sentence("headline.unsure" + ("_all" if n == len(nodes) else ""), {"n": count(n)}) if n else ""


def units(unit: str, n: int) -> Sentence:
    """The word for so many parts of the index."""
    name = unit.removeprefix("unit.")
    return Sentence(f"unit.{name}_many" if n != 1 else unit)


def tier(claims: Claims) -> Sentence:
    """The composite's verdict in words, with a slow pace, a shift of level, or what its pace is now."""
    state, course = composite_state(claims.direction()), claims.course(ROOT)
    slow = course if state == "stable" and course.startswith("slow_") else ""
    likely = "likely" if claims.direction().startswith("likely_") else ""
    word = Sentence("headline.word_" + "_".join(p for p in (likely, state, slow) if p))
    if course and not course.startswith("slow_"):
        now: Sentence = Sentence(f"course.{course}")
        if claims.get("course")["strength"] == LIKELY:
            now = Sentence("course.unsure", {"course": now})
        return Sentence("headline.with_now", {"tier": word, "now": now})
    return Sentence("headline.with_shift", {"tier": word, **_shift(claims)}) if state == "stable" and _shifted(claims) else word


def _shifted(claims: Claims) -> bool:
    """Whether the composite's level is judged to have shifted."""
    return claims.get("shift").get("strength") == JUDGED


def _shift(claims: Claims) -> dict:
    return {"shift": claims.fact("shift", sign=True), "shift_round": claims.get("shift")["scope"]}


def _lede(claims: Claims, region: str) -> Sentence:
    level, recent, now, shift, target = (claims.get(k) for k in ("level", "recent", "now", "shift", "target"))
    places: dict = {"region": region, "value": claims.fact("level"), "now": "", "shift": ""}
    places["coverage"] = claims.fact("coverage", digits=0, percent=True)
    if recent["says"] != "none":
        places["recent"] = claims.fact("recent", size=True)
        places["linked"] = Sentence("lede.linked") if recent["scope"] else ""
    # Where the pace now differs from that since the start, the headline alone would not say how sure that is.
    course = claims.course(ROOT)
    if course and not course.startswith("slow_") and permitted(now):
        places["now"] = Sentence(str(permitted(now)), {"chance": claims.fact("now", digits=0, column="chance", percent=True)})
    if permitted(shift):
        places["shift"] = Sentence(str(permitted(shift)), _shift(claims))
    if np.isnan(level["value"]):
        return Sentence("lede.missing", places)
    if target:
        places |= {"target": claims.fact("target", digits=decimals(target["value"], most=2)), "target_round": target["scope"]}
    return Sentence(f"lede.{recent['says']}{'_target' if target else ''}", places)


def _findings(claims: Claims, groups, top, named: Named, unit: Sentence) -> tuple[Finding, ...]:
    """What drives, what is held back, and what needs a decision; a node stands in one of them."""
    falls_now = [n for n in top if claims.course(n) in FALLS_NOW]
    up, down, flat = ([n for n in nodes if n not in falls_now] for nodes in groups)

    def listed(nodes) -> dict:
        pace = claims.fact("direction", nodes[0], size=True)
        return {"names": named.all(nodes, claims, course=True), "first": named.labels[nodes[0]], "pace": pace, "thin": also(nodes)}

    def also(nodes) -> Sentence | str:
        lacking = [n for n in nodes if claims.thin(n)]
        key = "found.thin_one" if len(lacking) == 1 else "found.thin_also"
        return Sentence(key, _thin(claims, lacking, named)) if lacking else ""

    out = []
    if up:
        key = "found.up" if len(up) > 1 else "found.up_one"
        out.append(Finding("driving", "improving", Sentence(key, listed(_fastest(claims, up)), claims.weakest(up))))
    else:
        out.append(Finding("driving", "inconclusive", Sentence("found.up_none", {"unit": unit})))
    if flat:
        deltas = {claims.get("direction", n)["threshold"] for n in flat}
        delta = {"delta": claims.fact("direction", flat[0], column="threshold")} if len(deltas) == 1 else {}
        places = {"names": named.all(flat, claims, course=True), "thin": also(flat), **delta}
        out.append(Finding("held", "stagnant", Sentence("found.flat" if delta else "found.flat_own", places, claims.weakest(flat))))
    else:
        out.append(Finding("held", "inconclusive", Sentence("found.flat_none", {"unit": unit})))
    thin = [n for n in top if claims.thin(n) and n not in {*up, *flat}]
    return (*out, _decide(claims, listed, _fastest(claims, down), falls_now, thin, named, unit))


def _decide(claims: Claims, listed, down: list[str], falls_now: list[str], thin: list[str], named: Named, unit: Sentence) -> Finding:
    """What falls, since the start or now, else where too much is missing."""
    late = {"names": named.all(falls_now)}
    if down:
        places = {**listed(down), "now": Sentence("found.falls_now_also", late) if falls_now else ""}
        said = Sentence("found.down" if len(down) > 1 else "found.down_one", places, claims.weakest([*down, *falls_now]))
        return Finding("decide", "declining", said)
    if falls_now:
        return Finding("decide", "declining", Sentence("found.falls_now", late))
    if thin:
        return Finding("decide", "inconclusive", Sentence("found.thin", _thin(claims, thin, named)))
    return Finding("decide", "inconclusive", Sentence("found.down_none", {"unit": unit}))


def _thin(claims: Claims, nodes: list[str], named: Named) -> dict:
    """Nodes of which too much is missing, and of the first how much is in."""
    return {"names": named.all(nodes), "coverage": claims.fact("coverage", nodes[0], 0, percent=True), "first": named.labels[nodes[0]]}


def _fastest(claims: Claims, nodes: Sequence[str]) -> list[str]:
    return sorted(nodes, key=lambda n: -abs(claims.value("direction", n)))


def few_rounds_rule(claims: Claims) -> str:
    """Without enough rounds: the difference from the round before by whether it is beyond the noise, or why there is none."""
    known = claims.get("difference")
    if known["says"] not in ("up", "down", "flat"):
        return f"few_alone_{known['says']}"
    return str(permitted(known)).removeprefix("headline.")


def _few(claims: Claims, top, scale: Scale, named: Named, region: str) -> Overall:
    """Headline and lede of a round with too few before it: the difference, whether it is more than noise, and the place."""
    rule, change, rank = few_rounds_rule(claims), claims.get("difference"), claims.get("rank")
    group = _group(rank)
    places: dict = {"region": region, "best": f"{scale.best:g}", "group": group}
    places["value"] = claims.fact("level", digits=scale.digits)
    moved = change["says"] in ("up", "down", "flat")
    if moved:
        places |= {"change": claims.fact("difference", digits=scale.digits, size=True), "previous_round": change["scope"]}
        places["signed"] = claims.fact("difference", digits=scale.digits, sign=True)
    places["beside"] = _beside(claims, group)
    places["coverage"] = claims.fact("coverage", digits=0, percent=True)
    places["minimum"] = named.count(int(claims.get("direction").get("threshold", 0)))
    shown = "first" if moved and not change["scope"] else "within" if permitted(change) == "headline.few_within" else change["says"]
    name = f"lede.few_{shown}"
    if rank and shown != "missing":
        places |= {"rank": claims.fact("rank", digits=0), "n": claims.fact("rank", digits=0, column="of")}
        places |= {c: claims.fact("rank", digits=0, column=c) for c in ("low", "high")}
        name += "_rank"
    found = _few_findings(claims, top, scale, named, group)
    return Overall(Sentence(f"headline.{rule}", places, change["strength"]), rule, Sentence(name, places), found)


def _group(rank: Mapping) -> Sentence | str:
    """The cohort that a rank is in, as it follows "participants"; nothing where it is all of them."""
    return "" if not rank or rank["scope"] == ALL else Sentence("peers.cohort", {"cohort": rank["scope"]})


def _beside(claims: Claims, group) -> Sentence | str:
    """That the difference goes the other way with the same weights, else is outside what is usual, else the side of the cohort's median."""
    usual, gap, change, like = (claims.get(k) for k in ("usual", "gap", "difference", "like_for_like"))
    if like and {change["says"], like["says"]} == {"up", "down"}:
        return Sentence("peers.like", {"like": claims.fact("like_for_like", digits=2, sign=True)})
    if usual and usual["says"] == "far":
        return Sentence("peers.far", {"group": group})
    return Sentence(f"peers.{gap['says']}", {"group": group}) if permitted(gap) else ""


def _few_findings(claims: Claims, top, scale: Scale, named: Named, group) -> tuple[Finding, ...]:
    """What is strongest, how far the index moved, and what is weakest: beside the own cohort where there is one."""
    known = [n for n in top if claims.get("level", n)]
    first, best = _strongest(claims, known, scale, named)
    change, usual = claims.get("difference"), claims.get("usual")
    if usual:
        digits = 3 if round(usual["value"] * 100, 6) % 1 else 2
        places: dict = {"change": claims.fact("difference", digits=scale.digits, sign=True), "group": group}
        places |= {"common": claims.fact("usual", digits=digits, sign=True)}
        places |= {"more": claims.fact("usual", digits=0, column="n"), "of": claims.fact("usual", digits=0, column="of")}
        if change["strength"] in (JUDGED, OPEN):
            noise = claims.fact("difference", digits=2, column="threshold")
            places["noise"] = Sentence("found.beyond" if change["strength"] == JUDGED else "found.within", {"noise": noise})
        else:
            places["noise"] = ""
        places["usual"] = Sentence("found.usual_" + usual["says"]) if usual["says"] == "far" else ""
        moved = Finding("held", "inconclusive", Sentence("found.moved_by", places))
    else:
        judged = [n for n in top if claims.direction(n) not in ("", "too_little_data")]
        counts = {"n": named.count(len(judged)), "of": named.count(len(top)), "units": units(named.unit, len(top))}
        moved = Finding("held", "too_little_data", Sentence("found.short_index" if judged else "found.short", counts))
    last = _weakest(claims, [n for n in known if n not in best], bool(best), scale, named)
    return tuple(f for f in (first, moved, last) if f)


def _strongest(claims: Claims, known: list[str], scale: Scale, named: Named) -> tuple[Finding | None, list[str]]:
    """The part furthest above its cohort's median, without a cohort the highest; and the nodes that it names."""
    gaps = {n: claims.value("gap", n) for n in known if permitted(claims.get("gap", n))}
    unit = Sentence(named.unit)
    if gaps:
        most = max(gaps.values())
        best = [n for n in gaps if gaps[n] == most and claims.get("gap", n)["says"] == "above"]
        small = claims.fact("gap", next(iter(gaps)), decimals(scale.small), "threshold")
        none = Sentence("found.above_none", {"unit": unit, "group": _group(claims.get("rank")), "small": small})
        sentence = Sentence("found.above", _against(claims, best, named)) if best else none
        return Finding("driving", "inconclusive", sentence), best
    if not known:
        return None, []
    value = {n: round(claims.value("level", n), scale.digits) for n in known}
    best = [n for n in known if value[n] == max(value.values())]
    places = {"unit": unit, "name": named.all(best), "value": claims.fact("level", best[0], scale.digits)}
    if len(best) == len(known) > 1:
        return Finding("driving", "inconclusive", Sentence("found.best_all", places)), []
    return Finding("driving", "inconclusive", Sentence("found.best", places)), best


def _against(claims: Claims, nodes: list[str], named: Named) -> dict:
    """Nodes as far from the own cohort's medians."""
    gap = claims.fact("gap", nodes[0], 2, size=True)
    places = {"name": named.all(nodes), "gap": gap, "group": _group(claims.get("rank"))}
    return places | {"each": Sentence("found.each") if len(nodes) > 1 else ""}


def _weakest(claims: Claims, known: list[str], others: bool, scale: Scale, named: Named) -> Finding | None:
    """The part furthest below its cohort's median, else that with most weight times room left; `others`: of those left alone."""
    gaps = {n: claims.value("gap", n) for n in known if permitted(claims.get("gap", n))}
    low = [n for n in gaps if gaps[n] == min(gaps.values()) and claims.get("gap", n)["says"] == "below"]
    if low:
        return Finding("decide", "inconclusive", Sentence("found.below", _against(claims, low, named)))
    if not known or not all(claims.get("weight", n) for n in known):
        return None
    room = {n: round((scale.best - claims.value("level", n)) * claims.value("weight", n), 9) for n in known}
    most = [n for n in room if room[n] == max(room.values())]
    places = {"name": named.all(most), "value": claims.fact("level", most[0], scale.digits)}
    places["weight"] = claims.fact("weight", most[0], 0, percent=True)
    key = "found.room" + ("_shared" if len(most) > 1 else "") + ("_others" if others else "")
    return Finding("decide", "inconclusive", Sentence(key, places))
