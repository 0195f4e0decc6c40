"""What in a text names a person, an address or a machine: known names, e-mail, telephone, NIK, NIP, NPWP, places on a computer."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable
from functools import cache

EDGE = "\x02"  # between two blocks of a page, which no number runs across
LEAST = 2  # letters of a name; one letter is what an assessor is called in a public report
TITLES = ("bapak", "pak", "ibu", "bu", "sdr", "sdri", "saudara", "saudari", "dr", "drg", "drs", "dra", "ir", "h", "hj", "kh", "prof")
_MARKS = {
    "[\u2018\u2019\u201b\u0060\u00b4\u02b9-\u02bf\u02c8\ua78c\uff07]": "'",
    "[\u2010-\u2015\u2043\u2212\u02d7\ufe58\uff0d\u05be]": "-",
}
_BLANK = re.compile(r"[\s\u115f\u1160\u3164\uffa0\u2800]+")
_INLINE = re.compile(
    r"</?(?:a|abbr|b|bdi|bdo|cite|code|data|del|dfn|em|font|i|ins|kbd|mark|q|r|rpr|s|samp|small|span|strong|sub|sup|t|time|u|var|wbr)"
    r"(?=[\s/>])[^>]*>|<!--|-->",
    re.IGNORECASE,
)
_UNSEEN = re.compile(r"<(style|script)\b.*?</\1>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^>]+>")
_SAID = re.compile(r"""\s(?:alt|title|content|summary|label|download|href|aria-[a-z]+)\s*=\s*("[^"]*"|'[^']*')""")
_HASH = re.compile(r"(?<![0-9a-z])(?=[0-9]*[a-f])[0-9a-f]{12,}(?![0-9a-z])")

_G = r"[ .()-]{0,3}"  # what may stand between two digits of a telephone
_D = r"[ .-]?"  # and of a number of an office
_FREE = r"(?<!\d)(?<!\d[.,/-])"
_DAY, _MONTH, _YEAR = r"(?:0[1-9]|[12]\d|3[01])", r"(?:0[1-9]|1[0-2])", r"(?:19|20)\d\d"
_GROUPED = r"(?!\d{1,3}(?:\.\d{3})+(?![\d.]))"  # a number parted by thousands
CONTACTS = {
    "email": r"[\w.+%-]+ ?(?:@|[\[(]at[\])]) ?[\w-]+(?: ?(?:\.|[\[(]dot[\])]) ?[\w-]+)+",
    "nip": rf"(?<!\d){_YEAR}{_D}{_MONTH}{_D}{_DAY}{_D}{_YEAR}{_D}{_MONTH}{_D}[12]{_D}\d{_D}\d{_D}\d(?!\d)",
    "nik": rf"(?<!\d)(?:1[1-9]|21|3[1-6]|5[1-3]|6[1-5]|7[1-6]|8[12]|9[1-7])(?:{_D}\d){{4}}{_D}(?:[04][1-9]|[1256]\d|[37][01]){_D}{_MONTH}"
    rf"(?:{_D}\d){{6}}(?!\d)",
    "number": r"(?<![^\W_])(?:nip|nik|nrp|ktp|npwp|nuptk)\b[ .:()-]{0,4}\d(?:[ .-]?\d){5,}"
    r"|(?<!\d)\d\d\.\d{3}\.\d{3}\.\d-\d{3}\.\d{3}(?!\d)",
    "phone": rf"{_FREE}{_GROUPED}(?:(?:\+|00|\()?\+? ?62\)?{_G}0?|0[ ()-]{{0,2}})8{_D}[1-9](?:{_G}\d){{6,10}}(?!\d)"
    rf"|{_FREE}\(?0[2-9]\d{{1,2}}\)?(?:[ .-]{{0,2}}\d){{6,8}}(?!\d)"
    rf"|(?:\+ ?62|\(\+?62\)|(?<!\d)0062){_G}[2-9]\d{{1,2}}\)?(?:[ .-]{{0,2}}\d){{5,8}}(?!\d)"
    rf"|(?<![^\W_])(?:wa|whatsapp|hp|telp?|telepon|tlp|fax?|phone|hub)[ .:()]{{1,4}}\+?\d(?:{_G}\d){{6,13}}(?!\d)",
    "path": r"(?<![\w./-])(?:file://|[a-z]:[\\/](?!/)|\\\\[\w.-]+\\|(?:/home|/users|/root|/tmp|/var|/mnt|/media|/volumes|/srv|~)/\w)[^\s\"'<>\x02]*",
    "host": r"(?<![\w.-])(?:localhost|[\w-]+\.(?:local|lan|internal|intranet|localdomain))(?![\w-])"
    r"|(?<![\d.])(?!\d{1,3}(?:\.\d{3}){3}(?!\d))(?:(?:10|127)(?:\.\d{1,3}){3}|(?:192\.168|172\.(?:1[6-9]|2\d|3[01]))(?:\.\d{1,3}){2})(?![\d.])",
}
_CONTACT = {kind: re.compile(pattern) for kind, pattern in CONTACTS.items()}
_CALLED = re.compile(
    r"\b(?:Bapak|Pak|Ibu|Bu|Sdri?|Saudara|Saudari|Drs?|Drg|Dra|Ir|Hj?|KH|Prof|dr|drg)\b\.? +(?:[A-Z]\w*\.? ?)+|, [SM]\. ?[A-Z]\w*\b"
)


