"""What everybody may read of a programme: typed fields, and each free text with its own stored yes."""

import csv
import json
import shutil

import pytest
import yaml

from scevaluation.errors import EvaluationError
from scevaluation.evaluate.evaluation import evaluate_round
from scevaluation.evaluate.survey import programme_answers, survey_round
from scevaluation.intake import release
from scevaluation.intake.people import read_programmes, read_recommendations
from scevaluation.intake.persons import Names, called, contact, plain, rendered
from scevaluation.intake.public import HIDDEN, Public, mark
from scevaluation.node import Label
from scevaluation.place import DATA
from scevaluation.programme import Programme, load_programme, read_programme
from scevaluation.words import words

ROUND = "2024-S2"
NAMES = Names(["D'Arcy O'Zee", "Ida", "Siti Zulaikha-Zz", "M. Ali", "Dr. I Gede Wayan, S.T.", "siti_nur", "Nur'aini al-Farabi", "A", "12"])


@pytest.mark.parametrize(
    "said",
    [
        *("(hubungi D\u2019Arcy O'Zee)", "DArcy OZee", "tanya Ida.", "Siti\u00a0 Zulaikha\u2011Zz", "SITI ZULAIKHA ZZ"),
        *("Zulaikha-Zz, Siti", "Si<b>ti</b> <i>Zulaikha</i>-Zz", "<td>Siti</td><td>Zulaikha Zz</td>", "Siti Zul&#97;ikha&#45;Zz"),
        *("Si\u200bti Zulai\u00adkha-Zz", "S. Zulaikha-Zz", "M.Ali", "m. ali", "I  Gede\nWayan", "Siti Nur", "Nuraini Al Farabi"),
        "Nur\u02bcaini al-F\u0101r\u0101b\u012b",
        *("<img alt='Siti Zulaikha-Zz'>", '<meta content="Ida">', "\uff33\uff49\uff54\uff49 Zulaikha-Zz", "<!-- Siti Zulaikha-Zz -->"),
    ],
)
def test_a_name_is_found_in_whatever_form_it_stands(said):
    seen = rendered(said)
    assert NAMES.sure(seen) or NAMES.maybe(seen)


@pytest.mark.parametrize("said", ["Frida", "Idaman", "Siti", "Zulaikha", "Malika", "A 12", "Si ti", "idaho"])
def test_a_part_of_a_word_or_of_a_name_is_no_name(said):
    assert not (NAMES.sure(rendered(said)) or NAMES.maybe(rendered(said)))


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        *((t, "email") for t in ("a@b.go.id", "rahmat . h @ contoh.go.id", "a [at] b.go.id", "a<b>@</b>b.go.id")),
        *((t, "phone") for t in ("(0901) 321-765", "62 812 3456 7890", "0812.3456.7890x", "+62-812-3456-7890", "0812<b>3456</b>7890")),
        *((t, "phone") for t in ("\uff10\uff18\uff11\uff12 3456 7890", "021-5551234", "+62 (901) 321 765", "WA: 81234567890")),
        *((t, "nik") for t in ("9404014101900001", "94.04.01.410190.0001", "9404 0141 0190 0001")),
        *((t, "nip") for t in ("198503122010011003", "19850312 201001 1 003", "19850312.201001.1.003")),
        *((t, "number") for t in ("NIP. 140 123 456", "NPWP 12.345.678.9-012.345", "12.345.678.9-012.345")),
        *((t, "path") for t in ("C:\\Users\\ani\\x.xlsx", "D:/evaluasi", "\\\\server\\bukti", "/srv/ani/x", "file:///x")),
        *((t, "host") for t in ("server-1.local", "http://10.0.0.5/x", "192.168.1.4", "localhost")),
    ],
)
def test_contacts_numbers_and_places_are_found(said, kind):
    assert contact(rendered(said))[0] == kind


