"""One zip to share: the reports of a round in all forms, with a manifest of hashes; internal, or public without people."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path

from scevaluation import __version__
from scevaluation.errors import ReportError
from scevaluation.evaluate.redaction import ASSESSOR
from scevaluation.intake.check import load_scores
from scevaluation.place import REPORTS, sha256
from scevaluation.press.formats import charts
from scevaluation.press.jobs import FORMATS, KINDS, Job, checked, sectors_of
from scevaluation.press.report import report_files, write_together
from scevaluation.programme import Programme, load_programme
from scevaluation.words import LANGUAGES, catalogue, words

PROFILES = ("internal", "public")
DAY = (1980, 1, 1, 0, 0, 0)  # of every file in the zip, so that the same input gives the same bytes
CONTACT = re.compile(
    r"[\w.+-]+@[\w-]+\.[\w.]{2,}"
    r"|(?<![\w.,|+-])(?:\+62[ .-]?8\d{1,2}|08\d{2})(?:[ .-]?\d{3,4}){2,3}(?![\w,]|\.\d)"
)
SHORTEST = 4  # letters of a text from which on its appearance is no coincidence


def share(
    programme: str,
    round_name: str,
    profile: str = "internal",
    langs: tuple[str, ...] = ("id",),
    kinds: tuple[str, ...] = ("round",),
    formats: tuple[str, ...] = FORMATS,
    out: Path | None = None,
) -> Path:
    """Write the bundle of a round into its folder of reports.

    Parameters
    ----------
    programme, round_name : str
    profile : {"internal", "public"}
        A public bundle holds no assessor's name, evidence, note or contact, and no notebook.
    langs, kinds, formats : tuple of str
        What to put in; a kind made by sector comes for each of the round's sectors.
    out : Path, optional
        Folder of all reports (default reports/).

    Returns
    -------
    Path
        share-<profile>.zip.

    Raises
    ------
    ReportError
        For an unknown profile; or, of a public bundle, if something in it names a person after all. Nothing is written.
    """
    if profile not in PROFILES:
        raise ReportError(f"There is no profile {profile[:40]!r}.", f"Known profiles: {', '.join(PROFILES)}.")
    public = profile == "public"
    files: dict[str, bytes] = {}
    drawn: dict[str, bytes] = {}
    for job in _jobs(programme, round_name, langs, kinds, public):
        made, _ = report_files(job, "inprocess", formats)
        files |= {n: d.encode() if isinstance(d, str) else d for n, d in made.items() if not (public and n.endswith(".ipynb"))}
        drawn |= {f"{job.stem} {n}.svg": (chart.wide + chart.phone).encode() for n, chart in charts().items()} if public else {}
    plan, folder = load_programme(programme), (out or REPORTS) / programme / round_name
    if public:
        _refuse_people(files | drawn, forbidden(plan, round_name))
    facts = {
        "programme": programme,
        "region": plan.region,
        "round": round_name,
        "profile": profile,
        "made_up": plan.made_up,
        "version": __version__,
        "files": {name: {"sha256": sha256(data), "bytes": len(data)} for name, data in sorted(files.items())},
    }
    files["manifest.json"] = (json.dumps(facts, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()
    name = f"share-{profile}.zip"
    write_together(folder, {name: _zip(files)})
    return folder / name


def _jobs(programme: str, round_name: str, langs, kinds, public: bool) -> list[Job]:
    """Checked jobs of a bundle; unknown kinds and languages are refused before anything runs."""
    out = []
    for lang in langs:
        words(lang)
        for kind in kinds:
            if kind not in KINDS:
                raise ReportError(f"There is no kind of report {kind[:40]!r}.", f"Known kinds: {', '.join(KINDS)}.")
            each = sectors_of(load_programme(programme), round_name, kind)
            out += [checked(Job(programme, round_name, lang, kind, sector, public)) for sector in each]
    return out


def forbidden(programme: Programme, round_name: str) -> tuple[str, ...]:
    """Texts that may stand nowhere in a public bundle: assessors' names, the evidence agencies gave, and notes.

    A name that is a word of the report anyway, such as an agency's, tells nothing by standing there.
    """
    scores, _ = load_scores(programme, round_name)
    said = {s.removeprefix(ASSESSOR) for s in scores["source"] if s.startswith(ASSESSOR)}
    common = "\n".join(_vocabulary(programme)).lower()
    names = {n for n in said if len(n) >= SHORTEST and not re.search(rf"(?<!\w){re.escape(n.lower())}(?!\w)", common)}
    texts = {v for v in scores["evidence"] if len(v) >= SHORTEST}
    labels = () if programme.official else (*programme.notes, *(r.note for r in programme.rounds if r.note))
    return tuple(sorted(names | texts | {t for label in labels for t in (label.id, label.en)}))


def _vocabulary(programme: Programme):
    """Words of any report on a programme: the catalogues, agencies, and indicators."""
    for lang in LANGUAGES:
        yield from catalogue(lang).values()
        yield from (a.label[lang] for a in programme.agencies)
    yield from (a.id for a in programme.agencies)
    for name in programme.scored:
        yield from (text for node in programme.instrument(name).nodes.values() for text in (node.label.id, node.label.en))


def _refuse_people(files: Mapping[str, bytes], texts: tuple[str, ...]) -> None:
    for name, text in readable(files):
        lower = text.lower()
        found = next((t for t in texts if t.lower() in lower), None) or next(iter(CONTACT.findall(text)), None)
        if found is not None:
            raise ReportError(
                f"{name} of the public bundle holds {found[:60]!r}, which names a person or quotes one.",
                "Take it out of the programme's labels or tables, or share the internal profile.",
            )


def readable(files: Mapping[str, bytes]):
    """(name, text) of everything in a bundle that is text, the parts of workbooks included; data addresses are left out."""
    for name, data in files.items():
        if name.endswith(".xlsx"):
            with zipfile.ZipFile(io.BytesIO(data)) as book:
                yield from ((f"{name}/{part}", book.read(part).decode("utf-8", "replace")) for part in book.namelist())
        elif name.endswith((".html", ".json", ".ipynb", ".svg")):
            yield name, re.sub(r"data:[a-z/+-]+;base64,[\w+/=]+", "", data.decode("utf-8"))


def _zip(files: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, DAY)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            bundle.writestr(entry, files[name])
    return out.getvalue()
