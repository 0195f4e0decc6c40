"""The index and its changes under many plausible methods: ranges by round, shares that rose, and the choice that matters."""

from __future__ import annotations

from collections.abc import Callable
from itertools import zip_longest

import numpy as np
import pandas as pd

from scevaluation.draw.chart import Chart, both
from scevaluation.draw.panels import axes_at, canvas
from scevaluation.draw.style import BASE, CONTEXT, DOWN, FLAT, GRID, INK, INK2, LINE, MUTED, RULE, SMALLEST, UP, fit, write
from scevaluation.frames import ROOT
from scevaluation.period import Period
from scevaluation.words import Sentence, Words

FIRM = 0.95  # share of methods from which a movement has a colour
GAP, TITLE = 0.34, 0.3  # inches between panels and for a panel's title
WIDTH = {"wide": 3.05, "phone": 3.34}  # of the panels of the newest round
ROW = {"wide": 0.245, "phone": 0.42}
HEADS = {"what": "methods.column.what", "round": "column.round", "label": "column.label"}
HEADS |= {c: "methods.column." + c for c in ("nominal", "median", "low", "high", "rose", "fell", "common")}
HEADS |= {"low": "methods.column.low5", "high": "methods.column.high95"}
SHOWN = ("what", "round", "previous", "label", "nominal", "median", "low", "high", "rose", "fell", "common", "methods", "state")


def robustness(
    levels: pd.DataFrame,
    changes: pd.DataFrame,
    choices: pd.DataFrame,
    finding: Sentence,
    note: Sentence,
    labels: dict[str, str],
    round_name: str,
    words: Words,
) -> Chart:
    """Up to four panels: the index by round, its change by round, the newest change by node, total Sobol indices.

    The chart's rows: what (level or change), round, previous, label, nominal, median, low, high, rose, fell, common, methods,
    state.

    Parameters
    ----------
    levels, changes, choices : ROBUSTNESS, ROBUST_CHANGE, CHOICES
        Of one region; a panel without any computed row is left out.
    finding, note : Sentence
        What the methods say, by the rules of `evaluate.robust_sentences`.
    labels : dict of node to text
    round_name : str
        The newest round.
    """
    w = words
    level = levels[(levels["node"] == ROOT) & levels["median"].notna() & (levels["state"] == "computed")]
    if level.empty:
        return Chart("robustness", w, finding, empty=Sentence("methods.robustness.empty"))
    over = changes[(changes["node"] == ROOT) & changes["median"].notna()]
    newest = changes[(changes["round"] == round_name) & changes["median"].notna()]
    share = choices[choices["state"] == "computed"]
    told = changes[(changes["node"] == ROOT) | (changes["round"] == round_name)]
    parts = {"what_level": levels[levels["node"] == ROOT], "what_change": told}
    rows = pd.concat([t.assign(what=w("methods.robustness." + k)) for k, t in parts.items()], ignore_index=True)
    rows = rows.assign(label=rows["node"].map(labels)).reindex(columns=list(SHOWN))
    drawn = {"level": _by_time(level), "over": _by_time(over), "newest": newest, "choices": share}
    alt = w("methods.robustness.alt", finding=finding, low=w.num(level["low"].iloc[-1]), high=w.num(level["high"].iloc[-1]))
    pictures = both(lambda layout: _paint(layout, drawn, labels, w))
    return Chart("robustness", w, finding, note, alt, rows, labels=HEADS, **pictures)


def _paint(layout: str, drawn: dict[str, pd.DataFrame], labels: dict[str, str], w: Words):
    """Rounds on the left (a phone: above), the newest round on the right."""
    wide, base = layout == "wide", BASE[layout]
    span = _span(drawn["level"], drawn["over"])
    left = [(1.35, lambda ax: _levels(ax, drawn["level"], span, base, w), "methods.robustness.levels")]
    if len(drawn["over"]):
        left.append((1.25, lambda ax: _changes(ax, drawn["over"], span, base, w), "methods.robustness.changes"))
    right: list[tuple[float, Callable, str]] = []
    if len(drawn["newest"]):
        tall = len(drawn["newest"]) * ROW[layout] + 0.2
        right.append((tall, lambda ax: _newest(ax, drawn["newest"], labels, layout, w), "methods.robustness.newest"))
    if len(drawn["choices"]):
        tall = drawn["choices"]["choice"].nunique() * (ROW[layout] + 0.1)
        right.append((tall, lambda ax: _choices(ax, drawn["choices"], layout, w), "methods.robustness.choices"))

    def height(stack) -> float:
        return sum(h + TITLE + GAP for h, *_ in stack) - 0.06

    if not wide:
        fig = canvas(layout, height([*left, *right]))
        top = _stack(fig, left, TITLE, (0.34, 2.98), base, w)
        _stack(fig, right, top, (0.02, 3.34), base, w)
        return fig
    # What stands beside each other begins at one height.
    deep = [max(h for h, *_ in row if h) for row in zip_longest(left, right, fillvalue=(0,))]
    fig = canvas(layout, height([(h,) for h in deep]))
    left = [(h, *panel[1:]) for h, panel in zip(deep, left, strict=False)]
    _stack(fig, left, TITLE, (0.3, 3.35 if right else 6.6), base, w)
    _stack(fig, right, TITLE, (4.0, WIDTH["wide"]), base, w, deep)
    return fig


