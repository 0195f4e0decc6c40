"""Many things asked of one place: 500 restatements of a round, five reports into one folder at once, two batches at once.

Run: python benchmarks/load.py [--times 500]. All is of the made-up programme, in a temporary copy. Ends with 1 if the last fifty
restatements take more than 1.25 times the processor time of the first fifty, if one of the reports or batches at once fails, or if
something does not match its manifest or is left lying.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TIMES, FEW, MOST = 500, 50, 1.25
NAME, ROUND, AGENCY = "contoh", "2025-S1", "dinas-kesehatan"
REPORTS, REAL = 5, ("mimika", "2023-S2")
HOUSE = Path(__file__).resolve().parents[1]
CLI = [sys.executable, "-c", "from scevaluation.cli import main; main()"]


def office(where: Path) -> Path:
    """A data folder with the made-up programme and one more round, still empty."""
    data = where / "data"
    for part in ("instruments", "official", "context", "programmes"):
        shutil.copytree(HOUSE / "data" / part, data / part)
    with (data / "programmes" / NAME / "programme.yaml").open("a", encoding="utf-8") as out:
        out.write(f"- {{id: {ROUND}, state: scored, instrument: sektor-siklus-2}}\n")
    return data


def form(where: Path, leaves: list[str], n: int) -> Path:
    """An agency's form for the n-th time: every score is another one."""
    path = where / f"form-{n}.csv"
    rows = [f"{leaf},,{AGENCY},{1 + (n * 7 + k) % 300 / 100:.2f},,bukti,B" for k, leaf in enumerate(leaves)]
    path.write_text("\n".join(["Indikator,Nama,Perangkat daerah,Nilai mandiri,Keadaan,Bukti,Mutu data", *rows]) + "\n", "utf-8")
    return path


def restatements(where: Path, times: int) -> list[float]:
    """Processor seconds of each: a form that restates all its scores is taken in, and one score is corrected by hand."""
    from datetime import date

    from scevaluation.intake import mend, store
    from scevaluation.programme import load_programme

    plan, day, out = load_programme(NAME), date(2025, 6, 20), []
    nodes = plan.instrument(ROUND).nodes
    leaves = [p for p in plan.instrument(ROUND).leaves if nodes[p].agency == AGENCY]
    for n in range(times):
        path, began = form(where, leaves, n), time.process_time()
        (taken,) = store.intake([path], plan, ROUND, day)
        if taken.state != "taken":
            raise SystemExit(f"{path.name}: {taken.state} {taken.refusal}")
        mend.correct(plan, ROUND, (leaves[0], AGENCY, "self"), f"{3.01 + n % 90 / 100:.2f}", "typed wrongly", "A", day)
        out.append(time.process_time() - began)
        path.unlink()
    return out


def at_once(commands: list[list[str]], data: Path) -> tuple[int, float]:
    """How many of some commands that run at once fail, and the seconds until the last has ended."""
    env = os.environ | {"SCEVALUATION_DATA": str(data), "PYTHONPATH": str(HOUSE)}
    began = time.monotonic()
    running = [subprocess.Popen([*CLI, *c], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) for c in commands]
    for process in running:
        said = process.communicate()[1]
        print(said if process.returncode else "", end="", file=sys.stderr)
    return sum(p.returncode != 0 for p in running), time.monotonic() - began


def untidy(roots: list[Path]) -> int:
    """Files that do not match their manifest, or were left lying."""
    from scevaluation.press.verify import verify

    return sum(len(verify(root)) + len(list(root.rglob(".making-*"))) for root in roots)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--times", type=int, default=TIMES)
    times = options.parse_args().times
    with tempfile.TemporaryDirectory(prefix="scevaluation-load-") as folder:
        where = Path(folder)
        data = office(where)
        os.environ["SCEVALUATION_DATA"] = str(data)
        sys.path.insert(0, str(HOUSE))
        took = restatements(where, times)
        first, last = (sum(part) / len(part) for part in (took[:FEW], took[-FEW:]))
        one, two = where / "one", [where / "a", where / "b"]
        report = ["report", REAL[0], "--round", REAL[1], "--formats", "html,xlsx", "--out", str(one)]
        wrong, seconds = at_once([report] * REPORTS, data)
        batch = ["batch", "kab-malang", "mimika", "--lang", "id", "--quiet", "--out"]
        failed, both = at_once([[*batch, str(out)] for out in two], data)
        left = untidy([one, *two])
    print("| load | figure | line |\n|---|---|---|")
    print(f"| a restatement, of the first {FEW} | {first * 1000:.0f} ms | |")
    print(f"| a restatement, of the last {FEW} of {times} | {last * 1000:.0f} ms, {last / first:.2f} times | at most {MOST} times |")
    print(f"| {REPORTS} reports at once into one folder | {wrong} failed, {seconds:.0f} s | 0 failed |")
    print(f"| two batches at once in two folders | {failed} failed, {both:.0f} s | 0 failed |")
    print(f"| files that do not match or were left | {left} | 0 |")
    return int(last > MOST * first or bool(wrong + failed + left))


if __name__ == "__main__":
    sys.exit(main())
