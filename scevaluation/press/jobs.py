"""What a report is: its kind, the job of making one, and the manifest that stands beside it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from scevaluation.errors import ReportError
from scevaluation.evaluate.other import alike, before, joined, nothing_common, other, split
from scevaluation.issues import issue, refusal, unknown
from scevaluation.kinds import KINDS
from scevaluation.period import Period
from scevaluation.programme import Programme, load_programme
from scevaluation.region import ABSENT, NATION, regions_named, was_absent
from scevaluation.words import words

FORMATS = ("html", "pdf", "xlsx", "figures", "slides")


@dataclass(frozen=True)
class Job:
    """One report to make; `sector` only where the kind is made by sector, `public` without what names or quotes a person.

    `as_of` is a later day than the end of its round, of a kind that tells of any day (`Kind.dated`); `other` the round it is set
    beside, of a kind made of two, as `evaluate.other.joined` writes it; `peers` are codes of the regions that a round's report sets
    beside its own, with commas. They are among its parameters and not in its name: a report with peers of one's own stands in the
    place of the ordinary one, and a batch, which has none, makes that anew.
    """

    programme: str
    round: str
    lang: str = "id"
    kind: str = "round"
    sector: str = ""
    public: bool = False
    as_of: str = ""
    other: str = ""
    peers: str = ""

    @property
    def stem(self) -> str:
        """Name of its files without ending."""
        return f"{'-'.join(filter(None, (self.kind, self.sector, self.as_of, self.other.replace('/', '_'))))}.{self.lang}"

    @property
    def folder(self) -> Path:
        """Its folder below that of all reports."""
        return Path(self.programme) / self.round

    @property
    def sides(self) -> tuple[tuple[str, str], ...]:
        """Programme and round that it is made of, and those that it is set beside."""
        own = self.programme, self.round
        return (own, split(*own, self.other)) if self.other else (own,)

    @property
    def parameters(self) -> dict:
        """Values of its notebook's parameters."""
        each = KINDS[self.kind].each
        out: dict[str, str | bool] = {"round": self.round, "lang": self.lang}
        if each != "nation":
            out |= {"programme": self.programme, "public": self.public}
        out |= {"as_of": self.as_of} if KINDS[self.kind].dated else {}
        out |= {"other": self.other} if each == "pair" else {}
        out |= {"peers": self.peers} if self.peers else {}
        return out | ({"sector": self.sector} if each == "sector" else {})

    @property
    def absent(self) -> bool:
        """Whether it tells of a round that the region did not take part in."""
        return bool(KINDS[self.kind].absent) and was_absent(self.programme, self.round)

    @property
    def notebook(self) -> str:
        """Name of its notebook."""
        return KINDS[self.kind].absent if self.absent else KINDS[self.kind].notebook

    def __str__(self) -> str:
        return " ".join(p for p in (self.programme, self.round, self.kind, self.sector, self.as_of, self.other, self.peers, self.lang) if p)


def checked_formats(formats: Iterable[str]) -> None:
    """Refuse formats that there are not, as a ReportError."""
    for name in formats:
        if name not in FORMATS:
            raise unknown(name, FORMATS, "--formats")


def checked(job: Job) -> Job:
    """The job with its round's name in full; of a kind that tells of any day with the last round scored by then.

    Raises
    ------
    EvaluationError
        If its kind, programme, round, sector or language is unknown, or its kind needs scores and the round has none.
    """
    if job.kind not in KINDS:
        raise unknown(job.kind, KINDS, problem="no_kind")
    words(job.lang)
    each = KINDS[job.kind].each
    if each == "nation":
        from scevaluation.intake.official import official_rounds

        name = str(Period(job.round))
        if name not in official_rounds():
            raise unknown(name, official_rounds(), NATION, "no_letter")
        return Job(NATION, name, job.lang, job.kind, "", job.public)
    if job.as_of and not KINDS[job.kind].dated:
        raise refusal(ReportError, [issue(job.kind, "", "kind_undated", "error", job.as_of, "", "leave_out")])
    plan = load_programme(job.programme)
    if job.peers and (job.kind != "round" or job.absent):
        raise refusal(ReportError, [issue(job.kind, "", "kind_unpeered", "error", job.peers, "", "leave_out")])
    job = replace(job, peers=",".join(regions_named(job.peers)))
    if KINDS[job.kind].dated:
        name, day = _dated(plan, job.round, job.as_of)
        job = replace(job, round=name, as_of=day)
    state = plan.round(job.round)
    if state.state == ABSENT and not replace(job, round=state.id).absent:
        raise plan.no_round(state.id, "round_not_taken")
    if each != "survey" and state.state not in ("scored", ABSENT):
        known = ", ".join(plan.scored) or "\u2013"
        raise refusal(ReportError, [issue(plan.id, "", "round_unscored", "error", state.id, known, "choose_scored")])
    if each != "sector" and job.sector:
        raise refusal(ReportError, [issue(job.kind, "", "kind_unsectored", "error", job.sector, "", "leave_out")])
    if each == "sector" and job.sector not in (sectors := sectors_of(plan, state.id)):
        raise unknown(job.sector, sectors, plan.id, "no_sector")
    if each != "pair" and job.other:
        raise refusal(ReportError, [issue(job.kind, "", "kind_unpaired", "error", job.other, "", "leave_out")])
    if each == "pair":
        found, when = other(plan, state.id, job.other)
        if not alike(plan, state.id, found, when):
            raise nothing_common(*((p.id, r, p.instrument(r).id) for p, r in ((found, when), (plan, state.id))))
        job = replace(job, other=joined(plan.id, state.id, found.id, when))
    return replace(job, programme=plan.id, round=state.id)


