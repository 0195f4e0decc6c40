"""Does a finding hang on how the index is made? The level of every round, and the change between rounds, by 10,000 methods.

    r = robust(e)                       # of an Evaluation: all tables below, frozen; about a second
    r.levels, r.changes                 # ROBUSTNESS, ROBUST_CHANGE: rounds (pairs of rounds) by index and components
    r.choices                           # CHOICES: Sobol indices of the level of the newest round and of its change
    r.ranks, r.without, r.items         # RANKS of the official round, WITHOUT a sector or agency, METHOD_ITEMS
    r.methods.table()                   # the methods themselves; `replay` computes them again
    r.change_sentence(), r.choice_sentence(), r.level_sentence()     # Sentence with Facts, by tested rules

Step by step: `panel` (scores over rounds under one identity), `plausible` (methods, seeded), `tables` (of levels and changes),
`choices.choices`, `choices.without`, `method_ranks.method_ranks`.

A plausible method varies the stated weights by up to 25 % each; normalises by goalposts fixed over the rounds, by distance
to target, or by z-scores over the programme's own history; takes arithmetic or geometric means; and leaves what is missing
out (by the coverage rule) or counts it as the worst or the best. One region is enough: nothing looks at another.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from scevaluation.evaluate.evaluation import Evaluation
from scevaluation.frames import ROOT
from scevaluation.frames.methods import RANKS, ROBUST_CHANGE, ROBUSTNESS
from scevaluation.identity import LINK_SHARE
from scevaluation.methods.panel import Panel, panel
from scevaluation.methods.replay import Methods, common, index_only, plausible, replay, something, stated, subtractable
from scevaluation.words import Sentence

LOW, HIGH = 0.05, 0.95
STILL = 1e-9  # points; a smaller change is rounding


@dataclass(frozen=True, eq=False)
class Robust:
    """The tables of one evaluation under many methods.

    Attributes
    ----------
    levels : ROBUSTNESS
    changes : ROBUST_CHANGE
    choices : CHOICES
    ranks : RANKS
    without : WITHOUT
    items : METHOD_ITEMS
    methods : Methods
    round, previous : str
    """

    levels: pd.DataFrame
    changes: pd.DataFrame
    choices: pd.DataFrame
    ranks: pd.DataFrame
    without: pd.DataFrame
    items: pd.DataFrame
    methods: Methods
    round: str
    previous: str

    def level_sentence(self, node: str = ROOT) -> Sentence:
        """What the methods say of the newest round's level."""
        from scevaluation.methods.robust_sentences import level_sentence

        return level_sentence(self.levels, self.round, node)

    def change_sentence(self, node: str = ROOT) -> Sentence:
        """In how many methods it rose or fell since the round before."""
        from scevaluation.methods.robust_sentences import change_sentence

        return change_sentence(self.changes, self.round, self.previous, node)

    def choice_sentence(self, change: bool = False) -> Sentence:
        """Which choice of method matters most for the level, or for the change; or why that cannot be said."""
        from scevaluation.methods.robust_sentences import choice_sentence

        table, known = (self.changes, self.change_sentence) if change else (self.levels, self.level_sentence)
        state = table.loc[(table["round"] == self.round) & (table["node"] == ROOT), "state"]
        if len(state) != 1 or state.iloc[0] != "computed":
            return known()
        return choice_sentence(self.choices, self.round, self.previous if change else "")


def robust(e: Evaluation, methods: Methods | None = None) -> Robust:
    """Everything of this module for one evaluation.

    Parameters
    ----------
    e : Evaluation
    methods : Methods, optional
        Default: 10,000 plausible ones of a fixed seed, so that the same evaluation gives the same tables.
    """
    from scevaluation.evaluate.inputs import cohort_instruments
    from scevaluation.methods.choices import choices, without
    from scevaluation.methods.method_ranks import method_ranks

    scores = panel(e.index, e.instruments, e.programme, e.round)
    methods = methods or plausible({r: e.instruments[r] for r in scores.rounds})
    levels, changes = tables(scores, methods, pairs_of(scores))
    ranks = RANKS.empty()
    if len(e.official):
        ranks = method_ranks(e.official, cohort_instruments(e.round, e.official["cohort"]), e.round)
    return Robust(
        levels,
        changes,
        choices(scores, e.previous),
        ranks,
        without(e.scores, e.instruments, e.programme, e.round, e.previous),
        scores.items(),
        methods,
        e.round,
        e.previous,
    )


