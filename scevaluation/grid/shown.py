"""The text that a spreadsheet shows for a cell, with English marks; standard library only."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import takewhile

from scevaluation.grid.cell import Look
from scevaluation.grid.formats import LEAP, ZERO, Section, Token, day, parsed, section_of, shown_number

_ID = ["Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November", "Desember"]
_EN = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"]
_DAYS_ID = ["Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"]
_DAYS_EN = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


def shown(value: object, kind: str, look: Look) -> str:
    """A cell's text as it is seen; of a number that cannot be shown, such as a date before there were any, "###"."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if kind in ("number", "date"):
        return _number(serial(value), look.code)
    section = parsed(look.code).text if kind == "text" else None
    return str(value) if section is None else "".join(_room(k, t) if k != "text" else str(value) for k, t in section.tokens)


def serial(value) -> float:
    """A number as it is, a day or time as the number of days that a spreadsheet stores."""
    if isinstance(value, time):
        return (datetime.combine(ZERO, value) - ZERO) / timedelta(days=1)
    if isinstance(value, timedelta):
        return value / timedelta(days=1)
    if isinstance(value, date):
        whole = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)
        days = (whole.replace(tzinfo=None) - ZERO) / timedelta(days=1)
        return days - (1 <= days <= LEAP)
    return float(value)


def _number(value: float, code: str) -> str:
    section = section_of(code, value)
    if section is None:
        return "###"
    minus = "-" if value < 0 and not section.negative else ""
    if section.kind in ("date", "time"):
        return _moment(value, section)
    if section.kind == "fraction":
        return minus + _parts(abs(value), section)
    if section.kind in ("hidden", "text", "unknown") and not any(k == "digit" for k, _ in section.tokens):
        plain = minus + general(abs(value))
        return "".join(plain if k in ("text", "general") else _room(k, t) for k, t in section.tokens)
    digits = any(k == "digit" for k, _ in section.tokens)
    return minus + (_digits if digits else _general)(abs(shown_number(value, section)), section)


def _room(kind: str, text: str) -> str:
    return " " if kind == "room" or (kind == "digit" and text == "?") else "" if kind in ("filling", "digit") else text


def general(value: float | Decimal) -> str:
    """A number without a format: at most ten digits, of very large and small ones the power."""
    number = Decimal(repr(value)) if isinstance(value, float) else value
    if number and not Decimal("1e-9") <= abs(number) < Decimal("1e11"):
        mantissa, _, power = f"{number:.5E}".partition("E")
        return f"{mantissa.rstrip('0').rstrip('.')}E{power[0]}{power[1:]:0>2}"
    places = max(0, 10 - max(1, number.adjusted() + 1))
    text = f"{number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _general(number: Decimal, section: Section) -> str:
    return "".join(general(number) if k == "general" else _room(k, t) for k, t in section.tokens)


def _digits(number: Decimal, section: Section) -> str:
    """A number through the places of its section: before the mark from the right, behind it from the left."""
    tokens = section.tokens
    power = next((i for i, (k, _) in enumerate(tokens) if k == "exponent"), len(tokens))
    point = next((i for i, (k, _) in enumerate(tokens[:power]) if k == "point"), power)
    end = max((i for i, (k, _) in enumerate(tokens[:power]) if k in ("digit", "point")), default=0) + 1
    places = sum(k == "digit" for k, _ in tokens[point:power])
    exponent = _exponent(number, tokens[:point], places) if power < len(tokens) else 0
    rounded = number.scaleb(-exponent).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    whole, _, rest = f"{rounded:f}".partition(".")
    before = _whole(whole.lstrip("0"), tokens[: min(point, end)])
    behind = _rest(rest, tokens[point + 1 : end]) if point < power else ""
    dot = "." if behind.strip() or any(t == "0" for _, t in tokens[point + 1 : end]) else ""
    tail = "".join(_room(k, t) for k, t in tokens[end:power] if k != "comma")
    return before + dot + behind + (_power(exponent, tokens[power:]) if power < len(tokens) else tail)


def _whole(digits: str, tokens: tuple[Token, ...]) -> str:
    out, left, put = [], list(digits), 0
    first = next((i for i, (k, _) in enumerate(tokens) if k == "digit"), -1)
    last = max((i for i, (k, _) in enumerate(tokens) if k == "digit"), default=-1)
    grouped = any(k == "comma" for k, _ in tokens[first : last + 1])
    for i in range(len(tokens) - 1, -1, -1):
        kind, text = tokens[i]
        if kind != "digit":
            out.append("" if kind == "comma" and i > first else _room(kind, text))
            continue
        for _ in range(max(1, len(left)) if i == first else 1):
            mark = left.pop() if left else {"0": "0", "?": " "}.get(text, "")
            out.append("," if grouped and put and put % 3 == 0 and mark.isdigit() else "")
            out.append(mark)
            put += 1
    return "".join(reversed(out)) if first >= 0 else "".join(reversed(out)) + digits


