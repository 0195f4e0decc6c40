"""The two steps of bringing an office's past in: what its workbooks say becomes a mapping, the answered mapping becomes rounds."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from scevaluation.errors import IntakeError, ProgrammeError
from scevaluation.evaluate.index import index
from scevaluation.grid.files import read_bytes
from scevaluation.intake.check import load_scores
from scevaluation.issues import clean_text, issue, refusal
from scevaluation.past.answers import Returned, answered
from scevaluation.past.found import Found
from scevaluation.past.mapping import found_line, mapping, proof_rows
from scevaluation.past.prove import prove
from scevaluation.past.questions import Names, Question, questions
from scevaluation.past.read import read
from scevaluation.past.take import Source, Taken, earlier, imports, remembered, take, there
from scevaluation.programme import Programme, load_programme
from scevaluation.words import Words, decimals, words
from scevaluation.workspace import own_programmes

if TYPE_CHECKING:
    import pandas as pd

Tell = Callable[[str, int, int], None]
_EXACT = 1e-9
SHOWN = 20  # figures that differ, and questions left, that are listed


@dataclass(frozen=True)
class Proposal:
    """What workbooks were found to say, and what must be asked; `sources` are they and those taken before, by name."""

    programme: Programme
    found: Found
    sources: dict[str, Source]

    @property
    def asked(self) -> tuple[Question, ...]:
        return questions(self.found)

    def mapping(self, lang: str) -> bytes:
        """The workbook to correct."""
        files = {name: (s.sha256, s.path) for name, s in self.sources.items()}
        return mapping(self.found, files, self.programme.id, words(lang))


@dataclass(frozen=True)
class Brought:
    """An import that is done: what became of it, what was found as corrected, its printed figures, and questions left as proposed.

    `proof` are rows of PAST_PRINTED with round and label; `indexed` counts means of sectors and indices that the programme's
    index gives too, of all that were printed of its rounds; `kept` is the folder where what was agreed is kept.
    """

    taken: Taken
    found: Found
    proof: pd.DataFrame
    left: tuple[Question, ...]
    indexed: tuple[int, int]
    kept: Path | None = None


def whose(name: str) -> Programme:
    """The programme that is named, else the only one of one's own.

    Raises
    ------
    ProgrammeError
        If there is none of that name, or several and none is named.
    """
    own = own_programmes()
    if not name and len(own) != 1:
        raise refusal(ProgrammeError, [issue("", "", "past_whose", "error", "", ", ".join(own), "past_name_it")])
    return load_programme(name or own[0])


def propose(paths: Iterable[Path], programme: Programme, tell: Tell | None = None) -> Proposal:
    """What workbooks say, with those taken before: what was agreed on these is not asked again.

    Parameters
    ----------
    paths : iterable of Path
        Workbooks as the office keeps them, in any order.
    programme : Programme
        Whose past they are.
    tell : callable, optional
        Is given the name of each file when it is about to be read, how many were before it, and how many there are.

    Raises
    ------
    IntakeError
        If a file cannot be opened, two have one name, or nothing in them is a round.
    """
    sources: dict[str, Source] = {}
    for path in map(Path, paths):
        if path.name in sources:
            raise refusal(IntakeError, [issue("", "", "two_files", "error", str(path.parent), path.name, "rename_or_move")])
        sources[path.name] = Source(path.name, read_bytes(path, IntakeError), str(path.absolute()))
    return _proposal(earlier(programme) | sources, programme, tell)


def _proposal(sources: dict[str, Source], programme: Programme, tell: Tell | None) -> Proposal:
    if not sources:
        raise refusal(IntakeError, [issue("", "", "past_nothing", "error", "", "", "past_name_files")])
    with tempfile.TemporaryDirectory() as folder:  # what is read is what is hashed and kept
        paths = []
        for source in sources.values():
            paths.append(Path(folder) / source.name)
            paths[-1].write_bytes(source.raw)
        found = read(_told(paths, tell))
    return Proposal(programme, remembered(found, programme), sources)


def _told(paths: list[Path], tell: Tell | None) -> Iterable[Path]:
    for n, path in enumerate(paths):
        if tell:
            tell(path.name, n, len(paths))
        yield path


def bring(path: Path, day: str, accept: bool = False, programme: str = "", tell: Tell | None = None) -> Brought:
    """Take what an answered mapping says, all rounds or none.

    Parameters
    ----------
    path : Path
        The mapping, as .xlsx or .ods.
    day : str
        On which it is taken.
    accept : bool
        Whether questions without an answer are answered as proposed.
    programme : str
        Whose past it is; the mapping says it, if nothing is said.
    tell
        As `propose` takes it.

    Raises
    ------
    IntakeError
        If a workbook changed since the mapping was made or is not there, a cell is unanswered or says what cannot be, or the rounds
        cannot be taken; nothing is then taken.
    """
    path = Path(path)
    book = Returned(read_bytes(path, IntakeError), path.name)
    plan = whose(programme or book.facts["programme"])
    for memory in imports(plan.folder):
        if any(kept.read_bytes() == book.raw for kept in memory.glob("mapping.*")):
            about = f"{memory.parent.name}/{memory.name}"
            raise refusal(IntakeError, [issue(path.name, "", "past_taken", "error", about, "", "past_more")])
    proposal = _proposal(_unchanged(book, path.parent, plan), plan, tell)
    found, left = answered(proposal.found, book, accept)
    return agreed(proposal, found, day, (path.name, book.raw), tuple(left))


def agreed(
    proposal: Proposal, found: Found, day: str, mapping: tuple[str, bytes] = ("", b""), left: tuple[Question, ...] = ()
) -> Brought:
    """Take what was proposed, as it was corrected, all rounds or none; refused while anything is still to be answered."""
    if still := questions(found):
        wrong = [issue("", "", "past_unanswered", "error", f"{q.field}: {', '.join(q.where[:3])}", "", "past_answer") for q in still]
        raise refusal(IntakeError, wrong)
    found = replace(found, printed=prove(found))
    taken = take(found, proposal.programme, proposal.sources, day, mapping)
    plan = load_programme(proposal.programme.id)
    return Brought(taken, found, proof_rows(found), left, _indexed(found, plan), next(iter(imports(plan.folder)[::-1]), None))


def _unchanged(book: Returned, beside: Path, programme: Programme) -> dict[str, Source]:
    """The workbooks a mapping was made of, where they were, beside it, or as they were kept; refused if one is other or gone."""
    known, out, wrong = earlier(programme), dict[str, Source](), []
    for name, (sha256, where) in book.files.items():
        tries = (p for p in (Path(where), beside / name) if where and p.is_file())
        found = [Source(name, read_bytes(p, IntakeError), where) for p in tries] + ([known[name]] if name in known else [])
        same = next((s for s in found if s.sha256 == sha256), None)
        if same is None:
            wrong.append(issue(name, "", "past_file_changed" if found else "not_there", "error", "", book.name, "past_map_again"))
        else:
            out[name] = same
    if wrong:
        raise refusal(IntakeError, wrong)
    return out


def _indexed(found: Found, programme: Programme) -> tuple[int, int]:
    """How many printed means of sectors and indices the programme's own index gives too, and how many were printed."""
    rounds = found.rounds.set_index("block")["round"]
    rows = found.printed[found.printed["what"].isin(["sector", "index"]) & found.printed["printed"].notna()]
    rows = rows.assign(round=rows["block"].map(rounds))
    rows = rows[rows["round"].isin(programme.scored)]
    scores, _ = load_scores(programme)
    values = index(scores, {n: programme.instrument(n) for n in programme.scored}, views=False).set_index(["round", "node"])["value"]
    same = 0
    for row in rows.itertuples():
        value = float(values.get((row.round, row.code), float("nan")))
        same += abs(value - row.printed) <= 0.5 * 10.0**-row.digits + _EXACT  # a half may have been rounded either way
    return same, len(rows)


