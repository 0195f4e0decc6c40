"""What a round's journal comes to: its entries, received files, log, who was asked, and the round's table. Nothing here writes."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Iterable, Iterator, Set
from dataclasses import dataclass, field
from math import inf, isnan
from pathlib import Path
from typing import NamedTuple

from scevaluation.instrument import Instrument
from scevaluation.intake.form import COLUMNS, ORIGIN
from scevaluation.intake.journal import Record, damaged
from scevaluation.place import sha256

KEY = ("indicator", "agency", "source")
SAID = ("score", "status", "evidence", "quality")
ROW = (*KEY, *SAID, *ORIGIN)
COUNTED = ("scored", "inferred")
WITHDRAWN = "withdrawn"
BY_HAND = ("by_hand", "corrected")
UNDOABLE = ("taken", *BY_HAND, "undone", "carried")

Key = tuple[str, str, str]
Token = tuple[int, str]  # number of a record; in one that was carried over, the hash of the file within it


class Saying(NamedTuple):
    """What a record says of a key; a silent row was left empty and says nothing where anything else is said."""

    token: Token
    sha256: str
    row: dict
    silent: bool = False


@dataclass
class State:
    """A round as its journal says so far.

    `entries`, `log` and `asked` are rows of their tables, `received` those of theirs by hash, `now` the last entry of every
    key, `by` the kind of record of an entry by its number, `pairs` the indicators and agencies of which anything is known, `dead` what
    no longer counts. `said` and `keys`, all that was ever said of a key and by which record, are filled when an undoing asks.
    `last` is the number of the last entry, `digest` the hash of the records' files as far as the first `fed` of them.

    A state that is remembered (see `log`) holds records, entries, log and received files since then alone: `earlier` records were
    before them, and `above` has the tables of that time as bytes, by the names of their files. Nothing can be undone in it.
    """

    entries: list[dict] = field(default_factory=list)
    received: dict[str, dict] = field(default_factory=dict)
    log: list[dict] = field(default_factory=list)
    asked: list[dict] = field(default_factory=list)
    now: dict[Key, dict] = field(default_factory=dict)
    by: dict[int, str] = field(default_factory=dict)
    said: dict[Key, list[Saying]] = field(default_factory=dict)
    pairs: set[tuple[str, str]] = field(default_factory=set)
    dead: set[Token] = field(default_factory=set)
    keys: dict[Token, list[Key]] = field(default_factory=dict)
    heard: int = 0
    records: list[Record] = field(default_factory=list)
    last: int = 0
    digest: hashlib._Hash = field(default_factory=hashlib.sha256)
    fed: int = 0
    earlier: int = 0
    above: dict[str, bytes] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many records there are."""
        return self.earlier + len(self.records)

    def standing(self) -> dict[Key, dict]:
        """The rows that count."""
        return {k: e for k, e in self.now.items() if e["status"] != WITHDRAWN}


def key_of(row: dict) -> Key:
    """What a row scores."""
    return row["indicator"], row["agency"], row["source"]


def number(value: float | None) -> str:
    """A score as the round's table writes it; '' is missing."""
    return "" if value is None or isnan(value) else f"{value:.12g}"


def same(a: dict, b: dict) -> bool:
    """Whether two rows say the same of their key, as far as the round's table can tell them apart."""
    equal = a["score"] == b["score"] or number(a["score"]) == number(b["score"])
    return equal and a["status"] == b["status"] and a["evidence"] == b["evidence"] and a["quality"] == b["quality"]


def derived(records: Iterable[Record], home: Path) -> State:
    """The state after some records of a round, by its folder; refused if one, which is named, says what no record can say."""
    state = State()
    for _ in steps(records, home, state):
        pass
    return state


def steps(records: Iterable[Record], home: Path, state: State) -> Iterator[Record]:
    """Apply one record after the other to a state; each is given when that is done."""
    for record in records:
        try:
            apply(state, record)
        except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
            raise damaged(home, record.name) from error
        yield record


def apply(state: State, record: Record) -> tuple[int, int]:
    """Apply a record; how many entries it added and how many it changed."""
    state.records.append(record)
    before = len(state.entries)
    _RULES[record.kind](state, record)
    fresh = state.entries[before:]
    for entry in fresh:
        state.by[entry["number"]] = record.kind
    changed = sum(entry.pop("again") for entry in fresh)
    return len(fresh) - changed, changed


def rows_of(table: list[list]) -> list[dict]:
    """Rows of scores as a record holds them."""
    return [dict(zip(ROW, row, strict=True)) for row in table]


