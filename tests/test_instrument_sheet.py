"""An instrument as a sheet: every one comes back equal, and what is wrong in it is said with sheet and cell."""

import io
import random

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from scevaluation import place
from scevaluation.cli import app
from scevaluation.errors import EvaluationError, InstrumentError, IntakeError
from scevaluation.instrument import Instrument, file_of, load_instrument, names, read_instrument
from scevaluation.instrument_sheet import read_sheet
from scevaluation.intake import instrument_out as out
from scevaluation.issues import describe, told
from scevaluation.node import QUALITIES, SECTORS
from scevaluation.words import words

SHIPPED = names()
MAKERS = {".xlsx": out.workbook, ".csv": out.text_table, ".yaml": out.as_yaml}
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z"), include_characters=" ="), min_size=1, max_size=25).map(str.strip)
ODD = ["=1+1", "'=x", "-", "+1", "@a", "1.10", "a;b", 'say "x"', "a,b", "2024-01-02", "ya", "#N/A", "1e5"]
TEXT = TEXT.filter(bool) | st.sampled_from(ODD)
CODE = st.from_regex(r"[a-z0-9][a-z0-9._-]{0,6}", fullmatch=True)
LABEL = st.builds(lambda a, b: {"id": a, "en": b}, TEXT, TEXT)
NUMBER = st.floats(0.001, 1e6) | st.integers(1, 1000)


@st.composite
def nodes(draw, depth, weighed):
    """Children of a node, each once."""
    codes = draw(st.lists(CODE, min_size=1, max_size=3, unique=True))
    return [draw(node(code, depth, weighed)) for code in codes if code != "index"] or [draw(node("a", depth, weighed))]


@st.composite
def node(draw, code, depth, weighed):
    some = lambda *fields: {k: draw(v) for k, v in fields if draw(st.booleans())}  # noqa: E731
    said = {"id": code, "label": draw(LABEL)} | ({"weight": draw(NUMBER)} if weighed else {})
    said |= some(("about", LABEL), ("dimension", TEXT), ("agency", TEXT), ("note", TEXT), ("quality", st.sampled_from(QUALITIES)))
    said |= some(("sectors", st.lists(st.sampled_from(SECTORS), min_size=1, max_size=2, unique=True)))
    said |= some(("link", CODE | st.just("-") | st.lists(CODE, min_size=1, max_size=3)))
    if depth and draw(st.booleans()):
        return said | some(("aggregation", st.sampled_from(["arithmetic", "geometric"]))) | {"children": draw(nodes(depth - 1, weighed))}
    low, high = sorted(draw(st.lists(st.floats(0.5, 1e6), min_size=2, max_size=2, unique=True)))
    how = draw(st.sampled_from(["plain", "scale", "posts", "range"]))
    said |= {"scale": {"low": low, "high": high}} if how == "scale" else {}
    said |= {"goalposts": {"worst": high, "best": low}, "direction": "lower", "transform": "log"} if how == "posts" else {}
    said |= {"goalposts": {"worst": low, "best": high}, "direction": {"low": low, "high": high}} if how == "range" else {}
    said |= some(("unit", LABEL), ("levels", st.lists(LABEL, min_size=1, max_size=4))) if how in ("plain", "scale") else {}
    return said


@st.composite
def instruments(draw):
    weighed = draw(st.booleans())
    low, length = draw(st.floats(0, 50)), draw(st.floats(1, 100))
    said = {
        "id": draw(CODE), "label": draw(LABEL), "valid_from": draw(st.sampled_from(["2020-S1", "2021", "2022-Q3"])),
        "scale": {"low": low, "high": low + length}, "weights": "own" if weighed else "unknown", "weights_source": draw(LABEL),
        "source": draw(TEXT), "tree": {"id": "index", "label": draw(LABEL), "children": draw(nodes(2, weighed))},
    }  # fmt: skip
    more = {
        "family": st.sampled_from(["own", "ministry", "x-1"]), "valid_to": st.just("2030"), "coverage": st.floats(0.01, 1), "checked": TEXT,
        "rescore": st.just([low, low + length / 3, low + length]), "predicates": st.just([{"low": low, "label": {"id": "a", "en": "b"}}]),
        "dimensions": st.lists(
            st.builds(lambda c, a, s: {"id": c, "label": a, "subdimensions": s}, CODE, LABEL, nodes(1, False)),
            max_size=2, unique_by=lambda d: d["id"],
        ),
    }  # fmt: skip
    return Instrument.model_validate(said | {k: draw(v) for k, v in more.items() if draw(st.booleans())})


