"""The made-up programmes beside contoh: electronic government year by year, and raw indicators whose index is computed by hand."""

from __future__ import annotations

import csv
import math

import pandas as pd
import pytest
import yaml
from evaluated import evaluate_round

from scevaluation import demo
from scevaluation.instrument import load_instrument
from scevaluation.intake.check import load_scores, of_programme
from scevaluation.place import DATA
from scevaluation.programme import load_programme

NAMES = ("contoh-mentah", "contoh-spbe")
YEARS = tuple(str(y) for y in range(2018, 2026))


def home(name: str):
    return DATA / "programmes" / name


@pytest.fixture(scope="module")
def spbe():
    return evaluate_round("contoh-spbe", "2025")


@pytest.mark.parametrize("name", NAMES)
def test_folder_holds_the_bytes_that_demo_writes_and_nothing_else(name):
    made = demo.generate(source=demo.read_source(home(name))).files
    assert [n for n, text in made.items() if (home(name) / n).read_bytes() != text.encode("utf-8")] == []
    assert {p.relative_to(home(name)).as_posix() for p in home(name).rglob("*") if p.is_file()} == {*made, "source.yaml", "public.csv"}


def test_every_made_up_programme_is_written():
    assert [f.name for f in demo.folders()] == ["contoh", *NAMES]


@pytest.mark.parametrize("name", NAMES)
def test_it_says_that_it_is_made_up(name):
    plan = load_programme(name)
    own = {r.instrument for r in plan.rounds if "contoh" in r.instrument}
    labels = [plan.label, plan.region_label, *(load_instrument(i).label for i in own)]
    assert plan.made_up and all("data buatan" in x.id and "made-up data" in x.en for x in labels)
    assert all(a.label.id.endswith("(contoh)") and a.label.en.endswith("(example)") for a in plan.agencies)
    assert {t.source for t in plan.targets} == {"made up"}
    assert {e.source for e in plan.events} <= {"made up", "Keppres 11/2020; Keppres 17/2023"}


@pytest.mark.parametrize("name", NAMES)
def test_check_finds_no_error_and_scores_are_missing_of_more_than_one_agency(name):
    assert {i["severity"] for i in of_programme(name)} <= {"note", "warning"}
    scores, _ = load_scores(load_programme(name))
    late = scores[scores["status"] == "not_reported"]
    assert late["score"].isna().all() and late["agency"].nunique() >= 2


# Electronic government


def test_eight_years_of_whole_levels_with_five_agencies(spbe):
    assert spbe.programme.scored == YEARS and spbe.scores["agency"].nunique() == 5
    given = spbe.scores["score"].dropna()
    assert set(given) == {1.0, 2.0, 3.0, 4.0, 5.0}


def test_the_questionnaire_before_the_regulation_is_one_that_is_made_up():
    plan = load_programme("contoh-spbe")
    used = {r.id: r.instrument for r in plan.rounds}
    assert used == {y: "spbe-contoh-2018" if y < "2021" else "spbe-2020" for y in YEARS}
    old, new = load_instrument("spbe-contoh-2018"), load_instrument("spbe-2020")
    assert len(old.leaves) == 35 and set(old.leaves) < set(new.leaves)
    assert {p: old.name(p, "id") for p in old.leaves} == {p: new.name(p, "id") for p in old.leaves}


def test_index_of_a_year_by_hand():
    """Weights of PermenPANRB 59/2020 as printed, verified levels of 2021; nothing is missing in that year."""
    with open(home("contoh-spbe") / "rounds" / "2021.csv", encoding="utf-8") as file:
        level = {r["indicator"].rsplit("/", 1)[1]: float(r["score"]) for r in csv.DictReader(file) if r["source"] == "verified"}
    weight = {n: 1.3 if n <= 10 else 2.5 if n <= 20 else 1.5 if n <= 31 else 2.75 if n <= 41 else 3.0 for n in range(1, 48)}
    assert sum(weight.values()) == pytest.approx(100)
    index = sum(w * level[f"{n:02d}"] for n, w in weight.items()) / 100
    assert evaluate_round("contoh-spbe", "2021").value() == pytest.approx(index, abs=1e-9)


def test_domains_go_on_over_the_new_questionnaire_and_have_directions(spbe):
    breaks = spbe.breaks.set_index("node")["kind"]
    assert breaks.loc[["index", *spbe.top]].eq("linked").all()
    says = spbe.verdicts.set_index("node")
    assert says.loc["policy", "direction"] == "improving" and "stagnant" in says.loc["services", "direction"]
    assert says.loc[["index", *spbe.top], "target"].notna().all()


def test_no_year_before_the_sixth_has_a_direction():
    for year in YEARS[:5]:
        assert set(evaluate_round("contoh-spbe", year).verdicts["direction"]) == {"too_little_data"}


