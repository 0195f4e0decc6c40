"""What the charts about people draw: marks, rows, labels, order; titles by rule; both languages; hard cases."""

import re
import xml.etree.ElementTree as ET

import pandas as pd
import pytest
from chart_data import both, count, group, labelled, placed, texts
from test_agencies import CYCLES, THREE, programme, recommendations
from test_agreement import panel as panel_rows
from test_agreement import scores
from tiny import tiny_instrument

from scevaluation.charts import agencies as agencies_chart
from scevaluation.charts import continuity as continuity_chart
from scevaluation.charts import disagreement as disagreement_chart
from scevaluation.charts import followup as followup_chart
from scevaluation.charts import gap as gap_chart
from scevaluation.charts import severity as severity_chart
from scevaluation.charts.severity import neat
from scevaluation.draw.style import PHONE, SMALLEST, WIDE, text_width
from scevaluation.evaluate import agreement as a
from scevaluation.evaluate.continuity import continuity
from scevaluation.evaluate.followup import carried, followup
from scevaluation.frames.people import AGREEMENT, CARRIED, CONTINUITY, FOLLOWUP, GAP, REPORTING, RESPONSIBILITY, SEVERITY
from scevaluation.words import words

NAN, ROUND, REGION = float("nan"), "2024-S2", "94.04"
ID, EN = words("id"), words("en")
LONG = "Persentase penyelenggaraan layanan administrasi kependudukan yang dapat diselesaikan secara daring nomor"
SECTORS = {"health": "Kesehatan", "education": "Pendidikan", "environment": "Lingkungan"}
NAMES = {"a": "Dinas A", "b": "Dinas B", "c": "Dinas C"}


def marks(svg: str, gid: str) -> int:
    """Points or bars in all marks of a name: moves of its outlines, or uses of its marker."""
    return sum(len(re.findall(r"<use |<path (?!id)", part.split("</defs>")[-1])) for part in group(svg, gid))


# tables by hand


def duty(agency, sector, items, reported, score=NAN, state=""):
    said = state or ("reported" if items == reported else "partly_reported" if reported else "not_reported")
    return (REGION, ROUND, agency, sector, items, reported, reported / items if items else NAN, score, said)


def responsibility(rows) -> pd.DataFrame:
    return RESPONSIBILITY.check(pd.DataFrame(rows, columns=list(RESPONSIBILITY.columns)))


DUTIES = responsibility(
    [
        duty("a", "health", 3, 3, 62.4),
        duty("a", "education", 0, 0, state="not_responsible"),
        duty("a", "*", 3, 3, 62.4),
        duty("b", "health", 0, 0, state="not_responsible"),
        duty("b", "education", 2, 1, 41.0),
        duty("b", "*", 2, 1, 41.0),
        duty("c", "health", 1, 0),
        duty("c", "education", 0, 0, state="not_applicable"),
        duty("c", "*", 1, 0),
        duty("*", "health", 4, 3, 62.4),
        duty("*", "education", 2, 1, 41.0),
        duty("*", "*", 6, 4, 55.0),
    ]
)
LATE = pd.DataFrame(
    [(REGION, ROUND, "b", 2, 1, 5, 3, 3, "education/x"), (REGION, ROUND, "a", 3, 0, 5, 0, 0, "")],
    columns=list(REPORTING.columns),
)


def matrix(count, score=50.0, state=""):
    rows = []
    for n in range(count):
        own = "health" if n % 2 else "education"
        for s in ("education", "health"):
            rows.append(duty(f"x{n}", s, 1, 1, score, state) if s == own else duty(f"x{n}", s, 0, 0, state="not_responsible"))
        rows.append(duty(f"x{n}", "*", 1, 1, score, state))
    rows += [duty("*", s, count, count, score, state) for s in ("education", "health", "*")]
    return responsibility(rows), {f"x{n}": f"{LONG} {n}" for n in range(count)}


def make_agencies(rows=DUTIES, late=LATE, names=NAMES, w=ID):
    return agencies_chart.agencies(rows, late, names, SECTORS, w)


ITEMS = {"one/a": [1, 2, 4], "one/b": [3, 3, 3], "two/c": [2, 2, 2.5], "two/d": [4, 3.5, 4]}
LABELS = {"one/a": "Jalan", "one/b": "Air", "two/c": "Sekolah", "two/d": "Guru", "one": "Satu", "two": "Dua"}


