"""Text and tables beside the rounds: decoded, parted, read strictly; whatever the bytes, an object or a clear refusal."""

import re

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tiny import tiny_programme

from scevaluation.errors import EvaluationError, IntakeError, ProgrammeError, ScoresRefused
from scevaluation.grid.limits import TEXT_CELL, TEXT_COLUMNS, TEXT_LINES, Refused
from scevaluation.grid.table import flag_of, number_of, read_table
from scevaluation.grid.text import decode, lines, separator, unended
from scevaluation.intake.people import read_programmes, read_recommendations
from scevaluation.intake.survey import read_summary, read_survey, summary_issues
from scevaluation.issues import told
from scevaluation.place import DATA
from scevaluation.programme import load_programme, read_programme
from scevaluation.words import LANGUAGES, words

YAML = (DATA / "programmes" / "contoh" / "programme.yaml").read_text("utf-8")
EVENTS = "start,end,kind,label_id,label_en,source,confidence,sectors,adjust,lasts\n"
TARGETS = "node,round,value,source\n"
SUMMARY = "round,quality,n,mean,sd,source\n"
RAW = re.compile(r"Traceback|pydantic|Input should|Value error|Error\b|None\b|expected string")


def said(call, kind=EvaluationError) -> dict[str, str]:
    """What a call is refused with, in each language; never in a library's words."""
    with pytest.raises(kind) as error:
        call()
    out = {lang: " ".join(told(error.value, words(lang))) for lang in LANGUAGES}
    assert not any(RAW.search(text) for text in out.values()), out
    assert out["id"] != out["en"] and error.value.issues
    return out


def programme(tmp_path, **files):
    """Reads a programme's folder of contoh's programme.yaml and tables of one's own."""
    (tmp_path / "programme.yaml").write_text(YAML, "utf-8")
    for name, text in files.items():
        raw = text if isinstance(text, bytes) else text.encode()
        (tmp_path / f"{name}.csv").write_bytes(raw)
    return read_programme(tmp_path)


# bytes to text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_text_is_decoded_with_or_without_its_mark(encoding):
    assert decode("a,é\n".encode(encoding)) == "a,é\n"


def test_what_is_no_text_is_refused_with_the_byte_and_the_line():
    with pytest.raises(Refused) as error:
        decode(b"a,b\nx,\xff\n")
    assert (error.value.problem, error.value.found, error.value.cell) == ("text_not_utf8", "7", "line 2")
    with pytest.raises(Refused) as error:
        decode(b"a\nb\0\n")
    assert (error.value.problem, error.value.cell) == ("text_no_table", "line 2")


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("a,b\n1,2\n", ","),
        ("a;b\n1;2,5\n", ";"),
        ("a\tb\n1,5\t2,5\n", "\t"),
        ("Rekap skor, semester I\na;b;c\n1;2,5;3,5\n2;3,5;1\n", ";"),
        ('"a;b;c",d\n"1;2;3",4\n', ","),
        ("sep=;\na,x;b\n1;2\n", ";"),
        ("a\n1\n", ","),
        ("", ","),
    ],
)
def test_the_separator_is_told(text, mark):
    assert separator(text) == mark


def test_rows_know_the_line_they_begin_in():
    assert list(lines('a,b\r\n\r\n"x\r\ny",2\r\n3,4')) == [(1, ["a", "b"]), (3, ["x\r\ny", "2"]), (5, ["3", "4"])]
    assert list(lines("a,b\r1,2\r")) == [(1, ["a", "b"]), (2, ["1", "2"])]
    assert list(lines("sep=;\na;b\n")) == [(2, ["a", "b"])]


def test_a_text_tells_whether_its_last_line_is_ended():
    assert unended("a\nb") and not unended("a\nb\n") and not unended("a\r") and not unended("")


@pytest.mark.parametrize(
    ("text", "problem", "cell"),
    [
        ('a,b\n1,2\n"x,3\n4,5\n', "text_quotes", "line 3"),
        ('a,b\n"x"y,2\n', "text_quotes", "line 2"),
        ("a,b\n" + "x" * (TEXT_CELL + 1) + ",1\n", "text_quotes", "line 2"),
        ("a\n" + "," * TEXT_COLUMNS + "\n", "text_many_columns", "line 2"),
        ("a\n" * (TEXT_LINES + 1), "text_many_lines", ""),
    ],
)
def test_what_is_no_table_is_refused_with_its_line(text, problem, cell):
    with pytest.raises(Refused) as error:
        list(lines(text, ","))
    assert (error.value.problem, error.value.cell) == (problem, cell)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.lists(st.text(st.characters(exclude_characters="\0\r", codec="utf-8"), max_size=6), min_size=2, max_size=4)))
