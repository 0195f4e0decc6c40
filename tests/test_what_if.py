"""What if: a scenario gives what the evaluation of such a programme would give; the smallest set is the smallest."""

from itertools import combinations

import made_up
import numpy as np
import pandas as pd
import pytest
from evaluated import evaluate_round
from hypothesis import given, settings
from hypothesis import strategies as st
from lab_data import wide_evaluation, wide_instrument

import scevaluation as sc
from scevaluation.desk import show
from scevaluation.desk.reach import _grid, reach
from scevaluation.desk.scenario import Scenario, as_evaluated, horizon, read_scenario, save_scenario, scenarios, shares
from scevaluation.desk.what_if import apply, reweighted, side_by_side
from scevaluation.errors import ScenarioError
from scevaluation.frames import INDEX, PEERS, ROOT, TREND, VERDICTS
from scevaluation.frames.scenarios import CHANGES, COMPARISON, PLACES
from scevaluation.instrument import SECTORS
from scevaluation.programme import Target
from scevaluation.words import Words

NOT_COUNTED = {"agree", "disruption", "event_dependent"}


@pytest.fixture(scope="module")
def malang():
    return evaluate_round("kab-malang", "2023-S2")


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """Ten items, six rounds."""
    return wide_evaluation(tmp_path_factory.mktemp("small"), items=2, rounds=6)


def scenario(e, **changes):
    return Scenario(name="test", programme=e.programme.id, round=e.round, **changes)


def same(found, expected, nodes):
    """The rows of `nodes` are equal, but for what a scenario does not count."""
    columns = [c for c in expected.columns if c not in NOT_COUNTED]
    rows = [f.set_index("node").loc[list(nodes)].reset_index()[columns] for f in (found, expected)]
    pd.testing.assert_frame_equal(*rows, check_exact=False, rtol=1e-9)


@pytest.mark.parametrize("name", ["contoh", "mimika", "malang"])
def test_a_scenario_that_assumes_nothing_is_the_evaluation(request, name):
    e = request.getfixturevalue(name)
    o = apply(e, as_evaluated(e))
    assert o.index is e.index and o.peers is e.peers and o.left_out == ()
    same(o.trend, e.trend, o.nodes)
    same(o.verdicts, e.verdicts, o.nodes)


def test_delta_targets_and_events_give_what_the_evaluation_of_such_a_programme_gives(contoh):
    plan = contoh.programme
    events = tuple(v.model_copy(update={"adjust": v.adjust and v.start != "2024-11-27"}) for v in plan.events)
    targets = tuple(
        t if t.node != "health" else Target(node="health", round=t.round, value=56, source="t") for t in plan.targets
    )
    expected = evaluate_round(plan.model_copy(update={"delta": 0.4, "events": events, "targets": targets}), "2024-S2")
    o = apply(contoh, scenario(contoh, delta=0.4, targets={"health": 56}, events={"election:2024-11-27": False}))
    same(o.trend, expected.trend, o.nodes)
    same(o.verdicts, expected.verdicts, o.nodes)
    assert not o.trend["delta"].equals(apply(contoh, as_evaluated(contoh)).trend["delta"])


def test_health_at_thirty_per_cent_by_hand(contoh):
    o = apply(contoh, scenario(contoh, weights={"health": 0.3}))
    sectors = {"infrastructure": 365 / 6, "public_services": 188 / 3, "education": 635 / 12, "environment": 145 / 3}
    assert [round(o.value(n), 6) for n in sectors] == [round(v, 6) for v in sectors.values()]
    assert o.value() == pytest.approx(0.175 * sum(sectors.values()) + 0.3 * 163 / 3, abs=1e-9)
    assert o.places.set_index("node")["place"].to_dict() == {
        "public_services": 1,
        "infrastructure": 2,
        "health": 3,
        "education": 4,
        "environment": 5,
    }


def test_other_weights_count_in_every_round_by_the_same_factor(contoh):
    index = apply(contoh, scenario(contoh, weights={"health": 0.6})).index
    wide = index.pivot(index="round", columns="node", values="value100")
    assert contoh.instruments["2017-S1"].id != contoh.instrument.id
    for name in ("2017-S1", "2020-S2", "2024-S2"):
        one = contoh.instruments[name]
        weight = {s: one.share(s) * (3.0 if s == "health" else 0.5) for s in SECTORS}
        expected = sum(weight[s] * wide.at[name, s] for s in SECTORS) / sum(weight.values())
        assert wide.at[name, ROOT] == pytest.approx(expected, abs=1e-9)


