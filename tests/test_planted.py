"""Names and numbers of made-up persons in every text and property of a programme: none is in anything public, whoever said yes."""

import base64
import csv
import html
import io
import os
import re
import shutil
import struct
import subprocess
import sys
import unicodedata
import zipfile
import zlib
from itertools import cycle

import openpyxl
import pytest
import yaml
from openpyxl.comments import Comment
from test_document import chunk, png

from scevaluation.intake.release import NAME
from scevaluation.place import DATA, MARK

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("planted")]
ROUND, FIRST = "2024-S2", "2023-S2"
FORMATS = "html,pdf,xlsx,figures,slides"
KINDS = "round,sector,agencies,methods,handover,skm,compare"
# Persons the programme knows, as its assessors, by a writing each; then what they and others are reached and counted by.
NAMES = ("Siti Zulaikha-Zz", "Nur'aini al-Farabi", "M. Ali Wardhana", "Dr. I Gede Wayantara, S.T.", "Yohanis Kambuaya")
ASSESSORS = dict(zip("ABCDE", NAMES, strict=True))
KNOWN = [
    *("Siti Zulaikha-Zz", "SITI ZULAIKHA-ZZ", "siti zulaikha zz", "Siti  Zulaikha-Zz", "Siti\u00a0Zulaikha-Zz", "Siti Zulaikha\u2011Zz"),
    *("Siti Zul&#97;ikha-Zz", "\uff33\uff49\uff54\uff49 Zulaikha-Zz", "Si\u200bti Zulai\u00adkha-Zz", "Siti <b>Zulaikha</b>-Zz"),
    *("Nur\u2019aini al-Farabi", "Nuraini Al Farabi", "Nur\u02bcaini al-F\u0101r\u0101b\u012b", "NUR'AINI\u2003AL\u2010FARABI"),
    *("M.Ali Wardhana", "m. ali  wardhana", "M. Ali&nbsp;Wardhana", "I Gede Wayantara", "Bapak I Gede Wayantara", "I  GEDE\u202fWAYANTARA"),
    *("Yohanis Kambuaya", "yohanis\u00a0\u00a0kambuaya", "Yohanis\u2060 Kambuaya", "&#89;ohanis Kambuaya"),
]
CONTACTS = [
    *("ratna.dewi@contoh.go.id", "RATNA.DEWI @ contoh.go.id", "ratna.dewi [at] contoh.go.id", "081234567891", "0812 3456 7891"),
    *("+62 812-3456-7891", "62.812.3456.7891x", "\uff10\uff18\uff11\uff12 3456 7891", "(0901) 321-7659", "9404014101900007"),
    *("94.04.01.410190.0007", "198503122010011007", "19850312 201001 1 007", "NIP. 140 123 459", "C:\\Users\\ratnadewi\\bukti.xlsx"),
    *("/" + "home/ratnadewi/bukti.pdf", "\\\\serverratna\\bukti", "serverratna.local", "file:///ratnadewi/x"),
]
NEEDLES = (
    *("siti zulaikha zz", "nuraini al farabi", "m ali wardhana", "i gede wayantara", "yohanis kambuaya", "ratna dewi contoh go id"),
    *("ratna dewi at contoh", "812 3456 7891", "0901 321 7659", "9404014101900007", "198503122010011007", "140123459"),
    *("users ratnadewi", "home ratnadewi", "ratnadewi x", "serverratna"),
)
UNKNOWN = "Rahasia Tersembunyi"  # a person nobody told the programme of: kept out until somebody says yes
PLACES = {
    "events.csv": ("label_id", "label_en", "source", "confidence"),
    "recommendations.csv": ("id", "agency", "text_id", "text_en", "evidence"),
    "programmes.csv": ("agency", "programme", "status", "status_en", "source"),
    "survey.csv": ("source",),
    "targets.csv": ("source",),
}


