"""The ten questions of the cookbook: each in at most eight lines, by names that Tab shows, with an answer that is right."""

import io
import json
import re

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

import scevaluation as sc
from scevaluation.place import NOTEBOOKS

CELLS = json.loads((NOTEBOOKS / "10_own_analysis.ipynb").read_text("utf-8"))["cells"]
ANCHOR = "nbval-check-output"


def _source(cell):
    return "".join(cell["source"])


def questions() -> dict[int, str]:
    """The code of each question by its number: cells up to the next heading, without those that only print a stored check."""
    out, number = {0: ""}, 0
    for cell in CELLS:
        if cell["cell_type"] == "markdown":
            found = re.match(r"(\d+)\. ", _source(cell))
            number = int(found[1]) if found else 0
        elif ANCHOR not in cell["metadata"].get("tags", ()):
            out[number] = out.get(number, "") + _source(cell) + "\n"
    return out


@pytest.fixture(scope="module")
def answers():
    """Names that each question leaves behind, and its current axes."""
    names: dict = {}
    with plt.rc_context():
        exec(questions()[0].replace('lang = "id"', 'lang = "en"'), names)
        out = {}
        for number in range(1, 10):  # the tenth writes a file; the nbval run of the notebooks does it
            plt.close("all")
            exec(questions()[number], names)
            out[number] = dict(names) | {"axes": plt.gcf().axes}
        plt.close("all")
    return out


def test_there_are_ten_and_each_has_at_most_eight_lines():
    found = questions()
    assert sorted(found) == list(range(11))
    lines = {n: len([line for line in code.splitlines() if line.strip()]) for n, code in found.items() if n}
    assert max(lines.values()) <= 8, lines


def test_every_name_of_ours_is_one_that_tab_shows(answers):
    r = answers[1]["r"]
    code = "\n".join(questions().values())
    for name in re.findall(r"\bsc\.(\w+)", code):
        assert name in dir(sc), name
    for name in re.findall(r"\b[rm]\.(\w+)", code):
        assert name in dir(r), name


def test_sectors_stand_over_the_bands_of_cycles_and_events(answers):
    (ax,) = answers[1]["axes"]
    assert {"Cycle I", "Pandemic"} <= {t.get_text() for t in ax.texts} and len(ax.patches) >= 3
    legend = [t.get_text() for t in ax.get_legend().texts]
    assert {"Health", "Infrastructure"} <= set(legend)


def test_drivers_are_bars_that_sum_to_the_change(answers):
    (ax,), moved = answers[2]["axes"], answers[2]["moved"]
    assert sum(p.get_width() for p in ax.patches) == pytest.approx(moved["contribution"].sum())


def test_regions_are_compared_where_they_can_be(answers):
    pair = answers[3]["pair"].set_index("node")
    assert pair.at["baseline", "difference"] == pytest.approx(8.0) and np.isnan(pair.at["index", "difference"])


def test_agencies_stand_by_coverage_and_gain(answers):
    both = answers[4]["both"].set_index("agency")
    total = answers[4]["r"].change.query("kind == 'total'")["like_for_like100"].iloc[0]
    assert both["added"].sum() == pytest.approx(total) and both["share"].min() < 1
    (points,) = answers[4]["axes"][0].collections[:1]
    assert len(points.get_offsets()) == len(both)


def test_every_indicator_of_the_sector_has_its_panel(answers):
    titles = [ax.get_title() for ax in answers[5]["axes"]]
    assert set(titles) == set(answers[5]["past"]["label"]) and len(titles) == 5


def test_the_cohort_is_the_regions_own(answers):
    cohort = answers[6]["cohort"]
    assert sum(p.get_height() for p in answers[6]["axes"][0].patches) == cohort["value"].notna().sum() == 72


def test_ones_own_table_is_merged_by_the_regions_code(answers):
    merged = answers[7]["merged"].set_index("name")
    assert merged.at["Kabupaten Mimika", "value"] == 2.47 and merged.at["Kabupaten Mimika", "population"] > 1e5
    assert len(merged) == len(sc.evaluate_nation("2023-S2").regions), "regions without a partner stay"


def test_codes_of_regions_survive_a_csv_as_the_cookbook_says(answers):
    text = pd.DataFrame({"region": ["12.10", "94.04"], "own": [1, 2]}).to_csv(index=False)
    assert "12.10" not in set(pd.read_csv(io.StringIO(text))["region"].astype(str))
    assert list(pd.read_csv(io.StringIO(text), dtype={"region": str})["region"]) == ["12.10", "94.04"]
    assert any("dtype=dict(region=str)" in _source(c) for c in CELLS)


def test_lines_end_where_a_round_is_missing(answers):
    missing = pd.Timestamp("2020-04-01")
    for ax in [*answers[1]["axes"], *answers[5]["axes"]]:
        for line in ax.lines:
            if len(days := pd.to_datetime(line.get_xdata(), unit="D")) > 1:
                assert not (days.min() < missing < days.max()), "2020-S1 was not held"


def test_other_weights_lie_between_the_lowest_and_the_highest_sector(answers):
    tried, parts = answers[8]["tried"], answers[8]["parts"]
    assert isinstance(tried, pd.Series) and len(tried) == 1000 and tried.between(parts.min(), parts.max()).all()


def test_the_agency_that_owes_most_is_shown_with_what_it_owes(answers):
    r, agency = answers[9]["r"], answers[9]["agency"]
    assert r.reporting["missing"].max() == (~r.owed(agency)["reported"]).sum() > 0
