"""The journal of a round's intake: a sealed file for everything that was done, in order; all other tables follow from it.

A record is put in its place whole or not at all, and never changed: what no longer counts is said by a later one.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from scevaluation import place
from scevaluation.errors import IntakeError
from scevaluation.issues import issue, refusal

VERSION = 1
SMALL, LARGE = 1 << 13, 1 << 22  # bytes: of a record as most are, and at a time of one of a million lines
FOLDER, LOCK = "journal", ".lock"
COMMON = {"version", "number", "kind", "day"}
RECEIVED = {"sha256", "file", "ending", "agency", "filled"}
FIELDS = {
    "taken": RECEIVED | {"rows", "log", "answers", "silent"},
    "waiting": RECEIVED | {"issues"},
    "asked": {"forms"},
    "by_hand": RECEIVED | {"rows", "gone"},
    "corrected": {"row", "old", "reason", "by"},
    "undone": {"of", "reason", "by"},
    "carried": {"entries", "received", "log", "asked"},
}
_NAME = re.compile(r"([0-9]{6})-([a-z_]+)\.json")
_SEAL = '"seal":"'


class Record(NamedTuple):
    """One thing that was done to a round: its place in the order, its kind, and what it says."""

    number: int
    kind: str
    said: dict

    @property
    def name(self) -> str:
        """Name of its file."""
        return f"{self.number:06d}-{self.kind}.json"


def written(record: Record) -> bytes:
    """A record as bytes: sorted keys, its SHA-256 with an empty seal in the seal."""
    said = {**record.said, "version": VERSION, "number": record.number, "kind": record.kind, "seal": ""}
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False) + "\n"
    seal = place.sha256(text)
    return text.replace(_SEAL, _SEAL + seal, 1).encode("utf-8")


def names(home: Path) -> list[str]:
    """Names of a round's records in their order, by its folder."""
    with contextlib.suppress(OSError):
        return sorted([n for n in os.listdir(home / FOLDER) if n.endswith(".json") and n[0] != "."])
    return []


def read(home: Path, files: Sequence[tuple[str, bytes]] | None = None) -> list[Record]:
    """All records of a round, by its folder; refused if one, which is named, is absent, damaged, or of a newer version.

    `files`: what `raw` gave for it before.
    """
    out: list[Record] = []
    for name, bare in raw(home) if files is None else files:
        record = _record(home, name, bare)
        if record.number != len(out) + 1:
            raise damaged(home, name, "journal_gap", f"{record.number:06d}", f"{len(out) + 1:06d}")
        out.append(record)
    return out


def raw(home: Path) -> list[tuple[str, bytes]]:
    """Names and bytes of a round's records in their order, by its folder; one that cannot be read is refused."""
    out, how, where = [], os.O_RDONLY | getattr(os, "O_BINARY", 0), f"{home / FOLDER}{os.sep}"
    for name in names(home):
        try:  # a thousand small files at every command: this is half the time of opening them as Python's files
            handle = os.open(where + name, how)
            try:
                bare = os.read(handle, SMALL)
                if len(bare) == SMALL:
                    bare += b"".join(iter(partial(os.read, handle, LARGE), b""))
            finally:
                os.close(handle)
        except OSError as error:
            raise damaged(home, name) from error
        out.append((name, bare))
    return out


def fed(digest: hashlib._Hash, files: Iterable[tuple[str, bytes]]) -> hashlib._Hash:
    """A hash that was fed with records by their names and bytes; of the same records in the same order it is the same."""
    digest.update(b"".join([b"%b %d\n%b" % (name.encode("utf-8", "surrogateescape"), len(bare), bare) for name, bare in files]))
    return digest


def damaged(home: Path, name: str, problem: str = "journal_damaged", found: str = "", expected: str = "") -> IntakeError:
    """The refusal of a record."""
    return refusal(IntakeError, [issue(f"{home.name}/{FOLDER}/{name}", "", problem, "error", found, expected, "restore_journal")])


def _record(home: Path, name: str, bare: bytes) -> Record:
    said = _NAME.fullmatch(name)
    try:
        text = bare.decode("utf-8")
        whole = json.loads(text)
        seal = whole.pop("seal")
        record = Record(whole["number"], whole["kind"], whole)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise damaged(home, name) from error
    blank = place.sha256(text.replace(f"{_SEAL}{seal}", _SEAL, 1))
    if seal != blank or said is None or (int(said[1]), said[2]) != (record.number, record.kind):
        raise damaged(home, name)
    if whole.get("version") != VERSION:
        raise damaged(home, name, "journal_newer", str(whole.get("version")), str(VERSION))
    if FIELDS.get(record.kind, set()) | COMMON != set(whole):
        raise damaged(home, name)
    return record


def append(home: Path, last: int, kind: str, day: str, **said) -> Record:
    """Write the record after the `last`; the place must be held. One that cannot be written is refused, and not there."""
    record = Record(last + 1, kind, {**said, "day": day})
    put(home / FOLDER / record.name, written(record))
    return record


def put(path: Path, bare: bytes) -> None:
    """`place.put` with an error that can be said in every language."""
    try:
        place.put(path, bare)
    except place.NotWritable as error:
        raise not_writable(path, error) from error


def not_writable(path: Path, error: place.NotWritable) -> IntakeError:
    """The refusal of a place that cannot be written."""
    if isinstance(error, place.Carried):
        return refusal(IntakeError, [issue("/".join(str(error).split("/")[:2]), "", "carried", "error", "", "", "copy_programme")])
    return refusal(IntakeError, [issue(str(path), "", "not_writable", "error", str(error), "", "make_room")])


@contextlib.contextmanager
def held(home: Path, wait: bool = True, tell: Callable[[dict], None] | None = None) -> Iterator[None]:
    """Hold a round, by its folder, for one command at a time.

    `wait` for another that holds it, or refuse; `tell` is given the issue that says who holds it, once, before waiting. Refused also
    if the folder cannot be written.
    """
    with contextlib.ExitStack() as stack:
        try:
            _enter(stack, home, wait, tell)
        except place.NotWritable as error:
            raise not_writable(home / LOCK, error) from error
        yield


def _enter(stack: contextlib.ExitStack, home: Path, wait: bool, tell: Callable[[dict], None] | None) -> None:
    try:
        stack.enter_context(place.held(home / LOCK))
    except place.Held as other:
        by = f"{other.by['pid']}, {other.by['since']}" if other.by else "?"
        found = issue(f"rounds/{home.name}", "", "round_held", "error", by, "", "wait_round")
        if not wait:
            raise refusal(IntakeError, [found]) from other
        if tell:
            tell(found)
        stack.enter_context(place.held(home / LOCK, wait=True))
