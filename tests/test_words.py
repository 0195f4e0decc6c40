"""Words: both languages complete, each key in its room's catalogue and said by some code, numbers written as each language writes them."""

import csv
import json
import re
import string
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import get_args

import pytest
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st
from said_keys import Said, files, texts_in

from scevaluation import words as package
from scevaluation.charts.timeline import KINDS as EVENTS
from scevaluation.errors import EvaluationError
from scevaluation.frames import DIRECTIONS, PACES, SEVERITIES, SOURCES, intake, people
from scevaluation.instrument import QUALITIES, SECTORS
from scevaluation.place import DATA, NOTEBOOKS
from scevaluation.press.jobs import KINDS
from scevaluation.press.workbook import CONTRACTS
from scevaluation.programme import State
from scevaluation.words import (
    CHECK,
    LANGUAGES,
    MINUS,
    Fact,
    Sentence,
    Words,
    capital,
    catalogue,
    lower,
    part_of,
    rounded,
    words,
)

ROOT = Path(package.__file__).parents[1]
ASKED = re.compile(r"""(?:\bw|words|Sentence|self\.words)\(\s*["']([a-z0-9_]+\.[a-z0-9_.]+)["']""")
PO = {lang: sorted((ROOT / "words" / lang).glob("*.po")) for lang in LANGUAGES}


def _prose(path):
    return [c for c in json.loads(path.read_text("utf-8"))["cells"] if c["cell_type"] == "markdown"]


# What fills the place of a key that is put together, where all of it is known: no key is lacking and none is left over.
VALUES = {
    "desk.source.": SOURCES,
    "desk.state.": intake.STATES,
    "desk.why.": intake.WHY,
    "direction.": DIRECTIONS,
    "disruption.": {f"{kind}_{end}" for kind in EVENTS for end in ("recovered", "not_recovered", "raised")},
    "event.": EVENTS,
    "kind.": KINDS,
    "lab.source.": SOURCES,
    "lang.": LANGUAGES,
    "pace.": PACES,
    "people.agreement.": people.AGREEMENTS,
    "people.bias.": people.BIASES,
    "people.claim.": people.CLAIMS,
    "people.continuity.": (*people.CONTINUITIES, "sighted"),
    "people.duty.": people.DUTIES,
    "people.followed.": people.FOLLOWED,
    "sector.": SECTORS,
    "service_quality.": QUALITIES,
    "prose.": {c["id"].partition("-")[0] for p in NOTEBOOKS.glob("*.ipynb") for c in _prose(p)},
    "severity.": SEVERITIES,
    "state.": get_args(State),
    "xlsx.sheet.": {name.lower() for name in CONTRACTS},
}
WHY_NOT = ("methods.", "robust.", "lab.", "gate.", "chapter.methods_")  # these say why something is not computed
BESIDE = {"draw": "charts", "frames": "evaluate", "grid": "intake", "ipynb": "report"}  # rooms that say words of another


@pytest.fixture(scope="module")
def rooms():
    """What each room says."""
    out = {}
    for name, found in files(ROOT, NOTEBOOKS).items():
        room = name.split("/")[0] if "/" in name else name.split(".")[name.endswith("ipynb")]
        out.setdefault(BESIDE.get(room, room), set()).update(found)
    return out


@pytest.fixture(scope="module")
def everything(rooms):
    return {(value,) for values in VALUES.values() for value in values}.union(*rooms.values())


@pytest.fixture(scope="module")
def said(everything):
    return Said(everything)


def _places(message):
    return {name for _, name, _, _ in string.Formatter().parse(message) if name}


def _keys(path):
    return re.findall(r'^msgid "(.+)"$', path.read_text("utf-8"), re.MULTILINE)


def test_every_language_has_the_same_keys_in_the_same_catalogues():
    own = {p.name: set(_keys(p)) for p in PO["id"]}
    assert all({p.name: set(_keys(p)) for p in PO[lang]} == own for lang in LANGUAGES)


