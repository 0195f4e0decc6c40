"""Official results of all regions, and region codes of two systems by date."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from scevaluation.errors import EvaluationError
from scevaluation.region import PLACES, PLACES_MORE, Region, places, region_doubt, region_of, results
from scevaluation.rounds import Round

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Region", "official_rounds", "read_official", "region_doubt", "region_of", "regions", "resolve_region"]

# The laws on the new provinces of Papua changed the codes; both systems used new ones from 2023.
NEW_CODES = date(2022, 7, 25)


@cache
def regions() -> pd.DataFrame:
    """The 514 regencies and cities: code (Kemendagri, today), name, province, and their codes of 2020 and of BPS."""
    import pandas as pd

    return pd.DataFrame(list(places().values()), columns=[*PLACES, *PLACES_MORE], dtype=str).fillna("")


def official_rounds() -> tuple[str, ...]:
    """Rounds of which a letter with all regions is carried."""
    return tuple(sorted(results()["round"].unique()))


def read_official(round_name: str) -> pd.DataFrame:
    """Published results of every region of one round.

    Returns
    -------
    DataFrame
        region, name, round, cohort, node (components, index, improvement), value (1-4 scale; NaN for a region that did
        not take part), status, source. Empty if no letter of that round is carried.
    """
    name = str(Round(round_name))
    rows = results()
    rows = rows[rows["round"] == name].merge(regions()[["code", "name"]], left_on="region", right_on="code", how="left")
    return rows[["region", "name", "round", "cohort", "node", "value", "status", "source"]].reset_index(drop=True)


def resolve_region(code: str, system: str = "kemendagri", on: date | None = None) -> str:
    """Kemendagri's code of today for a region code.

    Parameters
    ----------
    code : str
        Such as "94.04" (Kemendagri) or "9601" (BPS).
    system : {"kemendagri", "bps"}
        Whose code it is; the same digits name different regions in the two systems.
    on : date, optional
        When it was valid; None is today.

    Raises
    ------
    EvaluationError
        If the system had no such code on that day.
    """
    old = on is not None and on < NEW_CODES
    columns = {
        ("kemendagri", False): "code",
        ("kemendagri", True): "kemendagri_2020",
        ("bps", False): "bps_today",
        ("bps", True): "bps_2020",
    }
    if (system, old) not in columns:
        raise EvaluationError(f"There is no code system {system!r}.", "Use kemendagri or bps.")
    found = [today for today, row in places().items() if row[columns[system, old]] == str(code)]
    if len(found) != 1:
        when = "before 25 July 2022" if old else "today"
        raise EvaluationError(
            f"{str(code)[:20]} was no region code of {system} {when}.", "Give the system and the date of the code."
        )
    return found[0]