def make_disagreement(items=ITEMS, labels=LABELS, w=ID, names="ABCDE"):
    rows = scores(*panel_rows(items, names=names))
    table = a.agreement(rows, tiny_instrument(), ROUND) if set(items) <= set(ITEMS) else AGREEMENT.empty()
    return disagreement_chart.disagreement(a.panel(rows, ROUND), table, labels, (1.0, 4.0), w)


def severities(rows, when=ROUND) -> pd.DataFrame:
    filled = [(REGION, when, name, 20, d, lo, hi, said) for name, d, lo, hi, said in rows]
    return SEVERITY.check(pd.DataFrame(filled, columns=list(SEVERITY.columns)))


SEVERE = severities(
    [
        ("A", -0.2, -0.3, -0.1, "stricter"),
        ("B", 0.25, 0.1, 0.4, "milder"),
        ("C", 0.02, -0.05, 0.09, "alike"),
        ("D", 0.1, -0.1, 0.3, "undecided"),
    ]
)


def make_severity(rows=SEVERE, w=ID):
    return severity_chart.severity(rows, ROUND, 0.1, w)


def gaps(rows) -> pd.DataFrame:
    filled = [(REGION, ROUND, ag, n, own, own - g, g, lo, hi, n, said) for ag, n, own, g, lo, hi, said in rows]
    return GAP.check(pd.DataFrame(filled, columns=list(GAP.columns)))


GAPS = gaps(
    [
        ("a", 5, 3.0, 0.1, -0.1, 0.3, "undecided"),
        ("b", 5, 3.2, 0.5, 0.3, 0.7, "above"),
        ("c", 1, 2.5, -0.25, NAN, NAN, "too_few"),
        ("*", 11, 3.0, 0.3, 0.2, 0.4, "above"),
    ]
)


def make_gap(rows=GAPS, names=NAMES, w=ID):
    return gap_chart.gap(rows, names, (1.0, 4.0), w)


TEXTS = {"R1": "Perbaiki jaringan air", "R2": "Umumkan biaya", "R3": "Ukur mutu air sungai"}


def make_followup(rows=THREE, when="2024-S1", texts=TEXTS, w=ID):
    return followup_chart.followup(followup(rows, REGION, when), carried(rows, REGION, when), texts, {"ofa": "Dinas A"}, w)


FATES = (
    programme("a", "Jalan", "2017"),
    programme("a", "Lampu", "2018", "2021", "selesai"),
    programme("a", "Peta", "2018", "2019", "berhenti"),
    programme("b", "Lapor", "2017", "2021", "dilanjutkan"),
    programme("b", "Kanal", "2023"),
    programme("c", "Noken", "2017", status="direncanakan 2017"),
)


def make_continuity(rows=FATES, until=2024, names=NAMES, w=ID):
    table = continuity(pd.DataFrame(rows), CYCLES, REGION, until) if rows else CONTINUITY.empty()
    return continuity_chart.continuity(table, CYCLES, until, names, w)


MANY_ITEMS = {f"one/i{n}": [1 + n % 3, 2.5, 1 + (n * 7) % 4] for n in range(40)}
MANY_LABELS = {i: f"{LONG} {n}" for n, i in enumerate(MANY_ITEMS)}
MANY_ASKED = recommendations(*[(f"R{n:02d}", f"20{17 + n % 7}-S1", f"20{18 + n % 7}-S2", "open", "") for n in range(40)])
MANY_GAPS = gaps(
    [(f"x{n}", 4, 2 + n / 40, 0.3 - n / 60, -0.2, 0.6, "undecided") for n in range(40)]
    + [("*", 160, 2.5, 0, -0.1, 0.1, "alike")]
)
MANY_FATES = tuple(
    programme(f"x{n // 3}", f"{LONG} {n}", str(2017 + n % 8), status="-", seen=str(2018 + n % 7)) for n in range(40)
)
MANY_SEVERE = severities(
    [(f"{chr(65 + n % 26)}{n // 26 or ''}", n / 50 - 0.4, n / 50 - 0.6, n / 50 - 0.2, "undecided") for n in range(30)]
)