def test_every_entry_has_the_same_places_in_every_language():
    for lang in LANGUAGES:
        for key, message in catalogue("id").items():
            assert _places(catalogue(lang)[key]) == _places(message), f"{lang}: {key}"


def test_every_key_asked_for_in_the_code_exists():
    asked = {m for p in ROOT.rglob("*.py") for m in ASKED.findall(p.read_text("utf-8"))}
    assert len(asked) > 60
    assert {k for k in asked if not k.endswith((".", "_"))} <= set(catalogue("id"))


@pytest.mark.parametrize("head", VALUES)
def test_a_key_of_a_known_value_has_words_and_no_other_has(head):
    assert {k.removeprefix(head) for k in catalogue("id") if k.startswith(head)} == set(VALUES[head])


def test_the_english_words_of_a_notebook_are_its_own_prose():
    for path in NOTEBOOKS.glob("*.ipynb"):
        for cell in _prose(path):
            key = "prose." + cell["id"].partition("-")[0]
            assert catalogue("en")[key] == "".join(cell["source"]), f"{path.name}: {key}"
            assert catalogue("id")[key] != catalogue("en")[key], f"{path.name}: {key}"


def _unused(keys, said):
    return [k for k in keys if k not in said]


def test_no_key_is_unused(said):
    assert _unused(catalogue("id"), said) == []


@pytest.mark.parametrize(
    "dead",
    ["chart.no_such_chart.note", "finding.trends.never", "made_up_too", "chapter.people_of_old", "card", "list.and.more"],
)
def test_a_dead_key_is_found(dead, said, tmp_path, monkeypatch):
    for path in PO["id"]:
        text = path.read_text("utf-8") + (f'\nmsgid "{dead}"\nmsgstr "x"\n' if path.stem == "charts" else "")
        (tmp_path / "id" / path.name).parent.mkdir(exist_ok=True)
        (tmp_path / "id" / path.name).write_text(text, "utf-8")
    monkeypatch.setattr(package, "__file__", str(tmp_path / "__init__.py"))
    assert _unused(package._read("id"), said) == [dead]


@pytest.mark.parametrize(
    ("code", "yes", "no"),
    [
        ('w("card.value")', ["card.value"], ["card.name", "card"]),
        ('w("card." + x); y = "gap"', ["card.gap"], ["card.fall", "x.gap"]),
        (
            'w(f"chapter.{name}.lede"); y = ["people"]',
            ["chapter.people.lede"],
            ["chapter.people", "chapter.old.lede", "people.lede"],
        ),
        ('w("list." + ("one" if n else "many"))', ["list.one", "list.many"], ["list.few"]),
        ('key = "gain." + ("a" if n else "b"); w(key + "_one")', ["gain.a_one", "gain.b_one"], ["gain.c_one"]),
        ('w(f"kind.{rule}"); rule += "_all"; y = "up"', ["kind.up", "kind.up_all"], ["kind.down_all", "kind.up_most"]),
        ('def f(x): x = "a" if x in y else x; w("mark." + x); z = "b"', ["mark.a", "mark.b"], ["mark.c"]),
        ('for x in y: w("mark." + x); z = "b"; x = "a"', ["mark.a", "mark.b"], ["mark.c"]),
        ('w("mark." + "_".join(found)); y = "break", "event"', ["mark.break", "mark.break_event"], ["mark.break_other"]),
        ('w("register." + table.lower()); y = "INDEX"', ["register.index"], ["register.items"]),
        ('w(a + b); y = "card.", "gap"', [], ["card.gap"]),
        ('w(x.format(says=z)); x = "card.{says}"; y = "gap"', ["card.gap"], ["card.fall", "card"]),
    ],
)
def test_a_key_is_said_whole_or_put_together(code, yes, no):
    found = Said(texts_in(code))
    assert [k for k in (*yes, *no) if k in found] == yes


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_key_stands_twice(lang):
    keys = [k for p in PO[lang] for k in _keys(p)]
    assert len(keys) > 1000 and sorted(k for k in set(keys) if keys.count(k) > 1) == []


