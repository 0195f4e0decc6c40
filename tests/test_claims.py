"""Claims: strength decides the words, sentences agree with one another and with their claims, over all programmes and regions."""

import json
import re
from dataclasses import replace
from functools import cache
from inspect import signature
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import scenario
from claim_reader import directions, few_contradictions, judged_of, misplaced, places, text
from evaluated import evaluate_round, face

import scevaluation as sc
from scevaluation.draw import chart
from scevaluation.errors import ContractError
from scevaluation.evaluate.claims import Claims, strength_of
from scevaluation.evaluate.national import evaluate_nation
from scevaluation.evaluate.overall import overall, units
from scevaluation.evaluate.peers import difference_noise
from scevaluation.frames import DIRECTIONS, ROOT
from scevaluation.frames.claims import CLAIMS, PERMITTED, SENTENCES, STRENGTHS, direction_of, facts_of, permitted, thin, written
from scevaluation.frames.claims import KINDS as KINDS_OF_CLAIM
from scevaluation.instrument import SECTORS, load_instrument
from scevaluation.intake.official import official_rounds, read_official
from scevaluation.place import DATA
from scevaluation.press import gates
from scevaluation.report import round as forms
from scevaluation.report import verdicts
from scevaluation.report.handover import headline as handover_headline
from scevaluation.words import LANGUAGES, Words, capital, catalogue

SIDES = ("improving", "stagnant", "declining")
SURE = ("judged", "likely")


@pytest.fixture
def unpainted(monkeypatch):
    monkeypatch.setattr(chart, "draw", lambda layout, paint: '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"></svg>')


def said_with(e, **changed):
    """The same evaluation with other claims: `changed` sets columns where claim and subject are as given."""
    rows = e.claims.copy()
    where = (rows["claim"] == changed.pop("claim")) & (rows["subject"] == changed.pop("subject"))
    assert where.any()
    for column, value in changed.items():
        rows.loc[where, column] = value
    other = replace(e)
    other.__dict__["claims"] = CLAIMS.check(rows)
    return other


# Strength decides the words


def test_every_verdict_has_a_strength_and_comes_back_from_it():
    for direction in DIRECTIONS:
        says = "" if direction in ("inconclusive", "too_little_data") else direction.removeprefix("likely_")
        assert direction_of({"says": says, "strength": strength_of(direction)}) == direction
    assert set().union(*PERMITTED.values()) <= set(STRENGTHS)


@pytest.mark.parametrize(
    ("claim", "strength", "words"),
    [
        ("direction", "likely", "direction.likely_up"),
        ("direction", "open", "direction.inconclusive"),
        ("direction", "fact", None),  # a direction is never a plain fact
        ("now", "open", None),
        ("shift", "likely", "lede.shift_likely"),
        ("shift", "open", None),
        ("difference", "open", "headline.few_within"),
        ("difference", "likely", "headline.few_beyond_up"),
        ("gap", "fact", "card.up"),
    ],
)
def test_what_a_strength_permits_by_hand(claim, strength, words):
    assert permitted({"claim": claim, "says": "up", "strength": strength}) == words
    assert permitted({}) is None


@cache
def claims_of_pages():
    return pd.concat([evaluate_round(*page).claims for page in PAGES])


FACTS_ALONE = sorted(k for k, by in PERMITTED.items() if list(by) == ["fact"])


@pytest.mark.parametrize("kind", FACTS_ALONE)
def test_what_is_only_counted_or_measured_is_a_fact_and_refused_any_other_strength(kind):
    rows = claims_of_pages()
    one = rows[rows["claim"] == kind].head(1)
    assert len(one) == 1 and CLAIMS.check(one)["strength"].tolist() == ["fact"]
    for strength in set(STRENGTHS) - {"fact"}:
        assert CLAIMS.rule[1](one.assign(strength=strength)) == [False]
    with pytest.raises(ContractError, match="words for its strength"):
        CLAIMS.check(one.assign(strength="judged"))


