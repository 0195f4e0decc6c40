"""What a number format means for a value: kind, power of ten, decimals, unit, the day (of 1900 or 1904); standard library only.

A format has up to four sections parted by ";", chosen by sign, by conditions such as [>=3], or for text. So what a cell's style
says depends on its value, and is worked out once for each style and section.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from scevaluation.grid.cell import Look

_TOKEN = re.compile(
    r"""
    "(?P<literal>[^"]*)"? | \\(?P<escaped>.) | _(?P<room>.) | \*(?P<filling>.) | \[(?P<bracket>[^\]]*)\]
    | (?P<half>(?i:AM/PM|A/P)) | (?P<general>(?i:General|Standard)) | (?P<exponent>[Ee][+-]) | (?P<digit>[0\#?]) | (?P<point>\.)
    | (?P<comma>,) | (?P<percent>%) | (?P<slash>/) | (?P<text>@) | (?P<date>[yY]+|[mM]+|[dD]+|[hH]+|[sS]+) | (?P<end>;)
    | (?P<letter>[^\W\d_]) | (?P<mark>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_COLOUR = re.compile(r"black|blue|cyan|green|magenta|red|white|yellow|color ?\d+", re.IGNORECASE)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?\d+(?:\.\d+)?(?:[Ee][+-]?\d+)?)")
_TESTS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "=": operator.eq, "<>": operator.ne}
_MINUS = ("-", "\u2212")
GAPS = (" ", "\u00a0", "\u202f", "\u2009", "'")
_SHOWN = ("literal", "slash", "point", "comma")
ZERO, ZERO_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)
LEAP = 60  # the day that spreadsheets count in 1900 and no calendar has
LONGEST = 255  # of a format's code, as spreadsheets have it
Token = tuple[str, str]


class Section(NamedTuple):
    """One section of a format, understood.

    `tokens` are what is shown, one after another; `test` is the condition under which it counts; `negative` says that only
    negative numbers come here, whose sign it writes itself; `signed` that it writes a minus or brackets; `blank` that a zero
    leaves no digit.
    """

    tokens: tuple[Token, ...]
    kind: str = "hidden"
    power: int = 0
    decimals: int = -1
    unit: str = ""
    locale: str = ""
    test: tuple[str, float] | None = None
    negative: bool = False
    signed: bool = False
    blank: bool = False
    clock: bool = False
    elapsed: bool = False


class Format(NamedTuple):
    """A whole format: sections for numbers in the order they are tried, and the one for text if there is one."""

    sections: tuple[Section, ...]
    text: Section | None
    plain: bool  # one section for all numbers, whatever their sign


@lru_cache(maxsize=4096)
def parsed(code: str) -> Format:
    """A format by its code; what is not understood has sections of kind unknown."""
    if len(code) > LONGEST:
        return Format((Section((("literal", ""),), "unknown"),), None, True)
    sections = [_section(tokens) for tokens in _parts(code)]
    for_text = len(sections) > 1 and any(kind == "text" for kind, _ in sections[-1].tokens)
    text = sections.pop() if len(sections) == 4 or for_text else None
    sections = _tests(sections[:3])
    plain = len(sections) == 1 and not (sections[0].test or sections[0].signed or sections[0].blank)
    return Format(tuple(sections), text, plain)


def _parts(code: str) -> Iterable[list[Token]]:
    part: list[Token] = []
    for found in _TOKEN.finditer(code):
        kind = found.lastgroup or "literal"
        if kind == "end":
            yield part
            part = []
        else:
            part.append((kind, found.group(kind)))
    yield part


def _section(raw: list[Token]) -> Section:
    tokens, locale, test, known = [], "", None, True
    for kind, text in raw:
        if kind in ("escaped", "mark"):
            tokens.append(("literal", text))
        elif kind != "bracket":
            tokens.append((kind, text))
        elif text.startswith("$"):
            sign, _, locale = text[1:].partition("-")
            tokens += [("literal", sign)] if sign else []
        elif re.fullmatch(r"[hH]+|[mM]+|[sS]+", text):
            tokens.append(("elapsed", text.lower()))
        elif condition := _CONDITION.fullmatch(text.strip()):
            test = (condition[1], float(condition[2]))
        else:
            known = known and bool(_COLOUR.fullmatch(text.strip()))
    return _understood(tokens, known)._replace(locale=locale, test=test)


def _understood(tokens: list[Token], known: bool) -> Section:
    kinds = {kind for kind, _ in tokens}
    if not known or "letter" in kinds:
        return Section(tuple(tokens), "unknown")
    if kinds & {"date", "elapsed", "half"}:
        return _date(tokens)
    if "text" in kinds:
        return Section(tuple(tokens), "text" if not kinds & {"digit", "general"} else "unknown")
    if "general" in kinds:
        return _general(tokens, kinds)
    if "digit" not in kinds:
        said = spoken(tokens)
        return Section(tuple(tokens), "text" if said else "hidden", unit=said)
    return _number(tokens)