def bare(text: str) -> str:
    """Letters and digits alone, as this file searches them."""
    for _ in range(2):
        text = html.unescape(text)
    text = unicodedata.normalize("NFKD", text).casefold()
    return "".join(c for c in text if c.isalnum() and unicodedata.category(c) != "Lm")


def found(text: str, needles=NEEDLES) -> set[str]:
    """Needles in a text, with its marks of HTML taken out or not."""
    whole = bare(text) + "\n" + bare(re.sub(r"<[^>]*>", "", text))
    return {n for n in needles if bare(n) in whole}


def _table(path, plants, columns, last=4):
    rows = list(csv.DictReader(path.read_text("utf-8").splitlines()))
    for row in rows[-last:]:
        for column in columns:
            old = f"{row[column]} " if column.startswith(("text", "label")) else ""
            row[column] = f"{old}{UNKNOWN} {next(plants)}"
    with path.open("w", encoding="utf-8", newline="") as handle:
        out = csv.DictWriter(handle, rows[0])
        out.writeheader()
        out.writerows(rows)


def _book(path, plants):
    """The round's table as a workbook that names persons wherever a workbook can."""
    rows = list(csv.reader(path.read_text("utf-8").splitlines()))
    at = {name: n for n, name in enumerate(rows[0])}
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Skor"
    for number, row in enumerate(rows):
        if number:
            row[at["evidence"]] = f"{UNKNOWN} {next(plants)}"
            row[at["source"]] = re.sub(r"assessor:([A-E])$", lambda m: "assessor:" + ASSESSORS[m[1]], row[at["source"]])
        sheet.append([float(c) if number and n == at["score"] and c else c for n, c in enumerate(row)])
    sheet["A2"].comment = Comment(next(plants), "Yohanis Kambuaya")
    sheet.oddHeader.center.text = "Siti Zulaikha-Zz"
    book.create_sheet("Yohanis Kambuaya").append([next(plants)])
    book["Yohanis Kambuaya"].sheet_state = "hidden"
    book.properties.creator = book.properties.lastModifiedBy = "Siti Zulaikha-Zz"
    book.properties.description, book.properties.keywords = next(plants), next(plants)
    path.unlink()
    book.save(path.with_suffix(".xlsx"))


