"""The report as a file: what stands in it, what does not, and that nothing half made is ever seen."""

import itertools
import json
import os
import re
import shutil
from copy import copy
from hashlib import sha256
from pathlib import Path

import nbformat
import nbformat.v4 as v4
import pytest
import tinycss2
from bs4 import BeautifulSoup
from faults import KILLED, TOGETHER, Faulty, full
from hypothesis import example, given
from hypothesis import strategies as st
from pages import placed, read, unlike

from scevaluation.errors import EvaluationError, ProgrammeError, ReportError, RoundError
from scevaluation.place import NOTEBOOKS, READY, making, swept
from scevaluation.press import notebook
from scevaluation.press.imprint import css_text
from scevaluation.press.jobs import Job
from scevaluation.press.report import make_report, write_together
from scevaluation.words import words

CASES = [
    ("mimika", "2023-S2", "id"),
    ("mimika", "2023-S2", "en"),
    ("kab-malang", "2023-S2", "id"),
    ("contoh", "2024-S2", "id"),
    ("contoh", "2017-S1", "en"),
]


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    made = placed(tmp_path_factory.mktemp("reports"), *(Job(*case) for case in CASES))
    return {case: made[Job(*case)] for case in CASES}


@pytest.fixture(params=CASES, ids="-".join)
def report(request, made):
    return made[request.param]


@pytest.fixture
def soup(report):
    return read(report.page.read_text("utf-8"))


def test_the_page_is_one_file_without_script_or_outside_address(report):
    text = report.page.read_text("utf-8")
    assert "<script" not in text
    assert not re.search(r"(?:src|srcset|href)=\"(?!data:|#)", text)
    assert not re.search(r"url\((?!data:)", text)
    assert "default-src 'none'" in text


def test_the_page_is_under_two_megabytes(report):
    assert report.page.stat().st_size < 2_000_000


def test_every_number_in_prose_equals_the_cell_it_names(soup):
    assert len(soup.select("data[data-ref]")) >= 2 and unlike(soup) == []


def test_headline_and_lede_hold_no_number_that_is_no_fact(soup):
    for part in (soup.h1, soup.select_one(".lede"), *soup.select(".finding p")):
        part = copy(part)
        for fact in part.select("data"):
            fact.decompose()
        left = re.sub(r"Semester I+ \d{4}|dari 4|of 4|dari 100|of 100|0[,.]1|90%", "", part.get_text())
        assert not re.search(r"\d", left), left


def test_every_picture_says_what_it_shows_or_is_marked_as_decoration(soup):
    for picture in soup.select("picture img"):
        assert len(picture["alt"]) >= 40
    for image in soup.select("img"):
        assert "alt" in image.attrs


def test_headings_descend_by_one_level(soup):
    levels = [int(h.name[1]) for h in soup.select("h1, h2, h3, h4")]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(b <= a + 1 for a, b in itertools.pairwise(levels))


def test_ids_are_unique_and_contents_links_arrive(soup):
    ids = [e["id"] for e in soup.select("[id]")]
    assert len(ids) == len(set(ids))
    assert {a["href"][1:] for a in soup.select("nav a")} <= set(ids)


def test_the_language_is_declared(report, soup):
    assert soup.html["lang"] == report.lang


def test_no_causal_word_stands_in_a_title(soup):
    for title in soup.select("h1, h2, h3"):
        assert not re.search(r"\b(karena|akibat|sebab|disebabkan|because|due to|caused)\b", title.get_text(), re.IGNORECASE)


def test_a_made_up_programme_says_so_and_a_real_one_does_not(report, soup):
    flagged = "Contoh: semua angka buatan" in soup.get_text() or "Example: all figures are made up" in soup.get_text()
    assert flagged == (report.programme == "contoh")


def test_mimika_tells_what_exists_and_what_does_not(made):
    text = BeautifulSoup(made["mimika", "2023-S2", "id"].page.read_text("utf-8"), "html.parser").get_text(" ")
    for said in (
        "2,47",
        "94 dari 130",
        "58 dari 72",
        "disimpulkan",
        "tidak diterbitkan",
        "tidak ada tren yang digambar",
        "belum banyak berkembang",
    ):
        assert re.sub(r"\s+", " ", said) in re.sub(r"\s+", " ", text), said