HARD = {
    "agencies": lambda w: make_agencies(w=w),
    "agencies: forty with long names": lambda w: make_agencies(*(matrix(40)[0], REPORTING.empty(), matrix(40)[1]), w=w),
    "agencies: one, one sector": lambda w: make_agencies(
        responsibility([duty(x, s, 1, 1, 50.0) for x in ("a", "*") for s in ("health", "*")]), w=w
    ),
    "agencies: nothing reported": lambda w: make_agencies(
        responsibility([duty(x, s, 2, 0) for x in ("a", "b", "*") for s in ("health", "education", "*")]), w=w
    ),
    "agencies: reported, not verified": lambda w: make_agencies(
        responsibility([duty(x, s, 2, 2) for x in ("a", "*") for s in ("health", "education", "*")]), w=w
    ),
    "disagreement": lambda w: make_disagreement(w=w),
    "disagreement: forty with long names": lambda w: make_disagreement(MANY_ITEMS, MANY_LABELS, w),
    "disagreement: all the same": lambda w: make_disagreement({"one/a": [2, 2], "one/b": [2, 2]}, w=w),
    "disagreement: twelve assessors": lambda w: make_disagreement({"one/a": [1, 2, 3, 4] * 3}, w=w, names="ABCDEFGHIJKL"),
    "severity": lambda w: make_severity(w=w),
    "severity: thirty assessors": lambda w: make_severity(MANY_SEVERE, w=w),
    "severity: one item": lambda w: make_severity(
        severities([("A", -1.0, NAN, NAN, "too_few"), ("B", 1.0, NAN, NAN, "too_few")]), w=w
    ),
    "gap": lambda w: make_gap(w=w),
    "gap: forty with long names": lambda w: make_gap(MANY_GAPS, {f"x{n}": f"{LONG} {n}" for n in range(40)}, w),
    "gap: items of no agency": lambda w: make_gap(gaps([("*", 1, 2.0, 0.0, NAN, NAN, "too_few")]), w=w),
    "followup": lambda w: make_followup(w=w),
    "followup: forty with long texts": lambda w: make_followup(
        MANY_ASKED, ROUND, {f"R{n:02d}": f"{LONG} {n}" for n in range(40)}, w
    ),
    "followup: one round": lambda w: make_followup(when="2022-S1", w=w),
    "followup: all closed": lambda w: make_followup(recommendations(("R1", "2022-S1", "2023-S1", "done", "2023-S1")), w=w),
    "followup: no due round": lambda w: make_followup(recommendations(("R1", "2022-S1", "", "open", "")), w=w),
    "continuity": lambda w: make_continuity(w=w),
    "continuity: forty with long names": lambda w: make_continuity(
        MANY_FATES, names={f"x{n}": f"{LONG} {n}" for n in range(14)}, w=w
    ),
    "continuity: one, this year": lambda w: make_continuity((programme("a", "Jalan", "2024"),), w=w),
}


@pytest.fixture(scope="module", params=[(k, w) for k in HARD for w in (ID, EN)], ids=lambda p: f"{p[0]} ({p[1].lang})")
def hard(request):
    case, w = request.param
    return HARD[case](w)


def test_hard_cases_are_whole_pictures(hard):
    for svg, width in zip(both(hard), (WIDE, PHONE), strict=True):
        ET.fromstring(svg)
        assert len(svg) < 320_000
        for text, x, size in placed(svg):
            assert size >= SMALLEST - 0.01, text
            assert x >= -0.5, text
            assert x + text_width(text, size) * 72 <= width * 72 + 0.5, text
    assert len(hard.alt) >= 40 and hard.title and hard.note
    assert len(hard.rows) and hard.figure_html().count("<details") == 1


EMPTY = {
    "agencies": lambda: make_agencies(RESPONSIBILITY.empty(), REPORTING.empty()),
    "disagreement": lambda: make_disagreement({"one/a": [2]}),
    "severity": lambda: make_severity(SEVERITY.empty()),
    "gap": lambda: make_gap(GAP.empty()),
    "followup": lambda: followup_chart.followup(FOLLOWUP.empty(), CARRIED.empty(), {}, {}, ID),
    "continuity": lambda: make_continuity(()),
}


@pytest.mark.parametrize("kind", EMPTY)
def test_without_data_the_chart_says_so_instead_of_drawing(kind):
    chart = EMPTY[kind]()
    assert chart.wide == chart.phone == "" and '<div class="empty"><p>' in chart.figure_html()


