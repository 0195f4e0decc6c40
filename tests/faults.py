"""Intake on a disk that fails, and in a process that is killed, at its n-th write, fsync, rename, new folder or change of rights."""

import contextlib
import errno
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from pathlib import Path
from unittest import mock

from desk_data import PATHS, ROUND, csv, desk_programme, good_rows

from scevaluation.intake import forms_out, mend, store
from scevaluation.intake.log import folder
from scevaluation.place import SHIPPED
from scevaluation.press.report import write_together
from scevaluation.programme import Programme

DAY, LATE = date(2025, 6, 20), date(2025, 7, 3)
KILLED = 9


def root_of(where: Path) -> tuple[Programme, Path]:
    """A programme with nothing taken in yet, and a folder with three forms: of two agencies, and a corrected one of the first."""
    plan, forms = desk_programme(where / "contoh"), where / "forms"
    forms.mkdir()
    nodes = plan.instrument(ROUND).nodes
    roads = [p for p in plan.instrument(ROUND).leaves if nodes[p].agency == "dinas-pupr"][:2]
    corrected = good_rows()
    corrected[2][3] = 3.5
    (forms / "a.csv").write_bytes(csv(good_rows()))
    (forms / "b.csv").write_bytes(csv([good_rows()[0], *([p, None, "dinas-pupr", 2.5, None, "bukti", "B"] for p in roads)]))
    (forms / "c.csv").write_bytes(csv(corrected))
    return plan, forms


def _take(plan: Programme, forms: Path, *names: str, day: date = DAY) -> list[str]:
    return [t.path.name for t in store.intake([forms / n for n in names], plan, ROUND, day) if t.state in ("taken", "same")]


def _intake(plan: Programme, forms: Path) -> list[str]:
    return _take(plan, forms, "a.csv", "b.csv")


def _restate(plan: Programme, forms: Path) -> list[str]:
    return _take(plan, forms, "c.csv", day=LATE)


def _correct(plan: Programme, forms: Path) -> list[str]:
    mend.correct(plan, ROUND, (PATHS[0], "dinas-kesehatan", "self"), "1,5", "typed wrongly", "Ani", LATE)
    return []


def _undo(plan: Programme, forms: Path) -> list[str]:
    mend.undo(plan, ROUND, "b.csv", "of another year", LATE)
    return []


def _rebuild(plan: Programme, forms: Path) -> list[str]:
    mend.rebuild(plan, ROUND, LATE)
    return []


def _ask(plan: Programme, forms: Path) -> list[str]:
    forms_out.ask(plan, ROUND, forms.parent / "out", deadline="2025-06-30")
    return []


def _spoilt(plan: Programme, forms: Path) -> None:
    _intake(plan, forms)
    (folder(plan, ROUND) / "entries.csv").unlink()
    (folder(plan, ROUND) / "log.csv").write_text("spoilt", "utf-8")
    (plan.folder / "rounds" / f"{ROUND}.csv").unlink()


# What is done, and what was done before it.
DONE: dict[str, tuple[Callable, Callable | None]] = {
    "intake": (_intake, None),
    "restate": (_restate, _intake),
    "correct": (_correct, _intake),
    "undo": (_undo, _intake),
    "rebuild": (_rebuild, _spoilt),
    "ask": (_ask, None),
}


# A set of files that stands in a folder of reports, and one that takes its place.
TOGETHER = {n: {"a.ipynb": f"{n}1", "a.html": f"{n}2", "a.xlsx": f"{n}3", "a.figures/b.svg": f"{n}4"} for n in ("old", "new")}


