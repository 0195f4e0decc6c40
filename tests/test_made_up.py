"""Every kind of report over every kind of questionnaire: it is made, it speaks of what the questionnaire is, and of nothing else."""

import re

import made_up
import numpy as np
import pytest

from scevaluation.draw import chart
from scevaluation.evaluate.evaluation import evaluate_round
from scevaluation.frames import ROOT
from scevaluation.instrument import load_instrument
from scevaluation.reports.breaks import on_one_scale
from scevaluation.round import Round
from scevaluation.words import LANGUAGES, Words, lower, words

pytestmark = pytest.mark.xdist_group("made_up")
PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"></svg>'
DEEP = "dalam"  # 400 indicators take a third of all time: once is enough
SPOKEN = [(name, lang) for name in made_up.BUILT for lang in LANGUAGES if name != DEEP or lang == "id"]
UNITS = {"sektor": "sector", "spbe": "domain", "enam": "dimension", "pilar": "pillar", "mentah": "domain", "dalam": "component"}
UNITS |= {"sama": "element"}
# What only reports on the ministry's instruments say; statistics are official too, and methods of others are published.
MINISTRY = re.compile(
    r"kementerian|ministry|(?<!statistik )\bresmi\b|official (?!statistic)|\bofficial\b(?! statistic)|diterbitkan|dipublikasikan"
    r"|(?<!other )\bpublished (?!as open data|systems)|\bsurat\b|\bletters?\b|peserta|participants?|kelompok|cohorts?",
    re.IGNORECASE,
)
BROKEN = re.compile(r"\bnan\b|\bNone\b(?! of)|\{\w*\}|\binf\b|node\.|unit\.")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("made_up")


@pytest.fixture(scope="module")
def said(folder):
    """The words of every form of every kind of report, by (programme, language); pictures are not painted."""
    drawn, chart.draw = chart.draw, lambda layout, paint: PICTURE
    try:
        out = {}
        for name, lang in SPOKEN:
            r = made_up.face(made_up.made(name, folder), lang)
            texts = {(k, form): made_up.text(html) for k, f in made_up.reports(r) for form, html in made_up.parts(f).items()}
            out[name, lang] = (r, texts)
        return out
    finally:
        chart.draw = drawn


@pytest.fixture(scope="module")
def two(folder):
    return made_up.face(made_up.two_scales(folder), "en")


def everything(texts: dict) -> str:
    return " ".join(texts.values())


# Every kind of report is made


@pytest.mark.parametrize("name", [n for n in made_up.BUILT if n != DEEP])
def test_every_picture_of_every_kind_is_painted(name, folder):
    r = made_up.face(made_up.made(name, folder), "id")
    for kind, report in made_up.reports(r, [k for k in made_up.OF_ROUND if k != "methods"]):
        assert made_up.parts(report)["headline"], kind


@pytest.mark.parametrize(("name", "lang"), SPOKEN)
def test_nothing_is_left_unsaid(said, name, lang):
    texts = said[name, lang][1]
    assert {k for k, _ in texts} == set(made_up.OF_ROUND)
    for place, text in texts.items():
        assert not BROKEN.search(text), (place, BROKEN.search(text), text[:300])


@pytest.mark.parametrize("name", made_up.BUILT)
def test_the_programmes_are_what_they_should_be(folder, name):
    of = made_up.made(name, folder)
    assert len(of.plan.rounds) >= 8 and len(of.plan.targets) == 2
    assert of.scores["agency"].nunique() >= 2
    assert of.scores["score"].isna().any() == (name != "sama")


def test_the_deep_questionnaire_has_400_indicators_in_8_levels(folder):
    i = made_up.face(made_up.made(DEEP, folder), "id").instrument
    assert len(i.leaves) == 400 and max(p.count("/") for p in i.leaves) == 8


# It speaks of what it is


