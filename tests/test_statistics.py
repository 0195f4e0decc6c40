"""Statistics told by their first and last year, and judged beside the country in the same years."""

import numpy as np
import pandas as pd
import pytest

from scevaluation.charts import context as context_chart
from scevaluation.evaluate.statistics import beside, moved, statistics
from scevaluation.frames.sectors import MOVES
from scevaluation.intake import context
from scevaluation.words import words

NAN = float("nan")


@pytest.mark.parametrize(
    ("values", "direction", "says"),
    [
        ([42.4, 41.8, 33.2, 30.7], -1, 1),  # positive tests of malaria fell in every year: lower is better
        ([42.4, 41.8, 33.2, 30.7], 1, -1),
        ([31.15, 31.18, 31.79, 31.75, 30.95, 31.58, 30.31], -1, 0),  # poor people of Mimika: -0.84 after 3.38 of moves
        ([10.0, 12.0, 11.0], 1, 0),  # 1 of 3
        ([10.0, 13.0, 12.0], 1, 0),  # exactly half
        ([10.0, 14.0, 13.0], 1, 1),  # 3 of 5
        ([5.0, 5.0, 5.0, 5.0], 1, 0),
    ],
)
def test_a_statistic_has_a_direction_if_it_moved_more_than_half_of_its_way(values, direction, says):
    assert moved(pd.Series(values), direction) == says


@pytest.mark.parametrize(
    ("change", "common", "noise", "direction", "says"),
    [
        (0.56, 0.14, 0.216, 1, "ahead"),  # .42 further than the country
        (0.30, 0.285, 0.258, 1, "alike"),
        (0.51, 0.675, 0.192, 1, "alike"),  # rose, and .165 less than the country
        (485.0, 1175.0, 483.9, 1, "behind"),  # rose, and 690 less
        (-2.0, -1.0, 0.5, -1, "ahead"),  # less is better
        (-0.2, -1.0, 0.5, -1, "behind"),
        (1.5, 1.0, 0.5, 1, "alike"),  # at the edge
        (1.0, NAN, NAN, 1, "told"),
        (1.0, 0.0, 0.1, 0, "told"),  # neither side is better
    ],
)
def test_a_change_is_judged_only_where_it_differs_from_the_countrys_by_more_than_chance(change, common, noise, direction, says):
    assert beside(change, common, noise, direction) == says


def rows(code: str, years: dict[int, float], region: str = "94.04") -> list[dict]:
    about = {"region": region, "indicator": code, "source": "A; b", "confidence": "official", "chosen": True, "note_id": "", "note_en": ""}
    return [{**about, "period": str(y), "value": v} for y, v in years.items()]


def indicators_of(**columns) -> pd.DataFrame:
    about = {"sector": "health", "kind": "series", "direction": 1, "comparable_from": ""}
    return pd.DataFrame([{"indicator": code, **about, **own} for code, own in columns.items()])


COUNTRY = MOVES.of([(c, y, 2022, 514, by, 0.2, "BPS") for c, y, by in (("a", 2019, 1.0), ("a", 2017, 9.0), ("b", 2019, -1.0))])


def test_a_series_is_set_beside_the_country_between_its_own_years():
    given = rows("a", {2019: 10.0, 2020: 10.5, 2021: 11.0, 2022: 12.0}) + rows("b", {2018: 9.0, 2019: 8.0, 2020: 7.0, 2022: 6.0})
    table = statistics("94.04", pd.DataFrame(given), indicators_of(a={}, b={"direction": -1}), COUNTRY, ("b", "a"), 2023)
    b, a = table.to_dict("records")
    # 1.645 x .2 x the root of three years; 2 - 1 is more than that.
    assert (a["change"], a["common"], a["beside"]) == (2.0, 1.0, "ahead") and a["noise"] == pytest.approx(0.5698, abs=1e-4)
    # Of 2018 to 2022 the country has no figure, so the fall of 3 is told alone, though that of 2019 to 2022 is known.
    assert (b["change"], b["moved"], b["beside"]) == (-3.0, "better", "told") and np.isnan([b["common"], b["noise"]]).all()