def spoken(tokens: Iterable[Token]) -> str:
    """The letters of a section without its digits."""
    return "".join(text for kind, text in tokens if kind in (*_SHOWN, "percent")).strip()


def _general(tokens: list[Token], kinds: set[str]) -> Section:
    if kinds & {"digit", "exponent"}:
        return Section(tuple(tokens), "unknown")
    at = next(i for i, (kind, _) in enumerate(tokens) if kind == "general")
    power = 2 * sum(kind == "percent" for kind, _ in tokens)
    unit, signed = _beside(tokens[:at], tokens[at + 1 :])
    return Section(tuple(tokens), "percent" if power else "general", power, -1, unit, signed=signed)


def _date(tokens: list[Token]) -> Section:
    out: list[Token] = []
    for kind, text in tokens:
        if kind == "digit" and text == "0" and out and out[-1] in (("point", "."), ("second part", out[-1][1])):
            out[-1] = ("second part", (out[-1][1] if out[-1][0] == "second part" else ".") + "0")
        else:
            out.append((kind, text.lower() if kind == "date" else text))
    if any(kind in ("digit", "exponent", "general", "text") for kind, _ in out):
        return Section(tuple(out), "unknown")
    out = _minutes(out)
    letters = {text[0] for kind, text in out if kind == "date"}
    clock = bool(letters & {"h", "s"}) or any(kind in ("minute", "elapsed", "half") for kind, _ in out)
    return Section(tuple(out), "date" if letters & {"y", "m", "d"} else "time", clock=clock, elapsed=any(k == "elapsed" for k, _ in out))


def _minutes(tokens: list[Token]) -> list[Token]:
    """The letter m means minutes behind hours and before seconds, else months."""
    places = [i for i, (kind, _) in enumerate(tokens) if kind in ("date", "elapsed")]
    letters = [tokens[i][1][0] for i in places]
    for n, i in enumerate(places):
        beside = (n > 0 and letters[n - 1] == "h") or (n + 1 < len(places) and letters[n + 1] == "s")
        if tokens[i][0] == "date" and letters[n] == "m" and len(tokens[i][1]) <= 2 and beside:
            tokens[i] = ("minute", tokens[i][1])
    return tokens


def _number(tokens: list[Token]) -> Section:
    first = next(i for i, (kind, _) in enumerate(tokens) if kind in ("digit", "point"))
    last = max(i for i, (kind, _) in enumerate(tokens) if kind in ("digit", "point"))
    while last + 1 < len(tokens) and tokens[last + 1][0] == "comma":
        last += 1
    if fraction := _fraction(tokens, first, last):
        return fraction
    body = tokens[first : last + 1]
    kinds = [kind for kind, _ in body]
    slots = "".join({"digit": "d", "point": ".", "comma": ",", "exponent": "E"}.get(k, "l") for k in kinds)
    if slots.count(".") > 1 or slots.count("E") > 1 or not _gaps_fit(body):
        return Section(tuple(tokens), "unknown")
    whole, _, rest = slots.partition("E")[0].partition(".")
    scaled = (len(whole) - len(whole.rstrip(","))) + (len(rest) - len(rest.rstrip(",")))
    percents = sum(kind == "percent" for kind, _ in tokens)
    unit, signed = _beside(tokens[:first], tokens[last + 1 :])
    return Section(
        tuple(tokens), "percent" if percents else "number", 2 * percents - 3 * scaled, -1 if "E" in slots else rest.count("d"),
        unit, signed=signed, blank=("digit", "0") not in body,
    )  # fmt: skip


def _gaps_fit(body: list[Token]) -> bool:
    """Whether literals between the digits are only gaps between thousands; any other makes another number to the eye."""
    whole = body[: next((i for i, (kind, _) in enumerate(body) if kind in ("point", "exponent")), len(body))]
    behind = [t for t in body[len(whole) :] if t[0] not in ("digit", "point", "comma", "exponent")]
    for i, (kind, text) in enumerate(whole):
        right = sum(k == "digit" for k, _ in whole[i:])
        if kind not in ("digit", "comma") and not (kind == "literal" and text in GAPS and right % 3 == 0):
            return False
    return not behind


