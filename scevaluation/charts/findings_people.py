"""Titles of the charts about people: who reported, agreed, claimed, followed up, and which programmes run on."""

from __future__ import annotations

import pandas as pd

from scevaluation.charts.findings import few, names
from scevaluation.words import Fact, Sentence, Words, part_of

ALL = "*"
RUNS = ("continues", "restarted", "moved", "taken_over")


def _fact(table: str, row, column: str, key: tuple[str, ...], digits: int = 2, **how) -> Fact:
    return Fact(float(row[column]), table, "|".join(str(row[k]) for k in key), column, digits, **how)


def agencies(rows: pd.DataFrame, labels: dict[str, str], words: Words) -> Sentence:
    """How many of the indicators due were reported, and by whom some were not; agencies that have no room are counted.

    Parameters
    ----------
    rows : RESPONSIBILITY
    labels : dict of agency to text
    """
    key = ("round", "agency", "sector")
    total = rows[(rows["agency"] == ALL) & (rows["sector"] == ALL)].iloc[0]
    lacks = rows[(rows["sector"] == ALL) & (rows["agency"] != ALL) & (rows["reported"] < rows["items"])]
    places = {c: _fact("RESPONSIBILITY", total, c, key, 0) for c in ("reported", "items")}
    if lacks.empty:
        return Sentence("finding.agencies.all", {"items": places["items"]})
    who = [labels.get(a, a) for a in lacks["agency"]]
    if not few(who):
        return Sentence("finding.agencies.many", {**places, "n": words.count(len(who))})
    return Sentence("finding.agencies.some", {**places, "names": words.join(who)})


def disagreement(panel: pd.DataFrame, whole, labels: dict[str, str], words: Words) -> Sentence:
    """What the interval of the overall agreement says, and where the assessors lie furthest apart.

    Parameters
    ----------
    panel : DataFrame
        The rows drawn, widest first.
    whole : row of AGREEMENT or None
        Of all items.
    """
    widest = panel["spread"].max()
    if widest == 0:
        return Sentence("finding.disagreement.none")
    where = panel.loc[panel["spread"] == widest, "indicator"].drop_duplicates()
    named = few(labels.get(i, i) for i in where)
    who = names(where, labels, words) if named else words("people.many_items", n=words.count(len(where)))
    places = {"names": who, "spread": words.num(widest, 2)}
    if whole is None or whole["judgement"] == "too_few":
        return Sentence("finding.disagreement.too_few", places)
    facts = {c: _fact("AGREEMENT", whole, c, ("round", "node")) for c in ("alpha", "low", "high")}
    return Sentence("finding.disagreement." + whole["judgement"], {**places, **facts})


def severity(now: pd.DataFrame, words: Words) -> Sentence:
    """Who is stricter and who is milder than the others, by the intervals of this round."""
    said = {k: list(now.loc[now["judgement"] == k, "assessor"]) for k in ("stricter", "milder")}
    if said["stricter"] and said["milder"]:
        return Sentence("finding.severity.both", {k: words.join(v) for k, v in said.items()})
    for kind, who in said.items():
        if who:
            return Sentence("finding.severity." + kind, {"names": words.join(who)})
    if (now["judgement"] == "too_few").all():
        return Sentence("finding.severity.too_few")
    return Sentence("finding.severity.alike" if (now["judgement"] == "alike").all() else "finding.severity.open")


def gap(rows: pd.DataFrame, labels: dict[str, str], words: Words) -> Sentence:
    """Whether agencies as a whole score themselves above what is verified, and who does so most for certain."""
    key = ("round", "agency")
    whole = rows[rows["agency"] == ALL].iloc[0]
    places = {"gap": _fact("GAP", whole, "gap", key, size=True)}
    certain = rows[(rows["agency"] != ALL) & (rows["judgement"] == whole["judgement"])]
    if whole["judgement"] in ("above", "below") and len(certain):
        most = certain.loc[certain["gap"].abs().idxmax()]
        places |= {"name": labels.get(most["agency"], most["agency"]), "most": _fact("GAP", most, "gap", key, size=True)}
        return Sentence(f"finding.gap.{whole['judgement']}_most", places)
    return Sentence("finding.gap." + whole["judgement"], places)


def followup(rows: pd.DataFrame, carried: pd.DataFrame, words: Words) -> Sentence:
    """How many recommendations are open, how many of these overdue, and how old the oldest open one is."""
    last = carried.iloc[-1]
    still = rows[rows["closed"] == ""]
    if still.empty:
        return Sentence("finding.followup.closed", {"n": words.count(len(rows))})
    places = {c: _fact("CARRIED", last, c, ("round",), 0) for c in ("open", "overdue")}
    key = "in_time" if not last["overdue"] else "overdue" if last["overdue"] < last["open"] else "overdue_all"
    oldest = still.loc[still["age"].idxmax()]
    years = {"age": _fact("FOLLOWUP", oldest, "age", ("round", "id"), 0)}
    age = Sentence("finding.followup.age" + {0: "_new", 1: "_one"}.get(oldest["age"], ""), years)
    return Sentence("finding.two", {"first": Sentence("finding.followup." + key, places), "second": age})


def continuity(rows: pd.DataFrame, cycle: str, before: pd.Series, words: Words) -> Sentence:
    """Of the programmes that began before the cycle of the year judged: how many run on, were cut off, give no later sign.

    Parameters
    ----------
    rows : CONTINUITY
    cycle : str
        Name of the cycle; '' if there is none or no programme is older, then all programmes are counted.
    before : bool Series
        Which rows began before it.
    """
    mine = rows[before] if cycle and before.any() else rows
    state = mine["state"].mask((mine["state"] == "continues") & (mine["rule"] == "sighting"), "sighted")
    counts = state.replace(dict.fromkeys(RUNS, "runs")).value_counts()
    kinds = ("runs", "sighted", "cut_off", "finished", "no_later_sign")
    fates = {words("people.count." + kind): int(counts[kind]) for kind in kinds if kind in counts}
    key, size = "finding.continuity." + ("before" if mine is not rows else "all"), len(mine)
    if len(fates) == 1:
        return Sentence(key + "_alike", {"n": part_of(size, size, words.count), "cycle": cycle, "parts": "".join(fates)})
    parts = words.join(f"{words.count(n)} {fate}" for fate, n in fates.items())
    return Sentence(key, {"n": words.count(size), "cycle": cycle, "parts": parts})
