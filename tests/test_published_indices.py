"""Indices of others, computed from their published inputs by an instrument that declares them as their makers do."""

from __future__ import annotations

import pytest
from test_declaration import indexed, leaf, made

from scevaluation.evaluate.index import index
from scevaluation.frames import ROOT, as_scores
from scevaluation.instrument import Instrument

# the Human Development Index, as it is published

HDI = """
Norway 0.944 81.6 17.5 12.6 64992
Australia 0.935 82.4 20.2 13.0 42261
Switzerland 0.930 83.0 15.8 12.8 56431
Denmark 0.923 80.2 18.7 12.7 44025
Netherlands 0.922 81.6 17.9 11.9 45435
Germany 0.916 80.9 16.5 13.1 43919
Ireland 0.916 80.9 18.6 12.2 39568
United-States 0.915 79.1 16.5 12.9 52947
Canada 0.913 82.0 15.9 13.0 42155
Singapore 0.912 83.0 15.4 10.6 76628
Hong-Kong 0.910 84.0 15.6 11.2 53959
Liechtenstein 0.908 80.0 15.0 11.8 79851
Sweden 0.907 82.2 15.8 12.1 45636
United-Kingdom 0.907 80.7 16.2 13.1 39267
Korea 0.898 81.9 16.9 11.9 33890
Israel 0.894 82.4 16.0 12.5 30676
Japan 0.891 83.5 15.3 11.5 36927
France 0.888 82.2 16.0 11.1 38056
Finland 0.883 80.8 17.1 10.3 38695
New-Zealand 0.913 81.8 19.2 12.5 32689
Iceland 0.899 82.6 19.0 10.6 35182
Luxembourg 0.892 81.7 13.9 11.7 58711
Belgium 0.890 80.8 16.3 11.3 41187
Austria 0.885 81.4 15.7 10.8 43869
"""
NOT_TO_THREE = "Switzerland Germany Singapore Iceland Korea Japan Austria"  # the inputs as printed are too coarse: .001 off


def human_development() -> Instrument:
    """Goalposts and means of UNDP's technical note 1 of 2014 and after, on 0-1."""
    post = lambda worst, best, **more: {"goalposts": {"worst": worst, "best": best}, **more}  # noqa: E731
    school = [leaf("expected", **post(0, 18)), leaf("mean", **post(0, 15))]
    children = [leaf("life", **post(20, 85)), leaf("education", children=school), leaf("income", **post(100, 75000, transform="log"))]
    tree = {"id": ROOT, "label": "HDI", "aggregation": "geometric", "children": children}
    return made(tree=tree, scale={"low": 0, "high": 1})


def hdi(life: float, expected: float, mean: float, income: float) -> float:
    rows = ("life", life), ("education/expected", expected), ("education/mean", mean), ("income", income)
    return indexed(human_development(), *rows)["index"][0]


@pytest.mark.parametrize("row", HDI.split("\n")[1:-1], ids=lambda r: r.split()[0])
def test_the_human_development_index_is_as_published(row):
    """UNDP, Human Development Report 2015, table 1 (values of 2014), as archived at megalodon.jp/ref/2016-0515-0933-16/
    hdr.undp.org/en/composite/HDI. The table prints years to one decimal and income to a dollar, so the printed index lies between
    those of inputs half a unit lower and higher; for 17 of these 24 countries the printed inputs give it to 3 decimals. Schooling
    above 18 years (Australia, Denmark, Ireland) and income above 75,000 (Singapore, Liechtenstein) count as the goalpost.
    """
    name, *figures = row.split()
    printed, life, expected, mean, income = map(float, figures)
    low, high = (hdi(life + d, expected + d, mean + d, income + 10 * d) for d in (-0.05, 0.05))
    assert low - 0.0005 <= printed <= high + 0.0005 and high - low < 0.005
    if name not in NOT_TO_THREE.split():
        assert f"{hdi(life, expected, mean, income):.3f}" == f"{printed:.3f}"


def test_the_worked_example_of_the_technical_note():
    """UNDP, technical notes to the Human Development Report 2020, note 1: an income of 3,829 is 0.5506, and indices of 0.6971,
    0.3447 and 0.5506 make 0.510. The education index is put in by equal years of its two goalposts.
    """
    i = human_development()
    assert round(float(i.normalise("income", 3829)) / 100, 4) == 0.5506
    assert f"{hdi(20 + 65 * 0.6971, 18 * 0.3447, 15 * 0.3447, 3829):.3f}" == "0.510"


# the Technology Achievement Index, as it is published

