"""Good forms, mangled at random: the same table comes of them, or what is wrong is named; never a wrong number in silence."""

import re
from pathlib import Path

import pytest
from desk_data import AGENCY, CLEAN, PATHS, ROUND, book_of, csv, desk_programme, good_rows, html, ods, xlsx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scevaluation.errors import IntakeError
from scevaluation.grid.cell import Grid
from scevaluation.intake.cells import parse_date
from scevaluation.intake.form import always, never
from scevaluation.intake.matching import match, normal, written
from scevaluation.intake.reading import read

KINDS = {
    "comma": ("csv", csv),
    "semicolon": ("csv", lambda rows: csv(rows, ";")),
    "windows": ("csv", lambda rows: b"\xef\xbb\xbf" + csv(rows, ";").replace(b"\n", b"\r\n")),
    "web page": ("xls", html),
    "ods": ("ods", ods),
    "sheet": ("xlsx", lambda rows: xlsx({"Skor": rows})),
    "with cover": ("xlsx", book_of),
}
QUICK = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
MORE = settings(QUICK, max_examples=30)
ASKED = [{"agency": AGENCY, "indicator": path, "deadline": ""} for path in PATHS]
OTHER_NAMES = {
    0: ["KODE", "Indicator", "indikator :", "Kode Indikator"],
    1: ["Nama Indikator", "NAME", "Uraian"],
    2: ["OPD", "Agency", "Perangkat Daerah (OPD)", "SKPD"],
    3: ["Self", "NILAI MANDIRI", "Skor mandiri", "Nilai  Mandiri"],
    4: ["Status", "KEADAAN"],
    5: ["Evidence", "Bukti dukung", "Link bukti"],
    6: ["Mutu", "Quality"],
    7: ["Verified", "Nilai verifikasi"],
    8: ["Indicator name", "Uraian indikator"],
}
NAMING = ("Indikator", "Nama", "Name")
VERIFIED = {p: round(v - 0.55, 2) for p, v in CLEAN.items()}  # every value stands once: from it follows whose it is
TRUTH = {"self": CLEAN, "verified": VERIFIED}
WHOSE = {v: (p, s) for s, values in TRUTH.items() for p, v in values.items()}
EVIDENCE = {p: f"bukti/{p[7:]}.pdf" for p in PATHS}
WRITTEN = (
    lambda v: f"{v:g}".replace(".", ","),
    lambda v: f" {v:g} ",
    lambda v: f"Rp {v:g}".replace(".", ","),
    lambda v: f"{v:.2f} %".replace(".", ","),
    lambda v: f"{v:.3f}",
    lambda v: f"{v:.3f}".replace(".", ","),
    lambda v: f"{v:e}",
    lambda v: "-",
    lambda v: f"kurang lebih {v}",
)
OFF = ("column_ignored", "column_unnamed", "column_twice")
PLACE = re.compile(r"line (?P<line>\d+), column (?P<number>\d+)|.*!(?P<letters>[A-Z]+)(?P<row>\d+)")


class Written(str):
    """A score as somebody typed it, with the number that it was before."""

    was: float


@pytest.fixture(scope="module")
def programme(tmp_path_factory):
    return desk_programme(tmp_path_factory.mktemp("desk"))


def _rows(plan):
    head, *rows = good_rows()
    english = {p: n.label.en for p, n in plan.instrument(ROUND).nodes.items()}
    return [[*head, "Nilai terverifikasi", "Name"], *([*r, VERIFIED[r[0]], english[r[0]]] for r in rows)]


def _written(draw, v):
    out = Written(draw(st.sampled_from(WRITTEN))(v))
    out.was = v
    return out


def _typo(draw, text):
    at = draw(st.integers(0, max(len(text) - 1, 0)))
    return draw(
        st.sampled_from([text[:at] + text[at + 1 :], text[:at] + "x" + text[at:], text[: at + 1] + text[at:], text.upper()])
    )


@st.composite
def mangled(draw, clean):
    """Rows of a good form after one to four things that people do to it, and the kind of file it is saved as."""
    rows = [list(row) for row in clean]
    for _ in range(draw(st.integers(1, 4))):
        what = draw(st.sampled_from(
            ["shuffle", "columns", "rename", "misname", "retype", "twice", "drop", "drop_column", "copy_column", "typo", "title",
             "clear", "cut"]
        ))  # fmt: skip
        r, c = draw(st.integers(1, max(len(rows) - 1, 1))), draw(st.integers(0, 8))
        if len(rows) < 3 or len(rows[0]) <= c:
            continue
        if what == "shuffle":
            rows = [rows[0], *draw(st.permutations(rows[1:]))]
        elif what == "columns":
            order = draw(st.permutations(range(len(rows[0]))))
            rows = [[row[n] for n in order] for row in rows]
        elif what == "rename" and rows[0][c] == clean[0][c]:
            rows[0][c] = draw(st.sampled_from(OTHER_NAMES[c]))
        elif what == "misname" and rows[0][c]:
            rows[0][c] = draw(st.sampled_from([_typo(draw, rows[0][c]), "Isian", None]))
        elif what == "retype" and (numbers := [n for n, v in enumerate(rows[r]) if isinstance(v, float)]):
            n = draw(st.sampled_from(numbers))
            rows[r][n] = _written(draw, rows[r][n])
        elif what == "twice":
            rows.insert(draw(st.integers(1, len(rows))), list(rows[r]))
        elif what == "drop":
            del rows[r]
        elif what == "drop_column":
            rows = [row[:c] + row[c + 1 :] for row in rows]
        elif what == "copy_column":
            to = draw(st.integers(0, len(rows[0])))
            rows = [[*row[:to], row[c], *row[to:]] for row in rows]
        elif what == "typo" and type(rows[r][c]) is str:
            rows[r][c] = _typo(draw, rows[r][c])
        elif what == "title":
            rows = [["Formulir evaluasi", *[None] * (len(rows[0]) - 1)], *rows]
        elif what == "clear" and type(rows[r][c]) is str:  # an empty score is what its sender left
            rows[r][c] = None
        elif what == "cut":
            rows = rows[:-1]
    return rows, draw(st.sampled_from(sorted(KINDS)))


