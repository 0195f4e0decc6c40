"""What dumbbell, trajectory, leverage, coverage map and small lines draw: marks, rows, labels, order; hard cases."""

from __future__ import annotations

import base64
import re
import xml.etree.ElementTree as ET

import numpy as np
import pandas as pd
import pytest
from chart_data import EN, ID, NAN, both, count, group, labelled, placed, texts
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scevaluation.charts import coverage as coverage_chart
from scevaluation.charts import dumbbell as dumbbell_chart
from scevaluation.charts import leverage as leverage_chart
from scevaluation.charts import trajectory as trajectory_chart
from scevaluation.charts.coverage import coverage
from scevaluation.charts.dumbbell import dumbbell
from scevaluation.charts.leverage import leverage
from scevaluation.charts.spark import sparkline
from scevaluation.charts.trajectory import trajectory
from scevaluation.draw.style import PHONE, SMALLEST, WIDE, text_width

LONG = "Persentase penyelenggaraan layanan administrasi kependudukan yang dapat diselesaikan secara daring nomor"
# before, now; the last three: not comparable, new, not reported
VALUES = {"a": (40, 52.5), "b": (50, 41), "c": (60, 61), "d": (30, 30), "e": (NAN, 70), "f": (NAN, 20), "g": (55, NAN)}
NAMES = {n: f"Butir {n}" for n in VALUES}


def uses(svg: str, gid: str) -> int:
    """How many marks the groups of a name place."""
    return sum(part.count("<use") for part in group(svg, gid))


def items(values=VALUES) -> pd.DataFrame:
    rows = pd.DataFrame(
        [
            {"node": n, "before": float(b), "now": float(v), "status": "scored", "comparable": True}
            for n, (b, v) in values.items()
        ],
        columns=["node", "before", "now", "status", "comparable"],
    )
    return rows.assign(change=rows["now"].astype(float) - rows["before"].astype(float))


def bells(values=VALUES, names=NAMES, w=ID, axis=(0.0, 100.0), rounds=("2024-S1", "2024-S2"), **more):
    return dumbbell(items(values), names, "Kesehatan", rounds, axis, w, **more)


def levers(silent=("g", "h"), count=5, unit="chart.leverage.unit_points", names=None, w=ID, agency="x; y", scale=1.0):
    rows = [
        {
            "node": f"n{i}",
            "agency": agency,
            "reported": True,
            "weight": 0.1,
            "room": 50.0 + i,
            "gain": (5 + 0.1 * i) * scale,
            "one_up": 2.0 * scale,
            "if_worst": NAN,
        }
        for i in range(count)
    ]
    rows += [
        {
            "node": n,
            "agency": "",
            "reported": False,
            "weight": 0.05,
            "room": NAN,
            "gain": (1.0 + k) * scale,
            "one_up": NAN,
            "if_worst": -2.0 * scale,
        }
        for k, n in enumerate(silent)
    ]
    columns = ["node", "agency", "reported", "weight", "room", "gain", "one_up", "if_worst"]
    table = pd.DataFrame(rows, columns=columns)
    table["reported"] = table["reported"].astype(bool)
    return leverage(table, names or {}, {"x": "Dinas X", "y": "Dinas Y"}, unit, w)


