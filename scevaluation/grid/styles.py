"""Styles of an .xlsx: the number format, fill, and marks of every cell style; standard library only."""

from __future__ import annotations

import colorsys
import re
from collections.abc import Iterator
from functools import partial

from scevaluation.grid.archive import Clock, Elements
from scevaluation.grid.sheet import Looks, Style

MAIN = ("http://schemas.openxmlformats.org/spreadsheetml/2006/main ", "http://purl.oclc.org/ooxml/spreadsheetml/main ")
_DRAWING = ("http://schemas.openxmlformats.org/drawingml/2006/main ", "http://purl.oclc.org/ooxml/drawingml/main ")
BUILTIN = {
    0: "General", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 5: '"$"#,##0_);("$"#,##0)', 6: '"$"#,##0_);[Red]("$"#,##0)',
    7: '"$"#,##0.00_);("$"#,##0.00)', 8: '"$"#,##0.00_);[Red]("$"#,##0.00)', 9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?",
    13: "# ??/??", 14: "mm-dd-yy", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm",
    21: "h:mm:ss", 22: "m/d/yy h:mm", 37: "#,##0_);(#,##0)", 38: "#,##0_);[Red](#,##0)", 39: "#,##0.00_);(#,##0.00)",
    40: "#,##0.00_);[Red](#,##0.00)", 41: '_(* #,##0_);_(* \\(#,##0\\);_(* "-"_);_(@_)',
    42: '_("$"* #,##0_);_("$"* \\(#,##0\\);_("$"* "-"_);_(@_)', 43: '_(* #,##0.00_);_(* \\(#,##0.00\\);_(* "-"??_);_(@_)',
    44: '_("$"* #,##0.00_);_("$"* \\(#,##0.00\\);_("$"* "-"??_);_(@_)', 45: "mm:ss", 46: "[h]:mm:ss", 47: "mmss.0", 48: "##0.0E+0",
    49: "@",
}  # fmt: skip
_BRIGHT = "000000 FFFFFF FF0000 00FF00 0000FF FFFF00 FF00FF 00FFFF"
PALETTE = (
    f"{_BRIGHT} {_BRIGHT} 800000 008000 000080 808000 800080 008080 C0C0C0 808080 9999FF 993366 FFFFCC CCFFFF 660066 FF8080 0066CC "
    "CCCCFF 000080 FF00FF FFFF00 00FFFF 800080 800000 008080 0000FF 00CCFF CCFFFF CCFFCC FFFF99 99CCFF FF99CC CC99FF FFCC99 3366FF "
    "33CCCC 99CC00 FFCC00 FF9900 FF6600 666699 969696 003366 339966 003300 333300 993300 993366 333399 333333"
).split()
THEME = ["FFFFFF", "000000", "EEECE1", "1F497D", "4F81BD", "C0504D", "9BBB59", "8064A2", "4BACC6", "F79646", "0000FF", "800080"]
_ORDER = ("lt1", "dk1", "lt2", "dk2", "accent1", "accent2", "accent3", "accent4", "accent5", "accent6", "hlink", "folHlink")


def on(attributes: dict[str, str], name: str = "val", default: str = "1") -> bool:
    """A switch of an element, such as hidden="1"."""
    return attributes.get(name, default) in ("1", "true", "on")


def whole(attributes: dict[str, str], name: str, default: int = 0) -> int:
    """A whole number of an element; `default` where there is none."""
    text = attributes.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 10 else default


