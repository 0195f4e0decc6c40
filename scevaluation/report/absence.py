"""The forms of the report of a round that the region did not take part in: that it did not, and what is known besides."""

from __future__ import annotations

from html import escape

from scevaluation.charts.strip import strip as strip_chart
from scevaluation.draw.table import Field, html_table
from scevaluation.evaluate import absence
from scevaluation.evaluate.absence import Absence
from scevaluation.evaluate.places import COUNTRY, around, group_names, group_of, level, located
from scevaluation.frames.national import GROUPS, LETTERS, LEVELS
from scevaluation.intake.typed import typed
from scevaluation.kinds import KINDS
from scevaluation.programme import Programme
from scevaluation.region import ABSENT
from scevaluation.report import annex
from scevaluation.report.face import Report, form
from scevaluation.report.part import Part, note, section
from scevaluation.report.part import masthead as masthead
from scevaluation.report.plan import Chapter, Plan, opening
from scevaluation.words import Sentence, Words, in_any_language, words

PLAN: Plan = Plan(
    KINDS["round"],
    tuple(Chapter(name) for name in ("where", "neighbours", "other_rounds", "method", "numbers")),
    tables=lambda e: [(GROUPS, around(e.groups, e.official, e.programme.region)), (LETTERS, e.letters)],
)


def _row(e: Absence, name: str, group: str = COUNTRY, cohort: str = "all"):
    rows = e.groups
    return rows[(rows["level"] == name) & (rows["group"] == group) & (rows["cohort"] == cohort)].iloc[0]


def _counts(row) -> dict:
    return {c: GROUPS.fact(row, c, 0) for c in ("took_part", "listed")}


def headline(e: Absence, w: Words) -> Part:
    """That the region did not take part, whose letter says so, and what is known of other rounds, its cohort and its province."""
    own = e.letters.set_index("round").loc[e.round]
    head = Sentence("absence.headline", {"region": w.label(e.programme.region_label), "round": w.round_long(e.round)})
    lede = Sentence("absence.lede", {"letter": own["letter"], "cohort": e.cohort, **_counts(_row(e, COUNTRY))})
    mine = group_of(e.programme.region, "province")
    there = Sentence("absence.province", {"province": group_names("province", w.lang)[mine], **_counts(_row(e, "province", mine))})
    cohort = Sentence("absence.cohort", {"cohort": e.cohort, **_counts(_row(e, COUNTRY, cohort=e.cohort))})
    others = e.letters[e.letters["round"] != e.round]
    found = [("absence.card.round", _other(row, w)) for row in others.tail(1).to_dict("records")]
    found += [("absence.card.cohort", cohort), ("absence.card.province", there)]
    return opening(head, lede, [("", w(title), said) for title, said in found], w)


def _other(row: dict, w: Words) -> Sentence:
    """What another letter says of the region."""
    places: dict = {"round": w.round_long(row["round"])}
    if row["status"] == "scored":
        places |= {"value": LETTERS.fact(row, "value", 2), "cohort": row["cohort"]}
    return Sentence(f"absence.other.{row['status']}", places)


def strip(e: Absence, w: Words, by: str = "islands"):
    """Where in the country the participants are: by groups of islands, or by "province"; the region without a value."""
    region = e.programme.region
    rows = located(e.official, by, region)
    return strip_chart(rows, level(e.groups, by), group_names(by, w.lang), region, e.cohort, e.instrument.scale, w)


def neighbours(e: Absence, w: Words) -> Part:
    """Who else of the province is in the letter, by name: with an index those that took part, of each cohort apart."""
    rows, names = e.province, group_names("province", w.lang)
    place = {"province": names[group_of(e.programme.region, "province")]}
    if rows.empty:
        return section(f"<p>{escape(w('absence.alone', **place))}</p>")
    rows = rows.sort_values(["cohort", "name"], ignore_index=True)
    said = rows.assign(said=[_value(r, w) for r in rows.to_dict("records")])
    fields = [Field("name", w("nation.region")), Field("cohort", w("column.cohort")), Field("said", w("nation.index"))]
    several = note(w("absence.cohorts")) if rows["cohort"].nunique() > 1 or rows["cohort"].iloc[0] != e.cohort else ""
    return section(html_table(said, fields, w("absence.neighbours", **place)) + several)


def other_rounds(e: Absence, w: Words) -> Part:
    """The region in every letter that is carried."""
    rows = e.letters.assign(when=e.letters["round"].map(w.round_long), said=[_value(r, w) for r in e.letters.to_dict("records")])
    fields = [Field("when", w("absence.round")), Field("letter", w("absence.letter")), Field("cohort", w("column.cohort"))]
    table = html_table(rows, [*fields, Field("said", w("nation.index"))])
    unlisted = note(w("absence.rounds.note")) if (rows["status"] == "not_listed").any() else ""
    return section(table + unlisted)


def _value(row: dict, w: Words) -> str:
    """An index, or why there is none."""
    status = row.get("status", row.get("state"))
    if status in (ABSENT, "not_listed"):
        return w("nation.not_taken" if status == ABSENT else "nation.not_listed")
    return w.num(row["value"], 2)


def method(e: Absence, w: Words) -> Part:
    """What is not computed, and why."""
    return section("".join(f"<p>{escape(w(key))}</p>" for key in ("absence.method", "nation.method.absent")))


def summary(e: Absence) -> str:
    """One line in plain figures, the same in every language: a stored check of the notebook."""
    row = _row(e, COUNTRY)
    return f"{e.programme.id} {e.round}: did not take part; {row['took_part']} of {row['listed']} in the letter did"


def place_line(e: Absence) -> str:
    """How many took part of those listed in its islands and its province, in plain figures."""
    rows = (_row(e, name, group_of(e.programme.region, name)) for name in LEVELS[1:])
    return "; ".join(f"{row['level']} {row['group']}: {row['took_part']} of {row['listed']}" for row in rows)


def letter_line(e: Absence) -> str:
    """What every letter says of it, in plain figures."""
    values = (f"{r.round} {r.status}" + (f" {r.value:.2f}" if r.value == r.value else "") for r in e.letters.itertuples())
    return "; ".join(values)


in_any_language(globals())


class NotTaken(Report):
    """The report of a round that the region did not take part in."""

    plan = PLAN
    summary = form(summary)
    masthead = form(masthead)
    headline = form(headline)
    strip = form(strip)
    place_line = form(place_line)
    neighbours = form(neighbours)
    letter_line = form(letter_line)
    other_rounds = form(other_rounds)
    method = form(method)
    inputs = form(annex.inputs)


@typed
def evaluate_absence(programme: str | Programme, round_name: str, public: bool = False, lang: str = "id") -> NotTaken:
    """What is known of a region in a round whose letter lists it as one that did not take part; nothing is computed of nothing.

    Parameters
    ----------
    programme : str or Programme
        Of a region of the letters, such as "wilayah-53-09".
    round_name : str
        Such as "2023-S2".
    public : bool
        Without what names or quotes a person; the letters hold nothing of the kind.
    lang : str
        The language of its forms.

    Raises
    ------
    RoundError
        If the programme does not know the round, or its region was not absent from it.
    UnknownName
        If there is no such language.
    """
    w = words(lang)
    return NotTaken(absence.evaluate_absence(programme, round_name, public), w)
