"""What pages embed of a slim picture: nothing that only tests and people read in the file, and nothing twice."""

from __future__ import annotations

import re
import string
from collections import Counter

_NUMBER = re.compile(r"-?\d*\.?\d+")
_USE = r'<use href="#(g\d+)"(?: x="(-?\d+)")?(?: y="(-?\d+)")?/>'
_LETTER, _RUN = re.compile(_USE), re.compile(f"(?:{_USE})+")
_GLYPH = re.compile(r'<path id="(g\d+)" d="([^"]*)"/>')
_CURVES = re.compile(r'<path(?: id="([\w-]+)")? d="(M[-\d. ]+(?:C[-\d. ]+){8})z"')
_MARK = re.compile(r'(<use href="#[\w-]+") x="(-?[\d.]+)" y="(-?[\d.]+)"')


def embedded(svg: str) -> str:
    """What a page embeds of a slim picture: nothing that only tests and people read in the file.

    Comments, line ends and names that nothing refers to go; a style that several marks share becomes a class.
    """
    text = re.sub(r"<!--.*?-->", "", svg, flags=re.DOTALL).replace("xlink:href", "href")
    text = re.sub(r' xmlns:xlink="[^"]*"', "", text)
    text = re.sub(r">\s+<", "><", text)
    text = _round(_words(text))
    # Outlines stand on tenths of a point, and so may marks; letters stand on whole steps already.
    text = _MARK.sub(lambda m: f'{m[1]} x="{_short(float(m[2]), 1)}" y="{_short(float(m[3]), 1)}"', text)
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


def _words(text: str) -> str:
    """Letters and repeated words in one place; a word's letters stand once, and where it is written it is one mark."""
    drawn = dict(_GLYPH.findall(text))
    # In the order drawn: of a set, the order and so the bytes would differ between two processes.
    runs = dict.fromkeys(m[0] for m in _RUN.finditer(text))
    split = {run: _split(run, drawn) for run in runs}
    many = Counter(name for m in _RUN.finditer(text) for name, _ in split[m[0]])
    shape = {name: offsets for words in split.values() for name, (_, offsets) in words}
    known = {w: f"w{n}" for n, w in enumerate(w for w in sorted(shape) if _pays(len(w), many[w]))}

    def written(run: re.Match) -> str:
        return "".join(
            _mark(known[word], left)
            if word in known
            else "".join(_mark(n, left + o) for n, o in zip(word, offsets, strict=True))
            for word, (left, offsets) in split[run[0]]
        )

    text = _RUN.sub(written, _GLYPH.sub("", text))
    letters = "".join(f'<path id="{name}" d="{d}"/>' for name, d in drawn.items() if d)
    whole = "".join(
        f'<g id="{name}">{"".join(_mark(n, o) for n, o in zip(word, shape[word], strict=True))}</g>'
        for word, name in known.items()
    )
    end = text.index(">") + 1
    return f"{text[:end]}<defs>{letters}{whole}</defs>{text[end:]}".replace("<defs></defs>", "")


def _split(run: str, drawn: dict[str, str]) -> list[tuple[tuple[str, ...], tuple[int, tuple[int, ...]]]]:
    """Words of a text: names of their letters, left edge, and the letters' places from there."""
    words: list[list[tuple[str, int]]] = [[]]
    for name, x, y in _LETTER.findall(run):
        if not drawn.get(name, "M"):
            words.append([])
        else:
            words[-1].append((f'{name}" y="{y}' if y else name, int(x or 0)))
    return [(tuple(n for n, _ in word), (word[0][1], tuple(x - word[0][1] for _, x in word))) for word in words if word]


def _pays(letters: int, times: int) -> bool:
    """Whether a word of so many letters, written so many times, takes less room as a mark of its own."""
    return 24 * letters * times > 24 * letters + 20 + 26 * times


def _mark(name: str, x: int) -> str:
    return f'<use href="#{name}" x="{x}"/>' if x else f'<use href="#{name}"/>'


def _round(text: str) -> str:
    """Circles said as circles: matplotlib draws them as eight curves."""

    def circle(match: re.Match) -> str:
        numbers = [float(n) for n in _NUMBER.findall(match[2])]
        xs, ys = numbers[::2], numbers[1::2]
        wide, high = max(xs) - min(xs), max(ys) - min(ys)
        if len(xs) != 25 or abs(wide - high) > 0.15:
            return match[0]
        x, y, r = (_short(v) for v in ((max(xs) + min(xs)) / 2, (max(ys) + min(ys)) / 2, (wide + high) / 4))
        name = f' id="{match[1]}"' if match[1] else ""
        place = (f' cx="{x}"' if x != "0" else "") + (f' cy="{y}"' if y != "0" else "")
        return f'<circle{name}{place} r="{r}"'

    return _CURVES.sub(circle, text)


def _short(number: float, digits: int = 2) -> str:
    text = f"{number:.{digits}f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


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
    return (
        bool(xs)
        and left + margin <= min(xs)
        and max(xs) <= right - margin
        and top + margin <= min(ys)
        and max(ys) <= bottom - margin
    )
