"""Old workbooks into a programme, all rounds or none: built beside, moved into place, and true from the moment programme.yaml is.

While files are moved, a small file names them; rounds that programme.yaml does not name yet are passed over by every reader then.
What is cut off before programme.yaml is in its place is taken away by the next import; after it, nothing is left to do.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from scevaluation import place
from scevaluation.errors import IntakeError
from scevaluation.instrument import Instrument
from scevaluation.intake import derive, journal
from scevaluation.intake.log import folder as round_home
from scevaluation.intake.log import settle
from scevaluation.intake.round_files import MOVING, moving, round_files
from scevaluation.issues import clean_text, issue, refusal
from scevaluation.past.found import Found
from scevaluation.past.plan import Plan, planned
from scevaluation.past.questions import TABLES
from scevaluation.period import Period
from scevaluation.programme import Programme, read_programme

if TYPE_CHECKING:
    import pandas as pd

PAST = "past"
ENDINGS = (".xlsx", ".ods", ".csv", ".xls", ".xlsb", ".xlsm", ".html", ".tsv")
_STAY = ("rounds", "received", "instruments")
KEPT = ("rounds", "columns", "indicators", "printed", "unused")


@dataclass(frozen=True)
class Source:
    """A workbook as it was read: its name, bytes and their hash."""

    name: str
    raw: bytes
    path: str = ""

    @property
    def sha256(self) -> str:
        return place.sha256(self.raw)

    @property
    def ending(self) -> str:
        """Of the file it is kept as."""
        ending = Path(self.name).suffix.lower()
        return ending if ending in ENDINGS else ".bin"


@dataclass(frozen=True)
class Taken:
    """What became of an import: rounds that are new, scores of them, rounds that were there, where these differ (ISSUES), and rounds
    known as not held."""

    rounds: tuple[str, ...]
    scores: int
    same: tuple[str, ...]
    differs: tuple[dict, ...]
    not_held: tuple[str, ...]
    instruments: tuple[str, ...] = ()


def there(programme: Programme) -> tuple[str, ...]:
    """Rounds that have scores, or a journal."""
    files = round_files(programme)
    return tuple(r.id for r in programme.rounds if r.id in files or journal.names(round_home(programme, r.id)))


def take(
    found: Found, programme: Programme, sources: Mapping[str, Source], day: str, mapping: tuple[str, bytes] = ("", b"")
) -> Taken:
    """Take all that was found into a programme, or nothing.

    Parameters
    ----------
    found : Found
        As corrected and answered.
    programme : Programme
        One of one's own.
    sources : mapping of name to Source
        The workbooks it was read from; they are kept unchanged under their hash.
    day : str
        On which they are taken.
    mapping : (str, bytes)
        The mapping that was answered, which is kept too.

    Returns
    -------
    Taken

    Raises
    ------
    IntakeError
        If what was found contradicts itself, programme.yaml changed meanwhile, another import is at work, or a place cannot be
        written. Nothing is then taken.
    """
    home = programme.folder
    with _held(home):
        undo(home)
        programme = read_programme(home)
        known = there(programme)
        plan = planned(found, programme, known, mapping[0] or "mapping.xlsx")
        differs = [i for name in plan.same for i in _differing(plan, programme, name)]
        before = (home / "programme.yaml").read_bytes()
        out = Taken(
            tuple(n for n, r in plan.rounds.items() if r["state"] == "scored"),
            sum(r["score"] is not None for n in plan.of_round for rows in plan.rows.get(n, {}).values() for r in rows),
            plan.same, tuple(differs), tuple(n for n, r in plan.rounds.items() if r["state"] != "scored"), tuple(plan.instruments),
        )  # fmt: skip
        if plan.rounds:
            _all_or_none(plan, programme, before, lambda stage: _build(stage, plan, programme, found, sources, day, mapping))
    return out


@contextlib.contextmanager
def _held(home: Path) -> Iterator[None]:
    """Hold the programme for one import at a time."""
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(place.held(home / PAST / journal.LOCK))
        except place.Held as other:
            by = f"{other.by['pid']}, {other.by['since']}" if other.by else "?"
            raise refusal(IntakeError, [issue(home.name, "", "past_held", "error", by, "", "past_again")]) from other
        except place.NotWritable as error:
            raise journal.not_writable(home, error) from error
        yield


def _all_or_none(plan: Plan, programme: Programme, before: bytes, build) -> None:
    """Build all files beside, move them to their places, then put programme.yaml, which is when they count."""
    home, data, stage = programme.folder, programme.folder.parents[1], None
    try:
        place.refuse_carried(home)
        place.swept(home)
        stage = Path(tempfile.mkdtemp(prefix=place.making(), dir=home))
        try:
            build(stage)
        except IntakeError as error:  # of a record or table that cannot be written
            raise place.NotWritable(error.issues[0]["found"]) from error
        names = sorted(p.relative_to(stage) for p in stage.rglob("*") if p.is_file() and p.suffix != ".lock")
        new = [n for n in names if not _kept(n, data)]
        wrong = [str(n) for n in new if (data / n).exists()]
        if wrong:
            raise refusal(IntakeError, [issue(wrong[0], "", "there_already", "error", "", "", "rename_or_move")])
        text = document(before, plan)
        if (home / "programme.yaml").read_bytes() != before:
            raise refusal(IntakeError, [issue(f"{programme.id}/programme.yaml", "", "past_changed", "error", "", "", "past_again")])
        said = {"programme": place.sha256(text), "files": [n.as_posix() for n in new]}
        place.put(home / MOVING, json.dumps(said).encode("utf-8"))
        for name in new:
            (data / name).parent.mkdir(parents=True, exist_ok=True)
            os.replace(stage / name, data / name)
        place.put(home / "programme.yaml", text)
    except (OSError, place.NotWritable) as error:
        undo(home)
        reason = error if isinstance(error, place.NotWritable) else place.NotWritable(error.strerror or str(error))
        raise journal.not_writable(home, reason) from error
    finally:
        if stage is not None:
            shutil.rmtree(stage, ignore_errors=True)
    with contextlib.suppress(OSError):
        (home / MOVING).unlink(missing_ok=True)


def _kept(name: Path, data: Path) -> bool:
    """Whether a received file is kept already."""
    return name.parent.name == "received" and (data / name).exists()


def undo(home: Path) -> None:
    """Take away what an import that was cut off left in a programme's folder; what was whole stays. The programme must be held."""
    data = home.parents[1]
    for path in (data / name for name in moving(home).get("files", ())):
        path.unlink(missing_ok=True)
        for above in path.parents:
            if above in (home, data) or above.name in _STAY or (above.is_dir() and any(above.iterdir())):
                break
            with contextlib.suppress(OSError):
                above.rmdir()
    with contextlib.suppress(OSError):
        (home / MOVING).unlink(missing_ok=True)