def test_every_kind_of_claim_has_words_in_the_catalogues():
    assert set(KINDS_OF_CLAIM) == set(PERMITTED) and set(FACTS_ALONE) >= {"target", "needed", "recent", "rank", "usual", "like_for_like"}
    said = claims_of_pages()["sentence"]
    assert {key for t in said for key in dict(k.split("=") for k in t.split()).values()} <= set(catalogue("id"))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_title_of_statistics_changes_with_the_strength_of_their_claims(lang, unpainted):
    e, w = evaluate_round("mimika", "2023-S2"), Words(lang)
    codes = e.claims.loc[(e.claims["claim"] == "statistic") & (e.claims["strength"] == "judged"), "subject"].tolist()
    shown = [c for c in codes if c in e.programme.context]
    weak = e
    for code in shown:
        weak = said_with(weak, claim="statistic", subject=code, strength="open")
    assert shown and forms.statistics_chart(weak, w).title != forms.statistics_chart(e, w).title
    assert forms.statistics_chart(weak, w).claim["strength"] == "open" and forms.statistics_chart(e, w).claim["strength"] == "judged"


FACES = {
    "round": lambda: face("contoh", "2024-S2", "en"),
    "letter": lambda: face("mimika", "2023-S2"),
    "agencies": lambda: face("contoh", "2024-S2", "en").agenda(),
    "handover": lambda: face("contoh", "2024-S2").brief(),
    "sector": lambda: face("contoh", "2024-S2", "en").sector("health"),
    "unscored": lambda: face("mimika", "2023-S2").sector("health"),
    "skm": lambda: sc.evaluate_survey("contoh-spbe", "2025", lang="en"),
    "national": lambda: sc.evaluate_nation("2023-S2"),
    "absent": lambda: sc.evaluate_absence("wilayah-74-07", "2022-S2", lang="en"),
    "methods": lambda: face("mimika", "2023-S2", "en").methods(),
}


@cache
def face_of(kind):
    return FACES[kind]()


def bare(said: str) -> str:
    return said.replace(" ", "").removesuffix(".")


@pytest.mark.parametrize("kind", FACES)
def test_every_sentence_of_a_page_is_written_from_a_row_of_claims(kind, unpainted):
    face = face_of(kind)
    w, rows = face.words, face.claims[face.claims["claim"].isin(SENTENCES)].to_dict("records")
    told = {bare(text(capital(w.html(written(r))))) for r in rows}
    html = page(face)
    heads = [text(t) for t in re.findall(r"<h1>(.*?)</h1>|<figure[^>]*><h\d>(.*?)</h\d>", html) for t in t if t]
    ledes = [text(t) for t in re.findall(r'<p class="lede">(.*?)</p>', html)]
    cards = [text(t) for t in re.findall(r'<div class="finding"><h2>.*?</h2><p>(.*?)</p>', html)]
    topics = [text(t) for part in re.findall(r"<ol>(.*?)</ol>", html) for t in re.findall(r"<h3>(.*?)</h3>", part)]
    assert heads and ledes and [t for t in (*heads, *ledes, *cards, *topics) if bare(t) not in told] == []
    cells = {c for r in rows for c in r["evidence"].split("; ")}
    own = ("figure-", "headline", "lede", "finding-", "agenda-", "decisions-")  # of a sentence without a number
    assert all(c.count("|") >= 2 or c.startswith(own) for c in cells)


@pytest.mark.parametrize("kind", FACES)
def test_a_sentence_takes_the_words_of_its_strength_and_has_none_for_another(kind, unpainted):
    face = face_of(kind)
    rows = face.claims[face.claims["claim"].isin(SENTENCES)]
    for row in rows.to_dict("records"):
        words = dict(k.split("=") for k in row["sentence"].split())
        said = {s: face.words.text(written({**row, "strength": s})) for s in words}
        assert len(set(said.values())) == len(said) and row["strength"] in words, row["subject"]
        assert all(not CLAIMS.rule[1](pd.DataFrame([row | {"strength": s}]))[0] for s in set(STRENGTHS) - set(words))
    with pytest.raises(ContractError, match="words for its strength"):
        CLAIMS.check(rows.head(1).assign(strength="short"))


def test_a_sentence_reads_only_its_row(contoh, unpainted):
    chart = forms.waterfall(contoh, Words("en"))
    *_, fact = next(facts_of(written(chart.claim)))
    said, places = chart.title, chart.claim["places"]
    chart.claim["places"] = places.replace(f'"value": {fact.value}', '"value": 7.5')
    assert "7.5" not in said and "7.5" in chart.title and "7.5" in text(chart.figure_html())


