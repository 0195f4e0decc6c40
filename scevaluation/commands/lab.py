"""`scevaluation lab`: JupyterLab opened on the start notebook."""

from __future__ import annotations

from typing import Annotated

import typer
from typer import Argument

from scevaluation.commands import Lang


def lab(
    more: Annotated[list[str] | None, Argument(help="Options of JupyterLab, behind --, such as -- --no-browser.")] = None,
    lang: Lang = "id",
) -> None:
    """Open JupyterLab on the start notebook, from which everything else is a click."""
    from scevaluation.desk.start import opened

    raise typer.Exit(opened(more or (), lang))
