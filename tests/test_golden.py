"""The ministry's published figures, recomputed from their parts on the carried data."""

import numpy as np
import pandas as pd
import pytest

from scevaluation.errors import UnknownWeights
from scevaluation.evaluate.compare import reproduce
from scevaluation.evaluate.index import index
from scevaluation.instrument import load_instrument
from scevaluation.intake.check import load_scores
from scevaluation.intake.official import read_official
from scevaluation.place import DATA
from scevaluation.programme import load_programme

COMPONENTS = ("baseline", "output", "outcome", "impact", "quick-win", "collaboration")
LETTERS = {
    ("2022-S2", "KPPN&IKN"): "kominfo-2022-kppn-ikn",
    ("2023-S2", "REGULER"): "kominfo-2023-reguler",
    ("2023-S2", "KPPN&IKN"): "kominfo-2023-kppn-ikn",
}
CASES = [
    (*key, name, count, within)
    for (key, name), count, within in zip(LETTERS.items(), (38, 72, 58), (0.013, 0.005, 0.005), strict=True)
]
INSTRUMENTS = {key: load_instrument(name) for key, name in LETTERS.items()}


def published_index(round_name: str, cohort: str) -> pd.Series:
    rows = read_official(round_name)
    rows = rows[(rows["cohort"] == cohort) & (rows["node"] == "index")]
    return rows.set_index("region")["value"].dropna()


def computed_index(round_name: str, cohort: str, name: str) -> pd.Series:
    """Indices of a cohort computed from the components alone."""
    rows = read_official(round_name)
    rows = rows[(rows["cohort"] == cohort) & rows["node"].isin(COMPONENTS)].rename(
        columns={"node": "indicator", "value": "score"}
    )
    rows = rows.assign(agency="", source="final", status="scored", evidence="", quality="", file="results.csv", cell="")
    table = index(rows, {round_name: load_instrument(name)})
    return table[table["node"] == "index"].set_index("region")["value"]


@pytest.mark.parametrize(("round_name", "cohort", "name", "count", "within"), CASES)
def test_every_published_index_is_there(round_name, cohort, name, count, within):
    assert len(published_index(round_name, cohort)) == count


@pytest.mark.parametrize(("round_name", "cohort", "name", "count", "within"), CASES)
def test_every_published_index_is_computed_from_its_components(round_name, cohort, name, count, within):
    published = published_index(round_name, cohort)
    gap = (computed_index(round_name, cohort, name).reindex(published.index) - published).abs()
    assert gap.max() <= within + 1e-9


@pytest.mark.parametrize(("round_name", "cohort", "name", "count", "within"), CASES)
def test_reproduce_says_that_all_agree(round_name, cohort, name, count, within):
    rows = read_official(round_name)
    table = reproduce(rows[rows["cohort"] == cohort], INSTRUMENTS)
    assert table["agrees"].tolist() == [True] * count


def test_the_other_cohorts_weights_would_not_reproduce_the_letter():
    regular = load_instrument("kominfo-2022-kppn-ikn")
    rows = read_official("2023-S2")
    table = reproduce(rows[rows["cohort"] == "REGULER"], {"2023-S2": regular})
    assert (~table["agrees"]).sum() > 36


def both_letters() -> pd.DataFrame:
    now = read_official("2023-S2").pivot_table(index="region", columns="node", values="value")
    return now.join(published_index("2022-S2", "KPPN&IKN").rename("before"), how="inner").dropna(subset=["index", "before"])


def test_thirty_two_regions_have_both_letters():
    assert len(both_letters()) == 32


def test_the_published_improvement_is_this_index_less_the_last():
    rows = both_letters()
    assert ((rows["index"] - rows["before"] - rows["improvement"]).abs() <= 0.01 + 1e-9).all()


def test_mimikas_index_is_that_of_its_components():
    assert computed_index("2023-S2", "REGULER", "kominfo-2023-reguler")["94.04"] == pytest.approx(2.468)


# Kabupaten Malang, item by item.

PRINTED = pd.read_csv(DATA / "programmes" / "kab-malang" / "printed.csv")


@pytest.fixture(scope="module")
def malang() -> pd.DataFrame:
    plan = load_programme("kab-malang")
    scores, _ = load_scores(plan)
    return index(scores, {r: plan.instrument(r) for r in plan.scored}).set_index(["round", "node"])


