"""Take returned forms into a round: files kept unchanged by hash, a record of each in the journal, all else made from that."""

from __future__ import annotations

import contextlib
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pandas as pd

from scevaluation import place
from scevaluation.errors import IntakeError
from scevaluation.frames import SCORES
from scevaluation.frames.intake import ASKED
from scevaluation.intake import derive, journal
from scevaluation.intake.check import accepted
from scevaluation.intake.form import Yes, never
from scevaluation.intake.log import DESK, folder, hashes, opened, recall, settle
from scevaluation.intake.reading import Reading, read
from scevaluation.intake.round_files import no_forms, round_files, unnamed
from scevaluation.issues import clean_text, issue, refusal
from scevaluation.period import Period
from scevaluation.programme import Programme

ENDINGS = {"xlsx": ".xlsx", "xlsb": ".xlsb", "xls": ".xls", "ods": ".ods", "html": ".html", "text": ".csv"}
KEYS = list(derive.KEY)


@dataclass(frozen=True)
class Taken:
    """What became of one file: taken, waiting (its errors or proposals stand in `form.issues`), same (was taken before).

    `added` and `changed` count entries, `by_hand` those of a file taken before that stay as they were corrected by hand;
    `refusal` is the error of a file that is no table, or cannot be kept.
    """

    path: Path
    state: str
    form: Reading | None = None
    added: int = 0
    changed: int = 0
    refusal: IntakeError | None = None
    by_hand: int = 0


def newest(entries: pd.DataFrame) -> pd.DataFrame:
    """The last entry of every indicator, agency and source; what was taken out by hand is left out."""
    last = entries.drop_duplicates(KEYS, keep="last")
    return last[last["status"] != derive.WITHDRAWN].reset_index(drop=True)


def first_reported(entries: pd.DataFrame) -> pd.DataFrame:
    """The table as first reported: of every key its first score, else its last entry."""
    scored = entries[entries["status"].isin(derive.COUNTED) & entries["score"].notna()].drop_duplicates(KEYS)
    rest = entries.drop_duplicates(KEYS, keep="last")
    rest = rest[~pd.MultiIndex.from_frame(rest[KEYS]).isin(pd.MultiIndex.from_frame(scored[KEYS])) & (rest["status"] != derive.WITHDRAWN)]
    return pd.concat([t for t in (scored, rest) if len(t)] or [entries.iloc[:0]]).sort_values("number", ignore_index=True)


def restated(entries: pd.DataFrame) -> pd.DataFrame:
    """What was restated: the first score of a key and what stands now, where they differ.

    Returns
    -------
    DataFrame
        indicator, agency, source, first, first_file, now (missing if withdrawn), now_file, now_cell, received. A score
        where none was before is late, not restated.
    """
    scored = entries[entries["status"].isin(derive.COUNTED) & entries["score"].notna()].drop_duplicates(KEYS)
    both = scored.merge(entries.drop_duplicates(KEYS, keep="last"), on=KEYS, suffixes=("_old", ""))
    now = both["score"].where(both["status"].isin(derive.COUNTED))
    out = both.assign(first=both["score_old"], first_file=both["file_old"], now=now, now_file=both["file"], now_cell=both["cell"])
    differs = out["now"].isna() | ((out["now"] - out["first"]).abs() > 1e-9)
    return out.loc[differs, [*KEYS, "first", "first_file", "now", "now_file", "now_cell", "received"]].reset_index(drop=True)


def as_scores(entries: pd.DataFrame, programme: Programme, round_name: str) -> pd.DataFrame:
    """Entries as SCORES."""
    return SCORES.check(entries.assign(region=programme.region, round=round_name)[list(SCORES.columns)])


def own_table(programme: Programme, round_name: str) -> Path:
    """Where the table of a round stands that forms can be taken into.

    Refused if the programme does not name it as a scored round, or its scores stand in another file.
    """
    if missing := unnamed(programme, round_name, "error"):
        raise refusal(IntakeError, [missing])
    there, table = round_files(programme).get(round_name), programme.folder / "rounds" / f"{round_name}.csv"
    if programme.official:
        raise no_forms(programme)
    if there is not None and there != table:
        raise refusal(IntakeError, [issue(there.name, "", "table_elsewhere", "error", round_name, table.name, "save_table")])
    return table


