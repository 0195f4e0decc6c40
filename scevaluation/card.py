"""What an object shows of itself: a line of text, and in a notebook a small card."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

MOST = 2900  # bytes of a card
LONGEST = 300  # of one line, before names are cut


def _text(value: object) -> str:
    return str(value) if isinstance(value, str) or not isinstance(value, Iterable) else ", ".join(map(str, value))


def _cut(text: str, most: int, write=str) -> str:
    """As much of a text as takes at most so many bytes when it is written."""
    out: list[str] = []
    size = 0
    for letter in " ".join(text.split()):
        size += len(write(letter).encode())
        if size > most:
            return "".join(out).rstrip() + "\u2026"
        out.append(write(letter))
    return "".join(out)


def said(kind: str, name: str, **facts: object) -> str:
    """An object in one line: its class, its name, and what else there is to say of it."""
    rows = "; ".join(f"{k} {_cut(_text(v), 80)}" for k, v in facts.items() if v not in ("", ()))
    return f"<{kind} {_cut(name, 80)}: {rows}>"


def card(title: str, **facts: object) -> str:
    """An object as a small table, a line each fact; a list is written with commas. At most `MOST` bytes, everything escaped."""
    left = MOST - 300 - 40 * len(facts)
    rows = []
    for name, value in facts.items():
        text = _cut(_text(value), max(min(left, LONGEST if isinstance(value, str) else left), 0), escape)
        left -= len(text.encode())
        rows.append(f"<tr><th>{escape(name)}</th><td>{text}</td></tr>")
    return f"<div><b>{_cut(title, 200, escape)}</b><table>{''.join(rows)}</table></div>"


def show_figures() -> None:
    """Nothing: from now on a kernel shows a matplotlib figure that a cell ends with, also where pyplot was never imported."""
    if not answering():
        return
    from IPython import get_ipython
    from IPython.core.pylabtools import select_figure_formats
    from matplotlib.figure import Figure

    shell = get_ipython()
    if Figure not in shell.display_formatter.formatters["image/png"]:
        select_figure_formats(shell, {"png"})


def answering() -> bool:
    """Whether this process is a kernel with someone at it, or a notebook run in one: not a batch's own run of cells."""
    import sys

    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    return getattr(shell, "kernel", None) is not None
