"""Figures as small SVG: a renderer of matplotlib for what charts draw, which writes nothing that no reader sees.

matplotlib's own writer gives every mark a name, six decimals and its letters anew; this one draws the same picture in half
the bytes and half the time.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from matplotlib.backend_bases import RendererBase
from matplotlib.colors import rgb2hex
from matplotlib.figure import Figure
from matplotlib.path import Path
from matplotlib.transforms import Affine2D

from scevaluation.draw.letters import LETTERS, STEPS

_LETTER = {Path.MOVETO: "M", Path.LINETO: "L", Path.CURVE3: "Q", Path.CURVE4: "C"}
_MORE = {Path.CURVE3: 1, Path.CURVE4: 2}
_HATCH = 72  # points a side of the square that a hatch repeats
_MARGIN = 3.0  # points; what stays so far inside its frame is not cut by it, its stroke included


def svg(figure: Figure) -> str:
    """The figure as SVG, from <svg to </svg>: a line a mark, names given with `gid` as groups, texts as comments too.

    Outlines stand on tenths of a point, marks on hundredths. Images and gradients are not drawn.
    """
    dpi, figure.dpi = figure.dpi, 72
    width, height = figure.get_size_inches()
    renderer = _Renderer(width * 72, height * 72)
    figure.draw(renderer)
    figure.dpi = dpi
    return renderer.text()


class _Renderer(RendererBase):
    def __init__(self, width: float, height: float):
        super().__init__()
        self.width, self.height = width, height
        self._lines: list[str] = []
        self._groups: list[str | None] = []
        self._open = 0  # groups that stand in the text; one that nothing is drawn in is never written
        self._defs: dict[str, str] = {}
        self._letters: dict[str, str] = {}
        self._names: dict[tuple, str] = {}

    def text(self) -> str:
        """All that was drawn."""
        w, h = _number(self.width), _number(self.height)
        size = f'width="{w}pt" height="{h}pt" viewBox="0 0 {w} {h}"'
        head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} version="1.1" stroke-linejoin="round">'
        letters = [f'<path id="{short}" d="{LETTERS.outlines[name]}"/>' for name, short in self._letters.items()]
        return "\n".join([head, "<defs>", *self._defs.values(), *letters, "</defs>", *self._lines, "</svg>"])

    # what matplotlib asks

    def get_canvas_width_height(self):
        return self.width, self.height

    def get_text_width_height_descent(self, s, prop, ismath):
        return LETTERS.measure(s, prop)

    # what matplotlib draws

    def open_group(self, s, gid=None):
        self._groups.append(gid)

    def close_group(self, s):
        gid = self._groups.pop()
        if self._open > len(self._groups):
            self._open -= 1
            if gid:
                self._lines.append("</g>")

    def draw_path(self, gc, path, transform, rgbFace=None):
        line = rgbFace is None and gc.get_hatch() is None
        points, codes = self._points(path, transform, line)
        if len(points):
            cut = self._cut(gc, (*points.min(axis=0), *points.max(axis=0)))
            self._put(f"{_drawn(points, codes, 1)}{cut}{self._style(gc, rgbFace)}/>")

    def draw_markers(self, gc, marker_path, marker_trans, path, trans, rgbFace=None):
        places = trans.transform(path.vertices)
        shape, style = self._shape(marker_path.transformed(marker_trans)), self._style(gc, rgbFace)
        self._marks(gc, [(*shape, x, y, style) for x, y in places[np.isfinite(places).all(axis=1)].tolist()])

    def draw_path_collection(self, gc, master_transform, paths, all_transforms, offsets, *looks, **more):
        if len(offsets) < 2:
            super().draw_path_collection(gc, master_transform, paths, all_transforms, offsets, *looks, **more)
            return
        marks, shapes = [], {}

        def mark(own, path, transform, face=None):
            matrix = transform.get_matrix()
            (a, c, x), (b, d, y), _ = matrix.tolist()
            shape = shapes.get(key := (id(path), a, b, c, d))
            if shape is None:
                shape = shapes[key] = self._shape(path.transformed(Affine2D.from_values(a, b, c, d, 0, 0)))
            marks.append((*shape, x, y, self._style(own, face)))

        # matplotlib's own way through a collection, of which each outline becomes a mark.
        each = RendererBase()
        each.draw_path = mark
        each.draw_path_collection(gc, master_transform, paths, all_transforms, offsets, *looks, **more)
        self._marks(gc, marks)

    def draw_text(self, gc, x, y, s, prop, angle, ismath=False, mtext=None):
        placed = LETTERS.placed(s, prop)
        for name, _ in placed:
            if name not in self._letters:
                self._letters[name] = f"g{len(self._letters)}"
        color, alpha = _hex(gc.get_rgb()), gc.get_alpha() if gc.get_forced_alpha() else gc.get_rgb()[3]
        look = [f"fill:{color}"] * (color != "#000000") + [f"opacity:{_number(alpha)}"] * (alpha != 1)
        style = f' style="{";".join(look)}"' if look else ""
        scale = f"{prop.get_size_in_points() / STEPS:g}"
        turned = f" rotate({_number(-angle)})" if angle else ""
        place = f"translate({_number(x)} {_number(y)}){turned} scale({scale} -{scale})"
        # What a text says is hostile until escaped; two dashes would end a comment.
        said = s.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("--", "- -")
        self._put(f"<!-- {said} -->")
        cut = self._cut(gc, None)
        self._put(f'<g{style} transform="{place}">' if not cut else f'<g{cut}><g{style} transform="{place}">')
        self._lines += [f'<use href="#{self._letters[name]}"{where}/>' for name, where in placed]
        self._lines.append("</g></g>" if cut else "</g>")

    # how it is written

    def _put(self, line: str) -> None:
        for gid in self._groups[self._open :]:
            if gid:
                self._lines.append(f'<g id="{_attribute(gid)}">')
        self._open = len(self._groups)
        self._lines.append(line)

    def _points(self, path: Path, transform, line: bool) -> tuple[np.ndarray, np.ndarray]:
        """Points with their codes, from the figure's upper left; of an open line only what is inside the figure."""
        inside = (0.0, 0.0, self.width, self.height) if line else None
        clean = path.cleaned(transform, remove_nans=True, clip=inside, simplify=line and path.should_simplify, curves=True)
        points, codes = np.asarray(clean.vertices), np.asarray(clean.codes)
        points[:, 1] = self.height - points[:, 1]
        return points[codes != Path.STOP], codes[codes != Path.STOP]

    def _shape(self, shape: Path) -> tuple[str, float]:
        """The name of a mark's shape (in points, upwards) and how far it reaches."""
        clean = shape.cleaned(curves=True, remove_nans=True)
        vertices, codes = np.asarray(clean.vertices), np.asarray(clean.codes)
        points = vertices[codes != Path.STOP] * (1, -1)
        drawn = _drawn(points, codes[codes != Path.STOP], 2)
        name = self._named("m", drawn, lambda name: f'{drawn} id="{name}"/>')
        return name, float(np.abs(points).max(initial=0))

    def _marks(self, gc, marks: list[tuple[str, float, float, float, str]]) -> None:
        """Marks by the name of their shape, its reach, place and style."""
        if not marks:
            return
        names, reaches, xs, ys, styles = zip(*marks, strict=True)
        ys, reach = tuple(self.height - y for y in ys), max(reaches)
        cut = self._cut(gc, (min(xs) - reach, min(ys) - reach, max(xs) + reach, max(ys) + reach))
        if cut:
            self._put(f"<g{cut}>")
        for name, x, y, style in zip(names, xs, ys, styles, strict=True):
            self._put(f'<use href="#{name}" x="{_number(x)}" y="{_number(y)}"{style}/>')
        if cut:
            self._put("</g>")

    def _named(self, kind: str, content, define) -> str:
        """A name for what is defined once, by its content."""
        key = (kind, content)
        if key not in self._names:
            self._names[key] = name = f"{kind}{sum(k[0] == kind for k in self._names)}"
            self._defs[name] = define(name)
        return self._names[key]

    def _cut(self, gc, box: tuple[float, float, float, float] | None) -> str:
        """What cuts a mark, as an attribute; nothing where its box (left, top, right, bottom) is well inside a frame."""
        shape, transform = gc.get_clip_path()
        if shape is not None:
            return self._cut_by(_drawn(*self._points(shape, transform, False), 2) + "/>")
        frame = gc.get_clip_rectangle()
        if frame is None:
            return ""
        x, y, w, h = frame.bounds
        top, free = self.height - (y + h), _MARGIN
        if box and x + free <= box[0] and top + free <= box[1] and box[2] <= x + w - free and box[3] <= top + h - free:
            return ""
        place = f'x="{_number(x)}" y="{_number(top)}" width="{_number(w)}" height="{_number(h)}"'
        return self._cut_by(f"<rect {place}/>")

    def _cut_by(self, mark: str) -> str:
        name = self._named("p", mark, lambda name: f'<clipPath id="{name}">{mark}</clipPath>')
        return f' clip-path="url(#{name})"'

    def _style(self, gc, face) -> str:
        (offset, dashes), ink, width = gc.get_dashes(), tuple(gc.get_rgb()), float(gc.get_linewidth())
        fill, hatch = None if face is None else tuple(face), self._hatch(gc, face) if gc.get_hatch() else ""
        alpha = gc.get_alpha() if gc.get_forced_alpha() else None
        dash = (float(offset), tuple(dashes)) if dashes is not None else None
        return f' style="{_css(fill, hatch, ink, alpha, width, dash, gc.get_joinstyle(), gc.get_capstyle())}"'

    def _hatch(self, gc, face) -> str:
        """The name of a hatch, a square that repeats."""
        ink, width = tuple(gc.get_hatch_color()), gc.get_hatch_linewidth()
        ground = "" if face is None else f'<rect width="{_HATCH + 1}" height="{_HATCH + 1}" fill="{_hex(tuple(face))}"/>\n'
        clean = gc.get_hatch_path().cleaned(Affine2D().scale(_HATCH, -_HATCH).translate(0, _HATCH), curves=True)
        kept = clean.codes != Path.STOP
        faint = f";stroke-opacity:{_number(ink[3])}" if ink[3] < 1 else ""
        style = f"fill:{_hex(ink)};stroke:{_hex(ink)};stroke-width:{_number(width)};stroke-linejoin:miter{faint}"
        drawn = _outline(clean.vertices[kept], clean.codes[kept], 2)
        if dots := _dots(clean.vertices[kept], clean.codes[kept]):
            drawn, across = dots
            style = f"fill:none;stroke:{_hex(ink)};stroke-width:{_number(across + width)};stroke-linecap:round{faint}"
        inside = f'{ground}<path d="{drawn}" style="{style}"/>'
        size = f'patternUnits="userSpaceOnUse" width="{_HATCH}" height="{_HATCH}"'
        return self._named("h", inside, lambda name: f'<pattern id="{name}" {size}>\n{inside}\n</pattern>')


