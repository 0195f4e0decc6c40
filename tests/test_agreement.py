"""Agreement of assessors against published examples and the reference package; severity and self-assessment by hand and truth."""

import json

import krippendorff
import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tiny import tiny_instrument

from scevaluation.evaluate import agreement as a
from scevaluation.frames.people import AGREEMENT, GAP, SEVERITY

NAN = float("nan")
# Krippendorff (2011), "Computing Krippendorff's Alpha-Reliability", section C: 4 observers, 12 units, missing values.
C_DATA = np.array(
    [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, NAN, NAN, NAN],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, NAN, 3],
        [NAN, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, NAN],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, NAN],
    ]
).T
ROUND = "2024-S2"
INSTRUMENTS = {ROUND: tiny_instrument(), "2024-S1": tiny_instrument()}


def scores(*rows) -> pd.DataFrame:
    """SCORES of (indicator, agency, source, score), or with a round as fifth and a status as sixth."""
    out = []
    for indicator, agency, source, score, *rest in rows:
        when = rest[0] if rest else ROUND
        status = rest[1] if len(rest) > 1 else "scored"
        out.append(("00.01", when, indicator, agency, source, score, status, "", "A", "f.csv", "2"))
    columns = ["region", "round", "indicator", "agency", "source", "score", "status", "evidence", "quality", "file", "cell"]
    return pd.DataFrame(out, columns=columns)


def panel(items: dict[str, list[float]], agency="ofa", names="ABCDE", when=ROUND) -> list[tuple]:
    return [(i, agency, f"assessor:{n}", v, when) for i, s in items.items() for n, v in zip(names, s, strict=False)]


# alpha


def test_alpha_of_the_published_example():
    assert a.alpha(C_DATA) == pytest.approx(0.815, abs=0.0005)


def test_alpha_worked_by_hand():
    # 1 and 2 stand twice each: middle ranks 1 and 3, distance 4. Observed 4 x 4, expected 2 x 2 x 2 x 4: 1 - 3 x 16 / 32.
    assert a.alpha(np.array([[1, 2], [2, 1]])) == pytest.approx(-0.5)
    assert a.alpha(np.array([[1, 1], [2, 2]])) == 1.0


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_alpha_equals_the_reference_package(data):
    shape = data.draw(st.integers(1, 12)), data.draw(st.integers(2, 6))
    value = st.one_of(st.sampled_from([1.0, 1.25, 2.0, 2.5, 3.75, 4.0]), st.just(NAN))
    table = np.array(data.draw(st.lists(value, min_size=shape[0] * shape[1], max_size=shape[0] * shape[1]))).reshape(shape)
    paired = table[np.isfinite(table).sum(axis=1) > 1]
    assume(len(np.unique(paired[np.isfinite(paired)])) > 1)
    expected = krippendorff.alpha(reliability_data=table.T, level_of_measurement="ordinal")
    assert a.alpha(table) == pytest.approx(expected, abs=1e-9)


def test_alpha_knows_only_the_order_of_scores():
    assert a.alpha(np.exp(C_DATA)) == pytest.approx(a.alpha(C_DATA))


def test_alpha_is_the_same_whoever_comes_first():
    rng = np.random.default_rng(1)
    mixed = C_DATA[rng.permutation(12)][:, rng.permutation(4)]
    assert a.alpha(mixed) == pytest.approx(a.alpha(C_DATA))


def test_alpha_is_missing_where_nothing_varies_or_nothing_pairs():
    assert np.isnan(a.alpha(np.full((5, 3), 2.0)))
    assert np.isnan(a.alpha(np.array([[1, NAN], [NAN, 2]])))


def test_the_interval_is_seeded_and_around_alpha():
    assert a.interval(C_DATA) == a.interval(C_DATA)
    low, high = a.interval(C_DATA)
    assert -1 < low < a.alpha(C_DATA) < high <= 1


def test_too_few_units_have_no_interval():
    assert np.isnan(a.interval(C_DATA[:4])).all() and np.isfinite(a.interval(C_DATA[:5])).all()


def test_full_agreement_has_an_interval_of_one_point():
    assert a.interval(np.repeat(np.arange(8.0)[:, None], 3, axis=1)) == (1.0, 1.0)


