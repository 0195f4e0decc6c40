"""Agencies' duties and reports, follow-up of recommendations, continuity of programmes: worked by hand."""

import numpy as np
import pandas as pd
import pytest
from evaluated import evaluate_round
from hypothesis import given, settings
from hypothesis import strategies as st
from test_agreement import scores
from tiny import tiny_instrument, tiny_programme

from scevaluation.draw.table import Field
from scevaluation.errors import ProgrammeError
from scevaluation.evaluate.agencies import duties, reporting, responsibility
from scevaluation.evaluate.continuity import continuity, same_name
from scevaluation.evaluate.followup import carried, followup
from scevaluation.frames.people import CARRIED, FOLLOWUP, RESPONSIBILITY
from scevaluation.instrument import Instrument
from scevaluation.intake.people import read_programmes, read_recommendations
from scevaluation.period import Period
from scevaluation.programme import Cycle, load_programme
from scevaluation.report import agencies as agencies_report
from scevaluation.report import annex, people
from scevaluation.report.part import apart
from scevaluation.words import words

ROUND, REGION, ROUND_OF_MIMIKA = "2024-S2", "00.01", "2023-S2"
CYCLES = (
    Cycle(id="1", label={"id": "I", "en": "I"}, start="2018-S1", end="2022-S2", source="-"),
    Cycle(id="2", label={"id": "II", "en": "II"}, start="2023-S1", end="2027-S2", source="-"),
)


def sectored() -> Instrument:
    """The tiny instrument with sectors: a of health and education, b of health, c and d of education."""
    raw = tiny_instrument().model_dump()
    one, two = raw["tree"]["children"]
    one["sectors"], two["sectors"] = ("health",), ("education",)
    one["children"][0]["sectors"] = ("health", "education")
    return Instrument.model_validate(raw)


INSTRUMENTS = {r: sectored() for r in ("2023-S2", "2024-S1", ROUND)}


def table(*rows, agencies=("ofa", "ofb")):
    return responsibility(duties(scores(*rows), INSTRUMENTS), agencies, ROUND).set_index(["agency", "sector"])


FULL = (
    ("one/a", "ofa", "verified", 2.5),
    ("one/b", "ofa", "verified", 4.0),
    ("two/c", "ofb", "verified", 1.0),
    ("two/d", "ofb", None, None),
)


def with_d(*last):
    return (*FULL[:3], *last)


def test_a_body_outside_stands_last_and_is_no_part_of_all_agencies():
    rows = responsibility(duties(scores(*FULL), INSTRUMENTS), ("ofb", "ofa"), ROUND, {"ofb"})
    assert list(rows["agency"].drop_duplicates()) == ["ofa", "ofb", "*"]
    totals = rows[rows["sector"] == "*"].set_index("agency")
    assert totals.at["*", "items"] == totals.at["ofa", "items"] == 2 and totals.at["ofb", "items"] == 2


def test_the_bodies_outside_mimikas_government_are_apart():
    e = evaluate_round("mimika", ROUND_OF_MIMIKA)
    assert e.programme.outside == {"pln", "bakti"} and list(e.programme.agency_names("id"))[-2:] == ["bakti", "pln"]
    held, own = people.people(e).tables["CONTINUITY"], people.own_tables(e)["CONTINUITY"]
    assert set(held["agency"]) - set(own["agency"]) == {"pln", "bakti"}
    html = annex.programmes(e, words("id")).html
    first, far = html.split("<p><b>Lembaga di luar pemerintah daerah</b></p>")
    assert "PLN" in far and "BAKTI" in far and "PLN" not in first and "Diskominfo" not in far
    sheet = agencies_report.tables(e)["SHEET"].iloc[0]
    assert sheet["programmes"] == len(own) < len(held)


