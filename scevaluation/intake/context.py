"""Official statistics beside the scores: by region, indicator and period, with conflicts between sources kept."""

from __future__ import annotations

from functools import cache

import pandas as pd

from scevaluation.frames import CONTEXT
from scevaluation.place import DATA


@cache
def _statistics() -> pd.DataFrame:
    rows = pd.read_csv(
        DATA / "context" / "statistics.csv",
        dtype={"region": str, "period": str},
        keep_default_na=False,
        na_values={"value": [""]},
    )
    return rows.assign(chosen=rows["chosen"] == "yes", value=rows["value"].astype(float))


def read_context(regions: tuple[str, ...]) -> pd.DataFrame:
    """CONTEXT rows of some regions (Kemendagri codes)."""
    rows = _statistics()
    return CONTEXT.check(rows[rows["region"].isin(regions)].reset_index(drop=True))


@cache
def indicators() -> pd.DataFrame:
    """what each statistic is: indicator, sector, labels, units, notes, direction (1 more is better, -1 less, 0 neither), kind."""
    return pd.read_csv(DATA / "context" / "indicators.csv", dtype={"comparable_from": str}, keep_default_na=False)


@cache
def national() -> pd.DataFrame:
    """Distribution over the regencies with a value: indicator, period, count, mean, std, min, p10 .. p90, max."""
    return pd.read_csv(DATA / "context" / "national.csv", dtype={"period": str})