def ways(
    nodes=("index", "roads"), fan=("index",), values=(50, NAN, 52, 54), target=66.0, until="2027-S2", w=ID, names=None, **says
):
    rounds = ("2023-S1", "2023-S2", "2024-S1", "2024-S2")
    rows = []
    for node in nodes:
        rows += [(node, "actual", r, v, NAN, NAN, "a" if r < "2024" else "b") for r, v in zip(rounds, values, strict=True)]
        if np.isfinite(values[-1]):
            rows += [(node, "needed", "2024-S2", values[-1], NAN, NAN, ""), (node, "needed", until, target, NAN, NAN, "")]
        rows.append((node, "target", until, target, NAN, NAN, ""))
        if node in fan:
            rows += [(node, "forecast", f"202{5 + k // 2}-S{1 + k % 2}", 55 + k, 50 + k, 60 + k, "") for k in range(6)]
    table = pd.DataFrame(rows, columns=["node", "kind", "round", "value100", "low", "high", "instrument"])
    for column in ("value100", "low", "high"):
        table[column] = table[column].astype(float)
    row = {"round": "2024-S2", "pace": "too_slow", "needed": 4.0, "seen": 1.5, "comparable": True, **says}
    row |= {"target": target, "target_round": until, "p_hit": says.get("p_hit", NAN)}
    verdicts = pd.DataFrame([{"node": n, **row} for n in nodes], columns=["node", *row])
    return trajectory(table, verdicts, names or {n: n.capitalize() for n in nodes}, w)


MARKS = {"one/a": "measured reported measured", "one/b": "estimated missing ungraded", "two/c": "not_asked not_asked missing"}


def cover(marks=MARKS, rounds=("2023-S2", "2024-S1", "2024-S2"), names=None, w=ID, n=1):
    rows = [
        {"node": node, "round": r, "mark": m} for node, text in marks.items() for r, m in zip(rounds, text.split(), strict=True)
    ]
    table = pd.DataFrame(rows, columns=["node", "round", "mark"])
    drawn = table.assign(row=table["node"], top=table["node"].str.partition("/")[0], n=n)
    return coverage(drawn, table, names or {}, {"one": "Satu", "two": "Dua"}, rounds[-1], w)


def wide_case(n):
    return {f"i{k}": (30.0 + (7 * k) % 50, 30.0 + (11 * k) % 60) for k in range(n)}


CASES = {
    "dumbbell": lambda: bells(),
    "dumbbell in English": lambda: bells(w=EN),
    "dumbbell of forty very long names": lambda: bells(wide_case(40), {f"i{k}": f"{LONG} {k}" for k in range(40)}),
    "dumbbell of one item": lambda: bells({"a": (40, 50)}),
    "dumbbell off range": lambda: bells({"a": (-250, 900), "b": (0, -3)}),
    "dumbbell on the scale": lambda: bells({"a": (1, 4), "b": (2.2, 2)}, axis=(1.0, 4.0), digits=2, threshold=0.15),
    "dumbbell of unknown letters": lambda: bells(names={**NAMES, "a": "道路 \u0007 Jalan <b>&"}),
    "trajectory": lambda: ways(),
    "trajectory in English": lambda: ways(w=EN),
    "trajectory of one sector": lambda: ways(("index",)),
    "trajectory of forty very long names": lambda: ways(
        [f"i{k}" for k in range(40)], (), names={f"i{k}": f"{LONG} {k}" for k in range(40)}
    ),
    "trajectory of one round": lambda: ways(fan=(), values=(NAN, NAN, NAN, 50)),
    "trajectory without a last value": lambda: ways(fan=(), values=(40, 45, 50, NAN)),
    "trajectory off range": lambda: ways(values=(-250, NAN, 900, 50)),
    "trajectory not comparable": lambda: ways(comparable=False),
    "trajectory of a target that is due": lambda: ways(fan=(), until="2024-S2", needed=NAN),
    "leverage": lambda: levers(),
    "leverage in English": lambda: levers(w=EN),
    "leverage of forty very long names": lambda: levers(count=40, names={f"n{k}": f"{LONG} {k}" for k in range(40)}),
    "leverage without agencies": lambda: levers(agency="", silent=()),
    "leverage of silent items only": lambda: levers(count=0),
    "leverage of large numbers": lambda: levers(scale=1e5),
    "coverage": lambda: cover(),
    "coverage in English": lambda: cover(w=EN),
    "coverage of forty very long names": lambda: cover(
        {f"one/i{k}": "measured missing reported" for k in range(40)}, names={f"one/i{k}": f"{LONG} {k}" for k in range(40)}
    ),
    "coverage of one round": lambda: cover({"one/a": "measured"}, ("2017-S1",)),
    "coverage of twenty rounds": lambda: cover(
        {"one/a": " ".join(["measured"] * 20)}, tuple(f"20{y}-S{s}" for y in range(17, 27) for s in (1, 2))
    ),
    "coverage of quarters": lambda: cover({"one/a": "measured missing"}, ("2025-Q1", "2025-Q2")),
}