def test_reweighted_verdicts_are_those_of_the_reweighted_series(contoh):
    from scevaluation.evaluate.trend import trend
    from scevaluation.evaluate.verdict import verdicts

    s = scenario(contoh, weights={"environment": 0.6, "health/malaria": 0.5})
    o, instruments = apply(contoh, s), reweighted(contoh, s)
    slopes = trend(o.index, contoh.programme, contoh.round, instruments)
    same(o.trend, slopes, o.nodes)
    same(o.verdicts, verdicts(slopes, o.index, contoh.programme, contoh.round, instruments), o.nodes)
    assert o.value("health") != pytest.approx(apply(contoh, as_evaluated(contoh)).value("health"))


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.sampled_from(SECTORS), st.floats(0, 0.25), max_size=4))
def test_the_index_is_the_weighted_mean_and_lies_among_its_parts(small, given_shares):
    e = small
    s = scenario(e, weights=given_shares)
    share, o = shares(e, s), apply(e, s)
    assert sum(share.values()) == pytest.approx(1) and all(share[n] == v for n, v in given_shares.items())
    values = {n: o.value(n) for n in SECTORS}
    assert o.value() == pytest.approx(sum(share[n] * v for n, v in values.items()), abs=1e-9)
    assert min(values.values()) - 1e-9 <= o.value() <= max(values.values()) + 1e-9


def test_a_node_without_weight_can_get_one(small):
    tree = wide_instrument(2).model_dump()["tree"]
    tree["children"][0]["weight"] = 0.0
    one = wide_instrument(2, tree=tree)
    e = wide_evaluation(small.programme.folder, 2, 6)
    changed = type(e)(**{**vars(e), "instruments": dict.fromkeys(e.instruments, one)})
    new = reweighted(changed, scenario(changed, weights={SECTORS[0]: 0.4}))[changed.round]
    assert new.share(SECTORS[0]) == pytest.approx(0.4) and new.share(SECTORS[1]) == pytest.approx(0.15)


def test_what_was_given_as_a_whole_is_left_out_and_never_kept(mimika):
    o = apply(mimika, scenario(mimika, weights={"impact": 0.5}))
    assert o.left_out == ("2022-S2",)
    assert mimika.value(ROOT, "2022-S2") == 2.5
    assert o.index[(o.index["round"] == "2022-S2") & (o.index["node"] == ROOT)]["value"].notna().sum() == 0
    parts = {"baseline": 3.36, "output": 2.57, "outcome": 2.14, "quick-win": 2.17}
    rest = 0.5 / 0.8
    expected = 0.5 * 2.71 + rest * (
        0.1 * parts["baseline"] + 0.2 * parts["output"] + 0.3 * parts["outcome"] + 0.2 * parts["quick-win"]
    )
    printed = 2.47 - 2.468  # the letter's index lies so far off its components' mean, under any weights
    assert o.value() == pytest.approx((expected + printed - 1) / 3 * 100, abs=1e-9)


def test_ranks_weigh_every_participant_alike(mimika):
    only = apply(mimika, scenario(mimika, weights={"baseline": 1.0})).peers.set_index("cohort").loc["REGULER"]
    rows = mimika.official[(mimika.official["cohort"] == "REGULER") & (mimika.official["node"] == "baseline")]
    own = rows.loc[rows["region"] == "94.04", "value"].iloc[0]
    assert (only["n"], only["rank"]) == (rows["value"].notna().sum(), 1 + (rows["value"] > own).sum())
    assert only["rank_low"] <= only["rank"] <= only["rank_high"]


def test_ranks_are_not_told_where_only_one_region_is_supposed_otherwise(mimika):
    assert apply(mimika, scenario(mimika, scores={})).peers is mimika.peers
    leaf = next(p for p in mimika.instrument.leaves if p.startswith("outcome"))
    assert apply(mimika, scenario(mimika, scores={leaf: 4.0})).peers.empty


def test_a_supposed_score_counts_in_its_round_alone(contoh):
    o = apply(contoh, scenario(contoh, scores={"health/malaria": 4.0}))
    assert o.value("health") - 163 / 3 == pytest.approx(contoh.instrument.share("health/malaria") * 50, abs=1e-9)
    earlier = [t[t["round"] != contoh.round].reset_index(drop=True) for t in (o.index, contoh.index)]
    pd.testing.assert_frame_equal(*earlier)


