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
    from scevaluation import place
    from scevaluation.programme import read_programme

    def write(file: dict, **plan):
        (tmp_path / "instruments").mkdir(exist_ok=True)
        (tmp_path / "instruments" / "uji.yaml").write_text(yaml.safe_dump(file, sort_keys=False), "utf-8")
        base = {"id": "p", "label": "P", "region": "99.99", "region_label": "P", "cycles": []}
        base["rounds"] = [{"id": file["valid_from"], "state": "scored", "instrument": "uji"}]
        (tmp_path / "p" / "rounds").mkdir(parents=True, exist_ok=True)
        (tmp_path / "p" / "programme.yaml").write_text(yaml.safe_dump(base | plan, sort_keys=False), "utf-8")
        return read_programme(tmp_path / "p")

    monkeypatch.setitem(place.LAYERS, "data", (tmp_path,))
    yield write


def test_the_check_notes_a_file_that_names_no_family(folder):
    from scevaluation.intake.consistency import consistency

    found = consistency(folder(said()))
    assert [(i["file"], i["problem"], i["severity"]) for i in found] == [("uji.yaml", "no_family", "note")]
    assert "uji does not say whose it is (family); it is read as the regency's own" in describe(found[0], words("en"))
    assert "dibaca sebagai milik pemerintah kabupaten sendiri" in describe(found[0], words("id"))
    assert consistency(folder(said(family="own"))) == []


def test_the_check_warns_of_a_questionnaire_for_rounds_of_another_kind(folder):
    from scevaluation.intake.consistency import consistency

    found = consistency(folder(said(family="own", calendar="Q")))
    assert [(i["problem"], i["severity"], i["cell"].rpartition(" ")[2]) for i in found] == [
        ("calendar_differs", "warning", "calendar")
    ]


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
    [
        ("2024", "2024"),
        ("HASIL EVALUASI TAHUN 2024", "2024"),
        ("2024-1", ""),
        ("Semester I 2024", "2024-S1"),
        ("2024-S2", "2024-S2"),
    ],
)
def test_what_a_text_says_of_a_round_in_a_programme_of_years(text, said):
    from scevaluation.intake.rounds_said import round_said, same_round

    assert round_said(text, "Y", whole=True) == said
    assert same_round(said, "2024") == (said in ("", "2024"))


# how an indicator is measured


def normalised(*values, **how) -> list[float]:
    """What an indicator of an instrument on 1-4 comes to on 0-100."""
    return [round(float(v), 9) for v in made(leaf("a", **how), leaf("b")).normalise("k/a", list(values))]


def test_an_indicator_without_more_is_on_the_instruments_scale():
    i = made()
    assert i.measured == frozenset() and i.plain is i and i.on_scale("k/a", 2.5) == 2.5
    assert i.scale_of("k/a") == i.scale == i.scale_of("nowhere")


def test_an_own_scale():
    assert normalised(0, 25, 50, scale={"low": 0, "high": 50}) == [0, 50, 100]


def test_lower_is_better_turns_the_scale():
    assert normalised(1, 2, 4, direction="lower") == [100, 66.666666667, 0] == normalised(1, 2, 4, direction=-1)
    assert normalised(0, 10, 40, scale={"low": 0, "high": 40}, direction="lower") == [100, 75, 0]
    assert normalised(1, 2, direction=1) == normalised(1, 2, direction="higher") == [0, 33.333333333]


def test_goalposts_may_fall_and_what_lies_beyond_counts_as_the_end():
    assert normalised(-3, 0, 10, 20, 40, 90, goalposts={"worst": 40, "best": 0}) == [100, 100, 75, 50, 0, 0]
    assert normalised(10, 20, 85, 99, goalposts={"worst": 20, "best": 85}) == [0, 0, 100, 100]


def test_a_logarithm_between_goalposts():
    # (ln 1000 - ln 100) / (ln 10000 - ln 100) is one half; nothing at or below zero reaches the logarithm
    assert normalised(-5, 0, 100, 1000, 10000, goalposts={"worst": 100, "best": 10000}, transform="log") == [0, 0, 0, 50, 100]
    assert normalised(100, 1000, 10000, goalposts={"worst": 10000, "best": 100}, transform="log") == [100, 50, 0]


