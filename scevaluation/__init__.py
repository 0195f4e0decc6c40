"""Evaluate a regency's smart-city programme: rounds in, honest verdicts and shareable reports out."""

from importlib import import_module as _import
from typing import TYPE_CHECKING as _TYPE_CHECKING

if _TYPE_CHECKING:
    from scevaluation import desk as desk
    from scevaluation import methods as methods
    from scevaluation.charts.own import bands as bands
    from scevaluation.charts.own import palette as palette
    from scevaluation.charts.own import theme as theme
    from scevaluation.instrument import load_instrument as load_instrument
    from scevaluation.intake.check import check_file as check_file
    from scevaluation.programme import load_programme as load_programme
    from scevaluation.programme import programmes as programmes
    from scevaluation.report import items as detail  # noqa: F401
    from scevaluation.report import round as forms  # noqa: F401
    from scevaluation.report.absence import evaluate_absence as evaluate_absence
    from scevaluation.report.own import compared as compare  # noqa: F401
    from scevaluation.round import Nation as Nation
    from scevaluation.round import Round as Round
    from scevaluation.round import evaluate_nation as evaluate_nation
    from scevaluation.round import evaluate_round as evaluate_round
    from scevaluation.round import evaluate_survey as evaluate_survey
    from scevaluation.words import Words as Words

__version__ = "0.2.0"
_PUBLIC = {
    "evaluate_round": "scevaluation.round:evaluate_round",
    "evaluate_nation": "scevaluation.round:evaluate_nation",
    "evaluate_absence": "scevaluation.report.absence:evaluate_absence",
    "evaluate_survey": "scevaluation.round:evaluate_survey",
    "compare": "scevaluation.report.own:compared",
    "theme": "scevaluation.charts.own:theme",
    "palette": "scevaluation.charts.own:palette",
    "bands": "scevaluation.charts.own:bands",
    "Round": "scevaluation.round:Round",
    "Nation": "scevaluation.round:Nation",
    "load_programme": "scevaluation.programme:load_programme",
    "programmes": "scevaluation.programme:programmes",
    "load_instrument": "scevaluation.instrument:load_instrument",
    "check_file": "scevaluation.intake.check:check_file",
    "Words": "scevaluation.words:Words",
    "forms": "scevaluation.report.round",
    "detail": "scevaluation.report.items",
    "desk": "scevaluation.desk",
    "methods": "scevaluation.methods",
}
__all__ = ["__version__", *_PUBLIC]


def __getattr__(name: str):
    """Load a public name on first use, so that importing the package stays light."""
    if name not in _PUBLIC:
        raise AttributeError(f"module 'scevaluation' has no attribute {name!r}")
    module, _, attribute = _PUBLIC[name].partition(":")
    found = _import(module)
    return getattr(found, attribute) if attribute else found


def __dir__():
    return sorted(__all__)
