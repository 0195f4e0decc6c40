"""Ways to spoil a file: its bytes, its lines, its cells, its keys, the members of its zip."""

from __future__ import annotations

import csv
import io
import re
import warnings
import zipfile
from collections.abc import Callable
from random import Random

import yaml

PIECES = (b"\0", b"\xff", b"\xef\xbb\xbf", b"\xff\xfe", b"\r", b"\n\n", b'"', b"'", b";", b"\t", b",,,,", b"<", b"&x;", b"\xc3", b"\x1a")
VALUES = (
    "", " ", "-", "0", "-1", "1e309", "nan", "NaN", "inf", "-inf", "9" * 400, "1" * 19, "0.1", "1,5", "1.500", "2024-S3", "2024-S2",
    "2024-Q1", "2024", "1999-S1", "ya", "True", "tidak", "null", "=1+1", '"', "{found}", "%s", "\u0661", "\u00a0", "x" * 3000,
    "2024-02-30", "0000-00-00", "9404", "94.04", "1.1", "../x", "index", "health", "self", "assessor:", "assessor:a", "<b>x</b>",
    "\ud7ff", "\u202e", "a\nb", "scored", "verified", "#N/A", "12:30", "1_000", "0x1F", "~", "[]", "{}",
)  # fmt: skip
PLACES = ("A1", "XFD1048576", "XFE1", "ZZZ9", "s", "e", "b", "n", "inlineStr", "99999")
SCALARS = (
    "~", "[]", "{}", "yes", "2024-01-01", "1:30", ".inf", ".nan", "0x1F", "1_000", "!!python/object:os.system x", "!!binary x", "*a",
    "&a [*a]", "? [a]", "|", "- x", "'", '"\\x"', "{a: b, a: c}", "[1, [2, [3]]]", "<<: *x", "@x", "%x", "\tx", "1e999", "-0", "1" * 400,
    "{id: x}", "{id: x, en: y, zz: 1}", "2024-S2", "2099-S2", "contoh", "!!set {a}", "!!float x", "!!timestamp x", "\u2028", "0", "-5",
)  # fmt: skip
ODD = (None, True, 0, -1, 1.5, float("inf"), float("nan"), "", "x", "2024-S2", "2020-S1", [], {}, [None], {"id": "x"}, {1: 2}, 10**30)


def mutated(raw: bytes, kind: str, chance: Random) -> bytes:
    """A file after one to three changes of its kind, or of its bytes."""
    for _ in range(chance.randint(1, 3)):
        ways = KINDS[kind] if chance.random() < 0.8 else BYTES
        raw = chance.choice(ways)(raw, chance)
    return raw


def _cut(raw: bytes, chance: Random) -> tuple[int, int]:
    start = chance.randint(0, len(raw))
    return start, min(len(raw), start + chance.choice((1, 2, 5, 40, 400)))


def delete(raw: bytes, chance: Random) -> bytes:
    start, end = _cut(raw, chance)
    return raw[:start] + raw[end:]


def double(raw: bytes, chance: Random) -> bytes:
    start, end = _cut(raw, chance)
    return raw[:end] + raw[start:end] * chance.choice((1, 2, 50)) + raw[end:]


def insert(raw: bytes, chance: Random) -> bytes:
    at = chance.randint(0, len(raw))
    return raw[:at] + chance.choice(PIECES) + raw[at:]


def flip(raw: bytes, chance: Random) -> bytes:
    if not raw:
        return raw
    at = chance.randrange(len(raw))
    return raw[:at] + bytes([chance.randrange(256)]) + raw[at + 1 :]


def truncate(raw: bytes, chance: Random) -> bytes:
    return raw[: chance.randint(0, len(raw))]


def again(raw: bytes, chance: Random) -> bytes:
    return raw + raw


def recode(raw: bytes, chance: Random) -> bytes:
    text = raw.decode("utf-8", "replace")
    return text.encode(chance.choice(("utf-16", "utf-16-le", "latin-1", "cp1252", "utf-8-sig", "utf-32")), "replace")


BYTES: tuple[Callable, ...] = (delete, double, insert, flip, truncate, again, recode)


def lines(raw: bytes, chance: Random) -> bytes:
    """A line gone, doubled, moved or emptied."""
    rows = raw.split(b"\n")
    at, to = chance.randrange(len(rows)), chance.randrange(len(rows))
    what = chance.choice(("gone", "twice", "moved", "empty", "indented"))
    row = rows[at]
    if what == "empty":
        rows[at] = b""
    elif what == "indented":
        rows[at] = chance.choice((b" ", b"  ", b"\t", b"- ")) + row
    else:
        rows = rows[:at] + rows[at + 1 :] if what != "twice" else rows
        rows = [*rows[:to], row, *rows[to:]] if what != "gone" else rows
    return b"\n".join(rows)


def _table(raw: bytes) -> list[list[str]]:
    text = raw.decode("utf-8", "replace").replace("\0", "")
    try:
        return [row for row in csv.reader(io.StringIO(text, newline="")) if row] or [[""]]
    except csv.Error:
        return [[""]]


