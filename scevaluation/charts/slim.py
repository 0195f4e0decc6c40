"""Small SVG: what matplotlib writes, with the same picture in about half the bytes."""

from __future__ import annotations

import re
from functools import lru_cache

_NUMBER = re.compile(r"-?\d+\.?\d*(?:e[-+]?\d+)?")
_AUTOMATIC = re.compile(r' id="[A-Za-z][A-Za-z0-9.]*_\d+"')
_STYLE = re.compile(r'(?<=style=")[^"]*')
_OUTLINE = re.compile(r'(?<= d=")[^"]*')
_GLYPH = re.compile(r'<path id="([A-Za-z][\w-]*-[0-9a-f]+)"(?: d="([^"]*)")? transform="scale\(0\.015625\)"/>')
_USE = re.compile(r'<use xlink:href="#([A-Za-z][\w-]*-[0-9a-f]+)"(?: transform="translate\(([-\d.]+) ([-\d.]+)\)")?/>')
_TEXT = re.compile(rf"(?: *{_USE.pattern}\n)+")
_PLACE = re.compile(r"(?<=translate\()([-\d.e]+) ([-\d.e]+)(?=\))")
_COARSE = 32  # matplotlib's outlines have 64 steps a unit of a font of 100; 2 are a quarter of a printer's dot at 12 points


def _short(number: str, digits: int = 2) -> str:
    """A number with at most `digits` decimals and no idle zeros."""
    text = f"{float(number):.{digits}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def _path(d: str) -> str:
    """An outline in tenths of a point (hundredths near its origin, where marks are drawn), without idle blanks."""
    text = _NUMBER.sub(lambda m: _short(m[0], 2 if abs(float(m[0])) < 10 else 1), " ".join(d.split()))
    return re.sub(r" ?([A-Za-z]) ?", r"\1", text).replace(" -", "-").strip()


@lru_cache(maxsize=2048)
def glyph(d: str) -> str:
    """A letter's outline on a grid of 200 steps, each point relative to the one before.

    Where a curve goes on as the one before ended, which TrueType outlines mostly do, only its end is written (`t`); the
    point of control that follows from it is at most one step away from where it was.
    """
    out, at, start, control = [], (0, 0), (0, 0), None
    parts = _parts(d)
    for (command, points), (after, ahead) in zip(parts, [*parts[1:], ("", [])], strict=True):
        if command == "Z":
            out.append("z")
            at, control = start, None
            continue
        ends = [(round(x), round(y)) for x, y in points]
        if command == "M":
            out.append(f"M{ends[0][0]} {ends[0][1]}")
            start = ends[0]
        elif command == "Q":
            follows = control and (2 * at[0] - control[0], 2 * at[1] - control[1])
            smooth = bool(follows) and _near(follows, points[0], 1)
            control = follows if smooth else ends[0]
            middle = ((control[0] + ahead[0][0]) / 2, (control[1] + ahead[0][1]) / 2) if after == "Q" else points[1]
            ends[1] = (round(middle[0]), round(middle[1])) if _near(middle, points[1], 0.5) else ends[1]
            out.append(_moved("T" if smooth else "Q", ends[1:] if smooth else [control, ends[1]], at))
        else:
            out.append(_moved(command, ends, at))
        at, control = ends[-1], control if command == "Q" else None
    # A command's letter need not be said twice in a row.
    kept = [c if n == 0 or c[0] != out[n - 1][0] or c[0] in "Mz" else " " + c[1:] for n, c in enumerate(out)]
    return "".join(kept).replace(" -", "-")


def _parts(d: str) -> list[tuple[str, list[tuple[float, float]]]]:
    """Commands of an outline with their points, in steps of the grid."""
    out: list[tuple[str, list[tuple[float, float]]]] = []
    for command, numbers in re.findall(r"([A-Za-z])([^A-Za-z]*)", d):
        values = [float(v) / _COARSE for v in numbers.split()]
        pairs = list(zip(values[::2], values[1::2], strict=True))
        need = {"Q": 2, "C": 3}.get(command, 1)
        out += [(command, pairs[i : i + need]) for i in range(0, len(pairs), need)] if pairs else [(command.upper(), [])]
    return out


def _near(a: tuple[float, float], b: tuple[float, float], far: float) -> bool:
    return abs(a[0] - b[0]) <= far and abs(a[1] - b[1]) <= far


def _moved(command: str, pairs: list[tuple[int, int]], at: tuple[int, int]) -> str:
    """A command with its points relative to where it starts; a level or upright line by its length alone."""
    (x, y), *more = [(x - at[0], y - at[1]) for x, y in pairs]
    if command == "L" and not more and 0 in (x, y):
        return f"h{x}" if y == 0 else f"v{y}"
    return command.lower() + " ".join(f"{x} {y}" for x, y in ((x, y), *more))


@lru_cache(maxsize=20_000)
def _placed(uses: str) -> list[tuple[str, str]]:
    """Letters of a text with their places as attributes."""
    out = []
    for name, *place in _USE.findall(uses):
        x, y = (_short(2 * float(v or 0), 0) for v in place)
        out.append((name, (f' x="{x}"' if x != "0" else "") + (f' y="{y}"' if y != "0" else "")))
    return out


def _letters(svg: str) -> str:
    """Short names and outlines for letters, placed by whole units of a font of 200."""
    names: dict[str, str] = {}

    def define(match: re.Match) -> str:
        names[match[1]] = f"g{len(names)}"
        return f'<path id="{names[match[1]]}" d="{glyph(match[2]) if match[2] else ""}"/>'

    def written(match: re.Match) -> str:
        return "".join([f'<use href="#{names.get(name, name)}"{place}/>\n' for name, place in _placed(match[0])])

    text = _TEXT.sub(written, _GLYPH.sub(define, svg))
    # Letters are drawn on 200 units, so the text around them is scaled to half.
    return re.sub(r"scale\(([\d.]+) -[\d.]+\)", lambda m: f"scale({float(m[1]) / 2:g} -{float(m[1]) / 2:g})", text)


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
