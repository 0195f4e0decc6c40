"""What the charts of the methods draw: calibration, sensitivity, lenses, robustness; both languages; hard cases."""

import re
import xml.etree.ElementTree as ET

import numpy as np
import pandas as pd
import pytest
from chart_data import EN, ID, LABELS, NODES, both, count, labelled, placed, texts
from methods_data import MIXED, beside, bins, calibrated, levels, moves, robust, sensitive, sobol, tried

from scevaluation.charts import lenses as lenses_chart
from scevaluation.charts import robustness as robustness_chart
from scevaluation.charts import sensitivity as sensitivity_chart
from scevaluation.draw.style import CONTEXT, DOWN, FLAT, PHONE, SMALLEST, UP, WIDE, text_width

LONG = "Persentase penyelenggaraan layanan administrasi kependudukan yang dapat diselesaikan secara daring"


FORTY = [f"n{i}" for i in range(40)]
HARD = {
    "calibration": calibrated,
    "calibration in english": lambda: calibrated(w=EN),
    "calibration of one length": lambda: calibrated(bins((9,)), {9: (0.95, 0.95)}),
    "calibration of five lengths": lambda: calibrated(bins((4, 8, 12, 16, 20)), {n: (0.95, 0.95) for n in (4, 8, 12, 16, 20)}),
    "calibration far off": lambda: calibrated(bins(shift=-0.6)),
    "sensitivity": sensitive,
    "sensitivity in english": lambda: sensitive(w=EN),
    "sensitivity with gaps": lambda: sensitive(tried([(("delta_half", "roads"), "too_little_data")])),
    "sensitivity of forty": lambda: sensitive(tried(nodes=FORTY), labels=dict.fromkeys(FORTY, LONG)),
    "sensitivity of one": lambda: sensitive(tried(nodes=["roads"])),
    "robustness": robust,
    "robustness in english": lambda: robust(w=EN),
    "robustness of one round": lambda: robust(levels((50.0,), rounds=("2024-S2",)), moves({}), sobol(False)),
    "robustness with little in common": lambda: robust(change=moves(MIXED, "little_common")),
    "robustness of huge changes": lambda: robust(levels((0.0, 99.0, 5.0), 40), moves(MIXED, size=90.0)),
    "robustness without any spread": lambda: robust(levels(half=0.0), choice=sobol(state="not_computed")),
    "robustness with long names": lambda: robust(labels=dict.fromkeys(NODES, LONG)),
    "robustness over forty rounds": lambda: robust(
        levels(tuple(50.0 + i % 5 for i in range(40)), rounds=tuple(f"{2005 + i // 2}-S{i % 2 + 1}" for i in range(40)))
    ),
}


@pytest.fixture(scope="module", params=HARD)
def hard(request):
    return HARD[request.param]()


def test_hard_cases_are_well_formed_pictures_with_an_alternative_text(hard):
    for svg in both(hard):
        ET.fromstring(svg)
        assert len(svg) < 420_000
    shown = re.sub(r"base64,[^\"]*", "", hard.figure_html())
    assert len(hard.alt) >= 40 and not re.search(r"\bnan\b", hard.alt + shown, re.IGNORECASE)


def test_no_text_is_too_small_or_leaves_the_picture(hard):
    for svg, width in zip(both(hard), (WIDE, PHONE), strict=True):
        for text, x, size in placed(svg):
            assert size >= SMALLEST - 0.01, text
            assert x >= -0.5, text
            if not re.search("[\ufffd]", text):
                assert x + text_width(text, size) * 72 <= width * 72 + 1.5, text


def test_the_same_tables_give_the_same_bytes_and_stay_as_they_are():
    tables = bins(), tried(), levels(), moves(MIXED)
    before = [t.copy(deep=True) for t in tables]
    for make in (calibrated, sensitive, robust):
        assert both(make()) == both(make())
    calibrated(tables[0]), sensitive(tables[1]), robust(tables[2], tables[3])
    for then, now in zip(before, tables, strict=True):
        pd.testing.assert_frame_equal(then, now)


# calibration


def test_a_panel_a_length_with_its_claim():
    for svg in both(calibrated()):
        assert labelled(svg, "panel") == ["8 putaran", "12 putaran", "16 putaran"]
        assert labelled(svg, "claim")[0] == "dinyatakan 96%, benar 93%"
        assert count(svg, "diagonal") == 3 and count(svg, "sure") == 3


def test_english_panels():
    assert labelled(calibrated(w=EN).wide, "panel") == ["8 rounds", "12 rounds", "16 rounds"]


