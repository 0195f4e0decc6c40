"""Printed figures worked out again from the scores as they were read, and why one differs."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from statistics import fmean
from typing import TYPE_CHECKING, NamedTuple

from scevaluation.frames import ROOT
from scevaluation.frames.past import PAST_PRINTED
from scevaluation.past.found import Found, because

if TYPE_CHECKING:
    import pandas as pd

Row = dict
_LETTERS, _DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789"
ROWS = ("agreed", "mean", "sum", "weighted100", "weighted", "share", "percent")
NODES = ("mean", "leaves", "weighted", "total100", "total", "sum", "percent", "all")
_AFTER = {"weighted100": "total100", "weighted": "total", "share": "weighted", "sum": "sum"}  # of a column of rows, its total


class Score(NamedTuple):
    """A score as it was read, how it is kept, and its cell."""

    value: float
    kept: str
    cell: str


class _Round:
    """The scores of a round in its questionnaire's tree; `text` False leaves out what is kept as text, `part` takes a percent as its
    fraction: what a spreadsheet's formulas make of them."""

    def __init__(self, scores: Iterable[Row], nodes: Iterable[Row], high: float):
        self.scores: dict[str, dict[str, list[Score]]] = defaultdict(lambda: defaultdict(list))
        for s in scores:
            if s["score"] == s["score"]:
                self.scores[s["code"]][s["source"]].append(Score(s["score"], s["kept"], s["cell"]))
        self.weight = {n["code"]: n["weight"] for n in nodes}
        self.parent = {n["code"]: n["parent"] for n in nodes}
        self.high = high
        self.below: dict[str, list[str]] = defaultdict(list)
        for code, above in self.parent.items():
            self.below[above].append(code)

    def leaves(self, code: str) -> list[str]:
        """The lowest nodes with scores at or below a node."""
        found = [x for c in self.below.get(code, ()) for x in self.leaves(c)]
        return found or ([code] if code in self.scores else [])

    def used(self, code: str, source: str) -> list[Score]:
        """The scores that a figure of a node is made of."""
        return [s for leaf in self.leaves(code) for s in self._of(leaf, source)]

    def _of(self, leaf: str, source: str) -> list[Score]:
        given = self.scores.get(leaf, {})
        if source:
            return given.get(source, [])
        assessed = [s for name, found in given.items() if name.startswith("assessor") for s in found]
        return given.get("final") or given.get("verified") or assessed or [s for found in given.values() for s in found]

    def figure(self, way: str, code: str, source: str, text: bool = True, part: bool = False) -> float | None:
        """A printed figure in one way of making it; None if there is nothing to make it of."""
        if "*" in way:
            base, _, times = way.partition("*")
            found = self.figure(base, code, source, text, part)
            return None if found is None else found * float(times)

        def value(leaf: str, every: bool = False) -> float | None:
            found = [s for v in self.scores.get(leaf, {}).values() for s in v] if every else self._of(leaf, source)
            kept = [s.value / 100 if part and s.kept == "percent" else s.value for s in found if text or s.kept != "text"]
            return (sum(kept) if way in ("all", "sum") and every else fmean(kept)) if kept else None

        leaves = self.leaves(code)
        if leaves == [code]:
            return self._row(way, code, value)
        if way in ("mean", "weighted"):
            return self._up(code, way == "weighted", value)
        values = [(leaf, v) for leaf in leaves if (v := value(leaf, way == "all")) is not None]
        if not values:
            return None
        if way in ("total", "total100"):
            return sum(self.weight.get(leaf, 1.0) * v for leaf, v in values) / (100 if way == "total100" else 1)
        if way in ("sum", "all"):
            return sum(v for _, v in values)
        mean = fmean(v for _, v in values)
        return mean / self.high * 100 if way == "percent" else mean

    def _row(self, way: str, code: str, value: Callable[..., float | None]) -> float | None:
        agreed = value(code, way in ("mean", "sum", "all"))
        if agreed is None:
            return None
        weight = self.weight.get(code, 1.0)
        if way in ("weighted", "total"):
            return agreed * weight
        if way in ("weighted100", "total100"):
            return agreed * weight / 100
        if way == "share":
            whole = sum(self.weight.get(x, 1.0) for x in self.leaves(ROOT))
            return agreed * weight / whole if whole else None
        return agreed / self.high * 100 if way == "percent" else agreed

    def _up(self, code: str, weighted: bool, value: Callable[..., float | None]) -> float | None:
        below = [c for c in self.below.get(code, ()) if self.leaves(c)]
        if not below:
            return value(code)
        found = [(self.weight.get(c, 1.0) if weighted else 1.0, v) for c in below if (v := self._up(c, weighted, value)) is not None]
        total = sum(w for w, _ in found)
        return sum(w * v for w, v in found) / total if total else None


