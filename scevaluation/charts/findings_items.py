"""Titles of the charts of items and targets: sentences that tested rules make from the rows. Never why, only what."""

from __future__ import annotations

from functools import reduce

import numpy as np
import pandas as pd

from scevaluation.charts.findings import few, names
from scevaluation.words import Fact, Sentence, Words, capital, decimals, lower, part_of

NEAR = 1e-9
ON_WAY = ("target_held", "on_track")
SLOW = ("too_slow", "far_too_slow")
AWAY = ("not_improving", "reached_now_falling")


def _only(rows: pd.DataFrame, column: str, labels: dict[str, str], most: bool) -> str:
    """Label of the one row that is largest (or smallest); "" where several are."""
    edge = rows[column].max() if most else rows[column].min()
    at = rows[(rows[column] - edge).abs() <= NEAR]
    return lower(labels.get(at["node"].iloc[0], at["node"].iloc[0])) if len(at) == 1 else ""


def _counts(words: Words, *numbers: int) -> list[str]:
    """Counts in one sentence written alike: spelled out where all are below ten, else in digits."""
    return [words.count(n) if max(numbers) < 10 else words.num(n, 0) for n in numbers]


def dumbbell(items: pd.DataFrame, labels: dict[str, str], name: str, words: Words) -> Sentence:
    """How many comparable items rose and fell, and the largest of each where it is one alone."""
    pairs = items[items["change"].notna()]
    up, down = pairs[pairs["change"] > NEAR], pairs[pairs["change"] < -NEAR]
    counts = _counts(words, len(pairs), len(up), len(down))
    places: dict = {"name": name, **dict(zip(("of", "up", "down"), counts, strict=True))}
    whole = max(len(up), len(down)) == len(pairs)
    kind = ("items.plain" if len(pairs) == len(items) else "items.comparable") + ("_one" if len(pairs) == 1 else "")
    places["of"] = Sentence(kind, {"n": part_of(len(pairs), len(pairs), words.count) if whole else counts[0]})
    if pairs.empty:
        return Sentence("finding.dumbbell.none", places)
    if up.empty and down.empty:
        return Sentence("finding.dumbbell.same", places)
    best = _only(up, "change", labels, True) if len(up) else ""
    worst = _only(down, "change", labels, False) if len(down) else ""
    if down.empty or up.empty:
        one = best or worst
        key = ("all_" if whole else "") + ("up" if down.empty else "down")
        return Sentence("finding.dumbbell." + key + ("_most" if one else ""), {**places, "most": one})
    key = "both_named" if best and worst and few((best, worst)) else "both"
    return Sentence("finding.dumbbell." + key, {**places, "best": best, "worst": worst})


def leverage(rows: pd.DataFrame, table: pd.DataFrame, words: Words) -> Sentence:
    """The item (or the two) by which the index would gain most, and how many have no score.

    Parameters
    ----------
    rows : DataFrame
        As drawn, sorted: label, reported, gain.
    table : LEVERAGE
    """
    silent = int((~table["reported"]).sum()) if len(table) else 0
    tail = [Sentence("finding.leverage.silent", {"n": words.count(silent)})] if silent else []
    seen = rows[rows["reported"]] if len(rows) else rows
    if seen.empty:
        return tail[0] if tail and len(rows) else Sentence("finding.leverage.none")
    most = seen["gain"].max()
    first = seen[(seen["gain"] - most).abs() <= NEAR]
    if not few(first["label"]):
        head = Sentence("finding.leverage.many", {"n": capital(words.count(len(first)))})
    elif len(first) > 1 or len(seen) == 1:
        head = Sentence("finding.leverage.one", {"first": words.join(lower(x) for x in first["label"])})
    else:
        next_best = seen.loc[seen.index.difference(first.index), "gain"].max()
        second = seen[(seen["gain"] - next_best).abs() <= NEAR]
        places = {"first": lower(first["label"].iloc[0]), "second": lower(second["label"].iloc[0])}
        two = len(second) == 1 and few(places.values())
        head = Sentence("finding.leverage.two" if two else "finding.leverage.one", places)
    return Sentence("finding.leverage.with", {"head": head, "tail": tail[0]}) if tail else head