def pairs_of(scores: Panel) -> list[tuple[int, int]]:
    """Every round that has an index, with the one before it that has."""
    have = [r for r in range(len(scores.rounds)) if np.isfinite(scores.value[r, scores.tops(r)[0]])]
    return list(pairwise(have))


def tables(scores: Panel, methods: Methods, pairs: list[tuple[int, int]]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """ROBUSTNESS of every round and ROBUST_CHANGE of pairs of rounds, for the index and the newest questionnaire's components.

    `state` names why there is no value, or why one says little: below the coverage asked, only an index known, nothing
    comparable, little comparable (less than half of the weight). `nominal` is the stated method's.
    """
    places = range(len(scores.rounds))
    level, change = replay(scores, methods, places, pairs)
    _, plain = replay(scores, stated(scores), (), pairs)
    rows, moves = [], []
    for r in places:
        states, about = _level_states(scores, r), {"region": scores.region, "round": scores.rounds[r]}
        for n, (node, c) in enumerate(zip(scores.nodes, scores.tops(r), strict=True)):
            found = {"node": node, "nominal": scores.value[r, c], **_spread(level[:, r, n]), "state": states[n]}
            rows.append(about | found)
    for p, (earlier, later) in enumerate(pairs):
        about = {"region": scores.region, "round": scores.rounds[later], "previous": scores.rounds[earlier]}
        for n, (node, share) in enumerate(zip(scores.nodes, common_share(scores, earlier, later), strict=True)):
            found = {"node": node, "nominal": plain[0, p, n], **_spread(change[:, p, n]), **_moved(change[:, p, n])}
            moves.append(about | found | {"common": share, "state": _change_state(scores, earlier, later, share)})
    return ROBUSTNESS.of(rows), ROBUST_CHANGE.of(moves)


def _spread(values: np.ndarray) -> dict:
    """Median and 90 % interval over the methods that give a value."""
    known = values[np.isfinite(values)]
    low, median, high = np.quantile(known, (LOW, 0.5, HIGH)) if len(known) else (np.nan,) * 3
    return {"median": median, "low": low, "high": high, "methods": len(known), "drawn": len(values)}


def _moved(values: np.ndarray) -> dict:
    """Shares of the methods in which a change is above and below zero."""
    known = values[np.isfinite(values)]
    if not len(known):
        return {"rose": np.nan, "fell": np.nan}
    return {"rose": float((known > STILL).mean()), "fell": float((known < -STILL).mean())}


def common_share(scores: Panel, earlier: int, later: int) -> np.ndarray:
    """(nodes,) share of the weight, in the questionnaire where it is less, that was scored in both rounds."""
    if not subtractable(scores, earlier, later):
        return np.zeros(len(scores.nodes))
    both, shares = common(scores, earlier, later), []
    for r in (earlier, later):
        one = scores.instruments[r]
        weight = np.zeros(len(scores.columns))
        for path, c in scores.places[one.id].items():
            weight[c] = one.effective[path]
        tops = np.array([weight[c] for c in scores.tops(r)])
        inside = (weight * both) @ scores.under[one.id]
        shares.append(np.divide(inside, tops, out=np.zeros(len(tops)), where=tops > 0))
    return np.minimum(np.minimum(*shares), 1.0)


def _level_states(scores: Panel, r: int) -> list[str]:
    one, some = scores.instruments[r], something(scores, r)
    out = []
    for n, c in enumerate(scores.tops(r)):
        if c not in scores.places[one.id].values():
            out.append("not_in_this_questionnaire")
        elif n == 0 and one.weights == "unknown" and some[n]:
            out.append("weights_unknown")
        elif n == 0 and index_only(scores, r):
            out.append("index_only")
        elif np.isfinite(scores.value[r, c]):
            out.append("computed")
        else:
            out.append("below_coverage" if some[n] else "missing")
    return out


def _change_state(scores: Panel, earlier: int, later: int, share: float) -> str:
    then, now = scores.instruments[earlier], scores.instruments[later]
    if (then.scale.low, then.scale.high) != (now.scale.low, now.scale.high):
        return "other_scale"
    if "unknown" in (then.weights, now.weights):
        return "weights_unknown"
    if index_only(scores, earlier, later):
        return "index_only"
    return "nothing_common" if share == 0 else "little_common" if share < LINK_SHARE else "computed"
