"""Text of charts as outlines, each text laid out once: the two layouts and many reports share what they say.

matplotlib lays a text out anew at every measuring and drawing, which is two thirds of the time of a chart. Outlines are
laid out at one size and scaled, so what was laid out for one picture serves all. The pictures are the same to the byte.
"""

from __future__ import annotations

import io
import re
from functools import lru_cache

from matplotlib import font_manager
from matplotlib.backends.backend_mixed import MixedModeRenderer
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.colors import rgb2hex
from matplotlib.figure import Figure
from matplotlib.ft2font import FT2Font
from matplotlib.textpath import TextToPath


class Letters(TextToPath):
    """matplotlib's text as outlines, remembered by font and text."""

    def __init__(self):
        super().__init__()
        self.measured = lru_cache(maxsize=20_000)(self._measured)
        self.laid_out = lru_cache(maxsize=20_000)(self._laid_out)
        self.font = lru_cache(maxsize=64)(self._font)

    def _font(self, families: tuple[str, ...], style: str, weight) -> FT2Font:
        prop = font_manager.FontProperties(family=list(families), style=style, weight=weight)
        return super()._get_font(prop)

    def _get_font(self, prop) -> FT2Font:
        font = self.font(tuple(prop.get_family()), prop.get_style(), prop.get_weight())
        font.set_size(self.FONT_SCALE, self.DPI)
        return font

    def _measured(self, text: str, families: tuple[str, ...], style: str, weight) -> tuple[float, float, float]:
        prop = font_manager.FontProperties(family=list(families), style=style, weight=weight, size=self.FONT_SCALE)
        return super().get_text_width_height_descent(text, prop, False)

    def get_text_width_height_descent(self, s, prop, ismath):
        """Width, height and depth below the line of a text, in points."""
        if ismath:
            return super().get_text_width_height_descent(s, prop, ismath)
        scale = prop.get_size_in_points() / self.FONT_SCALE
        found = self.measured(s, tuple(prop.get_family()), prop.get_style(), prop.get_weight())
        return tuple(v * scale for v in found)

    def _laid_out(self, font: FT2Font, text: str):
        return super().get_glyphs_with_font(font, text)

    def get_glyphs_with_font(self, font, s, glyph_map=None, return_new_glyphs_only=False, **more):
        """Letters of a text with their places, and the outlines of those not in `glyph_map`."""
        if any(v is not None for v in more.values()):
            return super().get_glyphs_with_font(font, s, glyph_map, return_new_glyphs_only, **more)
        info, outlines, rects = self.laid_out(font, s)
        known = {} if glyph_map is None else glyph_map
        new = {name: outline for name, outline in outlines.items() if name not in known}
        if not return_new_glyphs_only:
            new = {**known, **new}
        return list(info), new, rects


LETTERS = Letters()


class _Renderer(RendererSVG):
    """matplotlib's writer of SVG; the letters of a text are a line of `written` until the end, where `told` puts them in."""

    def __init__(self, *args, **more):
        super().__init__(*args, **more)
        self._text2path = LETTERS
        self.written: list[tuple] = []

    def _draw_text_as_path(self, gc, x, y, s, prop, angle, ismath, mtext=None):
        if ismath or (mtext is not None and (mtext.get_fontfeatures() or mtext.get_language())):
            super()._draw_text_as_path(gc, x, y, s, prop, angle, ismath, mtext)
            return
        self.writer.comment(s)
        scale = prop.get_size_in_points() / LETTERS.FONT_SCALE
        alpha = gc.get_alpha() if gc.get_forced_alpha() else gc.get_rgb()[3]
        color = rgb2hex(gc.get_rgb())
        look = ([] if color == "#000000" else [f"fill: {color}"]) + ([] if alpha == 1 else [f"opacity: {_brief(alpha)}"])
        turned = f" rotate({_brief(-angle)})" if angle else ""
        place = f"translate({_brief(x)} {_brief(y)}){turned} scale({_brief(scale)} {_brief(-scale)})"
        self.writer.start("g", style="; ".join(look), transform=place)
        font = LETTERS._get_font(prop)
        placed, new, _ = LETTERS.get_glyphs_with_font(font, s, glyph_map=self._glyph_map, return_new_glyphs_only=True)
        self._update_glyph_map_defs(new)
        if placed:
            self.writer.element("use", attrib={"written": str(len(self.written))})
            self.written.append(tuple(placed))
        self.writer.end("g")

    def _get_font_height_metrics(self, prop):
        return _heights(tuple(prop.get_family()), prop.get_style(), prop.get_weight(), prop.get_size_in_points())

    def told(self, text: str) -> str:
        """The picture with all its letters."""
        return _WRITTEN.sub(lambda m: _uses(self.written[int(m[2])], m[1]), text)


@lru_cache(maxsize=1_000)
def _heights(families: tuple[str, ...], style: str, weight, size: float) -> tuple[float, float, float]:
    """How far the first font of a text goes above and below the line, and the gap between lines, in points.

    As matplotlib finds it anew for every text (`matplotlib.text.Text._get_layout`); (None, None, None) leaves it to that.
    """
    font = LETTERS.font(families, style, weight)
    for name, keys in (("OS/2", ("sTypoAscender", "sTypoDescender", "sTypoLineGap")), ("hhea", ("ascent", "descent", "lineGap"))):
        table = font.get_sfnt_table(name)
        if table is not None:
            scale = 1 / font.get_sfnt_table("head")["unitsPerEm"] * size
            above, below, gap = (table[k] * scale for k in keys)
            return above, -below, gap
    return None, None, None


_WRITTEN = re.compile(r'( *)<use written="(\d+)"/>\n')


def _brief(number: float) -> str:
    """A number as matplotlib writes it into SVG."""
    return f"{number:f}".rstrip("0").rstrip(".")


@lru_cache(maxsize=20_000)
def _uses(placed: tuple, indent: str) -> str:
    """The lines that draw the letters of a text."""
    lines = []
    for name, x, y, scale in placed:
        moves = ([] if x == 0 and y == 0 else [f"translate({_brief(x)} {_brief(y)})"]) + (
            [] if scale == 1 else [f"scale({_brief(scale)})"]
        )
        place = f' transform="{" ".join(moves)}"' if moves else ""
        lines.append(f'{indent}<use xlink:href="#{name}"{place}/>\n')
    return "".join(lines)


def svg(figure: Figure) -> str:
    """The figure as SVG, as matplotlib saves it without metadata."""
    out = io.StringIO()
    dpi, figure.dpi = figure.dpi, 72
    width, height = figure.get_size_inches()
    nothing = {"Date": None, "Creator": None, "Format": None, "Type": None}
    inner = _Renderer(width * 72, height * 72, out, image_dpi=dpi, metadata=nothing)
    renderer = MixedModeRenderer(figure, width, height, dpi, inner)
    figure.draw(renderer)
    renderer.finalize()
    figure.dpi = dpi
    return inner.told(out.getvalue())
