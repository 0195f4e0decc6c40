"""Scores of earlier rounds on a later questionnaire's scale, where that says by `rescore` what the old answers come to."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import numpy as np
import pandas as pd

from scevaluation.frames import ROOT
from scevaluation.identity import measure, versions
from scevaluation.instrument import Instrument
from scevaluation.period import Period


def rescored(scores: pd.DataFrame, instruments: Mapping[str, Instrument]) -> tuple[pd.DataFrame, dict[str, Instrument]]:
    """Scores of earlier rounds on the scale of a later questionnaire that says how its answers follow from the old ones.

    Parameters
    ----------
    scores : SCORES
    instruments : mapping of round to Instrument

    Returns
    -------
    (SCORES, dict of round to Instrument)
        The same where no questionnaire has `rescore`; else earlier rounds on the scale before it have its scale, and one
        that finds no other scale to score anew says nothing of it.
    """
    out = dict(instruments)
    changes = versions(instruments)
    for (_, then), (first, now) in pairwise(changes):
        if not now.rescore:
            continue
        if measure(then, ROOT) == measure(now, ROOT):  # nothing to score anew, and nothing to tell
            out |= {r: i.model_copy(update={"rescore": ()}) for r, i in out.items() if i.id == now.id and Period(r) >= Period(first)}
            continue
        early = [r for r in out if Period(r) < Period(first) and measure(out[r], ROOT) == measure(then, ROOT)]
        own = {p for r in early for p in out[r].measured}
        at = scores["round"].isin(early) & ~scores["indicator"].isin(own)
        scale = out[max(early, key=Period)].scale
        score = np.interp(scores.loc[at, "score"], np.linspace(scale.low, scale.high, len(now.rescore)), now.rescore)
        scores = scores.assign(score=scores["score"].mask(at, pd.Series(score, index=scores.index[at])))
        out |= {r: out[r].model_copy(update={"scale": now.scale}) for r in early}
    return scores, out
