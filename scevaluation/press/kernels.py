"""A papermill engine that runs cells in this process: no kernel to start, no sockets.

Registered at papermill's entry point `papermill.engine` as "inprocess". For notebooks of this package, which show
their results through `display` or as a cell's last value; anything else can use papermill's own engine.
"""

from __future__ import annotations

import contextlib
import io
import os
import platform
import sys
import warnings
from typing import ClassVar

import nbformat.v4 as v4
from papermill.engines import Engine

# What a Python kernel says of its language; a notebook carries it after a run.
LANGUAGE: dict = {"name": "python", "file_extension": ".py", "mimetype": "text/x-python", "version": platform.python_version()}
LANGUAGE |= {"nbconvert_exporter": "python", "pygments_lexer": "ipython3", "codemirror_mode": {"name": "ipython", "version": 3}}


class _Outputs(list):
    """The outputs of one cell in the order they appear; text written in between keeps its place."""

    def write(self, name: str, text: str) -> None:
        if self and self[-1].output_type == "stream" and self[-1].name == name:
            self[-1].text += text
        elif text:
            self.append(v4.new_output("stream", name=name, text=text))


class _Stream(io.TextIOBase):
    def __init__(self, outputs: _Outputs, name: str):
        self._outputs, self._name = outputs, name

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self._outputs.write(self._name, text)
        return len(text)


def _mime(data: dict) -> dict:
    """A mime bundle as a notebook stores it: pictures as base64 text."""
    import base64

    return {k: base64.b64encode(v).decode("ascii") if isinstance(v, bytes) else v for k, v in data.items()}


def _shell():
    """A fresh interactive shell; the one before is taken away with its names."""
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.core.pylabtools import select_figure_formats
    from matplotlib_inline.config import InlineBackend
    from traitlets.config import Config

    class Shell(InteractiveShell):
        def enable_gui(self, gui=None):
            """There is no window loop here."""

    InteractiveShell.clear_instance()
    # No history: it would open a database and a thread for cells nobody typed.
    shell = Shell.instance(config=Config({"HistoryManager": {"enabled": False}}))
    # Without this a pyplot figure would be lost without a word: the inline backend shows figures after each cell.
    shell.enable_matplotlib("inline")
    inline = InlineBackend.instance()
    # The backend tells only the first shell of a process how to write figures; without this the second would lose them.
    select_figure_formats(shell, inline.figure_formats, **inline.print_figure_kwargs)
    return shell


def _publisher(shell, outputs: _Outputs):
    from IPython.core.displaypub import DisplayPublisher

    class Publisher(DisplayPublisher):
        def publish(self, data, metadata=None, source=None, *, transient=None, update=False, **_):
            outputs.append(v4.new_output("display_data", data=_mime(data), metadata=metadata or {}))

        def clear_output(self, wait=False):
            outputs.clear()

    return Publisher(shell=shell)


def _displayhook(shell, outputs: _Outputs, count: int, source: str):
    def show(value) -> None:
        if value is None or shell.displayhook.semicolon_at_end_of_expression(source):
            return
        InProcessEngine.shown.append(value)
        shell.user_ns["_"] = value
        data, metadata = shell.display_formatter.format(value)
        if data:
            outputs.append(v4.new_output("execute_result", data=_mime(data), metadata=metadata, execution_count=count))

    return show


def run_cell(shell, source: str, count: int) -> tuple[list, BaseException | None]:
    """Run one cell; its outputs and, if it failed, the exception."""
    outputs = _Outputs()
    before, hook = shell.display_pub, sys.displayhook
    shell.display_pub, shell.execution_count = _publisher(shell, outputs), count
    out, err = _Stream(outputs, "stdout"), _Stream(outputs, "stderr")
    shell.showtraceback = shell.showsyntaxerror = lambda *a, **k: None
    try:
        display = _display(shell, _displayhook(shell, outputs, count, source))
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), display:
            result = shell.run_cell(source, store_history=False)
    finally:
        shell.display_pub, sys.displayhook = before, hook
    return list(outputs), result.error_before_exec or result.error_in_exec


@contextlib.contextmanager
def _display(shell, hook):
    """The shell sets sys.displayhook to its own while a cell runs; put ours there instead."""
    trap, shell.display_trap = shell.display_trap, type(shell.display_trap)(hook=hook)
    try:
        yield
    finally:
        shell.display_trap = trap


@contextlib.contextmanager
def _usual_warnings():
    """Warnings as a kernel shows them, also those that were shown or silenced in this process before."""

    def show(message, category, filename, lineno, file=None, line=None):
        sys.stderr.write(warnings.formatwarning(message, category, filename, lineno, line))

    with warnings.catch_warnings():
        warnings.resetwarnings()
        warnings.showwarning = show
        for kind in (DeprecationWarning, PendingDeprecationWarning, ImportWarning, ResourceWarning):
            warnings.simplefilter("ignore", kind)
        warnings.filterwarnings("default", category=DeprecationWarning, module="__main__")
        yield


class InProcessEngine(Engine):
    """Runs a notebook's cells one after another in a shell of this process.

    `shown` holds what the cells of the last run showed, as objects, so that a chart can be written in further formats.
    """

    shown: ClassVar[list] = []

    @classmethod
    def execute_managed_notebook(cls, nb_man, kernel_name, **kwargs):
        """Papermill's hook: run every code cell, keep outputs, stop at the first that fails."""
        from pandas import option_context

        from scevaluation.draw.chart import without_gc
        from scevaluation.draw.sealed import sealed

        cls.shown.clear()
        before = os.getcwd()
        # Pandas takes a process that is no kernel for a terminal, and shows as many columns as it is wide; in a kernel twenty.
        with sealed(), _usual_warnings(), without_gc(), option_context("display.max_columns", 20):
            shell = _shell()
            try:
                cls._run(nb_man, shell)
                nb_man.nb.metadata["language_info"] = dict(LANGUAGE)
            finally:
                os.chdir(before)
                type(shell).clear_instance()

    @staticmethod
    def _run(nb_man, shell) -> None:
        count = 0
        for index, cell in enumerate(nb_man.nb.cells):
            nb_man.cell_start(cell, index)
            if cell.cell_type == "code" and cell.source.strip():
                count += 1
                cell.execution_count = count
                cell.outputs, error = run_cell(shell, cell.source, count)
                if error is not None:
                    said = {"ename": type(error).__name__, "evalue": str(error), "traceback": [str(error)]}
                    cell.outputs.append(v4.new_output("error", **said))
                if error is not None and "raises-exception" not in cell.metadata.get("tags", ()):
                    nb_man.cell_exception(cell, index, exception=error)
                    nb_man.cell_complete(cell, index)
                    break
            nb_man.cell_complete(cell, index)
