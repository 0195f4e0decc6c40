"""The desk in JupyterLab without a browser: what it shows, what its controls do, what it says where data are missing."""

import json
import re
import shutil
from dataclasses import replace

import openpyxl
import pytest
from evaluated import evaluate_round
from lab_data import wide_evaluation

from scevaluation import desk
from scevaluation.desk import files, indicators, link, show
from scevaluation.desk.excerpt import excerpt
from scevaluation.desk.live import answering
from scevaluation.desk.pickers import Checker, Explorer
from scevaluation.desk.scenario import Scenario, as_evaluated, read_scenario, save_scenario
from scevaluation.desk.what_if import apply
from scevaluation.desk.widgets import WhatIf
from scevaluation.errors import IntakeError, ScenarioError
from scevaluation.frames import SEVERITIES
from scevaluation.place import DATA
from scevaluation.press.notebook import run_notebook
from scevaluation.words import LANGUAGES, Words

ROUNDS = {"contoh": "2024-S2", "mimika": "2023-S2", "kab-malang": "2023-S2"}
W = Words("id")


@pytest.fixture(scope="module")
def evaluations():
    return {p: evaluate_round(p, r) for p, r in ROUNDS.items()}


@pytest.fixture(scope="module")
def contoh(evaluations):
    return evaluations["contoh"]


def cells(html, table):
    """Text of a table's body, row by row."""
    body = re.search(rf'data-table="{table}".*?<tbody>(.*?)</tbody>', html, re.DOTALL)[1]
    plain = lambda c: re.sub(r"<[^>]+>", " ", re.sub(r"<style.*?</style>", "", c)).split()  # noqa: E731
    return [[" ".join(plain(c)) for c in re.findall(r"<t[hd].*?</t[hd]>", row)] for row in re.findall(r"<tr.*?</tr>", body)]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("programme", ROUNDS)
def test_every_part_is_shown_for_every_programme(evaluations, programme, lang):
    e, w = evaluations[programme], Words(lang)
    parts = [
        desk.what_if(e, w).part,
        desk.way(e, w),
        desk.way(e, w, target_value=70.0, most=1),
        desk.compare(e, w),
        desk.explore(e, w).part,
        desk.explore(e, w, item=indicators.chosen(e)["node"].iloc[0], projector=True).part,
    ]
    for part in parts:
        assert part.text.strip() and "{" not in part.text and "nan" not in part.text.lower().split()
        assert not re.search(r">\s*nan\s*<", part.html) and part.html.count("<table") == part.html.count("</table>")
    assert "projector" in parts[-1].html.partition("</style>")[2] and "projector" not in parts[0].html.partition("</style>")[2]


def test_the_outcome_is_told_by_rule(contoh):
    base = apply(contoh, as_evaluated(contoh))

    def said(**changes):
        s = Scenario(name="a", programme="contoh", round="2024-S2", **changes)
        return W.text(show.said(contoh, apply(contoh, s), base, W))

    assert said() == "Sesuai hasil evaluasi: indeks gabungan 55,8, penilaian arah: stagnan."
    assert said(weights={"health": 0.3}) == (
        "Dengan asumsi ini indeks gabungan 55,6, 0,2 poin di bawah hasil evaluasi; semua penilaian arah tetap."
    )
    two = said(delta=2.0)
    assert two.startswith("Dengan asumsi ini indeks gabungan tetap 55,8; ") and "dari 6 penilaian arah berubah" in two


def test_the_table_of_the_outcome_holds_the_librarys_numbers(contoh):
    o = apply(contoh, Scenario(name="a", programme="contoh", round="2024-S2", weights={"health": 0.3}))
    html = show.outcome(contoh, o, W).html
    shown = dict(re.findall(r'<data value="([^"]+)" data-node="([^"]+)"', html))
    assert {n: float(v) for v, n in shown.items()} == {n: o.value(n) for n in o.nodes}
    rows = cells(html, "outcome")
    assert rows[0][:3] == ["Indeks gabungan", "100,0%", "55,6 \u22120,2"] and rows[4][1] == "30,0%"


