"""Levels and changes under many methods: every choice by hand, against a slow replay, and the named states."""

import numpy as np
import pandas as pd
import pytest
from evaluated import evaluate_round
from hypothesis import given, settings
from hypothesis import strategies as st
from robust_oracle import leaf_scores, normals, one_change, one_level
from tiny import tiny_instrument, tiny_programme

from scevaluation.errors import EvaluationError
from scevaluation.evaluate.compare import compare
from scevaluation.evaluate.index import index as compute_index
from scevaluation.frames import SCORES
from scevaluation.frames.methods import METHOD_ITEMS, ROBUST_CHANGE, ROBUSTNESS
from scevaluation.methods.panel import panel
from scevaluation.methods.replay import AGGREGATIONS, CHOICES, MISSING, NORMALISATIONS, Methods, plausible, replay, stated
from scevaluation.methods.robust_sentences import change_rule, change_sentence, level_sentence
from scevaluation.methods.robustness import pairs_of, robust, tables
from scevaluation.words import words

NAN = float("nan")
A, B, C = "2023-S1", "2023-S2", "2024-S1"


def scores(**rounds) -> pd.DataFrame:
    """SCORES of the tiny instrument: a round as r2024_S1=[a, b, c, d], or a dict of node to score; None is not reported."""
    rows = []
    for name, values in rounds.items():
        items = values if isinstance(values, dict) else dict(zip(("one/a", "one/b", "two/c", "two/d"), values, strict=True))
        for node, score in items.items():
            status = "not_reported" if score is None else "scored"
            rows.append((name[1:].replace("_", "-"), node, NAN if score is None else float(score), status))
    table = pd.DataFrame(rows, columns=["round", "indicator", "score", "status"])
    table = table.assign(region="00.01", agency="of", source="verified", evidence="", quality="", file="test")
    return SCORES.check(table.assign(cell=np.arange(len(table)).astype(str)))


def made(tmp, table, instruments=None, **changes):
    """(index, instruments, programme) of scores."""
    rounds = sorted(table["round"].unique())
    instruments = instruments or {r: tiny_instrument() for r in rounds}
    states = [{"id": r, "state": "scored", "instrument": "tiny"} for r in rounds]
    return compute_index(table, instruments), instruments, tiny_programme(tmp, rounds=states, **changes)


def robustness(index, used, plan, round_name="", methods=None, pairs=None):
    """Both tables of an index under many methods."""
    of = panel(index, used, plan, round_name)
    chosen = pairs_of(of) if pairs is None else [(of.rounds.index(a), of.rounds.index(b)) for a, b in pairs]
    return tables(of, methods or plausible({r: used[r] for r in of.rounds}), chosen)


def one_method(p, normalisation="goalposts", aggregation="arithmetic", missing="coverage") -> Methods:
    chosen = zip(CHOICES.values(), (normalisation, aggregation, missing), strict=True)
    pick = [np.array([options.index(name)]) for options, name in chosen]
    return Methods(*pick, np.array([0]), np.ones((1, len(p.columns))), p.columns)


def level_of(made_of, round_name=None, **choice) -> float:
    p = panel(*made_of)
    r = len(p.rounds) - 1 if round_name is None else p.rounds.index(round_name)
    return float(replay(p, one_method(p, **choice), [r])[0][0, 0, 0])


def change_of(made_of, **choice) -> float:
    p = panel(*made_of)
    last = len(p.rounds) - 1
    return float(replay(p, one_method(p, **choice), (), [(last - 1, last)])[1][0, 0, 0])


# Every choice by hand. The index is (mean of a, b + 3 x mean of c, d) / 4; 1-4 becomes 0-100.


def test_goalposts_and_arithmetic_is_the_index_itself(tmp_path):
    assert level_of(made(tmp_path, scores(r2024_S1=[1, 4, 2.5, 4]))) == pytest.approx((50 + 3 * 75) / 4)


def test_the_geometric_mean_by_hand(tmp_path):
    one, two = (25 * 100) ** 0.5, (50 * 100) ** 0.5
    found = level_of(made(tmp_path, scores(r2024_S1=[1.75, 4, 2.5, 4])), aggregation="geometric")
    assert found == pytest.approx((one * two**3) ** 0.25)


