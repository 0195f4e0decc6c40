"""Which files a round's evaluation is made from, without making it: names relative to data/, with their places."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from scevaluation.instrument import Instrument, file_of, load_instrument, names
from scevaluation.place import find, named, sha256
from scevaluation.programme import Programme
from scevaluation.region import PREFIX, cohort_instrument

OFFICIAL = ("results.csv", "regions.csv", "letters.csv", "islands.csv", "population.csv")
CONTEXT = ("statistics.csv", "indicators.csv", "national.csv", "moves.csv")


def cohort_instruments(round_name: str, cohorts: Iterable[str]) -> dict[str, Instrument]:
    """Instrument of every cohort of an official round: the one whose id ends in the cohort's name and holds for the year."""
    return {c: load_instrument(cohort_instrument(round_name, c)) for c in sorted(set(cohorts))}


def national_files(round_name: str) -> dict[str, Path]:
    """Files of a report over all regions."""
    return _named([find("official", n) for n in OFFICIAL] + [file_of(name) for name in names("kominfo-")])


def region_files() -> dict[str, Path]:
    """Files of the report of a region of the letters: the same for all of them."""
    return national_files("") | _named([find("official", "programme.yaml")])


def round_inputs(programme: Programme, round_name: str) -> dict[str, Path]:
    """Files that a programme's round is evaluated from: its folder, its rounds so far, instruments, letters, statistics."""
    if programme.id.startswith(PREFIX):
        return region_files()
    # Only here, for these load pandas: a batch of regions that finds nothing changed needs none of it.
    from scevaluation.evaluate.printed import participants
    from scevaluation.intake.release import NAME
    from scevaluation.intake.round_files import round_files
    from scevaluation.intake.survey import SKM_INSTRUMENT

    rounds = round_files(programme, round_name)
    own = (p for pattern in ("*.yaml", "*.csv") for p in sorted(programme.folder.glob(pattern)))
    paths = [p for p in own if p.name != NAME] + list(rounds.values())  # what may be public changes no other report
    paths += sorted((programme.folder / "rounds" / round_name).glob("*.csv"))
    ids = {programme.instrument(name).id for name in rounds}
    if any(programme.folder.glob("survey*.csv")):
        ids.add(SKM_INSTRUMENT)
    letters = [rows for name in rounds if len(rows := participants(programme, name, programme.instrument(name)))]
    if letters:
        paths += [find("official", n) for n in OFFICIAL]
    for rows in letters:
        ids |= {i.id for i in cohort_instruments(rows["round"].iloc[0], rows["cohort"]).values()}
    if programme.context:
        paths += [find("context", n) for n in CONTEXT]
    return _named(paths + [file_of(i) for i in sorted(ids)])


def _named(paths: list[Path]) -> dict[str, Path]:
    return {named(p): p for p in paths}


@cache
def _hash(path: Path, _size: int, _changed: int) -> str:
    return sha256(path.read_bytes())


def hashes(paths: dict[str, Path]) -> dict[str, str]:
    """SHA-256 by name; a file that was hashed before is read again only if its size or time changed."""
    out = {}
    for name, path in sorted(paths.items()):
        state = path.stat()
        out[name] = _hash(path, state.st_size, state.st_mtime_ns)
    return out
