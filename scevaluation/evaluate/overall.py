"""The headline of a round and its three findings: rules over VERDICTS, INDEX and PEERS, tested by scenarios."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from scevaluation.evaluate.peers import ALL, own_cohort
from scevaluation.frames import CHANGE, PEERS, ROOT, TABLES
from scevaluation.words import Fact, Sentence, decimals, part_of, rounded

RISING, FALLING, STILL = (("improving", "likely_improving"), ("declining", "likely_declining"), ("stagnant", "likely_stagnant"))
LOW_COVERAGE = 0.8


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

    `likely` marks the unsure, `slow` by course a slow pace; `unit` is the key of what the parts of the index are called.
    """

    labels: Mapping[str, str]
    join: Callable[[Iterable[str]], str]
    count: Callable[[int], str]
    likely: str = ""
    unit: str = "unit.component"
    slow: Mapping[str, str] = field(default_factory=dict)

    def all(self, nodes, unsure=(), courses: Mapping[str, str] | None = None) -> str:
        return self.join(self.labels[n] + self._mark(n in unsure, (courses or {}).get(n, "")) for n in nodes)

    def _mark(self, unsure: bool, course: str) -> str:
        said = [t for t in (self.likely if unsure else "", self.slow.get(course, "")) if t]
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


def few_rounds_rule(peers: pd.DataFrame) -> str:
    """Without enough rounds: how the change compares with those of its own cohort, the common movement taken off.

    few_small: no larger than those of the half that moved least; low, level or high by the cohort's median index as printed.
    Else the side of the change itself: few_moved, or few_unusual outside the central 90 % of the cohort's changes.
    """
    row = own_cohort(peers)
    if row is None or not row["size"]:
        return "few_alone"
    if row["size"] == "near":
        gap = rounded(row["value"], 2) - rounded(row["median"], 2)
        return "few_small_" + ("low" if gap < 0 else "high" if gap > 0 else "level")
    return f"few_{'unusual' if row['size'] == 'far' else 'moved'}_{_side(row['own_change'], 2)}"


def _side(change: float, digits: int) -> str:
    """up, down or flat, as the change is printed; none if it is missing."""
    return "none" if np.isnan(change) else "flat" if rounded(change, digits) == 0 else "up" if change > 0 else "down"


def _cell(frame: pd.DataFrame, table: str, node: str, column: str, digits: int = 1, **how) -> Fact:
    return TABLES[table].fact(frame[frame["node"] == node].iloc[0], column, digits, **how)


def overall(
    index: pd.DataFrame,
    trend: pd.DataFrame,
    verdicts: pd.DataFrame,
    change: pd.DataFrame,
    peers: pd.DataFrame,
    top: tuple[str, ...],
    scale_high: float,
    named: Named,
    region: str,
    points: bool = False,
    earlier: bool = False,
) -> Overall:
    """Headline, lede and findings of a round.

    Parameters
    ----------
    index, trend, verdicts, change, peers : INDEX, TREND, VERDICTS, CHANGE, PEERS
        Of one region; `index` only of the round itself.
    top : tuple of str
        The nodes below the index.
    scale_high : float
        Best value of the scale.
    named : Named
        Nodes as text.
    region : str
        The region's name.
    points : bool
        Whether the report speaks of points of 0-100 instead of the instrument's scale.
    earlier : bool
        Whether there is an earlier round; without CHANGE it was scored on another scale.
    """
    says = verdicts.set_index("node")
    if ROOT not in says.index or says.at[ROOT, "direction"] == "too_little_data":
        return _few(index, change, peers, top, 100.0 if points else scale_high, named, region, points, earlier)
    groups = [[n for n in top if n in says.index and says.at[n, "direction"] in g] for g in (RISING, FALLING, STILL)]
    up, down, flat = groups
    state = composite_state(says.at[ROOT, "direction"])
    shift = _shift(trend, says.loc[ROOT])
    rule = "stable_shift" if state == "stable" and shift else headline_rule(state, len(up), len(down), len(flat), len(top))
    unsure = {n for n in (ROOT, *top) if n in says.index and says.at[n, "direction"].startswith("likely_")}
    unit = Sentence(named.unit)
    slow = says.at[ROOT, "course"] if says.at[ROOT, "course"].startswith("slow_") else ""
    word = "_".join(p for p in ("likely" if ROOT in unsure else "", state, slow) if p)
    tier = Sentence(f"headline.word_{word}") if state != "open" else ""
    places: dict = {"tier": tier, **shift, "unit": unit, "flat": named.all(flat, unsure)}
    for name, nodes in (("up", up), ("down", down)):
        places |= {name: named.all(nodes, unsure), f"n_{name}": part_of(len(nodes), len(top), named.count)}
    found = _findings(index, trend, (up, down, flat), top, named, unsure, unit, says["course"].to_dict())
    return Overall(Sentence(f"headline.{rule}", places), rule, _lede(index, trend, verdicts, region), found)


