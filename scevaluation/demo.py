"""The made-up programmes: rounds with a known truth, seeded, named as made up wherever they show.

`python -m scevaluation.demo` writes every folder of data/programmes that has a source.yaml anew from it and its instruments.
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
from scevaluation.instrument import Instrument, Label
from scevaluation.period import PARTS, Period
from scevaluation.place import every, find, put
from scevaluation.programme import EVENT, EVENT_MORE, Event, Programme

FOLDER = find("programmes", "contoh", "source.yaml").parent
SEED = 2017
MADE_UP = "made up"
EFFECTS = ("pandemic", "election")


@dataclass(frozen=True, eq=False)
class Demo:
    """A made-up programme: every CSV by its name in the programme's folder, such as "events.csv", what programme.yaml says, the truth.

    The truth is what the scores were drawn from: levels and slopes of the top level (0-100), effects, steps, the assessors'
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
    """The texts and the truth a programme is made from."""
    return read_yaml(folder / "source.yaml", ProgrammeError)


def folders() -> list[Path]:
    """Folders of the made-up programmes."""
    return [p.parent for p in every("programmes/*/source.yaml")]


def _rounds(source: dict) -> list[str]:
    first, last = (Period(source["rounds"][end]) for end in ("first", "last"))
    return [str(first + i) for i in range(last.number - first.number + 1)]


def _not_held(source: dict) -> dict:
    return source["rounds"].get("not_held", {})


def _held(source: dict) -> list[str]:
    return [r for r in _rounds(source) if r not in _not_held(source)]


def _a_year(source: dict) -> int:
    """Rounds a year."""
    return PARTS[Period(source["rounds"]["first"]).kind]


def _owner(source: dict, path: str) -> str:
    """The agency of an indicator whose instrument names none: that of the longest beginning of its path."""
    return source["owners"][max((p for p in source["owners"] if path.startswith(p)), key=len)]


def _since(steps: dict, round_name: str):
    """The value of the last entry of `steps` (by first round) that holds in the round."""
    return {str(r): value for r, value in steps.items()}[max(str(r) for r in steps if str(r) <= round_name)]


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
    """The top level's values by pace alone: no events, no new instrument; 0-100 (rounds x nodes)."""
    rounds, out = _rounds(source), {}
    for node, t in source["top"].items():
        gained = np.cumsum([0.0] + [_since(t["pace"], r) / _a_year(source) for r in rounds[:-1]])
        out[node] = t["start"] + gained
    return pd.DataFrame(out, index=rounds)


def _with_events(source: dict) -> pd.DataFrame:
    effects = pd.DataFrame({node: [float(t.get(e, 0)) for e in EFFECTS] for node, t in source["top"].items()}, list(EFFECTS))
    return underlying(source) + exposure(source) @ effects


def levels(source: dict) -> pd.DataFrame:
    """The top level's true values in every round, 0-100 (rounds x nodes): pace, events and new instrument; no noise."""
    used = [_since(source["rounds"]["instruments"], r) for r in _rounds(source)]
    new = np.array([i != used[0] for i in used], float)
    steps = {node: t.get("step", 0) * new for node, t in source["top"].items()}
    return _with_events(source) + pd.DataFrame(steps, _rounds(source))


def _items(source: dict, rng: np.random.Generator) -> pd.DataFrame:
    """Every indicator with its distance from its node of the top level: `offset` (points) and `pace` (points a year).

    Both are drawn, then corrected by least squares: weighed, offsets sum to 0 under the first instrument and to the node's
    step under the last, so the step comes with the indicators that enter and leave; paces, of indicators that both ask, sum to
    0 under either. A node's level is then the truth.
    """
    versions = list({i.id: i for i in instruments(source).values()}.values())
    paths = list(dict.fromkeys(p for i in versions for p in i.leaves))
    items = pd.DataFrame({"indicator": paths, "top": [p.partition("/")[0] for p in paths]})
    weights = np.array([[i.effective[p] / i.share(top) if p in i.leaves else 0.0 for p, top in items.to_numpy()] for i in versions])
    items["offset"] = rng.normal(0, source["noise"]["item"], len(items))
    items["pace"] = rng.normal(0, source["noise"]["item_pace"], len(items)) * (weights > 0).all(axis=0)
    for top, mine in items.groupby("top").groups.items():
        lasting = mine[(items.loc[mine, "pace"] != 0).to_numpy()]
        for column, rows, step in (("offset", mine, source["top"][top].get("step", 0)), ("pace", lasting, 0.0)):
            drawn, w = items.loc[rows, column].to_numpy(), weights[:, rows]
            items.loc[rows, column] = drawn - np.linalg.pinv(w) @ (w @ drawn - [0.0, step][: len(versions)])
    return items


