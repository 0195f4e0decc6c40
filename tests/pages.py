"""Reports made once for all tests of a run, whichever process asks first, and pages with emptied pictures, which print in a moment."""

from __future__ import annotations

import base64
import hashlib
import os
import pickle
import re
from functools import cache
from pathlib import Path

from bs4 import BeautifulSoup

from scevaluation.press.jobs import FORMATS, Job, checked
from scevaluation.press.lock import locked
from scevaluation.press.pdf import browser
from scevaluation.press.report import Made, place, report_files, write_index

CHROMIUM = browser()
SAMPLES = (("contoh", "2024-S2"), ("mimika", "2023-S2"), ("kab-malang", "2023-S2"))


@cache
def _kept(job: Job, formats: tuple[str, ...]) -> tuple[dict[str, str | bytes], dict[str, object]]:
    """Files and manifest of a report, from the folder of this run where another process has made them."""
    name = hashlib.sha256(repr((job, formats)).encode()).hexdigest()[:16]
    path = Path(os.environ["SCEVALUATION_TESTS_KEPT"]) / name / "files"
    with locked(path.parent, wait=True):
        if not path.exists():
            whole = pickle.dumps(report_files(checked(job), "inprocess", formats))
            path.with_suffix(".part").write_bytes(whole)
            path.with_suffix(".part").rename(path)
    return pickle.loads(path.read_bytes())


def files(programme: str, round_name: str, lang: str = "id", formats: tuple[str, ...] = ("html",)) -> dict[str, str | bytes]:
    """Files of a report by name."""
    return _kept(Job(programme, round_name, lang), formats)[0]


def page(programme: str, round_name: str, lang: str = "id") -> str:
    """The page of a report; that of Mimika comes from the report made in all forms."""
    return files(programme, round_name, lang, FORMATS if programme == "mimika" and lang == "id" else ("html",))[f"round.{lang}.html"]


def placed(root: Path, *jobs: Job) -> dict[Job, Made]:
    """Reports in their places in a folder of reports, with its index, as `make_report` puts them there."""
    made = {job: place(job, root, *_kept(job, ("html",)), 0.0) for job in jobs}
    write_index(root)
    return made


@cache
def read(html: str) -> BeautifulSoup:
    """A page as it is read: once for all tests of a process, which change nothing in it."""
    return BeautifulSoup(html, "html.parser")


def unlike(soup: BeautifulSoup) -> list[str]:
    """Numbers in prose, by the cell they name, that this cell does not hold or that name none."""
    rows, out = {}, []
    for table in soup.select("table[data-table]"):
        rows |= {f"{table['data-table']}|{row['data-key']}": row for row in table.find_all("tr", attrs={"data-key": True})}
    for fact in soup.find_all("data", attrs={"data-ref": True}):
        name, _, column = fact["data-ref"].rpartition("|")
        cell = rows[name].find("td", attrs={"data-column": column}) if name in rows else None
        if cell is None or float(cell["data-value"]) != float(fact["value"]):
            out.append(fact["data-ref"])
    return out


@cache
def hollow(html: str) -> str:
    """The page with pictures of the same size that show nothing."""

    def empty(match: re.Match) -> str:
        head = base64.b64decode(match[1]).decode().partition(">")[0]
        return "data:image/svg+xml;base64," + base64.b64encode(f"{head.rstrip('/')}></svg>".encode()).decode()

    return re.sub(r"data:image/svg\+xml;base64,([\w+/=]+)", empty, html)