@st.composite
def contradicting(draw, clean, what):
    """Rows that say two things of which nobody can tell the right one: in two names, in a row or a column that stands twice."""
    rows = [list(row) for row in clean]
    a, b = draw(st.permutations(range(1, 6)))[:2]
    if what == "names":
        kept = draw(st.permutations(NAMING))[:2]
        c = clean[0].index(kept[0])
        rows[a][c], rows[b][c] = rows[b][c], rows[a][c]
        if draw(st.booleans()):
            rows[a][c] = _typo(draw, rows[a][c])
        gone = {clean[0].index(n) for n in NAMING if n not in kept}
        rows = [[v for n, v in enumerate(row) if n not in gone] for row in rows]
    elif what == "row":
        again = list(rows[a])
        again[draw(st.sampled_from([3, 7]))] += 0.01
        rows.insert(draw(st.integers(1, len(rows))), again)
    else:
        c, to = draw(st.sampled_from([0, 1, 3, 7, 8])), draw(st.integers(0, len(rows[0])))
        other = [row[c] for row in rows]
        other[a], other[b] = other[b], other[a]
        rows = [[*row[:to], v, *row[to:]] for row, v in zip(rows, other, strict=True)]
    order = draw(st.permutations(range(len(rows[0]))))
    return [[row[n] for n in order] for row in rows], draw(st.sampled_from(sorted(KINDS)))


@st.composite
def cut_off(draw, clean):
    """A good form of some columns in any order, its kind, and where to cut its bytes; of a text, near the end of a line."""
    columns = draw(st.permutations(range(9)))[: draw(st.integers(4, 9))]
    rows = [[row[n] for n in columns] for row in clean]
    kind = draw(st.sampled_from(sorted(KINDS)))
    raw = KINDS[kind][1](rows)
    if kind in ("comma", "semicolon", "windows"):
        ends = [n for n, byte in enumerate(raw) if byte == 10]
        return rows, kind, max(draw(st.sampled_from(ends)) + 1 - draw(st.integers(0, 16)), 0)
    return rows, kind, draw(st.integers(0, len(raw) - 1))


def _saved(folder: Path, rows, kind):
    ending, make = KINDS[kind]
    path = folder / f"form.{ending}"
    path.write_bytes(make([[str(v) if isinstance(v, str) else v for v in row] for row in rows]))
    return path


def _judged(path, programme, yes=never):
    """Nothing if the file is refused, else what was read and whether anything is named."""
    try:
        return read(path, programme, ROUND, ASKED, yes)
    except IntakeError as error:
        assert error.fact and error.remedy
        return None


def _numbers_are_right(form):
    for row in form.rows:
        assert row["agency"] == AGENCY, row
        assert row["evidence"] not in EVIDENCE.values() or row["evidence"] == EVIDENCE[row["indicator"]], row
        assert row["score"] is None or row["score"] == TRUTH[row["source"]].get(row["indicator"]), row


def _got(form):
    return {(r["indicator"], r["source"]) for r in form.rows if r["score"] is not None}


def _absent(form):
    gone = [i["expected"] for i in form.issues if i["problem"] == "row_absent"]
    return {p for text in gone for p in text.split(", ")}


def _what_is_missing_is_named(form, rows, kind):
    """Of every score in the file that was not taken, its cell, its column or its indicator is named."""
    grid = Grid({"comma": "", "semicolon": "", "windows": "", "web page": "table1"}.get(kind, "Skor"))
    got, absent = _got(form), _absent(form)
    logged = {(row["cell"], row["field"]) for row in form.log}
    headers = [i["cell"] for i in form.issues if i["problem"] in OFF]
    off = {m["number"] or m["letters"] for m in map(PLACE.fullmatch, headers)}
    for r, row in enumerate(rows):
        for c, v in enumerate(row):
            whose = _whose(v)
            if whose in got or not whose or (grid.at(r, c if grid.sheet else -1), whose[1]) in logged:
                continue
            where = PLACE.fullmatch(grid.at(r, c))
            assert (where["number"] or where["letters"]) in off or whose[0] in absent, (v, grid.at(r, c))
    assert set(PATHS) - {w[0] for row in rows for w in map(_whose, row) if w} <= absent


