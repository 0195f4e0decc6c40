"""Speed and memory: 514 regencies x 120 indicators x 16 rounds in one run, beside Mann-Kendall on a sample; and all scores read.

Run: python benchmarks/evaluate_scale.py      (needs the dev extra)

Ends with 1 below 20 times the speed for both paces, below 10 times with the ends of all intervals, above 1 GB, or above half a second for
trends and verdicts of a report of 60 indicators; and where reading, checking and indexing 2.96 million scores (three sources of
each) takes more than 15 s or 2 GB, or more than in proportion to the regencies.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
from pandas.api.types import union_categoricals

from scevaluation.evaluate.index import index
from scevaluation.evaluate.model import _many
from scevaluation.evaluate.posterior import fit
from scevaluation.evaluate.trend import trend
from scevaluation.evaluate.verdict import verdicts
from scevaluation.frames import SCORES
from scevaluation.frames.core import as_scores
from scevaluation.instrument import Instrument
from scevaluation.methods.simulation import DELTA, exposures, noise
from scevaluation.programme import Programme

REGENCIES, INDICATORS, ROUNDS = 514, 120, 16
SAMPLE = 500
TIMES, TIMES_ENDS, GIGABYTES = 20, 10, 1.0
REPORT, REPORT_SECONDS = 60, 0.5
SECONDS, SCORE_GIGABYTES, PROPORTION = 15, 2.0, 1.25
GROUPS, SOURCES = 6, ("self", "verified", "final")
BOTH, ENDS = "both paces", "both paces with intervals"


def national(seed: int = 514) -> np.ndarray:
    """Made-up series of every regency and indicator, (61680, 16), with a missing round in a third of them."""
    rng = np.random.default_rng(seed)
    size = REGENCIES * INDICATORS
    pace = rng.normal(0, 2, size)
    y = rng.uniform(40, 65, size)[:, None] + pace[:, None] * np.arange(ROUNDS) / 2
    y += noise(rng, rng.choice([1.5, 3, 6], size), rng.choice([0, 0.3, 0.6], size), ROUNDS)
    y = np.round(np.clip(y, 0, 100))
    gone = np.flatnonzero(rng.random(size) < 0.35)
    y[gone, rng.integers(1, ROUNDS - 1, len(gone))] = np.nan
    return y


def seconds(call) -> tuple[float, float]:
    """Shortest time on the clock and of the processors in three runs, so that other work on the machine counts less."""
    taken = []
    for _ in range(3):
        start = time.perf_counter(), time.process_time()
        call()
        taken.append((time.perf_counter() - start[0], time.process_time() - start[1]))
    return min(t[0] for t in taken), min(t[1] for t in taken)


def _instrument(size: int = INDICATORS) -> Instrument:
    """Indicators of equal weight in six groups."""
    said = {"id": "t", "en": "t"}
    leaves = [{"id": f"i{j:02}", "label": said, "weight": 1} for j in range(size // GROUPS)]
    groups = [{"id": f"k{k}", "label": said, "weight": 1, "children": leaves} for k in range(GROUPS)]
    tree = {"id": "index", "label": said, "children": groups}
    known = {"scale": {"low": 1, "high": 4}, "weights": "own", "weights_source": "made up", "source": "made up"}
    return Instrument.model_validate({"id": "t", "label": said, "valid_from": "2017-S1", "tree": tree, **known})


def _write(path: Path, regions: int, instrument: Instrument, rounds: list[str]) -> None:
    """Made-up scores of every source, one in twenty not reported, as a table of the contract SCORES."""
    rng = np.random.default_rng(514)
    paths = np.array([p for p in instrument.nodes if "/" in p])
    at = np.arange(regions * ROUNDS * INDICATORS * len(SOURCES))
    names = np.array([f"{11 + r // 100}.{r % 100:02}" for r in range(regions)])
    frame = pd.DataFrame("", index=at, columns=list(SCORES.columns))
    frame["source"] = np.array(SOURCES)[at % len(SOURCES)]
    frame["indicator"] = paths[at // len(SOURCES) % INDICATORS]
    frame["round"] = np.array(rounds)[at // (INDICATORS * len(SOURCES)) % ROUNDS]
    frame["region"] = names[at // (INDICATORS * len(SOURCES) * ROUNDS)]
    lost = rng.random(len(at)) < 0.05
    frame["score"] = np.where(lost, np.nan, np.round(rng.uniform(1, 4, len(at)), 2))
    frame["status"] = np.where(lost, "not_reported", "scored")
    frame["file"] = "made-up"
    frame.to_csv(path, index=False)


def _read(path: Path) -> pd.DataFrame:
    """SCORES of a CSV, piece by piece, with texts held once each."""
    texts = [n for n, c in SCORES.columns.items() if c.dtype == "str"]
    types = {**dict.fromkeys(texts, "str"), "score": "float64"}
    how = {"dtype": types, "keep_default_na": False, "na_values": {"score": [""]}, "chunksize": 250_000}
    parts = [part.astype(dict.fromkeys(texts, "category")) for part in pd.read_csv(path, **how)]
    whole = {
        n: union_categoricals([p[n] for p in parts]) if n in texts else np.concatenate([p[n] for p in parts]) for n in types
    }
    return pd.DataFrame(whole)


def scores_of(path: str, regions: int) -> None:
    """Read, check and index a file of scores; print rows, seconds of each and peak GB."""
    instrument, rounds = _instrument(), [f"{2017 + k // 2}-S{1 + k % 2}" for k in range(ROUNDS)]
    marks = [time.perf_counter()]
    frame = _read(Path(path))
    marks.append(time.perf_counter())
    frame = SCORES.check(frame)
    marks.append(time.perf_counter())
    out = index(frame, dict.fromkeys(rounds, instrument))
    marks.append(time.perf_counter())
    assert len(out) == regions * ROUNDS * len(instrument.nodes) + regions * ROUNDS * ("index" not in instrument.nodes)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(len(frame), *np.diff(marks), memory)


def all_scores() -> bool:
    """Print a row a size, each measured in a process of its own; whether time and memory are within their limits."""
    rounds = [f"{2017 + k // 2}-S{1 + k % 2}" for k in range(ROUNDS)]
    print(f"  {'regencies':<12}{'scores':>10}{'read s':>9}{'check s':>9}{'index s':>9}{'all s':>9}{'GB':>7}")
    taken = {}
    for regions in (REGENCIES // 2, REGENCIES):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "scores.csv"
            _write(path, regions, _instrument(), rounds)
            command = [sys.executable, __file__, "--scores", str(path), str(regions)]
            said = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
        rows, read, check, indexed, memory = int(said[0]), *map(float, said[1:])
        taken[regions] = read + check + indexed
        print(f"  {regions:<12}{rows:>10}{read:>9.2f}{check:>9.2f}{indexed:>9.2f}{taken[regions]:>9.2f}{memory:>7.2f}")
    proportion = taken[REGENCIES] / taken[REGENCIES // 2] / (REGENCIES / (REGENCIES // 2))
    good = taken[REGENCIES] < SECONDS and memory < SCORE_GIGABYTES and proportion < PROPORTION
    print(
        f"below {SECONDS} s and {SCORE_GIGABYTES:g} GB, in proportion to the regencies ({proportion:.2f}): {'yes' if good else 'NO'}"
    )
    return good


def one_report() -> float:
    """Shortest time on the clock of trends and verdicts of one region's report, its posteriors not yet known."""
    instrument, rounds = _instrument(REPORT), [f"{2017 + k // 2}-S{1 + k % 2}" for k in range(ROUNDS)]
    paths = [p for p in instrument.nodes if "/" in p]
    y = national()[:REPORT]
    row, column = np.nonzero(np.isfinite(y))
    parts = {"region": "00.00", "round": np.array(rounds, object)[column], "indicator": np.array(paths, object)[row]}
    made = index(as_scores(**parts, agency="a", score=1 + y[row, column] * 0.03), dict.fromkeys(rounds, instrument))
    label = {"id": "t", "en": "t"}
    states = [{"id": r, "state": "scored", "instrument": "t"} for r in rounds]
    told = [("pandemic", "2020-03", "2021-12"), ("election", "2018-06", "2018-06")]
    more = {"label": label, "source": "", "confidence": "", "adjust": True}
    events = [{"kind": k, "start": a, "end": b, **more} for k, a, b in told]
    targets = [{"node": "index", "round": "2028-S2", "value": 80, "source": ""}]
    plan = Programme(
        id="t", label=label, region="00.00", region_label=label, cycles=[], folder=".", rounds=states, events=events, targets=targets
    )  # fmt: skip
    used = dict.fromkeys(rounds, instrument)

    def judge() -> None:
        _many.cache_clear()
        verdicts(trend(made, plan, rounds[-1], used), made, plan, rounds[-1], used)

    return seconds(judge)[0]