@pytest.mark.parametrize(
    "said",
    [
        *("B-1384/DJAI/AI.01.04/12/2023", "62.812.345.678", "Rp10.123.200.150", "0,0812345678", "2017 2018 2019 2020", "a081234567890b"),
        *("<td>0</td><td>83</td><td>12</td><td>45</td><td>67</td>", "05-02-2023", "https://x.go.id/home/berita", "94.04", "1,250.00"),
    ],
)
def test_figures_and_letters_numbers_are_none(said):
    assert contact(rendered(said)) is None


def test_what_looks_like_a_name():
    assert called("Diwawancarai: Ibu Natalia Tabuni") and called("Agus Wibowo, S.T.")
    assert not called("Kesehatan ibu dan anak") and not called("Dinas Kesehatan, Keluarga Berencana")


SECRET = "Rahasia{n} Tersembunyi"


def _planted(where):
    """A copy of the made-up programme with a text of its own in every field that may hold one; the texts."""
    folder, count, secrets = where / "programmes" / "contoh", iter(range(1, 500)), []
    shutil.copytree(DATA / "programmes" / "contoh", folder)
    (folder / "public.csv").unlink()

    def secret() -> str:
        secrets.append(SECRET.format(n=next(count)))
        return secrets[-1]

    for name, columns in {
        "events.csv": ("label_id", "label_en", "source", "confidence"),
        "recommendations.csv": ("id", "agency", "text_id", "text_en", "evidence"),
        "programmes.csv": ("agency", "programme", "status", "status_en", "source"),
        "survey.csv": ("source",),
        "targets.csv": ("source",),
    }.items():
        rows = list(csv.DictReader((folder / name).read_text("utf-8").splitlines()))
        for row in rows[-2:]:
            row |= {c: secret() for c in columns}
        with (folder / name).open("w", encoding="utf-8", newline="") as handle:
            out = csv.DictWriter(handle, rows[0])
            out.writeheader()
            out.writerows(rows)
    plan = yaml.safe_load((folder / "programme.yaml").read_text("utf-8"))
    plan["label"] = secret()
    plan["notes"] = [*plan.get("notes", []), {"id": secret(), "en": secret()}]
    plan["statement"] = {"source": secret(), "parts": [{"says": secret(), "evidence": ["index_up"]}]}
    for entry in (*plan["cycles"], plan["rounds"][-1]):
        entry["source"] = secret()
    plan["rounds"][-1] |= {"note": secret()}
    plan["agencies"][0]["label"] = f"Dinas Ibu {SECRET.format(n=0)}"
    (folder / "programme.yaml").write_text(yaml.safe_dump(plan, allow_unicode=True, sort_keys=False), "utf-8")
    (folder / "kontak Rahasia999 Tersembunyi.csv").write_text("a\n1\n", "utf-8")
    head = "respondent,group,unit," + ",".join(f"U{n}" for n in range(1, 10))
    lines = (f"{n},{SECRET.format(n=600)},{SECRET.format(n=601 + n % 2)},{',3' * 9}".replace(",,", ",") for n in range(60))
    (folder / f"survey-{ROUND}.csv").write_text("\n".join([head, *lines]) + "\n", "utf-8")
    table = folder / "rounds" / f"{ROUND}.csv"
    rows = list(csv.DictReader(table.read_text("utf-8").splitlines()))
    for row in rows:
        row["evidence"], row["source"] = secret(), row["source"].replace("assessor:A", "assessor:Rahasia700 Tersembunyi")
    with table.open("w", encoding="utf-8", newline="") as handle:
        out = csv.DictWriter(handle, rows[0])
        out.writeheader()
        out.writerows(rows)
    return folder, secrets


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    return _planted(tmp_path_factory.mktemp("planted"))


def _all(e) -> str:
    """Everything that forms are made from, as one text."""
    plan = e.programme
    tables = [e.scores, e.issues, read_recommendations(plan), read_programmes(plan), *programme_answers(plan, ROUND)]
    tables += [t for t in vars(e).values() if hasattr(t, "to_csv")]
    texts = [t.to_csv() for t in tables]
    return plain("\n".join([*texts, json.dumps(plan.model_dump(mode="json", exclude={"folder", "allowed"})), json.dumps(e.provenance)]))


