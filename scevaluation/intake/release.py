"""Which texts of a programme everybody may read: each free text is asked about once, and its yes kept in public.csv by its hash."""

from __future__ import annotations

import contextlib
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from scevaluation import place, region
from scevaluation.document import document
from scevaluation.errors import EvaluationError, ProgrammeError
from scevaluation.grid.table import flag_of, read_table
from scevaluation.intake import journal, log
from scevaluation.intake.persons import EDGE, Names, called, contact, plain, rendered
from scevaluation.intake.public import HIDDEN, Public, both, mark
from scevaluation.intake.reading import read
from scevaluation.intake.round_files import round_files
from scevaluation.intake.survey import accepted_survey, survey_file
from scevaluation.issues import clean_text, refusal
from scevaluation.node import Label
from scevaluation.programme import Programme, read_programme
from scevaluation.words import LANGUAGES, catalogue, words

NAME = "public.csv"
COLUMNS = ("public", "file", "place", "text", "why", "mark")
ASSESSOR = "assessor:"
# Columns of the tables beside programme.yaml whose texts are asked about; two of one text in two languages are one.
ASKED = {
    "events": (("label_id", "label_en"), ("source",)),
    "recommendations": (("text_id", "text_en"),),
    "programmes": (("programme",), ("status", "status_en")),
    "survey": (("source",),),
}
NEVER = ("email", "nip", "nik", "number", "phone", "path", "host", "name")  # reasons that no yes overrules


@dataclass(frozen=True)
class Asked:
    """A text that is asked about: where it stands, why, and what was answered; without a yes, or if `why` is of `NEVER`, it is left out."""

    file: str
    place: str
    text: str
    why: str
    answer: bool | None = None

    @property
    def told(self) -> bool:
        """Whether everybody may read it."""
        return bool(self.answer) and self.why not in NEVER


def names_of(programme: Programme) -> frozenset[str]:
    """Names of persons that a programme's own files hold: its assessors, and who corrected scores by hand."""
    if programme.official:
        return frozenset()
    found: set[str] = set()
    for name, path in round_files(programme).items():
        found |= _assessors(path, programme.folder, name, path.stat().st_size, path.stat().st_mtime_ns)
        with contextlib.suppress(EvaluationError):
            found |= {r.said["by"] for r in journal.read(log.folder(programme, name)) if r.said.get("by")}
    offices = {plain(t) for a in programme.agencies for t in (a.id, a.label.id, a.label.en)}
    return frozenset(n for n in found if plain(n) not in offices)


@lru_cache(512)
def _assessors(path: Path, folder: Path, round_name: str, _size: int, _changed: int) -> frozenset[str]:
    """Assessors of a round's file; none of one that cannot be read, of which no report is made."""
    try:
        rows = read(path, read_programme(folder), round_name).rows
    except EvaluationError:
        return frozenset()
    return frozenset(r["source"].removeprefix(ASSESSOR) for r in rows if r["source"].startswith(ASSESSOR))


def asked(programme: Programme) -> list[Asked]:
    """Every text of a programme that needs a yes, with its answer, each once; none of one made from the ministry's letters.

    Free texts all do; of the names of offices and of what a questionnaire says those that hold a known name or look like one.
    """
    if programme.official:
        return []
    names, given = Names(names_of(programme)), answers(programme)
    out: dict[str, Asked] = {}
    for file, at, text, typed in _texts(programme):
        why = _why(text, names, typed)
        if text and why and (mark(text) not in out):
            out[mark(text)] = Asked(file, at, text, why, given.get(mark(text)))
    return list(out.values())


def _why(text: str, names: Names, typed: bool) -> str:
    """Why a text is asked about; '' if it is not."""
    seen = f"{plain(text)}{EDGE}{rendered(text)}"
    if found := contact(seen):
        return found[0]
    if names.sure(seen):
        return "name"
    return "word" if names.maybe(seen) else "called" if called(text) else "" if typed else "free"


