"""What intake remembers of a round changes nothing but time: every file is the same byte for byte with it and without it."""

import json
import os
import random
import re
from datetime import date

import pytest
from desk_data import AGENCY, PATHS, ROUND, csv, desk_programme, good_rows

from scevaluation.errors import EvaluationError, IntakeError
from scevaluation.intake import forms_out, log, mend, store
from scevaluation.intake.log import HASHES, folder

DAY = date(2025, 6, 20)
STEPS = 18


@pytest.fixture
def remembered(monkeypatch):
    """How often what was remembered was used; with `off` in it, never."""
    used, real = [], log._remembered

    def counted(*args):
        state = None if "off" in used else real(*args)
        used.extend([1] if state is not None else [])
        return state

    monkeypatch.setattr(log, "_remembered", counted)
    return used


def _bytes(plan, *but):
    files = (p for p in plan.folder.rglob("*") if p.is_file() and p.name not in but)
    return {p.relative_to(plan.folder).as_posix(): p.read_bytes() for p in files}


def _form(where, name, second, silent=False):
    rows = good_rows()
    rows[2][3] = second
    if silent:
        rows[3][3] = rows[3][5] = None
    (where / name).write_bytes(csv(rows))
    return where / name


def _steps(seed, where):
    """Commands in an order by chance: forms new, known, with errors, with empty rows, two at once; and all that mends a round."""
    chance, out = random.Random(seed), []
    forms = [_form(where, f"{n}.csv", 1 + n / 4, n % 3 == 0) for n in range(9)] + [_form(where, "waits.csv", 77)]
    for n in range(STEPS):
        what = chance.choice(["take", "take", "take", "two", "correct", "correct", "correct", "undo", "ask", "hand", "cut"])
        if what in ("take", "two"):
            files = chance.sample(forms, 1 + (what == "two"))
            out.append(lambda plan, files=files: store.intake(files, plan, ROUND, DAY))
        elif what == "correct":
            said = (chance.choice(PATHS), AGENCY, "self"), f"{chance.randint(100, 399) / 100}"
            out.append(lambda plan, said=said: mend.correct(plan, ROUND, *said, "typed wrongly, 'so'", "Ani", DAY))
        elif what == "undo":
            of = str(chance.randint(1, n + 1))
            out.append(lambda plan, of=of: mend.undo(plan, ROUND, of, "of another year", DAY))
        elif what == "ask":
            out.append(lambda plan: forms_out.ask(plan, ROUND, plan.folder.parent / f"out-{plan.folder.name}", deadline="2025-06-30"))
        elif what == "hand":
            out.append(lambda plan, n=n: _by_hand(plan, n))
        else:
            name = chance.choice(["entries.csv", "log.csv", HASHES])
            out.append(lambda plan, name=name: (folder(plan, ROUND) / name).unlink(True))
    return out


def _by_hand(plan, n):
    table = plan.folder / "rounds" / f"{ROUND}.csv"
    if table.exists():
        table.write_bytes(re.sub(rb"self,[0-9.]+", b"self,1.%d" % (n + 10), table.read_bytes(), count=1))


def _done(step, plan):
    """What came of a step: nothing, or what it was refused for."""
    try:
        step(plan)
    except EvaluationError as error:
        return [i["problem"] for i in error.issues]
    return []


@pytest.mark.parametrize("seed", range(3))
def test_with_and_without_what_is_remembered_every_file_is_the_same(seed, tmp_path, remembered):
    with_it, without = desk_programme(tmp_path / "a" / "contoh"), desk_programme(tmp_path / "b" / "contoh")
    for step in _steps(seed, tmp_path):
        refused = _done(step, with_it)
        used = remembered.copy()
        remembered.append("off")
        assert _done(step, without) == refused
        assert _bytes(with_it) == _bytes(without)
        remembered[:] = used
    assert len(remembered) > STEPS / 4
    before = _bytes(with_it)
    mend.rebuild(with_it, ROUND, DAY)
    mend.rebuild(without, ROUND, DAY)
    assert _bytes(with_it) == _bytes(without)
    assert mend.rebuild(with_it, ROUND, DAY).changed == () and set(before) <= set(_bytes(with_it))


@pytest.fixture
def plan(tmp_path):
    """A round with two files taken in and a score corrected, of which all is remembered."""
    plan = desk_programme(tmp_path / "contoh")
    store.intake([_form(tmp_path, "a.csv", 2.0), _form(tmp_path, "waits.csv", 77)], plan, ROUND, DAY)
    mend.correct(plan, ROUND, (PATHS[1], AGENCY, "self"), "3,5", "typed wrongly", "Ani", DAY)
    return plan


def test_a_record_changed_in_its_place_is_refused_though_size_and_time_are_as_they_were(plan, tmp_path):
    path = folder(plan, ROUND) / "journal" / "000003-corrected.json"
    was, raw = path.stat(), path.read_bytes()
    with path.open("r+b") as out:
        out.write(raw.replace(b"3.5", b"3.4"))
    os.utime(path, ns=(was.st_atime_ns, was.st_mtime_ns))
    before = _bytes(plan)
    with pytest.raises(IntakeError, match="000003-corrected"):
        store.intake([_form(tmp_path, "b.csv", 1.5)], plan, ROUND, DAY)
    assert path.stat().st_size == was.st_size and _bytes(plan) == before


def test_a_record_under_another_name_is_refused(plan):
    home = folder(plan, ROUND) / "journal"
    (home / "000003-corrected.json").rename(home / "000003-taken.json")
    with pytest.raises(IntakeError, match="000003-taken"):
        store.intake([], plan, ROUND, DAY)


def test_what_is_remembered_is_not_used_once_any_byte_of_it_was_changed(plan, remembered):
    """One bit at sixty places by chance; the tables stay what the journal says."""
    path, whole = folder(plan, ROUND) / HASHES, _bytes(plan, HASHES)
    raw = path.read_bytes()
    for at in random.Random(1).sample(range(len(raw)), 60):
        path.write_bytes(raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :])
        store.intake([], plan, ROUND, DAY)
        assert remembered == [] and _bytes(plan, HASHES) == whole
    path.write_bytes(raw)
    store.intake([], plan, ROUND, DAY)
    assert remembered == [1] and _bytes(plan, HASHES) == whole


def test_what_another_version_wrote_is_not_used(plan, remembered, monkeypatch):
    monkeypatch.setattr(log, "__version__", "0.0.0")
    store.intake([], plan, ROUND, DAY)
    assert remembered == [] and json.loads((folder(plan, ROUND) / HASHES).read_text("utf-8"))["version"] == "0.0.0"


@pytest.mark.parametrize("name", ["entries.csv", "log.csv", "received.csv"])
def test_a_table_beside_the_round_that_someone_changed_is_made_anew_and_nothing_is_built_on_it(plan, name, tmp_path, remembered):
    path = folder(plan, ROUND) / name
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b"a", b"z"))
    store.intake([_form(tmp_path, "b.csv", 1.5)], plan, ROUND, DAY)
    assert remembered == [] and path.read_bytes().startswith(whole)
