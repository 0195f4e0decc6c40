"""Citizen surveys: reading, screening, five qualities, SKM by hand; weight and score of indicators."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from survey_data import BEFORE, NAN, REGION, ROUND, answer_table, respondents
from tiny import ROUND as TINY_ROUND
from tiny import tiny_instrument, tiny_programme

from scevaluation.charts.skm import BANDS
from scevaluation.errors import IntakeError, ScoresRefused
from scevaluation.evaluate import survey
from scevaluation.evaluate.index import index
from scevaluation.evaluate.screening import LEAST, sample_size, screen, straight, usable
from scevaluation.frames import ISSUES, SCORES
from scevaluation.frames.surveys import ANSWERS, IMPORTANCE, QUALITIES, SKM, SURVEY
from scevaluation.instrument import QUALITIES as NAMES
from scevaluation.instrument import load_instrument
from scevaluation.intake.survey import accepted_survey, elements, read_summary, read_survey, summary_issues, survey_file
from scevaluation.issues import describe
from scevaluation.programme import load_programme
from scevaluation.words import words

ID = words("id")


def table(rows, round_name=ROUND) -> pd.DataFrame:
    """SURVEY of (item, n, mean, sd)."""
    frame = pd.DataFrame(rows, columns=["item", "n", "mean", "sd"]).assign(region=REGION, round=round_name, source="-")
    return SURVEY.check(frame.astype({"mean": float, "sd": float})[list(SURVEY.columns)])


# reading


def write(tmp_path, text, name="survei.csv"):
    path = tmp_path / name
    path.write_text(text, "utf-8")
    return path


def problems(file) -> list[tuple[str, str]]:
    return list(file.issues[["cell", "problem"]].itertuples(index=False, name=None))


def test_a_table_of_respondents_is_read_by_its_headers_in_any_order_and_language(tmp_path):
    path = write(tmp_path, "Keterbukaan;No Responden;lebih cepat;Kelompok\n3;7;4;Pengguna layanan\n;8;1;\n")
    file = read_survey(path, REGION, ROUND)
    rows = file.answers.set_index(["respondent", "item"])
    assert rows["answer"].to_dict() == pytest.approx(
        {("7", "open"): 3.0, ("7", "faster"): 4.0, ("8", "open"): NAN, ("8", "faster"): 1.0}, nan_ok=True
    )
    assert rows.at[("7", "open"), "group"] == "Pengguna layanan" and rows.at[("8", "faster"), "cell"] == "line 3"
    assert file.issues.empty


def test_elements_are_named_by_code_by_label_or_by_number(tmp_path):
    path = write(tmp_path, "U1,Waktu penyelesaian,complaints,Facilities\n1,2,3,4\n")
    assert dict(read_survey(path, REGION, ROUND).answers[["item", "answer"]].to_numpy()) == {
        "requirements": 1,
        "time": 2,
        "complaints": 3,
        "facilities": 4,
    }


@pytest.mark.parametrize(
    "header",
    ["Unsur 1", "U-1", "U01", "[1] Persyaratan", "No. 1 Persyaratan", "P1. Persyaratan", "Persyaratan (U1)", "Persyaratan 1"],
)
def test_a_number_beside_an_element_is_understood_in_every_form(tmp_path, header):
    file = read_survey(write(tmp_path, f"{header},open\n3,4\n"), REGION, ROUND)
    assert file.answers["item"].tolist() == ["requirements", "open"] and file.issues.empty


def test_a_number_behind_an_element_that_is_anothers_is_an_error(tmp_path):
    assert problems(read_survey(write(tmp_path, "Persyaratan (U2),open\n3,4\n"), REGION, ROUND)) == [
        ("line 1, column 1", "survey_number")
    ]


def test_a_line_of_means_below_the_respondents_is_no_respondent(tmp_path):
    file = read_survey(write(tmp_path, "respondent,faster\n1,2\n2,4\nRata-rata,3\n"), REGION, ROUND)
    assert file.answers["answer"].tolist() == [2, 4] and problems(file) == [("line 4", "row_total")]


@pytest.mark.parametrize(
    ("cell", "problem", "severity"),
    [
        ("0", "survey_zero", "error"),
        ("5", "survey_off_scale", "error"),
        ("-1", "survey_off_scale", "error"),
        ("baik", "text_for_number", "error"),
        ("3%", "text_for_number", "error"),
        ("Rp3", "text_for_number", "error"),
        ("2,5", "survey_not_whole", "warning"),
    ],
)
def test_a_wrong_answer_is_named_with_line_and_item(tmp_path, cell, problem, severity):
    file = read_survey(write(tmp_path, f'faster,open\n3,4\n2,"{cell}"\n'), REGION, ROUND)
    assert problems(file) == [("line 3, open", problem)] and file.issues["severity"].tolist() == [severity]
    assert file.answers["answer"].dropna().between(1, 4).all()


def test_a_line_number_counts_lines_that_a_quoted_cell_breaks(tmp_path):
    file = read_survey(write(tmp_path, 'faster,catatan\n3,"dua\nbaris"\n9,-\n'), REGION, ROUND)
    assert ("line 4, faster", "survey_off_scale") in problems(file)


def test_a_respondent_in_two_lines_is_an_error_and_counted_once(tmp_path):
    file = read_survey(write(tmp_path, "responden,faster\n1,3\n2,4\n1,2\n"), REGION, ROUND)
    assert problems(file) == [("line 4", "survey_respondent_twice")]
    assert file.answers["answer"].tolist() == [3, 4]


def test_the_same_number_in_two_services_is_two_respondents(tmp_path):
    file = read_survey(write(tmp_path, "responden,layanan,faster\n1,Disdukcapil,3\n1,RSUD,4\n"), REGION, ROUND)
    assert file.issues.empty and len(file.answers) == 2


def test_unknown_and_double_columns_are_named(tmp_path):
    file = read_survey(write(tmp_path, "faster,hobi,cepat\n3,x,4\n"), REGION, ROUND)
    assert problems(file) == [("line 1, column 2", "survey_column"), ("line 1, column 3", "survey_column_twice")]


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"nama,umur\nA,3\n", "line 1: no column holds answers"),
        (b"", "no column holds answers"),
        (b"faster\n\xff\n", "not UTF-8"),
        (b"faster\n\0\n", "not a text table"),
    ],
)
def test_a_file_that_is_no_survey_is_refused_with_a_remedy(tmp_path, raw, message):
    path = tmp_path / "x.csv"
    path.write_bytes(raw)
    with pytest.raises(IntakeError, match=message):
        read_survey(path, REGION, ROUND)


def test_an_absent_file_is_a_clear_error(tmp_path):
    with pytest.raises(IntakeError, match=r"absent\.csv: the file is not there"):
        read_survey(tmp_path / "absent.csv", REGION, ROUND)


def test_a_survey_without_respondents_is_an_error(tmp_path):
    assert problems(read_survey(write(tmp_path, "faster,open\n,\n"), REGION, ROUND)) == [("", "empty_table")]


def test_errors_refuse_the_file_and_say_file_and_line(tmp_path):
    path = write(tmp_path, "faster\n7\n")
    with pytest.raises(ScoresRefused, match=r"survei\.csv, line 2, faster: 7 is outside 1–4") as caught:
        accepted_survey(path, REGION, ROUND)
    assert len(caught.value.issues) == 1


def test_every_issue_of_a_survey_has_a_sentence_in_both_languages(tmp_path):
    path = write(tmp_path, 'responden,faster,hobi,cepat,open\n1,0,x,2,9\n1,a,x,2,"2,5"\n')
    for lang, line in (("id", "baris"), ("en", "line")):
        for issue in read_survey(path, REGION, ROUND).issues.to_dict("records"):
            assert describe(issue, words(lang)).startswith(f"survei.csv, {line} ")


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.lists(st.sampled_from(["", "1", "4", "2,0", "0", "7", "x", "-", "1e3"]), min_size=3, max_size=3), max_size=6)
)
def test_wild_cells_are_answers_or_named_issues(tmp_path_factory, rows):
    text = "faster;open;certain\n" + "".join(";".join(r) + "\n" for r in rows)
    file = read_survey(write(tmp_path_factory.mktemp("s"), text), REGION, ROUND)
    good = sum(v in ("1", "4", "2,0") for r in rows for v in r)
    bad = sum(v in ("0", "7", "x", "1e3") for r in rows for v in r)
    assert file.answers["answer"].notna().sum() == good
    assert (file.issues["severity"] == "error").sum() - (file.issues["problem"] == "empty_table").sum() == bad


# the table of means


def test_the_made_up_programmes_survey_is_read():
    rows = read_summary(load_programme("contoh"))
    assert len(rows) == 55 and set(rows["item"]) == set(NAMES) and rows["round"].max() == "2024-S2"


@pytest.mark.parametrize(
    ("line", "where"),
    [
        ("2024-S3,faster,10,3,1,x", "line 2, round"),
        ("2024-S2,nice,10,3,1,x", "line 2, quality"),
        ("2024-S2,faster,,3,1,x", "line 2, n"),
        ("2024-S2,faster,2.5,3,1,x", "line 2, n"),
        ("2024-S2,faster,1.000,3,1,x", "line 2, n: 1.000"),
        ("2024-Q2,faster,10,3,1,x", "line 2, round: 2024-Q2"),
        ("2024-S2,faster,10,4.5,1,x", "line 2, mean"),
        ("2024-S2,faster,10,3,-1,x", "line 2, sd"),
        ("2024-S2,faster,10,3,1,x\n2024-S2,faster,10,3,1,x", "line 3"),
    ],
)
def test_a_wrong_line_of_means_is_named(tmp_path, line, where):
    write(tmp_path, "round,quality,n,mean,sd,source\n" + line + "\n", "survey.csv")
    with pytest.raises(ScoresRefused, match=where):
        read_summary(tiny_programme(tmp_path))


@pytest.mark.parametrize(
    ("figures", "found"),
    [
        ("100,2.6,0.05", ["survey_sd_small"]),  # six threes and four twos of ten scatter by 0.49
        ("100,2.6,0.49", []),
        ("100,2.6,0.5", []),
        ("100,3.0,0", []),
        ("2,2.5,0.5", []),
    ],
)
def test_whole_answers_scatter_at_least_as_their_mean_asks(tmp_path, figures, found):
    write(tmp_path, f"round,quality,n,mean,sd,source\n2024-S2,faster,{figures},x\n", "survey.csv")
    assert [i["problem"] for i in summary_issues(tiny_programme(tmp_path))] == found


def test_a_programme_without_a_survey_has_an_empty_table(tmp_path):
    assert read_summary(tiny_programme(tmp_path)).empty and survey_file(tiny_programme(tmp_path), TINY_ROUND) is None


def test_a_table_of_means_without_a_column_is_refused(tmp_path):
    write(tmp_path, "round,quality,n\n", "survey.csv")
    with pytest.raises(IntakeError, match="3 errors"):
        read_summary(tiny_programme(tmp_path))


# five qualities


def test_a_quality_by_hand():
    # mean 2.5 of 1-4 is 50; the t quantile of 24 degrees of freedom is 1.7109; 0.75 / 5 = 0.15 answers = 5 points.
    row = survey.qualities(table([("faster", 25, 2.5, 0.75)]), REGION, ROUND).iloc[0]
    assert (row["value100"], row["n"], row["basis"], row["previous"]) == (50, 25, "survey", "")
    assert (row["low"], row["high"]) == pytest.approx((50 - 8.5544, 50 + 8.5544), abs=1e-3)


def test_the_interval_holds_nine_of_ten_true_means():
    rng, held = np.random.default_rng(7), []
    for _ in range(60):
        answers = rng.integers(1, 5, (30, 5))
        rows = survey.qualities(
            table([(q, 30, a.mean(), a.std(ddof=1)) for q, a in zip(NAMES, answers.T, strict=True)]), REGION, ROUND
        )
        held += list((rows["low"] <= 50) & (rows["high"] >= 50))
    assert len(held) == 300 and 0.86 <= np.mean(held) <= 0.94


def test_a_change_by_hand_is_welchs():
    # Same n and sd: standard error sqrt(2) * 5 points, 48 degrees of freedom, t 1.6772.
    both = pd.concat([table([("faster", 25, 2.8, 0.75)]), table([("faster", 25, 2.5, 0.75)], BEFORE)])
    row = survey.qualities(both, REGION, ROUND).iloc[0]
    assert (row["previous"], row["before"], row["change"]) == (BEFORE, 50, pytest.approx(10))
    assert (row["change_low"], row["change_high"]) == pytest.approx((10 - 11.8597, 10 + 11.8597), abs=1e-3)


def test_qualities_nobody_was_asked_are_missing_not_zero():
    rows = survey.qualities(table([("open", 9, 2.0, 0.5)]), REGION, ROUND)
    assert list(rows["quality"]) == list(NAMES) and rows["value100"].notna().sum() == 1 and rows["n"].sum() == 9


def test_a_round_without_a_survey_takes_no_earlier_one():
    assert survey.qualities(table([("open", 9, 2.0, 0.5)], BEFORE), REGION, ROUND).empty


def test_later_rounds_and_other_regions_are_not_looked_at():
    later = table([("faster", 25, 4.0, 0.1)], "2025-S1")
    other = table([("faster", 25, 4.0, 0.1)]).assign(region="00.00")
    plain = table([("faster", 25, 2.5, 0.75)])
    assert survey.qualities(pd.concat([plain, later, other]), REGION, ROUND).equals(survey.qualities(plain, REGION, ROUND))


@pytest.mark.parametrize(("n", "sd"), [(1, NAN), (30, 0.0)])
def test_no_scatter_means_no_interval(n, sd):
    row = survey.qualities(table([("faster", n, 3.0, sd)]), REGION, ROUND).iloc[0]
    assert row["value100"] == pytest.approx(66.667, abs=1e-3) and np.isnan(row["low"]) and np.isnan(row["high"])


def test_elements_of_the_satisfaction_survey_tell_of_qualities_by_respondent():
    # requirements and procedure are "easier": the respondents' means are 2 and 3.5.
    answers = answer_table([[1, 3, 4], [3, 4, 1]], ["requirements", "procedure", "product"])
    rows = survey.summarise(survey.quality_answers(answers))
    assert list(rows["item"]) == ["easier"] and rows["mean"].iloc[0] == 2.75 and rows["n"].iloc[0] == 2


def scores(rows) -> pd.DataFrame:
    """SCORES of the tiny instrument: (indicator, source, score)."""
    frame = pd.DataFrame(rows, columns=["indicator", "source", "score"]).astype({"score": float})
    frame["status"] = np.where(frame["score"].notna(), "scored", "not_reported")
    fixed = {"region": REGION, "round": ROUND, "agency": "", "evidence": "", "quality": "", "file": "-", "cell": "-"}
    return SCORES.check(frame.assign(**fixed)[list(SCORES.columns)])


def tagged():
    """The tiny instrument, its items a and c tagged faster, d tagged open."""
    tiny = tiny_instrument()
    raw = tiny.model_dump()
    (one, two) = raw["tree"]["children"]
    one["children"][0]["quality"] = two["children"][0]["quality"] = "faster"
    two["children"][1]["quality"] = "open"
    return type(tiny).model_validate(raw)


GOOD = [("one/a", "verified", 2), ("one/b", "verified", 3), ("two/c", "verified", 4), ("two/d", "verified", 1)]


def qualities_of(rows, instrument=None):
    instrument, found = instrument or tagged(), scores(rows)
    table_ = survey.item_qualities(index(found, {ROUND: instrument}), found, instrument, REGION, ROUND)
    return table_.set_index("quality") if len(table_) else table_


def test_items_of_a_quality_are_weighted_as_in_the_index():
    # a has weight 1/8 and 33.33 points, c 3/8 and 100: (33.33 + 3 * 100) / 4.
    rows = qualities_of(GOOD)
    assert rows.at["faster", "value100"] == pytest.approx(83.333, abs=1e-3)
    assert (rows.at["faster", "n"], rows.at["faster", "of"], rows.at["faster", "basis"]) == (2, 2, "items")
    assert rows.at["open", "value100"] == 0 and np.isnan(rows.at["certain", "value100"]) and rows.at["certain", "of"] == 0


def test_items_all_scored_by_a_panel_unknown_have_no_interval():
    assert qualities_of(GOOD)[["low", "high"]].isna().all(axis=None)


def test_a_missing_item_widens_the_interval_and_below_coverage_there_is_no_value():
    # c missing leaves a quarter of the weight: below 0.65. a missing leaves three quarters.
    rows = qualities_of([*GOOD[:2], ("two/c", "verified", NAN), GOOD[3]])
    assert np.isnan(rows.at["faster", "value100"])
    assert (rows.at["faster", "low"], rows.at["faster", "high"]) == pytest.approx((8.333, 83.333), abs=1e-3)
    rows = qualities_of([("one/a", "verified", NAN), *GOOD[1:]])
    assert rows.at["faster", "value100"] == 100 and rows.at["faster", "n"] == 1
    assert (rows.at["faster", "low"], rows.at["faster", "high"]) == (75, 100)


def test_an_instrument_without_tags_gives_no_qualities():
    assert len(qualities_of(GOOD, tiny_instrument())) == 0


# assessors, importance


PANEL = [("one/a", "assessor:A", 2), ("one/a", "assessor:B", 3), ("two/c", "assessor:A", 4), ("two/c", "assessor:B", 4)]


def test_the_scatter_of_assessors_is_pooled_by_hand():
    # Variances 0.5 and 0, pooled 0.25 over 2 degrees of freedom (t 2.92): 2.92 * sqrt(0.25 / 2) / 3 * 100.
    half = survey.spread(scores(PANEL), tiny_instrument().scale)
    assert half.to_dict() == pytest.approx({"one/a": 34.415, "two/c": 34.415}, abs=1e-2)


def test_one_assessor_alone_has_no_scatter():
    assert survey.spread(scores(PANEL[:1] + PANEL[2:3]), tiny_instrument().scale).empty


def important(rows, instrument=None):
    instrument, found = instrument or tiny_instrument(), scores(rows)
    return survey.importance(index(found, {ROUND: instrument}), found, instrument, REGION, ROUND)


def test_importance_by_hand():
    # Weights 1/8, 1/8, 3/8, 3/8 (mean 1/4); points 33.3, 66.7, 100, 0: the index is 50. Only d is heavy and low.
    rows = important(GOOD)
    assert rows["node"].iloc[0] == "two/d" and rows["urgent"].tolist() == [True, False, False, False]
    assert set(rows["mean_weight"]) == {0.25} and rows["mean_value"].iloc[0] == pytest.approx(50)
    assert set(rows["basis"]) == {""} and rows["low"].isna().all() and not rows["certain"].any()


def test_an_urgent_indicator_is_certain_only_with_its_whole_interval_below_the_mean():
    wide = [("two/d", "assessor:A", 1), ("two/d", "assessor:B", 4)]
    narrow = [("two/d", "assessor:A", 1), ("two/d", "assessor:B", 1), ("two/c", "assessor:A", 4), ("two/c", "assessor:B", 4)]
    for panel, certain in ((wide, False), (narrow, True)):
        row = important([*GOOD, *panel]).iloc[0]
        assert (row["node"], bool(row["urgent"]), bool(row["certain"]), row["basis"]) == ("two/d", True, certain, "assessors")


def test_a_missing_indicator_is_never_urgent():
    rows = important([*GOOD[:3], ("two/d", "verified", NAN)]).set_index("node")
    assert not rows.at["two/d", "urgent"] and np.isnan(rows.at["two/d", "value100"])
    assert (rows.at["two/d", "low"], rows.at["two/d", "high"], rows.at["two/d", "basis"]) == (0, 100, "bounds")


def test_equal_weights_leave_nothing_urgent():
    tiny = tiny_instrument()
    raw = tiny.model_dump()
    raw["tree"]["children"][1]["weight"] = 1
    assert not important(GOOD, type(tiny).model_validate(raw))["urgent"].any()


def test_scores_above_the_leaves_are_the_indicators():
    assert set(important([("one", "verified", 2), ("two", "verified", 3)])["node"]) == {"one", "two"}


# SKM


def test_the_rounded_weight_gives_90_56_where_ninths_give_91_48():
    # 44 respondents whose 396 answers add up to 1,449.
    answers = np.full((44, 9), 4.0)
    answers.flat[: 44 * 9 * 4 - 1449] = 3
    assert answers.sum() == 1449
    rows = survey.skm(survey.summarise(answer_table(answers, elements())), REGION, ROUND)
    total = rows.iloc[0]
    assert (round(total["value100"], 2), round(total["rounded"], 2)) == (91.48, 90.56)
    assert (total["predicate"], total["rounded_predicate"], total["n"]) == ("A", "A", 44)
    assert rows["weight"].tolist()[1:] == [1 / 9] * 9


def test_the_rounded_weight_can_cost_a_class():
    rows = survey.skm(table([(e, 50, 3.54, 0.5) for e in elements()]), REGION, ROUND)
    assert rows.loc[0, ["predicate", "rounded_predicate"]].tolist() == ["A", "B"]


@pytest.mark.parametrize(
    ("value", "name"),
    [
        *[(25, "D"), (64.99, "D"), (64.994, "D"), (65, "C"), (76.60, "C"), (76.604, "C"), (76.605, "B"), (76.61, "B")],
        *[(88.30, "B"), (88.305, "A"), (88.31, "A"), (100, "A"), (NAN, "")],
    ],
)
def test_classes_by_the_value_to_two_decimals(value, name):
    assert survey.predicate(value) == name


def test_the_charts_bands_and_the_instruments_predicates_are_the_same_classes():
    for low, _, name in BANDS:
        assert survey.predicate(low + 0.001) == name
    lows = [p.low * 25 for p in load_instrument("skm-2017").predicates]
    assert lows == pytest.approx([float(v) for _, v in reversed(survey.CLASSES)])


def test_without_all_nine_elements_there_is_no_score():
    rows = survey.skm(table([(e, 50, 3.0, 0.5) for e in elements()[:8]]), REGION, ROUND)
    assert np.isnan(rows.loc[0, "value100"]) and rows.loc[0, "predicate"] == "" and rows.loc[1, "predicate"] == "C"
    assert survey.skm(table([("faster", 5, 3, 1)]), REGION, ROUND).empty


def test_an_element_somebody_left_empty_is_a_mean_of_those_who_answered():
    answers = np.full((2, 9), 2.0)
    answers[0, 0], answers[1, 0] = 4, NAN
    rows = survey.skm(survey.summarise(answer_table(answers, elements())), REGION, ROUND)
    assert (rows.loc[1, "mean"], rows.loc[1, "n"], rows.loc[0, "n"]) == (4, 1, 1)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(st.integers(1, 4), min_size=9, max_size=9), min_size=1, max_size=12))
def test_skm_equals_the_mean_of_all_answers_times_25_and_the_rounded_is_one_per_cent_less(rows):
    total = survey.skm(survey.summarise(answer_table(np.array(rows, float), elements())), REGION, ROUND).iloc[0]
    assert total["value100"] == pytest.approx(25 * np.mean(rows)) and total["rounded"] == pytest.approx(
        0.99 * total["value100"]
    )
    assert np.isnan(total["low"]) or 25 <= total["low"] <= total["value100"] <= total["high"] <= 100


# screening


def found(issues) -> dict[str, str]:
    return dict(issues[["problem", "found"]].itertuples(index=False, name=None))


def test_an_honest_survey_has_no_remark():
    for seed in range(6):
        assert screen(respondents(200, seed=seed)).empty, seed


def matrix(**given) -> np.ndarray:
    """Answers of honest respondents, a row each, free to be changed."""
    rows = respondents(**given)
    return rows["answer"].to_numpy().reshape(-1, rows["item"].nunique()).copy()


@pytest.mark.parametrize(
    ("lines", "said"), [(29, {}), (30, {"survey_straight": "30/100"}), (64, {"survey_straight": "64/100"})]
)
def test_straight_lines_are_shown_from_three_in_ten(lines, said):
    answers = matrix(count=100)
    answers[:, 0], answers[:, 1] = 1, 2
    answers[:lines] = 3
    assert found(screen(answer_table(answers, elements()))) == said


def test_five_equal_answers_are_a_line_and_four_are_not():
    assert list(straight(pd.DataFrame([[3, 3, 3, 3, 3, NAN], [3, 3, 3, 3, NAN, NAN], [3, 3, 3, 3, 3, 2]]))) == [
        True,
        False,
        False,
    ]


def test_a_block_of_copied_respondents_is_found():
    answers = matrix(count=120)
    answers[90:110] = answers[20:40]
    assert found(screen(answer_table(answers, elements())))["survey_copied"] == "20/120"


def test_a_sorted_file_is_no_copy():
    answers = matrix(count=200, items=NAMES)
    assert "survey_copied" not in found(screen(answer_table(answers[np.lexsort(answers.T)], NAMES)))


def test_the_same_fifty_in_two_services_are_found():
    one = respondents(50, unit="Disdukcapil")
    two = one.assign(unit="RSUD", respondent=(one["respondent"].astype(int) + 100).astype(str))
    issues = screen(pd.concat([one, two]))
    assert issues[["cell", "problem", "found", "expected"]].to_numpy().tolist() == [
        [f"{ROUND} RSUD", "survey_reused", "50/50", f"{ROUND} Disdukcapil"]
    ]


def test_respondents_of_an_earlier_round_used_again_are_found():
    one = respondents(60, round_name=BEFORE)
    both = pd.concat([one, respondents(60, seed=2).iloc[: 20 * 9], one.assign(round=ROUND, respondent="x" + one["respondent"])])
    assert found(screen(both, least=10))["survey_reused"] == "60/80"


def test_two_honest_services_share_nothing():
    for seed in range(4):
        both = pd.concat([respondents(150, seed=seed, unit="A"), respondents(150, seed=seed + 50, unit="B")])
        assert screen(both).empty


def test_too_few_respondents_are_named_with_the_number_needed():
    assert found(screen(respondents(LEAST - 1)))["survey_few"] == str(LEAST - 1) and screen(respondents(LEAST)).empty
    issues = screen(respondents(200), population=1000)
    assert issues.loc[issues["problem"] == "survey_few", "expected"].tolist() == ["278"]


def test_who_answered_nothing_does_not_count():
    answers = np.full((60, 9), 3.0) - np.arange(9) % 2
    answers[:20] = NAN
    assert found(screen(answer_table(answers, elements())))["survey_few"] == "40"


@pytest.mark.parametrize(("population", "needed"), [(10, 10), (100, 80), (500, 217), (1000, 278), (10000, 370), (1000000, 384)])
def test_sample_sizes_of_krejcie_and_morgan(population, needed):
    assert sample_size(population) == needed


def test_the_wrong_target_group_is_counted_and_left_out_of_the_mean():
    groups = ["Pengguna"] * 60 + ["Pegawai"] * 30 + [""] * 10
    answers = answer_table(np.array([[2.0 + i % 2] * 4 for i in range(60)] + [[4.0] * 4] * 40), NAMES[:4], group=groups)
    issues = screen(answers, target=("pengguna",))
    assert found(issues)["survey_wrong_group"] == "30/100 (Pegawai 30)"
    assert found(issues)["survey_no_group"] == "10/100"
    assert issues.set_index("problem").at["survey_no_group", "severity"] == "note"
    rows = survey.summarise(usable(answers, ("pengguna",)))
    assert rows["n"].tolist() == [70] * 4 and rows["mean"].iloc[0] == pytest.approx((150 + 40) / 70)
    assert survey.summarise(usable(answers))["n"].tolist() == [100] * 4


def test_every_remark_of_the_screening_has_a_sentence():
    one = answer_table(np.full((20, 9), 3.0), elements(), group="lain")
    for issue in screen(one, target=("pengguna",)).to_dict("records"):
        assert len(describe(issue, ID)) > 60


def test_nothing_given_is_changed_and_tables_keep_their_contracts():
    answers = respondents(80)
    before = answers.copy(deep=True)
    ISSUES.check(screen(answers, ("x",)))
    SKM.check(survey.skm(survey.summarise(answers), REGION, ROUND))
    QUALITIES.check(survey.qualities(survey.summarise(survey.quality_answers(answers)), REGION, ROUND))
    IMPORTANCE.check(important(GOOD))
    pd.testing.assert_frame_equal(answers, before)
    for empty in (survey.summarise(ANSWERS.empty()), survey.quality_answers(ANSWERS.empty()), screen(ANSWERS.empty())):
        assert empty.empty


def test_shares_of_answers_by_hand():
    rows = survey.answer_shares(answer_table([[1, 4], [2, 4], [2, NAN], [4, NAN]], ["open", "faster"]))
    assert rows["share"].tolist() == [0.25, 0.5, 0, 0.25, 0, 0, 0, 1] and rows["n"].tolist() == [4] * 4 + [2] * 4


# a programme's files


def test_a_table_of_respondents_beside_the_programme_goes_before_its_means(tmp_path):
    plan = tiny_programme(tmp_path)
    write(tmp_path, "round,quality,n,mean,sd,source\n2024-S2,faster,10,1,0.5,x\n2024-S1,faster,10,2,0.5,x\n", "survey.csv")
    header = ",".join(f"U{k}" for k in range(1, 10))
    write(tmp_path, header + "\n" + "4,4,4,4,4,4,4,4,4\n" * 2 + "3,3,3,3,3,3,3,3,3\n", f"survey-{TINY_ROUND}.csv")
    answers, issues = survey.programme_answers(plan, TINY_ROUND)
    rows = survey.programme_survey(plan, answers).set_index(["round", "item"])
    assert issues.empty and rows.at[(TINY_ROUND, "faster"), "n"] == 3 and rows.at[("2024-S1", "faster"), "n"] == 10
    assert rows.at[(TINY_ROUND, "time"), "mean"] == pytest.approx(11 / 3)
    assert survey.skm(rows.reset_index()[list(SURVEY.columns)], plan.region, TINY_ROUND)["n"].tolist() == [3] * 10