def test_a_zero_in_a_geometric_mean_is_one_point_and_counted(tmp_path):
    of = made(tmp_path, scores(r2024_S1=[1, 4, 4, 4]))
    assert level_of(of, aggregation="geometric") == pytest.approx(((1 * 100) ** 0.5 * 100**3) ** 0.25)
    assert panel(*of).items().set_index("node")["floored"].to_dict() == {"one/a": 1, "one/b": 0, "two/c": 0, "two/d": 0}


def test_distance_to_target_by_hand(tmp_path):
    goals = [
        {"node": n, "round": "2027-S2", "value": v, "source": "test"} for n, v in (("index", 80), ("one", 50), ("two/d", 100))
    ]
    of = made(tmp_path, scores(r2024_S1=[1.75, 4, 2.5, 2.5]), targets=goals)
    assert panel(*of).items().set_index("node")["target"].to_dict() == {"one/a": 50, "one/b": 50, "two/c": 80, "two/d": 100}
    # Shares of the way: 25/50, 100/50 cut at 1, 50/80, 50/100; the mean target is 70.
    assert level_of(of, normalisation="target") == pytest.approx(70 * (0.75 + 3 * (0.625 + 0.5) / 2) / 4)


def test_z_scores_over_the_own_history_by_hand(tmp_path):
    table = scores(r2023_S1=[1, 4, 2, 2.5], r2023_S2=[2.5, 4, 2.5, 2.5], r2024_S1=[4, 4, 3, 4])
    of = made(tmp_path, table)
    items = panel(*of).items().set_index("node")
    assert items["zscore"].to_dict() == {
        "one/a": "own_history",
        "one/b": "constant",
        "two/c": "own_history",
        "two/d": "own_history",
    }
    mean = {"a": 50, "c": 50, "d": 200 / 3}
    sd = {"a": 50, "c": np.std([100 / 3, 50, 200 / 3], ddof=1), "d": np.std([50, 50, 100], ddof=1)}
    level, size = np.mean(list(mean.values())), np.mean(list(sd.values()))
    z = {k: level + size * (v - mean[k]) / sd[k] for k, v in (("a", 100), ("c", 200 / 3), ("d", 100))}
    assert level_of(of, normalisation="zscore") == pytest.approx(((z["a"] + 100) / 2 + 3 * (z["c"] + z["d"]) / 2) / 4)


def test_missing_scores_by_hand(tmp_path):
    of = made(tmp_path, scores(r2024_S1=[None, 4, 2.5, 4]))
    assert level_of(of, missing="coverage") == pytest.approx(75)  # of one half is known, .65 is asked: it lifts nothing
    assert level_of(of, missing="worst") == pytest.approx((50 + 3 * 75) / 4)
    assert level_of(of, missing="best") == pytest.approx((100 + 3 * 75) / 4)


def test_below_the_coverage_asked_only_the_bounds_give_a_value(tmp_path):
    of = made(tmp_path, scores(r2024_S1=[4, 4, None, None]))
    assert np.isnan(level_of(of, missing="coverage"))
    levels, _ = robustness(*of, methods=plausible(of[1], 300))
    row = levels.set_index("node").loc["index"]
    assert row["state"] == "below_coverage" and 0 < row["methods"] < row["drawn"] == 300 and np.isnan(row["nominal"])


# The change: like-for-like, never what is not comparable.


def test_the_change_is_over_what_was_scored_in_both(tmp_path):
    of = made(tmp_path, scores(r2023_S2=[1, 1, 2.5, 4], r2024_S1=[2.5, None, 2.5, 4]))
    # a rose by 50 points; it weighs 1/8, c and d 3/8 each.
    assert change_of(of) == pytest.approx(50 / 7)


def test_a_bound_stands_in_the_round_where_the_score_is_missing(tmp_path):
    of = made(tmp_path, scores(r2023_S2=[2.5, 2.5, 2.5, 2.5], r2024_S1=[2.5, None, 2.5, 2.5]))
    assert change_of(of, missing="worst") == pytest.approx(-50 / 8) and change_of(of, missing="best") == pytest.approx(50 / 8)


