"""Intake on a failing disk and killed anywhere: nothing taken is lost, nothing untaken is claimed, and the next run mends it."""

import os
import shutil
from hashlib import sha256

import pandas as pd
import pytest
from desk_data import CLEAN, ROUND
from faults import DONE, KILLED, Faulty, at, command, full, office, prepared, root_of

from scevaluation.errors import IntakeError
from scevaluation.intake import journal
from scevaluation.intake.log import FILES, folder, kept

AGAIN = {"correct": "correct_same", "undo": "undo_again"}
FEW = 4  # so many operations of each thing done fail in the quick suite
needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="fork is needed")


@pytest.fixture(scope="module", params=DONE)
def scene(request, tmp_path_factory):
    """What is done, the place prepared for it, what it looks like undisturbed, and how many operations that takes."""
    what, base = request.param, tmp_path_factory.mktemp("base") / "b"
    plan, forms = root_of(base)
    if DONE[what][1]:
        DONE[what][1](plan, forms)
    where = tmp_path_factory.mktemp("whole") / "w"
    plan, forms = prepared(base, where)
    with Faulty(where, 0, full)() as disk:
        DONE[what][0](plan, forms)
    assert disk.count > 10
    return what, base, _seen(plan), disk.count


def _seen(plan):
    """All that a round shows: rows with their origin, files by state, log, who was asked, forms."""
    entries = kept(plan, ROUND, "ENTRIES").drop(columns="number").fillna(-1)
    table = plan.folder / "rounds" / f"{ROUND}.csv"
    out = {"entries": sorted(map(tuple, entries.to_numpy().tolist()))}
    out |= {n: sorted(map(tuple, kept(plan, ROUND, n).to_numpy().tolist())) for n in ("RECEIVED", "IMPORT_LOG", "ASKED")}
    out["table"] = sorted(table.read_text("utf-8").splitlines()) if table.exists() else []
    out["forms"] = {p.name: p.read_bytes() for p in (plan.folder.parent / "out").glob("*")}
    return out


def _files(plan, state="taken"):
    received = kept(plan, ROUND, "RECEIVED")
    return set(received.loc[received["state"] == state, "file"])


def _honest(plan, forms):
    """Files said to be taken are those whose rows count, from their own cells; each is kept as it came."""
    entries = kept(plan, ROUND, "ENTRIES")
    assert set(entries["file"]) - {"000003-corrected.json", "000003-undone.json"} == _files(plan) | _files(plan, "undone")
    for row in kept(plan, ROUND, "RECEIVED").itertuples():
        raw = (plan.folder / "received" / f"{row.sha256}.csv").read_bytes()
        assert sha256(raw).hexdigest() == row.sha256 and raw == (forms / row.file).read_bytes()
    first = entries[entries["file"] == "a.csv"].set_index("indicator")
    assert not len(first) or (first["score"].to_dict() == CLEAN and list(first["cell"]) == [f"line {n}" for n in range(2, 7)])
    assert [r.number for r in journal.read(folder(plan, ROUND))] == list(range(1, len(journal.names(folder(plan, ROUND))) + 1))


def _whole(plan):
    """Nothing is left lying about, and what stands on disk is what the journal says."""
    left = [p for p in plan.folder.parent.rglob("*") if p.name.startswith(".making-") or p.suffix == ".by"]
    assert left == []
    for name, file in FILES.items():
        path = folder(plan, ROUND) / file
        rows = pd.read_csv(path, dtype=str, keep_default_na=False) if path.exists() else []
        assert len(rows) == len(kept(plan, ROUND, name))


def _next_run(what, plan, forms, recorded):
    """The same again; only what was recorded already may be refused as said before."""
    try:
        DONE[what][0](plan, forms)
    except IntakeError as error:
        assert error.issues[0]["problem"] == AGAIN[what] and recorded


def _mended(scene, plan, forms, before):
    what, _, undisturbed, _ = scene
    _honest(plan, forms)
    _next_run(what, plan, forms, len(journal.names(folder(plan, ROUND))) > before)
    _honest(plan, forms)
    _whole(plan)
    assert _seen(plan) == undisturbed


def _failing(scene, tmp_path, points):
    what, base, _, _ = scene
    for point in points:
        plan, forms = prepared(base, tmp_path / f"{what}{point}")
        had, before = _files(plan), len(journal.names(folder(plan, ROUND)))
        with Faulty(tmp_path, point, full)():
            try:
                said = set(DONE[what][0](plan, forms)) | had
                assert said == _files(plan) or what == "undo"
            except IntakeError as error:
                assert error.issues and error.fact and error.remedy
                told = {"not_writable", "tables_behind"}
                assert {i["problem"] for i in error.issues} <= told
                grown = len(journal.names(folder(plan, ROUND))) > before
                assert not grown or error.issues[0]["problem"] == "tables_behind"
        _mended(scene, plan, forms, before)


def _killed(scene, tmp_path, killer, points):
    what, base, _, _ = scene
    before = len(journal.names(base / "contoh" / "rounds" / ROUND))
    for point in points:
        assert killer(base, tmp_path / str(point), what, point) == KILLED
        _mended(scene, *at(tmp_path / str(point)), before)


def _few(scene):
    """Some points, far apart, and the last one."""
    return [scene[3] - n * (scene[3] // FEW) for n in range(FEW)]


def test_a_failing_disk(scene, tmp_path):
    _failing(scene, tmp_path, _few(scene))


@needs_fork
def test_a_killed_process(scene, tmp_path, killer):
    _killed(scene, tmp_path, killer, _few(scene))


@pytest.mark.long
def test_a_disk_that_fails_anywhere(scene, tmp_path):
    _failing(scene, tmp_path, range(1, scene[3] + 1))


@needs_fork
@pytest.mark.long
def test_a_process_killed_anywhere(scene, tmp_path, killer):
    _killed(scene, tmp_path, killer, range(1, scene[3] + 1))


# The real command.
def _at_once(tmp_path, times):
    home, forms, rows = office(tmp_path)
    for n in range(times):
        count = 5 if n % 2 else 2
        running = [command(tmp_path, *forms[i::count]) for i in range(count)]
        outs = [p.communicate(timeout=300)[0] for p in running]
        assert [p.returncode for p in running] == [0] * count, outs
        table = pd.read_csv(home / "rounds" / f"{ROUND}.csv", dtype=str)
        assert len(table) == rows and set(table["file"]) == {f.name for f in forms}
        assert sum(": taken;" in line for out in outs for line in out.splitlines()) == len(forms)
        shutil.rmtree(home / "rounds" / ROUND)
        (home / "rounds" / f"{ROUND}.csv").unlink()


@pytest.mark.slow
def test_commands_on_one_round_at_once_lose_nothing(tmp_path):
    _at_once(tmp_path, 2)


@pytest.mark.long
def test_commands_on_one_round_at_once_lose_nothing_however_often(tmp_path):
    _at_once(tmp_path, 20)
