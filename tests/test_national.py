"""All regions of a letter: counts and places worked out by hand or printed, tiny letters, and the page made of them."""

import itertools
import re
from copy import copy

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pages import read, unlike

from scevaluation.charts import distribution, titles
from scevaluation.errors import RoundError
from scevaluation.evaluate.inputs import cohort_instruments
from scevaluation.evaluate.national import cohort_table, evaluate_nation, pair_table, region_table, spread_table
from scevaluation.evaluate.peers import all_peers, peers
from scevaluation.frames.national import COHORTS, NATIONAL, PAIRS, REGIONS, SPREAD
from scevaluation.instrument import load_instrument
from scevaluation.intake.official import read_official
from scevaluation.node import Scale
from scevaluation.press import notebook
from scevaluation.report import national
from scevaluation.words import words

NAN = float("nan")
ID, EN = words("id"), words("en")


@pytest.fixture(scope="module")
def nation():
    return evaluate_nation("2023-S2")


@pytest.fixture(scope="module")
def first():
    return evaluate_nation("2022-S2")


@pytest.fixture(scope="module")
def total(nation):
    return titles.total(nation.cohorts)


# The letter of 2023, figures of the letter itself and counts made by hand from it


@pytest.mark.parametrize(
    ("column", "count"),
    [
        ("listed", 141),
        ("took_part", 130),
        ("absent", 11),
        ("with_change", 128),
        ("rose", 59),
        ("fell", 68),
        ("same", 1),
        ("small", 36),
        ("pairs", 32),
        ("flips", 5),
        ("reproduced", 130),
    ],
)
def test_counts_of_the_letter_of_2023(total, column, count):
    assert total[column] == count


def test_the_cohorts_add_up_to_all(nation):
    counts = ["listed", "took_part", "absent", "with_change", "rose", "fell", "same", "small", "pairs", "flips", "reproduced"]
    all_of_them, *each = nation.cohorts[counts].to_numpy()
    np.testing.assert_array_equal(np.sum(each, axis=0), all_of_them)


def test_the_cohorts_have_their_denominators(nation):
    rows = nation.cohorts.set_index("cohort")
    assert rows.loc["REGULER", ["listed", "took_part"]].tolist() == [75, 72]
    assert rows.loc["KPPN&IKN", ["listed", "took_part"]].tolist() == [66, 58]


def test_the_spread_of_changes_and_the_mean_shift(total):
    assert total["sd"] == pytest.approx(0.33, abs=0.005) and total["shift"] == pytest.approx(0.10, abs=0.005)


def test_the_five_that_turn_their_sign(nation):
    turned = nation.pairs[nation.pairs["flips"]]
    assert set(turned["name"]) == {
        "Kabupaten Karo",
        "Kabupaten Simalungun",
        "Kota Malang",
        "Kabupaten Lombok Barat",
        "Kabupaten Buton",
    }
    # All fell officially and rose with the weights of 2022.
    assert (turned["official"] < 0).all() and (turned["like_for_like"] > 0).all()


def test_karo_by_hand(nation):
    old = {"baseline": 10, "output": 20, "outcome": 30, "impact": 10, "quick-win": 30}
    new = {"baseline": 10, "output": 20, "outcome": 20, "impact": 20, "quick-win": 20, "collaboration": 10}
    then, now = (read_official(r).query("region == '12.06'").set_index("node")["value"] for r in ("2022-S2", "2023-S2"))

    def mean(values, weight):
        return sum(values[c] * v for c, v in weight.items()) / 100

    official, like = now["index"] - then["index"], mean(now, old) - mean(then, old)
    assert (round(mean(now, new) - mean(then, old), 3), round(official, 3), round(like, 3)) == (-0.197, -0.2, 0.057)
    karo = nation.pairs.set_index("region").loc["12.06"]
    assert karo["official"] == pytest.approx(official, abs=1e-9) and karo["like_for_like"] == pytest.approx(like, abs=1e-9)