def _texts(programme: Programme) -> Iterator[tuple[str, str, str, bool]]:
    """File, place, text and whether its field is typed, of every text of a programme that a report may show."""
    file = "programme.yaml"
    said = document()
    yield from ((place.MARK, f"document, {part}", text, False) for part, text in (("author", said.author), ("logo", said.mark)) if text)
    yield file, "label", _said(programme.label), False
    yield file, "region_label", _said(programme.region_label), True
    yield file, "cohort", programme.cohort, True
    for kind, rows in (("cycles", programme.cycles), ("rounds", programme.rounds), ("agencies", programme.agencies)):
        yield from ((file, f"{kind}, {r.id}, label", _said(r.label), True) for r in rows if r.label)
    yield from ((file, f"rounds, {r.id}, note", _said(r.note), False) for r in programme.rounds if r.note)
    yield from ((file, f"notes, {n}", _said(note), False) for n, note in enumerate(programme.notes, 1))
    offices = {t for a in programme.agencies for t in (a.id, a.label.id, a.label.en)}
    for name, groups in ASKED.items():
        for row in read_table(programme.folder / f"{name}.csv", ()).rows:
            for columns in groups:
                first, second = row.get(columns[0], ""), row.get(columns[-1], "")
                yield f"{name}.csv", row.at(columns[0]), both(first, second), False
            if (agency := row.get("agency", "")) and agency not in offices:
                yield f"{name}.csv", row.at("agency"), agency, False
    yield from _surveys(programme)
    yield from _questionnaires(programme)


def _surveys(programme: Programme) -> Iterator[tuple[str, str, str, bool]]:
    for r in programme.rounds:
        if (path := survey_file(programme, r.id)) is None:
            continue
        with contextlib.suppress(EvaluationError):
            rows = accepted_survey(path, programme.region, r.id).answers
            for column in ("unit", "group"):
                lines = rows.drop_duplicates(column)
                yield from ((path.name, f"{cell}, {column}", text, False) for cell, text in zip(lines["cell"], lines[column], strict=True))


def _questionnaires(programme: Programme) -> Iterator[tuple[str, str, str, bool]]:
    """Texts of the programme's questionnaires, which cannot be left out of a report."""
    for name in dict.fromkeys(r.instrument for r in programme.rounds if r.instrument):
        yield from ((f"{name}.yaml", at, text, True) for at, text in _leaves(programme, name))


def _leaves(programme: Programme, name: str) -> Iterator[tuple[str, str]]:
    def walk(value, at: str) -> Iterator[tuple[str, str]]:
        if isinstance(value, str):
            yield at, value
        elif isinstance(value, dict):
            for key, part in value.items():
                yield from walk(part, f"{at}, {key}" if at else key)
        elif isinstance(value, list | tuple):
            for n, part in enumerate(value, 1):
                yield from walk(part, f"{at}, {part['id'] if isinstance(part, dict) and 'id' in part else n}")

    used = next(r.id for r in programme.rounds if r.instrument == name)
    yield from walk(programme.instrument(used).model_dump(exclude={"source", "checked"}), "")


def _said(label: Label) -> str:
    return both(label.id, label.en)


