"""The ASEM index of 51 countries and 49 indicators as another system (COINr 1.1.14) computed it, to 1e-9 and ranks exact."""

from functools import cache

import numpy as np
import pandas as pd
import pytest
from gold import GOLD, needs_gold
from scipy import stats

from scevaluation import methods
from scevaluation.methods.composite import climb, ranks, rescale, standardise
from scevaluation.methods.handbook import treat

pytestmark = needs_gold
TOLERANCE = {"rtol": 1e-9, "atol": 1e-9}
TREATED = "winsorise or log"


@cache
def table(name: str) -> pd.DataFrame:
    """A file of outputs, indexed by unit where it has units."""
    rows = pd.read_csv(GOLD / "asem" / f"{name}.csv", keep_default_na=False, na_values=["", "NA"])
    return rows.set_index("uCode") if "uCode" in rows and rows["uCode"].is_unique else rows


@cache
def tree() -> tuple[list[str], dict[str, list[str]], pd.Series]:
    """Indicators, the inner nodes' children from below, and every indicator's direction."""
    meta = table("ASEM_iMeta")
    parts = meta[meta["Type"].isin(["Indicator", "Aggregate"])]
    leaves = parts.loc[parts["Type"] == "Indicator", "iCode"].tolist()
    inner = parts[parts["Type"] == "Aggregate"].sort_values("Level", kind="stable")["iCode"]
    children = {n: parts.loc[parts["Parent"] == n, "iCode"].tolist() for n in inner}
    return leaves, children, parts.set_index("iCode")["Direction"]


def weights(rows: pd.DataFrame) -> dict[str, np.ndarray]:
    return {c: np.array([w]) for c, w in zip(rows["iCode"], rows["Weight"], strict=True)}


def aggregated(source: str, how: str = "arithmetic", threshold: float = 0.0, using: str = "F_weights_Original") -> dict:
    leaves, children, _ = tree()
    return climb(table(source)[leaves].to_numpy(float), children, leaves, weights(table(using)), how, threshold)


def normalised(x: np.ndarray, name: str) -> np.ndarray:
    """Min-max to 1-100 or z-scores of mean 10 and sd 2, after turning what is better low."""
    x = x * tree()[2][tree()[0]].to_numpy(float)
    if name.startswith("zscore"):
        mean, sd = map(float, name.split("_")[1:])
        return standardise(x, mean, sd)
    return rescale(x, np.nanmin(x, axis=0), np.nanmax(x, axis=0), (1.0, 100.0))


def test_outliers_are_treated_as_published():
    source, leaves = table("D_screened_input_to_treat"), tree()[0]
    ours = treat(source[leaves], TREATED, 5).to_numpy()
    np.testing.assert_allclose(ours, table("D_treated_winmax5")[leaves].to_numpy(float), **TOLERANCE)


@pytest.mark.parametrize("name", ["minmax_1_100", "zscore_0_1"])
def test_normalisation_is_as_published(name):
    leaves = tree()[0]
    ours = normalised(table("E_treated_input_to_normalise")[leaves].to_numpy(float), name)
    np.testing.assert_allclose(ours, table(f"E_norm_{name}")[leaves].to_numpy(float), **TOLERANCE)


@pytest.mark.parametrize(
    ("source", "how", "threshold", "using", "gold"),
    [
        ("F_norm_minmax_1_100_input_to_aggregate", "arithmetic", 0.0, "F_weights_Original", "F_agg_a_amean_Original"),
        ("F_norm_minmax_1_100_input_to_aggregate", "arithmetic", 0.0, "F_weights_Equal", "F_agg_a_amean_Equal"),
        ("F_norm_minmax_1_100_input_to_aggregate", "geometric", 0.0, "F_weights_Original", "F_agg_a_gmean_Original"),
        ("G_norm_raw_withNA", "arithmetic", 0.0, "F_weights_Original", "G_aggNA_a_amean"),
        ("G_norm_raw_withNA", "arithmetic", 0.9, "F_weights_Original", "G_aggNA_a_amean_thresh0.9"),
        ("A_coin_Normalised", "arithmetic", 0.0, "F_weights_Original", "A_coin_Aggregated"),
    ],
)
def test_aggregation_is_as_published(source, how, threshold, using, gold):
    ours, theirs = aggregated(source, how, threshold, using), table(gold)
    assert list(table(source).index) == list(theirs.index)
    for node, value in ours.items():
        np.testing.assert_allclose(value[0], theirs[node].to_numpy(float), err_msg=node, **TOLERANCE)


