"""What the charts of qualities, satisfaction, urgent indicators and ranks draw; both languages; hard cases; their titles."""

import re
import xml.etree.ElementTree as ET

import numpy as np
import pandas as pd
import pytest
from chart_data import EN, ID, both, count, group, labelled, placed, texts
from evaluated import evaluate_round
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from survey_data import LONG, NAN, REGION, ROUND, answer_table, importance_table, quality_table, rank_table, respondents

from scevaluation.charts.likert import likert
from scevaluation.charts.quadrant import MOST, quadrant
from scevaluation.charts.qualities import apart, qualities
from scevaluation.charts.ranks import ranks, window
from scevaluation.charts.skm import skm
from scevaluation.draw.style import PHONE, SMALLEST, WIDE, text_width
from scevaluation.evaluate import survey
from scevaluation.frames.surveys import IMPORTANCE, QUALITIES, SKM
from scevaluation.instrument import load_instrument
from scevaluation.intake.survey import elements
from scevaluation.methods.report import ranks_chart
from scevaluation.report import survey as forms

VALUES, EARLIER = (70, 71, 56, 66, 59), (67, 67, 48, 64, 61)
ITEMS = [
    ("e/waste", 0.06, 45),
    ("e/water", 0.06, 57),
    ("s/roads", 0.04, 40),
    ("s/net", 0.02, 41),
    ("s/bus", 0.02, NAN),
    ("s/data", 0.04, 70),
]
LABELS = {
    "e/waste": "Sampah",
    "e/water": "Air",
    "s/roads": "Jalan",
    "s/net": "Internet",
    "s/bus": "Bus",
    "s/data": "Data",
    "e": "Lingkungan",
}


def element_labels(w):
    skm_ = load_instrument("skm-2017")
    return {n: skm_.name(n, w.lang) for n in skm_.leaves}


def skm_table(low=2.5, count_=9) -> pd.DataFrame:
    answers = answer_table([[low + i % 2 * 0.5] * count_ for i in range(60)], elements()[:count_])
    return survey.skm(survey.summarise(answers), REGION, ROUND)


def forty(half=6.0) -> tuple[pd.DataFrame, dict[str, str]]:
    """Forty indicators in five parts, weights and values all over, urgent ones first."""
    rng = np.random.default_rng(3)
    weight = rng.uniform(0.5, 4, 40)
    items = [
        (f"p{i % 5}/i{i}", w, v) for i, (w, v) in enumerate(zip(weight / weight.sum(), rng.uniform(5, 95, 40), strict=True))
    ]
    table = importance_table(items, half).sort_values("urgent", ascending=False, kind="stable", ignore_index=True)
    return table, {n: f"{LONG} {n}" for n in table["node"]} | {f"p{i}": "Pelayanan publik dasar kabupaten" for i in range(5)}


def shares(count_=60):
    return survey.answer_shares(respondents(count_))


