"""What the command line says of itself, and how it writes: a letter that the console lacks as something that reads the same."""

from __future__ import annotations

import codecs
import io
import sys

import typer

from scevaluation import __version__

NAME = "scevaluation-plain"
_PLAIN = {
    "\u2212": "-", "\u2013": "-", "\u2014": "-", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2026": "...", "\u00a0": " ",
    "\u202f": " ", "\u00b7": "|", "\u00d7": "x", "\u00b1": "+/-", "\u2191": "^", "\u2193": "v", "\u2192": "->",
    "\u2264": "<=", "\u2265": ">=", "\u2501": "-",
}  # fmt: skip


def _plain(error: UnicodeError) -> tuple[str, int]:
    """What stands for letters that an encoding lacks: a minus stays one, what nothing resembles is a question mark."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(_PLAIN.get(letter, "?") for letter in error.object[error.start : error.end]), error.end


def any_console() -> None:
    """Let standard output and errors write any text: a pipe of code page 1252, say, has no true minus and would end the command."""
    codecs.register_error(NAME, _plain)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a notebook's or a test's writes everything, and none may be there at all
            stream.reconfigure(errors=NAME)


def say_version(asked: bool) -> None:
    """Say the version and stop, if it is asked for."""
    if asked:
        typer.echo(f"scevaluation {__version__}")
        raise typer.Exit
