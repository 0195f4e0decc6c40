"""What continues what over questionnaires: ties and breaks worked by hand, and that a name, a place or an order changes no number."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_trend import programme

from scevaluation.errors import InstrumentError
from scevaluation.evaluate.compare import compare
from scevaluation.evaluate.evaluation import evaluate
from scevaluation.evaluate.index import index
from scevaluation.evaluate.rescore import rescored
from scevaluation.evaluate.trend import trend
from scevaluation.evaluate.verdict import verdicts
from scevaluation.frames import ISSUES, as_scores
from scevaluation.identity import Pair, breaks, identities, identity
from scevaluation.instrument import Instrument, read_instrument
from scevaluation.intake.check import load_scores
from scevaluation.intake.preflight import across
from scevaluation.intake.round_files import round_files
from scevaluation.programme import load_programme

REGION, THEN, NOW = "00.01", "2021-S2", "2022-S1"


def tree(spec: dict, prefix="") -> list[dict]:
    """Children from {name: weight}, {name: (weight, link)} or {name: (weight, link, {children})}."""
    out = []
    for name, said in spec.items():
        weight, link, below = (*said, *("", {})[len(said) - 1 :]) if isinstance(said, tuple) else (said, "", {})
        out.append({"id": name, "label": name, "weight": weight, "link": link, "children": tree(below)})
    return out


def asked(name: str, spec: dict, **how) -> Instrument:
    root = {"id": "index", "label": "Indeks", "children": tree(spec)}
    known = {"scale": {"low": 1, "high": 4}, "weights": "own", "weights_source": "a test", "source": "a test", **how}
    return Instrument.model_validate({"id": name, "label": name, "valid_from": "2017-S1", "tree": root, **known})


def change(then: Instrument, now: Instrument, before: dict, after: dict) -> pd.DataFrame:
    used = {THEN: then, NOW: now}
    scores = pd.concat(
        [
            as_scores(region=REGION, round=r, indicator=list(v), score=np.array(list(v.values()), float))
            for r, v in ((THEN, before), (NOW, after))
        ],
        ignore_index=True,
    )
    return compare(index(scores, used), used, NOW, THEN).set_index(["node", "kind"])


@pytest.mark.parametrize(
    ("then", "now", "path", "expected"),
    [
        ({"a": 1, "b": 1}, {"a": 1, "b": 1}, "a", ("same", "a")),
        ({"a": 1, "b": 1}, {"a": (1, "b"), "b": (1, "a")}, "a", ("renamed", "b")),
        ({"a": 1, "b": 1}, {"a": 1, "n": (1, "-"), "c": (1, "b")}, "c", ("renamed", "b")),
        ({"a": 1, "b": 1}, {"a": 1, "b": (1, "-")}, "b", ("broken", "")),
        ({"a": 1}, {"a": 1, "b": 1}, "b", ("new", "")),
        ({"a": 1, "b": 1}, {"a": 1, "b": 1, "c": (1, "b")}, "b", ("new", "")),
        ({"a": 1, "b": 1}, {"b": (1, "a"), "c": (1, "a")}, "b", ("split", "")),
        ({"a": 1, "b": 1}, {"c": (1, ["a", "b"])}, "c", ("merged", "")),
        ({"p": (1, "", {"x": 1})}, {"q": (1, "p", {"x": 1})}, "q/x", ("renamed", "p/x")),
        ({"p": (1, "", {"x": 1})}, {"p": (1, "-", {"x": 1})}, "p/x", ("broken", "")),
        (
            {"p": (1, "", {"x": 1}), "q": (1, "", {"y": 1})},
            {"p": (1, "", {"z": (1, "q/y")}), "q": (1, "", {"y": (1, "p/x")})},
            "p/z",
            ("renamed", "q/y"),
        ),
    ],
)
def test_what_a_node_continues(then, now, path, expected):
    assert Pair(asked("then", then), asked("now", now)).before(path) == expected


def test_another_scale_is_named():
    assert Pair(asked("then", {"a": 1}), asked("now", {"a": 1}, scale={"low": 1, "high": 5})).before("a") == ("scale", "a")


def test_a_key_is_the_same_over_three_questionnaires():
    used = [
        asked("one", {"a": 1, "b": 1}),
        asked("two", {"a": (1, "b"), "b": (1, "a")}),
        asked("three", {"b": 1, "a": (1, "-"), "c": (1, "a")}),
    ]
    places, names = identities(used)
    assert [names[places[i][p]] for i, p in (("one", "b"), ("two", "a"), ("three", "c"))] == ["c", "c", "c"]
    assert names[places["three"]["a"]] == "a" and len(names) == 4


def test_the_table_has_a_row_a_node_and_questionnaire():
    used = {
        "2021-S1": asked("one", {"a": 1, "b": 1}),
        "2021-S2": asked("one", {"a": 1, "b": 1}),
        NOW: asked("two", {"b": (1, "a"), "c": 1}),
    }
    table = identity(used, NOW).set_index(["instrument", "path"])
    assert table.loc[("one", "a")].to_list() == ["2021-S1", "b", "first"]
    assert table.loc[("one", "b")].to_list() == ["2021-S1", "b@one", "first"]
    assert table.loc[("two", "c")].to_list() == [NOW, "c", "new"]


@pytest.mark.parametrize(
    ("then", "now", "how", "expected"),
    [
        ({"a": 3, "b": 1}, {"a": 3, "c": 1}, {}, ("linked", 0.75, "indicators")),
        ({"a": 1, "b": 3}, {"a": 1, "c": 3}, {}, ("broken", 0.25, "indicators")),
        ({"a": 1, "b": 1}, {"a": 1, "b": 3}, {}, ("linked", 1.0, "weights")),
        ({"a": 1, "b": 1}, {"a": 1, "b": 1}, {"aggregation": "geometric"}, ("broken", 1.0, "aggregation")),
        ({"a": 1, "b": 1}, {"a": 1, "b": 1}, {"scale": {"low": 1, "high": 5}}, ("broken", 0.0, "scale")),
        ({"a": 1, "b": 1}, {"c": (1, "a"), "b": 1}, {}, None),
        ({"a": 2, "b": 2}, {"c": (1, "a"), "d": (1, "a"), "b": 2}, {}, ("linked", 1.0, "indicators")),
    ],
)
def test_breaks_of_the_index(then, now, how, expected):
    table = breaks({THEN: asked("then", then), NOW: asked("now", now, **how)}, NOW).set_index("node")
    assert (
        ("index" not in table.index)
        if expected is None
        else tuple(table.loc["index", ["kind", "common", "reason"]]) == expected
    )


def test_swapped_codes_with_right_links_move_nothing():
    rows = change(
        asked("then", {"a": 1, "b": 1}), asked("now", {"a": (1, "b"), "b": (1, "a")}), {"a": 1, "b": 4}, {"a": 4, "b": 1}
    )
    assert rows["like_for_like"].iloc[0] == 0 and rows["official"].iloc[0] == 0 and len(rows) == 1


def test_a_split_item_is_compared_as_a_whole():
    # a (weight 2) scored 2; its halves score 3 and 2, so together 2.5: with b unchanged the index moves by 2/4 of .5.
    rows = change(
        asked("then", {"a": 2, "b": 2}),
        asked("now", {"c": (1, "a"), "d": (1, "a"), "b": 2}),
        {"a": 2, "b": 3},
        {"c": 3, "d": 2, "b": 3},
    )
    assert rows.loc[("index", "total"), "like_for_like"] == pytest.approx(0.25)
    assert rows.xs("score", level="kind")["contribution"].sum() == pytest.approx(0.25)


def test_a_split_item_of_which_half_is_missing_is_not_subtracted():
    rows = change(
        asked("then", {"a": 2, "b": 2}),
        asked("now", {"c": (1, "a"), "d": (1, "a"), "b": 2}),
        {"a": 2, "b": 3},
        {"c": 3, "b": 3},
    )
    assert rows.loc[("index", "total"), "like_for_like"] == pytest.approx(0.0)
    assert "score" not in rows.index.get_level_values("kind") or rows.xs("score", level="kind")[
        "contribution"
    ].sum() == pytest.approx(0.0)


def test_merged_items_are_compared_as_a_whole():
    # a 1 and b 3 were 2 together; now 3: by weights 2 of 4.
    rows = change(
        asked("then", {"a": 1, "b": 1, "c": 2}),
        asked("now", {"m": (2, ["a", "b"]), "c": 2}),
        {"a": 1, "b": 3, "c": 2},
        {"m": 3, "c": 2},
    )
    assert rows.loc[("index", "total"), "like_for_like"] == pytest.approx(0.5)


def test_an_item_moved_below_another_parent_is_the_same_item():
    then = asked("then", {"p": (1, "", {"x": 1, "y": 1}), "q": (1, "", {"z": 1})})
    now = asked("now", {"p": (1, "", {"x": 1}), "q": (1, "", {"z": 1, "y": (1, "p/y")})})
    rows = change(then, now, {"p/x": 1, "p/y": 4, "q/z": 2}, {"p/x": 1, "q/y": 4, "q/z": 2})
    assert rows.loc[("index", "total"), "like_for_like"] == pytest.approx(0.0)
    assert rows.loc[rows.index.get_level_values("kind") != "total", "contribution"].sum() == pytest.approx(
        rows["official"].iloc[0]
    )


def test_a_regrouped_questionnaire_compares_its_items():
    then = asked("then", {"a": 1, "b": 1, "c": 2})
    now = asked("now", {"p": (1, "", {"a": (1, "a"), "b": (1, "b")}), "q": (1, "", {"c": (1, "c")})})
    rows = change(then, now, {"a": 1, "b": 2, "c": 3}, {"p/a": 2, "p/b": 2, "q/c": 3})
    assert rows.loc[("index", "total"), "like_for_like"] == pytest.approx(0.25)


def test_an_indicator_on_another_scale_of_its_own_is_a_change_of_the_instrument_not_of_coverage():
    then = asked("then", {"a": 1, "b": 1})
    spec = then.model_dump()
    spec["tree"]["children"][0]["scale"] = {"low": 0, "high": 50}
    now = Instrument.model_validate(spec | {"id": "now"})
    rows = change(then, now, {"a": 2, "b": 2}, {"a": 25, "b": 2})
    assert set(rows.index.get_level_values("kind")) == {"total", "instrument"}
    assert rows.loc[("index", "total"), "like_for_like"] == pytest.approx(0.0)
    assert rows.xs("instrument", level="kind")["contribution"].sum() == pytest.approx(rows["official"].iloc[0])


def test_an_indicator_keeps_its_history_under_another_code():
    used = {f"20{y}": asked("one", {"a": 1, "b": 1}) for y in (18, 19, 20)} | {"2021": asked("two", {"a": (1, "b"), "b": (1, "a")})}
    values = {r: {"a": 1, "b": 4} if r < "2021" else {"a": 4, "b": 1} for r in used}

    def said(at: dict) -> list:
        about = {"source": "verified", "agency": "", "file": "x.csv", "cell": "", "row": 1}
        readings = {r: SimpleNamespace(rows=[about | {"indicator": p, "score": v} for p, v in of.items()]) for r, of in at.items()}
        plan = SimpleNamespace(scored=tuple(used), agencies=(), instrument=used.__getitem__)
        return [(i["problem"], i["found"]) for i in across(plan, readings)]

    assert said(values) == []
    assert said(values | {"2021": {"a": 1, "b": 1}}) == [("out_of_history", "1 (a)")]


NAMES = ("a", "b", "c", "d")


@settings(max_examples=60, deadline=None)
@given(
    st.permutations(NAMES), st.permutations(range(4)), st.lists(st.sampled_from((1.0, 1.6, 2.5, 4.0)), min_size=8, max_size=8)
)
def test_a_new_name_and_order_with_right_links_change_no_number(new, order, values):
    then = asked("then", dict.fromkeys(NAMES, 1) | {"a": 3})
    weight = {"a": 3}
    renamed = {new[i]: (weight.get(NAMES[i], 1), NAMES[i]) for i in order}
    before = dict(zip(NAMES, values[:4], strict=True))
    after = dict(zip(NAMES, values[4:], strict=True))
    plain = change(then, asked("now", dict.fromkeys(NAMES, 1) | {"a": 3}), before, after)
    other = change(then, asked("now", renamed), before, {new[i]: after[NAMES[i]] for i in range(4)})
    same = {new[i]: NAMES[i] for i in range(4)} | {"index": "index"}
    other.index = pd.MultiIndex.from_tuples([(same[n], k) for n, k in other.index])
    for column in ("official", "like_for_like", "contribution"):
        np.testing.assert_allclose(other[column].sort_index(), plain[column].sort_index(), atol=1e-12)


def test_rescored_answers_go_on_at_the_new_scale():
    then, now = (
        asked("then", {"a": 1, "b": 1}),
        asked("now", {"a": 1, "b": 1}, scale={"low": 0, "high": 10}, rescore=[0, 2, 6, 10]),
    )
    scores = as_scores(
        region=REGION, round=[THEN, THEN, NOW, NOW], indicator=["a", "b", "a", "b"], score=np.array([2.5, 4, 4, 10.0])
    )
    again, used = rescored(scores, {THEN: then, NOW: now})
    assert list(again["score"]) == [4.0, 10.0, 4.0, 10.0] and used[THEN].scale == now.scale
    assert compare(index(again, used), used, NOW, THEN)["official"].iloc[0] == 0
    assert breaks(used, NOW).set_index("node").loc["index", ["kind", "reason"]].to_list() == ["noted", "rescored"]


def test_without_a_word_on_the_old_answers_another_scale_stays_a_break():
    scores = as_scores(region=REGION, round=[THEN], indicator=["a"], score=np.array([2.5]))
    used = {THEN: asked("then", {"a": 1}), NOW: asked("now", {"a": 1}, scale={"low": 0, "high": 10})}
    again, same = rescored(scores, used)
    assert again is scores and same == used


def test_rescored_is_told_beside_what_else_changed():
    """Half of the weight is asked anew: b is new, a is scored anew, and of the index both are told."""
    then = asked("then", {"a": 1, "b": 1}, coverage=0.5)
    now = asked("now", {"a": 3, "c": 1}, scale={"low": 0, "high": 10}, rescore=[0, 2, 6, 10])
    scores = as_scores(region=REGION, round=[THEN, NOW], indicator=["a", "a"], score=np.array([2.5, 4.0]))
    _, used = rescored(scores, {THEN: then, NOW: now})
    assert told(used) == {
        "index": [("linked", "indicators"), ("noted", "rescored"), ("noted", "coverage")],
        "a": [("noted", "rescored")],
        "c": [("new", "absent")],
    }


def test_only_what_is_on_the_scale_before_is_scored_anew():
    """1-4, then 1-5 without a word on 1-4, then 0-10 that tells of 1-5: the first round stays on its own scale, and broken."""
    rounds = {"2021-S1": asked("one", {"a": 1}), THEN: asked("two", {"a": 1}, scale={"low": 1, "high": 5})}
    rounds |= {NOW: asked("three", {"a": 1}, scale={"low": 0, "high": 10}, rescore=[0, 10])}
    scores = as_scores(region=REGION, round=list(rounds), indicator=["a"] * 3, score=np.array([4.0, 3.0, 5.0]))
    again, used = rescored(scores, rounds)
    assert list(again["score"]) == [4.0, 5.0, 5.0] and used["2021-S1"].scale.high == 4
    assert told(used)["a"] == [("broken", "scale"), ("noted", "rescored")]


def test_where_the_scale_is_the_same_nothing_is_told_as_scored_anew():
    """A third questionnaire made of a copy of the second keeps its `rescore`, which has nothing to do there."""
    new = {"scale": {"low": 0, "high": 10}, "rescore": [0, 2, 6, 10]}
    rounds = {"2021-S1": asked("one", {"a": 1}), THEN: asked("two", {"a": 1}, **new), NOW: asked("three", {"a": 1}, **new)}
    scores = as_scores(region=REGION, round=list(rounds), indicator=["a"] * 3, score=np.array([4.0, 6.0, 6.0]))
    again, used = rescored(scores, rounds)
    assert list(again["score"]) == [10.0, 6.0, 6.0]
    assert breaks(used, NOW)["round"].unique().tolist() == [THEN]


def told(used: dict[str, Instrument]) -> dict[str, list[tuple[str, str]]]:
    """(kind, reason) of the rows of BREAKS, by node."""
    table = breaks(used, max(used))
    return {n: list(zip(g["kind"], g["reason"], strict=True)) for n, g in table.groupby("node", sort=False)}


HALF, FIFTH = {"low": 1, "high": 4, "step": 0.5}, {"low": 1, "high": 4, "step": 0.2}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"scale": HALF}, {"scale": HALF}, {}),
        ({"scale": HALF}, {"scale": FIFTH}, {key: [("noted", "step")] for key in ("index", "a", "b")}),
        ({"scale": HALF}, {}, {}),  # steps that nobody told are not others
        ({"coverage": 0.5}, {"coverage": 0.8}, {"index": [("noted", "coverage")]}),
        (
            {"scale": HALF, "coverage": 0.5},
            {"scale": FIFTH, "aggregation": "geometric"},
            {"index": [("broken", "aggregation"), ("noted", "step"), ("noted", "coverage")]}
            | {key: [("noted", "step")] for key in "ab"},
        ),
        ({"scale": HALF}, {"scale": FIFTH | {"high": 5}}, {key: [("broken", "scale")] for key in ("index", "a", "b")}),
    ],
)
def test_other_steps_and_another_rule_of_coverage_are_noted(before, after, expected):
    spec = {"a": 1, "b": 1}
    assert told({THEN: asked("then", spec, **before), NOW: asked("now", spec, **after)}) == expected


def test_an_indicators_own_steps_are_noted_of_it_and_of_what_stands_above_it():
    spec = asked("then", OLD).model_dump()
    one, two = (Instrument.model_validate(spec | {"id": i}).model_dump() for i in ("one", "two"))
    for data, step in ((one, 1.0), (two, 0.5)):
        data["tree"]["children"][1]["children"][0]["scale"] = {"low": 0, "high": 20, "step": step}
    found = told({THEN: Instrument.model_validate(one), NOW: Instrument.model_validate(two)})
    assert found == {key: [("noted", "step")] for key in ("index", "q", "q/d")}


@pytest.mark.parametrize("back", [False, True])
def test_what_is_only_noted_changes_no_number(back):
    """Sixteen rounds with other steps and another rule of coverage from the ninth on: trend, verdicts and changes as with the last's."""
    rounds = [f"{2017 + n // 2}-S{n % 2 + 1}" for n in range(16)]
    old, new = asked("old", OLD, scale=HALF, coverage=0.5), asked("new", OLD, scale=FIFTH, coverage=0.9)
    mixed = {r: new if 8 <= n < (14 if back else 16) else old for n, r in enumerate(rounds)}
    rng = np.random.default_rng(7)
    rows = [(r, leaf, float(np.clip(v + n / 16 + rng.normal(0, 0.1), 1, 4))) for n, r in enumerate(rounds) for leaf, v in LEVEL.items()]
    when, which, score = zip(*rows, strict=True)
    scores = as_scores(region="00.00", round=list(when), indicator=list(which), score=np.array(score))
    plan = programme()
    alike = dict.fromkeys(rounds, mixed[rounds[-1]])
    noted, plain = (evaluate(plan, rounds[-1], used, scores, ISSUES.empty(), {}) for used in (mixed, alike))
    assert set(noted.breaks["kind"]) == {"noted"} and plain.breaks.empty
    for name in ("trend", "verdicts", "change"):
        a, b = (getattr(e, name).drop(columns="instrument", errors="ignore") for e in (noted, plain))
        pd.testing.assert_frame_equal(a, b, check_exact=False, rtol=1e-9)
    assert noted.earlier("index", rounds[0]) == plain.earlier("index", rounds[0]) > 0