def prove(found: Found) -> pd.DataFrame:
    """PAST_PRINTED: every printed figure, and every score that is not taken, beside the same figure of the scores as read.

    Of several ways in which the figures of a column may be made, the one by which most agree is taken for all of them. Figures
    differ beyond half a unit of their last decimal. One that differs is no error of the reading by itself: `why` says which cells
    its formula leaves out, or that it is older than they are.
    """
    rounds = {r["block"]: r for r in found.rounds.to_dict("records")}
    nodes = found.indicators.to_dict("records")
    taken = defaultdict(list)
    for s in found.taken().to_dict("records"):
        taken[s["round"]].append(s)
    first = {r["instrument"]: r["high"] for r in reversed(found.rounds[found.rounds["use"]].to_dict("records"))}
    made, own = {}, {}
    for name, scores in taken.items():
        mine = [n for n in nodes if n["instrument"] == scores[0]["instrument"]]
        high = first.get(scores[0]["instrument"]) or 1.0
        made[name] = _Round(scores, mine, high)
        for block in {s["block"] for s in scores}:
            own[block] = _Round([s for s in scores if s["block"] == block], mine, high)

    def of(row: Row) -> _Round | None:
        """The scores of the table that a figure stands in, if it has any of its node; else those of its round."""
        mine = own.get(row["block"])
        return mine if mine and mine.leaves(row["code"]) else made.get(rounds[row["block"]]["round"])

    rows = [*_printed(found, rounds), *_others(found, made)]
    groups, times = defaultdict(list), Counter[tuple]()
    beside: dict[tuple, set[str]] = defaultdict(set)
    for row in rows:
        beside[row["file"], row["sheet"], row["cell"].lstrip(_LETTERS)].add(row["code"])
    for row in rows:
        down = len(beside[row["file"], row["sheet"], row["cell"].lstrip(_LETTERS)]) < 3  # else a row has a figure of each node
        column = row["cell"].rstrip(_DIGITS) if down and row["what"] != "score" and not row["across"] else ""
        once = row["block"], row["code"], row["what"], row["source"], column
        times[once] += 1  # a mean and what it is converted to may stand below each other
        groups[row["file"], row["what"], row["source"], column, times[once]].append(row)
    ways: dict[tuple, str] = {}
    for key in sorted(groups, key=lambda k: ("score", "row", "sector", "index", "total").index(k[1])):
        group = [(r, of(r)) for r in groups[key]]
        ways[key] = _way(key, [(r, m) for r, m in group if m], ways)
        for row, round_ in group:
            _judge(row, round_, ways[key])
    return PAST_PRINTED.of([{c: r[c] for c in PAST_PRINTED.columns} for r in rows])


def _printed(found: Found, rounds: dict[str, Row]) -> list[Row]:
    used = {b for b, r in rounds.items() if r["use"] and r["held"]}
    scores = set(found.scores[["file", "sheet", "cell"]].itertuples(index=False, name=None))
    rows = [dict(r) | {"across": False} for r in found.printed.to_dict("records") if (r["file"], r["sheet"], r["cell"]) not in scores]
    sheets = Counter((r["file"], r["sheet"]) for r in rounds.values())
    spread = {sheet for sheet, n in sheets.items() if n > 1}
    for r in rows:
        r["across"] = (r["file"], r["sheet"]) in spread and r["block"] in used
    return rows


def _others(found: Found, made: dict[str, _Round]) -> list[Row]:
    """Scores of rounds that are not taken, as figures that prove others."""
    out = []
    for s in found.taken(used=False).to_dict("records"):
        if s["score"] != s["score"] or s["round"] not in made:
            continue
        own = made[s["round"]].scores.get(s["code"], {})
        what = {"sector": "sector", "index": "index"}.get(s["level"], "score" if s["source"] in own else "row")
        bare = s["text"].rstrip("%").replace(",", ".")
        out.append({
            "block": s["block"], "code": s["code"], "source": s["source"] if what == "score" else "", "what": what, "how": "",
            "file": s["file"], "sheet": s["sheet"], "cell": s["cell"], "printed": s["score"], "text": s["text"],
            "digits": min(len(bare.partition(".")[2]), 6), "now": float("nan"), "cells": "", "across": True,
        })  # fmt: skip
    return out