@pytest.mark.parametrize("kind", AGGREGATIONS)
@pytest.mark.parametrize("missing", ["worst", "best"])
def test_with_one_questionnaire_the_change_by_a_bound_is_the_difference_of_levels(tmp_path, kind, missing):
    of = made(tmp_path, scores(r2023_S2=[2, None, 2.5, 4], r2024_S1=[3, 2, None, 1.5]))
    p = panel(*of)
    level, change = replay(p, one_method(p, aggregation=kind, missing=missing), [0, 1], [(0, 1)])
    assert change[0, 0, 0] == pytest.approx(level[0, 1, 0] - level[0, 0, 0])


def _two(link="", old="one/a", **changes):
    """The tiny questionnaire and a later one, whose item a (or the renamed e) says what it continues."""
    later = tiny_instrument().model_dump()
    leaf = later["tree"]["children"][0]["children"][0]
    leaf.update(link=link, **changes)
    return {B: tiny_instrument(), C: tiny_instrument().model_validate({**later, "id": "tiny-2"})}


def test_an_unlinked_item_is_never_subtracted(tmp_path):
    of = made(tmp_path, scores(r2023_S2=[1, 2, 2, 2], r2024_S1=[4, 2, 2, 2]), _two("-"))
    for missing in MISSING:
        for kind in AGGREGATIONS:
            assert change_of(of, missing=missing, aggregation=kind) == 0
    _, changes = robustness(*of, methods=plausible(of[1], 500))
    row = changes.set_index("node").loc["index"]
    assert (row["rose"], row["fell"], row["common"]) == (0, 0, pytest.approx(7 / 8)) and row["nominal"] == 0
    assert words("en").text(change_sentence(changes, C, B)) == "Unchanged in all 500 plausible methods"


def test_a_renamed_item_is_compared_with_the_one_it_continues(tmp_path):
    later = {"one/e": 4, "one/b": 2, "two/c": 2, "two/d": 2}
    of = made(tmp_path, scores(r2023_S2=[1, 2, 2, 2], r2024_S1=later), _two("one/a", id="e"))
    assert change_of(of) == pytest.approx(100 / 8)
    assert panel(*of).columns[panel(*of).places["tiny"]["one/a"]] == "one/e"


def test_what_stands_under_an_unlinked_component_is_not_compared(tmp_path):
    later = tiny_instrument().model_dump()
    later["tree"]["children"][1]["link"] = "-"
    instruments = {B: tiny_instrument(), C: tiny_instrument().model_validate({**later, "id": "tiny-2"})}
    of = made(tmp_path, scores(r2023_S2=[2, 2, 1, 1], r2024_S1=[2, 2, 4, 4]), instruments)
    _, changes = robustness(*of, methods=plausible(instruments, 200))
    rows = changes.set_index("node")
    assert rows.at["index", "state"] == "little_common" and rows.at["index", "common"] == pytest.approx(0.25)
    assert rows.at["two", "state"] == "nothing_common" and np.isnan(rows.at["two", "median"])
    assert "25%" in words("id").text(change_sentence(changes, C, B))


def test_rounds_of_different_scales_are_not_subtracted(tmp_path):
    instruments = {B: tiny_instrument(), C: tiny_instrument(id="wide", scale={"low": 0, "high": 10})}
    of = made(tmp_path, scores(r2023_S2=[2, 2, 2, 2], r2024_S1=[5, 5, 5, 5]), instruments)
    levels, changes = robustness(*of, methods=plausible(instruments, 100))
    assert set(changes["state"]) == {"other_scale"} and changes["methods"].max() == 0
    assert levels.set_index(["round", "node"]).at[(C, "index"), "median"] == pytest.approx(50)


def test_a_component_given_in_one_round_stands_against_its_items_in_the_other(tmp_path):
    earlier = {"one": 2.5, "two/c": 2, "two/d": 2}
    of = made(tmp_path, scores(r2023_S2=earlier, r2024_S1=[2.5, 4, 2, 2]))
    assert change_of(of) == pytest.approx(25 / 4)


def test_of_an_index_alone_no_other_method_is_tried(tmp_path):
    of = made(tmp_path, scores(r2023_S2={"index": 2.5}, r2024_S1=[2, 2, 2, 2]))
    levels, changes = robustness(*of, methods=plausible(of[1], 100))
    rows = levels.set_index(["round", "node"])
    assert rows.at[(B, "index"), "state"] == "index_only" and rows.at[(B, "one"), "state"] == "missing"
    assert set(changes["state"]) == {"index_only"}


