"""The instruments under data/instruments: each reads, says where its weights come from, and holds what its source states."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from scevaluation.errors import InstrumentError, UnknownWeights
from scevaluation.frames import ROOT
from scevaluation.instrument import QUALITIES, SECTORS, Instrument, load_instrument, read_instrument
from scevaluation.period import Period
from scevaluation.place import DATA

NAMES = sorted(p.stem for p in (DATA / "instruments").glob("*.yaml"))
WEIGHED = [n for n in NAMES if load_instrument(n).weights != "unknown"]
KOMINFO = [n for n in NAMES if n.startswith("kominfo")]
ITEMS = ["kominfo-2022-kppn-ikn", "kominfo-2023-kppn-ikn"]
SHARES = {
    "kominfo-2021": {"baseline": 10, "output": 20, "outcome": 30, "impact": 20, "quick-win": 20},
    "kominfo-2022-reguler": {"baseline": 10, "output": 20, "outcome": 30, "impact": 20, "quick-win": 20},
    "kominfo-2022-kppn-ikn": {"baseline": 10, "output": 20, "outcome": 30, "impact": 10, "quick-win": 30},
    "kominfo-2023-reguler": {"baseline": 10, "output": 20, "outcome": 30, "impact": 20, "quick-win": 20},
    "kominfo-2023-kppn-ikn": {"baseline": 10, "output": 20, "outcome": 20, "impact": 20, "quick-win": 20, "collaboration": 10},
}


def test_the_instruments_are_these():
    assert NAMES == [
        "kominfo-2018-2020",
        "kominfo-2021",
        "kominfo-2022-kppn-ikn",
        "kominfo-2022-reguler",
        "kominfo-2023-kppn-ikn",
        "kominfo-2023-reguler",
        "mentah-contoh",
        "sektor-siklus-1",
        "sektor-siklus-2",
        "skm-2017",
        "spbe-2020",
        "spbe-contoh-2018",
    ]


@pytest.mark.parametrize("name", NAMES)
def test_it_calls_itself_as_its_file(name):
    assert load_instrument(name).id == name


@pytest.mark.parametrize("name", NAMES)
def test_every_label_has_both_languages(name):
    i = load_instrument(name)
    labels = [
        i.label,
        i.weights_source,
        *(n.label for n in i.nodes.values()),
        *(p.label for p in i.predicates),
        *(d.label for d in i.dimensions),
    ]
    assert [x for x in labels if not x.id.strip() or not x.en.strip()] == []


@pytest.mark.parametrize("name", NAMES)
def test_it_names_its_source_and_that_of_its_weights(name):
    i = load_instrument(name)
    assert i.source.strip() and i.weights_source.en.strip()


@pytest.mark.parametrize("name", NAMES)
def test_it_is_valid_from_a_round_to_a_later_one(name):
    i = load_instrument(name)
    assert not i.valid_to or Period(i.valid_from) <= Period(i.valid_to)


@pytest.mark.parametrize("name", WEIGHED)
def test_effective_weights_of_the_leaves_sum_to_one(name):
    i = load_instrument(name)
    assert sum(i.effective[leaf] for leaf in i.leaves) == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("name", SHARES)
def test_the_ministrys_weights_are_the_published_ones(name):
    i = load_instrument(name)
    assert {c: round(100 * i.share(c), 9) for c in i.components} == SHARES[name]


@pytest.mark.parametrize("name", KOMINFO)
def test_the_ministrys_scale_is_1_to_4(name):
    scale = load_instrument(name).scale
    assert (scale.low, scale.high) == (1, 4)


@pytest.mark.parametrize(("year", "step"), [("2022", 0.25), ("2023", 0.2)])
def test_the_step_is_that_of_the_years_panel(year, step):
    assert {load_instrument(n).scale.step for n in KOMINFO if year in n} == {step}


@pytest.mark.parametrize("name", ITEMS)
def test_every_known_item_lies_on_its_instruments_grid(name):
    i = load_instrument(name)
    path = DATA / "programmes" / "kab-malang" / "rounds" / ("2022-S2.csv" if "2022" in name else "2023-S2.csv")
    scores = [float(line.split(",")[3]) for line in path.read_text("utf-8").splitlines()[1:]]
    steps = [(s - i.scale.low) / i.scale.step for s in scores]
    assert max(abs(s - round(s)) for s in steps) < 1e-9


@pytest.mark.parametrize("name", KOMINFO)
def test_the_ministry_has_six_dimensions_of_three(name):
    dimensions = load_instrument(name).dimensions
    assert [d.id for d in dimensions] == ["governance", "branding", "economy", "living", "society", "environment"]
    assert [len(d.subdimensions) for d in dimensions] == [3] * 6
    assert len({s.id for d in dimensions for s in d.subdimensions}) == 18


@pytest.mark.parametrize("name", KOMINFO)
def test_the_18_subdimensions_reach_all_five_sectors(name):
    tags = {s for d in load_instrument(name).dimensions for sub in d.subdimensions for s in sub.sectors}
    assert tags == set(SECTORS)


@pytest.mark.parametrize("name", KOMINFO)
def test_the_sector_tags_are_said_to_be_this_projects(name):
    assert "this project's reading" in load_instrument(name).source


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("kominfo-2022-kppn-ikn", {"baseline": 5, "output": 7, "outcome": 31, "impact": 4, "quick-win": 12}),
        (
            "kominfo-2023-kppn-ikn",
            {"baseline": 5, "output": 7, "outcome": 33, "impact": 54, "quick-win": 12, "collaboration": 6},
        ),
    ],
)
def test_item_counts_of_the_published_lists(name, counts):
    i = load_instrument(name)
    assert {c: len(i.children(c)) for c in i.components} == counts


@pytest.mark.parametrize("name", ITEMS)
def test_items_weigh_equally_within_a_component(name):
    i = load_instrument(name)
    assert {i.nodes[leaf].weight for leaf in i.leaves} == {1}
    assert "reproduced" in i.checked


@pytest.mark.parametrize("name", ["kominfo-2018-2020", "kominfo-2021", "kominfo-2022-reguler", "kominfo-2023-reguler"])
def test_where_no_item_list_is_known_the_components_are_the_leaves(name):
    i = load_instrument(name)
    assert i.leaves == i.components


def test_impact_items_of_2023_are_not_compared_with_those_of_2022():
    i = load_instrument("kominfo-2023-kppn-ikn")
    assert {i.nodes[p].link for p in i.children("impact")} == {"-"}
    assert {i.nodes[p].link for p in i.leaves if not p.startswith("impact/")} == {""}


def test_an_index_with_unknown_weights_is_refused():
    i = load_instrument("kominfo-2018-2020")
    with pytest.raises(UnknownWeights, match="kominfo-2018-2020"):
        i.require_weights()


def test_the_weights_of_2021_are_stated_only():
    i = load_instrument("kominfo-2021")
    assert (i.weights, i.checked) == ("stated", "not testable")


def test_spbe_has_4_domains_8_aspects_and_47_indicators():
    i = load_instrument("spbe-2020")
    assert (len(i.components), sum(len(i.children(c)) for c in i.components), len(i.leaves)) == (4, 8, 47)


def test_spbe_domains_weigh_13_25_16_5_and_45_5():
    i = load_instrument("spbe-2020")
    assert [round(100 * i.share(c), 9) for c in i.components] == [13, 25, 16.5, 45.5]


def test_an_spbe_aspect_weighs_what_its_indicators_weigh():
    i = load_instrument("spbe-2020")
    for component in i.components:
        for aspect in i.children(component):
            assert sum(i.nodes[p].weight for p in i.children(aspect)) == pytest.approx(i.nodes[aspect].weight, abs=1e-9)


@pytest.mark.parametrize(
    ("value", "predicate"),
    [
        (1.0, "Kurang"),
        (1.79, "Kurang"),
        (1.8, "Cukup"),
        (2.59, "Cukup"),
        (2.6, "Baik"),
        (3.5, "Sangat baik"),
        (4.19, "Sangat baik"),
        (4.2, "Memuaskan"),
    ],
)
def test_spbe_predicates(value, predicate):
    found = [p.label.id for p in load_instrument("spbe-2020").predicates if p.low <= value][-1]
    assert found == predicate


def test_the_survey_has_nine_elements_of_exactly_one_ninth():
    i = load_instrument("skm-2017")
    assert {c: i.share(c) for c in i.components} == dict.fromkeys(i.components, 1 / 9) and len(i.components) == 9


@pytest.mark.parametrize(
    ("published", "letter"),
    [(25, "D"), (64.99, "D"), (65, "C"), (76.60, "C"), (76.61, "B"), (88.30, "B"), (88.31, "A"), (100, "A")],
)
def test_the_surveys_predicates_are_the_published_ones_over_25(published, letter):
    found = [p.label.id for p in load_instrument("skm-2017").predicates if p.low <= published / 25 + 1e-12][-1]
    assert found.startswith(letter + " ")


def test_the_survey_tells_of_all_five_qualities():
    i = load_instrument("skm-2017")
    assert {i.nodes[c].quality for c in i.components} - {""} == set(QUALITIES)


@pytest.mark.parametrize("name", ["sektor-siklus-1", "sektor-siklus-2"])
def test_the_own_instrument_has_the_five_sectors(name):
    i = load_instrument(name)
    assert i.components == SECTORS and i.weights == "own"


@pytest.mark.parametrize("name", NAMES)
def test_predicates_rise_from_the_bottom_of_the_scale(name):
    i = load_instrument(name)
    lows = [p.low for p in i.predicates]
    assert lows == sorted(set(lows))
    assert not lows or (lows[0] == i.scale.low and lows[-1] < i.scale.high)


# what reading refuses


def small(**changes) -> dict:
    leaf = {"id": "a", "label": {"id": "A", "en": "A"}, "weight": 1}
    base = {
        "id": "small",
        "label": {"id": "K", "en": "S"},
        "valid_from": "2024-S1",
        "scale": {"low": 1, "high": 4},
        "weights": "own",
        "weights_source": "here",
        "source": "here",
        "tree": {"id": ROOT, "label": {"id": "I", "en": "I"}, "children": [leaf, {**leaf, "id": "b"}]},
    }
    return {**base, **changes}


def tree(*children) -> dict:
    return {"id": ROOT, "label": {"id": "I", "en": "I"}, "children": list(children)}


LEAF = {"id": "a", "label": {"id": "A", "en": "A"}}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"scale": {"low": 4, "high": 1}}, r"line \d+, scale: the scale 4–1 does not rise"),
        ({"weights": "guessed"}, "weights"),
        ({"tree": {**tree(LEAF), "id": "root"}}, r"tree.id: the root of the tree is called root, not index"),
        ({"tree": tree({**LEAF, "weight": 1}, {**LEAF, "weight": 1})}, r"tree.children.2: a is listed twice"),
        ({"tree": tree({**LEAF, "weight": 1}, {**LEAF, "id": "b"})}, r"tree.children.2: b has no weight, others below index have one"),
        ({"tree": tree({**LEAF, "weight": -1})}, r"tree.children.1.weight: -1 is not ≥ 0"),
        ({"tree": tree(LEAF)}, "but these have none: a"),
        ({"weights": "unknown"}, "but a has one"),
        ({"tree": tree({**LEAF, "weight": 1, "sectors": ["transport"]})}, "sectors"),
        ({"colour": "red"}, "colour"),
        ({"coverage": 0}, "coverage"),
    ],
)
def test_a_contradiction_is_refused_with_its_place(tmp_path, changes, words):
    path = tmp_path / "small.yaml"
    path.write_text(yaml.safe_dump(small(**changes)), "utf-8")
    with pytest.raises(InstrumentError, match=words):
        read_instrument(path)


@pytest.mark.parametrize("content", ["a: [", "", "- 1", "just text", "!!python/object/apply:os.getcwd []"])
def test_a_file_that_is_no_instrument_is_refused(tmp_path, content):
    path = tmp_path / "small.yaml"
    path.write_text(content, "utf-8")
    with pytest.raises(InstrumentError):
        read_instrument(path)


def test_an_instrument_that_is_not_there_names_those_that_are():
    with pytest.raises(InstrumentError, match="kominfo-2023-reguler"):
        load_instrument("kominfo-1999")


def test_a_file_must_be_called_as_its_instrument(tmp_path):
    (tmp_path / "other.yaml").write_text(yaml.safe_dump(small()), "utf-8")
    with pytest.raises(InstrumentError, match="calls itself small"):
        load_instrument("other", tmp_path)


@given(st.lists(st.floats(0.01, 1000), min_size=1, max_size=8))
def test_shares_sum_to_one_whatever_the_weights(weights):
    children = [{**LEAF, "id": f"n{k}", "weight": w} for k, w in enumerate(weights)]
    i = Instrument.model_validate(small(tree=tree(*children)))
    assert sum(i.share(c) for c in i.components) == pytest.approx(1, abs=1e-12)


@given(st.floats(-10, 10), st.floats(0.1, 20), st.floats(0, 1))
def test_a_score_survives_the_way_to_100_and_back(low, width, part):
    scale = Instrument.model_validate(small(scale={"low": low, "high": low + width})).scale
    score = low + part * width
    assert scale.from100(scale.to100(score)) == pytest.approx(score, abs=1e-9)
