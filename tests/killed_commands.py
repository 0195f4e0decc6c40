"""A program for tests: start commands again and again, kill each at a random moment, look at what is there then, and run it anew.

Commands are forked from this warm process, so that a start costs nothing and the moments fall into what they do. A command to be
killed too is one more line of `COMMANDS`.
"""

import atexit
import json
import os
import random
import signal
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import batches
import pandas as pd
import psutil
from desk_data import PATHS, csv, desk_programme, good_rows
from desk_data import ROUND as OPEN
from faults import office

import scevaluation.press.warm  # noqa: F401 - warm before the first fork
from scevaluation import place
from scevaluation.cli import main as command
from scevaluation.intake import store
from scevaluation.intake.log import kept
from scevaluation.place import sha256
from scevaluation.press import pool
from scevaluation.press.site.build import FOLDER, KNOWN
from scevaluation.press.verify import verify

REGION, OTHERS = batches.jobs(1)[0].programme, [j.programme for j in batches.jobs(4)]
LANG = ("id", "en")
# What is typed for the n-th time, in the folder of the test. Reports are of small notebooks, tests/batches.py.
COMMANDS: dict[str, Callable[[int], list[str]]] = {
    "report": lambda n: ["report", REGION, "--round", batches.ROUND, "--lang", LANG[n % 2], "--out", "reports"],
    "batch": lambda n: ["batch", *OTHERS, "--rounds", batches.ROUND, "--lang", "id", "--workers", "2", "--force", "--out", f"many{n % 4}"],
    "share": lambda n: ["share", REGION, "--round", batches.ROUND, "--lang", "id,en", "--formats", "html", "--out", "reports"],
    "site": lambda n: ["site", *OTHERS[:2], "--letters", "none", "--kinds", "round", "--lang", LANG[n % 2], "--reports", f"many-site{n}"],
    "intake": lambda n: ["intake", f"forms/{n}.csv", "--programme", "contoh", "--round", OPEN, "--received", "2025-06-20", "--lang", "en"],
    "blank": lambda n: ["blank", "contoh", "--round", OPEN, "--per-agency", "--deadline", "2025-06-30", "--out", f"out/{n}"],
    "diff": lambda n: ["diff", "contoh", "--round", OPEN],
}  # fmt: skip