def test_the_interval_holds_the_truth_about_nine_times_in_ten():
    rng = np.random.default_rng(5)

    def draw(units):
        level = rng.normal(2.5, 0.6, (units, 1))
        return np.clip(np.round((level + rng.normal(0, 0.4, (units, 4))) * 2) / 2, 1, 4)

    truth = a.alpha(draw(4000))
    hits = sum(low <= truth <= high for low, high in (a.interval(draw(40), seed, 400) for seed in range(120)))
    assert 0.80 <= hits / 120 <= 0.97


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (0.80, 0.95, "strong"),
        (0.79, 0.95, "usable"),
        (0.667, 0.9, "usable"),
        (0.5, 0.9, "undecided"),
        (0.1, 0.66, "weak"),
        (NAN, NAN, "too_few"),
    ],
)
def test_what_an_interval_of_alpha_says(low, high, said):
    assert a.judged_alpha(low, high) == said


# the table


def test_agreement_of_index_components_and_indicators():
    items = {"one/a": [1, 1, 2], "one/b": [3, 3, 3], "two/c": [2, 2, 2], "two/d": [4, 3, 4]}
    table = a.agreement(scores(*panel(items)), INSTRUMENTS[ROUND], ROUND)
    assert list(table["node"]) == ["index", "one", "one/a", "one/b", "two", "two/c", "two/d"]
    row = table.set_index("node")
    assert row.at["index", "alpha"] == pytest.approx(
        krippendorff.alpha(np.array(list(items.values()), float).T, level_of_measurement="ordinal")
    )
    assert (row.at["index", "units"], row.at["one", "units"], row.at["one/a", "units"]) == (4, 2, 1)
    assert row.at["index", "spread"] == pytest.approx((1 + 0 + 0 + 1) / 4) and row.at["one", "spread"] == 0.5
    assert set(table["judgement"]) == {"too_few"}
    AGREEMENT.check(table)


def test_an_indicators_agreement_is_over_the_rounds_up_to_this_one():
    past = panel({"one/a": [2, 2, 3]}, when="2024-S1")
    later = panel({"one/a": [4, 1, 4]}, when="2025-S1")
    table = a.agreement(scores(*panel({"one/a": [1, 1, 2]}), *past, *later), INSTRUMENTS[ROUND], ROUND).set_index("node")
    assert table.at["one/a", "units"] == 2 and table.at["one/a", "alpha"] == pytest.approx(a.alpha([[1, 1, 2], [2, 2, 3]]))


def test_a_score_that_only_one_gave_and_one_that_was_not_scored_do_not_count():
    rows = [*panel({"one/a": [1, 2], "one/b": [3]}), ("one/b", "ofa", "assessor:B", 0.0, ROUND, "did_not_take_part")]
    table = a.agreement(scores(*rows), INSTRUMENTS[ROUND], ROUND)
    assert "one/b" not in set(table["node"]) and table["units"].iloc[0] == 1


def test_without_assessors_there_are_empty_tables():
    rows = scores(("one/a", "ofa", "final", 3.0))
    assert a.agreement(rows, INSTRUMENTS[ROUND], ROUND).empty
    assert a.severity(rows, INSTRUMENTS).empty and a.gaps(rows, INSTRUMENTS).empty


def test_the_panel_has_the_widest_item_first():
    rows = a.panel(scores(*panel({"one/a": [1, 2], "one/b": [1, 4], "two/c": [2, 2]})), ROUND)
    assert list(rows["indicator"].drop_duplicates()) == ["one/b", "one/a", "two/c"]
    assert list(rows["spread"]) == [3, 3, 1, 1, 0, 0] and list(rows["mean"])[:2] == [2.5, 2.5]


def test_no_name_of_an_assessor_is_left():
    rows = [("one/a", "ofa", f"assessor:{name}", 2.0) for name in ("budi", "siti", "made")]
    table = a.ratings(scores(*rows))
    assert set(table["assessor"]) == {"A", "B", "C"}
    assert not table.astype(str).apply(lambda c: c.str.contains("budi|siti|made")).any(axis=None)


def test_letters_that_are_letters_already_stay():
    assert a.called(["assessor:E", "assessor:B", "self"]) == {"assessor:B": "B", "assessor:E": "E"}


# severity


