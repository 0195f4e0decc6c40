"""Every kind of report over every kind of questionnaire: it is made, it speaks of what the questionnaire is, and of nothing else."""

import re
from collections import Counter

import made_up
import numpy as np
import pytest
from evaluated import evaluate_round

from scevaluation.draw import chart
from scevaluation.frames import ROOT
from scevaluation.instrument import load_instrument
from scevaluation.report.breaks import on_one_scale
from scevaluation.round import Round
from scevaluation.words import LANGUAGES, Words, lower, words

pytestmark = pytest.mark.xdist_group("made_up")
PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"></svg>'
DEEP = "dalam"  # 400 indicators take a third of all time: once is enough, as the methods, whose words are the same for all
LARGE = (DEEP, "sektor")  # whose methods take longest; tests/test_methods.py reads those of the example, which has the sectors too
SPOKEN = [(name, lang) for name in made_up.BUILT for lang in LANGUAGES if lang == "id" or name != DEEP]
UNITS = {"sektor": "sector", "spbe": "domain", "enam": "dimension", "pilar": "pillar", "mentah": "domain", "dalam": "component"}
UNITS |= {"sama": "element"}


def kinds(name: str, lang: str) -> list[str]:
    """The kinds of report that are made of a programme in a language."""
    return [k for k in made_up.OF_ROUND if k != "methods" or (lang == "id" and name not in LARGE) or (lang == "en" and name == "enam")]


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


def _counted(draw, painted: Counter, kind: str):
    """What paints and counts pictures, or where there is nothing to paint with gives an empty one."""

    def drawn(layout, paint):
        painted[kind] += 1
        return draw(layout, paint)

    return drawn if draw else lambda layout, paint: PICTURE


@pytest.fixture(scope="module")
def said(folder):
    """The words of every form of every kind of report, and how many pictures were painted for them, by (programme, language).

    Pictures of the Indonesian reports are painted, but for those of the deep questionnaire and of the methods.
    """
    drawn = chart.draw
    try:
        out = {}
        for name, lang in SPOKEN:
            r, texts, painted = made_up.face(made_up.made(name, folder), lang), {}, Counter()
            for kind, report in made_up.reports(r, kinds(name, lang)):
                chart.draw = _counted(drawn if lang == "id" and name != DEEP and kind != "methods" else None, painted, kind)
                texts |= {(kind, form): made_up.text(html) for form, html in made_up.parts(report).items()}
            out[name, lang] = (r, texts, painted)
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
def test_every_picture_of_every_kind_is_painted(said, name):
    texts, painted = said[name, "id"][1:]
    for kind in (k for k in made_up.OF_ROUND if k != "methods"):
        assert texts[kind, "headline"] and (painted[kind] >= 2 or kind == "sector"), kind  # of a sector with no scores there is none


@pytest.mark.parametrize(("name", "lang"), SPOKEN)
def test_nothing_is_left_unsaid(said, name, lang):
    texts = said[name, lang][1]
    assert {k for k, _ in texts} == set(kinds(name, lang))
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
    r, texts, _ = said[name, lang]
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
    r, texts, _ = said[name, lang]
    low, high = (f"{v:g}" for v in (r.instrument.scale.low, r.instrument.scale.high))
    found = re.findall(r"[Ss](?:kala|cale) (\d+)\u2013(\d+)", everything(texts))
    assert found and set(found) <= {(low, high), ("0", "100")}
    assert (low, high) in found


# Predicates


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_predicate_stands_in_words_beside_the_value(said, lang):
    r, texts, _ = said["spbe", lang]
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


# An indicator is told as it was measured


@pytest.mark.parametrize(
    ("lang", "lower_one", "wanted"),
    [("id", "rendah lebih baik", "terbaik 60\u201385"), ("en", "lower is better", "best at 60\u201385")],
)
def test_an_indicator_that_is_better_lower_is_never_named_without_it(said, lang, lower_one, wanted):
    r, texts, _ = said["mentah", lang]
    names = r.instrument.names(lang)
    assert names["kesehatan/stunting"].endswith(f"({lower_one})") and names["ekonomi/kemiskinan"].endswith(f"({lower_one})")
    assert names["kesehatan/bor"].endswith(f"({wanted})") and "(" not in names["ekonomi/pad"]
    text = " ".join(re.sub("(Measured numbers|Angka terukur) .*", "", text) for text in texts.values())
    found = re.findall(r"[Ii]ndikator (?:stunting|kemiskinan)(?! \().{30}", text)
    assert not found, found
    points = {"id": "naik berarti membaik", "en": "a rise is an improvement"}[lang]
    assert points in texts["round", "sector_pages"] and points not in said["enam", lang][1]["round", "sector_pages"]


