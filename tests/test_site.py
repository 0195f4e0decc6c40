"""The site of a folder of reports: every link leads somewhere, nothing is asked from outside, only what changed is written."""

import base64
import hashlib
import json
import re
import shutil
import subprocess
import sys
from dataclasses import asdict
from html import unescape
from urllib.parse import unquote

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from pages import CHROMIUM, placed

import scevaluation as sc
from scevaluation.draw.embed import address, embedded
from scevaluation.errors import ReportError
from scevaluation.place import DATA, LAYERS, sha256
from scevaluation.press import browser_gates as gates
from scevaluation.press.jobs import Job, read_manifest
from scevaluation.press.pool import Outcome
from scevaluation.press.report import manifest_hash, place
from scevaluation.press.site import build as building
from scevaluation.press.site import whole as all_of_it
from scevaluation.press.site.build import FOLDER, build
from scevaluation.press.site.copied import Look, copied
from scevaluation.press.site.inline import Sheet, Unlike
from scevaluation.press.site.pages import SCRIPT, cells_page
from scevaluation.press.site.tree import Page, Tree

ROUND = "2023-S2"
JOBS = [
    Job("mimika", ROUND), Job("contoh", "2024-S2"), Job("contoh", "2017-S1", "en"), Job("nasional", ROUND, kind="national"),
    Job("wilayah-94-04", ROUND), Job("wilayah-33-13", ROUND), Job("contoh", "2024-S2", kind="sector", sector="health"),
]  # fmt: skip
pytestmark = pytest.mark.xdist_group("forms")


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reports")
    placed(folder, *JOBS)
    build(folder)
    return folder


@pytest.fixture(scope="module")
def site(root):
    return root / FOLDER


def soup(path):
    return BeautifulSoup(path.read_text("utf-8"), "html.parser")


def ways(folder):
    """Every address on every page, with the page; ids by page."""
    pages = {p.resolve(): soup(p) for p in folder.rglob("*.html")}
    ids = {p: [t["id"] for t in s.select("[id]")] for p, s in pages.items()}
    found = [(p, str(t.get(a))) for p, s in pages.items() for a in ("href", "src", "srcset") for t in s.select(f"[{a}]")]
    return ids, [(p, h) for p, h in found if not h.startswith("data:")]


def broken(folder, known=None):
    ids, found = known or ways(folder)
    out = []
    for page, href in found:
        file, _, name = href.partition("#")
        goal = (page.parent / unquote(file)).resolve() if file else page
        inside = goal.is_relative_to(folder.resolve()) and goal.is_file()
        if not inside or (name and goal in ids and unquote(name) not in ids[goal]):
            out.append((page.name, href))
    return out


def times(folder):
    return {p.relative_to(folder).as_posix(): p.stat().st_mtime_ns for p in folder.rglob("*") if p.is_file()}


def test_every_link_leads_somewhere_in_the_site_and_no_name_stands_twice(site):
    ids, found = ways(site)
    assert len(ids) > 2 * len(JOBS) - 3 and len(found) > 300
    assert broken(site, (ids, found)) == []
    assert all(len(set(names)) == len(names) for names in ids.values())


def test_from_the_start_one_comes_down_to_the_cell_a_score_was_read_from(site):
    start = soup(site / "index.html")
    nation = start.find("a", string=re.compile("Seluruh daerah"))["href"]
    region = soup(site / nation).select_one('a[href$="wilayah-94-04/2023-S2/round.id.html"]')
    assert region.get_text() == "Kabupaten Mimika"
    page = soup(site / "wilayah-94-04/2023-S2/round.id.html")
    link = page.select_one("#figure-scorecard").find("a", string="Outcome")["href"]
    cells = soup(site / "wilayah-94-04/2023-S2" / link.partition("#")[0])
    row = cells.find(id=link.partition("#")[2])
    assert "results.csv" in row.get_text() and "94.04 2023-S2 outcome" in row.get_text() and "2,14" in row.get_text()


def test_a_sector_and_its_indicators_lead_to_each_other(site):
    page = soup(site / "contoh/2024-S2/round.id.html")
    link = page.select_one("#figure-scorecard").find("a", string="Kesehatan")["href"]
    assert link == "sector-health.id.html"
    sector = soup(site / "contoh/2024-S2" / link)
    down = {a["href"] for a in sector.select("main table a") if a["href"].startswith("cells.id.html#")}
    assert len(down) >= 5
    cells = soup(site / "contoh/2024-S2/cells.id.html")
    one = cells.find(id=max(down).partition("#")[2])
    assert "2024-S2.xlsx" in one.get_text() or "2024-S2.csv" in one.get_text()
    assert cells.select_one('section.cell a[href="sector-health.id.html"]')


