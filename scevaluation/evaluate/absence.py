"""A round that a region of the ministry's letter did not take part in: what is known of it besides, and nothing computed of nothing."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from scevaluation.errors import RoundError
from scevaluation.evaluate.inputs import cohort_instruments, hashes, region_files
from scevaluation.evaluate.places import group_of, groups, located
from scevaluation.frames import ROOT
from scevaluation.frames.national import LETTERS
from scevaluation.instrument import Instrument
from scevaluation.intake import official as letters
from scevaluation.intake import release
from scevaluation.intake.public import provenance
from scevaluation.programme import Programme, load_programme
from scevaluation.region import ABSENT
from scevaluation.region import letters as published_letters


@dataclass(frozen=True, eq=False)
class Absence:
    """What is known of a region in a round that it did not take part in.

    Attributes
    ----------
    programme : Programme
    round, cohort : str
        The round, and the cohort that its letter lists the region in.
    instrument : Instrument
        By which that cohort was scored.
    official : DataFrame
        All rows of the letter, as `intake.official.read_official` returns them.
    groups : GROUPS
        Seen from the region.
    letters : LETTERS
        The region in every letter that is carried.
    provenance : dict
        SHA-256 of every input file by name relative to data/.
    """

    programme: Programme
    round: str
    cohort: str
    instrument: Instrument
    official: pd.DataFrame
    groups: pd.DataFrame
    letters: pd.DataFrame
    provenance: dict[str, str]

    @property
    def province(self) -> pd.DataFrame:
        """The other regions of its province in the letter, as `evaluate.places.located` returns them, by name."""
        rows = located(self.official, "province", self.programme.region)
        there = rows["group"] == group_of(self.programme.region, "province")
        return rows[there & (rows["region"] != self.programme.region)].sort_values("name", ignore_index=True)


def letter_table(region: str) -> pd.DataFrame:
    """LETTERS of a region, by round."""
    out = []
    for letter in published_letters().to_dict("records"):
        rows = letters.read_official(letter["round"])
        own = rows[(rows["region"] == region) & (rows["node"] == ROOT)]
        about = {"region": region, "round": letter["round"], "letter": letter["letter"]}
        found = own[["cohort", "status", "value"]].to_dict("records") or [{"cohort": "", "status": "not_listed", "value": float("nan")}]
        out.append(about | found[0])
    return LETTERS.of(sorted(out, key=lambda row: row["round"]))


def evaluate_absence(programme: str | Programme, round_name: str, public: bool = False) -> Absence:
    """What is known of a region in a round whose letter lists it as one that did not take part; `public`: see `redaction`.

    Raises
    ------
    RoundError
        If the programme does not know the round, or its region was not absent from it.
    """
    plan = load_programme(programme) if isinstance(programme, str) else programme
    state = plan.round(round_name)
    if state.state != ABSENT:
        raise RoundError(f"No letter says that {plan.id} did not take part in {state.id}.", "Evaluate it with evaluate_round.")
    official = letters.read_official(state.id)
    cohort = official.loc[official["region"] == plan.region, "cohort"].iloc[0]
    instrument = cohort_instruments(state.id, [cohort])[cohort]
    tables = (official, groups(official, plan.region), letter_table(plan.region))
    inputs = hashes(region_files())
    if public:
        plan = release.public(plan)
        inputs = provenance(inputs, plan)
    return Absence(plan, state.id, cohort, instrument, *tables, inputs)
