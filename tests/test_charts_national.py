"""What the charts over all regions draw: dots, medians, names, order; both languages, both letters, hard cases."""

import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest
from chart_data import EN, ID, both, count, group, labelled, placed, texts
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scevaluation.charts.cohort import cohort
from scevaluation.charts.distribution import distribution
from scevaluation.charts.flips import flip_rows, flips
from scevaluation.charts.ministry import ministry
from scevaluation.charts.movers import MOST, mover_rows, movers
from scevaluation.draw.style import PHONE, SMALLEST, WIDE, text_width
from scevaluation.evaluate.national import evaluate_nation
from scevaluation.evaluate.peers import peers
from scevaluation.frames import ROOT
from scevaluation.frames.national import COHORTS, PAIRS, REGIONS, SPREAD
from scevaluation.node import Scale
from scevaluation.region import short_name
from scevaluation.report import national

NAN, SCALE = float("nan"), Scale(low=1, high=4)
letter_of = cache(evaluate_nation)


def regions(changes: list[float], names=None) -> pd.DataFrame:
    """REGIONS of one cohort whose common movement is zero."""
    names = names or [f"Kabupaten Uji {i}" for i in range(len(changes))]
    rows = [
        {
            "region": f"{i:02d}",
            "round": "2023-S2",
            "name": name,
            "province": "Uji",
            "cohort": "REGULER",
            "status": "scored",
            "value": 2.5,
            **dict.fromkeys(("rank", "rank_low", "rank_high", "cohort_rank", "cohort_low", "cohort_high"), 1.0),
            "n": len(changes),
            "cohort_n": len(changes),
            "change": change,
            "common": 0.0,
            "net": change,
        }
        for i, (name, change) in enumerate(zip(names, changes, strict=True))
    ]
    return REGIONS.check(pd.DataFrame(rows)) if rows else REGIONS.empty()


def cohorts(changes: list[float], turned: int = 0, pairs: int = 0) -> pd.DataFrame:
    """COHORTS of those changes."""
    c = np.array(changes)
    numbers = {"rose": (c > 0).sum(), "fell": (c < 0).sum(), "same": (c == 0).sum(), "small": (np.abs(c) <= 0.1).sum()}
    whole = {"listed": len(c), "took_part": len(c), "absent": 0, "with_change": len(c), "pairs": pairs, "flips": turned}
    rest = {"median": 2.5, "p10": 2.0, "p90": 3.0, "common": 0.0, "sd": 0.3, "width": 1.0, "shift": 0.1, "reproduced": len(c)}
    row = {"round": "2023-S2", **{k: int(v) for k, v in (numbers | whole).items()}, **rest}
    return COHORTS.check(pd.DataFrame([{**row, "cohort": name} for name in ("all", "REGULER")]))


def pairs(changes: list[tuple[float, float]]) -> pd.DataFrame:
    """PAIRS of official and like-for-like changes."""
    rows = [
        {
            "region": f"{i:02d}",
            "round": "2023-S2",
            "previous": "2022-S2",
            "name": f"Kota Uji {i}",
            "cohort": "REGULER",
            "before": 2.0,
            "value": 2.0 + official,
            "official": official,
            "like_for_like": like,
            "difference": like - official,
            "flips": official * like < 0,
        }
        for i, (official, like) in enumerate(changes)
    ]
    return PAIRS.check(pd.DataFrame(rows)) if rows else PAIRS.empty()


LONG = [f"Kabupaten Kepulauan yang Namanya Sangat Panjang Sekali di Ujung Timur Nomor {i}" for i in range(3)]
CASES = {
    "distribution": lambda: national.distribution(letter_of("2023-S2"), ID),
    "distribution, english": lambda: national.distribution(letter_of("2023-S2"), EN),
    "distribution, one cohort": lambda: national.distribution(letter_of("2022-S2"), ID),
    "movers": lambda: national.movers(letter_of("2023-S2"), ID),
    "movers, english": lambda: national.movers(letter_of("2023-S2"), EN),
    "movers, one region": lambda: movers(regions([0.4]), cohorts([0.4]), SCALE, ID),
    "movers, very long names": lambda: movers(regions([2.9, -3.0, 0.0], LONG), cohorts([2.9, -3.0, 0.0]), SCALE, ID),
    "flips": lambda: national.flips(letter_of("2023-S2"), ID),
    "flips, english": lambda: national.flips(letter_of("2023-S2"), EN),
    "flips, one region": lambda: flips(pairs([(-0.2, 0.1)]), cohorts([-0.2], 1, 1), SCALE, ID),
    "flips, far off": lambda: flips(pairs([(-3.0, 2.9), (0.1, 0.2)]), cohorts([-3.0, 0.1], 1, 2), SCALE, EN),
}