def test_what_is_written_as_a_table_is_read_back(rows):
    quoted = "".join(",".join('"' + c.replace('"', '""') + '"' for c in row) + "\n" for row in rows)
    assert [row for _, row in lines(quoted, ",")] == rows


# cells


@pytest.mark.parametrize(
    ("text", "value"),
    [("66,5", 66.5), ("66.5", 66.5), ("\u22121", -1.0), ("", None), ("1.250.000", None), ("1.234,5", None), ("6e1", None),
     ("nan", None), ("inf", None), ("\u0661", None), ("1_0", None), ("5%", None), ("2 3", None)],
)  # fmt: skip
def test_a_number_is_read_plainly_or_not_at_all(text, value):
    assert number_of(text) == value


def test_yes_and_no_in_any_spelling():
    assert all(flag_of(t) is True for t in ("yes", "YA", "True", "1", " ya "))
    assert all(flag_of(t) is False for t in ("no", "Tidak", "FALSE", "0", ""))
    assert all(flag_of(t) is None for t in ("y", "t", "maybe", "2", "x"))


# tables


def test_an_absent_table_has_no_rows_and_a_note_names_columns_that_nobody_reads(tmp_path):
    assert read_table(tmp_path / "none.csv", ("a",)).rows == ()
    (tmp_path / "t.csv").write_text("A;B;Note\n1;2,5;\n", "utf-8")
    found = read_table(tmp_path / "t.csv", ("a",), ("b",))
    assert found.columns == ("a", "b", "note") and found.rows[0] == {"a": "1", "b": "2,5", "note": ""}
    assert found.rows[0].at("b") == "line 2, b"
    assert [(n["problem"], n["cell"], n["severity"]) for n in found.notes] == [("column_unread", "line 1, column 3", "note")]


@pytest.mark.parametrize(
    ("text", "en", "id_"),
    [
        ("", "the file is empty", "berkas kosong"),
        ("node,round,value\n", "line 1: there is no column source", "baris 1: kolom source tidak ada"),
        ("node,round,value,source,node\n", "line 1, column 5: the column node stands twice", "baris 1, kolom 5"),
        (TARGETS + "index,2027-S2,66,5,m\n", "line 2: the line has 5 cells, the header 4", "baris 2: baris berisi 5 sel"),
        (TARGETS + "index,2027-S2,66\n", "line 2: the line has only 3 cells", "baris 2: baris hanya berisi 3 sel"),
        (TARGETS + TARGETS, "line 2: the line repeats the names of the columns", "baris 2: baris mengulang nama kolom"),
        (TARGETS[:-1] + ",\nindex,2027-S2,66,m,x\n", "x stands in a column without a name", "x berada di kolom tanpa nama"),
        (TARGETS + 'index,2027-S2,"66,m\n', "line 2: a quotation mark", "baris 2: tanda kutip"),
        (TARGETS + "index,2027-S2,66%,m\n", "line 2, value: 66% is not a number", "baris 2, value: 66% bukan angka"),
        (TARGETS + "index,2027-S2,,m\n", "line 2, value: nothing stands here", "baris 2, value: bagian ini kosong"),
        (TARGETS + "index,2027-S2,660,m\n", "line 2, value: 660 is not ≤ 100", "baris 2, value: 660 tidak ≤ 100"),
        (TARGETS + "index,2027-S3,66,m\n", "line 2, round: 2027-S3 is no round", "baris 2, round: 2027-S3 bukan putaran"),
        (TARGETS + "index,2027-S2,66,m\nindex,2027-S2,70,m\n", "line 3, node: index is given twice; line 2", "baris 3, node"),
    ],
)  # fmt: skip
def test_a_wrong_table_of_targets_is_refused_at_its_line_in_both_languages(tmp_path, text, en, id_):
    found = said(lambda: programme(tmp_path, targets=text), ProgrammeError)
    assert found["en"].startswith("targets.csv") and en in found["en"] and id_ in found["id"]


def test_a_target_with_a_decimal_comma_in_quotes_or_between_semicolons_is_that_number(tmp_path):
    assert programme(tmp_path, targets=TARGETS + 'index,2027-S2,"66,5",m\n').targets[0].value == 66.5
    assert programme(tmp_path, targets="node;round;value;source\nindex;2027-S2;66,5;m\n").targets[0].value == 66.5


