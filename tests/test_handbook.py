"""The steps of a composite index on data frames, and the audit of its structure, by hand and against numpy's other ways."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import scevaluation as sc
from scevaluation.errors import EvaluationError, UnknownName
from scevaluation.methods import structure as found_of

m = sc.methods
NAN = float("nan")
DATA = pd.DataFrame({"a": [1.0, 2.0, 4.0, NAN], "b": [10.0, 30.0, 20.0, 40.0]}, index=["u", "v", "w", "x"])
META = pd.DataFrame({"iCode": ["i", "s", "a", "b", "c"], "Parent": ["", "i", "s", "s", "i"], "Weight": [1, 1, 1, 3, 1]})


def test_normalisations_by_hand():
    found = {how: m.normalise(DATA, how, direction={"a": 1, "b": -1}) for how in ("min-max", "z-score", "rank")}
    np.testing.assert_allclose(found["min-max"]["a"], [0, 100 / 3, 100, NAN])
    np.testing.assert_allclose(found["min-max"]["b"], [100, 100 / 3, 200 / 3, 0])
    np.testing.assert_allclose(found["z-score"]["a"][:3], stats.zscore([1, 2, 4], ddof=1))
    assert found["rank"]["b"].tolist() == [4, 2, 3, 1] and np.isnan(found["rank"]["a"].iloc[3])
    posts = m.normalise(DATA, "goalposts", worst={"a": 0, "b": 40}, best={"a": 3, "b": 0})
    np.testing.assert_allclose(posts["a"], [100 / 3, 200 / 3, 100, NAN])
    np.testing.assert_allclose(posts["b"], [75, 25, 50, 0])
    goal = m.normalise(DATA, "distance to target", target={"a": 3, "b": 50})
    np.testing.assert_allclose(goal["a"], [0, 0.5, 1, NAN])
    assert list(posts.index) == list("uvwx")


def test_goalposts_do_not_move_when_a_unit_comes_in_and_min_max_do():
    more = pd.concat([DATA, pd.DataFrame({"a": [9.0], "b": [90.0]}, index=["y"])])
    same = {"worst": 0, "best": 100}
    pd.testing.assert_frame_equal(m.normalise(more, "goalposts", **same).loc[DATA.index], m.normalise(DATA, "goalposts", **same))
    assert not m.normalise(more, "min-max").loc[DATA.index].equals(m.normalise(DATA, "min-max"))


def test_what_is_missing_is_filled_only_on_request_and_said():
    same, none = m.impute(DATA, "none")
    assert same.equals(DATA) and not none.any(axis=None)
    filled, where = m.impute(DATA, "mean")
    assert filled.at["x", "a"] == pytest.approx(7 / 3) and where.to_numpy().sum() == 1 and where.at["x", "a"]
    by_group, where = m.impute(DATA, "group mean", groups=["p", "p", "q", "q"])
    assert by_group.at["x", "a"] == 4.0 and where.at["x", "a"]
    with pytest.raises(TypeError):
        m.impute(DATA)


def test_outliers_are_drawn_in_and_said():
    x = pd.DataFrame({"far": [*range(1, 20), 500.0], "near": np.arange(20.0)})
    out = m.treat(x)
    assert out["far"].max() == 19 and out["near"].equals(x["near"]) and out.attrs["treated"] == {"far": "winsorise"}
    assert m.treat(x, "log").attrs["treated"] == {"far": "log"} and x["far"].max() == 500


def test_weights_and_means_by_hand():
    data = pd.DataFrame({"a": [1.0], "b": [4.0], "c": [4.0]})
    assert m.weigh(META).to_dict() == {"i": 1.0, "s": 0.5, "a": 0.25, "b": 0.75, "c": 0.5}
    assert m.weigh(META, "equal").loc[["a", "b"]].tolist() == [0.5, 0.5]
    for how, s in (("arithmetic", 3.25), ("geometric", 4**0.75), ("harmonic", 1 / (0.25 + 0.75 / 4))):
        assert m.aggregate(data, META, how)["s"].iloc[0] == pytest.approx(s), how
    own = m.aggregate(data, META, weights={"s": 1, "c": 0, "a": 1, "b": 1})
    assert own["i"].iloc[0] == own["s"].iloc[0] == 2.5
    gap = data.assign(b=NAN)
    assert m.aggregate(gap, META)["s"].iloc[0] == 1.0 and np.isnan(m.aggregate(gap, META, threshold=0.65)["s"].iloc[0])


@pytest.mark.parametrize(
    ("ask", "near"),
    [
        (lambda: m.normalise(DATA, "minmax"), "min-max"),
        (lambda: m.treat(DATA, "winsorize"), "winsorise"),
        (lambda: m.impute(DATA, "meen"), "mean"),
        (lambda: m.weigh(META, "eqal"), "equal"),
        (lambda: m.aggregate(DATA.assign(c=1.0), META, "harmonc"), "harmonic"),
    ],
)
def test_an_unknown_word_is_an_error_that_names_the_near_one_first(ask, near):
    with pytest.raises(UnknownName, match=f"is none of: {near}"):
        ask()


@pytest.mark.parametrize(
    ("ask", "says"),
    [
        (lambda: m.normalise(DATA, "goalposts"), "worst="),
        (lambda: m.normalise(DATA, "goalposts", worst={"a": 0}, best=1), "no worst value of b"),
        (lambda: m.normalise(DATA, "distance to target"), "target="),
        (lambda: m.normalise(DATA.assign(a=1.0), "min-max"), "a has no spread"),
        (lambda: m.normalise(DATA.assign(a="x"), "rank"), "a holds no numbers"),
        (lambda: m.impute(DATA, "group mean"), "groups="),
        (lambda: m.aggregate(DATA, META), "no column of c"),
        (lambda: m.aggregate(DATA.assign(c=1.0), META, weights={"s": 1}), "no weight of a"),
        (lambda: m.aggregate(DATA.assign(c=-1.0), META, "geometric"), "below zero"),
    ],
)
def test_what_is_not_said_or_not_possible_is_refused(ask, says):
    with pytest.raises(EvaluationError, match=says):
        ask()


# structure


@pytest.fixture(scope="module")
def units():
    rng = np.random.default_rng(7)
    common = rng.normal(size=40)
    return pd.DataFrame({"a": common + rng.normal(size=40), "b": common + 0.5 * rng.normal(size=40), "c": rng.normal(size=40)})


def test_components_are_those_of_the_standardised_data(units):
    found = m.components(units)
    z = stats.zscore(units.to_numpy(), ddof=1)
    _, singular, right = np.linalg.svd(z, full_matrices=False)  # another way than by the correlations' eigenvalues
    np.testing.assert_allclose(found["eigenvalue"], singular**2 / (len(units) - 1), atol=1e-9)
    np.testing.assert_allclose(np.abs(found[list("abc")]), np.abs(right), atol=1e-9)
    assert (found[list("abc")].sum(axis=1) >= 0).all() and found["share"].sum() == pytest.approx(1)


def test_alpha_is_that_of_the_sum_of_items(units):
    k, total = 3, units.sum(axis=1).var(ddof=1)
    assert m.cronbach(units) == pytest.approx(k / (k - 1) * (1 - units.var(ddof=1).sum() / total), abs=1e-12)


def test_importance_by_correlation_is_not_the_weight(units):
    found = m.importance(units, META.assign(Weight=1)).set_index("node")
    index = m.aggregate(units, META.assign(Weight=1))["i"]
    r = units.corrwith(index)
    np.testing.assert_allclose(found["r_index"], r)
    np.testing.assert_allclose(found["importance"], r**2 / (r**2).sum())
    assert found["weight"].to_dict() == {"a": 0.25, "b": 0.25, "c": 0.5}


def test_too_few_units_give_no_numbers(units):
    few = units.head(9)
    assert set(m.correlations(few, META)["state"]) == {"few_units"} and m.correlations(few, META)["r"].isna().all()
    table = m.structure(m.aggregate(few, META), META)
    assert table[["alpha", "within", "first"]].isna().all(axis=None) and set(table["state"]) == {"few_units"}
    assert m.importance(few, META)[["r_index", "importance", "effect"]].isna().all(axis=None)
    assert np.isnan(m.cronbach(few)) and m.components(few).empty


def test_a_constant_indicator_is_named(units):
    flat = units.assign(a=1.0)
    assert set(m.correlations(flat, META).query("one == 'a'")["state"]) == {"constant"}
    assert found_of(m.aggregate(flat, META), META).set_index("node").at["s", "state"] == "constant"


def test_the_functions_of_the_ring_are_what_tab_shows():
    assert dir(m) == sorted(m.__all__) and all(getattr(m, n).__doc__ for n in m.__all__)
