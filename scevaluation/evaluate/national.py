"""A round over all regions of the ministry's letter: places, movements, distributions, and both letters side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from scevaluation.errors import RoundError
from scevaluation.evaluate.compare import compare, reproduce
from scevaluation.evaluate.index import index
from scevaluation.evaluate.inputs import OFFICIAL, cohort_instruments
from scevaluation.evaluate.peers import ALL, all_peers
from scevaluation.evaluate.places import groups
from scevaluation.evaluate.printed import printed
from scevaluation.frames import ROOT, as_scores
from scevaluation.frames.national import COHORTS, PAIRS, REGIONS, SPREAD
from scevaluation.instrument import Instrument, file_of
from scevaluation.intake import official as letters
from scevaluation.issues import issue, refusal
from scevaluation.node import Scale
from scevaluation.period import Period
from scevaluation.place import find, named, sha256
from scevaluation.region import NATION
from scevaluation.region import letters as published_letters

PERCENTILES = (10, 25, 50, 75, 90)
PLACE = ("rank", "rank_low", "rank_high")
COHORT_PLACE = ("cohort_rank", "cohort_low", "cohort_high")


@dataclass(frozen=True, eq=False)
class Nation:
    """The tables of one letter.

    Attributes
    ----------
    round, previous : str
        The round, and the earlier letter it is compared with ("" if there is none).
    letter : dict
        Number, date, label_id, label_en of the letter.
    instruments : dict of cohort to Instrument
    official, earlier : DataFrame
        Rows of both letters, as `intake.official.read_official` returns them.
    regions, cohorts, spread, pairs, groups : REGIONS, COHORTS, SPREAD, PAIRS, GROUPS
    provenance : dict
        SHA-256 of every input file by name relative to data/.
    """

    round: str
    previous: str
    letter: dict[str, str]
    instruments: dict[str, Instrument]
    official: pd.DataFrame
    earlier: pd.DataFrame
    regions: pd.DataFrame
    cohorts: pd.DataFrame
    spread: pd.DataFrame
    pairs: pd.DataFrame
    groups: pd.DataFrame
    provenance: dict[str, str]

    @property
    def scale(self) -> Scale:
        """On which the letter scores, in all its cohorts."""
        return next(iter(self.instruments.values())).scale

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """The tables by the name of their contract."""
        return {"REGIONS": self.regions, "COHORTS": self.cohorts, "SPREAD": self.spread, "PAIRS": self.pairs, "GROUPS": self.groups}


def _exact(value: float) -> float:
    """Without the last digits of binary fractions, so that 2.555 is written alike wherever it stands."""
    return round(float(value), 9)


def region_table(official: pd.DataFrame, instruments: Mapping[str, Instrument], provinces: Mapping[str, str]) -> pd.DataFrame:
    """REGIONS of one letter, as `intake.official.read_official` returns it: every region, with place and change where it took part."""
    rows = official.drop_duplicates("region").set_index("region")[["round", "name", "cohort", "status"]].sort_index()
    place = all_peers(official, instruments)
    among, within = (place[mask].set_index("region") for mask in (place["cohort"] == ALL, place["cohort"] != ALL))
    out = rows.assign(province=[provinces[r] for r in rows.index], value=among["value"])
    for table, names in ((among, PLACE), (within, COHORT_PLACE)):
        for name, column in zip(names, PLACE, strict=True):
            out[name] = table[column].astype(float)
    took_part = rows.loc[rows["status"] == "scored", "cohort"]
    out["n"], out["cohort_n"] = len(took_part), rows["cohort"].map(took_part.value_counts()).fillna(0).astype(int)
    out["change"] = within["own_change"]
    out["common"] = within["common_change"].where(out["change"].notna())
    out["net"] = (out["change"] - out["common"]).round(9)
    return REGIONS.check(out.reset_index())


def cohort_table(
    regions: pd.DataFrame, pairs: pd.DataFrame, official: pd.DataFrame, instruments: Mapping[str, Instrument]
) -> pd.DataFrame:
    """COHORTS of one letter: "all" first, then every cohort by name; nobody absent is in a median or a count of moves."""
    checks = reproduce(official, {(r, c): i for r in regions["round"].unique() for c, i in instruments.items()})
    small = next(iter(instruments.values())).scale.small
    agrees = regions["region"].isin(checks.loc[checks["agrees"], "region"])
    rows = []
    for name in (ALL, *sorted(regions["cohort"].unique())):
        inside = np.ones(len(regions), bool) if name == ALL else (regions["cohort"] == name).to_numpy()
        mine, pair = regions[inside], pairs if name == ALL else pairs[pairs["cohort"] == name]
        value, change = mine["value"].dropna(), mine["change"].dropna()
        low, high = (PLACE if name == ALL else COHORT_PLACE)[1:]
        absent, sound = (int(s.sum()) for s in (mine["status"] == "did_not_take_part", agrees[inside]))
        who = {"listed": len(mine), "took_part": len(value), "absent": absent, "reproduced": sound}
        level = {"median": _exact(value.median()), **{f"p{q}": _exact(value.quantile(q / 100)) for q in (10, 90)}}
        moves = {"rose": change > 0, "fell": change < 0, "same": change == 0, "small": change.abs().round(9) <= small}
        counts = {"with_change": len(change), **{move: int(made.sum()) for move, made in moves.items()}}
        size = {"common": _exact(change.median()), "sd": change.std(), "width": (mine[high] - mine[low]).median()}
        both = {"pairs": len(pair), "flips": int(pair["flips"].sum()), "shift": pair["difference"].mean()}
        rows.append({"round": mine["round"].iloc[0], "cohort": name, **who, **level, **counts, **size, **both})
    return COHORTS.check(pd.DataFrame(rows))


def spread_table(official: pd.DataFrame, instruments: Mapping[str, Instrument]) -> pd.DataFrame:
    """SPREAD of one letter: index and components of each cohort that has participants, in the instrument's order."""
    rows = []
    for cohort in sorted(official["cohort"].unique()):
        instrument = instruments[cohort]
        for node in (ROOT, *instrument.components):
            mine = official[(official["cohort"] == cohort) & (official["node"] == node)]
            value = mine["value"].dropna()
            if value.empty:
                continue
            share = 1.0 if node == ROOT else instrument.share(node)
            about = {"round": mine["round"].iloc[0], "cohort": cohort, "node": node, "weight": share}
            ends = {"n": len(value), "zeros": int((value == 0).sum()), "low": value.min(), "high": value.max()}
            rows.append(about | ends | {f"p{q}": _exact(value.quantile(q / 100)) for q in PERCENTILES})
    return SPREAD.of(rows)


