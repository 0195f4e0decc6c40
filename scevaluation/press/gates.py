"""Gates on a page's text: nothing from outside, alternative texts, numbers in prose, size, contrast, hues; `proof` runs them by name."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from bs4 import BeautifulSoup

from scevaluation.place import BESIDE, HOUSE, LAYERS, REPORTS, WORKSPACE, running_in
from scevaluation.words import MARKS, Sentence, rounded

MOST, ALT, CONTRAST, APART = 2_000_000, 40, 4.5, 25.0
TEXTS, GROUNDS, VERDICTS = ("ink", "ink2", "muted", "line", "up", "down", "flat"), ("band",), ("up", "down", "flat")
_ASKS = re.compile(
    r"""<(?:script|iframe|object|embed|base|link)\b[^>]*>"""
    r"""|(?<=[\s"'])(?:xlink:href|href|srcset|src|action|poster|data)\s*=\s*["']?\s*(?!data:|#)(?:[a-z][a-z+.-]*:|//)[^"'\s>]*"""
    r"""|url\(\s*["']?(?!data:|#)[^)]*\)|@import[^;]*|http-equiv=["']?refresh[^>]*""",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Broken:
    """What does not hold on a page: the gate, where, and what was found."""

    gate: str
    where: str
    found: Sentence


def addresses(html: str) -> list[str]:
    """Everything by which a page would run a script, or ask for or lead to something outside itself."""
    return [m[0].strip() for m in _ASKS.finditer(html)]


def warned(cell) -> str:
    """The line of a cell's standard error that says what is wrong, '' where nothing was written there: it holds warnings."""
    lines = [line for o in cell.get("outputs", ()) if o.get("name") == "stderr" for line in o["text"].splitlines() if line.strip()]
    return next((line for line in lines if "Warning" in line), lines[0] if lines else "").strip()


def local(cell) -> str:
    """The first place on this machine that a cell names; '' if none.

    In its source that is any absolute path of a home or a folder of temporary files; in its outputs only those of this machine and
    project, since an agency's evidence may well name a folder of its own. A relative path is none.
    """
    own, known = _places(), re.compile(rf"(?:file://|(?<![\w./-])(?:{_HOMES})){_END}")
    found = [known.search(text) for text in _texts(cell.get("source", ""))] + [own.search(text) for text in _texts(cell)]
    return next((m[0] for m in found if m), "")


_END = r"[^\s\"'<>]*"
_HOMES = r"[A-Za-z]:[\\/]+Users\b|/(?:home|Users|root|tmp|var/folders)/\w"


def _places() -> re.Pattern:
    temporary = Path(tempfile.gettempdir())
    temporary = temporary.parent if temporary.name.startswith(BESIDE) else temporary  # a batch has a folder of its own in it
    layers = [layer for room in LAYERS.values() for layer in room]
    own = {str(p) for p in (Path.home(), HOUSE, WORKSPACE or HOUSE, running_in(), *layers, REPORTS, temporary) if len(p.parts) > 1}
    named = "|".join(re.escape(p).replace(r"\\", r"\\+") for p in sorted(own, reverse=True))
    return re.compile(rf"(?<![\w./-])(?:{named})(?![\w-]){_END}")


def _texts(value) -> Iterator[str]:
    """Every text in a cell, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part)


def external(html: str) -> list[Broken]:
    """No address outside the page, no script, and a policy that stops both."""
    out = [Broken("external", a[:80], Sentence("gate.found.address")) for a in addresses(html)]
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', html)
    if not policy or "default-src 'none'" not in policy[1] or "script-src" in policy[1]:
        out.append(Broken("external", "head", Sentence("gate.found.policy")))
    return out


def alternatives(html: str) -> list[Broken]:
    """Every chart says in words what it shows, in at least 40 letters; every other image has its alternative text too."""
    out, soup = [], BeautifulSoup(html, "html.parser")
    for image in soup.find_all("img"):
        figure = image.find_parent("figure")
        where = str(figure.get("id", "figure") if figure else "img")[:60]
        if "alt" not in image.attrs:
            out.append(Broken("alt", where, Sentence("gate.found.no_alt")))
        elif image.parent and image.parent.name == "picture" and len(str(image["alt"]).strip()) < ALT:
            out.append(Broken("alt", where, Sentence("gate.found.short_alt", {"n": str(len(image["alt"])), "least": str(ALT)})))
    return out


def prose(html: str) -> list[Broken]:
    """Every number in prose is the cell it names: the value it carries, and the figures the reader sees."""
    soup = BeautifulSoup(html, "html.parser")
    lang = str(soup.html.get("lang", "id")) if soup.html else "id"
    tables = {t["data-table"]: {r["data-key"]: r for r in t.select("tr[data-key]")} for t in soup.select("table[data-table]")}
    out = []
    for fact in soup.select("data[data-ref]"):
        ref = str(fact["data-ref"])
        table, *key, column = ref.split("|")
        row = tables.get(table, {}).get("|".join(key))
        cell = row.find("td", attrs={"data-column": column}) if row else None
        if found := _unlike(fact, cell, lang):
            out.append(Broken("prose", ref, found))
    return out


def _unlike(fact, cell, lang: str) -> Sentence | None:
    """Why a number in prose is not its cell; None if it is."""
    if cell is None or "data-value" not in cell.attrs:
        return Sentence("gate.found.no_cell")
    value = float(cell["data-value"])
    if float(fact["value"]) != value:
        return Sentence("gate.found.other_value", {"said": fact["value"], "cell": cell["data-value"]})
    for shown in (fact, cell):
        text = shown.get_text().strip()
        if not _written(text, value, lang):
            return Sentence("gate.found.other_figures", {"said": text, "cell": cell["data-value"]})
    return None


def _written(text: str, value: float, lang: str) -> bool:
    """Whether a text as `words` writes numbers is a value rounded; the sign may be left to the verb."""
    decimal, thousand = MARKS.get(lang, MARKS["id"])
    plain = text.removesuffix("%").lstrip("+\u2212<>").replace(thousand, "")
    if not re.fullmatch(rf"\d+(?:{re.escape(decimal)}\d+)?", plain):
        return False
    digits = len(plain.partition(decimal)[2])
    asked = abs(value) * (100 if text.endswith("%") else 1)
    if text[0] in "<>":  # nearly none or all of a share: what stands there is one step away from what it rounds to
        asked = {0.0: 10.0**-digits, 100.0: 100 - 10.0**-digits}.get(rounded(asked, digits), -1.0) if 0 < value < 1 else -1.0
    wrong_sign = (text[0] == "+" and value < 0) or (text[0] == "\u2212" and value > 0)
    return not wrong_sign and abs(float(plain.replace(decimal, ".")) - asked) <= 0.5 * 10**-digits + 1e-9


def size(html: str) -> list[Broken]:
    """Under two megabytes."""
    n = len(html.encode())
    return [Broken("size", "page", Sentence("gate.found.size", {"n": str(n), "most": str(MOST)}))] if n >= MOST else []


def _palette(html: str) -> dict[str, str]:
    """Colours by name, as the page's own style declares them."""
    return dict(re.findall(r"--(\w+):(#[0-9A-Fa-f]{6})", html))


def contrast(html: str) -> list[Broken]:
    """Every colour of text stands out from white and from bands by 4.5 to 1, and so do the numbers in cells of the level map."""
    from scevaluation.draw import style
    from scevaluation.press import colours

    held = _palette(html)
    if lacks := [n for n in (*TEXTS, *GROUNDS) if n not in held]:
        return [Broken("contrast", "style", Sentence("gate.found.no_colour", {"names": ", ".join(lacks)}))]
    pairs: dict[str, tuple] = {f"{t} / {g}": (held[t], {"white": "#FFFFFF", **held}[g]) for t in TEXTS for g in ("white", *GROUNDS)}
    levels = [style.LEVEL_MAP(n / 100) for n in range(101)]
    pairs |= {f"level {n}": (style.ink_on(c), c) for n, c in enumerate(levels)}
    faint = {name: v for name, pair in pairs.items() if (v := colours.contrast(*pair)) < CONTRAST}
    least = str(CONTRAST)
    return [Broken("contrast", n, Sentence("gate.found.contrast", {"n": f"{v:.2f}", "least": least})) for n, v in faint.items()]


def hues(html: str) -> list[Broken]:
    """The hues of verdicts stay apart for every kind of colour-blindness, by 25 in CIELAB."""
    from scevaluation.press import colours

    held = _palette(html)
    if lacks := [n for n in VERDICTS if n not in held]:
        return [Broken("hues", "style", Sentence("gate.found.no_colour", {"names": ", ".join(lacks)}))]
    pairs = [(a, b, sight) for a, b in combinations(VERDICTS, 2) for sight in ("", *colours.MACHADO)]
    measured = {f"{a} / {b} {sight}".strip(): colours.distance(held[a], held[b], sight) for a, b, sight in pairs}
    near = {name: {"n": f"{d:.1f}", "least": f"{APART:g}"} for name, d in measured.items() if d < APART}
    return [Broken("hues", name, Sentence("gate.found.near", places)) for name, places in near.items()]


def levels(html: str) -> list[Broken]:
    """The level map only darkens, so that it survives a grey printer."""
    from scevaluation.draw import style
    from scevaluation.press import colours

    steps = [colours.luminance(style.LEVEL_MAP(n / 100)) for n in range(101)]
    wrong = [n for n in range(100) if steps[n + 1] >= steps[n]]
    return [Broken("levels", f"{n} %", Sentence("gate.found.lighter")) for n in wrong]


OF_TEXT = {"external": external, "alt": alternatives, "prose": prose, "size": size, "contrast": contrast, "hues": hues, "levels": levels}