@lru_cache(maxsize=5_000)
def _css(face, hatch: str, ink: tuple, alpha: float | None, width: float, dashes, join: str, cap: str) -> str:
    """Fill and stroke; `alpha` is set where it holds for both."""
    out = [f"fill:url(#{hatch})" if hatch else "fill:none" if face is None else f"fill:{_hex(face)}"]
    if face is not None and len(face) == 4 and face[3] != 1 and alpha is None:
        out.append(f"fill-opacity:{_number(face[3])}")
    if alpha is not None and alpha != 1:
        out.append(f"opacity:{_number(alpha)}")
    if width:
        if dashes is not None:
            out.append("stroke-dasharray:" + ",".join(_number(d) for d in dashes[1]))
            out += [f"stroke-dashoffset:{_number(dashes[0])}"] * int(dashes[0] != 0)
        out.append(f"stroke:{_hex(ink)}")
        out += [f"stroke-opacity:{_number(ink[3])}"] * int(alpha is None and ink[3] != 1)
        out += [f"stroke-width:{_number(width)}"] * int(width != 1)
        out += [f"stroke-linejoin:{join}"] * (join != "round")
        out += [f"stroke-linecap:{'square' if cap == 'projecting' else cap}"] * (cap != "butt")
    return ";".join(o for o in out if o != "fill:#000000")


