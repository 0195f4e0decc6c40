"""Gates: every sample passes them, and every kind of damage is caught by the gate that is there for it."""

import base64
import json
import re
import tempfile
import warnings
from pathlib import Path

import batches
import pytest
from pages import CHROMIUM, FORMATS, SAMPLES, files, hollow, page, placed
from typer.testing import CliRunner

from scevaluation import place
from scevaluation.cli import app
from scevaluation.draw import style
from scevaluation.errors import ReportError
from scevaluation.place import BESIDE
from scevaluation.press import browser_gates as b
from scevaluation.press import colours, gates, notebook, proof
from scevaluation.press.jobs import Job
from scevaluation.words import words

slow = [pytest.mark.slow, pytest.mark.xdist_group("forms")]
in_browser = [
    *slow,
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium, Chrome or Edge is installed"),
]
POLICY = "default-src 'none'; img-src data:; font-src data:; style-src 'unsafe-inline'"
CSS = ":root{--ink:#16222D;--ink2:#44525F;--muted:#5F6D7A;--line:#123F5A;--up:#0067A3;--down:#B0440F;--flat:#66645F;--band:#EFF3F6}"
ALT = "Garis indeks gabungan tiap putaran, naik dari 50 ke 56 dari 100."
PAGE = f"""<!doctype html><html lang="id"><head><meta charset="utf-8"><title>x</title>
<meta http-equiv="Content-Security-Policy" content="{POLICY}"><style>{CSS}</style></head><body><main>
<h1>Naik <data value="1234.56" data-ref="INDEX|2024-S2|index|value">1.234,6</data> poin</h1>
<p>Turun <data value="-0.025" data-ref="CHANGE|2024-S2|index|official">0,03</data>, kelengkapan
<data value="0.704" data-ref="INDEX|2024-S2|index|coverage">70%</data></p>
<figure id="figure-a"><picture><img src="data:image/svg+xml;base64,AA==" alt="{ALT}"></picture></figure><img src="data:," alt="">
<a href="#a">isi</a><table data-table="INDEX"><tr data-key="2024-S2|index"><td data-column="value" data-value="1234.56">1.234,560</td>
<td data-column="coverage" data-value="0.704">0,704</td></tr></table>
<table data-table="CHANGE"><tr data-key="2024-S2|index"><td data-column="official" data-value="-0.025">\u22120,025</td></tr></table>
</main></body></html>"""


def broken(html: str) -> dict[str, list]:
    """What is broken by gate, of the gates that read the page."""
    return {name: found for name, gate in gates.OF_TEXT.items() if (found := gate(html))}


def test_a_small_whole_page_passes_every_gate():
    assert broken(PAGE) == {}


@pytest.mark.slow
@pytest.mark.xdist_group("forms")
@pytest.mark.parametrize("sample", SAMPLES, ids="-".join)
def test_every_sample_passes_and_carries_numbers_to_check(sample):
    html = page(*sample)
    assert broken(html) == {}
    assert html.count("data-ref=") >= 5


