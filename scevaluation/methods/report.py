"""The forms of the notebook of methods: what was assumed, whether it holds, and what would change if it did not."""

from __future__ import annotations

from functools import cache, lru_cache
from html import escape

import numpy as np
import pandas as pd

from scevaluation.charts import calibration as calibration_chart
from scevaluation.charts import lenses as lenses_chart
from scevaluation.charts import ranks, robustness
from scevaluation.charts import sensitivity as sensitivity_chart
from scevaluation.draw.chart import Chart
from scevaluation.draw.table import Field, html_table
from scevaluation.evaluate.evaluation import Evaluation
from scevaluation.evaluate.inputs import cohort_instruments
from scevaluation.evaluate.posterior import LEVEL, LIKELY
from scevaluation.evaluate.priors import PRIOR
from scevaluation.evaluate.series import LINK_ROUNDS, Series, series
from scevaluation.evaluate.trend import MINIMUM
from scevaluation.frames import ROOT, TREND
from scevaluation.frames.methods import CHOICES, IMPORTANCE, ROBUST_CHANGE, ROBUSTNESS, STRUCTURE
from scevaluation.identity import LINK_SHARE
from scevaluation.kinds import KINDS
from scevaluation.methods import audit
from scevaluation.methods.calibration import calibrate
from scevaluation.methods.method_ranks import method_ranks
from scevaluation.methods.robustness import robust
from scevaluation.methods.sensitivity import sensitivity, side_by_side
from scevaluation.report import part
from scevaluation.report.face import Report, form
from scevaluation.report.part import Part, note, section
from scevaluation.report.plan import Chapter, Plan, Table, opening
from scevaluation.report.round import labels, region_names
from scevaluation.words import Sentence, Words, in_any_language

DOT = "\u00a0\u00b7\u00a0"
TERMS = ("pandemic", "election", "step")


trial = cache(calibrate)  # the engine and the lenses tried on simulated series whose truth is known
many = lru_cache(maxsize=4)(robust)  # levels, changes and choices under 10,000 plausible methods


def top_series(e: Evaluation) -> Series:
    """The series behind the verdicts on the index and what stands right below it."""
    return series(e.index, e.programme, e.round, e.instruments, (ROOT, *e.top))


@lru_cache(maxsize=4)
def tried(e: Evaluation) -> pd.DataFrame:
    """Every verdict under other assumptions."""
    return sensitivity(top_series(e), e.programme)


def rounds_used(e: Evaluation) -> int:
    """The most comparable rounds that any verdict could rest on."""
    return int(e.trend["rounds"].max()) if len(e.trend) else 0


def masthead(e: Evaluation, w: Words) -> Part:
    """As the round report's, under the name of this one."""
    title = w("methods.page_title", region=w.label(e.programme.region_label), round=w.round_long(e.round))
    return part.masthead(e, w, w("methods.kind"), title)


def headline(e: Evaluation, w: Words) -> Part:
    """How many verdicts outlast other assumptions; below six comparable rounds, that there is none to shake."""
    table = tried(e)
    if table.empty:
        said = Sentence("methods.headline_few", {"rounds": w.num(rounds_used(e), 0), "minimum": w.num(MINIMUM[e.programme.calendar], 0)})
    else:
        rest = sensitivity_chart.others(table)
        places = {"same": int(rest["same"].sum()), "n": len(rest), "settings": rest["setting"].nunique()}
        said = Sentence("methods.headline", {k: w.num(v, 0) for k, v in places.items()})
    return opening(said, Sentence("methods.lede"), [], w)


