"""`scevaluation instrument`: an instrument's file checked, or written anew as workbook, text table or YAML."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from typer import Argument, Option

from scevaluation.commands import Lang
from scevaluation.words import CHECK, words


def instrument(
    what: Annotated[str, Argument(help="Instrument, by its name or as a file (.yaml, .xlsx, .ods, .csv).")],
    out: Annotated[Path | None, Option(help="Write it as this file (.xlsx, .csv or .yaml) instead of only checking it.")] = None,
    lang: Lang = "id",
) -> None:
    """Check an instrument, or write it as a workbook to change in a spreadsheet, and back."""
    from scevaluation.intake.instrument_out import convert, source_of, told

    source = source_of(what)
    typer.echo("\n".join(told(source, words(lang, CHECK))))
    if out:
        typer.echo(convert(source, out))