def test_a_round_knows_the_one_before_and_peers_and_the_nation(site):
    nav = soup(site / "mimika/2023-S2/round.id.html").select_one("nav.site")
    said = {a.get_text(): a["href"] for a in nav.select("a")}
    assert said["Seluruh daerah, Semester II 2023"] == "../../nasional/2023-S2/national.id.html"
    assert "../../wilayah-94-04/2023-S2/round.id.html" in said.values() and "../../ranking-2023-S2.id.html" in said.values()
    made_up = soup(site / "contoh/2024-S2/round.id.html").select_one("nav.site")
    assert not made_up.select('a[href*="wilayah"]'), "what is made up is no region's peer"


def test_every_region_of_the_letter_is_on_the_start_page_with_its_state(site):
    rows = soup(site / "index.html").select("#regions tbody tr")
    assert len(rows) == 141 and sum("tidak ikut" in r.get_text() for r in rows) == 11
    mimika = next(r for r in rows if r.th.get_text() == "Kabupaten Mimika")
    assert [c.get_text() for c in mimika.select("td")][:3] == ["Papua Tengah", "REGULER", "2,47"]
    assert re.fullmatch(r"58 dari 72 \(\d+–\d+\)", mimika.select("td")[3].get_text())
    absent = next(r for r in rows if "tidak ikut" in r.get_text())
    assert not absent.select("[data-value]"), "who did not take part has no number to be sorted by"


def test_pages_share_one_style_and_hold_no_script_but_the_table_s(site):
    script = base64.b64encode(hashlib.sha256(SCRIPT.read_bytes()).digest()).decode()
    for path in site.rglob("*.html"):
        html = path.read_text("utf-8")
        policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html)[1]
        assert "default-src 'none'" in policy and html.count('rel="stylesheet"') == 1 and "@font-face" not in html
        own = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
        assert own == ([SCRIPT.read_text("utf-8")] if path.name.startswith(("index", "ranking")) else [])
        assert ("script-src" in policy) == bool(own) and (not own or f"'sha256-{script}'" in policy)


def test_unchanged_nothing_is_written(root, site):
    before = times(site)
    assert (again := build(root)).written == again.removed == 0
    assert times(site) == before


def test_what_was_changed_by_hand_is_made_again(root, site):
    page = site / "mimika/2023-S2/round.id.html"
    whole = page.read_text("utf-8")
    page.write_text("gone", "utf-8")
    assert build(root).written == 1 and page.read_text("utf-8") == whole


def test_only_the_changed_page_is_copied_and_a_vanished_one_is_taken_out_with_its_links(tmp_path):
    jobs = [Job("mimika", ROUND), Job("wilayah-94-04", ROUND)]
    made = placed(tmp_path, *jobs)
    build(tmp_path)
    site, first = tmp_path / FOLDER, made[jobs[0]]
    before = times(site)
    manifest = read_manifest(first.manifest)
    html = first.page.read_text("utf-8").replace("<main>", "<main><p>baru</p>")
    files = {first.notebook.name: first.notebook.read_text("utf-8"), first.page.name: html}
    changed = {k: v for k, v in manifest.items() if k not in ("sha256", "run")} | {"outputs": {n: sha256(t) for n, t in files.items()}}
    place(jobs[0], tmp_path, files, changed, 0.0)
    assert build(tmp_path).written == 1
    after = times(site)
    assert {n for n in after if after[n] != before[n]} == {"mimika/2023-S2/round.id.html", "site.json"}
    made[jobs[1]].manifest.unlink()
    removed, gone = build(tmp_path).removed, after.keys() - times(site).keys()
    assert removed == len(gone) and broken(site) == [] and not (site / "wilayah-94-04").exists()
    of = "wilayah-94-04/2023-S2"
    assert {n for n in gone if not n.startswith("tables/")} == {f"{of}/round.id.html", f"{of}/cells.id.html"}