@pytest.mark.parametrize("levels", [[1], [2, 1], [0, 2, 5]])
def test_levels_that_do_not_rise_within_the_scale_are_refused(levels, tmp_path):
    path = tmp_path / "x.yaml"
    path.write_text(
        "id: x\nlabel: x\nvalid_from: 2017-S1\nscale: {low: 1, high: 4}\nweights: own\nweights_source: x\nsource: x\n"
        f"rescore: {levels}\ntree: {{id: index, label: x, children: [{{id: a, label: a, weight: 1}}]}}\n",
        "utf-8",
    )
    with pytest.raises(InstrumentError, match="rescore"):
        read_instrument(path)


@pytest.fixture(scope="module")
def example():
    plan = load_programme("contoh")
    files = round_files(plan, "2024-S2")
    scores, _ = load_scores(plan, "2024-S2")
    return plan, {n: plan.instrument(n) for n in files}, scores


def shuffled(one: Instrument) -> tuple[Instrument, dict[str, str]]:
    """The questionnaire in reverse order, every second indicator under another name and linked to the old one; and the new names."""
    names: dict[str, str] = {}

    def turn(node: dict, prefix: str, then: str) -> dict:
        below = [turn(c, f"{prefix}{c['id']}-x/", f"{then}{c['id']}/") if c["children"] else c for c in node["children"]]
        return {**node, "children": list(reversed(below))}

    data = one.model_dump()
    leaves = []
    for top in data["tree"]["children"]:
        for n, leaf in enumerate(top["children"]):
            old = f"{top['id']}/{leaf['id']}"
            if n % 2:
                leaf["id"] = leaf["id"] + "-baru"
            names[old] = f"{top['id']}/{leaf['id']}"
            leaves.append((leaf, old))
        top["children"] = list(reversed(top["children"]))
    data["tree"]["children"] = list(reversed(data["tree"]["children"]))
    return Instrument.model_validate(data), names


