"""A round's tables for one's own analysis: from data frames as from files, dates and labels, drivers, what is owed, side by side, files."""

import html
import importlib.util
import re

import matplotlib.pyplot as plt
import numpy as np
import openpyxl
import pandas as pd
import pytest
import seaborn
from evaluated import face
from tiny import tiny_instrument

import scevaluation as sc
from scevaluation.errors import ContractError, EvaluationError, IntakeError, RoundError, ScoresRefused, UnknownName
from scevaluation.frames import CHANGE
from scevaluation.intake.tables import paths, questionnaire
from scevaluation.period import Period

META = pd.DataFrame(
    {
        "iCode": ["All", "One", "Two", "a", "b", "c"],
        "iName": ["Everything", "First part", "Second part", "Item a", "Item b", "Item c"],
        "Parent": [None, "All", "All", "One", "One", "Two"],
        "Weight": [1.0, 1, 3, 1, 1, 1],
        "Direction": [1, 1, 1, 1, -1, 1],
        "Type": ["Aggregate"] * 3 + ["Indicator"] * 3,
    }
)
DATA = pd.DataFrame({"uCode": "00.01", "Time": ["2024-S1", "2024-S2"], "a": [1.0, 2.0], "b": [4.0, 1.0], "c": [2.5, np.nan]})


@pytest.fixture(scope="module")
def contoh():
    return face("contoh", "2024-S2", "en")


def as_frames(r):
    """A round's questionnaire and scores in the shape of COINr's iMeta and iData, the indicators by their path."""
    i, index = r.instrument, r.index
    last = lambda path: path.rpartition("/")[2]  # noqa: E731
    about = [(last(p), n.label.en, last(i.parents.get(p, "")), n.weight, n.agency) for p, n in i.nodes.items()]
    meta = pd.DataFrame(about, columns=["iCode", "iName", "Parent", "Weight", "Agency"])
    wide = index[index["node"].isin(i.leaves)].pivot(index="round", columns="node", values="value")
    wide.columns = [c.rpartition("/")[2] for c in wide.columns]
    return meta, wide.reset_index(names="Time").assign(uCode=r.programme.region)


def test_data_frames_give_what_the_same_scores_give_from_files():
    files = sc.evaluate_round("contoh", "2022-S2", lang="en")
    meta, data = as_frames(files)
    frames = sc.Round.from_frames(data, meta, programme="contoh", scale=(1, 4), lang="en")
    for name, key in (("index", ["round", "node"]), ("change", ["node", "kind"]), ("trend", ["node"]), ("verdicts", ["node"])):
        one, other = (getattr(r, name).set_index(key).sort_index() for r in (files, frames))
        numbers = list(one.select_dtypes("number"))
        assert list(one.index) == list(other.index), name
        np.testing.assert_allclose(other[numbers].to_numpy(float), one[numbers].to_numpy(float), rtol=1e-9, atol=1e-9, err_msg=name)
    assert frames.headline().text == files.headline().text


def test_by_hand_from_frames_without_any_file():
    r = sc.Round.from_frames(DATA, META, scale=(1, 4))
    # b is better the lower: 4 of 1-4 counts as 1. One is the mean of a and b, the index (One + 3 Two) / 4.
    assert r.value("one", "2024-S1") == pytest.approx(1.0) and r.value("one") == pytest.approx((2 + 4) / 2)
    assert r.value("index", "2024-S1") == pytest.approx((1 + 3 * 2.5) / 4)
    assert np.isnan(r.value("index")), "a quarter of the weight is less than the coverage asked"
    assert r.coverage.set_index(["round", "node"]).at[("2024-S2", "two/c"), "status"] == "not_reported"
    assert sc.Round.from_frames(DATA, META, scale=(1, 4), coverage=0.2).value() == pytest.approx(3.0)


def test_goalposts_stand_in_for_a_scale():
    meta = META.assign(Worst=[np.nan] * 3 + [0, 10, 0], Best=[np.nan] * 3 + [4, 0, 5], Direction=1)
    meta.loc[meta["iCode"] == "b", "Direction"] = -1
    r = sc.Round.from_frames(DATA.head(1), meta)
    assert r.value("one", column="value100") == pytest.approx((25 + 60) / 2)
    assert r.value("two", column="value100") == pytest.approx(50)