def test_mimikas_change_is_named_not_guessed():
    e = evaluate_round("mimika", "2023-S2")
    r = robust(e, plausible(e.instruments, 300))
    assert r.changes.set_index("node").at["index", "state"] == "index_only"
    assert (
        "hanya nilai indeks" in words("id").text(r.change_sentence()) and r.choice_sentence(change=True) == r.change_sentence()
    )
    assert (r.ranks["region"] == "94.04").sum() == 2 and len(r.without) == 5


def test_unknown_weights_are_named(tmp_path):
    base = tiny_instrument().model_dump()
    for n in (base["tree"]["children"][0], base["tree"]["children"][1]):
        n["weight"] = None
        for leaf in n["children"]:
            leaf["weight"] = None
    none = tiny_instrument().model_validate({**base, "id": "none", "weights": "unknown"})
    instruments = {B: none, C: tiny_instrument()}
    of = made(tmp_path, scores(r2023_S2={"index": 2.5, "one": 2, "two": 3}, r2024_S1=[2, 2, 2, 2]), instruments)
    levels, changes = robustness(*of, methods=plausible(instruments, 100))
    rows = levels.set_index(["round", "node"])
    assert rows.at[(B, "index"), "state"] == "weights_unknown" and rows.at[(B, "one"), "state"] == "computed"
    assert set(changes["state"]) == {"weights_unknown"}


def test_one_round_has_levels_and_no_change(tmp_path):
    of = made(tmp_path, scores(r2024_S1=[1, 2, 3, 4]))
    levels, changes = robustness(*of, methods=plausible(of[1], 100))
    assert len(changes) == 0 and set(levels["state"]) == {"computed"}
    assert set(panel(*of).items()["zscore"]) == {"few_rounds"}


def test_a_round_without_any_score_is_named(tmp_path):
    of = made(tmp_path, scores(r2023_S2=[None] * 4, r2024_S1=[None] * 4))
    levels, changes = robustness(*of, methods=plausible(of[1], 100))
    assert set(levels["state"]) == {"missing"} and levels["methods"].max() == 0 and len(changes) == 0
    assert words("en").text(level_sentence(levels, C)) == "Nothing was scored in this round, so no method is compared"


def test_constant_scores_are_unmoved_by_every_method(tmp_path):
    of = made(tmp_path, scores(r2023_S1=[2, 2, 2, 2], r2023_S2=[2, 2, 2, 2], r2024_S1=[2, 2, 2, 2]))
    levels, changes = robustness(*of, methods=plausible(of[1], 500))
    assert (changes[["rose", "fell"]] == 0).all(axis=None) and set(panel(*of).items()["zscore"]) == {"constant"}
    assert levels["high"].sub(levels["low"]).abs().max() < 1e-9


def test_no_row_up_to_the_round_is_a_clear_error(tmp_path):
    index, instruments, plan = made(tmp_path, scores(r2024_S1=[1, 2, 3, 4]))
    with pytest.raises(EvaluationError, match="Compute the index"):
        panel(index, instruments, plan, "2020-S1")


def test_methods_of_other_questionnaires_are_refused(tmp_path):
    p = panel(*made(tmp_path, scores(r2024_S1=[1, 2, 3, 4])))
    other = plausible(evaluate_round("mimika", "2023-S2").instruments, 5)
    with pytest.raises(EvaluationError, match="Draw them from"):
        replay(p, other, [0])


@pytest.mark.parametrize(("n", "spread"), [(0, 0.25), (10, 1.0), (10, -0.1)])
def test_impossible_methods_are_refused(n, spread):
    with pytest.raises(EvaluationError, match="n >= 1"):
        plausible(tiny_instrument(), n, spread=spread)


# Whole programmes.


@pytest.fixture(scope="module")
def found(contoh):
    return robust(contoh)


def test_the_tables_hold_their_contracts(found):
    ROBUSTNESS.check(found.levels)
    ROBUST_CHANGE.check(found.changes)
    METHOD_ITEMS.check(found.items)
    numbers = found.levels[found.levels["state"] == "computed"].drop(columns=["region", "round", "node", "state"])
    assert np.isfinite(numbers.to_numpy(float)).all() and (found.levels["drawn"] == 10_000).all()