def test_missing_values_leave_some_aggregates_missing_at_the_threshold():
    assert table("G_aggNA_a_amean_thresh0.9")["P2P"].isna().any() and table("G_aggNA_a_amean")["P2P"].notna().all()


def test_ranks_are_as_published():
    units = table("A_coin_Aggregated")
    theirs = table("A_results_ranks").reindex(units.index)
    for node in tree()[1]:
        assert (ranks(units[node].to_numpy(float)) == theirs[node]).all(), node


def replayed(design: pd.DataFrame) -> np.ndarray:
    """The index (runs, units) of a design's runs, each with its own treatment, normalisation, weights and aggregation."""
    leaves, children, _ = tree()
    source = table("D_screened_input_to_treat")[leaves]
    sets = table("N_noisy_weight_sets")
    wide = sets.pivot_table(index="set", columns="iCode", values="Weight")
    out = np.full((len(design), len(source)), np.nan)
    for (most, norm, how), runs in design.groupby(["Winmax", "Normalisation", "Aggregation"]):
        x = normalised(treat(source, TREATED, int(most)).to_numpy(), norm)
        using = {c: wide.loc[runs["Weights"], c].to_numpy(float) for c in wide.columns}
        out[runs.index] = climb(x, children, leaves, using, {"a_amean": "arithmetic", "a_gmean": "geometric"}[how])["Index"]
    return out


@cache
def nominal() -> np.ndarray:
    return table("N_UA1000_nominal")["Rank"].to_numpy()


def test_the_nominal_index_is_as_published():
    ours = aggregated("A_coin_Normalised")["Index"][0]
    gold = table("N_UA1000_nominal").loc[table("A_coin_Normalised").index]
    np.testing.assert_allclose(ours, gold["Score"].to_numpy(float), **TOLERANCE)
    assert (ranks(ours) == gold["Rank"]).all()


def test_a_thousand_runs_give_the_published_rank_statistics_exactly():
    found = ranks(replayed(table("N_UA1000_para")))
    gold = table("N_UA1000_rankstats").loc[table("D_screened_input_to_treat").index]
    assert (found.min(), found.max()) == (1, 51)
    np.testing.assert_allclose(found.mean(axis=0), gold["Mean"].to_numpy(float), rtol=0, atol=1e-9)
    for share, column in ((0.5, "Median"), (0.05, "Q5"), (0.95, "Q95")):
        np.testing.assert_allclose(np.quantile(found, share, axis=0), gold[column].to_numpy(float), rtol=0, atol=1e-9)


def test_the_sobol_design_gives_the_published_indices():
    gold = table("N_SA300_indices").set_index("Variable")
    order = table("N_UA1000_nominal").loc[table("D_screened_input_to_treat").index, "Rank"].to_numpy()
    y = np.abs(ranks(replayed(table("N_SA300_para"))) - order).mean(axis=1)
    a, b, mixed = y[:300], y[300:600], y[600:].reshape(4, 300)
    variance = np.concatenate([a, b]).var(ddof=1)
    for name, ab in zip(("Winmax", "Normalisation", "Weights", "Aggregation"), mixed, strict=True):
        assert np.mean(b * (ab - a)) / variance == pytest.approx(gold.at[name, "Si"], abs=1e-9), name
        assert np.sum((a - ab) ** 2) / (600 * variance) == pytest.approx(gold.at[name, "STi"], abs=1e-9), name