CASES = {
    "qualities": lambda w: qualities(quality_table(VALUES, before=EARLIER), w),
    "qualities from items": lambda w: qualities(quality_table(VALUES, basis="items", n=3), w),
    "qualities, one answered": lambda w: qualities(quality_table([NAN, NAN, 50, NAN, NAN]), w),
    "qualities without intervals": lambda w: qualities(quality_table(VALUES).assign(low=NAN, high=NAN), w),
    "qualities off the range": lambda w: qualities(quality_table([-250, 0, 120, 900, 55], before=EARLIER), w),
    "skm": lambda w: skm(skm_table(), element_labels(w), w),
    "skm at the top": lambda w: skm(skm_table(3.5), element_labels(w), w),
    "skm of eight elements": lambda w: skm(skm_table(count_=8), element_labels(w), w),
    "likert": lambda w: likert(shares(), element_labels(w), w),
    "likert, all of one answer": lambda w: likert(
        survey.answer_shares(answer_table([[4.0]] * 9, ["time"])), element_labels(w), w
    ),
    "quadrant": lambda w: quadrant(importance_table(ITEMS), LABELS, w),
    "quadrant, forty with long names": lambda w: quadrant(*forty(), w),
    "quadrant, forty without intervals": lambda w: quadrant(forty(None)[0], forty()[1], w),
    "quadrant, one indicator": lambda w: quadrant(importance_table([("a", 1.0, 50)]), {"a": LONG}, w),
    "quadrant off the range": lambda w: quadrant(importance_table([("a", 0.7, -250), ("b", 0.3, 900)]), {}, w),
    "quadrant, all but one missing": lambda w: quadrant(
        importance_table([("a", 0.5, NAN), ("b", 0.3, NAN), ("c", 0.2, 50)]), {}, w
    ),
    "ranks": lambda w: ranks(rank_table(), REGION, ("05.00", "72.00"), w),
    "ranks of 130": lambda w: ranks(rank_table(130, 94, 20), REGION, (), w),
    "ranks, the first": lambda w: ranks(rank_table(30, 1, 0), REGION, (), w),
    "ranks, alone": lambda w: ranks(rank_table(1, 1, 0), REGION, (), w),
    "ranks with long names": lambda w: ranks(
        rank_table().assign(label=[f"Kabupaten {LONG} {i}" for i in range(72)]), REGION, (), w
    ),
}


@pytest.fixture(scope="module", params=[(c, w) for c in CASES for w in (ID, EN)], ids=lambda p: f"{p[0]}, {p[1].lang}")
def drawn(request):
    case, w = request.param
    return CASES[case](w)


@pytest.fixture(scope="module")
def chart():
    made = {}

    def get(case):
        if case not in made:
            made[case] = CASES[case](ID)
        return made[case]

    return get


# what holds for every picture


def test_every_picture_is_well_formed_with_a_title_a_note_and_an_alternative_text(drawn):
    for svg in both(drawn):
        ET.fromstring(svg)
    assert len(drawn.alt) >= 40 and drawn.title and drawn.words.text(drawn.note) and len(drawn.rows)
    assert "{" not in drawn.title + drawn.alt + drawn.words.text(drawn.note)


def test_no_text_is_too_small_or_leaves_the_picture(drawn):
    for svg, width in zip(both(drawn), (WIDE, PHONE), strict=True):
        for text, x, size in placed(svg):
            assert size >= SMALLEST - 0.01 and x >= -0.5, text
            assert x + text_width(text, size) * 72 <= width * 72 + 0.5, text


def test_pictures_stay_small(drawn):
    assert max(map(len, both(drawn))) < 200_000


def test_the_rows_drawn_are_on_the_page(drawn):
    html = drawn.figure_html()
    assert 'class="rows' in html and html.count("<tr>") == len(drawn.rows) + 1


@pytest.mark.parametrize("case", ["qualities", "quadrant", "ranks", "skm", "likert"])
def test_the_same_tables_give_the_same_bytes(case, chart):
    assert both(CASES[case](ID)) == both(chart(case))


def test_tables_are_not_changed():
    for make, table in (
        (lambda t: qualities(t, ID), quality_table(VALUES)),
        (lambda t: quadrant(t, LABELS, ID), importance_table(ITEMS)),
        (lambda t: ranks(t, REGION, (), ID), rank_table()),
        (lambda t: skm(t, element_labels(ID), ID), skm_table()),
    ):
        before = table.copy(deep=True)
        make(table)
        pd.testing.assert_frame_equal(table, before)


@pytest.mark.parametrize(
    "empty",
    [
        lambda w: qualities(QUALITIES.empty(), w),
        lambda w: qualities(quality_table([NAN] * 5), w),
        lambda w: skm(SKM.empty(), {}, w),
        lambda w: likert(survey.answer_shares(respondents(0 + 1).assign(answer=NAN)), {}, w),
        lambda w: quadrant(IMPORTANCE.empty(), {}, w),
        lambda w: quadrant(importance_table([("a", 0.5, NAN), ("b", 0.5, NAN)]), {}, w),
        lambda w: ranks(rank_table(), "00.00", (), w),
        lambda w: ranks(rank_table().assign(rank_low=NAN, rank_high=NAN), REGION, (), w),
    ],
)
@pytest.mark.parametrize("w", [ID, EN], ids=["id", "en"])
def test_without_data_a_chart_says_so_instead_of_drawing(empty, w):
    found = empty(w)
    assert found.wide == found.phone == "" and '<div class="empty"><p>' in found.figure_html() and found.title


