"""A report's page as the site's copy of it: style, pictures and common tables in files that pages share, names as links, ways to others."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape, unescape
from html.parser import HTMLParser
from urllib.parse import quote

from scevaluation.place import sha256
from scevaluation.press.site.inline import Sheet, Unlike

STYLE, TABLES = "style.css", "tables"
PICTURES, SMALL = "pictures", 6_000  # bytes of a picture below which a file of its own costs more than it saves
POLICY = "default-src 'none'; img-src data: 'self' file:; font-src data:; style-src 'unsafe-inline' 'self' file:{script}; form-action 'none'; base-uri 'none'"  # noqa: E501
IMPLIED = {"td", "th", "tr", "tbody"}  # ends that HTML lets out: a quarter of a table's bytes
_SVG = "data:image/svg+xml;base64,"


@dataclass(frozen=True)
class Look:
    """What the site adds to a page.

    Attributes
    ----------
    up : str
        The way from the page's folder to the site's, such as "../../".
    nav : str
        HTML of the ways to other pages.
    names : mapping of text to address
        Cells of tables that hold nothing but such a text become links.
    about : str
        What a table that pages share is of, such as the round.
    ways : str
        HTML of the ways from such a table, from a folder two below the site's.
    """

    up: str
    nav: str
    names: Mapping[str, str] = field(default_factory=dict)
    about: str = ""
    ways: str = ""


def policy(script: str = "") -> str:
    """The page's policy: nothing from outside, no script but the one whose hash stands there."""
    allowed = f"; script-src 'sha256-{script}'" if script else ""
    return f'<meta http-equiv="Content-Security-Policy" content="{POLICY.format(script=allowed)}">'


def link(up: str) -> str:
    """The link to the site's style."""
    return f'<link rel="stylesheet" href="{up}{STYLE}">'


def copied(html: str, look: Look, style: str) -> tuple[str, dict[str, bytes]]:
    """The site's copy of a page, and the files it shares with others by their name in the site.

    Parameters
    ----------
    html : str
        The page as it was made; what is not named here stays as it is, but for ends of cells that HTML lets out.
    look : Look
    style : str
        The style sheet that the site's pages share; a page that begins with it links to it.
    """
    copy = _Copy(look, style)
    copy.feed(html)
    copy.close()
    return "".join(copy.out), copy.shared


def page(title: str, body: str, lang: str, up: str, nav: str = "", script: str = "") -> str:
    """A page of the site's own."""
    own = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() if script else ""
    run = f"<script>{script}</script>\n" if script else ""
    return (
        f'<!doctype html>\n<html lang="{lang}">\n<head>\n<meta charset="utf-8">\n{policy(own)}\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{escape(title)}</title>\n{link(up)}\n</head>\n'
        f'<body class="site">\n{nav}\n<main>\n<div class="masthead"><p><b>scevaluation</b></p></div>\n<h1>{escape(title)}</h1>\n{body}\n'
        f"</main>\n{run}</body>\n</html>\n"
    )


