"""GROUPS: a letter's regions by where in the country they lie, so that those who did not take part and those not listed stay apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np
import pandas as pd

from scevaluation.evaluate.peers import ALL
from scevaluation.frames import ROOT
from scevaluation.frames.national import GROUPS, LEVELS
from scevaluation.issues import unknown
from scevaluation.region import islands, places

FEWEST = 3  # participants of a group that have a median
COUNTRY = LEVELS[0]


def group_of(code: str, level: str) -> str:
    """The group of a region: "country", the name of its islands, or the code of its province."""
    return {COUNTRY: COUNTRY, "islands": islands()[code[0]]["islands"], "province": code.partition(".")[0]}[level]


def group_names(level: str, lang: str) -> dict[str, str]:
    """What the groups of a level are called, from west to east; UnknownName if there is no such level."""
    if level not in LEVELS[1:]:
        raise unknown(level, LEVELS[1:], "by")
    if level == "islands":
        return {row["islands"]: row[f"label_{lang}"] for _, row in sorted(islands().items())}
    return {code.partition(".")[0]: row["province"] for code, row in sorted(places().items())}


def located(official: pd.DataFrame, level: str, region: str = "") -> pd.DataFrame:
    """Every region of a letter with its group: region, name, group, cohort, state (own, scored, did_not_take_part), value."""
    rows = official[official["node"] == ROOT]
    state = np.where((rows["region"] == region) & rows["value"].notna(), "own", rows["status"])
    return pd.DataFrame(
        {
            "region": rows["region"],
            "name": rows["name"],
            "group": [group_of(code, level) for code in rows["region"]],
            "cohort": rows["cohort"],
            "state": state,
            "value": rows["value"],
        }
    ).reset_index(drop=True)


def level(seen: pd.DataFrame, name: str) -> pd.DataFrame:
    """GROUPS of the country and of one other level."""
    return seen[seen["level"].isin((COUNTRY, name))]


def around(seen: pd.DataFrame, official: pd.DataFrame, region: str) -> pd.DataFrame:
    """GROUPS that a region's page tells of: the country, its groups of islands and the region's own province, all and its own cohort."""
    cohorts = {ALL, *official.loc[official["region"] == region, "cohort"]}
    near = (seen["level"] != "province") | (seen["group"] == region.partition(".")[0])
    return seen[near & seen["cohort"].isin(cohorts)]


def groups(official: pd.DataFrame, region: str = "") -> pd.DataFrame:
    """GROUPS of one letter, as `intake.official.read_official` returns it, seen from a region or from none.

    Values of two cohorts are scored differently, so a median is one cohort's and never that of all.
    """
    if official.empty:
        return GROUPS.empty()
    return GROUPS.of([row for name in LEVELS for row in _level(official, name, region)])


def _level(official: pd.DataFrame, name: str, region: str) -> Iterator[dict]:
    rows = located(official, name, region)
    there: dict[str, dict[str, list[tuple[str, float]]]] = {}
    for r in rows.itertuples():
        for cohort in (ALL, r.cohort):
            there.setdefault(r.group, {}).setdefault(cohort, []).append((r.state, r.value))
    for group, count in Counter(group_of(code, name) for code in sorted(places())).items():
        found: dict[str, list[tuple[str, float]]] = {ALL: []} | there.get(group, {})
        for cohort in (ALL, *sorted(found.keys() - {ALL})):
            value, alone = np.array([v for _, v in found[cohort] if v == v]), cohort != ALL
            own = [v for state, v in found[cohort] if state == "own"]
            listed = len(found[cohort])
            yield {
                "round": str(official["round"].iloc[0]),
                "level": name,
                "group": group,
                "cohort": cohort,
                "regions": np.nan if alone else float(count),
                "listed": listed,
                "took_part": len(value),
                "absent": listed - len(value),
                "not_listed": np.nan if alone else float(count - listed),
                "median": round(float(np.median(value)), 9) if alone and len(value) >= FEWEST else np.nan,
                "higher": float((value > own[0]).sum()) if alone and own else np.nan,
            }
