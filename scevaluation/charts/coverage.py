"""Form 14: what is known of every item round by round, by the grade of its data."""

from __future__ import annotations

import pandas as pd

from scevaluation.charts import findings_items
from scevaluation.draw.chart import Chart, both
from scevaluation.draw.rows import Item, rows_of
from scevaluation.draw.style import (
    BAND,
    BASE,
    DOWN,
    GRID,
    INK,
    INK2,
    LINE,
    MUTED,
    PHONE,
    RULE,
    SMALLEST,
    WIDE,
    text_width,
    write,
)
from scevaluation.period import Period
from scevaluation.words import Sentence, Words

COLUMNS = ("label", "n", "round", "mark", "node")
SHOWN = ("label", "n", "round", "mark")
KNOWN = ("measured", "reported", "estimated", "ungraded")
ASKED = (*KNOWN, "missing")
# Marks by shape first, so that they hold in grey and for every eye.
LOOKS = {
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

    Parameters
    ----------
    folded : DataFrame
        As `evaluate.items.folded` makes of `table`: row, node, top, n, round, mark.
    table : COVERAGE
        Every item, for the counts by round and the title.
    labels, groups : dict of node to text
        Names of items, and of the sectors or components above them.
    round_name : str
        The last round.
    words : Words

    Returns
    -------
    Chart
        Rows: `COLUMNS`, a row a mark; a designed empty state where no item was scored in any round.
    """
    title = findings_items.coverage(table, labels, round_name, words)
    if not table["mark"].isin(KNOWN).any():
        return Chart("coverage", words, title, empty=Sentence("chart.coverage.empty"))
    names = {r.row: _name(r, labels, words) for r in folded.drop_duplicates("row").itertuples()}
    view = _View(folded, table, names, groups, words)
    rows = folded[folded["mark"] != ""].assign(label=folded["row"].map(names))
    shown = rows.assign(mark=[words("chart.coverage." + m) for m in rows["mark"]])[list(COLUMNS)]
    return Chart(
        "coverage",
        words,
        title,
        view.note(),
        view.alt(round_name),
        shown,
        **both(view.paint),
        labels={c: "items.column." + c for c in SHOWN},
    )


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
        return " ".join(parts)

    def alt(self, round_name: str) -> str:
        w = self.words
        now = self.table.loc[self.table["round"] == round_name, "mark"].value_counts()
        parts = ", ".join(f"{w('chart.coverage.' + m)} {w.num(int(now[m]), 0)}" for m in ASKED if now.get(m, 0))
        places = {"n": w.num(self.table["node"].nunique(), 0), "rounds": w.num(len(self.rounds), 0)}
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
        wide, n = layout == "wide", len(self.rounds)
        foot = 0.32 + self._key_lines(layout) * (0.19 if wide else 0.22)
        head, band = (0.36, 0.18) if wide else (0.4, 0.22)
        # A few rounds stand beside each other at the left, not spread over the whole width.
        room = {"right": 0.5, "head": head, "foot": foot, "band": band, "most": max(0.62 * n, 2.4)}
        page = rows_of(layout, self._items(), close=True, **room)
        ax = page.ax
        ax.set_xlim(-0.5, n - 0.5)
        self._columns(page)
        self._marks(page)
        place, edge = ax.get_yaxis_transform(), 1 + 0.5 / page.width
        known = self._counts(self.folded, "row")
        for y, row in zip(page.y, self.rows["row"], strict=True):
            if row != "rest":
                write(ax, edge, y, known[row], page.small, INK2, "right", "center", transform=place, gid="count")
        self._foot(page, edge)
        self._key(page, layout)
        return page.fig

    def _columns(self, page) -> None:
        """Years with their half-years above, a light band on every other year."""
        ax, w = page.ax, self.words
        years: dict[int, list[int]] = {}
        for i, name in enumerate(self.rounds):
            years.setdefault(Period(name).year, []).append(i)
            part = w.round(name).split("-")[-1] if Period(name).kind == "S" else w.round(name).split()[1]
            write(ax, i, -0.05, part, page.small, INK2, "center", "bottom", gid="part")
        cell = page.width / len(self.rounds)
        room = text_width("2000", page.small) + 0.04
        for k, (year, at) in enumerate(years.items()):
            if k % 2 == 0:
                ax.axvspan(at[0] - 0.5, at[-1] + 0.5, color=BAND, lw=0, zorder=0)
            text = str(year) if len(at) * cell >= room else f"\u2019{year % 100:02d}"
            if len(at) * cell >= text_width(text, page.small):
                write(
                    ax,
                    sum(at) / len(at),
                    -0.2 * page.small / 7,
                    text,
                    page.small,
                    INK,
                    "center",
                    "bottom",
                    weight="semibold",
                    gid="year",
                )
        ax.hlines(page.y, -0.5, len(self.rounds) - 0.5, color=GRID, lw=0.6, zorder=0.5)

    def _marks(self, page) -> None:
        x = {r: i for i, r in enumerate(self.rounds)}
        y = dict(zip(self.rows["row"], page.y, strict=True))
        size = 5.2 if page.wide else 6.0
        cell = page.width / (page.ax.get_xlim()[1] - page.ax.get_xlim()[0]) * 72
        size = min(size, cell * 0.62)
        for mark in self.used:
            at = self.folded[self.folded["mark"] == mark]
            places = [x[r] for r in at["round"]], [y[r] for r in at["row"]]
            page.ax.plot(*places, ls="", ms=size, zorder=3, clip_on=False, gid=mark, **LOOKS[mark])

    def _foot(self, page, edge: float) -> None:
        """How many items are known in each round."""
        ax = page.ax
        top = ax.get_ylim()[0] + 0.06
        place = ax.get_yaxis_transform()
        left = -(page.left / page.width) if page.wide else 0.0
        ax.plot([left, edge], [top - 0.02] * 2, transform=place, color=RULE, lw=0.9, clip_on=False)
        word = self.words("chart.coverage.known")
        x, align = (-0.11 / page.width, "right") if page.wide else (0.0, "left")
        known = self._counts(self.table, "round")
        texts = [known.get(r, "\u2013") for r in self.rounds]
        cell = page.width / (ax.get_xlim()[1] - ax.get_xlim()[0])
        narrow = max(text_width(t, page.small) for t in texts) + 0.03 > cell
        shown = [t.split("/")[0] for t in texts] if narrow else texts
        if page.wide:
            write(ax, x, top + 0.02, word, page.small, INK2, align, "top", transform=place)
        else:
            write(
                ax,
                edge,
                top + 0.02,
                self.words("chart.coverage.known_short"),
                page.small,
                INK2,
                "right",
                "top",
                transform=place,
            )
        for i, text in enumerate(shown):
            write(ax, i, top + 0.02, text, page.small, INK2, "center", "top", gid="known")

    def _texts(self) -> list[tuple[str, str]]:
        return [(m, self.words("chart.coverage." + m)) for m in self.used]

    def _flow(self, layout: str) -> list[tuple[str, str, float, int]]:
        """mark, text, left (inches) and line of the key below the rows."""
        small = max(BASE[layout] - 1.0, SMALLEST)
        total = (WIDE if layout == "wide" else PHONE) - 0.1
        out, x, line = [], 0.0, 0
        for mark, text in self._texts():
            need = 0.16 + text_width(text, small) + 0.2
            if x and x + need - 0.2 > total:
                x, line = 0.0, line + 1
            out.append((mark, text, x, line))
            x += need
        return out

    def _key_lines(self, layout: str) -> int:
        return self._flow(layout)[-1][3] + 1 if self.used else 0

    def _key(self, page, layout: str) -> None:
        """Every mark that was drawn, with its meaning."""
        ax, place = page.ax, page.ax.get_yaxis_transform()
        step = 0.19 if page.wide else 0.22
        for mark, text, x, line in self._flow(layout):
            y = ax.get_ylim()[0] + 0.42 + line * step
            at = (x + 0.09 - page.left) / page.width
            ax.plot([at], [y], ls="", ms=5.2, transform=place, clip_on=False, gid="key", **LOOKS[mark])
            write(ax, at + 0.09 / page.width, y, text, page.small, INK, "left", "center", transform=place, gid="key-word")
