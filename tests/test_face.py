"""The face: forms bound as they are, tables with what their columns mean, cards, near names, and what the package shows of itself."""

from dataclasses import replace
from html.parser import HTMLParser
from importlib import import_module
from inspect import signature

import pandas as pd
import pytest
from evaluated import face

import scevaluation as sc
from scevaluation import detail, forms
from scevaluation.draw import chart
from scevaluation.errors import ContractError, EvaluationError, ReportError, RoundError, ScoresRefused, UnknownName
from scevaluation.evaluate import evaluation
from scevaluation.frames import TABLES
from scevaluation.instrument import Label
from scevaluation.issues import told
from scevaluation.kinds import KINDS
from scevaluation.report.face import Face, described
from scevaluation.words import LANGUAGES, Words

EVIL = "<script>alert('&\"')</script> " * 400
FACES = {
    "round": lambda r: r,
    "sector": lambda r: r.sector("health"),
    "agencies": lambda r: r.agenda(),
    "handover": lambda r: r.brief(),
    "skm": lambda r: r.report("skm"),
}


@pytest.fixture(scope="module")
def contoh():
    return face("contoh", "2024-S2", "en")


@pytest.fixture(scope="module")
def mimika():
    return face("mimika", "2023-S2")


@pytest.fixture(scope="module")
def nation():
    return sc.evaluate_nation("2023-S2", lang="en")


@pytest.fixture
def unpainted(monkeypatch):
    """Charts without their pictures, which take most of the time and are made of what is compared."""
    monkeypatch.setattr(chart, "draw", lambda layout, paint: '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"></svg>')


def _same(one, other) -> bool:
    if hasattr(one, "figure_html"):
        return one.figure_html() == other.figure_html()
    return one == other if isinstance(one, str | None) else one._repr_mimebundle_() == other._repr_mimebundle_()


def _bound(face):
    """Every form of a face that needs no further argument, with what its function gives of the same data and words."""
    for name in [n for n in face.form_names() if n in vars(type(face))]:
        function = vars(type(face))[name].__wrapped__
        given = [p for p in signature(getattr(face, name)).parameters.values() if p.default is p.empty]
        if not given:
            speaks = "w" in signature(function).parameters
            yield name, getattr(face, name)(), lambda f=function, s=speaks: f(face.data, *([face.words] if s else []))


@pytest.mark.parametrize("kind", FACES)
@pytest.mark.parametrize("name", ["mimika", "contoh"])
def test_a_bound_form_gives_what_its_function_gives_or_nothing_where_the_data_lack_it(request, name, kind, unpainted):
    face = FACES[kind](request.getfixturevalue(name))
    seen = 0
    for form, shown, plainly in _bound(face):
        assert shown is None or _same(shown, plainly()), form
        seen += shown is not None
    assert seen >= 5


def test_a_form_is_shown_only_where_the_data_hold_what_it_needs(contoh, mimika):
    assert contoh.trajectory() is not None and mimika.trajectory() is None
    assert mimika.ranks_chart() is not None and contoh.ranks_chart() is None


def test_the_nations_forms_are_bound_as_well(nation, unpainted):
    assert all(_same(shown, plainly()) for _, shown, plainly in _bound(nation))
    assert nation.chapter("participants") is None and nation.headline().text == nation.headline().marks["headline"]


def test_a_round_stands_wherever_an_evaluation_is_asked_for(contoh):
    e = evaluation.evaluate_round("contoh", "2024-S2")
    assert isinstance(contoh, evaluation.Evaluation) and contoh.value("health") == e.value("health")
    assert forms.history(contoh, contoh.words).figure_html() == forms.history(e, Words("en")).figure_html()
    assert forms.shown(contoh, contoh.words, "targets", detail.trajectory).title == contoh.trajectory().title


def test_a_changed_round_gives_its_forms_what_was_changed(contoh):
    plain = replace(contoh, verdicts=contoh.verdicts.iloc[:0])
    assert contoh.evidence() is not None and plain.evidence() is None


