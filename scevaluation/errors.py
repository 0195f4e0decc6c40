"""Every error the package raises: one sentence of fact, one of remedy."""

from __future__ import annotations

from pathlib import Path


class EvaluationError(Exception):
    """Base of all errors of this package.

    Parameters
    ----------
    fact : str
        What was found, in the consultant's terms, with file and cell where there is one.
    remedy : str
        What to do about it.
    issues : tuple of dict
        Rows of ISSUES that it stands for, if it does: what is wrong, file by file and cell by cell, in no language.

    Attributes
    ----------
    said : str
        Its sentences in the language of who asked, where that is known: what a notebook shows in place of the English ones.
    """

    said = ""

    def __init__(self, fact: str, remedy: str, issues: tuple[dict, ...] = ()):
        self.fact = fact
        self.remedy = remedy
        self.issues = issues
        super().__init__(f"{fact} {remedy}")

    def __str__(self) -> str:
        return f"{self.fact} {self.remedy}"

    def _render_traceback_(self) -> list[str]:
        """Lines that IPython shows of it: where the reader's own code asked, and the sentences; not what lies within the package."""
        from traceback import extract_tb, format_list

        own = str(Path(__file__).parent)
        asked = [f for f in extract_tb(self.__traceback__) if not f.filename.startswith(own) and "IPython" not in f.filename]
        return [*"".join(format_list(asked)).splitlines(), f"{type(self).__name__}: {self.said or self}"]

    def __reduce__(self):
        return type(self), (self.fact, self.remedy, self.issues)


class ProgrammeError(EvaluationError):
    """A programme's files are absent or contradict each other."""


class InstrumentError(EvaluationError):
    """An instrument is absent, contradicts itself, or has no known weights."""


class UnknownWeights(InstrumentError):
    """An index was asked of an instrument whose weights are not known."""


class RoundError(EvaluationError, KeyError):
    """A round's name is wrong, or the programme has no such round."""


class IntakeError(EvaluationError):
    """A received file cannot be read at all."""


class ScoresRefused(EvaluationError):
    """A round's scores have errors."""


class ContractError(EvaluationError):
    """A table lacks a column, repeats a key, or holds a value its contract forbids."""


class ReportError(EvaluationError):
    """A report could not be made; nothing of it is left behind."""


class UnknownName(ReportError, KeyError, AttributeError):
    """There is no node, chapter, sector, language, table or form of that name; the remedy lists those that are near it."""


class WorkspaceError(EvaluationError):
    """There is no workspace, its file cannot be read, or one cannot be made there."""


class ScenarioError(EvaluationError):
    """A scenario's file cannot be read, or asks for something its programme has not."""
