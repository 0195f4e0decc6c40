"""The overall sentence and three findings of a round: rules over VERDICTS, INDEX and PEERS, tested by scenarios."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from scevaluation.frames import ROOT
from scevaluation.words import Fact, Sentence

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
    """Nodes as text: `labels` inside a sentence, joined by `join`; `count` spells small numbers."""

    labels: Mapping[str, str]
    join: object
    count: object

    def all(self, nodes) -> str:
        return self.join(self.labels[n] for n in nodes)


def composite_state(direction: str, seen: float, delta: float) -> str:
    """rising, falling, stable, open or short: the composite's verdict, inconclusive within delta counting as stable."""
    if direction in RISING:
        return "rising"
    if direction in FALLING:
        return "falling"
    if direction in STILL:
        return "stable"
    if direction == "too_little_data":
        return "short"
    return "stable" if abs(seen) <= delta else "open"


def headline_rule(state: str, up: int, down: int, flat: int, total: int) -> str:
    """Name of the headline from the composite's state and the counts of sectors that rise, fall and stand still.

    "Relatively stable, not yet much developed" needs a stable composite and neither risers nor fallers in the majority.
    """
    if state == "rising":
        return "rising_but" if down else "rising"
    if state == "falling":
        return "falling_but" if up else "falling"
    if state == "open":
        return "open"
    if up and down:
        return "stable_both" if max(up, down) * 2 <= total else "stable_most_up" if up > down else "stable_most_down"
    if up:
        return "stable_up" if up * 2 <= total else "stable_most_up"
    if down:
        return "stable_down" if down * 2 <= total else "stable_most_down"
    return "stable_flat" if flat * 2 >= total else "stable_open"


def few_rounds_rule(peers: pd.DataFrame) -> str:
    """Without enough rounds: how the change compares with the cohort's, the common movement taken off.

    stable: smaller than at least half of the participants' changes and within the usual; low or high by the median.
    """
    rows = peers[peers["cohort"] == "all"]
    if rows.empty or np.isnan(rows["own_change"].iloc[0]):
        return "few_alone"
    row = rows.iloc[0]
    if row["usual"] and row["smaller_moves"] * 2 >= row["n_change"] - 1:
        return "few_stable_low" if row["value"] < row["median"] else "few_stable_high"
    side = "up" if row["own_change"] > row["common_change"] else "down"
    return f"few_usual_{side}" if row["usual"] else f"few_unusual_{side}"


def _cell(frame: pd.DataFrame, table: str, node: str, column: str, digits: int = 1, **how) -> Fact:
    row = frame[frame["node"] == node].iloc[0]
    return Fact(float(row[column]), table, f"{row['round']}|{node}", column, digits, **how)


def overall(
    index: pd.DataFrame,
    trend: pd.DataFrame,
    verdicts: pd.DataFrame,
    change: pd.DataFrame,
    peers: pd.DataFrame,
    top: tuple[str, ...],
    delta: float,
    scale_high: float,
    named: Named,
    region: str,
) -> Overall:
    """Headline, lede and findings of a round.

    Parameters
    ----------
    index, trend, verdicts, change, peers : INDEX, TREND, VERDICTS, CHANGE, PEERS
        Of one region; `index` only of the round itself.
    top : tuple of str
        The nodes below the index.
    delta : float
        Points a year that matter.
    scale_high : float
        Best value of the scale.
    named : Named
        Nodes as text.
    region : str
        The region's name.
    """
    says = verdicts.set_index("node")
    if ROOT not in says.index or says.at[ROOT, "direction"] == "too_little_data":
        return _few(index, change, peers, top, scale_high, named, region)
    groups = [[n for n in top if n in says.index and says.at[n, "direction"] in g] for g in (RISING, FALLING, STILL)]
    up, down, flat = groups
    state = composite_state(says.at[ROOT, "direction"], says.at[ROOT, "seen"], delta)
    rule = headline_rule(state, len(up), len(down), len(flat), len(top))
    places = {
        "up": named.all(up),
        "down": named.all(down),
        "n_up": named.count(len(up)),
        "n_down": named.count(len(down)),
        "n": named.count(len(top)),
    }
    lede = _lede(index, trend, verdicts, region)
    return Overall(Sentence(f"headline.{rule}", places), rule, lede, _findings(index, trend, up, down, flat, top, named))


def _lede(index, trend, verdicts, region: str) -> Sentence:
    recent = trend.loc[trend["node"] == ROOT, "recent"].iloc[0]
    target = verdicts.loc[verdicts["node"] == ROOT].iloc[0]
    places = {"region": region, "value": _cell(index, "INDEX", ROOT, "value100"), "target_round": target["target_round"]}
    side = "none" if np.isnan(recent) else "flat" if round(abs(recent), 1) == 0 else "up" if recent > 0 else "down"
    if side != "none":
        places["recent"] = _cell(trend, "TREND", ROOT, "recent", size=True)
    tail = "" if np.isnan(target["target"]) else "_target"
    if tail:
        places["target"] = _cell(verdicts, "VERDICTS", ROOT, "target", 0)
    return Sentence(f"lede.{side}{tail}", places)