def test_nothing_is_compared_across_a_new_method_or_with_a_year_to_come():
    given = pd.DataFrame(rows("a", {2017: 1.0, 2018: 1.0, 2019: 10.0, 2020: 10.2, 2021: 10.4, 2022: 11.0, 2023: 30.0}))
    (row,) = statistics("94.04", given, indicators_of(a={"comparable_from": "2019"}), COUNTRY, ("a",), 2022).to_dict("records")
    assert (row["start"], row["end"], row["n"], row["change"], row["beside"]) == ("2019", "2022", 4, 1.0, "alike")
    short = statistics("94.04", given, indicators_of(a={"comparable_from": "2020"}), COUNTRY, ("a",), 2022)
    assert short.empty  # three years


def test_mimika_beside_the_country():
    """HLS: 12.96 - 12.40 = .56 against .14; noise 1.645 x .0758 x 3^.5 = .216. EXPEND: 485 against 1175 of 514 regencies, noise 484."""
    found, codes = context.read_context(("94.04",)), ("HLS", "RLS", "UHH_LF", "IPM", "EXPEND", "POVERTY", "poor_people")
    table = statistics("94.04", found, context.indicators(), context.moves(), codes, 2023).set_index("indicator")
    assert dict(table["beside"]) == {
        **{"HLS": "ahead", "RLS": "alike", "UHH_LF": "alike", "IPM": "alike", "EXPEND": "behind"},
        **{"POVERTY": "told", "poor_people": "told"},  # no national figures of 2023, and none at all
    }
    assert table.at["HLS", "noise"] == pytest.approx(0.216, abs=5e-4)
    assert table.at["EXPEND", "change"] == 485 and table.at["EXPEND", "common"] == 1175


def told(*sides: tuple[str, str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    names = list("abcdefgh")[: len(sides)]
    stats = pd.DataFrame([{"indicator": n, "moved": m, "beside": b} for n, (m, b) in zip(names, sides, strict=True)])
    return stats, pd.DataFrame({"direction": 1, "label_id": names}, index=names)


COMMON = "perubahan umum seluruh kabupaten/kota"


@pytest.mark.parametrize(
    ("sides", "text"),
    [
        (
            [("better", "alike"), ("better", "ahead")],
            "kedua statistik lebih baik pada tahun terakhir daripada tahun pertamanya; "
            f"dari dua yang dapat dibandingkan, satu lebih baik daripada {COMMON}",
        ),
        (
            [("better", "alike"), ("worse", "told")],
            "Satu dari dua statistik lebih baik daripada tahun pertamanya, b lebih buruk; "
            f"dari satu yang dapat dibandingkan, tidak satu pun jelas berbeda dari {COMMON}",
        ),
        (
            [("better", "ahead"), ("open", "behind")],
            "Satu dari dua statistik lebih baik daripada tahun pertamanya; "
            f"dari dua yang dapat dibandingkan, satu lebih baik dan satu kurang baik daripada {COMMON}",
        ),
        (
            [("better", "told")],
            "satu statistik lebih baik pada tahun terakhir daripada tahun pertamanya; "
            "angka nasional pada tahun yang sama tidak ada, jadi tidak dibandingkan",
        ),
        (
            [("open", "behind"), ("open", "told")],
            "Tidak satu pun statistik (dua) jelas lebih baik daripada tahun pertamanya; "
            f"dari satu yang dapat dibandingkan, satu kurang baik daripada {COMMON}",
        ),
        (
            [("worse", "told"), ("open", "told")],
            "Tidak satu pun statistik (dua) jelas lebih baik daripada tahun pertamanya, a lebih buruk; "
            "angka nasional pada tahun yang sama tidak ada, jadi tidak dibandingkan",
        ),
        ([("no_direction", "told")], "Satu statistik tahunan sejak 2017"),
    ],
)
def test_the_title_of_the_statistics_says_how_many_moved_unlike_the_country(sides, text):
    assert words("id").text(context_chart.finding(*told(*sides), words("id"))) == text