@pytest.mark.parametrize(
    ("said", "title"),
    [
        (
            {8: (0.96, 0.96), 12: (0.96, 0.985)},
            "Pada 8 dan 12 putaran penilaian arah benar sekurangnya sesering yang dinyatakan: 96% benar",
        ),
        ({8: (0.96, 0.92)}, "Keyakinan sedikit berlebihan: pada 8 putaran dinyatakan 96%, benar 92%"),
        (
            {8: (0.96, 0.92), 12: (0.96, 0.99)},
            "Keyakinan sesuai pada 12 putaran; pada 8 putaran dinyatakan 96%, benar 92%",
        ),
    ],
)
def test_the_title_says_at_which_lengths_confidence_holds(said, title):
    assert calibrated(bins(tuple(said)), said).title == title


def test_an_empty_simulation_says_so():
    chart = calibrated(bins(()))
    assert chart.wide == "" and '<div class="empty">' in chart.figure_html()


# sensitivity


def test_every_setting_and_node_has_its_mark():
    for svg in both(sensitive()):
        assert count(svg, "mark-improving") == 3 and count(svg, "mark-stagnant") == 9
        assert count(svg, "differs") == 0


def test_settings_are_named_with_their_delta_and_grouped():
    svg = sensitive().wide
    assert labelled(svg, "setting") == ["Laporan ini", "Delta 0,5 (separuh)", "Tanpa peristiwa"]
    assert labelled(svg, "group") == ["Batas yang berarti", "Peristiwa dan instrumen"]
    assert labelled(sensitive(w=EN).wide, "setting") == ["This report", "Delta 0.5 (half)", "Without events"]


def test_a_delta_that_differs_by_node_is_named_by_its_range():
    table = tried()
    table.loc[(table["setting"] == "delta_half") & (table["node"] == "roads"), "delta"] = 0.25
    assert labelled(sensitive(table).wide, "setting")[1] == "Delta 0,25–0,5 (separuh)"


def test_wide_bars_hold_the_three_chances_and_phones_the_largest():
    chart = sensitive()
    assert count(chart.wide, "p-up") == 3 and count(chart.wide, "p-flat") == 12 and count(chart.wide, "p-down") == 0
    assert texts(chart.phone).count("95%") == 3 and texts(chart.phone).count("100%") == 9


def test_what_differs_is_framed_and_named():
    chart = sensitive(tried([(("delta_half", "roads"), "inconclusive")]))
    assert [count(svg, "differs") for svg in both(chart)] == [1, 1]
    assert chart.title == "Tidak ada penilaian arah yang berbalik; jalan bergantung pada asumsi"


def test_a_verdict_that_turns_leads_the_title():
    flip = [(("delta_half", "roads"), "inconclusive"), (("events_out", "index"), "declining")]
    assert sensitive(tried(flip)).title == "Penilaian arah indeks gabungan berbalik dengan asumsi lain"


def test_when_all_stay_the_title_says_under_how_many():
    assert sensitive().title == "Semua penilaian arah tetap sama dengan 2 asumsi lain"
    assert sensitive(w=EN).title == "Every verdict stays the same under 2 other assumptions"


def test_more_than_six_nodes_stand_in_further_blocks():
    chart = sensitive(tried(nodes=FORTY), labels=dict.fromkeys(FORTY, "Jalan"))
    assert texts(chart.wide).count("Laporan ini") == 7 and labelled(chart.wide, "node") == ["Jalan"] * 40


def test_without_verdicts_the_chart_says_how_many_rounds_are_missing():
    chart = sensitivity_chart.sensitivity(tried().iloc[:0], LABELS, ID, 6, 2)
    assert chart.wide == "" and chart.title == "Belum ada penilaian arah untuk diuji: 2 putaran sebanding, perlu 6"
    assert "Di bawah 6 putaran tidak ada penilaian arah" in chart.figure_html()


# lenses


def test_agreement_counts_what_is_decided_here():
    table = beside(["improving", "declining", "likely_improving", "inconclusive"])
    assert lenses_chart.agreement(table) == {"n": 12, "agree": 8, "opposite": 4, "open": 4}


def test_what_a_lens_cannot_compute_is_not_counted():
    assert lenses_chart.agreement(beside(["improving"], "not_available", "too_little_data")) == dict.fromkeys(
        ("n", "agree", "opposite", "open"), 0
    )


@pytest.mark.parametrize(
    ("says", "theirs", "title"),
    [
        (["improving"], ("up", "improving"), "4 dari 4 penilaian sistem lain sama dengan penilaian laporan ini"),
        (["stagnant"], ("up", "improving"), "0 dari 4 penilaian sistem lain sama dengan penilaian laporan ini"),
        (["declining"], ("up", "improving"), "0 dari 4 penilaian sistem lain sama dengan laporan ini, 4 berlawanan arah"),
        (["too_little_data"], ("up", "improving"), "Sistem lain sudah menilai 4 kali; laporan ini belum memutuskan satu pun"),
        (["stagnant"], ("not_available", "too_little_data"), "Tidak ada sistem lain yang dapat menilai deret ini"),
    ],
)
def test_the_title_of_lenses(says, theirs, title):
    assert lenses_chart.lenses(beside(says, *theirs), LABELS, ID).title == title


