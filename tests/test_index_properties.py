"""Any tree, any scores: what must hold of an index whatever is put in."""

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st
from test_index import instrument, scores

from scevaluation.evaluate.index import index
from scevaluation.instrument import Instrument
from scevaluation.methods.composite import climb

ROUND = "2023-S2"
NAN = float("nan")


WEIGHTS = st.integers(1, 9)
TREES = st.dictionaries(
    st.sampled_from("abcd"),
    st.one_of(WEIGHTS, st.tuples(WEIGHTS, st.dictionaries(st.sampled_from("pqrs"), WEIGHTS, min_size=1))),
    min_size=1,
)


@st.composite
def cases(draw, low=1.0, high=4.0):
    """An instrument, and a score or none for each of its leaves in three regions."""
    how = draw(st.sampled_from(["arithmetic", "geometric"]))
    one = instrument(draw(TREES), low, high, draw(st.sampled_from([0.3, 0.65, 1.0])), how)
    parts = []
    for region in ("1", "2", "3"):
        rows = []
        for leaf in one.leaves:
            value = draw(st.one_of(st.none(), st.floats(low, high), st.just("na")))
            status = {None: "not_reported", "na": "not_applicable"}.get(value, "scored")
            rows.append((leaf, value if status == "scored" else NAN, "final", "", status))
        parts.append(scores(*rows, region=region))
    return one, pd.concat(parts, ignore_index=True)


@settings(deadline=None, max_examples=60)
@given(cases())
def test_the_value_lies_within_its_bounds(case):
    one, rows = case
    table = index(rows, {ROUND: one}).dropna(subset=["value"])
    assert ((table["low"] <= table["value100"] + 1e-9) & (table["value100"] <= table["high"] + 1e-9)).all()


@settings(deadline=None, max_examples=40)
@given(cases())
def test_bounds_lie_on_0_to_100(case):
    one, rows = case
    table = index(rows, {ROUND: one}).dropna(subset=["low"])
    assert ((table["low"] >= -1e-9) & (table["high"] <= 100 + 1e-9)).all()


@settings(deadline=None, max_examples=40)
@given(cases(), st.sampled_from(["low", "high"]))
def test_a_bound_is_the_index_of_the_scores_filled_in(case, bound):
    one, rows = case
    limit = one.scale.low if bound == "low" else one.scale.high
    gap = rows["status"] == "not_reported"
    filled = rows.assign(score=rows["score"].where(~gap, limit), status=rows["status"].where(~gap, "scored"))
    got, want = (index(r, {ROUND: one}) for r in (rows, filled))
    bare = got[bound].isna() & want["value100"].isna()
    wider = got[bound] - want["value100"] if bound == "high" else want["value100"] - got[bound]
    assert (bare | (wider >= -1e-9)).all()
    inner = [p for p in one.nodes if one.nodes[p].children]
    valued = got["region"].map(got[got["node"].isin(inner)].groupby("region")["value"].count())
    whole = valued == len(inner)  # no node without a value, whose whole share would count as missing
    np.testing.assert_allclose(got[bound][whole], want["value100"][whole], atol=1e-9)


@settings(deadline=None, max_examples=40)
@given(cases())
def test_a_value_is_there_exactly_where_coverage_suffices(case):
    one, rows = case
    table = index(rows, {ROUND: one})
    inner = table[table["node"].isin([p for p in one.nodes if one.nodes[p].children])]
    clear = inner[(inner["coverage"] - one.coverage).abs() > 1e-9]
    assert (clear["value"].notna() == (clear["coverage"] > one.coverage)).all()


@st.composite
def deep_cases(draw):
    """An instrument of up to four levels whose nodes take their own means, and four regions' scores of its leaves, many missing."""

    def node(name: str, depth: int) -> dict:
        weight, inner = draw(st.sampled_from([0, 0.35, 1, 2, 6.5])), depth == 0 or (depth < 3 and draw(st.booleans()))
        below = [node(f"{name}{n}", depth + 1) for n in range(draw(st.integers(1, 3)))] if inner else []
        if below and not any(c["weight"] for c in below):
            below[0]["weight"] = 1
        mean = draw(st.sampled_from(["", "arithmetic", "geometric"])) if below else ""
        return {"id": name, "label": name, "weight": weight, "aggregation": mean, "children": below}

    tree = {**node("n", 0), "id": "index", "weight": None}
    known = {"scale": {"low": 0, "high": 4}, "weights": "own", "weights_source": "a", "source": "a", "valid_from": "2017-S1"}
    rule = draw(st.sampled_from([0.01, 0.35, 0.5, 0.65, 0.8, 1.0]))
    how = {"aggregation": draw(st.sampled_from(["arithmetic", "geometric"])), "coverage": rule}
    one = Instrument.model_validate({"id": "deep", "label": "deep", "tree": tree, **known, **how})
    values = st.one_of(st.none(), st.sampled_from([0.0, 1.0, 4.0]), st.floats(0.01, 4))
    x = [[draw(values) for _ in one.leaves] for _ in range(4)]
    return one, np.array([[NAN if v is None else v for v in row] for row in x])