# One kind of damage a line: what is put in place of what, and the one gate that must see it.
DAMAGE = {
    "a changed figure": ("1.234,6</data>", "1.334,6</data>", "prose"),
    "a figure with a mark of the other language": ("1.234,6</data>", "1,234.6</data>", "prose"),
    "a changed value": ('data value="1234.56"', 'data value="1234.57"', "prose"),
    "a changed cell": ('data-value="1234.56"', 'data-value="1234.5"', "prose"),
    "a changed figure in the cell": ("1.234,560</td>", "1.234,460</td>", "prose"),
    "a sign turned": ("0,03</data>", "+0,03</data>", "prose"),
    "a per cent changed": ("70%</data>", "71%</data>", "prose"),
    "words instead of a figure": ("70%</data>", "tinggi</data>", "prose"),
    "a row taken out": ('data-key="2024-S2|index"', 'data-key="2024-S1|index"', "prose"),
    "a fact of a table that is not there": ("INDEX|2024-S2|index|coverage", "TREND|2024-S2|index|coverage", "prose"),
    "an alternative text removed": (f' alt="{ALT}"', "", "alt"),
    "an alternative text cut": (ALT, ALT[:39], "alt"),
    "an alternative text of blanks": (ALT, " " * 60, "alt"),
    "a decoration without its empty text": ('src="data:," alt=""', 'src="data:,"', "alt"),
    "a link": ('<a href="#a">', '<a href="https://example.org">', "external"),
    "a link that spells no scheme": ('<a href="#a">', "<a href=//example.org>", "external"),
    "a mail address": ('<a href="#a">', '<a href="mailto:a@example.org">', "external"),
    "a script": ("</main>", "<script>1</script></main>", "external"),
    "a picture of another host": ('src="data:,"', 'src="http://example.org/a.png"', "external"),
    "a style sheet": ("</head>", '<link rel=stylesheet href="a.css"></head>', "external"),
    "a font of another host": ("</style>", "@font-face{src:url(https://example.org/a.woff2)}</style>", "external"),
    "an import": ("<style>", "<style>@import 'a.css';", "external"),
    "a frame": ("</main>", "<iframe srcdoc=x></iframe></main>", "external"),
    "a way onward": ("</head>", '<meta http-equiv="refresh" content="0;url=a"></head>', "external"),
    "no policy": (f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">', "", "external"),
    "a policy that lets scripts run": (POLICY, POLICY + "; script-src *", "external"),
    "two megabytes": ("</main>", "x" * 2_000_000 + "</main>", "size"),
    "a pale text": ("--muted:#5F6D7A", "--muted:#8F9DAA", "contrast"),
    "a colour without a name": ("--muted:#5F6D7A;", "", "contrast"),
    "red for a fall beside grey": ("--down:#B0440F", "--down:#6B6A50", "hues"),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_damage_is_caught_by_its_gate_and_by_no_other(name):
    before, after, gate = DAMAGE[name]
    assert before in PAGE
    assert set(broken(PAGE.replace(before, after, 1))) == {gate}


@pytest.mark.slow
@pytest.mark.xdist_group("forms")
def test_damage_to_a_real_page_is_caught_too():
    html = page("mimika", "2023-S2")
    fact = re.search(r'(<data value="[^"]+" data-ref="[^"]+">)([^<]+)(</data>)', html)
    other = fact[1] + str(9 - int(fact[2].strip("\u2212+")[0])) + fact[2].strip("\u2212+")[1:] + fact[3]
    assert set(broken(html.replace(fact[0], other))) == {"prose"}
    picture = re.search(r'(<picture>.*?<img [^>]*?) alt="[^"]*"', html)
    assert [f.where for f in broken(html.replace(picture[0], picture[1]))["alt"]] == ["figure-history"]
    link = html.replace("</h1>", ' <a href="https://example.org">x</a></h1>')
    assert [f.where for f in broken(link)["external"]] == ['href="https://example.org']


def test_a_level_map_that_grows_lighter_is_caught(monkeypatch):
    monkeypatch.setattr(style, "LEVEL_MAP", style.LEVEL_MAP.reversed())
    found = gates.levels(PAGE)
    assert found and {f.gate for f in found} == {"levels"}


def test_every_finding_has_words_in_both_languages():
    for before, after, _ in DAMAGE.values():
        for rows in broken(PAGE.replace(before, after, 1)).values():
            assert all(words(lang).text(row.found) for lang in ("id", "en") for row in rows)
    for lang in ("id", "en"):
        assert all(words(lang).has("gate.name." + name) for name in proof.GATES)


# Colours, by published values.


def test_contrast_is_that_of_wcag():
    assert colours.contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert colours.contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.005)


def test_lab_is_that_of_the_standard():
    assert colours.lab(colours.linear("#FF0000")) == pytest.approx([53.24, 80.09, 67.20], abs=0.02)
    assert colours.distance("#000000", "#FFFFFF") == pytest.approx(100, abs=1e-4)


@pytest.mark.parametrize("sight", colours.MACHADO)
def test_the_colour_blind_see_greys_as_they_are(sight):
    assert colours.distance("#000000", "#FFFFFF", sight) == pytest.approx(100, abs=0.01)
    assert [sum(row) for row in colours.MACHADO[sight]] == pytest.approx([1, 1, 1], abs=2e-6)


def test_red_and_green_fall_together_for_two_kinds_of_sight_and_not_for_the_third():
    near = {s: colours.distance("#B40000", "#4E6B00", s) for s in colours.MACHADO}
    assert near["deutan"] < 25 < near["tritan"]


# The command.


def test_the_command_names_what_is_broken_and_fails(tmp_path):
    path = tmp_path / "a.html"
    path.write_text(PAGE, "utf-8")
    good = CliRunner().invoke(app, ["gate", "prose,alt", str(path), "--lang", "en"])
    assert good.exit_code == 0 and good.output.count("holds") == 2
    path.write_text(PAGE.replace("1.234,6<", "1.334,6<"), "utf-8")
    bad = CliRunner().invoke(app, ["gate", "prose,alt", str(path), "--lang", "en"])
    assert bad.exit_code == 1 and "INDEX|2024-S2|index|value: it reads 1.334,6, the cell is 1234.56" in bad.output


def test_an_unknown_gate_and_a_missing_page_are_clear_errors(tmp_path):
    with pytest.raises(ReportError, match="beauty is none of"):
        proof.run(("beauty",), tmp_path / "a.html")
    with pytest.raises(ReportError, match="cannot be read"):
        proof.run(("size",), tmp_path / "a.html")
    (tmp_path / "a.html").write_text(PAGE, "utf-8")
    with pytest.raises(ReportError, match="no manifest"):
        proof.run(("rebuild",), tmp_path / "a.html")


def test_a_browser_gate_says_what_is_missing(tmp_path, monkeypatch):
    (tmp_path / "a.html").write_text(PAGE, "utf-8")
    monkeypatch.setattr(b, "found_browser", lambda: None)
    with pytest.raises(ReportError, match="needs Chromium, Chrome or Edge"):
        proof.run(("scroll",), tmp_path / "a.html")
    monkeypatch.setitem(__import__("sys").modules, "playwright.sync_api", None)
    with pytest.raises(ReportError, match="laywright is not installed"):
        proof.run(("scroll",), tmp_path / "a.html")


@pytest.mark.slow
@pytest.mark.xdist_group("forms")
def test_a_report_made_again_is_the_same_and_a_changed_file_is_named(tmp_path):
    job = Job("mimika", "2023-S2")
    made = placed(tmp_path, job)[job]
    made.notebook.write_text(made.notebook.read_text("utf-8") + " ", "utf-8")
    assert [(f.gate, f.where) for f in proof.run(("rebuild",), made.page)["rebuild"]] == [("rebuild", "round.id.ipynb")]


# In a browser.


@pytest.fixture(scope="module")
def on():
    with b.browser() as opened:
        yield opened


def _gate(on, name: str, html: str, folder: Path) -> list[str]:
    """Keys of what a browser gate finds on a page at 360 px."""
    path = folder / "page.html"
    path.write_text(html, "utf-8")
    with b.opened(on, path, 360) as (tab, seen, said):
        checks = {
            "scroll": lambda: b.scroll(tab, "360 px", 360),
            "pictures": lambda: b.pictures(tab, "360 px"),
            "requests": lambda: b.requests(seen, said, "360 px"),
            "axe": lambda: b.axe(tab, "360 px"),
        }
        return sorted({f.found.key.removeprefix("gate.found.") for f in checks[name]()})


DOT = (
    "data:image/svg+xml;base64," + base64.b64encode(b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>').decode()
)
SMALL = (
    PAGE.replace("data:image/svg+xml;base64,AA==", DOT).replace("data:,", DOT).replace('<a href="#a">', '<a id="a" href="#a">')
)
IN_BROWSER = {
    "something wide": ("</main>", '<div style="width:900px">x</div></main>', "scroll", ["wide"]),
    "a picture that is none": (DOT, "data:image/png;base64,AA==", "pictures", ["pictures"]),
    "a picture that the policy stops": (
        "</main>",
        '<img src="http://127.0.0.1:9/a.png" alt=""></main>',
        "requests",
        ["console", "request"],
    ),
    "a script that the policy stops": ("</main>", "<script>1</script></main>", "requests", ["console"]),
    "a pale text": ("</main>", '<p style="color:#bbb">pucat sekali</p></main>', "axe", ["axe_violations"]),
    "a page without a language": (' lang="id"', "", "axe", ["axe_violations"]),
    "a text on a picture": (
        "</main>",
        f'<p style="background:url({DOT});color:#777">di atas gambar</p></main>',
        "axe",
        ["axe_incomplete"],
    ),
}


@pytest.mark.parametrize("name", [pytest.param(n, marks=in_browser) for n in IN_BROWSER])
def test_damage_that_only_a_browser_sees_is_caught(on, name, tmp_path):
    before, after, gate, found = IN_BROWSER[name]
    assert before in SMALL
    assert _gate(on, gate, SMALL, tmp_path) == []
    assert _gate(on, gate, SMALL.replace(before, after, 1), tmp_path) == found


@pytest.mark.parametrize("case", [pytest.param(0, marks=in_browser)])
def test_a_request_that_no_policy_stops_is_caught(on, case, tmp_path):
    html = SMALL.replace(POLICY, "").replace("</main>", '<img src="http://127.0.0.1:9/a.png" alt=""></main>')
    assert "request" in _gate(on, "requests", html, tmp_path)


A4_DAMAGE = {
    "a page one that is too long": ("</h1>", "</h1>" + "<p>x</p>" * 40, {"not_on_one", "not_on_two"}),
    "paper of another size": ("size:A4", "size:A5", {"paper"}),
    "a chapter on page one": (".chapter.newpage{break-before:page}", ".chapter.newpage{}", {"not_on_two"}),
    "no page number": ("@bottom-right{", "@bottom-none{", {"no_number"}),
}


@pytest.mark.parametrize("name", [pytest.param(n, marks=in_browser) for n in A4_DAMAGE])
def test_a_page_one_that_is_not_one_a4_is_caught(on, name, tmp_path):
    before, after, found = A4_DAMAGE[name]
    html, path = hollow(page("mimika", "2023-S2")), tmp_path / "page.html"
    html, cut = re.subn(r'<section class="part"><h3>[^<]*</h3><dl class="statement">.*?</section>', "", html, flags=re.DOTALL)
    assert cut == 1 and before in html  # without that page one has room left for the head of a chapter
    path.write_text(html.replace(before, after, 1), "utf-8")
    assert found <= {f.found.key.removeprefix("gate.found.") for f in b.a4(on, path)}


@pytest.mark.parametrize("case", [pytest.param(0, marks=in_browser)])
def test_a_page_whose_first_chapter_follows_on_page_one_is_whole(on, case, tmp_path):
    path = tmp_path / "page.html"
    path.write_text(SMALL.replace("</h1>", '</h1><section class="chapter"><h2>Bab</h2></section>', 1), "utf-8")
    assert "not_on_two" not in {f.found.key.removeprefix("gate.found.") for f in b.a4(on, path)}


@pytest.mark.parametrize("case", [pytest.param(0, marks=in_browser)])
def test_every_image_loads_in_a_jupyterlab_that_trusts_nothing_and_a_lost_one_is_counted(on, case, tmp_path):
    text = files("mimika", "2023-S2", "id", FORMATS)["round.id.ipynb"]
    good, bad = tmp_path / "round.id.ipynb", tmp_path / "bad.id.ipynb"
    good.write_text(text, "utf-8")
    note = json.loads(text)
    shown = [o["data"] for c in note["cells"] for o in c.get("outputs", ()) if "text/html" in o.get("data", {})]
    html = next(data for data in shown if "<picture>" in "".join(data["text/html"]))
    html["text/html"] = re.sub(r'(<img src=")[^"]+', r"\1data:image/png;base64,AA==", "".join(html["text/html"]), count=1)
    bad.write_text(json.dumps(note), "utf-8")
    with b.lab(tmp_path) as address:
        assert b.seen_in_lab(on, address, good) == []
        lost = b.seen_in_lab(on, address, bad)
    assert [f.found.key for f in lost] == ["gate.found.lab_images"]
    assert int(lost[0].found.places["of"]) - int(lost[0].found.places["n"]) == 1


@pytest.mark.parametrize("case", [pytest.param(0, marks=in_browser)])
def test_a_notebook_that_does_not_open_is_named(on, case, tmp_path, monkeypatch):
    monkeypatch.setattr(b, "SECONDS", 1)
    (tmp_path / "x.ipynb").write_text('{"cells": []}', "utf-8")
    (tmp_path / "x.html").write_text("<p>no JupyterLab</p>", "utf-8")
    found = b.seen_in_lab(on, (tmp_path / "x.html").as_uri(), tmp_path / "x.ipynb")
    assert [f.found.key for f in found] == ["gate.found.lab_closed"]


@pytest.mark.parametrize(
    ("text", "value", "right"),
    [
        (">99%", 0.9996, True),
        (">99%", 0.98, False),
        (">99%", 1.0, False),
        (">98%", 0.9996, False),
        (">99,9%", 0.9999, True),
        ("<1%", 0.002, True),
        ("<1%", 0.02, False),
        ("<1%", 0.0, False),
    ],
)
def test_nearly_all_and_nearly_none_are_what_they_round_to(text, value, right):
    assert gates._written(text, value, "id") == right


# what no report shows

USERS = "Users"  # apart, since no file may name a folder of a person
UNFIT = {
    "import warnings; warnings.warn('scores look odd')": "warning: .*scores look odd",
    "import sys; print('scores look odd', file=sys.stderr)": "warning: .*scores look odd",
    "import os; print(os.getcwd())": "a place on this machine: /",
    "from scevaluation.place import HOUSE\nHOUSE": "a place on this machine: ",
    "from IPython.display import HTML\nHTML('<p title=file:///srv/skor.csv>')": "a place on this machine: file:///srv/skor.csv",
    f"open('C:/{USERS}/ani/skor.csv') if False else None": f"a place on this machine: C:/{USERS}/ani/skor.csv",
}


def _run(folder: Path, body: str, engine: str, monkeypatch):
    monkeypatch.setitem(place.LAYERS, "notebooks", (folder,))
    batches.cook(folder, body)
    return notebook.run_notebook("2_round_report", {"programme": "contoh"}, engine)


@pytest.mark.parametrize("body", UNFIT)
def test_a_report_that_warns_or_names_a_place_on_this_machine_is_refused(body, tmp_path, monkeypatch):
    for kind in ("ignore", "default"):  # whatever this process shows, and each time
        with warnings.catch_warnings():
            warnings.simplefilter(kind)
            with pytest.raises(ReportError, match=r"2_round_report.ipynb, cell 4.*" + UNFIT[body]):
                _run(tmp_path, body, "inprocess", monkeypatch)


@pytest.mark.slow
@pytest.mark.parametrize("body", list(UNFIT)[1:3])
def test_so_it_is_where_a_kernel_runs_its_cells(body, tmp_path, monkeypatch):
    with pytest.raises(ReportError, match=UNFIT[body]):
        _run(tmp_path, body, "kernel", monkeypatch)


def test_addresses_and_relative_places_are_fit_to_show(tmp_path, monkeypatch):
    shown = f"print('data/programmes/contoh arsip/home/tmp/x dan/atau {'.' * 2}/reports')"
    assert shown in _run(tmp_path, shown, "inprocess", monkeypatch).cells[-1].source


def test_a_folder_named_in_somebodys_evidence_stops_no_report():
    text = f"bukti: C:\\{USERS}\\Budi\\bukti.pdf, file:///D:/arsip/a.pdf"
    assert gates.local({"source": "r.checks()", "outputs": [{"data": {"text/html": text}}]}) == ""
    assert gates.local({"source": f"open({text!r})", "outputs": []}) != ""


def test_the_folder_of_temporary_files_is_known_inside_a_batch_too(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / f"{BESIDE}1-a"))
    assert gates.local({"source": "1", "outputs": [{"text": f"{tmp_path}/skor.csv"}]}) == f"{tmp_path}/skor.csv"
