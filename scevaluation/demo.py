"""The made-up programme "contoh": sixteen rounds with a known truth, seeded, named as made up wherever it shows.

`python -m scevaluation.demo` writes data/programmes/contoh and its two instruments anew from contoh/source.yaml.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from scevaluation.programme import DATA, Round

NAME, REGION = "contoh", "00.00"
INSTRUMENTS = {"1": "sektor-siklus-1", "2": "sektor-siklus-2"}
ITEM = ("id", "sector", "agency", "w1", "w2", "quality", "label_id", "label_en")
SECTOR = {
    "infrastructure": ("Infrastruktur", "Infrastructure"), "public_services": ("Pelayanan publik", "Public services"),
    "education": ("Pendidikan", "Education"), "health": ("Kesehatan", "Health"), "environment": ("Lingkungan", "Environment"),
}


@dataclass(frozen=True)
class Demo:
    """What is made up: texts by file name (relative to data/), and the truth behind the scores."""

    files: dict[str, str]
    truth: dict


def _source() -> dict:
    return yaml.safe_load((DATA / "programmes" / NAME / "source.yaml").read_text("utf-8"))


def _rounds(source: dict) -> list[str]:
    first, last = Round(source["rounds"]["first"]), Round(source["rounds"]["last"])
    return [str(first + i) for i in range(last.number - first.number + 1)]


def _touch(source: dict, rounds: list[str], kind: str) -> np.ndarray:
    """1 where an adjusted event of `kind` falls into the round, (rounds,)."""
    spans = [(e[0], e[1]) for e in source["events"] if e[2] == kind and e[3] == "yes"]
    return np.array([float(any(a <= Round(r).end.isoformat() and b >= Round(r).start.isoformat() for a, b in spans)) for r in rounds])


def levels(source: dict) -> pd.DataFrame:
    """True level of every sector in every round, 0-100 (rounds x sectors), without noise."""
    rounds = _rounds(source)
    years = np.arange(len(rounds)) / 2
    new = np.array([r >= source["rounds"]["new_instrument"] for r in rounds], float)
    pandemic, election = _touch(source, rounds, "pandemic"), _touch(source, rounds, "election")
    return pd.DataFrame(
        {
            s: t["start"] + t["pace"] * years + t["pandemic"] * pandemic + t["election"] * election + t["step"] * new
            for s, t in source["sectors"].items()
        },
        index=rounds,
    )


def _scores(source: dict, rng: np.random.Generator) -> dict[str, pd.DataFrame]:
    truth, noise = levels(source), source["noise"]
    items = pd.DataFrame(source["indicators"], columns=ITEM)
    items["offset"] = rng.normal(0, noise["item"], len(items))
    shock = {s: 0.0 for s in source["sectors"]}
    late = {(v["agency"], v["round"]): v["share"] for v in source["late"]}
    out = {}
    for r in truth.index:
        new = r >= source["rounds"]["new_instrument"]
        shock = {s: noise["rho"] * v + rng.normal(0, noise["round"]) for s, v in shock.items()}
        asked = items[(items["w2"] if new else items["w1"]) > 0]
        rows = []
        for agency, mine in asked.groupby("agency", sort=False):
            silent = round(late.get((agency, r), 0) * len(mine))
            for n, item in enumerate(mine.to_dict("records")):
                level = truth.at[r, item["sector"]] + item["offset"] + shock[item["sector"]]
                rows += _item_rows(item, r, level, n < silent, source, rng)
        if r != source["rounds"]["not_held"]:
            out[r] = pd.DataFrame(rows)
    return out


def _item_rows(item: dict, r: str, level: float, silent: bool, source: dict, rng: np.random.Generator) -> list[dict]:
    """Self, verified and assessors' rows of one indicator; a silent agency leaves them without a score."""
    panel = dict(list(source["assessors"].items())[: 4 if r < source["rounds"]["new_instrument"] else 5])
    draws = {a: level / 100 * 3 + 1 + s + rng.normal(0, source["noise"]["assessor"]) for a, s in panel.items()}
    given = {a: float(np.clip(np.round(v * 4) / 4, 1, 4)) for a, v in draws.items()}
    own = float(np.clip(np.round((level / 100 * 3 + 1 + source["noise"]["self_over_verified"]) * 4) / 4, 1, 4))
    base = {"indicator": f"{item['sector']}/{item['id']}", "agency": item["agency"]}
    if silent:
        return [{**base, "source": s, "score": "", "status": "not_reported", "evidence": "", "quality": ""} for s in ("self", "verified")]
    proof = f"bukti/{r}/{item['id']}.pdf"
    rows = [
        {**base, "source": "self", "score": f"{own:g}", "status": "scored", "evidence": proof, "quality": "B"},
        {**base, "source": "verified", "score": f"{np.mean(list(given.values())):.4g}", "status": "scored", "evidence": proof, "quality": "A"},
    ]
    return rows + [
        {**base, "source": f"assessor:{a}", "score": f"{v:g}", "status": "scored", "evidence": "", "quality": "A"} for a, v in given.items()
    ]


