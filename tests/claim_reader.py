"""What a page says, read back from its text, and set against the claims it should come from; knows nothing of how it was written."""

from __future__ import annotations

import re
from html import unescape

import pandas as pd

from scevaluation.frames import ROOT
from scevaluation.words import _COUNTS, LANGUAGES

# Words of direction by what they claim, in both languages.
DIRECTION = {
    "improving": r"membaik|meningkat(?!kan)|\bimprov\w+|\brising\b(?! slowly)",
    "declining": r"menurun(?!kan)|\bdeclin\w+|\bfalling\b(?! slowly)",
    "stagnant": r"stagnan\w*|stabil|mendatar|\bstagnant\b|\bstable\b|\blevel(?=\b(?! of| named| now| and| it| its| or| on| was| \d|s))",
}
SLOW = {"slow_rise": r"rising slowly|slow rise|naik (?:pelan|perlahan)", "slow_fall": r"falling slowly|slow fall|turun (?:pelan|perlahan)"}
WORD = re.compile("|".join(f"(?P<{name}>{words})" for name, words in (SLOW | DIRECTION).items()), re.IGNORECASE)
# Those that a page may use without claiming any: a name of what is judged, of a rule, or a denial.
NOT_CLAIMED = re.compile(
    r"(tidak|belum) ada [^.;:]*?(terbukti|yang) [^.;:]*?(membaik|menurun|stagnan)"
    r"|no \w+ is (yet )?shown to [^.;:]*?(improve|decline|be stagnant)|(is|are) shown to (rise|fall|improve|decline)"
    r"|not rising towards|\bnone (improving|declining)|tidak ada yang (membaik|menurun)"
    r"|yang (membaik|stagnan|menurun)\b|what is (improving|standing still)",
    re.IGNORECASE,
)


