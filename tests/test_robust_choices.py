"""Sobol indices of the choices, the index without a sector or agency, and ranks under methods: by hand."""

import numpy as np
import pandas as pd
import pytest
from evaluated import evaluate_round
from tiny import tiny_instrument, tiny_programme

from scevaluation.errors import InstrumentError
from scevaluation.evaluate.index import index as compute_index
from scevaluation.evaluate.inputs import cohort_instruments
from scevaluation.frames import SCORES
from scevaluation.frames.methods import CHOICES, RANKS, WITHOUT
from scevaluation.instrument import load_instrument
from scevaluation.intake.official import read_official
from scevaluation.methods.choices import choices, sobol_design, sobol_indices, without
from scevaluation.methods.method_ranks import method_ranks
from scevaluation.methods.panel import panel
from scevaluation.methods.robust_sentences import choice_rule, choice_sentence
from scevaluation.words import words

NAN = float("nan")
B, C = "2023-S2", "2024-S1"


@pytest.fixture(scope="module")
def scores_of(contoh):
    return panel(contoh.index, contoh.instruments, contoh.programme)


# Sobol


def test_known_shares_are_found_again(scores_of):
    design = sobol_design(scores_of)
    assert len(design) == 6 * 1024
    # Uniform on 0, 1, 2 has variance 2/3, on 0, 1 it has 1/4: y = n + 2 a has 2/3 + 1, with nothing shared.
    found = sobol_indices(design.normalisation + 2.0 * design.aggregation).set_index("choice")
    assert found["first"].to_dict() == pytest.approx(
        {"weights": 0, "normalisation": 0.4, "aggregation": 0.6, "missing": 0}, abs=0.02
    )
    assert found["total"].to_dict() == pytest.approx(
        {"weights": 0, "normalisation": 0.4, "aggregation": 0.6, "missing": 0}, abs=0.02
    )


def test_an_interaction_shows_in_the_total_alone(scores_of):
    design = sobol_design(scores_of)
    found = sobol_indices((design.normalisation - 1.0) * (design.missing - 1.0)).set_index("choice")
    assert (found["first"].abs() <= found["first_half"] + 0.01).all() and found["first"].abs().max() < 0.05
    assert found.loc[["normalisation", "missing"], "total"].to_list() == pytest.approx([1, 1], abs=0.06)


def test_no_spread_and_no_value_are_named_not_divided():
    for y, state in ((np.full(6144, 3.0), "no_spread"), (np.r_[NAN, np.ones(6143)], "not_computed")):
        found = sobol_indices(y)
        assert set(found["state"]) == {state} and found[["first", "total"]].isna().all(axis=None)


def test_the_choices_of_a_programme_hold_their_contract(scores_of, contoh):
    found = CHOICES.check(choices(scores_of, contoh.previous))
    assert len(found) == 8 and set(found["previous"]) == {"", contoh.previous} and set(found["state"]) == {"computed"}
    assert (found["total"] >= found["first"] - found["first_half"] - found["total_half"]).all()
    pd.testing.assert_frame_equal(found, choices(scores_of, contoh.previous))


def test_with_nothing_missing_its_treatment_has_no_part():
    e = evaluate_round("mimika", "2023-S2")
    found = choices(panel(e.index, e.instruments, e.programme)).set_index("choice")
    assert found.at["missing", "total"] == found.at["normalisation", "total"] == 0
    assert found.at["weights", "first"] + found.at["aggregation", "first"] == pytest.approx(1, abs=0.05)


def table(totals, halves, state="computed", previous=""):
    names = ("weights", "normalisation", "aggregation", "missing")
    return pd.DataFrame(
        {"choice": names, "total": totals, "total_half": halves, "state": state, "round": C, "previous": previous}
    )


@pytest.mark.parametrize(
    ("totals", "half", "rule", "first"),
    [
        ([0.1, 0.8, 0.2, 0.1], 0.05, "one", "normalisation"),
        ([0.1, 0.5, 0.52, 0.1], 0.05, "two", "aggregation"),
        ([0.1, 0.5, 0.1, 0.6], 0.05, "one", "missing"),
        ([0.1, 0.5, 0.1, 0.6], 0.10, "two", "missing"),
    ],
)
def test_the_rule_of_what_matters_most_by_hand(totals, half, rule, first):
    found, names = choice_rule(table(totals, half))
    assert (found, names[0]) == (rule, first)


def test_the_sentence_names_the_choice_and_its_share():
    rows = table([0.1, 0.8, 0.2, 0.1], 0.05, previous=B)
    text = words("en").text(choice_sentence(rows, C, B))
    assert text == "The change depends most on the normalisation: it plays a part in 80% of the variance between methods"
    assert "cara normalisasi" in words("id").text(choice_sentence(rows, C, B))
    even = choice_sentence(table([0.1, 0.5, 0.52, 0.1], 0.05), C)
    assert words("id").text(even).count("%") == 2 and even.places["second_share"].key == f"{C}||normalisation"
    assert words("en").text(choice_sentence(table([NAN] * 4, NAN, "no_spread"), C)) == "The level is the same by every method"
    assert choice_sentence(rows.iloc[:0], C).key == "robust.change.one_round"


