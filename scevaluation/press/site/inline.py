"""A picture's outlines as what a page with their font can say shorter: its letters as text, its marks in a row as one path."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from html import escape
from itertools import groupby, pairwise
from xml.etree import ElementTree

from scevaluation.press.fonts import UNICODES, WEIGHTS

_RULE = re.compile(r"\.(c\d+)\{([^}]*)\}")
_PLACED = re.compile(r"translate\((?P<x>\S+) (?P<y>\S+)\)(?: rotate\((?P<turned>\S+)\))? scale\((?P<scale>\S+) -\S+\)")
_STRAIGHT = re.compile(r"matrix\((?P<scale>\S+) 0 0 -\S+ (?P<x>\S+) (?P<y>\S+)\)")
_REFERS = re.compile(r"url\(#([\w-]+)\)")
SPACE = 40  # steps of the outlines' grid that a space is wide; letters are moved by less than half of it
FEWEST = 4  # marks in a row from which they are written as one path


class Unlike(Exception):
    """A picture that is not drawn as those of the reports are; it stays a picture."""


class Sheet:
    """The styles of all pictures of a page, each once, under a name that is the page's."""

    def __init__(self):
        self.names: dict[str, str] = {}
        self.pictures = 0

    def name(self, style: str) -> str:
        """The class of a style."""
        return self.names.setdefault(style, f"x{len(self.names)}")

    def css(self) -> str:
        """The page's rules."""
        return "".join(f".{name}{{{style}}}" for style, name in self.names.items())

    def inline(self, svg: str, css: str, alt: str) -> str:
        """A picture as part of the page, with the same lines and letters in the same places.

        Raises
        ------
        Unlike
            If something in it is not as `draw.embed` writes it.
        """
        self.pictures += 1
        try:
            root = ElementTree.fromstring(svg)
        except ElementTree.ParseError as error:
            raise Unlike from error
        return _Picture(root, self, f"q{self.pictures}").written(css, alt)


@cache
def letters() -> dict[str, tuple[str, int, float]]:
    """The letter, weight and width, in steps of the outlines' grid, of every outline that the reports' font draws."""
    from matplotlib.font_manager import FontProperties

    from scevaluation.draw.letters import LETTERS
    from scevaluation.draw.style import family

    out: dict[str, tuple[str, int, float]] = {}
    for weight in WEIGHTS:
        face = FontProperties(family=[family()], weight=weight)
        for sign in map(chr, UNICODES):
            (name, _), *more = LETTERS.placed(sign + "|", face)
            if len(more) == 1 and (outline := LETTERS.outlines[name]):
                out.setdefault(outline, (sign, weight, float(more[0][1].split('"')[1])))
    return out


