"""What the data make of a sentence from outside: its rules by hand, its lines, and nothing where there is none."""

import re
from dataclasses import replace
from html import unescape

import numpy as np
import pandas as pd
import pytest
import yaml
from evaluated import evaluate_round

import scevaluation as sc
from scevaluation.errors import ProgrammeError
from scevaluation.evaluate.peers import panel_sd
from scevaluation.evaluate.statement import difference_rule, direction_rule, statistics_rule, together
from scevaluation.frames.sectors import STATEMENT
from scevaluation.instrument import load_instrument
from scevaluation.place import DATA
from scevaluation.programme import load_programme, read_programme
from scevaluation.report.statement import statement_lines
from scevaluation.statement import Statement
from scevaluation.words import Words

NAN = float("nan")


# rules


@pytest.mark.parametrize(
    ("claim", "change", "noise", "outcome"),
    [
        ("still", -0.03, 0.063, "open"),  # not shown to move is not shown to stand still
        ("still", 0.063, 0.063, "open"),
        ("still", -0.5, 0.063, "refuted"),
        ("up", 0.5, 0.063, "open"),  # two rounds show no direction
        ("up", 0.03, 0.063, "open"),  # a small rise cannot be told from none
        ("up", -0.5, 0.063, "refuted"),
        ("down", -0.5, 0.063, "open"),
        ("down", 0.5, 0.063, "refuted"),
        ("still", NAN, 0.063, "open"),
        ("still", 0.03, NAN, "open"),
    ],
)
def test_a_difference_between_two_rounds_is_set_against_the_noise(claim, change, noise, outcome):
    assert difference_rule(claim, change, noise) == outcome


@pytest.mark.parametrize(
    ("claim", "direction", "outcome"),
    [
        ("still", "stagnant", "supported"),
        ("still", "likely_stagnant", "supported"),
        ("still", "improving", "refuted"),
        ("up", "likely_improving", "supported"),
        ("up", "stagnant", "refuted"),
        ("down", "improving", "refuted"),
        ("still", "inconclusive", "open"),
    ],
)
def test_a_verdict_decides_where_there_is_one(claim, direction, outcome):
    assert direction_rule(claim, direction) == outcome


@pytest.mark.parametrize(
    ("outcomes", "outcome"),
    [
        (["supported", "supported"], "supported"),
        (["supported", "open"], "open"),
        (["supported", "refuted"], "refuted"),
        (["open", "refuted"], "refuted"),
        ([], "open"),
    ],
)
def test_a_part_stands_by_all_of_its_evidence(outcomes, outcome):
    assert together(outcomes) == outcome


def stats(*rows: tuple[int, str, str]) -> pd.DataFrame:
    names = list("abcdef")[: len(rows)]
    return pd.DataFrame([(i, *r) for i, r in zip(names, rows, strict=True)], columns=["indicator", "n", "moved", "beside"])


AHEAD, ALIKE, TOLD, WORSE, OPEN = (
    (4, "better", "ahead"),
    (4, "better", "alike"),
    (4, "better", "told"),
    (4, "worse", "behind"),
    (7, "open", "told"),
)