def start(argv: list[str], printed: Path) -> int:
    """A process of its own group that obeys a command line; its number."""
    pid = os.fork()
    if pid:
        return pid
    os.setpgid(0, 0)
    out = os.open(printed, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for stream in (1, 2):
        os.dup2(out, stream)
    pool.start_method = lambda wanted="": "fork"  # children of this warm process, not of another that is to be warmed first
    sys.argv, code = ["scevaluation", *argv], 0
    try:
        command()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    finally:
        atexit._run_exitfuncs()
        sys.stdout.flush()
        os._exit(code)


def ended(pid: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def alive(group: int) -> list[int]:
    found = []
    for process in psutil.process_iter():
        try:
            if os.getpgid(process.pid) == group and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process.pid)
        except (ProcessLookupError, psutil.NoSuchProcess):
            continue
    return found


def outlived(group: int) -> list[str]:
    """Processes that outlived their command by two seconds."""
    end = time.monotonic() + 2
    while alive(group) and time.monotonic() < end:
        time.sleep(0.05)
    return [f"process {p} is alive" for p in alive(group)]


SEEN = (".json", ".ipynb", ".zip", ".xlsx", ".html", ".csv")


def half(path: Path) -> bool:
    """Whether a file is not whole of itself."""
    raw = path.read_bytes()
    if path.suffix in (".json", ".ipynb"):
        return not json.loads(raw)
    if path.suffix in (".zip", ".xlsx"):
        with zipfile.ZipFile(path) as whole:
            return whole.testzip() is not None
    return not raw.endswith({".html": b"</html>\n", ".csv": b"\n"}.get(path.suffix, b""))


def halves(root: Path, since: float) -> list[str]:
    """Files that a reader can see, changed since a time, that are not whole."""
    out = []
    for path in (p for part in ("data", "out", "reports", "many*") for top in root.glob(part) for p in top.rglob("*") if p.is_file()):
        hidden = any(part.startswith(".") for part in path.relative_to(root).parts)
        if path.suffix in SEEN and not hidden and path.stat().st_mtime > since - 1:
            try:
                out += [f"half a file: {path}"] if half(path) else []
            except (ValueError, zipfile.BadZipFile) as error:
                out.append(f"half a file: {path}: {error}")
    return out


def restated(where: Path, plan, n: int) -> float:
    """Write the form that says another score of one indicator for the n-th time; the score."""
    rows = good_rows()
    rows[2][3] = round(1 + n / 200 if n % 2 else 4 - n / 200, 3)
    (where / "forms" / f"{n}.csv").write_bytes(csv(rows))
    return rows[2][3]


def dishonest(plan, n: int, score: float, said: str) -> list[str]:
    """What a killed intake must not leave: a form said to be taken of which a score does not count, or the other way round."""
    entries, received = kept(plan, OPEN, "ENTRIES"), kept(plan, OPEN, "RECEIVED")
    now = store.newest(entries).set_index("indicator").loc[PATHS[1]] if len(entries) else {"score": None, "file": ""}
    counts, taken = (now["score"], now["file"]) == (score, f"{n}.csv"), f"{n}.csv" in set(received["file"])
    out = [f"{n}.csv is half taken: {now['file']}, {now['score']}"] if counts != taken else []
    return out + ([f"{n}.csv was said to be taken and is not"] if "taken;" in said and not counts else [])


def untidy(where: Path, argv: list[str]) -> list[str]:
    """What must not be there after a command that was not killed; reports are verified where it made some."""
    out = [f"left lying: {p.relative_to(where)}" for p in where.rglob("*") if p.name.startswith(".making-") or p.suffix == ".by"]
    kept = {"report": "--out", "batch": "--out", "share": "--out", "site": "--reports"}.get(argv[0])
    for root in [where / argv[argv.index(kept) + 1]] if kept else []:
        out += [f"{root.name}: {row.report}: {row.file} {row.state}" for row in verify(root).itertuples()]
        site = root / FOLDER
        pages = json.loads((site / KNOWN).read_text("utf-8")) if (site / KNOWN).exists() else {}
        sizes = {name: size for page in pages.values() for name, size in page["files"].items()}
        found = {p.relative_to(site).as_posix(): p.stat().st_size for p in site.rglob("*") if p.is_file() and p.name != KNOWN}
        out += [f"{root.name}: the site does not hold what it says: {set(sizes.items()) ^ set(found.items())}"] if sizes != found else []
    return out


def main() -> None:
    where, kills, chance = Path.cwd(), int(sys.argv[1]), random.Random(20)
    home, _, _ = office(where)
    for name in ("forms", "out"):
        (where / name).mkdir()
    plan = desk_programme(where / "unused").model_copy(update={"folder": home})
    place.LAYERS["data"] = (where / "data",)
    restated(where, plan, 0)
    printed, takes, before, problems, killed = where / "printed.txt", {}, {}, [], Counter()
    for name, typed in COMMANDS.items():
        began = time.monotonic()
        assert ended(start(typed(0), printed)) == 0, f"{name}: {printed.read_text('utf-8')}"
        takes[name] = time.monotonic() - began
    for n in range(1, kills + 1):
        name = list(COMMANDS)[n % len(COMMANDS)]
        argv, score = COMMANDS[name](n), restated(where, plan, n) if name == "intake" else 0
        began = time.time()
        pid = start(argv, printed)
        time.sleep(chance.uniform(0, takes[name]))
        os.kill(pid, signal.SIGKILL)
        killed[name] += ended(pid) == -signal.SIGKILL
        found = outlived(pid) + halves(where, began)
        found += dishonest(plan, n, score, printed.read_text("utf-8")) if name == "intake" else []
        before = {p: sha256(p.read_bytes()) for p in home.rglob("*") if p.is_file()} if name == "diff" else {}
        again = time.monotonic()
        if ended(start(argv, printed)):
            found.append(f"the next run fails: {printed.read_text('utf-8')}")
        takes[name] = min(takes[name], time.monotonic() - again)  # the first is the slowest: many would end before they are killed
        if name == "intake":
            table = pd.read_csv(home / "rounds" / f"{OPEN}.csv").set_index("indicator").loc[PATHS[1]]
            found += [] if (table["score"], table["file"], table["cell"]) == (score, f"{n}.csv", "line 3") else [f"{n}.csv is not taken"]
        found += [f"diff changed {p}" for p, digest in before.items() if sha256(p.read_bytes()) != digest]
        problems += [f"{n} {name}: {what}" for what in found + halves(where, began) + untidy(where, argv)]
        print(n, len(problems), file=sys.stderr)
    print(json.dumps({"kills": kills, "killed": killed, "problems": problems, "seconds": takes}))


if __name__ == "__main__":
    main()