def document(before: bytes, plan: Plan) -> bytes:
    """programme.yaml with what a plan adds; its first comments stay."""
    text = before.decode("utf-8")
    head = "".join(takewhile(lambda line: line.startswith("#"), text.splitlines(keepends=True)))
    said = yaml.safe_load(text)
    known = {str(r["id"]): r for r in said.get("rounds") or []}
    rounds = known | {name: known.get(name, {}) | entry for name, entry in plan.rounds.items()}
    said["agencies"] = [*(said.get("agencies") or []), *plan.agencies]
    said["rounds"] = [rounds[name] for name in sorted(rounds, key=Period)]
    kinds = {Period(name).kind for name in rounds}
    said |= {"calendar": kinds.pop()} if kinds != {said.get("calendar", "S")} else {}
    return (head + yaml.safe_dump(said, sort_keys=False, allow_unicode=True, width=140)).encode("utf-8")


def _build(stage: Path, plan: Plan, programme: Programme, found: Found, sources: Mapping[str, Source], day: str, mapping) -> None:
    """All files of an import below a folder, as they will lie below data/."""
    for name, said in plan.instruments.items():
        text = yaml.safe_dump(said, sort_keys=False, allow_unicode=True, width=140).encode("utf-8")
        journal.put(stage / "instruments" / f"{name}.yaml", text)
    own = Path("programmes") / programme.id
    for source in sources.values():
        journal.put(stage / own / "received" / f"{source.sha256}{source.ending}", source.raw)
    for name, instrument in plan.of_round.items():
        _round(stage / own / "rounds", name, instrument, plan, sources, day)
    number = 1 + max((int(p.name) for p in imports(programme.folder)), default=0)
    memory = stage / own / PAST / f"{number}"
    for table in KEPT:
        rows = getattr(found, table)
        journal.put(memory / f"{table}.csv", rows.to_csv(index=False, lineterminator="\n").encode("utf-8"))
    rows = [{"file": s.name, "sha256": s.sha256, "ending": s.ending} for s in sources.values()]
    journal.put(memory / "files.csv", derive.table(("file", "sha256", "ending"), rows))
    journal.put(memory / "programme.yaml.before", (programme.folder / "programme.yaml").read_bytes())
    if mapping[1]:
        journal.put(memory / f"mapping{Path(mapping[0]).suffix.lower()}", mapping[1])


