"""The ministry's results as tables of rounds and as SCORES of a region; the letters' files are read in `region`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scevaluation.frames import ROOT, SCORES
from scevaluation.period import Period
from scevaluation.place import find, read_once
from scevaluation.region import PLACES, PLACES_MORE, Region, places, region_doubt, region_of, results

if TYPE_CHECKING:
    import pandas as pd

    from scevaluation.programme import Programme

__all__ = ["Region", "official_rounds", "read_official", "region_doubt", "region_of", "region_scores", "regions"]


@read_once(lambda: [find("official", "regions.csv")])
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
    name = str(Period(round_name))
    rows = results()
    rows = rows[rows["round"] == name].merge(regions()[["code", "name"]], left_on="region", right_on="code", how="left")
    return rows[["region", "name", "round", "cohort", "node", "value", "status", "source"]].reset_index(drop=True)


def region_scores(programme: Programme, until: str | None = None) -> pd.DataFrame:
    """SCORES of a region's programme: the letters' components, and the inferred index of the round before them."""
    import pandas as pd

    rows = results()
    rows = rows[(rows["region"] == programme.region) & (rows["status"] == "scored")]
    parts = rows[~rows["node"].isin((ROOT, "improvement"))].to_dict("records")
    out = [_scores(programme, r["round"], r["node"], r["value"], "scored", r["source"]) for r in parts]
    for state in programme.rounds:
        if state.state == "inferred":
            later = rows[rows["round"] == rows["round"].min()].set_index("node")["value"]
            value = round(later[ROOT] - later["improvement"], 4)
            out.append(_scores(programme, state.id, ROOT, value, "inferred", state.source))
    frame = pd.DataFrame(out, columns=list(SCORES.columns))
    frame = frame if until is None else frame[frame["round"] <= until]
    return SCORES.check(frame.sort_values("round", kind="stable", ignore_index=True))


def _scores(programme: Programme, round_name: str, node: str, value: float, status: str, source: str) -> dict:
    quality, cell = "A" if status == "scored" else "C", f"{programme.region} {round_name} {node}"
    row = (programme.region, round_name, node, "", "final", float(value), status, source, quality, "results.csv", cell)
    return dict(zip(SCORES.columns, row, strict=True))