@pytest.fixture(scope="module", params=list(CASES))
def hard(request):
    return CASES[request.param]()


def test_hard_cases_are_well_formed_pictures(hard):
    for svg in both(hard):
        ET.fromstring(svg)


def test_hard_cases_have_an_alternative_text_of_forty_letters_and_a_title(hard):
    assert 40 <= len(hard.alt) <= 2500 and len(hard.title) > 10 and hard.note


def test_no_text_is_smaller_than_the_smallest_or_leaves_the_picture(hard):
    for svg, width in zip(both(hard), (WIDE, PHONE), strict=True):
        for text, x, size in placed(svg):
            assert size >= SMALLEST - 0.01, text
            assert x >= -0.5, text
            assert x + text_width(text, size) * 72 <= width * 72 + 0.5, text


def test_a_picture_stays_small(hard):
    assert max(map(len, both(hard))) < 320_000


def test_rows_are_shown_with_headers_in_words(hard):
    html = hard.figure_html()
    assert "<details" in html and "items.column" not in html and "<b>&" not in html


@pytest.mark.parametrize("case", ["dumbbell", "trajectory", "leverage", "coverage"])
def test_the_same_table_gives_the_same_bytes(case):
    assert both(CASES[case]()) == both(CASES[case]())


def test_tables_are_not_changed():
    table = items()
    before = table.copy(deep=True)
    dumbbell(table, NAMES, "X", ("2024-S1", "2024-S2"), (0.0, 100.0), ID)
    pd.testing.assert_frame_equal(table, before)


# dumbbell


def test_pairs_stand_by_change_then_what_cannot_be_compared():
    chart = bells()
    assert list(chart.rows["node"]) == ["a", "c", "d", "b", "e", "f", "g"]
    for svg in both(chart):
        assert labelled(svg, "row") == [f"Butir {n}" for n in ("a", "c", "d", "b", "e", "f", "g")]
        assert labelled(svg, "heading") == ["Tanpa pembanding", "Belum ada nilai pada putaran ini"]


def test_hollow_dots_are_before_and_solid_ones_now():
    for svg in both(bells()):
        assert (uses(svg, "before"), uses(svg, "now")) == (5, 6)
        assert labelled(svg, "key") == ["2024-I", "2024-II"]
        assert count(svg, "change") == 3  # one group each of rises, falls and no change


def test_only_changes_from_the_threshold_on_are_written_signed():
    chart = bells()
    for svg in both(chart):
        assert labelled(svg, "label") == ["+12,5", "\u22129,0"]
        assert labelled(svg, "value") == ["52,5", "61,0", "30,0", "41,0", "70,0", "20,0", "\u2013"]
    assert labelled(bells(threshold=1.0).wide, "label") == ["+12,5", "+1,0", "\u22129,0"]
    assert "5,0 poin" in chart.note


def test_what_is_not_drawn_is_counted_in_the_note():
    values = wide_case(45) | {"z": (NAN, 50.0)}
    chart = bells(values, {})
    assert len(chart.rows) == 40 and "6 indikator lain" in chart.note
    dropped = items(values).query("node not in @chart.rows.node and change.notna()")["change"].abs().max()
    assert dropped <= chart.rows["change"].abs().min()