def test_a_round_of_a_table_in_memory_is_that_of_its_files(mimika):
    scores = mimika.scores.reset_index(drop=True)
    found = sc.Round.from_frames(scores, programme="mimika", lang="en")
    assert found.value() == mimika.value() and found.headline().text.startswith("Index 2.47 of 4; the difference of")
    with pytest.raises(ScoresRefused, match="4"):
        sc.Round.from_frames(scores.assign(score=scores["score"] * 1000), programme="mimika")
    later = scores.assign(round=scores["round"].replace("2023-S2", "2024-S2"), score=1.0)
    both = pd.concat([scores, later[later["round"] == "2024-S2"]], ignore_index=True)
    assert set(sc.Round.from_frames(both, round_name="2023-S2", programme="mimika").scores["round"]) == set(scores["round"])
    with pytest.raises(ContractError):
        sc.Round.from_frames(scores.drop(columns="round"), programme="mimika")


def test_a_report_on_a_round_takes_no_sector(contoh):
    with pytest.raises(UnknownName, match="health"):
        contoh.report("agencies", "health")


def test_a_language_may_be_given_by_name_in_either_way(contoh):
    titles = {sc.forms.scorecard(contoh, "en").title, sc.forms.scorecard(contoh, w="en").title}
    assert titles == {sc.forms.scorecard(contoh, sc.Words("en")).title}


def test_every_kind_of_report_has_a_face_with_its_plan_and_a_name_apart_from_tables():
    for name, kind in KINDS.items():
        module, face = kind.face.split(":")
        found = getattr(import_module(module), face)
        assert issubclass(found, Face) and found.plan.kind is KINDS[name]
        assert {"masthead", "headline", "chapter", "numbers"} <= set(found.form_names())
        assert not set(found.form_names()) & {t.lower() for t in TABLES}, name


def test_the_chapters_that_forms_need_are_in_the_plan(contoh, mimika, nation):
    for shown in (*(open_(r) for open_ in FACES.values() for r in (contoh, mimika)), nation):
        names = shown.plan.names(shown.data)
        assert names and set(names) <= {c.name for c in shown.plan.chapters}
        assert all(shown.chapter(n).text for n in names)


# parts


def test_the_glossary_says_what_is_known_of_a_component_and_nothing_of_the_others():
    said = {lang: face("mimika", "2023-S2", lang).glossary().html for lang in ("id", "en")}
    assert "<b>Outcome</b>: Data sektor" in said["id"] and "<b>Impact</b>: Survey of 50 users" in said["en"]
    assert all("Baseline" not in html and html.count("<li>") == 2 for html in said.values())
    assert "Arti komponen" in said["id"] and "What the components are" in said["en"]
    assert face("contoh", "2024-S2").glossary() is None


# tables


def test_tables_say_what_their_columns_mean(contoh, nation):
    for shown in (*(open_(contoh) for open_ in FACES.values()), nation):
        for name in shown.table_names():
            frame = getattr(shown, name)
            assert frame.attrs == {c: k.meaning for c, k in TABLES[name.upper()].columns.items()}, name
            assert set(frame) <= set(frame.attrs)


def test_no_form_is_given_a_table_with_attributes(contoh):
    assert not any(t.attrs for t in vars(contoh.data).values() if isinstance(t, pd.DataFrame))


def test_to_say_what_columns_mean_changes_no_table():
    rows = TABLES["PLACES"].empty()
    assert described(rows, TABLES["PLACES"]).attrs and not rows.attrs


# cards


class _Text(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.said = set(), ""

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)

    def handle_data(self, data):
        self.said += data


def _card(shown) -> _Text:
    html = shown._repr_html_()
    assert len(html.encode()) < 3000
    found = _Text()
    found.feed(html)
    return found


def test_a_card_names_round_headline_tables_and_forms_in_the_order_of_the_report(contoh):
    said = _card(contoh).said
    assert "contoh" in said and "2024-S2" in said and contoh.headline().text in said
    places = [said.index(name) for name in ("masthead", "scorecard", "waterfall", "trajectory", "item_table")]
    assert places == sorted(places) and "verdicts, peers" in said


