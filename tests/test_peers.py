"""A region among the participants of an official round: Mimika's published place, small cohorts by hand."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scevaluation.errors import InstrumentError
from scevaluation.evaluate.peers import peers
from scevaluation.frames import PEERS
from scevaluation.instrument import Instrument, load_instrument
from scevaluation.intake.official import read_official

ROUND, MIMIKA = "2023-S2", "94.04"
NAN = float("nan")
COHORTS = {"REGULER": load_instrument("kominfo-2023-reguler"), "KPPN&IKN": load_instrument("kominfo-2023-kppn-ikn")}


@pytest.fixture(scope="module")
def letter() -> pd.DataFrame:
    return read_official(ROUND)


@pytest.fixture(scope="module")
def mimika(letter) -> pd.DataFrame:
    return peers(letter, MIMIKA, COHORTS).set_index("cohort")


@pytest.mark.parametrize(("cohort", "rank", "n"), [("all", 94, 130), ("REGULER", 58, 72)])
def test_mimikas_rank_has_its_denominator(mimika, cohort, rank, n):
    assert (mimika.at[cohort, "rank"], mimika.at[cohort, "n"]) == (rank, n)


def test_mimika_is_in_two_cohorts(mimika):
    assert list(mimika.index) == ["all", "REGULER"]


def test_mimikas_change_is_the_published_one(mimika):
    assert mimika.at["all", "own_change"] == -0.03


def test_mimikas_change_is_as_small_as_most(mimika):
    assert mimika["size"].tolist() == ["near", "near"]


def test_mimika_moved_less_than_nearly_all(mimika):
    # The median is -0.025; of the other 127 only the five at -0.03 or -0.02 lie no further from it.
    assert mimika.at["all", "smaller_moves"] == 122


def test_the_denominator_of_changes_leaves_out_two_without_one(mimika):
    assert mimika.at["all", "n_change"] == 128


@pytest.mark.parametrize(
    ("what", "count"), [("rose", 59), ("fell", 68), ("moved at most a tenth", 36), ("moved less than a tenth", 32)]
)
def test_movements_of_2023(letter, what, count):
    change = letter.loc[letter["node"] == "improvement", "value"]
    found = {
        "rose": change > 0,
        "fell": change < 0,
        "moved at most a tenth": change.abs() <= 0.1,
        "moved less than a tenth": change.abs() < 0.1,
    }
    assert int(found[what].sum()) == count


def test_the_spread_of_changes(letter):
    assert letter.loc[letter["node"] == "improvement", "value"].std() == pytest.approx(0.33, abs=0.005)


def test_regions_that_did_not_take_part_are_not_ranked(letter):
    absent = letter[(letter["node"] == "index") & letter["value"].isna()]["region"].iloc[0]
    assert peers(letter, absent, COHORTS).empty


def test_an_unknown_region_has_no_peers(letter):
    assert peers(letter, "00.00", COHORTS).empty


def test_a_component_is_ranked_among_those_that_have_it(letter):
    assert set(peers(letter, "35.07", COHORTS, node="collaboration")["n"]) == {58}


def test_no_change_of_a_component_was_published(letter):
    assert peers(letter, MIMIKA, COHORTS, node="outcome")["own_change"].isna().all()


def test_a_component_the_region_has_not_gives_no_row(letter):
    assert peers(letter, MIMIKA, COHORTS, node="collaboration").empty


def test_a_cohort_without_instrument_is_refused(letter):
    with pytest.raises(InstrumentError, match="KPPN&IKN has no instrument"):
        peers(letter, MIMIKA, {"REGULER": COHORTS["REGULER"]})


def test_the_interval_is_the_same_every_time(letter, mimika):
    pd.testing.assert_frame_equal(peers(letter, MIMIKA, COHORTS).set_index("cohort"), mimika)


def test_the_order_of_rows_is_of_no_account(letter, mimika):
    shuffled = letter.sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(peers(shuffled, MIMIKA, COHORTS).set_index("cohort"), mimika)


def test_input_is_not_changed(letter):
    before = letter.copy()
    peers(letter, MIMIKA, COHORTS)
    pd.testing.assert_frame_equal(letter, before)


def test_mimikas_change_against_its_cohorts_median(mimika):
    # -0.03 against -0.04: a hundredth better than the common movement of its cohort, half a hundredth worse than of all.
    net = mimika["own_change"] - mimika["common_change"]
    assert net["REGULER"] == pytest.approx(0.01) and net["all"] == pytest.approx(-0.005)


def test_mimikas_rank_has_an_interval(mimika):
    # About 0.03 of panel noise in an index is worth a few places where the neighbours are that close.
    row = mimika.loc["all"]
    assert row["rank_low"] <= 94 <= row["rank_high"] and 2 <= row["rank_high"] - row["rank_low"] <= 20


# Small cohorts.

SAID = {"id": "t", "en": "t"}
TINY = Instrument.model_validate(
    {
        "id": "tiny",
        "label": SAID,
        "valid_from": "2017-S1",
        "scale": {"low": 1, "high": 4},
        "weights": "own",
        "weights_source": "a test",
        "source": "a test",
        "tree": {"id": "index", "label": SAID, "children": [{"id": "outcome", "label": SAID, "weight": 1}]},
    }
)


def cohort(values, moves=None) -> pd.DataFrame:
    """An official round of regions 00, 01, ... with these indices, each its only component, and published changes."""
    moves = moves or [NAN] * len(values)
    rows = []
    for n, (value, move) in enumerate(zip(values, moves, strict=True)):
        for node, v in (("index", value), ("outcome", value), ("improvement", move)):
            rows.append({"region": f"{n:02d}", "round": ROUND, "cohort": "C", "node": node, "value": v})
    return pd.DataFrame(rows)


def own(values, moves=None, region="00") -> pd.Series:
    return peers(cohort(values, moves), region, {"C": TINY}).set_index("cohort").loc["all"]


def test_ties_share_the_better_rank():
    assert own([2.0, 3.0, 2.0, 1.0])["rank"] == 2


def test_far_apart_the_rank_is_sure():
    row = own([2.0, 4.0, 1.0])
    assert (row["rank_low"], row["rank_high"]) == (2, 2)


def test_a_hundredth_apart_the_rank_is_open():
    row = own([2.00, 2.01, 1.99])
    assert (row["rank_low"], row["rank_high"]) == (1, 3)


def test_percentile_is_the_share_of_others_below():
    assert own([2.0, 1.0, 1.5, 3.0, 4.0])["percentile"] == 0.5


def test_one_alone_has_no_percentile():
    assert pd.isna(own([2.0])["percentile"])


@pytest.mark.parametrize(
    ("values", "share"),
    [([3.0, 3.0], 0.5), ([3.0, 2.0], 1.0), ([2.0, 3.0], 0.0), ([3.0, 3.0, 2.0], 0.75), ([2.0, 2.0, 2.0, 3.0, 1.0], 0.5)],
)
def test_equal_values_share_the_middle_percentile(values, share):
    # Of the others, those below and half of those equal.
    assert own(values)["percentile"] == share


def test_the_common_change_is_the_median():
    assert own([2.0, 3.0, 1.0], [0.5, 0.1, -0.2])["common_change"] == 0.1


def test_larger_moves_are_counted_after_the_common_change():
    # The median is 0.15: own 0.15, the others 0.05, 0.05 and 0.85; only the last is larger.
    assert own([2.0] * 4, [0.0, 0.2, 0.1, 1.0], "00")["smaller_moves"] == pytest.approx(1)


def test_the_largest_of_many_moves_is_unusual():
    assert own([2.0] * 40, [2.0] + [0.01 * n for n in range(39)])["size"] == "far"


@settings(deadline=None, max_examples=60)
@given(st.lists(st.floats(1, 4).map(lambda v: round(v, 2)), min_size=1, max_size=12), st.data())
def test_the_interval_holds_the_rank(values, data):
    region = f"{data.draw(st.integers(0, len(values) - 1)):02d}"
    row = own(values, region=region)
    assert 1 <= row["rank_low"] <= row["rank"] <= row["rank_high"] <= len(values)


@settings(deadline=None, max_examples=30)
@given(st.lists(st.floats(1, 4), min_size=1, max_size=8), st.data())
def test_the_table_keeps_its_contract(values, data):
    moves = [data.draw(st.one_of(st.just(NAN), st.floats(-2, 2))) for _ in values]
    PEERS.check(peers(cohort(values, moves), "00", {"C": TINY}))


def test_unusual_is_what_fewer_than_a_tenth_moved_as_far_as():
    # Of 0.00 to 0.40 by hundredths 0.20 is the median; from 0.02 and 0.38 four of 41 are further, from 0.03 and 0.37 six.
    moves = [round(0.01 * n, 2) for n in range(41)]
    values = [2.0] * 41
    size = [own(values, moves, f"{n:02d}")["size"] for n in range(41)]
    # 0.10 to 0.30 are no further from it than twenty of the forty others.
    assert size == ["far"] * 3 + ["moved"] * 7 + ["near"] * 21 + ["moved"] * 7 + ["far"] * 3
    assert own([2.0] * 19, [2.0] + [0.0] * 18)["size"] == "moved"  # of fewer than twenty nothing is called unusual


def test_smaller_moves_are_of_those_with_a_change():
    row = own([2.0] * 4, [0.3, -0.3, NAN, 0.0])
    assert (row["n_change"], row["smaller_moves"]) == (3, 0)
    assert own([2.0] * 4, [0.3, -0.3, NAN, 0.0], "03")["smaller_moves"] == 2


def test_without_a_change_none_is_compared():
    row = own([2.0] * 3, [NAN, 0.1, 0.2])
    assert pd.isna(row["own_change"]) and row["size"] == "" and row["smaller_moves"] == 0 and row["n_change"] == 2
