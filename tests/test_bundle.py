"""The zip to share: whole, hashed, the same each time; the public one holds nobody, and the search that says so can fail."""

import base64
import hashlib
import io
import json
import os
import re
import shutil
import struct
import subprocess
import sys
import zipfile
import zlib
from dataclasses import replace
from functools import cache
from itertools import cycle
from pathlib import Path

import batches
import pytest
import xlsxwriter
import yaml
from pypdf import PdfReader, PdfWriter

from scevaluation import place
from scevaluation.errors import ReportError
from scevaluation.intake.persons import Names, contact, rendered
from scevaluation.place import DATA
from scevaluation.press import bundle, keys
from scevaluation.press.jobs import Job
from scevaluation.press.report import report_files, write_report
from scevaluation.programme import load_programme
from scevaluation.region import letters, places, region_name, results

ROUND, FIRST = "2024-S2", "2022-S1"
PEOPLE = {"A": "Siti Rahmawati", "B": "Budi Santoso", "C": "Yohanis Kambu", "D": "Maria Yigibalom", "E": "Agus Wibowo"}
MAIL, PHONE, LOOSE = "rahmat.hidayat@contoh.go.id", "081234567890", "+62 813-9876-5432"
NOTE, ROUND_NOTE, ASKED = "Diwawancarai: Ibu Natalia Tabuni", "Dinilai ulang bersama Pak Joko Susilo", "surat dari Dewi Lestari"
# Where the internal bundle is expected to hold each; what recommendations rest on stands in no report.
INTERNAL = {**dict.fromkeys(PEOPLE.values(), "xlsx"), MAIL: "xlsx", PHONE: "xlsx", LOOSE: "xlsx", NOTE: "html", NOTE + " ": "ipynb"}
SECRETS = (*PEOPLE.values(), MAIL, PHONE, LOOSE, NOTE, ROUND_NOTE, ASKED, "Natalia Tabuni", "Joko Susilo", "Dewi Lestari")


def _with_people(data: Path) -> None:
    """Names, contacts and notes put into the made-up programme of a copy of data/."""
    folder = data / "programmes" / "contoh"
    for path in folder.glob("rounds/*.csv"):
        if path.stem < FIRST:
            path.unlink()
            continue
        text = re.sub(r"assessor:([A-E])(?=,)", lambda m: "assessor:" + PEOPLE[m[1]], path.read_text("utf-8"))
        said = cycle((f"surel {MAIL}", f"telepon {PHONE}", f"WA {LOOSE} (Siti Rahmawati)"))
        path.write_text(re.sub(r"bukti/[^,\n]*", lambda m, said=said: next(said), text), "utf-8")
    plan = yaml.safe_load((folder / "programme.yaml").read_text("utf-8"))
    plan["rounds"] = [r for r in plan["rounds"] if r["id"] >= FIRST]
    plan["notes"].append({"id": NOTE, "en": NOTE})
    plan["rounds"][-1]["note"] = {"id": ROUND_NOTE, "en": ROUND_NOTE}
    (folder / "programme.yaml").write_text(yaml.safe_dump(plan, allow_unicode=True, sort_keys=False), "utf-8")
    asked = folder / "recommendations.csv"
    asked.write_text(re.sub(r"bukti/[^,\n]*", ASKED, asked.read_text("utf-8")), "utf-8")


def _share(root: Path, profile: str, formats: str) -> Path:
    env = {**os.environ, "SCEVALUATION_DATA": str(root / "data"), "SCEVALUATION_REPORTS": str(root / "reports")}
    call = "import sys; from scevaluation.cli import main; main()"
    options = ["share", "contoh", "--round", ROUND, "--profile", profile, "--formats", formats]
    done = subprocess.run([sys.executable, "-c", call, *options], env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.strip().splitlines()[-1])


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    out = tmp_path_factory.mktemp("share")
    shutil.copytree(DATA, out / "data")
    _with_people(out / "data")
    return out


@pytest.fixture(scope="module")
def public(root):
    return _share(root, "public", "html,xlsx,figures")


@pytest.fixture(scope="module")
def internal(root):
    return _share(root, "internal", "html,xlsx")


def _members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as z:
        assert z.testzip() is None
        return {n: z.read(n) for n in z.namelist()}


