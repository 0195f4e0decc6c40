"""RESPONSIBILITY and REPORTING: which agency answers for what, what it reported, and for how long it has not."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import NamedTuple

import numpy as np
import pandas as pd

from scevaluation.frames.people import ALL, REPORTING, RESPONSIBILITY
from scevaluation.instrument import SECTORS, Instrument
from scevaluation.period import Period

BASIS = ("final", "verified", "assessor")
COUNTED = ("scored", "inferred")
ITEM = ["region", "round", "indicator", "agency"]
DUTY = ["region", "round", "agency", "indicator", "sectors", "due", "reported", "score", "weight"]


def _parts(path: str, instrument: Instrument) -> tuple[str, ...]:
    """Sectors an indicator tells of; where not every indicator tells of one, the node of the top level that it belongs to."""
    return instrument.sectors_of(path) if instrument.tagged else (path.partition("/")[0],)


def _known(scores: pd.DataFrame) -> pd.DataFrame:
    """For every region, round, indicator and agency named in the scores: reported, applies, and the score that counts.

    That is the final one, else the verified one, else the mean of the assessors.
    """
    rows = scores[scores["agency"] != ""]
    known = rows["status"].isin(COUNTED) & rows["score"].notna()
    kind = rows["source"].str.split(":").str[0]
    item = rows.assign(known=known, applies=rows["status"] != "not_applicable", kind=kind, score=rows["score"].where(known))
    out = item.groupby(ITEM, sort=False).agg(reported=("known", "any"), due=("applies", "any"))
    by_kind = item.groupby([*ITEM, "kind"], sort=False)["score"].mean().unstack("kind").reindex(columns=list(BASIS))
    return out.assign(score=by_kind.bfill(axis=1)[BASIS[0]].reindex(out.index))


def _silent(rounds, region: str, known: pd.DataFrame, instruments: Mapping[str, Instrument]) -> pd.DataFrame:
    """Indicators that the instrument gives to an agency and of which a round's scores say nothing."""
    has = set(zip(known.index.get_level_values("round"), known.index.get_level_values("indicator"), strict=True))
    asked = ((r, p, n) for r in rounds for p, n in instruments[r].nodes.items() if n.agency and not n.children)
    keys = [(region, r, p, n.agency) for r, p, n in asked if (r, p) not in has]
    index = pd.MultiIndex.from_tuples(keys, names=ITEM) if keys else known.index[:0]
    return pd.DataFrame({"reported": False, "due": True, "score": np.nan}, index=index)


def duties(scores: pd.DataFrame, instruments: Mapping[str, Instrument]) -> pd.DataFrame:
    """What each agency owes in every round: a row an indicator and agency, with whether it was reported.

    Parameters
    ----------
    scores : SCORES
        Of one region, on the instruments' scales (`index.on_scale`).
    instruments : mapping of round to Instrument

    Returns
    -------
    DataFrame
        region, round, agency, indicator, sectors (tuple; see `_parts`), due (not where it is not applicable), reported (any source has a
        score), score (0-100, of what was verified), weight (in the index; 1 where weights are unknown). The agencies that a
        round's scores name for an indicator own it, else the one the instrument names; what nobody owns is left out.
    """
    if not len(scores):
        return pd.DataFrame(columns=DUTY)
    known, rounds = _known(scores), sorted(scores["round"].unique(), key=Period)
    parts = [known, _silent(rounds, scores["region"].iloc[0], known, instruments)]
    rows = pd.concat([t for t in parts if len(t)]).reset_index() if any(map(len, parts)) else known.reset_index()
    about: dict[tuple[str, str], tuple] = {}
    for r in rounds:
        i = instruments[r]
        weight = i.effective if i.weights != "unknown" else dict.fromkeys(i.nodes, 1.0)
        about |= {(r, p): (n, _parts(p, i), weight[p], i.scale) for n, p in enumerate(i.nodes)}
    found = [about[k] for k in zip(rows["round"], rows["indicator"], strict=True)]
    rows["score"] = [f[3].to100(v) for f, v in zip(found, rows["score"], strict=True)]
    for n, column in enumerate(("place", "sectors", "weight")):
        rows[column] = [f[n] for f in found]
    return rows.sort_values(["round", "place", "agency"], kind="stable", ignore_index=True)[DUTY]


