"""A programme's recommendations and programmes of agencies: read from its folder, checked line by line."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from scevaluation.errors import ProgrammeError
from scevaluation.grid.frame import Judge, once
from scevaluation.grid.table import Row, count, read_table, round_of, year
from scevaluation.instrument import SECTORS
from scevaluation.intake import public
from scevaluation.issues import nearest, refusal
from scevaluation.period import Period
from scevaluation.place import find
from scevaluation.programme import Programme

if TYPE_CHECKING:
    import pandas as pd

RECOMMENDATION = ("id", "raised", "agency", "sector", "text_id", "text_en", "due", "status", "closed", "evidence")
RECOMMENDATION_MORE = ("indicator", "cost")
DEAREST = 10**14  # rupiahs, more than any regency has
PROGRAMME = ("agency", "programme", "sectors", "dimension", "first_year", "last_year", "status", "status_en", "source")
PROGRAMME_MORE = ("statistics",)
OPEN, CLOSED = ("open", "in_progress"), ("done", "dropped")
SOURCE = ("source", "date")


def _read(path: Path, columns: tuple[str, ...], look: Judge, more: tuple[str, ...] = ()) -> pd.DataFrame:
    """A table as text columns, those asked for first, then those it may have, then others; refused with all that is wrong."""
    import pandas as pd

    wrong: list[dict] = []
    table = read_table(path, columns, more)
    for row in table.rows:
        look(row, wrong)
    if wrong:
        raise refusal(ProgrammeError, wrong)
    order = [*columns, *more, *(c for c in table.columns if c not in (*columns, *more))]
    rows = [dict.fromkeys(more, "") | row for row in table.rows]
    return pd.DataFrame(rows, columns=order, dtype=object)


def _look(row: Row, programme: Programme, again: Judge, wrong: list[dict]) -> None:
    """What is wrong with one recommendation; `again` finds an id that stood before."""
    before = len(wrong)
    _filled(row, ("id",) if row["text_id"] or row["text_en"] else ("id", "text_id"), wrong)
    _sectors(row, "sector", wrong)
    again(row, wrong)
    for column in ("raised", "due", "closed"):
        name = round_of(row, column, wrong) if row[column] or column == "raised" else ""
        if name and Period(name).kind != programme.calendar:
            wrong.append(row.issue(column, "other_calendar", expected=programme.calendar))
    count(row, "cost", DEAREST, wrong)
    if row.get("indicator"):
        known = {p: None for r in programme.rounds if r.instrument for p in programme.instrument(r.id).nodes}
        if row["indicator"] not in known:
            wrong.append(row.issue("indicator", "unknown_indicator", expected=", ".join(nearest(row["indicator"], known))))
    if row["status"] not in OPEN + CLOSED:
        wrong.append(row.issue("status", "none_of", expected=", ".join(OPEN + CLOSED)))
    if len(wrong) == before:
        _look_closed(row, wrong)


def _filled(row: Row, columns: tuple[str, ...], wrong: list[dict]) -> None:
    """Cells that must say something."""
    wrong += [row.issue(c, "value_empty", remedy="fill_value") for c in columns if not row[c]]


def _sectors(row: Row, column: str, wrong: list[dict]) -> None:
    """Sectors that are none of the programme's five."""
    if any(s not in SECTORS for s in row[column].split()):
        wrong.append(row.issue(column, "none_of", expected=", ".join(SECTORS)))


def _look_closed(row: Row, wrong: list[dict]) -> None:
    if row["status"] in CLOSED and not row["closed"]:
        wrong.append(row.issue("closed", "closed_without", found=row["status"], remedy="name_round"))
    if row["status"] in OPEN and row["closed"]:
        wrong.append(row.issue("closed", "open_closed", expected=row["status"]))
    for column in ("due", "closed"):
        if row[column] and Period(row[column]) < Period(row["raised"]):
            wrong.append(row.issue(column, "before_raised", expected=row["raised"]))


def read_recommendations(programme: Programme) -> pd.DataFrame:
    """Recommendations of recommendations.csv as text columns, in the file's order; no rows without the file.

    `indicator` (a node of one of the programme's questionnaires) and `cost` (whole rupiahs) are empty where the file has none.

    Raises
    ------
    ProgrammeError
        With every line that has no id or text, repeats an id, names no round, sector, indicator or cost, or contradicts itself.
    """
    again, path = once(("id",)), programme.folder / "recommendations.csv"
    rows = _read(path, RECOMMENDATION, lambda row, wrong: _look(row, programme, again, wrong), RECOMMENDATION_MORE)
    return public.recommendations(rows, programme)


@cache
def _dated() -> dict[str, str]:
    """Year of every source of data/sources.csv that has a date."""
    rows = read_table(find("sources.csv"), SOURCE).rows
    return {row["source"]: row["date"][:4] for row in rows if row["date"][:4].isdigit()}


def _look_programme(row: Row, wrong: list[dict]) -> None:
    """A programme without a name, of a sector or with a statistic that is none; its years that are none, or run backwards."""
    _filled(row, ("programme",), wrong)
    _sectors(row, "sectors", wrong)
    if row.get("statistics"):
        from scevaluation.intake import context  # loads pandas, which a check does without

        known = dict.fromkeys(context.indicators()["indicator"])
        odd = [code for code in row["statistics"].split() if code not in known]
        wrong += [row.issue("statistics", "unknown_indicator", expected=", ".join(nearest(c, known))) for c in odd]
    first = year(row, "first_year", wrong)
    last = year(row, "last_year", wrong) if row["last_year"] else ""
    if first and last and last < first:
        wrong.append(row.issue("last_year", "ends_before", expected=first))


def read_programmes(programme: Programme) -> pd.DataFrame:
    """Programmes of agencies of programmes.csv, with `seen`: the year of the source that tells of it, '' if undated.

    An agency written by its name is replaced by its id; one the programme does not know keeps its name.

    Raises
    ------
    ProgrammeError
        With every line without a name, of no sector or statistic, or whose years are none or run backwards.
    """
    rows = _read(programme.folder / "programmes.csv", PROGRAMME, _look_programme, PROGRAMME_MORE)
    ids = {a.label[lang]: a.id for a in programme.agencies for lang in ("en", "id")}
    seen = rows["source"].map(lambda s: _dated().get(s, ""))
    rows = rows.assign(agency=rows["agency"].map(lambda a: ids.get(a, a)), seen=seen).reset_index(drop=True)
    return public.programmes(rows, programme)
