"""Official statistics beside the scores: by region, indicator and period, with conflicts between sources kept."""

from __future__ import annotations

import pandas as pd

from scevaluation.frames import CONTEXT
from scevaluation.frames.sectors import MOVES
from scevaluation.grid.frame import once, read_frame
from scevaluation.grid.table import Row, flag, flag_of
from scevaluation.place import find, read_once

STATISTICS = ("region", "indicator", "period", "value", "source", "confidence", "chosen", "note_id", "note_en")
INDICATORS = (
    "indicator", "sector", "label_id", "label_en", "unit_id", "unit_en", "direction", "digits", "kind", "comparable_from",
    "note_id", "note_en", "source",
)  # fmt: skip
DISTRIBUTED = ("indicator", "period")
SPREAD = ("count", "mean", "std", "min", "p10", "p25", "p50", "p75", "p90", "max")


@read_once(lambda: [find("context", "statistics.csv")])
def _statistics() -> pd.DataFrame:
    again = once(("region", "indicator", "period", "source"))

    def look(row: Row, wrong: list[dict]) -> None:
        flag(row, "chosen", wrong)
        again(row, wrong)

    rows = read_frame(find("context", "statistics.csv"), STATISTICS, numbers=("value",), look=look)
    return rows.assign(chosen=rows["chosen"].map(flag_of).astype(bool))


def read_context(regions: tuple[str, ...]) -> pd.DataFrame:
    """CONTEXT rows of some regions (Kemendagri codes)."""
    rows = _statistics()
    return CONTEXT.check(rows[rows["region"].isin(regions)].reset_index(drop=True))


@read_once(lambda: [find("context", "indicators.csv")])
def indicators() -> pd.DataFrame:
    """what each statistic is: indicator, sector, labels, units, notes, direction (1 more is better, -1 less, 0 neither), kind."""
    return read_frame(find("context", "indicators.csv"), INDICATORS, whole=("direction", "digits"), look=once(("indicator",)))


@read_once(lambda: [find("context", "national.csv")])
def national() -> pd.DataFrame:
    """Distribution over the regencies with a value: indicator, period, count, mean, std, min, p10 .. p90, max."""
    path = find("context", "national.csv")
    return read_frame(path, (*DISTRIBUTED, *SPREAD, "source"), numbers=SPREAD, look=once(DISTRIBUTED))


@read_once(lambda: [find("context", "moves.csv")])
def moves() -> pd.DataFrame:
    """MOVES: how far all regencies and cities moved between two years, and how far chance moves one of them off that."""
    numbers = tuple(c for c, k in MOVES.columns.items() if k.dtype == "float")
    whole = tuple(c for c, k in MOVES.columns.items() if k.dtype == "int")
    again = once(MOVES.key)

    def look(row: Row, wrong: list[dict]) -> None:
        again(row, wrong)
        wrong += [row.issue(c, "value_empty") for c in numbers if not row[c]]

    return MOVES.check(read_frame(find("context", "moves.csv"), tuple(MOVES.columns), numbers=numbers, whole=whole, look=look))