def test_thirteen_figures_of_malang_were_printed():
    assert len(PRINTED) == 13


@pytest.mark.parametrize(
    "row", PRINTED[PRINTED["node"] != "index"].to_dict("records"), ids=lambda r: f"{r['round']} {r['node']}"
)
def test_malangs_items_give_the_printed_mean_of_the_component(malang, row):
    assert round(malang.at[(row["round"], row["node"]), "value"], 2) == row["value"]


@pytest.mark.parametrize(("round_name", "within"), [("2022-S2", 0.013), ("2023-S2", 0.005)])
def test_malangs_items_give_the_index_of_the_letter(malang, round_name, within):
    printed = PRINTED.set_index(["round", "node"]).at[(round_name, "index"), "value"]
    assert abs(malang.at[(round_name, "index"), "value"] - printed) <= within


# Figures published by newspapers and regions.


def published() -> pd.DataFrame:
    return pd.read_csv(
        DATA / "official" / "published.csv", dtype={"region": str, "year": str, "stage": str}, keep_default_na=False
    )


def as_official(year: str, region: str, round_name: str) -> pd.DataFrame:
    rows = published()
    rows = rows[(rows["year"] == year) & (rows["region"] == region)]
    node = rows["item"].str.replace("quick_win", "quick-win")
    kept = node.isin([*COMPONENTS, "index"])
    return pd.DataFrame(
        {
            "region": region,
            "round": round_name,
            "cohort": "",
            "node": node[kept],
            "value": rows.loc[kept, "value"].astype(float),
        }
    )


def test_only_one_region_published_index_and_all_components_since_2022():
    rows = published()
    rows = rows[rows["year"].isin(("2022", "2023", "2024"))].assign(
        item=lambda t: t["item"].str.replace("quick_win", "quick-win")
    )
    items = rows.groupby(["region", "year"])["item"].agg(set)
    assert list(items[items.map(lambda s: {"index", *COMPONENTS[:5]} <= s)].index) == [("35.71", "2022")]


def test_kota_kediri_2022_is_reproduced():
    table = reproduce(as_official("2022", "35.71", "2022-S2"), {"2022-S2": load_instrument("kominfo-2022-reguler")})
    assert table["agrees"].tolist() == [True]


def test_kota_kediri_2022_differs_by_rounding_only():
    table = reproduce(as_official("2022", "35.71", "2022-S2"), {"2022-S2": load_instrument("kominfo-2022-reguler")})
    assert abs(table["difference"].iloc[0]) <= 0.01


def test_newspapers_of_tahap_ii_2023_agree_with_the_letter():
    rows = published()
    rows = (
        rows[(rows["year"] == "2023") & (rows["stage"] == "T2") & (rows["item"] == "index")]
        .set_index("region")["value"]
        .astype(float)
    )
    letter = read_official("2023-S2").pivot_table(index="region", columns="node", values="value")["index"]
    np.testing.assert_allclose(rows, letter.reindex(rows.index), atol=0.01)


def test_kabupaten_banjar_2020_has_all_that_would_be_needed():
    assert set(as_official("2020", "63.03", "2020-S2")["node"]) == {"index", *COMPONENTS[:5]}


@pytest.mark.parametrize("name", ["kominfo-2021", "kominfo-2022-reguler", "kominfo-2022-kppn-ikn", "kominfo-2023-reguler"])
def test_no_stated_weights_reproduce_kabupaten_banjar_2020(name):
    table = reproduce(as_official("2020", "63.03", "2020-S2"), {"2020-S2": load_instrument(name)})
    assert table["agrees"].tolist() == [False]


def test_kabupaten_banjar_2020_is_refused_with_the_weights_of_its_year():
    with pytest.raises(UnknownWeights, match="kominfo-2018-2020 are not known"):
        reproduce(as_official("2020", "63.03", "2020-S2"), {"2020-S2": load_instrument("kominfo-2018-2020")})


def test_the_refusal_names_kabupaten_banjar():
    with pytest.raises(UnknownWeights, match="Banjar 2020"):
        load_instrument("kominfo-2018-2020").require_weights()