def trajectory(paces: pd.Series, labels: dict[str, str], words: Words) -> Sentence:
    """Who is on the way to the target, who rises too slowly, and who does not rise towards it, by the verdicts on pace.

    Parameters
    ----------
    paces : Series of pace by node
    """
    known = {*ON_WAY, *SLOW, *AWAY}
    kinds = {"on": ON_WAY, "slow": SLOW, "away": AWAY, "unknown": set(paces) - known}
    groups = {key: [n for n in paces.index if paces[n] in those] for key, those in kinds.items()}
    groups = {key: nodes for key, nodes in groups.items() if nodes}
    if set(groups) <= {"unknown"}:
        return Sentence("finding.trajectory.open")
    if len(groups) == 1 and len(paces) > 1:
        kind, n = next(iter(groups)), len(paces)
        whole = words.count(n) if kind == "away" else capital(words.text(part_of(n, n, words.count)))
        return Sentence("finding.trajectory.all_" + kind, {"n": whole})
    clauses = [Sentence("finding.trajectory." + key, {"names": names(nodes, labels, words)}) for key, nodes in groups.items()]
    clauses[0] = Sentence(clauses[0].key, {"names": capital(clauses[0].places["names"])})
    return reduce(lambda first, second: Sentence("finding.two", {"first": first, "second": second}), clauses)


def way(says: pd.Series, value: float, name: str, words: Words) -> Sentence | None:
    """Of one way alone: value and target, and the chance to stand at the target in its round; None without such a chance.

    The headline of its report already tells the verdict on pace.

    Parameters
    ----------
    says : row of VERDICTS
    value : float
        Of the round, 0-100.
    """
    if np.isnan(says["p_hit"]) or says["target_round"] <= says["round"]:
        return None
    key = f"{says['round']}|{says.name}"
    aim = Fact(float(says["target"]), "VERDICTS", key, "target", decimals(says["target"]))
    chance = Fact(float(says["p_hit"]), "VERDICTS", key, "p_hit", 0, percent=True)
    places = {"name": name, "round": words.round(says["target_round"]), "target": aim, "chance": chance}
    places["value"] = Fact(float(value), "INDEX", key, "value100")
    return Sentence("finding.trajectory." + ("hold" if value >= says["target"] else "reach"), places)


def coverage(table: pd.DataFrame, labels: dict[str, str], round_name: str, words: Words) -> Sentence:
    """How many items of the round have no score, by name where they are few; else how many are estimates only."""
    now = table[table["round"] == round_name]
    asked = now[~now["mark"].isin(("not_asked", "not_applicable"))]
    missing, guess = asked[asked["mark"] == "missing"], asked[asked["mark"] == "estimated"]
    of, lacks, guessed = _counts(words, len(asked), len(missing), len(guess))
    places, whole = {"of": of, "round": words.round(round_name)}, part_of(len(asked), len(asked), words.count)
    if asked.empty or len(missing) == len(asked):
        return Sentence("finding.coverage.none", places)
    if len(missing):
        who = [lower(labels.get(x, x)) for x in missing["node"]]
        if few(who):
            return Sentence("finding.coverage.missing_named", {**places, "n": capital(lacks), "names": words.join(who)})
        return Sentence("finding.coverage.missing", {**places, "n": capital(lacks)})
    if len(guess):
        return Sentence("finding.coverage.estimated", {**places, "n": guessed, "of": whole})
    return Sentence("finding.coverage.whole", {**places, "of": whole})


def past(row: dict, name: str, words: Words) -> Sentence:
    """What became of a target whose round lies behind; `row` as `evaluate.targets.past_targets` makes it."""
    places = {"name": name, "target": words.short(row["target"]), "round": words.round(row["round"])}
    if not row["seen"]:
        return Sentence("finding.trajectory.past_unknown", places)
    places |= {"value": words.num(row["value"]), "seen": words.round(row["seen"])}
    if row["short"] <= 0:
        return Sentence("finding.trajectory.past_reached", places)
    return Sentence("finding.trajectory.past_missed", places | {"short": words.num(row["short"])})