def test_a_key_stands_in_the_catalogue_of_a_room_that_says_it(rooms, everything):
    by_room = {room: Said(texts, everything) for room, texts in rooms.items()}
    for path in PO["id"]:
        for key in _keys(path):
            rooms_of = {room for room, said in by_room.items() if key in said}
            own = len(rooms_of) > 1 or "words" in rooms_of if path.stem == "common" else path.stem in rooms_of
            assert own, f"{key} in {path.name}: said by {sorted(rooms_of)}"


def test_every_issue_and_remedy_named_in_the_code_has_words():
    places = [p for room in ("grid", "intake", "past") for p in (ROOT / room).glob("*.py")]
    others = (
        "instrument.py",
        "instrument_sheet.py",
        "node.py",
        "programme.py",
        "region.py",
        "desk/scenario.py",
        "document.py",
        "evaluate/screening.py",
        "evaluate/other.py",
        "cli.py",
        "draw/chart.py",
        "report/own.py",
        *(f"press/{p.name}" for p in (ROOT / "press").glob("*.py")),
        "workspace.py",
    )
    places += [ROOT / name for name in others]
    code = "".join(p.read_text("utf-8") for p in places)
    for key in set(re.findall(r"^issue\.(\w+)$", "\n".join(catalogue("id")), re.MULTILINE)):
        assert key.removeprefix("wrong_") in code or key in code, key


def test_catalogues_are_whole():
    for lang in LANGUAGES:
        for path in (ROOT / "words" / lang).glob("*.po"):
            with path.open("rb") as handle:
                for message in read_po(handle, locale=lang):
                    assert not message.id or (message.string and not message.fuzzy), f"{path}: {message.id}"


# What plain administrative language says in another way, and the word for it; English has its own of some.
PLAIN = {
    "id": {
        r"gerak bersama|kenaikan bersama": "perubahan umum seluruh peserta",
        r"derau": "ketidakpastian penilaian",
        r"ruang( untuk)? (naik|menaikkan)|ruang\w* (sisa|tersisa)|ruang yang tersisa": "potensi kenaikan",
        r"kabar": "informasi terbaru",
        r"nilai tengah": "median",
        r"beririsan|bertindihan": "tumpang tindih",
        r"tercetak": "tercantum dalam surat",
        r"di balik": "data grafik",
        r"master ?plan": "rencana induk",
        r"dulu|dibereskan|tertinggal": "terlebih dahulu, diselesaikan, belum dipenuhi",
        r"kuesioner": "instrumen",
        r"dipublikasikan": "diterbitkan",
        r"dinyatakan ulang": "direvisi",
        r"rekomendasi (yang |masih )*terbuka|jatuh tempo": "rekomendasi yang belum selesai, tenggat",
        r"(skor|skornya) (mandiri|terverifikasi)": "nilai mandiri, nilai terverifikasi",
        r"per tahun": "setahun",
        r"anggapan": "asumsi",
        r"simpul\b": "bagian",
    },
    "en": {
        r"behind the (picture|report|chart)": "data of the chart",
        r"masterplan": "master plan",
        r"questionnaire": "instrument",
        r"(later|last|recent) sign": "recent information",
    },
}


def _old_words(lang, message):
    """Old words of a message, and codes of tables that stand in it as words; SKM is a word of its field."""
    codes = rf"\b({'|'.join(set(CONTRACTS) - {'SKM'})})\b"
    found = [m[0] for word in PLAIN[lang] for m in re.finditer(rf"\b({word})\w*", message, re.IGNORECASE)]
    return found + [m[0] for m in re.finditer(codes, message)]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_old_word_returns(lang):
    assert {k: found for k, m in catalogue(lang).items() if (found := _old_words(lang, m))} == {}


