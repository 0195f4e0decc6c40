"""Situations as data: tests/scenarios/*.yaml, read into the tables from which verdicts and headlines are made.

A scenario names either a programme and a round of data/programmes, or its own numbers:

    first       the first round; the values of every sector follow it round by round, ~ where the round is missing
    sectors     value on 0-100 by sector; the index is their mean, missing where one is missing, unless it is given
    events      kind, start, end, sectors (none: all); all are adjusted for
    targets     node: [round, value]
    new         round from which a questionnaire is used that shares nothing with the one before
    new_scale   round from which the scale is another, so that nothing is compared with the rounds before
    participants  of a ministry's letter: values and changes, the region itself first
    expect      rule, headline in both languages, and of any node columns of its verdict
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import yaml
from evaluated import evaluate_round

from scevaluation.evaluate.claims import Claims, Scale, claims
from scevaluation.evaluate.overall import Named, Overall, overall
from scevaluation.evaluate.peers import peers
from scevaluation.evaluate.trend import trend
from scevaluation.evaluate.verdict import verdicts
from scevaluation.frames import CHANGE, INDEX, PEERS, ROOT
from scevaluation.instrument import SECTORS, Instrument
from scevaluation.period import Period
from scevaluation.programme import Event, Programme
from scevaluation.report.round import says
from scevaluation.words import Words, lower

FOLDER = Path(__file__).parent / "scenarios"
NAME = {"id": "Kabupaten Uji", "en": "Test Regency"}
REGION = "00.00"
NOISE = 0.06  # of the difference between two rounds of a letter, on its scale


@dataclass(frozen=True)
class Scenario:
    """A scenario's tables and what is expected of them."""

    name: str
    expect: dict
    trend: pd.DataFrame
    verdicts: pd.DataFrame
    peers: pd.DataFrame
    claims: pd.DataFrame
    evaluation: object = None
    index: object = None
    top: tuple = ()
    scale: object = None

    def overall(self, w: Words) -> Overall:
        if self.evaluation is not None:
            return says(self.evaluation, w)
        labels = {ROOT: lower(w("node.index")), **{s: lower(w("sector." + s)) for s in self.top}}
        named = Named(labels, w.join, w.count, w("headline.likely"), "unit.sector")
        return overall(Claims.of(self.claims), self.top, self.scale, named, w.label(NAME))


def names() -> list[str]:
    return sorted(p.stem for p in FOLDER.glob("*.yaml"))


@cache
def load(name: str) -> Scenario:
    """Read a scenario and compute its tables."""
    raw = yaml.safe_load((FOLDER / f"{name}.yaml").read_text("utf-8"))
    if "programme" in raw:
        e = evaluate_round(raw["programme"], raw["round"])
        return Scenario(name, raw["expect"], e.trend, e.verdicts, e.peers, e.claims, e)
    top = tuple(raw["sectors"])
    rounds = [str(Period(raw["first"]) + i) for i in range(len(raw["sectors"][top[0]]))]
    values = {s: np.array([np.nan if v is None else v for v in raw["sectors"][s]], float) for s in top}
    given = raw.get("index")
    values = {ROOT: np.array(given, float) if given else np.mean(list(values.values()), axis=0), **values}
    return build(name, values, rounds, raw)


def build(name: str, values: dict[str, np.ndarray], rounds: list[str], raw: dict) -> Scenario:
    """Tables of a region's values (0-100) by node over rounds."""
    top = tuple(n for n in values if n != ROOT)
    used = instruments(rounds, top, raw.get("new", ""), raw.get("new_scale", ""))
    plan = programme(rounds, raw)
    index = index_of(values, used, rounds)
    t = trend(index, plan, rounds[-1], used)
    v = verdicts(t, index, plan, rounds[-1], used)
    now = index[index["round"] == rounds[-1]]
    since = next((n for n, r in enumerate(rounds) if r == raw.get("new_scale")), 0)
    change = change_of(values[ROOT][since:], rounds[since:])
    beside = participants(raw, rounds[-1])
    judged = v.set_index("node").at[ROOT, "direction"] != "too_little_data"
    scale = Scale.of(judged or beside.empty, used[rounds[-1]].scale)
    apart = "scale" if since > 0 else "questionnaire" if raw.get("new") == rounds[-1] else ""
    said = claims(now, t, v, change, beside, top, scale, noise=NOISE if len(beside) else np.nan, apart=apart)
    return Scenario(name, raw.get("expect", {}), t, v, beside, said, None, now, top, scale)