# qualities


def test_each_quality_is_a_row_in_order_with_its_respondents_and_value(chart):
    for svg in both(chart("qualities")):
        assert labelled(svg, "row") == ["Kecepatan", "Kemudahan", "Keterbukaan", "Kepastian", "Kesetaraan layanan"]
        assert labelled(svg, "count") == ["n = 200"] * 5
        assert labelled(svg, "number") == ["70,0", "71,0", "56,0", "66,0", "59,0"]
        assert [count(svg, g) for g in ("value", "interval", "before")] == [5, 5, 5]


def test_only_a_change_beyond_its_interval_has_an_arrow(chart):
    for svg in both(chart("qualities")):
        assert count(svg, "mark-improving") == 1 and count(svg, "mark-declining") == 0  # 8 points; all others are within 4.2
    assert labelled(chart("qualities").wide, "change")[2] == "+8,0  (+3,8 s.d. +12,2)"
    assert labelled(chart("qualities").phone, "change")[2] == "+8,0"


def test_items_count_items_and_say_that_they_are_no_citizens(chart):
    found = chart("qualities from items")
    assert set(labelled(found.wide, "count")) == {"3 dari 3 indikator"} and "bukan pendapat warga" in found.words.text(
        found.note
    )
    assert count(found.wide, "before") == 0 and "before" not in found.labels


def test_a_quality_nobody_answered_is_a_dash_without_a_dot(chart):
    for svg in both(chart("qualities, one answered")):
        assert labelled(svg, "number").count("\u2013") == 4 and count(svg, "value") == 1


def test_without_intervals_the_note_says_so_and_none_is_drawn(chart):
    found = chart("qualities without intervals")
    assert count(found.wide, "interval") == 0 and "Tanpa pita" in found.words.text(found.note)
    assert "Pita:" not in found.words.text(found.note)


def title_of(values, before=(), basis="survey", half=3.0, w=ID) -> str:
    return qualities(quality_table(values, half, before, basis), w).title


@pytest.mark.parametrize(
    ("values", "title"),
    [
        ((70, 70, 50, 70, 70), "Warga menilai keterbukaan paling rendah"),
        ((70, 70, 50, 70, 52), "Warga menilai keterbukaan dan kesetaraan layanan paling rendah"),
        ((70, 50, 51, 52, 53), "Warga menilai kecepatan paling tinggi"),
        ((60, 61, 62, 63, 64), "Menurut warga, tidak satu pun aspek mutu pelayanan jelas paling rendah"),
        ((60, 55, 66, 76, 80), "Warga menilai kepastian dan kesetaraan layanan paling tinggi"),
        ((NAN, NAN, 50, NAN, NAN), "Warga sejauh ini hanya menilai keterbukaan"),
        ((NAN, NAN, 50, 80, NAN), "Menurut warga, tidak satu pun aspek mutu pelayanan jelas paling rendah"),
    ],
)
def test_the_title_names_only_what_lies_apart(values, title):
    assert title_of(values) == title


@pytest.mark.parametrize(
    ("before", "end"),
    [
        ((70, 70, 40, 70, 70), "; keterbukaan naik sejak 2024-I"),
        ((80, 70, 50, 70, 70), "; kecepatan turun sejak 2024-I"),
        ((80, 70, 40, 70, 70), "; keterbukaan naik dan kecepatan turun sejak 2024-I"),
        ((60, 60, 40, 60, 60), "; semuanya naik sejak 2024-I"),
        ((60, 60, 40, 60, 70), "; empat aspek mutu naik sejak 2024-I"),
        ((68, 68, 48, 68, 68), " paling rendah"),
    ],
)
def test_the_title_says_who_moved_only_beyond_the_interval(before, end):
    assert title_of((70, 70, 50, 70, 70), before).endswith(end)


