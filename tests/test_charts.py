"""What trends, heatmap, waterfall and scorecard draw: panels, marks, rows, labels, order; both languages; hard cases."""

import xml.etree.ElementTree as ET

import numpy as np
import pandas as pd
import pytest
from chart_data import (
    EN,
    ID,
    LABELS,
    NAN,
    NODES,
    PARTS,
    ROUNDS,
    VALUES,
    both,
    change,
    count,
    group,
    index,
    labelled,
    make,
    many,
    placed,
    programme,
    texts,
    verdicts,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scevaluation.charts.series import COLUMNS
from scevaluation.charts.trends import trends
from scevaluation.charts.waterfall import waterfall
from scevaluation.draw.scale import neat_range
from scevaluation.draw.style import PHONE, SMALLEST, WIDE, text_width


@pytest.fixture(scope="module")
def lines():
    return make("trends")


@pytest.fixture(scope="module")
def cells():
    return make("heatmap")


@pytest.fixture(scope="module")
def bars():
    return waterfall(change(PARTS, 0.15, 0.19), LABELS, (2.50, 2.65), ID)


# what holds for every picture

HARD = {
    "plain": lambda kind: make(kind),
    "english": lambda kind: make(kind, w=EN),
    "forty indicators with very long names": lambda kind: make(kind, *many(40)[:2], nodes=many(40)[2], labels=many(40)[3]),
    "one sector": lambda kind: make(kind, nodes=["roads"]),
    "one sector without a value": lambda kind: make(kind, nodes=[*NODES, "parks"], labels={**LABELS, "parks": "Taman"}),
    "negative and off range": lambda kind: make(
        kind, index({"index": [-250.0, -3, NAN, 0, 120, 900, 55, 56]}), nodes=["index"]
    ),
    "no verdicts, targets or events": lambda kind: make(kind, says=verdicts({}), plan=programme(targets=(), events=False)),
    "only the middle round has a value": lambda kind: make(kind, index({"index": [NAN] * 4 + [50.0] + [NAN] * 3})),
    "letters that no font has": lambda kind: make(kind, labels={**LABELS, "roads": "道路 \u0007 Jalan"}),
}


@pytest.fixture(scope="module", params=[(k, c) for k in ("trends", "heatmap") for c in HARD], ids=lambda p: f"{p[0]}: {p[1]}")
def hard(request):
    kind, case = request.param
    return HARD[case](kind)


def test_hard_cases_are_well_formed_pictures(hard):
    for svg in both(hard):
        ET.fromstring(svg)


def test_hard_cases_have_an_alternative_text_of_forty_letters(hard):
    assert len(hard.alt) >= 40


def test_no_text_is_smaller_than_the_smallest(hard):
    for svg, least in zip(both(hard), (SMALLEST, 11 * 72 / 96), strict=True):  # 11 pixels on a phone
        assert all(size >= least - 0.01 for _, _, size in placed(svg))


def test_no_text_leaves_the_picture(hard):
    for svg, width in zip(both(hard), (WIDE, PHONE), strict=True):
        for text, x, size in placed(svg):
            assert x >= -0.5, text
            assert x + text_width(text, size) * 72 <= width * 72 + 0.5, text


def test_a_picture_stays_small(hard):
    assert max(map(len, both(hard))) < 320_000


def test_a_long_name_of_a_panel_takes_the_lines_it_needs():
    name = "Informasi wajib yang diumumkan sebagai data terbuka oleh seluruh perangkat daerah dan badan usaha milik daerah"
    for svg in both(make("trends", labels={**LABELS, "schools": name})):
        assert name in " ".join(texts(svg))


@pytest.mark.parametrize("kind", ["trends", "heatmap"])
def test_the_same_tables_give_the_same_bytes(kind):
    assert both(make(kind)) == both(make(kind))


@pytest.mark.parametrize("kind", ["trends", "heatmap"])
def test_tables_are_not_changed(kind):
    table, says = index(), verdicts()
    before = table.copy(deep=True), says.copy(deep=True)
    make(kind, table, says)
    pd.testing.assert_frame_equal(table, before[0])
    pd.testing.assert_frame_equal(says, before[1])


@pytest.mark.parametrize("kind", ["trends", "heatmap"])
def test_without_any_value_the_chart_says_so_instead_of_drawing(kind):
    chart = make(kind, index({n: [NAN] * 8 for n in NODES}))
    assert chart.wide == chart.phone == ""
    assert '<div class="empty"><p>' in chart.figure_html() and "<img" not in chart.figure_html()


@pytest.mark.parametrize("kind", ["trends", "heatmap"])
def test_rows_of_another_region_are_not_drawn(kind):
    table = pd.concat([index(), index({n: [99.0] * 8 for n in NODES}, region="00.00")])
    assert both(make(kind, table)) == both(make(kind))


@pytest.mark.parametrize("kind", ["trends", "heatmap"])
def test_rounds_and_verdicts_after_the_round_are_not_drawn(kind):
    says = pd.concat([verdicts(round_name="2023-S2"), verdicts({n: "declining" for n in NODES})])
    chart = make(kind, says=says, round_name="2023-S2")
    assert chart.rows["round"].max() == "2023-S2" and set(chart.rows["direction"]) == {
        "inconclusive",
        "improving",
        "declining",
        "stagnant",
    }


@pytest.mark.parametrize("kind", ["trends", "heatmap"])
def test_rows_are_a_row_a_node_and_round_with_missing_left_missing(kind):
    rows = make(kind).rows
    assert tuple(rows.columns) == COLUMNS
    assert list(rows["node"].unique()) == NODES and len(rows) == 4 * 8
    for node, series in VALUES.items():
        np.testing.assert_array_equal(rows.loc[rows["node"] == node, "value100"], series)


# trends


def test_trends_has_a_panel_a_node_in_order(lines):
    for svg in both(lines):
        assert labelled(svg, "panel") == list(LABELS.values())


def test_every_panel_ends_with_its_last_value(lines):
    for svg in both(lines):
        assert labelled(svg, "value") == ["56,4", "62,2", "54,1", "45,3"]


def test_english_writes_a_decimal_point_and_english_verdicts():
    svg = make("trends", w=EN).wide
    assert labelled(svg, "value")[0] == "56.4"
    assert {"Improving", "Declining", "Stagnant", "Inconclusive"} <= set(texts(svg))


def test_every_panel_carries_its_verdict_as_word_and_mark(lines):
    for svg in both(lines):
        assert {"Membaik", "Menurun", "Stagnan", "Belum pasti"} <= set(texts(svg))
        assert [count(svg, f"mark-{d}") for d in ("improving", "declining", "stagnant", "inconclusive")] == [1, 1, 1, 1]


def test_a_missing_round_is_a_bridge_and_a_gap_in_the_line(lines):
    for svg in both(lines):
        assert count(svg, "bridge") == 5  # one a panel, clinics have two
        assert [part.count("M") for part in group(svg, "line")] == [
            2,
            2,
            2,
            3,
        ]  # the last run of clinics is solid from 2024-S1 on
        assert "putus-putus" in lines.note


def test_the_grey_lines_stop_at_missing_rounds_too(lines):
    assert all(part.count("M") >= 2 for part in group(lines.wide, "other"))


def test_what_is_not_reported_is_an_upright_bar_at_its_round():
    chart = make("trends", index({"index": VALUES["index"]}, spread=4), nodes=["index"])
    known = sum(v is not None and v == v for v in VALUES["index"])
    assert group(chart.wide, "bounds")[0].count("M") == known and "Batang tegak" in chart.note


def test_without_uncertainty_there_is_no_ribbon_and_no_word_of_it(lines):
    assert count(lines.wide, "ribbon") + count(lines.wide, "bounds") == 0
    assert "Pita" not in lines.note and "Batang tegak" not in lines.note


def paced(slope, low, high, rounds):
    return pd.DataFrame(
        {"region": ["94.04"], "node": ["index"], "slope": [slope], "low": [low], "high": [high], "rounds": [rounds]}
    )


def line_of(values, pace):
    table = index({"index": values})
    return trends(table, verdicts(), programme(), "2024-S2", ["index"], LABELS, ID, pace)


def test_the_pace_of_a_panel_is_a_ribbon_and_the_note_names_its_interval():
    chart = line_of(VALUES["index"], paced(1.0, 0.5, 1.5, 5))
    assert count(chart.wide, "ribbon") == 1 and "rentang 90%" in chart.note


def test_a_pace_that_is_not_known_has_no_ribbon():
    chart = line_of(VALUES["index"], paced(np.nan, np.nan, np.nan, 0))
    assert count(chart.wide, "ribbon") == 0 and "Pita" not in chart.note


def test_targets_are_ticks_with_their_number_and_round(lines):
    assert count(lines.wide, "target") == 2
    assert {"66", "70", "target"} <= set(texts(lines.wide)) and "2027-II" in lines.note


def test_the_next_target_is_drawn_not_a_later_one():
    plan = programme(targets=(("index", "2027-S2", 66.0), ("index", "2025-S2", 58.0), ("index", "2022-S2", 52.0)))
    assert set(make("trends", plan=plan).rows.query("node == 'index'")["target"]) == {58.0}


def test_a_verdicts_own_target_goes_before_the_programmes():
    says = verdicts().assign(target=[61.0, NAN, NAN, NAN])
    assert set(make("trends", says=says).rows.query("node == 'index'")["target"]) == {61.0}


def test_the_composite_of_a_round_that_lacks_a_sector_is_hollow(lines):
    rows = lines.rows
    assert list(rows.loc[rows["weak"], ["node", "round"]].itertuples(index=False, name=None)) == [("index", "2023-S2")]
    assert count(lines.wide, "weak") == 1 and "Titik kosong" in lines.note


def test_a_value_of_low_coverage_is_weak():
    assert make("trends", index(coverage=0.79)).rows.query("value100.notna()")["weak"].all()


def test_cycles_and_events_are_drawn_in_every_panel_and_named_in_the_first(lines):
    assert count(lines.wide, "cycle") == 4 and texts(lines.wide).count("Siklus I") == 1
    assert count(lines.wide, "event-pandemic") == 4 and texts(lines.wide).count("Pandemi") == 1
    assert count(lines.wide, "event-election") == 4 and texts(lines.wide).count("Pilkada") == 1


def test_events_that_are_no_term_of_the_trend_are_not_drawn(lines):
    assert count(lines.wide, "event-legal") == 0


def test_the_note_names_the_programmes_own_cycles_and_nothing_that_is_not_there():
    note = make("trends", plan=programme(events=False, targets=())).note
    assert "Siklus I." in note
    assert not any(word in note for word in ("pandemi", "Pilkada", "target", "instrumen"))


TWO = {r: "a" if r < "2023" else "b" for r in ROUNDS}


def test_a_linked_new_instrument_is_a_short_line_at_the_foot():
    svg = make("trends", index(instruments=TWO)).wide
    assert (count(svg, "new-instrument"), count(svg, "break")) == (4, 0)


def test_no_line_runs_through_an_instrument_that_is_not_comparable():
    chart = make("trends", index(instruments=TWO), verdicts(comparable=False))
    for svg in both(chart):
        assert count(svg, "break") == 4
        assert [part.count("M") for part in group(svg, "line")] == [3, 3, 3, 4]
    assert "tidak dapat dibandingkan" in chart.note


def test_all_panels_share_one_range():
    svg = make("trends", index({"index": [50.0] * 8, "roads": [50.0] * 8, "schools": [10.0] * 8}), nodes=NODES[:3]).wide
    heights = [part.split('y="')[1].split('"')[0] for part in group(svg, "last")]
    assert heights[0] == heights[1] != heights[2]


def test_wide_panels_stand_three_abreast_and_a_phones_below_each_other(lines):
    places = {
        layout: [x for text, x, _ in placed(svg) if text in LABELS.values()]
        for layout, svg in zip(("wide", "phone"), both(lines), strict=True)
    }
    assert [round(x) for x in places["wide"]][3] == round(places["wide"][0]) and len({round(x) for x in places["wide"]}) == 3
    assert len({round(x) for x in places["phone"]}) == 1


def test_a_panel_without_a_value_says_so():
    svg = make("trends", nodes=[*NODES, "parks"], labels={**LABELS, "parks": "Taman"}).wide
    assert labelled(svg, "panel")[-1] == "Taman" and count(svg, "none") == 1


def test_a_last_value_of_an_earlier_round_names_its_round():
    table = index({"index": [50, 51, 52, 53, 54, 55, 56, NAN]})
    assert "2024-I" in texts(make("trends", table, nodes=["index"]).wide)


def test_one_round_is_a_dot_with_its_round_on_the_axis():
    plan = programme(rounds=ROUNDS[-1:])
    svg = make("trends", index({"index": [56.4]}, ROUNDS[-1:]), plan=plan, nodes=["index"]).wide
    assert count(svg, "last") == 1 and "2024-II" in texts(svg)


def test_of_forty_panels_only_the_composite_stays_behind_the_lines():
    table, says, nodes, labels = many(40)
    chart = make("trends", table, says, nodes=nodes, labels=labels)
    assert count(chart.wide, "panel") == 40 and count(chart.wide, "other") == 39
    assert len(chart.alt) < 400


def test_a_round_once_a_year_is_no_gap():
    rounds = ROUNDS[1::2]
    svg = make("trends", index({"index": [50.0, 51, 52, 53]}, rounds), plan=programme(rounds=rounds), nodes=["index"]).wide
    assert count(svg, "bridge") == 0


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=9))
def test_a_range_holds_all_values_between_at_most_six_steps(values):
    low, high, step = neat_range(np.array(values))
    assert low < min(values) and high > max(values)
    assert 2 <= round((high - low) / step) <= 6 and (low / step).is_integer()


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.one_of(st.floats(-200, 300), st.just(NAN)), min_size=8, max_size=8),
    st.lists(st.one_of(st.floats(0, 100), st.just(NAN)), min_size=8, max_size=8),
)
def test_wild_values_draw_without_a_warning(first, second):
    table = index({"index": first, "roads": second}, spread=30)
    for kind in ("trends", "heatmap"):
        chart = make(kind, table, nodes=NODES[:2])
        assert chart.empty or (chart.wide and chart.phone)
