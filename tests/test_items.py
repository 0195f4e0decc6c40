"""Items now and before by their links, what each could do to the index, what is known of each, and the way to a target."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from evaluated import evaluate_round
from hypothesis import given, settings
from hypothesis import strategies as st

from scevaluation.evaluate import items as made
from scevaluation.evaluate.index import index as compute_index
from scevaluation.evaluate.leverage import leverage
from scevaluation.evaluate.targets import COLUMNS, forecasts, past_targets, paths, with_target
from scevaluation.frames import ROOT, SCORES
from scevaluation.frames.items import COVERAGE, ITEMS, LEVERAGE
from scevaluation.instrument import Instrument
from scevaluation.programme import Programme, Target
from scevaluation.report.items import levels, past_target
from scevaluation.words import words

NAN = float("nan")
THEN, NOW = "2023-S2", "2024-S1"


def instrument(leaves: dict[str, list[dict]], name="a", **more) -> Instrument:
    """Components of equal weight with leaves: {component: [{id, weight, link}]}; a component without leaves is one itself."""
    label = {"id": "x", "en": "x"}
    tree = [
        {
            "id": top,
            "label": label,
            "weight": 1,
            "children": [{"label": label, "weight": 1, "agency": "owner", **leaf} for leaf in below],
        }
        for top, below in leaves.items()
    ]
    base = {
        "id": name,
        "label": label,
        "valid_from": "2017-S1",
        "scale": {"low": 1, "high": 4},
        "weights": "own",
        "weights_source": {"id": "uji", "en": "test"},
        "source": "the test",
        "coverage": 0.3,
        "tree": {"id": ROOT, "label": label, "children": tree},
    }
    return Instrument.model_validate({**base, **more})


def scores(values: dict[str, float], round_name: str, status="not_reported", quality="A", source="verified") -> pd.DataFrame:
    rows = [
        {
            "region": "r",
            "round": round_name,
            "indicator": path,
            "agency": "",
            "source": source,
            "score": float(value),
            "status": "scored" if np.isfinite(value) else status,
            "evidence": "",
            "quality": quality if np.isfinite(value) else "",
            "file": "f",
            "cell": path,
        }
        for path, value in values.items()
    ]
    return pd.DataFrame(rows, columns=list(SCORES.columns))


OLD = instrument({"one": [{"id": "a"}, {"id": "b"}, {"id": "gone"}], "two": [{"id": "c"}, {"id": "d"}]}, "old")
NEW = instrument(
    {"one": [{"id": "a"}, {"id": "b2", "link": "one/b"}], "two": [{"id": "c", "link": "-"}, {"id": "d"}, {"id": "fresh"}]},
    "new",
)
BEFORE = {"one/a": 1, "one/b": 2, "one/gone": 3, "two/c": 4, "two/d": NAN}
AFTER = {"one/a": 2.5, "one/b2": 1.4, "two/c": 1, "two/d": 3, "two/fresh": 4}


def pair(before=BEFORE, after=AFTER, then=OLD, now=NEW):
    both = pd.concat([scores(before, THEN), scores(after, NOW)], ignore_index=True)
    instruments = {THEN: then, NOW: now}
    return compute_index(both, instruments), both, instruments


def table(**changes):
    index, both, instruments = pair(**changes)
    return made.items(index, both, instruments, "r", NOW, THEN).set_index("node")


# items


def test_an_item_is_subtracted_only_where_its_link_continues_one():
    rows = table()
    assert rows["link"].to_dict() == {
        "one/a": "same",
        "one/b2": "renamed",
        "two/c": "broken",
        "two/d": "same",
        "two/fresh": "new",
    }
    assert rows["change"].round(6).dropna().to_dict() == {"one/a": 50.0, "one/b2": -20.0}
    assert rows.loc["two/c", ["before", "change"]].isna().all() and rows.at["two/c", "now"] == 0


def test_an_item_missing_before_has_no_change_though_it_is_comparable():
    row = table().loc["two/d"]
    assert row["comparable"] and np.isnan(row["before"]) and np.isnan(row["change"])


def test_another_scale_is_never_subtracted():
    wider = instrument({"one": [{"id": "a"}]}, "new", scale={"low": 1, "high": 5})
    rows = table(then=OLD, now=wider, after={"one/a": 3})
    assert rows.at["one/a", "link"] == "scale" and np.isnan(rows.at["one/a", "change"])


def test_an_item_marked_as_not_comparable_continues_itself_within_its_own_questionnaire():
    index, both, instruments = pair(before=AFTER, then=NEW)
    rows = made.items(index, both, instruments, "r", NOW, THEN)
    assert rows["comparable"].all() and (rows["change"] == 0).all()


def test_a_link_broken_between_two_rounds_stays_broken_however_far_back():
    instruments = {"2023-S1": OLD, THEN: NEW, NOW: NEW}
    assert made.trace("two/c", NOW, instruments) == {NOW: ("same", "two/c"), THEN: ("same", "two/c"), "2023-S1": ("broken", "")}
    assert made.trace("one/b2", NOW, instruments)["2023-S1"] == ("renamed", "one/b")


def test_weights_and_agencies_are_the_rounds_own():
    rows = table()
    assert rows["weight"].round(9).to_dict() == pytest.approx(
        {"one/a": 1 / 4, "one/b2": 1 / 4, "two/c": 1 / 6, "two/d": 1 / 6, "two/fresh": 1 / 6}
    )
    assert set(rows["agency"]) == {"owner"}


def test_without_a_round_before_nothing_is_compared():
    index, both, instruments = pair()
    rows = made.items(index, both, instruments, "r", NOW, "")
    assert set(rows["link"]) == {"first"} and rows["change"].isna().all() and rows["now"].notna().all()


def test_a_component_scored_as_a_whole_is_the_item():
    index, both, instruments = pair(after={"one": 2, "two/d": 3, "two/fresh": 3, "two/c": 3})
    rows = made.items(index, both, instruments, "r", NOW, THEN)
    assert list(rows["node"]) == ["one", "two/c", "two/d", "two/fresh"]
    assert rows["status"].tolist() == ["given", "scored", "scored", "scored"]


@pytest.mark.parametrize(("status", "says"), [("not_reported", "not_reported"), ("did_not_take_part", "did_not_take_part")])
def test_a_missing_score_says_why(status, says):
    both = scores({**AFTER, "one/a": NAN}, NOW, status)
    instruments = {NOW: NEW}
    rows = made.items(compute_index(both, instruments), both, instruments, "r", NOW).set_index("node")
    assert rows.at["one/a", "status"] == says and np.isnan(rows.at["one/a", "now"])


def test_what_only_the_agency_scored_is_not_verified_rather_than_not_reported():
    both = pd.concat([scores({**AFTER, "one/a": NAN}, NOW), scores({"one/a": 3}, NOW, source="self")], ignore_index=True)
    instruments = {NOW: NEW}
    rows = made.items(compute_index(both, instruments), both, instruments, "r", NOW).set_index("node")
    assert rows.at["one/a", "status"] == "not_verified" and rows.at["one/a", "quality"] == ""


def test_the_grade_is_the_worst_of_the_scores_that_count():
    parts = [
        scores({"one/a": 3}, NOW, quality="C", source="self"),
        scores({"one/a": 3}, NOW, quality="A", source="assessor:x"),
        scores({"one/a": 3}, NOW, quality="B", source="assessor:y"),
        scores({k: v for k, v in AFTER.items() if k != "one/a"}, NOW, quality=""),
    ]
    both = pd.concat(parts, ignore_index=True)
    rows = made.items(compute_index(both, {NOW: NEW}), both, {NOW: NEW}, "r", NOW).set_index("node")
    assert rows.at["one/a", "quality"] == "B" and rows.at["two/d", "quality"] == ""


def test_dropped_items_are_those_nothing_continues():
    index, _, instruments = pair()
    gone = made.dropped(index, instruments, "r", NOW, THEN)
    assert list(gone["node"]) == ["one/gone", "two/c"]
    assert gone["value100"].round(6).tolist() == [pytest.approx(200 / 3, abs=1e-4), 100.0]
    assert made.dropped(index, instruments, "r", NOW, "").empty


def test_history_follows_renamed_items_and_stops_where_they_began():
    index, _, instruments = pair()
    past = made.item_history(index, instruments, "r", NOW)
    assert past.groupby("node")["round"].apply(list).to_dict() == {
        "one/a": [THEN, NOW],
        "one/b2": [THEN, NOW],
        "two/c": [NOW],
        "two/d": [THEN, NOW],
        "two/fresh": [NOW],
    }
    assert past.loc[(past["node"] == "one/b2"), "value100"].round(4).tolist() == [33.3333, 13.3333]


def test_no_row_of_the_round_gives_an_empty_table():
    index, both, instruments = pair()
    assert made.items(index, both, instruments, "elsewhere", NOW, THEN).empty
    assert made.coverage(index, both, instruments, "elsewhere", NOW).empty


def test_inputs_are_not_changed():
    index, both, instruments = pair()
    before = index.copy(deep=True), both.copy(deep=True)
    made.items(index, both, instruments, "r", NOW, THEN)
    made.coverage(index, both, instruments, "r", NOW)
    pd.testing.assert_frame_equal(index, before[0])
    pd.testing.assert_frame_equal(both, before[1])


def test_values_on_the_scale_are_what_was_scored():
    rows = made.on_scale(table(), NEW.scale, ("now", "before"), ("change",))
    assert rows["now"].round(9).to_dict() == pytest.approx(AFTER)
    assert rows.at["one/a", "change"] == pytest.approx(1.5)


# leverage


def lever(values=AFTER, using=NEW, status="not_reported"):
    both = scores(values, NOW, status)
    rows = made.items(compute_index(both, {NOW: using}), both, {NOW: using}, "r", NOW)
    return leverage(rows, using).set_index("node")


def test_gain_is_weight_times_room_by_hand():
    rows = lever()
    # one/a weighs 1/4 and lies at 50 of 100; one/b2 at 13.33; two/c weighs 1/6 and lies at 0; two/fresh is at the best.
    assert rows["gain"].round(6).to_dict() == pytest.approx(
        {"one/a": 12.5, "one/b2": 21.666667, "two/c": 16.666667, "two/d": 5.555556, "two/fresh": 0.0}, abs=1e-5
    )
    assert (rows["gain"] - rows["weight"] * rows["room"]).abs().max() < 1e-9


def test_one_step_up_is_a_point_of_the_scale_and_never_above_the_best():
    rows = lever()
    assert rows.at["one/a", "one_up"] == pytest.approx(100 / 3 / 4) and rows.at["two/fresh", "one_up"] == 0
    assert lever({"one/a": 3.6, "one/b2": 4, "two/c": 4, "two/d": 4, "two/fresh": 4}).at["one/a", "one_up"] == pytest.approx(
        0.4 / 3 * 100 / 4
    )


def test_an_item_without_a_score_may_raise_or_lower_the_index_and_is_not_zero():
    rows = lever({**AFTER, "two/d": NAN})
    silent = rows.loc["two/d"]
    # without it two is (0 + 100) / 2 = 50; reported best it is 200 / 3, worst 100 / 3; two weighs a half
    assert not silent["reported"] and np.isnan(silent["room"]) and np.isnan(silent["one_up"])
    assert silent["gain"] == pytest.approx((200 / 3 - 50) / 2) and silent["if_worst"] == pytest.approx((100 / 3 - 50) / 2)
    # what is left takes its weight: two/c gains a quarter of the index, not a sixth
    assert rows.at["two/c", "gain"] == pytest.approx(25.0)


def test_what_does_not_apply_has_no_lever():
    rows = lever({**AFTER, "two/d": NAN}, status="not_applicable")
    assert "two/d" not in rows.index and rows.at["two/c", "gain"] == pytest.approx(25.0)


def test_a_geometric_mean_gains_more_from_low_items():
    using = instrument({"one": [{"id": "a"}, {"id": "b"}]}, aggregation="geometric")
    rows = lever({"one/a": 1, "one/b": 4}, using)
    assert rows.at["one/a", "gain"] == pytest.approx((4 - 2) / 3 * 100)  # from sqrt(4) to 4


def test_unknown_weights_have_no_levers():
    assert leverage(table().reset_index(), NEW.model_copy(update={"weights": "unknown"})).empty


def test_below_its_coverage_the_index_and_so_the_gains_are_unknown():
    using = instrument({"one": [{"id": "a"}, {"id": "b"}, {"id": "c"}]}, coverage=0.5)
    rows = lever({"one/a": 2, "one/b": NAN, "one/c": NAN}, using)
    assert rows["gain"].isna().all()


@settings(max_examples=25, deadline=None)
@given(st.lists(st.one_of(st.floats(1, 4), st.just(NAN)), min_size=5, max_size=5))
def test_every_gain_is_the_index_computed_anew(values):
    given_ = dict(zip(AFTER, values, strict=True))
    rows = lever(given_)
    base = compute_index(scores(given_, NOW), {NOW: NEW}).query("node == 'index'")["value100"].iloc[0]
    for node, row in rows.iterrows():
        best = compute_index(scores({**given_, node: 4}, NOW), {NOW: NEW}).query("node == 'index'")["value100"].iloc[0]
        np.testing.assert_allclose(row["gain"], best - base, atol=1e-9)
        if row["reported"] and np.isfinite(base):
            assert row["gain"] >= -1e-9 and row["one_up"] <= row["gain"] + 1e-9


# coverage


def test_coverage_names_every_item_in_every_round():
    index, both, instruments = pair()
    rows = made.coverage(index, both, instruments, "r", NOW)
    marks = rows.pivot(index="node", columns="round", values="mark")
    assert marks[THEN].to_dict() == {
        "one/a": "measured",
        "one/b2": "measured",
        "two/c": "not_asked",
        "two/d": "missing",
        "two/fresh": "not_asked",
    }
    assert set(marks[NOW]) == {"measured"}
    assert rows.loc[rows["before_node"] == "", "status"].eq("").all()


@pytest.mark.parametrize(
    ("quality", "mark"), [("A", "measured"), ("B", "reported"), ("C", "estimated"), ("", "ungraded"), ("x", "ungraded")]
)
def test_the_mark_says_the_grade(quality, mark):
    both = scores(AFTER, NOW, quality=quality)
    rows = made.coverage(compute_index(both, {NOW: NEW}), both, {NOW: NEW}, "r", NOW)
    assert set(rows["mark"]) == {mark}


def test_items_below_a_value_given_as_a_whole_were_not_asked():
    index, both, instruments = pair(before={"one": 2, "two/c": 3, "two/d": 3})
    rows = made.coverage(index, both, instruments, "r", NOW).set_index(["node", "round"])
    assert rows.at[("one/a", THEN), "mark"] == "not_asked" and rows.at[("two/d", THEN), "mark"] == "measured"


def coverage_rows(marks: dict[str, str]) -> pd.DataFrame:
    return pd.DataFrame([{"node": n, "round": NOW, "mark": m} for n, m in marks.items()])


def test_up_to_the_limit_every_item_has_its_own_row():
    rows = made.folded(coverage_rows({f"one/{i}": "measured" for i in range(40)}))
    assert len(rows) == 40 and (rows["n"] == 1).all()


def test_above_the_limit_items_of_a_component_with_the_same_marks_share_a_row():
    marks = {f"one/{i}": "measured" for i in range(30)} | {f"two/{i}": "measured" for i in range(30)} | {"two/x": "missing"}
    rows = made.folded(coverage_rows(marks))
    assert list(rows[["node", "top", "n", "mark"]].itertuples(index=False, name=None)) == [
        ("one/0", "one", 30, "measured"),
        ("two/0", "two", 30, "measured"),
        ("two/x", "two", 1, "missing"),
    ]


def test_where_sharing_is_not_enough_those_with_gaps_keep_their_rows_and_nothing_is_lost():
    kinds = ("measured", "reported", "missing")
    rounds = [f"20{y}-S1" for y in range(17, 25)]
    rows = [{"node": f"one/{i}", "round": r, "mark": kinds[(i // 3**k) % 3]} for i in range(150) for k, r in enumerate(rounds)]
    out = made.folded(pd.DataFrame(rows), 20).drop_duplicates("row")
    assert len(out) == 20 and out["n"].sum() == 150 and out["row"].iloc[-1] == "rest"


# the real and the made-up rounds


@pytest.fixture(scope="module")
def evaluations():
    cases = [
        ("contoh", "2017-S1"),
        ("contoh", "2023-S1"),
        ("contoh", "2024-S2"),
        ("mimika", "2023-S2"),
        ("kab-malang", "2023-S2"),
    ]
    return {case: evaluate_round(*case) for case in cases}


def of(e):
    return made.items(e.index, e.scores, e.instruments, e.programme.region, e.round, e.previous)


def test_tables_keep_their_contracts_in_every_programme(evaluations):
    for e in evaluations.values():
        rows = ITEMS.check(of(e))
        LEVERAGE.check(leverage(rows, e.instrument))
        COVERAGE.check(made.coverage(e.index, e.scores, e.instruments, e.programme.region, e.round))
        assert not rows.loc[~rows["comparable"], "change"].notna().any()


def test_levers_of_every_programme_start_from_its_published_index(evaluations):
    for e in evaluations.values():
        rows = of(e)
        table = leverage(rows, e.instrument)
        whole = (rows["status"] != "not_reported").all()
        room = 100 - e.index.query("node == 'index' and round == @e.round")["value100"].iloc[0]
        if whole:  # raised all together, the items bring the index to the best value
            printed = e.instrument.tolerance / (e.instrument.scale.high - e.instrument.scale.low) * 100 if e.instrument.ministry else 0
            assert table["gain"].sum() == pytest.approx(room, abs=printed + 1e-6)


def test_of_malangs_items_those_of_the_new_impact_dimension_are_not_comparable(evaluations):
    rows = of(evaluations["kab-malang", "2023-S2"])
    impact = rows[rows["node"].str.startswith("impact/")]
    assert len(rows) == 117 and len(impact) == 54 and set(impact["link"]) == {"broken"} and impact["change"].isna().all()


def test_mimikas_items_are_its_components(evaluations):
    rows = of(evaluations["mimika", "2023-S2"])
    assert list(rows["node"]) == ["baseline", "output", "outcome", "impact", "quick-win"] and rows["change"].isna().all()


def test_forecasts_of_many_nodes_are_those_of_each(evaluations):
    e = evaluations["contoh", "2024-S2"]
    until = with_target(e.verdicts, e.round, e.top)
    fans = forecasts(e.index, e.programme, e.round, e.instruments, until)
    assert list(until) == [ROOT, *e.top] and list(fans["node"].unique()) == list(until)
    one = forecasts(e.index, e.programme, e.round, e.instruments, {"health": until["health"]})
    mine = fans[fans["node"] == "health"]
    np.testing.assert_allclose(mine[["mean", "low", "high"]].to_numpy(), one[["mean", "low", "high"]].to_numpy())
    assert list(mine["round"]) == list(one["round"])


def test_there_is_no_fan_below_six_rounds_nor_without_a_round_ahead(evaluations):
    e = evaluations["contoh", "2017-S1"]
    assert forecasts(e.index, e.programme, e.round, e.instruments, {ROOT: "2027-S2"}).empty
    e = evaluations["contoh", "2024-S2"]
    assert forecasts(e.index, e.programme, e.round, e.instruments, {ROOT: e.round}).empty


def test_the_needed_way_runs_from_the_last_value_to_the_target(evaluations):
    e = evaluations["contoh", "2024-S2"]
    until = with_target(e.verdicts, e.round, e.top)
    rows = paths(
        e.index, e.verdicts, e.programme, e.round, until, forecasts(e.index, e.programme, e.round, e.instruments, until)
    )
    assert tuple(rows.columns) == COLUMNS
    mine = rows[(rows["node"] == "health") & (rows["kind"] == "needed")]
    value = e.index.query("node == 'health' and round == '2024-S2'")["value100"].iloc[0]
    assert list(mine["round"]) == ["2024-S2", "2027-S2"] and list(mine["value100"]) == [value, 65.0]


def test_a_node_without_a_target_has_no_way(evaluations):
    e = evaluations["mimika", "2023-S2"]
    assert with_target(e.verdicts, e.round, e.top) == {}
    fans = forecasts(e.index, e.programme, e.round, e.instruments, {})
    assert paths(e.index, e.verdicts, e.programme, e.round, [ROOT], fans).empty


def test_a_target_that_lies_behind_is_said_to_be_missed_and_by_how_much():
    def target(node, round_name, value):
        return Target(node=node, round=round_name, value=value, source="the test")

    targets = [target(ROOT, "2023-S2", 90), target("a", "2022-S2", 50), target("a", "2023-S1", 60), target("b", "2024-S2", 70)]
    targets += [target("b", "2023-S1", 10), target("c", "2023-S1", 70)]
    programme = Programme.model_construct(region="r", targets=tuple(targets))
    seen = [(ROOT, "2023-S2", 54.8), ("a", "2022-S2", 61.0), ("a", "2024-S1", 20.0), ("c", "2023-S1", NAN)]
    index = pd.DataFrame(seen, columns=["node", "round", "value100"]).assign(region="r")
    found = past_targets(index, programme, NOW, ("a", "b", "c"))
    assert found["node"].tolist() == [ROOT, "a", "c"] and found["seen"].tolist() == ["2023-S2", "2022-S2", ""]
    assert found["short"].tolist()[:2] == pytest.approx([35.2, -1.0])
    en, id_ = (
        [words(lang).text(past_target(r, r["node"], words(lang))) for r in found.to_dict("records")]
        for lang in ("en", "id")
    )
    assert en[0] == "index missed the target of 90 by 2023-II with 54.8 in 2023-II, 35.2 points short"
    assert en[1] == "a reached the target of 60 by 2023-I with 61.0 in 2022-II" and "cannot be told" in en[2]
    assert id_[0] == "index tidak mencapai target 90 pada 2023-II dengan nilai 54,8 pada 2023-II, kurang 35,2 poin"


def test_levels_are_told_where_they_change_in_time_and_a_gap_changes_nothing():
    rows = [("2021", 3.0), ("2018", 2.0), ("2019", 2.0), ("2020", NAN), ("2022", 2.0), ("2023", 2.0)]
    index = pd.DataFrame([{"node": "x", "round": r, "value": v} for r, v in rows] + [{"node": "y", "round": "2018", "value": 9.0}])
    assert made.reached(index, "x") == [("2018", 2.0), ("2021", 3.0), ("2022", 2.0)]
    assert made.reached(index, "z") == []


def test_indicators_in_whole_levels_say_which_they_reached_and_since_when():
    e = evaluate_round("contoh-spbe", "2025")
    said = levels(e, words("en"), "policy").html
    assert "3 since 2018; 4 since 2020; 5 since 2023" in said and "after 12 rounds" in said
    assert levels(evaluate_round("mimika", "2023-S2"), words("en")) is None