@pytest.mark.parametrize(
    ("values", "rounds", "says"),
    [
        ({"a": (NAN, NAN)}, ("2024-S1", "2024-S2"), "Belum ada indikator yang bernilai"),
        ({"a": (NAN, 50)}, ("", "2024-S2"), "putaran pertama"),
        ({"a": (NAN, 50)}, ("2024-S1", "2024-S2"), "tidak diketahui"),
    ],
)
def test_without_a_pair_the_chart_says_why(values, rounds, says):
    chart = bells(values, rounds=rounds)
    assert chart.wide == "" and says in chart.figure_html() and '<div class="empty">' in chart.figure_html()


def test_where_no_item_is_comparable_the_empty_state_says_so():
    table = items({"a": (NAN, 50)}).assign(comparable=False)
    chart = dumbbell(table, NAMES, "X", ("2024-S1", "2024-S2"), (0.0, 100.0), ID)
    assert "tidak sebanding" in chart.figure_html()


@pytest.mark.parametrize(
    ("values", "title"),
    [
        ({"a": (1, 2), "b": (1, 5)}, "X: kedua indikator naik; kenaikan terbesar: butir b"),
        ({"a": (1, 2), "b": (1, 2), "c": (3, 3)}, "X: dua dari tiga indikator naik, tidak ada yang turun"),
        ({"a": (3, 2), "b": (3, 3)}, "X: satu dari dua indikator turun, tidak ada yang naik; penurunan terbesar: butir a"),
        ({"a": (3, 3)}, "X: tidak ada yang berubah (satu indikator)"),
        (
            {"a": (3, 4), "b": (3, 1)},
            "X: satu dari dua indikator naik, satu turun; kenaikan terbesar: butir a, penurunan terbesar: butir b",
        ),
        ({"a": (3, 4), "b": (3, 4), "c": (3, 1)}, "X: dua dari tiga indikator naik, satu turun"),
        ({"a": (3, 4), "b": (NAN, 1)}, "X: satu indikator yang sebanding naik; kenaikan terbesar: butir a"),
        ({"a": (NAN, 4)}, "X: tidak ada indikator yang dapat dibandingkan dengan putaran sebelumnya"),
    ],
)
def test_the_title_counts_what_rose_and_fell(values, title):
    assert ID.text(dumbbell_chart.finding(items(values), NAMES, "X", ID)) == title


def test_counts_in_one_title_are_written_alike():
    title = ID.text(dumbbell_chart.finding(items(wide_case(12)), {}, "X", ID))
    assert re.match(r"X: \d+ dari 12 indikator naik, \d+ turun", title)


# trajectory


def test_a_panel_has_line_way_and_target():
    for svg in both(ways()):
        assert labelled(svg, "panel") == ["Index", "Roads"]
        assert [count(svg, g) for g in ("line", "needed", "target", "last")] == [2, 2, 2, 2]
        assert labelled(svg, "value") == ["54,0", "54,0"] and labelled(svg, "aim") == ["66", "66"]


def test_a_fan_is_drawn_only_where_there_is_a_forecast():
    chart = ways()
    assert count(chart.wide, "fan") == count(chart.wide, "forecast") == 1 and "kurang dari enam" in chart.note
    none = ways(fan=())
    assert count(none.wide, "fan") == 0 and "sedikitnya enam putaran" in none.note and "Kipas" not in none.note


def test_a_missing_round_is_a_bridge_and_a_hole_in_the_line():
    chart = ways()
    assert count(chart.wide, "bridge") == 2 and "putaran tanpa nilai" in chart.note
    assert count(ways(values=(50, 51, 52, 54)).wide, "bridge") == 0


def test_no_line_runs_into_what_is_not_comparable():
    chart = ways(values=(50, 51, 52, 54), comparable=False)
    assert count(chart.wide, "break") == 2 and all(part.count("M") == 2 for part in group(chart.wide, "line"))
    assert all(part.count("M") == 1 for part in group(ways(values=(50, 51, 52, 54)).wide, "line"))
    assert count(chart.wide, "new-instrument") == 2 and "instrumen baru" in chart.note