def test_a_wanted_range_is_the_best_and_falls_to_both_ends():
    wanted = {"scale": {"low": 0, "high": 100}, "direction": {"low": 40, "high": 60}}
    assert normalised(0, 20, 40, 50, 60, 90, 100, **wanted) == [0, 50, 100, 100, 100, 25, 0]
    posts = {"goalposts": {"worst": 10, "best": 50}, "direction": {"low": 30, "high": 30}}
    assert normalised(0, 10, 20, 30, 40, 50, 60, **posts) == [0, 0, 50, 100, 50, 0, 0]
    open_below = {"scale": {"low": 0, "high": 10}, "direction": {"low": 0, "high": 5}}
    assert normalised(0, 5, 7.5, 10, **open_below) == [100, 100, 50, 0]


def test_what_is_missing_stays_missing():
    assert str(normalised(float("nan"), 25, scale={"low": 0, "high": 50})) == "[nan, 50.0]"


LOG = {"transform": "log"}


@pytest.mark.parametrize(
    ("how", "at", "en", "in_id"),
    [
        ({"goalposts": {"worst": 3, "best": 3}}, "goalposts", "the worst and the best value are both 3.", "sama-sama 3."),
        (
            LOG | {"scale": {"low": 0, "high": 9}},
            "transform",
            "a logarithm needs values above zero, but the lowest is 0.",
            "di atas nol",
        ),
        (LOG | {"goalposts": {"worst": 9, "best": -1}}, "transform", "but the lowest is -1.", "yang terendah -1."),
        (
            {"direction": {"low": 2, "high": 5}},
            "direction",
            "the wanted range 2–5 does not lie on 1–4",
            "rentang yang diinginkan 2–5",
        ),
        (
            {"direction": {"low": 3, "high": 2}},
            "direction",
            "the wanted range 3–2 does not lie on 1–4, or does not rise.",
            "menaik",
        ),
        ({"direction": "up"}, "direction", "up is none of: higher, lower, {low, high}.", "up"),
        ({"direction": {"low": 2}}, "direction", "is none of: higher, lower, {low, high}.", "low"),
        ({"direction": True}, "direction", "True is none of: higher, lower", "True"),
        (
            {"direction": "lower", "goalposts": {"worst": 1, "best": 9}},
            "direction",
            "the direction lower contradicts",
            "arah lower",
        ),
        (
            {"direction": 1, "goalposts": {"worst": 9, "best": 1}},
            "direction",
            "the direction higher contradicts",
            "arah higher",
        ),
        (
            {"goalposts": {"worst": 1, "best": 9}, "levels": ["a", "b"]},
            "levels",
            "levels stand on a scale, but a has",
            "tingkat",
        ),
        ({"aggregation": "geometric"}, "aggregation", "aggregation is for a node with indicators below it, but a is", "bagian yang"),
        ({"goalposts": {"worst": 1, "middle": 2}}, "goalposts.best", "the key best is missing", "best"),
        ({"scale": {"low": 5, "high": 1}}, "scale", "the scale 5–1 does not rise.", "5–1"),
        ({"transform": "root"}, "transform", "root is none of", "root"),
    ],
)
def test_an_indicator_that_contradicts_itself_is_refused_with_its_place(tmp_path, how, at, en, in_id):
    text = refused(tmp_path, said(leaf("a", **how), leaf("b")))
    assert f", tree.children.1.children.1.{at}: " in text["en"]
    assert en in text["en"] and in_id in text["id"]


@pytest.mark.parametrize("key", ["scale", "goalposts", "unit", "direction", "transform"])
def test_how_an_indicator_is_measured_is_not_for_a_node_above_it(tmp_path, key):
    how = {
        "scale": {"low": 0, "high": 9},
        "goalposts": {"worst": 0, "best": 9},
        "unit": "%",
        "direction": "lower",
        "transform": "log",
    }
    file = said()
    file["tree"]["children"][0][key] = how[key]
    text = refused(tmp_path, file)
    assert f"tree.children.1.{key}: {key} is for an indicator, but k has indicators below it." in text["en"]
    assert f"{key} berlaku untuk indikator" in text["id"]


def test_a_geometric_mean_of_what_can_be_below_zero_is_refused_with_its_place(tmp_path):
    file = said(scale={"low": -1, "high": 1})
    file["tree"]["children"][0]["aggregation"] = "geometric"
    assert "tree.children.1.aggregation: k takes a geometric mean on a scale from -1" in refused(tmp_path, file)["en"]
    whole = refused(tmp_path, said(scale={"low": -1, "high": 1}, aggregation="geometric"))
    assert "aggregation: index memakai rata-rata geometrik" in whole["id"]


