"""Official results, region codes by system and date, statistics."""

import io

import pandas as pd
import pytest
from chart_data import group, texts

from scevaluation.charts import context as context_chart
from scevaluation.charts import facts as facts_chart
from scevaluation.charts.history import finding, history, history_rows
from scevaluation.charts.timeline import _Spot, _spots, timeline
from scevaluation.errors import RoundError
from scevaluation.evaluate.statistics import panels, statistics
from scevaluation.frames import CONTEXT
from scevaluation.intake import context, official
from scevaluation.node import Scale
from scevaluation.programme import load_programme
from scevaluation.words import words


def test_the_letter_of_2023_has_130_participants_of_141():
    rows = official.read_official("2023-S2")
    index = rows[rows["node"] == "index"]
    assert len(index) == 141 and index["value"].notna().sum() == 130
    assert set(index.loc[index["value"].isna(), "status"]) == {"did_not_take_part"}


def test_mimika_reads_as_printed():
    rows = official.read_official("2023-S2")
    own = rows[rows["region"] == "94.04"].set_index("node")["value"].to_dict()
    assert own == {
        "baseline": 3.36,
        "output": 2.57,
        "outcome": 2.14,
        "impact": 2.71,
        "quick-win": 2.17,
        "index": 2.47,
        "improvement": -0.03,
    }


def test_a_round_without_a_letter_is_empty_and_a_wrong_round_an_error():
    assert official.read_official("2019-S2").empty
    with pytest.raises(RoundError):
        official.read_official("2023-S3")


def test_every_region_has_one_code_in_each_system():
    table = official.regions()
    assert len(table) == 514
    for column in ("code", "kemendagri_2020", "bps_2020", "bps_today"):
        assert table[column].is_unique, column


def test_statistics_keep_conflicts_and_choose_at_most_one():
    rows = CONTEXT.check(context.read_context(("94.04",)))
    malaria = rows[(rows["indicator"] == "malaria_positivity") & (rows["period"] == "2024")]
    assert len(malaria) > 1 and malaria["chosen"].sum() == 1
    assert rows[rows["chosen"]].groupby(["region", "indicator", "period"]).size().max() == 1


def test_every_statistic_is_described():
    rows = context.read_context(("94.04", "91.71"))
    assert set(rows["indicator"]) <= set(context.indicators()["indicator"])


def test_the_national_distribution_is_in_order():
    table = context.national()
    assert (
        (table["min"] <= table["p10"]).all()
        and (table["p10"] <= table["p50"]).all()
        and (table["p50"] <= table["p90"]).all()
        and (table["p90"] <= table["max"]).all()
    )


def _index(values):
    return pd.DataFrame({"node": "index", "round": list(values), "value": list(values.values()), "region": "x"})


@pytest.mark.parametrize(
    ("values", "said", "unsaid"),
    [
        ({"2023-S2": 2.47}, ["Full dot", "Question mark"], ["Hollow dot", "dashed line"]),
        ({"2022-S2": 2.5, "2023-S2": 2.47}, ["Hollow dot", "dashed line", "Empty square", "Short line"], []),
    ],
)
def test_the_note_of_the_history_explains_only_marks_that_are_drawn(values, said, unsaid):
    w, plan = words("en"), load_programme("mimika")
    chart = history(_index(values), plan, "2023-S2", Scale(low=1, high=4), w)
    note = w.text(chart.note)
    assert all(s in note for s in said) and not any(s in note for s in unsaid)


def test_the_history_on_ten_times_the_scale_has_its_dots_where_they_were():
    w, plan, values = words("en"), load_programme("mimika"), {"2022-S2": 2.5, "2023-S2": 2.47}
    plain = history(_index(values), plan, "2023-S2", Scale(low=1, high=4), w)
    more = history(_index({r: v * 10 for r, v in values.items()}), plan, "2023-S2", Scale(low=10, high=40), w)
    assert {"10", "20", "30", "40"} <= set(texts(more.wide)) and len(texts(more.wide)) == len(texts(plain.wide))
    for mark in ("scored", "progress", "not-held", "bridge"):
        assert group(more.wide, mark) == group(plain.wide, mark) and group(plain.wide, mark)


