"""The preview of a form: what is seen, what was read, and why where the two differ, each at its cell."""

import io
import re
from functools import partial
from pathlib import Path

import pytest
import xlsxwriter
from bs4 import BeautifulSoup
from desk_data import AGENCY, COVER, PATHS, ROUND, desk_programme, good_rows, xlsx
from typer.testing import CliRunner

from scevaluation.cli import app
from scevaluation.desk import files
from scevaluation.errors import IntakeError
from scevaluation.intake.marks import KINDS, Spot, spot_of
from scevaluation.intake.reading import read
from scevaluation.issues import sentence
from scevaluation.place import NOTEBOOKS
from scevaluation.press import colours, gates, proof
from scevaluation.press.fonts import page_css
from scevaluation.press.preview import preview_css, preview_page, previews, write_preview
from scevaluation.press.preview_table import SIGNS, colour_name
from scevaluation.words import words

BAD = sorted((Path(__file__).parent / "bad" / "files").iterdir())
ID, EN = words("id"), words("en")
MARKS = str.maketrans({",": ".", "\u2212": "-"})


@pytest.fixture
def plan(tmp_path):
    return desk_programme(tmp_path / "programme")


def _formatted(tmp_path) -> Path:
    """A form whose cells say more than their values: percentage, rounded, struck out, comment, colour, hidden, total."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        cover, sheet = book.add_worksheet("Sampul"), book.add_worksheet("Skor")
        for r, row in enumerate(COVER):
            cover.write_row(r, 0, row)
        rows = good_rows()
        for r, row in enumerate(rows):
            for c, value in enumerate(row):
                if value is not None:
                    sheet.write(r, c, value)
        sheet.write("D2", 0.75, book.add_format({"num_format": "0%"}))
        sheet.write("D3", 2, book.add_format({"font_strikeout": True}))
        sheet.write("D4", 2.5, book.add_format({"num_format": "0"}))
        sheet.write_comment("D5", "lihat <b>lampiran</b>")
        sheet.write("D6", 3.25, book.add_format({"bg_color": "#FFFF00"}))
        sheet.set_row(5, None, None, {"hidden": True})
        sheet.write_row("A7", ["Rata-rata", "", "", 2.95])
    path = tmp_path / "form.xlsx"
    path.write_bytes(out.getvalue())
    return path


def _page(path, plan, w=EN):
    reading = read(path, plan, ROUND)
    return reading, BeautifulSoup(preview_page(reading, w), "html.parser")


def _at(soup, place: str) -> str:
    return " ".join(soup.find(id=place).get_text(" ").split())


def _kind(soup, place: str) -> str:
    return next(k for k in KINDS if k in soup.find(id=place)["class"])


def test_a_percentage_shows_what_is_seen_what_was_taken_and_why(tmp_path, plan, monkeypatch):
    instrument = plan.instrument(ROUND)
    scale = instrument.scale.model_copy(update={"low": 0, "high": 100, "step": None})
    monkeypatch.setattr(type(plan), "instrument", lambda self, name: instrument.model_copy(update={"scale": scale}))
    _, soup = _page(_formatted(tmp_path), plan)
    assert soup.find(id="D2").find(class_="seen").text == "75%"
    assert soup.find(id="D2").find(class_="got").text == "read: 75"
    assert "per cent read as the number shown" in _at(soup, "D2") and "written: 0.75 (0%)" in _at(soup, "D2")
    assert _kind(soup, "D2") == "changed"


def test_a_percentage_on_another_scale_stops_and_nothing_is_said_to_be_taken(tmp_path, plan):
    reading, soup = _page(_formatted(tmp_path), plan)
    assert _kind(soup, "D2") == "stopped" and soup.find(id="D2").find(class_="got") is None
    assert soup.find(id="D2").find(class_="seen").text == "75%"
    assert "cannot be taken yet: 2 errors" in soup.find(class_="lede").text and len(reading.errors) == 2


def test_what_is_struck_out_looks_so_and_says_so(tmp_path, plan):
    _, soup = _page(_formatted(tmp_path), plan)
    assert soup.find(id="D3").find("s").text == "2" and _kind(soup, "D3") == "stopped" and "struck out" in _at(soup, "D3")


def test_a_rounded_number_names_the_number_that_was_taken(tmp_path, plan):
    _, soup = _page(_formatted(tmp_path), plan, ID)
    assert soup.find(id="D4").find(class_="seen").text == "3" and soup.find(id="D4").find(class_="got").text == "dibaca: 2,5"
    assert _kind(soup, "D4") == "changed" and "menurut format" in _at(soup, "D4")


def test_comment_colour_and_hidden_row_stand_beside_their_cells(tmp_path, plan):
    _, soup = _page(_formatted(tmp_path), plan)
    assert _kind(soup, "D5") == "taken" and "comment not read: lihat <b>lampiran</b>" in _at(soup, "D5")
    assert "colour not read: yellow" in _at(soup, "D6") and soup.find(id="D6").find(class_="swatch")
    assert "Hidden row." in _at(soup, "row6") and "Hidden row." not in _at(soup, "row5")


def test_a_row_of_totals_is_marked_as_left_out_with_its_reason(tmp_path, plan):
    _, soup = _page(_formatted(tmp_path), plan)
    assert "row of totals" in _at(soup, "row7") and _kind(soup, "row7") == "unread" == _kind(soup, "D7")
    assert soup.find(id="D7").find(class_="got") is None


def test_every_column_says_what_it_was_read_as(tmp_path, plan):
    rows = good_rows()
    rows = [[*row, extra] for row, extra in zip(rows, ["Catatan", *["ok"] * 5], strict=True)]
    path = tmp_path / "form.xlsx"
    path.write_bytes(xlsx({"Sampul": COVER, "Skor": rows}))
    _, soup = _page(path, plan)
    said = [td.get_text(" ").split()[-1] for td in soup.select(".read-as td")]
    assert said == ["indicator", "code", "agency", "score", "status", "evidence", "quality", "read"]
    assert _kind(soup, "H2") == "unread" and _kind(soup, "A2") == "taken"


@pytest.mark.parametrize(("path", "w"), [(p, (ID, EN)[n % 2]) for n, p in enumerate(BAD)], ids=lambda v: getattr(v, "name", None) or v.lang)
def test_all_that_was_logged_or_is_wrong_stands_at_its_cell_and_every_score_appears(plan, path, w):
    try:
        reading, soup = _page(path, plan, w)
    except IntakeError:
        return
    main = reading.grid.sheet
    place = partial(_name, main=main)
    for row in reading.log:
        spot = spot_of(row["cell"])
        if spot.row >= 0:
            found = soup.find(id=place(spot)) if main else soup.find(id=place(spot)).find_parent("tr")
            assert w("desk.why." + row["why"]) in found.get_text(), row
        else:
            assert w("desk.why." + row["why"]) in soup.get_text(), row
    listed = soup.find(class_="asked").get_text() if reading.issues else ""
    for one in reading.issues:
        spot = spot_of(one["cell"])
        assert sentence(one, w, False) in listed
        if spot.row >= 0:
            found = soup.find(id=place(spot)) if main else soup.find(id=place(spot)).find_parent("tr")
            assert sentence(one, w, False) in found.get_text(), one
            assert soup.find("a", href="#" + place(spot)), one
    for row in (r for r in reading.rows if r["score"] is not None):
        found = soup.find(id=place(spot_of(row["cell"])))
        text = (found if main else found.find_parent("tr")).get_text(" ")
        assert row["score"] in {float(n.translate(MARKS)) for n in re.findall(r"[-\u2212]?\d+(?:[.,]\d+)?", text)}, row


def _name(spot: Spot, main: str) -> str:
    if not main:
        return f"line{spot.row + 1}" + (f"-{spot.column + 1}" if spot.column >= 0 else "")
    front = "" if spot.sheet == main else "cover-"
    return f"{front}{chr(65 + spot.column) if spot.column >= 0 else 'row'}{spot.row + 1}"


def _counts(soup) -> dict[str, int]:
    labels = {EN("preview.count." + k): k for k in KINDS}
    return {labels[li.get_text().split(" ", 1)[1]]: int(li.b.text.replace(",", "")) for li in soup.select(".counts li")}


def test_counts_are_those_of_the_form(tmp_path, plan):
    _, soup = _page(_formatted(tmp_path), plan)
    assert _counts(soup) == {"taken": 3, "changed": 1, "unread": 3, "stopped": 2, "warned": 0, "noted": 5}


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "=cmd|' /C calc'!A0",
    "</td></table><h1>x",
    "\u202eabc\x07",
]


def test_hostile_text_stands_as_text(tmp_path, plan):
    rows = good_rows()
    for row, text in zip(rows[1:], HOSTILE, strict=True):
        row[5] = text.replace("\x07", "")
    path = tmp_path / "a<b>&.xlsx"
    path.write_bytes(xlsx({"Sampul": COVER, "Skor": rows, "<i>x<i>": [["a"]]}))
    reading = read(path, plan, ROUND)
    html = preview_page(reading, EN)
    soup = BeautifulSoup(html, "html.parser")
    assert not soup.find(["script", "img", "i"], class_=False) and len(soup.find_all("h1")) == 1 and "\u202e" not in html
    assert (
        soup.find(id="F2").find(class_="seen").text == HOSTILE[0] and soup.find(id="F4").find(class_="seen").text == HOSTILE[2]
    )
    assert gates.external(html) == []


def test_of_many_rows_those_with_marks_come_first_and_the_rest_is_counted(tmp_path, plan):
    nodes = [p for p, n in plan.instrument(ROUND).nodes.items() if not n.children]
    lines = [f"{nodes[n % len(nodes)]},dinas-kesehatan,assessor:A{n},3,scored,," for n in range(1000)]
    lines[900] = f"{nodes[0]},dinas-kesehatan,assessor:X,9,scored,,"
    path = tmp_path / "banyak.csv"
    path.write_text("indicator,agency,source,score,status,evidence,quality\n" + "\n".join(lines) + "\n")
    reading, soup = _page(path, plan)
    rows = soup.select("table.sheet tbody tr")
    shown = [r for r in rows if r.th and r.th.get("id")]
    assert "outside" in _at(soup, "line902") and soup.find(id="line901") is None
    plain = len(shown) - 1 - sum(_marked(reading, r) for r in shown)
    marked = {spot_of(i["cell"]).row for i in reading.issues if spot_of(i["cell"]).row >= 0}
    assert len(shown) == 301 and f"{1000 - len(marked) - plain} rows without marks are not shown." in soup.get_text()
    gaps = sum(int(r.get_text().split()[0]) for r in rows if r.get("class") == ["gap"])
    assert gaps == 700 and _counts(soup)["taken"] == 1000


def _marked(reading, row) -> bool:
    return int(row.th["id"].removeprefix("line")) - 1 in {spot_of(i["cell"]).row for i in reading.issues}


def test_rows_of_a_rounds_own_table_stand_at_their_own_lines(tmp_path, plan):
    table = plan.folder / "rounds" / f"{ROUND}.csv"
    head = "indicator,agency,source,score,status,evidence,quality,file,cell\n"
    table.write_text(
        head + f"{PATHS[0]},{AGENCY},self,3,scored,,,form.xlsx,Skor!D2\n{PATHS[1]},{AGENCY},self,9,scored,,,form.xlsx,Skor!D3\n"
    )
    reading, soup = _page(table, plan)
    assert [r["cell"] for r in reading.rows] == ["Skor!D2", "Skor!D3"]
    assert _kind(soup, "line2-4") == "taken" and "outside" in _at(soup, "line3") and soup.find("a", href="#line3")


@pytest.mark.parametrize(
    ("fill", "name"),
    [("FFFF00", "yellow"), ("FF0000", "red"), ("00B050", "green"), ("0070C0", "blue"), ("7030A0", "purple"), ("FFC000", "orange"),
     ("D9D9D9", "grey"), ("000000", "black"), ("FFFFFF", "white"), ("FF66CC", "pink"), ("theme", "other")],
)  # fmt: skip
def test_a_colour_has_a_plain_name(fill, name):
    assert colour_name(fill) == name and EN.has("preview.colour." + name)


def test_every_kind_has_a_sign_of_its_own_and_text_stands_out_from_every_ground():
    assert len(set(SIGNS.values())) == len(KINDS) == len(SIGNS)
    grounds = re.findall(r"background:(#[0-9A-F]{6})", preview_css())
    held = dict(re.findall(r"--(\w+):(#[0-9A-Fa-f]{6})", page_css()))
    assert len(grounds) == 4
    assert all(colours.contrast(held[t], g) >= 4.5 for t in ("ink", "ink2") for g in grounds)


def test_a_page_is_written_whole_and_passes_the_gates_of_text(tmp_path, plan):
    path = write_preview(read(_formatted(tmp_path), plan, ROUND), tmp_path / "out", "id")
    assert re.fullmatch(r"form-[0-9a-f]{8}\.id\.html", path.name)
    assert not any(proof.run(tuple(gates.OF_TEXT), path).values())
    html = path.read_text("utf-8")
    assert html == preview_page(read(tmp_path / "form.xlsx", plan, ROUND), ID)


@pytest.mark.browser
def test_a_browser_finds_nothing_wrong_on_phone_and_desk(tmp_path, plan):
    pytest.importorskip("playwright.sync_api")
    path = write_preview(read(_formatted(tmp_path), plan, ROUND), tmp_path / "out", "en")
    assert not any(proof.run(("requests", "axe", "scroll"), path).values())


def test_previews_take_nothing_and_name_what_is_no_table(tmp_path, plan):
    good, junk = tmp_path / "baik.xlsx", tmp_path / "rusak.xlsx"
    good.write_bytes(xlsx({"Sampul": COVER, "Skor": good_rows()}))
    junk.write_bytes(b"PK\x03\x04 nothing")
    before = sorted(plan.folder.rglob("*"))
    lines, whole = previews([good], plan, ROUND, tmp_path / "out", "en")
    assert whole and Path(lines[0]).is_file() and lines[-1] == "Nothing was taken in."
    rows = good_rows()
    rows[1][3] = 7
    (wrong := tmp_path / "salah.xlsx").write_bytes(xlsx({"Sampul": COVER, "Skor": rows}))
    lines, whole = previews([good, wrong], plan, ROUND, tmp_path / "two", "id")
    assert not whole and [line for line in lines if line.startswith("  ")] == ["  1 kesalahan, 0 peringatan."]
    lines, whole = previews([good, junk], plan, ROUND, tmp_path / "out", "en")
    assert not whole and lines[1].startswith("rusak.xlsx: ") and len(list((tmp_path / "out").iterdir())) == 1
    assert sorted(plan.folder.rglob("*")) == before


def test_the_command_prints_its_pages_and_fails_where_something_is_wrong(tmp_path):
    form = tmp_path / "form.csv"
    form.write_text("Indikator,Nilai mandiri,Perangkat daerah\n" + "".join(f"{p},3,{AGENCY}\n" for p in PATHS))
    call = [
        "intake",
        str(form),
        "--programme",
        "contoh",
        "--round",
        "2024-S2",
        "--preview",
        "--out",
        str(tmp_path / "p"),
        "--lang",
        "en",
    ]
    done = CliRunner().invoke(app, call)
    assert done.exit_code == 0 and Path(done.stdout.splitlines()[0]).is_file()
    form.write_text(form.read_text().replace(",3,", ",9,", 1))
    assert CliRunner().invoke(app, call).exit_code == 1


def test_a_notebooks_file_is_found_from_any_folder(tmp_path, monkeypatch):
    for folder in (NOTEBOOKS, NOTEBOOKS.parent, tmp_path):
        monkeypatch.chdir(folder)
        assert files.place("rounds/2023-S2.csv", "kab-malang").is_file()
    (tmp_path / "rounds").mkdir()
    (tmp_path / "rounds" / "2023-S2.csv").write_text("")
    assert files.place("rounds/2023-S2.csv", "kab-malang") == Path("rounds/2023-S2.csv")
    assert files.place("gone.csv", "kab-malang") == Path("gone.csv")


def test_every_kind_of_file_that_can_be_read_is_offered(tmp_path):
    names = ["a.xlsx", "b.ods", "c.csv", "d.tsv", "e.xls", "f.html", "g.pdf", "~h.xlsx"]
    for name in names:
        (tmp_path / name).write_text("")
    assert [p.name for p in files.candidates(tmp_path / "a.xlsx")] == names[:6]


def test_the_desk_shows_the_preview_and_a_refusal(tmp_path):
    form = tmp_path / "form.csv"
    form.write_text("Indikator,Nilai mandiri,Perangkat daerah\n" + "".join(f"{p},3,{AGENCY}\n" for p in PATHS))
    part = files.preview(form, "contoh", "2024-S2", EN)
    assert 'id="line2-2"' in part.html and part.text == "What is seen and what is read: form.csv"
    form.write_text("nothing")
    assert "form.csv" in files.preview(form, "contoh", "2024-S2", EN).text