def test_no_old_word_is_in_the_book():
    pages = [*(ROOT.parent / "docs" / "id").glob("*.md")]
    assert len(pages) > 8
    for page in pages:
        prose = re.sub(r"^```.*?^```$|`[^`]*`", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
        assert not [found for line in prose.splitlines() if (found := _old_words("id", line))], page


@pytest.mark.parametrize(
    ("lang", "message", "found"),
    [
        ("id", "Tanpa derau panel, nilai tengahnya tercetak", ["derau", "nilai tengahnya", "tercetak"]),
        ("id", "Bobot kali ruang naiknya; tabel TREND", ["ruang naiknya", "TREND"]),
        ("en", "The numbers behind the picture, INDEX", ["behind the picture", "INDEX"]),
        ("id", "Median indeks {INDEX_x}, indeks", []),
        ("id", "Rekomendasi masih terbuka menurut kuesioner; kesimpulan terbuka", ["Rekomendasi masih terbuka", "kuesioner"]),
    ],
)
def test_an_old_word_is_found(lang, message, found):
    assert sorted(_old_words(lang, message)) == sorted(found)


def test_the_labels_of_our_data_say_rencana_induk_too():
    said = [
        f"{path.name}: {row['label_id']}"
        for path in sorted((DATA / "programmes").glob("*/events.csv"))
        for row in csv.DictReader(path.read_text("utf-8").splitlines())
    ]
    assert any("rencana induk" in text.lower() for text in said)
    assert [text for text in said if _old_words("id", text.partition(": ")[2])] == []


@pytest.mark.parametrize(
    ("label", "inside"),
    [
        ("Pelayanan publik", "pelayanan publik"),
        ("Pelayanan Publik", "Pelayanan Publik"),
        ("Pelayanan/Publik", "Pelayanan/Publik"),
        ("Tata Kelola dan layanan", "Tata Kelola dan layanan"),
        ("Pelayanan-Publik daerah", "Pelayanan-Publik daerah"),
        ("Kebijakan SPBE", "kebijakan SPBE"),
        ("SPBE daerah", "SPBE daerah"),
        ("IoT di desa", "IoT di desa"),
        ("Kepatuhan (Ombudsman)", "kepatuhan (Ombudsman)"),
        ("A", "A"),
        ("", ""),
    ],
)
def test_a_label_in_a_sentence_is_lowered_whole_or_kept_whole(label, inside):
    assert lower(label) == inside


@given(st.text(max_size=40))
def test_no_label_is_lowered_in_part(label):
    said = lower(label)
    assert said in (label, label[:1].lower() + label[1:])
    words_in = re.findall(r"[^\W\d_]+", re.sub(r"\([^)]*\)", "", said))
    assert said == label or not any(w[:1].isupper() and not w.isupper() for w in words_in[1:])


@pytest.mark.parametrize(("text", "start"), [("layanan", "Layanan"), ("eHealth desa", "eHealth desa"), ("2 unsur", "2 unsur"), ("", "")])
def test_a_sentence_begins_large_but_for_a_name_that_begins_small(text, start):
    assert capital(text) == start


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_sentence_names_a_cause(lang):
    causal = "karena|akibat|disebabkan|because|due to|caused by"
    others = "berkat|sehingga|sebab|thanks to|owing to|therefore|caused?"
    for key, message in catalogue(lang).items():
        if key != "chart.context.note":
            these = causal if key.startswith(WHY_NOT) else f"{causal}|{others}"
            assert not re.search(rf"\b({these})\b", message, re.IGNORECASE), key


@pytest.mark.parametrize(
    ("lang", "value", "digits", "sign", "text"),
    [
        ("id", 1234.5, 1, False, "1.234,5"),
        ("en", 1234.5, 1, False, "1,234.5"),
        ("id", -0.03, 2, True, f"{MINUS}0,03"),
        ("id", 0.44, 2, True, "+0,44"),
        ("id", -0.001, 2, True, "0,00"),
        ("en", 0.0, 1, True, "0.0"),
        ("id", float("nan"), 1, False, "\u2013"),
        ("id", 2.468, 2, False, "2,47"),
    ],
)
def test_a_number_by_hand(lang, value, digits, sign, text):
    assert Words(lang).num(value, digits, sign) == text


@given(st.floats(-1e9, 1e9), st.integers(0, 4))
def test_a_number_reads_back_as_itself(value, digits):
    for lang, (decimal, thousand) in {"id": (",", "."), "en": (".", ",")}.items():
        text = Words(lang).num(value, digits, sign=True)
        assert float(text.replace(thousand, "").replace(decimal, ".").replace(MINUS, "-")) == pytest.approx(
            rounded(value, digits)
        )


@pytest.mark.parametrize(
    ("column", "value", "text"),
    [("first", 2023.0, "2023"), ("last", 2023, "2023"), ("first", 0.25, "0,250"), ("value", 2023.0, "2.023,000")],
)
def test_a_year_in_a_table_has_no_mark_for_thousands(column, value, text):
    assert Words("id").cell(column, value, 3) == text


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("line 55", "baris 55"),
        ("line 1, column 2", "baris 1, kolom 2"),
        ("line 2, faster", "baris 2, faster"),
        ("Skor!E14", "Skor!E14"),
        ("line up", "line up"),
        ("", ""),
    ],
)
def test_a_place_in_a_file_is_told_in_the_language(cell, text):
    assert Words("id").place(cell) == text and Words("en").place(cell) == cell