def _rest(digits: str, tokens: tuple[Token, ...]) -> str:
    marks, left = [], list(digits)
    for kind, text in tokens:
        marks.append((left.pop(0), text) if kind == "digit" else (_room(kind, text) if kind != "comma" else "", "0"))
    empty = len(list(takewhile(lambda m: m[0] == "0" and m[1] in "#?", reversed(marks))))
    kept = marks[: len(marks) - empty]
    return "".join(m for m, _ in kept) + "".join(" " for _, text in marks[len(kept) :] if text == "?")


def _exponent(number: Decimal, whole: tuple[Token, ...], places: int) -> int:
    if not number:
        return 0
    step = max(1, sum(k == "digit" for k, _ in whole))
    for power in (number.adjusted(), number.adjusted() + 1):
        exponent = power // step * step
        if round(number.scaleb(-exponent), places) < Decimal(10) ** step:
            return exponent
    return exponent


def _power(exponent: int, tokens: tuple[Token, ...]) -> str:
    sign = "-" if exponent < 0 else "+" if tokens[0][1][1] == "+" else ""
    width = sum(k == "digit" for k, _ in tokens)
    return f"E{sign}{abs(exponent):0{width}d}" + "".join(_room(k, t) for k, t in tokens[1:] if k != "digit")


def _parts(value: float, section: Section) -> str:
    """A fraction by its nearest parts within the digits of its lower half."""
    tokens = section.tokens
    slash = next(i for i, (k, _) in enumerate(tokens) if k == "slash")
    upper = len(list(takewhile(lambda t: t[0] == "digit", reversed(tokens[:slash]))))
    lower = len(list(takewhile(lambda t: t[0] == "digit" or t[1].isdecimal(), tokens[slash + 1 :])))
    fixed = "".join(t for _, t in tokens[slash + 1 : slash + 1 + lower])
    head = tokens[: slash - upper]
    whole = any(k == "digit" for k, _ in head)
    units = int(value) if whole else 0
    rest = Fraction(Decimal(repr(value))) - units
    if fixed.isdecimal() and int(fixed):
        top, bottom = round(rest * int(fixed)), int(fixed)
    else:
        near = rest.limit_denominator(10**lower - 1)
        top, bottom = near.numerator, near.denominator
    if whole and top == bottom:
        units, top = units + 1, 0
    tail = "".join(_room(k, t) for k, t in tokens[slash + 1 + lower :])
    front = _whole(str(units) if units or not top else "", head)
    if whole and not top:
        return front + " " * (upper + 1 + lower) + tail
    return front + f"{top:>{upper}}/{bottom:<{lower}}" + tail


def _moment(value: float, section: Section) -> str:
    try:
        moment = day(value)
    except OverflowError:
        return "###"
    if value < 0 and not section.elapsed:
        return "###"
    half = any(k == "half" for k, _ in section.tokens)
    counted = round(abs(value) * 86_400_000) // 1000
    pieces = (_piece(k, t, moment, half, counted, section.locale) for k, t in section.tokens)
    return ("-" if value < 0 else "") + "".join(pieces)


def _piece(kind: str, text: str, moment: datetime, half: bool, seconds: int, locale: str) -> str:
    if kind == "elapsed":
        return f"{seconds // {'h': 3600, 'm': 60, 's': 1}[text[0]]:0{len(text)}d}"
    if kind == "half":
        return (text.split("/") if len(text) > 3 else ["A", "P"])[moment.hour >= 12]
    if kind == "second part":
        return "." + f"{moment.microsecond:06d}"[: len(text) - 1]
    if kind == "minute":
        return f"{moment.minute:0{len(text)}d}"
    return _room(kind, text) if kind != "date" else _date(text, moment, half, locale)


def _date(text: str, moment: datetime, half: bool, locale: str) -> str:
    indonesian = locale.lower() in ("421", "0421", "id-id", "id")
    months, days = (_ID, _DAYS_ID) if indonesian else (_EN, _DAYS_EN)
    if text[0] == "y":
        return f"{moment.year:04d}" if len(text) > 2 else f"{moment.year % 100:02d}"
    if text[0] in "md" and len(text) > 2:
        name = months[moment.month - 1] if text[0] == "m" else days[moment.weekday()]
        return name[:3] if len(text) == 3 else name[:1] if text == "mmmmm" else name
    hour = (moment.hour % 12 or 12) if half else moment.hour
    return f"{ {'m': moment.month, 'd': moment.day, 'h': hour, 's': moment.second}[text[0]]:0{min(len(text), 2)}d}"