def test_a_printed_change_is_that_of_the_printed_indices_but_for_rounding(nation):
    printed = nation.regions.set_index("region")["change"]
    gap = (nation.pairs.set_index("region")["official"] - printed).dropna().abs().round(9)
    assert set(gap) == {0.0, 0.01}


def test_pairs_hold_the_printed_indices(nation):
    now, then = (read_official(r).query("node == 'index'").set_index("region")["value"] for r in ("2023-S2", "2022-S2"))
    pairs = nation.pairs.set_index("region")
    assert pairs["value"].equals(now[pairs.index].rename("value")) and pairs["before"].equals(then[pairs.index].rename("before"))


def test_mimika_has_its_place(nation):
    row = nation.regions.set_index("region").loc["94.04"]
    assert row[["value", "change", "common", "net"]].tolist() == [2.47, -0.03, -0.04, 0.01]
    assert row[["rank", "n", "cohort_rank", "cohort_n"]].tolist() == [94, 130, 58, 72]
    assert row["province"] == "Papua Tengah" and row["rank_low"] <= 94 <= row["rank_high"]


def test_who_did_not_take_part_has_no_figure_at_all(nation):
    absent = nation.regions[nation.regions["status"] == "did_not_take_part"]
    numbers = ["value", "rank", "rank_low", "rank_high", "cohort_rank", "cohort_low", "cohort_high", "change", "common", "net"]
    assert len(absent) == 11 and absent[numbers].isna().all(axis=None)


def test_no_zero_of_an_absent_region_is_in_a_distribution(nation):
    rows = nation.spread.set_index(["cohort", "node"])
    assert (rows["n"].xs("REGULER") == 72).all() and (rows["n"].xs("KPPN&IKN") == 58).all()
    # Seven that took part have 0.00 for collaboration, and the printed index counts them.
    assert rows["zeros"].sum() == 7 == rows.at[("KPPN&IKN", "collaboration"), "zeros"]
    assert rows.at[("KPPN&IKN", "index"), "low"] == 1.16


def test_places_of_all_are_those_of_each_asked_for_alone(nation):
    letter = read_official("2023-S2")
    every = all_peers(letter, nation.instruments)
    assert len(every) == 260
    for region in ("94.04", "12.06", "12.71"):
        alone = peers(letter, region, nation.instruments)
        pd.testing.assert_frame_equal(every[every["region"] == region].reset_index(drop=True), alone)


def test_a_rank_lies_within_its_interval_and_its_denominator(nation):
    rows = nation.regions.dropna(subset="rank")
    assert ((rows["rank_low"] <= rows["rank"]) & (rows["rank"] <= rows["rank_high"]) & (rows["rank_high"] <= rows["n"])).all()
    assert (rows["cohort_high"] <= rows["cohort_n"]).all()


def test_tables_keep_their_contracts(nation, first):
    for n in (nation, first):
        for name, table in n.tables.items():
            pd.testing.assert_frame_equal(NATIONAL[name].check(table), table)


# The letter of 2022: one cohort, no changes


def test_the_letter_of_2022_has_38_of_42_and_no_change(first):
    row = titles.total(first.cohorts)
    assert row[["listed", "took_part", "with_change", "reproduced", "pairs"]].tolist() == [42, 38, 0, 38, 0]
    assert first.previous == "" and first.pairs.empty and np.isnan(row["common"]) and np.isnan(row["shift"])
    assert set(first.cohorts["cohort"]) == {"all", "KPPN&IKN"}


def test_a_round_without_a_letter_is_refused():
    with pytest.raises(RoundError, match="no letter over all regions of 2019-S2"):
        evaluate_nation("2019-S2")


# Any letter

COMPONENTS = tuple(load_instrument("kominfo-2023-reguler").components)
ONE = {"REGULER": load_instrument("kominfo-2023-reguler")}


