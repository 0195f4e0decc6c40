"""Why a report is made anew: exactly those are that use what changed, and the reason names it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
# A world of its own: a copy of data/ and of the package's words, which a process that starts now reads.
ASK = """
import json, sys
from pathlib import Path
from scevaluation.press import keys
from scevaluation.press.batch import jobs_of, national_jobs
from scevaluation.press.jobs import Job
from scevaluation.press.keys import facts, key_of, why
out, package = Path(sys.argv[1]), Path(sys.argv[2])
keys.PACKAGE = package
jobs = jobs_of([], "", ("round", "handover"), ("id", "en")) + national_jobs("2023-S2")[:3]
if not out.exists():
    for job in jobs:
        made = facts(job, ("html",))
        entry = {"programme": job.programme, "round": job.round, "lang": job.lang, "kind": job.kind, "headline": "", "outputs": {}}
        (out / job.folder).mkdir(parents=True, exist_ok=True)
        (out / job.folder / f"{job.stem}.json").write_text(json.dumps({**entry, "made_from": made, "key": key_of(made)}))
print(json.dumps({str(job): why(job, ("html",), out) for job in jobs}))
"""


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    folder = tmp_path_factory.mktemp("world")
    shutil.copytree(ROOT / "data", folder / "data")
    shutil.copytree(ROOT / "scevaluation", folder / "package", ignore=shutil.ignore_patterns("__pycache__"))
    assert set(map(tuple, _why(folder).values())) == {()}
    return folder


@pytest.fixture(scope="module")
def everything(world):
    """All reports of the world, as their manifests name them."""
    entries = [json.loads(p.read_text("utf-8")) for p in (world / "out").rglob("*.json")]
    return {f"{e['programme']} {e['round']} {e['kind']} {e['lang']}" for e in entries}


def _why(folder: Path) -> dict[str, list[str]]:
    command = [sys.executable, "-c", ASK, str(folder / "out"), str(folder / "package")]
    env = {**os.environ, "SCEVALUATION_DATA": str(folder / "data")}
    return json.loads(subprocess.run(command, env=env, capture_output=True, text=True, check=True).stdout)


def _changed(folder: Path, path: str, old: str, new: str) -> dict[str, list[str]]:
    """What is made anew, with reasons, while `old` reads `new` in a file; then the file is as before."""
    place = folder / path
    before = place.read_bytes()
    text = before.decode("utf-8")
    assert old in text
    place.write_bytes(text.replace(old, new, 1).encode("utf-8"))
    try:
        return {job: reasons for job, reasons in _why(folder).items() if reasons}
    finally:
        place.write_bytes(before)


def _score(folder: Path, path: str) -> tuple[str, str]:
    """A line of a round's table, and the same with another score."""
    for line in (folder / path).read_text("utf-8").splitlines():
        for old, new in ((",3,scored", ",2,scored"), (",2,scored", ",3,scored"), (",2.5,scored", ",2,scored")):
            if old in line:
                return line, line.replace(old, new, 1)
    raise AssertionError(f"{path} has no such score")


def test_one_score_makes_the_reports_of_its_round_and_of_later_ones_and_no_other(world):
    path = "programmes/contoh/rounds/2023-S1.csv"
    found = _changed(world, f"data/{path}", *_score(world, f"data/{path}"))
    rounds = [p.stem for p in (world / "data/programmes/contoh/rounds").glob("*.csv") if p.stem >= "2023-S1"]
    expected = {f"contoh {r} {kind} {lang}" for r in rounds for kind in ("round", "handover") for lang in ("id", "en")}
    assert {"2023-S1", "2023-S2", "2024-S2"} <= set(rounds)
    assert set(found) == expected
    assert set(map(tuple, found.values())) == {(f"input {path}",)}


def test_a_word_of_indonesian_makes_the_indonesian_reports_only(world, everything):
    found = _changed(world, "package/words/id/common.po", 'msgstr "', 'msgstr "x')
    assert set(found) == {job for job in everything if job.endswith(" id")}
    assert set(map(tuple, found.values())) == {("words",)}


def test_the_ministry_s_letter_makes_all_that_stand_in_it(world):
    found = _changed(world, "data/official/results.csv", "2.47", "2.48")
    assert {"nasional 2023-S2 national id", "mimika 2023-S2 round id", "kab-malang 2023-S2 round en"} <= set(found)
    assert not any(job.startswith("contoh") for job in found)
    assert set(map(tuple, found.values())) == {("input official/results.csv",)}


@pytest.mark.parametrize(
    ("path", "old", "new", "of"),
    [
        ("data/programmes/contoh/targets.csv", "\n", "\n\n", "contoh"),
        ("data/programmes/contoh/events.csv", "\n", "\n\n", "contoh"),
        ("data/instruments/sektor-siklus-2.yaml", "\n", "\n\n", "contoh"),
        ("data/context/statistics.csv", "\n", "\n\n", "mimika"),
    ],
)
def test_targets_events_instruments_and_statistics_count_for_those_that_use_them(world, path, old, new, of):
    found = _changed(world, path, old, new)
    assert found and {job.split()[0] for job in found} == {of}
    assert set(map(tuple, found.values())) == {(f"input {path.removeprefix('data/')}",)}


def test_a_style_or_a_line_of_code_makes_everything(world, everything):
    found = _changed(world, "package/press/page/page.css", "{", "{ ")
    assert set(found) == everything and set(map(tuple, found.values())) == {("package",)}


def test_a_round_that_goes_or_comes_is_named_with_its_instrument(world):
    rounds = world / "data/programmes/kab-malang/rounds"
    taken = (rounds / "2022-S2.csv").read_bytes()
    (rounds / "2022-S2.csv").unlink()
    try:
        found = {job: r for job, r in _why(world).items() if r and job.startswith("kab-malang 2023")}
    finally:
        (rounds / "2022-S2.csv").write_bytes(taken)
    reasons = {"input programmes/kab-malang/rounds/2022-S2.csv", "input instruments/kominfo-2022-kppn-ikn.yaml"}
    assert found and all(set(r) == reasons for r in found.values())
