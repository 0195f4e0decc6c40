"""What an instrument's file declares: whose it is, its calendar, own scales and goalposts of indicators; values worked by hand."""

from __future__ import annotations

import pytest
import yaml

from scevaluation.errors import InstrumentError
from scevaluation.frames import ROOT
from scevaluation.instrument import Instrument, load_instrument, read_instrument
from scevaluation.issues import describe, told
from scevaluation.words import LANGUAGES, words


def leaf(name: str, **more) -> dict:
    return {"id": name, "label": name.upper(), "weight": 1, **more}


def said(*children, **more) -> dict:
    """An instrument's file on 1-4, of these indicators (default two) in the component k."""
    tree = {"id": ROOT, "label": "I", "children": [leaf("k", children=list(children) or [leaf("a"), leaf("b")])]}
    base = {"id": "uji", "label": "Uji", "valid_from": "2024-S1", "scale": {"low": 1, "high": 4}, "weights": "own"}
    return {**base, "weights_source": "kami", "source": "kami", "tree": tree, **more}


def made(*children, **more) -> Instrument:
    return Instrument.model_validate(said(*children, **more))


def refused(tmp_path, file: dict) -> dict[str, str]:
    """What the refusal of a file says, by language."""
    path = tmp_path / "uji.yaml"
    path.write_text(yaml.safe_dump(file, sort_keys=False), "utf-8")
    with pytest.raises(InstrumentError) as error:
        read_instrument(path)
    assert error.value.issues
    return {lang: told(error.value, words(lang))[0] for lang in LANGUAGES}


# whose it is


def test_a_file_without_the_new_keys_has_the_old_meaning():
    i = made()
    assert (i.family, i.calendar, i.top) == ("own", "S", "component")


@pytest.mark.parametrize(("start", "calendar"), [("2024-S1", "S"), ("2024-Q3", "Q")])
def test_the_calendar_is_that_of_the_start(start, calendar):
    assert made(valid_from=start).calendar == calendar


def test_a_calendar_that_is_said_holds():
    assert made(calendar="Q").calendar == "Q"


def test_any_plain_family_is_taken_and_another_refused(tmp_path):
    assert made(family="ikk-2").family == "ikk-2"
    assert "family: " in refused(tmp_path, said() | {"family": "Kementerian Kominfo"})["en"]


def test_the_shipped_instruments_say_whose_they_are():
    declared = {
        "kominfo-2018-2020": ("ministry", "component"),
        "kominfo-2023-kppn-ikn": ("ministry", "component"),
        "sektor-siklus-1": ("own", "sector"),
        "sektor-siklus-2": ("own", "sector"),
        "spbe-2020": ("spbe", "domain"),
        "skm-2017": ("skm", "element"),
    }
    assert {n: (load_instrument(n).family, load_instrument(n).top) for n in declared} == declared


PREDICATES = [{"low": 1, "label": "D"}, {"low": 2.5, "label": "C"}, {"low": 2.5, "label": "B"}]


def test_predicates_that_do_not_rise_are_refused_with_their_place(tmp_path):
    text = refused(tmp_path, said(predicates=PREDICATES))
    assert "predicates.3.low: the predicate begins at 2.5; after the one before it that must be > 2.5." in text["en"]
    assert "predikat mulai pada 2,5" in text["id"] or "predikat mulai pada 2.5" in text["id"]


def test_a_predicate_off_the_scale_is_refused_with_its_place(tmp_path):
    text = refused(tmp_path, said(predicates=[{"low": 0, "label": "D"}]))
    assert "predicates.1.low: the predicate begins at 0, off the scale 1–4." in text["en"]
    assert "di luar skala 1–4" in text["id"]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A data folder of one's own; takes an instrument's file and a programme's, gives the programme."""
    import scevaluation.instrument as instrument
    import scevaluation.intake.consistency as told_of
    from scevaluation.programme import read_programme

    def write(file: dict, **plan):
        (tmp_path / "instruments").mkdir(exist_ok=True)
        (tmp_path / "instruments" / "uji.yaml").write_text(yaml.safe_dump(file, sort_keys=False), "utf-8")
        base = {"id": "p", "label": "P", "region": "99.99", "region_label": "P", "cycles": []}
        base["rounds"] = [{"id": file["valid_from"], "state": "scored", "instrument": "uji"}]
        (tmp_path / "p" / "rounds").mkdir(parents=True, exist_ok=True)
        (tmp_path / "p" / "programme.yaml").write_text(yaml.safe_dump(base | plan, sort_keys=False), "utf-8")
        return read_programme(tmp_path / "p")

    for module in (instrument, told_of):
        monkeypatch.setattr(module, "DATA", tmp_path)
    load_instrument.cache_clear()
    yield write
    load_instrument.cache_clear()