def _workspace(home):
    """A workspace with the made-up programme, and a plant in everything of it that holds a text; how many were used."""
    everything = [t for pair in zip(KNOWN, [*CONTACTS, *CONTACTS], strict=False) for t in pair]
    count = iter(range(10_000))
    plants = (t for t in cycle(dict.fromkeys(everything)) if next(count) is not None)
    folder = home / "data/programmes/contoh"
    shutil.copytree(DATA / "programmes/contoh", folder)
    (folder / NAME).unlink()
    document = f'[document]\ndraft = true\nauthor = "{UNKNOWN} {KNOWN[0]}"\nlogo = "Siti Zulaikha-Zz.png"\n'
    (home / MARK).write_text(f'version = "0.1.0"\nlanguage = "id"\n{document}', "utf-8")
    texts = chunk(b"tEXt", b"Author\0Siti Zulaikha-Zz") + chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"081234567891"))
    texts += chunk(b"iTXt", "Title\0\0\0\0\0Yohanis\u00a0Kambuaya".encode())
    (home / "Siti Zulaikha-Zz.png").write_bytes(png(more=texts))
    for name, columns in PLACES.items():
        _table(folder / name, plants, columns)
    said = lambda: {"id": f"{UNKNOWN} {next(plants)}", "en": f"{UNKNOWN} {next(plants)}"}  # noqa: E731
    plan = yaml.safe_load((folder / "programme.yaml").read_text("utf-8"))
    plan["rounds"] = [r for r in plan["rounds"] if r["id"] >= FIRST]
    plan |= {"label": said(), "region_label": {"id": f"Kabupaten {KNOWN[1]}", "en": f"Regency {next(plants)}"}, "cohort": KNOWN[4]}
    plan["notes"] = [*plan.get("notes", []), *(said() for _ in range(6))]
    plan["statement"] = {"source": next(plants), "parts": [{"says": next(plants), "evidence": ["index_up"]}]}
    for entry in (*plan["cycles"], *plan["rounds"]):
        entry["source"] = next(plants)
    plan["cycles"][-1]["label"] = {"id": KNOWN[10], "en": CONTACTS[4]}
    plan["rounds"][-1] |= {"note": said(), "label": {"id": f"Tahap {KNOWN[3]}", "en": f"Stage {CONTACTS[0]}"}}
    for agency in plan["agencies"][:4]:
        agency["label"] = {"id": f"Dinas {next(plants)}", "en": f"Office {next(plants)}"}
    (folder / "programme.yaml").write_text(yaml.safe_dump(plan, allow_unicode=True, sort_keys=False), "utf-8")
    (folder / "kontak Siti Zulaikha-Zz 081234567891.csv").write_text("a\n1\n", "utf-8")
    shutil.copy(next((folder / "scenarios").glob("*.yaml")), folder / "scenarios/yohanis-kambuaya.yaml")
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(["respondent", "group", "unit", "Catatan Yohanis Kambuaya", *(f"U{n}" for n in range(1, 10))])
    groups, units = ([f"{UNKNOWN} {next(plants)}" for _ in range(8)] for _ in range(2))
    rows.writerows([f"{n} {next(plants)}", groups[n % 8], units[n % 8], next(plants), *"343434343"] for n in range(320))
    (folder / f"survey-{ROUND}.csv").write_text(out.getvalue(), "utf-8")
    for path in (folder / "rounds").glob("*.csv"):
        if path.stem < FIRST:
            path.unlink()
        else:
            _book(path, plants)
    return len(set(everything)), next(count)


def _run(home, *call, rc=0):
    env = {k: v for k, v in os.environ.items() if not k.startswith("SCEVALUATION_")}
    done = subprocess.run([sys.executable, "-m", "scevaluation", *call], cwd=home, env=env, capture_output=True, text=True)
    assert done.returncode == rc, done.stderr + done.stdout
    return done


def _yes(home):
    """A yes beside every text that was asked about."""
    path = home / "data/programmes/contoh" / NAME
    rows = list(csv.reader(path.read_text("utf-8-sig").splitlines()))
    with path.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle).writerows([rows[0], *(["ya", *row[1:]] for row in rows[1:])])


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    out = tmp_path_factory.mktemp("planted")
    kept, used = _workspace(out)
    assert kept >= 40 and used > 800
    return out


def _opened(name: str, data: bytes):
    """Every text in a file, files within it too; what a printed page says by poppler."""
    yield name, name
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as box:
            yield name, str([(i.comment, i.extra) for i in box.infolist()]) + str(box.comment)
            for part in box.namelist():
                yield from _opened(f"{name}/{part}", box.read(part))
    elif data[:4] == b"%PDF":
        for call in (["pdftotext", "-", "-"], ["pdfinfo", "-"]):
            yield name, subprocess.run(call, input=data, capture_output=True, check=True).stdout.decode("utf-8")
        yield name, data.decode("latin-1")
    elif data[:4] == b"\x89PNG":
        at = 8
        while at < len(data):
            size, kind = struct.unpack(">I4s", data[at : at + 8])
            yield name, "" if kind in (b"IDAT", b"PLTE") else data[at + 8 : at + 8 + size].decode("latin-1")
            at += 12 + size
    else:
        text = data.decode("utf-8", "replace")
        for kind, packed in re.findall(r"data:([\w/+.-]+)[^,\"']{0,40};base64,([\w+/=]+)", text):
            if "font" not in kind:
                yield from _opened(f"{name}, {kind}", base64.b64decode(packed))
        yield name, re.sub(r"base64,[\w+/=]+", "", text)


