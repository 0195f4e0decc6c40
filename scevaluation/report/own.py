"""A round's tables for one's own analysis: with dates and labels, indicators over the rounds, what moved a sector, what an agency owes."""

from __future__ import annotations

import io
from pathlib import Path

import pandas as pd

from scevaluation.errors import EvaluationError, ReportError
from scevaluation.evaluate import questions
from scevaluation.evaluate.evaluation import Evaluation
from scevaluation.evaluate.places import COUNTRY, group_names, group_of
from scevaluation.evaluate.sides import compare
from scevaluation.frames import INDEX, ROOT
from scevaluation.frames.analysis import APART, COMPARED, DRIVERS, OWED
from scevaluation.identity import VIEW
from scevaluation.instrument import SECTORS
from scevaluation.issues import issue, refusal, unknown
from scevaluation.period import Period
from scevaluation.place import REPORTS, NotWritable, put
from scevaluation.region import NATION, population
from scevaluation.report.round import labels
from scevaluation.words import Words, in_any_language

INERT = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "nan_inf_to_errors": False}
ADDED = {
    "date": "the middle of the round",
    "label": "name of the node, or of the statistic",
    "top": "name of the sector or component that the node belongs to; of the index its own",
    "agency_label": "name of the agency",
    "run": "changes after each missing round, so that a line with units='run' ends there",
    "value100": "score of the round, 0-100; missing where there is none",
    "comparable": "False in rounds on another scale",
    "islands": "name of the group of islands, of a region of a letter",
    "people": "people living in the region, of the year that all regions have",
}


def names(e: Evaluation, w: Words) -> dict[str, str]:
    """Name of every node of all the programme's questionnaires, of this round's first, and of the views by sector."""
    before = {p: t for i in e.instruments.values() for p, t in i.names(w.lang).items()}
    views = {VIEW + s: w("sector." + s) for s in SECTORS}
    return before | views | e.instrument.names(w.lang) | labels(e, w)


def dressed(e: Evaluation, rows: pd.DataFrame, w: Words) -> pd.DataFrame:
    """The rows of a table with what a plot needs, as columns behind its own: date, label, top, agency_label, run, as far as it has them."""
    out, known, plan = rows.copy(), names(e, w), e.programme
    if "round" in rows:
        out["date"] = _middle(rows["round"])
    node = next((c for c in ("node", "indicator", "sector") if c in rows and c not in ADDED), None)
    if node:
        told = w.column(e.indicators.set_index("indicator"), "label") if node == "indicator" and len(e.indicators) else {}
        said = {**{s: w("sector." + s) for s in SECTORS}, **dict(told), **known}
        out["label"] = [said.get(n, n) for n in rows[node]]
    if node == "node":
        out["top"] = [known.get(n.partition("/")[0], n) for n in rows["node"]]
    if "agency" in rows:
        called = plan.agency_names(w.lang)
        out["agency_label"] = ["; ".join(called.get(a, a) for a in text.split("; ")) for text in rows["agency"]]
    if node == "node" and {"round", "value100"} <= set(rows):
        out["run"] = runs(rows, [s.id for s in plan.rounds if Period(s.id) <= Period(e.round)])
    return _told(out, rows)


def _middle(rounds: pd.Series) -> pd.Series:
    days = {r: Period(r) for r in rounds.unique()}
    middle = {r: pd.Timestamp(p.start) + (pd.Timestamp(p.end) - pd.Timestamp(p.start)) / 2 for r, p in days.items()}
    return pd.to_datetime(rounds.map(middle)).dt.normalize()


