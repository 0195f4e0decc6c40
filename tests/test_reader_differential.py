"""The command check, the intake and the reports say the same of the same bytes; and it is what a person sees, or a question."""

import csv
import shutil
from unittest.mock import patch

import pytest
from desk_data import ROUND, changed_programme
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from layout import KINDS, rows_of
from mutator import HIDING, Score, sheets

from scevaluation.errors import EvaluationError, ScoresRefused
from scevaluation.intake import check
from scevaluation.intake.reading import read

SCALES = {"1-4": (1, 4), "0-100": (0, 100)}
OFFICE_EXAMPLES = 40
SUITE = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
LONG = settings(SUITE, max_examples=1000, print_blob=True)
OF_THE_WHOLE = ("without_line",)  # said only of a round's own table


class Plans(dict):
    """Programmes by scale, which a report of a failure does not print."""

    def __repr__(self):
        return "plans"


@pytest.fixture(scope="module")
def plans(tmp_path_factory):
    """The programme on each scale, its table of the round not there yet."""
    found = Plans((name, changed_programme(tmp_path_factory.mktemp(name), scale)) for name, scale in SCALES.items())
    for plan in found.values():
        (plan.folder / "in").mkdir()
    return found


def _said(issues):
    keys = ("cell", "problem", "severity", "found", "expected", "remedy")
    return sorted(tuple(i[k] for k in keys) for i in issues if i["problem"] not in OF_THE_WHOLE)


def _scores(rows):
    return sorted((r["indicator"], r["agency"], r["source"], -1 if r["score"] is None else r["score"], r["cell"]) for r in rows)


def _checked(path, plan):
    with patch.object(check, "load_programme", lambda name: plan):
        return check.issues_of(path, plan.id, ROUND)


def _reported(path, plan):
    """Errors, if it is refused, else all issues and the scores, as reports load the round's own table."""
    own = plan.folder / "rounds" / path.name
    shutil.copy(path, own)
    try:
        found = check.accepted(own, plan, ROUND)
    except ScoresRefused as error:
        return list(error.issues), None
    finally:
        own.unlink()
    return found.issues, found.rows


def _refused(ask):
    try:
        return ask(), ()
    except EvaluationError as error:
        return None, error.issues


def _same_three_ways(path, plan):
    """What intake reads; None if all three refuse it with the same words."""
    form, why = _refused(lambda: read(path, plan, ROUND))
    checked, why_checked = _refused(lambda: _checked(path, plan))
    reported, why_reported = _refused(lambda: _reported(path, plan))
    assert _said(why) == _said(why_checked) == _said(why_reported)
    if form is None:
        assert why and checked is None and reported is None
        return None
    assert _said(checked) == _said(form.issues)
    issues, rows = reported
    if form.errors:
        assert rows is None and _said(issues) == _said(form.errors)
    else:
        assert _said(issues) == _said(form.issues) and _scores(rows) == _scores(form.rows)
    return form


def _as_seen(form, sheet):
    """The table is what a person sees, or what is other is named; no other number is ever read."""
    truth, unsure = sheet.truth(), sheet.unsure()
    got = {(r["indicator"], r["source"]): r["score"] for r in form.rows}
    for (path, source), value in got.items():
        if path not in unsure and value is not None:
            assert value == pytest.approx(truth[path, source], abs=1e-9), (path, source)
    if form.errors:
        assert sheet.asks, form.errors
        return
    assert not sheet.asks or "perhaps" in sheet.asks, sheet.asks
    warned = [i for i in form.issues if i["severity"] == "warning" and i["problem"] in ("column_ignored", "column_unnamed")]
    lost = {key for key, value in truth.items() if value is not None and got.get(key) is None}
    assert not lost or (warned and "perhaps" in sheet.asks), lost


def _holds(plan, data, scale):
    sheet = data.draw(sheets(plan, SCALES[scale]))
    kind = data.draw(st.sampled_from(sorted(KINDS)))
    ending, write = KINDS[kind]
    path = plan.folder / "in" / f"{ROUND}.{ending}"
    path.write_bytes(write(sheet))
    form = _same_three_ways(path, plan)
    if form is None:
        assert sheet.asks, sheet.done
    else:
        _as_seen(form, sheet)


@pytest.mark.parametrize("scale", SCALES)
@given(data=st.data())
@SUITE
def test_check_intake_and_report_say_what_a_person_sees(plans, scale, data):
    _holds(plans[scale], data, scale)


@pytest.mark.long
@pytest.mark.parametrize("scale", SCALES)
@given(data=st.data())
@LONG
def test_a_thousand_more_on_each_scale(plans, scale, data):
    _holds(plans[scale], data, scale)


def _drawn(plan, scale, count):
    """Some sheets as workbooks, each by one of the writers."""
    found = []

    @given(data=st.data())
    @settings(SUITE, max_examples=count, database=None)
    def draw(data):
        sheet = data.draw(sheets(plan, SCALES[scale]))
        found.append((sheet, data.draw(st.sampled_from(["xlsxwriter", "openpyxl", "ods"]))))

    draw()
    return found


def _shown_number(text):
    """The number in a text as LibreOffice shows it, and how far a rounded one may lie from what is stored."""
    bare = text.replace("poin", "").replace("%", "").replace(",", "").strip()
    return float(bare), 0.5000001 * 10 ** -len(bare.partition(".")[2])


@pytest.mark.long
@pytest.mark.parametrize("scale", SCALES)
def test_libreoffice_shows_and_saves_the_numbers_that_are_read(plans, tmp_path, scale, soffice):
    drawn = _drawn(plans[scale], scale, OFFICE_EXAMPLES)
    paths = []
    for n, (sheet, kind) in enumerate(drawn):
        ending, write = KINDS[kind]
        paths.append(tmp_path / f"form{n}.{ending}")
        paths[-1].write_bytes(write(sheet))
    soffice("csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false", tmp_path / "shown", *paths)
    soffice("xlsx", tmp_path / "saved", *paths)
    compared = 0
    for path, (sheet, _) in zip(paths, drawn, strict=True):
        with open(tmp_path / "shown" / f"{path.stem}.csv", encoding="utf-8", newline="") as lines:
            compared += _office_shows(list(csv.reader(lines)), rows_of(sheet))
        if not any(s.mark == "raised" for line in sheet.lines for s in line.scores.values()):  # it does not keep these
            _same_when_saved(path, tmp_path / "saved" / f"{path.stem}.xlsx", plans[scale])
    assert compared > 100


def _office_shows(shown, rows) -> int:
    """How many stored numbers are shown as the mutation says."""
    count = 0
    for line, row in zip(shown, rows, strict=False):
        for text, score in zip(line, row, strict=False):
            if isinstance(score, Score) and isinstance(score.stored, float) and score.seen is not None and score.code not in HIDING:
                number, width = _shown_number(text)
                assert abs(number - score.seen) <= width, (text, score)
                count += 1
    return count


def _same_when_saved(path, saved, plan):
    mine, other = (_refused(lambda p=p: read(p, plan, ROUND))[0] for p in (path, saved))
    assert (mine is None) == (other is None)
    if mine is not None:
        assert {(i["problem"], i["cell"]) for i in mine.errors} == {(i["problem"], i["cell"]) for i in other.errors}
        assert _scores(mine.rows) == [(*row[:3], pytest.approx(row[3]), row[4]) for row in _scores(other.rows)]