# Without


def scores(**rounds) -> pd.DataFrame:
    """SCORES of the tiny instrument, a and b by agency ofa, c and d by ofb; b by both in a tuple."""
    rows = []
    for name, values in rounds.items():
        for node, agency, score in zip(("one/a", "one/b", "two/c", "two/d"), ("ofa", "ofa", "ofb", "ofb"), values, strict=True):
            for who, what in ((agency, score),) if not isinstance(score, tuple) else (("ofa", score[0]), ("ofb", score[1])):
                rows.append((name[1:].replace("_", "-"), node, who, float(what)))
    out = pd.DataFrame(rows, columns=["round", "indicator", "agency", "score"])
    out = out.assign(region="00.01", source="verified", status="scored", evidence="", quality="", file="test")
    return SCORES.check(out.assign(cell=np.arange(len(out)).astype(str)))


def left_out(tmp, rows, previous=B, **changes):
    rounds = sorted(rows["round"].unique())
    plan = tiny_programme(tmp, rounds=[{"id": r, "state": "scored", "instrument": "tiny"} for r in rounds])
    instruments = {r: tiny_instrument(**changes) for r in rounds}
    return without(rows, instruments, plan, rounds[-1], previous).set_index(["kind", "left_out"])


def test_without_a_sector_by_hand(tmp_path):
    found = left_out(tmp_path, scores(r2023_S2=[1, 1, 2.5, 2.5], r2024_S1=[4, 4, 2.5, 1]))
    # Levels: one 100, two 25; index 43.75; it was 0, 50 and 37.5.
    assert found["value"].unique() == pytest.approx([43.75]) and found["change"].unique() == pytest.approx([6.25])
    columns = ["weight", "without", "effect", "change_without"]
    assert found.loc[("sector", "one"), columns].tolist() == pytest.approx([0.25, 25, -18.75, -25])
    assert found.loc[("sector", "two"), columns].tolist() == pytest.approx([0.75, 100, 56.25, 100])


def test_without_an_agency_by_hand(tmp_path):
    found = left_out(tmp_path, scores(r2023_S2=[1, 1, 2.5, 2.5], r2024_S1=[4, 4, 2.5, 1]))
    assert found.loc[("agency", "ofa")].drop("effect").equals(found.loc[("sector", "one")].drop("effect"))


def test_an_indicator_of_two_agencies_stays_with_the_other(tmp_path):
    found = left_out(tmp_path, scores(r2024_S1=[4, (4, 1), 2.5, 1]), "")
    # Without ofa, a leaves and b is the other's 1: one is 0; two stays 25. Only a's weight, an eighth, leaves.
    assert found.loc[("agency", "ofa"), ["weight", "without"]].tolist() == pytest.approx([0.125, 18.75])
    assert np.isnan(found.at[("agency", "ofa"), "change"])


def test_where_nothing_is_left_it_is_named(tmp_path):
    rows = scores(r2024_S1=[4, 4, 2.5, 1])
    found = left_out(tmp_path, rows.assign(agency="only"), "")
    assert found.at[("agency", "only"), "state"] == "nothing_left" and np.isnan(found.at[("agency", "only"), "without"])


def test_where_too_little_is_left_scored_it_is_named(tmp_path):
    rows = scores(r2024_S1=[4, 4, 2.5, 1])
    rows.loc[rows["indicator"] == "one/b", ["score", "status"]] = [NAN, "not_reported"]
    found = left_out(tmp_path, rows, "")
    assert found.at[("sector", "two"), "state"] == "below_coverage"


def test_the_programme_without_each_sector_holds_its_contract_and_changes_no_input(contoh):
    before = contoh.scores.copy()
    found = WITHOUT.check(without(contoh.scores, contoh.instruments, contoh.programme, contoh.round, contoh.previous))
    pd.testing.assert_frame_equal(contoh.scores, before)
    assert set(found.loc[found["kind"] == "sector", "left_out"]) == set(contoh.top) and (found["state"] == "computed").all()
    sectors = found[found["kind"] == "sector"]
    # An arithmetic index is the mean of what it is without each part, weighed by what is left: all weigh a fifth.
    assert sectors["without"].mean() == pytest.approx(
        contoh.index.query("node == 'index' and round == @contoh.round")["value100"].iloc[0]
    )


def test_unknown_weights_leave_nothing_out(tmp_path):
    assert len(without(scores(r2024_S1=[1, 2, 3, 4]).iloc[:0], {C: tiny_instrument()}, tiny_programme(tmp_path), C)) == 0


