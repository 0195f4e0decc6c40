"""Every node's verdict under other assumptions: a row a set of assumptions, a column a node."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.patches import Rectangle

from scevaluation.draw.chart import Chart, both
from scevaluation.draw.panels import panels
from scevaluation.draw.style import BAND, BASE, CONTEXT, DOWN, INK, INK2, PHONE, RULE, UP, WIDE, fit, mark, text_width, write
from scevaluation.words import Sentence, Words, lower

MOST = 6  # nodes beside each other; more go below
HEAD, GROUP, FOOT = 0.42, 0.26, 0.06  # inches: names of nodes, of a group, and below a block
SHOWN = ("setting", "label", "delta", "rounds", "slope", "low", "high", "p_up", "p_flat", "p_down", "direction", "same")
WRITTEN = [c for c in SHOWN if c not in ("rounds", "same")]


def sensitivity(table: pd.DataFrame, labels: dict[str, str], words: Words, minimum: int, rounds: int) -> Chart:
    """A matrix of verdicts with their probabilities.

    The chart's rows: setting (written out), label, delta, rounds, slope, low, high, p_up, p_flat, p_down, direction, same.

    Parameters
    ----------
    table : DataFrame
        As `evaluate.sensitivity.sensitivity`; the first setting is the report's own.
    labels : dict of node to text
    minimum, rounds : int
        Comparable rounds a verdict needs, and the most that any series has.
    """
    w = words
    if table.empty:
        places = {"rounds": w.num(rounds, 0), "minimum": w.num(minimum, 0)}
        title, empty = Sentence("methods.sensitivity.title_empty", places), Sentence("methods.few", places)
        return Chart("sensitivity", w, title, empty=empty)
    table = table.reset_index(drop=True)
    rows = table.assign(label=table["node"].map(labels), setting=table["setting"].map(setting_names(table, w)))
    title, alt = finding(table, labels, w), w("methods.sensitivity.alt", **_counts(table, w))
    shown = {c: ("column." if c in ("label", "direction") else "methods.column.") + c for c in WRITTEN}
    drawn = {n: labels[n] for n in table["node"].unique()}
    pictures = both(lambda layout: _paint(layout, table, drawn, w))
    note = Sentence("methods.sensitivity.note")
    return Chart("sensitivity", w, title, note, alt, rows[list(SHOWN)], labels=shown, **pictures)


def setting_names(table: pd.DataFrame, w: Words) -> dict[str, str]:
    """Every setting written out, with its delta or, where that differs by node, its range."""
    out = {}
    for setting, rows in table.groupby("setting", sort=False):
        ends = dict.fromkeys(f"{d:.2g}" for d in (rows["delta"].min(), rows["delta"].max()))
        delta = "\u2013".join(w.num(float(e), len(e.partition(".")[2])) for e in ends)
        out[str(setting)] = w("methods.setting." + str(setting), delta=delta)
    return out


def others(table: pd.DataFrame) -> pd.DataFrame:
    """Rows of all settings but the first."""
    return table[table["setting"] != table["setting"].iloc[0]]


def _counts(table: pd.DataFrame, w: Words) -> dict[str, str]:
    rest = others(table)
    counts = {"n": len(rest), "settings": rest["setting"].nunique(), **rest[["same", "opposite"]].sum()}
    return {k: w.num(int(n), 0) for k, n in counts.items()}


def finding(table: pd.DataFrame, labels: dict[str, str], w: Words) -> Sentence:
    """Whether any verdict turns into its opposite, else how many stay and whose does not."""
    rest, places = others(table), _counts(table, w)
    kind, moved = ("opposite", rest["opposite"]) if rest["opposite"].any() else ("some", ~rest["same"])
    if not moved.any():
        return Sentence("methods.sensitivity.title_all", places)
    nodes = rest.loc[moved, "node"].unique()
    names = w.join(lower(labels[n]) for n in nodes) if len(nodes) <= 3 else w("finding.many", n=w.count(len(nodes)))
    return Sentence("methods.sensitivity.title_" + kind, {**places, "names": names})


def _paint(layout: str, table: pd.DataFrame, labels: dict[str, str], w: Words):
    view, nodes = _View(layout, table, labels, w), list(labels)
    blocks = [nodes[i : i + MOST] for i in range(0, len(nodes), MOST)]
    size = view.total, view.height
    return panels(layout, [0] * len(blocks), lambda ax, i: view.block(ax, blocks[i]), 1, size, FOOT, left=0)


class _View:
    """Blocks of rows below each other, which differ by their nodes; places are inches from a block's upper left corner."""

    def __init__(self, layout: str, table: pd.DataFrame, labels: dict[str, str], w: Words):
        self.wide, self.base, self.labels, self.w = layout == "wide", BASE[layout], labels, w
        self.total, self.left, self.step = (WIDE, 1.78, 0.235) if self.wide else (PHONE, 1.42, 0.36)
        self.cell = (self.total - self.left) / MOST
        self.cells = {(r.setting, r.node): r for r in table.itertuples()}
        self.names = setting_names(table, w)
        turned = min(max(text_width(t, self.base - 0.5, "bold") for t in labels.values()), 1.5) + 0.12
        self.head = HEAD if self.wide else turned
        self.groups = {str(rows["setting"].iloc[0]): str(group) for group, rows in table.groupby("group", sort=False)}
        self.own = str(table["setting"].iloc[0])
        self.height = self.head + len(self.names) * self.step + (len(self.groups) - 1) * GROUP

    def block(self, ax, nodes: list[str]) -> None:
        """Names of nodes, then the settings, each group under its name; the report's own stands first, without a group."""
        ax.set_xlim(0, self.total)
        ax.set_ylim(self.height, 0)
        ax.axis("off")
        for k, node in enumerate(nodes):
            self._column_head(ax, self.left + k * self.cell, self.labels[node])
        y = self.head
        for setting, name in self.names.items():
            if setting == self.own:
                ax.add_patch(Rectangle((0, y), self.total, self.step, color=BAND, lw=0, zorder=0))
            elif setting in self.groups:
                text = self.w("methods.group." + self.groups[setting])
                write(ax, 0, y + GROUP - 0.07, text, self.base - 0.3, INK, weight="bold", gid="group")
                ax.plot([0, self.total], [y + 0.045] * 2, color=RULE, lw=0.6)
                y += GROUP
            size, lines = (self.base, 1) if self.wide else (self.base - 0.7, 2)
            text = fit(name, self.left - 0.08, size, lines=lines)
            write(ax, 0.04, y + self.step / 2, text, size, INK2, va="center", linespacing=0.95, gid="setting")
            for k, node in enumerate(nodes):
                if (setting, node) in self.cells:
                    self._cell(ax, self.left + k * self.cell, y, self.cells[setting, node])
            y += self.step

    def _column_head(self, ax, x: float, label: str) -> None:
        look = {"color": INK, "weight": "bold", "gid": "node"}
        if self.wide:
            for k, line in enumerate(reversed(fit(label, self.cell - 0.06, self.base, "bold").split("\n"))):
                write(ax, x, self.head - 0.1 - k * self.base * 1.1 / 72, line, self.base, **look)
            return
        size, place = self.base - 0.5, {"ha": "center", "va": "bottom", "rotation": 90}
        write(ax, x + self.cell / 2, self.head - 0.05, fit(label, 1.45, size, "bold", 1), size, **place, **look)

    def _cell(self, ax, x: float, y: float, r) -> None:
        """Stacked probabilities with the verdict's mark; on a phone the mark over the largest probability."""
        cell, step, middle = self.cell, self.step, y + self.step / 2
        if not r.same:
            look: dict = {"fill": False, "ec": INK, "lw": 0.9, "zorder": 4, "gid": "differs"}
            ax.add_patch(Rectangle((x - 0.03, y + 0.015), cell - 0.03, step - 0.03, **look))
        if not self.wide:
            mark(ax, r.direction, x + cell / 2 - 0.015, middle - 0.075, 4.6)
            most = np.nanmax([r.p_up, r.p_flat, r.p_down]) if np.isfinite(r.p_up) else np.nan
            write(ax, x + cell / 2 - 0.015, middle + 0.045, self.w.pct(most), self.base - 1.2, INK2, "center", "top")
            return
        length, at = cell - 0.3, x + 0.01
        for p, color, gid in ((r.p_down, DOWN, "p-down"), (r.p_flat, CONTEXT, "p-flat"), (r.p_up, UP, "p-up")):
            if np.isfinite(p) and p > 0.004:
                ax.add_patch(Rectangle((at, middle - 0.048), max(p * length - 0.008, 0.004), 0.096, fc=color, lw=0, gid=gid))
                at += p * length
        mark(ax, r.direction, x + cell - 0.17, middle, 4.6)
