"""Small SVG: what matplotlib writes, with the same picture in about half the bytes."""

from __future__ import annotations

import re
import string
from collections import Counter
from functools import lru_cache

_NUMBER = re.compile(r"-?\d+\.?\d*(?:e[-+]?\d+)?")
_TOKEN = re.compile(r"[A-Za-z]|-?\d+\.?\d*(?:e[-+]?\d+)?")
_AUTOMATIC = re.compile(r' id="[A-Za-z][A-Za-z0-9.]*_\d+"')
_STYLE = re.compile(r'(?<=style=")[^"]*')
_OUTLINE = re.compile(r'(?<= d=")[^"]*')
_GLYPH = re.compile(r'<path id="([A-Za-z][\w-]*-[0-9a-f]+)" d="([^"]*)" transform="scale\(0\.015625\)"/>')
_USE = re.compile(r'<use xlink:href="#([A-Za-z][\w-]*-[0-9a-f]+)"(?: transform="translate\(([-\d.]+) ([-\d.]+)\)")?/>')
_TEXT = re.compile(rf"(?: *{_USE.pattern}\n)+")
_PLACE = re.compile(r"(?<=translate\()([-\d.e]+) ([-\d.e]+)(?=\))")
_COARSE = (
    32  # matplotlib's outlines have 64 steps a unit of a font of 100; 2 are a quarter of a printer's dot at 12 points
)


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
    """A letter's outline on a grid of 200 steps, each point relative to the one before."""
    out, at, command, points = [], (0, 0), "", []
    need = {"M": 1, "L": 1, "Q": 2, "C": 3}
    start = at
    for token in [*_TOKEN.findall(d), "end"]:
        if not token[0].isalpha():
            points.append(round(float(token) / _COARSE))
            if len(points) < 2 * need[command]:
                continue
            pairs = list(zip(points[::2], points[1::2], strict=True))
            out.append(f"M{pairs[0][0]} {pairs[0][1]}" if command == "M" else _moved(command, pairs, at))
            at, points = pairs[-1], []
            start = at if command == "M" else start
        elif token in ("z", "Z"):
            out.append("z")
            at = start
        else:
            command = token
    # A command's letter need not be said twice in a row.
    kept = [c if n == 0 or c[0] != out[n - 1][0] or c[0] in "Mz" else " " + c[1:] for n, c in enumerate(out)]
    return "".join(kept).replace(" -", "-")


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
        return f'<path id="{names[match[1]]}" d="{glyph(match[2])}"/>'

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


def embedded(svg: str) -> str:
    """What a page embeds of a slim picture: nothing that only tests and people read in the file.

    Comments, line ends and names that nothing refers to go; a style that several marks share becomes a class.
    """
    text = re.sub(r"<!--.*?-->", "", svg, flags=re.DOTALL).replace("xlink:href", "href")
    text = re.sub(r' xmlns:xlink="[^"]*"', "", text)
    text = re.sub(r">\s+<", "><", text)
    for blank in re.findall(r'<path id="([^"]*)" d=""/>', text):
        text = re.sub(rf'<path id="{blank}" d=""/>|<use href="#{blank}"[^>]*/>', "", text)
    used = Counter(re.findall(r"(?:href=\"|url\()#([\w-]+)", text))
    names = {name: _name(n) for n, (name, _) in enumerate(sorted(used.items(), key=lambda u: (-u[1], u[0])))}
    text = re.sub(r' id="([^"]*)"', lambda m: f' id="{names[m[1]]}"' if m[1] in used else "", text)
    text = re.sub(r"(href=\"|url\()#([\w-]+)", lambda m: f"{m[1]}#{names[m[2]]}", text)
    text = _bare(_unclipped(text))
    text = re.sub(r'(?<= d=")M[\d .MLz-]*(?=")', lambda m: _straight(m[0]), text)
    text = re.sub(r"(?<![\d.#\w])0(\.\d)", r"\1", text)
    counts = Counter(re.findall(r' style="([^"]*)"', text))
    classes = {style: f"c{n}" for n, style in enumerate(s for s, many in counts.items() if many > 1)}
    text = re.sub(r' style="([^"]*)"', lambda m: f' class="{classes[m[1]]}"' if m[1] in classes else m[0], text)
    rules = "".join(f".{name}{{{style}}}" for style, name in classes.items())
    end = text.index(">") + 1
    return f"{text[:end]}<style>{rules}</style>{text[end:]}" if rules else text


def _name(n: int) -> str:
    """A short name: one letter for the 52 most used, then two."""
    letters = string.ascii_letters
    return letters[n] if n < len(letters) else letters[n // len(letters) - 1] + letters[n % len(letters)]


def _bare(text: str) -> str:
    """Without the groups that carry no attribute."""
    out, carries = [], []
    for piece in re.split(r"(<g\b[^>]*>|</g>)", text):
        if piece.startswith("<g"):
            carries.append(piece != "<g>")
            piece = piece if carries[-1] else ""
        elif piece == "</g>":
            piece = piece if carries.pop() else ""
        out.append(piece)
    return "".join(out)


def _straight(d: str) -> str:
    """An outline of straight lines, its level and upright ones by one number."""
    out, at = [], ("", "")
    for command, x, y in re.findall(r"([MLz])(?:(-?[\d.]+) ?(-?[\d.]+))?", d):
        if command == "L" and y == at[1]:
            out.append(f"H{x}")
        elif command == "L" and x == at[0]:
            out.append(f"V{y}")
        else:
            out.append(f"{command}{x} {y}" if x else command)
        at = (x, y) if x else at
    return "".join(out).replace(" -", "-")


def _unclipped(text: str) -> str:
    """Without the cuts that cut nothing: of outlines that lie inside their frame by more than their stroke."""
    frames = {
        name: (float(x), float(y), float(x) + float(w), float(y) + float(h))
        for name, x, y, w, h in re.findall(
            r'<clipPath id="(\w+)"><rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"/>', text
        )
    }

    def cut(match: re.Match) -> str:
        frame = frames.get(match[2])
        return match[1] if frame and _inside(match[1], frame) else match[0]

    text = re.sub(r'(<path d="[^"]*"(?: id="\w+")?) clip-path="url\(#(\w+)\)"', cut, text)
    for name in frames:
        if f"url(#{name})" not in text:
            text = re.sub(rf'<clipPath id="{name}">.*?</clipPath>', "", text)
    return text.replace("<defs></defs>", "")


def _inside(path: str, frame: tuple[float, float, float, float], margin: float = 3.0) -> bool:
    numbers = [float(n) for n in _NUMBER.findall(path.partition('"')[2].partition('"')[0])]
    xs, ys = numbers[::2], numbers[1::2]
    left, top, right, bottom = frame
    return bool(xs) and left + margin <= min(xs) and max(xs) <= right - margin and top + margin <= min(ys) and max(ys) <= bottom - margin