class Drawn(dict):
    """Pictures by name, each drawn when it is first asked for."""

    def __missing__(self, name):
        return self.setdefault(name, CASES[name]())


DRAWN = Drawn()


@pytest.fixture(params=CASES, ids=str)
def chart(request):
    return DRAWN[request.param]


# what holds for every picture


def test_pictures_are_well_formed_and_small(chart):
    for svg in both(chart):
        ET.fromstring(svg)
        assert len(svg) < 200_000


def test_every_chart_has_title_note_and_alternative_text(chart):
    assert len(chart.alt) >= 40 and chart.title and chart.note and "{" not in chart.alt + chart.title


def test_no_text_is_too_small_or_leaves_the_picture(chart):
    for svg, width in zip(both(chart), (WIDE, PHONE), strict=True):
        for text, x, size in placed(svg):
            assert size >= SMALLEST - 0.01, text
            assert x >= -0.5 and x + text_width(text, size) * 72 <= width * 72 + 0.5, text


@pytest.mark.parametrize("kind", ["distribution", "movers", "flips"])
def test_the_same_tables_give_the_same_bytes_and_are_not_changed(kind):
    before = {k: t.copy(deep=True) for k, t in {**letter_of("2023-S2").tables, "official": letter_of("2023-S2").official}.items()}
    assert both(CASES[kind]()) == both(DRAWN[kind])
    for name, table in {**letter_of("2023-S2").tables, "official": letter_of("2023-S2").official}.items():
        pd.testing.assert_frame_equal(table, before[name])


@pytest.mark.parametrize(
    "empty",
    [
        lambda: distribution(letter_of("2023-S2").official.iloc[:0], SPREAD.empty(), {}, SCALE, ID),
        lambda: movers(REGIONS.empty(), cohorts([]), SCALE, ID),
        lambda: flips(PAIRS.empty(), cohorts([]), SCALE, ID),
    ],
)
def test_without_rows_a_chart_says_so_instead_of_drawing(empty):
    chart = empty()
    assert chart.wide == "" and '<div class="empty"><p>' in chart.figure_html()


def test_a_letter_without_changes_or_without_an_earlier_one_has_no_such_chart():
    assert national.movers(letter_of("2022-S2"), ID) is None and national.flips(letter_of("2022-S2"), ID) is None


# distribution


def test_every_participant_is_a_dot_in_every_component():
    # 72 regions with five components and the index, 58 with six and the index.
    for svg in both(DRAWN["distribution"]):
        assert sum(part.count("<use") for part in group(svg, "participants")) == 72 * 6 + 58 * 7
    for svg in both(DRAWN["distribution, one cohort"]):
        assert sum(part.count("<use") for part in group(svg, "participants")) == 38 * 6


def test_every_distribution_has_its_median_and_middle():
    for svg in both(DRAWN["distribution"]):
        assert count(svg, "median") == count(svg, "middle") == 13


def test_medians_are_printed_beside_their_row():
    values = labelled(DRAWN["distribution"].wide, "value")
    table = letter_of("2023-S2").spread.set_index(["cohort", "node"])["p50"]
    assert values == [ID.num(v, 2) for v in table] and values[6] == "2,00"
    assert labelled(DRAWN["distribution, english"].wide, "value")[6] == "2.00"


def test_a_component_that_a_cohort_does_not_have_is_said_not_drawn():
    assert texts(DRAWN["distribution"].wide).count("bukan komponen kelompok ini") == 1
    assert "bukan komponen kelompok ini" not in texts(DRAWN["distribution, one cohort"].wide)


def test_cohorts_stand_side_by_side_with_their_size():
    for svg in both(DRAWN["distribution"]):
        assert {"KPPN&amp;IKN, 58 peserta", "REGULER, 72 peserta"} <= set(texts(svg)) or {
            "KPPN&IKN, 58 peserta",
            "REGULER, 72 peserta",
        } <= set(texts(svg))


