"""The notebook of methods: its forms on the example, and on two real programmes that have too few rounds for a verdict."""

import re

import nbformat
import pandas as pd
import pytest
from evaluated import evaluate_round

from scevaluation.draw.table import Field, html_table
from scevaluation.evaluate.priors import PRIOR
from scevaluation.methods import audit
from scevaluation.methods import report as methods
from scevaluation.press.notebook import notebook_path, parameters_of
from scevaluation.words import LANGUAGES, Words

ID, EN = Words("id"), Words("en")
REAL = (("mimika", "2023-S2"), ("kab-malang", "2023-S2"))


@pytest.fixture(scope="module")
def example():
    return evaluate_round("contoh", "2024-S2")


@pytest.fixture(scope="module", params=REAL, ids=lambda p: p[0])
def real(request):
    return evaluate_round(*request.param)


def cells(html, column):
    return re.findall(rf'data-label="{re.escape(column)}"[^>]*>(.*?)</td>', html)


def forms(e, w):
    """Every form of the notebook as HTML."""
    shown = [getattr(methods.Methods(e, w), name) for name in methods.Methods.form_names() if not name.endswith("_line")]
    made = [*(f() for f in shown if f.__name__ != "chapter"), *(methods.PLAN.chapter(e, w, c) for c in methods.PLAN.names(e))]
    return [p.html if hasattr(p, "html") else p.figure_html() for p in made if p]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_form_of_the_example_is_text_without_holes(example, lang):
    for html in forms(example, Words(lang)):
        shown = re.sub(r'base64,[^"]*|data-value="nan"', "", html)
        assert not re.search(r"\bnan\b|\{\w+\}", shown), shown[:300]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_form_of_a_programme_with_two_rounds_is_text_without_holes(real, lang):
    for html in forms(real, Words(lang)):
        shown = re.sub(r'base64,[^"]*|data-value="nan"', "", html)
        assert not re.search(r"\bnan\b|\{\w+\}", shown), shown[:300]


def test_two_rounds_give_no_verdict_and_the_page_says_so(real):
    e = real
    assert methods.tried(e).empty and methods.rounds_used(e) == 2
    assert methods.headline(e, ID).text == "Belum ada penilaian arah: baru 2 putaran yang sebanding, perlu 6"
    assert '<div class="empty">' in methods.sensitive(e, ID).figure_html()
    assert '<div class="empty">' in methods.effects(e, ID).html
    assert methods.tried_line(e) == "no verdict: too little data"


def test_systems_that_judge_two_rounds_stand_beside_our_silence(real):
    e = real
    text = re.sub("<[^>]+>", "", methods.lenses(e, EN).figure_html())
    assert "this report decides none yet" in text and "Too little data" in text


def test_an_index_that_is_not_comparable_is_judged_by_no_system():
    e = evaluate_round("kab-malang", "2023-S2")
    assert not e.trend.set_index("node").at["index", "linked"]
    rows = methods.lenses(e, ID).rows.set_index("node")
    assert all(rows.at["index", n] == "not_available" for n in ("sdsn", "open_sdg", "un", "eurostat"))


def test_the_headline_counts_what_the_chart_draws(example):
    e, tried = example, methods.tried(example)
    rest = tried[tried["setting"] != "own"]
    text = methods.headline(e, EN).text
    assert (
        text
        == f"{rest['same'].sum()} of {len(rest)} verdicts stay the same under {rest['setting'].nunique()} other assumptions"
    )
    assert methods.headline(e, EN).marks == {"headline": text}


def test_assumptions_are_the_engines_own_numbers(example):
    e = example
    rows = methods.assumption_rows(e, EN).set_index("what")["value"]
    assert rows["Smallest pace that matters (delta)"] == "1 a year (points of 0–100)"
    assert rows["Pace before the data are seen"] == f"0 ± {PRIOR.slope:g} points a year"
    assert rows["Pandemic"] == f"0 ± {PRIOR.pandemic:g} points" and rows["Local election"] == f"0 ± {PRIOR.election:g} points"
    assert rows["New instrument that is not linked"] == f"0 ± {PRIOR.instrument:g} points"
    assert rows["Minimum coverage"] == f"{e.instrument.coverage:.0%}"


def test_events_are_named_with_the_rounds_they_touch(example):
    rows = methods.assumption_rows(example, ID).set_index("what")["why"]
    assert "2020-II" in rows["Pandemi"] and "2024-II" in rows["Pilkada"]


def test_a_programme_without_adjusted_events_names_none(real):
    what = set(methods.assumption_rows(real, ID)["what"])
    exposed = {k for k, x in methods.top_series(real).exposures.items() if x.any()}
    assert ("Pandemi" in what) == ("pandemic" in exposed) and ("Pilkada" in what) == ("election" in exposed)


def test_effects_stand_with_their_interval_and_a_star_where_it_excludes_zero(example):
    e = example
    row = e.trend.set_index("node").loc["education"]
    shown = cells(methods.effects(e, ID).html, "Selama pandemi")[3]
    assert (
        shown
        == f"{ID.num(row['pandemic'], 1, True)}* ({ID.num(row['pandemic_low'], 1, True)} s.d. {ID.num(row['pandemic_high'], 1, True)})"
    )
    assert row["pandemic_high"] < 0
    spans = e.trend.set_index("node").loc["public_services"]
    assert spans["pandemic_low"] < 0 < spans["pandemic_high"]
    assert "*" not in cells(methods.effects(e, ID).html, "Selama pandemi")[2]


