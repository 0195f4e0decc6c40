"""Ways out of a report: PDF, workbook, pictures, slides; each by what is in the file."""

import io
import re
import struct
import sys
import zipfile
from functools import cache
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from bs4 import BeautifulSoup
from pages import CHROMIUM, SAMPLES, files, hollow, page
from pypdf import PdfReader
from xlsxwriter.utility import xl_rowcol_to_cell

from scevaluation import __version__
from scevaluation.errors import ReportError
from scevaluation.issues import told
from scevaluation.press import pdf as pdf_module
from scevaluation.press import workbook as book
from scevaluation.press.browser_gates import first_page
from scevaluation.press.formats import further
from scevaluation.press.jobs import FORMATS, Job
from scevaluation.press.pdf import pdf
from scevaluation.press.slides import deck
from scevaluation.words import words

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("forms")]
needs_browser = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium, Chrome or Edge is installed")
MIMIKA = ("mimika", "2023-S2")
TEXT = "<!doctype html><html lang='id'><head><title>x</title></head><body><h1>Satu</h1><p>dua</p></body></html>"


@pytest.fixture(scope="module")
def made():
    return files(*MIMIKA, "id", FORMATS)


@pytest.fixture(scope="module")
def printed(made):
    return PdfReader(io.BytesIO(made["round.id.pdf"]))


# PDF


def test_the_pdf_is_tagged_and_says_its_language_and_title(printed):
    root = printed.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] and root["/StructTreeRoot"] and root["/Lang"] == "id"
    assert "Mimika" in printed.metadata.title


def test_every_font_is_embedded(printed):
    fonts = [f.get_object() for p in printed.pages for f in p["/Resources"]["/Font"].values()]
    below = [d.get_object()["/FontDescriptor"] for f in fonts for d in f.get("/DescendantFonts", [f])]
    assert len(below) >= 3 and all({"/FontFile2", "/FontFile3"} & set(d) for d in below)


def test_every_page_is_a4_names_its_report_and_number_and_holds_no_raster_image(printed):
    count = len(printed.pages)
    for n, p in enumerate(printed.pages, 1):
        assert [round(float(v)) for v in p.mediabox[2:]] == [595, 842]
        assert f"{n}/{count}" in p.extract_text()
        assert f"Mimika \u00b7 Semester II 2023 \u00b7 dibuat dengan scevaluation {__version__}" in p.extract_text()
        forms = [x.get_object() for x in p["/Resources"].get("/XObject", {}).values()]
        assert [f for f in forms if f["/Subtype"] == "/Image"] == []


def test_the_same_small_page_prints_to_the_same_bytes():
    small = TEXT.replace("<p>dua</p>", "<h2>Tiga</h2><table><tr><th>a</th><td>1,5</td></tr></table>")
    assert pdf(small) == pdf(small)


@pytest.mark.long
def test_the_same_page_prints_to_the_same_bytes(made):
    assert pdf(made["round.id.html"]) == made["round.id.pdf"]


@pytest.mark.parametrize("sample", [pytest.param(SAMPLES[0], marks=pytest.mark.long), SAMPLES[1]], ids="-".join)
def test_page_one_is_one_a4_and_no_picture_is_cut_or_lost(sample):
    import weasyprint

    html = hollow(page(*sample))
    printing = weasyprint.HTML(string=html, media_type="print")
    pdf_module._prune(printing.etree_element)
    document = printing.render()
    assert first_page(document.write_pdf(), html) == []
    drawn = 0
    for sheet in document.pages:
        for box in sheet._page_box.descendants():
            if box.element_tag == "img" and box.height > 60:  # a chart's picture; marks and strips are lower
                drawn += 1
                assert box.position_y >= 0 and box.position_y + box.height <= sheet.height - 14 / 25.4 * 96 + 1
                assert box.position_x + box.width <= sheet.width
    assert drawn == len(BeautifulSoup(html, "html.parser").select("picture img"))