def _shocks(source: dict, rng: np.random.Generator) -> pd.DataFrame:
    """Stationary AR(1) noise of the top level, points of 0-100 (rounds x nodes)."""
    noise, rounds = source["noise"], _rounds(source)
    out = rng.normal(0, noise["round"], (len(rounds), len(source["top"])))
    out[0] /= np.sqrt(1 - noise["rho"] ** 2)
    for k in range(1, len(rounds)):
        out[k] += noise["rho"] * out[k - 1]
    return pd.DataFrame(out, index=rounds, columns=list(source["top"]))


def _rate(source: dict, name: str) -> np.ndarray:
    """A share that moves evenly from the first round to the last."""
    return np.linspace(source["evidence"][name], source["evidence"][name + "_last"], len(_rounds(source)))


def _round_tables(source: dict, seed: int) -> dict[str, pd.DataFrame]:
    """The scores of every held round, in the layout of a round's CSV."""
    items = _items(source, np.random.default_rng([seed, 1]))
    top = _with_events(source) + _shocks(source, np.random.default_rng([seed, 2]))
    rng = np.random.default_rng([seed, 3])
    years = np.arange(len(top)) / _a_year(source)
    late = {(str(v["round"]), v["agency"], i) for v in source["late"] for i in v["indicators"]}
    lacks, estimated = _rate(source, "missing"), _rate(source, "estimated")
    asked, out = instruments(source), {}
    for k, r in enumerate(_rounds(source)):
        rows, instrument = [], asked.get(r)
        for item in items.to_dict("records"):
            draws = rng.normal(0, 1, len(source.get("assessors", {})) + 1), rng.random(2)
            path = item["indicator"]
            if instrument is None or path not in instrument.leaves:
                continue
            agency, name = instrument.nodes[path].agency or _owner(source, path), path.partition("/")[2]
            about = {"indicator": path, "agency": agency}
            if (r, agency, name) in late:
                silent = {"status": "not_reported", "evidence": "", "quality": ""}
                rows += [about | {"source": s} | silent for s in ("self", "verified")]
                continue
            level = top.at[r, item["top"]] + item["offset"] + item["pace"] * (years[k] - years[-1] / 2)
            proof = "" if draws[1][0] < lacks[k] else f"bukti/{r}/{agency}/{name}.pdf"
            grade = "C" if draws[1][1] < estimated[k] else "B" if not proof else "A"
            rows += [about | row for row in _item_rows(source, r, instrument, path, level, draws[0], proof, grade)]
        if rows:
            columns = ["indicator", "agency", "source", "score", "status", "evidence", "quality"]
            out[f"rounds/{r}.csv"] = pd.DataFrame(rows, columns=columns)
    return out


def _item_rows(
    source: dict, r: str, instrument: Instrument, path: str, level: float, draws: np.ndarray, proof: str, grade: str
) -> list[dict]:
    """The agency's, the verified and the assessors' rows of one indicator; `level` is on 0-100, noise on the instrument's scale."""
    noise, judged = source["noise"], instrument.scale_of(path)
    grid = (judged and judged.step) or source["grid"]
    low, high = (judged.low, judged.high) if judged else sorted(instrument.ends(path))

    def on_grid(value: float) -> float:
        return float(np.clip(np.round(measured(instrument, path, value) / grid) * grid, low, high))

    value, assessors = instrument.scale.from100(level), source.get("assessors", {})
    drawn = ((a, v, d) for (a, v), d in zip(assessors.items(), draws, strict=False) if v["from"] <= r)
    panel = {a: on_grid(value + v["severity"] + noise["assessor"] * d) for a, v, d in drawn}
    own = on_grid(value + noise["self"] + noise["self_sd"] * draws[-1])
    verified = float(np.mean(list(panel.values()))) if assessors else on_grid(value)
    rows = [("self", own, proof, "B" if proof else "C"), ("verified", verified, proof, grade)]
    rows += [(f"assessor:{a}", v, "", grade) for a, v in panel.items()]
    return [{"source": s, "score": v, "status": "scored", "evidence": e, "quality": q} for s, v, e, q in rows]


def measured(instrument: Instrument, path: str, value: float) -> float:
    """What an indicator measures where it counts as `value` on the instrument's scale: the way back of `Instrument.on_scale`."""
    if path not in instrument.measured:
        return value
    (worst, best), share = instrument.ends(path), np.clip(instrument.scale.to100(value) / 100, 0, 1)
    return worst * (best / worst) ** share if instrument.nodes[path].transform else worst + share * (best - worst)