def test_the_rows_of_the_distribution_are_all_values_drawn_and_nobody_absent():
    rows = DRAWN["distribution"].rows
    assert len(rows) == 130 and rows["Indeks pencapaian"].notna().all()
    assert rows.loc[rows["name"] == "Kabupaten Mimika", "Output"].item() == 2.57
    assert rows["Kolaborasi"].notna().sum() == 58
    assert "Kota Pekalongan" not in set(rows["name"])


def test_the_note_tells_of_zeros_only_where_there_are_some():
    assert "Nol pada 7 nilai" in ID.text(DRAWN["distribution"].note)
    assert "Nol pada" not in ID.text(DRAWN["distribution, one cohort"].note)


# movers


def test_all_changes_are_dots_and_the_sides_are_counted():
    for svg in both(DRAWN["movers"]):
        assert sum(part.count("<use") for part in group(svg, "participants")) == 128
        assert labelled(svg, "count") == ["68", "59"]


def test_eight_on_each_side_are_named_in_order():
    for svg in both(DRAWN["movers"]):
        names = labelled(svg, "name")
        assert len(names) == 2 * MOST and names[0] == "Kab. Toba" and names[-1] == "Kota Medan"
        assert count(svg, "stem") == 2 * MOST
        assert (labelled(svg, "value")[0], labelled(svg, "value")[-1]) == ("+0,88", "\u22120,95")


def test_order_is_by_the_change_beyond_the_cohort_not_by_the_printed_one():
    rows = mover_rows(letter_of("2023-S2").regions)
    assert len(rows) == 128 and rows["net"].is_monotonic_decreasing and rows["named"].sum() == 16
    # Padang rose by 0.58 where its cohort fell by 0.04, Manggarai by 0.57 where its own rose by 0.01.
    assert rows["name"].tolist()[:2] == ["Kabupaten Toba", "Kota Padang"] and rows["net"].tolist()[1] == 0.62


def test_who_did_not_move_is_not_named():
    rows = mover_rows(regions([0.0, 0.0, 0.3, -0.2]))
    assert rows["named"].tolist() == [True, False, False, True]


def test_a_region_without_a_published_change_is_not_a_mover():
    assert len(mover_rows(regions([0.1, NAN]))) == 1


# flips


def test_every_region_of_both_letters_has_both_changes():
    for svg in both(DRAWN["flips"]):
        assert count(svg, "official") == count(svg, "like") == count(svg, "shift") == 32


def test_the_five_that_turn_stand_first_under_their_head():
    for svg in both(DRAWN["flips"]):
        assert labelled(svg, "name")[:5] == ["Kota Malang", "Kab. Buton", "Kab. Simalungun", "Kab. Lombok Barat", "Kab. Karo"]
        assert {"Tanda berbalik", "Tanda tetap"} <= set(texts(svg))
    assert DRAWN["flips"].rows["flips"].tolist() == [True] * 5 + [False] * 27


def test_the_title_counts_the_flips():
    assert DRAWN["flips"].title == "Dengan bobot yang sama, tanda perubahan 5 dari 32 daerah berbalik"
    assert DRAWN["flips, english"].title == "With the same weights, the change of 5 of 32 regions has the opposite sign"


def test_without_a_flip_there_is_no_head_for_them():
    chart = flips(pairs([(0.2, 0.3), (-0.1, -0.2)]), cohorts([0.2, -0.1], 0, 2), SCALE, ID)
    assert "Tanda berbalik" not in texts(chart.wide) and chart.title.endswith("tidak berbalik di daerah mana pun (0 dari 2)")


def test_a_region_without_a_like_for_like_change_is_not_compared():
    table = pairs([(0.2, 0.3), (0.1, 0.1)])
    table.loc[0, ["like_for_like", "difference"]] = NAN
    assert flip_rows(table)["region"].tolist() == ["01"]


def test_names_are_written_as_officials_shorten_them():
    assert short_name("Kabupaten Mimika") == "Kab. Mimika" and short_name("Kota Jayapura") == "Kota Jayapura"


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(st.integers(-300, 300), st.integers(-300, 300)), min_size=1, max_size=30))
def test_wild_changes_draw_without_a_warning(values):
    both_changes = [(a / 100, b / 100) for a, b in values]
    official = [a for a, _ in both_changes]
    turned = sum(a * b < 0 for a, b in both_changes)
    chart = flips(pairs(both_changes), cohorts(official, turned, len(values)), SCALE, ID)
    assert count(chart.wide, "like") == len(values)
    moved = movers(regions(official), cohorts(official), SCALE, EN)
    assert moved.wide and len(moved.rows) == len(values)