def letter(values: dict[str, float], changes: dict[str, float] | None = None, round_name="2023-S2") -> pd.DataFrame:
    """A letter in which every component of a region has its index's value; NaN: it did not take part."""
    rows = []
    for region, value in values.items():
        if np.isnan(value):
            rows.append((region, "index", NAN, "did_not_take_part"))
            continue
        rows += [(region, node, value, "scored") for node in (*COMPONENTS, "index")]
        if changes and region in changes:
            rows.append((region, "improvement", changes[region], "scored"))
    out = pd.DataFrame(rows, columns=["region", "node", "value", "status"])
    return out.assign(name="Kabupaten " + out["region"], round=round_name, cohort="REGULER", source="-")


def tables(rows: pd.DataFrame):
    regions = region_table(rows, ONE, dict.fromkeys(rows["region"], "Provinsi"))
    return regions, cohort_table(regions, PAIRS.empty(), rows, ONE)


def test_the_common_movement_is_the_median_and_is_taken_off():
    regions, cohorts = tables(letter({"a": 2.0, "b": 2.5, "c": 3.0, "d": NAN}, {"a": 0.2, "b": 0.3, "c": 0.7}))
    assert regions.set_index("region")["net"].tolist()[:3] == [-0.1, 0.0, 0.4]
    assert titles.total(cohorts)["common"] == 0.3 and titles.total(cohorts)["absent"] == 1


def test_a_tenth_is_small_and_a_little_more_is_not():
    _, cohorts = tables(letter({"a": 2.0, "b": 2.5, "c": 3.0}, {"a": 0.1, "b": -0.1, "c": 0.11}))
    assert titles.total(cohorts)[["rose", "fell", "small"]].tolist() == [2, 1, 2]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.one_of(st.integers(100, 400), st.none()), min_size=1, max_size=12).filter(lambda v: any(v)))
def test_any_letter_counts_every_region_once_and_scores_no_absent_one(values):
    known = {f"{i:02d}": NAN if v is None else v / 100 for i, v in enumerate(values)}
    rows = letter(known)
    before = rows.copy(deep=True)
    regions, cohorts = tables(rows)
    pd.testing.assert_frame_equal(rows, before)
    total = titles.total(cohorts)
    assert total["listed"] == len(values) == total["took_part"] + total["absent"]
    assert regions["rank"].notna().sum() == regions["value"].notna().sum() == total["took_part"]
    assert total["median"] == pytest.approx(np.median([v / 100 for v in values if v is not None]), abs=1e-8)
    assert REGIONS.check(regions) is not None and COHORTS.check(cohorts) is not None


def test_a_letter_without_participants_has_no_distribution():
    assert spread_table(letter({"a": NAN}), ONE).equals(SPREAD.empty())


def test_letters_without_a_common_region_make_no_pairs():
    before = letter({"b": 2.0}, round_name="2022-S2")
    old = {"REGULER": load_instrument("kominfo-2022-reguler")}
    assert pair_table(letter({"a": 2.0}), before, ONE, old).empty


def test_the_instrument_of_a_cohort_is_that_of_its_year():
    found = cohort_instruments("2023-S2", ["REGULER", "KPPN&IKN", "REGULER"])
    assert {c: i.id for c, i in found.items()} == {"KPPN&IKN": "kominfo-2023-kppn-ikn", "REGULER": "kominfo-2023-reguler"}


# What is said


def says(sentence, w=ID) -> str:
    return w.text(sentence)


def test_the_headline_of_2023_is_that_there_is_no_common_movement(nation):
    found = national.moved_together(nation.cohorts, nation.scale)
    assert says(found) == "Tidak ada perubahan umum seluruh peserta: 59 daerah naik, 68 turun"
    assert says(found, EN) == "No common movement: 59 regions rose, 68 fell"