def _pdf_texts(data: bytes):
    """Text of pages, and every object: metadata, outlines, alternative texts, and streams that are text."""
    reader = PdfReader(io.BytesIO(data))
    if shutil.which("pdftotext"):  # much faster on pages full of outlines
        yield subprocess.run(["pdftotext", "-", "-"], input=data, capture_output=True, check=True).stdout.decode("utf-8")
    else:
        yield "\n".join(p.extract_text() for p in reader.pages)
    for number in range(1, reader.trailer["/Size"]):
        found = reader.get_object(number)
        yield repr(found)
        if hasattr(found, "get_data") and found.get("/Subtype") == "/XML":
            yield found.get_data().decode("utf-8", "replace")


def _png_texts(data: bytes):
    """Every chunk of a PNG but its pixels."""
    at = 8
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at : at + 8])
        yield "" if kind == b"IDAT" else data[at + 8 : at + 8 + size].decode("latin-1")
        at += 12 + size


def _texts(name: str, data: bytes):
    """All that can be read in a file of a bundle."""
    if name.endswith(".xlsx"):
        for part, inner in _members_of(data).items():
            yield part + inner.decode("utf-8")
    elif name.endswith(".pdf"):
        yield from _pdf_texts(data)
    elif name.endswith(".png"):
        yield from _png_texts(data)
    else:
        text = data.decode("utf-8")
        yield text
        for kind, packed in re.findall(r"data:([a-z/+0-9-]+);base64,([\w+/=]+)", text):
            yield base64.b64decode(packed).decode("utf-8") if "svg" in kind else ""


def _members_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as z:
        return {n: z.read(n) for n in z.namelist()}


def _bare(text: str) -> str:
    """Lower case without blanks and separators, so that no line break or spelling of a number hides anything."""
    return re.sub(r"[\s.\-]|\\n", "", text.lower())


def holding(members: dict[str, bytes], secret: str) -> set[str]:
    """Files of a bundle in which a text stands, whatever its blanks; file names included."""
    wanted = _bare(secret)
    return {n for n, d in members.items() if wanted in _bare(n) or any(wanted in _bare(t) for t in _texts(n, d))}


def _nobody(members: dict[str, bytes]) -> dict[str, str]:
    """Texts of a bundle's files, once none is found to name anybody."""
    held = {n: "\0".join(_texts(n, d)) for n, d in members.items()}
    read = {n: _bare(text) for n, text in held.items()}
    for secret in SECRETS:
        assert [n for n, text in read.items() if _bare(secret) in text or _bare(secret) in _bare(n)] == [], secret
    for name, text in held.items():
        plain = re.sub(r"base64,[\w+/=]+", "", text)
        assert name.endswith(".png") or not re.search(r"[\w.]+@[\w-]+\.\w{2,}", plain), name
    return held


@pytest.mark.slow
def test_the_public_bundle_holds_nobody(public):
    members = _members(public)
    assert {n.rpartition(".")[2] for n in members} == {"html", "xlsx", "svg", "png", "json"}
    _nobody(members)


@pytest.mark.long
@pytest.mark.xdist_group("share")
def test_the_printed_public_bundle_holds_nobody(root):
    held = _nobody(_members(_share(root, "public", "pdf,slides")))
    assert "Relatif stabil" in held["round.id.pdf"] or "Indeks gabungan" in held["round.id.pdf"]


@pytest.mark.long
@pytest.mark.xdist_group("share")
def test_the_same_search_finds_everybody_in_the_internal_bundle(internal):
    members = _members(internal)
    for secret, ending in INTERNAL.items():
        assert any(n.endswith(ending) for n in holding(members, secret)), (secret, ending)


@pytest.mark.long
@pytest.mark.xdist_group("share")
def test_figures_of_the_public_bundle_are_those_of_the_internal_one(public, internal):
    pages = [_members(p)["round.id.html"].decode("utf-8") for p in (public, internal)]
    numbers = [re.findall(r'<data value="([^"]+)"', page) for page in pages]
    assert len(numbers[0]) > 20 and numbers[0] == numbers[1]


@pytest.mark.long
@pytest.mark.xdist_group("share")
def test_the_manifest_names_every_file_with_its_hash_and_size(public, internal):
    for path, profile in ((public, "public"), (internal, "internal")):
        members = _members(path)
        manifest = json.loads(members.pop("manifest.json"))
        assert (manifest["profile"], manifest["round"], manifest["made_up"]) == (profile, ROUND, True)
        assert {n: hashlib.sha256(d).hexdigest() for n, d in members.items()} == {
            n: f["sha256"] for n, f in manifest["files"].items()
        }
        assert all(f["bytes"] == len(members[n]) for n, f in manifest["files"].items())
        assert ("round.id.ipynb" in members) == (profile == "internal")


