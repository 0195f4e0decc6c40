"""The made-up programme "contoh": sixteen rounds with a known truth, seeded, named as made up wherever it shows.

`python -m scevaluation.demo` writes data/programmes/contoh anew from its source.yaml and the two sector instruments.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from scevaluation.errors import ProgrammeError
from scevaluation.grid.yamlfile import read_yaml
from scevaluation.instrument import Label
from scevaluation.period import Period
from scevaluation.place import DATA
from scevaluation.programme import EVENT, EVENT_MORE, Event, Programme

FOLDER = DATA / "programmes" / "contoh"
SEED = 2017
MADE_UP = "made up"
POINTS = 100 / 3  # of 0-100 in one step of the scale 1-4
EFFECTS = ("pandemic", "election")


@dataclass(frozen=True, eq=False)
class Demo:
    """A made-up programme: every CSV by its name in the programme's folder, such as "events.csv", what programme.yaml says, the truth.

    The truth is what the scores were drawn from: levels and slopes of the sectors (0-100), effects, steps, the assessors'
    severity and what agencies claim above the truth (points of the scale).
    """

    tables: dict[str, pd.DataFrame]
    programme: dict
    truth: dict

    @property
    def files(self) -> dict[str, str]:
        """The text of every file by its name in the programme's folder."""
        out = {name: t.to_csv(index=False, lineterminator="\n", float_format="%.10g") for name, t in self.tables.items()}
        head = "# MADE UP, written by scevaluation.demo from source.yaml.\n"
        out["programme.yaml"] = head + yaml.safe_dump(self.programme, sort_keys=False, allow_unicode=True, width=140)
        out["truth.json"] = json.dumps(self.truth, indent=1, ensure_ascii=False) + "\n"
        return out


def read_source(folder: Path = FOLDER) -> dict:
    """The texts and the truth the programme is made from."""
    return read_yaml(folder / "source.yaml", ProgrammeError)


def _rounds(source: dict) -> list[str]:
    first, last = Period(source["rounds"]["first"]), Period(source["rounds"]["last"])
    return [str(first + i) for i in range(last.number - first.number + 1)]


def _held(source: dict) -> list[str]:
    return [r for r in _rounds(source) if r not in source["rounds"]["not_held"]]


def _since(steps: dict, round_name: str):
    """The value of the last entry of `steps` (by first round) that holds in the round."""
    return steps[max(r for r in steps if r <= round_name)]


def instruments(source: dict) -> dict:
    """The Instrument of every round held."""
    programme = Programme.model_validate(_programme(source) | {"folder": FOLDER})
    return {r: programme.instrument(r) for r in programme.scored}


def exposure(source: dict) -> pd.DataFrame:
    """1 where an adjusted event of a kind falls into the round, else 0 (rounds x kinds)."""
    out = pd.DataFrame(0.0, index=_rounds(source), columns=list(EFFECTS))
    for e in source["events"]:
        if e.get("adjust"):
            label = Label(id=e["id"], en=e["en"])
            event = Event(start=e["start"], end=e["end"], kind=e["kind"], label=label, source=MADE_UP, confidence=MADE_UP)
            out.loc[[r for r in out.index if event.touches(Period(r))], e["kind"]] = 1.0
    return out


def underlying(source: dict) -> pd.DataFrame:
    """The sectors' levels by pace alone: no events, no new instrument; 0-100 (rounds x sectors)."""
    rounds, out = _rounds(source), {}
    for sector, t in source["sectors"].items():
        gained = np.cumsum([0.0] + [_since(t["pace"], r) / 2 for r in rounds[:-1]])
        out[sector] = t["start"] + gained
    return pd.DataFrame(out, index=rounds)


def _with_events(source: dict) -> pd.DataFrame:
    effects = pd.DataFrame(source["sectors"]).loc[list(EFFECTS)].astype(float)
    return underlying(source) + exposure(source) @ effects


def levels(source: dict) -> pd.DataFrame:
    """The sectors' true levels in every round, 0-100 (rounds x sectors): pace, events and new instrument; no noise."""
    used = [_since(source["rounds"]["instruments"], r) for r in _rounds(source)]
    new = np.array([i != used[0] for i in used], float)
    return _with_events(source) + pd.DataFrame({s: t["step"] * new for s, t in source["sectors"].items()}, _rounds(source))


