"""Small made-up programmes, one of every kind of questionnaire, and the text of everything that their reports can say.

Each has at least eight rounds, missing values, two agencies and targets; scores are drawn with a seed of the programme's own.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from zlib import crc32

import numpy as np
import pandas as pd

import scevaluation as sc
from scevaluation.frames.core import as_scores
from scevaluation.instrument import SECTORS, Instrument, load_instrument
from scevaluation.kinds import KINDS
from scevaluation.period import Period
from scevaluation.programme import Programme
from scevaluation.words import words

REGION, OWNERS = "00.07", ("bappeda", "dinas-kominfo")
OF_ROUND = [k for k, kind in KINDS.items() if kind.each in ("round", "sector")]


def _label(text: str) -> dict[str, str]:
    return {"id": text, "en": text}


def _leaf(name: str, **more) -> dict:
    return {"id": name, "label": _label(f"Indikator {name}"), "weight": 1, **more}


def _instrument(name: str, top: str, first: str, scale: tuple[float, float], children: list[dict], **more) -> Instrument:
    said = {"weights": "own", "weights_source": "the test", "source": "the test", "valid_from": first}
    tree = {"id": "index", "label": _label("Indeks"), "children": children}
    return Instrument.model_validate(
        {"id": name, "label": _label(name), "top": top, "scale": dict(zip(("low", "high"), scale, strict=True)), "tree": tree} | said | more
    )


def _part(name: str, n: int, **more) -> dict:
    """A node with n leaves, whose owners take turns."""
    leaves = [_leaf(f"{name}-{k + 1}", agency=OWNERS[k % 2]) for k in range(n)]
    return {"id": name, "label": _label(f"Bagian {name.title()}"), "weight": 1, "children": leaves, **more}


def _six() -> Instrument:
    """Six dimensions on 0-5, the first tagged with a sector."""
    names = ("governance", "branding", "economy", "living", "society", "environment")
    children = [_part(n, 2, sectors=["public_services"] if n == "governance" else []) for n in names]
    return _instrument("enam", "dimension", "2017-S1", (0, 5), children)


def _pillars() -> Instrument:
    """Four pillars on 0-10 with a geometric mean."""
    return _instrument("pilar", "pillar", "2017-S1", (0, 10), [_part(f"p{k}", 2) for k in range(1, 5)], aggregation="geometric")


def _raw() -> Instrument:
    """Indicators as they are measured: one in per cent, one of which less is better, one in a wanted range, one in rupiahs."""
    health = {**_part("kesehatan", 0), "children": [
        _leaf("stunting", agency=OWNERS[0], goalposts={"worst": 40, "best": 5}, unit=_label("%"), direction="lower"),
        _leaf("bor", agency=OWNERS[1], goalposts={"worst": 0, "best": 100}, direction={"low": 60, "high": 85}),
    ]}  # fmt: skip
    money = {**_part("ekonomi", 0), "children": [
        _leaf("pad", agency=OWNERS[0], goalposts={"worst": 1e9, "best": 1e12}, transform="log", unit=_label("rupiah")),
        _leaf("kemiskinan", agency=OWNERS[1], scale={"low": 0, "high": 30}, direction="lower"),
    ]}  # fmt: skip
    return _instrument("mentah", "domain", "2017-S1", (0, 100), [health, money])


def _deep() -> Instrument:
    """400 indicators in 8 levels."""

    def node(name: str, depth: int, leaves: int) -> dict:
        inside = [_leaf(f"{name}.{k + 1}", agency=OWNERS[k % 2]) for k in range(leaves)]
        return {**_part(name, 0), "children": [node(f"{name}.0", depth - 1, leaves), *inside] if depth > 1 else inside}

    return _instrument("dalam", "component", "2017-S1", (1, 4), [node(f"k{n}", 8, 10) for n in range(1, 6)])


def _even() -> Instrument:
    """Two indicators of equal weight."""
    return _instrument("sama", "element", "2017-S1", (0, 100), [_leaf("satu", agency=OWNERS[0]), _leaf("dua", agency=OWNERS[1])])


@dataclass(frozen=True)
class Made:
    """A programme and its scores."""

    plan: Programme
    scores: pd.DataFrame

    @property
    def last(self) -> str:
        return self.plan.rounds[-1].id

    @cached_property
    def evaluated(self) -> sc.Round:
        """Its last round; every face of it is of this one evaluation."""
        return sc.Round.from_frames(self.scores, round_name=self.last, programme=self.plan)


def _made(name: str, folder: Path, by_round: dict[str, Instrument], equal: bool = False) -> Made:
    last, rng = by_round[list(by_round)[-1]], np.random.default_rng(crc32(name.encode()))

    class Programmed(Programme):
        """Its questionnaires stand in no file."""

        def instrument(self, name: str) -> Instrument:
            return by_round[self.round(name).id]

    named = [n.agency for i in by_round.values() for n in i.nodes.values() if n.agency]
    goal = str(Period(list(by_round)[-1]) + 4)
    targets = [{"node": n, "round": goal, "value": 80, "source": "the test"} for n in ("index", last.components[0])]
    plan = Programmed.model_validate({
        "id": f"buatan-{name}", "label": _label("Program buatan"), "region": REGION, "region_label": _label("Kabupaten Uji"),
        "made_up": True, "calendar": Period(next(iter(by_round))).kind, "cycles": [], "folder": folder, "targets": targets,
        "agencies": [{"id": a, "label": _label(a.replace("-", " ").title())} for a in dict.fromkeys((*OWNERS, *named))],
        "rounds": [{"id": r, "state": "scored", "instrument": i.id} for r, i in by_round.items()],
    })  # fmt: skip
    return Made(plan, pd.concat([_scores(by_round[r], r, n, rng, equal) for n, r in enumerate(by_round)], ignore_index=True))


def _scores(instrument: Instrument, round_name: str, n: int, rng, equal: bool) -> pd.DataFrame:
    """A round: every leaf rises a little, some are missing, and agencies claim a little more than is verified."""
    rows = []
    for k, path in enumerate(instrument.leaves):
        low, high = instrument.ends(path)
        share = 0.5 if equal else float(np.clip(0.3 + 0.03 * n + rng.normal(0, 0.04), 0.02, 0.98))
        score = low * (high / low) ** share if instrument.nodes[path].transform else low + share * (high - low)
        gone = not equal and n > 0 and (k + n) % 9 == 0
        status = "not_reported" if gone else "scored"
        owner = instrument.nodes[path].agency or OWNERS[k % 2]
        about = {"region": REGION, "round": round_name, "indicator": path, "agency": owner, "status": status}
        about |= {"file": f"{round_name}.csv", "cell": f"line {len(rows) + 2}"}
        rows += [about | {"source": "verified", "score": np.nan if gone else score}]
        rows += [about | {"source": "self", "score": np.nan if gone else score}] if k % 2 else []
    return as_scores(**{c: [r[c] for r in rows] for c in rows[0]})


def _years(first: str, n: int) -> list[str]:
    return [str(Period(first) + k) for k in range(n)]


BUILT = {
    "sektor": lambda: dict.fromkeys(_years("2021-S1", 8), load_instrument("sektor-siklus-2")),
    "spbe": lambda: dict.fromkeys(_years("2018", 8), load_instrument("spbe-2020")),
    "enam": lambda: dict.fromkeys(_years("2018-S1", 10), _six()),
    "pilar": lambda: dict.fromkeys(_years("2018-S1", 8), _pillars()),
    "mentah": lambda: dict.fromkeys(_years("2018-S1", 8), _raw()),
    "dalam": lambda: dict.fromkeys(_years("2018-S1", 8), _deep()),
    "sama": lambda: dict.fromkeys(_years("2018-S1", 8), _even()),
}


@cache
def made(name: str, folder: Path) -> Made:
    """The made-up programme of a name of `BUILT`."""
    return _made(name, folder, BUILT[name](), equal=name == "sama")


@cache
def two_scales(folder: Path, after: int = 4) -> Made:
    """Eight rounds on 0-5 and then `after` on 0-100, of the same six dimensions."""
    old, names = _six(), _years("2018-S1", 8 + after)
    new = old.model_copy(update={"id": "enam-baru", "scale": old.scale.model_copy(update={"low": 0.0, "high": 100.0})})
    return _made("dua-skala", folder, {r: old if n < 8 else new for n, r in enumerate(names)})


@cache
def two_rules(folder: Path) -> Made:
    """Eight rounds in steps of 0.5 and with a coverage of 0.65, then four in steps of 0.2 and with 0.5."""
    old, names = _six(), _years("2018-S1", 12)
    first, then = (old.scale.model_copy(update={"step": step}) for step in (0.5, 0.2))
    new = old.model_copy(update={"id": "enam-baru", "scale": then, "coverage": 0.5})
    old = old.model_copy(update={"scale": first})
    return _made("dua-aturan", folder, {r: old if n < 8 else new for n, r in enumerate(names)})


def face(of: Made, lang: str) -> sc.Round:
    """The last round of a made-up programme."""
    return replace(of.evaluated, words=words(lang))


def reports(r, kinds=tuple(OF_ROUND)):
    """(kind, face) of every kind of report of a round; of sectors those that are tagged."""
    tagged = [s for s in SECTORS if any(s in r.instrument.sectors_of(p) for p in r.instrument.leaves)]
    for kind in kinds:
        for sector in (tagged or ["health"])[:1] if KINDS[kind].each == "sector" else [""]:
            yield kind, r if kind == "round" else r.report(kind, sector)


def parts(report) -> dict[str, str]:
    """What every form of a report shows, as HTML or plain text."""
    out = {}
    for name in report.form_names():
        if name != "chapter" and not (name == "statistics_chart" and not hasattr(report, "statistics_chart")):
            out[name] = _shown(getattr(report, name)())
    return out | {f"chapter {c}": _shown(report.chapter(c)) for c in report.plan.names(report.data)}


def _shown(value) -> str:
    if value is None or isinstance(value, str):
        return ""  # lines of plain figures are checks of the notebook, not words of the page
    if hasattr(value, "shown"):
        return " ".join(map(_shown, value.shown))
    return value.figure_html() if hasattr(value, "figure_html") else value.html


def text(shown: str) -> str:
    """The words of some HTML: without the registers, whose columns are called as in the code, and with alternative texts."""
    shown = re.sub(r'(?s)<details class="register">.*?</details>', " ", shown)
    alts = " ".join(re.findall(r'alt="([^"]*)"', shown))
    shown = re.sub(r"(?s)<(script|style|svg)\b.*?</\1>", " ", shown)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", shown) + " " + alts))
