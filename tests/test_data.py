"""Every file under data/ is read here, is named in data/README.md, and keeps what the README says of it.

Beside this: test_data_context (statistics) and test_data_programmes (Mimika and Kabupaten Malang).
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pandas as pd
import pytest
import yaml

from scevaluation.desk.scenario import read_scenario
from scevaluation.instrument import load_instrument, read_instrument
from scevaluation.intake.official import read_official
from scevaluation.place import DATA
from scevaluation.programme import load_programme

README = (DATA / "README.md").read_text("utf-8")
FILES = sorted(p.relative_to(DATA).as_posix() for p in DATA.rglob("*") if p.is_file() and not p.name.startswith("."))
HOST = r"[a-z0-9-]+(\.[a-z0-9-]+)+"


def text(path: str) -> pd.DataFrame:
    return pd.read_csv(DATA / path, dtype=str, keep_default_na=False)


def columns(names: str):
    """A reader that wants exactly these columns, at least one row, and no field with stray blanks."""

    def read(path: Path) -> None:
        table = pd.read_csv(path, dtype=str, keep_default_na=False)
        assert list(table) == names.split()
        assert len(table)
        assert not table.apply(lambda c: (c != c.str.strip()) | c.str.contains("\n|  ")).any(axis=None)

    return read


def some_columns(names: str):
    def read(path: Path) -> None:
        assert set(names.split()) <= set(pd.read_csv(path, dtype=str, keep_default_na=False))

    return read


ROUND = "indicator agency source score status evidence quality"
READERS = {
    r"README\.md": lambda path: path.read_text("utf-8"),
    r"sources\.csv": columns("source kind date address note"),
    r"instruments/[a-z0-9-]+\.yaml": read_instrument,
    r"official/results\.csv": columns("region round cohort node value status source"),
    r"official/letters\.csv": columns(
        "letter date round label_id label_en rows took_part rows_reguler took_part_reguler "
        "rows_kppn_ikn took_part_kppn_ikn with_improvement note"
    ),
    r"official/regions\.csv": columns(
        "code name province_code province kemendagri_2020 bps_2020 bps_today changed_2022 valid_from law"
    ),
    r"official/islands\.csv": columns("digit islands label_id label_en source"),
    r"official/population\.csv": columns("region period value source"),
    r"official/published\.csv": columns(
        "region name year stage item value scale_max denominator weights source source_date note"
    ),
    r"official/weights\.csv": columns(
        "year stage cohort baseline output outcome impact quick_win collaboration provenance usable source note"
    ),
    r"official/programme\.yaml": lambda path: load_programme("wilayah-94-04"),
    r"context/statistics\.csv": columns("region indicator period value source confidence chosen note_id note_en"),
    r"context/indicators\.csv": columns(
        "indicator sector label_id label_en unit_id unit_en direction digits kind comparable_from note_id note_en source"
    ),
    r"context/moves\.csv": columns("indicator start end count median scatter source"),
    r"context/national\.csv": columns("indicator period count mean std min p10 p25 p50 p75 p90 max source"),
    r"programmes/[a-z-]+/programme\.yaml": lambda path: load_programme(path.parent.name),
    r"programmes/[a-z-]+/rounds/20\d\d(-S[12])?\.csv": columns(ROUND),
    r"programmes/[a-z-]+/events\.csv": columns("start end kind label_id label_en source confidence sectors adjust lasts"),
    r"programmes/mimika/programmes\.csv": columns(
        "agency partner programme sectors dimension first_year last_year status status_en statistics source"
    ),
    r"programmes/kab-malang/printed\.csv": columns("round node value source"),
    r"programmes/contoh[a-z-]*/programmes\.csv": some_columns(
        "agency programme sectors dimension first_year last_year status status_en source"
    ),
    r"programmes/[a-z-]+/public\.csv": columns("public file place text why mark"),
    r"programmes/contoh[a-z-]*/targets\.csv": columns("node round value source"),
    r"programmes/contoh[a-z-]*/recommendations\.csv": some_columns("id raised agency text_id text_en due status"),
    r"programmes/contoh[a-z-]*/survey\.csv": some_columns("round quality n mean sd source"),
    r"programmes/[a-z-]+/scenarios/[a-z0-9-]+\.yaml": read_scenario,
    r"programmes/contoh[a-z-]*/source\.yaml": lambda path: yaml.safe_load(path.read_text("utf-8")),
    r"programmes/contoh[a-z-]*/truth\.json": lambda path: json.loads(path.read_text("utf-8")),
}


@pytest.mark.parametrize("path", FILES)
def test_every_file_is_read(path):
    matching = [read for pattern, read in READERS.items() if re.fullmatch(pattern, path)]
    assert len(matching) == 1, f"no test reads data/{path}"
    matching[0](DATA / path)


@pytest.mark.parametrize("path", FILES)
def test_every_file_is_named_in_the_readme(path):
    common = {"rounds": "rounds/<round>.csv", "scenarios": "scenarios/<name>.yaml"}
    name = common.get(path.split("/")[-2] if "/" in path else "", path.rsplit("/", 1)[-1])
    assert name in README or path == "README.md"


@pytest.mark.parametrize("pattern", READERS)
def test_no_reader_waits_for_a_file_that_is_gone(pattern):
    assert any(re.fullmatch(pattern, path) for path in FILES)


@pytest.mark.parametrize(
    "path",
    [
        "official/results.csv",
        "official/published.csv",
        "official/weights.csv",
        "official/letters.csv",
        "official/islands.csv",
        "official/population.csv",
        "context/indicators.csv",
    ],
)
def test_columns_are_explained_in_the_readme(path):
    section = README.split(f"### {path}")[1].split("\n### ")[0].split("\n## ")[0]
    hidden = {"baseline", "output", "outcome", "impact", "quick_win", "collaboration"} | {"letter"}
    assert [c for c in text(path) if c not in hidden and not re.search(rf"\b{c}\b", section)] == []


# official results


@pytest.mark.parametrize(("name", "rows", "took_part"), [("2022-S2", 42, 38), ("2023-S2", 141, 130)])
def test_a_letter_has_its_regions_and_those_that_took_part(name, rows, took_part):
    official = read_official(name)
    index = official[official["node"] == "index"]
    assert (len(index), int(index["value"].notna().sum())) == (rows, took_part)


def test_letters_agree_with_the_results():
    results = text("official/results.csv")
    for letter in text("official/letters.csv").to_dict("records"):
        index = results[(results["source"] == letter["letter"]) & (results["node"] == "index")]
        for cohort, key in (("REGULER", "reguler"), ("KPPN&IKN", "kppn_ikn")):
            mine = index[index["cohort"] == cohort]
            assert len(mine) == int(letter[f"rows_{key}"])
            assert (mine["status"] == "scored").sum() == int(letter[f"took_part_{key}"])
        mine = results[(results["source"] == letter["letter"]) & (results["node"] == "improvement")]
        assert len(mine) == int(letter["with_improvement"])


def test_the_2023_letter_has_72_reguler_and_58_kppn_ikn():
    index = text("official/results.csv").query("round == '2023-S2' and node == 'index' and status == 'scored'")
    assert index["cohort"].value_counts().to_dict() == {"REGULER": 72, "KPPN&IKN": 58}


def test_a_region_that_did_not_take_part_has_no_value():
    rows = text("official/results.csv")
    absent = rows["status"] == "did_not_take_part"
    assert (rows.loc[absent, "value"] == "").all() and (rows.loc[absent, "node"] == "index").all()
    assert (rows.loc[~absent, "value"] != "").all()


def test_no_index_is_printed_as_zero():
    rows = text("official/results.csv").query("node == 'index' and status == 'scored'")
    assert rows["value"].astype(float).between(1, 4).all()


def test_the_seven_zeros_for_collaboration_stay():
    rows = text("official/results.csv")
    zero = rows[(rows["node"] != "improvement") & (rows["value"] != "") & (pd.to_numeric(rows["value"]) < 1)]
    assert zero.groupby(["round", "node", "value"]).size().to_dict() == {
        ("2022-S2", "quick-win", "0.60"): 1,
        ("2023-S2", "collaboration", "0.00"): 7,
    }


def test_mimikas_published_figures():
    rows = text("official/results.csv").query("region == '94.04'").set_index("node")["value"].to_dict()
    assert rows == {
        "baseline": "3.36",
        "output": "2.57",
        "outcome": "2.14",
        "impact": "2.71",
        "quick-win": "2.17",
        "index": "2.47",
        "improvement": "-0.03",
    }


def test_mimika_is_94th_of_130_and_58th_of_72():
    index = read_official("2023-S2").query("node == 'index'").set_index("region")
    reguler = index[index["cohort"] == "REGULER"]["value"]
    assert (int((index["value"] > 2.47).sum()) + 1, int((reguler > 2.47).sum()) + 1) == (94, 58)


def test_59_rose_and_68_fell():
    change = read_official("2023-S2").query("node == 'improvement'")["value"]
    assert ((change > 0).sum(), (change < 0).sum(), (change == 0).sum()) == (59, 68, 1)


@pytest.mark.parametrize(
    ("name", "cohort", "instrument", "within"),
    [
        ("2022-S2", "KPPN&IKN", "kominfo-2022-kppn-ikn", 0.013),
        ("2023-S2", "KPPN&IKN", "kominfo-2023-kppn-ikn", 0.0051),
        ("2023-S2", "REGULER", "kominfo-2023-reguler", 0.0051),
    ],
)
def test_the_weights_reproduce_every_printed_index(name, cohort, instrument, within):
    rows = read_official(name)
    table = rows[(rows["cohort"] == cohort) & (rows["status"] == "scored")].pivot(
        index="region", columns="node", values="value"
    )
    used = load_instrument(instrument)
    mean = sum(table[c] * used.share(c) for c in used.components)
    assert (mean - table["index"]).abs().max() <= within + 1e-9


def test_weight_schemes_sum_to_100_or_warn():
    table = text("official/weights.csv")
    total = table[["baseline", "output", "outcome", "impact", "quick_win", "collaboration"]].astype(int).sum(axis=1)
    assert (total[table["usable"] == "yes"] == 100).all()
    assert total[table["note"].str.contains("120")].tolist() == [120]


def test_no_known_weights_reproduce_kabupaten_banjar_2020():
    banjar = (
        text("official/published.csv").query("region == '63.03' and year == '2020'").set_index("item")["value"].astype(float)
    )
    schemes = text("official/weights.csv").query("collaboration == '0'")
    for s in schemes.to_dict("records"):
        parts = {"baseline": "baseline", "output": "output", "outcome": "outcome", "impact": "impact", "quick_win": "quick-win"}
        weights = {k: float(s[k]) for k in parts}
        mean = sum(w * banjar[parts[k]] for k, w in weights.items()) / sum(weights.values())
        assert abs(mean - banjar["index"]) > 0.01


def test_kota_kediri_2022_is_reproduced_and_its_pillars_average_to_impact():
    kediri = (
        text("official/published.csv")
        .query("name == 'Kota Kediri' and year == '2022'")
        .set_index("item")["value"]
        .astype(float)
    )
    used = load_instrument("kominfo-2022-reguler")
    assert sum(kediri[c] * used.share(c) for c in used.components) == pytest.approx(3.315, abs=1e-9)
    assert kediri[["governance", "branding", "economy", "living", "society", "environment"]].mean() == pytest.approx(
        kediri["impact"], abs=0.005
    )


def test_every_published_figure_is_of_a_known_region():
    codes = text("official/regions.csv").set_index("code")["name"]
    table = text("official/published.csv")
    assert set(table["region"]) <= set(codes.index)


def test_published_values_lie_on_their_scale():
    table = text("official/published.csv")
    scaled = table[(table["scale_max"] != "") & (table["item"] != "improvement")]
    assert (scaled["value"].astype(float) <= scaled["scale_max"].astype(float)).all()
    assert (scaled["value"].astype(float) >= 0).all()


# regions


def test_514_regencies_and_cities_each_once_in_every_system():
    table = text("official/regions.csv")
    assert len(table) == 514
    for system in ("code", "kemendagri_2020", "bps_2020", "bps_today"):
        assert table[system].is_unique


def test_26_codes_changed_and_carry_their_law():
    table = text("official/regions.csv")
    changed = table[table["changed_2022"] == "yes"]
    assert len(changed) == 26
    assert changed["law"].value_counts().to_dict() == {"UU 14/2022": 4, "UU 15/2022": 8, "UU 16/2022": 8, "UU 29/2022": 6}
    assert (
        table.loc[table["changed_2022"] == "no", "code"] == table.loc[table["changed_2022"] == "no", "kemendagri_2020"]
    ).all()
    assert ((table["valid_from"] != "") == (table["changed_2022"] == "yes")).all()


def test_9404_is_nabire_and_94_04_is_mimika():
    table = text("official/regions.csv")
    assert table.loc[table["bps_2020"] == "9404", "name"].item() == "Kabupaten Nabire"
    assert table.loc[table["code"] == "94.04", "name"].item() == "Kabupaten Mimika"
    assert table.loc[table["code"] == "94.04", ["kemendagri_2020", "bps_2020", "bps_today"]].values.tolist() == [
        ["91.09", "9412", "9601"]
    ]


def test_results_are_of_known_regions():
    assert set(text("official/results.csv")["region"]) <= set(text("official/regions.csv")["code"])


# sources


def test_sources_are_named_once_and_of_a_known_kind():
    table = text("sources.csv")
    assert table["source"].is_unique
    assert set(table["kind"]) == {"letter", "law", "tables", "page"}
    assert table["date"].str.fullmatch(r"(20\d\d(-\d\d(-\d\d)?)?)?").all()


@pytest.mark.parametrize(
    "path",
    [
        "official/results.csv",
        "official/published.csv",
        "official/weights.csv",
        "official/islands.csv",
        "programmes/mimika/events.csv",
        "programmes/mimika/programmes.csv",
        "programmes/kab-malang/printed.csv",
    ],
)
def test_every_figure_has_a_source_that_is_known(path):
    known = set(text("sources.csv")["source"])
    assert set(text(path)["source"].str.removeprefix("letter ")) <= known


def test_every_statistic_has_a_publisher_and_a_source_that_is_known():
    parts = text("context/statistics.csv")["source"].drop_duplicates().str.split("; ", n=1, expand=True)
    assert (parts[0] != "").all()
    assert set(parts[1]) <= set(text("sources.csv")["source"])


def test_every_page_is_told_by_host_and_number_or_date():
    pages = text("sources.csv").query("kind == 'page'")
    assert pages["source"].str.fullmatch(rf"{HOST}(, (p=|d-)?[\d-]+)?( \(\d\))?").all()
    assert pages.apply(lambda r: r["address"].startswith(re.match(HOST, r["source"])[0]), axis=1).all()


def test_no_source_that_is_named_is_left_unused():
    used = set()
    for path in (
        "official/results.csv",
        "official/published.csv",
        "official/weights.csv",
        "official/islands.csv",
        "programmes/mimika/events.csv",
        "programmes/mimika/programmes.csv",
        "programmes/kab-malang/printed.csv",
    ):
        used |= set(text(path)["source"].str.removeprefix("letter "))
    used |= set(text("context/statistics.csv")["source"].str.split("; ", n=1).str[1])
    rest = set(text("sources.csv")["source"]) - used
    assert rest == set()


# texts


@pytest.mark.parametrize("path", [f for f in FILES if f.endswith((".csv", ".yaml", ".md"))])
def test_files_are_plain_utf8_without_carriage_returns(path):
    raw = (DATA / path).read_bytes()
    raw.decode("utf-8")
    assert b"\r" not in raw and raw.endswith(b"\n") and not raw.startswith(b"\xef\xbb\xbf")
