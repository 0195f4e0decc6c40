"""Every node's verdict under other assumptions: a row a set of assumptions, a column a node."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.patches import Rectangle

from scevaluation.draw.chart import Chart, both
from scevaluation.draw.style import BAND, BASE, CONTEXT, DOWN, INK, INK2, RULE, UP, axes_at, canvas, fit, mark, write
from scevaluation.words import Sentence, Words, lower

MOST = {"wide": 6, "phone": 6}  # nodes in a row of columns; more go below
HEAD, GROUP, FOOT = 0.42, 0.26, 0.06  # inches
SHOWN = ("setting", "label", "delta", "rounds", "slope", "low", "high", "p_up", "p_flat", "p_down", "direction", "same")


def sensitivity(table: pd.DataFrame, labels: dict[str, str], words: Words, minimum: int, rounds: int) -> Chart:
    """A matrix of verdicts with their probabilities.

    Parameters
    ----------
    table : DataFrame
        As `evaluate.sensitivity.sensitivity`; the first setting is the report's own.
    labels : dict of node to text
    words : Words
    minimum, rounds : int
        Comparable rounds a verdict needs, and the most that any series has.

    Returns
    -------
    Chart
        Rows: setting (written out), label, delta, rounds, slope, low, high, p_up, p_flat, p_down, direction, same.
    """
    w = words
    if table.empty:
        places = {"rounds": w.num(rounds, 0), "minimum": w.num(minimum, 0)}
        return Chart(
            "sensitivity", w, Sentence("methods.sensitivity.title_empty", places), empty=Sentence("methods.few", places)
        )
    table = table.reset_index(drop=True)
    rows = table.assign(label=table["node"].map(labels), setting=table["setting"].map(setting_names(table, w)))
    return Chart(
        "sensitivity",
        w,
        finding(table, labels, w),
        Sentence("methods.sensitivity.note"),
        w("methods.sensitivity.alt", **_counts(table, w)),
        rows[list(SHOWN)],
        labels={
            "setting": "methods.column.setting",
            "label": "column.label",
            "delta": "methods.column.delta",
            "slope": "methods.column.slope",
            "low": "methods.column.low",
            "high": "methods.column.high",
            "p_up": "methods.column.p_up",
            "p_flat": "methods.column.p_flat",
            "p_down": "methods.column.p_down",
            "direction": "column.direction",
        },
        **both(lambda layout: _paint(layout, table, labels, w)),
    )


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
    return {
        "same": w.num(int(rest["same"].sum()), 0),
        "n": w.num(len(rest), 0),
        "opposite": w.num(int(rest["opposite"].sum()), 0),
        "settings": w.num(rest["setting"].nunique(), 0),
    }


def finding(table: pd.DataFrame, labels: dict[str, str], w: Words) -> Sentence:
    """Whether any verdict turns into its opposite, else how many stay and whose does not."""
    rest, places = others(table), _counts(table, w)
    if rest["opposite"].any():
        nodes = rest.loc[rest["opposite"], "node"].unique()
        return Sentence("methods.sensitivity.title_opposite", {**places, "names": _names(nodes, labels, w)})
    if rest["same"].all():
        return Sentence("methods.sensitivity.title_all", places)
    nodes = rest.loc[~rest["same"], "node"].unique()
    return Sentence("methods.sensitivity.title_some", {**places, "names": _names(nodes, labels, w)})


def _names(nodes, labels: dict[str, str], w: Words) -> str:
    nodes = list(nodes)
    return w.join(lower(labels[n]) for n in nodes) if len(nodes) <= 3 else w("finding.many", n=w.count(len(nodes)))


def _paint(layout: str, table: pd.DataFrame, labels: dict[str, str], w: Words):
    nodes = list(table["node"].unique())
    blocks = [nodes[i : i + MOST[layout]] for i in range(0, len(nodes), MOST[layout])]
    lines = _lines(table)
    step = 0.235 if layout == "wide" else 0.36
    body = sum(GROUP if kind == "group" else step for kind, _ in lines)
    head = HEAD if layout == "wide" else _head_height(nodes, labels, BASE[layout])
    fig = canvas(layout, len(blocks) * (head + body + FOOT))
    for i, block in enumerate(blocks):
        _block(fig, i * (head + body + FOOT), head, body, step, block, lines, table, labels, layout, w)
    return fig


def _lines(table: pd.DataFrame) -> list[tuple[str, str]]:
    """("group", name) and ("setting", name) in the order drawn; the report's own stands without a group."""
    out: list[tuple[str, str]] = []
    for group, rows in table.groupby("group", sort=False):
        out += [("group", str(group))] if out else []
        out += [("setting", str(s)) for s in rows["setting"].unique()]
    return out