# in the index


def indexed(i: Instrument, *rows) -> dict[str, tuple]:
    """(value, value100, low, high) of every node, of (indicator, score[, agency or source])."""
    from scevaluation.evaluate.index import index
    from scevaluation.frames import INDEX, as_scores

    names, scores, *more = zip(*rows, strict=True)
    status = ["scored" if s == s else "not_reported" for s in scores]
    table = as_scores(region="99.99", round="2024-S1", indicator=list(names), score=list(scores), status=status)
    table["agency"] = list(more[0]) if more else ""
    out = INDEX.check(index(table, {"2024-S1": i}))
    return {r.node: tuple(round(float(x), 9) for x in (r.value, r.value100, r.low, r.high)) for r in out.itertuples()}


NAN = float("nan")


def test_the_index_stays_on_the_instruments_scale_and_takes_each_indicator_as_it_is_measured():
    # stunting 25 of 40 to 0 is 37.5, on 1-4 2.125; b 4 is 100; the mean 68.75, on 1-4 3.0625
    found = indexed(made(leaf("a", goalposts={"worst": 40, "best": 0}, unit="%"), leaf("b")), ("k/a", 25), ("k/b", 4))
    assert found["k/a"] == (2.125, 37.5, 37.5, 37.5)
    assert found["index"] == found["k"] == (3.0625, 68.75, 68.75, 68.75)


def test_bounds_of_a_missing_measured_indicator_are_the_whole_scale():
    found = indexed(made(leaf("a", direction="lower", weight=1), leaf("b"), coverage=0.5), ("k/a", NAN), ("k/b", 4))
    assert str(found["k/a"]) == "(nan, nan, 0.0, 100.0)" and found["index"] == (4, 100, 50, 100)


def test_agencies_that_miss_a_wanted_range_on_both_sides_are_not_in_it():
    # 30 and 70 of 0-100, wanted 40 to 60: each is 75; their mean 50 would have been 100
    i = made(leaf("a", scale={"low": 0, "high": 100}, direction={"low": 40, "high": 60}), leaf("b"))
    assert indexed(i, ("k/a", 30, "x"), ("k/a", 70, "y"), ("k/b", 1, "x"))["k/a"][1] == 75


def test_a_node_may_take_its_own_mean():
    # b and c on 0-100: arithmetic 25 at k; geometric of 25 and 64 at the index is 40
    tree = {"id": ROOT, "label": "I", "aggregation": "geometric"}
    tree["children"] = [leaf("k", children=[leaf("b"), leaf("c")]), leaf("d")]
    found = indexed(made(tree=tree, scale={"low": 0, "high": 100}), ("k/b", 10), ("k/c", 40), ("d", 64))
    assert (found["k"][0], found["index"][0]) == (25, 40)
    tree["aggregation"], tree["children"][0]["aggregation"] = "arithmetic", "geometric"
    found = indexed(made(tree=tree, scale={"low": 0, "high": 100}), ("k/b", 10), ("k/c", 40), ("d", 64))
    assert (found["k"][0], found["index"][0]) == (20, 42)


def test_scores_that_stand_on_the_scale_are_not_normalised_again():
    i = made(leaf("a", goalposts={"worst": 40, "best": 0}), leaf("b"))
    assert indexed(i.plain, ("k/a", 2.125), ("k/b", 4))["index"][0] == 3.0625 and i.plain.measured == frozenset()


def test_what_an_item_would_bring_is_told_on_the_scale():
    """Room and gain of a measured indicator: from 37.5 to 100 at half of the weight brings 31.25."""
    import pandas as pd

    from scevaluation.evaluate.leverage import leverage

    items = pd.DataFrame({"node": ["k/a", "k/b"], "now": [37.5, 100.0], "weight": 0.5})
    items = items.assign(region="99.99", round="2024-S1", agency="", status="scored")
    found = leverage(items, made(leaf("a", goalposts={"worst": 40, "best": 0}), leaf("b")))
    assert found["gain"].round(9).to_list() == [31.25, 0.0]


# in check and forms