@pytest.mark.parametrize("ending", out.WRITTEN)
@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_instrument_comes_back_equal(tmp_path, name, ending):
    path = out.convert(out.source_of(name), tmp_path / f"{name}{ending}")
    back = read_instrument(path)
    assert back == load_instrument(name)
    assert ("family" in back.model_fields_set) == ("family" in load_instrument(name).model_fields_set)
    assert read_instrument(out.convert(path, tmp_path / "again.yaml")) == load_instrument(name)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(made=instruments(), ending=st.sampled_from(out.WRITTEN))
def test_any_instrument_comes_back_equal(tmp_path_factory, made, ending):
    path = tmp_path_factory.mktemp("any") / f"a{ending}"
    path.write_bytes(MAKERS[ending](made))
    assert read_instrument(path) == made


@pytest.mark.slow
def test_what_libreoffice_saves_of_a_workbook_comes_back_equal(tmp_path, soffice):
    made = []
    for name in SHIPPED:
        made.append(tmp_path / f"{name}.xlsx")
        made[-1].write_bytes(out.workbook(load_instrument(name)))
    soffice("ods", tmp_path, *made)
    for name in SHIPPED:
        assert read_instrument(tmp_path / f"{name}.ods") == load_instrument(name), name


def test_nothing_in_what_is_written_acts_in_a_spreadsheet():
    tree = {"id": "index", "label": "=1+1", "children": [{"id": "a", "label": "@x", "weight": 1, "note": "+1"}]}
    plain = {"id": "u", "label": "U", "valid_from": "2024", "scale": {"low": 1, "high": 4}, "weights": "own", "source": "s"}
    made = Instrument.model_validate(plain | {"weights_source": "-", "tree": tree})
    text = out.text_table(made).decode("utf-8-sig")
    assert "'=1+1" in text and ",=1+1" not in text and "'@x" in text and "'+1" in text and "weights_source_id,-" in text
    sheet = openpyxl.load_workbook(io.BytesIO(out.workbook(made)))["Indikator"]
    assert {c.data_type for row in sheet.iter_rows() for c in row if c.value not in (None, 1)} == {"s"}


def test_choices_are_drop_downs():
    book = openpyxl.load_workbook(io.BytesIO(out.workbook(load_instrument("mentah-contoh"))))
    found = {r.formula1 for sheet in book for r in sheet.data_validations.dataValidation if r.type == "list"}
    assert '"higher,lower,range"' in found and '"own,ministry,spbe,skm"' in found
    assert {d.showErrorMessage for d in book["Instrumen"].data_validations.dataValidation} == {True}


# What is wrong

HEAD = [
    ["id", "air"], ["label", "Air"], ["valid_from", "2024-S1"], ["scale_low", 1], ["scale_high", 4], ["weights", "own"],
    ["weights_source", "sendiri"], ["source", "buatan"],
]  # fmt: skip
COLUMNS = ["kode", "induk", "nama", "bobot", "sektor"]
ROWS = [["dasar", None, "Dasar", 2, "health"], ["pipa", "dasar", "Pipa", 1, None], ["sumur", "dasar", "Sumur", 1, None]]


def book(path, head=HEAD, columns=COLUMNS, rows=ROWS, change=None):
    """A workbook as a person types it: everything on one sheet, Indonesian column names."""
    made = openpyxl.Workbook()
    sheet = made.active
    sheet.title = "Lembar1"
    for row in [*head, [], columns, *rows]:
        sheet.append(row)
    if change:
        change(sheet)
    made.save(path)
    return path


def test_one_sheet_as_a_person_types_it(tmp_path):
    found = read_instrument(book(tmp_path / "air.xlsx"))
    assert list(found.nodes) == ["index", "dasar", "dasar/pipa", "dasar/sumur"]
    assert found.nodes["dasar"].weight == 2 and found.sectors_of("dasar/pipa") == ("health",) and found.tree.label is not None


def put(cell, value):
    def change(sheet):
        sheet[cell] = value

    return change


def merged(sheet):
    sheet.merge_cells("B12:B13")


def percent(sheet):
    for cell, value in (("D12", 0.25), ("D13", 0.75)):
        sheet[cell], sheet[cell].number_format = value, "0%"


def gap(sheet):
    for cell, value in {"F10": "level_1", "G10": "level_3", "F12": "a", "G12": "c"}.items():
        sheet[cell] = value


