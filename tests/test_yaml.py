"""YAML of programmes and instruments, read strictly: every mistake at its line in both languages, in no library's words."""

import re

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scevaluation.errors import EvaluationError, InstrumentError, ProgrammeError
from scevaluation.grid.yamlfile import NODES, parse
from scevaluation.instrument import read_instrument
from scevaluation.intake.consistency import consistency
from scevaluation.issues import describe, told
from scevaluation.programme import load_programme, programmes, read_programme
from scevaluation.words import LANGUAGES, words

PLAN = """\
id: uji
label: Kabupaten Uji
region: "99.99"
region_label: {id: Kab. Uji, en: Uji}
delta: 1.0
cycles:
- {id: "1", label: Siklus, start: 2018-S1, end: 2022-S2, source: s}
rounds:
- {id: 2024-S1, state: scored, instrument: uji}
- id: 2024-S2
  state: not_held
"""
ASKED = """\
id: uji
label: {id: Uji}
valid_from: 2024-S1
scale: {low: 1, high: 4}
weights: own
weights_source: kami
source: kami
tree:
  id: index
  label: Indeks
  children:
  - id: a
    label: A
    weight: 1
  - id: b
    label: {en: B}
    weight: 2
family: own
"""
RAW = re.compile(
    r"Traceback|pydantic|Input should|Extra inputs|Field required|Value error|valid dictionary|type=|Error\b|could not|did not find|"
    r"String should|expected (?!a )|mapping values"
)


def plan(tmp_path, text):
    (tmp_path / "programme.yaml").write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_programme(tmp_path)


def asked(tmp_path, text):
    (tmp_path / "uji.yaml").write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_instrument(tmp_path / "uji.yaml")


def said(call, kind) -> dict[str, str]:
    with pytest.raises(kind) as error:
        call()
    out = {lang: " ".join(told(error.value, words(lang))) for lang in LANGUAGES}
    assert not any(RAW.search(text) for text in out.values()), out
    assert out["id"] != out["en"] and error.value.issues
    return out


def test_a_label_in_one_language_or_as_plain_text_stands_in_both(tmp_path):
    p, i = plan(tmp_path, PLAN), asked(tmp_path, ASKED)
    assert (p.label.id, p.label.en) == ("Kabupaten Uji",) * 2
    assert (i.label.en, i.nodes["b"].label.id, i.weights_source.en, i.nodes["a"].label.id) == ("Uji", "B", "kami", "A")