def public(programme: Programme) -> Programme:
    """The programme as everybody may see it; one made from the ministry's letters is that already."""
    if programme.official or isinstance(programme, Public):
        return programme
    found = asked(programme)
    allowed = frozenset(mark(a.text) for a in found if a.told)
    shut = {mark(a.text) for a in found if not a.told}

    def name(label: Label | None, instead: Label | None = None) -> Label | None:
        return instead if label is not None and mark(_said(label)) in shut else label

    dots = Label(id=HIDDEN, en=HIDDEN)
    place_ = name(programme.region_label, _region(programme.region) or dots)
    rows = {
        "cycles": tuple(c.model_copy(update={"label": name(c.label, dots), "source": ""}) for c in programme.cycles),
        "rounds": tuple(r.model_copy(update={"label": name(r.label), "note": name(r.note), "source": ""}) for r in programme.rounds),
        "agencies": tuple(a.model_copy(update={"label": name(a.label, dots)}) for a in programme.agencies),
        "targets": tuple(t.model_copy(update={"source": ""}) for t in programme.targets),
    }
    rows["events"] = tuple(
        e.model_copy(
            update={
                "label": name(e.label, Label(**{lang: words(lang)(f"event.{e.kind}") for lang in LANGUAGES})),
                "source": e.source if mark(e.source) in allowed else HIDDEN,
                "confidence": "",
            }
        )
        for e in programme.events
    )
    fields = {f: getattr(programme, f) for f in Programme.model_fields}
    told = {"label": name(programme.label, place_), "region_label": place_, "notes": tuple(n for n in programme.notes if name(n))}
    cohort = HIDDEN if mark(programme.cohort) in shut else programme.cohort
    return Public.model_construct(**fields | rows | told | {"cohort": cohort, "statement": None, "allowed": allowed})


def _region(code: str) -> Label | None:
    """What a region is called in official lists."""
    return Label(**region.labels(code)[1]) if code in region.places() else None


def common(programme: Programme) -> frozenset[str]:
    """Words of any report on a programme: the package's catalogues and published figures, and what of the programme everybody may read."""
    if programme.official:
        return _published()
    shut = {a.text for a in asked(programme) if not a.told}
    return _published() | _words("\n".join(text for _, _, text, _ in _texts(programme) if text not in shut))


@cache
def _published() -> frozenset[str]:
    paths = [p for part in ("context", "official", "instruments") for p in (place.SHIPPED / "data" / part).glob("*.*")]
    texts = [t for lang in LANGUAGES for t in catalogue(lang).values()] + [p.read_text("utf-8") for p in sorted(paths)]
    return _words("\n".join(texts))


def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"[^\W_]+", plain(text)))


def _home(programme: Programme) -> Path:
    """Folder of the answers: the programme's, or its place in one's own data where the package ships it."""
    shipped = any(programme.folder.is_relative_to(layer) for layer in place.LAYERS["data"][1:])
    return place.LAYERS["data"][0] / "programmes" / programme.id if shipped else programme.folder


def answers(programme: Programme) -> dict[str, bool]:
    """What was answered, by mark.

    Raises
    ------
    ProgrammeError
        If an answer is neither yes nor no.
    """
    found = (folder / NAME for folder in (_home(programme), programme.folder))
    path = next((p for p in found if p.is_file()), programme.folder / NAME)
    out, wrong = {}, []
    for row in read_table(path, ("public", "mark"), COLUMNS).rows:
        said = flag_of(row["public"])
        if said is None:
            wrong.append(row.issue("public", "no_flag", remedy="write_flag"))
        elif row["public"]:
            out[row["mark"]] = said
    if wrong:
        raise refusal(ProgrammeError, wrong)
    return out


def listed(programme: Programme, found: list[Asked], lang: str) -> Path:
    """Write the list of texts asked about, with the answers there are, and return its place.

    Raises
    ------
    place.NotWritable
        If it cannot be written.
    """
    w, out = words(lang), io.StringIO()
    rows = csv.writer(out, lineterminator="\r\n")
    rows.writerow(COLUMNS)
    for a in found:
        said = "" if a.answer is None else w("public.yes" if a.answer else "public.no")
        rows.writerow([said, *map(_inert, (a.file, a.place, clean_text(a.text), w(f"public.why.{a.why}"))), mark(a.text)])
    path, raw = _home(programme) / NAME, out.getvalue().encode("utf-8-sig")
    if not (path.is_file() and path.read_bytes() == raw):
        place.put(path, raw)
    return path


def _inert(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t")) else text
