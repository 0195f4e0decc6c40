"""Which round a round is set beside, as people write it: a round of the same programme, another programme, or both as PROGRAMME/ROUND."""

from __future__ import annotations

from scevaluation.errors import EvaluationError, ReportError
from scevaluation.frames import ROOT
from scevaluation.identity import breaks, trace
from scevaluation.instrument import MINISTRY
from scevaluation.issues import issue, refusal
from scevaluation.period import Period
from scevaluation.programme import Programme, load_programme

TOLD = ("scored", "inferred")  # states of rounds of which at least the index is known


def split(programme: str, round_name: str, text: str) -> tuple[str, str]:
    """Programme and round of what is written beside a programme's round; what is left out is as there. Nothing is looked up."""
    name, slash, when = text.partition("/")
    if slash:
        return name, when
    return (programme, text) if text[:4].isdecimal() and len(text) > 3 else (text, round_name)


def joined(programme: str, round_name: str, name: str, when: str) -> str:
    """The shortest text that `split` reads as that programme and round."""
    short = when if name == programme else name if when == round_name else ""
    return short if short and split(programme, round_name, short) == (name, when) else f"{name}/{when}"


def other(plan: Programme, round_name: str, text: str = "") -> tuple[Programme, str]:
    """The programme and the round that are meant; without a text the round before, of the same programme.

    Raises
    ------
    EvaluationError
        If there is no such programme or round, nothing is known of that round, or it is the round itself.
    """
    asked = text or before(plan, round_name)
    if not asked:
        raise refusal(ReportError, [issue(plan.id, "", "no_round_before", "error", round_name, "", "name_other")])
    name, when = split(plan.id, round_name, asked)
    found = plan if name == plan.id else load_programme(name)
    state = found.round(when)
    if state.state not in TOLD:
        known = ", ".join(_told(found)) or "\u2013"
        raise refusal(ReportError, [issue(found.id, "", "round_unscored", "error", state.id, known, "choose_scored")])
    if (found.id, state.id) == (plan.id, round_name):
        raise refusal(ReportError, [issue(plan.id, "", "round_itself", "error", state.id, "", "name_other")])
    return found, state.id


def before(plan: Programme, round_name: str) -> str:
    """The last round before, of which something is known; "" if there is none."""
    return max((r for r in _told(plan) if Period(r) < Period(round_name)), key=Period, default="")


def seen_from(plan: Programme, round_name: str) -> str:
    """The round whose evaluation tells of a round: itself, or the next scored one where it is inferred from that."""
    later = (r for r in plan.scored if Period(r) > Period(round_name))
    return next(later, round_name) if plan.round(round_name).state == "inferred" else round_name


def alike(plan: Programme, round_name: str, found: Programme, when: str) -> bool:
    """Whether questionnaires of two rounds may have something in common, whatever was answered.

    Those of one programme by their links; those of two, if they are one, or both the ministry's.
    """
    if plan.id != found.id:
        one, two = plan.instrument(round_name), found.instrument(when)
        return one.id == two.id or one.family == two.family == MINISTRY
    earlier, later = sorted((round_name, when), key=Period)
    instruments = {r: plan.instrument(r) for r in _told(plan) if Period(earlier) <= Period(r) <= Period(later)}
    if len({i.id for i in instruments.values()}) == 1:
        return True
    joints = breaks(instruments, later)
    broken = set(joints.loc[joints["kind"] != "noted", "node"])
    inferred = "inferred" in {plan.round(r).state for r in (earlier, later)}  # of which the index alone is known
    paths = (p for p in ((ROOT,) if inferred else instruments[later].nodes) if p not in broken)
    return any(trace(p, later, instruments)[earlier][0] in ("same", "renamed") for p in paths)


def nothing_common(*sides: tuple[str, str, str]) -> EvaluationError:
    """The error that nothing of two rounds may be compared: of each programme, round and questionnaire."""
    one, two = (f"{name} {when} ({instrument})" for name, when, instrument in sides)
    return refusal(EvaluationError, [issue("", "", "nothing_common", "error", one, two, "compare_alike")])


def _told(plan: Programme) -> tuple[str, ...]:
    return tuple(r.id for r in plan.rounds if r.state in TOLD)
