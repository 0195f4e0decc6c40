"""Titles say what the rows say: never more."""

import re

import numpy as np
import pandas as pd
import pytest
from chart_data import NAN, change
from hypothesis import given, settings
from hypothesis import strategies as st

from scevaluation.charts import heatmap, titles, trends, waterfall
from scevaluation.words import lower, words

ID, EN = words("id"), words("en")


def path_title(values, instruments="aaaa", comparable=True, w=ID):
    """The title of two panels without targets: values of the index, round by round."""
    rounds = ["2021-S1", "2021-S2", "2022-S1", "2022-S2"]
    rows = pd.DataFrame(
        {
            "node": ["index"] * 4 + ["n0"] * 4,
            "round": rounds * 2,
            "value100": [*values, 10.0, 20.0, 30.0, 40.0],
            "instrument": [*instruments] * 2,
            "comparable": comparable,
            "direction": "improving",
        }
    )
    return trends.finding(rows, ["index", "n0"], {"index": "Indeks gabungan", "n0": "Jalan"}, w)


@pytest.mark.parametrize(
    ("names", "room"), [(["Jalan", "Air"], True), (["Jalan"] * 4, False), (["a" * 40, "b" * 40], False), (["a" * 80], True)]
)
def test_a_title_names_what_has_room_on_a_phone_and_counts_the_rest(names, room):
    assert titles.few(names) == room
    said = titles.names(range(len(names)), dict(enumerate(names)), ID)
    assert said == (ID.join(lower(n) for n in names) if room else ID("finding.many", n=ID.count(len(names))))


@pytest.mark.parametrize(
    ("values", "instruments", "comparable", "title"),
    [
        ([50, 52, 54, 61.24], "aaaa", True, "Indeks gabungan berubah dari 50,0 pada 2021-I menjadi 61,2 dari 100 pada 2022-II"),
        ([NAN, 52, 54, NAN], "aaaa", True, "Indeks gabungan berubah dari 52,0 pada 2021-II menjadi 54,0 dari 100 pada 2022-I"),
        ([50, 52, 54, 61], "aabb", True, "Indeks gabungan berubah dari 54,0 pada 2022-I menjadi 61,0 dari 100 pada 2022-II"),
        ([50, 52, 54, 61], "aabb", False, "Indeks gabungan berubah dari 54,0 pada 2022-I menjadi 61,0 dari 100 pada 2022-II"),
        (
            [50, 52, 54, 61],
            "aaab",
            False,
            "Indeks gabungan bernilai 61,0 dari 100 pada 2022-II; belum ada putaran lain dengan instrumen ini",
        ),
        (
            [NAN, NAN, 54, NAN],
            "aaaa",
            True,
            "Indeks gabungan bernilai 54,0 dari 100 pada 2022-I; belum ada putaran lain dengan instrumen ini",
        ),
        ([NAN] * 4, "aaaa", True, "Indeks gabungan belum bernilai"),
    ],
)
def test_the_title_of_trends_without_targets_tells_the_way_of_the_first_panel(values, instruments, comparable, title):
    assert ID.text(path_title(values, instruments, comparable)) == title


def test_the_numbers_of_that_way_name_their_cells():
    places = path_title([50, 52, 54, 61.24]).places
    assert [(places[k].table, places[k].key, places[k].column, places[k].value) for k in ("first", "last")] == [
        ("INDEX", "2021-S1|index", "value100", 50.0),
        ("INDEX", "2022-S2|index", "value100", 61.24),
    ]


@pytest.mark.parametrize(
    ("says", "title", "english"),
    [
        (
            ["declining", "stagnant", "declining", "too_little_data", "likely_improving"],
            "Dari lima indikator, satu cenderung membaik, dua menurun, satu stagnan, dan satu belum dapat dinilai",
            "Of five indicators, one likely improving, two declining, one stagnant, and one without a verdict",
        ),
        (
            ["inconclusive", "too_little_data"],
            "Semua indikator (dua) belum dapat dinilai",
            "All indicators (two): without a verdict",
        ),
        (["improving"], "Semua indikator (satu) membaik", "All indicators (one): improving"),
    ],
)
def test_the_title_of_a_sectors_trends_counts_how_its_indicators_move(says, title, english):
    nodes = ["health", *(f"health/{i}" for i in range(len(says)))]
    rows = pd.DataFrame({"node": nodes * 2, "direction": ["improving", *says] * 2, "value100": 50.0, "target": 60.0})
    assert [w.text(trends.finding(rows, nodes, {}, w)) for w in (ID, EN)] == [title, english]


