"""What a report is made from, as hashes: the key by which a batch knows what is unchanged, and why something is made anew."""

from __future__ import annotations

import json
from functools import cache
from importlib.metadata import version
from pathlib import Path

from scevaluation import __version__
from scevaluation.evaluate.inputs import hashes, national_files, region_files, round_inputs
from scevaluation.evaluate.other import seen_from
from scevaluation.place import SHIPPED, sha256
from scevaluation.press.formats import format_of
from scevaluation.press.imprint import imprint_of
from scevaluation.press.jobs import KINDS, NATION, Job, read_manifest
from scevaluation.programme import load_programme
from scevaluation.region import PREFIX

PACKAGE = Path(__file__).resolve().parents[1]
LIBRARIES = ("pandas", "numpy", "scipy", "matplotlib", "papermill", "nbconvert")


@cache
def package_hash() -> str:
    """Hash of the package's code, styles and templates; the words are counted by language."""
    found = (p for p in PACKAGE.rglob("*") if p.suffix in (".py", ".css", ".j2", ".json"))
    paths = sorted(p for p in found if not p.is_relative_to(SHIPPED / "data"))  # in a wheel they lie inside the package
    return sha256("\n".join(f"{p.relative_to(PACKAGE).as_posix()} {sha256(p.read_bytes())}" for p in paths))


@cache
def words_hash(lang: str) -> str:
    """Hash of one language's catalogues."""
    return sha256("\n".join(sha256(p.read_bytes()) for p in sorted((PACKAGE / "words" / lang).glob("*.po"))))


@cache
def notebook_hash(kind: str) -> str:
    """Hash of a kind's notebook."""
    from scevaluation.press.notebook import notebook_path

    return sha256(notebook_path(KINDS[kind].notebook).read_bytes())


@cache
def versions() -> dict[str, str]:
    """Versions of this package and of the libraries that shape a report."""
    return {"scevaluation": __version__, **{name: version(name) for name in LIBRARIES}}


@cache
def _inputs(programme: str, round_name: str) -> dict[str, str]:
    if programme == NATION:
        return hashes(national_files(round_name))
    if programme.startswith(PREFIX):
        return hashes(region_files())
    plan = load_programme(programme)
    return hashes(round_inputs(plan, seen_from(plan, round_name)))


def forget() -> None:
    """Forget every hash, so that files changed meanwhile are seen."""
    for known in (package_hash, words_hash, notebook_hash, _inputs):
        known.cache_clear()


def facts(job: Job, formats: tuple[str, ...]) -> dict:
    """Everything a report follows from: inputs, notebook, words, package, versions, parameters, formats."""
    document = imprint_of(job).facts
    return {
        **({"public": _answers(*dict(job.sides))} if job.public and job.programme != NATION else {}),
        **({"document": document} if document else {}),
        "inputs": {n: digest for side in job.sides for n, digest in _inputs(*side).items()},
        "notebook": notebook_hash(job.kind),
        "words": words_hash(job.lang),
        "package": package_hash(),
        "versions": versions(),
        "parameters": job.parameters,
        "formats": sorted(formats),
    }


def _answers(*programmes: str) -> dict[str, bool]:
    """Which texts may stand in a public report."""
    from scevaluation.intake.release import answers  # loads pandas

    return {text: told for name in programmes for text, told in answers(load_programme(name)).items()}


def key_of(made_from: dict) -> str:
    """The key of those facts."""
    return sha256(json.dumps(made_from, sort_keys=True, ensure_ascii=False))


def fingerprint(made_from: dict) -> str:
    """What a reader knows a report's inputs by: the beginning of their key, the same whatever formats it is made in."""
    return key_of({part: value for part, value in made_from.items() if part != "formats"})[:12]


def standing(job: Job, formats: tuple[str, ...], root: Path) -> dict[str, bytes]:
    """Files of a report that stands in its folder, whole and made from what there is today in at least these formats; {} if none does."""
    entry = read_manifest(root / job.folder / f"{job.stem}.json")
    held = tuple(entry.get("made_from", {}).get("formats", ()))
    if not entry or not set(formats) <= {*held, "html"} or entry.get("key") != key_of(facts(job, held)):
        return {}
    digests = {n: digest for n, digest in entry["outputs"].items() if format_of(job, n) in {*formats, "html"}}
    try:
        found = {n: (root / job.folder / n).read_bytes() for n in digests}
    except OSError:
        return {}
    return found if all(sha256(data) == digests[n] for n, data in found.items()) else {}


def why(job: Job, formats: tuple[str, ...], root: Path) -> tuple[str, ...]:
    """Reasons to make a report, as keys and names; empty if what stands there is whole and unchanged."""
    now, old = facts(job, formats), read_manifest(root / job.folder / f"{job.stem}.json")
    if not old:
        return ("new",)
    before = old.get("made_from", {})
    if old.get("key") != key_of(now):
        return _differences(before, now) or ("manifest",)
    folder = root / job.folder
    return tuple(f"output {n}" for n, digest in sorted(old["outputs"].items()) if not _same(folder / n, digest))


def _differences(before: dict, now: dict) -> tuple[str, ...]:
    parts = dict.fromkeys([*now, *(part for part in before if part == "document")])
    out = [f"{part}" for part in parts if part not in ("inputs", "versions") and before.get(part) != now.get(part)]
    for part, word in (("inputs", "input"), ("versions", "version")):
        old = before.get(part, {})
        out += [f"{word} {n}" for n in sorted(old.keys() | now[part].keys()) if old.get(n) != now[part].get(n)]
    return tuple(out)


def _same(path: Path, digest: str) -> bool:
    return path.is_file() and sha256(path.read_bytes()) == digest
