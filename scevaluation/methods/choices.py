"""What a finding hangs on: Sobol indices of the choices of method, and the index without each sector or agency."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from scevaluation.evaluate.compare import compare
from scevaluation.evaluate.index import index as compute_index
from scevaluation.frames import ROOT
from scevaluation.frames.methods import CHOICES, WITHOUT
from scevaluation.instrument import Instrument
from scevaluation.methods.composite import noisy
from scevaluation.methods.panel import Panel
from scevaluation.methods.replay import CHOICES as OPTIONS
from scevaluation.methods.replay import SEED, WEIGHT_SPREAD, Methods, replay
from scevaluation.programme import Programme

NAMES = ("weights", *OPTIONS)
DESIGN, SETS = 1024, 1024  # points of the Sobol design (runs are six times as many), sets of weights to choose from
NO_SPREAD = 1e-9  # points


def sobol_design(panel: Panel, points: int = DESIGN, seed: int = SEED) -> Methods:
    """Methods of a Saltelli design over the four choices: points x 6 of them; weights are one of 1,024 sets."""
    from SALib.sample import sobol

    unit = sobol.sample(_problem(), points, calc_second_order=False, seed=seed)
    sizes = enumerate((SETS, *map(len, OPTIONS.values())))
    sets, how, up, gaps = (np.minimum((unit[:, n] * size).astype(int), size - 1) for n, size in sizes)
    factors = noisy(np.random.default_rng(seed), (SETS, len(panel.columns)), WEIGHT_SPREAD)
    return Methods(how, up, gaps, sets, factors, panel.columns, seed)


def _problem() -> dict:
    return {"num_vars": len(NAMES), "names": list(NAMES), "bounds": [[0, 1]] * len(NAMES)}


def sobol_indices(y: np.ndarray, seed: int = SEED) -> pd.DataFrame:
    """First-order and total indices of a result y (runs,) over `sobol_design`, with half-widths of 95 % intervals (bootstrap).

    Columns of CHOICES; state is "no_spread" where no choice changes anything (the indices are missing: shares of nothing),
    "not_computed" where some methods give no value.
    """
    out = pd.DataFrame({"choice": NAMES, "runs": len(y)})
    out[["first", "first_half", "total", "total_half"]] = np.nan
    whole = bool(np.isfinite(y).all())
    out["sd"] = float(y.std()) if whole else np.nan
    out["state"] = "not_computed" if not whole else "no_spread" if np.ptp(y) < NO_SPREAD else "computed"
    if whole and np.ptp(y) >= NO_SPREAD:
        from SALib.analyze import sobol

        found = sobol.analyze(_problem(), y, calc_second_order=False, seed=seed)
        for column, name in (("first", "S1"), ("first_half", "S1_conf"), ("total", "ST"), ("total_half", "ST_conf")):
            value = np.asarray(found[name], float)
            out[column] = np.where(np.abs(value) < 1e-9, 0.0, value)
    return out


def choices(panel: Panel, previous: str = "", points: int = DESIGN, seed: int = SEED) -> pd.DataFrame:
    """CHOICES: which choice matters most for the newest round's index (previous ""), and for its change since `previous`.

    The design has `points`, a power of two.
    """
    methods = sobol_design(panel, points, seed)
    last = len(panel.rounds) - 1
    pairs = [(panel.rounds.index(previous), last)] if previous else []
    level, change = replay(panel, methods, [last], pairs)
    parts = [sobol_indices(level[:, 0, 0], seed).assign(previous="")]
    parts += [sobol_indices(change[:, 0, 0], seed).assign(previous=previous)] if previous else []
    out = pd.concat(parts, ignore_index=True).assign(region=panel.region, round=panel.rounds[last])
    return CHOICES.check(out)


def without(
    scores: pd.DataFrame, instruments: Mapping[str, Instrument], programme: Programme, round_name: str, previous: str = ""
) -> pd.DataFrame:
    """WITHOUT: the index and its like-for-like change without each sector (component) and each agency.

    What is left out leaves the weights, as what is not applicable does; an indicator that several agencies score stays
    with the others.
    """
    rounds = [r for r in (previous, round_name) if r]
    own = scores[(scores["region"] == programme.region) & scores["round"].isin(rounds)]
    now = instruments[round_name]
    if not len(own) or now.weights == "unknown":
        return WITHOUT.empty()
    value, change = _result(own, instruments, round_name, previous)
    agencies = sorted(set(own.loc[own["round"] == round_name, "agency"]) - {""})
    cases = [("sector", c, _no_sector(own, instruments, c)) for c in now.components]
    cases += [("agency", a, _no_agency(own, a)) for a in agencies]
    about = {"region": programme.region, "round": round_name, "previous": previous, "value": value, "change": change}
    rows = []
    for kind, name, rest in cases:
        less, moved = _result(rest, instruments, round_name, previous)
        weight = now.effective[name] if kind == "sector" else _weight(own, rest, now, round_name)
        left = rest.loc[rest["round"] == round_name, "status"].isin(("scored", "inferred")).any()
        state = "computed" if np.isfinite(less) else "below_coverage" if left else "nothing_left"
        found = {"without": less, "effect": less - value, "change_without": moved, "state": state}
        rows.append(about | {"kind": kind, "left_out": name, "weight": weight, **found})
    return WITHOUT.of(rows)


def _result(rows: pd.DataFrame, instruments, round_name: str, previous: str) -> tuple[float, float]:
    """Index of the round (0-100) and its like-for-like change in points; NaN where there is none."""
    table = compute_index(rows, instruments, views=False)
    value = table.loc[(table["node"] == ROOT) & (table["round"] == round_name), "value100"]
    change = np.nan
    if previous:
        found = compare(table, instruments, round_name, previous)
        like = found.loc[found["kind"] == "total", "like_for_like"]
        scale = instruments[round_name].scale
        change = float(like.iloc[0]) / (scale.high - scale.low) * 100 if len(like) else np.nan
    return float(value.iloc[0]) if len(value) else np.nan, change


def _no_sector(rows: pd.DataFrame, instruments, component: str) -> pd.DataFrame:
    """A component out of the questionnaire: one row says that it is not applicable, nothing below it is left."""
    below = (rows["indicator"] == component) | rows["indicator"].str.startswith(component + "/")
    kept = rows[~below]
    gone = [
        rows[rows["round"] == r].head(1).assign(indicator=component, agency="", score=np.nan, status="not_applicable")
        for r in rows["round"].unique()
        if component in instruments[r].nodes
    ]
    return pd.concat([kept, *gone], ignore_index=True)


def _no_agency(rows: pd.DataFrame, agency: str) -> pd.DataFrame:
    mine = rows["agency"] == agency
    return rows.assign(score=rows["score"].mask(mine), status=rows["status"].mask(mine, "not_applicable"))


def _weight(own: pd.DataFrame, rest: pd.DataFrame, one: Instrument, round_name: str) -> float:
    """Share of the index's weight of the nodes that nobody else was asked."""
    before, left = (
        (t["status"] == "not_applicable").groupby(t["indicator"]).all()
        for t in (t[t["round"] == round_name] for t in (own, rest))
    )
    return float(sum(one.effective[p] for p in left.index[left & ~before]))