def test_our_own_decimals_take_the_marks_of_the_language():
    assert Words("id").marks("1.5 dari 2.") == "1,5 dari 2." and Words("en").marks("1.5") == "1.5"


def test_lists_and_counts():
    assert Words("id").join(["a", "b", "c"]) == "a, b, dan c" and Words("en").join(["a", "b", "c"]) == "a, b, and c"
    assert Words("id").join(["a"]) == "a" and Words("id").join([]) == ""
    assert Words("id").count(2) == "dua" and Words("id").count(12) == "12" and Words("en").count(3, capital=True) == "Three"


@pytest.mark.parametrize(
    ("n", "of", "texts"),
    [
        (2, 3, ("dua dari tiga", "two of three")),
        (1, 1, ("satu", "one")),
        (2, 2, ("kedua", "both")),
        (9, 9, ("kesembilan", "all nine")),
        (12, 12, ("seluruh 12", "all 12")),
    ],
)
def test_all_of_a_count_is_said_as_all_of_it(n, of, texts):
    assert tuple(w.text(part_of(n, of, w.count)) for w in map(Words, LANGUAGES)) == texts


def test_rounds_are_named_as_officials_name_them():
    assert Words("id").round("2024-S2") == "2024-II" and Words("id").round_long("2024-S2") == "Semester II 2024"
    assert Words("en").round_long("2025-Q3") == "Quarter III of 2025"
    assert Words("id").round("2024") == "2024" and Words("id").round_long("2024") == "2024"
    assert Words("en").round_long("2024") == "2024"


def test_a_fact_in_prose_names_its_cell_and_text_is_escaped():
    w = Words("id")
    fact = Fact(2.468, "INDEX", "2023-S2|index", "value", 2)
    html = w.html(Sentence("headline.few_alone_first", {"value": fact, "best": "<b>4</b>", "beside": ""}))
    assert '<data value="2.468" data-ref="INDEX|2023-S2|index|value">2,47</data>' in html and "&lt;b&gt;4&lt;/b&gt;" in html
    assert w.text(fact) == "2,47"


@pytest.mark.parametrize(
    ("said", "html"),
    [
        ("Naik sejak 2023-II.", 'Naik sejak <span class="whole">2023-II</span>.'),
        ("2023-I & 2024-II", '<span class="whole">2023-I</span> &amp; <span class="whole">2024-II</span>'),
        ("2019-III, 2023-IIb", "2019-III, 2023-IIb"),
    ],
)
def test_a_short_name_of_a_round_stays_whole_on_a_page(said, html):
    w = Words("id")
    assert w.html(said) == html and w.text(said) == said
    assert html in w.html(Sentence("finding.two", {"first": said, "second": ""}))


def test_a_size_has_no_sign_after_a_verb():
    assert Words("id").text(Fact(-0.03, "CHANGE", "k", "official", 2, size=True)) == "0,03"


