"""Bad files as people and programs make them: each ends as expected.yaml says, and never in a wrong number."""

from pathlib import Path

import pytest
import yaml
from bad import looks
from desk_data import AGENCY, CLEAN, PATHS, ROUND, changed_programme

from scevaluation.errors import IntakeError
from scevaluation.intake.form import always, never
from scevaluation.intake.reading import read
from scevaluation.issues import describe, told
from scevaluation.words import CHECK, words

BAD = Path(__file__).parent / "bad"
EXPECTED = yaml.safe_load((BAD / "expected.yaml").read_text("utf-8"))
ACCEPTED = {n: e["accepted"] for n, e in EXPECTED.items() if "accepted" in e}
ASKED = [{"agency": AGENCY, "indicator": path, "deadline": "2025-06-30"} for path in PATHS]


def _reading(name, folder, yes=never):
    on = EXPECTED[name].get("on", {})
    plan = changed_programme(folder, on.get("scale"), on.get("region", ""), looks.CODES if "coded" in on else None)
    return read(BAD / "files" / name, plan, ROUND, [] if "coded" in on else ASKED, yes)


def _says(reading, *severities):
    return sorted(f"{i['problem']} @ {i['cell']}" for i in reading.issues if i["severity"] in severities)


def _own(reading):
    names = {"health/" + code: "health/" + name for name, code in looks.CODES.items()}
    return {names.get(r["indicator"], r["indicator"]): r["score"] for r in reading.rows if r["source"] == "self"}


def _expected_scores(changes):
    out = dict(CLEAN)
    for name, value in changes.items():
        out.pop(f"health/{name}") if value == "absent" else out.update({f"health/{name}": value})
    return out


def _state(reading):
    return "waiting" if reading.errors else "taken"


@pytest.fixture(scope="module")
def cases():
    from bad.make import CASES  # which takes a moment

    return CASES


def test_every_file_has_an_expectation_and_is_small(cases):
    assert {p.name for p in (BAD / "files").iterdir()} == set(EXPECTED) == set(cases) and len(EXPECTED) >= 150
    assert all(p.stat().st_size < 9000 for p in (BAD / "files").iterdir())


def test_the_script_makes_these_very_files(cases):
    for name, raw in cases.items():
        assert (BAD / "files" / name).read_bytes() == raw, name


@pytest.mark.parametrize("name", [n for n, e in EXPECTED.items() if e["state"] == "refused"])
def test_what_is_no_table_is_refused_in_both_languages(tmp_path, name):
    with pytest.raises(IntakeError) as caught:
        _reading(name, tmp_path)
    assert [i["problem"] for i in caught.value.issues] == [EXPECTED[name]["refused"]]
    said = {told(caught.value, words(lang, CHECK)) for lang in ("id", "en")}
    assert len(said) == 2
    for fact, remedy in said:
        assert fact.startswith(name) and fact.endswith(".") and remedy.endswith(".") and "{" not in fact + remedy


@pytest.mark.parametrize("name", [n for n, e in EXPECTED.items() if e["state"] != "refused"])
def test_a_bad_file_ends_as_expected(tmp_path, name):
    expected, found = EXPECTED[name], _reading(name, tmp_path)
    assert _says(found, "error", "warning") == sorted(expected.get("says", []))
    assert set(_says(found, "note")) >= set(expected.get("notes", []))
    assert _state(found) == expected["state"]
    if expected["state"] == "taken":
        assert sorted(row["why"] for row in found.log) == sorted(expected.get("log", []))
        assert _own(found) == _expected_scores(expected.get("scores", {}))


@pytest.mark.parametrize("name", ACCEPTED)
def test_a_close_match_counts_once_it_is_agreed_to(tmp_path, name):
    found = _reading(name, tmp_path, always)
    assert not found.errors and _own(found) == CLEAN
    assert sorted(row["why"] for row in found.log) == sorted(ACCEPTED[name]["log"])


@pytest.mark.parametrize("name", [n for n, e in EXPECTED.items() if e["state"] != "refused"])
def test_every_message_is_whole_in_both_languages(tmp_path, name):
    for row in _reading(name, tmp_path).issues:
        said = [describe(row, words(lang, CHECK)) for lang in ("id", "en")]
        assert len(set(said)) == 2
        for text in said:
            assert text.startswith(name) and text.endswith((".", "?")) and "{" not in text


def test_hostile_evidence_is_kept_as_text(tmp_path):
    evidence = [row["evidence"] for row in _reading("hostile_evidence.csv", tmp_path).rows]
    assert evidence[0] == "'=cmd|' /C calc'!A0" and evidence[1:3] == ["<img src=x onerror=alert(1)>", "../../etc/passwd"]