def test_the_check_notes_a_file_that_names_no_family(folder):
    from scevaluation.intake.consistency import consistency

    found = consistency(folder(said()))
    assert [(i["file"], i["problem"], i["severity"]) for i in found] == [("uji.yaml", "no_family", "note")]
    assert "uji does not say whose it is (family); it is read as the regency's own" in describe(found[0], words("en"))
    assert "dibaca sebagai milik pemerintah kabupaten sendiri" in describe(found[0], words("id"))
    load_instrument.cache_clear()
    assert consistency(folder(said(family="own"))) == []


def test_the_check_warns_of_a_questionnaire_for_rounds_of_another_kind(folder):
    from scevaluation.intake.consistency import consistency

    found = consistency(folder(said(family="own", calendar="Q")))
    assert [(i["problem"], i["severity"], i["cell"].rpartition(" ")[2]) for i in found] == [("calendar_differs", "warning", "calendar")]


# rounds of a year


def test_a_bare_year_in_a_file_is_a_round(folder):
    rounds = [{"id": year, "state": "scored", "instrument": "uji"} for year in (2023, 2024)]
    cycles = [{"id": "1", "label": "S", "start": 2023, "end": 2027, "source": "kami"}]
    plan = folder(said(valid_from=2023, family="own"), calendar="Y", rounds=rounds, cycles=cycles)
    assert plan.scored == ("2023", "2024") and plan.instrument("2023").calendar == "Y"
    assert plan.cycle("2024").id == "1" and plan.cycle("2022") is None


@pytest.mark.parametrize("other", ["2024-S1", "2024-Q1"])
def test_a_programme_of_years_mixes_with_nothing_else(folder, other):
    from scevaluation.errors import ProgrammeError

    rounds = [{"id": name, "state": "scored", "instrument": "uji"} for name in ("2023", other)]
    with pytest.raises(ProgrammeError, match=f"{other} is of another kind"):
        folder(said(valid_from="2023"), calendar="Y", rounds=rounds)


@pytest.mark.parametrize(
    ("start", "end", "inside", "outside"),
    [
        ("2023", "2024", "2023-S1 2024-S2 2023-Q1 2024-Q4 2023 2024", "2022-S2 2025-Q1 2022 2025"),
        ("2023-S1", "2024-S2", "2023-S1 2024-S2 2023-Q1 2024-Q4 2023 2024", "2022-S2 2025-Q1 2022 2025"),
        ("2023-S2", "2024-S1", "2023-Q3 2024-Q2", "2023 2024 2023-Q2 2024-Q3"),
    ],
)
def test_a_cycle_holds_the_rounds_whose_days_it_holds(start, end, inside, outside):
    from scevaluation.programme import Cycle

    cycle = Cycle(id="1", label="S", start=start, end=end, source="kami")
    assert [cycle.holds(r) for r in inside.split()] == [True] * len(inside.split())
    assert [cycle.holds(r) for r in outside.split()] == [False] * len(outside.split())


@pytest.mark.parametrize(
    ("text", "said"),
    [("2024", "2024"), ("HASIL EVALUASI TAHUN 2024", "2024"), ("2024-1", ""), ("Semester I 2024", "2024-S1"), ("2024-S2", "2024-S2")],
)
def test_what_a_text_says_of_a_round_in_a_programme_of_years(text, said):
    from scevaluation.intake.rounds_said import round_said, same_round

    assert round_said(text, "Y", whole=True) == said
    assert same_round(said, "2024") == (said in ("", "2024"))
