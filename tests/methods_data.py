"""Hand-made tables for the tests of the charts of methods, and the charts made of them."""

from __future__ import annotations

import pandas as pd
from chart_data import ID, LABELS, NAN, NODES

from scevaluation.charts import calibration as calibration_chart
from scevaluation.charts import lenses as lenses_chart
from scevaluation.charts import robustness as robustness_chart
from scevaluation.charts import sensitivity as sensitivity_chart
from scevaluation.frames.methods import CHOICES, ROBUST_CHANGE, ROBUSTNESS
from scevaluation.words import Sentence


def bins(lengths=(8, 12, 16), shift=0.0):
    rows = []
    for n in lengths:
        for low, high in ((0.5, 0.7), (0.7, 0.9), (0.9, 1.0)):
            claimed = (low + high) / 2
            true = min(claimed + shift, 1)
            rows.append((n, low, high, 100, claimed, true, max(true - 0.05, 0), min(true + 0.05, 1)))
    return pd.DataFrame(rows, columns=list(calibration_chart.COLUMNS))


def claims(pairs):
    return pd.DataFrame(
        [(n, 0.4, said, true) for n, (said, true) in pairs.items()], columns=["rounds", "decided", "claimed", "true"]
    )


def tried(flip=(), nodes=NODES):
    """Three settings; (setting, node) in `flip` takes another direction."""
    rows = []
    for setting, group, delta in (("own", "own", 1.0), ("delta_half", "delta", 0.5), ("events_out", "terms", 1.0)):
        for node in nodes:
            base = "improving" if node == nodes[0] else "stagnant"
            says = dict(flip).get((setting, node), base)
            side = says.removeprefix("likely_")
            chances = {"improving": (0.95, 0.05, 0), "stagnant": (0, 1, 0), "declining": (0, 0.08, 0.92)}
            up, flat, down = (NAN,) * 3 if says == "too_little_data" else chances.get(side, (0.4, 0.3, 0.3))
            opposite = {base, side} == {"improving", "declining"}
            rows.append((setting, group, node, delta, 12, 1.0, 0.1, 1.9, up, flat, down, says, side == base, opposite))
    return pd.DataFrame(
        rows,
        columns=[
            "setting",
            "group",
            "node",
            "delta",
            "rounds",
            "slope",
            "low",
            "high",
            "p_up",
            "p_flat",
            "p_down",
            "direction",
            "same",
            "opposite",
        ],
    )


def beside(says, theirs="up", as_="improving", rounds=12, comparable=True):
    frame = pd.DataFrame(
        {
            "node": NODES[: len(says)],
            "rounds": rounds,
            "direction": says,
            "recent": 1.25,
            "target": 66.0,
            "comparable": comparable,
        }
    )
    return frame.assign(**{c: v for n in lenses_chart.LENSES for c, v in ((n, theirs), (n + "_as", as_))})


def levels(values=(50.0, 51.0, 53.0), half=2.0, state="computed", rounds=("2023-S2", "2024-S1", "2024-S2")):
    rows = [
        ("94.04", r, node, v, v, v - half, v + half, 10_000 if state == "computed" else 0, 10_000, state)
        for r, v in zip(rounds, values, strict=True)
        for node in NODES
    ]
    return ROBUSTNESS.check(pd.DataFrame(rows, columns=list(ROBUSTNESS.columns)))


def moves(shares, state="computed", rounds=(("2023-S2", "2024-S1"), ("2024-S1", "2024-S2")), size=1.0):
    """Changes of the nodes in `shares`: node to (rose, fell)."""
    rows = []
    for before, now in rounds:
        for node, (rose, fell) in shares.items():
            middle = size * (1 if rose >= fell else -1)
            rows.append(
                (
                    "94.04",
                    now,
                    before,
                    node,
                    middle,
                    middle,
                    middle - 1.5,
                    middle + 1.5,
                    rose,
                    fell,
                    0.3 if state == "little_common" else 1.0,
                    10_000,
                    10_000,
                    state,
                )
            )
    return ROBUST_CHANGE.check(pd.DataFrame(rows, columns=list(ROBUST_CHANGE.columns))) if rows else ROBUST_CHANGE.empty()


def sobol(change=True, state="computed"):
    names = ("weights", "normalisation", "aggregation", "missing")
    total = (0.1, 0.2, 0.3, 0.8) if state == "computed" else (NAN,) * 4
    rows = [
        ("94.04", "2024-S2", previous, n, t, 0.05, t, 0.05, 2.0, 6144, state)
        for previous in (["", "2024-S1"] if change else [""])
        for n, t in zip(names, total, strict=True)
    ]
    return CHOICES.check(pd.DataFrame(rows, columns=list(CHOICES.columns)))


MIXED = {"index": (0.97, 0.03), "roads": (0.5, 0.5), "schools": (0.0, 1.0), "clinics": (1.0, 0.0)}


def robust(level=None, change=None, choice=None, w=ID, labels=LABELS):
    return robustness_chart.robustness(
        levels() if level is None else level,
        moves(MIXED) if change is None else change,
        sobol() if choice is None else choice,
        Sentence("robust.change.one_round"),
        Sentence("robust.change.one_round"),
        labels,
        "2024-S2",
        w,
    )


def calibrated(table=None, said=None, w=ID):
    return calibration_chart.calibration(
        bins() if table is None else table, claims(said or {8: (0.96, 0.93), 12: (0.97, 0.99), 16: (0.97, 0.99)}), w
    )


def sensitive(table=None, w=ID, labels=LABELS):
    return sensitivity_chart.sensitivity(tried() if table is None else table, labels, w, 6, 12)