@pytest.mark.parametrize(
    ("claim", "rows", "lacking", "outcome", "rule", "n", "of"),
    [
        ("better", [AHEAD, ALIKE, TOLD], True, "supported", "statistics_better", 1, 2),
        ("better", [ALIKE, TOLD], False, "open", "statistics_no_better", 0, 1),  # one cannot be judged
        ("better", [ALIKE, WORSE], True, "open", "statistics_no_better", 0, 2),  # of a sector nothing is known
        ("better", [ALIKE, WORSE], False, "refuted", "statistics_no_better", 0, 2),
        ("better", [(4, "worse", "ahead")], False, "refuted", "statistics_no_better", 0, 1),  # fell less than the country is no rise
        ("worse", [AHEAD, WORSE], True, "supported", "statistics_worse", 1, 2),
        ("still", [AHEAD, OPEN], True, "open", "statistics_still", 1, 1),  # a swing is not shown to stand still
        ("still", [(5, "open", "told")], False, "open", "statistics_none", 0, 0),  # five years are too few
        ("still", [(7, "better", "told")], False, "refuted", "statistics_no_still", 0, 1),
        ("better", [], True, "open", "statistics_none", 0, 0),
    ],
)
def test_some_are_so_needs_one_and_none_is_so_needs_all(claim, rows, lacking, outcome, rule, n, of):
    found = statistics_rule(claim, stats(*rows), lacking)
    assert (found["outcome"], found["rule"], found["n"], found["of"]) == (outcome, rule, n, of)
    assert f"statement.{rule}" in sc.words.catalogue("id")


def test_the_noise_of_the_panel_by_hand():
    # Weights .1, .2, .3, .2, .2 of means of 5, 7, 33, 54 and 12 items by five assessors of sd .5, rounded to two decimals.
    parts = [(0.1, 5), (0.2, 7), (0.3, 33), (0.2, 54), (0.2, 12)]
    by_hand = sum(weight**2 * (0.25 / (5 * items) + 0.005**2 / 3) for weight, items in parts) ** 0.5
    assert panel_sd(load_instrument("kominfo-2023-reguler")) == pytest.approx(by_hand) == pytest.approx(0.027, abs=5e-4)


# Mimika


def test_mimikas_sentence_of_2024(mimika):
    rows = STATEMENT.check(mimika.statement).set_index("evidence")
    assert dict(rows["outcome"]) == {
        "index_still": "open",
        "statistics_still": "open",
        "statistics_better": "supported",
        "pandemic": "open",
        "election": "open",
    }
    one = rows.loc["index_still"]
    # 2.47 - 2.50, the cohort's median -.04; 1.645 x the root of 2 x .02697.
    assert (one["value"], one["common"], one["rule"]) == (pytest.approx(-0.03), pytest.approx(-0.04), "index_within")
    assert one["high"] == pytest.approx(1.645 * 2**0.5 * 0.02697, abs=1e-4)
    assert (rows.at["statistics_still", "names"], rows.at["statistics_better", "names"]) == ("poor_people", "HLS")
    assert rows.at["statistics_better", "untold"] == "infrastructure public_services environment"
    # The election of November 2024 came after the round.
    assert (rows.at["election", "n"], rows.at["election", "of"], rows.at["election", "rule"]) == (1, 2, "event_unmeasured")


@pytest.mark.parametrize("lang", ["id", "en"])
def test_three_lines_and_every_number_is_a_cell(mimika, lang):
    w = Words(lang)
    part = statement_lines(mimika, w)
    heads = [w("statement." + o) for o in ("supported", "refuted", "open")]
    assert [line.partition(":")[0] for line in part.text.split("\n")] == heads and part.html.count("<dt>") == 3
    left = re.sub(r"<data[^>]*>[^<]*</data>|<span class=\"whole\">[^<]*</span>|20\d\d|Semester II", "", part.html)
    assert not re.search(r"\d", unescape(re.sub(r"<[^>]+>", "", left)))
    assert not re.search(r"\b(karena|akibat|disebabkan|because|due to|caused)\b", part.text)
    for ref in re.findall(r'data-ref="([^"]+)"', part.html):
        table, *key, column = ref.split("|")
        own = {"STATEMENT": mimika.statement, "STATISTICS": mimika.statistics}[table]
        assert column in own and "|".join(key) in {"|".join(str(v) for v in r) for r in own[_key(table)].to_numpy()}


def _key(table: str) -> list[str]:
    return {"STATEMENT": ["round", "part", "evidence"], "STATISTICS": ["indicator"]}[table]