@pytest.mark.parametrize(
    ("chance", "text"),
    [(1.0, " (&gt;99%)"), (0.9996, " (&gt;99%)"), (0.42, " (42%)"), (1e-5, " (&lt;1%)"), (0.0, " (&lt;1%)"), (float("nan"), "")],
)
def test_a_chance_is_never_none_or_certain(chance, text):
    assert show._chance(chance, W) == text


def test_empty_states_are_said_and_not_left_blank(evaluations):
    mimika = evaluations["mimika"]
    assert "tidak mempunyai target" in desk.way(mimika, W).text
    assert desk.compare(mimika, W).text == W("lab.compare.none")
    assert W("lab.explore.no_items") in desk.explore(mimika, W, agency="bpbd").part.html
    assert W("lab.explore.no_peers") in desk.explore(evaluations["contoh"], W, item="health/malaria").part.html


def test_text_from_files_is_inert(tmp_path):
    e = wide_evaluation(tmp_path, items=1, rounds=2, sources=("verified",))
    scores = e.scores.assign(evidence="<script>alert(1)</script>", file="<b>.csv")
    bad = type(e)(**{**vars(e), "scores": scores})
    html = indicators.item(bad, W, "health/i00").html
    assert "<script>" not in html and "&lt;script&gt;" in html and "<b>.csv" not in html
    s = Scenario(name="<img src=x>", note="<i>", programme="wide", round=e.round)
    html = show.compared(e, [s], W).html
    assert "<img src=x>" not in html and "&lt;img src=x&gt;" in html and "<i>:" not in html


def test_a_way_names_items_and_scores(contoh):
    part = desk.way(contoh, W)
    assert part.text == "Indeks gabungan mencapai 66,0 bila empat indikator membaik; lebih sedikit tidak cukup."
    rows = cells(part.html, "way")
    assert rows[0] == [
        "Sampah perkotaan yang terangkut (Lingkungan)",
        "Dinas Lingkungan Hidup (contoh)",
        "2,35",
        "4,00",
        "+4,7",
        "60,5",
    ]
    assert len(rows) == 4 and rows[-1][3:] == ["2,73", "+0,1", "66,0"]


def test_plain_lines_of_the_notebook(contoh):
    assert desk.outcome_line(contoh, "Kesehatan lebih berat") == "index 55.631 of 100, stagnant, far_too_slow"
    assert desk.compare_line(contoh).startswith("evaluated 55.817; Kesehatan lebih berat 55.631")
    assert desk.item_line(contoh, "health/malaria").startswith("verified 2.50 in 2024-S2.csv, line 115; self 2.75")
    with pytest.raises(ScenarioError, match=r"no-such.yaml: the file is not there"):
        desk.outcome_line(contoh, "no such")
    with pytest.raises(ScenarioError, match="has no wealth"):
        desk.explore(contoh, W, part="wealth")


# From a score to its cell


def test_every_score_of_the_round_is_found_in_its_line(contoh):
    rows = contoh.scores[(contoh.scores["round"] == contoh.round)]
    for row in rows[rows["score"].notna()].iloc[::17].itertuples():
        found = excerpt(indicators.file_of(contoh, row.file), row.cell)
        line = dict(found.rows)[found.hit[0]]
        assert line[0] == row.indicator and float(line[found.hit[1]]) == row.score


@pytest.fixture
def book(tmp_path):
    path = tmp_path / "2024-S2.xlsx"
    made = openpyxl.Workbook()
    sheet = made.active
    sheet.title = "Skor"
    sheet.append(["Indikator", "Perangkat daerah", "Nilai terverifikasi"])
    for n, (item, score) in enumerate([("health/malaria", 2), ("health/antrean", 9), ("health/imunisasi", 3)]):
        sheet.append([item, "dinas-kesehatan", score if n else "=1+1"])
    made.save(path)
    return path


def test_a_cell_of_a_workbook_with_what_stands_around_it(book):
    found = excerpt(book, "Skor!C3", around=1)
    assert found.head[found.hit[1]] == "C" and [n for n, _ in found.rows] == [2, 3, 4]
    assert dict(found.rows)[3][found.hit[1]] == "9" and dict(found.rows)[2][found.hit[1]] == ""


