"""The gate: everything wrong with a round, at once, each with cell, found, expected and remedy; errors stop here."""

from __future__ import annotations

import difflib
from pathlib import Path

import pandas as pd

from scevaluation.errors import IntakeError, ScoresRefused
from scevaluation.frames import ISSUES, SCORES
from scevaluation.instrument import Instrument
from scevaluation.intake.cells import clean_text
from scevaluation.intake.workbook import COVER, _checked_zip, _open, cover_facts, read_round, round_files
from scevaluation.programme import Programme, load_programme
from scevaluation.region import region_scores
from scevaluation.words import Words

STRAIGHT_SHARE, STRAIGHT_ITEMS = 0.8, 10
NUMERIC = ("off_scale", "zero_score", "off_grid", "sum_differs", "score_and_status")  # numbers that the gate itself writes
TIDIED = ("number_tidied", "unit_dropped")


def _issue(row, problem: str, severity: str, found="", expected="", remedy="correct_cell") -> dict:
    return {
        "file": row["file"],
        "cell": row["cell"],
        "problem": problem,
        "severity": severity,
        "found": clean_text(found, 120),
        "expected": clean_text(expected, 300),
        "remedy": remedy,
    }


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
    instrument = programme.instrument(round_name)
    found: list[dict] = [] if issues is None else issues.to_dict("records")
    for row in scores.to_dict("records"):
        found += _row_issues(row, instrument, programme, round_name)
    key = list(SCORES.key)
    for row in scores[scores.duplicated(key, keep=False)].to_dict("records"):
        found.append(_issue(row, "duplicate", "error", f"{row['indicator']} {row['agency']} {row['source']}", "", "keep_one"))
    found += _straight_lines(scores, instrument) + _parent_checks(scores, instrument) + _not_reported(scores, instrument)
    return ISSUES.check(
        pd.DataFrame(found, columns=list(ISSUES.columns)).drop_duplicates(list(ISSUES.key)).reset_index(drop=True)
    )


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
    if pd.isna(score):
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


def _straight_lines(scores: pd.DataFrame, instrument: Instrument) -> list[dict]:
    """One value in nearly all items of a component: legal, but unlikely to be an answer."""
    leaves = scores[scores["indicator"].isin(instrument.leaves) & scores["score"].notna()]
    out = []
    for (component, source), group in leaves.groupby([leaves["indicator"].map(lambda path: path.partition("/")[0]), "source"]):
        if len(group) < STRAIGHT_ITEMS:
            continue
        counts = group["score"].value_counts()
        if counts.iloc[0] / len(group) >= STRAIGHT_SHARE and source != "self":
            first = group[group["score"] == counts.index[0]].iloc[0]
            label = instrument.nodes[component].label.id if component in instrument.nodes else component
            out.append(
                _issue(
                    {"file": first["file"], "cell": f"{component} ({source})"},
                    "straight_lining",
                    "warning",
                    f"{counts.iloc[0]}/{len(group)} = {counts.index[0]:g}",
                    label,
                    "ask_back",
                )
            )
    return out


def _parent_checks(scores: pd.DataFrame, instrument: Instrument) -> list[dict]:
    """A node scored itself and by all its children: they must agree within the instrument's tolerance."""
    if instrument.weights == "unknown":
        return []
    out = []
    for source, group in scores[scores["score"].notna()].groupby("source"):
        values = group.groupby("indicator")["score"].mean()
        for path in (p for p in values.index if p in instrument.nodes and instrument.nodes[p].children):
            below = [c for c in instrument.children(path) if c in values.index]
            if len(below) < len(instrument.children(path)):
                continue
            mean = sum(values[c] * instrument.share(c) for c in below)
            if abs(mean - values[path]) > max(instrument.tolerance, 0.005):
                row = group[group["indicator"] == path].iloc[0]
                out.append(_issue(row, "sum_differs", "warning", f"{values[path]:g}", f"{mean:.3f} ({source})", "look"))
    return out