def test_measured_numbers_stand_beside_their_ends(said):
    r, texts, _ = said["mentah", "en"]
    now = r.scores[(r.scores["round"] == r.round) & (r.scores["indicator"] == "kesehatan/stunting") & (r.scores["source"] == "verified")]
    raw = words("en").short(now["score"].mean())
    assert re.search(rf"Indikator stunting % \S+ {re.escape(raw)} 40 5 ", texts["round", "item_table"])
    assert "rupiah, by logarithm" in texts["round", "item_table"]
    assert "units of their own" in texts["round", "method"] and "0 becomes 0" not in texts["round", "method"]
    assert "Measured numbers" not in said["enam", "en"][1]["round", "item_table"]


def test_a_target_is_written_with_the_decimals_it_has(said):
    r = said["spbe", "id"][0]
    aims = [t.model_copy(update={"value": 62.5}) if t.node != "index" else t for t in r.programme.targets]
    of = made_up.made("spbe", r.programme.folder)
    again = made_up.face(made_up.Made(of.plan.model_copy(update={"targets": tuple(aims)}), of.scores), "id")
    for shown in (again.scorecard(), again.trajectory()):
        assert "62,5" in made_up.text(shown.figure_html())
    assert "target 62,5 pada" in made_up.text(again.sector_pages().shown[0].html)


def test_the_method_names_the_mean_that_was_taken(said):
    assert "weighted geometric mean" in said["pilar", "en"][1]["round", "method"]
    assert "rata-rata geometrik" in said["pilar", "id"][1]["round", "method"]
    assert "geometri" not in said["enam", "id"][1]["round", "method"]


# What is alike is not told apart, and what is none is not counted


def test_rounds_are_counted_from_the_programmes_first(said):
    for name, lang in SPOKEN:
        r, texts, _ = said[name, lang]
        assert f"{'sejak' if lang == 'id' else 'since'} {r.programme.rounds[0].id[:4]} " in texts["round", "masthead"]


def test_equal_parts_are_not_told_apart(folder):
    of = made_up.made("sama", folder)
    early = [r.id for r in of.plan.rounds[:3]]
    plan = of.plan.model_copy(update={"rounds": of.plan.rounds[:3]})
    scores = of.scores[of.scores["round"].isin(early)]
    text = made_up.text(Round.from_frames(scores, round_name=early[-1], programme=plan, lang="en").headline().html)
    assert "What is strongest Every element is at 50.0 ." in text
    assert "equally: indikator satu and indikator dua" in text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_questionnaire_without_levels_has_scores_by_indicator(said, lang):
    r, texts, _ = said["sama", lang]
    own = " ".join(text for (kind, _), text in texts.items() if kind == "round")
    assert "items" in r.plan.names(r.data) and not re.search("Scores by indicator: none|Nilai per indikator: tidak", own)
    assert not re.search(r"(50)[\u2013 a-z]+ \1 \(0\u2013100\)", texts["round", "item_table"])


def test_no_recommendations_are_not_counted(said):
    for lang, none in (("id", "0 dari 0"), ("en", "Open recommendations: 0")):
        assert none not in said["enam", lang][1]["handover", "headline"]


# Why values are joined or not stands beside the verdict


def test_a_part_whose_series_begins_anew_says_so_on_its_page(two):
    text = made_up.text(" ".join(p.html for p in two.sector_pages().shown if hasattr(p, "html")))
    assert text.count("are on another scale of the instrument") == 6


def test_a_linked_change_of_questionnaire_is_said_with_what_links_it(folder):
    old = made_up._six()
    spec = old.model_dump()
    spec["tree"]["children"][0]["children"][0]["link"] = "-"
    new = type(old).model_validate(spec | {"id": "enam-sambung"})
    names = made_up._years("2018-S1", 12)
    r = made_up.face(made_up._made("sambung", folder, {n: old if k < 7 else new for k, n in enumerate(names)}), "en")
    text = made_up.text(r.evidence().html)
    assert "another instrument from Semester II 2021 on; what both ask, 92% of the weight, links its values with those before" in text


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