@pytest.mark.parametrize(("shift", "key"), [(0.3, "up"), (-0.3, "down"), (0.1, "still"), (-0.1, "still")])
def test_a_common_movement_of_more_than_a_tenth_is_the_headline(shift, key):
    _, cohorts = tables(letter({"a": 2.0, "b": 2.5, "c": 3.0}, {"a": shift, "b": shift, "c": shift}))
    assert national.moved_together(cohorts, Scale(low=1, high=4)).key == f"nation.headline.{key}"


def test_without_changes_the_level_is_the_headline(first):
    assert says(national.moved_together(first.cohorts, first.scale)) == "Separuh peserta berindeks 2,37 dari 4 atau lebih rendah"


def test_who_moved_furthest(nation):
    text = says(national.farthest(nation.regions, ID))
    assert text.startswith("Kabupaten Toba naik 0,88 poin dan Kota Medan turun 0,95 poin")


def test_ties_are_named_together_and_many_are_counted():
    regions, _ = tables(letter(dict.fromkeys("abcde", 2.0), {"a": 0.5, "b": 0.5, "c": 0.0, "d": 0.0, "e": 0.0}))
    assert says(national.farthest(regions, ID)).startswith("Kabupaten a dan Kabupaten b naik 0,50 poin, setelah")
    regions, _ = tables(letter(dict.fromkeys("abcdefg", 2.0), dict(zip("abcdefg", [-1, -1, -1, 0, 0, 0, 0], strict=True))))
    assert says(national.farthest(regions, ID)).startswith("tiga daerah turun 1,00 poin, setelah")


def test_where_nobody_moves_nobody_moved_furthest(first):
    assert national.farthest(first.regions, ID) is None
    regions, _ = tables(letter({"a": 2.0, "b": 3.0}, {"a": 0.2, "b": 0.2}))
    assert national.farthest(regions, ID) is None


def test_the_lowest_component_of_each_cohort(nation, first):
    text = says(distribution.finding(nation.spread, national.labels(nation, ID), ID))
    assert text == "Komponen terendah menurut median: kolaborasi di KPPN&IKN (2,00) dan output di REGULER (2,56)"
    assert says(distribution.finding(first.spread, national.labels(first, ID), ID)).startswith("Komponen terendah output")


def test_a_component_lowest_in_every_cohort_is_named_once(nation):
    spread = nation.spread[nation.spread["node"] != "collaboration"]
    text = says(distribution.finding(spread, national.labels(nation, EN), EN), EN)
    assert text.startswith("The lowest component is the same in every cohort: output, median 2.4")


def test_the_lines_of_the_notebook_are_plain_figures(nation, first):
    assert national.moves_line(nation).startswith("59 rose, 68 fell, 36 of 128 by at most 0.1")
    assert national.pairs_line(nation) == "32 regions in both letters: 5 change sign, mean shift +0.10"
    assert (national.moves_line(first), national.pairs_line(first)) == ("no change is published", "no earlier letter")


# The page

CASES = [("2023-S2", "id"), ("2023-S2", "en"), ("2022-S2", "id")]


@pytest.fixture(scope="module")
def pages():
    done = {c: notebook.run_notebook("7_national", dict(zip(("round", "lang"), c, strict=True))) for c in CASES}
    return {c: (n, notebook.page(n, words(c[1]))) for c, n in done.items()}


@pytest.fixture(params=CASES, ids="-".join)
def text(request, pages):
    return pages[request.param][1]


@pytest.fixture
def soup(text):
    return read(text)


def test_the_page_is_one_small_file_without_script(text):
    assert len(text.encode()) < 2_000_000 and "<script" not in text
    assert not re.search(r"(?:src|srcset|href)=\"(?!data:|#)", text)


def test_every_number_in_prose_equals_the_cell_it_names(soup):
    assert len(soup.select("data[data-ref]")) >= 8 and unlike(soup) == []



