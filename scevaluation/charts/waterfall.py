"""Form 5: what moved the index between two rounds; the bars sum to the change exactly."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from scevaluation.draw.chart import Chart, both
from scevaluation.draw.panels import axes_at, canvas
from scevaluation.draw.style import BASE, DOWN, FLAT, GRID, INK, INK2, PHONE, RULE, SMALLEST, UP, WIDE, fit, text_width, write
from scevaluation.frames import CHANGE, CONTRIBUTIONS, PEERS, ContractError
from scevaluation.frames.claims import CLAIMS, permitted
from scevaluation.words import Sentence, Words, capital, lower, rounded

SHOWN = ("label", "kind", "contribution")
TOTALS = ("official", "like_for_like")
FALL = "#EBC9B8"  # DOWN thinned: beside UP it is also the paler one on grey paper


def _bars(change: pd.DataFrame, labels: dict[str, str], words: Words) -> pd.DataFrame:
    """One bar a node for its scores, largest rise first, then one bar each for weights, coverage, instrument and print."""
    parts = change[(change["kind"] != "total") & change["contribution"].notna()]
    scores = parts[parts["kind"] == "score"].groupby("node", sort=False)["contribution"].sum()
    rows = [(n, "score", labels.get(n, n), v) for n, v in scores.sort_values(ascending=False, kind="stable").items()]
    for kind in CONTRIBUTIONS[1:]:
        total = parts.loc[parts["kind"] == kind, "contribution"].sum()
        if abs(total) > 1e-12:
            rows.append((kind, kind, words("change." + kind), total))
    return pd.DataFrame(rows, columns=["node", "kind", "label", "contribution"])


def waterfall(
    change: pd.DataFrame,
    labels: dict[str, str],
    ends: tuple[float, float],
    words: Words,
    points: bool = False,
    peers: pd.DataFrame | None = None,
    difference: Mapping | None = None,
) -> Chart:
    """Contributions from the previous round's index to this one's, and the official beside the like-for-like change.

    The chart's rows: node, kind, label, contribution (scale points; they sum to the official change); a designed empty state
    where one round's components are unknown.

    Parameters
    ----------
    change : CHANGE
        Of one region and pair of rounds; empty where there is no earlier round, or only on another scale.
    labels : dict of node to text
    ends : tuple of float
        Index of the previous round and of this one, on the instrument's scale (on 0-100 with `points`); NaN where unknown.
    points : bool
        Whether to draw points of 0-100, as the rest of the report speaks, instead of the instrument's scale.
    peers : PEERS, optional
        Of a region in the ministry's letter: the like-for-like change is then of components, and the printed change is named where
        it is not that of the printed indices.
    difference : row of CLAIMS, optional
        What may be said of the change; by default the figure drawn, as it is.

    Raises
    ------
    ContractError
        If the contributions do not sum to the official change.
    """
    total = change[change["kind"] == "total"]
    if total.empty:
        missing = difference is not None and difference["says"] == "missing"
        key = "chart.waterfall." + ("missing" if missing else "other_scale" if np.isfinite(ends[0]) else "none")
        title = Sentence("chart.waterfall." + ("title_missing" if missing else "title_empty"))
        return Chart("waterfall", words, title, empty=Sentence(key))
    first = total.iloc[0]
    end = "100" if points else ""
    bars = _bars(change.assign(contribution=change["contribution" + end]), labels, words)
    places = {"previous": words.round(first["previous"]), "round": words.round(first["round"])}
    title = finding(first, words, bars, points, "indicators" if peers is None or peers.empty else "components", difference)
    if bars.empty:
        known = "flat" if float(first["official" + end]) == 0 else "empty_points" if points else "empty"
        return Chart("waterfall", words, title, empty=Sentence("chart.waterfall." + known, places))
    gap = bars["contribution"].sum() - float(first["official" + end])
    if np.isfinite(gap) and abs(gap) > 1e-6:
        raise ContractError(
            f"The contributions from {first['previous']} to {first['round']} miss the official change by {gap:.6f}.",
            "Compute CHANGE again from INDEX; its rows sum to the total.",
        )
    view = _View(bars, first, ends, places, words, points, peers)
    drawn, shown = bars.assign(kind=[words("change.kind_" + k) for k in bars["kind"]]), {c: "column." + c for c in SHOWN}
    return Chart("waterfall", words, title, view.note(), view.alt(), drawn, **both(view.paint), labels=shown)


def finding(
    total,
    words: Words,
    bars: pd.DataFrame | None = None,
    points: bool = False,
    parts: str = "indicators",
    difference: Mapping | None = None,
) -> Sentence:
    """The change as claimed, whether the like-for-like change has the other sign, else which bar is the largest of its side.

    Parameters
    ----------
    total : row of CHANGE
    bars : DataFrame, optional
        label and contribution of the bars drawn.
    points : bool
        Whether to speak of points of 0-100 instead of the instrument's scale.
    parts : {"indicators", "components"}
        What the like-for-like change compares.
    difference : row of CLAIMS, optional
        The change as page one tells it: within its noise it is no rise and no fall.
    """
    end, digits = ("100", 1) if points else ("", 2)
    places: dict = {"previous": words.round(total["previous"]), "round": words.round(total["round"])}
    official, like = float(total["official" + end]), float(total["like_for_like" + end])
    if not np.isfinite(official):
        return Sentence("finding.change.unknown", places)
    places["official"] = CHANGE.fact(total, "official" + end, digits, size=True)
    if difference and difference["says"] == "questionnaire":
        return Sentence("finding.change.apart", places)
    if difference and np.isfinite(difference["value"]):
        official = float(difference["value"])
        places["official"] = CLAIMS.fact(difference, "value", digits, size=True)
        if permitted(difference) == "headline.few_within":
            return Sentence("finding.change.within", places | {"official": CLAIMS.fact(difference, "value", digits, sign=True)})
    side = "flat" if rounded(official, digits) == 0 else "up" if official > 0 else "down"
    if side == "flat":
        return Sentence("finding.change.flat", places)
    if np.isfinite(like) and rounded(like, digits) != 0 and (like > 0) != (official > 0):
        places["like"] = CHANGE.fact(total, "like_for_like" + end, digits, sign=True)
        places["parts"] = Sentence(f"change.same_{parts}")
        return Sentence(f"finding.change.{side}_flips", places)
    same = bars[np.sign(bars["contribution"]) == np.sign(official)] if bars is not None and len(bars) > 1 else pd.DataFrame()
    if len(same) and (same["contribution"].abs().round(9) == same["contribution"].abs().round(9).max()).sum() == 1:
        most = same.loc[same["contribution"].abs().idxmax(), "label"]
        return Sentence(f"finding.change.{side}_most", {**places, "most": lower(most)})
    return Sentence(f"finding.change.{side}", places)


class _View:
    """Bars on an axis of change, zero being the previous round's index."""

    def __init__(self, bars: pd.DataFrame, total, ends: tuple[float, float], places: dict, words: Words, points: bool, peers):
        self.peers = None if peers is None or peers.empty else peers.iloc[0].to_dict()
        self.bars, self.total, self.ends, self.places, self.words = bars, total, ends, places, words
        self.end, least = ("100", 1) if points else ("", 2)
        self.at = least
        self.total_key = "chart.waterfall." + ("change" if points else "official")
        self.official, self.like = float(total["official" + self.end]), float(total["like_for_like" + self.end])
        shown = [*bars.loc[bars["kind"] != "printed", "contribution"], *([self.like] if np.isfinite(self.like) else [])]
        # A bar that is there must not be labelled 0,00.
        self.digits = least + any(0 < abs(v) < 0.5 / 10**least for v in shown)
        self.levels = np.concatenate([[0.0], bars["contribution"].cumsum()])

    def note(self) -> Sentence:
        """What each kind of bar that was drawn means, and both changes by name."""
        w, kinds = self.words, set(self.bars["kind"])
        moved = self.bars.loc[self.bars["kind"] == "score", "contribution"]
        keys = [k for k, there in (("rise", (moved > 0).any()), ("fall", (moved < 0).any())) if there]
        keys += [k for k in CONTRIBUTIONS[1:] if k in kinds]
        official, like = (CHANGE.fact(self.total, k + self.end, self.digits, sign=True) for k in TOTALS)
        marks = capital("; ".join(w("chart.waterfall.mark_" + k) for k in keys))
        places = {"marks": marks, "official": official, "total": lower(w(self.total_key)), **self.places}
        if np.isfinite(self.like) and self.peers is not None:
            return Sentence("chart.waterfall.note_components", {"like": like, "printed": self._printed(), **places})
        if np.isfinite(self.like):
            return Sentence("chart.waterfall.note", {"like": like, **places})
        return Sentence("chart.waterfall.note_short", places)

    def _printed(self) -> Sentence | str:
        """The letter's own figure of the change, where it is another than that of its indices."""
        own = self.peers or {"own_change": np.nan}
        if np.isnan(own["own_change"]) or rounded(own["own_change"], self.at) == rounded(self.official, self.at):
            return ""
        return Sentence("chart.waterfall.note_printed", {"change": PEERS.fact(own, "own_change", self.at, sign=True)})

    def alt(self) -> str:
        w = self.words
        parts = [f"{r.label} {self._number(r.kind, r.contribution)}" for r in self.bars.itertuples()]
        more = [w("chart.heatmap.alt_more", n=w.num(len(parts) - 12, 0))] if len(parts) > 12 else []
        start, end = (w.num(v, self.at) for v in self.ends)
        return w("chart.waterfall.alt", start=start, end=end, parts=", ".join(parts[:12] + more), **self.places)

    def _rows(self) -> list[tuple[str, str, float, float]]:
        """kind, label, start and size of every bar, the totals last."""
        out = [(b.kind, b.label, start, b.contribution) for b, start in zip(self.bars.itertuples(), self.levels, strict=False)]
        value = {"official": self.official if np.isfinite(self.official) else self.levels[-1], "like_for_like": self.like}
        like = "like_for_like_components" if self.peers is not None else "like_for_like"
        name = {"official": self.total_key, "like_for_like": f"chart.waterfall.{like}"}
        return out + [(k, self.words(name[k]), 0.0, value[k]) for k in TOTALS if np.isfinite(value[k])]

    def paint(self, layout: str):
        """The figure of a layout: a bar a row, labels at the left, each number beside its bar."""
        base, rows = BASE[layout], self._rows()
        weights = ["bold" if k in TOTALS else "normal" for k, *_ in rows]
        most, width = (2.05, WIDE) if layout == "wide" else (1.3, PHONE)
        left = min(max(text_width(r[1], base, t) for r, t in zip(rows, weights, strict=True)) + 0.14, most)
        texts = [fit(r[1], left - 0.12, base, t) for r, t in zip(rows, weights, strict=True)]
        row = 0.25 if layout == "wide" and all("\n" not in t for t in texts) else 0.34
        top, split = 0.24, len(self.bars)
        fig = canvas(layout, top + row * len(rows) + 0.14)
        self.spoken = layout == "wide"
        room = text_width(self._text("official", self.official), base + 1, "bold") + 0.1
        wide = width - left - 0.05
        ax = axes_at(fig, left, top, wide, row * len(rows) + 0.08)
        low, high = self._scale(ax, rows, room / wide, len(rows) + 0.08 / row)
        ax.axvline(0, color=INK, lw=0.9, zorder=3, gid="zero")
        side = "left" if (0 - low) / (high - low) < 0.5 else "right"
        write(ax, 0, -0.05 / row, self._start(), max(base - 0.8, SMALLEST), INK2, side, "bottom")
        beside: dict = {"transform": ax.get_yaxis_transform()}
        look = {"ha": "right", "va": "center", "linespacing": 0.92, "gid": "row", **beside}
        for i, (kind, _, start, size) in enumerate(rows):
            y = i + 0.5 + (0.08 / row if i >= split else 0)
            write(ax, -0.07 / wide, y, texts[i], base, INK, weight=weights[i], **look)
            self._bar(ax, y, kind, start, size, base)
            if i < split - 1:
                ax.plot([start + size] * 2, [y + 0.28, y + 0.72], color=RULE, lw=0.8, zorder=0.5, gid="step")
        ax.plot([-left / wide, 1], [split + 0.04 / row] * 2, color=GRID, lw=0.9, clip_on=False, **beside)
        return fig

    def _start(self) -> str:
        key = "chart.waterfall.start" if np.isfinite(self.ends[0]) else "chart.waterfall.start_unknown"
        return self.words(key, value=self.words.num(self.ends[0], self.at), **self.places)

    def _scale(self, ax, rows, label: float, height: float) -> tuple[float, float]:
        """Range of the axis: all bars and zero, with the share `label` free at the right for numbers."""
        marks = [v for _, _, start, size in rows for v in (start, start + size)] + [0.0]
        low, high = min(marks), max(marks)
        span = max(high - low, 1e-9)
        ax.set_axis_off()
        ax.set_ylim(height, 0)
        return ax.set_xlim(low - 0.03 * span, low + span * 1.03 / (1 - min(label, 0.6)))

    def _number(self, kind: str, size: float) -> str:
        """A bar's number; what print differs by is mostly too small for the digits of the others."""
        return self.words.num(size, max(self.digits, self.at + 1) if kind == "printed" else self.digits, sign=True)

    def _text(self, kind: str, size: float) -> str:
        w, now = self.words, self.ends[1]
        text = self._number(kind, size)
        if self.spoken and kind == "official" and np.isfinite(now):
            return w("chart.waterfall.now", change=text, value=w.num(now, self.at))
        return text

    def _bar(self, ax, y, kind, start, size, base) -> None:
        """Rises solid, falls pale; weights outlined, the rest hatched: no doing of the agencies; totals dark."""
        color = UP if size > 0 else DOWN if size < 0 else FLAT
        look = {
            "score": {"facecolor": FALL if size < 0 else color, "edgecolor": color},
            "weight": {"facecolor": "white", "edgecolor": FLAT},
            "coverage": {"facecolor": "white", "edgecolor": FLAT, "hatch": "////"},
            "instrument": {"facecolor": "white", "edgecolor": FLAT, "hatch": "\\\\\\\\"},
            "printed": {"facecolor": "white", "edgecolor": FLAT, "hatch": "...."},
            "official": {"facecolor": INK, "edgecolor": INK},
            "like_for_like": {"facecolor": "white", "edgecolor": INK},
        }[kind]
        ax.barh(y, size, left=start, height=0.56, lw=0.9, zorder=2, gid=f"bar-{kind}", **look)
        total = kind in TOTALS
        weight = "bold" if total else "semibold"
        ink = INK if total else color if kind == "score" else INK2
        text, letters = self._text(kind, size), base + (kind == "official")
        write(ax, max(start, start + size), y, text, letters, ink, va="center", weight=weight, gid="value", by=(4, 0))
