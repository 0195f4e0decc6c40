"""What people write into a cell, as a number or a named problem."""

import math
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scevaluation.intake.cells import parse_number
from scevaluation.intake.reading import read
from scevaluation.issues import clean_text
from scevaluation.programme import load_programme


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("2,75", 2.75),
        ("2.75", 2.75),
        (" 3 ", 3),
        ("3\u00a0", 3),
        ("1.250,5", 1250.5),
        ("1,250.5", 1250.5),
        ("Rp 1.250,5", 1250.5),
        ("Rp1.250.000", 1250000),
        ("2,5 %", 2.5),
        ("\u22123,5", -3.5),
        ("-3.5", -3.5),
        ("1.234", 1.234),
        ("1,234", 1.234),
        (",5", 0.5),
        (4, 4),
        (2.5, 2.5),
        ("+2", 2),
    ],
)
def test_a_number_is_read_as_people_write_it(written, value):
    parsed = parse_number(written)
    assert parsed.problem == "" and parsed.value == pytest.approx(value)


@pytest.mark.parametrize("written", ["", "  ", "-", "\u2013", "\u2014", "n/a", "N/A", "Nihil", "belum ada", None, float("nan")])
def test_missing_is_missing_and_never_zero(written):
    assert parse_number(written) == (None, "", False)


@pytest.mark.parametrize(
    "written",
    [
        "baik",
        "3 dari 4",
        "1.2.3",
        "1,2,3",
        "1.23.456",
        "=1+1",
        "+cmd|' /C calc'!A0",
        "<b>3</b>",
        "3;4",
        "1e3",
        "0x10",
        True,
        "9" * 60,
        "\u0663",
        [3],
    ],
)
def test_what_is_no_number_is_named_and_never_guessed(written):
    parsed = parse_number(written)
    assert parsed.value is None and parsed.problem == "text_for_number"


def test_infinity_is_named():
    assert parse_number(float("inf")).problem == "not_finite"


def test_a_tidied_number_says_so():
    assert parse_number("2,75").tidied and not parse_number("2.75").tidied
    assert parse_number("\u22122").tidied and not parse_number("-2").tidied


@given(st.floats(-1e6, 1e6).map(lambda v: round(v, 2)))
def test_indonesian_and_english_writing_of_a_number_read_alike(value):
    english = f"{value:.2f}"
    assert parse_number(english).value == parse_number(english.replace(".", ",")).value == pytest.approx(value)


@given(st.text(max_size=80))
def test_any_text_gives_a_number_a_missing_or_a_problem(text):
    parsed = parse_number(text)
    assert parsed.problem in ("", "text_for_number")
    assert parsed.value is None or (math.isfinite(parsed.value) and parsed.problem == "")


@given(st.text(max_size=300))
def test_cleaned_text_is_one_inert_line(text):
    clean = clean_text(text)
    assert clean == clean.strip() and all(c.isprintable() for c in clean) and len(clean) <= 2000


def test_a_flood_of_text_is_cut():
    assert len(clean_text("x" * 10_000)) == 2000


def test_what_is_named_of_another_cell_teaches_nothing_of_a_score(tmp_path):
    """A line with a level's text and an odd grade of its datum, then the same text where it is no level."""
    path, found = tmp_path / "2024-S2.csv", []
    first = "infrastructure/air-bersih,dinas-pupr,verified,75% atau lebih,scored,bukti.pdf,D"
    second = "infrastructure/jalan,dinas-pupr,verified,75% atau lebih,scored,bukti.pdf,A"
    plain = "infrastructure/jalan,dinas-pupr,self,3,scored,bukti.pdf,A"
    for lines in ([plain, first, second], [plain, second]):
        path.write_text("\n".join(["indicator,agency,source,score,status,evidence,quality", *lines, ""]), "utf-8")
        read_as = read(path, load_programme("contoh"), "2024-S2")
        found.append({(i["problem"], i["found"]) for i in read_as.issues if i["severity"] == "error"})
    assert ("text_for_number", "75% atau lebih") in found[1] and found[1] <= found[0]


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.lists(st.tuples(
    st.sampled_from(["infrastructure/jalan", "infrastructure/internet", "Infrastructure/jalan", "jalan"]),
    st.sampled_from(["assessor:A", "assessor:a", " assessor:b", "Verified", "verified", "mandiri", "assessor:", "siapa"]),
    st.sampled_from(["2", "2,5", "2.5", " 3", "3 poin", "9", "x", "", "75% atau lebih"]),
    st.sampled_from(["", "scored", "tidak berlaku"]),
), max_size=12))  # fmt: skip
def test_lines_taken_at_once_are_read_as_cell_by_cell(rows):
    plan = load_programme("contoh")
    table = "indicator,agency,source,score,status\n" + "".join(f'{i},dinas-pupr,{s},"{v}",{t}\n' for i, s, v, t in rows)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "2024-S2.csv"
        path.write_text(table, "utf-8")
        quick = read(path, plan, "2024-S2")
        with patch("scevaluation.intake.bulk._Quick.take", lambda *_: False):
            slow = read(path, plan, "2024-S2")
    assert (quick.rows, quick.changes, quick.issues) == (slow.rows, slow.changes, slow.issues)
