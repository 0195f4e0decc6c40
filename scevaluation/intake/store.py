"""Take returned forms into a round: files kept unchanged by hash, every entry kept, the round's table the newest of each."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from scevaluation.errors import IntakeError
from scevaluation.frames import SCORES
from scevaluation.instrument import Instrument
from scevaluation.intake.check import accepted
from scevaluation.intake.form import COLUMNS, ORIGIN, Yes, never
from scevaluation.intake.log import ENTRIES, IMPORT_LOG, RECEIVED, keep, kept, replace
from scevaluation.intake.round_files import round_files
from scevaluation.programme import Programme
from scevaluation.rounds import Round

KEY = ["indicator", "agency", "source"]
SAID = ["score", "status", "evidence", "quality"]
COUNTED = ("scored", "inferred")
WITHDRAWN = "withdrawn"
ENDINGS = {"xlsx": ".xlsx", "ods": ".ods", "html": ".html", "csv": ".csv"}


@dataclass(frozen=True)
class Taken:
    """What became of one file: taken, waiting (its errors or proposals stand in `form.issues`), same (was taken before).

    `added` and `changed` count entries; `refusal` is the error of a file that is no table.
    """

    path: Path
    state: str
    form: Returned | None = None
    added: int = 0
    changed: int = 0
    refusal: IntakeError | None = None


def newest(entries: pd.DataFrame) -> pd.DataFrame:
    """The last entry of every indicator, agency and source; what was taken out by hand is left out."""
    last = entries.drop_duplicates(KEY, keep="last")
    return last[last["status"] != WITHDRAWN].reset_index(drop=True)


def first_reported(entries: pd.DataFrame) -> pd.DataFrame:
    """The table as first reported: of every key its first score, else its last entry."""
    scored = entries[entries["status"].isin(COUNTED) & entries["score"].notna()].drop_duplicates(KEY)
    rest = entries.drop_duplicates(KEY, keep="last")
    rest = rest[~pd.MultiIndex.from_frame(rest[KEY]).isin(pd.MultiIndex.from_frame(scored[KEY])) & (rest["status"] != WITHDRAWN)]
    return pd.concat([t for t in (scored, rest) if len(t)] or [entries.iloc[:0]]).sort_values("number", ignore_index=True)


def restated(entries: pd.DataFrame) -> pd.DataFrame:
    """What was restated: the first score of a key and what stands now, where they differ.

    Returns
    -------
    DataFrame
        indicator, agency, source, first, first_file, now (missing if withdrawn), now_file, now_cell, received. A score
        where none was before is late, not restated.
    """
    scored = entries[entries["status"].isin(COUNTED) & entries["score"].notna()].drop_duplicates(KEY)
    both = scored.merge(entries.drop_duplicates(KEY, keep="last"), on=KEY, suffixes=("_old", ""))
    now = both["score"].where(both["status"].isin(COUNTED))
    out = both.assign(first=both["score_old"], first_file=both["file_old"], now=now, now_file=both["file"], now_cell=both["cell"])
    differs = out["now"].isna() | ((out["now"] - out["first"]).abs() > 1e-9)
    return out.loc[differs, [*KEY, "first", "first_file", "now", "now_file", "now_cell", "received"]].reset_index(drop=True)


def as_scores(entries: pd.DataFrame, programme: Programme, round_name: str) -> pd.DataFrame:
    """Entries as SCORES."""
    return SCORES.check(entries.assign(region=programme.region, round=round_name)[list(SCORES.columns)])


def rendered(entries: pd.DataFrame, instrument: Instrument) -> bytes:
    """The round's table as CSV, in the instrument's order, every row with the file and cell it was taken from."""
    place = {p: n for n, p in enumerate(instrument.nodes)}
    rows = newest(entries)
    rows = rows.assign(place=rows["indicator"].map(place), score=rows["score"].map(_number))
    rows = rows.sort_values(["place", "agency", "source"], kind="stable")
    return rows[[*COLUMNS, *ORIGIN]].to_csv(index=False, lineterminator="\n").encode("utf-8")


def _number(value: float) -> str:
    return "" if pd.isna(value) else f"{value:.12g}"


def _merged(entries: pd.DataFrame, rows: pd.DataFrame, about: dict) -> tuple[pd.DataFrame, int, int]:
    """Entries with those of `rows` that are new or other than what stands; how many are new, how many changed."""
    now = {tuple(r[k] for k in KEY): r for r in entries.drop_duplicates(KEY, keep="last").to_dict("records")}
    fresh, added, number = [], 0, int(entries["number"].max()) if len(entries) else 0
    for row in rows.to_dict("records"):
        old = now.get(tuple(row[k] for k in KEY))
        if old is not None and all(_same(old[c], row[c]) for c in SAID):
            continue
        number += 1
        added += old is None
        fresh.append({**{c: row[c] for c in [*KEY, *SAID, "file", "cell"]}, **about, "number": number})
    if not fresh:
        return entries, 0, 0
    new = pd.DataFrame(fresh)[list(ENTRIES.columns)].astype({"score": float, "number": int})
    return pd.concat([t for t in (entries, new) if len(t)], ignore_index=True), added, len(fresh) - added


def _same(a, b) -> bool:
    return a == b or (isinstance(a, float) and isinstance(b, float) and pd.isna(a) and pd.isna(b))


def _speaking(form: Returned, scores: pd.DataFrame, entries: pd.DataFrame) -> pd.DataFrame:
    """Rows of a form that say something: an empty row counts only where nothing is known of the indicator."""
    known = set(zip(entries["indicator"], entries["agency"], strict=True))
    pairs = zip(scores["indicator"], scores["agency"], strict=True)
    return scores[[p not in form.silent or p not in known for p in pairs]]


class Desk:
    """A round being filled: what is kept of it, and the day on which files are taken in."""

    def __init__(self, programme: Programme, round_name: str, day: date):
        self.programme, self.round, self.day = programme, str(Round(round_name)), day.isoformat()
        state = programme.states.get(self.round)
        if state is None or state.state != "scored" or not state.instrument:
            last = programme.states[programme.scored[-1]].instrument if programme.scored else "..."
            raise IntakeError(
                f"programme.yaml of {programme.id} does not name {self.round} as a scored round.",
                f"Add there: - {{id: {self.round}, state: scored, instrument: {last}}}",
            )
        self.instrument = programme.instrument(self.round)
        there = round_files(programme).get(self.round)
        self.table = programme.folder / "rounds" / f"{self.round}.csv"
        if programme.official or (there is not None and there != self.table):
            what = there.name if there is not None else programme.id
            raise IntakeError(f"The scores of {self.round} stand in {what}.", f"Save that table as {self.table.name} first.")
        self.entries, self.received, self.log = (kept(programme, self.round, n) for n in ("ENTRIES", "RECEIVED", "IMPORT_LOG"))
        self.asked = kept(programme, self.round, "ASKED")
        self.fresh: dict[tuple, tuple[str, str, float]] = {}
        self._by_hand()

    def _by_hand(self) -> None:
        """What was written into the round's table by hand since the last intake becomes entries of their own."""
        if not self.table.exists():
            return
        raw = self.table.read_bytes()
        if len(self.entries) and raw == rendered(self.entries, self.instrument):
            return
        scores, _ = accepted(self.table, self.programme, self.round)
        lines = pd.Series([f"line {n + 2}" for n in range(len(scores))], index=scores.index, dtype=object)
        rows = scores.assign(file=self.table.name, cell=lines)
        gone = newest(self.entries)
        gone = gone[~pd.MultiIndex.from_frame(gone[KEY]).isin(pd.MultiIndex.from_frame(rows[KEY]))]
        gone = gone.assign(score=float("nan"), status=WITHDRAWN, evidence="", file=self.table.name, cell="")
        rows = pd.concat([t for t in (rows, gone) if len(t)])
        sha256, before = hashlib.sha256(raw).hexdigest(), len(self.entries)
        self.entries, added, changed = _merged(self.entries, rows, {"sha256": sha256, "received": self.day})
        if before:
            notes = [
                (sha256, r.file, r.cell, r.source, r.indicator, _number(r.score), "by_hand")
                for r in self.entries.iloc[before:].itertuples()
            ]
            self._note(pd.DataFrame(notes, columns=list(IMPORT_LOG.columns), dtype=object))
        self._receive(sha256, self.table.name, "", "", "taken", added + changed)
        self._store(raw, sha256, ".csv")
        self._write()

    def _note(self, rows: pd.DataFrame) -> None:
        if len(rows):
            self.log = pd.concat([t for t in (self.log, rows) if len(t)], ignore_index=True)

    def _receive(self, sha256: str, file: str, filled: str, agency: str, state: str, entries: int) -> None:
        row = (sha256, file, self.day, filled, agency, state, entries)
        new = pd.DataFrame([row], columns=list(RECEIVED.columns)).astype({"entries": int})
        rest = self.received[self.received["sha256"] != sha256]
        self.received = pd.concat([t for t in (rest, new) if len(t)], ignore_index=True)

    def _store(self, raw: bytes, sha256: str, ending: str) -> None:
        """Keep a received file unchanged under its hash."""
        path = self.programme.folder / "received" / f"{sha256}{ending}"
        if not path.exists():
            replace(path, raw)
            path.chmod(0o444)

    def _write(self) -> None:
        """The round's table first: were this cut off, it would be read again as written by hand, and nothing is lost."""
        if len(self.entries):
            replace(self.table, rendered(self.entries, self.instrument))
            keep(self.programme, self.round, "ENTRIES", self.entries)
        keep(self.programme, self.round, "IMPORT_LOG", self.log)
        keep(self.programme, self.round, "RECEIVED", self.received)

    def take(self, path: Path, yes: Yes = never) -> Taken:
        """Take one file in, whole or not at all."""
        try:
            form = read_returned(path, self.programme, self.round, self.asked, yes)
        except IntakeError as error:
            return Taken(Path(path), "refused", refusal=error)
        before = self.received[self.received["sha256"] == form.sha256]
        if len(before) and before["state"].iloc[0] == "taken":
            return Taken(form.path, "same", form)
        form = self._disagreements(form)
        agency = form.facts.get("agency", "") or next(iter(sorted(set(form.scores["agency"]))), "")
        about = (form.sha256, form.log["file"].iloc[0] if len(form.log) else form.path.name, form.facts.get("filled", ""), agency)
        self._store(form.raw, form.sha256, ENDINGS[form.kind])
        if len(form.errors):
            if before.empty:
                self._receive(*about, "waiting", 0)
                keep(self.programme, self.round, "RECEIVED", self.received)
            return Taken(form.path, "waiting", form)
        rows = _speaking(form, SCORES.check(form.scores), self.entries)
        self.entries, added, changed = _merged(self.entries, rows, {"sha256": form.sha256, "received": self.day})
        self._note(form.log)
        self._receive(*about, "taken", added + changed)
        self._write()
        return Taken(form.path, "taken", form, added, changed)

    def _disagreements(self, form: Returned) -> Returned:
        """Two files taken in one go that say different things of the same cell: neither is the newer one."""
        from dataclasses import replace as changed

        found = []
        for row in form.scores[form.scores["score"].notna()].to_dict("records"):
            key = tuple(row[k] for k in KEY)
            sha256, file, score = self.fresh.setdefault(key, (form.sha256, row["file"], row["score"]))
            if sha256 != form.sha256 and score != row["score"]:
                said = {"file": row["file"], "cell": row["cell"], "problem": "two_files_differ", "severity": "error"}
                found.append(said | {"found": f"{row['score']:g}", "expected": f"{score:g} ({file})", "remedy": "keep_one"})
        return changed(form, issues=pd.concat([form.issues, pd.DataFrame(found)], ignore_index=True)) if found else form