def test_what_the_data_say_decides_which_line_a_part_stands_in(mimika):
    change = mimika.change.assign(official=-0.5)
    fallen = statement_lines(replace(mimika, change=change), Words("en")).text.split("\n")
    assert "relatively stable" in fallen[1] and "more than the uncertainty of scoring (±0.06)" in fallen[1]
    unknown = statement_lines(replace(mimika, change=change[:0]), Words("en")).text.split("\n")
    assert "relatively stable" in unknown[2] and "no two rounds can be compared" in unknown[2]


def test_a_part_without_evidence_cannot_be_told(mimika):
    bare = Statement.model_validate({"source": "x", "parts": [{"says": "maju", "evidence": []}]})
    part = statement_lines(replace(mimika, programme=mimika.programme.model_copy(update={"statement": bare})), Words("en"))
    assert part.text.split("\n")[2] == "Cannot be told: “maju”: no data bear on it."


# others


SAID = Statement.model_validate(
    {
        "source": {"id": "dewan", "en": "the council"},
        "parts": [
            {"says": {"id": "naik", "en": "rising"}, "evidence": ["index_up"]},
            {"says": {"id": "tetap", "en": "still"}, "evidence": ["index_still"]},
            {"says": {"id": "pandemi", "en": "pandemic"}, "evidence": ["pandemic"]},
            {"says": {"id": "pemilihan", "en": "election"}, "evidence": ["election"]},
            {"says": {"id": "statistik", "en": "statistics"}, "evidence": ["statistics_better"]},
        ],
    }
)


def test_with_verdicts_and_event_effects_these_decide():
    e = evaluate_round("contoh", "2024-S2")
    assert statement_lines(e, Words("id")) is None and e.statement.empty
    said = replace(e, programme=e.programme.model_copy(update={"statement": SAID}))
    line = e.trend.set_index("node").loc["index"]
    assert list(said.statement["outcome"]) == ["refuted", "supported", "supported", "open", "open"]
    assert line["pandemic_high"] < 0 < line["election_high"] and line["election_low"] < 0  # one is told from nothing, the other is not
    assert list(said.statement["rule"]) == ["index_judged", "index_judged", "event_seen", "event_unclear", "statistics_none"]
    supported, refuted, unknown = statement_lines(said, Words("en")).text.split("\n")
    assert "“still”: the index:" in supported and "“rising”" in refuted and "“election”" in unknown
    assert np.isnan(said.statement["common"]).all()


def test_every_kind_of_evidence_and_rule_has_its_words():
    rules = [f"index_{r}" for r in ("within", "beyond", "unjudged", "unknown", "judged")]
    rules += [f"event_{r}" for r in ("unmeasured", "unrecorded", "seen", "unclear")] + ["kind.pandemic", "kind.election", "untold"]
    assert [r for lang in ("id", "en") for r in rules if not Words(lang).has("statement." + r)] == []


def test_evidence_that_is_none_is_refused_with_its_line(tmp_path):
    folder = tmp_path / "mimika"
    folder.mkdir()
    text = (DATA / "programmes" / "mimika" / "programme.yaml").read_text("utf-8")
    (folder / "events.csv").write_bytes((DATA / "programmes" / "mimika" / "events.csv").read_bytes())
    (folder / "programme.yaml").write_text(text.replace("[index_still]", "[indeks_tetap]"), "utf-8")
    with pytest.raises(ProgrammeError) as error:
        read_programme(folder)
    (found,) = error.value.issues
    line = text[: text.index("[index_still]")].count("\n") + 1
    assert found["cell"].startswith(f"line {line}") and found["found"] == "indeks_tetap" and "index_up" in found["expected"]


def test_only_programmes_that_carry_a_sentence_show_one():
    carried = [p for p in sc.programme.programmes() if load_programme(p).statement]
    assert carried == ["mimika"]
    assert yaml.safe_load((DATA / "programmes" / "mimika" / "programme.yaml").read_text("utf-8"))["statement"]["source"]["en"]
