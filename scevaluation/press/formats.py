"""The further forms of a report: PDF, workbook, pictures for slides, a deck; each made from the page or its evaluation."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

from scevaluation.errors import ReportError
from scevaluation.issues import issue, refusal
from scevaluation.words import Words


def further(job, html: str, formats: tuple[str, ...], words: Words) -> dict[str, str | bytes]:
    """Files by name of the formats asked for beside page and notebook; `html` is the page, just made in this process.

    What is printed is printed while workbook and pictures are made. ReportError where a format cannot be made of this report, or
    nothing on the machine makes PDF.
    """
    pages: dict[str, str] = {}
    if "pdf" in formats:
        pages[f"{job.stem}.pdf"] = html
    if "slides" in formats:
        from scevaluation.press.slides import deck

        pages[f"{job.stem}.slides.pdf"] = deck(html, words)
    out: dict[str, str | bytes] = {}
    with ThreadPoolExecutor(max(len(pages), 1)) as printers:
        waited = {name: printers.submit(_printed, page) for name, page in pages.items()}
        if "xlsx" in formats:
            from scevaluation.press.workbook import workbook

            out[f"{job.stem}.xlsx"] = workbook(job, words)
        if "figures" in formats:
            out |= figures(job.stem)
        return {name: future.result() for name, future in waited.items()} | out


def _printed(page: str) -> bytes:
    from scevaluation.press.pdf import pdf

    return pdf(page)


def format_of(job, name: str) -> str:
    """The format that a report's file of this name belongs to; '' of one that is no report's. The notebook comes with the page."""
    stem, rest = name[: len(job.stem) + 1], name[len(job.stem) + 1 :]
    known = {"html": "html", "ipynb": "html", "pdf": "pdf", "slides.pdf": "slides", "xlsx": "xlsx"}
    figure = re.fullmatch(r"figures/[\w-]+\.(?:svg|png)", rest)
    return ("figures" if figure else known.get(rest, "")) if stem == f"{job.stem}." else ""


def charts() -> dict:
    """Every chart with a picture of the report just made in this process, by name."""
    from scevaluation.draw.chart import Chart
    from scevaluation.press.kernels import InProcessEngine

    shown = [c for v in InProcessEngine.shown for c in getattr(v, "charts", (v,))]
    return {v.name: v for v in shown if isinstance(v, Chart) and v.wide}


def drawn(job) -> dict[str, str]:
    """Both layouts of every picture of the report just made in this process, with the texts that a page does not carry."""
    return {f"{job.stem}.drawn/{name}.svg": chart.wide + chart.phone for name, chart in charts().items()}


def figures(stem: str) -> dict[str, str | bytes]:
    """Every picture of the report just made in this process: SVG, and PNG of 300 dots an inch, 180 mm wide."""
    from scevaluation.draw.chart import png

    found = charts()
    if not found:
        raise refusal(ReportError, [issue(stem, "", "no_pictures", "error", "", "", "use_inprocess")])
    out: dict[str, str | bytes] = {}
    for name, chart in found.items():
        out[f"{stem}.figures/{name}.svg"] = chart.wide
        out[f"{stem}.figures/{name}.png"] = png(chart)
    return out