def leaks(files, needles=NEEDLES) -> dict[str, set[str]]:
    """Needles by file."""
    out: dict[str, set[str]] = {}
    for name, text in ((n, t) for whole, data in files for n, t in _opened(whole, data)):
        if held := found(text, needles):
            out[name] = out.get(name, set()) | held
    return out


def _of(folder):
    return [(p.relative_to(folder).as_posix(), p.read_bytes()) for p in sorted(folder.rglob("*")) if p.is_file()]


def test_the_search_finds_each_plant_where_it_stands():
    for plant in (*KNOWN, *CONTACTS):
        assert found(f"<p>{plant}</p>") or found(plant), plant
    box = io.BytesIO()
    with zipfile.ZipFile(box, "w") as z:
        z.writestr("a.png", png(more=chunk(b"tEXt", b"Author\0Siti Zulaikha-Zz")))
    assert list(leaks([("a.zip", box.getvalue())])) == ["a.zip/a.png"]


def test_bundles_in_all_kinds_and_formats_and_the_site_hold_nobody_without_a_yes(home):
    needles = (*NEEDLES, UNKNOWN)
    done = _run(home, "share", "contoh", "--round", ROUND, "--profile", "public", "--kinds", KINDS, "--formats", FORMATS)
    files = [("bundle", (home / f"reports/contoh/{ROUND}/share-public.zip").read_bytes())]
    with zipfile.ZipFile(io.BytesIO(files[0][1])) as box:
        kinds = {n.partition(".")[0].partition("-")[0] for n in box.namelist()}
        assert kinds == {*KINDS.split(","), "manifest"}, done.stderr
    assert leaks(files, needles) == {}
    _run(home, "site", "contoh", "--letters", "none", "--profile", "public", "--workers", "2")
    assert len(_of(home / "reports/site-public")) > 5 and leaks(_of(home / "reports/site-public"), needles) == {}
    _run(home, "report", "contoh", "--round", ROUND)
    internal = leaks(_of(home / f"reports/contoh/{ROUND}"), needles)
    assert UNKNOWN in internal["round.id.html"] and len(set.union(*internal.values())) > 10


def test_no_yes_lets_out_a_known_name_or_a_contact(home):
    if not (home / "data/programmes/contoh" / NAME).is_file():
        _run(home, "share", "contoh", "--round", ROUND, "--profile", "public", "--kinds", "skm", "--formats", "html")
    _yes(home)
    _run(home, "share", "contoh", "--round", ROUND, "--profile", "public", "--kinds", KINDS, "--formats", "html,xlsx", "--lang", "en")
    assert leaks([("bundle", (home / f"reports/contoh/{ROUND}/share-public.zip").read_bytes())]) == {}
    _run(home, "site", "contoh", "--letters", "none", "--profile", "public", "--lang", "en")
    assert leaks(_of(home / "reports/site-public")) == {}


@pytest.mark.parametrize("plant", ["Siti\u00a0Zulaikha-Zz", "0812 3456 7891", "Ibu Rahasia Tersembunyi"])
@pytest.mark.parametrize("field", ["label", "weights_source"])
def test_a_questionnaire_that_names_somebody_stops_the_bundle(home, plant, field):
    text = (DATA / "instruments/sektor-siklus-2.yaml").read_text("utf-8")
    own = home / "data/instruments/sektor-siklus-2.yaml"
    own.parent.mkdir(exist_ok=True)
    before = {"label": "Jalan kabupaten dalam kondisi mantap", "weights_source": "Dipilih untuk contoh instrumen ini"}[field]
    assert before in text
    own.write_text(text.replace(before, f"{before} menurut {plant}", 1), "utf-8")
    try:
        done = _run(home, "share", "contoh", "--round", ROUND, "--profile", "public", "--formats", "html", rc=1)
        assert "sektor-siklus-2.yaml" in done.stderr
    finally:
        own.unlink()
