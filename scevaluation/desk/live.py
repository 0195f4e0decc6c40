"""Live: a widget over a part. The part is always shown; where a kernel runs for a person, the widget takes its place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from scevaluation.card import answering
from scevaluation.report.part import Part


@dataclass(frozen=True, eq=False)
class Live:
    """What a cell shows: `part`, the result as a batch run, a page and a test see it, and the same with controls, made by `build`.

    `build` is called only in a kernel that can answer. The widget brings the style (controls.css) that hides the part, so that a
    notebook reopened without its kernel shows the part again.
    """

    part: Part
    build: Callable[[], object]

    @property
    def text(self) -> str:
        """The part as plain text."""
        return self.part.text

    def _ipython_display_(self) -> None:
        from IPython.display import display

        display(Part(f'<div class="desk-plain">{self.part.html}</div>', self.part.text))
        if answering():
            display(self.build())