def _shift(trend: pd.DataFrame, verdict: pd.Series) -> dict:
    """Size and round of the composite's shift of level, where one is more likely than not."""
    kind, _, when = verdict["departure"].partition(":")
    return {"shift": _cell(trend, "TREND", ROOT, "shift", sign=True), "shift_round": when} if kind == "shift" else {}


def _lede(index, trend, verdicts, region: str) -> Sentence:
    recent = trend.loc[trend["node"] == ROOT, "recent"].iloc[0]
    target = verdicts.loc[verdicts["node"] == ROOT].iloc[0]
    places = {"region": region, "value": _cell(index, "INDEX", ROOT, "value100"), "target_round": target["target_round"]}
    side = _side(recent, 1)
    if side != "none":
        places["recent"] = _cell(trend, "TREND", ROOT, "recent", size=True)
    late = target["now"].removeprefix("likely_")
    told = {"chance": _cell(verdicts, "VERDICTS", ROOT, "now_certainty", 0, percent=True)}
    # Where the pace now differs from that since the start, the headline alone would mislead.
    places["now"] = Sentence(f"lede.now_{late}", told) if target["course"] and not target["course"].startswith("slow_") else ""
    shift = _shift(trend, target)
    places["shift"] = Sentence("lede.shift", shift) if shift else ""
    tail = "" if np.isnan(target["target"]) else "_target"
    if tail:
        places["target"] = _cell(verdicts, "VERDICTS", ROOT, "target", decimals(target["target"], most=2))
    return Sentence(f"lede.{side}{tail}", places)


def _findings(index, trend, groups, top, named: Named, unsure: set, unit: Sentence, courses: Mapping[str, str]) -> tuple[Finding, ...]:
    """What drives, what is held back, and what needs a decision."""
    up, down, flat = groups

    def listed(nodes) -> dict:
        pace = _cell(trend, "TREND", nodes[0], "slope", size=True)
        return {"names": named.all(nodes, unsure), "first": named.labels[nodes[0]], "pace": pace}

    out = []
    if up:
        key = "found.up" if len(up) > 1 else "found.up_one"
        out.append(Finding("driving", "improving", Sentence(key, listed(_strongest(trend, up, 1)))))
    else:
        out.append(Finding("driving", "inconclusive", Sentence("found.up_none", {"unit": unit})))
    if flat:
        same = trend.loc[trend["node"].isin(flat), "delta"].nunique() == 1
        delta = {"delta": _cell(trend, "TREND", flat[0], "delta")} if same else {}
        sentence = Sentence("found.flat" if same else "found.flat_own", {"names": named.all(flat, unsure, courses), **delta})
        out.append(Finding("held", "stagnant", sentence))
    else:
        out.append(Finding("held", "inconclusive", Sentence("found.flat_none", {"unit": unit})))
    return (*out, _decide(index, listed, _strongest(trend, down, -1), top, named, unit))


def _decide(index, listed, down: list[str], top, named: Named, unit: Sentence) -> Finding:
    """What falls, else where too much is missing."""
    cover = index[index["node"].isin(top)].set_index("node")["coverage"]
    thin = [n for n in top if n in cover.index and cover[n] < LOW_COVERAGE]

    def covered(node) -> Fact:
        return _cell(index, "INDEX", node, "coverage", 0, percent=True)

    if down:
        key, places = "found.down" if len(down) > 1 else "found.down_one", listed(down)
        if len(down) == 1 and down[0] in thin:
            key, places = "found.down_thin", {**places, "coverage": covered(down[0])}
        return Finding("decide", "declining", Sentence(key, places))
    if thin:
        places = {"names": named.all(thin), "coverage": covered(thin[0]), "first": named.labels[thin[0]]}
        return Finding("decide", "inconclusive", Sentence("found.thin", places))
    return Finding("decide", "inconclusive", Sentence("found.down_none", {"unit": unit}))