def test_the_index_of_the_rest_is_that_of_a_questionnaire_without_the_part(tmp_path):
    rows = scores(r2024_S1=[4, 3, 2.5, 1])
    base = tiny_instrument().model_dump()
    base["tree"]["children"] = base["tree"]["children"][1:]
    alone = compute_index(rows[rows["indicator"].str.startswith("two")], {C: tiny_instrument().model_validate(base)})
    value = alone.loc[alone["node"] == "index", "value100"].iloc[0]
    assert left_out(tmp_path, rows, "").at[("sector", "one"), "without"] == pytest.approx(value)


# Ranks


REGULER = load_instrument("kominfo-2023-reguler")


def letter(**regions) -> pd.DataFrame:
    """An official round: a region as its five components, the index their published mean."""
    rows = []
    for region, values in regions.items():
        known = dict(zip(REGULER.components, values, strict=True))
        total = sum(REGULER.share(c) * v for c, v in known.items()) if None not in values else 2.0
        rows += [(region, n, NAN if v is None else v) for n, v in [*known.items(), ("index", round(total, 2))]]
    out = pd.DataFrame(rows, columns=["region", "node", "value"])
    return out.assign(name=out["region"], round="2023-S2", cohort="REGULER", status="scored", source="test")


def ranked(rows, **how):
    out = method_ranks(rows, {"REGULER": REGULER}, **how)
    return out[out["cohort"] == "all"].set_index("region")


def test_who_is_best_in_every_component_is_first_in_every_method():
    found = ranked(letter(best=[4, 4, 4, 4, 4], mid=[2, 3, 2, 3, 2], last=[1, 1.5, 1, 1.2, 1]), n=500)
    for region, place in (("best", 1), ("mid", 2), ("last", 3)):
        assert found.loc[region, ["rank", "rank_low", "rank_median", "rank_high", "n"]].tolist() == [
            place,
            place,
            place,
            place,
            3,
        ]


def test_regions_that_trade_components_change_places():
    # The even one has 50 points, the uneven one 52.3 by the arithmetic mean, but 41 by the geometric.
    found = ranked(letter(even=[2.5] * 5, uneven=[4, 4, 2.5, 1.5, 1.6], low=[1] * 5), n=2000)
    assert found.at["uneven", "rank_low"] == 1 and found.at["uneven", "rank_high"] == 2 and found.at["low", "rank_low"] == 3


def test_equal_regions_share_every_rank_and_a_constant_component_is_no_matter():
    found = ranked(letter(a=[2, 3, 2, 3, 2], b=[2, 3, 2, 3, 2], c=[2, 1, 1, 1, 1]), n=300)
    assert found[["rank", "rank_low", "rank_high"]].loc[["a", "b"]].to_numpy().tolist() == [[1, 1, 1]] * 2


def test_a_region_without_all_components_has_no_interval_and_says_so():
    found = ranked(letter(a=[4] * 5, b=[2, 2, None, 2, 2], c=[1] * 5), n=100)
    assert found.at["b", "state"] == "no_components" and np.isnan(found.at["b", "rank_low"]) and found.at["b", "rank"] == 2
    assert found.at["c", "rank"] == 3 and found.at["c", "rank_high"] == 2 and (found["n"] == 3).all()


def test_one_region_alone_is_first():
    assert ranked(letter(only=[2, 2, 2, 2, 2]), n=50).loc["only", ["rank", "rank_low", "rank_high", "n"]].tolist() == [
        1,
        1,
        1,
        1,
    ]


def test_no_official_round_has_no_ranks_and_an_unknown_cohort_is_an_error():
    assert len(method_ranks(letter(a=[1] * 5).iloc[:0], {})) == 0
    with pytest.raises(InstrumentError, match="every cohort"):
        method_ranks(letter(a=[1] * 5), {})


def test_the_official_round_of_2023():
    rows = read_official("2023-S2")
    found = RANKS.check(method_ranks(rows, cohort_instruments("2023-S2", rows["cohort"])))
    everyone = found[found["cohort"] == "all"].set_index("region")
    assert len(everyone) == 130 and everyone.at["94.04", "rank"] == 94 and (everyone["state"] == "ranked").all()
    reguler = found[found["cohort"] == "REGULER"].set_index("region")
    assert (len(reguler), reguler.at["94.04", "rank"], reguler.at["94.04", "n"]) == (72, 58, 72)
    assert (everyone["rank_low"] <= everyone["rank_median"]).all() and (everyone["rank_median"] <= everyone["rank_high"]).all()
    assert everyone["rank_low"].min() == 1 and everyone["rank_high"].max() <= 130
    # Ranks of every method are those of 130 regions, so their medians are spread over all places.
    assert everyone["rank_median"].corr(everyone["rank"], method="spearman") > 0.98