def test_no_planted_text_is_in_any_table_without_a_yes(planted):
    folder, secrets = planted
    plan = read_programme(folder)
    assert len(secrets) > 40
    inside = _all(evaluate_round(plan, ROUND))
    assert sum(plain(s) in inside for s in secrets) > 40  # some never reach a table, such as where a target comes from
    e = evaluate_round(plan, ROUND, public=True)
    assert isinstance(e.programme, Public) and "rahasia" not in _all(e)
    told = survey_round(plan, ROUND, public=True)
    assert "rahasia" not in json.dumps(told.provenance).lower() and set(programme_answers(told.programme, ROUND)[0]["unit"]) == {
        f"{HIDDEN} 1",
        f"{HIDDEN} 2",
    }


def test_every_figure_of_the_public_evaluation_is_that_of_the_internal_one(planted):
    inside, outside = (evaluate_round(read_programme(planted[0]), ROUND, public) for public in (False, True))
    for name in ("index", "change", "trend", "verdicts", "peers", "breaks"):
        assert getattr(inside, name).equals(getattr(outside, name)), name
    assert inside.scores["score"].equals(outside.scores["score"])


def test_a_text_left_out_is_called_by_what_is_typed(planted):
    plan = release.public(read_programme(planted[0]))
    asked = read_recommendations(plan)
    assert list(asked["id"]) == [f"R{n}" for n in range(1, len(asked) + 1)] and (asked["evidence"] == "").all()
    assert asked["text_en"].iloc[-1] == words("en")("public.recommendation", id=asked["id"].iloc[-1])
    assert {e.label.en for e in plan.events} == {words("en")(f"event.{e.kind}") for e in plan.events}
    assert plan.label == plan.region_label and plan.notes == () and plan.statement is None
    assert plan.agencies[0].label.id == HIDDEN and plan.agencies[1].label.id != HIDDEN
    assert read_programmes(plan)["programme"].str.startswith(HIDDEN).all()
    assert read_programmes(plan)["programme"].nunique() == read_programmes(read_programme(planted[0]))["programme"].nunique()


@pytest.fixture
def own(tmp_path):
    shutil.copytree(DATA / "programmes" / "contoh", tmp_path / "contoh")
    (tmp_path / "contoh" / "public.csv").unlink()
    return tmp_path / "contoh"


def _answer(plan, **said: str) -> None:
    """The list, with an answer beside each text that holds a word."""
    path = release.listed(plan, release.asked(plan), "en")
    rows = list(csv.reader(path.read_text("utf-8-sig").splitlines()))
    for row in rows[1:]:
        row[0] = next((a for word, a in said.items() if word in row[3]), row[0])
    path.write_text("\n".join(";".join(f'"{c.replace(chr(34), chr(34) * 2)}"' for c in row) for row in rows), "utf-8")


def test_a_yes_lets_in_its_text_alone_and_is_asked_once(own):
    plan = read_programme(own)
    first = read_recommendations(plan)["text_en"].iloc[0]
    _answer(plan, **{first.split()[1]: "ya"})
    told = read_recommendations(release.public(plan))["text_en"]
    assert told.iloc[0] == first and not told.iloc[1:].isin(read_recommendations(plan)["text_en"].iloc[1:]).all()
    assert [a.answer for a in release.asked(plan) if a.text.endswith(first)] == [True]
    before = release.listed(plan, release.asked(plan), "en").read_bytes()
    assert release.listed(plan, release.asked(plan), "en").read_bytes() == before and first.encode() in before


def test_a_text_that_changes_is_asked_about_anew(own):
    plan = read_programme(own)
    _answer(plan, **{"": "yes"})
    assert all(a.told for a in release.asked(plan))
    path = own / "recommendations.csv"
    path.write_text(path.read_text("utf-8").replace("priority roads", "priority roads of Ani"), "utf-8")
    left = [a for a in release.asked(read_programme(own)) if not a.told]
    assert [a.text.endswith("of Ani") for a in left] == [True]


