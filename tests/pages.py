"""Reports made once for all tests of one process, and pages with their pictures emptied, which print in a moment."""

from __future__ import annotations

import base64
import re
from functools import cache

from scevaluation.publish.jobs import FORMATS, Job, checked
from scevaluation.publish.pdf import browser
from scevaluation.publish.report import report_files

CHROMIUM = browser()
SAMPLES = (("contoh", "2024-S2"), ("mimika", "2023-S2"), ("kab-malang", "2023-S2"))


@cache
def files(programme: str, round_name: str, lang: str = "id", formats: tuple[str, ...] = ("html",)) -> dict[str, str | bytes]:
    """Files of a report by name."""
    return report_files(checked(Job(programme, round_name, lang)), "inprocess", formats)[0]


def page(programme: str, round_name: str, lang: str = "id") -> str:
    """The page of a report; that of Mimika comes from the report made in all forms."""
    return files(programme, round_name, lang, FORMATS if programme == "mimika" and lang == "id" else ("html",))[f"round.{lang}.html"]


@cache
def hollow(html: str) -> str:
    """The page with pictures of the same size that show nothing."""

    def empty(match: re.Match) -> str:
        head = base64.b64decode(match[1]).decode().partition(">")[0]
        return "data:image/svg+xml;base64," + base64.b64encode(f"{head.rstrip('/')}></svg>".encode()).decode()

    return re.sub(r"data:image/svg\+xml;base64,([\w+/=]+)", empty, html)