def main() -> int:
    import pymannkendall

    y, told, numbers = national(), exposures(ROUNDS), np.arange(ROUNDS)
    sample = [row[np.isfinite(row)] for row in y[:: len(y) // SAMPLE][:SAMPLE]]

    def test() -> None:
        for row in sample:
            pymannkendall.original_test(row)

    rows = (
        (BOTH, {"slope_only": True, "intervals": False}),
        (ENDS, {"slope_only": True}),
        ("both paces with intervals, one report", {"slope_only": True, "together": True}),
        ("all with intervals, each alone", {}),
    )
    print(
        f"{len(y)} series of {ROUNDS} rounds on {os.cpu_count()} cores; Mann-Kendall on {len(sample)} of them, beside each row"
    )
    print(f"  {'':<34}{'seconds':>9}{'us a series':>13}{'Mann-Kendall':>14}{'times':>7}{'by processor time':>19}")
    faster = {}
    for name, how in rows:
        clock, processor = seconds(lambda how=how: fit(y, numbers, told, delta=DELTA, **how))
        other, other_processor = (t / len(sample) for t in seconds(test))
        faster[name] = other / (clock / len(y))
        work = other_processor / (processor / len(y))
        micro = clock / len(y) * 1e6
        print(f"  {name:<34}{clock:>9.2f}{micro:>13.1f}{other * 1e6:>14.0f}{faster[name]:>7.0f}{work:>19.0f}")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    good = faster[BOTH] >= TIMES and faster[ENDS] >= TIMES_ENDS and memory < GIGABYTES
    print(
        f"peak memory {memory:.2f} GB; at least {TIMES} and {TIMES_ENDS} times, below {GIGABYTES:g} GB: {'yes' if good else 'NO'}"
    )
    taken = one_report()
    print(
        f"a report of {REPORT} indicators: {taken:.2f} s; below {REPORT_SECONDS:g} s: {'yes' if taken < REPORT_SECONDS else 'NO'}"
    )
    return 0 if all_scores() and good and taken < REPORT_SECONDS else 1


if __name__ == "__main__":
    if sys.argv[1:2] == ["--scores"]:
        sys.exit(scores_of(sys.argv[2], int(sys.argv[3])))
    sys.exit(main())
