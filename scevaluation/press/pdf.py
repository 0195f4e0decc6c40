"""The page as PDF: by WeasyPrint where it is installed, else by a Chromium, Chrome or Edge found on the machine."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from scevaluation.errors import ReportError
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
SECONDS = 120


def pdf(html: str) -> bytes:
    """A tagged PDF of a self-contained page of this package, fonts embedded, the same bytes each time with WeasyPrint.

    ReportError if the page asks for something outside itself, neither WeasyPrint nor a browser is there, or the browser fails.
    """
    if asked := addresses(html):
        raise ReportError(f"The page asks for {asked[0][:80]}, outside itself.", "Put it into the page, or take it out.")
    if (weasy := _weasyprint()) is not None:
        for name in ("weasyprint", "fontTools"):
            logging.getLogger(name).setLevel(logging.ERROR)
        fetcher = weasy.urls.URLFetcher(allowed_protocols=("data",), fail_on_errors=True)
        return weasy.HTML(string=html, url_fetcher=fetcher, media_type="print").write_pdf(pdf_tags=True)
    if (found := browser()) is None:
        raise ReportError(
            "Nothing on this machine makes PDF: neither WeasyPrint nor Chromium, Chrome or Edge was found.",
            "Install the extra (pip install 'scevaluation[pdf]'), or open the HTML page in any browser and print it to PDF on A4.",
        )
    return _by_browser(found, html)


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


def _by_browser(path: str, html: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        page, out = Path(folder) / "page.html", Path(folder) / "page.pdf"
        page.write_text(html, "utf-8")
        command = [path, "--headless", *QUIET, f"--user-data-dir={folder}/profile", "--no-pdf-header-footer", f"--print-to-pdf={out}"]
        try:
            done = subprocess.run([*command, page.as_uri()], capture_output=True, text=True, timeout=SECONDS)
        except subprocess.TimeoutExpired as error:
            raise ReportError(f"{path} took more than {SECONDS} s to print.", "Print the HTML page by hand.") from error
        if not out.exists():
            raise ReportError(f"{path} printed nothing: {done.stderr.strip()[-200:]}.", "Print the HTML page by hand.")
        return out.read_bytes()