def test_every_rule_has_a_share_a_length(example):
    html = methods.fares(example, ID).html
    shares = cells(html, "Benar di antara yang diputuskan")
    assert len(shares) == 5 and all(len(re.findall(r"\d+%", s)) == 3 for s in shares)


def test_coverage_has_a_column_a_length_and_all_series_first(example):
    html = methods.covers(example, ID).html
    all_of_16 = methods.trial().covers.query("rounds == 16 and rho.isna()")["covers"].item()
    shares = {n: cells(html, f"{n} putaran") for n in (8, 12, 16)}
    assert [len(s) for s in shares.values()] == [4, 4, 4] and shares[16][0] == ID.pct(all_of_16)
    assert html.index("Semua deret") < html.index("Dengan rho 0,0")


@pytest.mark.parametrize(
    ("numbers", "kind"),
    [((True,), "short"), ((True,) * 3, "short"), ((True,) * 4, "cards"), ((True, False), "cards"), ((False,), "cards")],
)
def test_a_name_with_at_most_three_numbers_stays_a_table_on_a_phone(numbers, kind):
    fields = [Field("name", "Nama"), *(Field(str(i), "Nilai", number=n) for i, n in enumerate(numbers))]
    assert f'<table class="{kind}"' in html_table(pd.DataFrame([{f.name: "1" for f in fields}]), fields)


def test_numbers_in_the_sentences_stand_in_the_tables_of_the_page(example, real):
    for e in (example, real):
        page = methods.robustness_chart(e, ID).figure_html() + methods.PLAN.numbers(e, ID).html
        for ref in re.findall(r'data-ref="([^"]+)"', page):
            table, *key, column = ref.split("|")
            body = page.split(f'<table data-table="{table}">')[1].split("</table>")[0]
            row = body.split(f'<tr data-key="{"|".join(key)}">')[1].split("</tr>")[0]
            assert f'data-column="{column}"' in row, ref


def test_where_the_change_cannot_be_told_the_title_tells_the_value(example, real):
    titles = [methods.robustness_chart(e, ID) for e in (example, real)]
    assert titles[0].title.startswith("Naik atau turun") and "Nilai indeks" in titles[0].words.text(titles[0].note)
    assert titles[1].title.startswith("Nilai indeks") and "kedua putaran" in titles[1].words.text(titles[1].note)


def test_without_names_sectors_and_agencies_by_their_labels(example):
    html = methods.without_table(example, ID).html
    assert "Infrastruktur" in html and "Bappeda (contoh)" in html and "bappeda<" not in html


def test_where_little_is_common_no_change_is_told_without_a_part_either(example, real):
    assert "Perubahan sebanding" not in methods.without_table(real, ID).html
    assert "Perubahan sebanding" in methods.without_table(example, ID).html


def test_the_stored_lines_are_plain_figures(example):
    lines = [line(example) for line in (methods.claim_line, methods.tried_line, methods.lens_line, methods.many_line)]
    assert all(re.search(r"\d", line) and line.isascii() for line in lines)


def test_the_notebook_is_the_examples_by_default():
    values = parameters_of(nbformat.read(notebook_path("6_methods"), as_version=4))
    assert values == {"programme": "contoh", "round": "2024-S2", "lang": "id", "public": False}


def test_the_masthead_names_the_notes_and_keeps_the_inputs(example):
    made = methods.masthead(example, ID)
    assert "<b>Catatan metode</b>" in made.html and made.marks["title"].startswith("Catatan metode")
    assert "Contoh: semua angka buatan" in made.html and "rounds" in made.marks["inputs"]


# structure


def test_the_structure_of_four_rounds_is_not_told_and_of_a_cohort_is(example):
    few = audit.structure_table(example, EN)
    assert few.text == "The structure is not computed: there are 4 rounds by this instrument, and at least 10 are needed."
    assert not re.search(r"<t[dh]", few.html) and methods.Methods(example, EN).structure.empty
    e = evaluate_round("mimika", "2023-S2")
    told = audit.structure_table(e, EN)
    assert told.text == "Computed over 72 regions of this region's cohort."
    letter = e.official[e.official["node"].isin(e.instrument.components)].pivot(index="region", columns="node", values="value")
    own = letter.reindex(e.official.loc[e.official["cohort"] == "REGULER", "region"].unique()).dropna(how="all")
    assert len(own) == 72
    alpha = 5 / 4 * (1 - own.var().sum() / own.sum(axis=1).var())
    assert audit.audit(e).structure["alpha"].iloc[0] == pytest.approx(alpha, abs=1e-9)
    assert f"{alpha:.2f}" in cells(told.html, "Cronbach&#x27;s alpha")


def test_rounds_of_one_region_are_said_to_depend_on_each_other():
    told = audit.structure_table(evaluate_round("contoh", "2022-S2"), EN)
    assert told.text.startswith("Computed over 11 rounds") and "not independent" in told.text
    assert "Shift of ranks without it" not in told.html and "Shift of the index without it" in told.html