class _Picture:
    def __init__(self, root: ElementTree.Element, sheet: Sheet, prefix: str):
        self.root, self.sheet, self.prefix = root, sheet, prefix
        self.letters: dict[str, tuple[str, int, float]] = {}
        self.words: dict[str, ElementTree.Element] = {}
        self.classes: dict[str, str] = {}
        self.defs: list[str] = []
        self.markers: dict[tuple[str, str], str] = {}
        self.kept: list[ElementTree.Element] = []
        for part in list(root):
            if _tag(part) == "style":
                self.classes = {name: self.sheet.name(self._named(style)) for name, style in _RULE.findall(part.text or "")}
                root.remove(part)
            elif _tag(part) == "defs":
                root.remove(part)
                for one in part:
                    self._define(one)

    def _define(self, one: ElementTree.Element) -> None:
        known = letters().get(one.get("d", "")) if _tag(one) == "path" else None
        if known:
            self.letters[one.get("id", "")] = known
        elif _tag(one) == "g":
            self.words[one.get("id", "")] = one
        else:
            self.kept.append(one)

    def written(self, css: str, alt: str) -> str:
        body = "".join(self._all(self.root))
        defs = "".join(self._all(self.kept)) + "".join(self.defs)
        # Drawn from one place: its letters are part of a picture, no text of the page to be read or judged one by one.
        defs = f'<defs>{defs}<g id="{self.prefix}">{body}</g></defs><use href="#{self.prefix}"/>'
        place = escape(self.root.get("viewBox", ""))
        said = f'role="img" aria-label="{escape(alt)}"'
        return f'<svg class="{css}" viewBox="{place}" stroke-linejoin="round" {said}>{defs}</svg>'

    def _all(self, parts: Iterable[ElementTree.Element]) -> Iterator[str]:
        for mark, group in groupby(parts, key=_mark):
            row = list(group)
            if mark and len(row) >= FEWEST and mark[0] not in self.letters and mark[0] not in self.words:
                points = "L".join(f"{p.get('x', '0')} {p.get('y', '0')}" for p in row)
                yield f'<path d="M{points}" style="fill:none;stroke:none;marker:url(#{self._marker(*mark)})"/>'
            else:
                yield from map(self._one, row)

    def _marker(self, shape: str, look: str) -> str:
        """The name of a mark of that shape and look, made once."""
        if (shape, look) not in self.markers:
            self.markers[shape, look] = name = f"{self.prefix}k{len(self.markers)}"
            css = f' class="{self.classes[look]}"' if look else ""
            use = f'<use href="#{self.prefix}{shape}"{css}/>'
            size = 'markerUnits="userSpaceOnUse" markerWidth="1" markerHeight="1" overflow="visible"'
            self.defs.append(f'<marker id="{name}" {size}>{use}</marker>')
        return self.markers[shape, look]

    def _one(self, part: ElementTree.Element) -> str:
        name = part.get("href", "#")[1:]
        of_letters = _tag(part) == "use" and (name in self.letters or name in self.words)
        if of_letters or _tag(part) == "g":
            placed = part.get("transform", "")
            if found := _STRAIGHT.fullmatch(placed) or _PLACED.fullmatch(placed):
                return self._text(part, {"turned": None, **found.groupdict()}, [part] if of_letters else part)
            if of_letters:
                raise Unlike
        inside = "".join(self._all(part))
        attributes = "".join(self._attribute(name, value) for name, value in part.items())
        return f"<{_tag(part)}{attributes}>{inside}</{_tag(part)}>" if inside else f"<{_tag(part)}{attributes}/>"

    def _attribute(self, name: str, value: str) -> str:
        if "}" in name or name.startswith("on"):
            raise Unlike
        if name == "class":
            value = self.classes[value]
        elif name == "id":
            value = self.prefix + value
        elif name == "href":
            if not value.startswith("#"):
                raise Unlike
            value = f"#{self.prefix}{value[1:]}"
        else:
            value = self._named(value)
        return f' {name}="{escape(value)}"'

    def _named(self, value: str) -> str:
        return _REFERS.sub(lambda m: f"url(#{self.prefix}{m[1]})", value)

    def _text(self, part: ElementTree.Element, placed: dict[str, str | None], uses: Iterable[ElementTree.Element]) -> str:
        """A text of outlines as text that begins where they do; the page's font, which is theirs, places the rest as they are."""
        signs = list(self._signs(uses, 0.0))
        weights = {weight for _, weight, _, _ in signs}
        if len(weights) != 1:
            raise Unlike
        from scevaluation.draw.letters import STEPS

        left, top, turned, scale = (float(placed[k] or 0) for k in ("x", "y", "turned", "scale"))
        css = self.classes.get(part.get("class", ""), "")
        style = part.get("style")
        weight = weights.pop()
        look = [f'class="{css}"'] if css else []
        look += [f'style="{escape(self._named(style))}"'] if style else []
        look += [f'font-weight="{weight}"'] if weight != 400 else []
        x = signs[0][2] * scale + (0 if turned else left)
        if turned:
            look.append(f'transform="translate({left:g} {top:g}) rotate({turned:g})"')
        base = "" if turned else f' y="{_short(top)}"'
        size = f'font-size="{scale * STEPS:.3g}"'
        return f'<text {" ".join([*look, size])} x="{_short(x)}"{base}>{escape(_spaced(signs))}</text>'

    def _signs(self, uses: Iterable[ElementTree.Element], left: float) -> Iterator[tuple[str, int, float, float]]:
        """Letters with their weight, and where each begins and ends."""
        for use in uses:
            name, at = use.get("href", "#")[1:], left + float(use.get("x", 0))
            if _tag(use) != "use" or float(use.get("y", 0)):
                raise Unlike
            if name in self.words:
                yield from self._signs(self.words[name], at)
            elif name in self.letters:
                sign, weight, width = self.letters[name]
                yield sign, weight, at, at + width
            else:
                raise Unlike


def _spaced(signs: list[tuple[str, int, float, float]]) -> str:
    """The text of letters, with spaces where gaps are between them."""
    gaps = (" " * round((after[2] - before[3]) / SPACE) + after[0] for before, after in pairwise(signs))
    return signs[0][0] + "".join(gaps)


def _short(x: float) -> str:
    return f"{x:.1f}".removesuffix(".0")


def _tag(part: ElementTree.Element) -> str:
    return str(part.tag).rpartition("}")[2]


def _mark(part: ElementTree.Element) -> tuple[str, str] | None:
    """What a mark is drawn as, where nothing but its place is its own."""
    own = set(part.keys())
    if _tag(part) != "use" or not own <= {"href", "x", "y", "class"} or "x" not in own:
        return None
    return part.get("href", "#")[1:], part.get("class", "")
