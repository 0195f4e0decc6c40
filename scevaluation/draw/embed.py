"""What pages embed of a picture: nothing that only tests and people read in the file, and nothing twice."""

from __future__ import annotations

import base64
import re
import string
from collections import Counter

_USE = r'<use href="#(g\d+)"(?: x="(-?\d+)")?(?: y="(-?\d+)")?/>'
_LETTER, _RUN = re.compile(_USE), re.compile(f"(?:{_USE})+")
_GLYPH = re.compile(r'<path id="(g\d+)" d="([^"]*)"/>')

# How a picture's text and marks stand once their styles are classes: see `_together`.
_SCALED = re.compile(r'transform="translate\((\S+) (\S+)\) scale\((\S+) (-\S+)\)"')
_ALONE = re.compile(r'<g( class="c\d+")?( transform="[^"]*")><use((?: (?:href|x|y)="[^"]*")+)/></g>')
_LINE, _WHOLE = re.compile(r' d="([^"]*)"'), re.compile(r"(?<![-\w])opacity")
_LINES = re.compile(r'<path d="[^"]*" class="(c\d+)"/>(?:<path d="[^"]*" class="\1"/>)+')
_MARK = r'<(?:use|path|circle|rect)(?: [a-z-]+="[^"]*")*? class="\1"(?: transform="[^"]*")?/>'
_ALIKE = re.compile(rf'(?=<[^<>]* class="(c\d+)")(?:{_MARK}|<g class="\1" transform="[^"]*">(?:<use [^>]*/>)*</g>){{2,}}')


def address(svg: str) -> str:
    """A picture as a data address: so it survives an untrusted notebook."""
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


def embedded(svg: str) -> str:
    """What a page embeds of a picture: nothing that only tests and people read in the file.

    Comments, line ends and names that nothing refers to go; a style that several marks share becomes a class, and what has the same class
    side by side says so once.
    """
    text = re.sub(r"<!--.*?-->", "", svg, flags=re.DOTALL)
    text = re.sub(r">\s+<", "><", text)
    text = _words(text)
    used = Counter(re.findall(r"(?:href=\"|url\()#([\w-]+)", text))
    names = {name: _name(n) for n, (name, _) in enumerate(sorted(used.items(), key=lambda u: (-u[1], u[0])))}
    text = re.sub(r' id="([^"]*)"', lambda m: f' id="{names[m[1]]}"' if m[1] in used else "", text)
    text = re.sub(r"(href=\"|url\()#([\w-]+)", lambda m: f"{m[1]}#{names[m[2]]}", text)
    text = _bare(text)
    text = re.sub(r"(?<![\d.#\w])0(\.\d)", r"\1", text)
    counts = Counter(re.findall(r' style="([^"]*)"', text))
    classes = {style: f"c{n}" for n, style in enumerate(s for s, many in counts.items() if many > 1)}
    text = re.sub(r' style="([^"]*)"', lambda m: f' class="{classes[m[1]]}"' if m[1] in classes else m[0], text)
    text = _together(text, {name: style for style, name in classes.items()})
    rules = "".join(f".{name}{{{style}}}" for style, name in classes.items())
    end = text.index(">") + 1
    return f"{text[:end]}<style>{rules}</style>{text[end:]}" if rules else text


def _together(text: str, styles: dict[str, str]) -> str:
    """Neighbours of one class in one group, lines without a filling in one path; a text of one mark without a group of its own."""
    text = _SCALED.sub(r'transform="matrix(\3 0 0 \4 \1 \2)"', text)
    text = _ALONE.sub(r"<use\3\1\2/>", text)

    def lines(run: re.Match) -> str:
        style = styles[run[1]]
        if not style.startswith("fill:none") or "opacity" in style or "dash" in style:
            return run[0]
        return f'<path d="{"".join(_LINE.findall(run[0]))}" class="{run[1]}"/>'

    def alike(run: re.Match) -> str:
        if _WHOLE.search(styles[run[1]]):  # of a group it would hold once, not of each
            return run[0]
        own = f' class="{run[1]}"'
        return f"<g{own}>{run[0].replace(own, '')}</g>"

    return _ALIKE.sub(alike, _LINES.sub(lines, text))


def _words(text: str) -> str:
    """Letters and repeated words in one place; a word's letters stand once, and where it is written it is one mark."""
    drawn = dict(_GLYPH.findall(text))
    # In the order drawn: of a set, the order and so the bytes would differ between two processes.
    runs = dict.fromkeys(m[0] for m in _RUN.finditer(text))
    split = {run: _split(run, drawn) for run in runs}
    many = Counter(name for m in _RUN.finditer(text) for name, _ in split[m[0]])
    shape = {name: offsets for words in split.values() for name, (_, offsets) in words}
    known = {w: f"w{n}" for n, w in enumerate(w for w in sorted(shape) if _pays(len(w), many[w]))}

    def spelled(word: tuple[str, ...], offsets: tuple[int, ...], left: int = 0) -> str:
        return "".join(_mark(n, left + o) for n, o in zip(word, offsets, strict=True))

    def written(run: re.Match) -> str:
        words = split[run[0]]
        return "".join(_mark(known[w], left) if w in known else spelled(w, at, left) for w, (left, at) in words)

    text = _RUN.sub(written, _GLYPH.sub("", text))
    letters = "".join(f'<path id="{name}" d="{d}"/>' for name, d in drawn.items() if d)
    whole = "".join(f'<g id="{name}">{spelled(word, shape[word])}</g>' for word, name in known.items())
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
