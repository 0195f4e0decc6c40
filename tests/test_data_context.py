"""The official statistics beside the scores: contract, conflicts, traps, and composites that must come out."""

from __future__ import annotations

import re
from html import unescape

import numpy as np
import pandas as pd
import pytest

from scevaluation.charts.facts import fact_rows, facts
from scevaluation.frames import CONTEXT
from scevaluation.instrument import SECTORS
from scevaluation.intake.context import indicators, moves, national, read_context
from scevaluation.place import DATA
from scevaluation.words import Words

PAPUA = {"91", "92", "93", "94", "95", "96"}


def text(path: str) -> pd.DataFrame:
    return pd.read_csv(DATA / path, dtype=str, keep_default_na=False)


@pytest.fixture(scope="module")
def context():
    return read_context(tuple(text("context/statistics.csv")["region"].unique()))


def test_statistics_keep_their_contract(context):
    CONTEXT.check(context)


def test_statistics_are_of_42_regions_of_papua_and_38_provinces(context):
    codes = set(context["region"])
    regions = {c for c in codes if "." in c}
    assert len(regions) == 42 and {c[:2] for c in regions} == PAPUA and regions <= set(text("official/regions.csv")["code"])
    assert len(codes - regions) == 38 and set(context.loc[~context["region"].isin(regions), "indicator"]) == {"POVERTY_PROV"}


def test_at_most_one_value_is_chosen(context):
    assert context[context["chosen"]].groupby(["region", "indicator", "period"]).size().max() == 1


def test_a_missing_or_spoken_value_is_never_chosen(context):
    assert not (context["chosen"] & (context["value"].isna() | (context["confidence"] == "spoken"))).any()


def test_every_firm_value_has_a_chosen_one_but_local_stunting(context):
    firm = context[context["value"].notna() & (context["confidence"] != "spoken")]
    lone = firm.groupby(["region", "indicator", "period"])["chosen"].any()
    assert list(lone[~lone].index) == [("94.04", "stunting_local", "2025")]


def test_closed_values_of_the_statistics(context):
    assert set(context["confidence"]) == {"official", "seen", "derived", "conflicting", "spoken"}
    assert context["period"].str.fullmatch(r"20[12]\d(-S[12])?").all()


def test_zeros_that_were_missing_are_empty(context):
    traps = context[context["indicator"].isin(["SANITATION", "WATER", "TPT"])]
    assert (traps["value"].dropna() > 0).all()
    assert traps["value"].isna().sum() == 4


def test_repeated_columns_are_left_out(context):
    assert not context["indicator"].isin(["RLS15", "UHH"]).any()


def test_the_human_development_index_comes_out_of_its_parts(context):
    """The four parts with BPS's limits (20-85 years, 18, 15, 1,007,436-26,572,352 rupiah), 210 published values."""
    rows = context[(context["confidence"] == "official") & context["indicator"].isin(["IPM", "UHH_LF", "HLS", "RLS", "EXPEND"])]
    p = rows.pivot(index=["region", "period"], columns="indicator", values="value").dropna()
    health, schooling = (p["UHH_LF"] - 20) / 65, (p["HLS"] / 18 + p["RLS"] / 15) / 2
    spending = np.log(p["EXPEND"] / 1007.436) / np.log(26572.352 / 1007.436)
    assert len(p) == 210
    assert (100 * np.cbrt(health * schooling * spending) - p["IPM"]).abs().max() < 0.0051


def test_the_ombudsman_score_is_the_mean_of_its_seven_units(context):
    mimika = context[(context["region"] == "94.04") & (context["period"] == "2023")].set_index("indicator")["value"]
    units = mimika[[i for i in mimika.index if i.startswith("ombudsman_") and i != "ombudsman_score"]]
    assert len(units) == 7
    assert units.mean() == pytest.approx(54.107, abs=0.0005)
    assert mimika["ombudsman_score"] == round(units.mean(), 2)


