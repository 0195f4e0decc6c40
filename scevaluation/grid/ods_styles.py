"""Styles of an .ods: what its cells look like, its number formats as codes like those of an .xlsx; standard library only."""

from __future__ import annotations

import re
from functools import partial

from scevaluation.grid.archive import Elements
from scevaluation.grid.formats import GAPS, parsed
from scevaluation.grid.sheet import Looks, Style
from scevaluation.grid.styles import whole

_NAMES = "urn:oasis:names:tc:opendocument:xmlns:"
OFFICE, STYLE, TABLE, TEXT = (f"{_NAMES}{name}:1.0 " for name in ("office", "style", "table", "text"))
_NUMBER, _FO = f"{_NAMES}datastyle:1.0 ", f"{_NAMES}xsl-fo-compatible:1.0 "
_LOEXT = "urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0 "
_FORMATS = ("number", "percentage", "currency", "date", "time", "boolean", "text")
_USUAL = {"percentage": "0.##########%", "date": "yyyy-mm-dd", "time": "hh:mm:ss"}
_LETTERS = {"day": "d", "hours": "h", "minutes": "m", "seconds": "s"}
_FIXED = {"am-pm": "AM/PM", "text-content": "@", "boolean": "General", "era": "[?]", "week-of-year": "[?]", "quarter": "[?]"}
DEEPEST = 20  # styles that inherit from one another