def text(html: str) -> str:
    """Plain text of HTML, blanks folded."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).replace(" ,", ",").replace(" .", ".").split())


def directions(said: str) -> set[str]:
    """The directions that a text claims."""
    left = NOT_CLAIMED.sub(" ", said)
    return {name for name, words in DIRECTION.items() if re.search(words, left, re.IGNORECASE)}


SURE = ("judged", "likely")
COUNTED = "|".join(word for lang in LANGUAGES for word in _COUNTS[lang][1:])
NUMBERED = re.compile(rf"\b({COUNTED}|both|kedua|\d{{1,2}})\b(?! *(poin|points|%))", re.IGNORECASE)
SAME = re.compile(r"[\s,(]*(now|kini|and|dan|likely|cenderung)?[\s(]*")


def allowed(claims: pd.DataFrame, subject: str) -> set[str]:
    """The directions that claims of a strength of likely or more allow to be said of a subject."""
    mine = claims[claims["strength"].isin(SURE) & (claims["subject"] == subject)]
    turns = set(mine.loc[mine["claim"] == "course", "says"])
    level = {"stagnant"} if turns & {"plateau", "halt", *SLOW} else set()
    return set(mine.loc[mine["claim"].isin(("direction", "now")), "says"]) | level | (turns & set(SLOW))


def masked(said: str, names: dict[str, str]) -> str:
    """The text with every name of a subject, by subject, as its number in braces, so that no word in a name is read as a claim."""
    for n, name in sorted(enumerate(names.values()), key=lambda pair: -len(pair[1])):
        said = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", f"{{{n}}}", said, flags=re.IGNORECASE)
    return said


def misplaced(said: str, names: dict[str, str], claims: pd.DataFrame, about: str = ROOT) -> list[str]:
    """Directions that a text claims of a subject whose own claims do not bear them out.

    A word of direction is of the subjects named since the word before it in its sentence, else of those that a colon brings behind it, of
    as many as are counted, of the same ones as the word before, or of what the text is about.
    """
    nodes, out = list(names), []
    for sentence in re.split(r"(?<=[.;])\s", masked(said, names)):
        left = NOT_CLAIMED.sub(lambda m: "".join(re.findall(r"\{\d+\}", m[0])), sentence)
        words, end, subjects = list(WORD.finditer(left)), 0, [about]
        for n, word in enumerate(words):
            between, says = left[end : word.start()], str(word.lastgroup)
            behind = left[word.end() :] if word is words[-1] and left[word.end() :].lstrip().startswith(":") else ""
            named = re.findall(r"\{(\d+)\}", between) or re.findall(r"\{(\d+)\}", behind)
            if between.endswith("("):  # of the one name before the brackets
                out += [f"{nodes[int(i)]} {says}: {said}" for i in named[-1:] if says not in allowed(claims, nodes[int(i)])]
                continue
            end = word.end()
            if named:
                subjects = [nodes[int(i)] for i in named]
            elif count := [*NUMBERED.finditer(between)]:
                told = _number(next((c for c in count if re.match(r" (of|dari)\b", between[c.end() :])), count[-1])[1])
                have = [s for s in nodes if s.rpartition("/")[0] == about.replace(ROOT, "") and says in allowed(claims, s) and s != ROOT]
                out += [f"{told} {says}, of {len(have)}: {said}"] if told > len(have) else []
                continue
            elif not (n and SAME.fullmatch(between)):
                subjects = [about]
            out += [f"{s} {says}: {said}" for s in subjects if says not in allowed(claims, s)]
    return out


def _number(word: str) -> int:
    spelled = {name: n for names in _COUNTS.values() for n, name in enumerate(names)} | {"both": 2, "kedua": 2}
    return int(word) if word.isdigit() else spelled[word.lower()]


ROW = re.compile(r'<tr[^>]*><th scope="row"[^>]*>(.*?)</th>(.*?)</tr>', re.DOTALL)
LISTED = re.compile(r"<dt>(.*?)</dt><dd>(.*?)</dd>", re.DOTALL)
HEADED = re.compile(r'<section class="chapter[^"]* sector" id="[^"]*"><h2>(.*?)</h2>(.*?)</section>', re.DOTALL)


def judged_of(html: str) -> list[tuple[str, str]]:
    """What stands on a page beside the name of a subject: rows of the scorecard, listed verdicts, heads of sectors; name and text."""
    cards = [t for t in re.findall(r"<table[^>]*>.*?</table>", html, re.DOTALL) if 'class="scorecard"' in t[: t.index(">")]]
    lists = re.findall(r'<dl class="verdicts">.*?</dl>', html, re.DOTALL)
    found = [*(m for t in cards for m in ROW.findall(t)), *(m for t in lists for m in LISTED.findall(t)), *HEADED.findall(html)]
    return [(text(name), text("".join(re.findall(r'<p class="judged">.*?</p>', body)) or body)) for name, body in found]


def number(said: str, lang: str) -> float:
    """A number as it is written."""
    plain = said.replace("\u2212", "-").replace("+", "")
    return float(plain.replace(".", "").replace(",", ".") if lang == "id" else plain.replace(",", ""))


NUM = r"([+\u2212]?\d[\d.,]*\d|[+\u2212]?\d)"
MOVED = {
    "id": {"up": rf"\bnaik {NUM}", "down": rf"\bturun {NUM}"},
    "en": {"up": rf"\b(?:up|rose) {NUM}", "down": rf"\b(?:down|fell) {NUM}"},
}
PLACE = {"id": {"above": "di atas median", "below": "di bawah median"}, "en": {"above": "above the median", "below": "below the median"}}


def moves(said: str, lang: str) -> list[tuple[str, float]]:
    """Rises and falls that a text tells with their size."""
    return [(side, number(n, lang)) for side, how in MOVED[lang].items() for n in re.findall(how, said, re.IGNORECASE)]


def places(said: str, lang: str) -> set[str]:
    return {side for side, words in PLACE[lang].items() if words in said.lower()}


def few_contradictions(headline: str, lede: str, findings: list[str], claims: pd.DataFrame, lang: str) -> list[str]:
    """What a page of fewer than six rounds says that its own claims do not bear out."""
    out = []
    row = claims[(claims["claim"] == "difference") & (claims["subject"] == ROOT)].iloc[0]
    gap = claims[(claims["claim"] == "gap") & (claims["subject"] == ROOT)]
    for said in (headline, lede, *findings):
        if directions(said):
            out.append(f"a direction without a verdict: {said}")
    for side, size in [*moves(headline, lang), *moves(lede, lang)]:
        if (row["value"] > 0) != (side == "up") or abs(abs(row["value"]) - size) > 0.051:
            out.append(f"{side} {size} against {row['value']}: {headline} | {lede}")
    beyond = pd.isna(row["threshold"]) or abs(row["value"]) > row["threshold"]
    if pd.notna(row["value"]) and (bool(moves(headline, lang)) != beyond or (moves(lede, lang) and not beyond)):
        out.append(f"a rise or fall against the noise of {row['threshold']}: {headline} | {lede}")
    if len(gap) and places(headline, lang) - {gap["says"].iloc[0]}:
        out.append(f"the place is {gap['says'].iloc[0]}: {headline}")
    return out