def _stack(fig, panels, top: float, place: tuple[float, float], base: float, w: Words, deep=()) -> float:
    """Draw panels below each other at (left, width) inches, each in a row as `deep`; the place of the next one's top."""
    left, width = place
    for (tall, paint, title), step in zip(panels, deep or [p[0] for p in panels], strict=False):
        ax = axes_at(fig, left, top, width, tall)
        x = -left / width if left < 1 else 0.0
        write(ax, x, 1 + 0.1 / tall, w(title), base + 0.8, INK, transform=ax.transAxes, weight="bold").set_gid("panel")
        paint(ax)
        top += step + GAP + TITLE
    return top


def _span(*tables: pd.DataFrame) -> tuple[float, float]:
    at = [Period(r).time for t in tables for r in t["round"]]
    pad = max((max(at) - min(at)) * 0.05, 0.3)
    return min(at) - pad, max(at) + 2.6 * pad  # room for the last value


def _by_time(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.sort_values("round", key=lambda names: [Period(r).time for r in names])


def _years(ax, span: tuple[float, float], rounds, w: Words) -> None:
    """Years below, every second one if there are many; a few rounds by name."""
    ax.set_xlim(*span)
    names = sorted(set(rounds), key=Period)
    if len(names) < 4:
        ax.set_xticks([Period(n).time for n in names], [w.round(n) for n in names])
        return
    years = np.arange(np.ceil(span[0]), np.floor(span[1]) + 1)
    years = years[:: 2 if len(years) > 5 else 1]
    ax.set_xticks(years, [f"{y:.0f}" for y in years])


def _scale(ax, low: float, high: float, base: float, w: Words, sign: bool = False) -> None:
    """Three to five round numbers on the left that hold low and high."""
    size = max(high - low, 1.0)
    step = next(s for s in (1, 2, 5, 10, 20, 50, 100) if size / s <= 4)
    ticks = np.arange(np.floor(low / step), np.ceil(high / step) + 1) * step
    ax.set_ylim(ticks[0] - step * 0.08, ticks[-1] + step * 0.08)
    ax.set_yticks(ticks, [w.num(t, 0, sign) for t in ticks])
    for t in ticks:
        ax.axhline(t, color=GRID, lw=0.8, zorder=0)


def _levels(ax, level: pd.DataFrame, span, base: float, w: Words) -> None:
    x = np.array([Period(r).time for r in level["round"]])
    _years(ax, span, level["round"], w)
    _scale(ax, level["low"].min(), max(level["high"].max(), level["nominal"].max()), base, w)
    ax.vlines(x, level["low"], level["high"], color=LINE, lw=5 if len(x) > 3 else 9, alpha=0.22, zorder=1, gid="range")
    ax.plot(x, level["median"], "_", ms=6, mec=LINE, mew=1.4, zorder=2, gid="median")
    ax.plot(x, level["nominal"], "o", ms=3.6, color=LINE, zorder=3, gid="nominal")
    last, by = level["nominal"].iloc[-1], (6 if len(x) > 3 else 8, 0)
    write(ax, x[-1], last, w.num(last, 1), base, LINE, va="center", by=by, weight="bold", gid="value")


def tone(row) -> str:
    """Colour of a change: up or down where 95 % of the methods agree, grey where too little is common, else neutral."""
    if row.state != "computed":
        return CONTEXT
    return UP if row.rose >= FIRM else DOWN if row.fell >= FIRM else FLAT


def _looks(row) -> tuple[dict, dict]:
    """How a change's interval and its median look; light grey is light enough, and only a colour fills the dot."""
    color = tone(row)
    interval: dict = {"color": color, "lw": 2.6, "alpha": 1.0 if color == CONTEXT else 0.5, "gid": "range"}
    return interval, {"mfc": color if color in (UP, DOWN) else "white", "mec": color, "mew": 1.1, "gid": "change"}


def _changes(ax, over: pd.DataFrame, span, base: float, w: Words) -> None:
    _years(ax, span, over["round"], w)
    _scale(ax, min(over["low"].min(), 0), max(over["high"].max(), 0), base, w, True)
    ax.axhline(0, color=INK2, lw=0.9, zorder=0.5)
    for r in over.itertuples():
        x, (interval, median) = Period(r.round).time, _looks(r)
        ax.vlines([x], r.low, r.high, zorder=1, **interval)
        ax.plot([x], [r.median], "o", ms=4, zorder=2, **median)


def _newest(ax, newest: pd.DataFrame, labels: dict[str, str], layout: str, w: Words) -> None:
    """A row a node: interval and median, and in how many methods it rose or fell; a line where nothing changes."""
    wide, base, n = layout == "wide", BASE[layout], len(newest)
    left, right = (1.02, 0.72) if wide else (0.1, 0.95)
    low, high = min(newest["low"].min(), 0), max(newest["high"].max(), 0)
    pad = max((high - low) * 0.04, 0.2)
    unit = (high - low + 2 * pad) / (WIDTH[layout] - left - right)
    ax.set_xlim(low - pad - left * unit, high + pad + right * unit)
    ax.set_ylim(n + 0.8 * 0.245 / ROW[layout], 0)
    ax.axis("off")
    for value in {0, *(round(v) for v in (low, high) if abs(v) > (high - low) * 0.15)}:
        write(ax, value, n + 0.05, w.num(value, 0, True), max(base - 0.8, SMALLEST), MUTED, "center", "top").set_gid("tick")
    at = ax.get_yaxis_transform()
    for i, r in enumerate(newest.itertuples()):
        y, (interval, median) = i + (0.5 if wide else 0.7), _looks(r)
        ax.plot([0, 0], [i, i + 1] if wide else [y - 0.2, y + 0.2], color=INK2, lw=0.9, zorder=0.5, gid="zero")
        ax.plot([r.low, r.high], [y, y], solid_capstyle="butt", **interval)
        ax.plot([r.median], [y], "o", ms=4.4, **median)
        bold = "bold" if r.node == ROOT else "normal"
        text = fit(labels[r.node], left - 0.06 if wide else WIDTH[layout], base, bold, 1)
        write(ax, 0, i + (0.5 if wide else 0.26), text, base, INK, va="center", transform=at, weight=bold).set_gid("node")
        write(ax, 1, y, share_text(r, w), base - 0.3, INK2, "right", "center", transform=at).set_gid("share")


def share_text(row, w: Words) -> str:
    """In how many methods it rose (or fell, if more did); nothing is said where too little is common."""
    if row.state != "computed":
        return w("methods.robustness.little", common=w.pct(row.common))
    key = "rose" if row.rose >= row.fell else "fell"
    return w("methods.robustness." + key, share=w.pct(getattr(row, key)))


def _choices(ax, choices: pd.DataFrame, layout: str, w: Words) -> None:
    """Total Sobol index of every choice, for the level (full) and the change (hollow), with their intervals."""
    base, wide = BASE[layout], layout == "wide"
    names = list(choices["choice"].unique())
    left, right = (1.02, 0.4) if wide else (0.0, 0.45)
    total, both_asked = WIDTH[layout], choices["previous"].nunique() > 1
    unit = 1.12 / (total - left - right)
    ax.set_xlim(-left * unit, 1.12 + right * unit)
    ax.set_ylim(len(names), 0)
    ax.axis("off")
    ax.plot([0, 0], [0, len(names)], color=RULE, lw=0.8)
    at = ax.get_yaxis_transform()
    for i, name in enumerate(names):
        text = fit(w("methods.robustness.choice." + name), left - 0.06 if wide else total, base, lines=2 if wide else 1)
        write(ax, 0, i + (0.5 if wide else 0.2), text, base, INK, va="center", transform=at, linespacing=0.95).set_gid("choice")
        mine = choices[choices["choice"] == name]
        for k, r in enumerate(mine.itertuples()):
            y = i + ((0.34 if both_asked else 0.5) if wide else 0.52) + k * (0.34 if wide else 0.28)
            full = r.previous == ""
            size, color = min(max(r.total, 0), 1.12), LINE if full else "white"
            ax.barh([y], [size], height=0.2, color=color, edgecolor=LINE, lw=0.9, gid="level" if full else "change")
            key = "methods.robustness.of_level" if full else "methods.robustness.of_change"
            label = w.pct(min(max(r.total, 0), 1)) + (" " + w(key) if i == 0 else "")
            write(ax, size + 0.02, y, label, max(base - 1, SMALLEST), MUTED if i else INK2, va="center").set_gid("total")