def test_the_points_needed_and_seen_are_written_below_the_verdict():
    for svg in both(ways()):
        assert labelled(svg, "pace") == ["Terlalu lambat untuk target"] * 2
        assert labelled(svg, "speed") == ["perlu +4,0, kini +1,5 setahun"] * 2
    assert labelled(ways(seen=NAN).wide, "speed") == ["perlu +4,0 setahun"] * 2
    assert count(ways(needed=NAN).wide, "speed") == 0


def test_without_a_target_or_value_the_chart_says_so():
    assert "belum menetapkan target" in ways(()).figure_html()
    assert "Belum ada nilai" in ways(fan=(), values=(NAN,) * 4).figure_html()


@pytest.mark.parametrize(
    ("paces", "title"),
    [
        (["on_track", "too_slow"], "Bagian 0: laju memadai untuk target; bagian 1 terlalu lambat untuk target"),
        (["on_track"] * 2, "Kedua nilai yang bertarget: laju memadai untuk target"),
        # What is reached says nothing of a pace, which two rounds do not give.
        (["target_held", "on_track"], "Bagian 0: target tercapai; bagian 1: laju memadai untuk target"),
        (["target_held", "pace_unknown"], "Bagian 0: target tercapai; bagian 1 belum dapat dinilai"),
        (["target_held"] * 2, "Kedua nilai yang bertarget sudah mencapai targetnya"),
        (["not_improving"] * 2, "Tidak satu pun dari dua naik menuju target"),
        (["far_too_slow"], "Bagian 0 terlalu lambat untuk target"),
        (["reached_now_falling", "no_target"], "Bagian 0: target tercapai, kini menurun; bagian 1 belum dapat dinilai"),
        (["no_target"] * 3, "Belum dapat dipastikan mana yang akan mencapai target"),
    ],
)
def test_the_title_of_ways_follows_the_verdicts_on_pace(paces, title):
    series = pd.Series({f"n{i}": p for i, p in enumerate(paces)})
    assert ID.text(trajectory_chart.finding(series, {f"n{i}": f"Bagian {i}" for i in range(9)}, ID)) == title


@pytest.mark.parametrize(
    ("nodes", "says", "title"),
    [
        (("roads",), {"p_hit": 0.036}, "Roads kini 54,0, targetnya 66; peluang mencapainya pada 2027-II 4%"),
        (
            ("roads",),
            {"p_hit": 0.8, "target": 54.0},
            "Roads kini 54,0, target 54 tercapai; peluang bertahan sampai 2027-II 80%",
        ),
        (("roads",), {}, "Roads terlalu lambat untuk target"),
        (("roads",), {"p_hit": 0.0, "until": "2024-S2"}, "Roads terlalu lambat untuk target"),
        (("index", "roads"), {"p_hit": 0.036}, "Kedua nilai yang bertarget terlalu lambat untuk targetnya"),
    ],
)
def test_the_title_of_one_way_tells_the_chance_that_its_headline_does_not(nodes, says, title):
    assert ways(nodes, **says).title == title


# leverage


def test_bars_stand_by_gain_and_silent_items_apart():
    chart = levers()
    assert list(chart.rows["node"]) == ["n4", "n3", "n2", "n1", "n0", "h", "g"]
    for svg in both(chart):
        assert [count(svg, g) for g in ("bar", "step", "silent")] == [5, 5, 2]
        assert labelled(svg, "heading") == ["Tanpa nilai: indeks dapat naik atau turun"]
        assert labelled(svg, "value")[:2] == ["+5,4", "+5,3"]
        assert labelled(svg, "value")[-2:] == ["\u22122,0 s.d. +2,0", "\u22122,0 s.d. +1,0"]
        assert labelled(svg, "below")[0] == "Dinas X, Dinas Y \u00b7 bobot 10,0%"