def _head_height(nodes, labels: dict[str, str], base: float) -> float:
    """Inches that the turned names of a phone's columns need."""
    from scevaluation.draw.style import text_width

    return min(max(text_width(labels[n], base - 0.5, "bold") for n in nodes), 1.5) + 0.12


def _block(fig, top, head, body, step, nodes, lines, table, labels, layout, w: Words) -> None:
    wide, base = layout == "wide", BASE[layout]
    total, left = (7.09, 1.78) if wide else (3.42, 1.42)
    ax = axes_at(fig, 0, top, total, head + body)
    ax.set_xlim(0, total)
    ax.set_ylim(head + body, 0)
    ax.axis("off")
    cell = (total - left) / MOST[layout]
    cells = {(r.setting, r.node): r for r in table.itertuples()}
    names = setting_names(table, w)
    for k, node in enumerate(nodes):
        _column_head(ax, left + k * cell, head, cell, labels[node], base, wide)
    y = head
    for kind, name in lines:
        if kind == "group":
            write(ax, 0, y + GROUP - 0.07, w("methods.group." + name), base - 0.3, INK, weight="bold").set_gid("group")
            ax.plot([0, total], [y + 0.045] * 2, color=RULE, lw=0.6)
            y += GROUP
            continue
        if (kind, name) == lines[0]:
            ax.add_patch(Rectangle((0, y), total, step, color=BAND, lw=0, zorder=0))
        text = fit(names[name], left - 0.08, base if wide else base - 0.7, lines=1 if wide else 2)
        write(ax, 0.04, y + step / 2, text, base if wide else base - 0.7, INK2, va="center", linespacing=0.95).set_gid(
            "setting"
        )
        for k, node in enumerate(nodes):
            if (name, node) in cells:
                _cell(ax, left + k * cell, y, cell, step, cells[name, node], base, wide, w)
        y += step


def _column_head(ax, x: float, head: float, cell: float, label: str, base: float, wide: bool) -> None:
    size = base if wide else base - 0.5
    if wide:
        for k, line in enumerate(reversed(fit(label, cell - 0.06, size, "bold", 2).split("\n"))):
            write(ax, x, head - 0.1 - k * size * 1.1 / 72, line, size, INK, weight="bold").set_gid("node")
    else:
        text = fit(label, 1.45, size, "bold", 1)
        write(ax, x + cell / 2, head - 0.05, text, size, INK, "center", "bottom", weight="bold", rotation=90).set_gid("node")


def _cell(ax, x: float, y: float, cell: float, step: float, r, base: float, wide: bool, w: Words) -> None:
    """Stacked probabilities with the verdict's mark; on a phone the mark over the largest probability."""
    chances = ((r.p_down, DOWN, "p-down"), (r.p_flat, CONTEXT, "p-flat"), (r.p_up, UP, "p-up"))
    middle = y + step / 2
    if not r.same:
        frame = Rectangle((x - 0.03, y + 0.015), cell - 0.03, step - 0.03, fill=False, ec=INK, lw=0.9, zorder=4)
        frame.set_gid("differs")
        ax.add_patch(frame)
    if wide:
        length, at = cell - 0.3, x + 0.01
        for p, color, gid in chances:
            if np.isfinite(p) and p > 0.004:
                ax.add_patch(Rectangle((at, middle - 0.048), max(p * length - 0.008, 0.004), 0.096, fc=color, lw=0, gid=gid))
                at += p * length
        mark(ax, r.direction, x + cell - 0.17, middle, 4.6)
        return
    mark(ax, r.direction, x + cell / 2 - 0.015, middle - 0.075, 4.6)
    most = np.nanmax([r.p_up, r.p_flat, r.p_down]) if np.isfinite(r.p_up) else np.nan
    write(ax, x + cell / 2 - 0.015, middle + 0.045, w.pct(most), base - 1.2, INK2, "center", "top")
