"""scevaluation import: an office's old workbooks become a mapping to correct, the answered mapping becomes rounds of the programme."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from typer import Argument, Option

from scevaluation.commands import Lang
from scevaluation.errors import IntakeError
from scevaluation.issues import issue, refusal
from scevaluation.words import words

MAPPING = Path("mapping.xlsx")


def bring_in(
    files: Annotated[list[Path] | None, Argument(help="Old workbooks, as the office keeps them.")] = None,
    programme: Annotated[str, Option(help="Whose past it is; default: the only programme of the workspace.")] = "",
    out: Annotated[Path, Option(help="Mapping to write: what was found, and what must be answered.")] = MAPPING,
    mapping: Annotated[Path | None, Option(help="Instead: take what this answered mapping says, all rounds or none.")] = None,
    accept: Annotated[bool, Option("--accept", help="With --mapping: take what is proposed where nothing was answered.")] = False,
    received: Annotated[str, Option(help="Day on which it is taken, such as 2025-06-30; default: today.")] = "",
    lang: Lang = "id",
) -> None:
    """Bring old workbooks in: first a mapping to look over and answer, then all their rounds or none."""
    if bool(files) == bool(mapping):
        raise refusal(IntakeError, [issue("", "", "past_nothing", "error", "", "", "past_name_files")])
    from scevaluation.intake.blank import there_already
    from scevaluation.intake.cells import day_or_today
    from scevaluation.intake.journal import put
    from scevaluation.past import office

    w = words(lang)
    if mapping:
        with _bar() as tell:
            brought = office.bring(mapping, day_or_today(received).isoformat(), accept, programme, tell)
        typer.echo("\n".join(office.brought_lines(brought, w)))
        return
    if out.exists():
        raise there_already(str(out))
    with _bar() as tell:
        proposal = office.propose(files or (), office.whose(programme), tell)
    put(out, proposal.mapping(lang))
    typer.echo("\n".join(office.proposal_lines(proposal, out, w)))


@contextmanager
def _bar() -> Iterator[Callable[[str, int, int], None]]:
    """A bar on the screen while files are read; gives what it is told the name and number of each with."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}", markup=False))
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=None)
        yield lambda name, n, of: progress.update(task, completed=n, total=of, description=name)
