"""Form 14: what is known of every item round by round, by the grade of its data."""

from __future__ import annotations

import pandas as pd

from scevaluation.charts.titles import counts, few, newest
from scevaluation.draw.chart import Chart, both
from scevaluation.draw.rows import Item, rows_of
from scevaluation.draw.style import BAND, BASE, DOWN, GRID, INK, INK2, LINE, MUTED, RULE, SMALLEST, TOTAL, text_width, write
from scevaluation.period import Period
from scevaluation.words import Sentence, Words, capital, lower, part_of

SHOWN = ("label", "n", "round", "mark")
COLUMNS = (*SHOWN, "node")
KNOWN = ("measured", "reported", "estimated", "ungraded")
ASKED = (*KNOWN, "missing")
# Marks by shape first, so that they hold in grey and for every eye.
LOOKS: dict[str, dict] = {
    "measured": {"marker": "o", "mfc": LINE, "mec": LINE, "mew": 0.9},
    "reported": {"marker": "o", "mfc": "white", "mec": LINE, "mew": 1.2},
    "estimated": {"marker": "^", "mfc": "white", "mec": LINE, "mew": 1.0},
    "ungraded": {"marker": "s", "mfc": INK2, "mec": INK2, "mew": 0.8},
    "missing": {"marker": "x", "mfc": DOWN, "mec": DOWN, "mew": 1.7},
    "not_applicable": {"marker": "_", "mfc": MUTED, "mec": MUTED, "mew": 1.0},
}


def coverage(
    folded: pd.DataFrame, table: pd.DataFrame, labels: dict[str, str], groups: dict[str, str], round_name: str, words: Words
) -> Chart:
    """Marks of items by rounds, with the count of what is known by row and by round.

    The chart's rows: `COLUMNS`, a row a mark; a designed empty state where no item was scored in any round.

    Parameters
    ----------
    folded : DataFrame
        As `evaluate.items.folded` makes of the newest rounds of `table`: row, node, top, n, round, mark.
    table : COVERAGE
        Every item, for the counts by round and the title.
    labels, groups : dict of node to text
        Names of items, and of the sectors or components above them.
    round_name : str
        The last round.
    """
    title = finding(table, labels, round_name, words)
    if not table["mark"].isin(KNOWN).any():
        return Chart("coverage", words, title, empty=Sentence("chart.coverage.empty"))
    names = {r.row: _name(r, labels, words) for r in folded.drop_duplicates("row").itertuples()}
    view = _View(folded, table, names, groups, words)
    rows = folded[folded["mark"] != ""].assign(label=folded["row"].map(names))
    rows = rows.assign(mark=[words("chart.coverage." + m) for m in rows["mark"]])[list(COLUMNS)]
    shown = {c: "items.column." + c for c in SHOWN}
    return Chart("coverage", words, title, view.note(), view.alt(round_name), rows, **both(view.paint), labels=shown)


def finding(table: pd.DataFrame, labels: dict[str, str], round_name: str, words: Words) -> Sentence:
    """How many items of the round have no score, by name where they are few; else how many are estimates only."""
    now = table[table["round"] == round_name]
    asked = now[~now["mark"].isin(("not_asked", "not_applicable"))]
    missing, guess = asked[asked["mark"] == "missing"], asked[asked["mark"] == "estimated"]
    of, lacks, guessed = counts(words, len(asked), len(missing), len(guess))
    places, whole = {"of": of, "round": words.round(round_name)}, part_of(len(asked), len(asked), words.count)
    if asked.empty or len(missing) == len(asked):
        return Sentence("finding.coverage.none", places)
    if len(missing):
        who = [lower(labels.get(x, x)) for x in missing["node"]]
        if few(who):
            return Sentence("finding.coverage.missing_named", {**places, "n": capital(lacks), "names": words.join(who)})
        return Sentence("finding.coverage.missing", {**places, "n": capital(lacks)})
    if len(guess):
        return Sentence("finding.coverage.estimated", {**places, "n": guessed, "of": whole})
    return Sentence("finding.coverage.whole", {**places, "of": whole})


def _name(row, labels: dict[str, str], w: Words) -> str:
    """An item's name, or how many items share the row."""
    if row.row == "rest":
        return w("chart.coverage.rest", n=w.num(row.n, 0))
    name = labels.get(row.node, row.node)
    return name if row.n == 1 else w("chart.coverage.alike", n=w.num(row.n - 1, 0), first=name)


