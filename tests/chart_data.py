"""Hand-made tables for the tests of charts, and readers of what a chart drew."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import numpy as np
import pandas as pd

from scevaluation.charts.heatmap import heatmap
from scevaluation.charts.trends import trends
from scevaluation.frames import CHANGE, INDEX, VERDICTS
from scevaluation.instrument import Label
from scevaluation.programme import Cycle, Event, Programme, RoundState, Target
from scevaluation.words import words

NAN = float("nan")
ROUNDS = ("2021-S1", "2021-S2", "2022-S1", "2022-S2", "2023-S1", "2023-S2", "2024-S1", "2024-S2")
NODES = ["index", "roads", "schools", "clinics"]
LABELS = {"index": "Indeks gabungan", "roads": "Jalan", "schools": "Sekolah", "clinics": "Puskesmas"}
# 2022-S1 was not held; clinics also lack 2023-S2, so that round's composite stands on fewer sectors.
VALUES = {
    "index": [50, 51, NAN, 52, 53, 54, 55, 56.4],
    "roads": [40, 42, NAN, 46, 50, 54, 58, 62.2],
    "schools": [60, 59, NAN, 58, 57, 56, 55, 54.1],
    "clinics": [45, 45, NAN, 45, 45, NAN, 45, 45.3],
}
SAYS = {"index": "inconclusive", "roads": "improving", "schools": "declining", "clinics": "stagnant"}


def _label(text: str) -> Label:
    return Label(id=text, en=text)


def programme(rounds=ROUNDS, targets=(("index", "2027-S2", 66.0), ("roads", "2027-S2", 70.0)), events=True) -> Programme:
    """Two cycles of two years, a pandemic, an election, targets; the round 2022-S1 not held."""
    found = (
        Event(
            start="2021-01-01",
            end="2021-12-31",
            kind="pandemic",
            label=_label("Pandemi"),
            source="-",
            confidence="-",
            adjust=True,
        ),
        Event(
            start="2024-11-27",
            end="2024-11-27",
            kind="election",
            label=_label("Pilkada"),
            source="-",
            confidence="-",
            adjust=True,
        ),
        Event(start="2023-05-01", end="2023-05-01", kind="legal", label=_label("Perda"), source="-", confidence="-"),
    )
    states = tuple(
        RoundState(id=r, state="not_held") if r == "2022-S1" else RoundState(id=r, state="scored", instrument="a")
        for r in rounds
    )
    return Programme(
        id="uji",
        label=_label("Uji"),
        region="94.04",
        region_label=_label("Kabupaten Uji"),
        rounds=states,
        events=found if events else (),
        cycles=(
            Cycle(id="1", label=_label("Siklus I"), start="2021-S1", end="2022-S2", source="-"),
            Cycle(id="2", label=_label("Siklus II"), start="2023-S1", end="2027-S2", source="-"),
        ),
        targets=tuple(Target(node=n, round=r, value=v, source="-") for n, r, v in targets),
        folder=Path("."),
    )


def index(values=VALUES, rounds=ROUNDS, region="94.04", spread=0.0, coverage=1.0, instruments=None) -> pd.DataFrame:
    """INDEX of `values` by node; `spread` points to both sides; rounds without a value have no row."""
    rows = []
    for node, series in values.items():
        for name, value in zip(rounds, series, strict=True):
            if np.isnan(value):
                continue
            rows.append(
                {
                    "region": region,
                    "round": name,
                    "node": node,
                    "value": 1 + value * 0.03,
                    "value100": float(value),
                    "low": value - spread,
                    "high": value + spread,
                    "coverage": coverage,
                    "weight": 0.25,
                    "status": "scored",
                    "instrument": (instruments or {}).get(name, "a"),
                    "weights": "own",
                }
            )
    return INDEX.check(pd.DataFrame(rows)) if rows else INDEX.empty()


def recent(table: pd.DataFrame, round_name: str) -> pd.DataFrame:
    """Of TREND what a heatmap takes: the change over two years, missing where an end or the instrument's link is."""
    table = table[table["region"] == "94.04"]
    wide = table.pivot(index="node", columns="round", values="value100")
    start = f"{int(round_name[:4]) - 2}{round_name[4:]}"
    change = wide.get(round_name, NAN) - wide.get(start, NAN) if len(wide) else pd.Series(dtype=float)
    return pd.DataFrame({"node": wide.index, "recent": change if len(wide) else []})