def test_bars_start_at_zero_and_end_at_the_gain():
    svg = levers(silent=()).wide
    edges = [[float(x) for x in re.findall(r"[MLH](-?[\d.]+)", part)] for part in group(svg, "bar")]
    left, lengths = {round(min(e), 1) for e in edges}, [max(e) - min(e) for e in edges]
    assert len(left) == 1
    np.testing.assert_allclose(np.array(lengths) / lengths[0], np.array([5.4, 5.3, 5.2, 5.1, 5.0]) / 5.4, atol=0.01)


def test_only_the_largest_are_drawn_and_the_rest_is_counted():
    chart = levers(count=40, silent=[f"s{k}" for k in range(20)])
    assert len(chart.rows) == 24 and "28 indikator lain" in chart.note and "8 indikator lain tanpa nilai" in chart.note


def test_the_note_speaks_of_silent_items_only_where_there_are_any():
    assert "berarsir" in levers().note and "berarsir" not in levers(silent=()).note
    assert "skala instrumen, bila" in levers(unit="chart.leverage.unit_scale").note


def test_without_gains_the_chart_says_so():
    table = levers().rows.assign(agency="", gain=NAN)
    assert "belum dapat dihitung" in leverage(table, {}, {}, "chart.leverage.unit_points", ID).figure_html()
    full = levers(silent=()).rows.assign(agency="", gain=0.0)
    assert "nilai terbaik" in leverage(full, {}, {}, "chart.leverage.unit_points", ID).figure_html()


@pytest.mark.parametrize(
    ("gains", "silent", "title"),
    [
        ([5, 3, 1], 0, "Potensi kenaikan indeks terbesar ada pada butir 0, lalu butir 1"),
        ([5, 5, 1], 0, "Potensi kenaikan indeks terbesar ada pada butir 0 dan butir 1"),
        ([5, 3, 3], 0, "Potensi kenaikan indeks terbesar ada pada butir 0"),
        ([5] * 4, 0, "Empat indikator sama-sama mempunyai potensi kenaikan indeks terbesar"),
        ([5], 2, "Potensi kenaikan indeks terbesar ada pada butir 0; dua indikator masih tanpa nilai"),
    ],
)
def test_the_title_names_the_largest_room(gains, silent, title):
    rows = pd.DataFrame([{"label": f"Butir {i}", "reported": True, "gain": float(g)} for i, g in enumerate(gains)])
    table = pd.DataFrame({"reported": [True] * len(gains) + [False] * silent})
    assert ID.text(leverage_chart.finding(rows, table, ID)) == title


# coverage


def test_marks_are_drawn_by_kind_and_what_was_not_asked_is_blank():
    for svg in both(cover()):
        found = {m: uses(svg, m) for m in ("measured", "reported", "estimated", "ungraded", "missing", "not_asked")}
        assert found == {"measured": 2, "reported": 1, "estimated": 1, "ungraded": 1, "missing": 2, "not_asked": 0}
        assert labelled(svg, "count") == ["3/3", "2/3", "0/1"]
        assert labelled(svg, "key-word") == [
            "A terukur",
            "B dilaporkan",
            "C taksiran",
            "bernilai, mutu tidak dicatat",
            "belum ada nilai",
        ]
        assert labelled(svg, "heading") == ["Satu", "Dua"]


def test_rounds_are_counted_at_the_foot_and_named_above():
    svg = cover().wide
    assert labelled(svg, "known") == ["2/2", "1/2", "2/3"]
    assert labelled(svg, "part") == ["II", "I", "II"] and labelled(svg, "year") == ["2023", "2024"]


def test_only_marks_that_occur_are_explained():
    svg = cover({"one/a": "measured measured measured"}).wide
    assert labelled(svg, "key-word") == ["A terukur"]
    assert "Kosong" not in cover({"one/a": "measured measured measured"}).note