def test_nothing_given_is_changed_and_the_tables_keep_their_contracts(contoh, mimika):
    before = {n: getattr(contoh, n).copy() for n in ("scores", "index", "trend", "verdicts")}
    s = scenario(contoh, weights={"health": 0.4}, delta=2, targets={ROOT: 60}, scores={"health/malaria": 4.0})
    for o in (apply(contoh, s), apply(mimika, scenario(mimika, weights={"impact": 0.5}))):
        for contract, table in (
            (INDEX, o.index),
            (TREND, o.trend),
            (VERDICTS, o.verdicts),
            (PEERS, o.peers),
            (PLACES, o.places),
        ):
            contract.check(table)
    COMPARISON.check(side_by_side(contoh, [s]))
    for name, table in before.items():
        pd.testing.assert_frame_equal(getattr(contoh, name), table)


def test_side_by_side_marks_what_differs(contoh):
    table = side_by_side(contoh, [scenario(contoh, delta=2.0)]).set_index(["scenario", "node"])
    assert not table.loc[""][["direction_differs", "pace_differs"]].any().any()
    assert table.loc[("test", "environment"), "direction_differs"] and (table.loc["test"]["change"] == 0).all()


# Files


def test_a_saved_scenario_reads_back_the_same_and_is_written_the_same(tmp_path, contoh):
    s = scenario(
        contoh, weights={"health": 0.3}, delta=0.5, events={"election:2024-11-27": False}, scores={"health/malaria": 4}
    )
    path = save_scenario(s.model_copy(update={"name": "Kesehatan: 30 %!"}), tmp_path / "new")
    assert path.name == "kesehatan-30.yaml" and read_scenario(path) == s.model_copy(update={"name": "Kesehatan: 30 %!"})
    first = path.read_bytes()
    save_scenario(read_scenario(path), path.parent)
    assert path.read_bytes() == first and [p.name for p in path.parent.iterdir()] == [path.name]
    assert scenarios(path.parent, contoh)[0].weights == (("health", 0.3),) and scenarios(tmp_path / "none", contoh) == ()


HEAD = "name: a\nprogramme: contoh\nround: 2024-S2\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- 1\n", "bad.yaml, line 1: this should be keys with values"),
        ("a: [1\n", r"bad.yaml, line 2: the text is not valid YAML"),
        ("!!python/object/apply:os.system ['true']\n", r"bad.yaml, line 1: "),
        (HEAD + "weights: {health: 1.5}\n", r"bad.yaml, line 4, weights.health: 1.5 is not ≤ 1"),
        (HEAD + "weights: {health: .nan}\n", r"line 4, weights.health: nan is not a finite number"),
        (HEAD + "targets: {index: many}\n", r"line 4, targets.index: many is not a plain number"),
        (HEAD + "delta: 0\n", r"line 4, delta: 0 is not > 0"),
        (HEAD + "code: print(1)\n", r"line 4, code: the key code is not known here"),
        (HEAD.replace("2024-S2", "2024-S7"), r"bad.yaml, line 3, round: 2024-S7 is no round"),
        (HEAD.replace("name: a", 'name: "a\\nb"'), r"line 1, name: a b is not a single line of text"),
        ("programme: contoh\n", r"line 1, name: the key name is missing"),
    ],
)
def test_a_bad_file_is_refused_with_its_name_and_place(tmp_path, text, said):
    path = tmp_path / "bad.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(ScenarioError, match=said):
        read_scenario(path)


def test_a_file_that_is_no_text_too_large_or_absent_is_refused(tmp_path):
    path = tmp_path / "bad.yaml"
    with pytest.raises(ScenarioError, match=r"bad.yaml: the file is not there"):
        read_scenario(path)
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ScenarioError, match=r"bad.yaml: the file is not UTF-8 text"):
        read_scenario(path)
    path.write_bytes(b" " * 70_000)
    with pytest.raises(ScenarioError, match=r"larger than can be read .*64 KB"):
        read_scenario(path)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"weights": {"wealth": 0.3}}, r"weights.wealth is no node"),
        ({"weights": {"health": 0.7, "education": 0.6}}, r"weights below index sum to 1.3, more than 1"),
        ({"weights": dict.fromkeys(SECTORS, 0.1)}, r"weights below index sum to 0.5, not to 1"),
        ({"targets": {"health/malaria": 70}}, r"targets.health/malaria is neither"),
        ({"events": {"flood:2024": True}}, r"events.flood:2024 is no event"),
        ({"scores": {"health": 3}}, r"scores.health is no item"),
        ({"scores": {"health/malaria": 5}}, r"scores.health/malaria is 5, outside 1-4"),
    ],
)
def test_what_the_evaluation_has_not_is_named(contoh, changes, said):
    with pytest.raises(ScenarioError, match=said):
        apply(contoh, scenario(contoh, **changes))