def _programme(source: dict) -> dict:
    """What programme.yaml says: the source's facts and the state of every round."""
    states, about = [], source["rounds"]
    for r in _rounds(source):
        state = {"id": r, "source": MADE_UP}
        if "labels" in about:
            state = {"id": r, "label": about["labels"][r[-1]], "source": MADE_UP}
        if r in _not_held(source):
            states.append(state | {"state": "not_held", "note": _not_held(source)[r]})
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
    more = [source["recommended"].get(row[0], {}) for row in rows]
    table = pd.DataFrame(rows, columns=columns)
    return table.assign(**{c: [str(about.get(c, "")) for about in more] for c in ("indicator", "cost")})


def _survey(source: dict, rng: np.random.Generator) -> pd.DataFrame:
    """Citizens' answers on qualities or elements of service, 1-4: number, mean and standard deviation in every round."""
    about, felt, rows = source["survey"], exposure(source)["pandemic"], []
    for r in (r for r in _held(source) if r >= str(about["first"])):
        n = int(rng.integers(*about["respondents"]))
        years = Period(r).time - Period(about["first"]).time
        for quality, q in about["items"].items():
            mean = q["start"] + q["pace"] * years + q["pandemic"] * felt[r] + rng.normal(0, q["sd"] / np.sqrt(n))
            spread = q["sd"] * (1 + rng.normal(0, 1 / np.sqrt(2 * n)))
            rows.append({"round": r, "quality": quality, "n": n, "mean": round(mean, 2), "sd": round(spread, 2)})
    return pd.DataFrame(rows).assign(source=MADE_UP)


def _plain_tables(source: dict) -> dict[str, pd.DataFrame]:
    """The tables without chance: events, targets, programmes, recommendations."""
    said = ("start", "end", "kind", "id", "en")
    own = [(e, e.get("sectors", ""), "yes" if e.get("adjust") else "") for e in source["events"]]
    told = [[e.get(k, MADE_UP) for k in ("source", "confidence")] for e in source["events"]]
    events = [(*(e[k] for k in said), *where, sectors, adjust, "") for (e, sectors, adjust), where in zip(own, told, strict=True)]
    targets = pd.DataFrame(source["targets"].items(), columns=["node", "value"])
    targets.insert(1, "round", source["target_round"])
    out = {"events.csv": pd.DataFrame(events, columns=[*EVENT, *EVENT_MORE]), "targets.csv": targets.assign(source=MADE_UP)}
    if "programmes" in source:
        columns = ["agency", "programme", "sectors", "dimension", "first_year", "last_year", "status"]
        programmes = pd.DataFrame(source["programmes"], columns=columns)
        programmes["status_en"] = programmes["status"].map(source["programme_states"])
        out["programmes.csv"] = programmes.assign(source=MADE_UP)
    return out | ({"recommendations.csv": _recommendations(source)} if "recommendations" in source else {})


def _truth(source: dict, seed: int) -> dict:
    held, plain, felt = _held(source), underlying(source), levels(source)
    years = np.array([Period(r).time for r in held])
    top = {
        s: {
            "slope": round(float(np.polyfit(years, plain.loc[held, s], 1)[0]), 4),
            "pace": t["pace"],
            **{k: t.get(k, 0.0) for k in (*EFFECTS, "step")},
            "levels": {r: round(float(v), 4) for r, v in felt[s].items()},
        }
        for s, t in source["top"].items()
    }
    return {
        "made_up": True,
        "seed": seed,
        "unit": "points of 0-100; slope and pace a year; severity, self and noise of an assessor in points of the scale",
        "slope": "least squares over the rounds held, without events and step",
        "not_held": list(_not_held(source)),
        "new_instrument": max(source["rounds"]["instruments"]),
        "top": top,
        "severity": {a: v["severity"] for a, v in source.get("assessors", {}).items()},
        "self": source["noise"]["self"],
        "noise": {k: source["noise"][k] for k in ("round", "rho", "assessor") if k in source["noise"]},
    }


def generate(seed: int = SEED, source: dict | None = None) -> Demo:
    """Make a programme up: the same seed and source (default data/programmes/contoh/source.yaml), the same programme."""
    source = read_source() if source is None else source
    tables = _round_tables(source, seed) | _plain_tables(source)
    if "survey" in source:
        tables["survey.csv"] = _survey(source, np.random.default_rng([seed, 4]))
    return Demo(tables, _programme(source), _truth(source, seed))


def write(folder: Path = FOLDER, source: dict | None = None) -> Path:
    """Write every file of a made-up programme into its folder; what is not its own is left alone."""
    for name, text in generate(source=source).files.items():
        put(folder / name, text.encode("utf-8"))
    return folder


if __name__ == "__main__":
    for home in folders():
        print(write(home, read_source(home)))