class _Copy(HTMLParser):
    def __init__(self, look: Look, style: str):
        super().__init__(convert_charrefs=False)
        self.look, self.style = look, style
        self.out: list[str] = []
        self.shared: dict[str, bytes] = {}
        self.lang = ""
        self._common: int | None = None  # where a table that pages share begins in `out`
        self._sheet: list[str] | None = None  # of the style element that is being read
        self._sheets = Sheet()
        self._pair: list[tuple[str, dict]] | None = None  # the tags of the picture that is being read, in its layouts
        self._head = 0  # where the rules of the page's pictures go
        self._cell: int | None = None  # where the text of a cell begins in `out`, while it holds nothing but text

    def handle_decl(self, decl):
        self.out.append(f"<!{decl}>")

    def handle_comment(self, data):
        self.out.append(f"<!--{data}-->")

    def handle_starttag(self, tag, attrs):
        raw, given = self.get_starttag_text() or "", dict(attrs)
        self._cell = None
        if tag == "style":
            self._sheet = []
            return
        if tag == "picture":
            self._pair = [(raw, given)]
            return
        if self._pair is not None:
            self._pair.append((raw, given))
            return
        if tag == "meta" and given.get("http-equiv") == "Content-Security-Policy":
            raw = policy()
        elif tag in ("img", "source"):
            raw = self._pictured(raw, given)
        self.lang = given.get("lang") or self.lang if tag == "html" else self.lang
        if tag == "details" and "common" in (given.get("class") or "").split():
            self._common = len(self.out)
        self.out.append(raw)
        if tag == "body":
            self.out.append(self.look.nav)
        elif tag == "td" or (tag == "th" and given.get("scope") != "col"):
            self._cell = len(self.out)

    handle_startendtag = handle_starttag

    def handle_endtag(self, tag):
        if tag == "style" and self._sheet is not None:
            text, self._sheet = "".join(self._sheet), None
            rest = text.removeprefix(self.style)
            self.out.append((link(self.look.up) if rest != text else "") + (f"<style>{rest}</style>" if rest else ""))
            return
        if tag == "picture" and self._pair is not None:
            pair, self._pair = self._pair, None
            self.out.append(self._drawn(pair))
            return
        if tag == "head":
            self._head = len(self.out)
            self.out.append("")
        if self._cell is not None and tag in ("td", "th"):
            self._linked(self._cell)
        self._cell = None
        if tag not in IMPLIED:
            self.out.append(f"</{tag}>")
        if tag == "details" and self._common is not None:
            self.out[self._common :], self._common = [self._apart("".join(self.out[self._common :]))], None

    def handle_data(self, data):
        if self._pair is None:
            (self.out if self._sheet is None else self._sheet).append(data)

    def handle_entityref(self, name):
        self.handle_data(f"&{name};")

    def handle_charref(self, name):
        self.handle_data(f"&#{name};")

    def close(self):
        """End the page; what its pictures share goes into its head."""
        super().close()
        if css := self._sheets.css():
            self.out[self._head] = f"<style>{css}</style>\n"

    def _drawn(self, pair: list[tuple[str, dict]]) -> str:
        """A picture in both layouts, in the page where it can be shorter so, else as files."""
        try:
            (_, _), (_, phone), (_, wide) = pair
            alt, kept = wide.get("alt") or "", (phone["srcset"], wide["src"])
            both = zip(("phone", "wide"), map(_svg, kept), strict=True)
            return f'<div class="picture">{"".join(self._sheets.inline(svg, css, alt) for css, svg in both)}</div>'
        except (Unlike, KeyError, ValueError):
            (first, _), *rest = pair
            return f"{first}{''.join(self._pictured(raw, given) for raw, given in rest)}</picture>"

    def _apart(self, details: str) -> str:
        """A way to the table, which becomes a page that all pages with the same table share."""
        called, _, table = details.partition(">")[2].partition("</summary>")
        title = f"{unescape(called.removeprefix('<summary>'))}, {self.look.about}"
        data = page(title, table.removesuffix("</details>"), self.lang, "../../", self.look.ways).encode()
        name = f"{TABLES}/{self.lang}/{sha256(data)[:20]}.html"
        self.shared[name] = data
        return f'<p class="rows"><a href="{quote(self.look.up + name)}">{escape(title)}</a></p>'

    def _linked(self, start: int) -> None:
        """The cell's text as a link, if it is a name that has a page."""
        text = "".join(self.out[start:])
        href = self.look.names.get(unescape(text).strip())
        if href:
            self.out[start:] = [f'<a href="{escape(href)}">{text}</a>']

    def _pictured(self, raw: str, given: dict) -> str:
        """The tag with its picture in a file that all pages share, unless it is small."""
        data = given.get("src") or given.get("srcset") or ""
        try:
            picture = _svg(data).encode()
        except ValueError:
            return raw
        if len(picture) < SMALL:
            return raw
        name = f"{PICTURES}/{sha256(picture)[:20]}.svg"
        self.shared[name] = picture
        return raw.replace(data, quote(self.look.up + name))


def _svg(address: str) -> str:
    """The picture that a data address holds; ValueError if it holds none."""
    if not address.startswith(_SVG):
        raise ValueError(address[:20])
    return base64.b64decode(address.removeprefix(_SVG), validate=True).decode()