class Desk:
    """A round being filled, and the day on which files are taken in; its place must be held: see `at_desk`.

    What was cut off before is put right, and what was written into the round's table by hand becomes a record of its own. `whole`:
    all of the journal is read, whatever is remembered of it.
    """

    def __init__(self, programme: Programme, round_name: str, day: date, whole: bool = False):
        self.programme, self.round, self.day = programme, str(Period(round_name)), day.isoformat()
        self.table = own_table(programme, self.round)
        self.instrument = programme.instrument(self.round)
        self.home, self.kept = folder(programme, self.round), programme.folder / "received"
        for where in (self.table.parent, self.home, self.home / journal.FOLDER, self.kept):
            place.swept(where)
        raw = self.table.read_bytes() if self.table.exists() else None
        self.state = opened(self.home, self.day, None if whole else derive.hashed(raw))
        self.asked = pd.DataFrame(self.state.asked, columns=list(ASKED.columns), dtype=object)
        self.fresh: dict[derive.Key, tuple[str, str, float]] = {}
        self.together: set[str] = set()
        self.there = self._there(raw)
        self.healed = self.settle()

    @property
    def standing(self) -> pd.DataFrame:
        """The entries that count."""
        rows = pd.DataFrame(list(self.state.standing().values()), columns=list(DESK["ENTRIES"].columns))
        return rows.astype({"number": int, "score": float})

    def _there(self, raw: bytes | None) -> dict:
        """Of which records the round's table on disk is; what was written into it by hand is recorded first."""
        if raw is None:
            return {"records": 0, "sha256": ""}
        sha256, known = derive.hashed(raw), hashes(self.home)
        mine = [known[k] for k in ("table", "before") if known and known[k]["sha256"] == sha256]
        records = mine[0]["records"] if mine else self._prefix(sha256)
        if records is None:
            self._record_by_hand(raw, sha256, known.get("before", {"records": 0})["records"])
            records = self.state.count
        return {"records": records, "sha256": sha256}

    def _prefix(self, sha256: str) -> int | None:
        """The number of records after which the round's table was this one, or was found as this one; None if never."""
        state, found, entries = derive.State(), None, 0
        for record in derive.steps(self.state.records, self.home, state):
            if len(state.entries) > entries:
                entries = len(state.entries)
                found = record.number if derive.hashed(derive.rendered(state, self.instrument)) == sha256 else found
            if record.kind == "by_hand" and record.said["sha256"] == sha256:
                found = record.number
        return found

    def _record_by_hand(self, raw: bytes, sha256: str, since: int) -> None:
        """What someone wrote is what differs from the table as it was handed to them: of all it can have been, the nearest."""
        left = enumerate(accepted(self.table, self.programme, self.round).rows, 2)
        rows = {derive.key_of(row): row | {"file": self.table.name, "cell": f"line {n}"} for n, row in left}
        changed, gone = min(self._changes(rows, since), key=lambda pair: len(pair[0]) + len(pair[1]), default=(list(rows.values()), []))
        self._keep(raw, sha256, ".csv")
        about = {"sha256": sha256, "file": self.table.name, "ending": ".csv", "agency": "", "filled": ""}
        self.add("by_hand", **about, rows=derive.packed(changed), gone=[list(k) for k in gone])

    def _changes(self, rows: dict[derive.Key, dict], since: int) -> list[tuple[list[dict], list[derive.Key]]]:
        """Rows that differ and keys that are gone, against the table after each record from `since` on, the last first."""
        state, out = derive.State(), []
        for record in derive.steps(self.state.records, self.home, state):
            if record.number >= since:
                then = state.standing()
                changed = [r for k, r in rows.items() if k not in then or not derive.same(then[k], r)]
                out.append((changed, [k for k in then if k not in rows]))
        return out[::-1]

    def _keep(self, raw: bytes, sha256: str, ending: str) -> None:
        """Keep a received file unchanged under its hash."""
        path = self.kept / f"{sha256}{ending}"
        if not path.is_file() or derive.hashed(path.read_bytes()) != sha256:
            journal.put(path, raw)
        if stat.S_IMODE(path.stat().st_mode) & 0o222:
            with contextlib.suppress(OSError):  # a shared folder may know no rights
                path.chmod(0o444)

    def add(self, kind: str, **said) -> tuple[int, int]:
        """Write a record and apply it; how many entries it added and changed."""
        record = journal.append(self.home, self.state.count, kind, self.day, **said)
        return derive.apply(self.state, record)

    def settle(self) -> list[str]:
        """Put what follows from the journal in its places; names of the files that were other."""
        own = (self.table, derive.rendered(self.state, self.instrument)) if self.state.now else None
        other = settle(self.home, self.state, own, self.there)
        if own is not None:
            self.there = {"records": self.state.count, "sha256": derive.hashed(own[1])}
        return other

    def take(self, path: Path, yes: Yes = never, sheet: str = "") -> Taken:
        """Take one file in, whole or not at all."""
        try:
            return self._take(read(Path(path), self.programme, self.round, self.asked.to_dict("records"), yes, sheet))
        except IntakeError as error:
            return Taken(Path(path), "refused", refusal=error)

    def _take(self, form: Reading) -> Taken:
        recall(self.state, form.sha256)
        path, known = form.path, self.state.received.get(form.sha256, {"state": ""})["state"]
        rows, by_hand = form.rows, 0
        if known == "taken":
            rows, by_hand = self._again(form)
            if not rows:
                return Taken(path, "same", form, by_hand=by_hand)
        form = self._disagreements(form, rows, known in ("waiting", "undone"))
        agency = form.facts.get("agency", "") or next(iter(sorted({r["agency"] for r in form.rows})), "")
        about = {"sha256": form.sha256, "file": clean_text(path.name, 120), "ending": ENDINGS[form.kind]}
        about |= {"agency": agency, "filled": form.facts.get("filled", "")}
        self._keep(form.raw, form.sha256, ENDINGS[form.kind])
        if form.errors:
            if known not in ("taken", "waiting"):
                self.add("waiting", **about, issues=form.issues)
            return Taken(path, "waiting", form)
        log = [] if known in ("taken", "undone") else [{k: v for k, v in row.items() if k != "sha256"} for row in form.log]
        silent = sorted(list(p) for p in form.silent)
        answers = [[*asked, said] for asked, said in form.answers.items()]
        added, changed = self.add("taken", **about, rows=derive.packed(rows), log=log, answers=answers, silent=silent)
        return Taken(path, "taken", form, added, changed, by_hand=by_hand)

    def _again(self, form: Reading) -> tuple[list[dict], int]:
        """What a file that was taken before says other than what now counts, and how much of that stays by hand.

        What was corrected by hand since was a decision on this very file. Of two files taken in one go the order is known.
        """
        rows = derive.differing(self.state, derive.speaking(self.state, form.rows, form.silent))
        entries = {derive.key_of(r): self.state.now.get(derive.key_of(r)) for r in rows}
        by_hand = {k for k, e in entries.items() if e is not None and self.state.by[e["number"]] in derive.BY_HAND}
        later = {k for k, e in entries.items() if e is not None and e["sha256"] in self.together - {form.sha256}}
        return [r for r in rows if derive.key_of(r) not in by_hand | later], len(by_hand)

    def _disagreements(self, form: Reading, rows: list[dict], earlier: bool) -> Reading:
        """Two files taken in one go that say different things of the same cell: neither is the newer one.

        So it is when one of them was taken before, if the other had come before too (`earlier`) and was not taken, or no longer counts:
        that both are named once more decides nothing.
        """
        found = []
        for row in (r for r in rows if r["score"] is not None and r["score"] == r["score"]):
            key, first = derive.key_of(row), (form.sha256, row["file"], row["score"])
            stands = self.state.now.get(key) if earlier else None
            if stands and stands["sha256"] in self.together and stands["score"] == stands["score"]:
                first = stands["sha256"], stands["file"], stands["score"]
            sha256, file, score = self.fresh.setdefault(key, first)
            if sha256 != form.sha256 and score != row["score"]:
                said = f"{score:g} ({file})"
                found.append(issue(row["file"], row["cell"], "two_files_differ", "error", f"{row['score']:g}", said, "take_one"))
        return replace(form, issues=form.issues + found) if found else form