TAI = {  # raw data of table A.2: patents, royalties, internet, exports, telephones and electricity (log10), schooling, university
    "Finland": (187, 125.6, 200.2, 50.7, 3.08, 4.15, 10, 27.4),
    "United States": (289, 130, 179.1, 66.2, 3.00, 4.07, 12, 13.9),
    "Sweden": (271, 156.6, 125.8, 59.7, 3.10, 4.14, 11.4, 15.3),
    "Japan": (994, 64.6, 49, 80.8, 3.00, 3.86, 9.5, 10),
    "Korea": (779, 9.8, 4.8, 66.7, 2.97, 3.65, 10.8, 23.2),
    "Netherlands": (189, 151.2, 136, 50.9, 3.02, 3.77, 9.4, 9.5),
    "United Kingdom": (82, 134, 57.4, 61.9, 3.02, 3.73, 9.4, 14.9),
    "Singapore": (8, 25.5, 72.3, 74.9, 2.95, 3.83, 7.1, 24.2),
    "Canada": (31, 38.6, 108, 48.7, 2.94, 4.18, 11.6, 14.2),
    "Australia": (75, 18.2, 125.9, 16.2, 2.94, 3.94, 10.9, 25.3),
    "Germany": (235, 36.8, 41.2, 64.2, 2.94, 3.75, 10.2, 14.4),
    "Norway": (103, 20.2, 193.6, 19, 3.12, 4.39, 11.9, 11.2),
    "Ireland": (106, 110.3, 48.6, 53.6, 2.97, 3.68, 9.4, 12.3),
    "Belgium": (72, 73.9, 58.9, 47.6, 2.91, 3.86, 9.3, 13.6),
    "New Zealand": (103, 13, 146.7, 15.4, 2.86, 3.91, 11.7, 13.1),
    "Austria": (165, 14.8, 84.2, 50.3, 2.99, 3.79, 8.4, 13.6),
    "France": (205, 33.6, 36.4, 58.9, 2.97, 3.80, 7.9, 12.6),
    "Israel": (74, 43.6, 43.2, 45, 2.96, 3.74, 9.6, 11),
    "Spain": (42, 8.6, 21, 53.4, 2.86, 3.62, 7.3, 15.6),
    "Italy": (13, 9.8, 30.4, 51, 3.00, 3.65, 7.2, 13),
    "Czech Republic": (28, 4.2, 25, 51.7, 2.75, 3.68, 9.5, 8.2),
    "Hungary": (26, 6.2, 21.6, 63.5, 2.73, 3.46, 9.1, 7.7),
    "Slovenia": (105, 4, 20.3, 49.5, 2.84, 3.71, 7.1, 10.6),
}
GOALPOSTS = {
    "patents": (0, 994), "royalties": (0, 272.6), "internet": (0, 232.4), "exports": (0, 80.8), "telephones": (1, 901),
    "electricity": (22, 6969), "schooling": (0.8, 12), "university": (0.1, 27.4),
}  # fmt: skip
BY_EXPERTS = (0.11, 0.11, 0.11, 0.18, 0.10, 0.06, 0.15, 0.18)
RANKS_BY_EXPERTS = (1, 2, 3, 5, 4, 8, 7, 6, 10, 11, 9, 13, 12, 14, 17, 15, 16, 18, 19, 21, 22, 20, 23)


@pytest.mark.parametrize(
    ("weights", "ranks"), [((1,) * 8, tuple(range(1, 24))), (BY_EXPERTS, RANKS_BY_EXPERTS)], ids=["equal weights", "budget allocation"]
)
def test_the_technology_achievement_index_ranks_as_published(weights, ranks):
    """OECD/JRC, Handbook on Constructing Composite Indicators (2008): raw data of table A.2, weights of table 22, ranks of 23 countries of
    table 23. The goalposts are the index's own: Saisana, Saltelli and Tarantola (2005), table 1. The weights by factor analysis and by
    hierarchy are printed to two decimals only, with which some neighbours change places; they are left out.
    """
    def indicator(name: str, weight: float) -> dict:
        worst, best = GOALPOSTS[name]
        log = {"transform": "log"} if name in ("telephones", "electricity") else {}
        return leaf(name, goalposts={"worst": worst, "best": best}, **log) | {"weight": weight}

    children = [indicator(n, w) for n, w in zip(GOALPOSTS, weights, strict=True)]
    tree = {"id": ROOT, "label": "TAI", "children": children}
    rows = []
    for country, values in TAI.items():
        raw = [10**v if n in ("telephones", "electricity") else v for n, v in zip(GOALPOSTS, values, strict=True)]
        rows += [(country, n, v) for n, v in zip(GOALPOSTS, raw, strict=True)]
    region, names, score = zip(*rows, strict=True)
    table = as_scores(region=list(region), round="2024-S1", indicator=list(names), score=list(score))
    found = index(table, {"2024-S1": made(tree=tree, scale={"low": 0, "high": 1})})
    value = found[found["node"] == ROOT].set_index("region")["value"]
    assert dict(value.rank(ascending=False)[list(TAI)].astype(int)) == dict(zip(TAI, ranks, strict=True))


def test_mean_years_of_schooling_between_the_least_and_the_most_are_as_published():
    """The same, table 15, column Min-Max: mean years of school between 7.1 and 12."""
    years = {"Finland": 0.59, "Sweden": 0.88, "Japan": 0.49, "Korea": 0.76, "Canada": 0.92, "Norway": 0.98, "Austria": 0.27}
    years |= {"United States": 1, "Singapore": 0, "France": 0.16, "Israel": 0.51, "Italy": 0.02, "Hungary": 0.41, "Slovenia": 0}
    i = made(leaf("a", goalposts={"worst": 7.1, "best": 12}), leaf("b"))
    assert {c: round(float(i.normalise("k/a", TAI[c][6])) / 100, 2) for c in years} == years