def test_what_is_neither_yes_nor_no_is_refused_with_its_line(own):
    _answer(read_programme(own), **{"": "perhaps"})
    with pytest.raises(EvaluationError, match=r"public\.csv"):
        release.public(read_programme(own))


@pytest.mark.parametrize(
    ("added", "why"),
    [
        *(("0812 3456 7890", "phone"), ("oleh Siti Rahmawati", "name"), ("198503122010011003", "nip")),
        *(("oleh Siti Rahm&#97;wati", "name"), ("oleh Siti <b>Rahmawati</b>", "name"), ("<0812 3456 7890>", "phone")),
    ],
)
def test_no_yes_lets_in_a_contact_or_an_assessors_whole_name(own, added, why):
    table, asked = own / "rounds" / f"{ROUND}.csv", own / "recommendations.csv"
    table.write_text(table.read_text("utf-8").replace("assessor:A", "assessor:Siti Rahmawati"), "utf-8")
    asked.write_text(asked.read_text("utf-8").replace("priority roads", f"priority roads {added}"), "utf-8")
    plan = read_programme(own)
    _answer(plan, **{"": "yes"})
    [left] = [a for a in release.asked(plan) if not a.told]
    assert left.why == why and left.answer and mark(left.text) not in release.public(plan).allowed


def test_a_name_that_is_a_word_too_is_asked_about_and_let_in_by_a_yes(own):
    table, file = own / "rounds" / f"{ROUND}.csv", own / "programme.yaml"
    table.write_text(table.read_text("utf-8").replace("assessor:A", "assessor:Indah"), "utf-8")
    file.write_text(file.read_text("utf-8").replace("Dinas PUPR (contoh)", "Dinas Taman Indah"), "utf-8")
    plan = read_programme(own)
    [doubt] = [a for a in release.asked(plan) if a.why == "word"]
    assert "Taman Indah" in doubt.text and doubt.place == "agencies, dinas-pupr, label"
    assert release.public(plan).agencies[0].label.id == HIDDEN and "indah" not in release.common(plan)
    _answer(plan, **{"Taman Indah": "ya"})
    assert release.public(plan).agencies[0].label.id == "Dinas Taman Indah" and "indah" in release.common(plan)


def test_a_cohort_that_names_an_assessor_is_dots_and_where_weights_are_from_is_asked_about(own, monkeypatch):
    table, file = own / "rounds" / f"{ROUND}.csv", own / "programme.yaml"
    table.write_text(table.read_text("utf-8").replace("assessor:A", "assessor:Siti Rahmawati"), "utf-8")
    text = file.read_text("utf-8")
    file.write_text(text + "cohort: SITI  Rahmawati\n", "utf-8")
    assert release.public(read_programme(own)).cohort == HIDDEN
    file.write_text(text + "cohort: REGULER\n", "utf-8")
    plan = read_programme(own)
    assert release.public(plan).cohort == "REGULER"
    assert not [a for a in release.asked(plan) if "weights" in a.place]
    said = plan.instrument(ROUND).model_copy(update={"weights_source": Label(id="Oleh Ibu Natalia Tabuni", en="By the council")})
    monkeypatch.setattr(Programme, "instrument", lambda self, name: said)
    left = [a for a in release.asked(plan) if not a.told and a.place.startswith("weights_source")]
    assert {(a.text, a.why) for a in left} == {("Oleh Ibu Natalia Tabuni", "called")}


def test_a_formula_in_a_text_is_none_in_the_list(own):
    asked = own / "recommendations.csv"
    asked.write_text(asked.read_text("utf-8").replace("Umumkan daftar jalan prioritas", "=1+1"), "utf-8")
    plan = read_programme(own)
    rows = list(csv.reader(release.listed(plan, release.asked(plan), "en").read_text("utf-8-sig").splitlines()))
    assert [r[3][:2] for r in rows if "1+1" in r[3]] == ["'="]


def test_a_region_of_the_letters_is_asked_about_nothing_and_stays():
    plan = load_programme("wilayah-94-04")
    assert release.asked(plan) == [] and release.public(plan) is plan