@pytest.mark.parametrize("case", ["agencies", "disagreement", "severity", "gap", "followup", "continuity"])
def test_the_same_tables_give_the_same_bytes(case):
    assert both(HARD[case](ID)) == both(HARD[case](ID))


def test_tables_are_not_changed():
    tables = (DUTIES, SEVERE, GAPS)
    before = [t.copy(deep=True) for t in tables]
    make_agencies(), make_severity(), make_gap()
    for table, old in zip(tables, before, strict=True):
        pd.testing.assert_frame_equal(table, old)


# agencies


def test_not_responsible_is_empty_and_not_reported_is_hatched():
    for svg in both(make_agencies()):
        assert count(svg, "not-reported") == 2  # c in health, and all of c
        assert count(svg, "not-applicable") == 1
        assert count(svg, "cell") + count(svg, "not-reported") + count(svg, "not-applicable") == 12 - 2


def test_cells_are_written_row_by_row_all_agencies_and_all_sectors_first():
    svg = make_agencies().wide
    assert labelled(svg, "row") == ["Semua OPD", "Dinas A", "Dinas B", "Dinas C"]
    assert labelled(svg, "column") == ["Semua sektor", "Kesehatan", "Pendidikan"]
    assert labelled(svg, "score") == ["55", "62", "41", "62", "62", "41", "41"]


def test_partly_reported_cells_have_a_folded_corner():
    assert count(make_agencies().wide, "partly") == 5


def test_how_much_each_agency_reported_stands_at_its_row():
    assert labelled(make_agencies().wide, "reported") == ["4 dari 6", "3 dari 3", "1 dari 2 \u00b7 3\u00d7", "0 dari 1"]
    assert labelled(make_agencies().phone, "reported") == ["4/6", "3/3", "1/2", "0/1"]


def test_the_note_explains_only_marks_that_were_drawn():
    assert "Arsiran" in make_agencies().note and "Kosong" in make_agencies().note and "berturut-turut" in make_agencies().note
    plain = make_agencies(
        responsibility([duty(x, s, 1, 1, 50.0) for x in ("a", "*") for s in ("health", "*")]), REPORTING.empty()
    )
    assert not any(word in plain.note for word in ("Arsiran", "Kosong", "berturut", "Sudut", "Tanda tanya"))


@pytest.mark.parametrize(
    ("late", "title"),
    [
        (0, "Semua perangkat daerah melaporkan seluruh indikatornya (5)"),
        (2, "3 dari 5 indikator dilaporkan; yang belum lengkap: x0 dan x1"),
        (4, "1 dari 5 indikator dilaporkan; laporan empat perangkat daerah belum lengkap"),
    ],
)
def test_title_of_agencies(late, title):
    rows = [duty(f"x{n}", "*", 1, int(n >= late), 50.0 if n >= late else NAN) for n in range(5)]
    rows += [duty("*", "*", 5, 5 - late, 50.0)]
    assert ID.text(agencies_chart.finding(responsibility(rows), {}, ID)) == title


def test_bodies_outside_stand_last_under_their_own_heading_and_owe_nothing():
    chart = agencies_chart.agencies(DUTIES, LATE, NAMES, SECTORS, ID, outside={"c"})
    for svg in both(chart):
        assert labelled(svg, "row")[:3] + labelled(svg, "row")[4:] == ["Semua OPD", "Dinas A", "Dinas B", "Dinas C"]
        assert labelled(svg, "row")[3].startswith("Lembaga di luar")
        assert len(labelled(svg, "reported")) == 3  # of all, of A and of B
    assert "Dinas C" not in ID.text(chart.finding) + chart.alt and "Matriks 2 perangkat daerah" in chart.alt
    runs = continuity(pd.DataFrame(FATES), CYCLES, REGION, 2024)
    chart = continuity_chart.continuity(runs, CYCLES, 2024, NAMES, ID, {"a"})
    heads = [t for t in texts(chart.wide) if t in {*NAMES.values(), "OPD dengan satu program", "Lembaga di luar pemerintah daerah"}]
    assert heads == ["Dinas B", "OPD dengan satu program", "Lembaga di luar pemerintah daerah"]
    assert chart.title == "Dari dua program yang mulai sebelum II, satu berlanjut dan satu tanpa informasi terbaru"
    rows = THREE.assign(agency=["far", "ofa", "ofa"])
    asked = followup(rows, REGION, "2024-S1"), carried(rows, REGION, "2024-S1")
    chart = followup_chart.followup(*asked, TEXTS, {"ofa": "Dinas A", "far": "PLN"}, ID, {"far"})
    order = [t for t in texts(chart.wide) if t.startswith(("R1", "R3", "Lembaga"))]
    assert [t[:2] for t in order] == ["R3", "Le", "R1"]