def test_of_several_units_one_is_said_and_years_are_rounds():
    data = pd.concat([DATA, DATA.assign(uCode="AUT", a=3.0)]).assign(Time=[2022, 2023, 2022, 2023])
    with pytest.raises(IntakeError, match="2 units"):
        sc.Round.from_frames(data, META, scale=(1, 4))
    with pytest.raises(UnknownName, match="AUT"):
        sc.Round.from_frames(data, META, scale=(1, 4), unit="AUS")
    r = sc.Round.from_frames(data, META, scale=(1, 4), unit="AUT")
    assert r.round == "2023" and r.value("one/a") == 3.0 and r.masthead().marks["title"].count("AUT")


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        (lambda d, m: (d.assign(a=[9.0, 2.0]), m), ScoresRefused, "9"),
        (lambda d, m: (d.assign(a=["x", 2]), m), IntakeError, "iData, a: x is not a plain number"),
        (lambda d, m: (d.drop(columns="c"), m), IntakeError, "column c"),
        (lambda d, m: (d.assign(cc=1), m), UnknownName, "cc is none of: c"),
        (lambda d, m: (d.drop(columns="Time"), m), IntakeError, "Time"),
        (lambda d, m: (d.assign(Time=["x", "y"]), m), IntakeError, "no round"),
        (lambda d, m: (pd.concat([d, d]), m), IntakeError, "Time 2024-S1 stands twice"),
        (lambda d, m: (d.assign(Time=["2024-01-31", "2024-05-31"]), m), IntakeError, "Time 2024-S1 stands twice"),
        (lambda d, m: (d.assign(Time=["2024-01-31", "x"]), m), IntakeError, "2024-01-31.*no round"),
        (lambda d, m: (d, m.assign(Direction="up")), IntakeError, "Direction of a has 'up'.*-1 where less"),
        (lambda d, m: (d.to_dict("list"), m), IntakeError, "scores is no table but a dict.*pd.DataFrame"),
        (lambda d, m: (d, m.to_dict("list")), IntakeError, "indicators is no table but a dict"),
        (lambda d, m: (d, m.drop(columns="Parent")), IntakeError, "Parent"),
        (lambda d, m: (d, m.assign(Parent=m["Parent"].replace("Two", "Twoo"))), UnknownName, "Twoo is none of: Two"),
        (lambda d, m: (d, m.assign(Wieght=1)), UnknownName, "Wieght is none of: Weight"),
        (lambda d, m: (d, pd.concat([m, m.tail(1)])), IntakeError, "twice"),
        (lambda d, m: (d, m.assign(Weight=-1.0)), EvaluationError, "iMeta"),
        (lambda d, m: (d.head(0), m), IntakeError, "empty"),
    ],
)
def test_a_table_of_another_shape_is_refused_by_name(change, error, says):
    data, meta = change(DATA, META)
    with pytest.raises(error, match=says):
        sc.Round.from_frames(data, meta, scale=(1, 4))


@pytest.mark.parametrize("times", [["2024-03-31", "2024-09-30"], pd.to_datetime(["2024-03-31", "2024-09-30"]), ["2024s1", "2024 S2"]])
def test_times_are_read_as_people_and_pandas_write_them(times):
    plain, other = (sc.Round.from_frames(d, META, scale=(1, 4)) for d in (DATA, DATA.assign(Time=times)))
    assert other.round == "2024-S2" and other.value("one/a") == plain.value("one/a") == 2.0


def test_a_scale_is_two_numbers():
    for wrong in (4, (4,), "1-4", "14", (1, "x")):
        with pytest.raises(IntakeError, match="pair of numbers"):
            sc.Round.from_frames(DATA, META, scale=wrong)


