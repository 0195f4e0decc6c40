"""Every file of a programme, mutated, through the public loaders: each ends in a table or in a sentence of ours.

By hand: python tests/fuzz.py --seconds 600 [--seed 1] [--only programme.yaml]; a failure prints how to try it again.
"""

from __future__ import annotations

import argparse
import re
import shutil
import signal
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parent))
import mangle
from binary_books import xls, xlsb
from desk_data import AGENCY, COVER, PATHS, csv, good_rows, html, ods, xlsx

from scevaluation.errors import EvaluationError
from scevaluation.grid.book import read_book
from scevaluation.instrument import load_instrument, read_instrument
from scevaluation.intake import check, context, official, people, survey
from scevaluation.intake.instrument_out import text_table, workbook
from scevaluation.intake.reading import read
from scevaluation.issues import describe, told
from scevaluation.period import Period
from scevaluation.place import DATA, LAYERS
from scevaluation.programme import Programme, load_programme, read_programme
from scevaluation.region import places, region_of
from scevaluation.words import CHECK, words

ROUND = "2024-S2"
SECONDS = 5
LIBRARY = re.compile(
    r"pydantic|pandas|pandera|numpy|Traceback|Input should be|NoneType|dtype|codec can|expat|zipfile|(?<!\.)yaml\.|<class|object at 0x"
    r"|Error\b(?! \d)|Expecting|line \d+ column \d+|invalid literal|not well-formed"
)
FILE = re.compile(r"\w\.(csv|yaml|xlsx|ods|xlsb|xls)\b")
PROGRAMME, REGION = "programmes/contoh", "wilayah-94-04"


class Hangs(BaseException):
    """A loader took too long."""


@dataclass
class Target:
    """A file below the data folder, what kind of text it is, and who reads it."""

    kind: str
    read: Callable[[Path], object]


@dataclass
class Result:
    """What a run found: files tried, how they ended, and what must not be."""

    tried: Counter = field(default_factory=Counter)
    refused: Counter = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)


@cache
def _plan() -> Programme:
    return read_programme(DATA / PROGRAMME)


def plan_of(folder: Path) -> Programme:
    return _plan().model_copy(update={"folder": folder})


def _programme(path: Path):
    plan = read_programme(path.parent)
    check.round_files(plan)
    return [plan.instrument(name) for name in plan.scored]


def _instrument(path: Path):
    found = read_instrument(path)
    return found.leaves, found.effective if found.weights != "unknown" else {}, found.names("id"), found.parents


def _own_round(path: Path):
    plan = plan_of(path.parent.parent)
    _rendered(check.read(path, plan, ROUND).issues)
    return check.accepted(path, plan, ROUND)


def _form(path: Path):
    form = read(path, plan_of(path.parent), ROUND, [{"indicator": p, "agency": AGENCY} for p in PATHS])
    _rendered(form.issues)
    _rendered(check.issues_of(path, "contoh", ROUND))


def _book(path: Path):
    return read_book(path.read_bytes(), path.name)


def _survey(path: Path):
    _rendered(survey.read_survey(path, "00.00", ROUND).issues.to_dict("records"))
    return survey.accepted_survey(path, "00.00", ROUND)


def _official(path: Path):
    return places(), official.regions(), [official.read_official(r) for r in official.official_rounds()], load_programme(REGION)


def _context(path: Path):
    return context.read_context(("94.04",)), context.indicators(), context.national(), context.moves()


def _names(path: Path):
    text = path.read_text("utf-8", "replace")[:60]
    region_of(text)
    return Period(text)


def targets(data: Path) -> dict[str, Target]:
    """All files that are mutated, by their place below `data`, written there first where the project has none."""
    home = data / PROGRAMME
    (data / "forms").mkdir()
    rows = good_rows()
    forms = {
        "form.xlsx": xlsx({"Sampul": [[k, ROUND if k == "round" else v] for k, v in COVER], "Skor": rows}),
        "form.ods": ods(rows), "form.csv": csv(rows), "page.xls": html(rows), "tab.csv": csv(rows, "\t"),
        "wide.csv": csv(rows, ";").decode().encode("utf-16"), "form.xls": xls({"Skor": rows}), "form.xlsb": xlsb(rows),
    }  # fmt: skip
    for name, raw in forms.items():
        (data / "forms" / name).write_bytes(raw)
    long = [["indicator", "agency", "source", "score", "status", "evidence", "quality"]]
    long += [[r[0], r[2], "self", r[3], "scored", r[5], r[6]] for r in rows[1:]]
    for n, raw in enumerate((xlsx({"Skor": long}), ods(long))):
        (data / f"own{n}" / "rounds").mkdir(parents=True)
        (data / f"own{n}" / "rounds" / f"{ROUND}.{('xlsx', 'ods')[n]}").write_bytes(raw)
    items = ["respondent", "group", "unit", *(f"U{n}" for n in range(1, 10))]
    answers = [[f"r{n}", "warga", "A", *((n + k) % 4 + 1 for k in range(9))] for n in range(8)]
    (home / f"survey-{ROUND}.csv").write_bytes(csv([items, *answers]))
    (data / "names.txt").write_text(ROUND)
    summary = lambda path: survey.read_summary(plan_of(path.parent))  # noqa: E731
    out = {
        f"{PROGRAMME}/programme.yaml": Target("yaml", _programme),
        f"{PROGRAMME}/events.csv": Target("csv", lambda p: read_programme(p.parent)),
        f"{PROGRAMME}/targets.csv": Target("csv", lambda p: read_programme(p.parent)),
        f"{PROGRAMME}/programmes.csv": Target("csv", lambda p: people.read_programmes(plan_of(p.parent))),
        f"{PROGRAMME}/recommendations.csv": Target("csv", lambda p: people.read_recommendations(plan_of(p.parent))),
        f"{PROGRAMME}/survey.csv": Target("csv", summary),
        f"{PROGRAMME}/survey-{ROUND}.csv": Target("csv", _survey),
        f"{PROGRAMME}/rounds/{ROUND}.csv": Target("csv", _own_round),
        f"own0/rounds/{ROUND}.xlsx": Target("zip", _own_round),
        f"own1/rounds/{ROUND}.ods": Target("zip", _own_round),
        "names.txt": Target("text", _names),
    }
    for name in forms:
        kind = "zip" if name.endswith(("xlsx", "ods", "xlsb")) else "bytes" if name == "form.xls" else "csv"
        out[f"forms/{name}"] = Target(kind, _form)
    for name in ("sheet.xlsx", "sheet.csv"):
        writer = workbook if name.endswith("xlsx") else text_table
        (data / "instruments" / name).write_bytes(writer(load_instrument("sektor-siklus-2")))
        out[f"instruments/{name}"] = Target("zip" if name.endswith("xlsx") else "csv", _instrument)
    for name in ("form.xlsx", "form.ods", "page.xls"):
        shutil.copy(data / "forms" / name, data / "forms" / f"book-{name}")
        out[f"forms/book-{name}"] = Target("zip" if name.startswith("form") else "csv", _book)
    for path in sorted((data / "instruments").glob("s*.yaml")):
        out[f"instruments/{path.name}"] = Target("yaml", _instrument)
    for name in ("regions.csv", "results.csv", "letters.csv"):
        out[f"official/{name}"] = Target("csv", _official)
    for name in ("statistics.csv", "indicators.csv", "national.csv", "moves.csv"):
        out[f"context/{name}"] = Target("csv", _context)
    return out


