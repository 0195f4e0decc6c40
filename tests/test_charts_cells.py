"""What heatmap and waterfall draw: cells, marks, bars, order and sums."""

import re
import xml.etree.ElementTree as ET

import pytest
from chart_data import (
    EN,
    ID,
    LABELS,
    NAN,
    NODES,
    PARTS,
    ROUNDS,
    both,
    change,
    count,
    group,
    index,
    labelled,
    make,
    many,
    pictures,
    placed,
    programme,
    recent,
    texts,
    verdicts,
)

from scevaluation.charts.heatmap import heatmap
from scevaluation.charts.waterfall import waterfall
from scevaluation.draw.embed import embedded
from scevaluation.draw.style import PHONE, SMALLEST, WIDE, text_width
from scevaluation.errors import ContractError


@pytest.fixture(scope="module")
def cells():
    return make("heatmap")


@pytest.fixture(scope="module")
def bars():
    return waterfall(change(PARTS, 0.15, 0.19), LABELS, (2.50, 2.65), ID)


# heatmap


def test_cells_are_integers_of_all_rounds_row_by_row(cells):
    whole = [t for t in texts(cells.wide) if t.isdigit() and len(t) == 2]
    assert whole == [
        "50",
        "51",
        "52",
        "53",
        "54",
        "55",
        "56",
        "40",
        "42",
        "46",
        "50",
        "54",
        "58",
        "62",
        "60",
        "59",
        "58",
        "57",
        "56",
        "55",
        "54",
        "45",
        "45",
        "45",
        "45",
        "45",
        "45",
    ]


def test_missing_cells_are_hatched_with_a_dash(cells):
    for svg in both(cells):
        assert count(svg, "missing") == 5  # 2022-S1 in four rows, 2023-S2 of clinics
        assert texts(svg).count("\u2013") >= 5


def test_rows_stand_in_order_on_wide_and_rounds_newest_first_on_a_phone(cells):
    assert labelled(cells.wide, "row") == list(LABELS.values())
    assert labelled(cells.phone, "row") == ["2024-II", "2024-I", "2023-II", "2023-I", "2022-II", "2022-I", "2021-II", "2021-I"]
    assert labelled(cells.phone, "column") == list(LABELS.values())


def test_changes_over_two_years_are_signed_beside_the_marks(cells):
    assert labelled(cells.wide, "change") == ["+4,4", "+16,2", "\u22123,9", "+0,3"]


def test_years_half_years_cycles_and_events_frame_the_cells(cells):
    found = texts(cells.wide)
    assert [found.count(t) for t in ("2021", "2024", "I", "II", "Siklus I", "Siklus II", "Pandemi", "Pilkada")] == [
        1,
        1,
        4,
        4,
        1,
        1,
        1,
        1,
    ]
    assert count(cells.wide, "cycle-start") == 1 and count(cells.wide, "event") == 2


def test_the_composite_over_fewer_sectors_has_a_folded_corner(cells):
    for svg in both(cells):
        assert count(svg, "weak") == 1 and "".join(group(svg, "weak")).count("<path") == 1


def test_the_column_of_changes_is_the_trends_and_a_missing_one_a_dash():
    table = recent(index(), "2024-S2")
    table.loc[table["node"] == "roads", "recent"] = NAN
    chart = heatmap(index(), table, verdicts(), programme(), "2024-S2", NODES, LABELS, ID)
    assert labelled(chart.wide, "change") == ["+4,4", "\u2013", "\u22123,9", "+0,3"]
    assert "tidak ada pembanding" in chart.note


def test_two_rounds_are_no_history():
    chart = make("heatmap", index({"index": [50.0, 51]}, ROUNDS[:2]), plan=programme(rounds=ROUNDS[:2]), round_name="2021-S2")
    assert chart.wide == "" and "tiga putaran" in chart.figure_html()