@cache
def _dropped() -> dict[int, None]:
    """Marks above letters, and signs that nobody sees."""
    codes = (*range(0x80, 0x3100), *range(0xFE00, 0xFE10), 0xFEFF, *range(0xE0000, 0xE0200))
    return {c: None for c in codes if unicodedata.category(chr(c)) in ("Mn", "Cf")}


@cache
def _digits() -> dict[int, str]:
    """Digits of other scripts."""
    return {c: str(unicodedata.digit(chr(c))) for c in range(0x80, 0x3100) if unicodedata.category(chr(c)) == "Nd"}


def plain(text: str) -> str:
    """A text as it is searched: small letters without marks, one form of blanks, dashes, apostrophes and digits, nothing unseen.

    >>> plain("Siti\\u00a0 Zulaikha\\u2011Z\\u200bz, \\uff10\\uff18\\uff11")
    'siti zulaikha-zz, 081'
    """
    if not text.isascii():
        for marks, one in _MARKS.items():
            text = re.sub(marks, one, text)
        text = unicodedata.normalize("NFKD", text).translate(_dropped()).translate(_digits())
        for marks, one in _MARKS.items():
            text = re.sub(marks, one, text)
    return _BLANK.sub(" ", text.casefold())


def rendered(markup: str) -> str:
    """What a reader of HTML, SVG or XML sees or is told (texts of pictures, titles), as `plain`; blocks stand apart."""
    told = EDGE.join(found[1:-1] for found in _SAID.findall(markup))
    seen = _TAG.sub(EDGE, _INLINE.sub("", _UNSEEN.sub(EDGE, markup)))
    return plain(html.unescape(f"{seen}{EDGE}{told}"))


def contact(text: str) -> tuple[str, str] | None:
    """The first address, number or place of a person or machine in a `plain` text, as (kind, what was found)."""
    bare = _HASH.sub(EDGE, text)
    return next(((kind, m[0].strip()) for kind, pattern in _CONTACT.items() if (m := pattern.search(bare))), None)


def called(text: str) -> str:
    """What looks like a person's name by a title before or a degree behind it; '' if nothing does.

    >>> called("RSUD, diwawancarai Ibu Natalia Tabuni"), called("Kesehatan ibu dan anak")
    ('Ibu Natalia Tabuni', '')
    """
    found = _CALLED.search(text)
    return found[0].strip() if found else ""


def _bare(name: str) -> str:
    """A name as `plain`, without titles before and degrees behind it."""
    words = plain(name).partition(",")[0].replace("_", " ").split()
    while len(words) > 1 and words[0].rstrip(".") in TITLES:
        words = words[1:]
    return " ".join(words)


class Names:
    """Persons' names, to be found in texts as whole words, in whatever form of blanks, dashes and letters they stand.

    Those of one word may be words of the language too: they are `loose`, unless they are among `common`, which are not searched.
    """

    def __init__(self, names: Iterable[str], common: Iterable[str] = ()):
        shared, whole, loose = set(common), set(), set()
        for bare in map(_bare, names):
            words = re.findall(r"[^\W_]+", bare)
            if sum(c.isalpha() for word in words for c in word) < LEAST:
                continue
            if len(words) == 1:
                loose |= {words[0]} - shared
            else:
                first, *rest = bare.split()
                forms = [bare, *([f"{rest[-1]} {' '.join([first, *rest[:-1]])}", f"{first[0]}. {' '.join(rest)}"] if rest else [])]
                whole |= {_pattern(form) for form in forms}
        self.loose, self._whole, self._loose = frozenset(loose), _any(whole), _any(map(re.escape, loose))

    def sure(self, text: str) -> str:
        """The first name of several words in a `plain` text; '' if there is none."""
        return _first(self._whole, text)

    def maybe(self, text: str) -> str:
        """The first name of one word."""
        return _first(self._loose, text)


def _first(pattern: re.Pattern | None, text: str) -> str:
    found = pattern.search(text) if pattern else None
    return found[0] if found else ""


def _any(patterns: Iterable[str]) -> re.Pattern | None:
    found = sorted(set(patterns), key=len, reverse=True)
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(found)})(?![^\W_])") if found else None


def _pattern(name: str) -> str:
    """A pattern of words and what stands between: a blank or point may be any few signs, an apostrophe or hyphen may be none."""
    first, *more = re.findall(r"([^\W_]+)([\W_]*)", name)
    out, before = re.escape(first[0]), first[1]
    for word, between in more:
        out += (r"[\W_]{1,6}" if re.search(r"[\s.]", before) else r"[\W_]{0,3}") + re.escape(word)
        before = between
    return out
