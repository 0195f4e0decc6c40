"""A page's imprint: logo, draft, author, day of issue, fingerprint of its inputs; above the masthead, in the foot and print's margins."""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from html import escape
from pathlib import Path

from scevaluation.document import Document, document
from scevaluation.press.jobs import NATION, Job
from scevaluation.programme import load_programme
from scevaluation.words import Words

DOT = " \u00b7 "
UNNUMBERED = "@page{@bottom-right{content:none}}"
SHEET, SLIDES = (Path(__file__).with_name("page") / f"imprint{of}.css" for of in ("", "_slides"))


def imprint_of(job: Job) -> Document:
    """What a report says of itself as a document: of a public one author and logo only with their yes in public.csv.

    WorkspaceError if the workspace's file says something of it that cannot be.
    """
    found = document()
    if not job.public or not (found.author or found.logo) or job.programme == NATION:
        return found
    from scevaluation.intake.release import asked  # loads pandas

    told = {a.text for a in asked(load_programme(job.programme)) if a.told}
    author = found.author if found.author in told else ""
    return replace(found, author=author, logo=found.logo if found.mark in told else b"")


def parts(found: Document, words: Words, fingerprint: str) -> dict[str, str]:
    """What the page's template puts in its places: `strip` (HTML), `said` (a line of text), `author` and `css`; {} if nothing is said."""
    if not found.facts:
        return {}
    said = {
        "author": words("imprint.author", name=found.author) if found.author else "",
        "issued": words.day(found.issued) if found.issued else "",
        "fingerprint": words("imprint.fingerprint", hash=fingerprint) if found.fingerprint else "",
    }
    draft = words("imprint.draft") if found.draft else ""
    line = DOT.join(filter(None, said.values()))
    picture = f'<img alt="{escape(words("imprint.logo"))}" src="data:image/png;base64,{base64.b64encode(found.logo).decode()}">'
    strip = (picture if found.logo else "") + "".join(f'<p class="{n}">{escape(t)}</p>' for n, t in (("said", line), ("draft", draft)) if t)
    margins = [f"@top-left{{content:{css_text(line)}}}"] * bool(line) + [f"@top-right{{content:{css_text(draft)}}}"] * bool(draft)
    return {
        "strip": f'<div class="imprint">{strip}</div>' if strip else "",
        "said": DOT.join(filter(None, (draft, line))),
        "author": found.author,
        "css": SHEET.read_text("utf-8") + f"@page{{{''.join(margins)}}}" * bool(margins) + ("" if found.page_numbers else UNNUMBERED),
    }


def numbered(html: str) -> bool:
    """Whether the pages of a report are numbered in print."""
    return UNNUMBERED not in html


def css_text(text: str) -> str:
    """A string of a style sheet: all but plain letters, digits and blanks by their code, so that none can end it."""
    return '"' + re.sub(r"[^A-Za-z0-9 ]", lambda m: f"\\{ord(m[0]):x} ", text) + '"'