def test_renaming_and_reordering_the_example_changes_no_number(example):
    plan, used, scores = example
    last = plan.states["2024-S2"].instrument
    now, names = shuffled(used["2024-S2"])
    before = used["2022-S2"]
    data = now.model_dump()
    old = {new: path for path, new in names.items()}
    for top in data["tree"]["children"]:
        for leaf in top["children"]:
            was = old[f"{top['id']}/{leaf['id']}"]
            _, path = Pair(before, used["2024-S2"]).before(was)
            leaf["link"] = path if path else "-"
    now = Instrument.model_validate(data)
    other = {r: now if i.id == last else i for r, i in used.items()}
    late = scores["round"].isin([r for r, i in used.items() if i.id == last])
    moved = scores.assign(indicator=scores["indicator"].where(~late, scores["indicator"].map(lambda p: names.get(p, p))))
    plain, again = (evaluate(plan, "2024-S2", i, s, ISSUES.empty(), {}) for i, s in ((used, scores), (other, moved)))
    for table, numbers in (
        ("trend", ("slope", "low", "high", "rounds", "recent", "step")),
        ("verdicts", ("certainty", "needed", "p_hit")),
    ):
        a, b = getattr(plain, table).set_index("node"), getattr(again, table).set_index("node")
        b = b.rename(index={new: path for path, new in names.items()}).reindex(a.index)
        for column in numbers:
            np.testing.assert_allclose(b[column].astype(float), a[column].astype(float), atol=1e-9, err_msg=column)
    key = ["node", "kind"]
    a, b = (e.change.set_index(key)["contribution"].sort_index() for e in (plain, again))
    np.testing.assert_allclose(b, a, atol=1e-9)


