"""The kinds of report: commands, batches and tests read this list."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """A kind of report.

    Attributes
    ----------
    name, notebook : str
        How commands call it, and the notebook it is made from.
    face : str
        The class that holds its forms, as "module:class".
    each : {"round", "sector", "nation", "survey", "pair"}
        What it is made for each of: a round, a sector of it, a round of the whole nation, a round's survey, scored or not, or a round
        beside another one.
    dated : bool
        Whether it tells of any day after its round.
    """

    name: str
    notebook: str
    face: str
    each: str = "round"
    dated: bool = False


KINDS = {
    kind.name: kind
    for kind in (
        Kind("round", "2_round_report", "scevaluation.round:Round"),
        Kind("sector", "3_sector_report", "scevaluation.report.sector:Sector", "sector"),
        Kind("agencies", "4_agencies", "scevaluation.report.agencies:Agenda"),
        Kind("methods", "6_methods", "scevaluation.methods.report:Methods"),
        Kind("national", "7_national", "scevaluation.round:Nation", "nation"),
        Kind("handover", "8_handover", "scevaluation.report.handover:Brief", dated=True),
        Kind("skm", "9_skm", "scevaluation.report.skm:Satisfaction", "survey"),
        Kind("compare", "11_compare", "scevaluation.report.sides:Comparison", "pair"),
    )
}