# Another scale than 1-4

MEASURED = {
    "official": ("value",),
    "spread": ("low", "high", "mean", "sd", "p10", "p25", "p50", "p75", "p90"),
    "regions": ("value", "change", "common", "net"),
    "cohorts": ("median", "p10", "p90", "common", "sd", "shift"),
    "pairs": ("before", "value", "official", "like_for_like", "difference"),
}


def tenfold():
    """The letter as though it had been scored on 10-40: every number on the scale ten times as large."""
    more = {name: getattr(letter_of("2023-S2"), name).copy() for name in MEASURED}
    for name, columns in MEASURED.items():
        held = [c for c in columns if c in more[name]]
        more[name][held] = more[name][held] * 10
    wide = {c: i.model_copy(update={"scale": Scale(low=10, high=40)}) for c, i in letter_of("2023-S2").instruments.items()}
    return replace(letter_of("2023-S2"), instruments=wide, **more)


def drawn_of(nation) -> dict:
    """Every chart of a letter on its own scale, and of a region in it."""
    one, region = nation.instruments["REGULER"], "94.04"
    place = peers(letter_of("2023-S2").official, region, letter_of("2023-S2").instruments)
    found = {name: getattr(national, name)(nation, EN) for name in ("distribution", "movers", "flips")}
    found["cohort"] = cohort(nation.official, region, place, (), nation.scale, EN)
    names = {ROOT: "Index", **{c: c for c in one.components}}
    return found | {"ministry": ministry(nation.official, region, one, pd.Series(dtype=float), names, EN)}


def test_on_ten_times_the_scale_every_mark_stands_where_it_stood():
    plain, more = drawn_of(letter_of("2023-S2")), drawn_of(tenfold())
    kinds = {"distribution": ("participants", "median", "middle"), "movers": ("participants", "net", "small", "stem")}
    kinds |= {"flips": ("official", "like", "shift"), "cohort": ("participants", "small", "median")}
    kinds |= {"ministry": ("cohort", "median", "value")}
    for name, marks in kinds.items():
        for side in ("wide", "phone"):
            for mark in marks:
                before, after = (group(getattr(c[name], side), mark) for c in (plain, more))
                assert before and len(before) == len(after), (name, side, mark)
                for a, b in zip(before, after, strict=True):
                    np.testing.assert_allclose(numbers(b), numbers(a), atol=0.02, err_msg=f"{name} {side} {mark}")


def numbers(text: str) -> list[float]:
    return [float(v) for v in re.findall(r"-?\d+\.?\d*", re.sub(r"#[0-9A-Fa-f]{6}|[\w-]+=\"[a-zA-Z][^\"]*\"", "", text))]


def test_another_scale_is_named_and_ticked_by_itself():
    more = drawn_of(tenfold())
    assert "(10\u201340)" in " ".join(texts(more["cohort"].wide))
    assert "scale 10\u201340" in ID.text(more["ministry"].note) or "scale 10\u201340" in EN.text(more["ministry"].note)
    for chart in more.values():
        said = EN.text(chart.note)
        assert not re.search(r"\b0\.1\b", said) and "1\u20134" not in said, chart.name
    assert {"10", "20", "30", "40"} <= set(texts(more["ministry"].wide)) and "5" not in texts(more["ministry"].wide)


@pytest.mark.parametrize(
    ("low", "high", "small", "ticks"),
    [
        (1, 4, 0.1, [1, 2, 3, 4]),
        (1, 5, 0.1, [1, 2, 3, 4, 5]),
        (0, 5, 0.2, [0, 1, 2, 3, 4, 5]),
        (0, 10, 0.5, [0, 2, 4, 6, 8, 10]),
        (0, 100, 5, [0, 20, 40, 60, 80, 100]),
        (0, 1, 0.05, [0, 0.2, 0.4, 0.6, 0.8, 1.0]),
        (-1, 1, 0.05, [-1, -0.5, 0, 0.5, 1]),
    ],
)
def test_what_is_small_and_round_on_a_scale(low, high, small, ticks):
    scale = Scale(low=low, high=high)
    assert scale.small == pytest.approx(small) and scale.ticks == pytest.approx(ticks)
