"""Small SVG: what matplotlib writes, with the same picture in about half the bytes."""

from __future__ import annotations

import re
from functools import lru_cache

_NUMBER = re.compile(r"-?\d+\.?\d*(?:e[-+]?\d+)?")
_TOKEN = re.compile(r"[A-Za-z]|-?\d+\.?\d*(?:e[-+]?\d+)?")
_AUTOMATIC = re.compile(r' id="[A-Za-z][A-Za-z0-9.]*_\d+"')
_STYLE = re.compile(r'(?<=style=")[^"]*')
_OUTLINE = re.compile(r'(?<= d=")[^"]*')
_GLYPH = re.compile(r'<path id="([A-Za-z][\w-]*-[0-9a-f]+)" d="([^"]*)" transform="scale\(0\.015625\)"/>')
_USE = re.compile(r'<use xlink:href="#([A-Za-z][\w-]*-[0-9a-f]+)"(?: transform="translate\(([-\d.]+) ([-\d.]+)\)")?/>')
_PLACE = re.compile(r"(?<=translate\()([-\d.e]+) ([-\d.e]+)(?=\))")
_COARSE = (
    16  # matplotlib's outlines have 64 steps a unit of a font of 100; 4 are finer than any screen or printer shows at 12 points
)


def _short(number: str, digits: int = 2) -> str:
    """A number with at most `digits` decimals and no idle zeros."""
    text = f"{float(number):.{digits}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def _path(d: str) -> str:
    """An outline with two decimals and no more blanks than needed."""
    text = _NUMBER.sub(lambda m: _short(m[0]), " ".join(d.split()))
    return re.sub(r" ?([A-Za-z]) ?", r"\1", text).replace(" -", "-").strip()


@lru_cache(maxsize=2048)
def glyph(d: str) -> str:
    """A letter's outline on a grid of 400 steps, each point relative to the one before."""
    out, at, command, points = [], (0, 0), "", []
    need = {"M": 1, "L": 1, "Q": 2, "C": 3}
    start = at
    for token in [*_TOKEN.findall(d), "end"]:
        if not token[0].isalpha():
            points.append(round(float(token) / _COARSE))
            if len(points) < 2 * need[command]:
                continue
            pairs = list(zip(points[::2], points[1::2], strict=True))
            moved = " ".join(f"{x - at[0]} {y - at[1]}" for x, y in pairs)
            out.append(
                (command.lower() if command != "M" else "M") + (f"{pairs[0][0]} {pairs[0][1]}" if command == "M" else moved)
            )
            at, points = pairs[-1], []
            start = at if command == "M" else start
        elif token in ("z", "Z"):
            out.append("z")
            at = start
        else:
            command = token
    return "".join(out).replace(" -", "-")


def _letters(svg: str) -> str:
    """Short names and outlines for letters; the places of letters in tenths of a unit."""
    names: dict[str, str] = {}

    def define(match: re.Match) -> str:
        names[match[1]] = f"g{len(names)}"
        return f'<path id="{names[match[1]]}" d="{glyph(match[2])}" transform="scale(.25)"/>'

    def use(match: re.Match) -> str:
        x, y = _short(match[2] or "0", 1), _short(match[3] or "0", 1)
        place = (f' x="{x}"' if x != "0" else "") + (f' y="{y}"' if y != "0" else "")
        return f'<use xlink:href="#{names.get(match[1], match[1])}"{place}/>'

    return _USE.sub(use, _GLYPH.sub(define, svg))


def _groups(lines: list[str]) -> list[str]:
    """Lines without the groups that carry nothing."""
    out, carries = [], []
    for line in lines:
        if re.match(r"<g[ />]", line):
            if line.endswith("/>"):
                continue
            carries.append(line != "<g>")
            if not carries[-1]:
                continue
        elif line == "</g>" and not carries.pop():
            continue
        out.append(line)
    return out


def slim(svg: str) -> str:
    """The same picture, smaller: no XML head, automatic names or empty groups, short numbers, letters drawn once.

    Parameters
    ----------
    svg : str
        As matplotlib saves it with text as outlines.

    Returns
    -------
    str
        From <svg to </svg>. Names given with `gid` and the text of labels, as comments, stay.
    """
    text = svg[svg.index("<svg") :]
    text = _letters(_AUTOMATIC.sub("", text))
    text = _OUTLINE.sub(lambda m: m[0] if m[0].startswith("M") and "\n" not in m[0] else _path(m[0]), text)
    text = _STYLE.sub(lambda m: m[0].replace(": ", ":").replace("; ", ";"), text)
    text = _PLACE.sub(lambda m: f"{_short(m[1])} {_short(m[2])}", text)
    lines = [line.strip() for line in text.splitlines()]
    return "\n".join(_groups([line for line in lines if line]))