# disagreement


def test_items_stand_by_their_spread_with_letters_at_the_scores():
    for svg in both(make_disagreement()):
        assert labelled(svg, "row") == ["Jalan", "Sekolah", "Guru", "Air"]
        assert labelled(svg, "letters") == ["A", "B", "C", "AB", "C", "B", "AC", "ABC"]
        assert labelled(svg, "right") == ["3,00", "0,50", "0,50", "0,00"]
        assert (marks(svg, "scores"), marks(svg, "range"), marks(svg, "mean")) == (8, 4, 4)


def test_agreement_is_drawn_for_all_items_and_each_component_with_too_few_left_without_interval():
    for svg in both(make_disagreement()):
        assert labelled(svg, "group") == ["Semua indikator", "Satu", "Dua"]
        assert count(svg, "interval") == 0 and count(svg, "alpha") == 3 and count(svg, "threshold") == 2


def test_of_forty_items_twenty_are_drawn_and_the_note_says_so():
    chart = make_disagreement(MANY_ITEMS, MANY_LABELS)
    assert len(labelled(chart.wide, "row")) == 20 and chart.rows["indicator"].nunique() == 20
    assert "Digambar 20 dari 40 indikator" in chart.note and chart.rows["spread"].is_monotonic_decreasing


def test_beyond_nine_assessors_only_dots_are_drawn():
    svg = make_disagreement({"one/a": [1, 2, 3, 4] * 3}, names="ABCDEFGHIJKL").wide
    assert count(svg, "letters") == 0 and marks(svg, "scores") == 4


def whole(judgement, alpha=0.5):
    return pd.Series(
        {"round": ROUND, "node": "index", "alpha": alpha, "low": alpha - 0.1, "high": alpha + 0.1, "judgement": judgement}
    )


@pytest.mark.parametrize(
    ("judgement", "begins"),
    [
        ("strong", "Asesor sepakat (alfa 0,50, rentang 0,40 sampai 0,60)"),
        ("usable", "Kesepakatan asesor cukup"),
        ("weak", "Kesepakatan asesor lemah"),
        ("undecided", "Kesepakatan asesor belum pasti"),
        ("too_few", "Asesor paling berbeda pada jalan, 3,00 poin"),
    ],
)
def test_title_of_disagreement(judgement, begins):
    rows = a.panel(scores(*panel_rows(ITEMS)), ROUND)
    text = ID.text(disagreement_chart.finding(rows, whole(judgement), LABELS, ID))
    assert text.startswith(begins) and "jalan" in text


def test_where_all_scores_are_equal_nobody_differs():
    chart = make_disagreement({"one/a": [2, 2], "one/b": [3, 3]})
    assert chart.title == "Semua asesor memberi skor yang sama"


# severity


def test_every_assessor_has_a_dot_and_an_interval_and_undecided_is_hollow():
    for svg in both(make_severity()):
        assert labelled(svg, "row") == [f"Asesor {x}" for x in "ABCD"]
        assert count(svg, "now") == 4 and count(svg, "interval") == 4 and count(svg, "zero") == 1
    assert labelled(make_severity().wide, "right")[0] == "\u22120,20 \u00b10,10 lebih ketat"


def test_earlier_rounds_are_dots_and_later_ones_are_not_drawn():
    past = severities([("A", -0.1, -0.2, 0.0, "undecided"), ("B", 0.1, 0.0, 0.2, "undecided")], "2024-S1")
    later = severities([("A", 0.9, 0.8, 1.0, "milder")], "2025-S1")
    chart = make_severity(pd.concat([past, SEVERE, later], ignore_index=True))
    assert marks(chart.wide, "earlier") == 2 and len(chart.rows) == 4 and "putaran sebelumnya" in chart.note
    assert "+0,4" in texts(chart.wide) and "+0,9" not in texts(chart.wide)