def test_the_manifest_names_inputs_outputs_and_their_hashes(report):
    manifest = json.loads(report.manifest.read_text("utf-8"))
    assert manifest["headline"] == report.headline
    assert all(re.fullmatch(r"[0-9a-f]{64}", v) for v in [*manifest["made_from"]["inputs"].values(), *manifest["outputs"].values()])
    assert f"programmes/{report.programme}/rounds/{report.round}.csv" in manifest["made_from"]["inputs"]


def test_the_index_lists_every_report(made):
    root = next(iter(made.values())).page.parents[2]
    links = {a["href"] for a in BeautifulSoup((root / "index.html").read_text("utf-8"), "html.parser").select("a")}
    assert links == {m.page.relative_to(root).as_posix() for m in made.values()}


def test_nothing_is_left_beside_the_report(made):
    root = next(iter(made.values())).page.parents[2]
    assert not list(root.rglob(".making-*"))


@pytest.mark.parametrize(
    ("args", "error"),
    [
        (("atlantis", "2023-S2"), ProgrammeError),
        (("../mimika", "2023-S2"), ProgrammeError),
        (("mimika", "2023"), RoundError),
        (("mimika", "2022-S2"), ReportError),
        (("mimika", "2031-S1"), RoundError),
        (("mimika", "2023-S2", "fr"), EvaluationError),
        (("mimika", "2023-S2", "id", "poem"), ReportError),
    ],
)
def test_a_wrong_request_is_refused_and_leaves_nothing(args, error, tmp_path):
    with pytest.raises(error) as caught:
        make_report(*args, out=tmp_path / "out")
    assert caught.value.fact and caught.value.remedy
    assert not (tmp_path / "out").exists()


def test_a_file_in_the_folders_place_is_a_clear_error(tmp_path):
    (tmp_path / "out").write_text("in the way")
    with pytest.raises(ReportError, match="cannot be written"):
        write_together(tmp_path / "out", {"a.html": "x"})


OLD, NEW = TOGETHER["old"], TOGETHER["new"]


def _files(folder) -> dict[str, str]:
    return {p.relative_to(folder).as_posix(): p.read_text() for p in folder.rglob("*") if p.is_file()}


@pytest.mark.parametrize("links", [True, False])
@pytest.mark.parametrize("there", [OLD, {"a.html": "old2", "a.xlsx": "old3"}, {}])
@pytest.mark.parametrize("name", NEW)
@pytest.mark.parametrize("error", [PermissionError(13, "Permission denied"), OSError(28, "No space left on device")])
def test_files_are_replaced_as_a_set_or_not_at_all(error, name, there, links, tmp_path, monkeypatch):
    write_together(tmp_path, there)
    real = os.replace

    def refuse(a, b):
        if str(b) == str(tmp_path / name) and READY in Path(a).parts:
            raise error
        return real(a, b)

    def unknown(*_):
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr("scevaluation.press.report.os.replace", refuse)
    if not links:
        monkeypatch.setattr("scevaluation.press.report.os.link", unknown)
    with pytest.raises(ReportError) as caught:
        write_together(tmp_path, NEW)
    assert _files(tmp_path) == there and not list(tmp_path.glob(".making-*"))
    [said] = caught.value.issues
    if error.errno == 13 and name in there:
        assert said["problem"] == "file_open" and said["file"].endswith(name) and "Close" in caught.value.remedy
    else:
        assert said["problem"] == "not_writable" and error.strerror in str(caught.value)
    monkeypatch.undo()
    write_together(tmp_path, NEW)
    assert _files(tmp_path) == NEW


@pytest.mark.parametrize("name", ["../a.html", "/a.html", "x/../../a", "..\\a", "C:a", ".hidden", "a/.b", "", "a\0b"])
def test_a_name_that_leads_out_of_the_folder_is_refused(name, tmp_path):
    with pytest.raises(ReportError, match="leads out"):
        write_together(tmp_path / "out", {"a.html": "x", name: "y"})
    assert not list(tmp_path.iterdir())


