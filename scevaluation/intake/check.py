"""The gate: everything wrong with a round, at once, each with cell, found, expected and remedy; errors stop here.

The rules take rows as plain dicts: pandas and pandera take longer to load than a round to check.
"""

from __future__ import annotations

import difflib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from math import fsum
from pathlib import Path
from typing import TYPE_CHECKING

from scevaluation.errors import IntakeError, ScoresRefused
from scevaluation.frames import ISSUES, SCORES, SEVERITIES
from scevaluation.instrument import Instrument
from scevaluation.intake.workbook import Received, read_round, round_files
from scevaluation.issues import issue, refusal
from scevaluation.programme import Programme, load_programme
from scevaluation.region import region_scores
from scevaluation.rounds import Round

if TYPE_CHECKING:
    import pandas as pd

STRAIGHT_SHARE, STRAIGHT_ITEMS = 0.8, 10


def _issue(row, problem: str, severity: str, found="", expected="", remedy="correct_cell") -> dict:
    return issue(row["file"], row["cell"], problem, severity, found, expected, remedy)


def check_scores(
    scores: pd.DataFrame, programme: Programme, round_name: str, issues: pd.DataFrame | None = None
) -> pd.DataFrame:
    """All that is wrong or odd about a round's scores.

    Parameters
    ----------
    scores : SCORES
        Of one round.
    programme, round_name
        Whose they are.
    issues : ISSUES, optional
        What reading found; kept in front.

    Returns
    -------
    ISSUES
        errors stop, warnings and notes are shown. Straight-lining: one value in at least 80 % of 10 or more items of
        one component and source.
    """
    found = [] if issues is None else issues.to_dict("records")
    return _table(_judged(scores.to_dict("records"), programme, round_name, found))


def _table(found: list[dict]) -> pd.DataFrame:
    import pandas as pd

    return ISSUES.check(pd.DataFrame(found, columns=list(ISSUES.columns)))


def _judged(rows: list[dict], programme: Programme, round_name: str, found: list[dict]) -> list[dict]:
    """Rows of ISSUES about rows of SCORES, each once, behind those `found` before."""
    instrument = programme.instrument(round_name)
    found = list(found)
    for row in rows:
        found += _row_issues(row, instrument, programme, round_name)
    for row in _duplicates(rows):
        found.append(_issue(row, "duplicate", "error", f"{row['indicator']} {row['agency']} {row['source']}", "", "keep_one"))
    found += _straight_lines(rows, instrument) + _parent_checks(rows, instrument) + _not_reported(rows, instrument)
    once: dict[tuple, dict] = {}
    for one in found:
        once.setdefault(tuple(one[k] for k in ISSUES.key), one)
    return list(once.values())


def _scored(row: dict) -> bool:
    return row["score"] is not None and row["score"] == row["score"]


def _groups(rows: Iterable[dict], key: Callable[[dict], object]) -> list[tuple]:
    """Rows by what `key` says of each, in its order."""
    out = defaultdict(list)
    for row in rows:
        out[key(row)].append(row)
    return sorted(out.items())


def _duplicates(rows: list[dict]) -> list[dict]:
    keys = [tuple(row[k] for k in SCORES.key) for row in rows]
    times = Counter(keys)
    return [row for row, key in zip(rows, keys, strict=True) if times[key] > 1]


def _row_issues(row: dict, instrument: Instrument, programme: Programme, round_name: str) -> list[dict]:
    out, scale = [], instrument.scale
    if row["round"] != round_name:
        out.append(_issue(row, "wrong_round", "error", row["round"], round_name, "right_file"))
    if row["region"] != programme.region:
        out.append(_issue(row, "wrong_region", "error", row["region"], programme.region, "right_file"))
    if row["indicator"] not in instrument.nodes:
        near = difflib.get_close_matches(row["indicator"], instrument.nodes, 3, 0.6)
        out.append(_issue(row, "unknown_indicator", "error", row["indicator"], ", ".join(near) or instrument.id, "use_code"))
    agencies = {a.id for a in programme.agencies}
    if row["agency"] and row["agency"] not in agencies:
        near = difflib.get_close_matches(row["agency"], sorted(agencies), 3, 0.5)
        out.append(_issue(row, "unknown_agency", "error", row["agency"], ", ".join(near or sorted(agencies)), "use_code"))
    if row["source"] not in ("self", "verified", "final") and not row["source"].startswith("assessor:"):
        out.append(_issue(row, "unknown_source", "error", row["source"], "self, verified, final, assessor:<id>", "use_code"))
    score = row["score"]
    if not _scored(row):
        return out
    limits = f"{scale.low:g}\u2013{scale.high:g} ({instrument.id})"
    if score == 0 and scale.low > 0:
        out.append(_issue(row, "zero_score", "error", "0", limits, "leave_empty"))
    elif not scale.low <= score <= scale.high:
        out.append(_issue(row, "off_scale", "error", f"{score:g}", limits))
    elif row["status"] in ("not_reported", "did_not_take_part", "not_applicable"):
        out.append(_issue(row, "score_and_status", "error", f"{score:g}, {row['status']}", "", "choose_one"))
    elif (
        scale.step
        and abs((score - scale.low) / scale.step - round((score - scale.low) / scale.step)) > 1e-6
        and (row["indicator"] in instrument.leaves and row["indicator"] not in instrument.components)
    ):
        out.append(_issue(row, "off_grid", "note", f"{score:g}", f"{scale.step:g}", "look"))
    return out


