"""Topics: what to talk about or decide, each a row that names the cell its number was read from; chosen by one rule."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pandas as pd

from scevaluation.frames import Column, Contract

SHOWN = 5
AGENDA_KINDS = ("overdue", "missing", "falling", "spread", "claim", "cut_off", "severity", "silent", "unowned", "unasked")
DECISION_KINDS = (
    "falling",
    "thin",
    "overdue",
    "slow",
    "gain",
    "cut_off",
    "panel",
    "silent",
    "unpublished",
    "untargeted",
    "unowned",
    "unsectored",
)


@dataclass(frozen=True)
class Topic:
    """A topic before it is chosen: whom and what it is about, its number, and where that stands.

    `table`, `key` and `column` name the cell of `value`; empty where the number was counted over rows of `table`.
    """

    kind: str
    value: float
    table: str
    key: str = ""
    column: str = ""
    node: str = ""
    agency: str = ""
    what: str = ""
    second: float = float("nan")


def _contract(name: str, kinds: tuple[str, ...]) -> Contract:
    return Contract(
        name,
        ("region", "round", "rank"),
        {
            "region": Column("str", "Kemendagri's code of today, such as 94.04"),
            "round": Column("str", "round, such as 2024-S2"),
            "rank": Column("int", "place on the list, 1 first", low=1),
            "kind": Column("str", "the rule that put it there", within=kinds),
            "node": Column("str", "sector, component or item; '' none"),
            "agency": Column("str", "agency it concerns; '' none"),
            "what": Column("str", "programme, assessor or recommendation it concerns; '' none"),
            "value": Column("float", "its number"),
            "second": Column("float", "a second number of the same rule", nullable=True),
            "table": Column("str", "table the number was read from, or counted in"),
            "key": Column("str", "row of that table; '' where rows were counted"),
            "column": Column("str", "column of that table; '' where rows were counted"),
        },
    )


AGENDA = _contract("AGENDA", AGENDA_KINDS)
DECISIONS = _contract("DECISIONS", DECISION_KINDS)


def pick(topics: Iterable[Topic], kinds: Sequence[str], most: int = SHOWN) -> list[Topic]:
    """The topics to show: the first of each kind in the order of `kinds`, then the second of each, until there are `most`.

    Parameters
    ----------
    topics : iterable of Topic
        Those of one kind most urgent first.
    kinds : sequence of str
        Most urgent kind first.

    Returns
    -------
    list of Topic
        By kind, so that the list reads from the most urgent down.
    """
    groups = {k: [] for k in kinds}
    for t in topics:
        groups[t.kind].append(t)
    turns = [(turn, k, g[turn]) for turn in range(most) for k, g in groups.items() if turn < len(g)]
    kept = turns[:most]
    return [t for _, _, t in sorted(kept, key=lambda x: (kinds.index(x[1]), x[0]))]


def table(chosen: Sequence[Topic], contract: Contract, region: str, round_name: str) -> pd.DataFrame:
    """The chosen topics as rows of `contract`, ranked in their order."""
    if not chosen:
        return contract.empty()
    rows = [{**vars(t), "region": region, "round": round_name, "rank": n} for n, t in enumerate(chosen, 1)]
    out = pd.DataFrame(rows)
    return contract.check(
        out.assign(value=out["value"].astype(float), second=out["second"].astype(float))[list(contract.columns)]
    )


def key_of(row: dict, contract: Contract) -> str:
    """A row's key as the tables behind a report write it: without the region, of which a report has one."""
    return "|".join(str(row[k]) for k in contract.key if k != "region")
