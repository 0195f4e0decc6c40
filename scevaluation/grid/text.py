"""Bytes to text, and text to the rows of a table; imports nothing but the standard library."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator

from scevaluation.grid.limits import BYTES, TEXT_CELL, TEXT_COLUMNS, TEXT_LINES, Refused

SEPARATORS = (",", ";", "\t")
_SAMPLE = 2**16  # characters from which the separator is told
_QUOTED = re.compile(r'"[^"]*"')
_SAID = re.compile(r"\ufeff?sep=(.)(\r\n|\r|\n)", re.IGNORECASE)  # a line that spreadsheets write for one another
csv.field_size_limit(TEXT_CELL)


def decode(raw: bytes) -> str:
    """Bytes as text: UTF-8 with or without its mark, or UTF-16 with one.

    Refused if they are no such text, with the first byte that is none; or hold what no text holds; or are too many.
    """
    if len(raw) > BYTES:
        raise Refused("text_too_large", f"{len(raw) // 2**20} MB")
    wide = raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = raw.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise Refused("text_not_utf8", str(error.start + 1), "save_utf8", "" if wide else f"line {line}") from error
    if "\0" in text:
        raise Refused("text_no_table", "", "save_utf8", f"line {text.count(chr(10), 0, text.index(chr(0))) + 1}")
    return text


def unended(text: str) -> bool:
    """Whether the last line of a text has no end."""
    return bool(text) and text[-1] not in "\r\n"


def separator(text: str) -> str:
    """What parts the cells of a table: comma, semicolon or tab.

    That which stands equally often in most of the first lines, outside quotes; of several such, the one with most in a line. So a
    semicolon is told beside decimal commas, and below a title with a comma in it.
    """
    said = _SAID.match(text)
    if said:
        return said[1]
    lines = [line for line in _QUOTED.sub("", text[:_SAMPLE]).splitlines() if line.strip()][:200]
    return max(SEPARATORS, key=lambda mark: _steadiness([line.count(mark) for line in lines]))


def _steadiness(counts: list[int]) -> tuple[int, int, int]:
    """In how many lines a mark stands equally often, how often in these, and how often in the first line."""
    most = Counter(c for c in counts if c).most_common(1)
    return (most[0][1], most[0][0], counts[0]) if most else (0, 0, 0)


def lines(text: str, mark: str = "") -> Iterator[tuple[int, list[str]]]:
    """Rows of a table in text, each with the line it begins in, counted from 1; empty lines are left out.

    `mark` parts the cells; default: as `separator` tells. Refused, with the line, at a quotation mark that is not closed or is
    followed by more text, or where lines, columns or a cell are too many or too large.
    """
    said = _SAID.match(text)
    source = io.StringIO(text, newline="")
    source.seek(said.end() if said else 0)
    skipped = 1 if said else 0
    begins = 1 + skipped
    rows = csv.reader(source, delimiter=mark or separator(text), strict=True)
    try:
        for row in rows:
            if row:
                if len(row) > TEXT_COLUMNS:
                    raise Refused("text_many_columns", str(len(row)), "fewer_columns", f"line {begins}")
                yield begins, row
            begins = rows.line_num + 1 + skipped
            if begins > TEXT_LINES:
                raise Refused("text_many_lines", str(TEXT_LINES), "fewer_lines")
    except csv.Error as error:
        raise Refused("text_quotes", "", "close_quotes", f"line {begins}") from error
