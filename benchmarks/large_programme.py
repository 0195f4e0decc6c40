"""A report of a large programme: 60 quarters, 400 indicators, 60 agencies, 40 assessors; processor time, memory and size of the page.

Run: python benchmarks/large_programme.py [--quarters 60] [--kinds round,handover] [--keep FOLDER]
All is made up. Every indicator has one agency and is scored by three of the assessors, a tenth of the scores are missing. Ends with 1
above 20 seconds of processor, 600 MB or 2 MB of page.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
import pandas as pd
import psutil
import yaml

SECONDS, MEGABYTES, PAGE = 20, 600, 2.0
SECTORS, EACH, AGENCIES, ASSESSORS, PANEL = 8, 50, 60, 40, 3
NAME, INSTRUMENT = "besar", "besar-1"


def both(text: str) -> dict[str, str]:
    return {"id": text, "en": text}


def instrument() -> dict:
    """Eight parts of fifty indicators on 1 to 4."""

    def leaf(part: int, k: int) -> dict:
        n = part * EACH + k
        return {"id": f"i{n:03d}", "label": both(f"Indikator buatan nomor {n}"), "weight": 1, "agency": f"opd-{n % AGENCIES:02d}"}

    parts = [
        {"id": f"bagian-{p}", "label": both(f"Bagian {p}"), "weight": 1, "children": [leaf(p, k) for k in range(EACH)]}
        for p in range(SECTORS)
    ]
    tree = {"id": "index", "label": both("Indeks"), "children": parts}
    about = {"id": INSTRUMENT, "label": both("Instrumen buatan"), "family": "own", "top": "component", "valid_from": "2010-Q1"}
    about |= {"weights": "own", "weights_source": both("made up"), "source": "made up"}
    return about | {"scale": {"low": 1, "high": 4}, "tree": tree}


def programme(rounds: list[str]) -> dict:
    return {
        "id": NAME, "label": both("Program besar (data buatan)"), "region": "00.00", "region_label": both("Kabupaten Contoh (data buatan)"),
        "made_up": True, "calendar": "Q", "cycles": [],
        "agencies": [{"id": f"opd-{k:02d}", "label": both(f"OPD {k:02d}")} for k in range(AGENCIES)],
        "rounds": [{"id": r, "state": "scored", "instrument": INSTRUMENT, "source": "made up"} for r in rounds],
    }  # fmt: skip


def scores(rounds: list[str]) -> dict[str, pd.DataFrame]:
    """A table a round, drawn with seed 7: every indicator has a level, a pace of its own and assessors who differ."""
    rng = np.random.default_rng(7)
    n = SECTORS * EACH
    level, pace = rng.uniform(1.4, 2.8, n), rng.normal(0, 0.01, n)
    severe = rng.normal(0, 0.1, ASSESSORS)
    out = {}
    for t, name in enumerate(rounds):
        panel = np.array([rng.choice(ASSESSORS, PANEL, replace=False) for _ in range(n)])
        value = np.clip(level[:, None] + pace[:, None] * t + severe[panel] + rng.normal(0, 0.15, panel.shape), 1, 4).round(2)
        rows = pd.DataFrame({
            "indicator": np.repeat([f"bagian-{k // EACH}/i{k:03d}" for k in range(n)], PANEL),
            "agency": np.repeat([f"opd-{k % AGENCIES:02d}" for k in range(n)], PANEL),
            "source": [f"assessor:A{k:02d}" for k in panel.ravel()],
            "score": value.ravel(),
        })  # fmt: skip
        out[name] = rows[rng.random(len(rows)) > 0.1].sort_values(["indicator", "source"])
    return out


def written(data: Path, quarters: int) -> str:
    """The programme in a data folder; its last round's name."""
    rounds = [f"{2010 + k // 4}-Q{k % 4 + 1}" for k in range(quarters)]
    home = data / "programmes" / NAME
    (home / "rounds").mkdir(parents=True)
    (data / "instruments").mkdir()
    for path, said in ((data / "instruments" / f"{INSTRUMENT}.yaml", instrument()), (home / "programme.yaml", programme(rounds))):
        path.write_text(yaml.safe_dump(said, allow_unicode=True, sort_keys=False), "utf-8")
    for name, rows in scores(rounds).items():
        rows.to_csv(home / "rounds" / f"{name}.csv", index=False)
    return rounds[-1]


def measured(command: list[str], env: dict) -> tuple[float, float, float, str]:
    """Seconds, seconds of processor and highest megabytes of a command with its children, and what it printed."""
    began, most, over = time.perf_counter(), [0.0], threading.Event()
    child = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def watch() -> None:
        me = psutil.Process(child.pid)
        while not over.wait(0.05):
            try:
                most[0] = max(most[0], sum(p.memory_info().rss for p in [me, *me.children(recursive=True)]) / 1e6)
            except psutil.Error:
                continue

    before = os.times()
    thread = threading.Thread(target=watch)
    thread.start()
    said, _ = child.communicate()
    over.set()
    thread.join()
    after = os.times()
    if child.returncode:
        raise SystemExit(said[-3000:])
    used = after.children_user - before.children_user + after.children_system - before.children_system
    return time.perf_counter() - began, used, most[0], said


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quarters", type=int, default=60)
    parser.add_argument("--keep", type=Path, help="Folder to keep data and report in.")
    parser.add_argument("--kinds", default="round,handover,agencies,methods")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        room = given.keep or Path(scratch)
        last = written(room / "data", given.quarters)
        env = os.environ | {"SCEVALUATION_DATA": str(room / "data")}
        print("| report | seconds | of processor | MB | page, MB |\n|---|---|---|---|---|")
        missed = False
        for kind in given.kinds.split(","):
            command = [sys.executable, "-m", "scevaluation", "report", NAME, "--round", last, "--kind", kind]
            command += ["--out", str(room / "reports")]
            seconds, used, most, said = measured(command, env)
            page = Path(said.splitlines()[0]).stat().st_size / 1e6
            print(f"| {kind} | {seconds:.1f} | {used:.1f} | {most:.0f} | {page:.2f} |", flush=True)
            missed |= kind == "round" and (used > SECONDS or most > MEGABYTES or page > PAGE)
    print(f"\nAsked of the round report: {SECONDS} s of processor, {MEGABYTES} MB, {PAGE} MB of page: {'missed' if missed else 'met'}.")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