def _whose(v):
    """Indicator and source of a score, typed or not; None of other cells."""
    return WHOSE[getattr(v, "was", v)] if isinstance(v, float | Written) else None


def _never_silently_wrong(form, rows, kind):
    if not form.errors:
        _numbers_are_right(form)
        _what_is_missing_is_named(form, rows, kind)


@given(st.data())
@MORE
def test_a_mangled_form_gives_the_same_table_or_named_issues(programme, data):
    rows, kind = data.draw(mangled(_rows(programme)))
    form = _judged(_saved(programme.folder, rows, kind), programme)
    if form is not None:
        _never_silently_wrong(form, rows, kind)


@given(st.data())
@MORE
def test_agreeing_to_every_close_match_gives_no_wrong_number_either(programme, data):
    rows, kind = data.draw(mangled(_rows(programme)))
    form = _judged(_saved(programme.folder, rows, kind), programme, always)
    if form is not None:
        _never_silently_wrong(form, rows, kind)


@pytest.mark.parametrize("what", ["names", "row", "column"])
@given(data=st.data())
@QUICK
def test_what_contradicts_itself_is_named_and_never_chosen_between(programme, what, data):
    form = _judged(_saved(programme.folder, *data.draw(contradicting(_rows(programme), what))), programme, always)
    assert form is not None and {i["problem"] for i in form.errors} & {"code_and_name_differ", "duplicate", "column_twice"}


@given(st.data())
@MORE
def test_a_file_cut_off_anywhere_gives_no_wrong_number(programme, data):
    rows, kind, at = data.draw(cut_off(_rows(programme)))
    path = _saved(programme.folder, rows, kind)
    path.write_bytes(path.read_bytes()[:at])
    form = _judged(path, programme, always)
    if form is not None and not form.errors:
        _numbers_are_right(form)
        sources = {WHOSE[v][1] for v in rows[1] if isinstance(v, float)}
        assert {p for p in PATHS if not {(p, s) for s in sources} <= _got(form)} <= _absent(form)


@given(st.binary(max_size=400), st.sampled_from([".csv", ".xlsx", ".ods", ".xls"]))
@QUICK
def test_any_bytes_are_refused_clearly_or_read(programme, raw, ending):
    path = programme.folder / f"any{ending}"
    path.write_bytes(raw)
    form = _judged(path, programme)
    assert form is None or form.issues or not form.rows


@given(st.permutations(range(5)), st.permutations(range(9)), st.sampled_from(sorted(KINDS)))
@QUICK
def test_order_and_kind_of_file_change_nothing(programme, order, columns, kind):
    head, *rows = _rows(programme)
    mixed = [[row[c] for c in columns] for row in (head, *(rows[n] for n in order))]
    form = _judged(_saved(programme.folder, mixed, kind), programme)
    assert form is not None and not form.errors
    _numbers_are_right(form)
    assert _got(form) == set(WHOSE.values()) and {row["evidence"] for row in form.rows} == set(EVIDENCE.values())


@pytest.mark.parametrize(
    ("text", "kind", "taken"),
    [
        ("dinas kesehatan", "exact", "a"),
        ("DINAS-KESEHATAN", "exact", "a"),
        ("Dinas Kesehatn", "close", "a"),
        ("Kesehatan, Dinas", "close", "a"),
        ("Dinas Perikanan", "none", ""),
        ("3.1.2", "exact", "c"),
        ("3.1.3", "none", ""),
        ("", "none", ""),
    ],
)
def test_close_names_are_proposed_and_digits_are_never_guessed(text, kind, taken):
    names = written([("Dinas Kesehatan", "a"), ("Dinas Pendidikan", "b"), ("3.1.2", "c"), ("sama", "x"), ("sama", "y")])
    found = match(text, names)
    assert (found.kind, found.taken) == (kind, taken) and "sama" not in names


def test_two_names_equally_near_are_not_chosen_between():
    assert match("pelayanan c", written([("pelayanan a", "a"), ("pelayanan b", "b")])).kind == "several"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("30 Juni 2025", "2025-06-30"),
        ("Senin, 30 Juni 2025", "2025-06-30"),
        ("30/06/2025", "2025-06-30"),
        ("3-4-2025", "2025-04-03"),
        ("2025-06-30", "2025-06-30"),
        ("June 30, 2025", "2025-06-30"),
        ("30 Agt 2025", "2025-08-30"),
        ("31 Juni 2025", None),
        ("akhir Juni", None),
        ("45838", None),
        (45838.0, None),
        ("", None),
    ],
)
def test_days_are_read_as_people_write_them(text, day):
    found = parse_date(text)
    assert (found.isoformat() if found else None) == day


@given(st.text(max_size=60))
def test_any_text_gives_a_normal_form_and_a_day_or_none(text):
    assert normal(normal(text)) == normal(text)
    parse_date(text)
