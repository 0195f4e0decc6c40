"""What a form's drop-downs offer, and what a chosen text stands for: levels of an indicator, and statuses."""

from __future__ import annotations

from functools import cache

from scevaluation.frames import STATUSES
from scevaluation.instrument import Instrument, Node
from scevaluation.issues import clean_text
from scevaluation.words import CHECK, words

LANGS = ("id", "en")
CHOICES = ("not_reported", "not_applicable")


def both(key: str, **places) -> str:
    """A short text in both languages."""
    texts = [words(lang, CHECK)(key, **places) for lang in LANGS]
    return texts[0] if texts[0] == texts[1] else " / ".join(texts)


@cache
def status_text(status: str) -> str:
    """A status as the form's drop-down writes it."""
    return both("desk.status." + status)


def status_choices() -> list[str]:
    """Every status as a form may say it: first those that an agency chooses, in both languages, then the codes of the others."""
    return [*map(status_text, CHOICES), *(s for s in STATUSES if s not in CHOICES)]


def level_texts(node: Node, instrument: Instrument, lang: str) -> dict[str, float]:
    """Choices of an indicator's drop-down and the score each stands for: "3 \u00b7 60\u201379%" is 3."""
    scale, count = node.scale or instrument.scale, len(node.levels)
    if count < 2:
        return {}
    values = [scale.low + n * (scale.high - scale.low) / (count - 1) for n in range(count)]
    return {f"{v:g} \u00b7 {level[lang]}": v for v, level in zip(values, node.levels, strict=True)}


def limits_of(path: str, instrument: Instrument) -> str:
    """What a score of an indicator may be, with its unit: "1\u20134", "0\u2013100 %"; only its unit where any number may be."""
    scale, unit = instrument.scale_of(path), instrument.nodes[path].unit
    ends = f"{scale.low:g}\u2013{scale.high:g}" if scale else ""
    said = dict.fromkeys((unit.id, unit.en)) if unit else ()
    return f"{ends} {' / '.join(said)}".strip()


def level_key(text: str) -> str:
    """A level's text for comparison; marks stay, for 3,75 is not level 3 with 75."""
    return "".join(clean_text(text).casefold().replace("\u2013", "-").replace("\u2014", "-").split())


def level_names(node: Node, instrument: Instrument) -> dict[str, float]:
    """Score of every level's text in either language, with its number, or without it where the text has letters."""
    out: dict[str, set[float]] = {}
    for lang in LANGS:
        for text, value in level_texts(node, instrument, lang).items():
            bare = text.partition("\u00b7")[2]
            for form in (text, bare) if any(c.isalpha() for c in bare) else (text,):
                out.setdefault(level_key(form), set()).add(value)
    return {t: v.pop() for t, v in out.items() if len(v) == 1}
