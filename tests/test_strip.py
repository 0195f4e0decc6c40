"""Where in the country: groups by the first digit of the code, four states that stay apart, medians of one cohort, and the strip."""

from functools import cache

import numpy as np
import pandas as pd
import pytest
from chart_data import EN, ID, both, count, group, labelled, placed, texts

from scevaluation.charts.strip import strip
from scevaluation.draw.style import PHONE, SMALLEST, WIDE, text_width
from scevaluation.errors import UnknownName
from scevaluation.evaluate.evaluation import evaluate_round
from scevaluation.evaluate.national import evaluate_nation
from scevaluation.evaluate.places import group_names, group_of, groups, level, located
from scevaluation.frames.national import GROUPS
from scevaluation.intake.official import read_official
from scevaluation.node import Scale
from scevaluation.region import islands, places
from scevaluation.report import national
from scevaluation.report import round as forms

SCALE, NAN = Scale(low=1, high=4), float("nan")
LETTER = read_official("2023-S2")


@cache
def nation():
    return evaluate_nation("2023-S2")


def letter(*rows) -> pd.DataFrame:
    """A letter of rows: code, cohort, value or NaN for one that did not take part."""
    known = [{"region": c, "name": places()[c]["name"], "cohort": k, "value": v} for c, k, v in rows]
    out = pd.DataFrame(known).assign(round="2023-S2", node="index", source="x")
    return out.assign(status=np.where(out["value"].isna(), "did_not_take_part", "scored"))


def drawn(official, region="", cohort="REGULER", w=ID, by="islands"):
    seen = groups(official, region)
    return strip(located(official, by, region), level(seen, by), group_names(by, w.lang), region, cohort, SCALE, w)


SMALL = letter(
    ("94.04", "REGULER", 2.0), ("91.71", "REGULER", 3.0), ("92.71" if "92.71" in places() else "96.71", "REGULER", NAN),
    ("32.73", "REGULER", 2.5), ("32.04", "REGULER", 2.1), ("32.72", "REGULER", 3.5), ("35.07", "KPPN&IKN", 1.2),
)  # fmt: skip


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("11.01", "sumatera"), ("21.71", "sumatera"), ("35.07", "jawa"), ("51.71", "nusa-tenggara"),
        ("64.07", "kalimantan"), ("73.71", "sulawesi"), ("82.03", "maluku"), ("94.04", "papua"),
    ],
)
def test_islands_follow_the_first_digit_of_the_code(code, name):
    assert group_of(code, "islands") == name and group_of(code, "province") == code[:2] and group_of(code, "country") == "country"


def test_every_region_has_islands_and_they_are_named_from_west_to_east():
    assert {c[0] for c in places()} == set(islands())
    assert list(group_names("islands", "en").values())[:2] == ["Sumatra", "Java"] and list(group_names("islands", "id"))[-1] == "papua"
    with pytest.raises(UnknownName):
        group_names("isles", "id")


def test_groups_of_a_small_letter_by_hand():
    rows = groups(SMALL, "94.04").set_index(["level", "group", "cohort"])
    papua, jawa = rows.loc[("islands", "papua", "all")], rows.loc[("islands", "jawa", "all")]
    assert papua[["regions", "listed", "took_part", "absent", "not_listed"]].tolist() == [42, 3, 2, 1, 39]
    assert jawa[["listed", "took_part", "absent"]].tolist() == [4, 4, 0] and pd.isna(jawa["median"])
    assert rows.loc[("islands", "jawa", "REGULER"), "median"] == 2.5
    assert pd.isna(rows.loc[("islands", "papua", "REGULER"), "median"])  # of two there is none
    assert rows["higher"].dropna().to_dict() == {
        ("country", "country", "REGULER"): 4, ("islands", "papua", "REGULER"): 1, ("province", "94", "REGULER"): 0,
    }  # fmt: skip


@pytest.mark.parametrize("name", ["2022-S2", "2023-S2"])
def test_the_groups_of_each_level_add_up_to_the_country(name):
    rows = groups(read_official(name))
    numbers = ["regions", "listed", "took_part", "absent", "not_listed"]
    every = rows[rows["cohort"] == "all"].groupby("level")[numbers].sum()
    assert (every == every.loc["country"]).all().all() and every.loc["country", "regions"] == 514
    assert (rows["listed"] == rows["took_part"] + rows["absent"]).all()
    for _, one in rows.groupby(["level", "group"]):
        assert one.loc[one["cohort"] != "all", "took_part"].sum() == one.loc[one["cohort"] == "all", "took_part"].iloc[0]