def instruments(rounds: list[str], top: tuple[str, ...], new: str, scale: str = "") -> dict[str, Instrument]:
    def one(name: str, link: str, high: float = 4) -> Instrument:
        leaves = [{"id": s, "label": NAME, "weight": 1, "sectors": [s] if s in SECTORS else [], "link": link} for s in top]
        tree = {"id": "index", "label": NAME, "children": leaves}
        return Instrument(
            id=name,
            label=NAME,
            valid_from="2017-S1",
            top="sector",
            scale={"low": 1, "high": high},
            weights="own",
            weights_source="",
            source="",
            tree=tree,
        )

    old, later = one("old", ""), one("scale", "", 5) if scale else one("new", "-")
    begun = new or scale
    return {r: later if begun and Period(r) >= Period(begun) else old for r in rounds}


def programme(rounds: list[str], raw: dict) -> Programme:
    events = [
        Event(
            start=str(e["start"]),
            end=str(e["end"]),
            kind=e["kind"],
            label=NAME,
            source="",
            confidence="",
            adjust=True,
            sectors=tuple(e.get("sectors", ())),
        )
        for e in raw.get("events", ())
    ]
    return Programme(
        id="scenario",
        label=NAME,
        region=REGION,
        region_label=NAME,
        delta=raw.get("delta", 1.0),
        delta_share=raw.get("delta_share"),
        cycles=[{"id": "2", "label": NAME, "start": "2023-S1", "end": "2027-S2", "source": ""}],
        folder=".",
        rounds=[{"id": r, "state": "scored", "instrument": "old"} for r in rounds],
        events=events,
        targets=[{"node": n, "round": r, "value": v, "source": ""} for n, (r, v) in raw.get("targets", {}).items()],
    )


def index_of(values: dict[str, np.ndarray], used: dict[str, Instrument], rounds: list[str]) -> pd.DataFrame:
    rows = [
        {
            "region": REGION,
            "round": r,
            "node": node,
            "value": 1 + v * 0.03,
            "value100": v,
            "low": v,
            "high": v,
            "coverage": 0.5 if np.isnan(v) else 1.0,
            "weight": 1.0 if node == ROOT else 1 / (len(values) - 1),
            "status": "missing" if np.isnan(v) else "scored",
            "instrument": used[r].id,
            "weights": "own",
        }
        for node, line in values.items()
        for r, v in zip(rounds, line, strict=True)
    ]
    return INDEX.check(pd.DataFrame(rows))


def change_of(y: np.ndarray, rounds: list[str]) -> pd.DataFrame:
    """The total change to the last round from the last earlier one with a value, on 1-4."""
    before = np.flatnonzero(np.isfinite(y[:-1]))
    if not len(before):
        return CHANGE.empty()
    moved = (y[-1] - y[before[-1]]) * 0.03
    row = {"region": REGION, "round": rounds[-1], "previous": rounds[before[-1]], "node": ROOT, "kind": "total"}
    change = {name: moved for name in ("official", "like_for_like", "contribution")}
    points = {name + "100": moved / 3 * 100 for name in change}
    return CHANGE.check(pd.DataFrame([{**row, **change, **points}]))


def participants(raw: dict, round_name: str) -> pd.DataFrame:
    if "participants" not in raw:
        return PEERS.empty()
    rows = []
    given = raw["participants"]
    for n, (value, move) in enumerate(zip(given["values"], given["changes"], strict=True)):
        for node, v in (("index", value), ("outcome", value), ("improvement", move)):
            v = np.nan if v is None else float(v)
            rows.append(
                {"region": REGION if n == 0 else f"{n:02d}.01", "round": round_name, "cohort": "C", "node": node, "value": v}
            )
    tiny = Instrument(
        id="letter",
        label=NAME,
        valid_from="2017-S1",
        scale={"low": 1, "high": 4},
        weights="own",
        weights_source="",
        source="",
        tree={"id": "index", "label": NAME, "children": [{"id": "outcome", "label": NAME, "weight": 1}]},
    )
    return peers(pd.DataFrame(rows), REGION, {"C": tiny})