def _round(rounds: Path, name: str, instrument: Instrument, plan: Plan, sources: Mapping[str, Source], day: str) -> None:
    """A round's journal, a record a workbook, and the tables that follow from it."""
    home, state = rounds / name, derive.State()
    for file, rows in plan.rows.get(name, {}).items():
        source = next(s for s in sources.values() if clean_text(s.name, 120) == file)
        about = {"sha256": source.sha256, "file": file, "ending": source.ending, "agency": "", "filled": ""}
        said = {"rows": derive.packed(rows), "log": plan.log.get(name, {}).get(file, []), "answers": [], "silent": []}
        derive.apply(state, journal.append(home, state.count, "taken", day, **about, **said))
    settle(home, state, (rounds / f"{name}.csv", derive.rendered(state, instrument)), {"records": 0, "sha256": ""})


def _differing(plan: Plan, programme: Programme, name: str) -> Iterator[dict]:
    """Where a workbook says other of a round that was there before; what stands there stays."""
    state = derive.derived(journal.read(round_home(programme, name)), round_home(programme, name))
    standing = state.standing()
    for rows in plan.rows.get(name, {}).values() if standing else ():
        for row in rows:
            old = standing.get(derive.key_of(row))
            if row["score"] is not None and (old is None or derive.number(old["score"]) != derive.number(row["score"])):
                was = "\u2013" if old is None or old["score"] is None else f"{old['score']:g} ({old['file']}, {old['cell']})"
                yield issue(row["file"], row["cell"], "past_differs", "warning", f"{row['score']:g}", was, "past_correct_round")


def imports(home: Path) -> list[Path]:
    """The folders of what was imported into a programme, the first first."""
    unfinished = {Path(n).parts[-2] for n in moving(home).get("files", ()) if Path(n).parts[-3:-2] == (PAST,)}
    found = (p for p in (home / PAST).glob("*") if p.is_dir() and p.name.isdigit() and p.name not in unfinished)
    return sorted(found, key=lambda p: int(p.name))


def earlier(programme: Programme) -> dict[str, Source]:
    """The workbooks that were taken before, by name, from where they are kept."""
    out: dict[str, Source] = {}
    for memory in imports(programme.folder):
        for row in _table(memory / "files.csv").to_dict("records"):
            raw = programme.folder / "received" / f"{row['sha256']}{row['ending']}"
            if raw.exists():
                out[row["file"]] = Source(row["file"], raw.read_bytes())
    return out


def remembered(found: Found, programme: Programme) -> Found:
    """The same with what was agreed before: what was answered once is not asked again."""
    memory = imports(programme.folder)
    if not memory:
        return found
    old = {name: _table(memory[-1] / f"{name}.csv") for name in TABLES}
    places = ["file", "sheet", "cell", "said"]
    blocks = {tuple(r[p] for p in places): r for r in old["rounds"].to_dict("records")}
    rounds, generations = found.rounds.copy(), dict[str, str]()
    for n, row in enumerate(rounds.to_dict("records")):
        if (was := blocks.get(tuple(row[p] for p in places))) is not None:
            generations.setdefault(row["instrument"], was["instrument"])
            for name in ("round", "held", "low", "high", "percent", "use"):
                rounds.iloc[n, rounds.columns.get_loc(name)] = _typed(was[name], rounds[name].dtype)
            rounds.iloc[n, rounds.columns.get_loc("sure")] = True
    columns = _agreed(found.columns, old["columns"], ("file", "sheet", "column", "header"), ("role", "source"), {})
    fields = ("label", "parent", "weight", "owner", "link")
    indicators = _agreed(found.indicators, old["indicators"], ("instrument", "code"), fields, generations)
    return replace(found, rounds=rounds, columns=columns, indicators=indicators)


def _agreed(now: pd.DataFrame, old: pd.DataFrame, key: tuple, fields: tuple, generations: Mapping[str, str]) -> pd.DataFrame:
    """Rows with the fields that were agreed before, by their key; `generations` are instruments by what they were called then."""
    out, known = now.copy(), {tuple(r[k] for k in key): r for r in old.to_dict("records")}
    for n, row in enumerate(now.to_dict("records")):
        was = known.get(tuple(generations.get(row[k], "") if k == "instrument" else row[k] for k in key))
        if was is not None:
            for name in (*fields, "sure"):
                out.iloc[n, out.columns.get_loc(name)] = True if name == "sure" else _typed(was[name], now[name].dtype)
    return out


def _typed(text: str, kind):
    if kind.kind == "b":
        return text == "True"
    return (float(text) if text else float("nan")) if kind.kind == "f" else text


def _table(path: Path) -> pd.DataFrame:
    import pandas as pd

    return pd.read_csv(path, dtype=str, keep_default_na=False)
