"""Everything a reader sees as text: gettext catalogues, numbers, dates and round names in Indonesian and English."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, wraps
from html import escape
from pathlib import Path
from string import Formatter

from scevaluation.errors import EvaluationError, UnknownName

LANGUAGES = ("id", "en")
CHECK = ("cli", "common", "intake", "issues")  # the catalogues with all that a check says
MINUS = "\u2212"
EXACT = 9  # decimals beyond which a number is what arithmetic in binary left of it
_YEARS = ("first", "last", "year")
_BRACKETS = re.compile(r"\([^)]*\)")
_WORD = re.compile(r"[^\W\d_]+")
_ROUND = re.compile(r"\b20\d\d-II?\b")
_LEFTWARD = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\U00010800-\U00010fff\U0001e800-\U0001efff]")  # Hebrew, Arabic and kin
MARKS = {"id": (",", "."), "en": (".", ",")}
_COUNTS = {
    "id": ["nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan"],
    "en": ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"],
}


def lower(text: str) -> str:
    """A label inside a sentence: small first letter, or as it is where it is a name, so that none is lowered in part.

    A name has an abbreviation in front or a capitalised word further on. What is only in capitals, or in brackets, makes none.

    >>> lower("Kebijakan SPBE"), lower("Pelayanan/Publik"), lower("PermenPANRB 59"), lower("Kepatuhan (Ombudsman)")
    ('kebijakan SPBE', 'Pelayanan/Publik', 'PermenPANRB 59', 'kepatuhan (Ombudsman)')
    """
    first, *others = [*_WORD.findall(_BRACKETS.sub("", text)), ""]
    name = any(word[:1].isupper() and not word.isupper() for word in others)
    return text if name or text[:2].isupper() or _inner(first) else text[:1].lower() + text[1:]


def capital(text: str) -> str:
    """A sentence's beginning: large first letter; a tag in front, and a name that begins small (eHealth), stay as they are."""
    return text if _inner(next(iter(_WORD.findall(text)), "")) else text[:1].upper() + text[1:]


def _inner(word: str) -> bool:
    """Whether a word has capitals after its first letter."""
    return word[1:] != word[1:].lower()


@dataclass(frozen=True)
class Fact:
    """A number in prose, tied to the cell of a table it was read from.

    Parameters
    ----------
    value : float
        The cell's value.
    table, key, column : str
        Where it stands, such as "INDEX", "2023-S2|index", "value".
    digits, sign, unit
        How it is written; after a verb of direction use `size` instead of a sign.
    """

    value: float
    table: str
    key: str
    column: str
    digits: int = 1
    sign: bool = False
    size: bool = False
    percent: bool = False


@dataclass(frozen=True)
class Sentence:
    """A sentence as data: a key of the catalogue and its named places; made into text by `Words`.

    A place holds text, a `Fact`, or another `Sentence`.

    Parameters
    ----------
    key : str
    places : dict
    strength : str
        Of what it claims, as in CLAIMS.
    by : dict of strength to key
        Where its strength chooses its words: all of them.
    """

    key: str
    places: dict = field(default_factory=dict)
    strength: str = field(default="fact", compare=False)
    by: Mapping[str, str] = field(default_factory=dict, compare=False)

    @classmethod
    def judged(cls, strength: str, by: Mapping[str, str], places: dict) -> Sentence:
        """The one of several sentences that its strength permits."""
        return cls(by[strength], places, strength, by)


def rounded(value: float, digits: int = 0) -> float:
    """A number as it is written with so many decimals: halves away from zero, as one rounds by hand, and the same wherever it stands.

    What binary arithmetic left beyond `EXACT` decimals is of no account.

    >>> rounded(31.15, 1), rounded(2.5), rounded(-0.4)
    (31.2, 3.0, 0.0)
    """
    near = round(float(value), EXACT)
    return round(near + math.copysign(max(0.4 * 10**-EXACT, abs(near) * 4e-16), near), digits) + 0.0


def decimals(*values: float, most: int = 6) -> int:
    """How many decimals numbers need to be written as they are, at most so many."""
    return next((d for d in range(most) if all(abs(round(v, d) - v) < 1e-9 * max(1.0, abs(v)) for v in values)), most)


def part_of(n: int, of: int, count: Callable[[int], str]) -> Sentence:
    """A part of a whole in a sentence: dua dari tiga, two of three; all of it is ketiga, seluruh 12, both, all three.

    >>> words("en").text(part_of(3, 3, words("en").count))
    'all three'
    """
    key = "part" if n < of else {1: "one", 2: "both"}.get(n, "all" if n < 10 else "all_many")
    return Sentence("list." + key, {"n": count(n), "of": count(of)})


@cache
def _messages(path: Path, lang: str) -> dict[str, str]:
    from babel.messages.pofile import read_po

    with path.open("rb") as handle:
        return {str(m.id): str(m.string) for m in read_po(handle, locale=lang) if m.id and not m.fuzzy}


