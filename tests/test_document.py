"""Reports as documents: what the workspace says of them is checked, shown, counted and kept from the public without a yes."""

import io
import shutil
import struct
import zlib
from dataclasses import replace
from datetime import date

import pytest
from bs4 import BeautifulSoup
from PIL import Image

from scevaluation import document as module
from scevaluation import place, workspace
from scevaluation.document import Document, document
from scevaluation.errors import WorkspaceError
from scevaluation.intake import release
from scevaluation.issues import told
from scevaluation.place import sha256
from scevaluation.press import imprint, keys
from scevaluation.press import notebook as nb
from scevaluation.press.jobs import Job
from scevaluation.press.slides import deck
from scevaluation.programme import load_programme
from scevaluation.words import words

AUTHOR = 'Tim <Evaluasi> & "Rekan"'
ALL = f"draft = true\nauthor = '{AUTHOR}'\nlogo = 'logo.png'\nissued = 2026-11-30\nfingerprint = true\npage_numbers = false\n"
KEY = "0123456789ab"


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int = 40, height: int = 20, mode: str = "RGBA", more: bytes = b"", **options) -> bytes:
    """A PNG of one colour, further chunks before its end."""
    out = io.BytesIO()
    colour = (10, 60, 90, 128)[: len(mode)] if mode in ("LA", "RGB", "RGBA") else 1
    Image.new(mode, (width, height), colour).save(out, "PNG", **options)
    return out.getvalue()[:-12] + more + chunk(b"IEND", b"")


@pytest.fixture
def said(tmp_path, monkeypatch):
    """Write a workspace's file with a table [document], in which this process then stands."""

    def write(table: str, **files: bytes):
        (tmp_path / place.MARK).write_text(f'version = "0.1.0"\nlanguage = "id"\n{table and "[document]"}\n{table}', "utf-8")
        for name, raw in files.items():
            (tmp_path / name.replace("_", ".")).write_bytes(raw)
        workspace.settings.cache_clear()
        return tmp_path

    for owner in (workspace, place):
        monkeypatch.setattr(owner, "WORKSPACE", tmp_path)
    yield write
    workspace.settings.cache_clear()


def refused(lang: str = "id") -> tuple[list[str], str]:
    with pytest.raises(WorkspaceError) as error:
        document()
    return [i["problem"] for i in error.value.issues], " ".join(told(error.value, words(lang)))


def test_without_the_table_nothing_is_said_and_nothing_counted(said):
    said("")
    assert document() == Document() and document().facts == {}
    assert imprint.parts(document(), words("id"), KEY) == {}
    assert "document" not in keys.facts(Job("mimika", "2023-S2"), ("html",))
    said("draft = false\npage_numbers = true")
    assert document().facts == {}


def test_all_that_is_said_is_read(said):
    said(ALL, logo_png=png())
    found = document()
    assert (found.draft, found.author, found.issued) == (True, AUTHOR, date(2026, 11, 30))
    assert (found.fingerprint, found.page_numbers) == (True, False) and found.logo.startswith(module.SIGNATURE)
    assert found.facts == {
        "draft": True, "author": AUTHOR, "logo": sha256(found.logo), "issued": "2026-11-30",
        "page_numbers": False, "fingerprint": True,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("table", "problem", "named"),
    [
        ("drft = true", "no_setting", "draft"),
        ('draft = "ya"', "bad_setting", "draft = ya"),
        ("draft = 1", "bad_setting", "true, false"),
        ('issued = "2026-11-30"', "bad_setting", "2026-11-30"),
        ("issued = 2026-11-30T09:00:00", "bad_setting", "issued"),
        ('author = " \\u200b "', "bad_setting", "author"),
        (f'author = "{"a" * 121}"', "bad_setting", "author"),
        ("author = 7", "bad_setting", "author = 7"),
        ("page_numbers = 0", "bad_setting", "page_numbers"),
        ('logo = "../logo.png"', "no_logo", "../logo.png"),
        ('logo = "/etc/hostname"', "no_logo", "/etc/hostname"),
        ('logo = "absent.png"', "no_logo", "absent.png"),
        ('logo = "a\\u0000b.png"', "no_logo", "a"),
    ],
)
def test_what_cannot_be_is_refused_with_what_would_be_right(said, table, problem, named):
    said(table)
    for lang in ("id", "en"):
        problems, text = refused(lang)
        assert problems == [problem] and named in text and "scevaluation.toml" in text