def _told(out: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    out.attrs = {**rows.attrs, **{c: m for c, m in ADDED.items() if c in out and c not in rows.attrs}}
    return out


def runs(rows: pd.DataFrame, rounds: list[str]) -> pd.Series:
    """For each row the rounds up to its own in which its node had no value, or one on another scale: alike only along an unbroken line."""
    held = rows["value100"].where(rows["comparable"].astype(bool)) if "comparable" in rows else rows["value100"]
    given = pd.MultiIndex.from_frame(rows[["node", "round"]])
    known = pd.Series(held.notna().to_numpy(), given)[lambda s: ~s.index.duplicated()].unstack("round")
    ordered = sorted({*rounds, *rows["round"]}, key=Period)
    missing = ~known.reindex(columns=ordered).eq(True)
    return pd.Series(missing.cumsum(axis=1).stack().reindex(given).to_numpy(int), rows.index)


def item_history(e: Evaluation, w: Words, name: str = ROOT) -> pd.DataFrame:
    """Every indicator of a sector or node in every round up to this one, linked over its renames: a row an indicator and round.

    Columns node, round, value100, comparable, date, label, top, run; without a name all indicators.
    """
    rows = questions.histories(e, name)
    rows.attrs = {"node": "indicator, as it is called in this round", "round": "round, such as 2024-S2"}
    return dressed(e, rows, w)


def drivers(e: Evaluation, w: Words, name: str = ROOT, since: str = "") -> pd.DataFrame:
    """What each indicator of a sector adds to its change since a round, the largest rise first: DRIVERS with dates and labels.

    Without `since` it is the change since the round compared with (`r.previous`); without a name that of the index. What was not asked
    then, or has no score in one of the two rounds, has no contribution.
    """
    return dressed(e, _meant(questions.drivers(e, name, since), DRIVERS), w)


def owed(e: Evaluation, w: Words, agency: str) -> pd.DataFrame:
    """Every indicator that an agency answers for in the round, unreported ones first: OWED with dates and labels."""
    return dressed(e, _meant(questions.owed(e, agency), OWED), w)


def compared(first, second) -> pd.DataFrame:
    """Two rounds side by side: every node as the second one's questionnaire calls it, second less first in points of 0-100.

    The rounds may be two of one region, those of two regions, or one that is and one that was supposed (`from_frames`).

    Parameters
    ----------
    first, second : Round

    Returns
    -------
    COMPARED
        With the label of every node; `comparable` and `reason` say where nothing was subtracted. A component that two letters print on
        one scale is subtracted as printed, though no indicator below it is: the letters do not say what was asked there. `attrs` says
        which round is first and which second, and what each reason means.

    Raises
    ------
    EvaluationError
        If one of the two is no round, or no part of the two questionnaires asks the same.
    """
    for given in (first, second):
        if not isinstance(getattr(given, "data", None), Evaluation):
            fact = f"{given!r} is no round, and two rounds are compared."
            remedy = 'Give two, as sc.compare(sc.evaluate_round("mimika", "2023-S2"), sc.evaluate_round("kab-malang", "2023-S2")).'
            raise EvaluationError(fact, remedy)
    rows = _meant(compare(first.data, second.data), COMPARED)
    called = {end: f"{r.programme.id} {r.round}" for end, r in (("first", first), ("second", second))}
    for end, name in called.items():
        rows.attrs |= {c: f"{m} ({end} is {name})" for c, m in rows.attrs.items() if c.partition("_")[0] == end}
    rows.attrs["difference"] += f": {called['second']} less {called['first']}"
    rows.attrs["reason"] += "; " + "; ".join(f"{why}: {meaning}" for why, meaning in APART.items() if why and why in set(rows["reason"]))
    return dressed(second.data, rows, second.words)


def _meant(rows: pd.DataFrame, contract) -> pd.DataFrame:
    rows.attrs = {name: column.meaning for name, column in contract.columns.items()}
    return rows


def tidy(self, name: str = "index") -> pd.DataFrame:
    """A table of this round with what a plot needs as columns: date, label, top, agency_label and run, as far as it has them.

    A missing round is no point of a line: seaborn joins those beside it unless it is told `units="run", estimator=None`.
    The index is that of all rounds, with every node under what it is called in this one.
    """
    if name not in self.table_names():
        raise unknown(name, self.table_names(), f"{self.programme.id} {self.round}")
    rows = _meant(self.data.traced.copy(deep=False), INDEX) if name == "index" else getattr(self, name)
    return dressed(self.data, rows, self.words)


def tidy_nation(self, name: str = "regions") -> pd.DataFrame:
    """A table of all regions with what a plot needs as columns: date, label, islands and people, as far as it has them.

    Cohorts are scored by different questionnaires: of groups of islands compare one cohort's, as `hue="cohort"` shows them.
    """
    if name not in self.table_names():
        raise unknown(name, self.table_names(), f"{NATION} {self.round}")
    rows, lang = getattr(self, name), self.words.lang
    out = rows.assign(date=_middle(rows["round"]))
    if "node" in rows:
        known = {p: t for i in self.instruments.values() for p, t in i.names(lang).items()} | {ROOT: self.words("node.official")}
        out["label"] = rows["node"].map(known)
    if "group" in rows:
        called = {n: group_names(n, lang) for n in rows["level"].unique() if n != COUNTRY}
        out["label"] = [called.get(n, {}).get(g, g) for n, g in zip(rows["level"], rows["group"], strict=True)]
    if "name" in rows:
        islands = group_names("islands", lang)
        out["islands"] = [islands[group_of(code, "islands")] for code in rows["region"]]
        out["people"] = rows["region"].map(lambda code: population()[code][0])
    return _told(out, rows)


def to_excel(self, path: str | Path = "") -> Path:
    """The place of one workbook with all tables, a sheet each, and a sheet that says what every column means; texts stay texts.

    By default tables.xlsx beside the round's reports. Codes of regions are texts ("12.10"); a CSV made of them is read again with
    `pd.read_csv(..., dtype={"region": str})`, else they become numbers.

    Raises
    ------
    UnknownName
        If the file's ending is another than .xlsx.
    ReportError
        If the file cannot be written.
    """
    place = Path(path or _beside(self) / "tables.xlsx")
    if place.suffix.lower() != ".xlsx":
        raise unknown(place.suffix or place.name, (".xlsx",), "to_excel")
    tables = {n: self.tidy(n) for n in self.table_names()}
    meanings = [(n, c, m) for n, t in tables.items() for c, m in t.attrs.items() if c in t]
    out = io.BytesIO()
    with pd.ExcelWriter(out, engine="xlsxwriter", engine_kwargs={"options": {"in_memory": True, **INERT}}) as book:
        pd.DataFrame(meanings, columns=["table", "column", "meaning"]).to_excel(book, sheet_name="columns", index=False)
        for name, table in tables.items():
            table.to_excel(book, sheet_name=name[:31], index=False, freeze_panes=(1, 0))
    return _written(place, out.getvalue())


def to_parquet(self, folder: str | Path = "") -> list[Path]:
    """The places of all tables as Parquet, a file each in a folder, by default tables/ beside the round's reports.

    Raises
    ------
    EvaluationError
        If no library that writes Parquet is installed.
    ReportError
        If a file cannot be written.
    """
    out = []
    for name in self.table_names():
        raw = io.BytesIO()
        try:
            self.tidy(name).to_parquet(raw, index=False)
        except ImportError as error:
            fact = "Parquet files are written by pyarrow, which is not installed."
            raise EvaluationError(fact, "Install it (pip install pyarrow), or use to_excel.") from error
        out.append(_written(Path(folder or _beside(self) / "tables") / f"{name}.parquet", raw.getvalue()))
    return out


def _beside(r) -> Path:
    return REPORTS / (r.programme.id if isinstance(r.data, Evaluation) else NATION) / r.round


def _written(path: Path, raw: bytes) -> Path:
    try:
        put(path, raw)
    except NotWritable as error:
        raise refusal(ReportError, [issue(path.name, "", "not_writable", "error", error, "", "make_room")]) from error
    return path


in_any_language(globals())
