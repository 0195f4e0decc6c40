"""Printed results: whose they are, that they stand as printed wherever an index is shown, and what they do to a change."""

import numpy as np
import pandas as pd
import pytest
from evaluated import face as evaluate_round

from scevaluation import evaluate_nation
from scevaluation.charts.waterfall import waterfall
from scevaluation.desk.scenario import Scenario
from scevaluation.desk.what_if import apply
from scevaluation.evaluate.compare import compare
from scevaluation.evaluate.evaluation import evaluate
from scevaluation.evaluate.index import index
from scevaluation.evaluate.inputs import round_inputs
from scevaluation.evaluate.printed import participants, printed
from scevaluation.frames import ISSUES, ROOT, as_scores
from scevaluation.instrument import load_instrument
from scevaluation.intake.official import official_rounds, read_official
from scevaluation.programme import load_programme
from scevaluation.region import region_name, regions_of
from scevaluation.words import Words

THEN, NOW = "2022-S2", "2023-S2"
OLD, NEW = load_instrument("kominfo-2022-kppn-ikn"), load_instrument("kominfo-2023-kppn-ikn")


# Whose they are


@pytest.mark.parametrize(
    ("name", "round_name", "instrument", "rows"),
    [
        ("mimika", NOW, "kominfo-2023-reguler", True),
        ("mimika", NOW, "kominfo-2023-kppn-ikn", False),  # of the ministry, but not of its cohort
        ("mimika", NOW, "sektor-siklus-2", False),
        ("mimika", NOW, "spbe-2020", False),
        ("wilayah-12-11", THEN, "kominfo-2022-kppn-ikn", True),
        ("wilayah-12-11", NOW, "kominfo-2023-kppn-ikn", False),  # listed, did not take part
        ("mimika", "2021-S2", "kominfo-2021", False),  # no letter
    ],
)
def test_participants_are_those_scored_by_the_same_instrument(name, round_name, instrument, rows):
    found = participants(load_programme(name), round_name, load_instrument(instrument))
    assert bool(len(found)) is rows and list(found.columns) == list(read_official(NOW).columns)


@pytest.fixture(scope="module")
def own():
    """A region of the letter with a round of its own questionnaire, every indicator 3."""
    plan, asked = load_programme("mimika"), load_instrument("sektor-siklus-2")
    scores = as_scores(region=plan.region, round=NOW, indicator=list(asked.leaves), score=3.0)
    return evaluate(plan, NOW, {NOW: asked}, scores, ISSUES.empty(), {})


def test_an_own_questionnaire_has_no_place_among_the_ministrys_participants(own):
    assert own.official.empty and own.peers.empty and own.value() == pytest.approx(3)


def test_the_letter_is_no_input_of_what_it_says_nothing_of():
    assert not any(p.startswith("official/") for p in round_inputs(load_programme("contoh"), "2024-S2"))
    assert "official/results.csv" in round_inputs(load_programme("kab-malang"), NOW)


# As printed


@pytest.mark.parametrize("round_name", official_rounds())
def test_every_region_is_headed_by_its_printed_index(round_name):
    letter = read_official(round_name).query("node == 'index'").set_index("region")["value"]
    for code in regions_of(round_name)[::40]:
        assert evaluate_round(region_name(code), round_name).value() == letter[code]


def test_dairi_is_printed_and_its_recomputed_index_stands_in_the_checks():
    e = evaluate_round("wilayah-12-11", THEN)
    assert e.value() == 2.36 and "2,36 dari 4" in e.headline().text
    assert "2,349" in e.checks().html and "\u22120,011" in e.checks().html


def test_of_known_items_the_printed_components_stand():
    e, letter = evaluate_round("kab-malang", NOW), read_official(NOW).query("region == '35.07'").set_index("node")["value"]
    assert {n: e.value(n) for n in (ROOT, *e.top)} == letter.drop("improvement").to_dict()


def tree(**values) -> pd.DataFrame:
    parts = dict.fromkeys(OLD.components, 3.0)
    return index(as_scores(region="12.11", round=THEN, indicator=list(parts), score=list(parts.values())), {THEN: OLD}, views=False)


def letter(node: str, value: float) -> pd.DataFrame:
    return pd.DataFrame({"region": ["12.11"], "round": [THEN], "node": [node], "value": [value]})


def test_points_and_bounds_move_with_the_printed_value():
    row = printed(tree(), letter(ROOT, 2.5), {THEN: OLD}).set_index("node").loc[ROOT]
    assert row[["value", "value100", "low", "high"]].tolist() == [2.5, 50.0, 50.0, 50.0] and row["status"] == "scored"


