"""The further forms of a report: PDF, workbook, pictures for slides, a deck; each made from the page or its evaluation."""

from __future__ import annotations

from scevaluation.errors import ReportError
from scevaluation.issues import issue, refusal
from scevaluation.words import Words


def further(job, html: str, formats: tuple[str, ...], words: Words) -> dict[str, str | bytes]:
    """Files by name of the formats asked for beside page and notebook; `html` is the page, just made in this process.

    ReportError where a format cannot be made of this report, or nothing on the machine makes PDF.
    """
    out: dict[str, str | bytes] = {}
    if "pdf" in formats:
        from scevaluation.press.pdf import pdf

        out[f"{job.stem}.pdf"] = pdf(html)
    if "slides" in formats:
        from scevaluation.press.pdf import pdf
        from scevaluation.press.slides import deck

        out[f"{job.stem}.slides.pdf"] = pdf(deck(html, words))
    if "xlsx" in formats:
        from scevaluation.press.workbook import workbook

        out[f"{job.stem}.xlsx"] = workbook(job, words)
    if "figures" in formats:
        out |= figures(job.stem)
    return out


def charts() -> dict:
    """Every chart with a picture of the report just made in this process, by name."""
    from scevaluation.draw.chart import Chart
    from scevaluation.press.kernels import InProcessEngine

    shown = [c for v in InProcessEngine.shown for c in getattr(v, "charts", (v,))]
    return {v.name: v for v in shown if isinstance(v, Chart) and v.wide}


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