def _read(lang: str, only: tuple[str, ...] = ()) -> dict[str, str]:
    messages: dict[str, str] = {}
    for path in sorted((Path(__file__).parent / lang).glob("*.po")):
        if only and path.stem not in only:
            continue
        entries = _messages(path, lang)
        double = sorted(messages.keys() & entries.keys())
        if double:
            raise EvaluationError(f"{path.name} of {lang} repeats the entries {', '.join(double)}.", "Keep each once.")
        messages |= entries
    return messages


@cache
def catalogue(lang: str) -> dict[str, str]:
    """Message by key of one language: all gettext catalogues words/<lang>/*.po, a room each, read through Babel."""
    return _read(lang)


@cache
def places_of(key: str) -> frozenset[str]:
    """The names of the places of a message, which are the same in every language."""
    return frozenset(name for _, name, _, _ in Formatter().parse(catalogue(LANGUAGES[0])[key]) if name)


class Words:
    """One language: messages by key, numbers, round names, lists.

    Parameters
    ----------
    lang : str
        Of `LANGUAGES`.
    first : tuple of str
        Catalogues such as `CHECK` to begin with, where all would take longer to read than to use: the others are read once a key
        is not among these. Default: all.

    >>> Words("id").num(-1234.5, sign=True)
    '\u22121.234,5'
    """

    def __init__(self, lang: str = "id", first: tuple[str, ...] = ()):
        if (known := str(lang).strip().lower()) not in LANGUAGES:  # "EN" is typed too
            raise UnknownName(f"There is no language {str(lang)[:20]!r}.", f"Known languages: {', '.join(LANGUAGES)}.")
        self.lang = lang = known
        self._first = _read(lang, first) if first else catalogue(lang)

    def _message(self, key: str) -> str:
        found = self._first.get(key)
        return catalogue(self.lang)[key] if found is None else found

    def __call__(self, key: str, **places) -> str:
        """The message of `key` as plain text; places may be text, numbers already written, facts or sentences."""
        if not self.has(key):
            raise EvaluationError(f"The words of {self.lang} have no entry {key!r}.", "Add it to a .po file of every language.")
        return self._message(key).format(**{k: self.text(v) for k, v in places.items()})

    def of(self, key: str, ministry: bool) -> str:
        """`key`, or that of what is said in its place of the ministry's instruments alone, if there is one."""
        own = key + "_ministry"
        return own if ministry and self.has(own) else key

    def has(self, key: str) -> bool:
        return key in self._first or key in catalogue(self.lang)

    def text(self, part) -> str:
        """A `Sentence`, `Fact` or text as plain text."""
        if isinstance(part, Sentence):
            return self(part.key, **part.places)
        if isinstance(part, Fact):
            return self._fact(part)
        return str(part)

    def html(self, part) -> str:
        """The same as HTML: escaped, every `Fact` a <data> element that names its cell; 2024-II never breaks at its hyphen.

        A text with letters that run from right to left stands in a <bdi>, so that what follows it stays where it is.
        """
        if isinstance(part, Sentence):
            message = escape(self._message(part.key), quote=False)
            return message.format(**{k: self.html(v) for k, v in part.places.items()})
        if isinstance(part, Fact):
            ref = escape(f"{part.table}|{part.key}|{part.column}")
            return f'<data value="{part.value!r}" data-ref="{ref}">{escape(self._fact(part))}</data>'
        said = _ROUND.sub(r'<span class="whole">\g<0></span>', escape(str(part), quote=False))
        return f"<bdi>{said}</bdi>" if _LEFTWARD.search(said) else said

    def _fact(self, fact: Fact) -> str:
        value = abs(fact.value) if fact.size else fact.value
        return self.pct(value, fact.digits) if fact.percent else self.num(value, fact.digits, fact.sign)

    def num(self, value: float, digits: int = 1, sign: bool = False) -> str:
        """A number: id 1.234,5, en 1,234.5; a true minus; `sign` writes a plus too. Missing is an en dash.

        The last digits of binary fractions are of no account: a median of 2.555 is written alike however it was computed.
        """
        if value is None or math.isnan(value):
            return "\u2013"
        decimal, thousand = MARKS[self.lang]
        near = rounded(value, digits)
        text = f"{abs(near):,.{digits}f}".translate({ord(","): thousand, ord("."): decimal})
        mark = MINUS if near < 0 else "+" if sign and near > 0 else ""
        return mark + text

    def short(self, value: float) -> str:
        """A number with the decimals it has, at most two.

        >>> Words("id").short(2.5), Words("id").short(40)
        ('2,5', '40')
        """
        if value is None or math.isnan(value):
            return self.num(value)
        return self.num(value, decimals(value, most=2))

    def best_at(self, name: str, low: float | None = None, high: float | None = None) -> str:
        """The name of what is measured with what is best of it: less, or what lies from `low` to `high`."""
        if low is None or high is None:
            return self("node.lower", name=name)
        return self("node.range", name=name, low=self.short(low), high=self.short(high))

    def span(self, scale) -> str:
        """The ends of a scale, which has `low` and `high`: 1\u20134."""
        return "\u2013".join(self.num(v, 0 if float(v).is_integer() else 2) for v in (scale.low, scale.high))

    def cell(self, column: str, value: float, digits: int) -> str:
        """A number as a table shows it: years, by column and value, without a mark for thousands."""
        year = column in _YEARS and value in range(1900, 2200)
        return str(int(value)) if year else self.num(value, digits)

    def marks(self, text: str) -> str:
        """Text of our own with the decimal marks of the language: 2.5 becomes 2,5 in Indonesian."""
        return re.sub(r"(?<=\d)\.(?=\d)", MARKS[self.lang][0], text)

    def place(self, cell: str) -> str:
        """A place in a file in words: "line 55" and "line 1, column 2" as the language says them; others are as they are."""
        found = re.match(r"line (\d+)(?:, column (\d+))?(?=,|$)", cell)
        if not found:
            return cell
        line, column = found.groups()
        said = self("place.line", n=line) if column is None else self("place.line_column", n=line, column=column)
        return said + cell[found.end() :]

    def verdict(self, direction: str, course: str = "", now: str = "") -> str:
        """A verdict's word, with what the pace now makes of it: "Improving, now level"; a slow pace has a word of its own."""
        if not course or course.startswith("slow_"):
            return self("course." + course if course else "direction." + direction)
        late = self("course." + course)
        return f"{self('direction.' + direction)}, {self('course.unsure', course=late) if now.startswith('likely_') else late}"

    def pct(self, share: float, digits: int = 0) -> str:
        """A share (0-1) in per cent; nearly all is not written as all, nor nearly none as none: >99%, <1%."""
        step, near = 10.0**-digits, rounded(share * 100, digits) if 0 < share < 1 else 50.0
        if near in (0.0, 100.0):
            return ("<" + self.num(step, digits) if near == 0 else ">" + self.num(100 - step, digits)) + "%"
        return self.num(share * 100, digits) + "%"

    def count(self, n: int, capital: bool = False) -> str:
        """A small count spelled out (below ten), else digits."""
        text = _COUNTS[self.lang][n] if 0 <= n < 10 else self.num(n, 0)
        return text.capitalize() if capital else text

    def join(self, parts) -> str:
        """A list in a sentence: a dan b; a, b, dan c."""
        parts = list(parts)
        if len(parts) < 2:
            return "".join(parts)
        comma = "," if len(parts) > 2 else ""
        return f"{', '.join(parts[:-1])}{comma} {self('list.and')} {parts[-1]}"

    def round(self, name: str) -> str:
        """Short name of a round: 2024-II, of a quarter: TW III 2025, of a year: 2024."""
        from scevaluation.period import Period

        r = Period(name)
        roman = ("I", "II", "III", "IV")[r.part - 1]
        return {"S": f"{r.year}-{roman}", "Y": str(r.year)}.get(r.kind) or self("round.quarter", roman=roman, year=r.year)

    def round_long(self, name: str) -> str:
        """Long name: Semester II 2024; Tahun 2024."""
        from scevaluation.period import Period

        r = Period(name)
        roman = ("I", "II", "III", "IV")[r.part - 1]
        return self({"S": "round.half", "Q": "round.quarter_long", "Y": "round.year"}[r.kind], roman=roman, year=r.year)

    def day(self, day) -> str:
        """A date: 1 Maret 2025, 1 March 2025."""
        from babel.dates import format_date

        return format_date(day, "d MMMM y", locale=self.lang)

    def label(self, label) -> str:
        """A `Label` in this language."""
        return label[self.lang]

    def column(self, table, name: str):
        """What a table or a row of it holds in this language, such as its `label_en`; Indonesian where it has no such column.

        >>> Words("en").column({"label_id": "Jalan", "label_en": "Roads"}, "label")
        'Roads'
        """
        own = f"{name}_{self.lang}"
        return table[own if own in table else f"{name}_id"]


@cache
def words(lang: str = "id", first: tuple[str, ...] = ()) -> Words:
    """The `Words` of a language; read once."""
    return Words(lang, first)


def in_any_language(module: dict) -> None:
    """Let the functions of a module take the name of a language in place of its words; `module` is its `globals()`."""
    from inspect import isfunction, ismethod, signature

    for name, value in list(module.items()):
        own = isfunction(value) and value.__module__ == module["__name__"] and not name.startswith("_")
        if (own or ismethod(value)) and "w" in (places := list(signature(value).parameters)):
            module[name] = _in_any_language(value, places.index("w"))


def _in_any_language(function: Callable, at: int) -> Callable:
    @wraps(function)
    def spoken(*args, **how):
        if len(args) > at and isinstance(args[at], str):
            args = (*args[:at], words(args[at]), *args[at + 1 :])
        elif isinstance(how.get("w"), str):
            how["w"] = words(how["w"])
        return function(*args, **how)

    return spoken