def test_data_frames_without_sectors_have_none():
    r = sc.Round.from_frames(DATA, META, scale=(1, 4))
    for ask in (lambda: r.sector("one"), lambda: r.sector("health"), lambda: r.report("sector", "health")):
        with pytest.raises(EvaluationError, match=r"tells of a sector.*history\(\).*item_history\('one'\)"):
            ask()
    with pytest.raises(UnknownName) as said:
        r.value("x")
    assert "sector:" not in str(said.value) and "report('sector')" not in html.unescape(r._repr_html_())
    meta = META.replace({"iCode": {"One": "health", "Two": "education"}, "Parent": {"One": "health", "Two": "education"}})
    own = sc.Round.from_frames(DATA, meta, scale=(1, 4))
    assert own.sector("health").data.node == "health" and "report('sector')" in html.unescape(own._repr_html_())


def test_what_is_not_said_is_asked_for():
    with pytest.raises(IntakeError, match="Give indicators="):
        sc.Round.from_frames(DATA, programme="contoh")
    with pytest.raises(IntakeError, match="worst and best"):
        sc.Round.from_frames(DATA, META)
    with pytest.raises(IntakeError, match="Neither"):
        sc.Round.from_frames(DATA)
    with pytest.raises(EvaluationError, match="arithmetic, geometric"):
        sc.Round.from_frames(DATA, META, scale=(1, 4), aggregation="harmonic")


def test_nodes_in_a_ring_are_no_tree():
    ring = pd.DataFrame({"iCode": ["All", "a", "b", "c"], "Parent": [None, "All", "c", "b"]})
    with pytest.raises(IntakeError, match="below each other"):
        paths(ring)


def test_a_questionnaire_of_a_table_is_that_of_a_file():
    i = questionnaire(META.assign(Direction=1), "2024-S1", (1, 4))
    tiny = tiny_instrument()
    assert i.effective["two"] == tiny.effective["two"] and i.leaves == ("one/a", "one/b", "two/c")


# tables to plot


def test_a_tidy_table_has_dates_labels_and_their_meaning(contoh):
    rows = contoh.tidy("index")
    own = rows[(rows["round"] == "2024-S2") & (rows["node"] == "health")].iloc[0]
    assert own["date"] == pd.Timestamp("2024-09-30") and own["label"] == own["top"] == "Health"
    assert {"date", "label", "top"} <= set(rows.attrs) and not contoh.index.columns.isin(["date"]).any()
    assert set(rows["node"]) >= {"health"} and rows["date"].is_monotonic_increasing
    assert "Bappeda (contoh)" in set(face("contoh", "2024-S2").tidy("reporting")["agency_label"])
    with pytest.raises(UnknownName, match="index"):
        contoh.tidy("indx")


def test_every_table_can_be_made_tidy(contoh):
    for name in contoh.table_names():
        rows = contoh.tidy(name)
        assert len(rows) == len(getattr(contoh, name)) or name == "index", name
        assert set(rows) <= set(rows.attrs), name


def test_indicators_are_followed_over_their_renames(contoh):
    rows = contoh.item_history("infrastructure")
    assert set(rows["node"]) == {p for p in contoh.instrument.leaves if p.startswith("infrastructure/")}
    assert len(set(rows["round"])) > 10, "the questionnaire before asked them too"
    assert set(contoh.item_history()["node"]) == set(contoh.instrument.leaves)


def test_a_run_ends_where_a_round_is_missing(contoh):
    one = contoh.item_history("health").query("node == 'health/antrean'")
    held = [list(rows.dropna(subset="value100")["round"]) for _, rows in one.groupby("run")]
    assert held[0][-1] == "2019-S2" and held[1][0] == "2020-S2", "2020-S1 was not held"
    assert held[1][-1] == "2023-S2" and held[2] == ["2024-S2"] and one.set_index("round")["value100"].isna()["2024-S1"]
    _, ax = plt.subplots()
    seaborn.lineplot(one, x="date", y="value100", units="run", estimator=None, ax=ax)
    assert sorted(len(line.get_xdata()) for line in ax.lines) == sorted(map(len, held))
    plt.close("all")


