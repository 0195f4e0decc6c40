"""How far verdicts hang on what was assumed: the same series under other thresholds, priors, terms and windows.

Also the verdicts of the published lenses beside ours. Both are tables; neither decides anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from scevaluation.evaluate.posterior import side
from scevaluation.evaluate.priors import PRIOR, Prior
from scevaluation.evaluate.series import Series
from scevaluation.evaluate.trend import MINIMUM, deltas, posteriors
from scevaluation.methods.lenses import NOT_AVAILABLE, lenses
from scevaluation.period import PARTS, Period
from scevaluation.programme import Programme

LENSES = ("sdsn", "open_sdg", "un", "eurostat")
OPPOSITE = {"improving": "declining", "declining": "improving"}
CHANCES = ("p_up", "p_flat", "p_down")
COLUMNS = ("setting", "group", "node", "delta", "rounds", "slope", "low", "high", *CHANCES, "direction", "same", "opposite")


@dataclass(frozen=True)
class Setting:
    """One set of assumptions.

    `delta` multiplies the smallest pace that matters, `without` names terms left out, `first` and `last` count rounds left
    out at the ends.
    """

    name: str
    group: str
    delta: float = 1.0
    prior: Prior = PRIOR
    without: tuple[str, ...] = ()
    first: int = 0
    last: int = 0


def settings(programme: Programme, s: Series) -> tuple[Setting, ...]:
    """The assumptions to try, the report's own first.

    Terms that no series is exposed to are not tried without; nor is a window that leaves too few rounds for a verdict.
    """
    year = PARTS[programme.calendar]

    def events(times: float) -> Prior:
        return replace(PRIOR, **{k: getattr(PRIOR, k) * times for k in ("pandemic", "election", "other")})

    exposed = [n for n, x in s.exposures.items() if np.any(x)]
    kinds = tuple(n for n in exposed if not n.startswith("instrument"))
    links = tuple(n for n in exposed if n.startswith("instrument"))
    most = int(np.isfinite(s.y).sum(axis=1).max(initial=0))
    out = [
        Setting("own", "own"),
        Setting("delta_half", "delta", 0.5),
        Setting("delta_double", "delta", 2.0),
        Setting("slope_half", "prior", prior=replace(PRIOR, slope=PRIOR.slope / 2)),
        Setting("slope_double", "prior", prior=replace(PRIOR, slope=PRIOR.slope * 2)),
        Setting("noise_free", "prior", prior=replace(PRIOR, rho=(0.1, 0.15))),
        Setting("noise_sticky", "prior", prior=replace(PRIOR, rho=(0.7, 0.15))),
    ]
    if kinds:
        out += [Setting(f"events_{name}", "terms", prior=events(n)) for name, n in (("half", 0.5), ("double", 2.0))]
        out.append(Setting("events_out", "terms", without=kinds))
    if links:
        out.append(Setting("link_exact", "terms", without=links))
    if most - year >= MINIMUM[programme.calendar]:
        out.append(Setting("first_out", "window", first=year))
    if most - 1 >= MINIMUM[programme.calendar]:
        out.append(Setting("last_out", "window", last=1))
    return tuple(out)


def sensitivity(s: Series, programme: Programme, tried: Sequence[Setting] | None = None) -> pd.DataFrame:
    """Probabilities and direction of every node under every set of assumptions, by default `settings`.

    A row a setting and node: setting, group, node, delta, rounds, slope, low, high (90 %), p_up, p_flat, p_down, direction, same
    (improving, stagnant, declining or neither as under the first setting, likely or not), opposite (improving for declining or
    the reverse). Empty where no node has enough rounds for a verdict.
    """
    tried = settings(programme, s) if tried is None else tried
    frames = [_under(setting, s, programme) for setting in tried]
    found = pd.concat([f for f in frames if len(f)], ignore_index=True) if any(len(f) for f in frames) else pd.DataFrame()
    if found.empty:
        return pd.DataFrame(columns=list(COLUMNS))
    base = found[found["setting"] == tried[0].name].set_index("node")["direction"]
    now, then = pd.Series(side(found["direction"])), pd.Series(side(found["node"].map(base)))
    return found.assign(same=now == then, opposite=now == then.map(OPPOSITE))[list(COLUMNS)]


def _under(setting: Setting, s: Series, programme: Programme) -> pd.DataFrame:
    y = s.y.copy()
    y[:, : setting.first] = np.nan
    y[:, y.shape[1] - setting.last :] = np.nan
    delta = deltas(s, programme) * setting.delta
    enough = s.rounds_used >= MINIMUM[programme.calendar]
    rows: dict = {i: {"setting": setting.name, "group": setting.group, "node": s.nodes[i]} for i in np.flatnonzero(enough)}
    for i, row in rows.items():
        row |= {"delta": delta[i], "rounds": int(np.isfinite(y[i]).sum()), "direction": "too_little_data"}
        row |= dict.fromkeys(("slope", "low", "high", *CHANCES), np.nan)
    for at, p in posteriors(replace(s, y=y), programme, delta, setting.without, prior=setting.prior):
        found = {"slope": p.slope.mean, "low": p.slope.low, "high": p.slope.high, "direction": p.direction}
        found |= {c: getattr(p.slope, c) for c in CHANCES}
        for place, i in enumerate(at):
            rows[i] |= {k: v[place] for k, v in found.items()}
    return pd.DataFrame(list(rows.values()))


def side_by_side(s: Series, verdicts: pd.DataFrame, trend: pd.DataFrame) -> pd.DataFrame:
    """What the published lenses would say of every node, beside the verdict here.

    Of the values of `s`, moved to the level of the last questionnaire where linked (0-100): node, rounds, direction, recent
    (change over the last two years), target, comparable, then the verdict of each lens and `<lens>_as` in the words used here. A
    lens that lacks a target, or would subtract levels that are not comparable, says not_available.
    """
    says, moved = verdicts.set_index("node"), trend.set_index("node")["recent"]
    goal = says["target"].reindex(list(s.nodes)).to_numpy(float)
    when = says["target_round"].reindex(list(s.nodes))
    year = np.array([middle(r) if isinstance(r, str) and r else np.nan for r in when])
    found = lenses(s.y, [middle(r) for r in s.rounds], target=goal, target_year=np.where(np.isnan(year), 2030, year))
    rounds = np.isfinite(s.y).sum(axis=1)
    usable = s.linked & (rounds > 1)
    without_goal = np.isnan(goal)
    for name in LENSES:
        gone = ~usable | (without_goal & (name in ("sdsn", "un")))
        found.loc[gone, [name, f"{name}_as"]] = NOT_AVAILABLE, "too_little_data"
    now = says["direction"].reindex(list(s.nodes)).to_numpy()
    ours = {"direction": now, "recent": moved.reindex(list(s.nodes)).to_numpy(float)}
    theirs = {c: found[c].to_numpy() for name in LENSES for c in (name, f"{name}_as")}
    return pd.DataFrame({"node": s.nodes, "rounds": rounds, **ours, "target": goal, "comparable": s.linked, **theirs})


def middle(round_name: str) -> float:
    """The middle of a round as a decimal year."""
    r = Period(round_name)
    return r.year + (r.part - 0.5) / PARTS[r.kind]