def meta() -> pd.DataFrame:
    return table("ASEM_iMeta")


def test_the_steps_on_data_frames_give_the_published_tables():
    leaves = tree()[0]
    treated = table("E_treated_input_to_normalise")[leaves]
    for name, how in (("minmax_1_100", "min-max"), ("zscore_0_1", "z-score")):
        ours = methods.normalise(treated, how, direction=tree()[2], to=(1.0, 100.0))
        np.testing.assert_allclose(ours, table(f"E_norm_{name}")[leaves], **TOLERANCE)
    for how, weights, gold in (("arithmetic", "given", "F_agg_a_amean_Original"), ("arithmetic", "equal", "F_agg_a_amean_Equal")):
        found = methods.aggregate(table("F_norm_minmax_1_100_input_to_aggregate")[leaves], meta(), how, methods.weigh(meta(), weights))
        nodes = list(tree()[1])
        np.testing.assert_allclose(found[nodes], table(gold)[nodes], **TOLERANCE)
    found = methods.aggregate(table("F_norm_minmax_1_100_input_to_aggregate")[leaves], meta(), "geometric")
    np.testing.assert_allclose(found["Index"], table("F_agg_a_gmean_Original")["Index"], **TOLERANCE)
    ranked = methods.rank(table("A_coin_Aggregated")[["Index"]])["Index"]
    assert (ranked == table("A_results_ranks").reindex(ranked.index)["Index"]).all()


def test_correlations_are_as_published():
    gold = table("B_corr_norm_pearson_lev1").set_index(["Var1", "Var2"])["Correlation"]
    ours = methods.correlations(table("A_coin_Normalised")[tree()[0]], meta())
    assert len(ours) == 49 * 48 / 2
    seen = ours[[pair in gold.index for pair in zip(ours["one"], ours["other"], strict=True)]]
    assert len(seen) == len(ours)
    np.testing.assert_allclose(seen["r"], gold.loc[list(zip(seen["one"], seen["other"], strict=True))], **TOLERANCE)


SETS = {"Raw": "ASEM_iData", "Normalised": "A_coin_Normalised", "Aggregated": "A_coin_Aggregated"}


@pytest.mark.parametrize("dset", SETS)
def test_alphas_are_as_published(dset):
    gold = table("B_cronbach").query("dset == @dset").set_index("group")["alpha"]
    ours = {g: methods.cronbach(table(SETS[dset])[tree()[1][g]]) for g in gold.index}
    np.testing.assert_allclose(list(ours.values()), gold, **TOLERANCE)
    if dset == "Aggregated":
        found = methods.structure(table("A_coin_Aggregated"), meta()).set_index("node")["alpha"]
        np.testing.assert_allclose(found.loc[gold.index], gold, **TOLERANCE)


def test_the_index_without_an_indicator_is_the_index_of_the_others():
    data = table("A_coin_Normalised")[tree()[0]]
    found = methods.importance(data, meta()).set_index("node")
    rest = meta()[meta()["iCode"] != "LPI"]
    less, whole = (methods.aggregate(data.drop(columns=out), m)["Index"] for out, m in ((["LPI"], rest), ([], meta())))
    shift = (stats.rankdata(-less, "min") - stats.rankdata(-whole, "min")).astype(float)
    assert found.at["LPI", "effect"] == pytest.approx(np.abs(less - whole).mean(), abs=1e-9)
    assert found.at["LPI", "ranks"] == pytest.approx(np.abs(shift).mean()) and found.at["LPI", "ranks_most"] == np.abs(shift).max()
    assert found["weight"].sum() == pytest.approx(1) and found["importance"].sum() == pytest.approx(1)
    np.testing.assert_allclose(found.at["LPI", "r_index"], stats.pearsonr(data["LPI"], table("A_coin_Aggregated")["Index"])[0], **TOLERANCE)
