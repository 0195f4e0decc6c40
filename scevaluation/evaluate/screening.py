"""Screening of citizen surveys: straight lines, copied respondents, too few, the wrong people; each as a row of ISSUES.

Nothing but the wrong target group is left out of a mean: what looks odd is shown, and who ran the survey is asked.
"""

from __future__ import annotations

from itertools import combinations
from math import ceil, log

import numpy as np
import pandas as pd

from scevaluation.frames import ISSUES
from scevaluation.issues import clean_text

LEAST = 50  # respondents a dimension in the ministry's impact survey of 2023
STRAIGHT_ITEMS, STRAIGHT_SHARE = 5, 0.3
CHANCE = 0.01  # a copied block is one that chance would bring less often than once in a hundred surveys
SHORTEST, PATTERNS = 5, 3


def sample_size(population: int) -> int:
    """Respondents needed of a population for 5 % error with 95 % confidence (Krejcie and Morgan 1970, as PermenPANRB 14/2017).

    >>> sample_size(1000)
    278
    """
    spread = 3.841 * 0.25
    return round(spread * population / (0.05**2 * (population - 1) + spread)) if population > 0 else 0


def usable(answers: pd.DataFrame, target: tuple[str, ...] = ()) -> pd.DataFrame:
    """ANSWERS without respondents of another group than those in `target`; who names no group stays."""
    if not target:
        return answers.reset_index(drop=True)
    wanted = {g.casefold() for g in target}
    keep = (answers["group"] == "") | answers["group"].str.casefold().isin(wanted)
    return answers[keep].reset_index(drop=True)


def screen(answers: pd.DataFrame, target: tuple[str, ...] = (), population: int = 0, least: int = LEAST) -> pd.DataFrame:
    """What is odd about the respondents of a survey.

    Parameters
    ----------
    answers : ANSWERS
        Of any number of rounds and units; each round and unit is a sample.
    target : tuple of str
        Groups the survey is meant for; empty: not asked.
    population : int
        Users of the service, if known: then the sample asked is Krejcie and Morgan's, else `least`.

    Returns
    -------
    ISSUES
        file, cell (round and unit), and one of
        survey_straight (30 % or more gave one answer to all of five or more items),
        survey_copied (a run of respondents stands twice with the same answers in the same order; how long a run must be
        follows from how often two respondents of this survey agree anyway),
        survey_reused (the same between two units or rounds),
        survey_few, survey_wrong_group, survey_no_group.
    """
    if answers.empty:
        return ISSUES.empty()
    counted = usable(answers, target)
    found: list[dict] = []
    samples: dict[tuple[str, str], pd.DataFrame] = {}
    for (round_name, unit), rows in answers.groupby(["round", "unit"], sort=False):
        where = {"file": rows["file"].iloc[0], "cell": f"{round_name} {unit}".strip()}
        samples[round_name, unit] = _patterns(rows)
        mine = counted[(counted["round"] == round_name) & (counted["unit"] == unit)]
        found += _groups(rows, target, where) + _few(mine, population, least, where)
        found += _straight(samples[round_name, unit], where) + _copied(samples[round_name, unit], where)
    found += _reused(samples, answers)
    return ISSUES.check(pd.DataFrame(found, columns=list(ISSUES.columns)))


def _row(where: dict, problem: str, found: str, expected: str = "", severity: str = "warning") -> dict:
    texts = {"found": clean_text(found, 120), "expected": clean_text(expected, 120)}
    return {**where, "problem": problem, "severity": severity, **texts, "remedy": "ask_back"}


def _patterns(rows: pd.DataFrame) -> pd.DataFrame:
    """Answers of one sample, a row a respondent in the file's order; only items that were asked."""
    return rows.pivot(index="respondent", columns="item", values="answer").reindex(rows["respondent"].drop_duplicates())


def _few(rows: pd.DataFrame, population: int, least: int, where: dict) -> list[dict]:
    n = int(rows.loc[rows["answer"].notna(), "respondent"].nunique())
    needed = sample_size(population) if population else least
    return [_row(where, "survey_few", str(n), str(needed))] if n < needed else []