def _instrument(source: dict, cycle: str) -> str:
    items = pd.DataFrame(source["indicators"], columns=ITEM)
    items = items[items["w" + cycle] > 0]
    levels_ = [{"id": a, "en": b} for a, b in source["levels"]]
    tree = []
    for sector, mine in items.groupby("sector", sort=False):
        leaves = [
            {
                "id": i["id"], "label": {"id": i["label_id"], "en": i["label_en"]}, "weight": int(i["w" + cycle]), "sectors": [sector],
                **({"quality": i["quality"]} if i["quality"] else {}), "agency": i["agency"], "levels": levels_,
                **({"link": f"{sector}/{i['id']}"} if i["w1"] and i["w2"] else {}),
            }
            for i in mine.to_dict("records")
        ]
        label = dict(zip(("id", "en"), SECTOR[sector], strict=True))
        tree.append({"id": sector, "label": label, "weight": 1, "sectors": [sector], "children": leaves})
    last = str(Round(source["rounds"]["new_instrument"]) + -1)
    roman = {"1": "I", "2": "II"}[cycle]
    out = {
        "id": INSTRUMENTS[cycle],
        "label": {"id": f"Instrumen sektor, siklus {roman}", "en": f"Sector instrument, cycle {roman}"},
        "valid_from": source["rounds"]["first"] if cycle == "1" else source["rounds"]["new_instrument"],
        "valid_to": last if cycle == "1" else "", "scale": {"low": 1, "high": 4},
        "weights": "own", "weights_source": "Set by this project as a template; a regency sets its own.",
        "source": "Own sector instrument of the evaluation, offered as a template; not an official questionnaire.",
        "coverage": 0.5, "tree": {"id": "index", "label": {"id": "Indeks gabungan", "en": "Composite index"}, "children": tree},
    }
    return "# The regency's own sector instrument: a template, written by scevaluation.demo.\n" + _yaml(out)


def _programme(source: dict) -> str:
    rounds = _rounds(source)
    new, not_held = source["rounds"]["new_instrument"], source["rounds"]["not_held"]
    states = []
    for r in rounds:
        label = {"id": "Tahap " + ("I" if r.endswith("1") else "II"), "en": "Stage " + ("I" if r.endswith("1") else "II")}
        states.append({"id": r, "state": "not_held", "source": "made up"} if r == not_held else {
            "id": r, "state": "scored", "instrument": INSTRUMENTS["2" if r >= new else "1"], "label": label, "source": "made up"})
    before = str(Round(new) + -1)
    out = {
        "id": NAME, "label": {"id": "Smart City Kabupaten Contoh (data buatan)", "en": "Smart City of Example Regency (made-up data)"},
        "region": REGION, "region_label": {"id": "Kabupaten Contoh (data buatan)", "en": "Example Regency (made-up data)"},
        "made_up": True, "delta": 1.0,
        "cycles": [
            {"id": "1", "label": {"id": "Siklus I", "en": "Cycle I"}, "start": "2018-S1", "end": before, "source": "made up"},
            {"id": "2", "label": {"id": "Siklus II", "en": "Cycle II"}, "start": new, "end": source["target_round"], "source": "made up"},
        ],
        "rounds": states, "agencies": [{"id": a, "label": {"id": i, "en": e}} for a, i, e in source["agencies"]],
        "notes": [{"id": "Semua angka, perangkat daerah, program dan rekomendasi dalam laporan ini dibuat-buat.",
                   "en": "All figures, agencies, programmes and recommendations in this report are made up."}],
    }
    return "# MADE UP, written by scevaluation.demo from source.yaml.\n" + _yaml(out)