def test_what_was_asked_of_a_body_outside_stands_apart():
    rows = pd.DataFrame({"agency": ["x", "far", "y"]})
    html = apart(rows, [Field("agency", "Agency")], "agency", {"far"}, words("en"))
    assert html.index(">x<") < html.index(">y<") < html.index("<p><b>") < html.index(">far<")
    assert apart(rows[:0], [Field("agency", "Agency")], "agency", {"far"}, words("en")) == ""


# who answers for what


def test_sectors_come_from_the_nearest_tag():
    i = sectored()
    assert i.sectors_of("one/a") == ("health", "education") and i.sectors_of("one/b") == ("health",)
    assert tiny_instrument().sectors_of("one/a") == () and not tiny_instrument().tagged


def test_where_an_indicator_tells_of_no_sector_agencies_answer_for_parts_of_the_top_level():
    owed = duties(scores(*FULL), {ROUND: tiny_instrument()})
    assert dict(zip(owed["indicator"], owed["sectors"], strict=True))["two/c"] == ("two",)
    assert list(responsibility(owed, (), ROUND)["sector"].unique()) == ["one", "two", "*"]


def test_not_responsible_is_not_the_same_as_not_reported():
    found = table(*with_d(("two/d", "ofb", "self", None, ROUND, "not_reported")))
    assert found.at[("ofb", "health"), "state"] == "not_responsible"
    assert found.at[("ofb", "education"), "state"] == "partly_reported"
    alone = table(("one/a", "ofa", "verified", 2.0), ("one/b", "ofa", "verified", 2.0))
    assert alone.at[("ofb", "education"), "state"] == "not_reported"


def test_what_the_instrument_gives_to_an_agency_is_owed_though_the_round_does_not_name_it():
    found = table(*FULL[:3])
    assert found.at[("ofb", "*"), "items"] == 2 and found.at[("ofb", "*"), "reported"] == 1


def test_the_round_says_who_owns_an_indicator_before_the_instrument_does():
    found = table(*with_d(("two/d", "ofa", "verified", 4.0)))
    assert found.at[("ofb", "*"), "items"] == 1 and found.at[("ofa", "*"), "items"] == 3


def test_a_zero_of_one_that_did_not_take_part_is_not_reported():
    found = table(*with_d(("two/d", "ofb", "verified", 0.0, ROUND, "did_not_take_part")))
    assert found.at[("ofb", "*"), "reported"] == 1 and found.at[("ofb", "*"), "score"] == 0.0  # of c: 1 on 1-4


def test_what_is_not_applicable_is_not_due():
    found = table(*with_d(("two/d", "ofb", "verified", None, ROUND, "not_applicable")))
    assert found.at[("ofb", "*"), "items"] == 1 and found.at[("ofb", "*"), "state"] == "reported"
    alone = table(*[(i, "ofb", "self", None, ROUND, "not_applicable") for i in ("two/c", "two/d")], *FULL[:2])
    assert alone.at[("ofb", "education"), "state"] == "not_applicable" and np.isnan(alone.at[("ofb", "*"), "share"])


def test_scores_are_weighed_and_on_a_hundred():
    found = table(*with_d(("two/d", "ofb", "verified", 4.0)))
    # a 50, b 100 weigh 1/8 each, c 0 and d 100 weigh 3/8 each
    assert found.at[("ofa", "*"), "score"] == pytest.approx(75)
    assert found.at[("*", "*"), "score"] == pytest.approx((50 + 100 + 0 + 300) / 8)


def test_an_indicator_of_two_sectors_counts_in_both_and_once_in_all():
    found = table(*with_d(("two/d", "ofb", "verified", 4.0)))
    assert found.at[("*", "health"), "items"] == 2 and found.at[("*", "education"), "items"] == 3
    assert found.at[("*", "*"), "items"] == 4


def test_an_own_score_is_a_report_but_no_verified_score():
    found = table(*with_d(("two/d", "ofb", "self", 3.0)))
    assert found.at[("ofb", "*"), "state"] == "reported" and found.at[("ofb", "*"), "score"] == 0.0
    only = table(("one/a", "ofa", "self", 3.0), ("one/b", "ofa", "self", 3.0))
    assert only.at[("ofa", "*"), "state"] == "reported" and np.isnan(only.at[("ofa", "*"), "score"])


