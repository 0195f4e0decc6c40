"""Yearly official statistics of a sector, as small multiples: own line, peers in grey, the national median dashed."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pandas as pd

from scevaluation.charts.series import cycles, events
from scevaluation.draw.chart import Chart, both
from scevaluation.draw.panels import inches, panels, share
from scevaluation.draw.style import BASE, CONTEXT, INK, INK2, LINE, MUTED, RULE, SMALLEST, fit, write
from scevaluation.draw.years import shade_cycles, shade_events
from scevaluation.frames.claims import FACT, JUDGED, OPEN
from scevaluation.programme import Programme
from scevaluation.words import Sentence, Words, capital, lower, part_of


def context_panels(
    rows: pd.DataFrame,
    stats: pd.DataFrame,
    indicators: pd.DataFrame,
    programme: Programme,
    span: tuple[int, int],
    words: Words,
    names: dict[str, str] | None = None,
) -> Chart:
    """A panel for every statistic that has an honest series.

    The chart's rows: as `evaluate.statistics.yearly` gives them, of all regions of a panel.

    Parameters
    ----------
    rows : DataFrame
        region ("" for the national median), indicator, year, value, chosen, source.
    stats : STATISTICS
        A row for each panel, in order.
    indicators : DataFrame
        As `intake.context` reads them.
    programme : Programme
        Region, peers, cycles and events.
    span : tuple of int
        First and last year shown.
    names : dict of region to text, optional
        For the table of rows; a region without a name stands by its code.
    """
    if stats.empty:
        return Chart("statistics", words, Sentence("chart.context.title_empty"), empty=Sentence("chart.context.empty"))
    shown = stats["indicator"].tolist()
    rows = rows[rows["indicator"].isin(shown)].reset_index(drop=True)
    own = rows[(rows["region"] == programme.region) & rows["chosen"]]
    meta = indicators.set_index("indicator").loc[shown]
    region = rows["region"].replace({**(names or {}), "": words("chart.context.median")})
    chosen = rows["chosen"].map({True: words("quality.yes"), False: words("quality.no")})
    label = rows["indicator"].map(words.column(meta, "label"))
    table = rows.assign(region=region, chosen=chosen, label=label, year=rows["year"].astype(str))
    table = table[["label", "region", "year", "value", "chosen", "source"]]
    title, note = finding(stats, meta, words), _note(rows, meta, programme, words)
    pictures = both(lambda layout: _paint(layout, rows, meta, programme, span, words))
    return Chart("statistics", words, title, note, _alt(own, meta, words), table, **pictures)


def finding(stats: pd.DataFrame, meta: pd.DataFrame, words: Words) -> Sentence:
    """How many STATISTICS are better in their last year than in their first, which are worse, and how many moved unlike the country."""
    told = stats[stats["moved"] != "no_direction"]
    if told.empty:
        return Sentence("finding.context.plain", {"n": capital(words.count(len(stats)))})
    better, worse = (told.loc[told["moved"] == side, "indicator"] for side in ("better", "worse"))
    beside = _beside(told, words.count)
    places: dict = {"n": capital(words.count(len(better))), "of": words.count(len(told)), "beside": beside}
    places["worse"] = words.join(lower(words.column(meta.loc[c], "label")) for c in worse)
    if len(better) == len(told):
        return Sentence("finding.context.all", {**places, "n": part_of(len(better), len(better), words.count)}, beside.strength)
    said = "none" if better.empty else "some"
    return Sentence(f"finding.context.{said}" + ("_worse" if len(worse) else ""), places, beside.strength)


def _beside(stats: pd.DataFrame, count: Callable[[int], str]) -> Sentence:
    """How many STATISTICS moved unlike the country in the same years by more than chance; that none can be judged, where none can."""
    n = {side: int((stats["beside"] == side).sum()) for side in ("ahead", "behind", "alike")}
    judged = sum(n.values())
    sides = [side for side in ("ahead", "behind") if n[side]] or ["alike" if judged else "told"]
    sure = {"alike": OPEN, "told": FACT}.get(sides[0], JUDGED)
    return Sentence("finding.beside." + "_".join(sides), {k: count(v) for k, v in {**n, "judged": judged}.items()}, sure)


def _alt(own: pd.DataFrame, meta: pd.DataFrame, w: Words) -> str:
    """The first and the last value of every panel."""
    parts = []
    for code, about in meta.iterrows():
        line = own[own["indicator"] == code]
        (start, first), (end, last) = line[["year", "value"]].iloc[[0, -1]].itertuples(index=False)
        first, last = (w.num(v, int(about["digits"])) for v in (first, last))
        name = w.column(about, "label")
        parts.append(w("chart.context.alt_panel", name=name, first=first, start=start, last=last, end=end))
    return w("chart.context.alt", n=w.count(len(meta)), parts="; ".join(parts))


def _note(rows: pd.DataFrame, meta: pd.DataFrame, programme: Programme, w: Words) -> Sentence:
    """What the marks mean, and what to know when reading some of the panels."""
    note = Sentence("chart.context.note", {"marks": _marks(rows, programme, w)})
    said = zip(w.column(meta, "label"), w.column(meta, "note"), strict=True)
    remarks = " ".join(w("chart.context.remark", name=name, remark=remark) for name, remark in said if remark)
    return Sentence("chart.context.note_with", {"note": note, "remarks": remarks}) if remarks else note


def _marks(rows: pd.DataFrame, programme: Programme, w: Words) -> str:
    """What the lines and circles drawn mean; those that no panel has are not named."""
    near = rows["region"].isin(programme.peers) & rows["chosen"]
    said = [w("chart.context.mark_own")]
    said += [w("chart.context.mark_near")] if near.any() else []
    said += [w("chart.context.mark_median")] if (rows["region"] == "").any() else []
    doubt = (rows["region"] == programme.region) & ~rows["chosen"]
    return "; ".join(said + ([w("chart.context.mark_doubt")] if doubt.any() else []))


def _paint(layout: str, rows, meta, programme, span, w):
    wide, base = layout == "wide", BASE[layout]
    columns = min(4 if wide else 2, max(len(meta), 2))  # few panels are drawn larger
    width, (plot, foot) = share(layout, columns), (0.8, 0.28) if wide else (1.1, 0.34)
    titles = [_head(about, width - 0.1, base, w) for _, about in meta.iterrows()]
    heads = [0.37 * base / 8 + base * 1.1 / 72 * sum(t.count("\n") for t in title) for title in titles]

    def paint(ax, i: int) -> None:
        about = meta.iloc[i]
        _panel(ax, rows[rows["indicator"] == about.name], about, programme, span, w, base, titles[i])

    return panels(layout, heads, paint, columns, (width - 0.5, plot), foot, foot - 0.04)


def _head(about, room: float, base: float, w: Words) -> tuple[str, str]:
    """Name, and unit with the side that is better, in lines of `room` inches."""
    side = {1: "chart.context.more", -1: "chart.context.less"}.get(int(about["direction"]))
    unit = w.column(about, "unit") + (f"; {w(side)}" if side else "")
    return fit(w.column(about, "label"), room, base + 0.3, "bold", 4), fit(unit, room, max(base - 1.1, SMALLEST))


def _panel(ax, rows, meta, programme, span, w, base, head) -> None:
    mine = rows[rows["region"] == programme.region]
    chosen, doubt = mine[mine["chosen"]], mine[~mine["chosen"]]
    start, end = span[0] - 0.2, span[1] + 0.2
    others = rows[(rows["region"] != programme.region) & rows["chosen"]]
    near = others[others["region"].isin(programme.peers)]
    middle = others[others["region"] == ""]
    seen = pd.concat([chosen["value"], doubt["value"], near["value"], middle["value"]])
    pad = max((seen.max() - seen.min()) * 0.16, 1e-6)
    ax.set_xlim(start, end)
    ax.set_ylim(seen.min() - 2 * pad, seen.max() + 2 * pad)
    size = max(base - 1.1, SMALLEST)
    shade_cycles(ax, cycles(programme, w), start, end, size)
    shade_events(ax, events([e for e in programme.events if e.kind == "pandemic"], w), start, end, size)
    for _, s in near.groupby("region"):
        _segments(ax, s, CONTEXT, 0.9)
    if len(middle):
        ax.plot(middle["year"], middle["value"], color=MUTED, lw=0.9, ls=(0, (3, 2)), zorder=1.5, gid="national")
    _segments(ax, chosen, LINE, 1.8)
    ax.plot(doubt["year"], doubt["value"], "o", ms=3.4, mfc="white", mec=MUTED, mew=0.8, zorder=2.5, gid="conflict", ls="")
    ax.plot(chosen["year"], chosen["value"], "o", ms=2.6, color=LINE, zorder=3, ls="", gid="own")
    last = chosen.iloc[-1]
    ax.plot([last["year"]], [last["value"]], "o", ms=4.4, color=LINE, zorder=4, clip_on=False)
    text = w.num(last["value"], _digits(last["value"], meta))
    write(ax, last["year"], last["value"], text, base, LINE, va="center", by=(5, 0), weight="bold")
    year, first = chosen["year"].iloc[0], chosen["value"].iloc[0]
    above = first >= chosen["value"].mean()
    for other in middle.loc[middle["year"] == year, "value"]:  # away from the median's line where that is close
        above = first >= other if abs(first - other) < 0.3 * (seen.max() - seen.min()) else above
    side, foot, up = ("center" if year > span[0] else "left"), *(("bottom", 4) if above else ("top", -4))
    write(ax, year, first, w.num(first, _digits(first, meta)), size, INK2, side, foot, by=(0, up))
    years = list(range(span[0], span[1] + 1, 4))
    ax.set_xticks(years, [str(y) for y in years])
    ax.get_xticklabels()[0].set_horizontalalignment("left")
    ax.set_yticks([])
    ax.spines["bottom"].set_color(RULE)
    title, unit = head
    up, point = 3 + (unit.count("\n") + 1) * size * 1.05 + 0.35 * base, 1 / 72 / inches(ax)[1]
    style = {"transform": ax.transAxes, "linespacing": 0.92}
    write(ax, 0, 1 + up * point, title, base + 0.3, INK, "left", "bottom", weight="bold", gid="panel", **style)
    write(ax, 0, 1 + 3 * point, unit, size, INK2, "left", "bottom", gid="unit", **style)


def _digits(value: float, meta) -> int:
    return min(int(meta["digits"]), 1) if abs(value) < 1000 else 0


def _segments(ax, s, color, width) -> None:
    """Lines between neighbouring years only: a gap stays a gap."""
    for (a, first), (b, second) in pairwise(zip(s["year"], s["value"], strict=True)):
        if b - a == 1:
            ax.plot([a, b], [first, second], color=color, lw=width, zorder=2)