@pytest.mark.parametrize(
    ("said", "title"),
    [
        (("stricter", "milder", "milder"), "Asesor A lebih ketat dan asesor B dan C lebih longgar daripada yang lain"),
        (("stricter", "alike", "undecided"), "Asesor A lebih ketat daripada yang lain"),
        (("alike", "milder", "undecided"), "Asesor B lebih longgar daripada yang lain"),
        (("alike",) * 3, "Semua asesor sama ketatnya"),
        (("alike", "undecided", "alike"), "Tidak ada asesor yang jelas lebih ketat atau lebih longgar"),
        (("too_few",) * 3, "Indikatornya terlalu sedikit untuk menilai keketatan asesor"),
    ],
)
def test_title_of_severity(said, title):
    rows = severities([(n, 0.0, 0.0, 0.0, s) for n, s in zip("ABC", said, strict=True)])
    assert ID.text(severity_chart.finding(rows, ID)) == title


@pytest.mark.parametrize("reach", [0.001, 0.05, 0.13, 0.3, 0.31, 0.9, 1.4, 3.0, 70, 99.0])
def test_the_axis_holds_what_it_has_to_in_few_steps(reach):
    half, step = neat(reach)
    assert half >= reach and 1 <= round(half / step) <= 3


# gap


def test_all_agencies_come_first_then_the_widest_gap():
    for svg in both(make_gap()):
        assert labelled(svg, "row") == ["Semua OPD", "Dinas B", "Dinas A", "Dinas C"]
        assert (marks(svg, "own"), marks(svg, "verified"), marks(svg, "gap"), marks(svg, "interval")) == (4, 4, 4, 3)
    assert labelled(make_gap().wide, "right")[1:] == [
        "+0,50 \u00b10,20 \u00b7 5 ind.",
        "+0,10 \u00b10,20 \u00b7 5 ind.",
        "\u22120,25 \u00b7 1 ind.",
    ]


def test_the_note_names_agencies_of_too_few_items_only_where_there_are_some():
    assert "Tanpa rentang" in make_gap().note and "Tanpa rentang" not in make_gap(GAPS[GAPS["agency"] != "c"]).note


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ("above", "Perangkat daerah menilai diri rata-rata 0,30 poin di atas hasil verifikasi, terbesar Dinas B (0,50)"),
        ("below", "Perangkat daerah menilai diri rata-rata 0,30 poin di bawah hasil verifikasi"),
        ("alike", "Penilaian mandiri perangkat daerah setara dengan hasil verifikasi (selisih 0,30 poin)"),
        ("undecided", "Selisih penilaian mandiri dan verifikasi belum pasti (0,30 poin)"),
        ("too_few", "Indikatornya terlalu sedikit untuk menilai selisih mandiri dan verifikasi (0,30 poin)"),
    ],
)
def test_title_of_the_gap(said, title):
    rows = GAPS.assign(judgement=GAPS["judgement"].where(GAPS["agency"] != "*", said))
    assert ID.text(gap_chart.finding(rows, NAMES, ID)) == title


# follow-up


def test_open_recommendations_stand_overdue_first_with_age_due_round_and_owner():
    wide, phone = both(make_followup())
    assert labelled(wide, "right") == ["Dinas A", "Dinas A"] and "lewat 2 putaran" in texts(wide)
    assert labelled(phone, "right") == ["Dinas A \u00b7 lewat 2 putaran", "Dinas A \u00b7 tenggat putaran ini"]
    for svg in (wide, phone):
        assert labelled(svg, "row") == ["R1 Perbaiki jaringan air", "R3 Ukur mutu air sungai"]
        assert labelled(svg, "age-number") == ["4", "1"]
        assert (marks(svg, "age"), marks(svg, "overdue"), marks(svg, "due"), count(svg, "today")) == (2, 1, 2, 1)


def test_the_carry_over_is_two_lines_ending_in_their_number():
    svg = make_followup().wide
    assert count(svg, "carried-open") == 1 and count(svg, "carried-overdue") == 1
    assert {"2 belum selesai", "1 lewat tenggat"} <= set(texts(svg))


def test_all_recommendations_stay_in_the_rows_and_closed_ones_are_counted():
    chart = make_followup()
    assert len(chart.rows) == 3 and "1 selesai, 0 dihentikan" in chart.note


