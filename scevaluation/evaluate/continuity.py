"""CONTINUITY: which programmes of the agencies run on through rounds, cycles and agencies, and which were cut off."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pandas as pd

from scevaluation.frames.people import CONTINUITY
from scevaluation.period import Period
from scevaluation.programme import Cycle

RECENT = 1  # years: a sign of this year or the last one shows that a programme runs
WORDS = {"berjalan": "running", "selesai": "finished", "dilanjutkan": "continued", "berhenti": "stopped"}
WORDS |= {word: word for word in WORDS.values()}
ENDED = {"finished": "finished", "continued": "taken_over", "stopped": "cut_off"}


def same_name(name: str) -> str:
    """A programme's name as it is compared: small letters and digits, without what stands in brackets.

    >>> same_name("Bank Sampah (contoh)") == same_name("bank  sampah")
    True
    """
    return " ".join(re.findall(r"\w+", re.sub(r"\([^)]*\)", " ", name).casefold()))


def _spell(row: dict, until: int) -> dict:
    """One row with its years and what its own status and source say, as of a year."""
    first, (end, seen) = int(row["first_year"]), (int(y) if y else None for y in (row["last_year"], row.get("seen", "")))
    word = WORDS.get(row["status_en"].strip().lower(), WORDS.get(row["status"].strip().lower(), ""))
    spell = {**row, "first": first, "key": same_name(row["programme"]), "successor": "", "successor_agency": ""}
    if end is not None and end <= until:
        state = ENDED.get(word, "cut_off")
        return {**spell, "last": end, "state": state, "rule": "status" if word in ENDED else "end"}
    if end is not None or (word == "running" and seen is None):
        return {**spell, "last": until, "state": "continues", "rule": "status" if end is None else "end"}
    sign = min(max(first, seen or first), until)
    state = "continues" if until - sign <= RECENT else "no_later_sign"
    return {**spell, "last": sign, "state": state, "rule": "sighting"}


def _shares(a: dict, b: dict) -> bool:
    """Whether two programmes tell of a common sector, or of a common dimension where neither names a sector."""
    one, two = set(a["sectors"].split()), set(b["sectors"].split())
    return bool(one & two) if one or two else bool(set(a["dimension"].split()) & set(b["dimension"].split()))


def _join(spells: list[dict]) -> None:
    """Tie spells of one name, and programmes said to be continued to the next one of the same agency and sector."""
    for a in spells:
        later = [b for b in spells if b["key"] == a["key"] and b is not a and b["first"] > a["first"]]
        if later:
            b = min(later, key=lambda s: s["first"])
            moved = b["agency"] != a["agency"]
            if b["first"] > a["last"] or moved:
                a.update(state="taken_over", rule="same_name", successor=b["programme"], successor_agency=b["agency"])
            if b["state"] == "continues" and (moved or b["first"] > a["last"] + 1):
                b.update(state="moved" if moved else "restarted", rule="same_name")
        elif a["state"] == "taken_over":
            own = (b for b in spells if b is not a and b["agency"] == a["agency"])
            if near := [b for b in own if b["first"] >= a["last"] and _shares(a, b)]:
                b = min(near, key=lambda s: (s["first"], s["programme"]))
                a.update(rule="same_agency", successor=b["programme"], successor_agency=b["agency"])


def _cycles(first: int, last: int, cycles: Sequence[Cycle]) -> str:
    return " ".join(c.id for c in cycles if Period(c.start).year <= last and Period(c.end).year >= first)


def continuity(programmes: pd.DataFrame, cycles: Sequence[Cycle], region: str, until: int) -> pd.DataFrame:
    """What became of every programme begun up to a year.

    Parameters
    ----------
    programmes : DataFrame
        As `intake.people.read_programmes` returns.
    cycles : sequence of Cycle
    region : str
    until : int
        The year judged; what is known of later years is left out.

    Returns
    -------
    CONTINUITY
        By agency and first year. `continues`: runs, or was seen in this year or the last; `restarted`: runs again after a
        gap of a year or more, `moved`: runs under another agency (same name); `taken_over`: ended and said to be continued,
        or the same name goes on; `finished` and `cut_off`: ended; `no_later_sign`: neither an end nor a sign in the last two
        years is known, which is not an end.
    """
    spells = [_spell(r, until) for r in programmes.to_dict("records") if int(r["first_year"]) <= until]
    if not spells:
        return CONTINUITY.empty()
    _join(spells)
    rows = [{**s, "region": region, "cycles": _cycles(s["first"], s["last"], cycles)} for s in spells]
    table = pd.DataFrame(rows)[list(CONTINUITY.columns)]
    return CONTINUITY.check(table.sort_values(["agency", "first", "programme"], kind="stable").reset_index(drop=True))