def test_final_goes_before_verified_and_assessors_are_averaged():
    rows = [("one/a", "ofa", "assessor:A", 1.0), ("one/a", "ofa", "assessor:B", 4.0)]
    assert duties(scores(*rows), INSTRUMENTS)["score"].iloc[0] == pytest.approx(50)
    rows += [("one/a", "ofa", "verified", 2.5), ("one/a", "ofa", "final", 4.0)]
    assert duties(scores(*rows), INSTRUMENTS)["score"].iloc[0] == pytest.approx(100)


def test_agencies_stand_in_the_programmes_order_and_all_of_them_last():
    found = table(*with_d(("two/d", "zzz", "verified", 4.0)), agencies=("ofb", "ofa"))
    assert list(found.index.get_level_values(0).unique()) == ["ofb", "ofa", "zzz", "*"]
    RESPONSIBILITY.check(found.reset_index()[list(RESPONSIBILITY.columns)])


def test_scores_of_no_agency_make_an_empty_table():
    i = {ROUND: Instrument.model_validate(_ownerless(tiny_instrument().model_dump()))}
    assert duties(scores(("one/a", "", "final", 2.0)), i).empty
    assert responsibility(duties(scores(("one/a", "", "final", 2.0)), i), (), ROUND).empty


def _ownerless(raw: dict) -> dict:
    for part in raw["tree"]["children"]:
        for leaf in part["children"]:
            leaf["agency"] = ""
    return raw


# who is late


def test_a_streak_counts_rounds_in_a_row_with_something_missing():
    rows = []
    for when, status in (("2023-S2", "scored"), ("2024-S1", "not_reported"), (ROUND, "not_reported")):
        rows += [(i, "ofa", "verified", 2.0, when) for i in ("one/a", "one/b")]
        rows += [("two/c", "ofb", "verified", 2.0, when)]
        rows += [("two/d", "ofb", "verified", 2.0 if status == "scored" else None, when, status)]
    found = reporting(duties(scores(*rows), INSTRUMENTS))
    late = found[found["agency"] == "ofb"].set_index("round")
    assert (
        list(late["missing"]) == [0, 1, 1] and list(late["streak"]) == [0, 1, 2] and list(late["rounds_missing"]) == [0, 1, 2]
    )
    assert list(late["indicators"]) == ["", "two/d", "two/d"] and list(late["due"]) == [2, 2, 2]
    assert (found.loc[found["agency"] == "ofa", "missing"] == 0).all()


def test_a_streak_ends_with_a_full_report():
    rows = [("two/c", "ofb", "self", None, "2023-S2", "not_reported"), ("two/d", "ofb", "self", 2.0, "2023-S2")]
    rows += [(i, "ofb", "self", 2.0, "2024-S1") for i in ("two/c", "two/d")]
    assert list(reporting(duties(scores(*rows), INSTRUMENTS)).query("agency == 'ofb'")["streak"]) == [1, 0]


def test_the_made_up_late_agencies_are_found():
    e = evaluate_round("contoh", ROUND)
    found = reporting(duties(e.scores, e.instruments))
    late = {(r.round, r.agency, r.indicators) for r in found.itertuples() if r.missing}
    assert len(late) == 9 and ("2021-S1", "dinas-pupr", "infrastructure/transportasi environment/energi") in late
    now = found[found["round"] == ROUND].set_index("agency")
    assert dict(now["missing"][now["missing"] > 0]) == {"dinas-lingkungan-hidup": 1, "dinas-pendidikan": 1}
    assert now.at["dinas-lingkungan-hidup", "rounds_missing"] == 2 and now.at["dpmptsp", "rounds_missing"] == 0


