"""The face of a report: its forms bound to data and words, its tables by name, a card, and near names for what there is not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import cached_property, update_wrapper, wraps
from inspect import Parameter, Signature, signature
from typing import Any, ClassVar, TypeVar

import pandas as pd

from scevaluation.card import card, said
from scevaluation.draw.chart import unpainted
from scevaluation.frames import Contract
from scevaluation.frames.claims import CLAIMS, with_sentences
from scevaluation.issues import spoken, unknown
from scevaluation.report.part import Part, registers
from scevaluation.report.plan import Plan
from scevaluation.words import Words

T = TypeVar("T")
F = TypeVar("F", bound=Callable)
SHARED = int(pd.__version__.partition(".")[0]) < 3  # there a shallow copy that is changed in place changes the table of the face too
FIRST, LAST = ("masthead", "contents", "chapter"), ("absent", "numbers")  # forms that follow from the plan


def form(function: Callable[..., T], needs: str = "") -> Callable[..., T]:
    """A method of a face that gives a form its data and, if it speaks, its words; None where the data do not hold what it `needs`."""
    bound = answer(function, needs)
    vars(bound).update(is_form=True)
    return bound


def answer(function: Callable[..., T], needs: str = "") -> Callable[..., T]:
    """A method of a face that gives a function its data and, if it speaks, its words; what it returns is no part of a report."""
    own = signature(function)
    given = 2 if "w" in own.parameters else 1

    def bound(self, *args, **how):
        if needs and not self.plan.holds(self.data, needs):
            return None
        if args or how:
            _fits(function.__name__, shape, args, how)
        with spoken(self.words.lang):
            shown = function(*(self.data, self.words)[:given], *args, **how)
        vars(self).setdefault("_shown", {}).setdefault(function.__name__, []).extend(_claims(shown))
        return shown

    update_wrapper(bound, function)
    left = list(own.parameters.values())[given:]
    shape = own.replace(parameters=left)
    shown = own.replace(parameters=[Parameter("self", Parameter.POSITIONAL_OR_KEYWORD), *left])
    vars(bound).update(__signature__=shown)
    return bound


def aloud(method: F) -> F:
    """A method of a face whose errors are said in the language of its words."""

    @wraps(method)
    def bound(self, *args, **how):
        with spoken(self.words.lang):
            return method(self, *args, **how)

    return bound  # type: ignore[return-value]


def _fits(name: str, shape: Signature, args: tuple, how: dict) -> None:
    """Nothing where a call is as the signature that Tab shows; else a TypeError that tells it."""
    try:
        shape.bind(*args, **how)
    except TypeError as error:
        bare = shape.replace(parameters=[p.replace(annotation=p.empty) for p in shape.parameters.values()], return_annotation=shape.empty)
        raise TypeError(f"{name}: {error}. It is called as {name}{bare}.") from None


def _claims(shown) -> list[dict]:
    """The rows of CLAIMS that what a form shows is written from."""
    parts = getattr(shown, "shown", (shown,))
    return [row for part in parts for row in (getattr(part, "claims", ()) or [getattr(part, "claim", None)]) if row]


def table(contract: Contract, compute: Callable[[Any], pd.DataFrame]) -> cached_property:
    """A table of a face that is computed on first use; its `attrs` say what each column means."""

    def given(self) -> pd.DataFrame:
        try:
            return described(compute(self.data), contract)
        except AttributeError as error:  # else the face would take it for a table it does not have
            raise RuntimeError(f"{contract.name} cannot be computed: {error}") from error

    given.__doc__ = f"{contract.name} of the round."
    return cached_property(given)


def described(frame: pd.DataFrame, contract: Contract) -> pd.DataFrame:
    """The same rows, with the meaning of each column in `attrs`."""
    out = frame.copy(deep=False)
    out.attrs = {name: column.meaning for name, column in contract.columns.items()}
    return out


def plain(face, kind: type):
    """A face's fields as the evaluation it came from: its tables without attributes, which would cost time at every step."""
    given = {f.name: getattr(face, f.name) for f in fields(kind)}
    bare = {n: v.copy(deep=False) for n, v in given.items() if isinstance(v, pd.DataFrame)}
    for frame in bare.values():
        frame.attrs = {}
    return kind(**given | bare)


