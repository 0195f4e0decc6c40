"""What citizens say: five service qualities, the satisfaction score (SKM), and which indicators matter most and score least.

Means come with 90 % intervals on 0-100. A survey's interval is Student's t over its respondents; an item's is the
assessors' scatter, pooled over the round, or how far the value could lie if what is missing were known.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pandas as pd
from scipy.special import stdtrit  # Student's t quantile; scipy.stats takes half a second to load

from scevaluation.evaluate.index import on_scale
from scevaluation.evaluate.inputs import hashes, round_inputs
from scevaluation.evaluate.redaction import told_issues
from scevaluation.frames import ISSUES, ROOT
from scevaluation.frames.surveys import ANSWERS, IMPORTANCE, QUALITIES, SKM, SURVEY
from scevaluation.instrument import QUALITIES as NAMES
from scevaluation.instrument import Instrument, Scale, load_instrument
from scevaluation.intake import public as open_
from scevaluation.intake import release
from scevaluation.intake.survey import HIGH, LOW, SKM_INSTRUMENT, accepted_survey, elements, read_summary, survey_file
from scevaluation.period import Period
from scevaluation.programme import Programme, load_programme

LEVEL = 0.95  # one-sided, so that both ends hold 90 %
POINTS = 100 / (HIGH - LOW)
# PermenPANRB 14/2017: the index is the mean of nine elements times 25; classes begin at these values, to two decimals.
CLASSES = (("A", "88.31"), ("B", "76.61"), ("C", "65.00"), ("D", "25.00"))
TIMES, ROUNDED_WEIGHT = 25.0, 0.11
EDGE = 1e-9
RESPONDENT = ["region", "round", "unit", "respondent"]


@dataclass(frozen=True, eq=False)
class Surveyed:
    """A round as far as a survey can tell of it, whether or not it was scored.

    Attributes
    ----------
    programme : Programme
    round : str
    provenance : dict
        SHA-256 of every input file by name relative to data/.
    """

    programme: Programme
    round: str
    provenance: dict[str, str]

    @property
    def instrument(self) -> Instrument:
        """The nine elements."""
        return load_instrument(SKM_INSTRUMENT)


def survey_round(programme: str | Programme, round_name: str, public: bool = False) -> Surveyed:
    """A round of a programme for what its survey says; RoundError if the programme does not know the round."""
    plan = load_programme(programme) if isinstance(programme, str) else programme
    name = plan.round(round_name).id
    inputs = hashes(round_inputs(plan, name))
    plan = release.public(plan) if public else plan
    return Surveyed(plan, name, open_.provenance(inputs, plan))


def summarise(answers: pd.DataFrame) -> pd.DataFrame:
    """Number, mean and standard deviation of every item.

    Parameters
    ----------
    answers : ANSWERS
        Of respondents who count; `evaluate.screening.usable` leaves the others out.

    Returns
    -------
    SURVEY
        A row for each item somebody was asked, also if nobody answered it.
    """
    if answers.empty:
        return SURVEY.empty()
    grouped = answers.groupby(["region", "round", "item"], sort=False)
    out = grouped["answer"].agg(n="count", mean="mean", sd="std").reset_index()
    source = grouped["file"].agg(lambda f: ", ".join(dict.fromkeys(f))).to_numpy()
    return SURVEY.check(out.assign(source=source))


def quality_answers(answers: pd.DataFrame) -> pd.DataFrame:
    """ANSWERS by service quality: a respondent's mean over the elements of the satisfaction survey that tell of each.

    Questions about a quality itself go before elements tagged with it; both in one survey are not mixed.
    """
    nodes = load_instrument(SKM_INSTRUMENT).nodes
    tags = {item: nodes[item].quality for item in elements()}
    asked = set(answers["item"]) & set(NAMES)
    quality = answers["item"].map(lambda i: i if i in NAMES else tags.get(i, "") if not asked else "")
    rows = answers.assign(item=quality)[quality != ""]
    if rows.empty:
        return ANSWERS.empty()
    first = {c: "first" for c in ("group", "file", "cell")}
    return ANSWERS.check(rows.groupby([*RESPONDENT, "item"], sort=False).agg({**first, "answer": "mean"}).reset_index())


def qualities(survey: pd.DataFrame, region: str, round_name: str) -> pd.DataFrame:
    """The five qualities of a round as citizens see them, beside the survey before.

    Parameters
    ----------
    survey : SURVEY
        Of any rounds; only the region's up to `round_name` are used.

    Returns
    -------
    QUALITIES
        Five rows in fixed order, empty if the round had no survey. The interval of a change is Welch's, of two independent
        samples. Fewer than two respondents, or all of one answer, give no interval: there is no scatter to judge by.
    """
    mine = survey[(survey["region"] == region) & survey["item"].isin(NAMES) & survey["mean"].notna()]
    rounds = sorted((r for r in set(mine["round"]) if Period(r) <= Period(round_name)), key=Period)
    if str(Period(round_name)) not in rounds:
        return QUALITIES.empty()
    previous = rounds[-2] if len(rounds) > 1 else ""
    now, before = (mine[mine["round"] == r].set_index("item").reindex(list(NAMES)) for r in (rounds[-1], previous))
    n, value = now["n"].fillna(0).astype(int), (now["mean"] - LOW) * POINTS
    error, error_before = (np.sqrt(t["sd"] ** 2 / t["n"].where(t["n"] > 1)).where(t["sd"] > 0) * POINTS for t in (now, before))
    half = error * stdtrit((now["n"] - 1).clip(lower=1), LEVEL)
    earlier = (before["mean"] - LOW) * POINTS
    both = np.hypot(error, error_before)
    freedom = both**4 / (error**4 / (now["n"] - 1).clip(lower=1) + error_before**4 / (before["n"] - 1).clip(lower=1))
    width = both * stdtrit(freedom, LEVEL)
    change = value - earlier
    found = {"value100": value, "low": (value - half).clip(lower=0), "high": (value + half).clip(upper=100), "n": n}
    found |= {"before": earlier, "change": change, "change_low": change - width, "change_high": change + width}
    about = {"region": region, "round": rounds[-1], "of": int(n.max()), "basis": "survey", "previous": previous}
    return QUALITIES.check(pd.DataFrame(found).rename_axis("quality").reset_index().assign(**about))


def spread(scores: pd.DataFrame, scale: Scale) -> pd.Series:
    """Half-width of the 90 % interval of every indicator's panel mean, points of 0-100, by indicator.

    The variance between the assessors of one indicator and agency is pooled over all of the round (Student's t with the
    pooled degrees of freedom), so that a panel that happens to agree once is not taken for certain. Whether one assessor is
    severe throughout is asked elsewhere. Empty without two assessors.
    """
    rows = scores[scores["source"].str.startswith("assessor:") & scores["score"].notna()]
    cells = rows.groupby(["indicator", "agency"])["score"].agg(["count", "var"])
    cells["freedom"] = cells["count"] - 1
    freedom = int(cells["freedom"].sum())
    if freedom < 1:
        return pd.Series(dtype=float)
    pooled = float((cells["var"].fillna(0) * cells["freedom"]).sum()) / freedom
    panel = cells.groupby(level=0)["count"].sum()
    return stdtrit(freedom, LEVEL) * np.sqrt(pooled / panel) * 100 / (scale.high - scale.low)


def _items(index: pd.DataFrame, scores: pd.DataFrame, instrument: Instrument, region: str, round_name: str) -> pd.DataFrame:
    """The lowest nodes of a round: node, weight, value100, low, high (bounds of what is missing), half (assessors)."""
    rows = index[(index["region"] == region) & (index["round"] == round_name) & index["weight"].notna()]
    rows = rows[(rows["node"] != ROOT) & ~rows["node"].str.startswith("sector:") & (rows["status"] != "not_applicable")]
    inner = {n.rsplit("/", 1)[0] for n in rows["node"] if "/" in n}
    rows = rows[~rows["node"].isin(inner)].reset_index(drop=True)
    mine = scores[(scores["region"] == region) & (scores["round"] == round_name)]
    half = rows["node"].map(spread(on_scale(mine, {round_name: instrument}), instrument.scale)).astype(float)
    return rows[["node", "weight", "value100", "low", "high"]].assign(half=half)


def item_qualities(
    index: pd.DataFrame, scores: pd.DataFrame, instrument: Instrument, region: str, round_name: str
) -> pd.DataFrame:
    """The five qualities from the instrument's items tagged with them, for a round without a survey.

    Returns
    -------
    QUALITIES
        Weighted as in the index. Missing below the instrument's coverage. The interval holds the assessors' scatter and what
        is missing at its worst and best; where neither is known there is none. Empty if no item is tagged.
    """
    items = _items(index, scores, instrument, region, round_name)
    items["quality"] = items["node"].map(lambda n: instrument.nodes[n].quality)
    if not (items["quality"] != "").any():
        return QUALITIES.empty()
    rows = [_quality(name, items[items["quality"] == name], instrument.coverage) for name in NAMES]
    missing = dict.fromkeys(("before", "change", "change_low", "change_high"), np.nan)
    return QUALITIES.check(pd.DataFrame(rows).assign(region=region, round=round_name, basis="items", previous="", **missing))


def _quality(name: str, items: pd.DataFrame, coverage: float) -> dict:
    """One quality over its items."""
    out = {"quality": name, "value100": np.nan, "low": np.nan, "high": np.nan, "n": 0, "of": len(items)}
    total, seen = items["weight"].sum(), items[items["value100"].notna()]
    if total <= 0:
        return out
    share = seen["weight"].sum() / total
    if share >= coverage - EDGE:
        out["value100"] = float((seen["weight"] * seen["value100"]).sum() / seen["weight"].sum())
    half = float(np.sqrt(((seen["weight"] * seen["half"]) ** 2).sum())) / total
    low, high = ((items["weight"] * items[c]).sum() / total for c in ("low", "high"))
    if half > 0 or share < 1 - EDGE:
        out["low"], out["high"] = max(low - half, 0.0), min(high + half, 100.0)
    return {**out, "n": len(seen)}


def importance(index: pd.DataFrame, scores: pd.DataFrame, instrument: Instrument, region: str, round_name: str) -> pd.DataFrame:
    """Weight and score of every indicator of a round, and which are urgent: heavier than the mean and below the mean score.

    Returns
    -------
    IMPORTANCE
        Heaviest need first (weight times the distance below the mean score). The mean score is weighted, so it is the index
        where nothing is missing. An indicator without a score is never urgent: it is missing, not low. Where all weights
        are equal none is.
    """
    items = _items(index, scores, instrument, region, round_name)
    if items.empty:
        return IMPORTANCE.empty()
    value, weight = items["value100"], items["weight"]
    seen = value.notna()
    mean_value = float((weight * value).sum() / weight[seen].sum()) if weight[seen].sum() > 0 else np.nan
    mean_weight = float(weight.mean())
    judged, open_ = seen & items["half"].notna(), items["high"] - items["low"] > EDGE
    low = (value - items["half"]).clip(lower=0).where(judged, items["low"].where(open_))
    high = (value + items["half"]).clip(upper=100).where(judged, items["high"].where(open_))
    urgent = seen & (weight > mean_weight + EDGE) & (value < mean_value - EDGE)
    basis = np.select([judged, open_], ["assessors", "bounds"], "").astype(object)
    said = {"region": region, "round": round_name, "basis": basis, "mean_weight": mean_weight, "mean_value": mean_value}
    certain = urgent & (high < mean_value - EDGE)
    out = items[["node", "weight", "value100"]].assign(low=low, high=high, urgent=urgent, certain=certain, **said)
    need = (weight * (mean_value - value)).where(urgent, -np.inf)
    order = pd.DataFrame({"urgent": ~urgent, "need": -need}).sort_values(["urgent", "need"], kind="stable").index
    return IMPORTANCE.check(out.loc[order].reset_index(drop=True))


def predicate(value100: float) -> str:
    """Class A to D of a satisfaction score, by its value to two decimals as the regulation prints it; '' if it is missing."""
    if not np.isfinite(value100):
        return ""
    printed = Decimal(repr(round(float(value100), 9))).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return next((name for name, low in CLASSES if printed >= Decimal(low)), "")


def skm(survey: pd.DataFrame, region: str, round_name: str) -> pd.DataFrame:
    """The satisfaction score by PermenPANRB 14/2017: nine elements of weight exactly 1/9, times 25.

    Returns
    -------
    SKM
        The index, then the nine elements in their order; empty if none was asked. The index is missing unless all nine have
        answers. `rounded` is what the rounded weight 0.11, used in many offices, gives: always 1 % less. The index's interval takes a
        respondent's answers as moving together, which is the widest it can be.
    """
    rows = survey[(survey["region"] == region) & (survey["round"] == round_name)].set_index("item").reindex(list(elements()))
    if rows["mean"].isna().all():
        return SKM.empty()
    n = rows["n"].fillna(0).astype(int)
    error = rows["sd"] / np.sqrt(rows["n"].where(rows["n"] > 1))
    half = (error * stdtrit((rows["n"] - 1).clip(lower=1), LEVEL)).where(rows["sd"] > 0)
    means = pd.concat([pd.Series({ROOT: rows["mean"].mean(skipna=False)}), rows["mean"]])
    halves = pd.concat([pd.Series({ROOT: half.mean(skipna=False)}), half])
    value = means * TIMES
    rounded = pd.Series(np.nan, means.index)
    rounded[ROOT] = rows["mean"].sum(skipna=False) * ROUNDED_WEIGHT * TIMES
    low, high = (value - halves * TIMES).clip(lower=LOW * TIMES), (value + halves * TIMES).clip(upper=HIGH * TIMES)
    found = pd.DataFrame({"mean": means, "value100": value, "low": low, "high": high, "rounded": rounded})
    classes = {name: [predicate(v) for v in of] for name, of in (("predicate", value), ("rounded_predicate", rounded))}
    weight = [1.0, *[1 / len(rows)] * len(rows)]
    found = found.assign(region=region, round=round_name, item=means.index, n=[int(n.min()), *n], weight=weight, **classes)
    return SKM.check(found.reset_index(drop=True))


def skm_rounds(survey: pd.DataFrame, region: str, round_name: str) -> pd.DataFrame:
    """SKM of every round up to `round_name` that asked any of the nine elements, in time."""
    rounds = sorted((r for r in survey["round"].unique() if Period(r) <= Period(round_name)), key=Period)
    parts = [found for r in rounds if len(found := skm(survey, region, r))]
    return pd.concat(parts, ignore_index=True) if parts else SKM.empty()


def skm_units(answers: pd.DataFrame, region: str, round_name: str) -> pd.DataFrame:
    """The satisfaction score of every unit that has respondents of its own in a round: `unit`, and the index row of its SKM."""
    now = answers[answers["round"] == round_name]
    found = ((unit, skm(summarise(rows), region, round_name)) for unit, rows in now.groupby("unit", sort=True))
    rows = [{"unit": unit, **table.iloc[0].to_dict()} for unit, table in found if len(table)]
    return pd.DataFrame(rows, columns=["unit", *SKM.columns])


def programme_answers(programme: Programme, round_name: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """ANSWERS and ISSUES of the programme's tables of respondents, all rounds up to `round_name`.

    Raises
    ------
    ScoresRefused
        If a table has errors.
    """
    paths = {r.id: survey_file(programme, r.id) for r in programme.rounds if Period(r.id) <= Period(round_name)}
    files = [accepted_survey(path, programme.region, name) for name, path in paths.items() if path]
    if not files:
        return ANSWERS.empty(), ISSUES.empty()
    answers, issues = (pd.concat([getattr(f, name) for f in files], ignore_index=True) for name in ("answers", "issues"))
    return open_.answers(answers, programme), told_issues(issues, programme)


def programme_survey(programme: Programme, answers: pd.DataFrame) -> pd.DataFrame:
    """SURVEY of all rounds: from respondents where a round has them (elements and qualities), else from survey.csv."""
    given = read_summary(programme)
    own = [summarise(answers), summarise(quality_answers(answers[~answers["item"].isin(NAMES)]))] if len(answers) else []
    parts = [t for t in (*own, given[~given["round"].isin(set(answers["round"]))]) if len(t)]
    found = SURVEY.check(pd.concat(parts, ignore_index=True).drop_duplicates(list(SURVEY.key))) if parts else SURVEY.empty()
    return open_.survey(found, programme)


def answer_shares(answers: pd.DataFrame) -> pd.DataFrame:
    """Share of each answer 1 to 4 by item: item, level, share (0-1 of those who answered), n; items nobody answered are left out.

    Answers between two levels count to the nearer one, halves to the better.
    """
    rows = answers[answers["answer"].notna()]
    level = np.floor(rows["answer"].to_numpy(float) + 0.5).astype(int)
    counts = pd.crosstab(rows["item"].to_numpy(), level).reindex(columns=[1, 2, 3, 4], fill_value=0)
    n = counts.sum(axis=1)
    cells = ((item, k) for item in dict.fromkeys(rows["item"]) for k in counts.columns)
    out = [(item, k, float(counts.at[item, k] / n[item]), int(n[item])) for item, k in cells]
    return pd.DataFrame(out, columns=["item", "level", "share", "n"])