def test_malarias_chosen_figures_fit_each_other(context):
    chosen = context[(context["region"] == "94.04") & context["chosen"]].set_index(["indicator", "period"])["value"]
    assert 100 * chosen["malaria_cases", "2025"] / chosen["malaria_tests", "2025"] == pytest.approx(
        chosen["malaria_positivity", "2025"], abs=0.005
    )
    assert [chosen["malaria_positivity", str(y)] for y in range(2020, 2026)] == [42.44, 41.84, 33.17, 30.65, 23.27, 14.62]


def test_a_conflict_keeps_all_its_sources(context):
    rows = context[
        (context["region"] == "94.04") & (context["indicator"] == "malaria_positivity") & (context["period"] == "2025")
    ]
    assert sorted(rows["value"]) == [14.62, 15.0, 16.4]


def test_interim_scores_are_an_indicator_of_their_own(context):
    values = context[context["indicator"] == "mcp_kpk"].query("chosen")["value"].tolist()
    assert values == [36.62, 57.77, 55.0]


def test_every_statistic_is_explained_and_used(context):
    known = text("context/indicators.csv")["indicator"]
    assert known.is_unique
    assert set(known) == set(context["indicator"])
    assert set(text("context/national.csv")["indicator"]) <= set(known)


def test_closed_values_of_the_indicators():
    table = text("context/indicators.csv")
    assert set(table["sector"]) == {*SECTORS, "economy", "context"}
    assert set(table["direction"]) == {"-1", "0", "1"}
    assert set(table["kind"]) == {"series", "fact", "effort", "context"}
    assert table["digits"].isin(list("0123")).all()
    assert not table[["label_id", "label_en", "unit_id", "unit_en", "source"]].isin([""]).any(axis=None)
    assert table["comparable_from"].isin(["", "2020", "2025"]).all()
    assert ((table["note_id"] == "") == (table["note_en"] == "")).all()
    capital = table[["note_id", "note_en"]].stack().str.extract(r"^([A-Z]\w*)")[0].dropna()
    assert set(capital) <= {"January", "March", "July", "August", "Januari", "Juli"}  # small first letter, but names keep theirs


def test_a_series_has_four_chosen_years_of_mimika_since_2017(context):
    table = text("context/indicators.csv").set_index("indicator")
    years = context[(context["region"] == "94.04") & context["chosen"] & context["period"].str.fullmatch(r"\d{4}")]
    for code in table.index[table["kind"] == "series"]:
        first = max("2017", table.at[code, "comparable_from"])
        assert (years[years["indicator"] == code]["period"] >= first).sum() >= 4, code


def test_infrastructure_public_services_and_environment_have_facts_and_no_series():
    table = text("context/indicators.csv")
    for sector in ("infrastructure", "public_services", "environment"):
        assert set(table.loc[table["sector"] == sector, "kind"]) <= {"fact", "effort", "context"}
        assert (table.loc[table["sector"] == sector, "kind"] == "fact").any()


def test_the_distribution_is_of_nearly_all_regencies_and_in_order():
    table = pd.read_csv(DATA / "context" / "national.csv", dtype={"period": str})
    assert table["count"].between(400, 514).all()
    steps = table[["min", "p10", "p25", "p50", "p75", "p90", "max"]]
    assert (steps.diff(axis=1).iloc[:, 1:] >= 0).all(axis=None)


def test_the_countrys_moves_are_near_those_of_its_medians():
    table, spread = moves(), national().set_index(["indicator", "period"])
    assert table["count"].between(400, 514).all() and (table["start"] + 2 <= table["end"]).all() and (table["scatter"] > 0).all()
    start = text("context/indicators.csv").set_index("indicator")["comparable_from"]
    assert (table["start"] >= table["indicator"].map(start).replace("", "2017").astype(int)).all()
    for r in table.itertuples():
        # The median of changes is not the change of medians, but not far from it beside how far regencies lie apart.
        first, last = (spread.loc[(r.indicator, str(y))] for y in (r.start, r.end))
        assert abs(last["p50"] - first["p50"] - r.median) <= 0.1 * last["std"], r