def test_a_scenario_of_another_round_is_refused(contoh, mimika):
    with pytest.raises(ScenarioError, match=r"it is of mimika 2023-S2, not of contoh 2024-S2"):
        apply(contoh, as_evaluated(mimika))


def test_a_target_falls_due_where_the_programme_says(contoh, mimika):
    assert horizon(contoh, ROOT).round == "2027-S2" and horizon(contoh, ROOT).value == 66
    assert horizon(mimika, ROOT).round == "2028-S2" and np.isnan(horizon(mimika, ROOT).value)


# What must change


def brute(e, target, node, most):
    """The least number of items which at their limits reach the target, by trying all sets through the evaluation itself."""
    base = apply(e, as_evaluated(e))
    now = base.index[(base.index["round"] == e.round)].set_index("node")["value"].reindex(e.instrument.leaves)
    limit = {p: min(v + most, 4.0) for p, v in now.items() if p.startswith(node) or node == ROOT}
    for size in range(1, len(limit) + 1):
        if any(apply(e, scenario(e, scores={p: limit[p] for p in c})).value(node) >= target for c in combinations(limit, size)):
            return size
    return None


@pytest.mark.slow
@pytest.mark.parametrize(("gain", "node", "most"), [(3, ROOT, 3), (9, ROOT, 1), (8, "health", 1), (20, "education", 3)])
@pytest.mark.parametrize("aggregation", ["arithmetic", "geometric"])
def test_the_smallest_set_is_the_smallest(small, gain, node, most, aggregation):
    one = wide_instrument(2, aggregation=aggregation)
    from scevaluation.evaluate.index import index

    rounds = dict.fromkeys(small.instruments, one)
    e = type(small)(**{**vars(small), "instruments": rounds, "index": index(small.scores, rounds)})
    target = apply(e, as_evaluated(e)).value(node) + gain
    found = reach(e, as_evaluated(e), target, node, most)
    assert found.state == "possible" and len(found.changes) == brute(e, target, node, most)
    told = apply(e, scenario(e, scores=dict(zip(found.changes["node"], found.changes["to"], strict=True))))
    assert told.value(node) == pytest.approx(found.changes["after"].iloc[-1], abs=1e-9) and told.value(node) >= target - 1e-9
    assert (found.changes["to"] - found.changes["now"]).between(0, most + 1e-9).all() and (found.changes["to"] <= 4).all()
    assert found.changes["gain"].sum() == pytest.approx(told.value(node) - found.value, abs=1e-9)
    CHANGES.check(found.changes)


def test_the_last_item_rises_only_as_far_as_needed(contoh):
    found = reach(contoh, as_evaluated(contoh), 66)
    last = found.changes.iloc[-1]
    assert (last["node"], last["to"]) == ("infrastructure/air-bersih", 2.73)
    less = dict(zip(found.changes["node"], found.changes["to"], strict=True)) | {last["node"]: 2.72}
    assert apply(contoh, scenario(contoh, scores=less)).value() < 66 <= last["after"]


def test_steps_of_a_scale_are_kept():
    assert _grid(1, 0.2, 2.8, 3.35).tolist() == [3.0, 3.2, 3.35]
    assert _grid(1, 0.5, 1.2, 2.0).tolist() == [1.5, 2.0]
    assert _grid(0, 0.5, 7.3, 5.8).tolist() == [7.0, 6.5, 6.0, 5.8]