def test_a_table_is_the_readers_own(contoh):
    before = contoh.verdicts["direction"].tolist()
    own = lambda t: t.insert(0, "own", 1)  # noqa: E731
    for change in (lambda t: t.__setitem__("direction", "x"), own, lambda t: t.loc.__setitem__((0, "direction"), "x")):
        change(contoh.verdicts)
        change(contoh.data.verdicts.copy(deep=False))
        assert contoh.verdicts["direction"].tolist() == before and "own" not in contoh.verdicts
    nation = sc.evaluate_nation("2023-S2")
    rows = nation.regions
    rows["value"] = 0.0
    assert nation.regions["value"].max() > 3


@pytest.mark.parametrize("name", ["2024s2", "2024-s2", "2024 S2", " 2024-S2 "])
def test_rounds_are_read_as_people_type_them(contoh, name):
    assert contoh.programme.round(name).id == "2024-S2" and contoh.value("health", name) == contoh.value("health")
    with pytest.raises(RoundError):
        Period(name)


def test_of_an_unknown_round_the_newest_are_named_first(contoh):
    for name in ("2030-S2", "2024-S3"):
        with pytest.raises(RoundError, match=r"rounds: 2024-S2, 2024-S1, 2023-S2|near it: 2024-S2"):
            contoh.programme.round(name)


def test_a_card_names_what_answers_questions(contoh):
    shown = contoh._repr_html_()
    names = re.search(r"<th>analysis</th><td>(.*?)</td>", shown)[1]
    found = re.findall(r"(sc\.)?(\w+)\(", names)
    assert len(found) == 7
    for ours, name in found:
        assert hasattr(sc if ours else contoh, name), name
    with pytest.raises(TypeError, match=r"It is called as item_history\(name='index'\)"):
        contoh.item_history(1, 2, 3)


# drivers


@pytest.mark.parametrize("since", ["", "2020-S2"])
def test_drivers_sum_to_the_like_for_like_change(contoh, since):
    found = contoh.drivers("index", since)
    then, now = found["before"], found["now"]
    both = found["contribution"].notna()
    assert found["share"].sum() == pytest.approx(1) and (found["change"] == now - then)[both].all()
    if not since:
        total = contoh.change[contoh.change["kind"] == "total"].iloc[0]
        assert found["contribution"].sum() == pytest.approx(total["like_for_like100"], abs=1e-9)
        assert "like_for_like100" in CHANGE.columns
    rest = contoh.drivers("health", since)["contribution"].dropna()
    assert rest.is_monotonic_decreasing and len(rest) >= 3


def test_drivers_tell_what_agencies_added_and_responsibility_that_its_scores_are_not_subtracted(contoh):
    found = contoh.drivers()
    added = found.groupby("agency")["contribution"].sum()
    assert added.sum() == pytest.approx(found["contribution"].sum()) and found["agency_label"].ne("").all()
    naive = contoh.responsibility.query("sector == '*' and agency == 'dinas-kesehatan'")["score"].iloc[0]
    before = sc.evaluate_round("contoh", found["previous"].iloc[0]).responsibility.query("sector == '*' and agency == 'dinas-kesehatan'")
    same = found[(found["agency"] == "dinas-kesehatan") & found["change"].notna()]
    assert naive - before["score"].iloc[0] != pytest.approx(same["change"].mean()), "of other indicators in each round"
    assert "drivers()" in contoh.tidy("responsibility").attrs["score"]


def test_drivers_refuse_what_there_is_not(contoh):
    with pytest.raises(RoundError, match="2024-S1"):
        contoh.drivers("health", since="2024-S2")
    with pytest.raises(UnknownName, match="health"):
        contoh.drivers("helth")
    meta = META.assign(Direction=1)
    r = sc.Round.from_frames(DATA.assign(c=2.0), meta, scale=(1, 4), aggregation="geometric")
    with pytest.raises(EvaluationError, match="geometric"):
        r.drivers()


def test_a_new_indicator_has_no_contribution(contoh):
    found = contoh.drivers("infrastructure", "2020-S2").set_index("node")
    new = found[found["link"] == "new"]
    assert len(new) and new["contribution"].isna().all() and new["change"].isna().all()


# owed


