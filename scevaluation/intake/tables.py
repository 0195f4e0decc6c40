"""A questionnaire and its scores from tables in memory, as COINr has them: iMeta, a row a node; iData, a row a unit and time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from pydantic import ValidationError

from scevaluation.errors import InstrumentError, IntakeError, RoundError
from scevaluation.frames import ROOT, SCORES, as_scores
from scevaluation.grid.yamlfile import described
from scevaluation.instrument import Instrument
from scevaluation.issues import issue, refusal, unknown
from scevaluation.node import SECTORS, Label
from scevaluation.period import Period
from scevaluation.place import find
from scevaluation.programme import Programme
from scevaluation.words import LANGUAGES, words

if TYPE_CHECKING:
    import pandas as pd

META = ("iCode", "Parent")  # what iMeta must have
MORE = ("iName", "Weight", "Direction", "Type", "Unit", "Worst", "Best", "Agency", "Level", "Target", "Denominator")
ABOUT = ("uCode", "uName", "Time")  # columns of iData that are no indicators
COUNTED = ("Indicator", "Aggregate")  # the other kinds of COINr's rows are described, and count in no index
WAYS = {1: 1, "1": 1, "higher": 1, -1: -1, "-1": -1, "lower": -1}  # what Direction may say
OWN_CODE = "99.99"  # the region's code where the unit's is none of Kemendagri's


class Given(Programme):
    """A programme whose rounds all use one questionnaire that stands in no file."""

    questionnaire: Instrument

    def instrument(self, name: str) -> Instrument:
        self.round(name)
        return self.questionnaire


def parents(indicators: pd.DataFrame) -> dict[str, str]:
    """The code of the node above every counted row of iMeta, by its own code; "" above the highest.

    Raises
    ------
    IntakeError, UnknownName
        If a column is absent or not known, a code stands twice, or a parent is none of the codes.
    """
    for name in META:
        if name not in indicators:
            remedy = f"It needs {' and '.join(META)}; others it may have: {', '.join(MORE)}."
            raise IntakeError(f"The table of indicators has no column {name}.", remedy)
    if odd := [c for c in indicators if c not in (*META, *MORE)]:
        raise unknown(str(odd[0]), (*META, *MORE), "iMeta")
    rows = counted(indicators)
    codes = rows["iCode"].astype(str)
    if twice := list(codes[codes.duplicated()]):
        raise IntakeError(f"The code {twice[0]!r} stands twice in the table of indicators.", "Give every node its own code.")
    above = dict(zip(codes, map(_text, rows["Parent"]), strict=True))
    for code, parent in above.items():
        if parent and parent not in above:
            raise unknown(parent, above, f"Parent of {code}")
    return above


def paths(indicators: pd.DataFrame) -> dict[str, str]:
    """The path of every counted row of iMeta by its code, parents first; the root's is "index".

    Raises
    ------
    IntakeError, UnknownName
        As in `parents`, or if the rows are no tree.
    """
    parent = parents(indicators)
    tops = [c for c, above in parent.items() if not above]
    whole = len(tops) == 1 and tops[0] in parent.values()
    out = {tops[0]: ROOT} if whole else {}
    queue = [(c, "") for c in ([c for c, p in parent.items() if p == tops[0]] if whole else tops)]
    while queue:
        code, prefix = queue.pop(0)
        out[code] = prefix + _slug(code)
        queue += [(c, out[code] + "/") for c, p in parent.items() if p == code]
    if lost := [c for c in parent if c not in out]:
        raise IntakeError(f"{', '.join(lost[:5])} hang below each other and not below an index.", "Correct the column Parent.")
    return out


def counted(indicators: pd.DataFrame) -> pd.DataFrame:
    """Rows of iMeta that count in an index."""
    return indicators[indicators["Type"].isin(COUNTED)] if "Type" in indicators else indicators


def _slug(code: str) -> str:
    return re.sub(r"[^a-z0-9._-]+", "-", code.lower()).lstrip("._-") or "-"


def questionnaire(
    indicators: pd.DataFrame,
    first: str,
    scale: tuple[float, float] | None = None,
    aggregation: str = "arithmetic",
    coverage: float = 0.65,
) -> Instrument:
    """The instrument of a table of indicators.

    Parameters
    ----------
    indicators : DataFrame
        A row a node: iCode, Parent (empty for the index; several without one are the parts of an index that has no row), and where given
        iName, Weight (1), Direction (1, or -1 where less is better),
        Unit, Worst and Best (its goalposts), Agency, Type. Level, Target and Denominator are left unread.
    first : str
        Its first round.
    scale : tuple of float, optional
        Worst and best score of the indicators without goalposts; there is no usual one.
    aggregation : {"arithmetic", "geometric"}
    coverage : float
        Share of the weight below a node that must have a score.

    Raises
    ------
    IntakeError, UnknownName
        If the table is no tree of nodes.
    InstrumentError
        If the nodes contradict each other; with every place.
    """
    scale = _scale(scale)
    place, rows = paths(indicators), counted(indicators).set_index(counted(indicators)["iCode"].astype(str))
    below: dict[str, list[str]] = {}
    for code, path in place.items():
        if path != ROOT:
            below.setdefault(path.rpartition("/")[0] or ROOT, []).append(code)
    posts = {"Worst", "Best"} <= set(rows)
    leaves = [c for c, p in place.items() if p not in below]
    own = [c for c in leaves if posts and rows.loc[c, ["Worst", "Best"]].notna().all()]
    if scale is None and len(own) < len(leaves):
        raise IntakeError(
            "Which scores are worst and best is not said.",
            "Give scale=(worst, best), such as (1, 4), or columns Worst and Best for every indicator.",
        )

    def node(code: str) -> dict:
        row, kids = rows.loc[code], below.get(place[code], [])
        weight = row.get("Weight", 1.0)
        out: dict = {"id": place[code].rpartition("/")[2], "label": _text(row.get("iName")) or code}
        out["weight"] = None if weight != weight else float(weight)
        if kids:
            return out | {"children": [node(c) for c in kids]}
        if code in own:
            out["goalposts"] = {"worst": float(row["Worst"]), "best": float(row["Best"])}
        elif _way(row.get("Direction", 1), code) == -1:
            out["direction"] = -1
        if unit := _text(row.get("Unit")):
            out["unit"] = unit
        return out | {"agency": _agency(row.get("Agency"))}

    top = next((c for c, p in place.items() if p == ROOT), None)
    name = (_text(rows.loc[top].get("iName")) or top) if top else None
    said = {lang: words(lang)("intake.frames.index") for lang in LANGUAGES}
    low, high = scale or (0.0, 100.0)
    about = {lang: words(lang)("intake.frames.given") for lang in LANGUAGES}
    sectors = all(place[c] in SECTORS for c in below.get(ROOT, []))
    tree = {"id": ROOT, "label": name or said, "children": [node(c) for c in below.get(ROOT, [])]}
    document = {
        "id": "frames", "label": name or said, "valid_from": first, "scale": {"low": float(low), "high": float(high)}, "weights": "own",
        "weights_source": about, "source": about["en"], "aggregation": aggregation, "coverage": coverage,
        "top": "sector" if sectors else "component", "tree": tree,
    }  # fmt: skip
    try:
        return Instrument.model_validate(document)
    except ValidationError as error:
        found = [(row["loc"], described(row, Instrument)) for row in error.errors(include_url=False)]
        wrong = [w.about("iMeta", ".".join(map(str, (*at, *w.at)))) for at, w in found]
        raise refusal(InstrumentError, wrong) from error


def _scale(given) -> tuple[float, float] | None:
    """Worst and best score as they were given; refused where they are no two numbers."""
    if given is None:
        return None
    try:
        low, high = (float(v) for v in ((given,) if isinstance(given, str) else given))
    except (TypeError, ValueError) as error:
        raise IntakeError(f"scale={given!r} is no pair of numbers.", "Give the worst and the best score, as scale=(1, 4).") from error
    return low, high


def _way(value, code: str) -> int:
    """A direction: 1 where more is better or nothing is said, -1 where less is; refused where it is another."""
    if value is None or value != value:
        return 1
    if value in WAYS:
        return WAYS[value]
    raise IntakeError(f"Direction of {code} has {value!r}.", "Write 1 where more is better and -1 where less is.")


def tabled(value, name: str) -> None:
    """Nothing where a value is a table; else it is refused by the name of its parameter."""
    if not hasattr(value, "columns"):
        raise IntakeError(f"{name} is no table but a {type(value).__name__}.", f"Give a DataFrame, as pd.DataFrame({name}).")


def long(scores: pd.DataFrame) -> pd.DataFrame:
    """The same table, rows that name no file and cell by their number; refused where it is a row a time and a column an indicator."""
    if "Time" in scores and "indicator" not in scores:
        fact = "The table has a row a time and a column an indicator, and no indicators=... say what its columns are."
        raise IntakeError(fact, f"Give indicators=... beside it, or a row a score: {', '.join(SCORES.columns)}.")
    unnamed = {"file": "scores", "cell": [f"row {n}" for n in range(len(scores))]}
    return scores.assign(**{name: said for name, said in unnamed.items() if name not in scores}).reset_index(drop=True)


def _agency(value) -> str:
    """An agency's id: what is written, or what of it an id may have."""
    text = _text(value)
    return text if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*|", text) else _slug(text)