def test_all_that_is_wrong_is_said_at_once_and_a_table_is_a_table(said):
    said('draft = "x"\nisued = 1\n')
    assert sorted(refused()[0]) == ["bad_setting", "no_setting"]
    folder = said("")
    (folder / place.MARK).write_text('version = "0.1.0"\nlanguage = "id"\ndocument = 3\n', "utf-8")
    workspace.settings.cache_clear()
    assert refused()[0] == ["bad_setting"]


def bomb(width: int, height: int, rows: bytes = b"") -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return module.SIGNATURE + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        (b"", "bad_logo"),
        (b"\xff\xd8\xff\xe0 a photograph", "bad_logo"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "bad_logo"),
        (png()[:-20], "bad_logo"),
        (png()[:40] + b"x" + png()[41:], "bad_logo"),
        (bomb(10, 10), "bad_logo"),
        (bomb(0, 10), "bad_logo"),
        (png(more=chunk(b"CgBI", b"x")), "bad_logo"),
        (bomb(100_000, 100_000), "large_logo"),
        (bomb(4097, 1, b"\0" * 4098), "large_logo"),
        (bomb(4000, 1001), "large_logo"),
        (png(more=chunk(b"teXt", b"x" * module.BYTES)), "large_logo"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_such_picture_is_refused(said, raw, problem):
    said('logo = "logo.png"', logo_png=raw)
    assert refused()[0] == [problem]


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_of_a_logo_only_its_picture_is_kept_made_as_small_as_it_is_shown(said, mode):
    more = chunk(b"tEXt", b"Author\0Siti Rahmawati") + chunk(b"eXIf", b"MM\0*Siti") + chunk(b"pHYs", struct.pack(">IIB", 9, 9, 1))
    said('logo = "logo.png"', logo_png=png(1280, 640, mode, more) + b"Siti behind the end")
    logo = document().logo
    kinds, at = [], 8
    while at < len(logo):
        kinds.append(logo[at + 4 : at + 8])
        at += 12 + int.from_bytes(logo[at : at + 4], "big")
    assert set(kinds) == {b"IHDR", b"IDAT", b"IEND"} and b"Siti" not in logo
    with Image.open(io.BytesIO(logo)) as picture:
        assert picture.size == (320, 160) and picture.mode == ("RGBA" if mode in ("LA", "RGBA") else "RGB")
    module._anew.cache_clear()
    assert document().logo == logo


def executed(lang: str = "id"):
    """A notebook as if run: a masthead, a title and a figure."""
    from nbformat import v4

    html = '<div class="masthead"><p><b>Laporan</b></p></div><h1>Judul</h1>'
    html += '<figure class="chart"><h2>Temuan</h2><table class="scorecard"></table></figure>'
    marks = {nb.METADATA: {"title": "Judul", "footer": "Mimika \u00b7 S2", "headline": "x"}}
    output = v4.new_output("display_data", data={"text/html": html}, metadata=marks)
    return v4.new_notebook(cells=[v4.new_code_cell("r", outputs=[output])])


@pytest.mark.parametrize(("lang", "draft", "day"), [("id", "KONSEP", "30 November 2026"), ("en", "DRAFT", "30 November 2026")])
def test_page_and_slides_say_it_and_nothing_ends_the_style_or_the_page(said, lang, draft, day):
    said(ALL, logo_png=png())
    w = words(lang)
    html = nb.page(executed(), w, imprint.parts(document(), w, KEY))
    soup = BeautifulSoup(html, "html.parser")
    strip = soup.select_one("main > .imprint")
    assert strip.img["alt"] and strip.img["src"].startswith("data:image/png;base64,") and strip.select_one(".draft").text == draft
    for part in (strip.select_one(".said").text, soup.footer.text):
        assert AUTHOR in part and day in part and KEY in part
    assert soup.find("meta", {"name": "author"})["content"] == AUTHOR and not imprint.numbered(html)
    assert "<Evaluasi>" not in html and soup.style.text.count("@top-left") == 2
    slides = BeautifulSoup(deck(html, w), "html.parser")
    first, second = slides.select(".slide")
    assert first.select_one(".imprint .draft").text == draft and first.select_one(".imprint img") and KEY in first.text
    assert second.select_one(".foot").text.startswith(draft) and not second.select_one(".foot").text.endswith("2")
    assert slides.find("meta", {"name": "author"})


def test_a_page_without_it_is_the_page_as_before_to_the_byte():
    html = nb.page(executed(), words("id"))
    assert html == nb.page(executed(), words("id"), {}) and "imprint" not in html and "author" not in html
    slides = deck(html, words("id"))
    assert "imprint" not in slides and BeautifulSoup(slides, "html.parser").select(".foot")[0].text.endswith(" \u00b7 2")


def test_it_is_part_of_the_key_and_the_fingerprint_is_the_same_in_every_format(said):
    job = Job("mimika", "2023-S2")
    said("")
    plain = keys.facts(job, ("html",))
    said("draft = true")
    draft = keys.facts(job, ("html",))
    assert keys.key_of(draft) != keys.key_of(plain) and keys.fingerprint(draft) != keys.fingerprint(plain)
    assert keys.fingerprint(draft) == keys.fingerprint(keys.facts(job, ("html", "pdf"))) and len(keys.fingerprint(draft)) == 12
    assert keys._differences(plain, draft) == keys._differences(draft, plain) == ("document",)


def test_in_public_author_and_logo_stand_only_with_their_own_yes(said, tmp_path, monkeypatch):
    data = tmp_path / "data"
    shutil.copytree(place.DATA / "programmes" / "mimika", data / "programmes" / "mimika")
    monkeypatch.setitem(place.LAYERS, "data", (data, *place.LAYERS["data"]))
    said("author = 'Dr. Siti Rahmawati'\nlogo = 'logo.png'\nissued = 2026-11-30", logo_png=png())
    job = Job("mimika", "2023-S2", public=True)
    plan = load_programme("mimika")
    asked = [a for a in release.asked(plan) if a.file == place.MARK]
    assert [(a.place, a.told) for a in asked] == [("document, author", False), ("document, logo", False)]
    assert imprint.imprint_of(job) == Document(issued=date(2026, 11, 30), mark=document().mark)
    assert imprint.imprint_of(replace(job, public=False)) == document()
    key = keys.key_of(keys.facts(job, ()))
    path = release.listed(plan, release.asked(plan), "id")
    path.write_text(path.read_text("utf-8-sig").replace(f",{place.MARK},", f"ya,{place.MARK},").replace("yaya", "ya"), "utf-8")
    assert imprint.imprint_of(job) == document() and keys.key_of(keys.facts(job, ())) != key
    said("author = 'Dr. Siti R.'\nlogo = 'logo.png'", logo_png=png(41))
    assert imprint.imprint_of(job).facts == {}, "another name and another picture are asked about anew"


def test_of_a_region_of_the_letters_no_public_report_names_anybody(said):
    said("author = 'Siti'\ndraft = true")
    assert imprint.imprint_of(Job("wilayah-94-04", "2023-S2", public=True)).facts == {"draft": True}
    assert imprint.imprint_of(Job("nasional", "2023-S2", "id", "national")).author == "Siti"


def test_what_is_sent_to_a_cluster_tells_its_workers_of_the_documents(said, tmp_path, monkeypatch):
    from scevaluation.press import cluster

    monkeypatch.setattr(cluster, "WORKSPACE", tmp_path)
    monkeypatch.setattr(cluster, "OURS", ())
    monkeypatch.setitem(place.LAYERS, "data", (tmp_path / "none",))
    said("")
    assert cluster._packed() == b"PK\x05\x06" + bytes(18)
    said("draft = true\nlogo = 'logo.png'", logo_png=png())
    here = document()
    folder = cluster._unpacked_data(cluster._packed(), tmp_path)
    assert sorted(p.name for p in folder.iterdir()) == ["logo.png", place.MARK]
    for owner in (workspace, place):
        monkeypatch.setattr(owner, "WORKSPACE", folder)
    workspace.settings.cache_clear()
    assert document() == here
