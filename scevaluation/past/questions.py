"""What only the office can tell of its old workbooks: the uncertain cells of what was found, those alike as one question."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scevaluation.past.found import Found
from scevaluation.words import Words

if TYPE_CHECKING:
    import pandas as pd

TABLES = {"rounds": ("block",), "columns": ("file", "sheet", "column"), "indicators": ("instrument", "code")}
# What may be overwritten in each, every other column only tells.
OPEN = {
    "rounds": ("round", "held", "low", "high", "percent", "use"),
    "columns": ("role", "source"),
    "indicators": ("label", "parent", "weight", "owner", "link"),
}
ALONE = ("round", "link", "parent", "label")  # asked of each row by itself, however alike
SOURCES = ("self", "verified", "final")
_ACTS = ("=", "+", "-", "@", "")  # a text that a spreadsheet may take for a formula when it is chosen from a list
NOTHING = "-"  # of a link: it continues nothing
UNUSED = "unused"  # of a source: its column is none of scores

Key = tuple[str, ...]


@dataclass(frozen=True)
class Question:
    """A cell, or several that are alike, that wants an answer.

    `rows` are keys of rows of `table`, `field` the column that is asked, `proposed` what was found likeliest ('' nothing) and
    `choices` all that is likely, as the table holds them; `why` and `where` are what it was read from.
    """

    table: str
    field: str
    rows: tuple[Key, ...]
    proposed: str
    choices: tuple[str, ...]
    why: str
    where: tuple[str, ...]

    @property
    def name(self) -> str:
        """By which an answer is known to be this one's."""
        return "|".join((self.table, self.field, *self.rows[0]))

    @property
    def generation(self) -> str:
        """The instrument of the indicator that is asked about; '' of other questions."""
        return self.rows[0][0] if self.table == "indicators" else ""


def questions(found: Found) -> tuple[Question, ...]:
    """All that must be asked, in the order of the tables: rounds, columns, indicators."""
    out: dict[tuple, Question] = {}
    for table, key in TABLES.items():
        rows = getattr(found, table)
        for row in rows[~rows["sure"].astype(bool)].to_dict("records"):
            for field, choices in _asked(table, row).items():
                proposed = value_text(row, field)
                own = tuple(str(row[k]) for k in key)
                alike = own if field in ALONE else (row.get("file", ""), row.get("header", ""))
                many = tuple(dict.fromkeys(c for c in (proposed, *choices) if c or field == "source"))
                said = Question(table, field, (own,), proposed, many, row["why"], (_where(row),))
                before = out.get(group := (table, field, alike, proposed, choices))
                out[group] = said if before is None else _joined(before, said)
    return tuple(out.values())


def _joined(one: Question, other: Question) -> Question:
    rows, where = one.rows + other.rows, tuple(dict.fromkeys(one.where + other.where))
    return Question(one.table, one.field, rows, one.proposed, one.choices, one.why, where)


def _where(row: dict) -> str:
    """Where what is asked about stands, or what it is called."""
    if "sheet" not in row:
        return row["label"]
    return f"{row['sheet']}!{row['cell']}" if row.get("cell") else f"{row['sheet']}!{row['column']}" if row.get("column") else row["sheet"]


def _asked(table: str, row: dict) -> dict[str, tuple[str, ...]]:
    """The uncertain fields of a row with what else each may be; an alternative may name its field ("percent=fraction")."""
    out: dict[str, tuple[str, ...]] = {}
    for text in filter(None, row.get("alternatives", "").split("|")):
        field, _, value = text.rpartition("=")
        field = field or _field_of(table, text)
        out[field] = (*out.get(field, ()), value)
    if out:
        return {f: (*c, NOTHING) if f == "link" and NOTHING not in c else c for f, c in out.items()}
    if table == "columns":
        return {"source": (*SOURCES, UNUSED)} if row["role"] == "score" else {"role": ("score", "unused")}
    if table == "indicators":
        return {"link": (NOTHING,)}
    if not row["round"]:
        return {"round": ()}
    if row["low"] != row["low"] or row["high"] != row["high"]:
        return {"low": (), "high": ()}
    return {"use": ("yes", "no")}


def _field_of(table: str, text: str) -> str:
    """The field that an alternative without a name is of, by its form."""
    if table == "columns":
        return "source" if text in SOURCES or text.startswith("assessor:") else "role"
    if table == "indicators":
        return "link"
    return "percent" if text in ("points", "fraction") else "use" if text in ("yes", "no") else "round"


def value_text(row: dict, field: str) -> str:
    """A cell of a table as text: yes and no, numbers as short as they are; '' nothing."""
    value = row[field]
    if field in ("held", "use"):
        return "yes" if value else "no"
    if isinstance(value, float):
        return "" if value != value else f"{value:.12g}"
    return str(value)


def scale_rows(found: Found) -> dict[str, str]:
    """The block of every instrument that says its scale, the first; the others follow it."""
    return dict(found.rounds.drop_duplicates("instrument")[["instrument", "block"]].to_numpy().tolist())