def _text(value) -> str:
    return "" if value is None or value != value else str(value)


def scores_of(data: pd.DataFrame, indicators: pd.DataFrame, unit: str = "") -> tuple[pd.DataFrame, str]:
    """SCORES of one unit of a table with a row a unit and time and a column an indicator, and the unit's name.

    Parameters
    ----------
    data : DataFrame
        uCode and uName where there are several units; Time (a round such as 2024-S2, a year, or a day of a half-year); a
        column for every code of an indicator. An empty cell is no score.
    indicators : DataFrame
        As in `questionnaire`; what other columns of `data` are stands there by their Type.
    unit : str
        The code of the unit that is meant, where there are several.

    Raises
    ------
    IntakeError, UnknownName
        If a column or unit is absent, undeclared or not of numbers, or a time is no round.
    """
    import pandas as pd

    place = paths(indicators)
    leaves = {c: p for c, p in place.items() if not any(q.startswith(p + "/") for q in place.values()) and p != ROOT}
    declared = {*ABOUT, *indicators["iCode"].astype(str)}
    if lacks := [c for c in leaves if c not in data]:
        raise refusal(IntakeError, [issue("iData", "", "column_missing", found=code, remedy="add_column") for code in lacks])
    if odd := [str(c) for c in data if c not in declared]:
        raise unknown(odd[0], declared, "iData")
    if "Time" not in data:
        raise refusal(IntakeError, [issue("iData", "", "column_missing", found="Time", remedy="add_column")])
    if data.empty:
        raise refusal(IntakeError, [issue("iData", "", "empty_table", remedy="fill_in")])
    rows = data
    if "uCode" in data:
        units = list(dict.fromkeys(data["uCode"].astype(str)))
        if not unit and len(units) > 1:
            raise IntakeError(f"The table of data has {len(units)} units.", f"Say which one is meant, as unit={units[0]!r}.")
        unit = unit or units[0]
        if unit not in units:
            raise unknown(unit, units, "uCode")
        rows = data[data["uCode"].astype(str) == unit]
    times = _rounds(rows["Time"])
    if twice := [t for n, t in enumerate(times) if t in times[:n]]:
        where = f"{unit}, " if unit else ""
        raise IntakeError(f"{where}Time {twice[0]} stands twice in the table of data.", "Keep one row a unit and time.")
    agency = {str(c): _agency(a) for c, a in zip(indicators["iCode"], indicators["Agency"], strict=True)} if "Agency" in indicators else {}
    parts = []
    for code, path in leaves.items():
        score = pd.to_numeric(rows[code], errors="coerce")
        if bad := list(rows.loc[score.isna() & rows[code].notna(), code]):
            raise refusal(IntakeError, [issue("iData", code, "no_number", found=one, remedy="write_number") for one in bad])
        known = score.notna().to_numpy()
        status = pd.Series(known).map({True: "scored", False: "not_reported"}).to_numpy(object)
        cells = [f"{code}, {t}" for t in times]
        parts.append(
            as_scores(
                region=region_code(unit), round=times, indicator=path, agency=agency.get(code, ""),
                score=score.to_numpy(float), status=status, file="iData", cell=cells,
            )
        )  # fmt: skip
    name = _text(rows["uName"].iloc[0]) if "uName" in rows and len(rows) else ""
    return SCORES.check(pd.concat(parts, ignore_index=True)), name or unit


