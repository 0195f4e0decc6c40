"""The page as PDF: by a Chromium, Chrome or Edge found on the machine, else by WeasyPrint where it is installed."""

from __future__ import annotations

import logging
import os
import re
import shutil
import subprocess
import tempfile
import threading
from pathlib import Path

from scevaluation.errors import ReportError
from scevaluation.issues import issue, refusal
from scevaluation.press.gates import addresses

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge", "microsoft-edge")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
    r"C:\Program Files\Microsoft\Edge\Application\msedge.exe",
)
QUIET = (
    *("--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *(("--no-sandbox",) if getattr(os, "geteuid", lambda: 1)() == 0 else ()),  # as root a browser has no sandbox
)
# No name is looked up, so that nothing outside is reached; headings become bookmarks.
ALONE = ("--host-resolver-rules=MAP * ~NOTFOUND", "--no-first-run", "--no-pdf-header-footer", "--generate-pdf-document-outline")
SECONDS = 120
UNPRINTED = {"code", "tools", "basis", "contents"}  # classes of what page.css does not print
_DAY = re.compile(rb"(/(?:Creation|Mod)Date \(D:)\d{14}[+-]\d\d'\d\d'(\))")
_MAKER = re.compile(rb"(/Creator \()((?:[^()\\]|\\.)*)(\))")
_CELL = re.compile(rb"\(node(\d{8})\)")
_ONE = threading.Lock()  # WeasyPrint does not promise to print two pages at a time


def pdf(html: str) -> bytes:
    """A tagged PDF of a self-contained page of this package, fonts embedded, the same bytes each time by one printer.

    A browser prints, several times faster; where there is none or it fails, WeasyPrint. ReportError if the page asks for something
    outside itself, or neither is there, or the browser fails and WeasyPrint is not there.
    """
    if asked := addresses(html):
        raise _refused("page_asks", asked[0], remedy="take_out_address")
    if (found := browser()) is not None:
        try:
            return _by_browser(found, html)
        except ReportError:  # such as one that is shut into folders of its own
            if _weasyprint() is None:
                raise
    if (weasy := _weasyprint()) is None:
        raise _refused("pdf_none", "Chromium, Chrome, Edge, WeasyPrint", remedy="install_printer")
    with _ONE:
        return _by_weasyprint(weasy, html)


def _refused(problem: str, found: str, expected="", remedy: str = "print_by_hand") -> ReportError:
    return refusal(ReportError, [issue("", "", problem, "error", found, expected, remedy)])


def browser() -> str | None:
    """Path of a Chromium, Chrome or Edge; None if there is none."""
    named = next((p for p in map(shutil.which, BROWSERS) if p), None)
    return named or next((p for p in PLACES if Path(p).is_file()), None)


def _weasyprint():
    """The module, or None where it or the libraries it draws with (Pango) are not installed."""
    try:
        import weasyprint
    except (ImportError, OSError):
        return None
    return weasyprint


def _by_weasyprint(weasy, html: str) -> bytes:
    for name in ("weasyprint", "fontTools"):
        logging.getLogger(name).setLevel(logging.ERROR)
    fetcher = weasy.urls.URLFetcher(allowed_protocols=("data",), fail_on_errors=True)
    page = weasy.HTML(string=html, url_fetcher=fetcher, media_type="print")
    _prune(page.etree_element)
    return page.write_pdf(pdf_tags=True)


def _prune(element, folded: bool = True) -> None:
    """Take out of a page what its style never prints, before the style is asked about every element of it."""
    for child in list(element):
        names = set((child.get("class") or "").split())
        folds = folded and "items" not in names
        if child.tag == "source" or names & UNPRINTED or (child.tag == "details" and folds and child.get("open") is None):
            element.remove(child)
        elif child.tag != "table":
            _prune(child, folds)


def _by_browser(path: str, html: str) -> bytes:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:  # a browser may still be writing its profile
        page, out = Path(folder) / "page.html", Path(folder) / "page.pdf"
        page.write_text(html, "utf-8")
        command = [path, "--headless", *QUIET, *ALONE, f"--user-data-dir={folder}/profile", f"--print-to-pdf={out}"]
        try:
            done = subprocess.run([*command, page.as_uri()], capture_output=True, text=True, timeout=SECONDS)
        except subprocess.TimeoutExpired as error:
            raise _refused("pdf_late", path, SECONDS) from error
        except OSError as error:
            raise _refused("pdf_not_run", path, error.strerror) from error
        if not out.exists():
            raise _refused("pdf_nothing", path, done.stderr.strip()[-200:])
        return steady(out.read_bytes())


def steady(data: bytes) -> bytes:
    """A browser's PDF without what differs from one run to the next: time and machine, and where its numbers of cells begin.

    All is replaced by as many signs, so that every place in the file stays where it is.
    """
    head = data.find(b"endobj")  # its properties are its first object
    said = _DAY.sub(lambda m: m[1] + b"19800101000000+00'00'" + m[2], data[:head])
    said = _MAKER.sub(lambda m: m[1] + b"scevaluation".ljust(len(m[2]))[: len(m[2])] + m[3], said)
    order = {n: b"%08d" % k for k, n in enumerate(sorted(set(_CELL.findall(data))))}
    return said + _CELL.sub(lambda m: b"(node" + order[m[1]] + b")", data[head:])
