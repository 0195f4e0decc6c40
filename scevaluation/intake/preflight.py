"""Everything of a programme at once, before a report: its files, every round, rounds against each other, surveys."""

from __future__ import annotations

from bisect import insort
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from statistics import median

from scevaluation.errors import EvaluationError
from scevaluation.identity import keys
from scevaluation.instrument import Instrument
from scevaluation.intake.consistency import consistency
from scevaluation.intake.judge import about
from scevaluation.intake.reading import Reading, read
from scevaluation.intake.round_files import round_files
from scevaluation.issues import issue
from scevaluation.programme import Programme

BEFORE = 3  # rounds on one scale that make a history
FAR, SPREAD = 0.3, 5  # of the scale's length; times the usual distance from the median
LEAST = 0.02  # of the scale's length: an indicator that never moved is still read to that step
APART = 0.1  # of the scale's length, between a published value and its indicators'
BEST = ("final", "verified", "assessor", "self")
PAGE_ONE = (
    "straight_lining", "published_far", "sum_differs", "out_of_history", "agency_twice", "unequal_panel", "without_line", "target_scale",
)  # fmt: skip


def preflight(programme: Programme) -> list[dict]:
    """Rows of ISSUES on everything of a programme, as many as there are, each file by itself.

    Files that cannot be read are errors here, so that one does not hide the others.
    """
    out, readings = list(consistency(programme)), {}
    files = {} if programme.official else tried(lambda: round_files(programme), out) or {}
    for name in programme.scored if not programme.official else ():
        if name not in files:
            out.append(issue(f"{programme.id}/rounds", "", "no_round_table", "warning", name, "", "add_round"))
    for name, path in files.items():
        found = tried(lambda name=name, path=path: read(path, programme, name), out)
        if found is not None:
            readings[name] = found
    out += placed({n: r.rows for n, r in readings.items()}, {n: r.issues for n, r in readings.items()}) + across(programme, readings)
    for ask in _beside(programme):
        out += tried(ask, out) or []
    return out


def placed(rows: dict[str, list[dict]], issues: dict[str, list[dict]]) -> list[dict]:
    """Issues by round as one list; of a file that holds several rounds, a place that is no cell of a sheet names its round."""
    held = Counter(file for each in rows.values() for file in {r["file"] for r in each})

    def named(one: dict, name: str) -> dict:
        if held[one["file"]] < 2 or "!" in one["cell"] or name in one["cell"]:
            return one
        return one | {"cell": f"{one['cell']}, {name}".removeprefix(", ")}

    return [named(one, name) for name, found in issues.items() for one in found]


def tried(ask: Callable, out: list[dict]):
    """What a file gives, or nothing with its errors among the issues."""
    try:
        return ask()
    except EvaluationError as error:
        out += error.issues or [issue("", "", "as_said", "error", f"{error.fact} {error.remedy}", "", "none")]
        return None


def _beside(programme: Programme) -> Iterator[Callable[[], list[dict]]]:
    """Readers of the tables beside the rounds, each giving its warnings and notes."""
    from scevaluation.intake import people, survey

    def quiet(table) -> list[dict]:
        return []

    def answers(path: Path, name: str) -> list[dict]:
        return survey.read_survey(path, programme.region, name).issues.to_dict("records")

    if programme.official:
        return
    yield lambda: quiet(people.read_recommendations(programme))
    yield lambda: quiet(people.read_programmes(programme))
    yield lambda: survey.summary_issues(programme)
    for name in programme.scored:
        if path := survey.survey_file(programme, name):
            yield partial(answers, path, name)


def across(programme: Programme, readings: dict[str, Reading]) -> list[dict]:
    """What only shows when rounds and sources stand side by side, of each round in time."""
    out: list[dict] = []
    history: dict[tuple, list[float]] = defaultdict(list)
    names = sorted(readings, key=lambda r: programme.scored.index(r) if r in programme.scored else -1)
    known = keys(programme.instrument(name) for name in names)
    for name in names:
        rows, instrument = readings[name].rows, programme.instrument(name)
        best = _best(rows)
        out += _agency_twice(rows) + _published_far(best, instrument) + _owners(best, programme, instrument)
        out += _out_of_history(best, instrument, known[instrument.id], history)
    return out


def _best(rows: list[dict]) -> dict[str, list[dict]]:
    """Scored rows of every indicator, of the best source it has."""
    kinds: dict[str, dict[str, list[dict]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        if row["score"] is not None:
            kinds[row["indicator"]][row["source"].partition(":")[0]].append(row)
    return {path: next(by[s] for s in BEST if s in by) for path, by in kinds.items()}


def _mean(rows: list[dict], instrument: Instrument) -> float:
    """The mean of an indicator's scores on the instrument's scale."""
    return sum(float(instrument.on_scale(r["indicator"], r["score"])) for r in rows) / len(rows)


def _agency_twice(rows: list[dict]) -> list[dict]:
    """An indicator scored by one source both with an agency and without: it may count twice."""
    agencies: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in rows:
        agencies[row["indicator"], row["source"]].add(row["agency"])
    twice = [(r, agencies[r["indicator"], r["source"]] - {""}) for r in rows if not r["agency"]]
    return [about(row, "agency_twice", "warning", row["indicator"], ", ".join(sorted(names)), "look") for row, names in twice if names]


def _published_far(best: dict[str, list[dict]], instrument: Instrument) -> list[dict]:
    """A value given for a node by one source, far from its indicators scored by another."""
    if instrument.weights == "unknown":
        return []
    scale, out = instrument.scale, []
    for path, own in best.items():
        children = instrument.children(path)
        if not children or not all(c in best for c in children):
            continue
        kinds = {r["source"].partition(":")[0] for c in children for r in best[c]}
        said, mean = _mean(own, instrument), instrument.mean(path, {c: _mean(best[c], instrument) for c in children})
        if own[0]["source"].partition(":")[0] not in kinds and abs(said - mean) > APART * (scale.high - scale.low):
            out.append(about(own[0], "published_far", "warning", f"{said:g} ({path})", f"{mean:.3f}", "look"))
    return out


def _owners(best: dict[str, list[dict]], programme: Programme, instrument: Instrument) -> list[dict]:
    """Scores of an agency other than the one the questionnaire names as the indicator's owner."""
    known, out = {a.id for a in programme.agencies}, []
    for path, own in best.items():
        owner, agencies = instrument.nodes[path].agency, {r["agency"] for r in own}
        if owner in known and agencies - {"", owner} and owner not in agencies:
            out.append(about(own[0], "not_owner", "note", f"{', '.join(sorted(agencies))} {path}", owner, "look"))
    return out


def _out_of_history(
    best: dict[str, list[dict]], instrument: Instrument, known: dict[str, str], history: dict[tuple, list[float]]
) -> list[dict]:
    """A score far outside what the indicator, whatever its code was, had in all rounds before on the same scale: a digit may be lost."""
    out = []
    for path, own in best.items():
        if instrument.nodes[path].children:
            continue
        low, high = sorted(instrument.ends(path))
        key, value = (known[path], low, high), sum(r["score"] for r in own) / len(own)
        before = history[key]
        far = len(before) >= BEFORE and abs(value - (middle := median(before))) > FAR * (high - low)
        if far:
            usual = max(median(abs(v - middle) for v in before), LEAST * (high - low))
            if abs(value - middle) > SPREAD * usual:
                usually = "\u2013".join(f"{round(end, 2):g}" for end in (min(before), max(before)))
                out.append(about(own[0], "out_of_history", "warning", f"{value:g} ({path})", usually, "look"))
        insort(before, value)  # what is in order is sorted anew at once
    return out