def test_a_run_that_is_stopped_leaves_whole_pages_and_the_next_does_the_rest(tmp_path, monkeypatch):
    placed(tmp_path, Job("mimika", ROUND), Job("wilayah-94-04", ROUND))
    done, real = [], building.copied

    def stopped(*args):
        if done:
            raise KeyboardInterrupt
        done.append(1)
        return real(*args)

    monkeypatch.setattr(building, "copied", stopped)
    with pytest.raises(KeyboardInterrupt):
        build(tmp_path)
    monkeypatch.setattr(building, "copied", real)
    rest = build(tmp_path)
    assert rest.written == 2, "the second page and the start page"
    assert broken(tmp_path / FOLDER) == [] and not list(tmp_path.rglob(".making-*"))


HOSTILE = '"><script>alert(1)</script>'


def test_hostile_names_stand_escaped_and_cells_keep_what_they_say():
    entry = {"programme": "a-b", "round": ROUND, "lang": "id", "kind": "round", "label": HOSTILE, "title": HOSTILE, "headline": HOSTILE}
    other = {**entry, "programme": "c", "kind": "sector"}
    tree = Tree([Page(entry, f"a-b/{ROUND}/round.id.html"), Page({**entry, "kind": "agencies"}, f"a-b/{ROUND}/agencies-x.id.html")])
    nav = tree.look(tree.pages[0], {}).nav
    assert "<script" not in nav and other["kind"] == "sector"
    page = "<html><head></head><body><table><tr><td>Kab. A &amp; B</td><td>Kab. A &amp; B <b>x</b></td></tr></table></body></html>"
    html, _ = copied(page, Look("../../", "", {"Kab. A & B": 'x"y.html'}), "")
    assert '<td><a href="x&quot;y.html">Kab. A &amp; B</a><td>Kab. A &amp; B <b>x</b></table>' in html, "ends that HTML lets out"


def test_a_picture_in_the_page_says_word_by_word_what_the_chart_wrote(mimika):
    from scevaluation.report.round import history
    from scevaluation.words import words

    chart = history(mimika, words("id"))
    said = [unescape(t).replace("\u00a0", " ") for t in re.findall(r"<!-- (.*?) -->", chart.wide)]
    inline = Sheet().inline(embedded(chart.wide), "wide", chart.alt)
    texts = [t.get_text() for t in BeautifulSoup(inline, "html.parser").select("text")]
    assert len(said) > 10 and texts == said
    assert len(inline) < 0.6 * len(embedded(chart.wide))


def test_a_picture_drawn_otherwise_stays_a_picture():
    unknown = '<svg><g transform="translate(1 2) scale(.1 -.1)"><use href="#a"/></g></svg>'
    for svg in ("<svg", '<svg><use href="https://example.org/x"/></svg>', unknown):
        with pytest.raises(Unlike):
            Sheet().inline(svg, "wide", "x")
    odd = address(unknown)
    page = f'<body><picture><source media="x" srcset="{odd}"><img src="{odd}" alt="x"></picture></body>'
    assert copied(page, Look("", ""), "")[0] == page


def test_a_table_that_pages_share_is_one_page_with_the_way_back():
    table = '<div class="scroll"><table><tr><td>Kota B</td></tr></table></div>'
    html = f'<html lang="id"><head></head><body><details class="rows common"><summary>Data grafik</summary>{table}</details></body></html>'
    look = Look("../../", "<nav>dari sini</nav>", {"Kota B": "../../b.html"}, "Semester II 2023", "<nav>naik</nav>")
    first, shared = copied(html, look, "")
    second, same = copied(html.replace("<head>", "<head><title>lain</title>"), look, "")
    assert shared == same and len(shared) == 1
    (name, data), text = next(iter(shared.items())), "Data grafik, Semester II 2023"
    assert all(f'<p class="rows"><a href="../../{name}">{text}</a></p>' in page and "<table" not in page for page in (first, second))
    assert f"<h1>{text}</h1>" in data.decode() and '<td><a href="../../b.html">Kota B</a>' in data.decode()
    assert "<nav>naik</nav>" in data.decode() and "dari sini" not in data.decode() and name.count("/") == 2


def test_what_is_called_common_is_the_same_from_two_regions():
    rounds = [sc.evaluate_round(f"wilayah-33-{n}", ROUND) for n in (71, 72)]
    charts = [[r.cohort(), r.strip(), r.ranks_chart()] for r in rounds]
    assert all(chart.common for each in charts for chart in each)
    for one, other in zip(*charts, strict=True):
        pd.testing.assert_frame_equal(one.rows, other.rows)
        assert one.title != other.title or one.alt != other.alt


