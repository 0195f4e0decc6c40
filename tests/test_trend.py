"""TREND of a programme: its contract, events, new instruments linked, the recent change, the forecast."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from test_posterior import some_series

from scevaluation.errors import EvaluationError
from scevaluation.evaluate.series import sectors_of, series
from scevaluation.evaluate.targets import forecasts
from scevaluation.evaluate.trend import trend
from scevaluation.frames import INDEX, TREND
from scevaluation.instrument import Instrument
from scevaluation.programme import Event, Programme

pytestmark = pytest.mark.filterwarnings("error")
NAME = {"id": "x", "en": "x"}


# The table


def instrument(name="one", items=("a", "b"), weights=(1, 1), links=None):
    leaves = [
        {"id": i, "label": NAME, "weight": w, "sectors": ["health"], "link": (links or {}).get(i, "")}
        for i, w in zip(items, weights, strict=True)
    ]
    tree = {
        "id": "index",
        "label": NAME,
        "children": [
            {"id": "health", "label": NAME, "weight": 1, "children": leaves},
            {"id": "education", "label": NAME, "weight": 1},
        ],
    }
    return Instrument(
        id=name,
        label=NAME,
        valid_from="2017-S1",
        top="sector",
        scale={"low": 0, "high": 100},
        weights="own",
        weights_source="",
        source="",
        tree=tree,
    )


def programme(n=16, events=(), targets=(), cycles=(), **more):
    rounds = [f"{2017 + i // 2}-S{i % 2 + 1}" for i in range(n)]
    return Programme(
        id="p",
        label=NAME,
        region="00.00",
        region_label=NAME,
        cycles=cycles,
        folder=".",
        rounds=[{"id": r, "state": "scored", "instrument": "one"} for r in rounds],
        events=events,
        targets=targets,
        **more,
    )


def event(kind="pandemic", start="2020-03", end="2021-12", **more):
    return Event(start=start, end=end, kind=kind, label=NAME, source="", confidence="", adjust=True, **more)


def index_of(values: dict[str, np.ndarray], instruments, region="00.00"):
    """INDEX rows from a series a node; NaN leaves the row without a value, None leaves it out."""
    rows = []
    for node, series_ in values.items():
        for i, v in enumerate(series_):
            if v is None:
                continue
            r = f"{2017 + i // 2}-S{i % 2 + 1}"
            rows.append(
                {
                    "region": region,
                    "round": r,
                    "node": node,
                    "value": v,
                    "value100": v,
                    "low": v,
                    "high": v,
                    "coverage": 1.0,
                    "weight": np.nan,
                    "status": "scored",
                    "instrument": instruments[r].id,
                    "weights": "own",
                }
            )
    return INDEX.check(
        pd.DataFrame(rows).astype({c: float for c in ("value", "value100", "low", "high", "coverage", "weight")})
    )


def all_one(n=16):
    one = instrument()
    return {f"{2017 + i // 2}-S{i % 2 + 1}": one for i in range(n)}


RISING = 40 + np.arange(16) + np.tile([0.3, -0.3], 8)


def table(values, events=(), used=None, round_name="2024-S2", **how):
    used = used or all_one()
    return trend(index_of(values, used), programme(events=events), round_name, used, **how)


def test_trend_keeps_the_contract():
    TREND.check(table({"index": RISING, "education": np.full(16, 50.0)}))


def test_later_rounds_are_not_looked_at():
    jump = np.where(np.arange(16) > 9, 99.0, RISING)
    a, b = (table({"index": v}, round_name="2021-S2")["slope"].iloc[0] for v in (jump, RISING))
    assert a == b


def test_other_regions_are_not_looked_at():
    used = all_one()
    both = pd.concat([index_of({"index": RISING}, used), index_of({"index": RISING[::-1]}, used, region="11.11")])
    assert trend(both, programme(), "2024-S2", used)["slope"].iloc[0] == table({"index": RISING})["slope"].iloc[0]


@pytest.mark.parametrize("rounds", [1, 2, 5])
def test_below_six_rounds_only_their_count_is_told(rounds):
    row = table({"index": np.where(np.arange(16) < 16 - rounds, np.nan, 50.0)}).iloc[0]
    assert row["rounds"] == rounds and np.isnan(row["slope"]) and row["agree"] == 0


def test_all_missing_is_a_row_without_statistics():
    row = table({"index": np.full(16, np.nan)}).iloc[0]
    assert row["rounds"] == 0 and np.isnan(row["p_up"])


def test_node_asked_for_without_any_row_has_zero_rounds():
    assert table({"index": RISING}, nodes=["index", "environment"]).set_index("node").at["environment", "rounds"] == 0


def test_region_without_rows_is_an_error():
    used = all_one()
    with pytest.raises(EvaluationError, match="no row of region"):
        trend(index_of({"index": RISING}, used, region="11.11"), programme(), "2024-S2", used)


@pytest.mark.parametrize("delta", [0, -1.0, np.nan])
def test_delta_must_be_positive(delta):
    with pytest.raises(EvaluationError, match="delta"):
        table({"index": RISING}, delta=delta)


def test_recent_change_is_over_four_rounds():
    assert table({"index": RISING})["recent"].iloc[0] == pytest.approx(RISING[-1] - RISING[-5])


def test_recent_change_needs_the_round_four_before():
    y = RISING.copy()
    y[-5] = np.nan
    assert np.isnan(table({"index": y})["recent"].iloc[0])


def test_event_outside_the_calendar_changes_nothing():
    y = some_series(1, missing=0)[0]
    pd.testing.assert_frame_equal(table({"index": y}, events=[event(start="1999", end="2001")]), table({"index": y}))


def test_event_touches_only_the_sectors_it_names():
    y = some_series(1, missing=0)[0]
    rows = table({"health": y, "education": y}, events=[event(sectors=("health",))]).set_index("node")
    assert np.isfinite(rows.at["health", "pandemic"]) and np.isnan(rows.at["education", "pandemic"])


def test_event_not_to_be_adjusted_is_no_term():
    y = some_series(1, missing=0)[0]
    plain = Event(start="2020-03", end="2021-12", kind="pandemic", label=NAME, source="", confidence="")
    assert np.isnan(table({"index": y}, events=[plain])["pandemic"].iloc[0])


def test_leaf_tells_of_its_tags():
    assert sectors_of("health/a", instrument()) == {"health"}


# New instruments


def two_instruments(share_common=(3, 1), **how):
    """Items a and b until 2022-S2, then a and c; a has 3/4 of the weight."""
    old, new = instrument("old", ("a", "b"), share_common, **how), instrument("new", ("a", "c"), share_common, **how)
    return {f"{2017 + i // 2}-S{i % 2 + 1}": old if i < 12 else new for i in range(16)}


def broken(jump=8.0, seed=1):
    """Item a rises 2 points a year with noise; b is 4 below it; c is `jump` above b: the node jumps by a quarter of it."""
    a = 40 + np.arange(16) + np.random.default_rng(seed).normal(0, 0.5, 16)
    b = np.where(np.arange(16) < 12, a - 4, np.nan)
    c = np.where(np.arange(16) < 12, np.nan, a - 4 + jump)
    node = 0.75 * a + 0.25 * np.where(np.arange(16) < 12, b, c)
    hide = [None if np.isnan(v) else v for v in b], [None if np.isnan(v) else v for v in c]
    return {"health": node, "health/a": a, "health/b": hide[0], "health/c": hide[1]}


def test_linked_shift_is_what_the_common_items_say():
    s = series(index_of(broken(), two_instruments()), programme(), "2024-S2", two_instruments())
    assert s.shift[s.nodes.index("health")] == pytest.approx(2.0)
    assert s.linked.all()


def test_earlier_rounds_are_moved_to_the_present_level():
    values = broken()
    s = series(index_of(values, two_instruments()), programme(), "2024-S2", two_instruments())
    assert s.y[s.nodes.index("health"), :12] == pytest.approx(values["health"][:12] + 2.0)
    assert s.y[s.nodes.index("health"), 12:] == pytest.approx(values["health"][12:])


def test_what_is_not_common_leaves_a_quarter_of_the_priors_doubt():
    s = series(index_of(broken(), two_instruments()), programme(), "2024-S2", two_instruments())
    assert s.exposures["instrument"][s.nodes.index("health"), -1] == pytest.approx(0.25)


def test_item_asked_both_times_needs_no_step():
    row = (
        table({k: v for k, v in broken().items() if k != "health/b"}, used=two_instruments()).set_index("node").loc["health/a"]
    )
    assert np.isnan(row["step"]) and row["linked"]


def test_linked_trend_finds_the_slope_across_the_break():
    row = table(broken(jump=40.0), used=two_instruments()).set_index("node").loc["health"]
    assert row["low"] < 2.0 < row["high"] and row["step"] == pytest.approx(10.0, abs=1.0)


def test_too_little_in_common_is_not_comparable():
    row = table(broken(), used=two_instruments((1, 3))).set_index("node").loc["health"]
    assert not row["linked"]


def test_item_declared_not_comparable_does_not_link():
    links = {"a": "-"}
    row = table(broken(), used=two_instruments(links=links)).set_index("node").loc["health"]
    assert not row["linked"]


def test_a_direction_never_follows_from_an_unlinked_jump():
    used = two_instruments((1, 3))
    values = {k: [None if x is None else 40.0 + 30.0 * (i >= 12) for i, x in enumerate(v)] for k, v in broken().items()}
    row = table(values, used=used).set_index("node").loc["health"]
    assert not row["linked"] and row["rounds"] == 16 and row["p_flat"] > 0.9
    row = table(values, used=used, round_name="2024-S1").set_index("node").loc["health"]
    assert not row["linked"] and row["rounds"] == 3 and np.isnan(row["slope"])


def test_recent_change_is_not_taken_across_an_unlinked_break():
    values = {k: v[:14] for k, v in broken().items()}
    rows = table(values, used=two_instruments((1, 3)), round_name="2023-S2").set_index("node")
    assert np.isnan(rows.at["health", "recent"])


def test_renamed_item_continues_its_series():
    old, new = instrument("old", ("a", "b")), instrument("new", ("a2", "b"), links={"a2": "health/a"})
    used = {f"{2017 + i // 2}-S{i % 2 + 1}": old if i < 12 else new for i in range(16)}
    y = [40.0 + i for i in range(16)]
    index = index_of({"health/a": y[:12], "health/a2": [None] * 12 + y[12:]}, used)
    assert trend(index, programme(), "2024-S2", used)["rounds"].to_list() == [16]


# Forecast


def test_forecast_goes_on_from_the_last_level():
    used = all_one()
    fan = forecasts(index_of({"index": RISING}, used), programme(), "2024-S2", used, {"index": "2026-S2"})
    assert fan["round"].to_list() == ["2025-S1", "2025-S2", "2026-S1", "2026-S2"]
    assert fan["mean"].to_numpy() == pytest.approx(56 + np.arange(4), abs=0.8)  # a bend to come draws it in


def test_fan_widens():
    used = all_one()
    fan = forecasts(index_of({"index": some_series(1)[0]}, used), programme(), "2024-S2", used, {"index": "2029-S2"})
    assert (np.diff(fan["high"] - fan["low"]) > 0).all()


def cycle(start, end):
    return {"id": start, "label": NAME, "start": start, "end": end, "source": ""}


@pytest.mark.parametrize(
    ("name", "cycles", "boundary", "starts"),
    [
        ("2022-S2", (("2018-S1", "2022-S2"), ("2023-S1", "2027-S2"), ("2028", "2032")), 2, (12, 22)),
        ("2023-S1", (("2018", "2022"), ("2023", "2027")), 12, (12,)),  # with the last round: boundary and start
        ("2023-S2", (("2018", "2022"), ("2023", "2027")), 12, ()),
        ("2022-S2", (("2024-Q2", "2027-Q4"),), None, (15,)),  # from April 2024 on: its first whole half-year
        ("2022-S2", (), None, ()),
    ],
)
def test_cycles_are_known_by_their_first_rounds(name, cycles, boundary, starts):
    used = all_one()
    plan = programme(cycles=[cycle(*c) for c in cycles])
    s = series(index_of({"index": RISING}, used), plan, name, used)
    assert (s.boundary, s.starts) == (boundary, starts)


def test_fan_of_a_programme_allows_for_the_cycle_to_come():
    used = all_one()

    def fan(*cycles):
        plan = programme(cycles=[cycle(*c) for c in cycles])
        return forecasts(index_of({"index": RISING}, used), plan, "2024-S2", used, {"index": "2027-S2"}).set_index("round")

    before = ("2017-S1", "2025-S2")
    one, two = fan(before), fan(before, ("2026-S1", "2030-S2"))
    assert two.loc[:"2025-S2"].equals(one.loc[:"2025-S2"])
    later = slice("2026-S2", None)
    assert (two.loc[later, "mean"] < one.loc[later, "mean"]).all() and (two.loc[later, "low"] < one.loc[later, "low"]).all()


def test_forecast_below_six_rounds_is_empty():
    used = all_one()
    assert forecasts(index_of({"index": RISING[:4]}, used), programme(), "2018-S2", used, {"index": "2026-S2"}).empty