def _strongest(trend, nodes, sign: int) -> list[str]:
    slope = trend.set_index("node")["slope"]
    return sorted(nodes, key=lambda n: -sign * slope[n])


def _few(index, change, peers, top, scale_high: float, named: Named, region: str, points: bool, earlier: bool) -> Overall:
    """Headline and lede of a round with too few before it: the change beside the participants', or alone."""
    rule = few_rounds_rule(peers)
    total, own = change[change["kind"] == "total"], own_cohort(peers)
    points = points and own is None
    end, digits, best = ("100", 1, "100") if points else ("", 2, f"{scale_high:g}")
    places = {"region": region, "value": _cell(index, "INDEX", ROOT, "value" + end, digits), "best": best, "group": _group(own)}
    lede = dict(places)
    moved = CHANGE.fact(total.iloc[0], "official" + end, digits, size=True) if len(total) else None
    if own is not None and np.isfinite(own["own_change"]):
        moved = _beside(own, "own_change", 2, size=True)  # as the letter prints it
    if moved:
        places["change"] = lede["change"] = moved
    if len(total):
        lede["previous_round"] = total["previous"].iloc[0]
    side = _side(moved.value, digits) if moved and len(total) else "scale" if earlier else "first"
    side = "first" if side == "none" else side
    name = f"lede.few_{side}"
    if rule == "few_alone":
        rule = f"few_alone_{side}"
    if own is not None:
        lede |= {"rank": _beside(own, "rank"), "n": _beside(own, "n"), "all": _among_all(peers, own)}
        name += "_rank"
    found = _few_findings(index, own, top, ("value" + end, digits, float(best)), named)
    return Overall(Sentence(f"headline.{rule}", places), rule, Sentence(name, lede), found)


def _group(row) -> Sentence | str:
    """The cohort of a PEERS row as it follows "participants"; nothing where it is all of them."""
    return "" if row is None or row["cohort"] == ALL else Sentence("peers.cohort", {"cohort": row["cohort"]})


def _among_all(peers: pd.DataFrame, own: pd.Series) -> Sentence | str:
    """The rank among all, where there are more of them than in the own cohort."""
    every = peers[(peers["cohort"] == ALL) & (peers["n"] > own["n"])]
    return "" if every.empty else Sentence("peers.among_all", {k: _beside(every.iloc[0], k) for k in ("rank", "n")})


def _beside(own: pd.Series, column: str, digits: int = 0, **how) -> Fact:
    return PEERS.fact(own, column, digits, **how)


def _few_findings(index, own, top, told: tuple[str, int, float], named: Named) -> tuple[Finding, ...]:
    """Highest part, the size of the change, and the part with most weight times room left; `told`: column, digits, best value."""
    column, digits, most_of = told
    rows = index[index["node"].isin(top) & index[column].notna()].set_index("node")
    out = []
    if len(rows):
        best = _all_at(rows[column].round(digits))
        places = {"unit": Sentence(named.unit), "name": named.all(best), "value": _cell(index, "INDEX", best[0], column, digits)}
        key = "found.best" if len(best) < len(rows) or len(rows) == 1 else "found.best_all"
        out.append(Finding("driving", "inconclusive", Sentence(key, places)))
    if own is not None and own["size"]:
        digits_common = 3 if round(own["common_change"] * 100, 6) % 1 else 2
        places = {"more": _beside(own, "smaller_moves"), "of": _beside(own, "n_change"), "group": _group(own)}
        places["common"] = _beside(own, "common_change", digits_common, sign=True)
        places["usual"] = {"near": Sentence("found.usual"), "far": Sentence("found.unusual")}.get(own["size"], "")
        out.append(Finding("held", "inconclusive", Sentence("found.smaller", places)))
    else:
        out.append(Finding("held", "too_little_data", Sentence("found.short")))
    if len(rows) and rows["weight"].notna().all():
        most = _all_at((most_of - rows[column]) * rows["weight"])
        places = {"name": named.all(most), "value": _cell(index, "INDEX", most[0], column, digits)}
        places["weight"] = _cell(index, "INDEX", most[0], "weight", 0, percent=True)
        out.append(Finding("decide", "inconclusive", Sentence("found.room" if len(most) == 1 else "found.room_shared", places)))
    return tuple(out)


def _all_at(values: pd.Series) -> list[str]:
    """All that have the highest value, in their order."""
    return [str(n) for n in values.index[values >= values.max() - 1e-9]]