class Face:
    """What is known of a report's data, as tables, and what can be shown of it, as forms; a table is the reader's own copy each time.

    Attributes
    ----------
    plan : Plan
    data : object
        What the forms are given.
    words : Words
        Their language.
    """

    plan: ClassVar[Plan]
    data: Any
    words: Words

    def masthead(self) -> Part:
        """Who, which round, where in the cycle."""
        return self.plan.masthead(self.data, self.words)

    def contents(self) -> Part:
        """Links to the chapters of the page."""
        return self.plan.contents(self.data, self.words)

    def chapter(self, name: str) -> Part | None:
        """The head of a chapter; None where the data cannot fill it."""
        return self.plan.chapter(self.data, self.words, name)

    def absent(self) -> Part | None:
        """What the data do not hold; None where nothing lacks."""
        return self.plan.absent(self.data, self.words)

    def numbers(self) -> Part:
        """The tables that the numbers in the text stand in, and the claims that its sentences are written from."""
        tables = [(c, rows) for c, rows in self.plan.tables(self.data) if c is not CLAIMS]
        return registers([(CLAIMS, self._claimed(self._told()).drop(columns="places")), *tables], self.words)

    @cached_property
    def claims(self) -> pd.DataFrame:
        """CLAIMS: what the report may say, and every sentence that it is written in."""
        try:
            return described(self._claimed(self._known()), CLAIMS)
        except AttributeError as error:  # as in `table`
            raise RuntimeError(f"CLAIMS cannot be computed: {error}") from error

    def _told(self) -> pd.DataFrame:
        """CLAIMS of the page's tables; none where they are only facts."""
        return next((rows for c, rows in self.plan.tables(self.data) if c is CLAIMS), CLAIMS.empty())

    _known = _told

    def _claimed(self, claims: pd.DataFrame) -> pd.DataFrame:
        """CLAIMS with those of the sentences of every form, by what it showed or would show."""
        e = getattr(self.data, "e", self.data)
        about = {"region": e.programme.region if hasattr(e, "programme") else "all", "round": e.round}
        forms = [vars(type(self))[n] for n in self.form_names() if n in vars(type(self))]
        shown = vars(self).setdefault("_shown", {})
        with unpainted():
            for one in forms:
                if one.__name__ not in shown and all(p.default is not p.empty for p in [*signature(one).parameters.values()][1:]):
                    one(self)
        rows = [row for one in forms for row in shown.get(one.__name__, ())]
        return with_sentences(claims, {(r["claim"], r["subject"], r["scope"]): about | r for r in rows}.values())

    def __getattribute__(self, name: str):
        found = super().__getattribute__(name)
        return found.copy(deep=SHARED) if type(found) is pd.DataFrame else found

    def __getattr__(self, name: str):
        if name.startswith("_"):
            raise AttributeError(name)
        for contract, rows in self.plan.tables(self.data):
            if contract.name.lower() == name:
                return described(rows, contract)
        with spoken(self.words.lang):
            raise unknown(name, [*self.table_names(), *self.form_names()], self.plan.kind.name)

    def __dir__(self):
        return sorted({*super().__dir__(), *self.table_names()})

    def __repr__(self) -> str:
        facts = {"tables": len(self.table_names()), "forms": len(self.form_names())}
        return said(type(self).__name__, self.masthead().marks["title"], **facts)

    def _repr_html_(self) -> str:
        tables, forms = self.table_names(), self.form_names()
        facts = {"headline": self.headline().text, **self._facts(), "tables": tables, "forms": forms}
        return card(self.masthead().marks["title"], **facts)

    def _facts(self) -> dict[str, object]:
        """What else its card says."""
        return {}

    def table_names(self) -> list[str]:
        """Tables there are, each an attribute."""
        return list(dict.fromkeys(["claims", *(contract.name.lower() for contract, _ in self.plan.tables(self.data))]))

    @classmethod
    def form_names(cls) -> list[str]:
        """Forms there are, in the order of the report."""
        own = [name for name, value in vars(cls).items() if getattr(value, "is_form", False)]
        return [*FIRST, *(name for name in own if name not in FIRST + LAST), *LAST]


@dataclass(frozen=True, eq=False, repr=False)
class Report(Face):
    """The face of a report made from a round."""

    data: Any
    words: Words