@settings(deadline=None, max_examples=100)
@given(deep_cases())
def test_the_index_and_the_building_block_are_one_rule_for_any_tree_and_any_gaps(case):
    """Every node of `index`, with a value or without, is that of `composite.climb`, whatever means its nodes take."""
    one, x = case
    said = [[(p, v, "final", "", "scored" if v == v else "not_reported") for p, v in zip(one.leaves, row, strict=True)] for row in x]
    table = pd.concat([scores(*rows, region=str(n)) for n, rows in enumerate(said)], ignore_index=True)
    found = index(table, {ROUND: one}).pivot(index="region", columns="node", values="value")
    inner = [p for p in reversed(one.nodes) if one.nodes[p].children]
    weights = {p: np.array([n.weight or 0.0]) for p, n in one.nodes.items()}
    means = {p: one.mean_of(p) for p in inner}
    theirs = climb(x, {p: one.children(p) for p in inner}, one.leaves, weights, means, one.coverage)
    for p in inner:
        np.testing.assert_allclose(theirs[p][0], found[p].to_numpy(float), rtol=1e-9, atol=1e-12, err_msg=p)


@settings(deadline=None, max_examples=30)
@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_rows_is_of_no_account(case, random):
    one, rows = case
    order = list(range(len(rows)))
    random.shuffle(order)
    pd.testing.assert_frame_equal(index(rows.iloc[order], {ROUND: one}), index(rows, {ROUND: one}))


@settings(deadline=None, max_examples=30)
@given(cases())
def test_a_region_does_not_depend_on_the_others(case):
    one, rows = case
    alone = index(rows[rows["region"] == "2"], {ROUND: one})
    together = index(rows, {ROUND: one})
    pd.testing.assert_frame_equal(alone, together[together["region"] == "2"].reset_index(drop=True))


@settings(deadline=None, max_examples=30)
@given(cases(), st.floats(0.1, 50), st.floats(-20, 20))
def test_another_scale_changes_nothing_on_0_to_100(case, factor, shift):
    one, rows = case
    tree = one.tree.model_dump()
    tree_of = {"low": factor * 1.0 + shift, "high": factor * 4.0 + shift}
    plain = one.model_copy(update={"aggregation": "arithmetic"})
    other = Instrument.model_validate({**plain.model_dump(), "scale": tree_of, "tree": tree})
    got = index(rows.assign(score=rows["score"] * factor + shift), {ROUND: other})
    np.testing.assert_allclose(got["value100"], index(rows, {ROUND: plain})["value100"], atol=1e-6)


def test_a_million_scores_in_one_call():
    one = instrument({f"c{c}": (c + 1, {f"i{i}": 1 for i in range(24)}) for c in range(5)})
    regions = np.array([f"{11 + i // 30}.{i % 30:02d}" for i in range(257)], object)
    rounds = np.array([f"{2017 + k // 2}-S{k % 2 + 1}" for k in range(16)], object)
    grid = np.indices((len(regions), len(rounds), len(one.leaves), 2)).reshape(4, -1)
    score = np.where(grid[3] == 1, 1.0 + grid[2] % 4, 1.0)
    rows = pd.DataFrame(
        {
            "region": regions[grid[0]],
            "round": rounds[grid[1]],
            "indicator": np.array(one.leaves, object)[grid[2]],
            "agency": "",
            "source": np.array(["self", "final"], object)[grid[3]],
            "score": score,
            "status": "scored",
            "evidence": "",
            "quality": "",
            "file": "f",
            "cell": "c",
        }
    )
    table = index(rows, dict.fromkeys(rounds, one), views=False)
    assert table.loc[table["node"] == "index", "value"].round(9).eq(2.5).all()