@needs_browser
@pytest.mark.browser
def test_page_one_has_room_for_doubts_beside_the_first_steps():
    """Two of the length they have, with the names of their indicators."""
    html, said = hollow(page(*SAMPLES[0])), "Skor 1,5 (Jalan kabupaten dalam kondisi mantap) jauh di luar riwayat indikatornya, 2,44–3,05. "
    doubt = f'<p class="doubt"><b>Periksa datanya terlebih dahulu.</b> {said * 2}<a href="#quality">Lihat bab Mutu data.</a></p>'
    basis = re.search(r'<p class="basis">.*?</p>', html)
    assert basis and 'class="doubt"' not in html and first_page(pdf(html.replace(basis[0], basis[0] + doubt)), html) == []


@pytest.mark.parametrize("asks", ['<img alt="" src="https://example.org/a.png">', "<style>p{background:url(//example.org/b)}</style>"])
def test_a_page_that_asks_for_something_outside_is_refused_not_printed_without_it(asks):
    with pytest.raises(ReportError, match=r"outside itself: .*example\.org"):
        pdf(TEXT.replace("<p>", asks + "<p>"))


FOLDED = (
    "<!DOCTYPE html><html lang='id'><head><title>x</title><style>{css}</style></head><body><main>"
    "<section class='part long items'><details><summary>Kesehatan</summary><table class='items'><tr><td>SATU</td></tr></table>"
    "</details></section>"
    "<details><summary>Angka</summary><p>DUA</p></details></main></body></html>"
)


@pytest.mark.parametrize("way", ["weasyprint", pytest.param("browser", marks=[needs_browser, pytest.mark.browser])])
def test_the_folded_table_of_items_is_printed_and_other_folded_tables_are_not(way, monkeypatch):
    monkeypatch.setattr(pdf_module, *(("_weasyprint", lambda: None) if way == "browser" else ("browser", lambda: None)))
    css = (Path(pdf_module.__file__).parent / "page" / "page.css").read_text("utf-8")
    text = PdfReader(io.BytesIO(pdf(FOLDED.replace("{css}", css)))).pages[0].extract_text()
    assert "Kesehatan" in text and "SATU" in text and "DUA" not in text


def test_without_a_browser_weasyprint_prints_and_what_is_not_printed_changes_nothing(monkeypatch):
    monkeypatch.setattr(pdf_module, "browser", lambda: None)
    html = hollow(page(*MIMIKA))
    data = pdf(html)
    assert first_page(data, html) == []
    assert PdfReader(io.BytesIO(data)).trailer["/Root"]["/MarkInfo"]["/Marked"]
    monkeypatch.setattr(pdf_module, "_prune", lambda page: None)
    assert pdf(html) == data


def test_where_a_browser_fails_weasyprint_prints(monkeypatch):
    monkeypatch.setattr(pdf_module, "browser", lambda: sys.executable)
    assert PdfReader(io.BytesIO(pdf(TEXT))).pages[0].extract_text().split() == ["Satu", "dua"]


PRINTED = b"""%PDF-1.4
1 0 obj
<</Title (\\(x\\))
/Creator (Mozilla/5.0 \\(X11\\) Chrome)
/CreationDate (D:20261130220001+07'00')
/ModDate (D:20261130220002-03'30')>>
endobj
9 0 obj
<</Headers [(node00000119) (node00000117)]>>
(D:20261130220001+07'00')
"""


def test_a_browsers_time_machine_and_first_number_are_taken_out_and_every_place_stays():
    said = pdf_module.steady(PRINTED)
    assert len(said) == len(PRINTED) and [m.start() for m in re.finditer(b"obj", said)] == [m.start() for m in re.finditer(b"obj", PRINTED)]
    assert b"/Creator (scevaluation  " in said and b"Mozilla" not in said and b"(\\(x\\))" in said
    assert said.count(b"(D:19800101000000+00'00')") == 2 and b"(node00000001) (node00000000)" in said
    other = PRINTED.replace(b"220001+07", b"230101+07", 1).replace(b"(node0000011", b"(node0000123")
    assert pdf_module.steady(other) == said


def test_a_browsers_properties_hold_nothing_of_the_machine(printed):
    said = {k: v for k, v in (printed.metadata or {}).items() if k not in ("/Title", "/Producer")}
    assert {str(v).strip() for v in said.values()} <= {"scevaluation", "D:19800101000000+00'00'"}
    assert printed.outline  # headings are bookmarks


