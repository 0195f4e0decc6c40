"""A page's proof: the gates it must pass before it is given away, run by name; each says what is broken."""

from __future__ import annotations

from pathlib import Path

from scevaluation.errors import ReportError
from scevaluation.issues import issue, refusal, unknown
from scevaluation.press.gates import OF_TEXT, Broken
from scevaluation.words import Sentence

IN_BROWSER = ("requests", "axe", "scroll", "pictures", "a4", "lab")
GATES = (*OF_TEXT, "rebuild", *IN_BROWSER)


def rebuild(page: Path) -> list[Broken]:
    """Made again from today's inputs, page and notebook are the same to the byte; ReportError if no manifest stands beside."""
    from scevaluation.press.jobs import checked, job_of, read_manifest
    from scevaluation.press.report import report_files

    entry = read_manifest(page.with_suffix(".json"))
    if not entry:
        raise refusal(ReportError, [issue(page.name, "", "no_manifest", "error", "", "", "name_in_folder")])
    files, _ = report_files(checked(job_of(entry)), entry.get("engine", "inprocess"), ("html",))
    other = [n for n, d in files.items() if (page.parent / n).read_bytes() != (d.encode() if isinstance(d, str) else d)]
    return [Broken("rebuild", n, Sentence("gate.found.bytes")) for n in other]


def run(names: tuple[str, ...], page: Path) -> dict[str, list[Broken]]:
    """What is broken by gate; an empty list where it holds.

    Parameters
    ----------
    names : tuple of str
        Gates, or "all".
    page : Path
        A report's HTML, in its folder of reports where "rebuild" or "lab" is asked for.

    Raises
    ------
    ReportError
        For an unknown gate, a page that cannot be read, or where a gate lacks what it needs (a browser, JupyterLab).
    """
    asked = GATES if "all" in names else names
    for name in asked:
        if name not in GATES:
            raise unknown(name, (*GATES, "all"), "gate")
    try:
        html = page.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise refusal(ReportError, [issue(page.name, "", "no_page", "error", "", "", "name_page")]) from error
    out = {n: OF_TEXT[n](html) for n in asked if n in OF_TEXT}
    if "rebuild" in asked:
        out["rebuild"] = rebuild(page)
    inside = tuple(n for n in asked if n in IN_BROWSER)
    if inside:
        from scevaluation.press.browser_gates import run as in_browser

        out |= in_browser(inside, page)
    return {n: out[n] for n in asked}