# recommendations

HEAD = "id,raised,agency,sector,text_id,text_en,due,status,closed,evidence\n"


def recommendations(*rows) -> pd.DataFrame:
    columns = ["id", "raised", "due", "status", "closed"]
    out = pd.DataFrame(rows, columns=columns)
    return out.assign(agency="ofa", sector="health", text_id="t", text_en="t", evidence="")


THREE = recommendations(
    ("R1", "2022-S1", "2023-S1", "open", ""),
    ("R2", "2022-S2", "2023-S2", "done", "2024-S1"),
    ("R3", "2023-S2", "2024-S1", "in_progress", ""),
)


def test_overdue_is_what_was_due_in_an_earlier_round_and_is_open():
    found = followup(THREE, REGION, "2024-S1")
    assert list(found["id"]) == ["R1", "R3", "R2"] and list(found["state"]) == ["overdue", "due_now", "done"]
    assert list(found["late"]) == [2, 0, 1] and list(found["age"]) == [4, 1, 3]
    FOLLOWUP.check(found)


def test_follow_up_is_seen_as_it_stood_then():
    found = followup(THREE, REGION, "2023-S2").set_index("id")
    assert found.at["R2", "state"] == "due_now" and found.at["R2", "closed"] == "" and found.at["R2", "status"] == "open"
    assert list(followup(THREE, REGION, "2022-S1")["id"]) == ["R1"]


def test_without_a_due_round_nothing_is_overdue():
    found = followup(recommendations(("R1", "2022-S1", "", "open", "")), REGION, ROUND)
    assert found["state"].iloc[0] == "open" and found["late"].iloc[0] == 0


def test_carry_over_by_hand():
    found = carried(THREE, REGION, ROUND)
    assert list(found["round"]) == ["2022-S1", "2022-S2", "2023-S1", "2023-S2", "2024-S1", "2024-S2"]
    assert list(found["open"]) == [1, 2, 2, 3, 2, 2] and list(found["overdue"]) == [0, 0, 0, 1, 1, 2]
    assert list(found["raised"]) == [1, 1, 0, 1, 0, 0] and list(found["done"]) == [0, 0, 0, 0, 1, 0]
    CARRIED.check(found)


_PLACE = st.integers(0, 9)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(_PLACE, _PLACE, st.one_of(st.none(), _PLACE), st.sampled_from(["done", "dropped"])), max_size=12))
def test_what_is_open_is_what_was_open_plus_raised_less_closed(drawn):
    name = lambda n: str(Period("2018-S1") + n)  # noqa: E731
    rows = recommendations(
        *[
            (f"R{i}", name(a), name(a + b), s if c is not None else "open", name(a + c) if c is not None else "")
            for i, (a, b, c, s) in enumerate(drawn)
        ]
    )
    found, last = carried(rows, REGION, "2022-S2"), 0
    for r in found.itertuples():
        assert r.open == last + r.raised - r.done - r.dropped
        then = followup(rows, REGION, r.round)
        assert r.open == (then["closed"] == "").sum() and r.overdue == (then["state"] == "overdue").sum()
        last = r.open