def _items(source: dict, rng: np.random.Generator) -> pd.DataFrame:
    """Every indicator with its distance from its sector: `offset` (points) and `pace` (points a year).

    Both are drawn, then corrected by least squares: weighed, offsets sum to 0 under the first instrument and to the sector's
    step under the last, so the step comes with the indicators that enter and leave; paces, of indicators that both ask, sum to
    0 under either. A sector's level is then the truth.
    """
    versions = list({i.id: i for i in instruments(source).values()}.values())
    paths = list(dict.fromkeys(p for i in versions for p in i.leaves))
    items = pd.DataFrame({"indicator": paths, "sector": [p.partition("/")[0] for p in paths]})
    weights = np.array([[i.share(p) if p in i.leaves else 0.0 for p in paths] for i in versions])
    items["offset"] = rng.normal(0, source["noise"]["item"], len(items))
    items["pace"] = rng.normal(0, source["noise"]["item_pace"], len(items)) * (weights > 0).all(axis=0)
    for sector, mine in items.groupby("sector").groups.items():
        lasting = mine[(items.loc[mine, "pace"] != 0).to_numpy()]
        for column, rows, step in (("offset", mine, source["sectors"][sector]["step"]), ("pace", lasting, 0.0)):
            drawn, w = items.loc[rows, column].to_numpy(), weights[:, rows]
            items.loc[rows, column] = drawn - np.linalg.pinv(w) @ (w @ drawn - [0.0, step])
    return items


def _shocks(source: dict, rng: np.random.Generator) -> pd.DataFrame:
    """Stationary AR(1) noise of the sectors, points of 0-100 (rounds x sectors)."""
    noise, rounds = source["noise"], _rounds(source)
    out = rng.normal(0, noise["round"], (len(rounds), len(source["sectors"])))
    out[0] /= np.sqrt(1 - noise["rho"] ** 2)
    for k in range(1, len(rounds)):
        out[k] += noise["rho"] * out[k - 1]
    return pd.DataFrame(out, index=rounds, columns=list(source["sectors"]))


def _rate(source: dict, name: str) -> np.ndarray:
    """A share that moves evenly from the first round to the last."""
    return np.linspace(source["evidence"][name], source["evidence"][name + "_last"], len(_rounds(source)))


def _round_tables(source: dict, seed: int) -> dict[str, pd.DataFrame]:
    """The scores of every held round, in the layout of a round's CSV."""
    items = _items(source, np.random.default_rng([seed, 1]))
    sector = _with_events(source) + _shocks(source, np.random.default_rng([seed, 2]))
    rng = np.random.default_rng([seed, 3])
    centre = (len(sector) - 1) / 4
    late = {(v["round"], v["agency"], i) for v in source["late"] for i in v["indicators"]}
    lacks, estimated = _rate(source, "missing"), _rate(source, "estimated")
    asked, out = instruments(source), {}
    for k, r in enumerate(_rounds(source)):
        rows, instrument = [], asked.get(r)
        for item in items.to_dict("records"):
            draws = rng.normal(0, 1, len(source["assessors"]) + 1), rng.random(2)
            if instrument is None or item["indicator"] not in instrument.leaves:
                continue
            agency, name = instrument.nodes[item["indicator"]].agency, item["indicator"].partition("/")[2]
            about = {"indicator": item["indicator"], "agency": agency}
            if (r, agency, name) in late:
                silent = {"status": "not_reported", "evidence": "", "quality": ""}
                rows += [about | {"source": s} | silent for s in ("self", "verified")]
                continue
            level = sector.at[r, item["sector"]] + item["offset"] + item["pace"] * (k / 2 - centre)
            proof = "" if draws[1][0] < lacks[k] else f"bukti/{r}/{agency}/{name}.pdf"
            grade = "C" if draws[1][1] < estimated[k] else "B" if not proof else "A"
            rows += [about | row for row in _item_rows(source, r, 1 + level / POINTS, draws[0], proof, grade)]
        if rows:
            columns = ["indicator", "agency", "source", "score", "status", "evidence", "quality"]
            out[f"rounds/{r}.csv"] = pd.DataFrame(rows, columns=columns)
    return out


def _item_rows(source: dict, r: str, level: float, draws: np.ndarray, proof: str, grade: str) -> list[dict]:
    """The agency's, the verified and the assessors' rows of one indicator; `level` is on the scale 1-4."""
    noise, grid = source["noise"], source["grid"]

    def on_grid(value: float) -> float:
        return float(np.clip(np.round(value / grid) * grid, 1, 4))

    drawn = ((a, v, d) for (a, v), d in zip(source["assessors"].items(), draws, strict=False) if v["from"] <= r)
    panel = {a: on_grid(level + v["severity"] + noise["assessor"] * d) for a, v, d in drawn}
    own = on_grid(level + noise["self"] + noise["self_sd"] * draws[-1])
    rows = [("self", own, proof, "B" if proof else "C"), ("verified", float(np.mean(list(panel.values()))), proof, grade)]
    rows += [(f"assessor:{a}", v, "", grade) for a, v in panel.items()]
    return [{"source": s, "score": v, "status": "scored", "evidence": e, "quality": q} for s, v, e, q in rows]


