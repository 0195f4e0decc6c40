"""Rounds, cycles, events, programmes."""

import subprocess
import sys
from datetime import date

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from scevaluation.errors import InstrumentError, ProgrammeError, RoundError, UnknownWeights
from scevaluation.instrument import Instrument, load_instrument, read_instrument
from scevaluation.period import Period
from scevaluation.programme import Event, Programme, load_programme, programmes, read_programme

rounds = st.builds(lambda y, k: f"{y}{k}", st.integers(2000, 2099), st.sampled_from(["-S1", "-S2", "-Q1", "-Q2", "-Q3", "-Q4", ""]))


@given(rounds)
def test_a_round_is_its_name(name):
    assert str(Period(name)) == name and Period(name) == name and hash(Period(name)) == hash(Period(name))


@given(rounds, st.integers(-20, 20), st.integers(-20, 20))
def test_adding_rounds_adds_up_and_keeps_order(name, a, b):
    r = Period(name)
    if not all(2000 <= (r.year + x // {"S": 2, "Q": 4, "Y": 1}[r.kind]) <= 2098 for x in (a, a + b, b)):
        return
    assert (r + a) + b == r + (a + b)
    assert ((r + a) < (r + b)) == (a < b)
    assert (r + a).number - r.number == a


@given(rounds)
def test_a_round_ends_the_day_before_the_next_begins(name):
    r = Period(name)
    if r.year < 2099:
        assert (r + 1).start.toordinal() == r.end.toordinal() + 1


def test_a_round_by_hand():
    r = Period("2024-S2")
    assert (r.number, r.time, r.start, r.end) == (15, 2024.75, date(2024, 7, 1), date(2024, 12, 31))
    q = Period("2025-Q3")
    assert (q.time, q.start, q.end) == (2025.625, date(2025, 7, 1), date(2025, 9, 30))
    y = Period("2024")
    assert (y.number, y.time, y.start, y.end) == (7, 2024.5, date(2024, 1, 1), date(2024, 12, 31))
    assert (y.year, y.part, y.kind, str(y + 1), str(y + -7)) == (2024, 1, "Y", "2025", "2017")


def test_a_number_that_is_a_year_is_a_round():
    assert Period(2024) == "2024" and hash(Period(2024)) == hash(Period("2024"))


def test_rounds_of_several_kinds_are_ordered_by_the_middle_of_each():
    names = ["2024-S1", "2024-Q3", "2024", "2023", "2024-S2", "2025", "2024-Q1"]
    assert sorted(names, key=Period) == ["2023", "2024-Q1", "2024-S1", "2024", "2024-Q3", "2024-S2", "2025"]


@given(st.text(max_size=12))
def test_any_other_text_is_no_round(text):
    try:
        assert str(Period(text)) == text
    except RoundError as error:
        assert error.remedy


NO_ROUNDS = ["2024-S3", "2024-Q5", "2024-Y1", "2024-", "24", "1999", "20245", "24-S1", "2024-s1", "2024-S1 ", "1999-S1"]


@pytest.mark.parametrize("name", NO_ROUNDS)
def test_wrong_rounds_are_refused(name):
    with pytest.raises(RoundError):
        Period(name)


def _event(start, end, **more):
    return Event(start=start, end=end, kind="election", label={"id": "x", "en": "x"}, source="s", confidence="seen", **more)


def test_an_event_without_day_spans_its_month_or_year():
    assert (_event("2020", "2021").first, _event("2020", "2021").last) == (date(2020, 1, 1), date(2021, 12, 31))
    assert (_event("2020-02", "2020-02").first, _event("2020-02", "2020-02").last) == (date(2020, 2, 1), date(2020, 2, 29))


def test_an_event_touches_the_rounds_it_falls_into_and_those_that_still_feel_it():
    assert _event("2018-06-27", "2018-06-27").touches(Period("2018-S1"))
    assert not _event("2018-06-27", "2018-06-27").touches(Period("2018-S2"))
    assert _event("2018-06-27", "2018-06-27", lasts=1).touches(Period("2018-S2"))


def test_an_event_that_ends_before_it_starts_is_refused():
    with pytest.raises(ValueError, match="ends before it starts"):
        _event("2021", "2020")


@pytest.mark.parametrize("name", programmes())
def test_every_programme_loads_and_names_known_instruments(name):
    plan = load_programme(name)
    assert plan.scored
    for state in plan.rounds:
        if state.instrument:
            assert load_instrument(state.instrument).id == state.instrument


def test_an_unknown_programme_is_refused_with_the_known_ones():
    with pytest.raises(ProgrammeError, match="contoh"):
        load_programme("../../etc")


def test_a_round_the_programme_does_not_know_is_refused():
    with pytest.raises(RoundError, match="no round 2050-S1"):
        load_programme("mimika").round("2050-S1")


def test_cycles_are_data():
    plan = load_programme("contoh")
    assert plan.cycle("2017-S1") is None
    assert plan.cycle("2018-S1").id == "1" and plan.cycle("2024-S2").id == "2"


def _write(tmp_path, change):
    raw = yaml.safe_load((load_programme("kab-malang").folder / "programme.yaml").read_text("utf-8"))
    change(raw)
    (tmp_path / "programme.yaml").write_text(yaml.safe_dump(raw), "utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda r: r.update(rounds=r["rounds"][::-1]), "order of time"),
        (lambda r: r.update(delta=0), "delta"),
        (lambda r: r.update(surprise=1), "surprise"),
        (lambda r: r["rounds"].append({"id": "2024-S2", "state": "scored"}), "names no instrument"),
        (lambda r: r["rounds"].append({"id": "2024-Q4", "state": "not_held"}), "another kind"),
        (lambda r: r["rounds"].append({"id": "2024", "state": "not_held"}), "2024 is of another kind"),
        (lambda r: r["rounds"].append({"id": 2024, "state": "not_held"}), "2024 is of another kind"),
        (lambda r: r["rounds"].append({"id": 24, "state": "not_held"}), "no round"),
    ],
)
def test_a_programme_that_contradicts_itself_is_refused_with_the_place(tmp_path, change, said):
    with pytest.raises((ProgrammeError, RoundError), match=said):
        read_programme(_write(tmp_path, change))


def test_an_empty_folder_is_a_clear_error(tmp_path):
    with pytest.raises(ProgrammeError, match=r"no programme\.yaml"):
        read_programme(tmp_path)


def test_yaml_that_is_no_yaml_is_a_clear_error(tmp_path):
    (tmp_path / "programme.yaml").write_text("a: [")
    with pytest.raises(ProgrammeError, match="not valid YAML"):
        read_programme(tmp_path)
    with pytest.raises(InstrumentError, match="not valid YAML"):
        read_instrument(tmp_path / "programme.yaml")


def test_a_model_is_frozen():
    with pytest.raises(ValueError, match="frozen"):
        load_programme("mimika").region = "1"
    assert isinstance(load_programme("mimika"), Programme) and isinstance(load_instrument("skm-2017"), Instrument)


def test_unknown_weights_give_no_index():
    with pytest.raises(UnknownWeights, match="not known"):
        load_instrument("kominfo-2018-2020").share("baseline")


def test_an_unknown_instrument_is_refused_with_the_known_ones():
    with pytest.raises(InstrumentError, match="kominfo-2023-reguler"):
        load_instrument("kominfo-1999")


@pytest.mark.parametrize(("lang", "said"), [("id", "Program daerah dengan nama itu tidak ada"), ("en", "no region's programme")])
def test_a_command_says_an_error_in_the_language_asked_for(lang, said):
    call = [sys.executable, "-c", "from scevaluation.cli import main; main()", "report", "wilayah-94-4", "--round", "2023-S2"]
    done = subprocess.run([*call, "--lang", lang], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1 and said.lower() in done.stderr.lower() and "wilayah-94-04" in done.stderr
    assert "Traceback" not in done.stderr
