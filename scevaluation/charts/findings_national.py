"""Titles and findings over all regions of a letter: made by tested rules from the tables drawn."""

from __future__ import annotations

import pandas as pd

from scevaluation.frames import ROOT
from scevaluation.node import Scale
from scevaluation.words import Fact, Sentence, Words, capital, lower

MANY = 2  # more tied names than this are counted instead


def total(cohorts: pd.DataFrame) -> pd.Series:
    """The row of COHORTS over all cohorts."""
    return cohorts[cohorts["cohort"] == "all"].iloc[0]


def of_cohort(row, column: str, digits: int = 0, sign: bool = False, size: bool = False) -> Fact:
    """A number of a COHORTS row, tied to its cell."""
    return Fact(float(row[column]), "COHORTS", f"{row['round']}|{row['cohort']}", column, digits, sign, size)


def of_region(row, column: str, digits: int = 2, sign: bool = False, size: bool = False) -> Fact:
    """A number of a REGIONS row, tied to its cell."""
    return Fact(float(row[column]), "REGIONS", f"{row['region']}|{row['round']}", column, digits, sign, size)


def of_spread(row, column: str = "p50") -> Fact:
    """A number of a SPREAD row, tied to its cell."""
    return Fact(float(row[column]), "SPREAD", f"{row['round']}|{row['cohort']}|{row['node']}", column, 2)


def headline(cohorts: pd.DataFrame, scale: Scale) -> Sentence:
    """Whether the regions moved together: the median change against what is small on the scale; without published changes, the level."""
    row = total(cohorts)
    if not row["with_change"]:
        return Sentence("nation.headline.level", {"median": of_cohort(row, "median", 2), "best": f"{scale.high:g}"})
    places = {"rose": of_cohort(row, "rose"), "fell": of_cohort(row, "fell"), "n": of_cohort(row, "with_change")}
    if abs(round(row["common"], 9)) <= scale.small:
        return Sentence("nation.headline.still", places)
    key = "nation.headline.up" if row["common"] > 0 else "nation.headline.down"
    return Sentence(key, {**places, "common": of_cohort(row, "common", 2, size=True)})


def lede(cohorts: pd.DataFrame, scale: Scale) -> Sentence:
    """Median, the middle eight of ten, and who took part."""
    row = total(cohorts)
    places: dict = {name: of_cohort(row, name, 2) for name in ("median", "p10", "p90")} | {"best": f"{scale.high:g}"}
    return Sentence("nation.lede", {**places, "took_part": of_cohort(row, "took_part"), "listed": of_cohort(row, "listed")})


def farthest(regions: pd.DataFrame, words: Words) -> Sentence | None:
    """The region with the largest rise and that with the largest fall, the cohort's common movement taken off."""
    net = regions["net"].round(9)
    clauses = []
    for key, extreme in (("nation.found.rose", net.max()), ("nation.found.fell", net.min())):
        if pd.isna(extreme) or extreme == 0 or (extreme > 0) != (key == "nation.found.rose"):
            continue
        tied = regions[net == extreme]
        names = words.join(tied["name"]) if len(tied) <= MANY else words("nation.found.tied", n=words.count(len(tied)))
        clauses.append(Sentence(key, {"names": names, "net": of_region(tied.iloc[0], "net", size=True)}))
    if not clauses:
        return None
    if len(clauses) == 1:
        return Sentence("nation.found.one", {"first": clauses[0]})
    return Sentence("nation.found.both", {"first": clauses[0], "second": clauses[1]})


def comparable(cohorts: pd.DataFrame) -> Sentence | None:
    """How many signs turn with the earlier letter's weights; None without regions in both letters."""
    row = total(cohorts)
    if not row["pairs"]:
        return None
    places = {"n": of_cohort(row, "flips"), "of": of_cohort(row, "pairs"), "shift": of_cohort(row, "shift", 2, sign=True)}
    return Sentence("nation.found.flips" if row["flips"] else "nation.found.no_flips", places)


def uncertain(cohorts: pd.DataFrame) -> Sentence:
    """How wide the interval of a rank is for half the participants."""
    return Sentence("nation.found.width", {"width": of_cohort(total(cohorts), "width")})


def absent(cohorts: pd.DataFrame) -> Sentence:
    """Who did not take part is counted, never scored."""
    row = total(cohorts)
    places = {"n": of_cohort(row, "absent"), "listed": of_cohort(row, "listed")}
    return Sentence("nation.found.absent" if row["absent"] else "nation.found.none_absent", places)


def lowest(spread: pd.DataFrame, labels: dict[str, str], words: Words) -> Sentence:
    """The component with the lowest median in each cohort; with one cohort also the highest."""
    parts = spread[spread["node"] != ROOT]
    low = parts.loc[parts.groupby("cohort")["p50"].idxmin()]
    if len(low) == 1:
        high = parts.loc[parts["p50"].idxmax()]
        places = {"low": lower(labels[low["node"].iloc[0]]), "value": of_spread(low.iloc[0]), "best": of_spread(high)}
        return Sentence("finding.distribution.one", {**places, "high": lower(labels[high["node"]])})
    if low["node"].nunique() == 1:
        values = [Sentence("nation.in_cohort", {"value": of_spread(r), "cohort": r["cohort"]}) for _, r in low.iterrows()]
        return Sentence("finding.distribution.same", {"name": lower(labels[low["node"].iloc[0]]), "values": _chain(values)})
    told = [{"name": lower(labels[r["node"]]), "value": of_spread(r), "cohort": r["cohort"]} for _, r in low.iterrows()]
    each = [Sentence("finding.distribution.each", places) for places in told]
    return Sentence("finding.distribution.differs", {"each": _chain(each)})


def _chain(parts: list[Sentence]) -> Sentence:
    """Sentences as one, so that their facts stay facts."""
    first, *rest = parts
    return Sentence("nation.and", {"first": first, "second": _chain(rest)}) if rest else first


def movers(cohorts: pd.DataFrame) -> Sentence:
    """How many rose, fell and hardly moved."""
    row = total(cohorts)
    places = {name: of_cohort(row, name) for name in ("rose", "fell", "small")}
    return Sentence("finding.movers", {**places, "n": of_cohort(row, "with_change")})


def flips(cohorts: pd.DataFrame, words: Words) -> Sentence:
    """How many of the regions of both letters turn their sign."""
    row = total(cohorts)
    key = "finding.flips.some" if row["flips"] else "finding.flips.none"
    return Sentence(key, {"n": of_cohort(row, "flips"), "of": of_cohort(row, "pairs")})


def short(name: str) -> str:
    """A region's name with the usual short form of Kabupaten."""
    return f"Kab. {name.removeprefix('Kabupaten ')}" if name.startswith("Kabupaten ") else capital(name)