def intake(
    files: Iterable[Path], programme: Programme, round_name: str, day: date, yes: Yes = never
) -> list[Taken]:
    """Take returned forms into a round.

    Parameters
    ----------
    files : iterable of Path
        In any order; each is taken whole or not at all.
    programme, round_name
        The round must stand in the programme's file with its instrument.
    day : date
        On which they are received.
    yes : callable
        Asked for every close match: see `read_returned`.

    Raises
    ------
    IntakeError
        If the round's table is another file than rounds/<round>.csv, or cannot be written.
    ScoresRefused
        If the round's table was changed by hand and has errors.
    """
    desk = Desk(programme, round_name, day)
    return [desk.take(Path(f), yes) for f in files]


@dataclass(frozen=True)
class Returned:
    """TEMPORARY."""
    path: Path
    sha256: str
    raw: bytes
    kind: str
    facts: dict
    scores: pd.DataFrame
    log: pd.DataFrame
    issues: pd.DataFrame
    silent: frozenset
    @property
    def errors(self):
        return self.issues[self.issues["severity"] == "error"]


def read_returned(path, programme, round_name, asked, yes):
    from scevaluation.frames import ISSUES
    from scevaluation.intake.reading import read
    r = read(path, programme, round_name, asked.to_dict("records"), yes)
    return Returned(r.path, r.sha256, r.raw, "csv" if r.kind == "text" else r.kind, r.facts, r.scores(), pd.DataFrame(r.log, columns=list(IMPORT_LOG.columns), dtype=object),
      pd.DataFrame(r.issues, columns=list(ISSUES.columns)), r.silent)
