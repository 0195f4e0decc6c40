"""Aggregation up the tree: values worked by hand, and what must hold for any tree and any scores."""

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from scevaluation.errors import InstrumentError, RoundError, UnknownWeights
from scevaluation.evaluate.index import index
from scevaluation.frames import INDEX, SCORES
from scevaluation.instrument import Instrument

ROUND = "2023-S2"
NAN = float("nan")


def instrument(
    tree: dict,
    low=1.0,
    high=4.0,
    coverage=0.65,
    aggregation="arithmetic",
    weights="own",
    name="tiny",
    sectors=None,
    top="component",
):
    """An instrument from {id: weight} or {id: (weight, subtree)}; `sectors` tags leaves by path."""
    said = {"id": "t", "en": "t"}

    def node(key, value, prefix):
        weight, below = value if isinstance(value, tuple) else (value, {})
        path = prefix + key
        return {
            "id": key,
            "label": said,
            "weight": None if weights == "unknown" else weight,
            "sectors": (sectors or {}).get(path, []),
            "children": [node(k, v, path + "/") for k, v in below.items()],
        }

    root = {"id": "index", "label": said, "children": [node(k, v, "") for k, v in tree.items()]}
    return Instrument.model_validate(
        {
            "id": name,
            "label": said,
            "top": top,
            "valid_from": "2017-S1",
            "scale": {"low": low, "high": high},
            "weights": weights,
            "weights_source": "a test",
            "source": "a test",
            "coverage": coverage,
            "aggregation": aggregation,
            "tree": root,
        }
    )


def scores(*rows, region="94.04", when=ROUND) -> pd.DataFrame:
    """SCORES from (indicator, score[, source[, agency[, status]]])."""
    out = []
    for number, row in enumerate(rows):
        node, score, source, agency, status = (*row, *("final", "", "")[len(row) - 2 :])
        status = status or ("not_reported" if np.isnan(score) else "scored")
        out.append(
            {
                "region": region,
                "round": when,
                "indicator": node,
                "agency": agency,
                "source": source,
                "score": float(score),
                "status": status,
                "evidence": "",
                "quality": "",
                "file": "f.csv",
                "cell": str(number),
            }
        )
    return pd.DataFrame(out, columns=list(SCORES.columns))


def at(table: pd.DataFrame, node: str = "index") -> pd.Series:
    rows = table[table["node"] == node]
    assert len(rows) == 1, f"{len(rows)} rows of {node}"
    return rows.iloc[0]


def of(tree_or_instrument, *rows, node="index", **how) -> pd.Series:
    one = tree_or_instrument if isinstance(tree_or_instrument, Instrument) else instrument(tree_or_instrument)
    return at(index(scores(*rows), {ROUND: one}, **how), node)


TWO = {"a": (1, {"x": 1, "y": 3}), "b": (3, {"z": 1})}


def test_weighted_mean_by_hand():
    assert of(TWO, ("a/x", 1), ("a/y", 3), ("b/z", 2))["value"] == pytest.approx((2.5 * 1 + 2 * 3) / 4)


def test_geometric_mean_by_hand():
    one = instrument({"x": 1, "y": 1}, aggregation="geometric")
    assert of(one, ("x", 1), ("y", 4))["value"] == pytest.approx(2)


def test_geometric_mean_with_a_zero_is_zero():
    one = instrument({"x": 1, "y": 1}, low=0, high=100, aggregation="geometric")
    assert of(one, ("x", 0), ("y", 80))["value"] == 0


def test_geometric_mean_below_zero_is_refused():
    with pytest.raises(ValidationError, match="geometric mean on a scale from -1"):
        instrument({"x": 1}, low=-1, high=1, aggregation="geometric")


def test_value100_is_the_scale_from_worst_to_best():
    assert of({"x": 1}, ("x", 2.5))["value100"] == pytest.approx(50)


def test_effective_weight_is_the_product_down_the_tree():
    assert of(TWO, ("a/x", 1), ("a/y", 3), ("b/z", 2), node="a/y")["weight"] == pytest.approx(0.25 * 0.75)


@pytest.mark.parametrize(
    ("present", "value"),
    [(("self", "assessor:A", "verified", "final"), 4), (("self", "assessor:A", "verified"), 3), (("self", "assessor:A"), 2)],
)
def test_best_source_is_taken(present, value):
    said = {"self": 1, "assessor:A": 2, "verified": 3, "final": 4}
    assert of({"x": 1}, *(("x", said[s], s) for s in present))["value"] == value


def test_assessors_are_averaged():
    assert of({"x": 1}, ("x", 2, "assessor:A"), ("x", 3, "assessor:B"), ("x", 4, "assessor:C"))["value"] == 3


def test_self_assessment_alone_is_no_score():
    assert of({"x": 1}, ("x", 4, "self"))["status"] == "missing"


def test_self_assessment_counts_where_the_basis_says_so():
    assert of({"x": 1}, ("x", 4, "self"), basis=("self",))["value"] == 4


