"""A made-up programme of any size for the tests of the lab: five sectors, rounds from 2017-S1 on, events and targets."""

from pathlib import Path

import numpy as np
from tiny import HEAD

from scevaluation.evaluate.compare import compare
from scevaluation.evaluate.evaluation import Evaluation
from scevaluation.evaluate.index import index
from scevaluation.evaluate.trend import trend
from scevaluation.evaluate.verdict import verdicts
from scevaluation.frames import PEERS
from scevaluation.frames.items import BREAKS
from scevaluation.instrument import SECTORS, Instrument
from scevaluation.intake import context, official
from scevaluation.intake.check import load_scores
from scevaluation.period import Period
from scevaluation.programme import Programme


def _label(text):
    return {"id": text, "en": text}


def wide_instrument(items: int, **changes) -> Instrument:
    """`items` items a sector on 1-4; sectors weigh 1, items 1 to 3."""
    sector = lambda s: {  # noqa: E731
        "id": s,
        "label": _label(s),
        "weight": 1,
        "sectors": [s],
        "children": [
            {"id": f"i{n:02d}", "label": _label(f"{s} {n}"), "weight": 1 + n % 3, "sectors": [s]} for n in range(items)
        ],
    }
    base = {
        "id": "wide",
        "label": _label("Wide"),
        "valid_from": "2017-S1",
        "scale": {"low": 1, "high": 4},
        "weights": "own",
        "weights_source": "the test",
        "source": "the test",
        "tree": {"id": "index", "label": _label("Index"), "children": [sector(s) for s in SECTORS]},
    }
    return Instrument.model_validate({**base, **changes})


class WideProgramme(Programme):
    """Every round uses one instrument, given by its number of items."""

    items: int

    def instrument(self, name: str) -> Instrument:
        self.round(name)
        return wide_instrument(self.items)


def _event(kind: str, start: str, end: str) -> dict:
    return {"start": start, "end": end, "kind": kind, "label": _label(kind), "source": "t", "confidence": "t", "adjust": True}


def wide_programme(folder: Path, items: int, names: list[str]) -> Programme:
    """Targets of 70 for the index and every sector, a pandemic and an election."""
    return WideProgramme.model_validate(
        {
            "id": "wide",
            "label": _label("Wide"),
            "region": "00.02",
            "region_label": _label("Wide regency"),
            "made_up": True,
            "cycles": [{"id": "1", "label": _label("Cycle I"), "start": "2017-S1", "end": "2027-S2", "source": "the test"}],
            "rounds": [{"id": n, "state": "scored", "instrument": "wide"} for n in names],
            "events": [_event("pandemic", "2020-03-31", "2021-12-31"), _event("election", "2018-06-27", "2018-06-27")],
            "targets": [{"node": n, "round": "2027-S2", "value": 70, "source": "the test"} for n in ("index", *SECTORS)],
            "folder": folder,
            "items": items,
        }
    )


def wide_evaluation(folder: Path, items: int = 12, rounds: int = 16, sources=("self", "verified", "assessor:A")) -> Evaluation:
    """An evaluation of 5 x `items` indicators over `rounds` half-years, seeded."""
    rng = np.random.default_rng([items, rounds])
    names = [str(Period("2017-S1") + n) for n in range(rounds)]
    (folder / "rounds").mkdir(parents=True, exist_ok=True)
    start, pace = rng.uniform(1.5, 3, (5, items)), rng.normal(0.03, 0.04, (5, 1))
    for n, name in enumerate(names):
        x = np.clip(start + pace * n + rng.normal(0, 0.1, (5, items)), 1, 4).round(2)
        lines = [
            f"{s}/i{i:02d},,{source},{x[k, i]},scored,,A"
            for k, s in enumerate(SECTORS)
            for i in range(items)
            for source in sources
        ]
        (folder / "rounds" / f"{name}.csv").write_text(HEAD + "\n".join(lines) + "\n", "utf-8")
    programme, last = wide_programme(folder, items, names), names[-1]
    scores, issues = load_scores(programme, last)
    instruments = {n: programme.instrument(n) for n in names}
    table = index(scores, instruments)
    slopes = trend(table, programme, last, instruments)
    return Evaluation(
        programme,
        last,
        names[-2],
        instruments,
        scores,
        issues,
        table,
        compare(table, instruments, last, names[-2]),
        slopes,
        BREAKS.empty(),
        verdicts(slopes, table, programme, last, instruments),
        PEERS.empty(),
        official.read_official("2023-S2").iloc[:0],
        context.read_context(()),
        context.indicators(),
        context.national(),
        {},
    )