def test_each_verdict_is_mark_and_word_in_its_language():
    for w, ours, theirs in ((ID, "Membaik", "cukup membaik"), (EN, "Improving", "moderately improving")):
        html = lenses_chart.lenses(beside(["improving"], "moderately_improving"), LABELS, w).figure_html()
        text = re.sub("<[^>]+>", "", html)
        assert text.count(theirs) == 4 and ours in text and html.count('class="mark"') == 5


def test_every_verdict_a_lens_can_give_has_words():
    from scevaluation.methods.lenses import NOT_AVAILABLE, READ_AS

    for w in (ID, EN):
        assert all(w.has("methods.says." + v) for v in READ_AS if v != NOT_AVAILABLE)


def test_levels_not_comparable_are_told_and_one_round_is_an_empty_state():
    chart = lenses_chart.lenses(beside(["stagnant"], "not_available", "too_little_data", comparable=False), LABELS, ID)
    assert "tidak pernah dikurangkan" in chart.words.text(chart.note)
    assert '<div class="empty">' in lenses_chart.lenses(beside(["too_little_data"], rounds=1), LABELS, ID).figure_html()


def test_parts_of_which_no_system_says_anything_are_named_below_and_the_index_stays():
    silent = beside(["too_little_data"] * 3, "not_available", "too_little_data")
    told = beside(["improving"] * 4).iloc[3:]
    chart = lenses_chart.lenses(pd.concat([silent, told]), LABELS, ID)
    kept, gone = ["index", told["node"].item()], [LABELS[n] for n in silent["node"][1:]]
    assert list(chart.rows["node"]) == kept
    assert chart.words.text(chart.note).endswith(f"termasuk laporan ini: {gone[0]} dan {gone[1]}.")
    assert len(lenses_chart.lenses(silent, LABELS, ID).rows) == 3


def test_a_name_with_marks_of_html_is_escaped():
    html = lenses_chart.lenses(beside(["stagnant"]), {"index": "<b>x</b>"}, ID).figure_html()
    assert "<b>x</b>" not in html and "&lt;b&gt;" in html


# robustness


def test_four_panels_with_their_names():
    for svg in both(robust()):
        assert labelled(svg, "panel") == [
            "Indeks tiap putaran",
            "Perubahan sejak putaran sebelumnya",
            "Perubahan putaran ini, menurut bagian",
            "Pilihan mana yang paling menentukan?",
        ]


def test_a_range_a_round_and_the_last_value():
    svg = robust().wide
    assert labelled(svg, "value") == ["53,0"] and labelled(robust(w=EN).wide, "value") == ["53.0"]
    assert labelled(svg, "node") == list(LABELS.values())


def test_shares_say_rise_or_fall_and_never_a_hundred_for_less():
    assert labelled(robust().wide, "share") == ["naik 97%", "naik 50%", "turun 100%", "naik 100%"]
    row = moves({"index": (0.9991, 0.0009)}).iloc[-1]
    assert robustness_chart.share_text(row, EN) == "rose >99%"


@pytest.mark.parametrize(("shares", "color"), [((0.95, 0.05), UP), ((0.04, 0.96), DOWN), ((0.94, 0.06), FLAT)])
def test_a_change_has_a_colour_only_where_ninety_five_per_cent_agree(shares, color):
    assert robustness_chart.tone(moves({"index": shares}).iloc[0]) == color


def test_where_little_is_common_nothing_is_called_a_rise():
    change = moves({"index": (1.0, 0.0)}, "little_common")
    assert robustness_chart.tone(change.iloc[0]) == CONTEXT
    assert labelled(robust(change=change).wide, "share") == ["sebanding 30%"]


def test_panels_without_numbers_are_left_out():
    chart = robust(change=moves({}), choice=sobol(False))
    assert labelled(chart.wide, "panel") == ["Indeks tiap putaran", "Pilihan mana yang paling menentukan?"]
    assert labelled(robust(choice=sobol(state="not_computed")).wide, "panel")[-1].startswith("Perubahan putaran ini")


def test_levels_without_parts_are_an_empty_state_with_their_reason():
    unknown = levels().assign(state="index_only", median=np.nan, low=np.nan, high=np.nan)
    chart = robust(unknown)
    assert chart.wide == "" and "metode lain tidak dapat dicoba" in chart.figure_html()


def test_rows_hold_what_was_drawn_the_index_of_every_round_and_the_parts_of_the_newest():
    rows = robust().rows
    assert len(rows) == 3 + 1 + 4 and set(rows["what"]) == {"nilai", "perubahan"}