def test_states_of_a_way_to_a_target(contoh, mimika):
    assert reach(contoh, as_evaluated(contoh), 50).state == "reached"
    far = reach(contoh, as_evaluated(contoh), 90, most=0.2)
    assert far.state == "impossible" and far.best == pytest.approx(far.changes["after"].iloc[-1]) and far.unreported == 2
    assert reach(mimika, as_evaluated(mimika), 60).changes["node"].tolist() == ["outcome"]
    with pytest.raises(ScenarioError, match="Name one of index"):
        reach(contoh, as_evaluated(contoh), 60, "health/malaria")


def test_nothing_is_assumed_of_an_item_without_a_score(contoh):
    found = reach(contoh, as_evaluated(contoh), 99.9)
    now = contoh.index[contoh.index["round"] == contoh.round].set_index("node")["value"]
    missing = {p for p in contoh.instrument.leaves if np.isnan(now[p])}
    assert len(missing) == 2 and not missing & set(found.changes["node"])


# Items measured their own way


@pytest.fixture(scope="module")
def raw(tmp_path_factory):
    """Stunting and poverty (less is better), beds in use (60 to 85 % wanted), own revenue in rupiahs by its logarithm."""
    folder = tmp_path_factory.mktemp("raw")
    of = made_up.made("mentah", folder)
    rounds = [r.id for r in of.plan.rounds][:5]  # the fifth has a score of each
    return sc.Round.from_frames(of.scores[of.scores["round"].isin(rounds)], programme=of.plan, lang="en").data


UNITS = {"kesehatan/stunting": -1, "kesehatan/bor": 1, "ekonomi/pad": 1, "ekonomi/kemiskinan": -1}


@pytest.mark.parametrize(("target", "most"), [(70, None), (95, None), (100, None), (60, 30), (100, 10)])
def test_what_is_measured_its_own_way_is_answered_in_its_unit_and_direction(raw, target, most):
    found = reach(raw, as_evaluated(raw), target, most=most)
    raws = raw.scores[(raw.scores["round"] == raw.round) & (raw.scores["source"] == "verified")].set_index("indicator")["score"]
    rows = found.changes.set_index("node")
    assert found.state in ("possible", "impossible") and len(rows)
    np.testing.assert_allclose(rows["now"], raws[rows.index], rtol=1e-9)
    for node, row in rows.iterrows():
        low, high = sorted(raw.instrument.ends(node))
        assert low <= row["to"] <= high and np.sign(row["to"] - row["now"]) == UNITS[node]
    told = apply(raw, scenario(raw, scores=dict(zip(found.changes["node"], found.changes["to"], strict=True))))
    assert told.value() == pytest.approx(found.changes["after"].iloc[-1], abs=1e-6)
    if found.state == "possible":  # and were the last one nearer to where it is by a tenth of its way, that would not do
        last, scores = found.changes.iloc[-1], dict(zip(found.changes["node"], found.changes["to"], strict=True))
        less = scores | {last["node"]: last["to"] - (last["to"] - last["now"]) / 10}
        assert apply(raw, scenario(raw, scores=less)).value() < target <= found.changes["after"].iloc[-1] + 1e-6


def test_of_a_wanted_range_the_nearer_end_is_the_way(raw):
    """Beds in use at 95 of 60 to 85: the best is 85, not 60; half of the way back is 92.5."""
    one = raw.instrument
    assert one.as_measured("kesehatan/bor", 100, 95) == 85 and one.as_measured("kesehatan/bor", 50, 95) == 92.5
    assert one.as_measured("kesehatan/bor", 100, 30) == 60 and one.as_measured("kesehatan/bor", 50, 30) == 30
    start = scenario(raw, scores={"kesehatan/bor": 95.0})
    found = reach(raw, start, 100).changes.set_index("node")
    assert tuple(found.loc["kesehatan/bor", ["now", "to"]]) == (95, 85)


@settings(deadline=None)
@given(st.floats(0, 100), st.sampled_from(list(UNITS)), st.booleans())
def test_a_score_as_measured_counts_as_what_it_was_asked_for(raw, value, node, above):
    near = 95.0 if above else 1.0
    assert raw.instrument.on_scale(node, raw.instrument.as_measured(node, value, near)) == pytest.approx(value, abs=1e-6)


def test_the_desk_says_unit_and_direction(raw):
    for lang, words_ in (("en", ("at most 5.00\u00a0%", "1,000,000,000,000\u00a0rupiah")), ("id", ("paling banyak 5,00\u00a0%", "rupiah"))):
        text = show.way(raw, as_evaluated(raw), Words(lang), target=100).html
        assert all(word in text for word in words_)