def _scores(official: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """Published components as SCORES."""
    rows = official[official["node"].isin(instrument.components) & official["value"].notna()]
    return as_scores(region=rows["region"], round=rows["round"], indicator=rows["node"], score=rows["value"])


def pair_table(
    official: pd.DataFrame, earlier: pd.DataFrame, instruments: Mapping[str, Instrument], before: Mapping[str, Instrument]
) -> pd.DataFrame:
    """PAIRS of two letters: regions that took part in both, by code; `earlier` and its cohorts' instruments `before` go together."""
    scored = [rows[(rows["node"] == ROOT) & rows["value"].notna()].set_index("region") for rows in (official, earlier)]
    both = scored[0].join(scored[1][["round", "cohort"]].add_prefix("then_"), how="inner")
    parts = []
    for (now_cohort, then_cohort), group in both.groupby(["cohort", "then_cohort"]):
        now, then = str(group["round"].iloc[0]), str(group["then_round"].iloc[0])
        pair = {then: before[then_cohort], now: instruments[now_cohort]}
        scores = pd.concat([_scores(earlier, pair[then]), _scores(official, pair[now])], ignore_index=True)
        values = index(scores[scores["region"].isin(group.index)], pair, views=False)
        values = printed(values, pd.concat([earlier, official], ignore_index=True), pair)
        total = compare(values, pair, now, then)
        total = total[total["kind"] == "total"].set_index("region")
        level = values[values["node"] == ROOT].pivot(index="region", columns="round", values="value").reindex(total.index)
        parts.append(total.assign(name=group["name"], cohort=now_cohort, before=level[then], value=level[now]).reset_index())
    if not parts:
        return PAIRS.empty()
    out = pd.concat(parts, ignore_index=True).sort_values("region", ignore_index=True)
    out["difference"] = out["like_for_like"] - out["official"]
    out["flips"] = out["official"] * out["like_for_like"] < 0
    return PAIRS.check(out[list(PAIRS.columns)])


def _inputs(instruments: list[Instrument]) -> dict[str, str]:
    paths = [find("official", n) for n in OFFICIAL]
    paths += [file_of(name) for name in sorted({i.id for i in instruments})]
    return {named(p): sha256(p.read_bytes()) for p in paths}


def evaluate_nation(round_name: str) -> Nation:
    """Evaluate one round over all regions of the ministry's letter; a RoundError if no letter of that round is carried."""
    name, known = str(Period(round_name)), letters.official_rounds()
    if name not in known:
        raise refusal(RoundError, [issue(NATION, "", "no_letter", "error", name, ", ".join(known), "choose_known")])
    letter = published_letters().set_index("round", drop=False).loc[name].to_dict()
    previous = max((r for r in known if r < name), default="")
    official, earlier = letters.read_official(name), letters.read_official(previous or name)
    earlier = earlier if previous else earlier.iloc[:0]
    instruments = cohort_instruments(name, official["cohort"])
    before = cohort_instruments(previous, earlier["cohort"]) if previous else {}
    provinces = letters.regions().set_index("code")["province"].to_dict()
    regions = region_table(official, instruments, provinces)
    pairs = pair_table(official, earlier, instruments, before)
    tables = (regions, cohort_table(regions, pairs, official, instruments), spread_table(official, instruments), pairs, groups(official))
    inputs = _inputs([*instruments.values(), *before.values()])
    return Nation(name, previous, letter, instruments, official, earlier, *tables, inputs)