@pytest.mark.parametrize(
    ("old", "new", "en", "id_"),
    [
        ("id: uji\n", "id: uji\nid: lain\n", "line 2: the key id stands twice; line 1 has it too", "isian id ada dua kali; baris 1"),
        ("state: not_held", "state: not_held\n  state: scored", "line 12: the key state stands twice; line 11", "baris 12"),
        ("{id: Kab. Uji, en: Uji}", "{id: a, id: b}", "line 4: the key id stands twice", "isian id ada dua kali"),
        ("delta: 1.0", "delat: 1.0", "line 5, delat: the key delat is not known here; perhaps delta?", "mungkin maksudnya delta?"),
        ("delta: 1.0", "colour: red", "line 5, colour: the key colour is not known here", "isian colour tidak dikenal"),
        ("  state: not_held", "  stat: not_held", "rounds.2.stat: the key stat is not known here; perhaps state?", "state"),
        ("delta: 1.0", "events: []", "line 5, events: the key events is not known here; perhaps events.csv?", "events.csv"),
        ("delta: 1.0", "official: true", "line 5, official: the key official is not known here", "official"),
        ('region: "99.99"\n', "", "line 1, region: the key region is missing", "isian region tidak ada"),
        ('region: "99.99"', "region: 99.99", "line 3, region: 99.99 is not text. Put it in quotes", "99.99 bukan teks"),
        ('region: "99.99"', 'region: "9404"', "line 3, region: 9404 is no region's code such as 94.04", "9404 bukan kode wilayah"),
        ('region: "99.99"', 'region: "99.99"\nsectors: [health, helth]', "line 4, sectors.2: helth is none of", "helth bukan salah satu"),
        ('region: "99.99"', 'region: "99.99"\npeers: ["94.01", "94.01"]', "line 4, peers.2: 94.01 is listed twice", "dua kali"),
        ('region: "99.99"', 'region: "99.99"\nagencies: [{id: "a,b", label: A}]', "line 4, agencies.1.id: a,b is no plain name", "a,b"),
        ('region: "99.99"', 'region: "99.99"\nagencies: [{id: a, label: {id: " ", en: ""}}]', "label.id: nothing stands", "kosong"),
        ('region: "99.99"', "region:", "line 3, region: nothing stands here", "bagian ini kosong"),
        ("id: uji\n", "id: Uji!\n", "line 1, id: Uji! is no plain name", "Uji! bukan nama sederhana"),
        ("delta: 1.0", "delta: 1e308", "line 5, delta: 1e308 is not a plain number", "baris 5, delta"),
        ("delta: 1.0", "delta: 1.0e+308", "line 5, delta: 1e+308 is not ≤ 100", "1e+308 tidak ≤ 100"),
        ("delta: 1.0", "delta: .inf", "line 5, delta: inf is not a finite number", "bukan angka yang terhingga"),
        ("delta: 1.0", "delta: 0", "line 5, delta: 0 is not > 0", "0 tidak > 0"),
        ("delta: 1.0", "delta: 5%", "line 5, delta: 5% is not a plain number", "5% bukan angka biasa"),
        ("delta: 1.0", "delta: yes", "line 5, delta", "baris 5, delta"),
        ("delta: 1.0", "delta: 010", "line 5: YAML reads 010 as another number", "YAML membaca 010"),
        ("delta: 1.0", "delta: 1:30", "line 5: YAML reads 1:30 as another number", "YAML membaca 1:30"),
        ("delta: 1.0", "made_up: perhaps", "line 5, made_up: perhaps is neither yes nor no", "bukan ya ataupun tidak"),
        ("delta: 1.0", "\tdelta: 1.0", "line 5: the line is indented with a tab", "baris 5: baris menjorok dengan tab"),
        ("delta: 1.0", "delta: [1", "the text is not valid YAML", "bukan YAML yang benar"),
        ("delta: 1.0", "delta: a: b", "line 5: the text is not valid YAML here or just before: delta: a: b", "baris 5"),
        ("delta: 1.0", "delta: *x", "line 5: the text is not valid YAML", "baris 5"),
        ("delta: 1.0", "delta: \x07", "line 5: the line holds a character that is not text", "baris 5"),
        ("delta: 1.0", "delta: 2024-13-45", "a date or number in the file does not exist", "tanggal atau angka"),
        ("delta: 1.0", "delta: &x [*x]", "repeats itself without end", "tanpa akhir"),
        ("delta: 1.0", "peers: satu", "line 5, peers: this should be a list", "seharusnya daftar"),
        ("label: Kabupaten Uji", "label: [a, b]", "line 2, label: this should be keys with values", "nama isian dan nilainya"),
        ("state: not_held", "state: held", "rounds.2.state: held is none of: scored, progress_only", "held bukan salah satu dari"),
        ("end: 2022-S2", "end: 2017-S1", "line 7, cycles.1.end: 2017-S1 is before 2018-S1, its beginning", "lebih awal"),
        ("id: 2024-S2", 'id: "2024-S2\\n"', "line 10, rounds.2.id: 2024-S2 is no round", "2024-S2 bukan putaran"),
        ("id: 2024-S2", 'id: "20２４-S2"', "line 10, rounds.2.id", "bukan putaran"),
        ("id: 2024-S2", "id: 2024-S1", "line 10, rounds.2: 2024-S1 is listed twice", "2024-S1 terdaftar dua kali"),
        ("id: 2024-S2", "id: 2023-S2", "rounds.2.id: rounds must stand in order of time; 2023-S2 comes after 2024-S1", "urutan waktu"),
        ("id: 2024-S2", "id: 2024-Q4", "rounds.2.id: 2024-Q4 is of another kind", "2024-Q4 berbeda jenis"),
        (", instrument: uji", "", "line 9, rounds.1: the round 2024-S1 was scored, but names no instrument", "tidak menyebut instrumen"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_programme_is_told_at_its_line_in_both_languages(tmp_path, old, new, en, id_):
    assert old in PLAN
    found = said(lambda: plan(tmp_path, PLAN.replace(old, new, 1)), ProgrammeError)
    assert found["en"].startswith("programme.yaml") and en in found["en"] and id_ in found["id"]


@pytest.mark.parametrize(
    ("raw", "en", "id_"),
    [
        (b"id: \xff\n", "line 1: the file is not UTF-8 text; byte 5", "bita ke-5"),
        (b"", "the file is empty", "berkas kosong"),
        (b"# nothing\n", "the file is empty", "berkas kosong"),
        (b"null\n", "this should be keys with values", "nama isian dan nilainya"),
        (b"- 1\n", "line 1: this should be keys with values", "nama isian dan nilainya"),
        (b"just text\n", "line 1: this should be keys with values", "nama isian dan nilainya"),
        (b"--- {a: 1}\n--- {b: 2}\n", "line 2: the text is not valid YAML", "bukan YAML"),
        (b"[" * 5000, "the text is not valid YAML", "bukan YAML"),
        (b"id: a\0\n", "the file is not a text table", "bukan tabel teks"),
    ],
)
def test_what_is_no_programme_at_all_is_refused_in_both_languages(tmp_path, raw, en, id_):
    for read, kind in ((plan, ProgrammeError), (asked, InstrumentError)):
        found = said(lambda read=read: read(tmp_path, raw), kind)
        assert en in found["en"] and id_ in found["id"]


def test_utf_16_and_a_mark_in_front_are_read(tmp_path):
    assert plan(tmp_path, PLAN.encode("utf-16")).id == plan(tmp_path, PLAN.encode("utf-8-sig")).id == "uji"


def test_what_is_repeated_by_reference_is_counted_and_refused_when_too_much(tmp_path):
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    bomb += "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 8))
    found = said(lambda: plan(tmp_path, bomb), ProgrammeError)
    assert str(NODES) in found["en"]
    assert (
        plan(tmp_path, PLAN.replace("label: Kabupaten Uji", "label: &l Uji").replace("Siklus", "*l")).cycles[0].label.id
        == "Uji"
    )


@pytest.mark.parametrize(
    ("old", "new", "en", "id_"),
    [
        ("    weight: 1", '    weight: "20%"', "line 14, tree.children.1.weight: 20% is not a plain number", "20% bukan angka biasa"),
        ("    weight: 1", "    weight: 1\n    weight: 9", "line 15: the key weight stands twice; line 14", "isian weight ada dua kali"),
        ("    weight: 1", "    weight: .inf", "line 14, tree.children.1.weight: inf is not a finite number", "terhingga"),
        ("    weight: 1", "    weight: true", "line 14, tree.children.1.weight", "baris 14"),
        ("    weight: 1", "    weight: 1.0e+300", "line 14, tree.children.1.weight: 1e+300 is not ≤", "baris 14"),
        ("    weight: 1", "    wieght: 1", "the key wieght is not known here; perhaps weight?", "mungkin maksudnya weight?"),
        ("    weight: 1\n", "", "line 12, tree.children.1: a has no weight, others below index have one", "a tidak berbobot"),
        ("high: 4", "high: .inf", "line 4, scale.high: inf is not a finite number", "terhingga"),
        ("high: 4", "high: 1", "line 4, scale: the scale 1–1 does not rise", "skala 1–1 tidak menaik"),
        ("high: 4", "high: empat", "line 4, scale.high: empat is not a plain number", "empat bukan angka biasa"),
        ("    label: A\n", "", "line 12, tree.children.1.label: the key label is missing", "isian label tidak ada"),
        ("    label: A", "    label: {}", "line 13, tree.children.1.label.id: the key id is missing", "isian id tidak ada"),
        ("valid_from: 2024-S1", "valid_from: 24", "line 3, valid_from", "baris 3, valid_from"),
        ("valid_from: 2024-S1", "valid_from: 2024-S1\nvalid_to: 2023-S1", "line 4, valid_to: 2023-S1 is before 2024-S1", "lebih awal"),
        ("weights: own", "weights: unknown", "line 5, weights: the weights are said to be unknown, but a has one", "a berbobot"),
        ("  - id: b", "  - id: a", "line 15, tree.children.2: a is listed twice", "a terdaftar dua kali"),
    ],
)  # fmt: skip
def test_a_mistake_in_an_instrument_is_told_at_its_line_in_both_languages(tmp_path, old, new, en, id_):
    assert old in ASKED
    found = said(lambda: asked(tmp_path, ASKED.replace(old, new, 1)), InstrumentError)
    assert "uji.yaml" in found["en"] and en in found["en"] and id_ in found["id"]


def test_weights_that_are_all_zero_are_refused(tmp_path):
    found = said(
        lambda: asked(tmp_path, ASKED.replace("weight: 1", "weight: 0").replace("weight: 2", "weight: 0")), InstrumentError
    )
    assert "tree.children: all weights below index are 0" in found["en"] and "bernilai 0" in found["id"]


def test_all_mistakes_are_told_at_once(tmp_path):
    found = said(lambda: plan(tmp_path, PLAN.replace("delta: 1.0", "delta: x").replace("not_held", "held")), ProgrammeError)
    assert (
        found["en"].startswith("programme.yaml has 2 errors:") and "line 5, delta" in found["en"] and "line 11" in found["en"]
    )


PIECES = st.sampled_from(
    ["id: a\n", "label: ", "x", "{", "}", "[", "]", "- ", "&a ", "*a", "\t", ": ", '"', "'", "\n", "  ", "#", "|\n", "? ", "!!float ",
     "1e999", ".nan", "2024-S1", "rounds:\n", "cycles: []\n", "<<: ", "é", "\u2028", "2024-99-99", "%", "---\n", "region: '1'\n"]
)  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=st.one_of(st.binary(max_size=80), st.lists(PIECES, max_size=25).map("".join).map(str.encode)), whole=st.booleans())
def test_any_bytes_are_an_object_or_a_clear_refusal(tmp_path, raw, whole):
    for read, text in ((plan, PLAN), (asked, ASKED)):
        try:
            read(tmp_path, (text.encode() if whole else b"") + raw)
        except EvaluationError as error:
            assert ".yaml" in error.fact and error.remedy
            for lang in LANGUAGES:
                assert told(error, words(lang))


@settings(max_examples=100, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        max_leaves=12,
    )
)
def test_what_is_written_as_yaml_is_read_as_the_library_reads_it(data):
    text = yaml.safe_dump({"a": data})
    try:
        assert parse(text, "f.yaml", ProgrammeError) == yaml.safe_load(text)
    except ProgrammeError as error:  # numbers that look otherwise than they are
        assert {i["problem"] for i in error.issues} <= {"odd_number", "yaml_character", "yaml_value"}


# a programme against itself


def test_the_shipped_programmes_are_consistent():
    assert [i for name in programmes() for i in consistency(load_programme(name)) if i["severity"] != "note"] == []
    assert consistency(load_programme("wilayah-94-04")) == []


@pytest.fixture
def own(tmp_path, monkeypatch):
    """A data folder of one's own with two questionnaires; returns a reader of a programme's text in it."""
    from scevaluation import place

    (tmp_path / "instruments").mkdir()
    later = ASKED.replace("id: uji", "id: uji-2", 1).replace("    label: A", "    label: A\n    link: zz")
    later = later.replace("weight: 2", "weight: 2\n    link: b\n  - id: c\n    label: C\n    weight: 1\n    link: b")
    (tmp_path / "instruments" / "uji.yaml").write_text(ASKED, "utf-8")
    (tmp_path / "instruments" / "uji-2.yaml").write_text(later, "utf-8")
    monkeypatch.setitem(place.LAYERS, "data", (tmp_path,))
    (tmp_path / "p").mkdir()
    yield lambda text: plan(tmp_path / "p", text)


def test_what_is_hardly_meant_is_warned_of_at_its_line_in_both_languages(own, tmp_path):
    text = PLAN.replace("  state: not_held", "  state: scored\n  instrument: uji-2").replace("id: 2024-S1", "id: 2023-S1")
    text = text.replace("rounds:", '- {id: "2", label: S, start: 2022-S1, end: 2025-S2, source: s}\nrounds:')
    (tmp_path / "p" / "targets.csv").write_text("node,round,value,source\nindex,2027-S2,3.2,m\nhealt,2027-S2,70,m\n", "utf-8")
    issues = consistency(own(text))
    assert {i["severity"] for i in issues} == {"warning"}
    en, id_ = ("\n".join(describe(i, words(lang)) for i in issues) for lang in ("en", "id"))
    for line in (
        "programme.yaml, line 10, rounds.1.instrument: the round uses uji, which holds 2024-S1–",
        "uji-2.yaml, line 14, tree.children.1.link: the link zz names nothing in uji.",
        "uji-2.yaml, line 23, tree.children.3.link: the link b stands at several items: b, c; it is read as an item that was split.",
        "programme.yaml, line 8, cycles.2.start: the cycle 2 begins before 1 has ended.",
        "targets.csv, line 2, value: the target 3.2 is on 0–100; it may be meant on the scale 1–4.",
        "targets.csv, line 3, node: there is a target for healt",
    ):
        assert line in en
    assert (
        len(issues) == 6 and "tautan zz tidak menunjuk apa pun di uji" in id_ and "siklus 2 dimulai sebelum 1 berakhir" in id_
    )


def test_an_instrument_that_is_not_there_is_an_error_among_the_warnings(own):
    found = consistency(own(PLAN.replace("instrument: uji", "instrument: lain")))
    assert [(i["problem"], i["severity"]) for i in found] == [("no_instrument", "error")]