def test_what_an_agency_owes_is_what_it_answers_for(contoh):
    for agency in contoh.reporting["agency"]:
        found = contoh.owed(agency)
        row = contoh.reporting.set_index("agency").loc[agency]
        assert int(found["due"].sum()) == row["due"] and int((found["due"] & ~found["reported"]).sum()) == row["missing"]
        assert found["reported"].is_monotonic_increasing and set(found["label"])
    with pytest.raises(UnknownName, match="dinas-"):
        contoh.owed("dinas-pupf")


# side by side


def test_two_rounds_of_one_region_are_subtracted_where_they_ask_the_same(contoh):
    before = face("contoh", "2023-S2", "en")
    found = sc.compare(before, contoh).set_index("node")
    assert found.at["index", "difference"] == pytest.approx(contoh.value(column="value100") - before.value(column="value100"))
    back = sc.compare(contoh, before).set_index("node")
    assert back.at["index", "difference"] == pytest.approx(-found.at["index", "difference"])


def test_levels_on_two_sides_of_another_questionnaire_are_not(contoh):
    found = sc.compare(face("contoh", "2021-S2"), contoh).set_index("node")
    assert found.loc["index", ["comparable", "reason"]].tolist() == [False, "indicators"] and np.isnan(found.at["index", "difference"])
    assert found.at["infrastructure/jalan", "comparable"] and found.at["infrastructure/pusat-data", "reason"] == "new"


def test_two_regions_are_compared_by_one_questionnaire_and_refused_without(contoh):
    frames = [sc.Round.from_frames(DATA.assign(uCode=u, c=x), META, scale=(1, 4)) for u, x in (("11.01", 2.0), ("11.02", 3.0))]
    assert sc.compare(*frames).set_index("node").at["two/c", "difference"] == pytest.approx(100 / 3)
    with pytest.raises(EvaluationError, match="are not comparable: no part"):
        sc.compare(contoh, face("mimika", "2023-S2"))
    ministry = sc.compare(face("mimika", "2023-S2"), face("kab-malang", "2023-S2")).set_index("node")
    assert ministry.at["baseline", "comparable"] and not ministry.at["index", "comparable"]


def test_a_comparison_says_which_is_first_and_what_its_reasons_mean(contoh):
    before = face("contoh", "2021-S2")
    about = sc.compare(before, contoh).attrs
    assert "contoh 2021-S2" in about["first"] and "contoh 2024-S2" in about["second_scale"]
    assert about["difference"].endswith("contoh 2024-S2 less contoh 2021-S2") and "indicators: what is asked below" in about["reason"]
    for pair in (("mimika", "kab-malang"), (contoh, None), (contoh, contoh.index)):
        with pytest.raises(EvaluationError, match=r"is no round.*sc\.compare\(sc\.evaluate_round"):
            sc.compare(*pair)


# files


def test_a_workbook_is_one_by_its_ending(contoh, tmp_path):
    with pytest.raises(UnknownName, match=r"csv is none of: \.xlsx"):
        contoh.to_excel(tmp_path / "a.csv")
    assert not list(tmp_path.iterdir())


def test_a_workbook_holds_every_table_and_what_its_columns_mean(contoh, tmp_path):
    book = openpyxl.load_workbook(contoh.to_excel(tmp_path / "r.xlsx"))
    assert set(contoh.table_names()) <= set(book.sheetnames)
    assert book["index"].max_row == len(contoh.index) + 1 and book["columns"].max_row > 100
    given = sc.Round.from_frames(DATA, META.assign(iName='=HYPERLINK("http://x")'), scale=(1, 4), lang="en")
    cells = [c.value for row in openpyxl.load_workbook(given.to_excel(tmp_path / "s.xlsx"))["index"].iter_rows() for c in row]
    assert '=HYPERLINK("http://x")' in cells
    kinds = [c.data_type for row in openpyxl.load_workbook(tmp_path / "s.xlsx")["index"].iter_rows() for c in row]
    assert "f" not in kinds