def test_empty_final_gives_way_to_verified():
    assert of({"x": 1}, ("x", NAN), ("x", 3, "verified"))["value"] == 3


def test_agencies_are_averaged_each_by_its_best_source():
    assert of({"x": 1}, ("x", 2, "final", "one"), ("x", 4, "verified", "two"))["value"] == 3


def test_an_agency_with_more_assessors_counts_once():
    rows = (("x", 1, "assessor:A", "one"), ("x", 1, "assessor:B", "one"), ("x", 4, "assessor:A", "two"))
    assert of({"x": 1}, *rows)["value"] == 2.5


def test_missing_is_never_zero():
    assert of({"x": 3, "y": 1}, ("x", 3), ("y", NAN))["value"] == 3


def test_coverage_is_the_share_of_weight_with_a_score():
    assert of({"x": 3, "y": 1}, ("x", 3), ("y", NAN))["coverage"] == 0.75


def test_below_the_coverage_asked_there_is_no_value():
    assert np.isnan(of({"x": 1, "y": 1}, ("x", 3), ("y", NAN))["value"])


def test_at_exactly_the_coverage_asked_there_is_a_value():
    one = instrument({"x": 0.65, "y": 0.35}, coverage=0.65)
    assert of(one, ("x", 3), ("y", NAN))["value"] == 3


def test_a_thin_component_lifts_nothing_and_its_share_counts_as_missing():
    """b has half of its weight and no value: of the index three quarters are known, all of them 1; b may still be 1 to 4."""
    rows = ("a/x", 1), ("b/y", 4), ("b/z", NAN)
    found = of({"a": (3, {"x": 1}), "b": (1, {"y": 1, "z": 1})}, *rows)
    assert (found["value"], found["coverage"], found["low"], found["high"]) == (1, 0.75, 0, 25)


def test_an_index_whose_components_are_too_thin_has_no_value():
    """One of two components of equal weight has no value: half is known, .65 is asked. What was scored still bounds it."""
    found = of({"a": (1, {"x": 1}), "b": (1, {"y": 1, "z": 1})}, ("a/x", 1), ("b/y", 4), ("b/z", NAN))
    assert np.isnan(found["value"]) and found["coverage"] == 0.5
    assert (found["low"], found["high"]) == (25, 50)


def test_a_thin_component_itself_has_no_value():
    tree = {"a": (1, {"x": 1}), "b": (1, {"y": 1, "z": 1})}
    assert np.isnan(of(tree, ("a/x", 1), ("b/y", 4), ("b/z", NAN), node="b")["value"])


def test_low_is_the_index_if_all_missing_were_worst():
    assert of({"x": 3, "y": 1}, ("x", 3), ("y", NAN))["low"] == pytest.approx(((3 * 3 + 1) / 4 - 1) / 3 * 100)


def test_high_is_the_index_if_all_missing_were_best():
    assert of({"x": 3, "y": 1}, ("x", 3), ("y", NAN))["high"] == pytest.approx(((3 * 3 + 4) / 4 - 1) / 3 * 100)


def test_nothing_scored_could_still_be_anything():
    row = of(TWO, ("a/x", NAN))
    assert (row["low"], row["high"], row["coverage"]) == (0, 100, 0)


def test_not_applicable_leaves_the_weights():
    assert of({"x": 1, "y": 9}, ("x", 3), ("y", NAN, "final", "", "not_applicable"))["coverage"] == 1


def test_a_component_wholly_not_applicable_leaves_the_weights():
    tree = {"a": (1, {"x": 1}), "b": (9, {"y": 1, "z": 1})}
    gone = [(n, NAN, "final", "", "not_applicable") for n in ("b/y", "b/z")]
    assert of(tree, ("a/x", 3), *gone)["value"] == pytest.approx(3)


def test_a_component_declared_not_applicable_takes_its_items_along():
    assert of(TWO, ("a/x", 2), ("a/y", 2), ("b", NAN, "final", "", "not_applicable"))["coverage"] == 1


def test_a_node_not_applicable_has_no_bounds():
    assert np.isnan(of({"x": 1, "y": 9}, ("x", 3), ("y", NAN, "final", "", "not_applicable"), node="y")["high"])


def test_not_reported_by_one_agency_stays_missing_beside_not_applicable_of_another():
    rows = (("x", NAN, "final", "one", "not_applicable"), ("x", NAN, "final", "two", "not_reported"), ("y", 3))
    assert of({"x": 1, "y": 3}, *rows)["coverage"] == 0.75


def test_a_printed_zero_of_a_region_that_did_not_take_part_is_no_score():
    assert of({"x": 1}, ("x", 0, "final", "", "did_not_take_part"))["status"] == "missing"


def test_a_component_given_stands_where_no_item_is_scored():
    row = of(TWO, ("a", 3), ("b", 2), node="a")
    assert (row["value"], row["status"]) == (3, "given")


def test_given_components_make_the_index():
    row = of(TWO, ("a", 4), ("b", 2))
    assert (row["value"], row["status"]) == (2.5, "scored")