@pytest.mark.long
@pytest.mark.xdist_group("share")
def test_the_same_round_gives_the_same_zip(root, internal):
    before, whole = _members(internal), internal.read_bytes()
    again = _share(root, "internal", "html,xlsx")
    assert [n for n, d in _members(again).items() if before[n] != d] == []
    assert again.read_bytes() == whole


# The second wall: what should never get so far is refused by name.
WHO = Names(["Siti Rahmawati", "Ida", "Indah"], {"indah"})


def _with(name: str, text: str) -> dict[str, bytes]:
    if name.endswith(".xlsx"):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as z:
            z.writestr("xl/sharedStrings.xml", text)
        return {name: out.getvalue()}
    return {name: json.dumps({"a": [text]}).encode() if name.endswith(("json", "ipynb")) else text.encode()}


@pytest.mark.parametrize("name", ["round.id.html", "round.id.xlsx", "a.figures/b.svg", "round.id.json", "round.id.ipynb"])
@pytest.mark.parametrize("said", ["oleh siti RAHMAWATI", "a@b.go.id", "hubungi 0812 3456 7890", "+62 812-3456-7890", "tanya Ida"])
def test_a_person_in_any_file_is_refused(name, said):
    with pytest.raises(ReportError, match="a person's name, a contact") as refused:
        bundle.refuse_people(_with(name, f"<p>{said}</p>"), WHO)
    assert refused.value.issues[0]["file"].startswith(name)


@pytest.mark.parametrize(
    "said",
    [
        *("0,0812345678", "0.081234567890", "#081234", "1.08123456789", "@media print", "a081234567890b", "2024-08-12", "62.812.345.678"),
        *("B-1384/DJAI/AI.01.04/12/2023", "taman Indah", "Frida", "2017 2018 2019 2020", "https://contoh.go.id/home/berita"),
    ],
)
def test_figures_letters_numbers_and_words_are_no_persons(said):
    bundle.refuse_people(_with("round.id.html", f"<p>{said}</p>"), WHO)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


PNG = b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)) + _chunk(b"IDAT", zlib.compress(b"\0\0"))


@pytest.mark.parametrize(
    "chunk",
    [
        _chunk(b"tEXt", b"Author\0Siti Rahmawati"),
        _chunk(b"zTXt", b"Author\0\0" + zlib.compress(b"Siti Rahmawati")),
        _chunk(b"iTXt", b"Author\0\1\0\0\0" + zlib.compress("Siti\u00a0Rahmawati".encode())),
    ],
)
def test_a_person_in_a_pictures_properties_is_refused_also_within_a_page(chunk):
    picture = PNG + chunk + _chunk(b"IEND", b"")
    page = f'<img alt="" src="data:image/png;base64,{base64.b64encode(picture).decode()}">'.encode()
    for name, data in (("a.figures/b.png", picture), ("round.id.html", page)):
        with pytest.raises(ReportError, match="a person's name"):
            bundle.refuse_people({name: data}, WHO)
    bundle.refuse_people({"a.figures/b.png": PNG + _chunk(b"IEND", b"")}, WHO)


def test_a_person_in_a_workbooks_and_a_pdfs_properties_is_refused():
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        book.set_properties({"author": "Siti Rahmawati"})
        book.add_worksheet().write_number(0, 0, 81234567890)
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    writer.add_metadata({"/Author": "Siti Rahmawati"})
    printed = io.BytesIO()
    writer.write(printed)
    for name, data in (("round.id.xlsx", out.getvalue()), ("round.id.pdf", printed.getvalue())):
        with pytest.raises(ReportError, match="a person's name"):
            bundle.refuse_people({name: data}, WHO)
        bundle.refuse_people({name: data}, Names([]))


def test_nobody_is_found_in_what_the_letters_publish_of_any_region():
    plans = [load_programme(region_name(code)) for code in results().dropna(subset="value")["region"].unique()]
    texts = [json.dumps(plan.model_dump(mode="json", exclude={"folder"})) for plan in plans]
    texts += [t.to_csv() for t in (letters(), results())] + ["\n".join(p["name"] for p in places().values())]
    names = bundle.search_for(load_programme("wilayah-94-04"))
    for text in texts:
        seen = rendered(text)
        assert (names.sure(seen), names.maybe(seen), contact(seen)) == ("", "", None), text[:80]


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"profile": "secret"}, "--profile: secret is none of: internal"),
        ({"kinds": ("poem",)}, "no kind of report"),
        ({"langs": ("fr",)}, "no language"),
    ],
)
def test_a_wrong_request_is_refused_and_writes_nothing(change, match, tmp_path):
    with pytest.raises(Exception, match=match):
        bundle.share("contoh", ROUND, out=tmp_path / "out", **change)
    assert not (tmp_path / "out").exists()