def test_the_stated_method_gives_the_report_s_index(contoh, found):
    ours = found.levels.set_index(["round", "node"])["nominal"]
    theirs = contoh.index.set_index(["round", "node"])["value100"]
    pd.testing.assert_series_equal(ours, theirs.reindex(ours.index), check_names=False)
    p = panel(contoh.index, contoh.instruments, contoh.programme)
    level, _ = replay(p, stated(p), range(len(p.rounds)))
    np.testing.assert_allclose(level[0], [p.value[r, p.tops(r)] for r in range(len(p.rounds))], rtol=1e-12)


@pytest.mark.parametrize(("name", "round_name"), [("contoh", "2024-S2"), ("kab-malang", "2023-S2")])
def test_the_stated_method_gives_the_report_s_like_for_like_change(name, round_name):
    e = evaluate_round(name, round_name)
    asked = {r: i.model_copy(update={"family": "own"}) for r, i in e.instruments.items()}  # by items, where the letters have components
    _, changes = robustness(e.index, asked, e.programme, methods=plausible(asked, 10))
    for row in changes[changes["node"] == "index"].itertuples():
        rows = compare(e.index, asked, row.round, row.previous)
        like = rows.loc[rows["kind"] == "total", "like_for_like"].iloc[0]
        assert row.nominal == pytest.approx(like / 3 * 100, abs=1e-9), row.round


MIXED = [  # (the mean of the questionnaire, of its root, of one, of two)
    ("arithmetic", "", "geometric", ""),
    ("geometric", "", "", "arithmetic"),
    ("arithmetic", "geometric", "", ""),
    ("geometric", "", "", ""),
]


def with_means(aggregation: str, root: str, one: str, two: str):
    """The tiny instrument on 0-10, whose nodes take these means."""
    spec = tiny_instrument().model_dump() | {"scale": {"low": 0, "high": 10}, "aggregation": aggregation}
    for node, how in zip((spec["tree"], *spec["tree"]["children"]), (root, one, two), strict=True):
        node["aggregation"] = how
    return tiny_instrument(**spec)


@pytest.mark.parametrize("means", MIXED)
def test_the_stated_method_takes_each_nodes_own_mean(tmp_path, means):
    """As the index and its like-for-like change, a zero, a missing score and all."""
    table = scores(r2023_S1=[1, 4, 2, 8], r2023_S2=[9, 4, None, 6], r2024_S1=[4, 9, 3, 8], r2024_S2=[4, 0, 3, 8])
    used = dict.fromkeys((A, B, C, "2024-S2"), with_means(*means))
    index, *of = made(tmp_path, table, used)
    p = panel(index, *of)
    level, change = replay(p, stated(p), range(4), [(0, 2)])
    np.testing.assert_allclose(level[0], [p.value[r, p.tops(r)] for r in range(4)], rtol=1e-12)
    assert change[0, 0, 0] == pytest.approx(compare(index, used, C, A).iloc[0]["like_for_like100"], abs=1e-9)


def test_the_like_for_like_change_by_own_means_by_hand(tmp_path):
    """one is geometric: sqrt(1 x 4) = 2, then sqrt(9 x 4) = 6; two is arithmetic, d alone in both: 8, then 6."""
    used = dict.fromkeys((A, B), with_means("arithmetic", "", "geometric", ""))
    p = panel(*made(tmp_path, scores(r2023_S1=[1, 4, 2, 8], r2023_S2=[9, 4, None, 6]), used))
    _, change = replay(p, stated(p), (), [(0, 1)])
    # c leaves half of two's weight, which is three of four: one counts 1/4, d 3/8.
    np.testing.assert_allclose(change[0, 0], [10 * (4 * 1 / 4 - 2 * 3 / 8) / (5 / 8), 40, -20])


def test_the_bounds_of_the_stated_weights_are_the_index_s_own(contoh):
    p = panel(contoh.index, contoh.instruments, contoh.programme)
    rows = contoh.index[contoh.index["node"] == "index"].set_index("round")
    for missing, column in (("worst", "low"), ("best", "high")):
        level, _ = replay(p, one_method(p, missing=missing), range(len(p.rounds)))
        np.testing.assert_allclose(level[0, :, 0], rows.loc[list(p.rounds), column].to_numpy(float), rtol=1e-12)