def _rounds(values: pd.Series) -> list[str]:
    """Rounds of a column of times: names of rounds as people type them, or days, each taken for the half-year that it lies in."""
    days = [_day(v) for v in values]
    if days and all(days):
        return [str(Period.at(d, "S")) for d in days if d]
    return [_round(v) for v in values]


def _day(value) -> date | None:
    """A day, of a date or a text such as 2024-03-31; None for anything else."""
    if isinstance(value, date) and value == value:
        return value
    found = re.fullmatch(r"(20[0-9]{2}-[0-9]{2}-[0-9]{2})(?:[T ]00:00(?::00)?)?", str(value))
    try:
        return date.fromisoformat(found[1]) if found else None
    except ValueError:
        return None


def _round(value) -> str:
    text = f"{value:g}" if isinstance(value, float) else str(value)
    try:
        return str(Period.typed(text))
    except RoundError as error:
        raise IntakeError(f"Time has {text!r}, which is no round.", error.remedy) from error


def region_code(unit: str) -> str:
    """A unit's code as a region's; that of a made-up region where it is none of Kemendagri's."""
    return unit if re.fullmatch(r"[0-9]{2}\.[0-9]{2}", unit) else OWN_CODE


def given(instrument: Instrument, region: str, name: str, rounds: Sequence[str], plan: Programme | None = None) -> Given:
    """A programme of these rounds and this questionnaire; events, cycles, agencies and targets are those of `plan`, if there is one."""
    kept: dict = {}
    if plan is not None:
        kept = {k: getattr(plan, k) for k in Programme.model_fields if k not in ("rounds", "region", "targets")}
        kept["targets"] = tuple(t for t in plan.targets if t.node in instrument.nodes)
    label = {lang: name or words(lang)("intake.frames.unit") for lang in LANGUAGES}
    agencies = dict.fromkeys(n.agency for n in instrument.nodes.values() if n.agency)  # ids, see `_agency`
    base = {
        "id": "frames", "label": Label(**label), "region_label": Label(**label), "made_up": True,
        "calendar": instrument.calendar, "cycles": (),
        "agencies": tuple({"id": a, "label": a} for a in agencies), "folder": find("programmes", "-"),
    }  # fmt: skip
    states = tuple({"id": r, "state": "scored", "instrument": instrument.id} for r in rounds)
    return Given.model_validate({**base, **kept, "region": region, "rounds": states, "questionnaire": instrument})


def programme_of(scores: pd.DataFrame, indicators: pd.DataFrame, plan: Programme | None, unit: str, **how) -> tuple[Given, pd.DataFrame]:
    """The programme that tables of scores and indicators make, and SCORES; `how` as in `questionnaire`."""
    name = ""
    tabled(indicators, "indicators")
    if not {"indicator", "score"} <= set(scores):
        scores, name = scores_of(scores, indicators, unit)
    rounds = sorted(scores["round"].unique(), key=Period)
    if not rounds:
        raise IntakeError("The table of scores is empty.", "Give at least one row.")
    region = str(scores["region"].iloc[0])
    return given(questionnaire(indicators, rounds[0], **how), region, name, rounds, plan), scores