def test_items_scored_stand_before_the_component_given():
    assert of(TWO, ("a", 4), ("a/x", 1), ("a/y", 1), ("b", 2), node="a")["value"] == 1


def test_a_given_component_stands_while_too_few_of_its_items_are_scored():
    assert of(TWO, ("a", 4), ("a/x", 1), ("b", 2), node="a")["value"] == 4


def test_an_inferred_index_alone_is_inferred():
    row = of(TWO, ("index", 2.5, "final", "", "inferred"))
    assert (row["value"], row["status"]) == (2.5, "inferred")


def test_an_inferred_row_of_a_source_not_used_marks_nothing():
    assert of({"x": 1}, ("x", 3), ("x", 2, "self", "", "inferred"))["status"] == "scored"


def test_unknown_weights_are_refused_where_an_index_would_be_computed():
    with pytest.raises(UnknownWeights, match="not known"):
        of(instrument({"a": 1, "b": 1}, weights="unknown"), ("a", 3), ("b", 3))


@pytest.mark.parametrize("status", ["scored", "inferred"])
def test_a_published_index_passes_through_unknown_weights(status):
    one = instrument({"a": 1, "b": 1}, weights="unknown")
    assert of(one, ("index", 3.4, "final", "", status), ("a", 3), ("b", 3))["value"] == 3.4


def test_a_round_without_instrument_is_refused():
    with pytest.raises(RoundError, match="no instrument"):
        index(scores(("x", 3), when="2020-S1"), {ROUND: instrument({"x": 1})})


def test_an_indicator_the_instrument_has_not_is_refused():
    with pytest.raises(InstrumentError, match="no indicator elsewhere"):
        of({"x": 1}, ("elsewhere", 3))


def test_no_scores_give_an_empty_table():
    assert list(index(SCORES.empty(), {}).columns) == list(INDEX.columns)


TAGGED = {"a": (1, {"x": 1, "y": 1}), "b": (2, {"z": 1})}
TAGS = {"a/x": ["health"], "b/z": ["health", "education"]}


def test_a_sector_view_weighs_its_leaves_by_their_effective_weight():
    row = of(instrument(TAGGED, sectors=TAGS), ("a/x", 1), ("a/y", 1), ("b/z", 4), node="sector:health")
    assert row["value"] == pytest.approx((1 * 1 / 6 + 4 * 4 / 6) / (5 / 6))


def test_a_sector_views_weight_is_its_leaves():
    assert of(instrument(TAGGED, sectors=TAGS), ("a/x", 1), ("b/z", 4), node="sector:health")["weight"] == pytest.approx(5 / 6)


def test_no_view_where_no_tagged_leaf_was_asked():
    table = index(scores(("a", 3), ("b", 3)), {ROUND: instrument(TAGGED, sectors=TAGS)})
    assert not table["node"].str.startswith("sector:").any()


def test_views_can_be_left_out():
    table = index(scores(("a/x", 3), ("b/z", 3)), {ROUND: instrument(TAGGED, sectors=TAGS)}, views=False)
    assert not table["node"].str.startswith("sector:").any()


def test_no_views_where_the_top_level_is_the_sectors():
    one = instrument({"health": (1, {"x": 1})}, sectors={"health/x": ["health"]}, top="sector")
    assert not index(scores(("health/x", 3)), {ROUND: one})["node"].str.startswith("sector:").any()


def test_a_component_named_like_a_sector_is_none_and_an_indicator_has_the_tags_of_what_is_above_it():
    one = instrument({"health": (1, {"x": 1}), "other": (3, {"y": 1, "z": 1})}, sectors={"other": ["health"]})
    value = index(scores(("health/x", 1), ("other/y", 3), ("other/z", 4)), {ROUND: one}).set_index("node")["value"]
    assert value["health"] == 1 and value["sector:health"] == 3.5


def test_every_round_by_its_own_instrument():
    rows = pd.concat([scores(("x", 1), ("y", 3), when="2022-S2"), scores(("x", 1), ("y", 3))])
    table = index(rows, {"2022-S2": instrument({"x": 1, "y": 1}, name="old"), ROUND: instrument({"x": 3, "y": 1}, name="new")})
    assert table.loc[table["node"] == "index", "value"].tolist() == [2.0, 1.5]


def test_rows_are_sorted_by_region_and_round():
    rows = pd.concat([scores(("x", 1), region=r, when=k) for r in ("2", "1") for k in (ROUND, "2022-S2")])
    table = index(rows, {"2022-S2": instrument({"x": 1}, name="old"), ROUND: instrument({"x": 1}, name="new")})
    keys = list(zip(table["region"], table["round"], strict=True))
    assert keys == sorted(keys)


def test_the_table_keeps_its_contract():
    INDEX.check(index(scores(("a/x", 1), ("b/z", 4), ("a/y", NAN)), {ROUND: instrument(TAGGED, sectors=TAGS)}))


def test_input_is_not_changed():
    rows = scores(("x", 1))
    before = rows.copy()
    index(rows, {ROUND: instrument({"x": 1})})
    pd.testing.assert_frame_equal(rows, before)