def test_forty_methods_replayed_one_by_one_give_the_same(contoh):
    p = panel(contoh.index, contoh.instruments, contoh.programme)
    drawn = plausible(contoh.instruments, 40, seed=7)
    last = len(p.rounds) - 1
    pairs = [(last - 1, last), (p.rounds.index("2022-S2"), p.rounds.index("2023-S1"))]
    level, change = replay(p, drawn, range(len(p.rounds)), pairs)
    x = leaf_scores(contoh)
    normal = normals(contoh, x)
    for m in range(40):
        choice = {c: options[getattr(drawn, c)[m]] for c, options in CHOICES.items()}
        factor = dict(zip(drawn.columns, drawn.factors[m], strict=True))
        for r, name in enumerate(p.rounds):
            assert level[m, r, 0] == pytest.approx(one_level(contoh, normal, x, name, choice, factor), rel=1e-10), (m, name)
        for k, (a, b) in enumerate(pairs):
            wanted = one_change(contoh, normal, x, p.rounds[a], p.rounds[b], choice, factor)
            assert change[m, k, 0] == pytest.approx(wanted, rel=1e-9, abs=1e-9), (m, p.rounds[b])


def test_the_same_seed_gives_the_same_tables_and_another_nearly(contoh, found):
    again, moved = robustness(contoh.index, contoh.instruments, contoh.programme)
    pd.testing.assert_frame_equal(found.levels, again)
    pd.testing.assert_frame_equal(found.changes, moved)
    _, other = robustness(contoh.index, contoh.instruments, contoh.programme, methods=plausible(contoh.instruments, seed=1))
    assert 0 < (other["rose"] - moved["rose"]).abs().max() < 0.03


def test_other_regions_change_nothing(contoh, found):
    more = pd.concat([contoh.index, contoh.index.assign(region="99.99", value100=1.0)], ignore_index=True)
    levels, changes = robustness(more, contoh.instruments, contoh.programme)
    pd.testing.assert_frame_equal(levels, found.levels)
    pd.testing.assert_frame_equal(changes, found.changes)


def test_later_rounds_change_nothing_of_what_was_said_at_a_round(contoh):
    until = contoh.index[contoh.index["round"] <= "2023-S2"]
    cut = robustness(contoh.index, contoh.instruments, contoh.programme, "2023-S2", plausible(contoh.instruments, 50))
    alone = robustness(until, contoh.instruments, contoh.programme, "", plausible(contoh.instruments, 50))
    pd.testing.assert_frame_equal(cut[0], alone[0])


def test_inputs_are_not_changed(contoh):
    before = contoh.index.copy()
    robustness(contoh.index, contoh.instruments, contoh.programme, methods=plausible(contoh.instruments, 20))
    pd.testing.assert_frame_equal(contoh.index, before)


def test_the_methods_can_be_written_down_and_replayed(found):
    table = found.methods.table()
    assert len(table) == 10_000 and set(table["normalisation"]) == set(NORMALISATIONS) and set(table["missing"]) == set(MISSING)
    for c, options in CHOICES.items():
        share = table[c].value_counts(normalize=True)
        assert share.between(1 / len(options) - 0.02, 1 / len(options) + 0.02).all()


grades = st.lists(st.lists(st.floats(1, 3.5).map(lambda v: round(v, 2)), min_size=4, max_size=4), min_size=3, max_size=6)


@settings(max_examples=30, deadline=None)
@given(grades, st.floats(0.05, 0.5))
def test_what_rises_in_every_item_rises_in_every_method(tmp_path_factory, start, step):
    names = [*[f"r20{10 + n}_S1" for n in range(len(start))], "r2024_S2"]
    table = scores(**dict(zip(names, [*start, [v + step for v in start[-1]]], strict=True)))
    of = made(tmp_path_factory.mktemp("p"), table)
    _, changes = robustness(*of, methods=plausible(of[1], 200))
    last = changes[(changes["round"] == "2024-S2") & (changes["node"] == "index")].iloc[0]
    assert last["rose"] == 1 and last["fell"] == 0 and last["low"] > 0


