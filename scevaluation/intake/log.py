"""What intake keeps beside a round: the import log, received files, every entry ever taken, who was asked.

All of it follows from the round's journal. A small file of hashes tells whether the tables on disk are those of the journal as it
stands; where they are not, as after a killed run, what is asked for is made from the journal itself. It also remembers what stands of
each score, so that a command on a round where every record and every table is byte for byte what was written last reads no more than
that; without it, or if anything is other, all is made from the records.
"""

from __future__ import annotations

import csv
import io
import json
from hashlib import sha256
from pathlib import Path

import pandas as pd

from scevaluation import __version__
from scevaluation.errors import IntakeError
from scevaluation.frames.intake import ASKED, ENTRIES, IMPORT_LOG, RECEIVED
from scevaluation.intake import journal
from scevaluation.intake.derive import State, derived, hashed, key_of, table
from scevaluation.issues import issue, refusal
from scevaluation.programme import Programme

DESK = {t.name: t for t in (IMPORT_LOG, RECEIVED, ENTRIES, ASKED)}
FILES = {"IMPORT_LOG": "log.csv", "RECEIVED": "received.csv", "ENTRIES": "entries.csv", "ASKED": "asked.csv"}
GROWING = ("ENTRIES", "IMPORT_LOG", "RECEIVED")  # a record adds rows to these and changes none, but of a file that came before
HASHES = ".state.json"


def folder(programme: Programme, round_name: str) -> Path:
    """Where journal and tables of a round are kept: rounds/<round>/ beside rounds/<round>.csv."""
    return programme.folder / "rounds" / round_name


def kept(programme: Programme, round_name: str, name: str) -> pd.DataFrame:
    """A table that intake keeps of a round (IMPORT_LOG, RECEIVED, ENTRIES, ASKED); without rows if there is none.

    Raises
    ------
    ContractError
        If its file was changed so that it breaks its contract, and there is no journal to make it from.
    IntakeError
        If a record of the journal is damaged.
    """
    raw = None if programme.official else _current(folder(programme, round_name), name)
    if raw is None:
        return DESK[name].empty()
    return DESK[name].check(_frame(raw, name))


def _frame(raw: bytes, name: str) -> pd.DataFrame:
    kinds = {c: d.dtype for c, d in DESK[name].columns.items() if d.dtype != "str"}
    rows = pd.read_csv(io.BytesIO(raw), dtype=str, keep_default_na=False)
    for column in kinds.keys() & set(rows):
        rows[column] = pd.to_numeric(rows[column].replace("", None), errors="coerce").astype(kinds[column])
    return rows


def _current(home: Path, name: str) -> bytes | None:
    """A table's bytes as the journal has them: those on disk if they are, else made anew."""
    records, known, raw = journal.names(home), hashes(home), _raw(home / FILES[name])
    if not records or (known.get("records") == len(records) and known.get("files", {}).get(FILES[name]) == hashed(raw)):
        return raw
    return texts(home, derived(journal.read(home), home))[FILES[name]]


