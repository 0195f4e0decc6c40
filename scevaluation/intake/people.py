"""A programme's recommendations and programmes of agencies: read from its folder, checked line by line."""

from __future__ import annotations

from functools import cache

import pandas as pd

from scevaluation.errors import ProgrammeError, RoundError
from scevaluation.place import DATA
from scevaluation.programme import Programme
from scevaluation.rounds import Round

RECOMMENDATION = ("id", "raised", "agency", "sector", "text_id", "text_en", "due", "status", "closed", "evidence")
PROGRAMME = ("agency", "programme", "sectors", "dimension", "first_year", "last_year", "status", "status_en", "source")
OPEN, CLOSED = ("open", "in_progress"), ("done", "dropped")


def _table(programme: Programme, name: str, columns: tuple[str, ...]) -> pd.DataFrame:
    rows = programme.table(name)
    if rows.empty and not len(rows.columns):
        return pd.DataFrame({c: pd.Series(dtype=object) for c in columns})
    lacks = [c for c in columns if c not in rows]
    if lacks:
        raise ProgrammeError(
            f"{name}.csv of {programme.id} lacks the columns {', '.join(lacks)}.", "Add them; cells may be empty."
        )
    return rows[[*columns, *(c for c in rows if c not in columns)]]


def _refuse(programme: Programme, name: str, problems: list[str]) -> None:
    if problems:
        shown = "; ".join(problems[:8]) + (f"; and {len(problems) - 8} more" if len(problems) > 8 else "")
        raise ProgrammeError(f"{name}.csv of {programme.id}: {shown}.", "Correct these lines.")


def _round(text: str, kind: str) -> str:
    """Why a text is no round of the programme's calendar; empty if it is one."""
    try:
        found = Round(text)
    except RoundError:
        return f"{text[:20]!r} is no round"
    return "" if found.kind == kind else f"{text} is no round of the programme's calendar"


def _said_wrong(row: dict, kind: str) -> list[str]:
    """What is wrong with one recommendation."""
    out = [f"{c}: {why}" for c in ("raised", "due", "closed") if row[c] or c == "raised" if (why := _round(row[c], kind))]
    if row["status"] not in OPEN + CLOSED:
        out.append(f"status {row['status'][:20]!r} is none of {', '.join(OPEN + CLOSED)}")
    if out:
        return out
    if row["status"] in CLOSED and not row["closed"]:
        out.append(f"it is {row['status']}, but closed names no round")
    if row["status"] in OPEN and row["closed"]:
        out.append(f"it is {row['status']}, but closed names {row['closed']}")
    out += [
        f"{c} {row[c]} is before raised {row['raised']}"
        for c in ("due", "closed")
        if row[c] and Round(row[c]) < Round(row["raised"])
    ]
    return out


def read_recommendations(programme: Programme) -> pd.DataFrame:
    """Recommendations of recommendations.csv as text columns, in the file's order; no rows without the file.

    Raises
    ------
    ProgrammeError
        With every line that repeats an id, names no round, or contradicts itself.
    """
    rows = _table(programme, "recommendations", RECOMMENDATION)
    problems = [
        f"line {n}: {p}" for n, row in enumerate(rows.to_dict("records"), 2) for p in _said_wrong(row, programme.calendar)
    ]
    double = rows["id"].duplicated(keep=False)
    problems += [f"line {n + 2}: id {rows['id'].iat[n]} stands twice" for n in range(len(rows)) if double.iat[n]]
    _refuse(programme, "recommendations", problems)
    return rows.reset_index(drop=True)


@cache
def _dated() -> dict[str, str]:
    """Year of every source of data/sources.csv that has a date."""
    rows = pd.read_csv(DATA / "sources.csv", dtype=str, keep_default_na=False)
    return {s: d[:4] for s, d in zip(rows["source"], rows["date"], strict=True) if d[:4].isdigit()}


def _year_wrong(row: dict) -> list[str]:
    out = [
        f"{c} {row[c][:20]!r} is no year"
        for c in ("first_year", "last_year")
        if (row[c] or c == "first_year") and not _is_year(row[c])
    ]
    if not out and row["last_year"] and row["last_year"] < row["first_year"]:
        out.append(f"last_year {row['last_year']} is before first_year {row['first_year']}")
    return out


def _is_year(text: str) -> bool:
    return len(text) == 4 and text.isdigit() and text.startswith("20")


def read_programmes(programme: Programme) -> pd.DataFrame:
    """Programmes of agencies of programmes.csv, with `seen`: the year of the source that tells of it, '' if undated.

    An agency written by its name is replaced by its id; one the programme does not know keeps its name.

    Raises
    ------
    ProgrammeError
        With every line whose years are none or run backwards.
    """
    rows = _table(programme, "programmes", PROGRAMME)
    problems = [f"line {n}: {p}" for n, row in enumerate(rows.to_dict("records"), 2) for p in _year_wrong(row)]
    _refuse(programme, "programmes", problems)
    ids = {a.label[lang]: a.id for a in programme.agencies for lang in ("en", "id")}
    seen = rows["source"].map(lambda s: _dated().get(s, ""))
    return rows.assign(agency=rows["agency"].map(lambda a: ids.get(a, a)), seen=seen).reset_index(drop=True)