def _fraction(tokens: list[Token], first: int, last: int) -> Section | None:
    """A section such as "# ?/?" or "# ?/8"; None if it is no fraction."""
    slash = next((i for i, (kind, _) in enumerate(tokens) if kind == "slash"), -1)
    if slash <= first or tokens[slash - 1][0] != "digit" or slash + 1 == len(tokens):
        return None
    kind, text = tokens[slash + 1]
    if kind != "digit" and not text.isdecimal():
        return None
    end = max(last, slash + 1)
    while end + 1 < len(tokens) and tokens[end + 1][0] == "literal" and tokens[end + 1][1].isdecimal():
        end += 1
    odd = [k for k, t in tokens[first : end + 1] if not (k in ("digit", "slash") or t in GAPS or t.isdecimal())]
    unit, signed = _beside(tokens[:first], tokens[end + 1 :])
    return Section(tuple(tokens), "unknown" if odd else "fraction", unit=unit, signed=signed)


def _beside(before: list[Token], behind: list[Token]) -> tuple[str, bool]:
    """The unit of a section, and whether it writes a minus or brackets: before the number, or as all that stands behind it."""
    front, back = ("".join(text for kind, text in part if kind in _SHOWN).strip() for part in (before, behind))
    minus = front.startswith(_MINUS) or front.endswith(_MINUS) or back in _MINUS
    brackets = "(" in (front[:1], front[-1:]) and ")" in (back[:1], back[-1:])
    marks = ("+-\u2212( ", "+-\u2212) " if brackets else "+-\u2212 ")
    return " ".join(filter(None, (front.strip(marks[0]), back.strip(marks[1])))), minus or brackets


def _tests(sections: list[Section]) -> list[Section]:
    """Sections with the conditions that they have by their place, and what only negative numbers reach."""
    first = ">" if len(sections) == 3 or any(s.test for s in sections) else ">="
    defaults: list[tuple[str, float] | None] = [*((first, 0.0), ("<", 0.0))[: len(sections) - 1], None]
    out, above = [], False
    for section, default in zip(sections, defaults, strict=True):
        test = section.test or default
        below = test is not None and (test[1] <= 0 if test[0] in ("<", "<=") else False)
        out.append(section._replace(test=test, negative=below or (test is None and above)))
        above = above or (test is not None and test[0] in (">", ">=") and test[1] <= 0)
    return out


def section_of(code: str, value: float) -> Section | None:
    """The section that shows a number; None if no condition of the format holds."""
    return next((s for s in parsed(code).sections if s.test is None or _TESTS[s.test[0]](value, s.test[1])), None)


def look_of(code: str, fill: str = "", struck: bool = False, raised: bool = False, value: float | None = None) -> Look:
    """What a style says of a number, or of anything else where `value` is None."""
    if value is None:
        return _text_look(code, fill, struck, raised)
    if parsed(code).plain:
        return _look(code, parsed(code).sections[0], False, False, fill, struck, raised)
    section = section_of(code, value)
    return _look(code, section, value < 0, bool(section and section.blank and vanishes(section, value)), fill, struck, raised)


@lru_cache(maxsize=4096)
def _look(code: str, section: Section | None, negative: bool, gone: bool, fill: str, struck: bool, raised: bool) -> Look:
    if section is None:
        return Look("unknown", code=code, fill=fill, struck=struck, raised=raised)
    if gone:
        said = spoken(t for t in section.tokens if t[0] not in ("point", "comma", "slash"))
        return Look("text" if said else "hidden", 0, -1, said, code, fill, struck, raised)
    shows = section.signed or (negative and not section.negative)
    signless = section.kind in ("general", "number", "percent", "fraction") and shows != negative
    return Look(section.kind, section.power, section.decimals, section.unit, code, fill, struck, raised, signless)


@lru_cache(maxsize=4096)
def _text_look(code: str, fill: str, struck: bool, raised: bool) -> Look:
    """The look of a text: as it stands unless the format has a section for text that hides it or shows another."""
    section = parsed(code).text
    whole = parsed(code).sections[0]
    if section is None:
        return Look("text" if whole.kind == "text" and not whole.unit else "general", 0, -1, "", code, fill, struck, raised)
    kept = any(kind == "text" for kind, _ in section.tokens)
    return Look("text" if kept or section.unit else "hidden", 0, -1, spoken(section.tokens), code, fill, struck, raised)


def vanishes(section: Section, value: float) -> bool:
    """Whether a number is zero as a section rounds it."""
    return math.isfinite(value) and abs(shown_number(value, section)) < Decimal(5).scaleb(-1 - max(section.decimals, 0))


def shown_number(value: float, look: Look | Section) -> Decimal:
    """The number that is shown, exactly, before it is rounded: .702 as a percentage is 70.2."""
    return Decimal(repr(float(value))).scaleb(look.power)


def day(value: float, from_1904: bool = False) -> datetime:
    """The moment that a number of days stands for, to the thousandth of a second; OverflowError if there is no such day."""
    span = timedelta(microseconds=round(value * 86_400_000) * 1000)
    return ZERO_1904 + span if from_1904 else ZERO + span + timedelta(days=0 <= value < LEAP)