def test_no_recommendations_are_empty_tables(tmp_path):
    rows = read_recommendations(tiny_programme(tmp_path))
    assert rows.empty and followup(rows, REGION, ROUND).empty and carried(rows, REGION, ROUND).empty


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("R1,2022-X1,a,health,t,t,2023-S1,open,,", "line 2, raised: 2022-X1 is no round"),
        ("R1,2022-Q1,a,health,t,t,2023-S1,open,,", "line 2, raised: 2022-Q1 is of another kind than the rounds of the programme"),
        ("R1,2022-S1,a,health,t,t,2023-S1,closed,,", "line 2, status: closed is none of: open, in_progress, done, dropped"),
        ("R1,2022-S1,a,health,t,t,2023-S1,done,,", "it is done, but closed names no round"),
        ("R1,2022-S1,a,health,t,t,2023-S1,open,2023-S1,", "it is open, but closed names 2023-S1"),
        ("R1,2022-S1,a,health,t,t,2021-S1,open,,", "line 2, due: 2021-S1 is before 2022-S1, when it was raised"),
        ("R1,2022-S1,a,helth,t,t,2023-S1,open,,", "line 2, sector: helth is none of: infrastructure"),
        (",2022-S1,a,health,t,t,2023-S1,open,,", "line 2, id: nothing stands here"),
        ("R1,2022-S1,a,health,,,2023-S1,open,,", "line 2, text_id: nothing stands here"),
        ("R1,2022-S1,a,,t,t,,open,,\nR1,2022-S1,a,,t,t,,open,,", "line 3, id: R1 is given twice; line 2 gives it too"),
    ],
)
def test_a_list_that_contradicts_itself_is_refused_with_its_lines(tmp_path, line, said):
    (tmp_path / "recommendations.csv").write_text(HEAD + line + "\n", "utf-8")
    with pytest.raises(ProgrammeError) as error:
        read_recommendations(tiny_programme(tmp_path))
    assert said in str(error.value) and error.value.remedy


def test_a_list_without_a_column_is_refused(tmp_path):
    (tmp_path / "recommendations.csv").write_text("id,raised\nR1,2022-S1\n", "utf-8")
    with pytest.raises(ProgrammeError, match="line 1: there is no column agency"):
        read_recommendations(tiny_programme(tmp_path))


# programmes


def programme(agency, name, first, last="", status="berjalan", seen="", sectors="health", dimension=""):
    english = {"berjalan": "running", "selesai": "finished", "dilanjutkan": "continued", "berhenti": "stopped"}
    row = dict(agency=agency, programme=name, sectors=sectors, dimension=dimension, first_year=first, last_year=last)
    return row | dict(status=status, status_en=english.get(status, status), source="-", seen=seen)


def fate(*rows, until=2024):
    return continuity(pd.DataFrame(rows), CYCLES, REGION, until).set_index(["agency", "programme", "first"])


def test_what_a_status_says_decides():
    found = fate(
        programme("a", "Runs", "2019"),
        programme("a", "Ends", "2018", "2021", "selesai"),
        programme("a", "Stops", "2018", "2020", "berhenti"),
        programme("a", "No word", "2018", "2020", "diluncurkan"),
    )["state"]
    assert list(found) == ["finished", "cut_off", "cut_off", "continues"]
    assert found[("a", "No word", 2018)] == "cut_off"


def test_no_later_sign_is_no_end():
    old, new = programme("a", "Old", "2017", status="diluncurkan 2017"), programme("a", "New", "2022", status="-", seen="2023")
    found = fate(old, new)
    assert found.at[("a", "Old", 2017), "state"] == "no_later_sign" and found.at[("a", "Old", 2017), "last"] == 2017
    assert found.at[("a", "New", 2022), "state"] == "continues" and found.at[("a", "New", 2022), "rule"] == "sighting"
    assert fate(old, new, until=2026).at[("a", "New", 2022), "state"] == "no_later_sign"


def test_a_source_of_a_later_year_is_not_known_yet():
    row = programme("a", "P", "2022", status="-", seen="2025")
    assert fate(row, until=2023).at[("a", "P", 2022), "last"] == 2023
    assert continuity(pd.DataFrame([row]), CYCLES, REGION, 2021).empty


def test_an_end_after_the_year_judged_has_not_come_yet():
    assert fate(programme("a", "P", "2018", "2022", "berhenti"), until=2021).at[("a", "P", 2018), "state"] == "continues"