def test_a_shared_row_says_how_many_items_it_holds():
    chart = cover({"one/a": "measured measured measured"}, names={"one/a": "Butir a"}, n=5)
    assert labelled(chart.wide, "row") == ["Butir a dan 4 lainnya"] and "satu baris" in chart.note


def test_without_any_score_the_map_says_so():
    assert '<div class="empty">' in cover({"one/a": "missing missing missing"}).figure_html()


@pytest.mark.parametrize(
    ("marks", "title"),
    [
        (["measured"] * 3, "ketiga indikator bernilai pada 2024-II"),
        (["measured", "estimated"], "kedua indikator bernilai pada 2024-II; satu di antaranya taksiran"),
        (["measured", "missing"], "Satu dari dua indikator belum bernilai pada 2024-II: butir 1"),
        (["measured"] * 10 + ["missing"] * 4, "4 dari 14 indikator belum bernilai pada 2024-II"),
        (["measured", "not_asked", "not_applicable"], "satu indikator bernilai pada 2024-II"),
        (["missing"] * 2, "Belum ada indikator yang bernilai pada 2024-II"),
    ],
)
def test_the_title_of_the_map_counts_what_is_missing_in_the_round(marks, title):
    table = pd.DataFrame([{"node": f"n{i}", "round": "2024-S2", "mark": m} for i, m in enumerate(marks)])
    labels = {f"n{i}": f"Butir {i}" for i in range(20)}
    assert ID.text(coverage_chart.finding(table, labels, "2024-S2", ID)) == title


# small lines

SPARK = ["2023-S1", "2023-S2", "2024-S1", "2024-S2"]


def spark(values, comparable=(True,) * 4, low=0.0, high=100.0) -> str:
    rows = pd.DataFrame({"round": SPARK, "value100": values, "comparable": comparable})
    return base64.b64decode(sparkline(rows, SPARK, low, high).partition(",")[2]).decode()


def test_a_small_line_has_a_hole_where_a_round_has_no_value():
    assert spark([50.0, 51, 52, 53]).count("M") == 2  # the foot and one run
    svg = spark([50.0, 51, NAN, 53])
    assert svg.count("M") == 2 and svg.count('r="6"') == 1  # the last value alone is a dot


def test_a_round_not_held_is_a_hole_too():
    rounds = ["2019-S1", "2019-S2", "2020-S2", "2021-S1"]
    rows = pd.DataFrame({"round": rounds, "value100": [1.0, 2, 3, 4], "comparable": True})
    svg = base64.b64decode(sparkline(rows, rounds).partition(",")[2]).decode()
    assert svg.count("M") == 3


def test_a_value_on_another_scale_is_on_no_line():
    svg = spark([50.0, 51, 52, 53], (False, True, True, True))
    assert svg.count('fill="#fff"') == 1


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.one_of(st.floats(-300, 400), st.just(NAN)), min_size=4, max_size=4))
def test_a_small_line_stays_inside_its_picture(values):
    for x, y in re.findall(r'cx="([-\d.]+)" cy="([-\d.]+)"', spark(values)):
        assert 0 <= float(x) <= 440 and 0 <= float(y) <= 110


# both languages, wild values


@pytest.mark.parametrize("w", [ID, EN], ids=["id", "en"])
def test_no_words_are_missing_in_either_language(w):
    for chart in (bells(w=w), ways(w=w), levers(w=w), cover(w=w)):
        html = chart.figure_html()
        assert "{" not in html.split("<picture>")[0] and "chart." not in " ".join(texts(chart.wide))


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(*[st.one_of(st.floats(-500, 500), st.just(NAN))] * 2), min_size=1, max_size=6))
def test_wild_values_draw_without_a_warning(pairs):
    chart = bells({f"x{i}": p for i, p in enumerate(pairs)}, {})
    assert chart.empty or (chart.wide and chart.phone)