@pytest.mark.parametrize("kind", FACES)
def test_hostile_names_stay_text_and_cards_small(contoh, kind):
    label = Label(id=EVIL, en=EVIL)
    plan = contoh.programme.model_copy(update={"label": label, "region_label": label, "id": "x" * 5000})
    face = FACES[kind](replace(contoh, programme=plan))
    for shown in (face, plan, contoh.instrument.model_copy(update={"label": label, "id": EVIL})):
        assert _card(shown).tags == {"div", "b", "table", "tr", "th", "td"}
        assert len(repr(shown)) < 400


def test_nothing_prints_its_tables_whole(contoh, nation):
    shown = (contoh, contoh.data, nation, contoh.sector("health"), contoh.programme, contoh.instrument, contoh.masthead())
    assert all(len(repr(s)) < 400 for s in shown)
    assert len(repr([contoh.waterfall()])) < 400 and contoh.waterfall()._repr_html_().startswith("<figure")


# near names


@pytest.mark.parametrize(
    ("ask", "near"),
    [
        (lambda r: r.value("helth"), "health"),
        (lambda r: r.value("health", column="valeu"), "value"),
        (lambda r: r.chapter("targts"), "targets"),
        (lambda r: forms.shown(r, r.words, "targts", detail.trajectory), "targets"),
        (lambda r: r.sector("helth"), "health"),
        (lambda r: r.report("handovr"), "handover"),
        (lambda r: r.scorecrd(), "scorecard"),
        (lambda r: r.verdict, "verdicts"),
        (lambda r: r.agenda().shete, "sheet"),
    ],
)
def test_a_misspelt_name_is_an_error_that_names_the_near_one_first(contoh, ask, near):
    with pytest.raises(UnknownName) as caught:
        ask(contoh)
    error = caught.value
    assert isinstance(error, KeyError) and isinstance(error, EvaluationError) and str(error) == f"{error.fact} {error.remedy}"
    for lang in LANGUAGES:
        fact, remedy = told(error, Words(lang))
        assert fact.partition(": ")[2].rpartition(": ")[2].startswith(near) or f": {near}" in fact
        assert remedy


@pytest.mark.parametrize("name", ["2024-S3", "2024-S9", "2031-S1"])
def test_a_round_that_there_is_not_is_a_key_that_is_not(contoh, name):
    for ask in (lambda: contoh.value("health", name), lambda: sc.evaluate_round("contoh", name)):
        with pytest.raises(RoundError, match="2024-S2") as caught:
            ask()
        assert isinstance(caught.value, KeyError)


def test_a_node_that_has_no_value_is_still_missing(mimika):
    assert mimika.value("sector:health") != mimika.value("sector:health")
    assert mimika.value("outcome", "2022-S2") != mimika.value("outcome", "2022-S2")


def test_what_is_not_there_is_no_attribute(contoh):
    assert not hasattr(contoh, "poem") and getattr(contoh, "_poem", 1) == 1


def test_a_language_may_stand_for_its_words_and_a_wrong_one_is_named(contoh):
    assert forms.history(contoh, "id").title == forms.history(contoh, Words("id")).title
    assert forms.chapter(contoh, "en", "targets").text == contoh.chapter("targets").text
    for ask in (lambda: forms.history(contoh, "eng"), lambda: sc.evaluate_round("contoh", "2024-S2", lang="eng")):
        with pytest.raises(UnknownName, match="no language 'eng'"):
            ask()


def test_a_wrong_name_counts_as_a_report_that_could_not_be_made():
    assert issubclass(UnknownName, ReportError)


# the package


def test_the_package_shows_its_public_names_and_no_other():
    assert dir(sc) == sorted(sc.__all__)
    assert all(getattr(sc, name) is not None for name in sc.__all__)
    with pytest.raises(AttributeError):
        sc.annotations  # noqa: B018


def test_a_form_tells_an_editor_what_it_takes(contoh):
    assert list(signature(contoh.chapter).parameters) == ["name"] and list(signature(contoh.scorecard).parameters) == []
    assert contoh.scorecard.__doc__ == forms.scorecard.__doc__ and {"scorecard", "items"} <= set(dir(contoh))