OLD = {"p": (1, "", {"a": 2, "b": 1, "c": 1}), "q": (1, "", {"d": 1, "e": 1})}
LEVEL = {"p/a": 1.6, "p/b": 3.2, "p/c": 2.4, "q/d": 3.6, "q/e": 2.0}
CHANGED = {  # the new questionnaire, what its answers come to where no question's score moves, and how the instrument differs
    "weights turned round": ({"p": (3, "", {"a": 1, "b": 3, "c": 1}), "q": (1, "", {"d": 1, "e": 4})}, {}, {}),
    "a question inserted": ({"p": (1, "", {"a": 2, "n": (1, "-"), "b": 1, "c": 1}), "q": (1, "", {"d": 1, "e": 1})}, {"p/n": 4.0}, {}),
    "a question inserted under an old code": (
        {"p": (1, "", {"a": (1, "-"), "b": (2, "p/a"), "c": (1, "p/b"), "x": (1, "p/c")}), "q": (1, "", {"d": 1, "e": 1})},
        {"p/a": 4.0, "p/b": 1.6, "p/c": 3.2, "p/x": 2.4},
        {},
    ),
    "a question dropped": ({"p": (1, "", {"a": 2, "b": 1}), "q": (1, "", {"d": 1, "e": 1})}, {}, {}),
    "a question moved": (
        {"p": (1, "", {"a": 2, "b": 1}), "q": (1, "", {"d": 1, "e": 1, "c": (1, "p/c")})}, {"q/c": 2.4}, {},
    ),
    "sectors swapped": (
        {"p": (1, "q", {"d": (1, "q/d"), "e": (1, "q/e")}), "q": (1, "p", {"a": (2, "p/a"), "b": (1, "p/b"), "c": (1, "p/c")})},
        {"p/d": 3.6, "p/e": 2.0, "q/a": 1.6, "q/b": 3.2, "q/c": 2.4},
        {},
    ),
    "a question split": (
        {"p": (1, "", {"a1": (1, "p/a"), "a2": (1, "p/a"), "b": 1, "c": 1}), "q": (1, "", {"d": 1, "e": 1})},
        {"p/a1": 1.2, "p/a2": 2.0},
        {},
    ),
    "questions merged": (
        {"p": (1, "", {"a": 2, "m": (2, ["p/b", "p/c"])}), "q": (1, "", {"d": 1, "e": 1})}, {"p/m": 2.8}, {},
    ),
    "grouped anew": (
        {"r": (2, "", {"a": (2, "p/a"), "d": (2, "q/d")}), "s": (1, "", {"b": (1, "p/b"), "c": (1, "p/c"), "e": (1, "q/e")})},
        {"r/a": 1.6, "r/d": 3.6, "s/b": 3.2, "s/c": 2.4, "s/e": 2.0},
        {},
    ),
    "another scale": (OLD, {}, {"scale": {"low": 1, "high": 5}}),
    "another mean": (OLD, {}, {"aggregation": "geometric"}),
    "all questions new": (
        {"p": (1, "", {"u": (2, "-"), "v": (1, "-")}), "q": (1, "", {"w": (1, "-"), "z": (1, "-")})},
        {"p/u": 3.9, "p/v": 3.7, "q/w": 3.8, "q/z": 4.0},
        {},
    ),
}  # fmt: skip