def verdicts(says=SAYS, round_name="2024-S2", comparable=True, region="94.04") -> pd.DataFrame:
    """VERDICTS of one round, without targets of their own."""
    rows = [
        {
            "region": region,
            "round": round_name,
            "node": node,
            "direction": direction,
            "certainty": 0.9,
            "pace": "no_target",
            "needed": NAN,
            "seen": NAN,
            "p_hit": NAN,
            "target": NAN,
            "target_round": "",
            "disruption": "",
            "event_dependent": False,
            "comparable": comparable,
            "now": "too_early",
            "now_certainty": np.nan,
            "course": "",
            "departure": "",
            "rule": "-",
            "statistic": "-",
            "operator": "-",
            "threshold": NAN,
            "because": "-",
        }
        for node, direction in says.items()
    ]
    return VERDICTS.check(pd.DataFrame(rows)) if rows else VERDICTS.empty()


def change(parts, official, like=NAN, previous="2024-S1", round_name="2024-S2") -> pd.DataFrame:
    """CHANGE: a total and its `parts` (node, kind, contribution)."""
    key = {"region": "94.04", "round": round_name, "previous": previous}
    rows = [{**key, "node": "index", "kind": "total", "official": official, "like_for_like": like, "contribution": NAN}]
    rows += [
        {**key, "node": n, "kind": k, "official": NAN, "like_for_like": NAN, "contribution": float(v)} for n, k, v in parts
    ]
    table = pd.DataFrame(rows)
    points = {f"{c}100": table[c] / 3 * 100 for c in ("official", "like_for_like", "contribution")}
    return CHANGE.check(table.assign(**points))


def many(count: int) -> tuple[pd.DataFrame, pd.DataFrame, list[str], dict[str, str]]:
    """index, verdicts, nodes and labels of a composite and `count` - 1 indicators with very long names."""
    nodes = ["index", *(f"index{i}" for i in range(1, count))]
    values = {n: [30 + (7 * i + 3 * k) % 50 for k in range(8)] for i, n in enumerate(nodes)}
    labels = {
        n: f"Persentase penyelenggaraan layanan administrasi kependudukan yang dapat diselesaikan secara daring nomor {i}"
        for i, n in enumerate(nodes)
    }
    directions = ("improving", "likely_declining", "stagnant", "inconclusive", "too_little_data")
    return index(values), verdicts({n: directions[i % 5] for i, n in enumerate(nodes)}), nodes, labels


def count(svg: str, gid: str) -> int:
    """How many marks of a name a picture has."""
    return len(re.findall(f' id="{re.escape(gid)}"', svg))


def texts(svg: str) -> list[str]:
    """Every line of text a picture shows, in the order drawn."""
    return [t.strip() for t in re.findall(r"<!--(.*?)-->", svg, re.DOTALL)]


def group(svg: str, gid: str) -> list[str]:
    """What each mark of a name holds."""
    return re.findall(rf'<g id="{re.escape(gid)}">(.*?)</g>', svg, re.DOTALL)


def labelled(svg: str, gid: str) -> list[str]:
    """First line of every text of a name, in the order drawn."""
    return [texts(part)[0] for part in re.findall(rf'<g id="{re.escape(gid)}">(.*?<!--.*?-->)', svg, re.DOTALL)]


def pictures(html: str) -> list[str]:
    """The SVG pictures inside a page."""
    return [base64.b64decode(m).decode() for m in re.findall(r"data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)", html)]


def placed(svg: str) -> list[tuple[str, float, float]]:
    """Text, left edge and font size (points) of every line that is not rotated."""
    found = re.findall(
        r'<!--((?:(?!-->).)*)-->\s*<g [^>]*transform="translate\(([-\d.]+) [-\d.]+\) scale\(([\d.]+)', svg, re.DOTALL
    )
    return [(t.strip(), float(x), float(s) * 200) for t, x, s in found]


ID, EN = words("id"), words("en")
PARTS = [
    ("roads", "score", 0.20),
    ("schools", "score", -0.05),
    ("clinics", "score", 0.01),
    ("index", "weight", -0.04),
    ("roads", "coverage", 0.03),
]


def make(kind, table=None, says=None, plan=None, nodes=NODES, labels=LABELS, w=ID, round_name="2024-S2"):
    table, says = index() if table is None else table, verdicts() if says is None else says
    rest = (says, plan or programme(), round_name, list(nodes), labels, w)
    return trends(table, *rest) if kind == "trends" else heatmap(table, recent(table, round_name), *rest)


def both(chart):
    return (chart.wide, chart.phone)
