"""The programme of any region of the ministry's letters, made from what is published of it; nothing is added."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from scevaluation.errors import ProgrammeError
from scevaluation.place import DATA

if TYPE_CHECKING:
    import pandas as pd

    from scevaluation.programme import Programme

PREFIX = "wilayah-"


def region_name(code: str) -> str:
    """Name of the programme of a region code: "wilayah-94-04" for "94.04"."""
    return PREFIX + code.replace(".", "-")


@cache
def _table(name: str) -> pd.DataFrame:
    import pandas as pd


    frame = pd.read_csv(DATA / "official" / name, dtype=str, keep_default_na=False)
    return frame.assign(value=pd.to_numeric(frame["value"])) if "value" in frame else frame


@cache
def _facts() -> dict:
    from scevaluation.programme import read_yaml

    return read_yaml(DATA / "official" / "programme.yaml")


def regions_of(round_name: str) -> tuple[str, ...]:
    """Codes of the regions that took part in the letter of a round, in order."""
    from scevaluation.programme import read_rows

    def took_part(row: dict[str, str]) -> bool:
        return row["round"] == round_name and row["node"] == "index" and row["status"] == "scored"

    return tuple(sorted(row["region"] for row in read_rows(DATA / "official" / "results.csv") if took_part(row)))


def region_programme(name: str) -> Programme:
    """The programme called "wilayah-<code>": the letters' rounds, cohort and instruments, the national event, no cycle.

    A round known only by the change published a year later is marked inferred.

    Raises
    ------
    ProgrammeError
        If no letter holds a result of that region.
    """
    from scevaluation.programme import Programme

    code = name.removeprefix(PREFIX).replace("-", ".")
    rows = _table("results.csv")
    rows = rows[(rows["region"] == code) & (rows["status"] == "scored")]
    place = _table("regions.csv").set_index("code")
    if rows.empty or code not in place.index:
        raise ProgrammeError(f"No letter holds a result of region {code[:20]!r}.", "Name a region that took part, such as 94.04.")
    facts, (kind, _, rest) = _facts(), place.at[code, "name"].partition(" ")
    label = {lang: text.format(rest=rest) for lang, text in facts["kinds"][kind].items()}
    states = [_state(r, group) for r, group in rows.groupby("round")]
    return Programme.model_validate(
        {
            "id": name,
            "official": True,
            "label": {lang: text.format(name=label[lang]) for lang, text in facts["label"].items()},
            "region": code,
            "region_label": label,
            "cohort": rows["cohort"].iloc[-1],
            "cycles": (),
            "peers": _neighbours(code, place),
            "rounds": [*_before(rows, states), *states],
            "events": facts["events"],
            "notes": facts["notes"],
            "folder": DATA / "official",
        }
    )


def _neighbours(code: str, place: pd.DataFrame, most: int = 3) -> tuple[str, ...]:
    """Other regions of the province that took part in the newest letter, to be named beside it."""
    last = _table("letters.csv")["round"].max()
    same = [c for c in regions_of(last) if c != code and place.at[c, "province"] == place.at[code, "province"]]
    return tuple(same[:most])


def _instrument(round_name: str, cohort: str) -> str:
    return f"kominfo-{round_name[:4]}-{cohort.lower().replace('&', '-')}"


def _state(round_name: str, group: pd.DataFrame) -> dict:
    letters = _table("letters.csv").set_index("round")
    label = {lang: letters.at[round_name, f"label_{lang}"].partition(", ")[2] for lang in ("id", "en")}
    source = group["source"].iloc[0]
    return {
        "id": round_name,
        "state": "scored",
        "instrument": _instrument(round_name, group["cohort"].iloc[0]),
        "label": label,
        "source": source,
    }


def _before(rows: pd.DataFrame, states: list[dict]) -> list[dict]:
    """The round before the first letter, if a published change tells its index; the change is that of a year."""
    from scevaluation.rounds import Round

    first = states[0]["id"]
    change = rows[(rows["round"] == first) & (rows["node"] == "improvement")]
    if change.empty:
        return []
    name = str(Round(first) + -2)
    return [
        {
            "id": name,
            "state": "inferred",
            "instrument": _instrument(name, change["cohort"].iloc[0]),
            "source": change["source"].iloc[0],
            "note": _facts()["inferred"],
        }
    ]


def region_scores(programme: Programme, until: str | None = None) -> pd.DataFrame:
    """SCORES of a region's programme: the letters' components, and the inferred index of the round before them."""
    import pandas as pd

    from scevaluation.frames import ROOT, SCORES

    rows = _table("results.csv")
    rows = rows[(rows["region"] == programme.region) & (rows["status"] == "scored")]
    parts = rows[~rows["node"].isin((ROOT, "improvement"))].to_dict("records")
    out = [_scores(programme, r["round"], r["node"], r["value"], "scored", r["source"]) for r in parts]
    for state in programme.rounds:
        if state.state == "inferred":
            later = rows[rows["round"] == rows["round"].min()].set_index("node")["value"]
            value = round(later[ROOT] - later["improvement"], 4)
            out.append(_scores(programme, state.id, ROOT, value, "inferred", state.source))
    frame = pd.DataFrame(out, columns=list(SCORES.columns))
    frame = frame if until is None else frame[frame["round"] <= until]
    return SCORES.check(frame.sort_values("round", kind="stable", ignore_index=True))


def _scores(programme: Programme, round_name: str, node: str, value: float, status: str, source: str) -> dict:
    return {
        "region": programme.region,
        "round": round_name,
        "indicator": node,
        "agency": "",
        "source": "final",
        "score": float(value),
        "status": status,
        "evidence": source,
        "quality": "A" if status == "scored" else "C",
        "file": "results.csv",
        "cell": f"{programme.region} {round_name} {node}",
    }
