"""Parameters as people type them into a notebook's cell: yes and no and numbers in any usual spelling, read or refused by name."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from inspect import signature
from typing import TypeVar

from scevaluation.errors import ReportError
from scevaluation.grid.table import flag_of, number_of
from scevaluation.issues import issue, refusal, spoken
from scevaluation.region import regions_named

F = TypeVar("F", bound=Callable)


def yes(value, name: str) -> bool:
    """Yes or no: a truth value, 0 or 1, or a text such as "ya", "false" or "no".

    Raises
    ------
    ReportError
        If it is neither.
    """
    found = flag_of(value) if isinstance(value, str) else bool(value) if value in (0, 1) else None
    if found is None:
        raise refusal(ReportError, [issue(name, "", "no_flag", "error", str(value), "", "write_flag")])
    return found


def amount(value, name: str) -> float | None:
    """A number, also as a text with a decimal comma or point; None where nothing is said.

    Raises
    ------
    ReportError
        If it is none.
    """
    if value is None or (isinstance(value, str) and value.strip() in ("", "None")):
        return None
    found = number_of(value) if isinstance(value, str) else float(value) if isinstance(value, int | float) and value == value else None
    if found is None or isinstance(value, bool):
        raise refusal(ReportError, [issue(name, "", "text_for_number", "error", str(value), "", "correct_value")])
    return found


def regions(value, name: str) -> tuple[str, ...]:
    """Codes of regions from a text with commas between, or from several texts; see `region.regions_named`."""
    return regions_named(value if isinstance(value, str) else ",".join(value or ()))


# How each parameter of that name is read.
READ = {"peers": regions, "public": yes, "projector": yes, "target_value": amount, "most": amount}


def typed(function: F) -> F:
    """The function, with its parameters of `READ` read as they were typed, and its errors said in its `lang`."""
    own = signature(function)

    @wraps(function)
    def read(*args, **how):
        given = own.bind(*args, **how)
        given.apply_defaults()
        with spoken(str(given.arguments.get("lang", ""))):
            given.arguments |= {k: READ[k](v, k) for k, v in given.arguments.items() if k in READ}
            return function(*given.args, **given.kwargs)

    return read  # type: ignore[return-value]
