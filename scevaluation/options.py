"""Options that several commands have alike."""

from __future__ import annotations

from typing import Annotated

from typer import Option

said_in = ["id"]  # the language asked for, in which errors are said


def _remember(lang: str) -> str:
    from scevaluation.workspace import settings

    said_in[0] = lang.partition(",")[0].strip()
    settings()  # one that cannot be read is said in the language asked for
    return lang


Lang = Annotated[str, Option(help="Language of the report: id or en.", callback=_remember, is_eager=True)]
Langs = Annotated[str, Option(help="Languages, comma-separated.", callback=_remember, is_eager=True)]