class _View:
    """Marks on a grid of rows and rounds."""

    def __init__(self, folded: pd.DataFrame, table: pd.DataFrame, names: dict, groups: dict, words: Words):
        self.folded, self.table, self.names, self.groups, self.words = folded, table, names, groups, words
        self.rounds = sorted(folded["round"].unique(), key=Period)
        self.rows = folded.drop_duplicates("row").reset_index(drop=True)
        self.used = [m for m in LOOKS if (folded["mark"] == m).any()]
        single = len(self.rows) == len(self.rows["top"].unique())
        self.headings = not single or bool((self.rows["n"] > 1).any())

    def note(self) -> str:
        w = self.words
        parts = [w("chart.coverage.note")]
        parts += [w("chart.coverage.note_blank")] if (self.folded["mark"] == "not_asked").any() else []
        parts += [w("chart.coverage.note_alike")] if (self.rows["n"] > 1).any() else []
        return " ".join(parts + newest(len(self.rounds), self.table["round"].nunique(), w))

    def alt(self, round_name: str) -> str:
        w = self.words
        now = self.table.loc[self.table["round"] == round_name, "mark"].value_counts()
        parts = ", ".join(f"{w('chart.coverage.' + m)} {w.num(int(now[m]), 0)}" for m in ASKED if now.get(m, 0))
        places = {"n": w.num(self.table["node"].nunique(), 0), "rounds": w.num(self.table["round"].nunique(), 0)}
        return w("chart.coverage.alt", round=w.round(round_name), parts=parts or "\u2013", **places)

    def _items(self) -> list[Item]:
        out, before = [], None
        for r in self.rows.itertuples():
            heading = self.groups.get(r.top, "") if self.headings and r.top != before else ""
            before = r.top
            out.append(Item(self.names[r.row], heading=heading))
        return out

    def _counts(self, rows: pd.DataFrame, by: str) -> dict[str, str]:
        """Of each round or row how many of the items asked are known."""
        marks = rows["mark"]
        of = pd.DataFrame({"known": marks.isin(KNOWN), "asked": marks.isin(ASKED)}).groupby(rows[by]).sum()
        return {key: f"{known}/{asked}" if asked else "\u2013" for key, known, asked in of.itertuples()}

    def paint(self, layout: str):
        """The figure of a layout: rounds from left to right, items below each other."""
        wide, n, key = layout == "wide", len(self.rounds), self._key(layout)
        step = 0.19 if wide else 0.22
        foot = 0.32 + (1 + max((line for *_, line in key), default=-1)) * step
        head, band = (0.36, 0.18) if wide else (0.4, 0.22)
        # A few rounds stand beside each other at the left, not spread over the whole width.
        room: dict = {"right": 0.5, "head": head, "foot": foot, "band": band, "most": max(0.62 * n, 2.4)}
        page = rows_of(layout, self._items(), close=True, **room)
        ax, cell = page.ax, page.width / n
        ax.set_xlim(-0.5, n - 0.5)
        self._heads(page, cell)
        x, y = dict(zip(self.rounds, range(n), strict=True)), dict(zip(self.rows["row"], page.y, strict=True))
        for mark in self.used:
            at, size = self.folded[self.folded["mark"] == mark], min(5.2 if wide else 6.0, cell * 72 * 0.62)
            places = [x[r] for r in at["round"]], [y[r] for r in at["row"]]
            ax.plot(*places, ls="", ms=size, zorder=3, clip_on=False, gid=mark, **LOOKS[mark])
        place: dict = {"transform": ax.get_yaxis_transform()}
        edge, known = 1 + 0.5 / page.width, self._counts(self.folded, "row")
        for row, middle in y.items():
            if row != "rest":
                write(ax, edge, middle, known[row], page.small, INK2, "right", "center", gid="count", **place)
        self._foot(page, cell, edge)
        for mark, text, left, line in key:
            at, down = (left + 0.09 - page.left) / page.width, ax.get_ylim()[0] + 0.42 + line * step
            ax.plot([at], [down], ls="", ms=5.2, clip_on=False, gid="key", **place, **LOOKS[mark])
            write(ax, at + 0.09 / page.width, down, text, page.small, INK, "left", "center", gid="key-word", **place)
        return page.fig

    def _heads(self, page, cell: float) -> None:
        """Years with their half-years above, a light band on every other year."""
        ax, w, small = page.ax, self.words, page.small
        years: dict[int, list[int]] = {}
        for i, name in enumerate(self.rounds):
            years.setdefault(Period(name).year, []).append(i)
            kind, short = Period(name).kind, w.round(name)
            part = short.split("-")[-1] if kind == "S" else short.split()[1] if kind == "Q" else ""
            write(ax, i, -0.05, part, small, INK2, "center", "bottom", gid="part")
        for k, (year, at) in enumerate(years.items()):
            if k % 2 == 0:
                ax.axvspan(at[0] - 0.5, at[-1] + 0.5, color=BAND, lw=0, zorder=0)
            room, look = len(at) * cell, {"weight": "semibold", "gid": "year"}
            text = str(year) if room >= text_width("2000", small) + 0.04 else f"\u2019{year % 100:02d}"
            if room >= text_width(text, small):
                write(ax, sum(at) / len(at), -0.2 * small / 7, text, small, INK, "center", "bottom", **look)
        ax.hlines(page.y, -0.5, len(self.rounds) - 0.5, color=GRID, lw=0.6, zorder=0.5)

    def _foot(self, page, cell: float, edge: float) -> None:
        """How many items are known in each round."""
        ax, top, known = page.ax, page.ax.get_ylim()[0] + 0.06, self._counts(self.table, "round")
        place, look = {"transform": ax.get_yaxis_transform()}, {"color": INK2, "va": "top", "size": page.small}
        left = -(page.left / page.width) if page.wide else 0.0
        ax.plot([left, edge], [top - 0.02] * 2, color=RULE, lw=0.9, clip_on=False, **place)
        texts = [known.get(r, "\u2013") for r in self.rounds]
        narrow = max(text_width(t, page.small) for t in texts) + 0.03 > cell
        word, end = ("chart.coverage.known", -0.11 / page.width) if page.wide else ("chart.coverage.known_short", edge)
        write(ax, end, top + 0.02, self.words(word), ha="right", **look, **place)
        for i, text in enumerate(texts):
            write(ax, i, top + 0.02, text.split("/")[0] if narrow else text, ha="center", gid="known", **look)

    def _key(self, layout: str) -> list[tuple[str, str, float, int]]:
        """Every mark that was drawn with its meaning, and left (inches) and line of it below the rows."""
        total, out, x, line = TOTAL[layout] - 0.1, [], 0.0, 0
        for mark in self.used:
            text = self.words("chart.coverage." + mark)
            need = 0.16 + text_width(text, max(BASE[layout] - 1.0, SMALLEST)) + 0.2
            if x and x + need - 0.2 > total:
                x, line = 0.0, line + 1
            out.append((mark, text, x, line))
            x += need
        return out