def problems(folder, *rows, **how) -> list[tuple]:
    """What the check says of scores of indicator a, b being on 1-4: (problem, found, expected)."""
    from scevaluation.intake.reading import read

    plan = folder(said(leaf("a", **how), leaf("b"), family="own"))
    path = plan.folder / "rounds" / "2024-S1.csv"
    path.write_text("indicator,agency,source,score\n" + "".join(f"{n},,final,{s}\n" for n, s in rows), "utf-8")
    return [(i["problem"], i["found"], i["expected"]) for i in read(path, plan, "2024-S1").issues]


def test_a_score_is_judged_by_the_scale_of_its_indicator(folder):
    own = {"scale": {"low": 0, "high": 50, "step": 0.5}}
    assert problems(folder, ("k/a", 49.5), ("k/b", 4), **own) == []
    assert problems(folder, ("k/a", 0), ("k/b", 4), **own) == []
    found = problems(folder, ("k/a", 51), ("k/b", 5), **own)
    assert found == [("off_scale", "51", "0–50 (uji)"), ("off_scale", "5", "1–4 (uji)")]
    assert problems(folder, ("k/a", 3.3), ("k/b", 3.3), **own) == [("off_grid", "3.3", "0.5")]


def test_between_goalposts_and_without_a_scale_any_number_is_a_score(folder):
    posts = {"goalposts": {"worst": 100, "best": 75000}, "transform": "log"}
    assert problems(folder, ("k/a", 112000), ("k/b", 4), **posts) == []
    assert problems(folder, ("k/a", -3), ("k/b", 4), **posts) == []


def test_a_value_given_above_is_compared_with_what_is_measured_below(folder):
    """a is 25 between 40 and 0: 2.125; with b 4 that is 3.0625, and k is given as 3.06; raw it would have been 14.5."""
    assert problems(folder, ("k", 3.06), ("k/a", 25), ("k/b", 4), goalposts={"worst": 40, "best": 0}) == []
    found = problems(folder, ("k", 2), ("k/a", 25), ("k/b", 4), goalposts={"worst": 40, "best": 0})
    assert found == [("sum_differs", "2 (k)", "3.062 (final)")]


def test_levels_stand_on_the_indicators_own_scale():
    from scevaluation.intake.levels import level_texts, limits_of

    i = made(leaf("a", scale={"low": 0, "high": 2}, levels=["no", "some", "all"], unit="langkah"), leaf("b"))
    assert level_texts(i.nodes["k/a"], i, "en") == {"0 · no": 0, "1 · some": 1, "2 · all": 2}
    assert [limits_of(p, i) for p in i.leaves] == ["0–2 langkah", "1–4"]
    assert limits_of("k/a", made(leaf("a", goalposts={"worst": 0, "best": 2}, unit="km"), leaf("b"))) == "km"


def test_the_forms_cells_take_what_their_indicator_takes(folder):
    """Excel's rules of the workbook: 0-50 for a, any number for c, 1-4 for b; no drop-down without levels."""
    from openpyxl import load_workbook

    from scevaluation.intake.blank import blank

    own = [leaf("a", scale={"low": 0, "high": 50}), leaf("b"), leaf("c", goalposts={"worst": 9000, "best": 0}, unit="jiwa")]
    plan = folder(said(*own, family="own"))
    book = load_workbook(blank(plan, "2024-S1", plan.folder / "form.xlsx"))
    rules = {str(r.sqref): r for r in book["Skor"].data_validations.dataValidation}
    kinds = {cell: (r.type, r.formula1, r.formula2) for cell, r in rules.items() if cell[0] == "E"}
    assert kinds == {"E2": ("decimal", "0.0", "50.0"), "E3": ("decimal", "1.0", "4.0"), "E4": (None, None, None)}
    assert rules["E4"].prompt == "jiwa"
    assert any("scale or a unit of their own" in str(c.value) for row in book["Sampul"].iter_rows() for c in row)


