"""Axes for charts: matplotlib's own, without the ticks and cuts that no chart here draws, and with remembered layouts.

An empty Axes costs matplotlib more time than all marks of a small chart, most of it for ticks that are thrown away at
once; every text gets a cut it never uses. The pictures are the same to the byte, but for the lines of a text, which stand
equally far apart.

Methods whose name begins with an underscore are matplotlib's: it has no public ones for the layout of a text, for ticks
made late and for limits not searched. Tests hold that a version which calls them otherwise is noticed.
"""

from __future__ import annotations

import math
from contextlib import contextmanager

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import XAxis, YAxis
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.text import Text

_LAYOUTS: dict[tuple, tuple] = {}
_MANY = 20_000


class Line(Text):
    """A text whose layout is remembered: where its lines and letters go around its place, by what is written and how."""

    def _get_layout(self, renderer):
        if self.get_wrap() or self.get_usetex():
            return super()._get_layout(renderer)
        font, angle, dpi = self.get_fontproperties(), self.get_rotation(), self.get_figure(root=True).dpi
        face = tuple(font.get_family()), font.get_style(), font.get_weight(), font.get_size_in_points()
        side = self.get_horizontalalignment(), self.get_verticalalignment(), self._get_multialignment()
        key = (self.get_text(), face, side, angle, self.get_rotation_mode(), self._linespacing, dpi, type(renderer))
        if key not in _LAYOUTS:
            if len(_LAYOUTS) >= _MANY:
                _LAYOUTS.clear()
            _LAYOUTS[key] = _evened(super()._get_layout(renderer), angle)
        return _LAYOUTS[key]


def _evened(layout: tuple, angle: float) -> tuple:
    """A layout whose lines stand equally far apart: matplotlib centres the ink of each, so that tails would lift a line."""
    box, lines, place = layout
    lifts = [(above - below) / 2 for _, (_, above, below), _ in lines]
    dx, dy, middle = -math.sin(math.radians(angle)), math.cos(math.radians(angle)), sum(lifts) / len(lifts)
    ups = [(line, lift - middle) for line, lift in zip(lines, lifts, strict=True)]
    return box, [(text, size, (x + dx * up, y + dy * up)) for (text, size, (x, y)), up in ups], place


class _Still:
    """An axis that makes a tick when it is to be drawn, not before."""

    @contextmanager
    def _unmade(self):
        waiting = [name for name in ("majorTicks", "minorTicks") if name not in self.__dict__]
        self.__dict__.update({name: [] for name in waiting})
        yield
        for name in waiting:
            self.__dict__.pop(name, None)

    def set_clip_path(self, path, transform=None):
        with self._unmade():
            super().set_clip_path(path, transform)

    def set_tick_params(self, which="major", reset=False, **kwargs):
        with self._unmade():
            super().set_tick_params(which, reset, **kwargs)

    def get_major_ticks(self, numticks=None):
        return [] if numticks == 0 else super().get_major_ticks(numticks)

    def _copy_tick_props(self, src, dest):
        # Ticks are made with the axis' settings; none is styled alone, so there is nothing more to copy.
        return


class _StillX(_Still, XAxis):
    pass


class _StillY(_Still, YAxis):
    pass


class _Ground(Rectangle):
    """The whole of the axes, which cuts every mark: its place is the axes' own, worked out once and not for each."""

    def __init__(self, panel: Axes):
        self._panel = panel
        super().__init__((0.0, 0.0), 1.0, 1.0)

    def get_transform(self):
        return self._panel.transAxes


class Panel(Axes):
    """The axes of a chart; where it sets its own limits, marks are not searched for them."""

    name = "panel"

    def _gen_axes_patch(self):
        return _Ground(self)

    def update_datalim(self, xys, updatex=True, updatey=True):
        if self.get_autoscale_on():
            super().update_datalim(xys, updatex, updatey)

    def add_collection(self, collection, autolim=True):
        return super().add_collection(collection, autolim if self.get_autoscale_on() else False)

    def _update_line_limits(self, line):
        if self.get_autoscale_on():
            super()._update_line_limits(line)

    def _update_patch_limits(self, patch):
        if self.get_autoscale_on():
            super()._update_patch_limits(patch)

    def _init_axis(self):
        self.xaxis = _StillX(self, clear=False)
        self.yaxis = _StillY(self, clear=False)
        for spine, axis in (("bottom", self.xaxis), ("top", self.xaxis), ("left", self.yaxis), ("right", self.yaxis)):
            self.spines[spine].register_axis(axis)

    def plot(self, x, y, marker=None, **look):
        """One line, or marks alone where `marker` is given by its place, as matplotlib's but for numbers only."""
        settled = {"marker": marker, "linestyle": "none"} if marker else {}
        if "ls" in look:
            settled["linestyle"] = look.pop("ls")
        return [self.add_line(Line2D(np.atleast_1d(x), np.atleast_1d(y), **settled, **look))]

    def text(self, x, y, s, fontdict=None, **kwargs):
        """A text at (x, y), as matplotlib's, but with a remembered layout, and cut only if it is said to be."""
        settled = {"transform": self.transData, "clip_on": False}
        line = Line(x, y, s, parse_math=False, **{**settled, **(fontdict or {}), **kwargs})
        if line.get_clip_on() and line.get_clip_path() is None:
            line.set_clip_path(self.patch)
        self._add_text(line)
        return line