def test_what_a_killed_report_left_is_gone_after_the_next(tmp_path):
    dead, alive = tmp_path / f".making-{2**22 + 1}.5-x", tmp_path / f"{making()}y"
    for folder in (dead, alive):
        folder.mkdir()
    write_together(tmp_path, NEW)
    assert not dead.exists() and alive.exists()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="fork is needed")
def test_a_set_whose_writer_is_killed_anywhere_is_whole_after_the_next_run(tmp_path, killer):
    write_together(tmp_path / "base", OLD)
    whole = Path(shutil.copytree(tmp_path / "base", tmp_path / "whole"))
    with Faulty(whole, 0, full)() as disk:
        write_together(whole, NEW)
    seen, after = [], []
    for point in range(1, disk.count + 1):
        folder = tmp_path / str(point)
        assert killer(tmp_path / "base", folder, "together", point) == KILLED
        seen.append({n: t for n, t in _files(folder).items() if not n.startswith(".")})
        swept(folder)
        after.append(_files(folder))
        write_together(folder, NEW)
        assert _files(folder) == NEW and not list(folder.glob(".making-*"))
    assert any(files not in (OLD, NEW) for files in seen)  # some were killed with a part of the files in place
    turn = after.index(NEW)
    assert after == [OLD] * turn + [NEW] * (len(after) - turn) and turn > 0


def test_what_anybody_may_leave_in_a_shared_folder_is_put_nowhere(tmp_path):
    dead = tmp_path / f".making-{2**22 + 1}.5-x" / READY
    dead.mkdir(parents=True)
    (dead / "a.html").write_text("not mine")
    swept(tmp_path, put=False)
    assert not list(tmp_path.iterdir())


def test_a_parameter_that_the_notebook_does_not_have_is_refused():
    with pytest.raises(ReportError, match="rounds is none of: "):
        notebook.run_notebook("2_round_report", {"rounds": "2023-S2"})


def _prose(path):
    return [c.source for c in nbformat.read(path, as_version=4).cells if c.cell_type == "markdown"]


def test_the_executed_notebook_carries_its_prose_in_the_language_of_the_report(report):
    said, source = _prose(report.notebook), _prose(NOTEBOOKS / "2_round_report.ipynb")
    assert said == [words(report.lang)("prose." + sha256(text.encode()).hexdigest()[:8]) for text in source]
    assert (said == source) == (report.lang == "en") and len(said) > 10


def test_prose_of_ones_own_stays_as_it_was_written():
    own = v4.new_notebook(cells=[v4.new_markdown_cell("Ours {x}"), v4.new_code_cell("'Ours'")])
    assert [c.source for c in notebook.spoken(own, words("id")).cells] == ["Ours {x}", "'Ours'"]


def test_a_parameter_never_becomes_code(tmp_path):
    evil = 'id"\nimport pathlib; pathlib.Path("' + str(tmp_path / "pwned") + '").write_text("x")\nx = "'
    with pytest.raises(ReportError):
        notebook.run_notebook("2_round_report", {"programme": "mimika", "round": "2023-S2", "lang": evil})
    assert not (tmp_path / "pwned").exists()


@given(st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0")))
@example('"}}</style><script>')
@example("a\\22 ;\nb")
def test_a_name_in_the_foot_of_printed_pages_stays_a_text(name):
    written = css_text(name)
    (found,) = tinycss2.parse_component_value_list(written)
    assert (found.type, found.value) == ("string", name)
    assert "<" not in written


def test_a_notebook_outside_the_folder_is_refused():
    with pytest.raises(ReportError, match="is none of: 2_round_report"):
        notebook.run_notebook("../notebooks/2_round_report", {})


def test_report_paths_are_where_they_are_said_to_be(report):
    assert report.page == Path(report.page) and report.page.name == f"round.{report.lang}.html"
    assert report.notebook.exists() and report.manifest.exists()