@pytest.mark.parametrize(
    ("line", "en", "id_"),
    [
        ("2020,2020,other,a,b,s,c,,maybe,", "line 2, adjust: maybe is neither yes nor no", "bukan ya ataupun tidak"),
        ("2020,2020,other,a,b,s,c,,,x", "line 2, lasts: x is no whole number of 0–40", "x bukan bilangan bulat 0–40"),
        ("2020,2020,other,a,b,s,c,,,-5", "line 2, lasts: -5 is no whole number", "-5 bukan bilangan bulat"),
        ("2020,2020,other,a,b,s,c,,,1.5", "line 2, lasts: 1.5 is no whole number", "1.5 bukan bilangan bulat"),
        ("2020,2020,other,a,b,s,c,,,41", "line 2, lasts: 41 is no whole number", "41 bukan bilangan bulat"),
        ("2020-13,2020,other,a,b,s,c,,,", "line 2, start: 2020-13 is no day, month or year", "2020-13 bukan hari"),
        ("2020-02-30,2020,other,a,b,s,c,,,", "line 2, start: 2020-02-30 is no day", "2020-02-30 bukan hari"),
        ("20２0,2021,other,a,b,s,c,,,", "line 2, start", "baris 2, start"),
        ("2021,2020,other,a,b,s,c,,,", "line 2, end: the event b ends before it starts", "peristiwa b berakhir sebelum"),
        ("2020,2020,strike,a,b,s,c,,,", "line 2, kind: strike is none of: pandemic, election", "strike bukan salah satu dari"),
        ("2020,2020,other,a,b,s,c,helth,,", "line 2, sectors: helth is none of: infrastructure", "helth bukan salah satu"),
        ("2020,2020,other,,,s,c,,,", "line 2, label_id: nothing stands here", "baris 2, label_id: bagian ini kosong"),
        ("2020,2020,other,a,b,s,c,,,\n2020,2020,other,a,b,s,c,,,", "line 3, label_id: a is given twice", "disebut dua kali"),
    ],
)  # fmt: skip
def test_a_wrong_event_is_refused_at_its_line_in_both_languages(tmp_path, line, en, id_):
    found = said(lambda: programme(tmp_path, events=EVENTS + line + "\n"), ProgrammeError)
    assert found["en"].startswith("events.csv") and en in found["en"] and id_ in found["id"]


def test_an_event_says_yes_in_either_language_and_a_label_once_for_both(tmp_path):
    text = EVENTS + "2020,2020,other,a,,s,c,health  education,YA,2\n2021,2021,other,,b,s,c,,tidak,\n"
    one, two = programme(tmp_path, events=text).events
    assert (one.adjust, one.lasts, one.sectors) == (True, 2, ("health", "education")) and not two.adjust
    assert (one.label.id, one.label.en, two.label.id, two.label.en) == ("a", "a", "b", "b")


def test_several_errors_are_told_together(tmp_path):
    found = said(lambda: programme(tmp_path, targets=TARGETS + "index,x,66,m\nindex,2027-S2,y,m\n"), ProgrammeError)
    assert found["en"].startswith("targets.csv has 2 errors:") and "line 2, round" in found["en"] and "line 3" in found["en"]


# means of surveys


@pytest.mark.parametrize(
    ("line", "problem", "severity"),
    [
        ("2024-S1,faster,1,2.0,0.7,m", "survey_sd_one", "error"),
        ("2024-S1,faster,100,4.00,1.5,m", "survey_sd_large", "error"),
        ("2024-S1,faster,100,4,0.8,m", "survey_sd_large", "warning"),  # 3.5 to 4 may stand behind the 4
        ("2024-S1,faster,2,2.5,2.20,m", "survey_sd_large", "error"),  # 1 and 4 give 2.12, and nothing more
        ("2024-S1,faster,3,2.6,0.5,m", "survey_mean_whole", "warning"),  # 7/3 and 8/3
        ("2024-S1,faster,0,2.5,,m", "survey_mean_of_none", "error"),
    ],
)
def test_figures_that_cannot_be_are_named_by_how_certain_that_is(tmp_path, line, problem, severity):
    (tmp_path / "survey.csv").write_text(SUMMARY + line + "\n", "utf-8")
    plan = tiny_programme(tmp_path)
    assert [(i["problem"], i["severity"]) for i in summary_issues(plan)] == [(problem, severity)]
    if severity == "error":
        assert "survey.csv, line 2" in said(lambda: read_summary(plan), ScoresRefused)["en"]
    else:
        assert len(read_summary(plan)) == 1


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(1, 4), min_size=1, max_size=40), st.integers(1, 3), st.sampled_from([".", ","]))
@example([1, 1, 1, 1, 1, 4, 4, 4], 1, ".")
def test_figures_of_real_answers_are_never_doubted(tmp_path, answers, digits, mark):
    import statistics

    mean, sd = statistics.fmean(answers), statistics.stdev(answers) if len(answers) > 1 else 0.0
    cells = [f"{v:.{digits}f}".replace(".", mark) for v in (mean, sd)]
    (tmp_path / "survey.csv").write_text(
        "round;quality;n;mean;sd;source\n" + f"2024-S1;faster;{len(answers)};{';'.join(cells)};m\n"
    )
    assert summary_issues(tiny_programme(tmp_path)) == []


