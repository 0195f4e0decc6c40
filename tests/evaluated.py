"""Evaluations made once for all tests of a process, which read them and change nothing."""

from functools import lru_cache

from scevaluation.evaluate import evaluation
from scevaluation.evaluate.evaluation import Evaluation
from scevaluation.place import LAYERS
from scevaluation.region import PREFIX
from scevaluation.round import Round


@lru_cache(maxsize=24)
def _kept(programme: str, round_name: str, public: bool, layers: tuple) -> Evaluation:
    return evaluation.evaluate_round(programme, round_name, public)


def evaluate_round(programme, round_name: str, public: bool = False) -> Evaluation:
    """A round as `scevaluation.evaluate.evaluation` evaluates it; regions of the letters are many, and are not kept."""
    if not isinstance(programme, str) or programme.startswith(PREFIX):
        return evaluation.evaluate_round(programme, round_name, public)
    return _kept(programme, round_name, public, LAYERS["data"])


def face(programme: str, round_name: str, lang: str = "id") -> Round:
    """The same as a reader asks for it."""
    return Round.of(evaluate_round(programme, round_name), lang)