def _written(rows: list[list[str]], chance: Random) -> bytes:
    out = io.StringIO()
    mark = chance.choice((",", ",", ",", ";", "\t"))
    csv.writer(out, delimiter=mark, lineterminator=chance.choice(("\n", "\r\n"))).writerows(rows)
    return out.getvalue().encode("utf-8", "replace")


def cells(raw: bytes, chance: Random) -> bytes:
    """One to five cells with another value, one from elsewhere in the table at times."""
    rows = _table(raw)
    for _ in range(chance.randint(1, 5)):
        row, other = chance.choice(rows), chance.choice(rows)
        if row and other:
            row[chance.randrange(len(row))] = chance.choice(VALUES) if chance.random() < 0.7 else chance.choice(other)
    return _written(rows, chance)


def columns(raw: bytes, chance: Random) -> bytes:
    """A column gone, doubled, added or renamed."""
    rows = _table(raw)
    at = chance.randrange(len(rows[0]) or 1)
    what = chance.choice(("gone", "twice", "new", "renamed", "longer"))
    for n, row in enumerate(rows):
        if what == "gone":
            del row[at : at + 1]
        elif what == "twice":
            row.insert(at, row[at] if at < len(row) else "")
        elif what == "new":
            row.insert(at, chance.choice(VALUES))
        elif what == "longer" and n:
            row += chance.choices(VALUES, k=chance.choice((0, 0, 1, 500)))
    if what == "renamed":
        rows[0][at] = chance.choice((*VALUES, rows[0][at][:-1], rows[0][at].upper()))
    return _written(rows, chance)


def scalar(raw: bytes, chance: Random) -> bytes:
    """A value of a YAML line replaced, or its key doubled or misspelt."""
    rows = raw.decode("utf-8", "replace").split("\n")
    at = chance.randrange(len(rows))
    key, mark, _ = rows[at].partition(":")
    said = chance.choice(SCALARS)
    rows[at] = chance.choice((f"{key}: {said}", f"{key}x{mark} {said}", f"{rows[at]}\n{rows[at]}", f"{key}{mark}", f"{rows[at]} {said}"))
    return "\n".join(rows).encode("utf-8", "replace")


def tree(raw: bytes, chance: Random) -> bytes:
    """A node of the document replaced, removed or doubled."""
    try:
        document = yaml.safe_load(raw)
        places = list(_places(document))
        holder, key = chance.choice(places)
        what = chance.choice(("other", "gone", "new", "twice"))
        if what == "gone":
            del holder[key]
        elif what == "new" and isinstance(holder, dict):
            holder[chance.choice(("x", "wieght", "id", 1, None, "events"))] = chance.choice(ODD)
        elif what == "twice" and isinstance(holder, list):
            holder.append(holder[key])
        else:
            holder[key] = chance.choice(ODD)
        return yaml.safe_dump(document, allow_unicode=True, sort_keys=False).encode("utf-8", "replace")
    except (yaml.YAMLError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError):
        return raw  # no document that could be changed: a tag that does not fit its value fails in the library in many ways


def _places(node):
    """Every holder with its keys."""
    keys = list(node) if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ()
    for key in keys:
        yield node, key
        yield from _places(node[key])


def member(raw: bytes, chance: Random) -> bytes:
    """A member of a zip spoilt, gone, renamed or doubled; the zip itself stays whole."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as book:
            members = [(n, book.read(n)) for n in book.namelist()]
        at = chance.randrange(len(members))
    except Exception:  # a zip that was spoilt before fails in many ways, and stays as it is
        return raw
    name, data = members[at]
    what = chance.choice(("xml", "xml", "xml", "xml", "bytes", "gone", "named", "macro"))
    if what == "xml":
        members[at] = (name, xml(data, chance))
    elif what == "bytes":
        members[at] = (name, chance.choice(BYTES)(data, chance))
    elif what == "gone":
        del members[at]
    elif what == "named":
        members[at] = (chance.choice((name.upper(), "/" + name, "../" + name, "x", name.replace("1", "2"))), data)
    else:
        members.append(("xl/vbaProject.bin", b"x"))
    out = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(out, "w", chance.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED))) as book:
        warnings.simplefilter("ignore")  # a name that stands twice
        for name, data in members:
            book.writestr(zipfile.ZipInfo(name), data)
    return out.getvalue()


def xml(data: bytes, chance: Random) -> bytes:
    """An attribute's value, a text or a tag of XML replaced."""
    text = data.decode("utf-8", "replace")
    found = list(re.finditer(r'="([^"]*)"|>([^<]+)<|<(/?[\w:]+)', text))
    if not found:
        return data
    hit = chance.choice(found)
    group = next(n for n in (1, 2, 3) if hit[n] is not None)
    other = chance.choice((*PLACES, *VALUES) if group < 3 else ("c", "v", "row", "x"))
    other = other.replace("<", "&lt;").replace('"', "&quot;")
    return (text[: hit.start(group)] + other + text[hit.end(group) :]).encode("utf-8", "replace")


KINDS: dict[str, tuple[Callable, ...]] = {
    "csv": (lines, cells, cells, columns),
    "yaml": (lines, scalar, scalar, tree, tree),
    "zip": (member,),
    "bytes": BYTES,
    "text": (lines, lambda raw, chance: chance.choice(VALUES).encode("utf-8", "replace")),
}