@pytest.mark.parametrize(("until", "title"), [("2018-S1", "two of three"), ("2023-S2", "two of 14")])
def test_counts_of_one_sentence_are_written_alike(until, title):
    w = words("en")
    rows = history_rows(_index({"2017-S1": 2.0, "2017-S2": 2.1}), load_programme("mimika"), until)
    title = title if len(rows) < 10 else title.replace("two", "2")
    assert title in w.text(finding(rows, w))


def test_the_table_of_events_shows_dates_as_they_were_recorded():
    rows = timeline(load_programme("contoh"), "2024-S2", words("en")).rows
    assert "2018-06-27" in set(rows["start"]) and not rows["start"].str.fullmatch(r"\d+\.\d+").any()


def test_every_event_of_the_line_of_time_is_named():
    for plan, until in (("contoh", "2024-S2"), ("mimika", "2023-S2")):
        chart = timeline(load_programme(plan), until, words("id"))
        for svg in (chart.wide, chart.phone):
            said = " ".join(texts(svg))
            assert [name for name in chart.rows["label"] if name not in said] == []


def test_an_event_without_room_is_a_mark_alone():
    (spot,) = _spots([(0.5, 0.5, "Penyerahan")], 1.0, 8)
    assert spot == _Spot(0, 0.5, 0.5, "", 0.0)
    first, second = _spots([(0.5, 0.5, "Satu"), (0.6, 0.6, "Dua")], 3.0, 8)
    assert (first.row, second.row) == (0, 1) and first.at > 0.5 and second.at > 0.6
    (span,) = _spots([(0.0, 3.0, "Siklus I")], 3.0, 8)
    assert span.text == "Siklus I" and 0 < span.at < 1.5


def test_a_remark_is_small_after_a_name_in_a_line_and_large_on_a_line_of_its_own():
    w, plan, about = words("en"), load_programme("mimika"), context.indicators()
    found = context.read_context((plan.region,))
    codes = ("IPM", "POVERTY")
    stats, rows = statistics(plan.region, found, about, context.moves(), codes, 2024), panels(found, about, context.national(), codes, 2024)
    note = w.text(context_chart.context_panels(rows, stats, about, plan, (2017, 2024), w).note)
    assert "Index: from 2020 with" in note and "poverty: March of each year" in note
    page = facts_chart.facts(found, about, plan.region, ("health",), "2025-S2", w).body
    assert "<small>A count, not a rate;" in page and "<small>Counts rise" in page


@pytest.mark.parametrize("codes", [("HLS", "RLS"), ("IPM", "HLS"), ("HLS",)])
def test_the_note_of_statistics_names_only_lines_that_are_drawn(codes, region="94.04"):
    w, plan = words("en"), load_programme("mimika")
    found = context.read_context((region, *plan.peers))
    about, none = context.indicators(), context.national()[:0]
    stats, rows = statistics(region, found, about, context.moves(), codes, 2023), panels(found, about, context.national(), codes, 2023)
    chart = context_chart.context_panels(rows, stats, about, plan, (2017, 2023), w)
    note = w.text(chart.note)
    drawn = chart.rows[chart.rows["chosen"] == w("quality.no")]
    assert note.startswith("Blue line: this region; grey") and ("hollow circle" in note) == bool(
        len(drawn[drawn["region"] == region])
    )
    own = found[found["region"] == region]
    alone = context_chart.context_panels(panels(own, about, none, codes, 2023), stats, about, plan, (2017, 2023), w)
    assert not any(mark in w.text(alone.note) for mark in ("grey", "dashed"))


def test_a_letter_without_a_comma_names_its_round_whole_and_one_with_an_empty_cell_is_refused(tmp_path, monkeypatch):
    from scevaluation import place, region
    from scevaluation.errors import EvaluationError

    (tmp_path / "official").mkdir()
    text = place.find("official", "letters.csv").read_text("utf-8")
    monkeypatch.setitem(place.LAYERS, "data", (tmp_path, *place.LAYERS["data"]))
    said = pd.read_csv(io.StringIO(text), dtype=str).fillna("")
    for label, row in (("Satu putaran", 0), ("", 0)):
        said.loc[row, "label_id"] = label
        said.to_csv(tmp_path / "official" / "letters.csv", index=False)
        if label:
            assert label in [r.get("label", {}).get("id") for r in region.published("wilayah-12-06")["rounds"]]
        else:
            with pytest.raises(EvaluationError) as refused:
                region.letters()
            assert [(i["problem"], i["file"]) for i in refused.value.issues] == [("value_empty", "letters.csv")]
