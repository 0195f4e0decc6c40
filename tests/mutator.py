"""Good forms, changed as people change them, each with what a person who looks at it would say: whose score is which number.

A `Sheet` holds lines of `Score` cells; every change knows whether a reader must still get the same numbers (nothing is noted),
or can only ask (`asks` names why). What is written to a file is laid out from it, so that the truth never comes from the reader.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from desk_data import AGENCY, CLEAN, PATHS, ROUND
from hypothesis import strategies as st

OTHER_ROUND = "2024-S2"
SOURCES = ("self", "verified")
COLUMNS = ("indicator", "name", "agency", "self", "verified", "status", "evidence", "quality")
HEADS = {
    "indicator": ("Indikator", "Kode", "INDICATOR", "Kode Indikator"),
    "name": ("Nama", "Uraian indikator", "Indicator name"),
    "agency": ("Perangkat daerah", "OPD", "Agency", "SKPD"),
    "self": ("Nilai mandiri", "NILAI  MANDIRI", "Self score", "Skor mandiri"),
    "verified": ("Nilai terverifikasi", "Verified", "Nilai verifikasi"),
    "status": ("Keadaan", "Status"),
    "evidence": ("Bukti", "Evidence", "Bukti dukung"),
    "quality": ("Mutu data", "Mutu", "Quality"),
}
PLAIN = ("General", "0", "0.0", "0.00", "#,##0.00", '0.0" poin"', "[Red]0.00", "0.00;[Red]-0.00", "@", "0.0_);(0.0)")
HIDING = (";;;", '0.0"/4"', '"baik"', '[>=2]"tinggi";"rendah"', "d mmm yyyy", "0.0,", "hh:mm")
PERCENT = ("0%", "0.0%", "0.00%")
WRITTEN = (
    lambda v: f"{v:g}".replace(".", ","),
    lambda v: f" {v:g} ",
    lambda v: f"{v:.2f}",
    lambda v: f"{v:.3f}".replace(".", ","),
    lambda v: f"+{v:g}",
    lambda v: f"{v:g}\u00a0",
)
UNCLEAR = ("baik", "2 5", "2\n5", "2-3", "3 dari 4", "=1+1", "1e0", "2;5", "0x2", "?", "1.2.3", "\u0663")
NOTHING = ("-", "\u2013", "n/a", "nihil", "belum ada")
TITLES = ("FORMULIR EVALUASI", "Semester I Tahun 2025", "Hasil penilaian, sementara", "Kabupaten Contoh")
TOTALS = ("Jumlah", "RATA-RATA", "Total nilai", "Rerata", "Nilai rata-rata")


class Score(NamedTuple):
    """A cell of a score: what is stored, under which format, and the number that a person sees (None: none).

    `mark` is what a spreadsheet does to it besides: struck, raised, error, formula, date.
    """

    stored: object
    seen: float | None
    code: str = "General"
    mark: str = ""


@dataclass
class Line:
    """A row of the form; `words` are its other cells by column, `scores` its scores by source; `hidden` that it is not shown."""

    path: str
    words: dict[str, str | None]
    scores: dict[str, Score]
    hidden: bool = False


@dataclass
class Sheet:
    """A form and what may be asked of its reader: `asks` holds why it may ask, and is empty where it must read it as it stands."""

    lines: list[Line]
    columns: list[str] = field(default_factory=lambda: list(COLUMNS))
    heads: dict[str, str] = field(default_factory=lambda: {c: names[0] for c, names in HEADS.items()})
    titles: list[str] = field(default_factory=list)
    after: list[tuple[int, list]] = field(default_factory=list)
    others: dict[str, bool] = field(default_factory=dict)
    name: str = "Skor"
    decorated: list[str] = field(default_factory=list)
    asks: list[str] = field(default_factory=list)
    done: list[str] = field(default_factory=list)

    def truth(self) -> dict[tuple[str, str], float | None]:
        """What a person sees of every score: the number, or None where none is given."""
        shown = [s for s in SOURCES if s in self.columns]
        return {(line.path, source): line.scores[source].seen for line in self.lines for source in shown}

    def unsure(self) -> set[str]:
        """Paths of which a person could not say which number holds."""
        return {why.partition(":")[2] for why in self.asks if ":" in why}


def good(plan, scale: tuple[float, float]) -> Sheet:
    """The form of the health agency, filled in on a scale: no two scores are the same."""
    nodes, (low, high) = plan.instrument(ROUND).nodes, scale
    out = []
    for n, (path, value) in enumerate(CLEAN.items()):
        mine = value if high < 100 else round(low + (value - 1) * (high - low) / 3 - n / 2, 1)
        other = round(mine - 0.55 * (high - low) / 3, 2)
        words = {
            "indicator": path, "name": nodes[path].label.id, "agency": AGENCY, "status": None,
            "evidence": f"bukti/{path[7:]}.pdf", "quality": "B",
        }  # fmt: skip
        out.append(Line(path, words, {"self": Score(mine, mine), "verified": Score(other, other)}))
    return Sheet(out)


def _a_score(draw, sheet: Sheet) -> tuple[Line, str, float] | None:
    """A score that nobody changed yet, of a line that stands once."""
    paths = [line.path for line in sheet.lines]
    line = draw(st.sampled_from([line for line in sheet.lines if paths.count(line.path) == 1] or sheet.lines[:1]))
    source = draw(st.sampled_from([s for s in SOURCES if s in sheet.columns]))
    score = line.scores[source]
    fresh = score.seen is not None and score == Score(score.seen, score.seen) and paths.count(line.path) == 1
    return (line, source, score.seen) if fresh else None


def formatted(draw, sheet: Sheet, high: float) -> None:
    """A number format that rounds, adds a word or a sign shows the same number."""
    if hit := _a_score(draw, sheet):
        line, source, value = hit
        line.scores[source] = Score(value, value, draw(st.sampled_from(PLAIN)))


def percent(draw, sheet: Sheet, high: float) -> None:
    """A percentage on 0-100 is the number shown; on another scale nobody can say."""
    if hit := _a_score(draw, sheet):
        line, source, value = hit
        stored = round(value / 100, 6)
        line.scores[source] = Score(stored, value, draw(st.sampled_from(PERCENT)))
        if high < 100:
            sheet.asks.append(f"percent:{line.path}")


def hiding(draw, sheet: Sheet, high: float) -> None:
    """A format that hides the number or makes another one of it."""
    if hit := _a_score(draw, sheet):
        line, source, value = hit
        line.scores[source] = Score(value, value, draw(st.sampled_from(HIDING)))
        sheet.asks.append(f"hiding:{line.path}")


def marked(draw, sheet: Sheet, high: float) -> None:
    """Struck out, raised, an error of a formula, a day: no number that counts."""
    if hit := _a_score(draw, sheet):
        line, source, value = hit
        line.scores[source] = Score(value, None, "General", draw(st.sampled_from(["struck", "raised", "error", "date", "run"])))
        sheet.asks.append(f"marked:{line.path}")


def computed(draw, sheet: Sheet, high: float) -> None:
    """A formula with the value that it had."""
    if hit := _a_score(draw, sheet):
        line, source, value = hit
        line.scores[source] = Score(value, value, "General", "formula")


def typed(draw, sheet: Sheet, high: float) -> None:
    """A number typed as text."""
    if hit := _a_score(draw, sheet):
        line, source, value = hit
        line.scores[source] = Score(draw(st.sampled_from(WRITTEN))(value), value)


def unclear(draw, sheet: Sheet, high: float) -> None:
    """Words where a number belongs."""
    if hit := _a_score(draw, sheet):
        line, source, _ = hit
        line.scores[source] = Score(draw(st.sampled_from(UNCLEAR)), None)
        sheet.asks.append(f"unclear:{line.path}")


def nothing(draw, sheet: Sheet, high: float) -> None:
    """No score: an empty cell, or a word for it."""
    if hit := _a_score(draw, sheet):
        line, source, _ = hit
        line.scores[source] = Score(draw(st.sampled_from((None, *NOTHING))), None)


def shuffled(draw, sheet: Sheet, high: float) -> None:
    sheet.lines = draw(st.permutations(sheet.lines))


def moved(draw, sheet: Sheet, high: float) -> None:
    """Columns in another order."""
    sheet.columns = draw(st.permutations(sheet.columns))


def renamed(draw, sheet: Sheet, high: float) -> None:
    """A column under another of its names."""
    column = draw(st.sampled_from(COLUMNS))
    sheet.heads[column] = draw(st.sampled_from(HEADS[column]))


def dropped(draw, sheet: Sheet, high: float) -> None:
    line = draw(st.sampled_from(sheet.lines))
    if len(sheet.lines) > 2 and line.path not in sheet.unsure():
        sheet.lines.remove(line)


def without_column(draw, sheet: Sheet, high: float) -> None:
    """A column that is not needed is left out."""
    column = draw(st.sampled_from(["name", "verified", "status", "evidence", "quality"]))
    if column in sheet.columns and not sheet.asks:
        sheet.columns.remove(column)


def twice_the_same(draw, sheet: Sheet, high: float) -> None:
    line = draw(st.sampled_from(sheet.lines))
    sheet.lines.insert(draw(st.integers(0, len(sheet.lines))), Line(line.path, dict(line.words), dict(line.scores)))


def twice_otherwise(draw, sheet: Sheet, high: float) -> None:
    """Two rows of one indicator that say two numbers."""
    if hit := _a_score(draw, sheet):
        line, source, value = hit
        if source in sheet.columns and line.scores[source].code == "General":
            again = {**line.scores, source: Score(value + 0.01, value + 0.01)}
            sheet.lines.append(Line(line.path, dict(line.words), again))
            sheet.asks.append(f"twice:{line.path}")


def titled(draw, sheet: Sheet, high: float) -> None:
    sheet.titles.append(draw(st.sampled_from(TITLES)))


def titled_otherwise(draw, sheet: Sheet, high: float) -> None:
    """A title of another round, with none of this one beside it."""
    if TITLES[1] not in sheet.titles:
        sheet.titles.append(draw(st.sampled_from(["Semester II Tahun 2024", f"Evaluasi {OTHER_ROUND}"])))
        sheet.asks.append("round")


def named_otherwise(draw, sheet: Sheet, high: float) -> None:
    sheet.name = OTHER_ROUND
    sheet.asks.append("perhaps")


def headed(draw, sheet: Sheet, high: float) -> None:
    """A row of text alone between the lines."""
    sheet.after.append((draw(st.integers(0, len(sheet.lines))), [draw(st.sampled_from(["Kesehatan", "Bagian A", "A. Layanan"]))]))


def emptied(draw, sheet: Sheet, high: float) -> None:
    """A row without anything."""
    sheet.after.append((draw(st.integers(0, len(sheet.lines))), []))


def repeated_head(draw, sheet: Sheet, high: float) -> None:
    sheet.after.append((draw(st.integers(1, len(sheet.lines))), ["head"]))


def totalled(draw, sheet: Sheet, high: float) -> None:
    """A total by name at the end, whatever it says."""
    sheet.after.append((10**6, [draw(st.sampled_from(TOTALS)), draw(st.floats(1, 4).map(lambda v: round(v, 2)))]))


def miswritten_indicator(draw, sheet: Sheet, high: float) -> None:
    line = draw(st.sampled_from(sheet.lines))
    text = line.words["indicator"]
    if text != line.path:
        return
    line.words["indicator"] = draw(st.sampled_from([text[:-1], text + "x", None, "health/lainnya", 1.1]))
    if not (line.words["indicator"] is None and "name" in sheet.columns):
        sheet.asks.append(f"indicator:{line.path}")
    else:
        sheet.asks.append("perhaps")


def miswritten_agency(draw, sheet: Sheet, high: float) -> None:
    line = draw(st.sampled_from(sheet.lines))
    line.words["agency"] = draw(st.sampled_from(["dinas-kesehatn", "Dinas Perikanan", None]))
    sheet.asks.append(f"agency:{line.path}" if line.words["agency"] else "perhaps")


def miswritten_head(draw, sheet: Sheet, high: float) -> None:
    """A column name nobody knows for certain: of scores it is asked or named, its scores are then not read."""
    column = draw(st.sampled_from(["self", "verified"]))
    sheet.heads[column] = draw(st.sampled_from(["Nilai mandri", "Terverifikasii", "Kolom A"]))
    sheet.asks.append("perhaps")


def doubled_column(draw, sheet: Sheet, high: float) -> None:
    column = draw(st.sampled_from([c for c in ("indicator", "self", "verified", "agency") if c in sheet.columns]))
    sheet.columns.insert(draw(st.integers(0, len(sheet.columns))), column)
    sheet.asks.append("column")


def decorated(draw, sheet: Sheet, high: float) -> None:
    """What changes no number: comments, colours, hidden rows and columns, sheets beside."""
    sheet.decorated.append(draw(st.sampled_from(["comment", "colour", "hidden row", "hidden column", "hidden sheet", "notes"])))


def other_table(draw, sheet: Sheet, high: float) -> None:
    """A second sheet with a table of its own: the one called Skor is read, else it is asked."""
    sheet.others[draw(st.sampled_from(["Lembar1", "Lama"]))] = True
    if sheet.name != "Skor":
        sheet.asks.append("perhaps")


HARMLESS = (
    formatted, formatted, computed, typed, typed, nothing, shuffled, moved, renamed, dropped, without_column, twice_the_same,
    titled, headed, emptied, repeated_head, totalled, decorated, decorated, percent,
)  # fmt: skip
ODD = (
    hiding, marked, unclear, twice_otherwise, titled_otherwise, named_otherwise, miswritten_indicator, miswritten_agency,
    miswritten_head, doubled_column, other_table,
)  # fmt: skip


@st.composite
def sheets(draw, plan, scale: tuple[float, float]) -> Sheet:
    """A good form after one to four changes, at most two of them such that a reader may have to ask."""
    sheet = good(plan, scale)
    odd = draw(st.integers(0, 2))
    for n in range(draw(st.integers(max(odd, 1), 4))):
        change = draw(st.sampled_from(ODD if n < odd else HARMLESS))
        change(draw, sheet, scale[1])
        sheet.done.append(change.__name__)
    return sheet


__all__ = ["PATHS", "Line", "Score", "Sheet", "good", "sheets"]