def test_parquet_is_written_or_refused_with_what_to_install(contoh, tmp_path):
    if importlib.util.find_spec("pyarrow") or importlib.util.find_spec("fastparquet"):
        assert len(contoh.to_parquet(tmp_path)) == len(contoh.table_names())
    else:
        with pytest.raises(EvaluationError, match="pip install pyarrow"):
            contoh.to_parquet(tmp_path)


def test_empty_cells_of_two_rounds_are_two_notes():
    data = DATA.assign(a=[np.nan, np.nan])
    found = sc.Round.from_frames(data, META, scale=(1, 4)).issues
    assert list(found["problem"]) == ["not_reported"] * 2 and [c[-7:] for c in found["cell"]] == ["2024-S1", "2024-S2"]


def test_rows_of_scores_need_no_file_and_no_index_of_their_own(contoh):
    bare = contoh.scores.drop(columns=["file", "cell"])
    assert sc.Round.from_frames(bare, programme="contoh").value() == contoh.value()
    with pytest.raises(ContractError, match="it has no column agency"):
        sc.Round.from_frames(bare.drop(columns="agency"), programme="contoh")
    with pytest.raises(ContractError, match="two rows have the same region, round, indicator, agency, source"):
        sc.Round.from_frames(pd.concat([bare, bare.tail(2)]), programme="contoh")


def test_a_letter_has_what_a_plot_needs_too(tmp_path):
    n = sc.evaluate_nation("2023-S2", lang="en")
    rows = n.tidy().set_index("region")
    assert len(rows) == 141 and rows.loc["94.04", "islands"] == "Papua" and rows["islands"].notna().all()
    people = pd.read_csv("data/official/population.csv", dtype={"region": str}).set_index("region")["value"]
    assert rows["people"].to_dict() == people[rows.index].to_dict()
    medians = n.tidy("groups").query("level == 'islands' and cohort == 'REGULER'").set_index("label")["median"].dropna()
    mine = rows.query("cohort == 'REGULER'").groupby("islands")["value"].median()
    pd.testing.assert_series_equal(mine[medians.index], medians, check_names=False)
    book = openpyxl.load_workbook(n.to_excel(tmp_path / "all.xlsx"), read_only=True)
    assert book.sheetnames == ["columns", *n.table_names()]
    for name in n.table_names():
        assert set(n.tidy(name)) == set(n.tidy(name).attrs), name
    assert n.tidy("spread")["label"].notna().all()
    with pytest.raises(UnknownName, match="nasional 2023-S2: region is none of: regions"):
        n.tidy("region")


def test_a_refusal_is_said_to_the_reader_of_a_notebook_in_the_language_of_who_asked(contoh):
    indonesian, english = sc.Round.of(contoh.data, "id"), contoh
    cases = [
        (lambda r: r.tidy("indeks"), "bukan salah satu dari"),
        (lambda r: r.value("helth"), "bukan salah satu dari"),
        (lambda r: r.owed("dinas-x"), "bukan salah satu dari"),
        (lambda r: r.indeks, "bukan salah satu dari"),
        (lambda r: r.sector("helth"), "Sektor helth tidak ada"),
        (lambda r: sc.evaluate_round("contoh", "2020-S1", lang=r.words.lang), "tidak mempunyai skor sendiri"),
        (lambda r: sc.evaluate_nation("2019-S2", r.words.lang), "tidak ada surat hasil"),
        (lambda r: sc.Round.from_frames(DATA.assign(a=9.0), META, scale=(1, 4), lang=r.words.lang), "di luar 1–4"),
        (lambda r: sc.Round.from_frames(DATA.drop(columns="c"), META, scale=(1, 4), lang=r.words.lang), "kolom c tidak ada"),
    ]
    for ask, says in cases:
        texts = []
        for r in (indonesian, english):
            with pytest.raises(EvaluationError) as caught:
                ask(r)
            texts.append(str(caught.value))
            shown = caught.value._render_traceback_()
            assert (says in shown[-1]) == (r is indonesian) and any("test_own_analysis" in line for line in shown)
        assert texts[0] == texts[1] and "'" not in texts[0][:1], "code and scripts read one text, without the quotes of a KeyError"
