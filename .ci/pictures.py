"""Make the pictures and the sample page of the book anew: python .ci/pictures.py (needs playwright, Chromium and poppler)."""

from __future__ import annotations

import io
import shutil
import subprocess
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from scevaluation.press.pdf import browser
from scevaluation.press.report import make_report

DOCS = Path(__file__).resolve().parents[1] / "docs"
# name: report, width of the screen, height kept
SCREENS = {
    "mimika-2023-S2": (("mimika", "2023-S2", "round", ""), 1160, 2700),
    "mimika-2023-S2-phone": (("mimika", "2023-S2", "round", ""), 360, 2400),
    "contoh-2024-S2": (("contoh", "2024-S2", "round", ""), 1160, 2160),
}
# name: report, form, pages beside each other, dots an inch
PAPERS = {
    "contoh-sector-a4": (("contoh", "2024-S2", "sector", "environment"), "pdf", (1, 2), 70),
    "contoh-agencies-a4": (("contoh", "2024-S2", "agencies", ""), "pdf", (1, 4), 70),
    "contoh-methods-a4": (("contoh", "2024-S2", "methods", ""), "pdf", (2, 3), 70),
    "contoh-handover-a4": (("contoh", "2024-S2", "handover", ""), "pdf", (1, 2), 70),
    "contoh-compare-a4": (("contoh", "2024-S2", "compare", ""), "pdf", (1, 2), 70),
    "nasional-a4": (("nasional", "2023-S2", "national", ""), "pdf", (1, 3), 70),
    "contoh-slides": (("contoh", "2024-S2", "round", ""), "slides", (1, 3), 44),
}


def save(picture: Image.Image, name: str) -> None:
    """Write a picture with 128 colours, which text and charts need no more than."""
    picture.convert("RGB").quantize(128, dither=Image.Dither.NONE).save(DOCS / "images" / f"{name}.png", optimize=True)


def beside(pages: list[Image.Image]) -> Image.Image:
    """Pages side by side on grey."""
    gap, (width, height) = 8, pages[0].size
    sheet = Image.new("RGB", ((width + gap) * len(pages) - gap, height), "#9AA3AB")
    for n, page in enumerate(pages):
        sheet.paste(page, (n * (width + gap), 0))
    return sheet


def main() -> None:
    """All pictures, and the sample page."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)

        def made(report: tuple, form: str) -> Path:
            programme, round_name, kind, sector = report
            page = make_report(programme, round_name, "id", kind, out, sector=sector, formats=("html", form)).page
            return {"html": page, "pdf": page.with_suffix(".pdf"), "slides": page.with_suffix(".slides.pdf")}[form]

        with sync_playwright() as play:
            chromium = play.chromium.launch(executable_path=browser(), args=["--no-sandbox"])
            for name, (report, width, height) in SCREENS.items():
                tab = chromium.new_page(viewport={"width": width, "height": height})
                tab.goto(made(report, "html").as_uri())
                save(Image.open(io.BytesIO(tab.screenshot())), name)
                tab.close()
        shutil.copy(out / "mimika" / "2023-S2" / "round.id.html", DOCS / "sample" / "mimika-2023-S2.id.html")
        for name, (report, form, pages, dots) in PAPERS.items():
            path = made(report, form)
            shown = []
            for n in pages:
                at = out / f"{name}-{n}"
                subprocess.run(["pdftoppm", "-r", str(dots), "-f", str(n), "-l", str(n), "-singlefile", "-png", path, at], check=True)
                shown.append(Image.open(at.with_suffix(".png")))
            save(beside(shown), name)


if __name__ == "__main__":
    main()