# What stands unchanged is used, and nothing else.


@pytest.fixture
def standing(kitchen, tmp_path, monkeypatch):
    """A report of a small notebook in its folder, the names of jobs that are made anew from then on, and how a bundle's files are had."""
    job, made = batches.jobs(1)[0], []
    write_report(job, tmp_path, formats=("html",))

    def making(job, engine, formats):
        made.append(str(job))
        return report_files(job, engine, formats)

    monkeypatch.setattr(bundle, "report_files", making)
    return job, tmp_path, made


def test_a_report_that_stands_unchanged_is_not_made_again(standing):
    job, root, made = standing
    files = bundle._files([job], ("html",), root)
    assert made == [] and files == {n: (root / job.folder / n).read_bytes() for n in ("round.id.html", "round.id.ipynb")}
    assert bundle._files([job], ("html",), root.parent / "other") == files and made == [str(job)]


@pytest.mark.parametrize("what", ["formats", "output", "gone", "words", "manifest", "public"])
def test_a_report_is_made_again_if_anything_of_it_is_not_as_it_was(standing, what, monkeypatch):
    job, root, made = standing
    page, beside = (root / job.folder / f"round.id.{ending}" for ending in ("html", "json"))
    if what == "output":
        page.write_text(page.read_text("utf-8") + " ", "utf-8")
    elif what == "gone":
        page.unlink()
    elif what == "words":
        monkeypatch.setattr("scevaluation.press.keys.words_hash", cache(lambda lang: "0" * 64))
    elif what == "manifest":
        beside.write_text("{", "utf-8")
    job = replace(job, public=what == "public")
    formats = ("html", "figures") if what == "formats" else ("html",)
    if what == "formats":  # of a notebook without pictures there are none
        with pytest.raises(ReportError, match="not at hand"):
            bundle._files([job], formats, root)
    else:
        assert b" </html" not in bundle._files([job], formats, root)["round.id.html"]
    assert made == [str(job)]


def test_of_a_report_in_more_formats_those_asked_for_are_taken_and_no_other_file(standing, monkeypatch):
    job, root, made = standing
    path = root / job.folder / "round.id.json"
    entry = json.loads(path.read_text("utf-8"))
    facts = keys.facts(job, ("html", "pdf"))
    more = {"round.id.pdf": b"x", "../evil.txt": b"y", "round.id.figures/../../evil.svg": b"z", "other.id.html": b"o"}
    outputs = {**entry["outputs"], **{n: hashlib.sha256(d).hexdigest() for n, d in more.items()}}
    path.write_text(json.dumps({**entry, "made_from": facts, "key": keys.key_of(facts), "outputs": outputs}), "utf-8")
    (root / job.folder / "round.id.pdf").write_bytes(b"x")
    assert set(bundle._files([job], ("html",), root)) == {"round.id.html", "round.id.ipynb"}
    assert set(bundle._files([job], ("html", "pdf"), root)) == {"round.id.html", "round.id.ipynb", "round.id.pdf"}
    assert made == []


def test_the_manifest_of_a_public_report_calls_a_programme_as_everybody_may(kitchen, tmp_path, monkeypatch):
    shutil.copytree(DATA / "programmes" / "contoh", tmp_path / "programmes" / "contoh")
    (tmp_path / "programmes" / "contoh" / "public.csv").unlink()
    monkeypatch.setitem(place.LAYERS, "data", (tmp_path, *place.LAYERS["data"]))
    job, plan = Job("contoh", ROUND), load_programme("contoh")
    said = [report_files(replace(job, public=public), "inprocess", ("html",))[1]["label"] for public in (False, True)]
    assert said == [plan.label.id, plan.region_label.id] and said[0] != said[1]


@pytest.mark.slow
def test_several_reports_are_made_at_a_time_with_the_same_bytes_and_one_that_fails_is_named(kitchen, tmp_path):
    jobs = batches.jobs(2)
    files = bundle._files([replace(jobs[0], lang=lang) for lang in ("id", "en")], ("html",), tmp_path)
    assert set(files) == {f"round.{lang}.{ending}" for lang in ("id", "en") for ending in ("html", "ipynb")}
    assert files["round.id.html"] == bundle._files([jobs[0]], ("html",), tmp_path)["round.id.html"]
    batches.misbehave(kitchen, {jobs[1].programme: batches.MISCHIEF["raises"]})
    with pytest.raises(ReportError, match="upside down"):
        bundle._files(jobs, ("html",), tmp_path)
    assert list(tmp_path.iterdir()) == []
