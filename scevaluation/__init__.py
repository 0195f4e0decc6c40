"""Evaluate a regency's smart-city programme: rounds in, honest verdicts and shareable reports out."""

from __future__ import annotations

from importlib import import_module

__version__ = "0.1.0"
_PUBLIC = {
    "evaluate_round": ("scevaluation.evaluate.evaluation", "evaluate_round"),
    "evaluate_nation": ("scevaluation.evaluate.national", "evaluate_nation"),
    "load_programme": ("scevaluation.programme", "load_programme"),
    "programmes": ("scevaluation.programme", "programmes"),
    "load_instrument": ("scevaluation.instrument", "load_instrument"),
    "check_file": ("scevaluation.intake.check", "check_file"),
    "Words": ("scevaluation.words", "Words"),
    "forms": ("scevaluation.reports.round", None),
    "parts": ("scevaluation.reports.part", None),
    "national": ("scevaluation.reports.national", None),
    "detail": ("scevaluation.reports.items", None),
    "people": ("scevaluation.reports.people", None),
    "assumptions": ("scevaluation.methods.report", None),
    "survey": ("scevaluation.reports.survey", None),
    "pages": ("scevaluation.reports.verdicts", None),
    "annex": ("scevaluation.reports.annex", None),
    "sectors": ("scevaluation.reports.sector", None),
    "sheet": ("scevaluation.reports.agencies", None),
    "handover": ("scevaluation.reports.handover", None),
}
__all__ = ["__version__", *_PUBLIC]


def __getattr__(name: str):
    """Load a public name on first use, so that importing the package stays light."""
    if name not in _PUBLIC:
        raise AttributeError(f"module 'scevaluation' has no attribute {name!r}")
    module, attribute = _PUBLIC[name]
    found = import_module(module)
    return getattr(found, attribute) if attribute else found