def packed(rows: Iterable[dict]) -> list[list]:
    """Rows of scores as a record holds them: a list of values each, in the order of ROW."""
    return [[None if isinstance(v := row[c], float) and isnan(v) else v for c in ROW] for row in rows]


def speaking(state: State, rows: list[dict], silent: Set[tuple[str, str]]) -> list[dict]:
    """Rows of a form that say something: an empty row counts only where nothing is known of the indicator."""
    return [r for r in rows if (r["indicator"], r["agency"]) not in silent or (r["indicator"], r["agency"]) not in state.pairs]


def differing(state: State, rows: list[dict]) -> list[dict]:
    """Those rows that are new or say other than what stands."""
    return [r for r in rows if (old := state.now.get(key_of(r))) is None or not same(old, r)]


def _taken(state: State, record: Record) -> None:
    said, silent, before = record.said, {(i, a) for i, a in record.said["silent"]}, len(state.entries)
    for row in differing(state, speaking(state, rows_of(said["rows"]), silent)):
        _enter(state, row, said["sha256"], said["day"])
    state.log += [{"sha256": said["sha256"], **change} for change in said["log"]]
    _receive(state, said, "taken", len(state.entries) - before)


def _by_hand(state: State, record: Record) -> None:
    said, before, first = record.said, len(state.entries), not state.now
    for saying in sayings(record):
        for fresh in differing(state, [saying.row]):
            _enter(state, fresh, said["sha256"], said["day"])
    if not first:
        state.log += [_change(e, e["source"], e["indicator"], number(e["score"]), "by_hand") for e in state.entries[before:]]
    _receive(state, said, "taken", len(state.entries) - before)


def _corrected(state: State, record: Record) -> None:
    said = record.said
    row = sayings(record)[0].row
    _enter(state, row, "", said["day"])
    old, why = number(said["old"][0]) or said["old"][1], f"{said['reason']} ({said['by']})"
    new, what = number(row["score"]) or row["status"], ", ".join(p for p in key_of(row) if p)
    state.log.append(_change(state.entries[-1], row["source"], f"{what}: {old}", f"{new}; {why}", "corrected"))


def _undone(state: State, record: Record) -> None:
    said, touched = record.said, list[Token]()
    _hear(state)
    for n, sha in said["of"]:
        _switch(state, (n, sha), False, touched)
    for key in dict.fromkeys(k for token in touched for k in state.keys.get(token, ())):
        _fall_back(state, key, record)
    for token in touched:
        _retell(state, token)
    why = said["reason"] + (f" ({said['by']})" if said["by"] else "")
    for n, sha in said["of"]:
        of = state.records[n - 1]
        about = state.received.get(sha or of.said.get("sha256", ""), {"sha256": "", "file": of.name})
        state.log.append(_change(about | {"cell": ""}, "", of.name, why, "undone"))


def _switch(state: State, token: Token, alive: bool, touched: list[Token]) -> None:
    """Let a record count or no longer count; where it is itself an undoing, what it undid counts again."""
    (state.dead.discard if alive else state.dead.add)(token)
    touched.append(token)
    record = state.records[token[0] - 1]
    if record.kind == "undone":
        for n, sha in record.said["of"]:
            _switch(state, (n, sha), not alive, touched)


def _fall_back(state: State, key: Key, record: Record) -> None:
    """Enter what stands of a key without what no longer counts, if that is other than what stood."""
    left = [s for s in state.said[key] if s.token not in state.dead]
    loud = [s for s in left if not s.silent]
    last, day = (loud or left)[-1] if left else None, record.said["day"]
    if last is not None and not same(state.now[key], last.row):
        _enter(state, last.row, last.sha256, day)
    elif last is None and state.now[key]["status"] != WITHDRAWN:
        _enter(state, _withdrawn(state.now[key], record.name), "", day)


def _retell(state: State, token: Token) -> None:
    """Whether a received file counts, after what was undone."""
    sha = token[1] or state.records[token[0] - 1].said.get("sha256", "")
    if sha in state.received:
        state.received[sha]["state"] = "taken" if any(t not in state.dead for t in tokens_of(state, sha)) else "undone"


def tokens_of(state: State, sha: str) -> list[Token]:
    """The records by which a file was taken."""
    out: list[Token] = []
    for record in state.records:
        if record.kind in ("taken", "by_hand") and record.said["sha256"] == sha:
            out.append((record.number, ""))
        elif record.kind == "carried" and any(e["sha256"] == sha for e in record.said["entries"]):
            out.append((record.number, sha))
    return out