def _not_reported(scores: pd.DataFrame, instrument: Instrument) -> list[dict]:
    """Items without any score, counted by agency."""
    if scores.empty:
        return []
    leaves = scores[scores["indicator"].isin(instrument.leaves)]
    if leaves.empty:
        return []
    has = leaves.groupby(["agency", "indicator"])["score"].apply(lambda s: s.notna().any())
    file = scores["file"].iloc[0]
    return [
        _issue(
            {"file": file, "cell": agency or instrument.id},
            "not_reported",
            "note",
            f"{int((~group).sum())}/{len(group)}",
            "",
            "remind",
        )
        for agency, group in has.groupby(level=0)
        if not group.all()
    ]


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
        from scevaluation.words import words

        first = "\n".join(describe(r, words("en")) for r in errors.head(10).to_dict("records"))
        raise ScoresRefused(
            f"{path.name} has {len(errors)} errors:\n{first}", f"`scevaluation check {path.name}` lists them all.", issues
        )
    return SCORES.check(file.scores), issues


def load_scores(programme: Programme, until: str | None = None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """SCORES and ISSUES of all rounds of a programme that have a file, up to `until`; each passes the gate."""
    if programme.official:
        return region_scores(programme, until), ISSUES.empty()
    parts = [accepted(path, programme, name) for name, path in round_files(programme, until).items()]
    if not parts:
        return SCORES.empty(), ISSUES.empty()
    return pd.concat([p[0] for p in parts], ignore_index=True), pd.concat([p[1] for p in parts], ignore_index=True)


def check_file(path: Path | str, programme: str = "", round_name: str = "") -> pd.DataFrame:
    """ISSUES of one file; programme and round from the arguments, the workbook's cover, or its place in data/."""
    path = Path(path)
    if not path.is_file():
        raise IntakeError(f"{path.name} cannot be opened: there is no such file.", "Check the path.")
    if not (programme and round_name):
        said = _said_by(path)
        programme, round_name = programme or said.get("programme", ""), round_name or said.get("round", "")
    if not (programme and round_name):
        raise IntakeError(f"{path.name} does not say its programme and round.", "Name them with --programme and --round.")
    plan = load_programme(programme)
    plan.round(round_name)
    file = read_round(path, plan, round_name)
    return check_scores(file.scores, plan, round_name, file.issues)


def _said_by(path: Path) -> dict[str, str]:
    if path.suffix.lower() != ".csv":
        raw = path.read_bytes()
        _checked_zip(raw, path.name)
        book = _open(raw, path.name, True)
        return cover_facts(book[COVER]) if COVER in book.sheetnames else {}
    place = path.resolve()
    return {"programme": place.parent.parent.name, "round": place.stem} if place.parent.name == "rounds" else {}


def describe(issue: dict, w: Words, place: bool = True) -> str:
    """One sentence of fact and one of remedy for a row of ISSUES, behind file and cell if `place`."""
    where = f"{issue['file']}, {w.place(issue['cell'])}" if issue["cell"] else issue["file"]
    fact = w(f"issue.{issue['problem']}", **_said(issue, w))
    fact = f"{where}: {fact}" if place else fact[:1].upper() + fact[1:]
    return f"{fact} {w('remedy.' + issue['remedy'])}".strip()


def _said(issue: dict, w: Words) -> dict[str, str]:
    """The places of an issue's sentence; our own numbers in the language's form, what was found in a cell as it stands there."""
    places = {"found": issue["found"], "expected": issue["expected"]}
    if issue["problem"] in ("straight_lining", "not_reported"):
        share, _, value = issue["found"].partition(" = ")
        places["part"], _, places["whole"] = share.partition("/")
        places["value"] = w.marks(value)
    own = ("found", "expected") if issue["problem"] in NUMERIC else ("expected",) if issue["problem"] in TIDIED else ()
    places |= {key: w.marks(places[key]) for key in own}
    return places