def test_marks_in_a_row_are_one_path_in_their_places():
    row = "".join(f'<use href="#a" x="{x}" y="2" class="c0"/>' for x in range(5))
    svg = f'<svg viewBox="0 0 9 9"><style>.c0{{fill:#ff0000}}</style><defs><circle r="1" id="a"/></defs>{row}</svg>'
    sheet = Sheet()
    html = sheet.inline(svg, "wide", "x")
    assert "M0 2L1 2L2 2L3 2L4 2" in html and html.count("<use") == 2 and sheet.css() == ".x0{fill:#ff0000}"


def test_in_public_no_assessor_and_no_file_of_one_s_own_is_told_of(contoh):
    scores = contoh.scores[contoh.scores["round"] == "2024-S2"]
    entry = {"programme": "contoh", "round": "2024-S2", "lang": "id", "kind": "round"}
    tree = Tree([Page(entry, "contoh/2024-S2/round.id.html")])
    inside, public = (cells_page(tree, contoh.programme, "2024-S2", "id", scores, contoh.instrument, who) for who in (False, True))
    assert "Asesor A" in inside and "2024-S2." in inside
    assert "Asesor" not in public and "2024-S2.xlsx" not in public and "2024-S2.csv" not in public


def test_the_cells_of_a_public_site_tell_of_a_programme_what_everybody_may_read(contoh, tmp_path, monkeypatch):
    shutil.copytree(DATA / "programmes" / "contoh", tmp_path / "programmes" / "contoh")
    (tmp_path / "programmes" / "contoh" / "public.csv").unlink()
    monkeypatch.setitem(LAYERS, "data", (tmp_path, *LAYERS["data"]))
    entry = {"programme": "contoh", "round": "2024-S2", "lang": "id", "kind": "round"}
    told = []
    for public in (False, True):
        tree = Tree([Page({**entry, "public": public}, "contoh/2024-S2/round.id.html")])
        work = building._Work(tmp_path, tmp_path / FOLDER, tree, {}, lambda *_: None, 1)
        told.append(work.read(("contoh", "2024-S2", "id"), "x")["x"].decode())
    label, region = contoh.programme.label.id, contoh.programme.region_label.id
    assert label in told[0] and label not in told[1] and region in told[1] and "Jalan" in told[1]


def test_a_public_site_is_looked_at_page_by_page_and_stopped_by_a_name(tmp_path, monkeypatch):
    call = ["site", "mimika", "--letters", "none", "--kinds", "round", "--profile", "public", "--reports", str(tmp_path), "--workers", "1"]
    made = subprocess.run([sys.executable, "-m", "scevaluation", *call], capture_output=True, text=True)
    folder = tmp_path / f"{FOLDER}-public"
    assert made.returncode == 0 and not list(tmp_path.rglob("*.ipynb")), made.stderr
    assert "1/1" in made.stderr  # the bar
    assert broken(folder) == [] and (folder / "mimika/2023-S2/round.id.html").is_file()
    assert {p.suffix for p in (tmp_path / all_of_it.PUBLIC).rglob("*") if p.is_file()} <= {".html", ".json", ".lock"}
    again, summary = all_of_it.whole(("mimika",), ("none",), ("round",), ("id",), "public", reports=tmp_path)
    assert again.written == 0 and len(summary.unchanged) == 1

    def refuse(files, _names):
        raise ReportError("A name.", "Take it out.")

    monkeypatch.setattr(all_of_it, "refuse_people", refuse)
    (folder / "mimika/2023-S2/cells.id.html").unlink()
    with pytest.raises(ReportError):
        all_of_it.whole(("mimika",), ("none",), ("round",), ("id",), "public", reports=tmp_path)
    assert not (folder / "mimika/2023-S2/cells.id.html").exists()