def _carried(state: State, record: Record) -> None:
    for entry in record.said["entries"]:
        state.entries.append({**entry, "again": key_of(entry) in state.now})
        state.now[key_of(entry)], state.last = state.entries[-1], entry["number"]
        state.pairs.add((entry["indicator"], entry["agency"]))
    state.received |= {row["sha256"]: dict(row) for row in record.said["received"]}
    state.log += record.said["log"]
    state.asked = record.said["asked"]


def _asked(state: State, record: Record) -> None:
    state.asked = [{"agency": a, "indicator": i, "deadline": d} for a, i, d in record.said["forms"]]


_RULES: dict[str, Callable[[State, Record], None]] = {"taken": _taken, "asked": _asked, "by_hand": _by_hand, "corrected": _corrected}
_RULES |= {"undone": _undone, "carried": _carried, "waiting": lambda state, record: _receive(state, record.said, "waiting", 0)}


def sayings(record: Record) -> list[Saying]:
    """All that a record says of keys."""
    said, token = record.said, (record.number, "")
    if record.kind == "taken":
        silent = {(i, a) for i, a in said["silent"]}
        return [Saying(token, said["sha256"], r, (r["indicator"], r["agency"]) in silent) for r in rows_of(said["rows"])]
    if record.kind == "by_hand":
        gone = [_withdrawn(dict(zip(KEY, key, strict=True)), said["file"]) for key in said["gone"]]
        return [Saying(token, said["sha256"], row) for row in rows_of(said["rows"]) + gone]
    if record.kind == "corrected":
        return [Saying(token, "", dict(zip(ROW, said["row"], strict=True)) | {"file": record.name, "cell": ""})]
    if record.kind == "carried":
        return [Saying((record.number, e["sha256"]), e["sha256"], {c: e[c] for c in ROW}) for e in said["entries"]]
    return []


def _hear(state: State) -> None:
    """Fill in what was said since this was last asked."""
    for record in state.records[state.heard :]:
        for saying in sayings(record):
            state.said.setdefault(key_of(saying.row), []).append(saying)
            state.keys.setdefault(saying.token, []).append(key_of(saying.row))
    state.heard = len(state.records)


def _withdrawn(row: dict, file: str) -> dict:
    none = {"score": None, "status": WITHDRAWN, "evidence": "", "quality": "", "file": file, "cell": ""}
    return {c: row[c] for c in KEY} | none


def _enter(state: State, row: dict, sha256: str, day: str) -> None:
    key, state.last = key_of(row), state.last + 1
    entry = {c: row[c] for c in ROW} | {"number": state.last, "sha256": sha256, "received": day, "again": key in state.now}
    state.entries.append(entry)
    state.now[key] = entry
    state.pairs.add(key[:2])


def _receive(state: State, said: dict, kind: str, entries: int) -> None:
    before = state.received.pop(said["sha256"], {"entries": 0})
    row = {"sha256": said["sha256"], "file": said["file"], "received": said["day"], "filled": said["filled"]}
    row |= {"agency": said["agency"], "state": kind, "entries": before["entries"] + entries}
    state.received[said["sha256"]] = row


def _change(about: dict, what: str, found: str, taken: str, why: str) -> dict:
    where = {"sha256": about["sha256"], "file": about["file"], "cell": about["cell"]}
    return where | {"field": what, "found": found[:200], "taken": taken[:200], "why": why}


def rendered(state: State, instrument: Instrument) -> bytes:
    """The round's table as CSV, in the instrument's order, every row with the file and cell it was taken from."""
    order = {path: n for n, path in enumerate(instrument.nodes)}
    rows = sorted(state.standing().values(), key=lambda r: (order.get(r["indicator"], inf), r["agency"], r["source"]))
    return table((*COLUMNS, *ORIGIN), ({**r, "score": number(r["score"])} for r in rows))


def table(columns: Iterable[str], rows: Iterable[dict], above: bytes = b"") -> bytes:
    """Rows as CSV, with a head or below the bytes of those `above`; missing is empty."""
    out, columns = io.StringIO(), list(columns)
    writer = csv.writer(out, lineterminator="\n")
    if not above:
        writer.writerow(columns)
    writer.writerows([row[c] for c in columns] for row in rows)
    return above + out.getvalue().encode("utf-8")


def hashed(raw: bytes | None) -> str:
    """SHA-256 of a file's bytes; '' if there is none."""
    return "" if raw is None else sha256(raw)