def assumption_rows(e: Evaluation, w: Words) -> pd.DataFrame:
    """what, value and why of everything the verdicts assume; events and instruments only where the programme has them."""
    s = top_series(e)

    def num(value: float) -> str:
        return w.num(value, 0 if float(value).is_integer() else 1)

    rows = [
        ("delta", {"value": part.deltas(e.trend[e.trend["node"].isin(s.nodes)], w)}, {}),
        ("sure", {"sure": w.pct(LEVEL), "likely": w.pct(LIKELY)}, {}),
        ("minimum", {"minimum": num(MINIMUM[e.programme.calendar])}, {"rounds": num(rounds_used(e))}),
        ("level", {"sd": num(PRIOR.level)}, {}),
        ("slope", {"sd": num(PRIOR.slope)}, {}),
        *_event_rows(s, w),
        ("instrument", {"sd": num(PRIOR.instrument)}, {"share": w.pct(LINK_SHARE), "rounds": num(LINK_ROUNDS)}),
        ("rho", {"mean": num(PRIOR.rho[0])}, {"sd": w.num(PRIOR.rho[1], 2)}),
        ("sigma", {"median": num(PRIOR.sigma[0])}, {"rounding": w.num(PRIOR.rounding, 2)}),
        ("coverage", {"share": w.pct(e.instrument.coverage)}, {}),
    ]
    key = "methods.assume."
    return pd.DataFrame(
        [{"what": w(key + n), "value": w(key + n + ".value", **value), "why": w(key + n + ".why", **why)} for n, value, why in rows]
    )


def _event_rows(s: Series, w: Words) -> list[tuple[str, dict, dict]]:
    """Events that are adjusted for, with the rounds they touch."""
    out = []
    for kind, x in s.exposures.items():
        seen = [w.round(r) for r, on in zip(s.rounds, np.any(x, axis=0).tolist(), strict=True) if on]
        if seen and not kind.startswith("instrument"):
            name = "event_" + kind if w.has("methods.assume.event_" + kind) else "event_other"
            out.append((name, {"sd": w.num(PRIOR.sd(kind), 0)}, {"rounds": w.join(seen)}))
    return out


def assumptions(e: Evaluation, w: Words) -> Part:
    """The model in one line, and everything it assumes."""
    fields = [Field(c, w("methods.assume.column_" + c)) for c in ("what", "value", "why")]
    table = html_table(assumption_rows(e, w), fields)
    return section(f"<p>{escape(w('methods.model'))}</p>{table}", kind="long", text=w("methods.model"))


def effects(e: Evaluation, w: Words) -> Part:
    """What was taken out as effects of events and of new questionnaires, with intervals; or why nothing was."""
    rows = e.trend[e.trend["node"].isin((ROOT, *e.top))]
    seen = [t for t in TERMS if rows[t].notna().any()]
    if not seen:
        key = "methods.effects.none" if rounds_used(e) >= MINIMUM[e.programme.calendar] else "methods.few"
        text = w(key, rounds=w.num(rounds_used(e), 0), minimum=w.num(MINIMUM[e.programme.calendar], 0))
        return section(f'<div class="empty"><p>{escape(text)}</p></div>', w("methods.effects"), text=text)
    name = labels(e, w)
    table = rows[["linked"]].assign(
        label=rows["node"].map(name), **{t: [_effect(r, t, w) for r in rows.to_dict("records")] for t in seen}
    )
    fields = [
        Field("label", w("column.label")),
        *(Field(t, w("methods.effects." + t), number=True) for t in seen),
        Field("linked", w("methods.effects.linked"), lambda v: w("chart.yes" if v else "chart.no")),
    ]
    return section(html_table(table, fields) + note(w("methods.effects.note")), w("methods.effects"), "long")


def _effect(row: dict, term: str, w: Words) -> str:
    if np.isnan(row[term]):
        return "\u2013"
    low, high = (w.num(row[f"{term}_{end}"], 1, sign=True) for end in ("low", "high"))
    star = "*" if row[f"{term}_low"] > 0 or row[f"{term}_high"] < 0 else ""
    return f"{w.num(row[term], 1, sign=True)}{star} ({low} {w('card.to')} {high})"


def calibration(e: Evaluation, w: Words) -> Chart:
    """Do claimed probabilities come true?"""
    return calibration_chart.calibration(trial().bins, trial().claims, w)