def test_a_continued_programme_is_tied_to_the_next_of_its_agency_and_sector():
    found = fate(
        programme("a", "Old", "2017", "2021", "dilanjutkan"),
        programme("a", "Other sector", "2022", sectors="education"),
        programme("b", "Other agency", "2022"),
        programme("a", "Later", "2024"),
        programme("a", "Next", "2023"),
    )
    row = found.loc[("a", "Old", 2017)]
    assert (row["state"], row["successor"], row["successor_agency"], row["rule"]) == ("taken_over", "Next", "a", "same_agency")


def test_a_stopped_programme_is_never_tied_to_another():
    found = fate(programme("a", "Old", "2017", "2021", "berhenti"), programme("a", "Next", "2022"))
    assert found.at[("a", "Old", 2017), "state"] == "cut_off" and found.at[("a", "Old", 2017), "successor"] == ""


def test_the_same_name_after_a_gap_is_a_restart_and_under_another_agency_a_move():
    found = fate(programme("a", "Bank Sampah (I)", "2018", "2019", "berhenti"), programme("a", "bank  sampah", "2022"))
    assert list(found["state"]) == ["taken_over", "restarted"]
    found = fate(programme("a", "Bank Sampah", "2018", "2021", "berhenti"), programme("b", "Bank Sampah", "2022"))
    assert list(found["state"]) == ["taken_over", "moved"] and found["successor_agency"].iloc[0] == "b"
    assert same_name("A-B (x)") == same_name("a b")


def test_cycles_are_those_a_programme_touches():
    found = fate(programme("a", "P", "2017"), programme("a", "Q", "2017", "2017", "selesai"), programme("a", "R", "2023"))
    assert dict(zip(found.index.get_level_values(1), found["cycles"], strict=True)) == {"P": "1 2", "Q": "", "R": "2"}


def test_the_made_up_programmes_have_the_fate_they_were_given():
    plan = load_programme("contoh")
    found = continuity(read_programmes(plan), plan.cycles, plan.region, 2024)
    assert dict(found["state"].value_counts()) == {"continues": 12, "cut_off": 4, "finished": 1, "taken_over": 1}
    assert found.set_index("state").at["taken_over", "successor"] == "Kanal Layanan Terpadu (contoh)"


def test_of_mimikas_first_quick_wins_no_later_sign_is_known():
    plan = load_programme("mimika")
    rows = read_programmes(plan)
    assert set(rows["agency"]) <= {a.id for a in plan.agencies}
    found = continuity(rows, plan.cycles, plan.region, 2025)
    first = found[found["first"] == 2017]
    assert len(first) == 4 and set(first["state"]) == {"no_later_sign"}
    assert "cut_off" not in set(found["state"])  # no source says that one ended
    assert found.set_index("programme").at["SPAM Kota (air bersih)", "last"] == 2025


@pytest.mark.parametrize(
    ("years", "said"),
    [("17,", "first_year: 17 is not a year"), (",2019", "first_year: nothing stands here"), ("2020,2018", "before")],
)
def test_years_that_are_none_are_refused(tmp_path, years, said):
    head = "agency,programme,sectors,dimension,first_year,last_year,status,status_en,source\n"
    (tmp_path / "programmes.csv").write_text(f"{head}a,P,,,{years},s,s,-\n", "utf-8")
    with pytest.raises(ProgrammeError) as error:
        read_programmes(tiny_programme(tmp_path))
    assert said in str(error.value) and "line 2" in str(error.value)


def test_a_programme_stands_beside_the_statistics_that_tell_of_it(tmp_path):
    head = "agency,programme,sectors,dimension,first_year,last_year,status,status_en,source,statistics\n"
    (tmp_path / "programmes.csv").write_text(f"{head}a,P,,,2019,,s,s,-,malaria_positivty\n", "utf-8")
    with pytest.raises(ProgrammeError, match="malaria_positivity"):
        read_programmes(tiny_programme(tmp_path))
    said = annex.programmes(evaluate_round("mimika", "2023-S2"), words("en")).html
    assert "Malaria tests that are positive: 30.65% (2023)" in said and "they do not measure" in said
    assert "14.62" not in said  # 2025 lies after the round