def test_reports_of_a_public_site_are_looked_at_as_they_end_and_only_the_clean_are_placed(tmp_path, monkeypatch):
    jobs = [Job("mimika", "2023-S2", lang, public=True) for lang in ("id", "en")]
    parts = {"html": b"<p>x</p>", "ipynb": b"{}", "drawn/a.svg": b"<svg><text>x</text></svg>"}

    def beside(todo, formats, workers, memory, timeout):
        assert (formats, workers) == (("html",), 3)
        for job in todo:
            files = {f"{job.stem}.{n}": d.replace(b"x", b"0812 3456 7890") if job.lang == "en" else d for n, d in parts.items()}
            kept = {n: "" for n in files if "drawn" not in n}
            yield Outcome(job, 1.0, "said"), files, {**asdict(job), "headline": "said", "outputs": kept, "sha256": "", "run": {}}

    monkeypatch.setattr(all_of_it, "beside", beside)
    told = []
    summary = all_of_it._public(jobs, tmp_path, 3, all_of_it._names, told=told.append)
    assert [o.job.lang for o in summary.made] == ["id"] and [o.job.lang for o in summary.failed] == ["en"] and len(told) == 2
    there = sorted(p.name for p in (tmp_path / "mimika/2023-S2").iterdir())
    assert there == ["round.id.html", "round.id.json"]
    entry = json.loads((tmp_path / "mimika/2023-S2/round.id.json").read_text("utf-8"))
    assert entry["outputs"] == {"round.id.html": sha256(parts["html"])} and entry["sha256"] == manifest_hash(entry)


def test_wrong_wishes_are_refused_before_anything_is_made(tmp_path):
    for wish in ({"profile": "secret"}, {"letters": ("2031-S1",)}, {"kinds": ("poem",)}, {"langs": ("fr",)}):
        with pytest.raises(Exception) as caught:
            all_of_it.whole(("mimika",), reports=tmp_path / "x", **{"letters": ("none",), **wish})
        assert caught.value.fact and not (tmp_path / "x").exists()


needs_browser = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium, Chrome or Edge is installed")
ONE_LAYOUT = "[...document.querySelectorAll('.picture')].every(p => [...p.children].filter(s => s.clientWidth > 0).length == 1)"
SEEN = [(name, width) for name in ("index.html", "mimika/2023-S2/cells.id.html") for width in gates.WIDTHS]
SEEN += [("mimika/2023-S2/round.id.html", 360), ("nasional/2023-S2/national.id.html", 360)]


@pytest.fixture(scope="module")
def browser():
    with gates.browser() as found:
        yield found


@needs_browser
@pytest.mark.browser
@pytest.mark.parametrize(("name", "width"), SEEN)
def test_in_a_browser_nothing_is_asked_from_outside_and_nothing_scrolls_sideways(browser, site, name, width):
    with gates.opened(browser, site / name, width) as (tab, seen, said):
        assert said == [] and all(u.startswith(("data:", site.as_uri())) for u in seen) and any(u.endswith("style.css") for u in seen)
        assert gates.scroll(tab, name, width) == [] and gates.pictures(tab, name) == []
        assert tab.evaluate("document.fonts.check('16px \"Source Sans Pro\"')")
        assert tab.evaluate(ONE_LAYOUT), "of each picture just one layout is seen"
        assert gates.axe(tab, name, rows=8) == []


@needs_browser
@pytest.mark.browser
def test_the_table_is_filtered_and_sorted_by_keys_and_stands_whole_without_scripts(browser, site):
    tab = browser.new_page()
    tab.goto((site / "index.html").as_uri())
    rows = "[...document.querySelectorAll('#regions tbody tr')].filter(r => !r.hidden).map(r => r.cells[0].textContent)"
    assert len(tab.evaluate(rows)) == 141
    tab.get_by_label("Cari daerah").fill("papua tengah")
    assert "Kabupaten Mimika" in tab.evaluate(rows) and len(tab.evaluate(rows)) < 5
    assert tab.locator("[role=status]").text_content() == f"{len(tab.evaluate(rows))} dari 141 daerah"
    tab.get_by_label("Cari daerah").fill("REGULER")
    tab.get_by_role("button", name="Di kelompoknya").focus()
    tab.keyboard.press("Enter")
    assert tab.evaluate(rows)[0] == "Kota Bandung", "the first of its cohort"
    assert tab.locator("th[aria-sort=ascending]").count() == 1
    tab.keyboard.press("Enter")
    ranked = tab.evaluate(rows)
    assert tab.locator("th[aria-sort=descending]").count() == 1 and ranked[0] != "Kota Bandung"
    absent = tab.evaluate("[...document.querySelectorAll('#regions tbody tr')].filter(r => !r.hidden).at(-1).textContent")
    assert "tidak ikut" in absent, "who did not take part is last in every order"
    tab.close()
    plain = browser.new_context(java_script_enabled=False)
    tab = plain.new_page()
    tab.goto((site / "index.html").as_uri())
    assert tab.locator("#regions tbody tr").count() == 141 and tab.locator("#regions input").count() == 0
    plain.close()