def test_titles_in_english_and_of_items():
    assert title_of(VALUES, EARLIER, w=EN) == "Citizens rate openness and equal treatment lowest; openness up since 2024-I"
    assert title_of((70, 70, 50, 70, 70), basis="items", w=EN) == "By the instrument’s indicators, openness lowest"


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0, 20)), min_size=2, max_size=5))
def test_a_group_that_is_named_lies_apart_from_all_others(pairs):
    rows = pd.DataFrame([{"label": str(i), "value100": v, "low": v - h, "high": v + h} for i, (v, h) in enumerate(pairs)])
    low, high = apart(rows, top=False), apart(rows, top=True)
    for named, inside, outside, sign in ((low, "high", "low", 1), (high, "low", "high", -1)):
        if named:
            mine = rows["label"].isin(named)
            assert (sign * rows.loc[mine, inside]).max() < (sign * rows.loc[~mine, outside]).min()


# skm and likert


def test_the_score_and_nine_elements_stand_in_order_with_class_and_bands(chart):
    found = chart("skm")
    for svg in both(found):
        assert len(labelled(svg, "row")) == 10 and labelled(svg, "row")[0] == "Nilai SKM"
        assert labelled(svg, "band-name") == ["D", "C", "B", "A"]
        assert set(labelled(svg, "number")) == {"68,75 C"}
    note = found.words.text(found.note)
    assert "68,75 (mutu C)" in note and "68,06 (mutu C)" in note and "1/9" in note and "0,11" in note


def test_both_roundings_are_facts_of_the_score(chart):
    html = chart("skm").figure_html()
    assert 'data-ref="SKM|2024-S2|index|value100"' in html and 'data-ref="SKM|2024-S2|index|rounded"' in html


def test_eight_elements_have_no_score(chart):
    found = chart("skm of eight elements")
    assert found.title == "Nilai SKM belum dapat dihitung: baru delapan dari sembilan unsur yang terjawab"
    assert labelled(found.wide, "number")[0] == "\u2013" and "0,11" not in found.words.text(found.note)


def test_answers_part_at_the_middle_and_shares_are_written(chart):
    found = likert(survey.answer_shares(answer_table([[1.0], [2.0], [3.0], [4.0]], ["time"])), element_labels(ID), ID)
    for svg in both(found):
        assert [count(svg, f"answer-{k}") for k in (1, 2, 3, 4)] == [1, 1, 1, 1] and labelled(svg, "share") == ["25%"] * 4
        assert count(svg, "middle") == 1
    assert found.title == "50% responden memberi jawaban baik"
    assert count(chart("likert").wide, "middle") == 9


def test_the_spread_of_answers_names_the_item_with_fewest_good_ones():
    answers = answer_table([[4.0, 1.0], [3.0, 4.0], [1.0, 2.0]], ["time", "cost"])
    title = likert(survey.answer_shares(answers), element_labels(ID), ID).title
    assert title == "Biaya atau tarif paling jarang mendapat jawaban baik: 33% responden"


# quadrant


def test_only_the_urgent_quadrant_is_numbered_and_named(chart):
    for svg in both(chart("quadrant")):
        # Mean weight 4 %, weighted mean 51.7: waste is heavy and low; roads weigh the mean, water scores above it.
        assert labelled(svg, "named") == ["Sampah"] and count(svg, "urgent") == 1 and count(svg, "unsure") == 0
        assert not {"Air", "Jalan", "Internet", "Bus", "Data"} & set(texts(svg))
        assert labelled(svg, "named-values") == ["Lingkungan: 45,0 (41\u201349), bobot 6,0%"]
        assert [count(svg, g) for g in ("mean-value", "mean-weight", "quadrant")] == [1, 1, 1]
        assert "".join(group(svg, "others")).count("<use") == 4