def test_a_browser_that_prints_nothing_is_named(monkeypatch):
    monkeypatch.setattr(pdf_module, "_weasyprint", lambda: None)
    monkeypatch.setattr(pdf_module, "browser", lambda: sys.executable)
    with pytest.raises(ReportError, match="printed nothing"):
        pdf(TEXT)


def test_with_neither_the_reader_is_told_how_to_print(monkeypatch):
    monkeypatch.setattr(pdf_module, "_weasyprint", lambda: None)
    monkeypatch.setattr(pdf_module.shutil, "which", lambda name: None)
    monkeypatch.setattr(pdf_module, "PLACES", ())
    with pytest.raises(ReportError, match="Nothing on this machine makes PDF") as caught:
        pdf(TEXT)
    assert "print it to PDF on A4" in caught.value.remedy
    fact, remedy = told(caught.value, words("id"))
    assert fact.startswith("Tidak ada yang dapat membuat PDF") and "cetak ke PDF di A4" in remedy


def test_weasyprint_without_its_libraries_counts_as_absent(monkeypatch):
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    assert pdf_module._weasyprint() is None


# workbook

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def _parts(data: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(data)) as z:
        return {n: z.read(n).decode("utf-8") for n in z.namelist()}


@cache
def _sheets(data: bytes) -> dict[str, dict[str, str | float]]:
    """Cells by sheet and place: text as text, numbers as numbers."""
    parts = _parts(data)
    shared = ["".join(t.text or "" for t in s.iter(f"{MAIN}t")) for s in ET.fromstring(parts["xl/sharedStrings.xml"])]
    names = [s.get("name") for s in ET.fromstring(parts["xl/workbook.xml"]).iter(f"{MAIN}sheet")]
    out = {}
    for n, name in enumerate(names, 1):
        cells = ET.fromstring(parts[f"xl/worksheets/sheet{n}.xml"]).iter(f"{MAIN}c")
        found = {c.get("r"): (c.get("t"), c.find(f"{MAIN}v")) for c in cells}
        out[name] = {r: shared[int(v.text)] if t == "s" else float(v.text) for r, (t, v) in found.items() if v is not None}
    return out


@pytest.fixture(scope="module")
def contoh():
    return book.workbook(Job("contoh", "2024-S2", "id"), words("id"))


def test_numbers_are_numbers_and_missing_ones_are_empty_cells(contoh):
    frames, names, _ = book.tables(Job("contoh", "2024-S2", "id"))
    w, sheets = words("id"), _sheets(contoh)
    for name, frame in frames.items():
        cells = sheets[w("xlsx.sheet." + name.lower())]
        columns = list(book.CONTRACTS[name].columns)
        place = next((columns.index(c) for c in ("node", "indicator") if c in columns), None)
        shown = columns if place is None else [*columns[: place + 1], "name", *columns[place + 1 :]]
        for column in (c for c in columns if book.CONTRACTS[name].columns[c].dtype in ("float", "int")):
            letter = xl_rowcol_to_cell(0, shown.index(column)).rstrip("1")
            written = [cells.get(f"{letter}{r}", float("nan")) for r in range(3, len(frame) + 3)]
            np.testing.assert_allclose(written, frame[column].astype(float), rtol=1e-15, err_msg=f"{name} {column}")
    assert frames["SCORES"]["score"].isna().any() and names


def test_every_sheet_of_rows_has_headers_units_and_frozen_panes(contoh):
    sheets, parts = _sheets(contoh), _parts(contoh)
    for n, (name, cells) in enumerate(sheets.items(), 1):
        if n > 1:
            assert cells["A1"] and 'state="frozen"' in parts[f"xl/worksheets/sheet{n}.xml"], name
    trend = sheets["Tren"]
    units = {trend[r]: trend.get(r.replace("1", "2")) for r in trend if re.fullmatch(r"[A-Z]+1", r)}
    assert units["Laju"] == "poin setahun (0\u2013100)" and units["Peluang naik"] == "proporsi (0\u20131)"
    assert sheets["Kesepakatan asesor"].get("H2", "") == ""  # the interval of alpha has no unit


