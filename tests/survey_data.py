"""Hand-made tables of surveys, importance and ranks for tests; respondents are generated, seeded."""

from __future__ import annotations

import numpy as np
import pandas as pd

from scevaluation.frames.methods import RANKS
from scevaluation.frames.surveys import ANSWERS, IMPORTANCE, QUALITIES
from scevaluation.instrument import QUALITIES as NAMES
from scevaluation.intake.survey import elements

NAN = float("nan")
REGION, ROUND, BEFORE = "94.04", "2024-S2", "2024-S1"
LONG = "Persentase penyelenggaraan layanan administrasi kependudukan yang dapat diselesaikan secara daring nomor"


def quality_table(values, half=3.0, before=(), basis="survey", n=200) -> pd.DataFrame:
    """QUALITIES with intervals of `half` points; `before` values make changes with intervals of 1.4 times that."""
    values = [float(v) for v in values]
    earlier = [float(v) for v in before] or [NAN] * len(values)
    rows = [
        {
            "region": REGION,
            "round": ROUND,
            "quality": q,
            "value100": v,
            "low": v - half,
            "high": v + half,
            "n": 0 if np.isnan(v) else n,
            "of": n,
            "basis": basis,
            "previous": BEFORE if len(before) else "",
            "before": b,
            "change": v - b,
            "change_low": v - b - 1.4 * half,
            "change_high": v - b + 1.4 * half,
        }
        for q, v, b in zip(NAMES, values, earlier, strict=False)
    ]
    return QUALITIES.check(pd.DataFrame(rows))


def importance_table(items, half=4.0, basis="assessors") -> pd.DataFrame:
    """IMPORTANCE of (node, weight, value) by its own rule, in the order given (urgent first by hand)."""
    table = pd.DataFrame(items, columns=["node", "weight", "value100"]).astype({"weight": float, "value100": float})
    seen = table["value100"].notna()
    value = float((table["weight"] * table["value100"]).sum() / table.loc[seen, "weight"].sum()) if seen.any() else NAN
    weight = float(table["weight"].mean())
    known = half is not None
    low, high = (table["value100"] - half, table["value100"] + half) if known else (NAN, NAN)
    urgent = seen & (table["weight"] > weight + 1e-9) & (table["value100"] < value)
    table = table.assign(
        region=REGION,
        round=ROUND,
        low=low,
        high=high,
        basis=basis if known else "",
        mean_weight=weight,
        mean_value=value,
        urgent=urgent,
    )
    return IMPORTANCE.check(table.assign(certain=urgent & (table["high"] < value)))


def rank_table(count=72, own=58, wide=3, n=None) -> pd.DataFrame:
    """RANKS of `count` regions "01" ..., each with a range of `wide` to both sides; `own` (by rank) is the region in focus."""
    rows = [
        {
            "region": REGION if r == own else f"{r:02d}.00",
            "round": ROUND,
            "node": "index",
            "cohort": "all",
            "value": 4 - r * 0.02,
            "rank": r,
            "rank_low": float(max(r - wide, 1)),
            "rank_median": float(r),
            "rank_high": float(min(r + wide, count)),
            "n": n or count,
            "methods": 1000,
            "state": "ranked",
        }
        for r in range(1, count + 1)
    ]
    table = RANKS.check(pd.DataFrame(rows))
    return table.assign(label=["Kabupaten Uji" if r == REGION else f"Kabupaten {r}" for r in table["region"]])


def respondents(count=200, items=None, seed=1, unit="", round_name=ROUND, group="", spread=0.8, start=1) -> pd.DataFrame:
    """ANSWERS of people who have a mood of their own and answer every item around it."""
    items = list(items or elements())
    rng = np.random.default_rng(seed)
    mood = rng.normal(2.8, 0.5, (count, 1))
    answers = np.clip(np.rint(mood + rng.normal(0, spread, (count, len(items)))), 1, 4)
    return answer_table(answers, items, unit, round_name, group, start)


def answer_table(answers, items, unit="", round_name=ROUND, group="", start=1) -> pd.DataFrame:
    """ANSWERS of a matrix (respondents, items)."""
    groups = [group] * len(answers) if isinstance(group, str) else list(group)
    rows = [
        {
            "region": REGION,
            "round": round_name,
            "unit": unit,
            "respondent": str(start + i),
            "group": groups[i],
            "item": item,
            "answer": float(value),
            "file": "survei.csv",
            "cell": f"line {i + 2}",
        }
        for i, row in enumerate(answers)
        for item, value in zip(items, row, strict=True)
    ]
    return ANSWERS.check(pd.DataFrame(rows))
