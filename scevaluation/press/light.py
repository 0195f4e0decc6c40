"""What a page leaves out of the tables behind it: what no number in its prose needs, and the middle of long ones."""

from __future__ import annotations

import re
from collections import defaultdict
from html import escape

from scevaluation.words import Words

# Rows above which a table is shown in part, which are those of 25 indicators in 15 rounds, and rows shown of its beginning and its end.
LONG, ENDS = 380, 10
_TABLE = re.compile(r'<table data-table="([^"]+)">.*?</table>', re.DOTALL)
_ROW = re.compile(r'<tr(?: data-key="([^"]*)")?>.*?</tr>', re.DOTALL)
_NAMES = re.compile(r' data-column="([^"]*)"(?: data-value="[^"]*")?')
_EVIDENCE = re.compile(r'<a href="#register-[^"]*">([^<]+)</a>')


def light(html: str, words: Words) -> str:
    """A page without the machine-readable names and values of cells that no number in the prose points at.

    A table of more than `LONG` rows keeps those that prose or a claim's evidence points at and `ENDS` at each end; a line stands in the
    place of others, and says how many they are and where they stand.
    """
    asked = _by_row(re.findall(r'data-ref="([^"]+)"', html))
    kept = _by_row(_EVIDENCE.findall(html)) if html.count("<tr") > LONG else {}

    def cells(row: re.Match, name: str) -> str:
        own = asked.get((name, row[1] or ""), ())
        return _NAMES.sub(lambda m: m[0] if m[1] in own else "", row[0])

    def table(match: re.Match) -> str:
        name, rows = match[1], list(_ROW.finditer(match[0]))
        if len(rows) - 1 <= LONG:  # the head is one
            return _ROW.sub(lambda m: cells(m, name), match[0])
        out, left, width = [cells(rows[0], name)], 0, rows[0][0].count("<th")
        for number, row in enumerate(rows[1:], 1):
            key = (name, row[1] or "")
            if min(number, len(rows) - number) <= ENDS or key in asked or key in kept:
                out += [_rest(left, width, words)] * (left > 0) + [cells(row, name)]
                left = 0
            else:
                left += 1
        head = f"<thead>{out[0]}</thead><tbody>"
        return f"{match[0][: rows[0].start()].removesuffix('<thead>')}{head}{''.join(out[1:])}</tbody></table>"

    return _TABLE.sub(table, html)


def _by_row(addresses: list[str]) -> dict[tuple[str, str], set[str]]:
    """Columns by table and key of the row, of cells' addresses."""
    out: dict[tuple[str, str], set[str]] = defaultdict(set)
    for one in addresses:
        table, _, rest = one.partition("|")
        key, _, column = rest.rpartition("|")
        out[table, key].add(column)
    return out


def _rest(number: int, width: int, w: Words) -> str:
    """The line in the place of rows that are left out."""
    return f'<tr><td colspan="{width}">{escape(w("page.rows_left", n=w.num(number, 0)))}</td></tr>'