@pytest.mark.parametrize("lang", ["id", "en"])
def test_a_workbook_of_an_own_questionnaire_has_no_word_of_the_ministrys(lang):
    words_ = re.compile(r"resmi|terbit|kementerian|surat|peserta|official|published|ministry|letter|participant", re.IGNORECASE)
    own, theirs = (_sheets(book.workbook(Job(*at, lang), words(lang))) for at in (("contoh", "2024-S2"), ("mimika", "2023-S2")))
    heads = {name: [v for r, v in cells.items() if re.fullmatch(r"[A-Z]+1", r)] for name, cells in own.items()}
    assert not {(name, h) for name, found in heads.items() for h in found if words_.search(str(h))}
    assert any("Official change" in c.values() or "Perubahan resmi" in c.values() for c in theirs.values())


def test_a_small_line_stands_in_every_row_of_the_history(contoh):
    xml = _parts(contoh)["xl/worksheets/sheet2.xml"]
    assert xml.count("<x14:sparkline>") == 6 and "'Riwayat'!C3:Q3" in xml


def test_items_people_and_surveys_have_sheets_with_headers_in_words(contoh):
    sheets = _sheets(contoh)
    assert {"Indikator", "Potensi kenaikan", "OPD dan sektor", "Rekomendasi", "Survei"} <= set(sheets)
    assert "Jumlah responden" in sheets["Survei"].values() and "Jumlah daerah" not in sheets["Survei"].values()