def _programme(source: dict) -> dict:
    """What programme.yaml says: the source's facts and the state of every round."""
    states, about = [], source["rounds"]
    for r in _rounds(source):
        state = {"id": r, "label": about["labels"][r[-1]], "source": MADE_UP}
        if r in about["not_held"]:
            states.append(state | {"state": "not_held", "note": about["not_held"][r]})
        else:
            states.append(state | {"state": "scored", "instrument": _since(about["instruments"], r)})
    return json.loads(json.dumps(source["programme"] | {"rounds": states}))  # copied, so that YAML writes no anchors


def _recommendations(source: dict) -> pd.DataFrame:
    rows = []
    for n, (raised, agency, sector, due, status, closed, text_id, text_en) in enumerate(source["recommendations"], 1):
        last = str(Period(raised) + closed) if closed else ""
        evidence = f"bukti/rekomendasi/R{n:02d}.pdf" if status == "done" else ""
        about = (f"R{n:02d}", raised, agency, sector, text_id, text_en)
        rows.append((*about, str(Period(raised) + due), status, last, evidence))
    columns = ["id", "raised", "agency", "sector", "text_id", "text_en", "due", "status", "closed", "evidence"]
    return pd.DataFrame(rows, columns=columns)


def _survey(source: dict, rng: np.random.Generator) -> pd.DataFrame:
    """Citizens' answers on the five qualities, 1-4: number, mean and standard deviation in every round."""
    about, felt, rows = source["survey"], exposure(source)["pandemic"], []
    for r in (r for r in _held(source) if r >= about["first"]):
        n = int(rng.integers(*about["respondents"]))
        years = (Period(r).number - Period(about["first"]).number) / 2
        for quality, q in about["qualities"].items():
            mean = q["start"] + q["pace"] * years + q["pandemic"] * felt[r] + rng.normal(0, q["sd"] / np.sqrt(n))
            spread = q["sd"] * (1 + rng.normal(0, 1 / np.sqrt(2 * n)))
            rows.append({"round": r, "quality": quality, "n": n, "mean": round(mean, 2), "sd": round(spread, 2)})
    return pd.DataFrame(rows).assign(source=MADE_UP)


def _plain_tables(source: dict) -> dict[str, pd.DataFrame]:
    """The tables without chance: events, targets, programmes, recommendations."""
    said = ("start", "end", "kind", "id", "en")
    own = [(e, e.get("sectors", ""), "yes" if e.get("adjust") else "") for e in source["events"]]
    events = [(*(e[k] for k in said), MADE_UP, MADE_UP, sectors, adjust, "") for e, sectors, adjust in own]
    targets = pd.DataFrame(source["targets"].items(), columns=["node", "value"])
    targets.insert(1, "round", source["target_round"])
    columns = ["agency", "programme", "sectors", "dimension", "first_year", "last_year", "status"]
    programmes = pd.DataFrame(source["programmes"], columns=columns)
    programmes["status_en"] = programmes["status"].map(source["programme_states"])
    return {
        "events.csv": pd.DataFrame(events, columns=[*EVENT, *EVENT_MORE]),
        "targets.csv": targets.assign(source=MADE_UP),
        "programmes.csv": programmes.assign(source=MADE_UP),
        "recommendations.csv": _recommendations(source),
    }


def _truth(source: dict, seed: int) -> dict:
    held, plain, felt = _held(source), underlying(source), levels(source)
    years = np.array([Period(r).number / 2 for r in held])
    sectors = {
        s: {
            "slope": round(float(np.polyfit(years, plain.loc[held, s], 1)[0]), 4),
            "pace": t["pace"],
            **{k: t[k] for k in (*EFFECTS, "step")},
            "levels": {r: round(float(v), 4) for r, v in felt[s].items()},
        }
        for s, t in source["sectors"].items()
    }
    return {
        "made_up": True,
        "seed": seed,
        "unit": "points of 0-100; slope and pace a year; severity, self and noise of an assessor in points of the scale",
        "slope": "least squares over the rounds held, without events and step",
        "not_held": list(source["rounds"]["not_held"]),
        "new_instrument": max(source["rounds"]["instruments"]),
        "sectors": sectors,
        "severity": {a: v["severity"] for a, v in source["assessors"].items()},
        "self": source["noise"]["self"],
        "noise": {k: source["noise"][k] for k in ("round", "rho", "assessor")},
    }


def generate(seed: int = SEED, source: dict | None = None) -> Demo:
    """Make the programme up: the same seed and source (default data/programmes/contoh/source.yaml), the same programme."""
    source = read_source() if source is None else source
    tables = _round_tables(source, seed) | _plain_tables(source)
    tables["survey.csv"] = _survey(source, np.random.default_rng([seed, 4]))
    return Demo(tables, _programme(source), _truth(source, seed))


def write(folder: Path = FOLDER) -> Path:
    """Write every file of the made-up programme into its folder; what is not its own is left alone."""
    for name, text in generate().files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8", newline="\n")
    return folder


if __name__ == "__main__":
    print(write())
