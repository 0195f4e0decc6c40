"""Official and like-for-like change, and its decomposition: worked by hand, on the two letters, and for any tree."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scevaluation.errors import RoundError, UnknownWeights
from scevaluation.evaluate.compare import compare, reproduce
from scevaluation.evaluate.index import index
from scevaluation.frames import CHANGE, SCORES
from scevaluation.instrument import Instrument, load_instrument
from scevaluation.intake.official import read_official

THEN, NOW = "2022-S2", "2023-S2"
NAN = float("nan")
SAID = {"id": "t", "en": "t"}


def instrument(tree: dict, name: str, fresh=(), **how) -> Instrument:
    """An instrument from {component: {item: weight}} or {component: weight}; `fresh` items continue no earlier one."""

    def node(key, value, prefix=""):
        weight, below = value if isinstance(value, tuple) else (value, {})
        return {
            "id": key,
            "label": SAID,
            "weight": weight,
            "link": "-" if prefix + key in fresh else "",
            "children": [node(k, v, prefix + key + "/") for k, v in below.items()],
        }

    known = {"scale": {"low": 1, "high": 4}, "weights": "own", "weights_source": "a test", "source": "a test", **how}
    tree = {"id": "index", "label": SAID, "children": [node(k, v) for k, v in tree.items()]}
    return Instrument.model_validate({"id": name, "label": SAID, "valid_from": "2017-S1", "tree": tree, **known})


def scores(values: dict, when: str, region="94.04", status="scored") -> pd.DataFrame:
    rows = [
        {
            "region": region,
            "round": when,
            "indicator": n,
            "agency": "",
            "source": "final",
            "score": float(v),
            "status": "not_reported" if np.isnan(v) else status,
            "evidence": "",
            "quality": "",
            "file": "f",
            "cell": n,
        }
        for n, v in values.items()
    ]
    return pd.DataFrame(rows, columns=list(SCORES.columns))


def change(then: Instrument, now: Instrument, before: dict, after: dict, **how) -> pd.DataFrame:
    instruments = {THEN: then, NOW: now}
    table = index(pd.concat([scores(before, THEN), scores(after, NOW)], ignore_index=True), instruments)
    return CHANGE.check(compare(table, instruments, NOW, THEN, **how))


def total(table: pd.DataFrame) -> pd.Series:
    return table[table["kind"] == "total"].iloc[0]


def part(table: pd.DataFrame, node: str, kind: str) -> float:
    rows = table[(table["node"] == node) & (table["kind"] == kind)]
    return float(rows["contribution"].iloc[0]) if len(rows) else 0.0


def kinds(table: pd.DataFrame) -> set[str]:
    return set(table["kind"]) - {"total"}


OLD, SAME = instrument({"a": 1, "b": 3}, "old"), instrument({"a": 1, "b": 3}, "same")


def test_official_change_by_hand():
    assert total(change(OLD, SAME, {"a": 2, "b": 2}, {"a": 4, "b": 2}))["official"] == pytest.approx(0.5)


def test_same_weights_leave_scores_alone_to_explain_the_change():
    assert kinds(change(OLD, SAME, {"a": 2, "b": 2}, {"a": 4, "b": 3})) == {"score"}


def test_a_score_contribution_is_weight_times_change():
    assert part(change(OLD, SAME, {"a": 2, "b": 2}, {"a": 4, "b": 3}), "b", "score") == pytest.approx(0.75)


SHIFTED = instrument({"a": 3, "b": 1}, "shifted")


def test_like_for_like_uses_the_earlier_rounds_weights():
    table = change(OLD, SHIFTED, {"a": 2, "b": 3}, {"a": 3, "b": 3})
    assert total(table)["like_for_like"] == pytest.approx(0.25)


def test_official_change_uses_each_rounds_own_weights():
    table = change(OLD, SHIFTED, {"a": 2, "b": 3}, {"a": 3, "b": 3})
    assert total(table)["official"] == pytest.approx(3.0 - 2.75)


def test_new_weights_on_unchanged_scores_are_all_weight():
    assert kinds(change(OLD, SHIFTED, {"a": 2, "b": 4}, {"a": 2, "b": 4})) == {"weight"}


def test_new_weights_on_unchanged_scores_are_no_like_for_like_change():
    assert total(change(OLD, SHIFTED, {"a": 2, "b": 4}, {"a": 2, "b": 4}))["like_for_like"] == 0


def test_a_weight_contribution_by_hand():
    # The indices are 3.5 and 2.5, so M = 3; a gains half the weight and lies 1 below M.
    assert part(change(OLD, SHIFTED, {"a": 2, "b": 4}, {"a": 2, "b": 4}), "a", "weight") == pytest.approx(-0.5)


ENTERED = instrument({"a": 1, "b": 3, "c": 4}, "entered")


def test_a_component_that_enters_is_the_instruments_doing():
    # The indices are 2 and 3, so M = 2.5; c enters with half the weight, 1.5 above M.
    table = change(OLD, ENTERED, {"a": 2, "b": 2}, {"a": 2, "b": 2, "c": 4})
    assert part(table, "c", "instrument") == pytest.approx(0.75)


def test_like_for_like_leaves_out_what_entered():
    assert total(change(OLD, ENTERED, {"a": 2, "b": 2}, {"a": 2, "b": 3, "c": 4}))["like_for_like"] == pytest.approx(0.75)


def test_a_component_that_leaves_is_the_instruments_doing():
    assert part(change(ENTERED, OLD, {"a": 2, "b": 2, "c": 4}, {"a": 2, "b": 2}), "c", "instrument") == pytest.approx(-0.75)


ITEMS = instrument({"a": (1, {"x": 1, "y": 1}), "b": (1, {"z": 1})}, "items", coverage=0.3)
MORE = instrument({"a": (1, {"x": 1, "y": 1, "w": 2}), "b": (1, {"z": 1})}, "more", coverage=0.3)


def test_a_score_missing_in_one_round_is_coverage():
    table = change(ITEMS, ITEMS, {"a/x": 2, "a/y": 4, "b/z": 3}, {"a/x": 2, "a/y": NAN, "b/z": 3})
    assert kinds(table) == {"coverage"}


def test_a_score_missing_in_one_round_is_no_like_for_like_change():
    table = change(ITEMS, ITEMS, {"a/x": 2, "a/y": 4, "b/z": 3}, {"a/x": 2, "a/y": NAN, "b/z": 3})
    assert total(table)["like_for_like"] == 0


def test_an_item_that_enters_beside_others_is_no_change_of_weight():
    table = change(ITEMS, MORE, {"a/x": 2, "a/y": 4, "b/z": 3}, {"a/x": 2, "a/y": 4, "a/w": 1, "b/z": 3})
    assert kinds(table) == {"instrument"}


def test_an_item_said_to_continue_no_earlier_one_is_never_subtracted():
    fresh = instrument({"a": (1, {"x": 1, "y": 1}), "b": (1, {"z": 1})}, "fresh", fresh=("a/x", "a/y"))
    table = change(ITEMS, fresh, {"a/x": 2, "a/y": 2, "b/z": 3}, {"a/x": 4, "a/y": 4, "b/z": 3})
    assert part(table, "a", "score") == 0


def test_items_of_one_round_meet_the_component_given_in_the_other():
    table = change(ITEMS, ITEMS, {"a": 2, "b": 3}, {"a/x": 2, "a/y": 4, "b/z": 3})
    assert part(table, "a", "score") == pytest.approx(0.5)


def test_of_an_index_alone_there_is_the_total_alone():
    assert kinds(change(OLD, SAME, {"index": 2.5}, {"a": 2, "b": 3})) == set()


def test_between_rounds_of_one_questionnaire_nothing_is_new():
    fresh = instrument({"a": (1, {"x": 1, "y": 1}), "b": (1, {"z": 1})}, "fresh", fresh=("a/x", "a/y"))
    before, after = {"a/x": 2, "a/y": 2, "b/z": 2}, {"a/x": 3, "a/y": 3, "b/z": 2}
    assert total(change(fresh, fresh, before, after))["like_for_like"] == pytest.approx(0.5)


def test_of_an_index_alone_there_is_no_like_for_like():
    assert np.isnan(total(change(OLD, SAME, {"index": 2.5}, {"a": 2, "b": 3}))["like_for_like"])


def test_unknown_weights_pass_with_a_published_index():
    dark = instrument({"a": None, "b": None}, "dark", weights="unknown")
    assert total(change(dark, SAME, {"index": 2.5, "a": 3, "b": 2}, {"a": 2, "b": 3}))["official"] == pytest.approx(0.25)


def test_other_scales_are_not_subtracted():
    other = instrument({"a": 1, "b": 3}, "other", scale={"low": 1, "high": 5})
    assert change(OLD, other, {"a": 2, "b": 2}, {"a": 4, "b": 2}).empty


def test_other_means_leave_only_the_total():
    other = instrument({"a": 1, "b": 3}, "other", aggregation="geometric")
    assert kinds(change(OLD, other, {"a": 2, "b": 2}, {"a": 4, "b": 2})) == set()


def test_a_region_without_index_in_one_round_has_no_row():
    assert change(OLD, SAME, {"a": NAN, "b": NAN}, {"a": 2, "b": 3}).empty


def test_only_the_regions_asked():
    assert change(OLD, SAME, {"a": 2, "b": 2}, {"a": 4, "b": 2}, regions=["35.07"]).empty


def test_the_later_round_comes_first():
    with pytest.raises(RoundError, match="is not before"):
        compare(index(scores({"a": 2, "b": 2}, THEN), {THEN: OLD}), {THEN: OLD, NOW: SAME}, THEN, NOW)


def test_a_round_without_instrument_is_refused():
    with pytest.raises(RoundError, match="2021-S2 has no instrument"):
        compare(index(scores({"a": 2, "b": 2}, NOW), {NOW: SAME}), {NOW: SAME}, NOW, "2021-S2")


GEOMETRIC = instrument({"a": 1, "b": 1}, "geo", aggregation="geometric")


def test_like_for_like_of_a_geometric_mean_by_hand():
    assert total(change(GEOMETRIC, GEOMETRIC, {"a": 1, "b": 4}, {"a": 4, "b": 4}))["like_for_like"] == pytest.approx(2)


def test_a_tiny_change_of_a_geometric_mean_sums_exactly():
    table = change(GEOMETRIC, GEOMETRIC, {"a": 2, "b": 3}, {"a": 2 + 1e-6, "b": 3})
    assert part(table, "a", "score") == pytest.approx(total(table)["official"], abs=1e-14)


def test_a_node_of_another_mean_is_compared_as_a_whole():
    """k is geometric, whatever stands below it: sqrt(1 x 4) = 2, then sqrt(4 x 4) = 4 of an index that is half k."""
    spec = instrument({"k": (1, {"a": 1, "m": (1, {"c": 1, "d": 1})}), "b": 1}, "own").model_dump()
    spec["tree"]["children"][0]["aggregation"] = "geometric"
    one = Instrument.model_validate(spec)
    table = change(one, one, {"k/a": 1, "k/m/c": 4, "k/m/d": 4, "b": 2}, {"k/a": 4, "k/m/c": 4, "k/m/d": 4, "b": 2})
    assert total(table)["like_for_like"] == pytest.approx(1) and part(table, "k", "score") == pytest.approx(1)
    spec["aggregation"], spec["tree"]["aggregation"] = "geometric", "arithmetic"  # the same, said from the other side
    other = Instrument.model_validate(spec)
    again = change(other, other, {"k/a": 1, "k/m/c": 4, "k/m/d": 4, "b": 2}, {"k/a": 4, "k/m/c": 4, "k/m/d": 4, "b": 2})
    pd.testing.assert_frame_equal(again, table)


# The letters of 2022 and 2023.


@pytest.fixture(scope="module")
def letters() -> pd.DataFrame:
    """The change of every region in both letters, each with the instrument of its cohort."""
    rows = pd.concat([read_official(THEN), read_official(NOW)])
    rows = rows[~rows["node"].isin(("index", "improvement"))].rename(columns={"node": "indicator", "value": "score"})
    rows = rows.assign(agency="", source="final", evidence="", quality="", file="f", cell="c", status="scored")
    parts = []
    for cohort, part_ in rows[rows["round"] == NOW].groupby("cohort"):
        slug = cohort.lower().replace("&", "-")
        instruments = {THEN: load_instrument("kominfo-2022-kppn-ikn"), NOW: load_instrument(f"kominfo-2023-{slug}")}
        both = pd.concat([rows[rows["round"] == THEN], part_], ignore_index=True)
        parts.append(compare(index(both, instruments), instruments, NOW, THEN))
    return pd.concat(parts, ignore_index=True)


@pytest.fixture(scope="module")
def totals(letters) -> pd.DataFrame:
    return letters[letters["kind"] == "total"]


def test_thirty_two_regions_are_in_both_letters(totals):
    assert len(totals) == 32


def test_same_weights_flip_the_sign_of_five(totals):
    assert int((totals["official"] * totals["like_for_like"] < 0).sum()) == 5


def test_same_weights_move_the_change_by_a_tenth(totals):
    assert (totals["like_for_like"] - totals["official"]).mean() == pytest.approx(0.10, abs=0.005)


def test_contributions_sum_to_every_letters_change(letters):
    sums = letters[letters["kind"] != "total"].groupby("region")["contribution"].sum()
    official = letters[letters["kind"] == "total"].set_index("region")["official"]
    np.testing.assert_allclose(sums, official.reindex(sums.index), atol=1e-12, rtol=0)


def test_collaboration_is_new_in_2023(letters):
    assert set(letters.loc[letters["node"] == "collaboration", "kind"]) == {"instrument"}


# Any two questionnaires.

WEIGHT, SCORE = st.integers(1, 9), st.floats(1, 4)


@st.composite
def pairs(draw):
    """Two instruments of one aggregation that share some nodes, and scores with gaps for both."""
    how = draw(st.sampled_from(["arithmetic", "geometric"]))
    out = []
    for name in ("old", "new"):
        below = st.dictionaries(st.sampled_from("pqr"), WEIGHT, min_size=1)
        tree = draw(st.dictionaries(st.sampled_from("abc"), st.one_of(WEIGHT, st.tuples(WEIGHT, below)), min_size=1))
        paths = [f"{k}/{c}" for k, v in tree.items() if isinstance(v, tuple) for c in v[1]] + list(tree)
        fresh = draw(st.sets(st.sampled_from(paths))) if name == "new" else ()
        one = instrument(tree, name, fresh, coverage=draw(st.sampled_from([0.2, 0.65])), aggregation=how)
        given_ = {p: draw(st.one_of(st.just(NAN), SCORE)) for p in one.nodes if p != "index"}
        out.append((one, given_))
    return out


@settings(deadline=None, max_examples=25)
@given(pairs())
def test_contributions_always_sum_to_the_official_change(pair):
    (then, before), (now, after) = pair
    table = change(then, now, before, after)
    rest = table[table["kind"] != "total"]
    if len(rest):
        assert rest["contribution"].sum() == pytest.approx(total(table)["official"], abs=1e-12)


@settings(deadline=None, max_examples=25)
@given(pairs())
def test_components_in_both_rounds_are_always_decomposed(pair):
    (then, before), (now, after) = pair
    table = change(then, now, before, after)
    if len(table) and abs(total(table)["official"]) > 1e-9:
        assert len(table) > 1


@settings(deadline=None, max_examples=25)
@given(pairs())
def test_rounds_swapped_turn_every_sign(pair):
    (then, before), (now, after) = pair
    plain = [Instrument.model_validate(_unlinked(i)) for i in (then, now)]
    there, back = (change(*i, *v) for i, v in ((plain, (before, after)), (plain[::-1], (after, before))))
    key = ["node", "kind"]
    both = there.merge(back, on=key, how="outer").fillna({"contribution_x": 0, "contribution_y": 0})
    np.testing.assert_allclose(both["contribution_x"], -both["contribution_y"], atol=1e-12)


def _unlinked(one: Instrument) -> dict:
    def clean(node: dict) -> dict:
        return {**node, "link": "", "children": [clean(c) for c in node["children"]]}

    said = one.model_dump()
    return {**said, "tree": clean(said["tree"])}


@settings(deadline=None, max_examples=25)
@given(pairs())
def test_the_same_round_twice_changes_nothing(pair):
    (one, values), _ = pair
    table = change(one, one, values, values)
    assert (table["contribution"].abs() < 1e-12).all()


# Published beside recomputed.


def official(values: dict, cohort="REGULER", when=NOW) -> pd.DataFrame:
    return pd.DataFrame(
        [{"region": "94.04", "name": "X", "round": when, "cohort": cohort, "node": n, "value": v} for n, v in values.items()]
    )


def test_a_published_index_that_agrees():
    assert reproduce(official({"index": 2.75, "a": 2, "b": 3}), {NOW: OLD})["agrees"].tolist() == [True]


def test_a_published_index_that_disagrees_is_said_so():
    assert reproduce(official({"index": 2.80, "a": 2, "b": 3}), {NOW: OLD})["agrees"].tolist() == [False]


def test_the_difference_is_recomputed_less_published():
    assert reproduce(official({"index": 2.80, "a": 2, "b": 3}), {NOW: OLD})["difference"].iloc[0] == pytest.approx(-0.05)


def test_an_instrument_by_cohort_goes_before_that_of_the_round():
    table = reproduce(official({"index": 2.75, "a": 2, "b": 3}), {NOW: SHIFTED, (NOW, "REGULER"): OLD})
    assert table["agrees"].tolist() == [True]


def test_without_all_components_nothing_is_recomputed():
    assert reproduce(official({"index": 2.75, "a": 2}), {NOW: OLD}).empty


def test_unknown_weights_are_never_recomputed():
    dark = instrument({"a": None, "b": None}, "dark", weights="unknown")
    with pytest.raises(UnknownWeights):
        reproduce(official({"index": 2.75, "a": 2, "b": 3}), {NOW: dark})