# tables of respondents


def survey(tmp_path, text):
    path = tmp_path / "s.csv"
    path.write_text(text, "utf-8")
    return read_survey(path, "94.04", "2024-S2")


def found_in(file) -> list[tuple[str, str, str]]:
    return list(file.issues[["cell", "problem", "severity"]].itertuples(index=False, name=None))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("faster,easier\n1,2,3\n", ("line 2", "line_longer", "error")),
        ("faster,easier\n1\n", ("line 2", "line_shorter", "error")),
        ('faster,easier\n"2,3",4\n', ("line 2, faster", "survey_several", "error")),
        ("faster,easier\n2;3,4\n", ("line 2, faster", "survey_several", "error")),
        ("faster,easyer\n2,4\n", ("line 1, column 2", "column_like", "error")),
        ("U1,U3 Prosedur\n2,4\n", ("line 1, column 2", "survey_number", "error")),
        ("faster,umur\n2,40\n", ("line 1, column 2", "survey_column", "note")),
    ],
)
def test_what_would_shift_or_lose_answers_is_named(tmp_path, text, found):
    assert found in found_in(survey(tmp_path, text))


@pytest.mark.parametrize(
    "head",
    ["1. Persyaratan,2. Prosedur", "U1 Persyaratan,U2. Prosedur", "(1) Persyaratan,(2) Prosedur", "Unsur 1: PERSYARATAN,u2",
     "requirements,3) Prosedur"],
)  # fmt: skip
def test_a_column_is_matched_with_a_number_before_its_name(tmp_path, head):
    file = survey(tmp_path, f"{head}\n3,4\n")
    assert dict(file.answers[["item", "answer"]].to_numpy()) == {"requirements": 3, "procedure": 4} and file.issues.empty


# any bytes

CELLS = st.sampled_from(
    ["", "a", "index", "2024-S2", "2024-S9", "66,5", '"', "x\ny", "-1", "1e999", "ya", "\ufeff", "é", ";", "\t"]
)
LINES = st.lists(st.lists(CELLS, max_size=12).map(",".join), max_size=5).map("\n".join)
ANY = st.one_of(st.binary(max_size=60), LINES.map(str.encode))
HEADS = {
    "events": (EVENTS, read_programme),
    "targets": (TARGETS, read_programme),
    "survey": (SUMMARY, lambda folder: read_summary(tiny_programme(folder))),
    "recommendations": (
        "id,raised,agency,sector,text_id,text_en,due,status,closed,evidence\n",
        lambda folder: read_recommendations(tiny_programme(folder)),
    ),
    "programmes": (
        "agency,programme,sectors,dimension,first_year,last_year,status,status_en,source\n",
        lambda folder: read_programmes(tiny_programme(folder)),
    ),
    "survey-2024-S2": ("respondent,faster,U1\n", lambda folder: read_survey(folder / "survey-2024-S2.csv", "94.04", "2024-S2")),
}


@pytest.mark.parametrize("name", HEADS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=ANY, headed=st.booleans())
def test_any_bytes_are_a_table_or_a_clear_refusal(tmp_path, name, body, headed):
    head, read = HEADS[name]
    (tmp_path / "programme.yaml").write_text(YAML, "utf-8")
    (tmp_path / f"{name}.csv").write_bytes((head.encode() if headed else b"") + body)
    try:
        read(tmp_path)
    except EvaluationError as error:
        assert f"{name}.csv" in error.fact and error.remedy
        for lang in LANGUAGES:
            assert not RAW.search(" ".join(told(error, words(lang))).replace(repr(body), ""))


@pytest.mark.parametrize("name", ["events", "recommendations", "programmes", "survey"])
def test_a_folder_in_a_tables_place_is_a_clear_error(tmp_path, name):
    (tmp_path / f"{name}.csv").mkdir()
    (tmp_path / "programme.yaml").write_text(YAML, "utf-8")
    assert "a folder, a pipe or a device" in said(lambda: HEADS[name][1](tmp_path), (ProgrammeError, IntakeError))["en"]


def test_the_table_of_a_programme_is_read_in_the_same_way():
    table = load_programme("mimika").table("programmes")
    assert list(table.columns)[:3] == ["agency", "partner", "programme"] and len(table) and (table["agency"] != "").all()
    assert load_programme("mimika").table("none").empty