def _raw(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def texts(home: Path, state: State) -> dict[str, bytes | None]:
    """The tables of a state as CSV by the names of their files; None where there is no row and never was one.

    A round with entries has a log, if only an empty one.
    """
    rows = {"IMPORT_LOG": state.log, "RECEIVED": state.received.values(), "ENTRIES": state.entries, "ASKED": state.asked}
    there = {n for n, f in FILES.items() if rows[n] or (home / f).exists() or (n == "IMPORT_LOG" and state.now)}
    return {f: table(DESK[n].columns, rows[n], state.above.get(f, b"")) if n in there else None for n, f in FILES.items()}


def hashes(home: Path) -> dict:
    """What was last written beside a round; empty if that is not known.

    records: of how many the tables are; files: their hashes by name; table and before: the round's own table as it was put in its
    place and as it was before that, each as records and sha256; journal, stand and version: see `_remembered`; seal: of all that.
    """
    try:
        known = json.loads((home / HASHES).read_text("utf-8"))
        whole = {"records", "files", "table", "before"} <= set(known) and isinstance(known["files"], dict)
        return known if whole and all(set(known[k]) == {"records", "sha256"} for k in ("table", "before")) else {}
    except (OSError, ValueError, TypeError):
        return {}


def settle(home: Path, state: State, own: tuple[Path, bytes] | None, before: dict) -> list[str]:
    """Put in their places what follows from a round's journal; names of the files that were other. The place must be held.

    `own` is the round's own table, which None leaves; `before` records and sha256 of the one that is there now. The hashes are
    written first: what is then cut off is known as ours. If one cannot be written, that is refused; all records are then still
    there, and the next run goes on.
    """
    known = hashes(home)
    nothing_new = known and state.earlier and not state.records
    places = {} if nothing_new else {home / name: raw for name, raw in texts(home, state).items()}
    files = known["files"] if nothing_new else {path.name: hashed(raw) for path, raw in places.items()}
    now = before if own is None else {"records": state.count, "sha256": hashed(own[1])}
    if own is not None:
        places = {own[0]: own[1], **places}
    other = {path: raw for path, raw in places.items() if raw is not None and raw != _raw(path)}
    said = {"records": state.count, "files": files, "table": now, **_to_remember(state)}
    if not other and known == _sealed(said | {"before": known.get("before")}):
        return []
    try:
        journal.put(home / HASHES, json.dumps(_sealed(said | {"before": before}), sort_keys=True).encode("utf-8"))
        for path, raw in other.items():
            journal.put(path, raw)
    except IntakeError as error:
        why, path = error.issues[0]["found"], error.issues[0]["file"]
        raise refusal(IntakeError, [issue(f"rounds/{home.name}", "", "tables_behind", "error", why, path, "rebuild")]) from error
    return [path.name for path in other]


def _sealed(said: dict) -> dict:
    return said | {"seal": hashed(json.dumps(said, sort_keys=True).encode("utf-8"))}


def _to_remember(state: State) -> dict:
    """What is written of a state for `_remembered`."""
    fresh = state.records[state.fed - state.earlier :]
    journal.fed(state.digest, ((record.name, journal.written(record)) for record in fresh))
    state.fed = state.count
    rows = [[*(e[c] for c in ENTRIES.columns), state.by[e["number"]]] for e in state.now.values()]
    return {"journal": state.digest.hexdigest(), "version": __version__, "stand": {"last": state.last, "asked": state.asked, "rows": rows}}


def _remembered(home: Path, files: list[tuple[str, bytes]], own: str) -> State | None:
    """A round's state without reading its journal's records one by one; None unless all of it is what was written last.

    That is so if the records' bytes in their order (`files`), the tables and the round's own table (`own`, its hash) have the hashes
    that were written, by this version of the package, and the seal on what was written holds.
    """
    known, tables = hashes(home), {name: _raw(home / name) for name in FILES.values()}
    whole = known == _sealed({k: v for k, v in known.items() if k != "seal"}) and known.get("version") == __version__
    if not whole or (known["records"], known["table"]["sha256"]) != (len(files), own):
        return None
    digest = journal.fed(sha256(), files)
    if known["journal"] != digest.hexdigest() or known["files"] != {name: hashed(raw) for name, raw in tables.items()}:
        return None
    above = {FILES[n]: raw for n in GROWING if (raw := tables[FILES[n]]) is not None}
    stand = known["stand"]
    state = State(asked=stand["asked"], last=stand["last"], digest=digest, fed=len(files), earlier=len(files), above=above)
    for *values, kind in stand["rows"]:
        entry = dict(zip(ENTRIES.columns, values, strict=True))
        state.now[key_of(entry)], state.by[entry["number"]] = entry, kind
    state.pairs = {key[:2] for key in state.now}
    return state


def recall(state: State, sha256: str) -> None:
    """Make a remembered state know the received files, if one of this hash may be among them."""
    if sha256.encode() in (raw := state.above.get(FILES["RECEIVED"], b"")):
        rows = csv.DictReader(io.StringIO(raw.decode("utf-8"), newline=""))
        state.received = {row["sha256"]: row | {"entries": int(row["entries"])} for row in rows} | state.received
        del state.above[FILES["RECEIVED"]]


def opened(home: Path, day: str, own: str | None = None) -> State:
    """What a round's journal comes to; tables of a time before there were journals are carried over into it, once.

    With `own`, the hash of the round's own table ('' if there is none), what is remembered of the round is used where it holds.
    """
    files = journal.raw(home)
    state = None if own is None else _remembered(home, files, own)
    if state is not None:
        return state
    records = journal.read(home, files)
    tables = {} if records else {n: _rows(home, n) for n in DESK}
    if any(tables.values()):
        said = {Path(FILES[name]).stem: rows for name, rows in tables.items()}
        records = [journal.append(home, 0, "carried", day, **said)]
    state = derived(records, home)
    state.digest, state.fed = journal.fed(state.digest, files), len(files)
    return state


def _rows(home: Path, name: str) -> list[dict]:
    """Rows of a table on disk, checked against its contract."""
    raw = _raw(home / FILES[name])
    if raw is None:
        return []
    rows = DESK[name].check(_frame(raw, name)).to_dict("records")
    return [{k: None if v != v else v for k, v in row.items()} for row in rows]