def test_medians_are_those_of_pandas_by_the_first_digit():
    index = LETTER[(LETTER["node"] == "index") & LETTER["value"].notna()]
    found = groups(LETTER).query("level == 'islands'").set_index(["group", "cohort"])["median"]
    for (digit, cohort), one in index.groupby([index["region"].str[0].replace("2", "1"), "cohort"]):
        name = islands()[digit]["islands"]
        assert np.isclose(found[(name, cohort)], one["value"].median()) if len(one) >= 3 else pd.isna(found[(name, cohort)])


def test_a_letter_of_nobody_has_no_groups():
    assert groups(LETTER.iloc[:0]).empty and list(groups(LETTER.iloc[:0])) == list(GROUPS.columns)


# the chart


@pytest.mark.parametrize("w", [ID, EN], ids=["id", "en"])
@pytest.mark.parametrize("by", ["islands", "province"])
def test_texts_are_large_enough_and_inside_the_picture(w, by):
    for chart in (drawn(LETTER, "94.04", w=w, by=by), national.strip(nation(), w, by)):
        for svg, width in zip(both(chart), (WIDE, PHONE), strict=True):
            for text, x, size in placed(svg):
                assert size >= SMALLEST - 0.01 and x >= -0.5 and x + text_width(text, size) * 72 <= width * 72 + 0.5, text


def test_there_is_a_dot_for_every_participant_and_none_for_others():
    chart = drawn(SMALL, "94.04")
    for svg in both(chart):
        assert [sum(part.count("<use") for part in group(svg, name)) for name in ("own-cohort", "other", "own")] == [5, 1, 1]
    assert chart.rows["state"].tolist().count("tidak ikut") == 1 and chart.rows["value"].isna().sum() == 1


def test_the_own_group_stands_last_and_the_own_region_is_named():
    for region, last in (("35.07", "Jawa"), ("94.04", "Papua")):
        official = SMALL if region == "94.04" else SMALL.assign(cohort="KPPN&IKN")
        chart = drawn(official, region, "REGULER" if region == "94.04" else "KPPN&IKN")
        for svg in both(chart):
            rest = [n for n in group_names("islands", "id").values() if n != last]
            assert labelled(svg, "row") == [*rest, last]
            assert [t.rsplit(" ", 1)[0] for t in labelled(svg, "own-name")] == [{"94.04": "Kab. Mimika", "35.07": "Kab. Malang"}[region]]


def test_a_region_that_did_not_take_part_has_no_dot_and_no_figure():
    official = SMALL.assign(value=SMALL["value"].where(SMALL["region"] != "94.04"))
    official.loc[official["region"] == "94.04", "status"] = "did_not_take_part"
    chart = drawn(official, "94.04", w=EN)
    assert chart.title == "Kabupaten Mimika did not take part; in Papua 1 of 3 regions in the letter did"
    for svg in both(chart):
        assert not group(svg, "own") and "Kab. Mimika: did not take part, no value" in texts(svg)


@pytest.mark.parametrize(
    ("rows", "title"),
    [
        ([("94.04", 2.0)], "Kabupaten Mimika is the only REGULER participant in Papua"),
        ([("94.04", 2.0), ("91.71", 2.0)], "Among the 2 REGULER participants in Papua none has a higher index than Kabupaten Mimika"),
        ([("94.04", 2.0), ("91.71", 2.5)], "Among the 2 REGULER participants in Papua 1 have a higher index than Kabupaten Mimika"),
    ],
)
def test_the_title_is_a_count_of_the_own_group_and_cohort(rows, title):
    official = letter(*((c, "REGULER", v) for c, v in rows), ("96.71", "KPPN&IKN", 3.9))
    assert drawn(official, "94.04", w=EN).title == title


def test_titles_over_all_regions_by_hand():
    w = EN
    assert national.strip(nation(), w).title == (
        "130 of 514 regencies and cities took part: the largest share in Java (66 of 119), the smallest in Papua (3 of 42)"
    )
    assert "10 of 38 parts of the country have no participant" in national.strip(nation(), w, "province").title


def test_a_median_of_the_other_cohort_stands_on_no_regions_page():
    own, every = drawn(LETTER, "94.04"), national.strip(nation(), ID)
    assert count(own.wide, "median") == 5 and count(every.wide, "median") == 10
    assert "dinilai dengan komponen dan bobot lain" in ID.text(own.note)


def test_a_round_without_a_letter_has_no_strip(contoh):
    assert forms.strip(contoh, ID) is None
    assert forms.strip(evaluate_round("wilayah-35-07", "2022-S2"), ID).name == "strip"