class _Owed(NamedTuple):
    """Duties of one round as arrays, so that every cell of the table is a mask."""

    due: np.ndarray
    reported: np.ndarray
    score: np.ndarray
    weight: np.ndarray

    def cell(self, mine: np.ndarray) -> tuple:
        """items, reported, share, score, state of the duties at `mine`."""
        due = mine & self.due
        many, reported = int(due.sum()), int((due & self.reported).sum())
        known = due & np.isfinite(self.score)
        weight = self.weight[known].sum()
        score = float((self.score[known] * self.weight[known]).sum() / weight) if weight else float("nan")
        return many, reported, reported / many if many else float("nan"), score, _state(bool(mine.any()), many, reported)


def _state(owned: bool, due: int, reported: int) -> str:
    if not owned:
        return "not_responsible"
    if not due:
        return "not_applicable"
    return "reported" if reported == due else "partly_reported" if reported else "not_reported"


def responsibility(owed: pd.DataFrame, agencies: tuple[str, ...], round_name: str, outside: Set[str] = frozenset()) -> pd.DataFrame:
    """Agencies by sectors in one round, with totals.

    Parameters
    ----------
    owed : DataFrame
        As `duties` returns.
    agencies : tuple of str
        Order of the agencies; others follow. One that owes nothing in the round has no row.
    round_name : str
    outside : set of str
        Bodies outside the regency's government: last, and no part of the totals of all agencies.

    Returns
    -------
    RESPONSIBILITY
        Every agency with every sector of the round, and '*' for all; what an agency does not answer for is
        `not_responsible`, which is not the same as `not_reported`. An indicator of two sectors counts in both, once in '*'.
    """
    now = owed[owed["round"] == round_name]
    if now.empty:
        return RESPONSIBILITY.empty()
    mine = set(now["agency"])
    rows = sorted([*(a for a in agencies if a in mine), *sorted(mine - set(agencies))], key=lambda a: a in outside)
    seen = {s for tags in now["sectors"] for s in tags}
    others = [s for s in dict.fromkeys(s for tags in now["sectors"] for s in tags) if s not in (*SECTORS, "")]
    sectors = [s for s in (*SECTORS, *others, "") if s in seen]
    owed_now = _Owed(*(now[c].to_numpy(kind) for c, kind in (("due", bool), ("reported", bool), ("score", float), ("weight", float))))
    every = np.ones(len(now), bool)
    owns = {a: (now["agency"] == a).to_numpy(bool) for a in rows} | {ALL: (~now["agency"].isin(outside)).to_numpy(bool)}
    counts = {s: np.array([s in tags for tags in now["sectors"]]) for s in sectors} | {ALL: every}
    region = now["region"].iloc[0]
    out = [(region, round_name, a, s, *owed_now.cell(owns[a] & counts[s])) for a in owns for s in counts]
    return RESPONSIBILITY.of(out)


def reporting(owed: pd.DataFrame) -> pd.DataFrame:
    """REPORTING: what each agency left out, round by round, and since when, from what `duties` returns.

    A row a round and agency with something due. `streak` counts rounds in which something was due.
    """
    due = owed[owed["due"].astype(bool)]
    keys, gone = ["region", "agency", "round"], due[~due["reported"].astype(bool)]
    counts = pd.DataFrame({"due": due.groupby(keys, sort=True).size()})
    by = gone.groupby(keys, sort=True)["indicator"]
    counts["here"], counts["paths"] = by.size().reindex(counts.index, fill_value=0), by.agg(" ".join).reindex(counts.index, fill_value="")
    counts = counts.reset_index()
    out = []
    for (region, agency), mine in counts.groupby(["region", "agency"], sort=True):
        late = streak = 0
        ordered = sorted(mine.itertuples(index=False), key=lambda r: Period(r.round))
        for n, r in enumerate(ordered, 1):
            missing = int(r.here)
            late, streak = late + bool(missing), streak + 1 if missing else 0
            out.append((region, r.round, agency, int(r.due), missing, n, late, streak, r.paths))
    return REPORTING.of(sorted(out, key=lambda row: Period(row[1]).time))