def test_severity_is_the_mean_distance_from_the_others_on_the_same_items():
    items = {"one/a": [1, 2, 3], "one/b": [2, 2, 4], "two/c": [1, 3, 3]}
    row = a.severity(scores(*panel(items)), INSTRUMENTS).set_index("assessor")
    # A: 1 - 2.5, 2 - 3, 1 - 3
    assert row.at["A", "difference"] == pytest.approx((-1.5 - 1 - 2) / 3)
    assert row.at["C", "difference"] == pytest.approx((1.5 + 2 + 1) / 3)
    # sd of -1.5, -1, -2 is 0.5; t of 2 degrees at 95 % is 2.92
    assert row.at["A", "high"] == pytest.approx(-1.5 + 2.919986 * 0.5 / np.sqrt(3), abs=1e-5)
    assert list(row["judgement"]) == ["stricter", "undecided", "milder"]


def test_an_item_that_nobody_else_scored_says_nothing_of_severity():
    rows = [*panel({"one/a": [1, 2]}), *panel({"one/b": [4]})]
    assert list(a.severity(scores(*rows), INSTRUMENTS)["items"]) == [1, 1]


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (-0.1, 0.1, "alike"),
        (0.01, 0.09, "alike"),
        (-0.3, -0.11, "stricter"),
        (0.11, 0.3, "milder"),
        (0.01, 0.15, "undecided"),  # +0.08 ± 0.07: clear of zero, not of what matters little
        (-0.3, -0.05, "undecided"),
        (-0.3, 0.2, "undecided"),
    ],
)
def test_what_an_interval_of_severity_says(low, high, said):
    assert a.judged(low, high, 0.1, "stricter", "milder") == said


def test_severity_recovers_what_the_made_up_assessors_were_drawn_with(contoh):
    truth = json.loads((contoh.programme.folder / "truth.json").read_text("utf-8"))["severity"]
    rows = a.severity(contoh.scores[contoh.scores["round"] >= "2023"], contoh.instruments)
    for name, own in truth.items():
        expected = own - np.mean([v for k, v in truth.items() if k != name])
        mine = rows.loc[rows["assessor"] == name, "difference"]
        assert mine.mean() == pytest.approx(expected, abs=0.04), name
    SEVERITY.check(rows)


# self against verified


def test_the_gap_is_own_less_verified_on_the_same_items():
    rows = scores(
        ("one/a", "ofa", "self", 3.0),
        ("one/a", "ofa", "verified", 2.5),
        ("one/b", "ofa", "self", 3.0),
        ("one/b", "ofa", "final", 2.0),
        ("two/c", "ofb", "self", 2.0),
        ("two/c", "ofb", "verified", 2.25),
        ("two/d", "ofb", "self", 4.0),
    )
    table = a.gaps(rows, INSTRUMENTS).set_index("agency")
    assert list(table["items"]) == [3, 2, 1] and list(table.index) == ["*", "ofa", "ofb"]
    assert list(table["gap"]) == pytest.approx([(0.5 + 1 - 0.25) / 3, 0.75, -0.25])
    assert list(table["above"]) == [2, 2, 0] and list(table["judgement"]) == ["undecided", "too_few", "too_few"]
    GAP.check(table.reset_index()[list(GAP.columns)])


def test_a_verified_score_goes_before_a_final_one():
    rows = scores(("one/a", "ofa", "self", 3.0), ("one/a", "ofa", "final", 1.0), ("one/a", "ofa", "verified", 2.0))
    assert a.gaps(rows, INSTRUMENTS)["gap"].iloc[0] == 1.0


def test_the_gap_of_the_made_up_agencies_is_what_they_claim(contoh):
    claim = json.loads((contoh.programme.folder / "truth.json").read_text("utf-8"))["self"]
    rows = a.gaps(contoh.scores, contoh.instruments)
    every = rows[rows["agency"] == "*"]
    assert np.average(every["gap"], weights=every["items"]) == pytest.approx(claim, abs=0.03)
    assert (every["judgement"] == "above").mean() > 0.9


def test_inputs_are_not_changed(contoh):
    before = contoh.scores.copy(deep=True)
    a.agreement(contoh.scores, contoh.instrument, contoh.round)
    a.severity(contoh.scores, contoh.instruments)
    a.gaps(contoh.scores, contoh.instruments)
    pd.testing.assert_frame_equal(contoh.scores, before)