def test_the_title_of_trends_in_english():
    assert EN.text(path_title([50, 52, 54, 61], w=EN)) == "Indeks gabungan went from 50.0 in 2021-I to 61.0 of 100 in 2022-II"


def target_title(values, w=ID, aims=None):
    """The title of panels with targets: values of index, n0, n1 ... in the last round, each against 60 unless told."""
    nodes = ["index", *(f"n{i}" for i in range(len(values) - 1))]
    aims = aims or [60.0] * len(nodes)
    last = pd.DataFrame({"node": nodes, "round": "2024-S2", "value100": values, "target": aims, "comparable": True, "instrument": "a"})
    rows = pd.concat([last.assign(round="2024-S1", value100=99.0), last]).sort_values(["node", "round"], ignore_index=True)
    return trends.finding(rows, nodes, {n: f"Part {n}" for n in nodes}, w)


@pytest.mark.parametrize(
    ("values", "aims", "title"),
    [
        ([50.0, 40.0, 55.0], None, "No target reached yet; part n0 is furthest away: 40.0, target 60"),
        ([50.0, 40.0, 55.0], [60.0, 41.0, 70.0], "No target reached yet; part n1 is furthest away: 55.0, target 70"),
        ([50.0, 40.02, 40.0], None, "No target reached yet"),
        ([50.0, 60.0, 55.0], None, "Part n0 at the target or above; part n1 furthest below its own: 55.0 against 60"),
        ([61.0, 40.0, 40.0], None, "Part index at the target; the others still below theirs"),
        ([61.0, 60.0, 70.0], None, "Every target is reached"),
        ([59.0, 60.0, 70.0], None, "The parts have reached their targets, the index has not yet"),
        ([50.0, 40.0, NAN], None, "Part index went from 99.0 in 2024-I to 50.0 of 100 in 2024-II"),
        ([50.0, 40.0, 55.0], [60.0, 60.0, NAN], "Part index went from 99.0 in 2024-I to 50.0 of 100 in 2024-II"),
    ],
)
def test_the_title_of_trends_tells_what_is_left_to_the_targets(values, aims, title):
    assert EN.text(target_title(values, EN, aims)) == title


def test_the_numbers_of_that_title_name_their_cells():
    places = target_title([50.0, 40.0, 55.0]).places
    assert (places["value"].table, places["value"].key, places["value"].column) == ("INDEX", "2024-S2|n0", "value100")
    assert (places["target"].table, places["target"].key, places["target"].column) == ("VERDICTS", "2024-S2|n0", "target")


def heat_title(first, last, w=ID):
    nodes = ["index", *(f"n{i}" for i in range(len(last)))]
    wide = pd.DataFrame({"2021-S1": [50.0, *first], "2021-S2": [50.0, *last]}, index=nodes)
    return w.text(heatmap.finding(wide, {n: f"Bagian {n}" for n in nodes}, w))


@pytest.mark.parametrize(
    ("first", "last", "title"),
    [
        ([40, 60, 50], [62, 54, 45], "Bagian n0 kini tertinggi, bagian n2 terendah"),
        ([40, 60, 50], [62, 44, 45], "Bagian n0 kini tertinggi, bagian n1 dari tertinggi menjadi terendah"),
        ([60, 60, 50], [62, 44, 45], "Bagian n0 kini tertinggi, bagian n1 terendah"),
        ([NAN, 60, 50], [62, 62, 45], "Bagian n0 dan bagian n1 kini tertinggi, bagian n2 terendah"),
        ([40, 60, 50], [50, 50, 50], "Semua bernilai sama pada putaran terakhir"),
        ([40, 60, 50], [NAN, 50, NAN], "Di antara bagiannya hanya bagian n1 yang bernilai pada putaran terakhir"),
        ([40, 60, 50], [NAN, NAN, NAN], "Putaran terakhir belum bernilai"),
    ],
)
def test_the_title_of_the_heatmap_follows_the_last_column(first, last, title):
    assert heat_title(first, last) == title