def test_a_remark_stands_in_both_languages():
    table = text("context/statistics.csv")
    assert ((table["note_id"] == "") == (table["note_en"] == "")).all() and (table["note_id"] != "").sum() == 118


def told(rows: list[tuple], start: str = "", **known) -> str:
    """The facts form's text of one made-up indicator with figures (period, value, note)."""
    columns = {"region": "94.04", "indicator": "x", "source": "A; b", "confidence": "seen", "chosen": True, **known}
    context = pd.DataFrame([{**columns, "period": p, "value": v, "note_id": n, "note_en": n} for p, v, n in rows])
    about = {"indicator": "x", "sector": "environment", "kind": "fact", "digits": 0, "direction": 1, "comparable_from": start}
    labels = dict.fromkeys(("label_id", "label_en", "unit_id", "unit_en", "note_id", "note_en"), "")
    chart = facts(context, pd.DataFrame([{**about, **labels}]), "94.04", ("environment",), "2025-S2", Words("en"))
    return re.sub(r"<[^>]+>", " ", chart.body)


@pytest.mark.parametrize(
    ("rows", "start", "earlier", "apart"),
    [
        ([("2022", 5.0, ""), ("2023", 7.0, "")], "", "5 (2022)", ""),
        ([("2022", 5.0, "whole"), ("2023", 7.0, "town")], "", "", "5 (2022; whole)"),
        ([("2022", 5.0, ""), ("2023", 7.0, "to June")], "", "", "5 (2022)"),
        ([("2022", 5.0, "n-th"), ("2023", 7.0, "n-th")], "", "5 (2022)", ""),  # the same remark, told once
        ([("2021", 3.0, ""), ("2022", 5.0, ""), ("2023", 7.0, "")], "2022", "5 (2022)", "3 (2021)"),
    ],
)
def test_only_what_is_of_the_same_definition_is_called_earlier(rows, start, earlier, apart):
    text = told(rows, start)
    assert (f"earlier: {earlier}" in text) is bool(earlier) and (f"not comparable: {apart}" in text) is bool(apart)
    assert rows[-1][2][1:] in text


@pytest.mark.parametrize(
    ("confidence", "says"),
    [
        ("seen", ""),
        ("official", ""),
        ("derived", "Computed from figures the source gives"),
        ("conflicting", "Sources contradict one another"),
    ],
)
def test_a_figure_carries_how_far_its_source_can_be_trusted(confidence, says):
    text = told([("2023", 7.0, "")], confidence=confidence)
    assert ("contradict" in text, "Computed" in text) == (confidence == "conflicting", confidence == "derived") and says in text
    both = told([("2023", 7.0, "town only")], confidence=confidence)
    assert "Town only" + (f"; {says[0].lower()}{says[1:]}" if says else "") in both


def test_every_warning_of_mimikas_facts_is_on_the_page_beside_its_figure():
    found, about = read_context(("94.04",)), indicators()
    rows = fact_rows(found, about, "94.04", tuple(SECTORS), "2025-S2")
    text = re.sub(r"<[^>]+>", " ", facts(found, about, "94.04", tuple(SECTORS), "2025-S2", Words("id")).body).lower()
    assert [r.note_id for r in rows.itertuples() if unescape(r.note_id).lower() not in unescape(text)] == []
    assert (rows["note_id"] != "").sum() > 30


def test_mimikas_waste_of_another_area_is_not_called_earlier():
    chart = facts(read_context(("94.04",)), indicators(), "94.04", ("environment",), "2023-S2", Words("id"))
    text = re.sub(r"<[^>]+>", " ", chart.body)
    assert "tidak dapat dibandingkan: 218 (2022; wilayahnya lain daripada angka sesudahnya)" in text and "sebelumnya: 218" not in text