def test_a_value_that_was_not_scored_is_not_filled_in():
    table = tree()
    table.loc[table["node"] == ROOT, ["value", "value100"]] = np.nan
    assert printed(table, letter(ROOT, 2.5), {THEN: OLD})["value"].isna().sum() == 1


def test_nothing_printed_nothing_changed():
    table = tree()
    pd.testing.assert_frame_equal(printed(table, letter("improvement", 0.1), {THEN: OLD}), table)


# The change


@pytest.mark.parametrize("name", ["kab-malang", "wilayah-35-07", "wilayah-12-06"])
def test_the_change_is_that_of_the_printed_indices_to_the_last_digit(name):
    e = evaluate_round(name, NOW)
    rows = e.change.set_index("kind")
    assert rows.at["total", "official"] == pytest.approx(e.value() - e.value(ROOT, THEN), abs=1e-12)
    assert e.change.loc[e.change["kind"] != "total", "contribution"].sum() == pytest.approx(rows.at["total", "official"], abs=1e-12)


def test_what_print_and_components_differ_by_is_a_part_of_its_own():
    e = evaluate_round("wilayah-35-07", NOW)
    then, now = ({c: e.value(c, r) for c in i.components} for r, i in ((THEN, OLD), (NOW, NEW)))
    recomputed = NEW.mean(ROOT, now) - OLD.mean(ROOT, then)
    part = e.change.set_index("kind").loc["printed"]
    assert (round(recomputed, 3), part["node"]) == (0.437, ROOT) and part["contribution"] == pytest.approx(0.43 - recomputed)


def test_a_computed_index_has_no_such_part():
    assert "printed" not in set(evaluate_round("contoh", "2024-S2").change["kind"])


def test_a_geometric_printed_index_is_decomposed_exactly():
    how = {r: i.model_copy(update={"aggregation": "geometric", "family": "own"}) for r, i in ((THEN, OLD), (NOW, OLD))}
    scores = [(THEN, (1.5, 2.0, 2.5, 3.0, 3.5)), (NOW, (2.0, 2.5, 3.0, 3.5, 4.0))]
    parts = pd.concat([as_scores(region="12.11", round=r, indicator=list(OLD.components), score=list(v)) for r, v in scores])
    table = index(parts, how, views=False)
    table = printed(table, letter(ROOT, 2.0), how)
    change = compare(table, how, NOW, THEN).set_index("kind")
    parts = change.drop("total")["contribution"]
    assert parts.sum() == pytest.approx(change.at["total", "official"], abs=1e-12) and abs(parts["printed"]) > 0.1


def test_the_like_for_like_change_of_a_region_is_one_figure_everywhere():
    nation = evaluate_nation(NOW).pairs.set_index("region").at["35.07", "like_for_like"]
    pages = [evaluate_round(name, NOW).change["like_for_like"].iloc[0] for name in ("kab-malang", "wilayah-35-07")]
    # (1.40, 1.54, 2.92, 2.56, 3.08) to (3.60, 2.29, 3.41, 2.81, 3.13) by the weights 10, 20, 30, 10, 30 of 2022.
    assert [nation, *pages] == pytest.approx([0.557] * 3, abs=1e-9)


@pytest.mark.parametrize(
    ("lang", "said"), [("id", "Peningkatan yang tercantum dalam surat, +0,44,"), ("en", "printed in the letter, +0.44,")]
)
def test_a_printed_change_that_is_not_the_difference_of_its_indices_is_explained(lang, said):
    e = evaluate_round("kab-malang", NOW)
    text = Words(lang).text(waterfall(e.change, {}, (2.51, 2.94), Words(lang), peers=e.peers).note)
    same = waterfall(e.change, {}, (2.51, 2.94), Words(lang), peers=e.peers.assign(own_change=0.43)).note
    assert said in text and said[:-9] not in Words(lang).text(same)


def test_a_supposed_score_moves_the_printed_index_by_what_it_changes():
    e = evaluate_round("wilayah-94-04", NOW)
    base, up = (apply(e, Scenario(name="t", programme=e.programme.id, round=NOW, scores=s)) for s in ((), {"outcome": 3.14}))
    # Outcome from 2.14 with a weight of 30 %: 0.3 on the scale, 10 points of 100.
    assert base.value() == pytest.approx(49.0) and up.value() - base.value() == pytest.approx(10.0)


def test_a_region_stands_beside_the_cohort_it_had_in_the_round():
    # Kota Surabaya was of KPPN&IKN in 2022 and of REGULER in 2023.
    for round_name, cohort in ((THEN, "KPPN&amp;IKN"), (NOW, "REGULER")):
        assert f"Median {cohort}" in evaluate_round("wilayah-35-78", round_name).scorecard().body
