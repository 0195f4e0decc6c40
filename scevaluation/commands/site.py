"""`scevaluation site`: a folder of linked pages that opens from a stick, made of the reports of programmes and letters."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from typer import Argument, Option

from scevaluation.commands import Langs
from scevaluation.kinds import KINDS

USUAL = [kind for kind in ("round", "sector", "agencies", "handover", "compare") if kind in KINDS]


def site(
    programmes: Annotated[list[str] | None, Argument(help="Programmes; default: all of the workspace.")] = None,
    letters: Annotated[str, Option(help="Rounds of the ministry's letters, comma-separated; all, or none.")] = "all",
    kinds: Annotated[str, Option(help="Kinds of report, comma-separated; all but round of the newest round alone.")] = ",".join(USUAL),
    lang: Langs = "id",
    profile: Annotated[str, Option(help="internal, or public: without what names or quotes a person.")] = "internal",
    workers: Annotated[int, Option(min=0, help="Reports made at a time; 0: one a core.")] = 0,
    reports: Annotated[Path | None, Option(help="Folder of all reports; default reports/.")] = None,
    out: Annotated[Path | None, Option(help="Folder of the site; default site in that of the reports.")] = None,
) -> None:
    """Make a folder of linked pages, start page to cell, of all reports: what is new or changed."""
    from scevaluation.press.progress import bar, failures
    from scevaluation.press.site.whole import in_words, whole
    from scevaluation.words import words

    def listed(text: str) -> tuple[str, ...]:
        return tuple(part.strip() for part in text.split(",") if part.strip())

    w = words(listed(lang)[0])
    with bar(w) as (say, told):
        made, summary = whole(programmes or (), listed(letters), listed(kinds), listed(lang), profile, workers, reports, out, say, **told)
    failures(summary.failed, w)
    typer.echo(in_words(made, summary, w))
    typer.echo(made.folder / "index.html")
    if summary.failed:
        raise typer.Exit(1)