def test_on_a_phone_forty_indicators_are_rows_of_the_newest_rounds():
    table, says, nodes, labels = many(40)
    chart = make("heatmap", table, says, nodes=nodes, labels=labels)
    assert count(chart.wide, "row") == count(chart.phone, "row") == 40
    assert labelled(chart.phone, "column") == [
        "\u201924-II",
        "\u201924-I",
        "\u201923-II",
        "\u201923-I",
        "\u201922-II",
        "\u201922-I",
    ]


# waterfall


def test_bars_are_scores_by_size_then_weight_and_coverage(bars):
    assert list(bars.rows["label"]) == ["Jalan", "Puskesmas", "Sekolah", "Bobot berubah", "Kelengkapan berubah"]
    for svg in both(bars):
        assert [count(svg, f"bar-{k}") for k in ("score", "weight", "coverage", "instrument", "official", "like_for_like")] == [
            3,
            1,
            1,
            0,
            1,
            1,
        ]


def test_bars_sum_to_the_official_change(bars):
    assert bars.rows["contribution"].sum() == pytest.approx(0.15, abs=1e-12)


def test_official_and_like_for_like_changes_are_both_named(bars):
    assert {"Perubahan resmi", "Bobot dan indikator sama", "+0,15, menjadi 2,65", "+0,19"} <= set(texts(bars.wide))


def test_the_first_bar_starts_at_zero_and_the_last_ends_where_the_official_one_does(bars):
    def ends(gid):
        outline = group(bars.wide, gid)[-1 if gid != "bar-score" else 0].split('d="')[1].split('"')[0]
        x = [float(v) for v in re.findall(r"[MLH](-?[\d.]+)", outline)]
        return min(x), max(x)

    zero = float(group(bars.wide, "zero")[0].split('d="M')[1].split()[0])
    assert ends("bar-score")[0] == pytest.approx(zero, abs=0.02) == ends("bar-official")[0]
    assert ends("bar-coverage")[1] == pytest.approx(ends("bar-official")[1], abs=0.02)


def test_weights_are_outlined_and_coverage_is_hatched(bars):
    assert "fill:#ffffff" in group(bars.wide, "bar-weight")[0] and "url(#" in group(bars.wide, "bar-coverage")[0]


def test_a_small_bar_is_not_labelled_as_zero():
    chart = waterfall(change([("roads", "score", 0.004), ("schools", "score", 0.1)], 0.104), LABELS, (2.5, 2.604), ID)
    assert "+0,004" in texts(chart.wide)


def test_contributions_that_miss_the_change_stop_the_chart():
    with pytest.raises(ContractError, match="miss the official change by"):
        waterfall(change(PARTS, 0.16), LABELS, (2.5, 2.66), ID)


def test_without_components_the_chart_says_which_round_lacks_them():
    chart = waterfall(change([], -0.03), LABELS, (2.50, 2.47), ID)
    assert chart.wide == "" and ID.text(chart.empty).startswith("Komponen 2024-I tidak diterbitkan")


def test_the_first_round_has_an_empty_state():
    assert "putaran pertama" in waterfall(change([], 0.1).iloc[:0], LABELS, (NAN, 2.5), ID).figure_html()


@pytest.mark.parametrize(
    "parts", [PARTS, [(f"n{i}", "score", (-1) ** i * 0.01 * i) for i in range(40)], [("roads", "score", 0.0)]]
)
@pytest.mark.parametrize("w", [ID, EN])
def test_waterfalls_keep_their_texts_inside_and_large_enough(parts, w):
    chart = waterfall(change(parts, sum(v for *_, v in parts), 0.3), {**LABELS, "n3": "Persentase " * 12}, (NAN, NAN), w)
    for svg, width in zip(both(chart), (WIDE, PHONE), strict=True):
        ET.fromstring(svg)
        assert all(
            x >= -0.5 and x + text_width(t, s) * 72 <= width * 72 + 0.5 and s >= SMALLEST - 0.01 for t, x, s in placed(svg)
        )


def test_the_pictures_on_the_page_are_the_two_layouts(bars):
    assert pictures(bars.figure_html()) == [embedded(bars.phone), embedded(bars.wide)]