@pytest.mark.parametrize("jitter", [0.0, 0.05])
@pytest.mark.parametrize("back", [False, True])
@pytest.mark.parametrize("what", CHANGED)
def test_where_no_questions_score_moves_nothing_is_said_to_move(what, back, jitter):
    """Sixteen rounds, a new questionnaire at the ninth (and with `back` the old one again in the last two)."""
    spec, answers, how = CHANGED[what]
    rounds = [f"{2017 + n // 2}-S{n % 2 + 1}" for n in range(16)]
    old, new = asked("old", OLD), asked("new", spec, **how)
    used = {r: new if 8 <= n < (14 if back else 16) else old for n, r in enumerate(rounds)}
    rng = np.random.default_rng(5)
    rows = [
        (r, leaf, float(np.clip((LEVEL if i is old else LEVEL | answers)[leaf] + rng.normal(0, jitter), 1, i.scale.high)))
        for r, i in used.items()
        for leaf in i.leaves
    ]
    when, what_, score = zip(*rows, strict=True)
    scores = as_scores(region="00.00", round=list(when), indicator=list(what_), score=np.array(score))
    table = index(scores, used)
    plan = programme()
    slopes = trend(table, plan, rounds[-1], used)
    said = verdicts(slopes, table, plan, rounds[-1], used).set_index("node")["direction"]
    moves = said[said.str.contains("improving|declining")]
    assert moves.empty, moves.to_dict()
    if "scale" not in how and "aggregation" not in how:
        step = compare(table, used, rounds[8], rounds[7])
        assert abs(step["like_for_like100"].fillna(0)).max() < 1 + 100 * jitter
        assert abs(step.loc[step["kind"] == "score", "contribution100"]).sum() < 1 + 200 * jitter