def test_names_stand_below_the_plot_three_abreast_and_one_below_the_other_on_a_phone():
    items = [(f"u{i}", 0.2, 20) for i in range(4)] + [(f"g{i}", 0.1, 90) for i in range(4)]
    for svg, columns in zip(both(quadrant(importance_table(items), {}, ID)), ([0, 0, 1, 1], [0, 0, 0, 0]), strict=True):
        lefts = [x for text, x, _ in placed(svg) if re.fullmatch(r"u\d", text)]
        assert [round((x - lefts[0]) / (WIDE * 24 - 1)) for x in lefts] == columns


def test_a_missing_indicator_stands_beside_the_plot_and_never_at_zero(chart):
    found = chart("quadrant")
    for svg in both(found):
        assert count(svg, "missing") == 1 and labelled(svg, "missing-head") == ["tanpa"]
    assert "1 indikator tanpa nilai" in found.words.text(found.note)
    assert chart("quadrant, one indicator").wide.count('id="missing"') == 0


def test_an_interval_that_reaches_the_mean_makes_a_hollow_number():
    found = quadrant(importance_table(ITEMS, half=10), LABELS, ID)
    for svg in both(found):
        assert count(svg, "unsure") == 1 and count(svg, "urgent") == 0
    assert "belum pasti" in found.words.text(found.note)


def test_more_urgent_indicators_than_names_are_counted_and_all_are_drawn(chart):
    found = chart("quadrant, forty with long names")
    urgent = int(found.rows["urgent"].sum())
    assert urgent > MOST and found.rows["number"].max() == MOST
    for svg in both(found):
        assert count(svg, "key") == MOST and count(svg, "urgent") + count(svg, "unsure") == urgent
        assert labelled(svg, "more") == [f"dan {urgent - MOST} lainnya, di tabel"]
        assert "".join(group(svg, "others")).count("<use") == 40 - urgent


def test_numbers_never_cover_each_other():
    items = [(f"a/{i}", 0.1, 20) for i in range(6)] + [(f"c/{i}", 0.05, 95) for i in range(7)]
    for svg in both(quadrant(importance_table(items), {}, ID)):
        spots = [re.search(r'x="([\d.]+)" y="([\d.]+)"', part) for part in group(svg, "urgent")]
        points = [tuple(map(float, s.groups())) for s in spots]
        assert len(points) == 6
        assert min(np.hypot(a[0] - b[0], a[1] - b[1]) for i, a in enumerate(points) for b in points[:i]) > 10


@pytest.mark.parametrize(
    ("items", "title"),
    [
        (ITEMS, "Sampah: berbobot besar, bernilai rendah"),
        ([("a", 0.5, 50), ("b", 0.5, 60)], "Semua indikator berbobot sama, jadi bobot tidak membedakan mana yang didahulukan"),
        ([("a", 0.8, 90), ("b", 0.2, 10)], "Tidak ada indikator berbobot besar yang nilainya di bawah rata-rata"),
        (
            [(f"u{i}", 0.2, 20) for i in range(4)] + [(f"g{i}", 0.1, 90) for i in range(4)],
            "Empat indikator berbobot besar bernilai rendah, terutama u0",
        ),
        (
            [("Sekolah terakreditasi B atau lebih baik", 0.4, 20), ("Siswa dengan literasi minimum", 0.4, 21), ("g", 0.2, 90)],
            "Dua indikator berbobot besar bernilai rendah, terutama sekolah terakreditasi B atau lebih baik",
        ),
    ],
)
def test_the_title_of_the_quadrant_by_hand(items, title):
    assert quadrant(importance_table(items), LABELS, ID).title == title


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(st.floats(0.001, 1), st.one_of(st.floats(-200, 300), st.just(NAN))), min_size=1, max_size=12))
def test_wild_indicators_draw_without_a_warning(pairs):
    found = quadrant(importance_table([(f"n{i}", w, v) for i, (w, v) in enumerate(pairs)]), {}, ID)
    assert found.empty or (found.wide and found.phone)


# ranks