@pytest.mark.parametrize(("name", "lang"), SPOKEN)
def test_what_only_the_ministrys_instruments_say_is_said_of_no_other(said, name, lang):
    for place, text in said[name, lang][1].items():
        found = MINISTRY.search(re.sub("Letters: assessors", "", text))
        labels = [n.label[lang] for n in said[name, lang][0].instrument.nodes.values()]
        assert not found or any(found[0].strip() in label for label in labels), (place, text[max(0, found.start() - 80) : found.end() + 40])


def test_the_ministrys_report_says_so(said):
    r = Round.of(evaluate_round("mimika", "2023-S2"), "id")
    drawn, chart.draw = chart.draw, lambda layout, paint: PICTURE
    try:
        text = made_up.text(" ".join(made_up.parts(r).values()))
    finally:
        chart.draw = drawn
    found = {m[0].lower() for m in MINISTRY.finditer(text)}
    assert {"kementerian", "resmi", "peserta", "diterbitkan"} <= found and "skala 1\u20134" in text
    assert "domain" not in text and "predikat" not in text


@pytest.mark.parametrize(("name", "lang"), SPOKEN)
def test_the_top_level_is_called_as_declared_and_as_nothing_else(said, name, lang):
    r, texts = said[name, lang]
    assert r.instrument.top == UNITS[name]
    word = words(lang)("unit." + UNITS[name])
    assert word in texts["round", "headline"] and word in texts["round", "scorecard"]
    others = {words(lang)("unit." + u) for u in (*UNITS.values(), "component", "sector")} - {word}
    plain = [texts["round", form] for form in ("headline", "scorecard", "history", "heatmap", "waterfall", "trajectory", "method")]
    names = "|".join(sorted((re.escape(n.label[lang]) for n in r.instrument.nodes.values()), key=len, reverse=True))
    for text in plain:
        rest = re.sub(f"{names}|{re.escape(r.instrument.label[lang])}", "", text)
        assert not [o for o in others if re.search(rf"\b{o}s?\b", rest, re.IGNORECASE)], text


@pytest.mark.parametrize(("name", "lang"), SPOKEN)
def test_a_scale_that_is_named_is_the_instruments_own(said, name, lang):
    r, texts = said[name, lang]
    low, high = (f"{v:g}" for v in (r.instrument.scale.low, r.instrument.scale.high))
    found = re.findall(r"[Ss](?:kala|cale) (\d+)\u2013(\d+)", everything(texts))
    assert found and set(found) <= {(low, high), ("0", "100")}
    assert (low, high) in found


# Predicates


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_predicate_stands_in_words_beside_the_value(said, lang):
    r, texts = said["spbe", lang]
    value, w = r.value(), words(lang)
    by_hand = next(p for p in reversed(load_instrument("spbe-2020").predicates) if value >= p.low).label[lang]
    assert f"{w.num(value, 2)}" in texts["round", "headline"] and by_hand in texts["round", "headline"]
    assert by_hand in texts["round", "scorecard"] and by_hand in texts["handover", "headline"]
    assert "1\u20135" in texts["round", "headline"]


@pytest.mark.parametrize(
    ("value", "said"),
    [(1.0, "Kurang"), (1.794, "Kurang"), (1.796, "Cukup"), (2.6, "Baik"), (3.5, "Sangat baik"), (4.2, "Memuaskan"), (5.0, "Memuaskan")],
)
def test_a_predicate_begins_at_its_value_as_printed(value, said):
    found = load_instrument("spbe-2020").predicate(value)
    assert found is not None and found.id == said


def test_no_value_has_no_predicate():
    assert load_instrument("spbe-2020").predicate(float("nan")) is None and load_instrument("sektor-siklus-2").predicate(3.0) is None


# Sectors are a view by tags


def test_a_sector_report_of_tagged_indicators_has_their_scores(said):
    r = said["enam", "en"][0]
    s = r.sector("public_services")
    assert s.data.node == "sector:public_services" and len(s.data.leaves) == 2
    known = [t for t in r.instruments if all(np.isfinite(r.value(p, t)) for p in s.data.leaves)]
    assert len(known) > 4
    for t in known:
        assert r.value("sector:public_services", t) == pytest.approx(np.mean([r.value(p, t) for p in s.data.leaves]))
    assert "improving" in made_up.text(s.headline().html)