def proposal_lines(p: Proposal, out: Path, w: Words) -> list[str]:
    """What was found, a line a round, and how many answers the mapping wants."""
    asked, known = p.asked, set(there(p.programme))
    scores, lines = p.found.taken(), [found_line(p.found, len(p.sources), w)]
    count = scores[scores["score"].notna()].groupby("block").size()
    rounds = p.found.rounds
    for row in rounds[rounds["use"].astype(bool) | ~rounds["held"].astype(bool)].itertuples():
        state = "not_held" if not row.held else "there" if row.round in known else "new"
        where = f"{clean_text(row.file, 60)}, {clean_text(row.sheet, 31)}"
        n = w.num(int(count.get(row.block, 0)), 0)
        lines.append(f"  {row.round or '?':8} {w('past.state.' + state, n=n)}  ({where})")
    proving = int((~rounds["use"].astype(bool) & rounds["held"].astype(bool)).sum())
    lines += [w("past.proving", n=w.num(proving, 0))] * bool(proving)
    return [*lines, w("past.written", path=out, n=w.count(len(asked))), w("past.next", path=out)]


def brought_lines(b: Brought, w: Words) -> list[str]:
    """What was taken, what was there, and what the printed figures prove."""
    t = b.taken
    lines = [w("past.taken", rounds=w.num(len(t.rounds), 0), scores=w.num(t.scores, 0), not_held=w.num(len(t.not_held), 0))]
    lines += [w("past.same", rounds=", ".join(t.same))] if t.same else []
    lines += [w("past.differs", n=w.num(len(t.differs), 0))] * bool(t.differs)
    lines += [f"  {i['file']}, {i['cell']}: {w.marks(i['found'])} ({w.marks(i['expected'])})" for i in t.differs[:SHOWN]]
    lines += [w("past.left", n=w.num(len(b.left), 0))] * bool(b.left)
    names = Names(b.found, w)
    lines += [f"  {w('past.ask.' + q.field, label=q.where[0])} {names.shown(q.field, q.proposed, q.generation)}" for q in b.left[:SHOWN]]
    return lines + proof_lines(b, w)


def proof_lines(b: Brought, w: Words) -> list[str]:
    """How many printed figures are reproduced, and which are not and why."""
    from scevaluation.past.found import said

    odd = b.proof[~b.proof["agrees"].astype(bool)]
    n = {"n": len(b.proof) - len(odd), "all": len(b.proof), "odd": len(odd)}
    out = [w("past.proof" if len(odd) else "past.proof_all", **{k: w.num(v, 0) for k, v in n.items()})] if len(b.proof) else []
    for row in odd.head(SHOWN).to_dict("records"):
        digits = row["digits"] if row["printed"] == row["printed"] else decimals(row["found"], most=4)
        figures = {k: w.num(row[k], digits) for k in ("printed", "found")}
        where = f"{clean_text(row['file'], 60)}, {row['sheet']}!{row['cell']}"
        out.append("  " + w("past.proof_odd", where=where, why=said(row["why"], w) or w("past.why_unknown"), **figures))
    out += [f"  \u2026 {b.kept / 'printed.csv'}"] if len(odd) > SHOWN and b.kept else []
    if b.indexed[1]:
        out.append(w("past.indexed", n=w.num(b.indexed[0], 0), all=w.num(b.indexed[1], 0)))
    return out
