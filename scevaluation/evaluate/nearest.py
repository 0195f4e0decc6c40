"""NEAREST: a region beside those of its cohort that are near by people, place and level, or beside those that the reader chose."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from scevaluation.evaluate.places import group_of
from scevaluation.frames import ROOT
from scevaluation.frames.national import NEAREST
from scevaluation.region import places, population

MOST = 3  # near by each


def nearest(official: pd.DataFrame, region: str, parts: Sequence[str], chosen: Sequence[str] = ()) -> pd.DataFrame:
    """NEAREST of a region that took part in a letter; empty without one.

    Near are participants of its own cohort: by the ratio of people living there; by place, those of the same province first and
    then those of the same islands, of each the nearest by people; and by the index. With `chosen` only these, of any cohort.

    Parameters
    ----------
    official : DataFrame
        One letter, as `intake.official.read_official` returns it.
    region : str
    parts : sequence of str
        Components of the questionnaire that scored the region: they are subtracted only where it scored the peer too.
    chosen : sequence of str
        Codes of regions.
    """
    wide = official.pivot_table(index="region", columns="node", values="value", aggfunc="first").reindex(columns=[ROOT, *parts])
    if region not in wide.index or not np.isfinite(wide.at[region, ROOT]):
        return NEAREST.empty()
    about = official.drop_duplicates("region").set_index("region")
    mine = about.at[region, "cohort"]
    took_part = [c for c in wide.index[wide[ROOT].notna()] if c != region and about.at[c, "cohort"] == mine]
    near = {"chosen": list(chosen)} if chosen else _near(region, took_part, wide[ROOT].to_dict())
    rows = [row for by, codes in near.items() for n, c in enumerate(codes, 1) for row in _rows(by, n, c, region, wide, about, parts)]
    round_name = str(official["round"].iloc[0])
    return NEAREST.of([{"region": region, "round": round_name, **row} for row in rows])


def _near(region: str, codes: Sequence[str], index: dict[str, float]) -> dict[str, list[str]]:
    """Codes by what they are near by, the nearest first."""
    people = {code: math.log(population()[code][0]) for code in (region, *codes)}
    by_people = sorted(codes, key=lambda c: (round(abs(people[c] - people[region]), 9), c))
    by_level = sorted(by_people, key=lambda c: round(abs(index[c] - index[region]), 9))
    same = {level: [c for c in by_people if group_of(c, level) == group_of(region, level)] for level in ("province", "islands")}
    province = same["province"][:MOST]
    islands = [c for c in same["islands"] if c not in same["province"]][: MOST - len(province)]
    return {"population": by_people[:MOST], "province": province, "islands": islands, "level": by_level[:MOST]}


def _rows(by: str, order: int, code: str, region: str, wide: pd.DataFrame, about: pd.DataFrame, parts: Sequence[str]) -> Iterator[dict]:
    """A peer's index and, where the same questionnaire scored it, the parts of it."""
    listed = code in about.index
    peer = {"by": by, "peer": code, "order": order, "name": places()[code]["name"], "population": float(population()[code][0])}
    peer |= {"cohort": about.at[code, "cohort"] if listed else "", "status": about.at[code, "status"] if listed else "not_listed"}
    same = listed and peer["cohort"] == about.at[region, "cohort"]
    for node in (ROOT, *(parts if same and peer["status"] == "scored" else ())):
        value = float(wide.at[code, node]) if code in wide.index else np.nan
        less = round(float(wide.at[region, node]) - value, 9) if same else np.nan
        yield peer | {"node": node, "value": value, "difference": less}