class Styles(Elements):
    """Reads xl/styles.xml; `styles` are those of cells by their number."""

    def __init__(self, looks: Looks, theme: list[str]):
        super().__init__()
        self.looks, self.theme, self.palette = looks, theme, list(PALETTE)
        self.formats: dict[int, str] = {}
        self.fonts: list[tuple[bool, bool]] = []
        self.fills, self.cells = list[dict](), list[dict]()
        self.own_palette, self.inside = list[str](), ""
        self.places = {"fonts", "fills", "cellXfs", "dxfs", "cellStyleXfs"}
        for space in MAIN:
            self.starts |= {f"{space}{name}": partial(self._into, name) for name in self.places}
            self.ends |= {f"{space}{name}": partial(self._into, "") for name in self.places}
            for name in ("numFmt", "font", "strike", "vertAlign", "patternFill", "fill", "fgColor", "xf", "rgbColor"):
                self.starts[space + name] = getattr(self, f"_{name}")

    def _into(self, name: str, _attributes: dict | None = None) -> None:
        self.inside = name

    def _numFmt(self, a: dict) -> None:
        if not self.inside:
            self.formats[whole(a, "numFmtId", -1)] = a.get("formatCode", "General")

    def _font(self, _: dict) -> None:
        if self.inside == "fonts":
            self.fonts.append((False, False))

    def _strike(self, a: dict) -> None:
        if self.inside == "fonts":
            self.fonts[-1] = (on(a), self.fonts[-1][1])

    def _vertAlign(self, a: dict) -> None:
        if self.inside == "fonts":
            self.fonts[-1] = (self.fonts[-1][0], a.get("val") in ("superscript", "subscript"))

    def _fill(self, _: dict) -> None:
        if self.inside == "fills":
            self.fills.append({})

    def _patternFill(self, a: dict) -> None:
        if self.inside == "fills" and self.fills:
            self.fills[-1] = {"solid": a.get("patternType") == "solid"}

    def _fgColor(self, a: dict) -> None:
        if self.inside == "fills" and self.fills and self.fills[-1].get("solid"):
            self.fills[-1] = {"solid": True, **a}

    def _rgbColor(self, a: dict) -> None:
        self.own_palette.append(a.get("rgb", "")[-6:].upper())

    def _xf(self, a: dict) -> None:
        if self.inside == "cellXfs":
            self.cells.append(a)

    def styles(self) -> list[Style]:
        """Every cell style; the first one stands for cells without."""
        self.palette[: len(self.own_palette)] = self.own_palette
        out = []
        for a in self.cells or [{}]:
            number, font = whole(a, "numFmtId"), whole(a, "fontId")
            code = self.formats.get(number) or BUILTIN.get(number) or f"[format {number}]"
            out.append((code, self._colour(whole(a, "fillId")), *(self.fonts[font] if font < len(self.fonts) else (False, False))))
        return numbered(self.looks, out)

    def _colour(self, fill: int) -> str:
        a = self.fills[fill] if fill < len(self.fills) else {}
        if not a.get("solid"):
            return ""
        if "rgb" in a:
            base = a["rgb"][-6:].upper()
        else:
            colours, place = (self.theme, whole(a, "theme", -1)) if "theme" in a else (self.palette, whole(a, "indexed", -1))
            base = colours[place] if 0 <= place < len(colours) else ""
        return tinted(base, a.get("tint", "")) if re.fullmatch(r"[0-9A-F]{6}", base) else ""


def numbered(looks: Looks, given: list[tuple[str, str, bool, bool]]) -> list[Style]:
    """Styles by their number of code, fill, struck and raised; equal ones are one."""
    known = {key: Style(looks, *key) for key in dict.fromkeys(given)}
    return [known[key] for key in given]


def tinted(colour: str, tint: str) -> str:
    """A colour made lighter (tint up to 1) or darker (down to -1)."""
    try:
        share = max(-1.0, min(1.0, float(tint or 0)))
    except ValueError:
        return colour
    if not share:
        return colour
    hue, light, depth = colorsys.rgb_to_hls(*(int(colour[i : i + 2], 16) / 255 for i in (0, 2, 4)))
    light = light * (1 + share) if share < 0 else light * (1 - share) + share
    return "".join(f"{round(part * 255):02X}" for part in colorsys.hls_to_rgb(hue, light, depth))


class _Theme(Elements):
    def __init__(self):
        super().__init__()
        self.colours: dict[str, str] = {}
        self.name = ""
        for space in _DRAWING:
            self.starts |= {f"{space}{name}": partial(self._named, name) for name in _ORDER}
            self.starts |= {f"{space}srgbClr": partial(self._given, "val"), f"{space}sysClr": partial(self._given, "lastClr")}
            self.ends |= {f"{space}{name}": partial(self._named, "") for name in _ORDER}

    def _named(self, name: str, _attributes: dict | None = None) -> None:
        self.name = name

    def _given(self, key: str, attributes: dict) -> None:
        if self.name:
            self.colours.setdefault(self.name, attributes.get(key, "").upper())


def theme(pieces: Iterator[bytes], clock: Clock) -> list[str]:
    """The colours of a theme in the order of their numbers."""
    found = _Theme().read(pieces, clock).colours
    return [found.get(name) or usual for name, usual in zip(_ORDER, THEME, strict=True)]