class OdsStyles(Elements):
    """Collects the styles of styles.xml and content.xml by family and name."""

    def __init__(self, looks: Looks):
        super().__init__()
        self.looks = looks
        self.named: dict[tuple[str, str], dict[str, str]] = {}
        self.codes: dict[str, list[str]] = {}
        self.maps: dict[str, list[tuple[str, str]]] = {}
        self.made: dict[tuple[str, str], Style] = {}
        self.open: dict[str, str] | None = None
        self.format, self.at, self.percentage, self.counted = "", 0, False, "true"
        styles = {"style": self._style, "default-style": self._style, "map": self._map}
        styles |= {f"{name}-properties": self._properties for name in ("text", "table-cell", "table")}
        numbers = {"number": self._number, "scientific-number": self._scientific, "fraction": self._fraction}
        numbers |= {"year": self._year, "month": self._month, "day-of-week": self._weekday, "embedded-text": self._embeds}
        numbers |= {name: partial(self._letter, letter) for name, letter in _LETTERS.items()}
        numbers |= {name: partial(self._piece, code) for name, code in _FIXED.items()}
        numbers |= {f"{name}-style": partial(self._format, name) for name in _FORMATS}
        self.starts |= {f"{STYLE}{name}": act for name, act in styles.items()}
        self.starts |= {f"{_NUMBER}{name}": act for name, act in numbers.items()}
        self.starts |= {f"{_NUMBER}{name}": self.hear for name in ("text", "currency-symbol")}
        self.ends |= {f"{_NUMBER}{name}-style": self._formatted for name in _FORMATS}
        self.ends |= {f"{_NUMBER}{name}": self._literal for name in ("text", "currency-symbol")}
        self.ends |= {f"{STYLE}style": self._styled, f"{STYLE}default-style": self._styled, f"{_NUMBER}embedded-text": self._embedded}

    def _style(self, a: dict) -> None:
        self.open = dict(a)
        self.named[a.get(f"{STYLE}family", ""), a.get(f"{STYLE}name", "")] = self.open

    def _styled(self) -> None:
        self.open = None

    def _properties(self, a: dict) -> None:
        if self.open is not None:
            self.open |= a

    def _format(self, kind: str, a: dict) -> None:
        self.format, self.percentage = a.get(f"{STYLE}name", ""), kind == "percentage"
        self.counted = a.get(f"{_NUMBER}truncate-on-overflow", "true")
        language = a.get(f"{_NUMBER}language", "") if kind == "date" else ""
        self.codes[self.format], self.maps[self.format] = ([f"[$-{language}]"] if language.isalpha() else []), []

    def _formatted(self) -> None:
        self.format = ""

    def _map(self, a: dict) -> None:
        condition = re.fullmatch(r"value\(\)\s*(!=|[<>=]+)\s*(-?[0-9.]+(?:[eE][+-]?[0-9]+)?)", a.get(f"{STYLE}condition", ""))
        if self.format:
            test = f"[{condition[1].replace('!=', '<>')}{condition[2]}]" if condition else "[?]"
            self.maps[self.format].append((test, a.get(f"{STYLE}apply-style-name", "")))

    def _piece(self, code: str, _attributes: dict | None = None) -> None:
        if self.format:
            self.codes[self.format].append(code)

    def _literal(self) -> None:
        text = self.said()
        if self.percentage and text.strip() == "%":
            self._piece("%")
        elif text:
            self._piece('"' + text.replace('"', '"\\""') + '"')

    def _embeds(self, a: dict) -> None:
        self.at = whole(a, f"{_NUMBER}position")
        self.hear()

    def _embedded(self) -> None:
        """Text between the digits: a gap between thousands changes nothing, any other makes another number to the eye."""
        if self.said() not in GAPS or self.at % 3:
            self._piece("[?]")

    def _number(self, a: dict) -> None:
        if f"{_NUMBER}decimal-places" not in a and f"{_NUMBER}min-integer-digits" not in a:
            return self._piece("General")
        least = "0" * min(whole(a, f"{_NUMBER}min-integer-digits"), 30)
        if a.get(f"{_NUMBER}grouping") == "true":
            least = f"{'#' * max(1, 4 - len(least))}{least}"
            least = f"{least[:-3]},{least[-3:]}"
        factor = re.fullmatch(r"1((?:000)*)(?:\.0*)?", a.get(f"{_NUMBER}display-factor", "1"))
        return self._piece((least or "#") + _decimals(a) + ("," * (len(factor[1]) // 3) if factor else "[?]"))

    def _scientific(self, a: dict) -> None:
        least = "0" * max(1, min(whole(a, f"{_NUMBER}min-integer-digits", 1), 30))
        self._piece(least + _decimals(a) + "E+" + "0" * max(1, min(whole(a, f"{_NUMBER}min-exponent-digits", 2), 9)))

    def _fraction(self, a: dict) -> None:
        upper, lower = ("?" * max(1, min(whole(a, f"{_NUMBER}min-{n}-digits", 1), 9)) for n in ("numerator", "denominator"))
        self._piece(f"# {upper}/{a.get(f'{_NUMBER}denominator-value') or lower}")

    def _year(self, a: dict) -> None:
        self._piece("yyyy" if _long(a) else "yy")

    def _month(self, a: dict) -> None:
        letters = "mmm" if a.get(f"{_NUMBER}textual") == "true" else "m"
        self._piece(letters + ("m" if _long(a) else ""))

    def _weekday(self, a: dict) -> None:
        self._piece("dddd" if _long(a) else "ddd")

    def _letter(self, letter: str, a: dict) -> None:
        text = letter * (2 if _long(a) else 1)
        counted, self.counted = self.counted == "false", "true"  # the first one counts on
        parts = min(whole(a, f"{_NUMBER}decimal-places"), 6)
        self._piece((f"[{text}]" if counted else text) + (f".{'0' * parts}" if letter == "s" and parts else ""))

    def code(self, name: str) -> str:
        """The number format of a data style."""
        if name not in self.codes:
            return "General"
        conditions = self.maps[name][:3]
        sections = [test + "".join(self.codes.get(part, ["General"])) for test, part in conditions]
        return ";".join([*sections, "".join(self.codes[name])]) or "General"

    def whole_style(self, family: str, name: str) -> dict[str, str]:
        """A style with all that it inherits."""
        chain, seen = [], name
        for _ in range(DEEPEST):
            chain.append(self.named.get((family, seen), {}))
            seen = chain[-1].get(f"{STYLE}parent-style-name", "")
            if not seen:
                break
        chain.append(self.named.get((family, ""), {}))
        return {key: value for part in reversed(chain) for key, value in part.items()}

    def style(self, name: str, value_type: str) -> Style:
        """A cell's style; where it has no format of its own, its value's type tells one."""
        usual = _USUAL.get(value_type, "")
        known = self.made.get((name, usual))
        if known is None:
            a = self.whole_style("table-cell", name)
            code = self.code(a.get(f"{STYLE}data-style-name", ""))
            kind = parsed(code).sections[0].kind
            code = usual if usual and kind == "general" else code
            colour = a.get(f"{_FO}background-color", "")
            fill = colour[1:].upper() if re.fullmatch(r"#[0-9A-Fa-f]{6}", colour) else ""
            known = self.made[name, usual] = Style(self.looks, code, fill, *marks(a))
        return known


def _long(a: dict) -> bool:
    return a.get(f"{_NUMBER}style") == "long"


def _decimals(a: dict) -> str:
    most = min(whole(a, f"{_NUMBER}decimal-places"), 30)
    least = whole(a, f"{_NUMBER}min-decimal-places", whole(a, f"{_LOEXT}min-decimal-places", most))
    return "." + "0" * min(least, most) + "#" * (most - min(least, most)) if most else ""


def marks(a: dict) -> tuple[bool, bool]:
    """Whether a style strikes out, and whether it sets higher or lower."""
    struck = any(a.get(f"{STYLE}text-line-through-{key}", "none") != "none" for key in ("style", "type"))
    position = a.get(f"{STYLE}text-position", "")
    return struck, position.startswith(("super", "sub")) or not re.fullmatch(r"(0%?( .*)?)?", position)