def _findings(index, trend, up, down, flat, top, named: Named) -> tuple[Finding, ...]:
    def listed(nodes) -> dict:
        return {
            "names": named.all(nodes),
            "first": named.labels[nodes[0]],
            "pace": _cell(trend, "TREND", nodes[0], "slope", size=True),
        }

    out = [
        Finding(
            "driving", "improving", Sentence("found.up" if len(up) > 1 else "found.up_one", listed(_strongest(trend, up, 1)))
        )
        if up
        else Finding("driving", "inconclusive", Sentence("found.up_none"))
    ]
    out.append(
        Finding("held", "stagnant", Sentence("found.flat", {"names": named.all(flat)}))
        if flat
        else Finding("held", "inconclusive", Sentence("found.flat_none"))
    )
    cover = index[index["node"].isin(top)].set_index("node")["coverage"]
    thin = [n for n in top if n in cover.index and cover[n] < LOW_COVERAGE]
    if down:
        sentence = Sentence("found.down" if len(down) > 1 else "found.down_one", listed(_strongest(trend, down, -1)))
        if down[0] in thin and len(down) == 1:
            sentence = Sentence(
                "found.down_thin", {**listed(down), "coverage": _cell(index, "INDEX", down[0], "coverage", 0, percent=True)}
            )
        out.append(Finding("decide", "declining", sentence))
    elif thin:
        out.append(
            Finding(
                "decide",
                "inconclusive",
                Sentence(
                    "found.thin",
                    {
                        "names": named.all(thin),
                        "coverage": _cell(index, "INDEX", thin[0], "coverage", 0, percent=True),
                        "first": named.labels[thin[0]],
                    },
                ),
            )
        )
    else:
        out.append(Finding("decide", "inconclusive", Sentence("found.down_none")))
    return tuple(out)


def _strongest(trend, nodes, sign: int) -> list[str]:
    slope = trend.set_index("node")["slope"]
    return sorted(nodes, key=lambda n: -sign * slope[n])


def _few(index, change, peers, top, scale_high: float, named: Named, region: str) -> Overall:
    rule = few_rounds_rule(peers)
    total = change[change["kind"] == "total"]
    value = _cell(index, "INDEX", ROOT, "value", 2)
    places = {"region": region, "value": value, "best": f"{scale_high:g}"}
    if len(total):
        row = total.iloc[0]
        key = "|".join(str(row[k]) for k in ("round", "previous", "node", "kind"))
        places |= {
            "change": Fact(float(row["official"]), "CHANGE", key, "official", 2, size=True),
            "previous_round": row["previous"],
        }
    side = (
        "first"
        if not len(total)
        else "flat"
        if round(abs(row["official"]), 2) == 0
        else "up"
        if row["official"] > 0
        else "down"
    )
    if rule == "few_alone":
        rule = f"few_alone_{side}"
    own = peers[peers["cohort"] == "all"]
    lede = f"lede.few_{side}"
    if len(own):
        key = f"{own['round'].iloc[0]}|{ROOT}|all"
        places |= {k: Fact(float(own[c].iloc[0]), "PEERS", key, c, 0) for k, c in (("rank", "rank"), ("n", "n"))}
        lede += "_rank"
    return Overall(
        Sentence(f"headline.{rule}", places), rule, Sentence(lede, places), _few_findings(index, peers, top, scale_high, named)
    )


def _few_findings(index, peers, top, scale_high: float, named: Named) -> tuple[Finding, ...]:
    """Highest component, the size of the change, and the component with most weight times room left."""
    rows = index[index["node"].isin(top) & index["value"].notna()].set_index("node")
    out = []
    if len(rows):
        best = rows["value"].idxmax()
        out.append(
            Finding(
                "driving",
                "inconclusive",
                Sentence("found.best", {"name": named.labels[best], "value": _cell(index, "INDEX", best, "value", 2)}),
            )
        )
    own = peers[peers["cohort"] == "all"]
    if len(own) and not np.isnan(own["own_change"].iloc[0]):
        key = f"{own['round'].iloc[0]}|{ROOT}|all"
        fact = {
            c: Fact(float(own[c].iloc[0]), "PEERS", key, c, d, size=c == "own_change")
            for c, d in (("smaller_moves", 0), ("n_change", 0))
        }
        out.append(
            Finding("held", "inconclusive", Sentence("found.smaller", {"more": fact["smaller_moves"], "of": fact["n_change"]}))
        )
    else:
        out.append(Finding("held", "too_little_data", Sentence("found.short")))
    if len(rows) and rows["weight"].notna().all():
        room = (scale_high - rows["value"]) * rows["weight"]
        most = room.idxmax()
        out.append(
            Finding(
                "decide",
                "inconclusive",
                Sentence(
                    "found.room",
                    {
                        "name": named.labels[most],
                        "value": _cell(index, "INDEX", most, "value", 2),
                        "weight": _cell(index, "INDEX", most, "weight", 0, percent=True),
                    },
                ),
            )
        )
    return tuple(out)