def test_the_region_its_neighbours_and_named_peers_are_rows_with_rank_and_range(chart):
    found = chart("ranks")
    for svg in both(found):
        rows = labelled(svg, "row")
        assert len(rows) == 15 and count(svg, "own") == 1 and count(svg, "range") == count(svg, "median") == 15
        assert labelled(svg, "gap") == ["… 4 daerah lain", "… 46 daerah lain", "… 7 daerah lain"]
        assert labelled(svg, "figures")[0] == "5 (2–8)" and labelled(svg, "figures")[-1] == "72 (69–72)"
        assert "58 (55–61)" in labelled(svg, "figures") and "Peringkat dari 72" in texts(svg)
    assert len(found.rows) == 72


def test_no_rank_is_written_without_its_range_and_no_title_without_the_denominator(chart):
    for case in ("ranks", "ranks of 130", "ranks, the first", "ranks, alone"):
        found = chart(case)
        assert all(re.fullmatch(r"\d+ \(\d+–\d+\)", t) for svg in both(found) for t in labelled(svg, "figures"))
        assert re.search(r"peringkat \d+ dari \d+, dengan rentang antarmetode \d+–\d+", found.title)


def test_all_regions_stand_beside_the_window_on_a_wide_page_only(chart):
    found = chart("ranks of 130")
    assert "".join(group(found.wide, "all-ranges")).count("<path") == 130 and count(found.phone, "all-ranges") == 0
    assert "Semua 130 daerah" in texts(found.wide)


@pytest.mark.parametrize(
    ("count_", "own", "named", "shown"),
    [
        (5, 3, (), [0, 1, 2, 3, 4]),
        (20, 1, (), [0, 1, 2, 3, 4, 5, 6, None]),
        (20, 20, (), [None, 13, 14, 15, 16, 17, 18, 19]),
        (20, 1, ("09.00",), [0, 1, 2, 3, 4, 5, 6, 7, 8, None]),
        (20, 1, ("20.00",), [0, 1, 2, 3, 4, 5, 6, None, 19]),
        (8, 1, (), [0, 1, 2, 3, 4, 5, 6, 7]),
    ],
)
def test_a_window_by_hand_never_hides_a_single_row(count_, own, named, shown):
    assert window(rank_table(count_, own), REGION, named) == shown


def test_the_title_counts_ranges_that_meet(chart):
    # Ranges reach three places to both sides: those from six above to six below meet.
    assert (
        chart("ranks").title
        == "Kabupaten Uji peringkat 58 dari 72, dengan rentang antarmetode 55–61; rentang 12 daerah lain tumpang tindih dengannya"
    )
    assert chart("ranks, the first").title.endswith("dengan rentang antarmetode 1–1, terpisah dari semua yang lain")


def test_a_region_without_a_range_is_not_drawn():
    table = rank_table(10, 5)
    table.loc[table["rank"] == 6, ["rank_low", "rank_median", "rank_high"]] = NAN
    found = ranks(table, REGION, (), ID)
    assert len(found.rows) == 9 and "Kabupaten 06.00" not in texts(found.wide)


# forms


@pytest.fixture(scope="module")
def made_up():
    return evaluate_round("contoh", "2024-S2")


def test_the_made_up_programme_has_qualities_and_a_quadrant_but_no_letter(made_up):
    assert set(forms.qualities_chart(made_up, ID).rows["basis"]) == {"survey"}
    assert len(forms.quadrant(made_up, ID).rows) == 25 and forms.quadrant(made_up, ID).rows["urgent"].sum() == 3
    assert ranks_chart(made_up, ID) is None and forms.answers_chart(made_up, ID) is None
    assert forms.skm_chart(made_up, ID) is None and forms.citizens(made_up).issues.empty


def test_mimikas_rank_has_its_cohorts_denominator_and_its_survey_is_said_to_be_absent(mimika):
    own = ranks_chart(mimika, ID).rows.set_index("region").loc["94.04"]
    assert (own["rank"], own["n"]) == (58, 72)
    everyone = ranks_chart(mimika, ID, "all").rows.set_index("region").loc["94.04"]
    assert (everyone["rank"], everyone["n"]) == (94, 130)
    assert forms.qualities_chart(mimika, ID).empty and list(forms.quadrant(mimika, ID).rows.query("urgent")["node"]) == [
        "outcome"
    ]
