"""Weights that are written beside scores: in a heading, in a line of text, or in a small table of sectors."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from scevaluation.intake.matching import normal
from scevaluation.past.blocks import Block
from scevaluation.past.layout import View
from scevaluation.past.lines import HEADED, cleaned
from scevaluation.past.terms import term

Said = dict[str, set[float]]
_LINE = re.compile(r"\W*(?:bobot|weights?)[^:]{0,40}:\s*(.+)", re.IGNORECASE | re.DOTALL)
_ONE = re.compile(r"\s*(?:dan |and )?([^\W\d][^;:=]*?)\s*[:=(]?\s*(\d+(?:[.,]\d+)?)\s*%?\)?\s*(?:[;,.]\s|[;,.]?$)", re.IGNORECASE)


def said_in(view: View) -> Said:
    """Names with the weights that a sheet says of them, plain as `normal` has them; two of one name where it contradicts itself."""
    out: Said = defaultdict(set)

    def say(name: str, weight: str | float) -> None:
        out[normal(cleaned(name)[1])].add(float(str(weight).replace(",", ".")))

    for row in view.rows:
        for column in view.own(row):
            text = view.text(row, column)
            if found := HEADED.search(text):
                say(text, found[1] or found[2])
            elif found := _LINE.fullmatch(text):
                for name, weight in _ONE.findall(found[1]):
                    say(name, weight)
            elif term(text) == "weight":
                _column(view, row, column, say)
    return out


def _column(view: View, head: int, column: int, say) -> None:
    """Weights below a header, of what the nearest text at the left names, as far as they go without a gap."""
    for row in range(head + 1, max(view.rows) + 1):
        found = view.figure(row, column)
        name = next((t for c in reversed(view.own(row)) if c < column and view.figure(row, c) is None and (t := view.text(row, c))), "")
        if found is None or found.value is None or found.value < 0 or not name:
            return
        say(name, found.value)


def weighed(blocks: Iterable[Block], said: dict[tuple[str, str], Said]) -> None:
    """Give sectors the weights that their sheet says, or another sheet of their file; nothing that is said in two ways."""
    for block in blocks:
        mine = said.get((block.file, block.sheet), {})
        others: Said = defaultdict(set)
        for (file, _), names in said.items():
            for name, weights in names.items() if file == block.file else ():
                others[name] |= weights
        for path in dict.fromkeys(p[:n] for p in block.order for n in range(1, len(p))):
            name = normal(path[-1])
            weights = mine.get(name) or others.get(name, set())
            if len(weights) == 1:
                block.weights.setdefault(path, next(iter(weights)))