def open_cell(found: Found, table: str, row: dict, field: str) -> bool:
    """Whether a cell of a table may be overwritten."""
    if table == "rounds" and field in ("low", "high"):
        return scale_rows(found)[row["instrument"]] == row["block"]
    if table == "columns":  # what was not read as scores cannot be made so here
        return field in OPEN[table] and row["role"] == "score"
    return field in OPEN.get(table, ())


def corrected(found: Found, changes: Iterable[tuple[str, Key, str, object]]) -> Found:
    """The same with other values in some cells of rounds, columns and indicators: (table, row, field, value)."""
    from dataclasses import replace

    tables: dict[str, pd.DataFrame] = {name: getattr(found, name).copy() for name in TABLES}
    places = {n: {tuple(map(str, k)): i for i, k in enumerate(t[list(TABLES[n])].to_numpy().tolist())} for n, t in tables.items()}
    for name, key, field, value in changes:
        at = places[name][key]
        field, value = ("role", value) if (field, value) == ("source", UNUSED) else (field, value)
        tables[name].iloc[at, tables[name].columns.get_loc(field)] = value
        tables[name].iloc[at, tables[name].columns.get_loc("sure")] = True
    return replace(found, **tables)


def _repeated(texts: Iterable[str]) -> set[str]:
    """Texts that stand more than once, in small letters."""
    return {text for text, n in Counter(map(str.casefold, texts)).items() if n > 1}


class Names:
    """What the cells of the mapping say in a language, and back: yes and no, sources, roles, and indicators by their names."""

    def __init__(self, found: Found, w: Words):
        self.w = w
        rows = found.indicators.to_dict("records")
        self.nodes: dict[str, dict[str, str]] = {}
        for generation in dict.fromkeys(r["instrument"] for r in rows):
            mine = [r for r in rows if r["instrument"] == generation]
            label = {r["code"]: r["label"] for r in mine}
            twice = _repeated(label.values())
            above = {r["code"]: f"{label.get(r['parent'], '')} / " if r["label"].casefold() in twice else "" for r in mine}
            full = {code: above[code] + text for code, text in label.items()}
            twice = _repeated(full.values())
            self.nodes[generation] = {c: c if t.casefold() in twice or t[:1] in _ACTS else t for c, t in full.items()}
        order = list(self.nodes)
        self.before = {g: self.nodes[order[n - 1]] if n else {} for n, g in enumerate(order)}

    def shown(self, field: str, value: str, generation: str = "") -> str:
        """A value of a table as its cell says it."""
        w = self.w
        if field in ("held", "use"):
            return w("past.yes") if value == "yes" else w("past.no")
        if field == "source":
            kind, _, name = value.partition(":")
            return "" if not kind else w("past.source." + kind, id=name) if kind == "assessor" else w("past.source." + kind)
        if field in ("role", "percent"):
            return w(f"past.{field}.{value}") if value else ""
        if field == "parent":
            return w("past.top") if value == "index" else self.nodes[generation].get(value, value)
        if field == "link":
            return "" if not value else w("past.begins") if value == NOTHING else self.before[generation].get(value, value)
        return value

    def options(self, field: str, generation: str = "") -> tuple[str, ...]:
        """All that a cell may say; none where anything may stand."""
        known: dict[str, Iterable[str]] = {"held": ("yes", "no"), "use": ("yes", "no"), "percent": ("points", "fraction")}
        known |= {"source": (*SOURCES, UNUSED), "role": ("score", "unused"), "link": (*self.before.get(generation, ()), NOTHING)}
        known["parent"] = ("index", *self.nodes.get(generation, ()))
        return tuple(dict.fromkeys(self.shown(field, v, generation) for v in known.get(field, ())))

    def read(self, field: str, text: str, generation: str = "") -> str | None:
        """What a cell's text says, as the table holds it; None if it says none of what it may."""
        if field == "source" and (name := self._assessor(text)):
            return f"assessor:{name}"
        known: dict[str, tuple[str, ...]] = {"held": ("yes", "no"), "use": ("yes", "no")}
        known |= {"source": (*SOURCES, "", UNUSED), "role": ("score", "unused"), "percent": ("", "points", "fraction")}
        codes = {"link": ("", NOTHING, *self.before.get(generation, ())), "parent": ("index", *self.nodes.get(generation, ()))}
        values = (known | codes).get(field)
        if values is None:
            return text
        said = {self.shown(field, v, generation).casefold(): v for v in values} | {v.casefold(): v for v in values}
        return said.get(text.casefold())

    def _assessor(self, text: str) -> str:
        """The name behind "assessor" in the language's words, or in the tables'."""
        for head in (self.w("past.source.assessor", id=""), "assessor:"):
            if text.casefold().startswith(head.casefold()):
                return text[len(head) :].strip()
        return ""