@lru_cache(maxsize=5_000)
def _hex(color: tuple) -> str:
    return rgb2hex(color)


def _attribute(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


def _number(value: float, digits: int = 2) -> str:
    """A number with at most `digits` decimals and no idle zeros."""
    return f"{round(float(value), digits) + 0.0:g}"


def _outline(points: np.ndarray, codes: np.ndarray, digits: int) -> str:
    """Points with matplotlib's codes as the data of a path; level and upright lines by one number."""
    out, left, at = [], 0, (None, None)
    for code, (x, y) in zip(codes.tolist(), (np.round(points, digits) + 0.0).tolist(), strict=True):
        if left:
            out.append(f" {x:g} {y:g}")
            left -= 1
        elif code == Path.CLOSEPOLY:
            out.append("z")
            continue
        elif code == Path.LINETO and y == at[1]:
            out.append(f"H{x:g}")
        elif code == Path.LINETO and x == at[0]:
            out.append(f"V{y:g}")
        else:
            out.append(f"{_LETTER[code]}{x:g} {y:g}")
            left = _MORE.get(code, 0)
        at = (x, y)
    return "".join(out).replace(" -", "-")


def _dots(points: np.ndarray, codes: np.ndarray) -> tuple[str, float] | None:
    """Outlines that are circles of one size as ends of lines without length, which are round, and how far each is across."""
    if not len(codes) or len(codes) % 26 or not (codes.reshape(-1, 26)[:, 1:25] == Path.CURVE4).all():
        return None
    each = points.reshape(-1, 26, 2)[:, :25]
    low, high = each.min(axis=1), each.max(axis=1)
    sizes = high - low
    if float(np.ptp(sizes)) > 0.01:
        return None
    return "".join(f"M{_number(x)} {_number(y)}h0" for x, y in ((low + high) / 2).tolist()), float(sizes.mean())


def _drawn(points: np.ndarray, codes: np.ndarray, digits: int) -> str:
    """The element of an outline, without its end; a circle, which matplotlib draws as eight curves, as one."""
    if len(codes) == 26 and (codes[1:25] == Path.CURVE4).all():
        (left, top), (right, low) = points[:25].min(axis=0), points[:25].max(axis=0)
        if abs((right - left) - (low - top)) < 0.1:
            place = [(name, _number(v)) for name, v in (("cx", (left + right) / 2), ("cy", (top + low) / 2))]
            at = "".join(f' {name}="{v}"' for name, v in place if v != "0")
            return f'<circle{at} r="{_number((right - left) / 2)}"'
    return f'<path d="{_outline(points, codes, digits)}"'