def test_an_unknown_key_or_language_is_a_clear_error():
    with pytest.raises(EvaluationError, match="no entry"):
        Words("id")("no.such.key")
    with pytest.raises(EvaluationError, match="Known languages"):
        Words("fr")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_check_says_all_of_it_in_few_catalogues(lang, monkeypatch):
    whole = catalogue(lang)
    said = {k for k in whole if k.startswith(("issue.", "remedy.", "severity.", "place.", "check."))}
    first, few = Words(lang, CHECK), []
    monkeypatch.setattr(package, "catalogue", lambda asked: few.append(asked) or whole)
    assert len(said) > 60 and all(first._message(k) == whole[k] for k in said) and few == []


def test_a_key_of_another_catalogue_is_found_after_the_first():
    first = Words("id", CHECK)
    assert first.has("gate.broken") and first("gate.broken") == Words("id")("gate.broken") and not first.has("no.such.key")
    assert first.html(Sentence("gate.broken")) == Words("id").html(Sentence("gate.broken"))
    with pytest.raises(EvaluationError, match="no entry"):
        first("no.such.key")
    assert words("id", CHECK) is words("id", CHECK) is not words("id")


def test_the_workbook_has_words_for_its_columns_and_no_more():
    from scevaluation.press.workbook import CONTRACTS, UNITS

    columns = {c for contract in CONTRACTS.values() for c in contract.columns} | {"name"}
    assert columns <= {k.removeprefix("col.") for k in catalogue("id") if k.startswith("col.")}
    assert {k.removeprefix("unit.") for k in catalogue("id") if k.startswith("unit.")} >= set(UNITS)


def test_what_a_programme_lacks_has_words_by_chapter():
    from scevaluation import evaluate_round
    from scevaluation.report.round import available

    chapters = set(available(evaluate_round("mimika", "2023-S2")))
    assert {k.removeprefix("absent.") for k in catalogue("id") if k.startswith("absent.")} == chapters | {"title"}


@pytest.mark.parametrize(
    ("share", "digits", "text"),
    [
        (1.0, 0, "100%"),
        (0.0, 0, "0%"),
        (0.9996, 0, ">99%"),
        (0.9996, 1, ">99,9%"),
        (0.994, 0, "99%"),
        (0.004, 0, "<1%"),
        (0.004, 1, "0,4%"),
        (1.02, 0, "102%"),
        (float("nan"), 0, "\u2013%"),
    ],
)
def test_nearly_all_is_not_written_as_all(share, digits, text):
    assert words("id").pct(share, digits) == text


def test_a_mark_of_less_or_more_in_a_fact_is_escaped():
    assert ">&gt;99%</data>" in words("id").html(Fact(0.9996, "TREND", "k", "p_up", 0, percent=True))


@pytest.mark.parametrize("value", [2.555, 2.5549999999999997, (2.54 + 2.57) / 2, 2.5550000001])
def test_a_number_is_rounded_alike_however_it_was_computed(value):
    assert Words("id").num(value, 2) == "2,56"


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [(31.15, 1, "31,2"), (2.545, 2, "2,55"), (52.5, 0, "53"), (-0.04, 1, "0,0"), (1e9 + 0.5, 0, "1.000.000.001"), (-0.35, 1, "\u22120,4")],
)
def test_a_half_is_rounded_away_from_zero_as_by_hand(value, digits, text):
    assert Words("id").num(value, digits) == text


@given(st.integers(-(10**9), 10**9), st.integers(0, 4))
def test_rounding_is_that_of_decimal_numbers(n, digits):
    number = Decimal(n).scaleb(-5)
    assert rounded(float(number), digits) == float(number.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP))


def test_text_in_another_direction_is_isolated():
    sentence = Sentence("found.best", {"unit": "x", "name": "\u062e\u062f\u0645\u0629 & co", "value": "2.5"})
    assert "<bdi>\u062e\u062f\u0645\u0629 &amp; co</bdi>, 2.5" in Words("en").html(sentence)
    assert "<bdi>" not in Words("en").html(Sentence("found.best", {"unit": "x", "name": "Jalan \u2013 \u00e9", "value": "2.5"}))