def covers(e: Evaluation, w: Words) -> Part:
    """How often 90 % intervals hold the true pace, by how sticky the noise is and by length."""
    table = trial().covers.pivot(index="rho", columns="rounds", values="covers").sort_index(na_position="first").reset_index()
    name = lambda rho: w("methods.covers.all") if np.isnan(rho) else w("methods.covers.rho", rho=w.num(rho, 1))  # noqa: E731
    lengths = [Field(n, w("methods.calibration.panel", rounds=w.num(n, 0)), w.pct, True) for n in table.columns[1:]]
    fields = [Field("rho", w("methods.covers.series"), name), *lengths]
    return section(html_table(table, fields) + note(w("methods.covers.note")), w("methods.covers"))


def sensitive(e: Evaluation, w: Words) -> Chart:
    """Would other assumptions say the same?"""
    return sensitivity_chart.sensitivity(tried(e), labels(e, w), w, MINIMUM[e.programme.calendar], rounds_used(e))


def lenses(e: Evaluation, w: Words) -> Chart:
    """What would published systems say?"""
    return lenses_chart.lenses(side_by_side(top_series(e), e.verdicts, e.trend), labels(e, w), w)


def fares(e: Evaluation, w: Words) -> Part:
    """How often each rule is right where the truth is known, by length."""
    rules = trial().rules
    lengths = list(rules["rounds"].unique())
    measures = ("correct", "moves", "still", "decided")
    rows = [
        {"rule": w("methods.lens." + rule), **{m: DOT.join(w.pct(v) for v in g[m]) for m in measures}}
        for rule, g in rules.groupby("rule", sort=False)
    ]
    fields = [Field("rule", w("methods.fares.rule")), *(Field(m, w("methods.fares." + m), number=True) for m in measures)]
    said = w("methods.fares.note", lengths=DOT.join(w.num(n, 0) for n in lengths))
    return section(html_table(pd.DataFrame(rows), fields) + note(said), w("methods.fares"), "long narrow")


def robustness_chart(e: Evaluation, w: Words) -> Chart:
    """Does the index, and does its change, hang on how it is computed?"""
    r = many(e)
    title, below = r.change_sentence(), r.level_sentence()
    told = lambda table: ((table["round"] == r.round) & (table["node"] == ROOT) & (table["state"] == "computed")).any()  # noqa: E731
    if told(r.levels) and not told(r.changes):  # a title says what was found
        title, below = below, title
    moved = r.changes["median"].notna() & ((r.changes["node"] == ROOT) | (r.changes["round"] == e.round))
    says = w("methods.robustness.note_changes") if moved.any() else ""
    note = Sentence("methods.robustness.note", {"level": below, "choice": r.choice_sentence(), "changes": says})
    return robustness.robustness(r.levels, r.changes, r.choices, title, note, labels(e, w), e.round, w)


def without_table(e: Evaluation, w: Words) -> Part | None:
    """The index without each sector and agency, and its change where enough is common; None where nothing can be left out."""
    r = many(e)
    rows = r.without[r.without["state"] == "computed"]
    if rows.empty:
        return None
    name = labels(e, w) | e.programme.agency_names(w.lang)
    rows = rows.assign(label=[name.get(n, n) for n in rows["left_out"]])
    one = lambda v: w.num(v, 1)  # noqa: E731
    signed = lambda v: w.num(v, 1, sign=True)  # noqa: E731
    fields = [
        Field("label", w("methods.without.what")),
        Field("weight", w("methods.without.weight"), w.pct, True),
        Field("without", w("methods.without.value"), one, True),
        Field("effect", w("methods.without.effect"), signed, True),
    ]
    said = w("methods.without.note", value=one(rows["value"].iloc[0]))
    whole = r.changes[(r.changes["round"] == r.round) & (r.changes["node"] == ROOT)]
    if (whole["state"] == "computed").any():
        fields.append(Field("change_without", w("methods.without.change"), signed, True))
        said += " " + w("methods.without.note_change", change=signed(rows["change"].iloc[0]))
    return section(html_table(rows, fields) + note(said), w("methods.without"), "long")