@pytest.mark.parametrize(("unit", "taken"), [("%", 23.5), ("jiwa", None)])
def test_a_per_cent_is_a_score_where_the_indicator_is_measured_in_it(folder, unit, taken):
    """0.235 shown as 23.5% in a workbook: 23.5 of an indicator in per cent, else nobody can tell."""
    from openpyxl import Workbook

    from scevaluation.intake.reading import read

    plan = folder(said(leaf("a", goalposts={"worst": 40, "best": 0}, unit=unit), leaf("b"), family="own"))
    book = Workbook()
    book.active.title = "Skor"
    for row in (["Indikator", "Nilai akhir / Final"], ["k/a", 0.235], ["k/b", 3]):
        book.active.append(row)
    book.active["B2"].number_format = "0.0%"
    book.save(plan.folder / "form.xlsx")
    found = read(plan.folder / "form.xlsx", plan, "2024-S1")
    assert {row["indicator"]: row["score"] for row in found.rows}.get("k/a") == taken
    assert ("percent_scale" in [i["problem"] for i in found.errors]) == (taken is None)


def test_the_agencys_form_shows_what_is_measured_and_takes_it(folder):
    """The workbook of one agency: the unit beside the indicator, a mark on what is off its own scale, and back by the reading."""
    from openpyxl import load_workbook

    from scevaluation.intake.forms_out import forms_out
    from scevaluation.intake.reading import read

    hours = leaf("a", scale={"low": 0, "high": 50}, unit={"id": "jam", "en": "hours"}, agency="x")
    own = [hours, leaf("b", agency="x", goalposts={"worst": 900, "best": 0})]
    plan = folder(said(*own, family="own"), agencies=[{"id": "x", "label": "X"}])
    forms_out(plan, "2024-S1", plan.folder / "forms")
    book = load_workbook(next((plan.folder / "forms").glob("*.xlsx")))
    sheet = book["Skor"]
    heads = [c.value for c in sheet[1]]
    levels, mine = heads.index("Arti nilai / Levels"), heads.index("Nilai mandiri / Self")
    assert [row[levels].value for row in sheet.iter_rows(min_row=2, max_row=3)] == ["0–50 jam / hours", ""]
    sheet.cell(2, mine + 1, 48)
    sheet.cell(3, mine + 1, 120)
    book.save(plan.folder / "filled.xlsx")
    found = read(plan.folder / "filled.xlsx", plan, "2024-S1")
    assert not found.errors and {r["indicator"]: r["score"] for r in found.rows} == {"k/a": 48, "k/b": 120}


# one rule of coverage


@pytest.mark.parametrize("asked", [0.3, 0.5, 0.65, 0.7, 0.8, 0.9])
def test_the_index_and_the_building_block_have_one_rule_of_coverage(asked):
    """Three levels, several leaves missing: every node of `index` is that of `composite.climb`, with and without a value.

    By hand: a.k has 2 of 3 (.667), a has k and l: (.667 + 1) / 2 = .833, b has 1 of 4 (.25).
    """
    import numpy as np

    from scevaluation.methods.composite import climb

    a = leaf("a", children=[leaf("k", children=[leaf(n) for n in "pqr"]), leaf("l")])
    tree = {"id": ROOT, "label": "I", "children": [a, leaf("b", weight=0.5, children=[leaf(n) for n in "stuv"])]}
    i = made(tree=tree, coverage=asked)
    scores = dict(zip(i.leaves, (4, 2, NAN, 1, 4, NAN, NAN, NAN), strict=True))
    found = indexed(i, *scores.items())
    inner = [p for p in reversed(i.nodes) if i.nodes[p].children]
    weights = {p: np.array([n.weight or 1.0]) for p, n in i.nodes.items()}
    theirs = climb(np.array([list(scores.values())]), {p: i.children(p) for p in inner}, i.leaves, weights, threshold=asked)
    assert {p: str(round(float(theirs[p][0, 0]), 9)) for p in inner} == {p: str(found[p][0]) for p in inner}
    by_hand = {0.3: (3, 2, NAN, 2), 0.5: (3, 2, NAN, 2), 0.65: (3, 2, NAN, NAN), 0.7: (NAN, NAN, NAN, NAN)}
    if asked in by_hand:
        assert str([found[p][0] for p in ("a/k", "a", "b", "index")]) == str([float(x) for x in by_hand[asked]])


def test_a_mean_that_is_not_known_is_refused_by_its_name():
    import numpy as np

    from scevaluation.errors import EvaluationError
    from scevaluation.methods.composite import climb

    one = np.ones(1)
    with pytest.raises(EvaluationError, match="harmonic"):
        climb(np.array([[1.0, 4.0]]), {"i": ["a", "b"]}, ["a", "b"], {"a": one, "b": one}, "harmonik")