def _straight_lines(rows: list[dict], instrument: Instrument) -> list[dict]:
    """One value in nearly all items of a component: legal, but unlikely to be an answer."""
    leaves = set(instrument.leaves)
    scored = [row for row in rows if row["indicator"] in leaves and _scored(row)]
    out = []
    for (component, source), group in _groups(scored, lambda row: (row["indicator"].partition("/")[0], row["source"])):
        value, times = Counter(row["score"] for row in group).most_common(1)[0]
        if len(group) >= STRAIGHT_ITEMS and times / len(group) >= STRAIGHT_SHARE and source != "self":
            first = next(row for row in group if row["score"] == value)
            label = instrument.nodes[component].label.id if component in instrument.nodes else component
            out.append(
                _issue(
                    {"file": first["file"], "cell": f"{component} ({source})"},
                    "straight_lining",
                    "warning",
                    f"{times}/{len(group)} = {value:g}",
                    label,
                    "ask_back",
                )
            )
    return out


def _parent_checks(rows: list[dict], instrument: Instrument) -> list[dict]:
    """A node scored itself and by all its children: they must agree within the instrument's tolerance."""
    if instrument.weights == "unknown":
        return []
    out = []
    for source, group in _groups(filter(_scored, rows), lambda row: row["source"]):
        nodes = dict(_groups(group, lambda row: row["indicator"]))
        values = {path: fsum(row["score"] for row in own) / len(own) for path, own in nodes.items()}
        for path in (p for p in values if p in instrument.nodes and instrument.nodes[p].children):
            below = [c for c in instrument.children(path) if c in values]
            if len(below) < len(instrument.children(path)):
                continue
            mean = sum(values[c] * instrument.share(c) for c in below)
            if abs(mean - values[path]) > max(instrument.tolerance, 0.005):
                said = f"{mean:.3f} ({source})"
                out.append(_issue(nodes[path][0], "sum_differs", "warning", f"{values[path]:g}", said, "look"))
    return out


def _not_reported(rows: list[dict], instrument: Instrument) -> list[dict]:
    """Items without any score, counted by agency."""
    leaves = set(instrument.leaves)
    out = []
    for agency, group in _groups((row for row in rows if row["indicator"] in leaves), lambda row: row["agency"]):
        items = {row["indicator"] for row in group}
        lacks = len(items - {row["indicator"] for row in group if _scored(row)})
        if lacks:
            place = {"file": rows[0]["file"], "cell": agency or instrument.id}
            out.append(_issue(place, "not_reported", "note", f"{lacks}/{len(items)}", "", "remind"))
    return out


def accepted(path: Path, programme: Programme, round_name: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Scores of a file that passed the gate, and its warnings and notes.

    Raises
    ------
    ScoresRefused
        With all issues, if any is an error.
    """
    file = read_round(path, programme, round_name)
    issues = check_scores(file.scores, programme, round_name, file.issues)
    errors = issues[issues["severity"] == "error"]
    if len(errors):
        raise refusal(ScoresRefused, errors.to_dict("records"))
    return SCORES.check(file.scores), issues


def load_scores(programme: Programme, until: str | None = None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """SCORES and ISSUES of all rounds of a programme that have a file, up to `until`; each passes the gate."""
    import pandas as pd

    if programme.official:
        return region_scores(programme, until), ISSUES.empty()
    parts = [accepted(path, programme, name) for name, path in round_files(programme, until).items()]
    if not parts:
        return SCORES.empty(), ISSUES.empty()
    return pd.concat([p[0] for p in parts], ignore_index=True), pd.concat([p[1] for p in parts], ignore_index=True)


def check_file(path: Path | str, programme: str = "", round_name: str = "") -> pd.DataFrame:
    """ISSUES of one file; programme and round from the arguments, the workbook's cover, or its place in data/."""
    return _table(issues_of(path, programme, round_name))


def issues_of(path: Path | str, programme: str = "", round_name: str = "") -> list[dict]:
    """The rows of `check_file` as dicts, for who has no other use of pandas."""
    file = Received(Path(path))
    if not file.path.is_file():
        raise IntakeError(f"{file.path.name} cannot be opened: there is no such file.", "Check the path.")
    if not (programme and round_name):
        said = file.said()
        programme, round_name = programme or said.get("programme", ""), round_name or said.get("round", "")
    if not (programme and round_name):
        raise IntakeError(f"{file.path.name} does not say its programme and round.", "Name them with --programme and --round.")
    plan = load_programme(programme)
    plan.round(round_name)
    read = file.read(plan, str(Round(round_name)))
    return _judged(read.rows, plan, round_name, read.issues)


def worst_first(issues: pd.DataFrame) -> pd.DataFrame:
    """ISSUES by severity, errors first."""
    return issues.sort_values("severity", key=lambda s: s.map(SEVERITIES.index), kind="stable", ignore_index=True)