def test_a_claim_says_in_which_places_of_which_sentences_it_stands():
    rows = face("mimika", "2023-S2").claims
    told = json.loads(Claims.of(rows).get("difference")["places"])
    assert told["headline.few_within"] == ["signed"] and told["found.moved_by"] == ["change"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_headline_changes_with_the_strength_of_the_composites_claim(contoh, lang):
    w, heads = Words(lang), {}
    for says in SIDES:
        for strength in ("judged", "likely", "open", "short"):
            e = said_with(contoh, claim="direction", subject=ROOT, says=says, strength=strength)
            heads[says, strength] = forms.headline(e, w).text
    judged = [heads[s, "judged"] for s in SIDES]
    likely = [heads[s, "likely"] for s in SIDES]
    assert len({*judged, *likely}) == 6  # each side in its own words, and each marked as likely in others
    assert len({heads[s, "open"] for s in SIDES}) == 1 and len({heads[s, "short"] for s in SIDES}) == 1
    assert not directions(heads["improving", "short"]) and heads["improving", "open"] not in judged + likely


@pytest.mark.parametrize("node", ["infrastructure", "education", "environment"])
def test_findings_cards_evidence_and_titles_change_with_the_strength_of_a_parts_claim(contoh, node, unpainted):
    w = Words("en")
    name = contoh.instrument.name(node, "en")

    def pages(e):
        return [
            text(forms.headline(e, w).html),
            forms.scorecard(e, w).figure_html(),
            verdicts.judged(e, node, w),
            verdicts.sector_head(e, node, w).html,
            handover_headline(e, w).html,
        ]

    says = contoh.claims[(contoh.claims["claim"] == "direction") & (contoh.claims["subject"] == node)].iloc[0]
    assert says["strength"] in SURE and name
    before = pages(contoh)
    after = pages(said_with(contoh, claim="direction", subject=node, strength="open"))
    assert all(a != b for a, b in zip(after, before, strict=True))


def test_the_pace_now_and_a_shift_are_told_only_where_their_claims_are_sure(contoh):
    w = Words("en")
    course = {"claim": "course", "subject": ROOT, "says": "plateau", "strength": "judged", "evidence": "", "scope": ""}
    shift = {"claim": "shift", "subject": ROOT, "scope": "2021-S1", "says": "", "value": -4.2, "strength": "likely", "evidence": ""}
    about = {"region": contoh.programme.region, "round": contoh.round}
    base = contoh.claims[~((contoh.claims["subject"] == ROOT) & contoh.claims["claim"].isin(("course", "shift")))]

    def lede(**strengths):
        extra = [about | {**course, "strength": strengths["course"]}, about | {**shift, "strength": strengths["shift"]}]
        rows = pd.concat([base, pd.DataFrame(extra).reindex(columns=base.columns).astype(base.dtypes)], ignore_index=True)
        now = (rows["claim"] == "now") & (rows["subject"] == ROOT)
        rows.loc[now, ["says", "strength", "chance"]] = ["stagnant", strengths["now"], 0.85]
        e = replace(contoh)
        e.__dict__["claims"] = rows
        return text(forms.headline(e, w).html)

    sure = lede(course="judged", shift="judged", now="likely")
    assert "Pace now: level, with a chance of 85%" in sure and "Its level shifted by" in sure
    likely = lede(course="likely", shift="likely", now="likely")
    assert "Its level likely shifted by" in likely
    unsure = lede(course="open", shift="open", now="open")
    assert "Pace now" not in unsure and "shifted" not in unsure


def test_a_difference_is_a_rise_or_a_fall_only_beyond_its_noise():
    w = Words("en")
    e = evaluate_round("wilayah-63-72", "2023-S2")
    assert forms.headline(e, w).text.startswith("Down 0.50 to 2.23")
    within = said_with(e, claim="difference", subject=ROOT, strength="open")
    assert forms.headline(within, w).text == "Index 2.23 of 4; the difference of \u22120.50 is within its noise"


def test_the_noise_of_a_difference_by_hand():
    # Each component's panel sd by its items, its rounding, weights .10 .20 .30 .20 .20 (REGULER): .0270 a round; twice, times 1.645.
    reguler = load_instrument("kominfo-2023-reguler")
    parts = {"baseline": (0.1, 5), "output": (0.2, 7), "outcome": (0.3, 33), "impact": (0.2, 54), "quick-win": (0.2, 12)}
    var = sum(w**2 * (0.25 / (5 * n) + 0.005**2 / 3) for w, n in parts.values())
    assert difference_noise(reguler, reguler) == pytest.approx(1.645 * np.sqrt(2 * var), rel=1e-12)
    assert np.isnan(difference_noise(reguler, load_instrument("sektor-siklus-2")))


SHARES = [(0.796, "80%", False), (0.7949, "79%", True), (0.8, "80%", False), (0.7, "70%", True)]


@pytest.mark.parametrize(("coverage", "shown", "scanty"), SHARES)
def test_data_are_thin_by_the_per_cent_that_is_written(coverage, shown, scanty):
    assert Words("en").pct(coverage) == shown and thin(coverage) is scanty
    e = evaluate_round("contoh", "2024-S2")
    index = e.index.assign(coverage=e.index["coverage"].where(e.index["node"] != "health", coverage))
    said = Claims.of(replace(e, index=index).claims).get("coverage", "health")["says"]
    assert said == ("thin" if scanty else "whole")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_count_of_what_rises_says_how_many_only_likely_do(contoh, lang):
    w = Words(lang)
    one = said_with(contoh, claim="direction", subject="public_services", strength="likely")
    both = said_with(one, claim="direction", subject="infrastructure", strength="likely")
    heads = [handover_headline(e, w).text for e in (contoh, one, both)]
    marks = {"id": ("1 di antaranya baru cenderung", "(baru cenderung)"), "en": ("one of them only likely", "improving (likely)")}[lang]
    assert "likely" not in heads[0] and "cenderung" not in heads[0] and len(set(heads)) == 3 and marks[1] in heads[2]
    assert marks[0].replace("1", w.count(1)) in heads[1]


def test_one_part_is_counted_in_the_singular():
    w = Words("en")
    assert [w.text(units("unit.sector", n)) for n in (1, 2)] == ["sector", "sectors"]


# Adversarial situations, by what the sentences must not say


def told(values: dict, **raw):
    rounds = [f"{2017 + i // 2}-S{i % 2 + 1}" for i in range(len(next(iter(values.values()))))]
    sectors = {k: np.array(v, float) for k, v in values.items()}
    case = scenario.build("x", {ROOT: raw.pop("index", np.mean(list(sectors.values()), axis=0)), **sectors}, rounds, raw)
    o = case.overall(Words("en"))
    w = Words("en")
    return case, w.text(o.headline), w.text(o.lede), [w.text(f.sentence) for f in o.findings]


def flat(level, n=12):
    return level + np.tile([0.2, -0.2], n // 2 + 1)[:n]


def test_a_fall_with_a_falling_cohort_is_a_fall():
    among = {"values": [2.2, *np.linspace(2.0, 3.0, 39)], "changes": [-0.5, *np.linspace(-0.7, -0.3, 39)]}
    case, head, lede, found = told({"infrastructure": [50, 33], "health": [50, 33]}, participants=among)
    assert head.startswith("Down 0.50") and "within" not in head
    assert "beyond its noise" in found[1] and "\u22120.50" in found[1] and not few_contradictions(head, lede, found, case.claims, "en")


def test_all_equal_parts_are_not_told_apart():
    _, head, _, found = told({"infrastructure": [50, 50], "health": [50, 50], "education": [50, 50]})
    assert "Every sector is at 50.0" in found[0] and "unchanged" in head


def test_a_single_round_claims_nothing_but_its_level():
    _, head, lede, found = told({"infrastructure": [50], "health": [60]})
    assert "earlier rounds are not available" in head and not directions(" ".join((head, lede, *found)))


def test_risers_and_fallers_in_balance_with_an_open_composite_name_both():
    rise, fall = 40 + np.arange(12) * 2.0, 70 - np.arange(12) * 2.0
    case, head, _, found = told({"infrastructure": rise, "health": fall})
    assert directions(" ".join(found[:1])) == {"improving"} and "declin" in found[2]
    names = {ROOT: "index", "infrastructure": "infrastructure", "health": "health"}
    swapped = {**names, "infrastructure": "health", "health": "infrastructure"}
    for said in (head, found[0], found[2]):
        assert misplaced(said, names, case.claims) == [] and misplaced(said, swapped, case.claims)


def test_chances_of_a_third_each_claim_no_direction():
    claims = scenario.load("open").claims.copy()
    root = (claims["claim"] == "direction") & (claims["subject"] == ROOT)
    claims.loc[root, ["says", "strength", "chance"]] = ["", "open", 0.34]
    case = scenario.load("open")
    w = Words("en")
    labels = {ROOT: "index", **{s: s for s in case.top}}
    named = scenario.Named(labels, w.join, w.count, "likely", "unit.sector")
    said = w.text(overall(Claims.of(claims), case.top, case.scale, named, "X").headline)
    assert "stable" not in said.lower() and "open" in said.lower()


def test_every_target_missed_is_not_called_on_the_way(contoh):
    rows = contoh.verdicts.assign(target=99.0, target_round="2025-S1", pace="far_too_slow", p_hit=0.01)
    e = replace(contoh, verdicts=rows)
    said = e.claims[e.claims["claim"] == "target"]
    assert set(said["says"]) == {"far_too_slow"} and (said["chance"] == 0.01).all()


# Every region of both letters


PARTS = 8  # of the regions, the first of them in the quick suite
nation_of = cache(evaluate_nation)


@cache
def letter(name):
    rows = read_official(name)
    return sorted(rows.loc[(rows["node"] == ROOT) & rows["value"].notna(), "region"].unique())


@pytest.mark.parametrize("part", [0, *(pytest.param(n, marks=pytest.mark.long) for n in range(1, PARTS))])
@pytest.mark.parametrize("name", official_rounds())
def test_no_region_of_a_letter_is_told_what_its_figures_contradict(name, part, unpainted):
    nation = nation_of(name)
    pairs, nation = nation.pairs.set_index("region"), nation.regions.set_index("region")
    found, written = [], (DATA.parent / "docs" / "headlines.md").read_text("utf-8")
    for code in letter(name)[part::PARTS]:
        e = evaluate_round("wilayah-" + code.replace(".", "-"), name)
        mine, row = e.claims, nation.loc[code]
        claimed = Claims.of(mine)
        assert not mine.duplicated(list(CLAIMS.key)).any()
        if not np.isnan(row["change"]):  # a figure printed twice is the same figure
            assert claimed.value("difference") == row["change"] and claimed.get("rank")["low"] == row["cohort_low"]
        if code in pairs.index:
            assert claimed.value("like_for_like") == pytest.approx(pairs.at[code, "like_for_like"], abs=1e-12)
        cards = {c["node"]: c for c in mine[mine["claim"] == "gap"].assign(node=lambda t: t["subject"]).to_dict("records")}
        for lang in LANGUAGES:
            w = Words(lang)
            o = forms.says(e, w)
            head, lede, cells = w.text(o.headline), w.text(o.lede), [w.text(f.sentence) for f in o.findings]
            bad = few_contradictions(head, lede, cells, mine, lang)
            bad += few_contradictions(forms.waterfall(e, w).title, "", [], mine, lang) if lang == LANGUAGES[0] else []
            listed = f"| {code} | {w.label(e.programme.region_label)} |" in written and f"| {head} |" in written
            bad += [f"not in headlines.md: {head}"] if lang == "id" and not listed else []
            names = {n: t.lower() for n, t in forms.labels(e, w).items() if n != ROOT}
            first, last = cells[0].lower(), cells[-1].lower()
            named = [n for n, t in names.items() if t in first and "above" in places(first, lang)]
            bad += [f"{n} is {cards[n]['says']}: {first}" for n in named if cards[n]["says"] != "above" and "tidak ada" not in first]
            low = [n for n, t in names.items() if t in last and "below" in places(last, lang)]
            bad += [f"{n} is {cards[n]['says']}: {last}" for n in low if cards[n]["says"] != "below"]
            bad += [f"{set(named) & set(low)} stands in two findings"] if set(named) & set(low) else []
            found += [f"{code} {lang}: {b}" for b in bad]
    assert found == []


# Every programme and kind


PAGES = [("contoh", "2024-S2"), ("contoh", "2018-S1"), ("mimika", "2023-S2"), ("kab-malang", "2023-S2")]
PAGES += [("contoh-spbe", "2025"), ("contoh-mentah", "2025")]
KINDS = {"round": lambda r: r, "agencies": lambda r: r.agenda(), "handover": lambda r: r.brief()}


def shown(face):
    """What every form of a face shows that needs to be told nothing more."""
    forms_of = (getattr(face, name) for name in face.form_names())
    return [f() for f in forms_of if all(p.default is not p.empty for p in signature(f).parameters.values())]


def titles(face, made=None):
    """Headline, lede, findings and every title of a chart of a face."""
    yield text(face.headline().html)
    for form in shown(face) if made is None else made:
        for one in getattr(form, "charts", (form,)):
            if hasattr(one, "figure_html"):
                yield one.title


def names_of(r) -> dict[str, str]:
    """The name of every node, the index first."""
    e, lang = r.data, r.words.lang
    return {**forms.labels(e, r.words), **{n: e.instrument.name(n, lang) for n in e.instrument.nodes if n != ROOT}}


def sector_names(r) -> dict[str, str]:
    """The name of every sector that a node of the instrument stands for."""
    return {node: r.words("sector." + s) for s in SECTORS if (node := r.sector(s).data.node)}


def misplaced_rows(html: str, r) -> list[str]:
    """What stands beside a subject's name on a page that its claims do not bear out."""
    names = names_of(r)
    node = {t.lower(): n for n, t in names.items()}
    return [b for name, said in judged_of(html) for b in misplaced(said, names, r.claims, node[name.lower()])]


IN_SUITE = [("contoh", "2024-S2", "en"), ("mimika", "2023-S2", "id")]
EVERY = [(*page, lang) for page in PAGES for lang in LANGUAGES]


@pytest.mark.parametrize(
    ("name", "when", "lang"), [c if c in IN_SUITE else pytest.param(*c, marks=pytest.mark.long) for c in EVERY]
)
def test_every_word_of_direction_has_a_claim_of_that_strength(name, when, lang, unpainted):
    r = face(name, when, lang)
    names, made = names_of(r), {kind: shown(open_(r)) for kind, open_ in KINDS.items()}
    said = [t for kind, open_ in KINDS.items() for t in titles(open_(r), made[kind])]
    assert len(said) > 3 and [b for t in said for b in misplaced(t, names, r.claims)] == []
    assert misplaced_rows(page(r, made["round"]), r) == []
    inside = [(s.data.node or ROOT, t) for s in map(r.sector, SECTORS) for t in titles(s)] if r.points else []
    names |= sector_names(r)
    assert [b for node, t in inside for b in misplaced(t, names, r.claims, node)] == []


@pytest.mark.parametrize("lang", ["id", pytest.param("en", marks=pytest.mark.long)])
def test_a_wrong_subject_among_right_ones_is_found(lang, unpainted):
    r = face("contoh", "2024-S2", lang)
    names, told = names_of(r), 0
    swapped = {**names, "environment": names["infrastructure"], "infrastructure": names["environment"]}
    for said in (t for kind in KINDS.values() for t in titles(kind(r)) if directions(t)):
        if names["environment"].lower() in said.lower():
            told += 1
            assert misplaced(said, swapped, r.claims)
    html = page(r)
    one, other = (f">{names[n]}</" for n in ("environment", "infrastructure"))
    other_way = html.replace(one, ">\0</").replace(other, one).replace(">\0</", other)
    assert told >= 2 and misplaced_rows(html, r) == [] and len(misplaced_rows(other_way, r)) >= 4


@pytest.mark.parametrize(
    ("said", "bad"),
    [
        ("Infrastructure and public services improving, environment declining", 0),
        ("Infrastructure and environment improving, public services declining", 2),
        ("Relatively stable with a slow rise, but environment declining", 0),
        ("Improving, but environment declining", 1),
        ("Education and health (rising slowly) stagnant", 0),
        ("Education (rising slowly) and health stagnant", 1),
        ("Relatively stable: 2 of 5 sectors improving, 1 declining", 0),
        ("Relatively stable: 2 of 5 sectors improving, 2 declining", 1),
        ("Sectors declining: environment", 0),
        ("Sectors declining: health", 1),
        ("No sector is shown to decline; health stagnant", 0),
    ],
)
def test_a_word_of_direction_belongs_to_the_subject_named_with_it(contoh, said, bad):
    names = {**forms.labels(contoh, Words("en"))}
    assert len(misplaced(said, names, contoh.claims)) == bad


def test_pages_are_made_from_verdicts_as_claimed():
    rooms = [p for room in ("report", "charts") for p in (Path(sc.__file__).parent / room).glob("*.py")]
    read = [line for p in rooms for line in p.read_text("utf-8").splitlines() if re.search(r"\be\.verdicts", line)]
    assert read and all("(VERDICTS, e.verdicts" in line for line in read)


@pytest.mark.parametrize(("name", "when"), PAGES)
def test_claims_are_no_stronger_than_the_tables_they_come_from(name, when):
    e = evaluate_round(name, when)
    verdict = e.verdicts.set_index("node")
    for row in e.claims[e.claims["claim"] == "direction"].to_dict("records"):
        v = verdict.loc[row["subject"]]
        least = {"judged": 0.9, "likely": 0.8}.get(row["strength"], 0.0)
        assert direction_of(row) == v["direction"] and (not least or row["chance"] >= least)
        assert row["strength"] == "short" or row["of"] >= 6
    assert e.judged.equals(e.verdicts)


def test_words_stand_for_every_direction_a_claim_permits():
    assert {f"direction.{d}" for d in DIRECTIONS} <= set(catalogue("id"))


@pytest.mark.parametrize(
    ("headline", "lede", "finding"),
    [
        ("Up 0.50 to 2.23 of 4", "X is down 0.50 since 2022-S2", ""),
        ("Down 0.80 to 2.23 of 4", "", ""),
        ("Index 2.23 of 4; the difference of \u22120.50 is within its noise", "", ""),
        ("Down 0.50 to 2.23 of 4, above the median of participants", "", ""),
        ("Down 0.50 to 2.23 of 4", "", "The index is stable"),
    ],
)
def test_a_planted_contradiction_is_found(headline, lede, finding):
    claims = evaluate_round("wilayah-63-72", "2023-S2").claims
    assert few_contradictions("Down 0.50 to 2.23 of 4, below the median of participants", "", [], claims, "en") == []
    assert few_contradictions(headline, lede, [finding], claims, "en")


def page(face, made=None) -> str:
    """Everything that a face shows, as HTML, without pictures."""
    parts = [one for form in (shown(face) if made is None else made) for one in getattr(form, "shown", (form,))]
    return "".join(p.figure_html() if hasattr(p, "figure_html") else getattr(p, "html", "") for p in parts)


RANK = {"id": r"peringkat (\d+) dari (\d+) peserta kelompok ", "en": r"ranks? (\d+) of (\d+) participants of the "}


@pytest.mark.long
@pytest.mark.parametrize("part", [pytest.param(n, marks=pytest.mark.xdist_group(f"regions {n}")) for n in range(4)])
@pytest.mark.parametrize("name", official_rounds())
def test_no_page_of_a_region_contradicts_itself(name, part, unpainted):
    found = []
    for i, code in list(enumerate(letter(name)))[part::4]:
        lang = LANGUAGES[i // 4 % len(LANGUAGES)]
        r = sc.evaluate_round("wilayah-" + code.replace(".", "-"), name, lang=lang)
        own = Claims.of(r.claims).get("rank")
        for kind in KINDS:
            whole = page(KINDS[kind](r))
            bad = gates.prose(f'<html lang="{lang}"><main>{whole}</main></html>') + misplaced_rows(whole, r)
            names = names_of(r)
            bad += [b for t in titles(KINDS[kind](r)) for b in misplaced(t, names, r.claims)]
            ranks = {(float(a), float(b)) for a, b in re.findall(RANK[lang], text(whole))}
            found += [(code, kind, b) for b in [*bad, *ranks - {(own["value"], own["of"])}]]
    assert found == []