def _yaml(data) -> str:
    return yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=140)


def _csv(rows: list[dict]) -> str:
    return pd.DataFrame(rows).to_csv(index=False, lineterminator="\n")


def _recommendations(source: dict) -> str:
    rows = []
    for n, (raised, agency, sector, due, closed, text_id, text_en) in enumerate(source["recommendations"], 1):
        rows.append({
            "id": f"R{n:02d}", "raised": raised, "agency": agency, "sector": sector, "text_id": text_id, "text_en": text_en,
            "due": str(Round(raised) + due), "status": "done" if closed else "open",
            "closed": str(Round(raised) + closed) if closed else "", "evidence": f"bukti/R{n:02d}.pdf" if closed else "",
        })
    return _csv(rows)


def _survey(source: dict, rng: np.random.Generator) -> str:
    """Citizens' survey of the five service qualities: n, mean and sd on 1-4, since 2019."""
    rows = []
    for r in _rounds(source):
        if r < "2019-S1" or r == source["rounds"]["not_held"]:
            continue
        for start, quality in zip((2.5, 2.4, 2.2, 2.6, 2.8), ("faster", "easier", "open", "certain", "non_discriminatory"), strict=True):
            mean = start + 0.06 * (Round(r).number - 4) + rng.normal(0, 0.05)
            rows.append({"round": r, "quality": quality, "n": 240, "mean": f"{mean:.2f}", "sd": "0.70", "source": "made up"})
    return _csv(rows)


def generate() -> Demo:
    """Everything of the made-up programme as texts, the same at every call."""
    source = _source()
    rng = np.random.default_rng(source["seed"])
    folder = f"programmes/{NAME}/"
    files = {f"{folder}rounds/{r}.csv": table.to_csv(index=False, lineterminator="\n") for r, table in _scores(source, rng).items()}
    files[folder + "programme.yaml"] = _programme(source)
    files[folder + "events.csv"] = _csv([
        {"start": a, "end": b, "kind": k, "label_id": i, "label_en": e, "source": "made up", "confidence": "made up", "sectors": "",
         "adjust": adjust, "lasts": ""} for a, b, k, adjust, i, e in source["events"]])
    files[folder + "targets.csv"] = _csv(
        [{"node": n, "round": source["target_round"], "value": v, "source": "made up"} for n, v in source["targets"].items()])
    files[folder + "recommendations.csv"] = _recommendations(source)
    files[folder + "programmes.csv"] = _csv([
        {"agency": a, "programme": p, "sectors": s, "dimension": "", "first_year": f, "last_year": last, "status": state, "source": "made up"}
        for a, p, s, f, last, state in source["programmes"]])
    files[folder + "survey.csv"] = _survey(source, rng)
    truth = {"seed": source["seed"], "sectors": source["sectors"], "levels": {r: row.to_dict() for r, row in levels(source).round(6).iterrows()}}
    files[folder + "truth.json"] = json.dumps(truth, indent=1, sort_keys=True) + "\n"
    for cycle, name in INSTRUMENTS.items():
        files[f"instruments/{name}.yaml"] = _instrument(source, cycle)
    return Demo(files, truth)


def write(data: Path = DATA) -> None:
    """Write the made-up programme into a data folder."""
    for name, text in generate().files.items():
        path = data / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8", newline="\n")


if __name__ == "__main__":
    write()