def tables(e: Evaluation) -> list[Table]:
    """The tables that the sentences' numbers stand in: the index of all rounds, its parts of this one."""
    r, top = many(e), e.trend["node"].isin((ROOT, *e.top))
    level, change = (t[(t["node"] == ROOT) | (t["round"] == r.round)] for t in (r.levels, r.changes))
    own = audit.audit(e)
    found = [(TREND, e.trend[top]), (ROBUSTNESS, level), (ROBUST_CHANGE, change), (CHOICES, r.choices)]
    computed = [(c, t[t["state"] == "computed"]) for c, t in ((STRUCTURE, own.structure), (IMPORTANCE, own.importance))]
    return found + computed


PARTS = ("assumptions", "calibration", "sensitivity", "lenses", "robustness", "structure")
PLAN: Plan = Plan(KINDS["methods"], (*(Chapter(f"methods_{name}") for name in PARTS), Chapter("numbers")), tables=tables)


def claim_line(e: Evaluation) -> str:
    """Claimed and true of verdicts by length in plain figures: a stored check of the notebook."""
    say = "{rounds} rounds: said {claimed:.3f}, true {true:.3f}, decided {decided:.3f}"
    return "; ".join(say.format(**row) for row in trial().claims.to_dict("records"))


def tried_line(e: Evaluation) -> str:
    """How many verdicts stay in plain figures."""
    table = tried(e)
    if table.empty:
        return "no verdict: too little data"
    rest = sensitivity_chart.others(table)
    return f"{int(rest['same'].sum())} of {len(rest)} stay under {rest['setting'].nunique()} settings, {int(rest['opposite'].sum())} turn"


def lens_line(e: Evaluation) -> str:
    """Agreement of the lenses in plain figures."""
    found = lenses_chart.agreement(side_by_side(top_series(e), e.verdicts, e.trend))
    return f"lenses: {found['agree']} of {found['n']} agree, {found['opposite']} opposite, {found['open']} where we are open"


def many_line(e: Evaluation) -> str:
    """Range of the level and shares of the change in plain figures."""
    r = many(e)
    level = r.levels[(r.levels["round"] == r.round) & (r.levels["node"] == ROOT)].iloc[0]
    change = r.changes[(r.changes["round"] == r.round) & (r.changes["node"] == ROOT)]
    moved = f"{change['state'].iloc[0]}, rose {change['rose'].iloc[0]:.3f}" if len(change) else "no earlier round"
    return f"level {level['low']:.2f} to {level['high']:.2f} in {level['methods']} methods; change {moved}"


def ranks_chart(e: Evaluation, w: Words, cohort: str = "") -> Chart | None:
    """Form 13: ranks with their ranges in the region's own cohort, or in `cohort` ("all"); None where no letter names the region."""
    if e.official.empty:
        return None
    table = method_ranks(e.official, cohort_instruments(e.round, e.official["cohort"]), e.round)
    own = e.official.loc[e.official["region"] == e.programme.region, "cohort"].iloc[0]
    table = table[table["cohort"] == (cohort or own)]
    return ranks.ranks(table.assign(label=table["region"].map(region_names())), e.programme.region, e.programme.peers, w)


in_any_language(globals())


class Methods(Report):
    """What the verdicts assume, and whether that holds."""

    plan = PLAN
    masthead = form(masthead)
    headline = form(headline)
    assumptions = form(assumptions)
    effects = form(effects)
    claim_line = form(claim_line)
    calibration = form(calibration)
    covers = form(covers)
    tried_line = form(tried_line)
    sensitive = form(sensitive)
    lens_line = form(lens_line)
    lenses = form(lenses)
    fares = form(fares)
    many_line = form(many_line)
    robustness_chart = form(robustness_chart)
    without_table = form(without_table)
    structure_line = form(audit.structure_line)
    structure_table = form(audit.structure_table)