def _groups(rows: pd.DataFrame, target: tuple[str, ...], where: dict) -> list[dict]:
    if not target:
        return []
    group = rows.drop_duplicates("respondent")["group"]
    wanted = {g.casefold() for g in target}
    wrong = group[(group != "") & ~group.str.casefold().isin(wanted)]
    out, shown = [], ", ".join(target)
    if len(wrong):
        names = ", ".join(f"{name} {n}" for name, n in wrong.value_counts(sort=True).items())
        out.append(_row(where, "survey_wrong_group", f"{len(wrong)}/{len(group)} ({names})", shown))
    if (group == "").any():
        out.append(_row(where, "survey_no_group", f"{int((group == '').sum())}/{len(group)}", shown, "note"))
    return out


def straight(patterns: pd.DataFrame) -> np.ndarray:
    """Whether each respondent (row) gave one answer to all of at least five items."""
    answered = patterns.notna().sum(axis=1)
    return ((answered >= STRAIGHT_ITEMS) & (patterns.nunique(axis=1) == 1)).to_numpy()


def _straight(patterns: pd.DataFrame, where: dict) -> list[dict]:
    lines, asked = straight(patterns), int((patterns.notna().sum(axis=1) >= STRAIGHT_ITEMS).sum())
    if not asked or lines.sum() / asked < STRAIGHT_SHARE:
        return []
    return [_row(where, "survey_straight", f"{int(lines.sum())}/{asked}", f"{STRAIGHT_SHARE:.0%}")]


def _codes(*tables: pd.DataFrame) -> list[np.ndarray]:
    """A number for each respondent's full set of answers, the same for the same answers across tables; -1 for incomplete."""
    items = list(tables[0].columns)
    stacked = pd.concat([t.reindex(columns=items) for t in tables])
    code = stacked.groupby(items, sort=False, dropna=False).ngroup().to_numpy()
    code = np.where(stacked.notna().all(axis=1), code, -1)
    return np.split(code, np.cumsum([len(t) for t in tables])[:-1])


def _longest(a: np.ndarray, b: np.ndarray) -> int:
    """Most respondents of an unbroken run with the same answers in `a` and `b`, of three or more different sets of answers."""
    same = (a == b) & (a >= 0)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], same, [False]]).astype(int)))
    runs = [(i, j) for i, j in zip(edges[::2], edges[1::2], strict=True) if j - i >= SHORTEST]
    return max((j - i for i, j in runs if len(np.unique(a[i:j])) >= PATTERNS), default=0)


def _needed(a: np.ndarray, b: np.ndarray, pairs: float) -> int:
    """How long a run must be so that chance brings it in fewer than one survey of a hundred."""
    share_a, share_b = (np.bincount(c[c >= 0], minlength=int(max(a.max(), b.max())) + 1) / max(len(c), 1) for c in (a, b))
    agree = float((share_a * share_b).sum())
    if agree <= 0:
        return SHORTEST
    return max(SHORTEST, ceil(log(max(pairs, 1) / CHANCE) / -log(min(agree, 0.999))))


def _shifted(a: np.ndarray, b: np.ndarray, lags) -> int:
    """The longest common run over the shifts `lags` of b against a."""
    best = 0
    for lag in lags:
        one, two = (a[lag:], b) if lag >= 0 else (a, b[-lag:])
        size = min(len(one), len(two))
        best = max(best, _longest(one[:size], two[:size])) if size >= SHORTEST else best
    return best


def _copied(patterns: pd.DataFrame, where: dict) -> list[dict]:
    """A run of respondents that stands a second time further down the same sample."""
    if len(patterns) < 2 * SHORTEST or patterns.shape[1] < STRAIGHT_ITEMS:
        return []
    (code,) = _codes(patterns)
    run = _shifted(code, code, range(SHORTEST, len(code)))
    needed = _needed(code, code, len(code) ** 2 / 2)
    return [_row(where, "survey_copied", f"{run}/{len(code)}", str(needed))] if run >= needed else []


def _reused(samples: dict[tuple[str, str], pd.DataFrame], answers: pd.DataFrame) -> list[dict]:
    """Runs of respondents shared by two samples with the same items."""
    out = []
    for (first, one), (second, two) in combinations(samples.items(), 2):
        if set(one.columns) != set(two.columns) or one.shape[1] < STRAIGHT_ITEMS:
            continue
        a, b = _codes(one, two)
        run = _shifted(a, b, range(-len(b) + 1, len(a)))
        if run >= _needed(a, b, len(a) * len(b)):
            mine = answers[(answers["round"] == second[0]) & (answers["unit"] == second[1])]
            where = {"file": mine["file"].iloc[0], "cell": " ".join(second).strip()}
            out.append(_row(where, "survey_reused", f"{run}/{len(b)}", " ".join(first).strip()))
    return out
