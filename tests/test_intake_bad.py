"""Bad files as people and programs make them: each ends as expected.yaml says, and never in a wrong number."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest
import yaml
from bad import make
from desk_data import AGENCY, CLEAN, PATHS, ROUND, desk_programme
from scevaluation.intake.returned import always, never

from scevaluation.intake.log import kept
from scevaluation.intake.store import Desk
from scevaluation.issues import describe
from scevaluation.words import words

BAD = Path(__file__).parent / "bad"
EXPECTED = yaml.safe_load((BAD / "expected.yaml").read_text("utf-8"))
ACCEPTED = {n: e["accepted"] for n, e in EXPECTED.items() if "accepted" in e}


@pytest.fixture
def desk(tmp_path):
    found = Desk(desk_programme(tmp_path), ROUND, date(2025, 6, 1))
    found.asked = pd.DataFrame({"agency": AGENCY, "indicator": PATHS, "deadline": "2025-06-30"})
    return found


def _says(form):
    rows = form.issues[form.issues["severity"] != "note"]
    return sorted(f"{r.problem} @ {r.cell}" for r in rows.itertuples())


def _own(scores):
    rows = scores[scores["source"] == "self"]
    return {r.indicator: None if pd.isna(r.score) else r.score for r in rows.itertuples()}


def _expected_scores(changes):
    out = dict(CLEAN)
    for name, value in changes.items():
        out.pop(f"health/{name}") if value == "absent" else out.update({f"health/{name}": value})
    return out


def test_every_file_has_an_expectation_and_is_small():
    assert {p.name for p in (BAD / "files").iterdir()} == set(EXPECTED) == set(make.CASES) and len(EXPECTED) >= 50
    assert all(p.stat().st_size < 8000 for p in (BAD / "files").iterdir())


def test_the_script_makes_these_very_files():
    for name, raw in make.CASES.items():
        assert (BAD / "files" / name).read_bytes() == raw, name


@pytest.mark.parametrize("name", EXPECTED)
def test_a_bad_file_ends_as_expected(desk, name):
    expected = EXPECTED[name]
    taken = desk.take(BAD / "files" / name, never)
    assert taken.state == expected["state"]
    if taken.state == "refused":
        assert expected["refused"] in taken.refusal.fact and taken.refusal.remedy
        assert not (desk.programme.folder / "received").exists()
        return
    assert _says(taken.form) == sorted(expected.get("says", []))
    kept_file = next((desk.programme.folder / "received").glob(f"{taken.form.sha256}.*"))
    assert kept_file.read_bytes() == (BAD / "files" / name).read_bytes()
    if taken.state == "waiting":
        assert not desk.table.exists() and kept(desk.programme, ROUND, "ENTRIES").empty
        return
    assert sorted(taken.form.log["why"]) == sorted(expected.get("log", []))
    assert _own(desk.entries) == _expected_scores(expected.get("scores", {}))


@pytest.mark.parametrize("name", ACCEPTED)
def test_a_close_match_counts_once_it_is_agreed_to(desk, name):
    taken = desk.take(BAD / "files" / name, always)
    assert taken.state == "taken" and _own(desk.entries) == CLEAN
    assert sorted(taken.form.log["why"]) == sorted(ACCEPTED[name]["log"])


@pytest.mark.parametrize("name", [n for n in EXPECTED if EXPECTED[n].get("says")])
def test_every_message_is_whole_in_both_languages(desk, name):
    form = desk.take(BAD / "files" / name, never).form
    for lang in ("id", "en"):
        for row in form.issues.to_dict("records"):
            text = describe(row, words(lang))
            assert text.startswith(name) and text.endswith((".", "?")) and "{" not in text


def test_hostile_evidence_is_kept_as_text(desk):
    desk.take(BAD / "files" / "hostile_evidence.csv", never)
    desk.settle()
    evidence = list(desk.entries["evidence"])
    assert evidence[0] == "'=cmd|' /C calc'!A0" and evidence[1:3] == ["<img src=x onerror=alert(1)>", "../../etc/passwd"]
    assert not any(line.split(",")[5].startswith(("=", "+", "@")) for line in desk.table.read_text("utf-8").splitlines()[1:])