class Faulty:
    """A disk under a folder whose operation number `at` ends as `end` says; 0 never does. `count` tells how many there were."""

    def __init__(self, under: Path, at: int, end: Callable[[], None]):
        self.under, self.at, self.end, self.count = str(under), at, end, 0

    def _next(self) -> bool:
        self.count += 1
        return self.count == self.at

    def _wrapped(self, real: Callable) -> Callable:
        def call(first, *args, **kwargs):
            ours = isinstance(first, int) or str(first).startswith(self.under)
            if ours and self._next():
                self.end()
            return real(first, *args, **kwargs)

        return call

    def _write(self, real: Callable) -> Callable:
        def write_bytes(path, raw):
            if str(path).startswith(self.under) and self._next():
                real(path, raw[: len(raw) // 2])
                self.end()
            return real(path, raw)

        return write_bytes

    @contextlib.contextmanager
    def __call__(self) -> Iterator["Faulty"]:
        with contextlib.ExitStack() as stack:
            for name in ("fsync", "replace", "mkdir", "chmod"):
                stack.enter_context(mock.patch.object(os, name, self._wrapped(getattr(os, name))))
            stack.enter_context(mock.patch.object(Path, "write_bytes", self._write(Path.write_bytes)))
            yield self


def full() -> None:
    """The disk is full."""
    raise OSError(errno.ENOSPC, "No space left on device")


def killed() -> None:
    """The process is gone."""
    os._exit(KILLED)


def prepared(base: Path, where: Path) -> tuple[Programme, Path]:
    """A copy of a prepared place to work in."""
    shutil.copytree(base, where)
    return at(where)


def at(where: Path) -> tuple[Programme, Path]:
    """A place that was prepared before: the programme, and the folder of its forms."""
    return desk_programme(where / "contoh"), where / "forms"


def office(where: Path) -> tuple[Path, list[Path], int]:
    """A copy of the data for commands, with the round named: the programme's folder, a form of every agency, all its rows."""
    data, shipped = where / "data", SHIPPED / "data"
    (data / "programmes").mkdir(parents=True)
    for part in ("instruments", "official", "context"):
        (data / part).symlink_to(shipped / part)
    home = Path(shutil.copytree(shipped / "programmes" / "contoh", data / "programmes" / "contoh"))
    with (home / "programme.yaml").open("a", encoding="utf-8") as out:
        out.write(f"- {{id: {ROUND}, state: scored, instrument: sektor-siklus-2}}\n")
    plan = desk_programme(where / "unused")
    nodes, forms = plan.instrument(ROUND).nodes, []
    for agency in plan.agencies:
        own = [p for p in plan.instrument(ROUND).leaves if nodes[p].agency == agency.id]
        forms.append(where / f"{agency.id}.csv")
        forms[-1].write_bytes(csv([good_rows()[0], *([p, None, agency.id, 2.5, None, "bukti", "B"] for p in own)]))
    return home, forms, len(plan.instrument(ROUND).leaves)


def command(where: Path, *files: Path) -> subprocess.Popen:
    """The real command, taking files into the round of an office."""
    env = os.environ | {"SCEVALUATION_DATA": str(where / "data"), "PYTHONPATH": str(Path(store.__file__).parents[2])}
    env |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    code = "import sys; from scevaluation.cli import main; main()"
    argv = [sys.executable, "-c", code, "intake", "--programme", "contoh", "--round", ROUND, "--lang", "en", *map(str, files)]
    return subprocess.Popen(argv, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


@contextlib.contextmanager
def killer() -> Iterator[Callable[[Path, Path, str, int], int]]:
    """A process that does things in forks of itself, each killed at a point that is asked for; gives how one ended."""
    tests = Path(__file__).resolve().parent
    env = os.environ | {"PYTHONPATH": os.pathsep.join(map(str, (tests.parent, tests)))}
    env |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    both = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, str(tests / "faults.py")], env=env, **both) as process:

        def kill(base: Path, where: Path, what: str, point: int) -> int:
            process.stdin.write(json.dumps([str(base), str(where), what, point]) + "\n")
            process.stdin.flush()
            return int(process.stdout.readline())

        yield kill
        process.stdin.close()


def _asked(what: str, where: Path) -> Callable[[], object]:
    """What is to be done in a prepared place: of `DONE`; "past": an office's past taken into a workspace; "together": a set of files."""
    if what == "together":
        return partial(write_together, where, TOGETHER["new"])
    if what == "past":
        from past_home import taken  # which is written with this file

        return partial(taken, where)
    return partial(DONE[what][0], *at(where))


def serve() -> None:
    """For every line of standard input, a prepared place, a copy to make of it, what to do there, and when to be killed: fork,
    do it, and say how it ended."""
    for line in sys.stdin:
        base, where, what, point = json.loads(line)
        shutil.copytree(base, where)
        do = _asked(what, Path(where))
        child = os.fork()
        if not child:
            with Faulty(Path(where), point, killed)():
                do()
            os._exit(0)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


if __name__ == "__main__":
    serve()
