"""Text of charts as outlines, each text laid out once: the two layouts and many reports share what they say.

matplotlib lays a text out anew at every measuring and drawing, which is two thirds of the time of a chart. Outlines are
laid out at one size and scaled, so what was laid out for one picture serves all. The pictures are the same to the byte.
"""

from __future__ import annotations

import io
from functools import lru_cache

from matplotlib import font_manager
from matplotlib.backends.backend_mixed import MixedModeRenderer
from matplotlib.backends.backend_svg import RendererSVG
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
    def __init__(self, *args, **more):
        super().__init__(*args, **more)
        self._text2path = LETTERS


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
    return out.getvalue()
