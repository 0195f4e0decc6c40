"""The regency's own sector instrument: five sectors, two versions that mostly ask the same."""

from __future__ import annotations

import pytest

from scevaluation.instrument import QUALITIES, SECTORS, load_instrument
from scevaluation.programme import load_programme

FIRST, SECOND = "sektor-siklus-1", "sektor-siklus-2"


def test_cycle_one_asks_24_and_cycle_two_25():
    assert (len(load_instrument(FIRST).leaves), len(load_instrument(SECOND).leaves)) == (24, 25)


def test_21_indicators_are_common():
    assert len(set(load_instrument(FIRST).leaves) & set(load_instrument(SECOND).leaves)) == 21


@pytest.mark.parametrize("name", [FIRST, SECOND])
def test_top_level_are_the_five_sectors(name):
    assert load_instrument(name).components == SECTORS


@pytest.mark.parametrize("name", [FIRST, SECOND])
def test_public_services_carry_the_five_qualities(name):
    i = load_instrument(name)
    assert sorted(i.nodes[p].quality for p in i.children("public_services")) == sorted(QUALITIES)


@pytest.mark.parametrize("name", [FIRST, SECOND])
def test_every_indicator_has_four_levels_and_a_known_agency(name):
    i, known = load_instrument(name), {a.id for a in load_programme("contoh").agencies}
    assert [p for p in i.leaves if len(i.nodes[p].levels) != 4 or i.nodes[p].agency not in known] == []


@pytest.mark.parametrize("name", [FIRST, SECOND])
def test_scale_leaves_the_step_of_a_panel_mean_open(name):
    scale = load_instrument(name).scale
    assert (scale.low, scale.high, scale.step) == (1, 4, None)


def test_common_indicators_differ_in_weight_only():
    a, b = load_instrument(FIRST), load_instrument(SECOND)
    rest = [{p: i.nodes[p].model_dump(exclude={"weight"}) for p in i.leaves} for i in (a, b)]
    assert [p for p in rest[0] if p in rest[1] and rest[0][p] != rest[1][p]] == []


def test_common_indicators_are_linked_and_others_not():
    a, b = load_instrument(FIRST), load_instrument(SECOND)
    wrong = [p for i, other in ((a, b), (b, a)) for p in i.leaves if i.nodes[p].link != (p if p in other.leaves else "")]
    assert wrong == []


def test_some_weights_changed():
    a, b = load_instrument(FIRST), load_instrument(SECOND)
    assert {p for p in a.leaves if p in b.leaves and a.nodes[p].weight != b.nodes[p].weight} == {
        "infrastructure/jalan",
        "infrastructure/air-bersih",
        "public_services/kesetaraan",
        "health/antrean",
        "environment/daur-ulang",
    }


@pytest.mark.parametrize(("name", "first", "last"), [(FIRST, "2017-S1", "2022-S2"), (SECOND, "2023-S1", "")])
def test_instruments_are_dated(name, first, last):
    assert (load_instrument(name).valid_from, load_instrument(name).valid_to) == (first, last)