def _rendered(issues: list[dict]) -> None:
    for lang in ("id", "en"):
        for row in issues[:50]:
            _whole(describe(row, words(lang, CHECK)), str(row["found"]) + str(row["expected"]))


def _whole(text: str, said: str) -> None:
    if LIBRARY.search(text) and not LIBRARY.search(said):
        raise AssertionError(f"library words: {text}")


def forget() -> None:
    """Nothing that was read before is kept."""
    for module in list(sys.modules.values()):
        if getattr(module, "__name__", "").startswith("scevaluation."):
            for thing in list(vars(module).values()):
                if callable(getattr(thing, "cache_clear", None)) and thing not in KEPT:
                    thing.cache_clear()


KEPT = (words,)


@contextmanager
def clock(seconds: int) -> Iterator[None]:
    """Stop what takes longer."""

    def late(*_):
        raise Hangs

    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def ends(target: Target, path: Path) -> str:
    """How a file ends: "read", "refused", or what must not be."""
    try:
        with clock(SECONDS), warnings.catch_warnings():
            warnings.simplefilter("error")
            target.read(path)
    except EvaluationError as error:
        return _refusal(error, path)
    except Hangs:
        return f"hangs for more than {SECONDS} s"
    except Exception:
        return traceback.format_exc(limit=-6)
    return "read"


def _refusal(error: EvaluationError, path: Path) -> str:
    about = " ".join(str(i["found"]) + str(i["expected"]) for i in error.issues)
    for lang in ("id", "en"):
        fact, remedy = told(error, words(lang, CHECK))
        try:
            _whole(fact + remedy, about)
        except AssertionError as found:
            return str(found)
        if not fact or not remedy or not (FILE.search(fact) or REGION in fact or path.name in (*fact.split(), "names.txt")):
            return f"says no file or no remedy: {fact} | {remedy}"
    return "refused"


def run(seed: int, seconds: float = 1e9, count: int = 10**9, first: int = 0, only: str = "") -> Result:
    """Mutate files until the time is over or so many were tried."""
    found = Result()
    before = LAYERS["data"]
    with tempfile.TemporaryDirectory(prefix="scevaluation-fuzz-") as folder:
        data = Path(folder) / "data"
        shutil.copytree(DATA, data)
        todo = {name: t for name, t in targets(data).items() if only in name}
        names, clean = list(todo), {name: (data / name).read_bytes() for name in todo}
        LAYERS["data"] = (data,)
        end = time.monotonic() + seconds
        try:
            for n in range(first, first + count):
                if time.monotonic() > end:
                    break
                _one(found, seed, n, todo, names, clean, data)
        finally:
            LAYERS["data"] = before
            forget()
    return found


def _one(found: Result, seed: int, n: int, todo, names, clean, data: Path) -> None:
    chance = Random(f"{seed}/{n}")
    name = names[n % len(names)]
    path = data / name
    path.write_bytes(mangle.mutated(clean[name], todo[name].kind, chance))
    forget()
    said = ends(todo[name], path)
    found.tried[name] += 1
    if said == "refused":
        found.refused[name] += 1
    elif said != "read":
        found.failures.append(f"{name}: --seed {seed} --first {n} --count 1\n{path.read_bytes()[:300]!r}\n{said}")
    path.write_bytes(clean[name])


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=60)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--first", type=int, default=0)
    options.add_argument("--count", type=int, default=10**9)
    options.add_argument("--only", default="")
    found = run(**vars(options.parse_args()))
    for failure in found.failures[:20]:
        print(failure, "\n")
    print(f"{'file':<44}{'tried':>8}{'refused':>9}")
    for name, tried in sorted(found.tried.items()):
        print(f"{name:<44}{tried:>8}{found.refused[name]:>9}")
    print(f"{found.tried.total()} files tried, {found.refused.total()} refused, {len(found.failures)} failures")
    return bool(found.failures)


if __name__ == "__main__":
    sys.exit(main())