def _near(row: Row, value: float | None) -> bool:
    return value is not None and abs(row["printed"] - value) <= 0.5 * 10.0 ** -row["digits"] + 1e-9 * max(1.0, abs(value))


def _way(key: tuple, group: list[tuple[Row, _Round]], before: dict[tuple, str]) -> str:
    """The way of making a column's figures by which most agree, and else are explained."""
    what, column = key[1], key[3]
    known = NODES if what in ("sector", "index", "total") else ("agreed",) if what == "score" else ROWS
    told = [(r, m) for r, m in group if r["printed"] == r["printed"]]
    above = next((_AFTER.get(before[k], "mean") for k in before if (k[0], k[1], k[3]) == (key[0], "row", column) and column), "")
    if not told:
        return above or known[0]

    def agree(way: str) -> tuple[int, int, bool]:
        same = sum(_near(r, m.figure(way, r["code"], r["source"])) for r, m in told)
        others = [any(_near(r, m.figure(way, r["code"], r["source"], t, p)) for t, p in ((False, False), (True, True))) for r, m in told]
        return same, sum(others), way == above

    best = max(known, key=lambda way: (agree(way), -known.index(way)))
    if what != "score" and 2 * agree(best)[0] < len(told) and (times := _times(told)):
        return f"mean*{times}"
    return best if agree(best)[0] or agree(best)[1] else above or known[0]


def _times(told: list[tuple[Row, _Round]]) -> str:
    """The one number by which all means are multiplied, as for a conversion; '' there is none."""
    means = [(r, m) for r, v in told if (m := v.figure("mean", r["code"], r["source"]))]
    if len(means) < 3 or len({m for _, m in means}) < 3:
        return ""
    for digits in (0, 1, 2, 3, 4):
        times = f"{sum(r['printed'] for r, _ in means) / sum(m for _, m in means):.{digits}f}"
        if all(_near(r, m * float(times)) for r, m in means):
            return times
    return ""


def _judge(row: Row, of: _Round | None, way: str) -> None:
    """What a printed figure is of the scores as read, whether it agrees, and why not."""
    row["how"], row["found"], row["agrees"], row["why"] = way, float("nan"), False, ""
    if way in ("total", "total100", "sum", "all") and row["what"] == "index":
        row["what"] = "total"
    value = of.figure(way, row["code"], row["source"]) if of else None
    if of is None or value is None:
        row["why"] = because("past.why.no_scores")
        return
    row["found"] = value
    if row["printed"] == row["printed"] and _near(row, value):
        row["agrees"] = True
        return
    used = of.used(row["code"], row["source"])
    texts, parts = [s.cell for s in used if s.kept == "text"], [s.cell for s in used if s.kept == "percent"]
    for cells, text, part, why in (
        (texts, False, False, "text"), (parts, True, True, "percent"), (texts and parts and [*texts, *parts], False, True, "text_percent"),
    ):  # fmt: skip
        if cells and row["printed"] == row["printed"] and _near(row, of.figure(way, row["code"], row["source"], text, part)):
            row["why"] = because(f"past.why.formula_{why}", cells=" ".join(cells))
            return
    read = set(row["cells"].split())
    if row["printed"] != row["printed"]:
        names = {"cells": " ".join(texts)} | ({"percent": " ".join(parts)} if parts else {})
        key = "past.why.error" if not texts else "past.why.error_percent" if parts else "past.why.error_text"
        row["why"] = because(key, **names) if texts else because(key)
    elif row["now"] == row["now"] and not _near(row, row["now"]):
        row["why"] = because("past.why.older", now=f"{row['now']:.{row['digits']}f}")
    elif read and (left := [s.cell for s in used if s.cell not in read]):
        row["why"] = because("past.why.left_out", cells=" ".join(left))
    elif row["now"] == row["now"]:
        row["why"] = because("past.why.other_formula")