def test_a_place_that_is_no_single_cell_has_no_excerpt(book):
    for place in ("", "impact (final)", "Sampul!round", "Other!A1", "line 3"):
        assert excerpt(book, place) is None
    with pytest.raises(IntakeError, match="is not there"):
        excerpt(book.with_name("gone.xlsx"), "Skor!A1")
    book.write_bytes(b"PK\x03\x04 broken")
    with pytest.raises(IntakeError, match="is damaged"):
        excerpt(book, "Skor!A1")


def test_a_line_past_the_end_or_with_few_columns(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("indicator,score\na\nb,2\n", "utf-8")
    assert excerpt(path, "line 9") is None and excerpt(path, "line 2").rows[0] == (2, ("a", ""))


def test_issues_of_a_file_lead_to_their_cells(book):
    found = files.check(book, "contoh", "2024-S2")
    assert found.issues["severity"].tolist() == sorted(found.issues["severity"], key=SEVERITIES.index)
    at = found.issues.index[found.issues["cell"] == "Skor!C3"][0]
    html = files.shown(found, W, int(at)).html
    assert re.search(r"<td class=hit>9</td>", html) and "Skor!C3" in html


def test_a_file_that_cannot_be_read_is_said(tmp_path):
    path = tmp_path / "2024-S2.xlsx"
    path.write_bytes(b"<html>")
    part = desk.check(str(path), "contoh", "2024-S2", W).part
    assert part.text.startswith("2024-S2.xlsx tidak dapat dibaca. 2024-S2.xlsx: berkas ini halaman web tanpa tabel.")


def test_files_beside_a_file_can_be_picked(tmp_path):
    for name in ("2024-S1.csv", "2024-S2.xlsx", "~$2024-S2.xlsx", "note.txt"):
        (tmp_path / name).write_text("x")
    assert [p.name for p in files.candidates(tmp_path / "2024-S2.xlsx")] == ["2024-S1.csv", "2024-S2.xlsx"]
    assert files.round_said(tmp_path / "2023-S1.csv", "2024-S2") == "2023-S1"
    assert files.round_said(tmp_path / "Dinas A.csv", "2024-S2") == "2024-S2"


def test_a_link_is_written_from_the_notebooks_folder(tmp_path):
    html = link.opener(tmp_path / "data" / "a b.csv", "Open <it>", tmp_path / "notebooks")
    assert 'href="../data/a%20b.csv"' in html and "Open &lt;it&gt;" in html


# Controls


def test_without_a_kernel_the_part_alone_is_shown_and_with_one_the_controls_too(contoh, monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", shown.append)
    live = desk.what_if(contoh, W)
    assert not answering()
    live._ipython_display_()
    assert [p.text for p in shown] == [live.text] and live.part.html in shown[0].html and "desk-plain" in shown[0].html
    monkeypatch.setattr("scevaluation.desk.live.answering", lambda: True)
    live._ipython_display_()
    assert len(shown) == 3 and ".desk-plain{display:none}" in shown[2].children[0].value


@pytest.fixture
def panel(contoh, tmp_path):
    return WhatIf(contoh, W, str(tmp_path / "scenarios"), as_evaluated(contoh), False)


def index_shown(panel):
    return float(re.search(r'class="desk-index" value="([^"]+)"', panel.result.value)[1])


def test_a_weight_moved_makes_the_others_room_and_equals_the_library(panel, contoh):
    panel.widget()
    panel.weights["health"].value = 33
    assert dict(panel.scenario.weights) == pytest.approx({n: 0.1675 for n in contoh.top} | {"health": 0.33})
    assert [panel.weights[n].value for n in contoh.top] == [17, 17, 17, 33, 17]
    wanted = apply(contoh, Scenario(name="a", programme="contoh", round="2024-S2", weights={"health": 0.33}))
    assert index_shown(panel) == pytest.approx(wanted.value(), abs=1e-9)
    panel.weights["education"].value = 0
    assert dict(panel.scenario.weights)["health"] == pytest.approx(0.33 / (1 - 0.1675))


def test_all_weight_on_one_and_back_keeps_the_evaluations_ratio(panel, contoh):
    panel.weights["health"].value = 100
    assert index_shown(panel) == pytest.approx(163 / 3)
    panel.weights["health"].value = 20
    assert panel.scenario.weights == () and index_shown(panel) == pytest.approx(
        contoh.index.query("node == 'index' and round == '2024-S2'")["value100"].iloc[0]
    )


def test_controls_say_only_what_differs_and_reset_takes_it_back(panel, contoh):
    panel.delta.value, panel.targets["health"].value = 2.5, 56
    panel.events["election:2024-11-27"].value = False
    s = panel.scenario
    assert (s.delta, s.targets, s.events, s.weights) == (2.5, (("health", 56.0),), (("election:2024-11-27", False),), ())
    panel.reset()
    assert panel.scenario == as_evaluated(contoh) and panel.delta.value == 1.0 and panel.targets["health"].value == 65


def test_saving_writes_a_file_and_shows_it_beside_the_others(panel, contoh):
    panel.weights["health"].value = 33
    panel.save("Lebih sehat")
    path = contoh.programme.folder
    saved = read_scenario(panel.folder + "/lebih-sehat.yaml")
    assert dict(saved.weights)["health"] == 0.33 and apply(contoh, saved).value() == pytest.approx(index_shown(panel), abs=1e-4)
    assert "Lebih sehat" in panel.compared.value and "lebih-sehat.yaml" in panel.said.value
    assert not (path / "scenarios" / "lebih-sehat.yaml").exists()
    panel.save("  ")
    assert "#B0440F" in panel.said.value
    panel.reset()
    panel.load(saved)
    assert panel.weights["health"].value == 33


def test_a_programme_of_unknown_weights_has_no_weight_sliders(contoh, tmp_path):
    one = contoh.instrument.model_copy(update={"weights": "unknown"})
    e = replace(contoh, instruments={**contoh.instruments, contoh.round: one})
    panel = WhatIf(e, W, "", as_evaluated(e), False)
    assert panel.weights == {}
    panel.widget()


def test_explorer_narrows_and_leads_to_the_cell(contoh):
    x = Explorer(contoh, W, "", "", "", False)
    assert len(x.item.options) == 26 and x.row.layout.display == "none"
    x.part.value, x.agency.value = "health", "dinas-kesehatan"
    assert len(x.item.options) == 6
    x.item.value = "health/malaria"
    assert x.row.layout.display is None and "<td class=hit>2.5</td>" in x.shown.output.outputs[0]["data"]["text/html"]
    x.row.value = 1
    assert "<td class=hit>2.75</td>" in x.shown.output.outputs[0]["data"]["text/html"]
    x.round.value = "2017-S1"
    assert "2017-S1.csv" in x.shown.output.outputs[0]["data"]["text/html"]
    x.part.value = "education"
    assert x.item.value == "" and W("lab.explore.no_items") in x.shown.output.outputs[0]["data"]["text/html"]
    x.agency.value = ""
    assert x.item.value == "" and 'data-table="items"' in x.shown.output.outputs[0]["data"]["text/html"]


def test_checker_reads_another_file_and_another_issue(book):
    other = shutil.copy(DATA / "programmes" / "contoh" / "rounds" / "2024-S1.csv", book.parent / "2024-S1.csv")
    c = Checker(book, "contoh", "2024-S2", W, False)
    places = dict((label.split(" \u00b7 ")[1], n) for label, n in c.issue.options)
    c.issue.value = places["Skor!C3"]
    assert "<td class=hit>9</td>" in c.shown.output.outputs[0]["data"]["text/html"]
    c.file.value = str(other)
    assert "2024-S1.csv" in c.shown.output.outputs[0]["data"]["text/html"]


# Batch


@pytest.mark.slow
@pytest.mark.parametrize("programme", ["mimika", "kab-malang"])
def test_notebooks_of_the_desk_run_in_a_batch_and_show_the_plain_parts(programme):
    for name, kind in (("5_what_if", "desk-outcome"), ("12_explore", "desk-explore")):
        done = run_notebook(name, {"programme": programme, "round": ROUNDS[programme]})
        text = json.dumps(getattr(done, "notebook", done), default=str)
        assert kind in text and "widget-view" not in text


def test_a_scenario_named_in_the_parameters_is_the_one_shown(contoh, tmp_path):
    save_scenario(Scenario(name="Uji", programme="contoh", round="2024-S2", weights={"health": 1.0}), tmp_path)
    assert 'class="desk-index" value="54.3' in desk.what_if(contoh, W, "Uji", str(tmp_path)).part.html
    assert desk.load(contoh, "uji.yaml", str(tmp_path)).name == "Uji"
