"""What a contract is: a table's key, columns, dtypes and meaning, checked by pandera."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import takewhile
from typing import TYPE_CHECKING

from scevaluation.errors import ContractError
from scevaluation.words import Fact

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Column:
    """One column: dtype is "str", "float", "int" or "bool"; `within` closes its values, `low`..`high` bounds them."""

    dtype: str
    meaning: str
    nullable: bool = False
    within: tuple[str, ...] | None = None
    low: float | None = None
    high: float | None = None


def _is_text(column: pd.Series):
    """Whether each value is text; True at once where the column as a whole is, which millions of rows need."""
    from pandas.api.types import infer_dtype

    whole = infer_dtype(column.cat.categories if column.dtype == "category" else column) in ("string", "empty")
    return whole or column.map(lambda v: isinstance(v, str)).astype(bool)


@dataclass(frozen=True)
class Contract:
    """A table's name, the key that names a row, its columns, and by name a `rule` over whole rows: whether each keeps it."""

    name: str
    key: tuple[str, ...]
    columns: dict[str, Column]
    rule: tuple[str, Callable[[pd.DataFrame], list[bool]]] | None = None

    @cached_property
    def schema(self):
        """The contract as a `pandera` schema (strict columns, unique key)."""
        import pandera.pandas as pa

        kinds = {"str": str, "float": float, "int": int, "bool": bool}
        columns = {}
        for name, column in self.columns.items():
            checks = []
            if column.within is not None:
                checks.append(pa.Check.isin(column.within))
            if column.low is not None:
                checks.append(pa.Check.ge(column.low))
            if column.high is not None:
                checks.append(pa.Check.le(column.high))
            dtype = None if column.dtype == "str" else kinds[column.dtype]
            if column.dtype == "str":
                checks.append(pa.Check(_is_text, name="is text", ignore_na=True))
            columns[name] = pa.Column(dtype, checks=checks, nullable=column.nullable, description=column.meaning)
        rules = [pa.Check(lambda t, kept=self.rule[1]: all(kept(t)), name=self.rule[0])] if self.rule else None
        return pa.DataFrameSchema(columns, checks=rules, unique=list(self.key) or None, strict=True, name=self.name)

    def check(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return `frame` with the contract's column order, or raise `ContractError` with all that is wrong."""
        import pandera.errors

        try:
            return self.schema.validate(frame, lazy=True)[list(self.columns)]
        except pandera.errors.SchemaErrors as error:
            cases = error.failure_cases[["column", "check", "failure_case"]].astype(str)
            lines = list(dict.fromkeys(self._broken(*case) for case in cases.itertuples(index=False)))
            raise ContractError(
                f"The table {self.name} breaks its contract: {'; '.join(lines[:8])}.",
                f"Its key, columns and allowed values stand in docs/columns.md under {self.name}.",
            ) from error

    def _broken(self, column: str, check: str, value: str) -> str:
        """A failed check in words."""
        if check == "column_in_dataframe":
            return f"it has no column {value}"
        if check == "column_in_schema":
            return f"no column {value} belongs to it"
        if check == "multiple_fields_uniqueness":
            return f"two rows have the same {', '.join(self.key)}"
        return f"{column}: {check} ({value})"

    def of(self, rows: Sequence) -> pd.DataFrame:
        """A checked table of rows: dicts, or tuples in the order of the columns; there may be none."""
        import pandas as pd

        if not rows:
            return self.empty()
        columns = None if isinstance(rows[0], dict) else list(self.columns)
        return self.check(pd.DataFrame(rows, columns=columns))

    def row_key(self, row: Mapping) -> str:
        """A row's key as the tables behind a report write it: without the region, of which a report has one."""
        return "|".join(str(row[k]) for k in self.key if k != "region")

    def fact(self, row: Mapping, column: str, digits: int = 1, **how) -> Fact:
        """A cell of a row as a number in prose."""
        return Fact(float(row[column]), self.name, self.row_key(row), column, digits, **how)

    def empty(self) -> pd.DataFrame:
        """A table of this contract without rows."""
        import pandas as pd

        kinds = {"str": "object", "float": "float64", "int": "int64", "bool": "bool"}
        return pd.DataFrame({name: pd.Series(dtype=kinds[c.dtype]) for name, c in self.columns.items()})


REGION = Column("str", "Kemendagri's code of today, such as 94.04")
ROUND = Column("str", "round, such as 2024-S2")
NODE = Column("str", "path in the instrument's tree, or a view such as sector:health")
_USUAL = {"region": REGION, "round": ROUND, "node": NODE}


def contract(name: str, key: str, /, **columns: Column) -> Contract:
    """A contract by the names of its key and its columns; the region, round and node that a key begins with are the usual ones."""
    names = tuple(key.split())
    head = {k: columns.get(k, _USUAL[k]) for k in takewhile(_USUAL.__contains__, names)}
    return Contract(name, names, head | columns)


def ends(prefix: str = "", of: str = "its 90 % interval") -> dict[str, Column]:
    """The two columns of an interval's ends."""
    low, high = Column("float", f"lower end of {of}", nullable=True), Column("float", "upper end", nullable=True)
    return {f"{prefix}low": low, f"{prefix}high": high}