@settings(deadline=None)
@given(st.lists(st.one_of(st.integers(-50, 150), st.just(NAN)), min_size=2, max_size=6), st.data())
def test_the_heatmap_names_all_of_the_highest_and_lowest_and_no_other(last, data):
    first = data.draw(st.lists(st.one_of(st.integers(0, 100), st.just(NAN)), min_size=len(last), max_size=len(last)))
    title = heat_title(first, last)
    if " kini tertinggi, " in title:
        high, low = title.split(" kini tertinggi, ")
        for text, extreme in ((high, np.nanmax(last)), (low, np.nanmin(last))):
            named = [int(n) for n in re.findall(r"n(\d)", text)]
            assert all(last[n] == extreme for n in named)
            assert not named or len(named) == sum(v == extreme for v in last)
        if "dari tertinggi" in low:
            fallen = int(re.findall(r"n(\d)", low)[0])
            assert first[fallen] == np.nanmax(first)


def change_title(official, like=NAN, bars=None, w=ID):
    return w.text(waterfall.finding(change([], official, like).iloc[0], w, bars))


@pytest.mark.parametrize(
    ("official", "like", "title"),
    [
        (0.254, NAN, "Indeks naik 0,25 dari 2024-I ke 2024-II"),
        (-0.03, NAN, "Indeks turun 0,03 dari 2024-I ke 2024-II"),
        (0.004, NAN, "Indeks tidak berubah dari 2024-I ke 2024-II"),
        (-0.13, 0.10, "Indeks turun 0,13, tetapi +0,10 bila bobot dan indikatornya sama"),
        (0.13, -0.10, "Indeks naik 0,13, tetapi \u22120,10 bila bobot dan indikatornya sama"),
        (-0.13, 0.001, "Indeks turun 0,13 dari 2024-I ke 2024-II"),
        (NAN, 0.2, "Perubahan indeks dari 2024-I ke 2024-II tidak diketahui"),
    ],
)
def test_the_title_of_a_change_follows_both_changes(official, like, title):
    assert change_title(official, like) == title


def test_a_change_is_told_in_points_of_a_hundred_where_the_report_speaks_of_sectors():
    total = change([], 0.03, 0.024).iloc[0]
    assert ID.text(waterfall.finding(total, ID, points=True)) == "Indeks naik 1,0 dari 2024-I ke 2024-II"
    assert 'data-ref="CHANGE|2024-S2|2024-S1|index|total|official100"' in ID.html(waterfall.finding(total, ID, points=True))


def test_the_largest_part_is_the_largest_of_those_with_the_sign_of_the_change():
    bars = pd.DataFrame({"label": ["Naik", "Sedikit", "Turun"], "contribution": [0.2, 0.1, -0.25]})
    assert change_title(0.05, bars=bars).endswith("; bagian terbesarnya: naik")


def test_two_equally_large_parts_are_not_named():
    bars = pd.DataFrame({"label": ["Satu", "Dua"], "contribution": [0.1, 0.1]})
    assert change_title(0.2, bars=bars) == "Indeks naik 0,20 dari 2024-I ke 2024-II"


def test_the_change_in_a_title_is_tied_to_its_cell():
    html = ID.html(waterfall.finding(change([], 0.25).iloc[0], ID))
    assert 'data-ref="CHANGE|2024-S2|2024-S1|index|total|official"' in html


def test_abbreviations_keep_their_capitals_inside_a_sentence():
    assert [lower(t) for t in ("SPBE", "Pendidikan")] == ["SPBE", "pendidikan"]


# Statistics: a direction needs more than half of all moves.