@pytest.mark.parametrize("name", NAMES)
def test_the_truth_is_in_the_scores(name):
    """Without noise the top level is what the source says, to the grid of the scores."""
    source = demo.read_source(home(name))
    source["noise"] |= {"round": 0.0, "self": 0.0, "self_sd": 0.0}
    source["late"] = []
    made = demo.generate(source=source)
    instrument = load_instrument("mentah-contoh" if name == "contoh-mentah" else "spbe-2020")
    table = made.tables["rounds/2022.csv"]
    score = table[table["source"] == "verified"].set_index("indicator")["score"]
    gap = []
    for node, truth in made.truth["top"].items():
        mine = {p: instrument.effective[p] for p in instrument.leaves if p.startswith(node)}
        on100 = sum(w * instrument.scale.to100(instrument.on_scale(p, score[p])) for p, w in mine.items()) / sum(mine.values())
        gap.append(float(on100) - truth["levels"]["2022"])
    assert max(map(abs, gap)) < (1.5 if name == "contoh-mentah" else 8)  # levels 1 to 5 are 25 points apart


# Raw indicators


def test_thirty_raw_indicators_of_which_half_are_better_when_lower():
    file = yaml.safe_load((DATA / "instruments" / "mentah-contoh.yaml").read_text("utf-8"))
    leaves = [leaf for part in file["tree"]["children"] for leaf in part["children"]]
    assert [leaf["direction"] for leaf in leaves].count("lower") == 15 == len(leaves) / 2
    units = {leaf["unit"] if isinstance(leaf["unit"], str) else leaf["unit"]["en"] for leaf in leaves}
    assert {"%", "days", "per 100,000 people", "per 100,000 live births"} <= units
    assert all((leaf["goalposts"]["worst"] > leaf["goalposts"]["best"]) == (leaf["direction"] == "lower") for leaf in leaves)


@pytest.mark.parametrize("year", ["2017", "2020", "2025"])
def test_index_of_raw_indicators_by_hand(year):
    """Each value between its goalposts, in logarithms where the file says so, then weighted means; read from the files alone."""
    file = yaml.safe_load((DATA / "instruments" / "mentah-contoh.yaml").read_text("utf-8"))
    with open(home("contoh-mentah") / "rounds" / f"{year}.csv", encoding="utf-8") as lines:
        raw = {r["indicator"]: float(r["score"]) for r in csv.DictReader(lines) if r["source"] == "verified" and r["score"]}
    parts, enough = {}, set()
    for part in file["tree"]["children"]:
        total = weights = 0.0
        for leaf in part["children"]:
            value = raw.get(f"{part['id']}/{leaf['id']}")
            if value is None:
                continue
            worst, best = leaf["goalposts"]["worst"], leaf["goalposts"]["best"]
            value = min(max(value, min(worst, best)), max(worst, best))
            if leaf.get("transform") == "log":
                value, worst, best = math.log(value), math.log(worst), math.log(best)
            total += leaf["weight"] * 100 * (value - worst) / (best - worst)
            weights += leaf["weight"]
        parts[part["id"]] = total / weights
        if weights >= 0.65 * sum(leaf["weight"] for leaf in part["children"]):
            enough.add(part["id"])
    e = evaluate_round("contoh-mentah", year)
    now = e.index[e.index["round"] == year].set_index("node")["value"]
    assert len(raw) == {"2017": 30, "2020": 28, "2025": 29}[year] and ("education" in enough) == (year != "2020")
    # A sector of which too little is known has no value, and lifts nothing above it.
    assert now[[*e.top]].dropna().to_dict() == pytest.approx({p: v for p, v in parts.items() if p in enough}, abs=1e-9)
    assert now["index"] == pytest.approx(sum(parts[p] for p in enough) / len(enough), abs=1e-9)


def test_a_rate_that_falls_lifts_its_indicator():
    e = evaluate_round("contoh-mentah", "2025")
    assert e.instrument.normalise("health/stunting", 40) == 0 and e.instrument.normalise("health/stunting", 25) == pytest.approx(50)
    assert float(e.instrument.normalise("health/kematian-ibu", math.sqrt(500 * 50))) == pytest.approx(50)


def test_values_are_back_from_the_scale_what_they_were():
    i = load_instrument("mentah-contoh")
    back = {p: float(i.on_scale(p, demo.measured(i, p, 37.0))) for p in i.leaves}
    assert back == pytest.approx(dict.fromkeys(i.leaves, 37.0))


def test_directions_of_the_sectors_are_those_of_the_truth():
    says = evaluate_round("contoh-mentah", "2025").verdicts.set_index("node")["direction"]
    assert isinstance(says, pd.Series)
    assert (says["public_services"], says["environment"], says["education"]) == ("improving", "declining", "stagnant")
