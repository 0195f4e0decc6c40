"""What was found in old workbooks, as tables alone, so that a correction of a row needs no second reading."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from scevaluation.frames.past import PAST_COLUMNS, PAST_INDICATORS, PAST_PRINTED, PAST_ROUNDS, PAST_SCORES, PAST_UNUSED
from scevaluation.words import Words

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Found:
    """What files say: PAST_ROUNDS, PAST_COLUMNS, PAST_INDICATORS, PAST_SCORES, PAST_PRINTED and PAST_UNUSED.

    A user's corrections change rows of the first three alone. Scores and printed figures join to them by `block`, by `code` (in
    the block's `instrument`), and scores by `file`, `sheet` and `column`.
    """

    rounds: pd.DataFrame
    columns: pd.DataFrame
    indicators: pd.DataFrame
    scores: pd.DataFrame
    printed: pd.DataFrame
    unused: pd.DataFrame

    def checked(self) -> Found:
        """The same, each table held against its contract."""
        contracts = (PAST_ROUNDS, PAST_COLUMNS, PAST_INDICATORS, PAST_SCORES, PAST_PRINTED, PAST_UNUSED)
        names = ("rounds", "columns", "indicators", "scores", "printed", "unused")
        return replace(self, **{n: c.check(getattr(self, n)) for n, c in zip(names, contracts, strict=True)})

    def taken(self, used: bool = True) -> pd.DataFrame:
        """The scores of all rounds that are used, or of those that are not, as the corrected tables have them.

        Returns
        -------
        pandas.DataFrame
            PAST_SCORES with `round`, `instrument` and `level` of its block; those without a score stay, with their status.
        """
        import pandas as pd

        rounds = self.rounds[(self.rounds["use"] == used) & self.rounds["held"] & (self.rounds["round"] != "")]
        place = ["file", "sheet", "column"]
        rows = self.scores.merge(rounds[["block", "round", "instrument", "level", "percent"]], on="block", validate="m:1")
        rows = rows.merge(self.columns[[*place, "role", "source"]], on=place, suffixes=("", "_column"), validate="m:1")
        rows = rows[rows["role"] == "score"]
        rows = rows.merge(self.indicators[["instrument", "code"]], on=["instrument", "code"], validate="m:1")
        part = (rows["kept"] == "percent") & (rows["percent"] == "fraction")
        rows["score"] = rows["score"].where(~part, rows["score"] / 100)
        rows["source"] = rows["source"].where(rows["source_column"] == "", rows["source_column"])
        return pd.DataFrame(rows[[*PAST_SCORES.columns, "round", "instrument", "level"]])


def because(key: str, **places) -> str:
    """A `why` of the tables: a key of words and what fills it.

    >>> because("past.sheet", said="2018-1")
    'past.sheet|said=2018-1'
    """
    return "|".join([key, *(f"{name}={' '.join(str(value).replace('|', '/').split())}" for name, value in places.items())])


def said(why: str, w: Words) -> str:
    """The sentence of a `why`; '' of none."""
    key, *places = why.split("|")
    return w(key, **dict(p.partition("=")[::2] for p in places)) if key else ""