def _dated(plan: Programme, round_name: str, as_of: str) -> tuple[str, str]:
    """The round and the day that are meant: of a day the last round scored by then, of a round without scores its last day.

    The last day of a round that was scored is no other day than its own: "".
    """
    state = plan.round(round_name) if round_name else None
    end = as_of or (str(Period(state.id).end) if state else "")
    try:
        day = date.fromisoformat(end)
    except ValueError:
        raise refusal(ReportError, [issue("", "", "no_day", "error", end, "2025-03-01", "write_day")]) from None
    over = [r for r in plan.scored if Period(r).end <= day]
    asked = state.id if state and (as_of or state.state == "scored") else ""
    found = asked or (over[-1] if over else "")
    if found not in over:
        known = ", ".join(f"{r} ({Period(r).end})" for r in plan.scored) or "\u2013"
        raise refusal(ReportError, [issue(plan.id, "", "day_early", "error", end, known, "later_day")])
    return found, "" if day == Period(found).end else str(day)


def rounds_of(plan: Programme, kind: str = "round") -> tuple[str, ...]:
    """Rounds that a kind of report is made of: those scored, those the region was absent from; of a survey's kind those it tells of, of one
    made of two those that share something with the round before."""
    if KINDS[kind].each == "pair":
        return tuple(r for r in plan.scored if (then := before(plan, r)) and alike(plan, r, plan, then))
    if KINDS[kind].each != "survey":
        return tuple(r.id for r in plan.rounds if r.state == "scored" or (KINDS[kind].absent and was_absent(plan.id, r.id)))
    from scevaluation.intake.survey import surveyed

    told = surveyed(plan)
    return tuple(r.id for r in plan.rounds if r.state == "scored" or r.id in told)


def sectors_of(plan: Programme, round_name: str, kind: str = "sector") -> tuple[str, ...]:
    """Sectors of which a round of a programme has scores or statistics; ("",) of a kind that is not made by sector."""
    if KINDS[kind].each != "sector":
        return ("",)
    instrument = plan.instrument(round_name)
    tagged = {s for path in instrument.nodes for s in instrument.sectors_of(path)}
    return tuple(s for s in plan.sectors if s in tagged or plan.context)


def job_of(entry: dict) -> Job:
    """The job that a manifest is of."""
    names = {k: entry[k] for k in ("programme", "round", "lang", "kind")}
    more = {k: entry.get(k, "") for k in ("sector", "as_of", "other", "peers")}
    return Job(**names, public=bool(entry.get("public")), **more)


def manifests(root: Path) -> list[tuple[Path, dict]]:
    """Every report's manifest below a folder of reports, with its path; {} where a file of that place cannot be read as one."""
    return [(path, read_manifest(path)) for path in sorted(root.glob("*/*/*.json"))]


def read_manifest(path: Path) -> dict:
    """A report's manifest; {} if the file is absent or is none."""
    try:
        entry = json.loads(path.read_text("utf-8")) if path.is_file() else None
    except (OSError, ValueError):
        return {}
    needed = {"programme", "round", "lang", "kind", "headline", "outputs"}
    return entry if isinstance(entry, dict) and needed <= entry.keys() else {}