WRONG = {
    "a parent that is not there": (put("B12", "dasr"), "Lembar1!B12", "parent_nowhere"),
    "parents of each other": (put("B11", "pipa"), "Lembar1!B11", "parent_ring"),
    "a code twice": (put("A13", "pipa"), "Lembar1!13", "entry_twice"),
    "no code": (put("A12", None), "Lembar1!12", "value_empty"),
    "a code that was a number": (put("A12", 1.1), "Lembar1!A12", "code_spoiled"),
    "a weight in letters": (put("D12", "berat"), "Lembar1!D12", "no_number"),
    "a weight that may be thousands": (put("D12", "1.500"), "Lembar1!D12", "ambiguous_number"),
    "a weight below zero": (put("D12", -1), "Lembar1!D12", "out_of_range"),
    "a weight that is not there": (put("D12", None), "Lembar1!12", "weights_mixed"),
    "a sector that is none": (put("E11", "helth"), "Lembar1!E11", "none_of"),
    "a formula error": (put("D12", "#N/A"), "Lembar1!D12", "error_cell"),
    "a formula without a value": (put("D12", "=1+1"), "Lembar1!D12", "formula_without_value"),
    "a key misspelt": (put("A4", "scale_lo"), "Lembar1!A4", "key_near"),
    "a key twice": (put("A3", "label"), "Lembar1!A3", "entry_twice"),
    "a column misspelt": (put("D10", "bobt"), "Lembar1!D10", "column_like"),
    "a column of one's own": (put("F10", "keterangan kami"), "Lembar1!F10", "column_ignored"),
    "a column twice": (put("F10", "bobot"), "Lembar1!F10", "column_twice"),
    "a cell without a column": (put("F11", "?"), "Lembar1!F11", "cell_nameless"),
    "cells merged": (merged, "Lembar1!B12", "merged_cells"),
    "a scale that falls": (put("B4", 5), "Lembar1!A4", "scale_falls"),
    "levels with a gap": (gap, "Lembar1!F12", "level_absent"),
    "a round that is none": (put("B3", "2024-S3"), "Lembar1!B3", "no_round"),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_is_said_with_its_cell(tmp_path, what):
    change, _, problem = WRONG[what]
    with pytest.raises(InstrumentError) as caught:
        read_instrument(book(tmp_path / "air.xlsx", change=change))
    found = [(i["problem"], i["cell"]) for i in caught.value.issues]
    assert problem in dict(found), found
    cell = WRONG[what][1] if problem != "scale_falls" else dict(found)[problem]
    assert (problem, cell) in found
    for lang in ("id", "en"):
        assert all("air.xlsx" in describe(i, words(lang)) for i in caught.value.issues)
        assert all(told(caught.value, words(lang)))


def test_weights_in_per_cent_are_what_is_seen(tmp_path):
    found = read_instrument(book(tmp_path / "air.xlsx", change=percent))
    assert [found.nodes[f"dasar/{c}"].weight for c in ("pipa", "sumur")] == [25, 75]


def test_what_is_not_read_is_noted(tmp_path):
    path = tmp_path / "air.xlsx"
    path.write_bytes(out.workbook(load_instrument("skm-2017")))
    made = openpyxl.load_workbook(path)
    made.create_sheet("Catatan kami")["A1"] = "x"
    made["Indikator"].row_dimensions[4].hidden = True
    made.save(path)
    assert read_instrument(path) == load_instrument("skm-2017")
    assert [(n["problem"], n["severity"]) for n in read_sheet(path).notes] == [("hidden_rows", "note"), ("sheet_unread", "note")]
    assert "lembar Catatan kami tidak dibaca" in "\n".join(out.told(path, words("id")))


def test_a_parent_may_be_named_by_its_code_alone_where_one_has_it(tmp_path):
    rows = [["a", None, "A", 1], ["b", None, "B", 1], ["x", "a", "X", 1], ["x", "b", "X", 1], ["z", "x", "Z", 1], ["y", "b/x", "Y", 1]]
    with pytest.raises(InstrumentError) as caught:
        read_instrument(book(tmp_path / "air.xlsx", rows=rows))
    assert [(i["problem"], i["found"], i["expected"]) for i in caught.value.issues] == [("parent_several", "x", "a/x, b/x")]
    found = read_instrument(book(tmp_path / "air.xlsx", rows=[*rows[:4], ["z", "a/x", "Z", 1], ["w", "z", "W", 1], rows[5]]))
    assert found.leaves == ("a/x/z/w", "b/x/y")


def test_rows_that_nest_without_end_are_refused(tmp_path):
    rows = [["c0", None, "A", 1], *([f"c{n}", f"c{n - 1}", "A", 1] for n in range(1, 3000))]
    with pytest.raises(InstrumentError) as caught:
        read_instrument(book(tmp_path / "air.xlsx", rows=rows))
    assert {i["problem"] for i in caught.value.issues} == {"parent_ring"}


@pytest.mark.parametrize("ending", [".xlsx", ".csv"])
def test_mangled_files_end_in_an_instrument_or_a_sentence(tmp_path, ending):
    whole, chance = MAKERS[ending](load_instrument("mentah-contoh")), random.Random(18)
    import mangle

    read = 0
    for _ in range(150):
        path = tmp_path / f"a{ending}"
        path.write_bytes(mangle.mutated(whole, "csv" if ending == ".csv" else "zip", chance))
        try:
            read_instrument(path)
            read += 1
        except EvaluationError as error:
            assert isinstance(error, InstrumentError) and all(told(error, words("id")))
    assert read < 150


# Where they are


@pytest.fixture
def layers(tmp_path, monkeypatch):
    own = tmp_path / "own"
    (own / "instruments").mkdir(parents=True)
    monkeypatch.setitem(place.LAYERS, "data", (own, *place.LAYERS["data"]))
    return own / "instruments"


def test_a_sheet_of_ones_own_takes_the_place_of_the_shipped_file(layers):
    changed = load_instrument("skm-2017").model_copy(update={"source": "sendiri"})
    (layers / "skm-2017.xlsx").write_bytes(out.workbook(changed))
    assert file_of("skm-2017") == layers / "skm-2017.xlsx" and load_instrument("skm-2017").source == "sendiri"
    assert names() == SHIPPED
    (layers / "~$air.xlsx").write_bytes(b"lock")
    book(layers / "air.xlsx")
    assert "air" in names() and load_instrument("air").id == "air" and len(names()) == len(SHIPPED) + 1


def test_two_forms_in_one_place_are_refused(layers):
    for ending in (".xlsx", ".csv"):
        (layers / f"skm-2017{ending}").write_bytes(MAKERS[ending](load_instrument("skm-2017")))
    with pytest.raises(InstrumentError) as caught:
        load_instrument("skm-2017")
    assert told(caught.value, words("en"))[0] == "There are two files for skm-2017: skm-2017.xlsx, skm-2017.csv."


def test_a_programme_scored_by_a_sheet_is_evaluated_and_names_it_as_what_it_was_made_from(layers):
    from scevaluation.evaluate.evaluation import evaluate_round
    from scevaluation.evaluate.inputs import round_inputs
    from scevaluation.intake.consistency import consistency
    from scevaluation.programme import load_programme

    before = evaluate_round("contoh", "2024-S2").index
    for name in ("sektor-siklus-1", "sektor-siklus-2"):
        (layers / f"{name}.xlsx").write_bytes(out.workbook(load_instrument(name)))
    plan = load_programme("contoh")
    assert evaluate_round("contoh", "2024-S2").index.equals(before)
    assert {"instruments/sektor-siklus-1.xlsx", "instruments/sektor-siklus-2.xlsx"} <= set(round_inputs(plan, "2024-S2"))
    assert consistency(plan) == []


# The command


def test_the_command_checks_and_converts(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run = lambda *args: CliRunner().invoke(app, ["instrument", *args, "--lang", "en"], catch_exceptions=True)  # noqa: E731
    done = run("skm-2017", "--out", "a.xlsx")
    assert done.exit_code == 0 and done.output.splitlines()[1:] == ["a.xlsx"] and "9 indicators below 9 parts" in done.output
    assert "9 indicators" in run("a.xlsx").output
    assert isinstance(run("skm-2017", "--out", "a.xlsx").exception, IntakeError)
    assert run("skm-2017", "--out", "a.pdf").exception.issues[0]["problem"] == "none_of"
    assert run("nix").exception.issues[0]["problem"] == "no_instrument"


def test_what_a_sheet_cannot_say_is_not_written(tmp_path):
    source = tmp_path / "a.yaml"
    plain = load_instrument("skm-2017").model_copy(update={"source": " blank in front"})
    source.write_bytes(out.as_yaml(plain))
    with pytest.raises(InstrumentError) as caught:
        out.convert(source, tmp_path / "a.xlsx")
    assert caught.value.issues[0]["problem"] == "not_the_same" and not (tmp_path / "a.xlsx").exists()