@settings(max_examples=30, deadline=None)
@given(st.lists(st.lists(st.one_of(st.none(), st.floats(1, 4)), min_size=4, max_size=4), min_size=1, max_size=5))
def test_whatever_the_scores_nothing_is_missing_without_a_name(tmp_path_factory, rounds):
    names = [f"r202{n}_S1" for n in range(len(rounds))]
    of = made(tmp_path_factory.mktemp("p"), scores(**dict(zip(names, rounds, strict=True))))
    levels, changes = robustness(*of, methods=plausible(of[1], 60))
    for table in (levels, changes):
        whole = table[table["state"] == "computed"]
        assert np.isfinite(whole[["nominal", "median", "low", "high"]].to_numpy(float)).all() and (whole["methods"] > 0).all()
        assert table.loc[table["methods"] == 0, ["median", "low", "high"]].isna().all(axis=None)
        assert not (table["state"] == "computed")[table["methods"] == 0].any()
    assert (levels["low"].fillna(0) <= levels["high"].fillna(0)).all()


def test_another_scale_with_the_same_meaning_changes_nothing(tmp_path):
    table = scores(r2023_S1=[1, 2, 3, 4], r2023_S2=[2, 2, 3, None], r2024_S1=[2, 3, 1.5, 3])
    wide = table.assign(score=(table["score"] - 1) / 3 * 10)
    of = made(tmp_path, table)
    tenths = {r: tiny_instrument(scale={"low": 0, "high": 10}) for r in of[1]}
    drawn = plausible(of[1], 300)
    for ours, theirs in zip(
        robustness(*of, methods=drawn), robustness(*made(tmp_path, wide, tenths), methods=drawn), strict=True
    ):
        pd.testing.assert_frame_equal(ours, theirs, rtol=1e-9, atol=1e-9)


def test_a_questionnaire_s_own_geometric_mean_is_its_stated_method(tmp_path):
    instruments = {r: tiny_instrument(aggregation="geometric") for r in (B, C)}
    of = made(tmp_path, scores(r2023_S2=[2, 2, 3, 3], r2024_S1=[3, 2, 3, 4]), instruments)
    levels, changes = robustness(*of, methods=plausible(instruments, 50))
    value = of[0].set_index(["round", "node"])["value"]
    assert levels.set_index(["round", "node"]).at[(C, "index"), "nominal"] == pytest.approx((value[C, "index"] - 1) / 3 * 100)
    like = compare(of[0], instruments, C, B)["like_for_like"].iloc[0]
    assert changes.set_index("node").at["index", "nominal"] == pytest.approx(like / 3 * 100)


# Sentences.


@pytest.mark.parametrize(
    ("rose", "fell", "rule"),
    [
        (0.97, 0.03, "rose"),
        (0.95, 0.05, "rose"),
        (0.949, 0.051, "rose_mostly"),
        (0.67, 0.33, "rose_mostly"),
        (0.66, 0.34, "depends"),
        (0.5, 0.5, "depends"),
        (0.2, 0.8, "fell_mostly"),
        (0.0, 1.0, "fell"),
        (0.0, 0.0, "unmoved"),
    ],
)
def test_the_rule_of_the_change_by_hand(rose, fell, rule):
    assert change_rule(rose, fell) == rule


def test_the_sentence_gives_the_share_of_methods_as_a_fact(found):
    sentence = change_sentence(found.changes, "2019-S2", "2019-S1")
    assert sentence.key == "robust.change.rose" and words("en").text(sentence).startswith(
        "Rose in 97% of 10,000 plausible methods"
    )
    fact = sentence.places["rose"]
    row = found.changes.set_index(["round", "previous", "node"]).loc[("2019-S2", "2019-S1", "index")]
    assert (fact.table, fact.key, fact.column, fact.value) == ("ROBUST_CHANGE", "2019-S2|2019-S1|index", "rose", row["rose"])


def test_nearly_all_methods_do_not_read_as_all(found):
    row = found.changes[(found.changes["round"] == "2023-S1") & (found.changes["node"] == "index")].iloc[0]
    assert 0.995 < row["rose"] < 1
    assert ">99%" in words("id").text(change_sentence(found.changes, row["round"], row["previous"]))


def test_every_state_and_rule_has_words_in_both_languages():
    from scevaluation.frames.methods import CHANGE_STATES, LEVEL_STATES

    for lang in ("id", "en"):
        w = words(lang)
        assert all(w.has(f"robust.level.{s}") for s in LEVEL_STATES if s != "computed")
        assert all(w.has(f"robust.change.{s}") for s in CHANGE_STATES if s != "computed")


def test_a_sentence_of_a_round_that_is_not_there_is_a_clear_error(found):
    with pytest.raises(EvaluationError, match="no row of"):
        level_sentence(found.levels, "2030-S1")