def test_headline_and_lede_hold_no_number_that_is_no_fact(soup):
    for part in (soup.h1, soup.select_one(".lede"), *soup.select(".finding p")):
        part = copy(part)
        for fact in part.select("data"):
            fact.decompose()
        assert not re.search(r"\d", re.sub(r"dari 4|of 4", "", part.get_text())), part.get_text()


def test_there_are_three_findings_and_each_ends_with_one_stop(soup):
    found = [p.get_text() for p in soup.select(".finding p")]
    assert len(found) == 3 and all(re.search(r"[^.]\.$", f) for f in found)


def test_headings_descend_and_ids_are_unique(soup):
    levels = [int(h.name[1]) for h in soup.select("h1, h2, h3, h4")]
    assert levels[0] == 1 and levels.count(1) == 1 and all(b <= a + 1 for a, b in itertools.pairwise(levels))
    ids = [e["id"] for e in soup.select("[id]")]
    assert len(ids) == len(set(ids))


def test_every_link_arrives(soup):
    ids = {e["id"] for e in soup.select("[id]")}
    assert {a["href"][1:] for a in soup.select("a")} <= ids


def test_every_region_of_the_letter_is_found_once_by_letter_and_by_province(pages):
    for (round_name, _), (_, text) in pages.items():
        soup = read(text)
        rows = soup.select(".finder tr[id^=daerah-]")
        names = {r.th.get_text() for r in rows}
        assert names == set(read_official(round_name)["name"]) and len(rows) == len(names)
        assert {a["href"][1:] for a in soup.select(".provinces a")} == {r["id"] for r in rows}
        assert len(soup.select(".letters a")) == len(soup.select(".finder tbody"))


def test_the_finder_is_in_the_order_of_the_alphabet(soup):
    names = [national.plain(r.th.get_text()) for r in soup.select(".finder tr[id^=daerah-]")]
    assert names == sorted(names)
    for group in soup.select(".finder tbody"):
        first = {national.plain(r.th.get_text())[0].lower() for r in group.select("tr[id^=daerah-]")}
        assert first == {group["id"].removeprefix("huruf-")}


def test_mimikas_line_has_index_rank_denominator_interval_and_change(pages, nation):
    row = read(pages["2023-S2", "id"][1]).select_one("#daerah-94-04")
    mine = nation.regions.set_index("region").loc["94.04"]
    cells = [c.get_text() for c in row.select("th, td")]
    assert cells[:4] == ["Kabupaten Mimika", "Papua Tengah", "REGULER", "2,47"]
    assert cells[4] == f"94 dari 130 ({mine['rank_low']:.0f}\u2013{mine['rank_high']:.0f})"
    assert cells[5].startswith("58 dari 72 (") and cells[6] == "\u22120,03"


def test_an_absent_region_says_so_and_shows_no_zero(soup):
    absent = soup.select(".finder td.out")
    assert len(absent) in (11, 4)
    for cell in absent:
        assert cell.get_text() in ("tidak ikut", "did not take part")
        rest = "".join(c.get_text() for c in cell.find_next_siblings("td"))
        assert not re.search(r"\d", rest)


def test_a_letter_of_one_cohort_says_what_it_lacks(pages):
    text = read(pages["2022-S2", "id"][1]).get_text(" ")
    assert "hanya memuat kelompok KPPN&IKN" in text and "Siapa bergerak" not in text
    assert "hanya memuat kelompok" not in read(pages["2023-S2", "id"][1]).get_text(" ")


def test_the_page_carries_title_headline_footer_and_inputs(pages):
    done, _ = pages["2023-S2", "id"]
    assert notebook.marked(done, "title") == "Hasil evaluasi semua daerah, Semester II 2023"
    assert notebook.marked(done, "headline") == "Tidak ada perubahan umum seluruh peserta: 59 daerah naik, 68 turun"
    assert "B-1384/DJAI/AI.01.04/12/2023" in notebook.marked(done, "footer")
    assert "official/results.csv" in notebook.marked(done, "inputs")
