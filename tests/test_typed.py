"""Parameters as people type them: read, or refused by name, in one place."""

import pytest

import scevaluation as sc
from scevaluation.errors import ReportError, UnknownName
from scevaluation.intake.typed import READ, amount, yes

FLAGS = [("false", False), ("Tidak", False), ("ya", True), ("TRUE", True), (True, True), (0, False), ("", False)]
AMOUNTS = [("2,8", 2.8), ("2.8", 2.8), (" 70 ", 70.0), (3, 3.0), (None, None), ("", None), ("None", None)]


@pytest.mark.parametrize(("value", "read"), FLAGS)
def test_yes_and_no_in_any_usual_spelling(value, read):
    assert yes(value, "public") is read


@pytest.mark.parametrize(("value", "read"), AMOUNTS)
def test_numbers_with_comma_or_point(value, read):
    assert amount(value, "most") == read


@pytest.mark.parametrize(
    ("ask", "says"),
    [
        (lambda: yes("maybe", "public"), "public: maybe is neither yes nor no"),
        (lambda: yes(None, "public"), "public"),
        (lambda: yes(2.5, "projector"), "projector: 2.5 is neither"),
        (lambda: amount("a lot", "most"), "most: \u201ca lot\u201d is not a number"),
        (lambda: amount(True, "most"), "most"),
        (lambda: amount(float("nan"), "most"), "most"),
    ],
)
def test_what_is_neither_is_refused_by_its_name(ask, says):
    with pytest.raises(ReportError, match=says):
        ask()


def test_a_round_reads_its_parameters_so():
    r = sc.evaluate_round("mimika", "2023-S2", public="false", lang="EN")
    assert r.words.lang == "en" and r.scores["evidence"].equals(sc.evaluate_round("mimika", "2023-S2").scores["evidence"])
    with pytest.raises(ReportError, match="public"):
        sc.evaluate_round("mimika", "2023-S2", public="perhaps")
    with pytest.raises(UnknownName, match="language"):
        sc.evaluate_round("mimika", "2023-S2", lang="eng")


def test_the_desk_reads_its_parameters_so():
    r = sc.evaluate_round("contoh", "2024-S2", lang="en")
    plain, typed = (sc.desk.way(r, r.words, target_value=v, most=m).text for v, m in ((60.5, 1.0), ("60,5", "1")))
    assert plain == typed
    with pytest.raises(ReportError, match="most: viel"):
        sc.desk.way(r, r.words, target_value=60, most="viel")
    assert {"public", "projector", "peers", "target_value", "most"} == set(READ)