EVIL = ("=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "=HYPERLINK(\"http://example.org\",\"x\")", "http://example.org/a", "\t=1")


def test_nothing_a_cell_holds_becomes_a_formula_or_a_link(monkeypatch):
    frames, names, e = book.tables(Job("mimika", "2023-S2", "id"))
    rows = frames["SCORES"].iloc[[-1] * len(EVIL)].assign(evidence=EVIL, source=EVIL, agency=EVIL)
    held = {**frames, "SCORES": rows}
    monkeypatch.setattr(book, "tables", lambda job: (held, dict.fromkeys(names, "=2+2"), e))
    data = book.workbook(Job("mimika", "2023-S2", "id"), words("id"))
    parts, sheet = _parts(data), _sheets(data)["Skor"]
    assert not any("<f>" in t or "<f " in t or "hyperlink" in t.lower() for n, t in parts.items() if "worksheets" in n)
    assert not [n for n in parts if "externalLink" in n or "connections" in n or "vba" in n.lower()]
    assert set(EVIL) <= set(sheet.values()) and "=2+2" in sheet.values()


def test_the_same_tables_give_the_same_workbook(made):
    assert book.workbook(Job(*MIMIKA, "id"), words("id")) == made["round.id.xlsx"]


def test_libreoffice_opens_the_workbook(contoh, tmp_path, soffice):
    (tmp_path / "a.xlsx").write_bytes(contoh)
    soffice("csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,3", tmp_path, tmp_path / "a.xlsx")
    lines = next(tmp_path.glob("*.csv")).read_text("utf-8").splitlines()
    assert lines[0].startswith("Kode wilayah,") and len(lines) == len({r for r in _sheets(contoh)["Indeks"] if r.startswith("A")})


@pytest.mark.parametrize("lang", ["id", "en"])
def test_the_workbook_of_all_regions_holds_the_letter(lang):
    job, w = Job("nasional", "2023-S2", lang, "national"), words(lang)
    frames, _, nation = book.national_tables(job)
    sheets = _sheets(book.workbook(job, w))
    assert list(sheets) == [w("xlsx.about"), *(w("xlsx.sheet." + n) for n in ("regions", "cohorts", "spread", "pairs", "groups"))]
    regions = sheets[w("xlsx.sheet.regions")]
    head = {v: re.sub(r"\d", "", r) for r, v in regions.items() if re.fullmatch(r"[A-Z]+1", r)}
    row = next(r[1:] for r, v in regions.items() if v == "94.04" and r.startswith("A"))
    assert regions[head[w("col.value")] + row] == 2.47 and regions[head[w("col.name")] + row] == "Kabupaten Mimika"
    absent = nation.regions["status"].eq("did_not_take_part")
    index = [regions.get(f"{head[w('col.value')]}{r}") for r in range(3, len(frames["REGIONS"]) + 3)]
    assert absent.sum() == 11 and [v is None for v in index] == absent.tolist()
    assert all(regions.get(column + "1") for column in head.values()) and nation.letter[f"label_{lang}"] in sheets[w("xlsx.about")].values()


# pictures and slides


def _pictures(made, ending: str) -> dict[str, bytes | str]:
    return {n.removesuffix(ending): d for n, d in made.items() if ".figures/" in n and n.endswith(ending)}


def test_every_picture_of_the_page_comes_as_svg_and_png_of_one_name(made):
    svg, png = _pictures(made, ".svg"), _pictures(made, ".png")
    soup = BeautifulSoup(made["round.id.html"], "html.parser")
    shown = {f["id"].removeprefix("figure-") for f in soup.select("figure.chart") if f.select_one("picture")}
    assert {n.rpartition("/")[2] for n in svg} == shown and set(png) == set(svg)


def test_a_png_is_180_mm_wide_at_300_dots_an_inch(made):
    for name, data in _pictures(made, ".png").items():
        assert data[:8] == b"\x89PNG\r\n\x1a\n"
        assert abs(struct.unpack(">I", data[16:20])[0] - 2126) <= 1, name
        at = data.index(b"pHYs")
        assert struct.unpack(">IIB", data[at + 4 : at + 13]) == (11811, 11811, 1)


def test_an_svg_says_its_size_and_is_whole(made):
    for text in _pictures(made, ".svg").values():
        assert ET.fromstring(text).get("viewBox").startswith("0 0 510.48")


def test_pictures_of_no_report_are_an_error(monkeypatch):
    import papermill  # noqa: F401  what imports the engine, and so must come before it

    from scevaluation.press.kernels import InProcessEngine

    monkeypatch.setattr(InProcessEngine, "shown", [])
    with pytest.raises(ReportError, match="not at hand"):
        further(Job(*MIMIKA, "id"), TEXT, ("figures",), words("id"))


def test_the_deck_has_a_page_for_the_headline_and_one_for_every_figure(made):
    soup = BeautifulSoup(made["round.id.html"], "html.parser")
    shown = [f for f in soup.select("figure.chart") if f.select_one("picture, table.scorecard")]
    reader = PdfReader(io.BytesIO(made["round.id.slides.pdf"]))
    assert len(reader.pages) == len(shown) + 1
    for sheet in reader.pages:
        assert [round(float(v)) for v in sheet.mediabox[2:]] == [960, 540]
    for figure, sheet in zip(shown, reader.pages[1:], strict=True):
        title = re.sub(r"\s", "", figure.find(re.compile("h[1-4]")).get_text())
        assert title[:40] in re.sub(r"\s", "", sheet.extract_text())


OVER = """() => [...document.querySelectorAll(".slide")].flatMap((slide, n) => {
  const box = slide.getBoundingClientRect(), foot = slide.querySelector(".foot");
  const end = foot ? foot.getBoundingClientRect().top : box.bottom;
  return [...slide.querySelectorAll("*")].filter(e => !e.closest(".visually-hidden") && !e.closest(".foot")).filter(e => {
    const r = e.getBoundingClientRect();
    return r.width && (r.left < box.left - 1 || r.right > box.right + 1 || r.top < box.top - 1 || r.bottom > end + 1);
  }).map(e => `${n + 1} ${e.tagName} ${e.className}`);
})"""


@needs_browser
@pytest.mark.browser
def test_nothing_leaves_its_slide_or_lies_on_the_foot(tmp_path):
    from scevaluation.press.browser_gates import browser

    with browser() as on:
        for sample in SAMPLES:
            path = tmp_path / "deck.html"
            path.write_text(deck(page(*sample), words("id")), "utf-8")
            tab = on.new_page(viewport={"width": 1280, "height": 720})
            tab.emulate_media(media="print")
            tab.goto(path.as_uri())
            assert tab.evaluate(OVER) == [], sample
            tab.evaluate("document.querySelector('.slide h2').style.paddingTop = '9in'")
            assert tab.evaluate(OVER) != []
            tab.close()


def test_an_unknown_format_is_refused_before_anything_runs():
    from scevaluation.press.report import report_files

    with pytest.raises(ReportError, match="docx is none of: html"):
        report_files(Job(*MIMIKA, "id"), "inprocess", ("html", "docx"))
