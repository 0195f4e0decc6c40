"""What a public report may not hold, table by table."""

import pandas as pd
import pytest

from scevaluation.evaluate.redaction import HIDDEN, letters, redacted
from scevaluation.frames import ISSUES, SCORES

NAMES = ("Budi", "Budi Santoso", "Siti Rahmawati")
ROW = {
    "region": "00.00", "round": "2024-S2", "indicator": "one/a", "agency": "ofa", "source": "final", "score": 2.0,
    "status": "scored", "evidence": "", "quality": "A", "file": "2024-S2.csv", "cell": "line 2",
}  # fmt: skip
ISSUE = {
    "file": "2024-S2.csv", "cell": "line 2", "problem": "straight_lining", "severity": "warning", "found": "",
    "expected": "", "remedy": "look",
}  # fmt: skip


def scores(*rows: dict) -> pd.DataFrame:
    panel = [{**ROW, "source": f"assessor:{name}"} for name in NAMES]
    return pd.DataFrame([*panel, *({**ROW, **r} for r in rows)])[list(SCORES.columns)]


def issue(**changes) -> dict:
    """One issue as it stands in a public report on the panel's scores."""
    return redacted(scores(), pd.DataFrame([{**ISSUE, **changes}]))[1].iloc[0].to_dict()


def test_assessors_become_letters_and_every_figure_stays():
    before = scores({"evidence": "telepon 0812-3456-7890", "score": float("nan"), "status": "not_reported"})
    after, _ = redacted(before, ISSUES.empty())
    assert sorted(after["source"]) == ["assessor:A", "assessor:B", "assessor:C", "final"]
    assert (after["evidence"] == "").all() and before["evidence"].any()
    kept = ["region", "round", "indicator", "agency", "score", "status", "quality"]
    pd.testing.assert_frame_equal(after[kept], before[kept])
    SCORES.check(after)


def test_letters_do_not_follow_the_order_of_names_and_go_on_after_z():
    sources = [f"assessor:n{n:02}" for n in range(30)]
    got = letters([*sources, "final"])
    assert len(set(got.values())) == 30 and "assessor:AD" in got.values() and "final" not in got
    assert list(got.values()) == sorted(got.values(), key=lambda v: (len(v), v))
    assert list(got) != sorted(got)


def test_a_name_that_begins_another_is_not_left_half():
    said = issue(cell="one (assessor:Budi Santoso)", expected="2.500 (assessor:Budi)")
    assert "Santoso" not in said["cell"] + said["expected"] and "Budi" not in said["cell"] + said["expected"]
    assert said["cell"].startswith("one (assessor:") and said["expected"].startswith("2.500 (assessor:")


@pytest.mark.parametrize("found", ["12/12 = 3", "one/a ofa 4", "1.5 (one/a)", "3.5", ""])
def test_figures_and_codes_that_were_found_stay(found):
    assert issue(found=found)["found"] == found


@pytest.mark.parametrize("found", ["Budi Santoso", "hubungi rahmat@example.go.id", "one/a ofa assessor:Budi", "tiga"])
def test_a_text_quoted_from_a_file_is_hidden(found):
    assert issue(found=found)["found"] == HIDDEN


def test_a_file_called_after_a_person_is_hidden_with_its_cell():
    after, _ = redacted(scores({"file": "Formulir Siti Rahmawati.xlsx", "cell": "Siti!B4"}), ISSUES.empty())
    assert list(after["file"]) == ["2024-S2.csv"] * 3 + [HIDDEN] and list(after["cell"])[-1] == ""
    said = issue(file="Formulir Siti Rahmawati.xlsx", cell="Siti!B4")
    assert (said["file"], said["cell"]) == (HIDDEN, "")


def test_nothing_handed_in_is_changed():
    rows, found = scores(), pd.DataFrame([{**ISSUE, "found": "Budi"}])
    copies = rows.copy(), found.copy()
    redacted(rows, found)
    pd.testing.assert_frame_equal(rows, copies[0])
    pd.testing.assert_frame_equal(found, copies[1])