@contextlib.contextmanager
def at_desk(programme: Programme, round_name: str, day: date, whole: bool = False, **turn) -> Iterator[Desk]:
    """The desk of a round, held for one command at a time; what follows from its journal is put in its places at the end.

    `whole`: see `Desk`. `turn`: `wait` and `tell` of `journal.held`.
    """
    own_table(programme, name := str(Period(round_name)))
    with journal.held(folder(programme, name), **turn):
        desk = Desk(programme, round_name, day, whole)
        try:
            yield desk
        finally:
            desk.settle()


def intake(
    files: Iterable[Path], programme: Programme, round_name: str, day: date, yes: Yes = never, sheet: str = "", **turn
) -> list[Taken]:
    """Take returned forms into a round.

    Parameters
    ----------
    files : iterable of Path
        In any order; each is taken whole or not at all.
    day : date
        On which they are received.
    yes, sheet
        See `reading.read`.
    **turn
        `wait` and `tell` of `journal.held`.

    Raises
    ------
    IntakeError
        If the round's table is another file than rounds/<round>.csv, another command works on the round, a record of the
        journal is damaged, or what follows from it cannot be written.
    ScoresRefused
        If the round's table was changed by hand and has errors.
    """
    paths = [Path(f) for f in files]
    with at_desk(programme, round_name, day, **turn) as desk:
        desk.together = {derive.hashed(p.read_bytes()) for p in paths if p.is_file()}
        return [desk.take(path, yes, sheet) for path in paths]