def test_one_round_has_no_line_of_carry_over():
    svg = make_followup(when="2022-S1").wide
    assert count(svg, "carried-open") == 0 and labelled(svg, "row") == ["R1 Perbaiki jaringan air"]


def test_of_forty_open_ones_twenty_five_are_drawn_and_the_note_counts_the_rest():
    chart = make_followup(MANY_ASKED, ROUND, {})
    assert len(labelled(chart.wide, "row")) == 25 and "15 rekomendasi lain yang belum selesai" in chart.note and len(chart.rows) == 40


@pytest.mark.parametrize(
    ("rows", "title"),
    [
        (THREE, "1 dari 2 rekomendasi yang belum selesai lewat tenggat; yang tertua berumur 4 putaran"),
        (
            recommendations(("R1", "2022-S1", "2023-S1", "open", "")),
            "Semua rekomendasi yang belum selesai (1) lewat tenggat; yang tertua berumur 4 putaran",
        ),
        (
            recommendations(("R1", "2024-S1", "2024-S2", "open", "")),
            "1 rekomendasi belum selesai, tidak ada yang lewat tenggat; yang tertua dicatat pada putaran ini",
        ),
        (
            recommendations(("R1", "2023-S1", "2024-S2", "open", "")),
            "1 rekomendasi belum selesai, tidak ada yang lewat tenggat; yang tertua berumur 2 putaran",
        ),
        (recommendations(("R1", "2023-S1", "2024-S2", "done", "2023-S2")), "Semua rekomendasi sudah ditutup (satu)"),
    ],
)
def test_title_of_follow_up(rows, title):
    assert make_followup(rows).title == title


# continuity


def test_every_fate_has_its_own_end():
    for svg in both(make_continuity()):
        assert marks(svg, "runs") == 2 and marks(svg, "cut-off") == 1 and marks(svg, "finished") == 1
        assert marks(svg, "unknown") == 1 and texts(svg).count("?") == 1 and count(svg, "successor") == 1
        assert labelled(svg, "right") == ["berlanjut", "selesai", "terputus", "diteruskan", "berlanjut", "tanpa informasi terbaru"]


def test_programmes_stand_under_their_agency_and_single_ones_together():
    svg = make_continuity().wide
    assert labelled(svg, "head") == ["Dinas A", "Dinas B", "OPD dengan satu program"]
    assert labelled(svg, "row") == ["Jalan", "Lampu", "Peta", "Lapor", "Kanal", "Noken \u00b7 Dinas C"]


def test_cycles_are_named_over_the_years():
    assert labelled(make_continuity().wide, "cycle-name") == ["I", "II"] and count(make_continuity().wide, "cycle") == 1


def test_a_programme_known_by_a_recent_sign_only_is_not_said_to_run():
    chart = make_continuity((programme("a", "Jalan", "2023", status="diluncurkan"), programme("a", "Air", "2023")))
    assert labelled(chart.wide, "right") == ["berlanjut", "ada informasi terbaru"]


def test_of_many_programmes_those_begun_this_year_are_left_to_the_table():
    old = [programme("a", f"P{n}", "2019") for n in range(25)]
    new = [programme("a", f"N{n}", "2024") for n in range(10)]
    chart = make_continuity((*old, *new))
    assert (
        len(labelled(chart.wide, "row")) == 25
        and len(chart.rows) == 35
        and "10 program yang baru mulai tahun 2024" in chart.note
    )


def test_title_of_continuity_counts_what_began_before_the_cycle():
    assert (
        make_continuity().title
        == "Dari lima program yang mulai sebelum II, dua berlanjut, satu terputus, satu selesai, dan satu tanpa informasi terbaru"
    )
    assert make_continuity((programme("a", "Jalan", "2023"),)).title == "Satu program perangkat daerah berlanjut"
    three = [programme("a", name, "2018", "2020", "berhenti") for name in ("Jalan", "Air", "Lampu")]
    assert make_continuity(three).title == "Ketiga program yang mulai sebelum II terputus"
    assert make_continuity(three, w=EN).title == "Programmes begun before II: all three cut off"
    assert make_continuity(w=EN).title.startswith(
        "Programmes begun before II (five): two continuing, one cut off, one finished"
    )