def test_where_the_top_level_are_the_sectors_there_are_no_views(said):
    r = said["sektor", "id"][0]
    assert not r.index["node"].str.startswith("sector:").any() and r.sector("health").data.node == "health"


# Two scales share no axis


def test_two_scales_stand_in_no_picture_together(two):
    drawn = on_one_scale(two.data)
    assert set(drawn.index["round"]) == {r for r, i in two.instruments.items() if i.id == "enam-baru"}
    first = min(drawn.index["round"])
    for shown in (two.history(), two.heatmap()):
        assert shown.rows["round"].min() >= first and shown.rows["instrument"].nunique() == 1
    assert "another scale" in made_up.text(two.history().figure_html())


def test_a_first_round_on_another_scale_is_compared_with_none(folder):
    of = made_up.two_scales(folder, after=1)
    r = made_up.face(of, "en")
    texts = [made_up.text(p) for p in (r.headline().html, r.scorecard().figure_html(), r.waterfall().figure_html())]
    assert "on a new scale" in texts[0] and "scored on another scale before" in texts[0]
    assert "First round" not in texts[0] and "another scale" in texts[2]
    cards = r.scorecard().rows
    assert cards["before"].isna().all() and cards["value"].notna().any()


def test_on_one_scale_nothing_is_left_out(said):
    r = said["pilar", "id"][0]
    assert on_one_scale(r.data) is r.data


@pytest.mark.parametrize(
    ("lang", "step", "rule"),
    [
        ("en", "rom Semester I 2022 on scores are given in other steps", "on another share of the weight must be scored"),
        ("id", "ulai Semester I 2022 skor diberikan dengan kelipatan lain", "batas bobot yang harus dinilai"),
    ],
)
def test_other_steps_and_another_rule_of_coverage_are_said_and_cut_nothing(folder, lang, step, rule):
    r = made_up.face(made_up.two_rules(folder), lang)
    assert on_one_scale(r.data) is r.data and r.heatmap().rows["round"].min() == "2018-S1"
    for shown in (r.heatmap().figure_html(), r.history().figure_html(), r.evidence().html):
        text = made_up.text(shown)
        assert step in text and rule in text
    assert "not joined" not in text and "tidak disambung" not in text
    assert np.isfinite(r.data.earlier("index", "2018-S1"))


def test_a_cycle_over_two_scales_tells_each_value_on_its_own(folder):
    of = made_up.two_scales(folder)
    cycle = {"id": "1", "label": {"id": "Siklus", "en": "Cycle"}, "start": "2018-S1", "end": "2025-S2", "source": "the test"}
    plan = type(of.plan).model_validate({**of.plan.model_dump(), "cycles": [cycle]})
    text = made_up.text(made_up.face(made_up.Made(plan, of.scores), "en").brief().reached().html)
    assert re.search(r"\d\.\d\d \(scale 0\u20135\), then \d+\.\d\d \(scale 0\u2013100\)", text)


# Names in a sentence


@pytest.mark.parametrize(
    ("label", "inside"),
    [
        ("Pelayanan Publik", "Pelayanan Publik"),
        ("Pelayanan publik", "pelayanan publik"),
        ("Indeks SPBE", "indeks SPBE"),
        ("SPBE", "SPBE"),
        ("Kesehatan", "kesehatan"),
        ("Tata Kelola SPBE", "Tata Kelola SPBE"),
        ("", ""),
    ],
)
def test_a_name_is_lowered_whole_or_kept(label, inside):
    assert lower(label) == inside


def test_every_part_of_the_index_has_a_name_in_every_language():
    assert all(Words(lang)("unit." + unit) for lang in LANGUAGES for unit in (*UNITS.values(), "sector"))
    assert ROOT == "index"
