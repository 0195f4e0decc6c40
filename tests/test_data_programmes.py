"""The two real programmes: Mimika's events, rounds and agencies, Kabupaten Malang's items and printed means."""

from __future__ import annotations

import pandas as pd
import pytest

from scevaluation.frames import SCORES
from scevaluation.instrument import SECTORS
from scevaluation.intake.official import read_official
from scevaluation.period import Period
from scevaluation.place import DATA
from scevaluation.programme import Event, load_programme

FILES = sorted(p.relative_to(DATA).as_posix() for p in DATA.glob("programmes/*/rounds/*.csv"))
HOST = r"[a-z0-9-]+(\.[a-z0-9-]+)+"
PAPUA = {"91", "92", "93", "94", "95", "96"}


def text(path: str) -> pd.DataFrame:
    return pd.read_csv(DATA / path, dtype=str, keep_default_na=False)


def test_events_tell_their_source_as_host_or_host_and_number():
    events = text("programmes/mimika/events.csv")
    assert (
        events["source"].str.fullmatch(rf"{HOST}(, (p=|d-)?[\d-]+)?")
        | events["source"].str.fullmatch(r"(Keppres \d+/\d{4}(; )?)+")
    ).all()


def test_events_are_in_time_and_of_known_confidence():
    events = text("programmes/mimika/events.csv")
    assert events["start"].is_monotonic_increasing
    assert set(events["confidence"]) <= {"seen", "derived", "announced", "conflicting", "national"}
    assert (
        not events[["label_id", "label_en"]]
        .apply(lambda c: c.str.contains("karena|akibat|because|due to|court|Mahkamah|hanya|only two", case=False))
        .any(axis=None)
    )


def test_only_the_refocused_budgets_and_the_elections_are_terms_of_the_model():
    terms = [(e.kind, e.start, e.end) for e in load_programme("mimika").events if e.adjust]
    assert terms == [
        ("election", "2018-06-27", "2018-06-27"),
        ("pandemic", "2020", "2021"),
        ("election", "2024-11-27", "2024-11-27"),
    ]


def test_between_september_2022_and_march_2025_the_head_changed_seven_times():
    changes = [e for e in load_programme("mimika").events if e.kind == "leadership" and "2022-09" <= e.start <= "2025-03-31"]
    assert len(changes) == 7 and all(isinstance(e, Event) for e in changes)


def test_mimikas_programmes_belong_to_its_agencies_and_sectors():
    table, labels = text("programmes/mimika/programmes.csv"), {a.label.id for a in load_programme("mimika").agencies}
    assert set(table["agency"]) == labels
    assert set(" ".join(table["sectors"]).split()) <= set(SECTORS)
    assert set(" ".join(table["dimension"]).split()) <= {
        "governance",
        "branding",
        "economy",
        "living",
        "society",
        "environment",
    }
    assert table["first_year"].between("2017", "2025").all()


def test_mimika_says_what_is_known_of_each_half_year():
    programme = load_programme("mimika")
    states = {r.id: r.state for r in programme.rounds}
    assert [str(Period("2017-S1") + i) for i in range(18)] == list(states)
    assert {k: v for k, v in states.items() if v != "not_published"} == {
        "2022-S1": "not_held",
        "2022-S2": "inferred",
        "2023-S1": "progress_only",
        "2023-S2": "scored",
        "2025-S1": "not_held",
        "2025-S2": "not_held",
    }


def test_mimikas_scores_are_the_letters():
    mine = text("programmes/mimika/rounds/2023-S2.csv").set_index("indicator")["score"].to_dict()
    letter = text("official/results.csv").query("region == '94.04' and round == '2023-S2'").set_index("node")["value"].to_dict()
    assert mine == {k: v for k, v in letter.items() if k not in ("index", "improvement")}


def test_mimikas_index_of_2022_is_inferred_from_the_published_change():
    row = text("programmes/mimika/rounds/2022-S2.csv").iloc[0]
    assert (row["indicator"], row["score"], row["status"]) == ("index", "2.50", "inferred")
    assert round(2.47 - -0.03, 2) == float(row["score"])


def test_mimikas_peers_are_the_regions_of_papua_that_took_part():
    rows = text("official/results.csv").query("round == '2023-S2' and node == 'index' and status == 'scored'")
    papua = set(rows.loc[rows["region"].str[:2].isin(PAPUA), "region"]) - {"94.04"}
    assert set(load_programme("mimika").peers) == papua == {"91.71", "96.03"}


def test_the_statistics_mimika_shows_are_series():
    table = text("context/indicators.csv").set_index("indicator")["kind"]
    assert set(table[list(load_programme("mimika").context)]) == {"series"}


@pytest.mark.parametrize(("name", "items"), [("2022-S2", 59), ("2023-S2", 117)])
def test_kabupaten_malangs_items_are_the_instruments_leaves(name, items):
    rows = text(f"programmes/kab-malang/rounds/{name}.csv")
    assert len(rows) == items
    assert tuple(rows["indicator"]) == load_programme("kab-malang").instrument(name).leaves


@pytest.mark.parametrize("name", ["2022-S2", "2023-S2"])
def test_kabupaten_malangs_printed_means_come_out_of_its_items(name):
    rows = text(f"programmes/kab-malang/rounds/{name}.csv")
    means = rows["score"].astype(float).groupby(rows["indicator"].str.split("/").str[0]).mean()
    printed = (
        text("programmes/kab-malang/printed.csv")
        .query("round == @name and node != 'index'")
        .set_index("node")["value"]
        .astype(float)
    )
    assert set(means.index) == set(printed.index)
    assert (means - printed).abs().max() <= 0.005 + 1e-9


@pytest.mark.parametrize("name", ["2022-S2", "2023-S2"])
def test_kabupaten_malangs_printed_components_are_the_letters(name):
    printed = text("programmes/kab-malang/printed.csv").query("round == @name").set_index("node")["value"].astype(float)
    letter = read_official(name).query("region == '35.07' and node != 'improvement'").set_index("node")["value"]
    assert printed.to_dict() == letter.to_dict()


def test_49_of_54_impact_items_are_the_same():
    rows = text("programmes/kab-malang/rounds/2023-S2.csv")
    impact = rows[rows["indicator"].str.startswith("impact/")]["score"].astype(float)
    assert (len(impact), int((impact == 2.8).sum())) == (54, 49)


@pytest.mark.parametrize("path", FILES)
def test_round_files_use_known_status_and_source(path):
    rows = text(path)
    assert set(rows["status"]) <= set(SCORES.columns["status"].within)
    assert rows["source"].str.fullmatch(r"self|verified|final|assessor:\w+").all()
    assert not rows.duplicated(["indicator", "agency", "source"]).any()
