"""What a page says, read back from its text, and set against the claims it should come from; knows nothing of how it was written."""

from __future__ import annotations

import re
from html import unescape

import pandas as pd

from scevaluation.frames import ROOT

# Words of direction by what they claim, in both languages.
DIRECTION = {
    "improving": r"membaik|meningkat(?!kan)|\bimprov\w+|\brising\b",
    "declining": r"menurun(?!kan)|\bdeclin\w+|\bfalling\b",
    "stagnant": r"stagnan\w*|stabil|mendatar|\bstagnant\b|\bstable\b|\blevel(?=\b(?! of| named| now| and| it| its| or| on| was| \d|s))",
}
# Those that a page may use without claiming any: a name of what is judged, of a rule, or a denial.
NOT_CLAIMED = re.compile(
    r"(tidak|belum) ada [^.;:]*?(terbukti|yang) [^.;:]*?(membaik|menurun|stagnan)"
    r"|no \w+ is (yet )?shown to [^.;:]*?(improve|decline|be stagnant)|(is|are) shown to (rise|fall|improve|decline)"
    r"|\bnone (improving|declining)|tidak ada yang (membaik|menurun)"
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


def allowed(claims: pd.DataFrame, subjects=None) -> set[str]:
    """The directions that claims of a strength of likely or more allow, of those subjects or of all."""
    sure = claims[claims["strength"].isin(("judged", "likely")) & claims["claim"].isin(("direction", "now"))]
    found = set(sure["says"] if subjects is None else sure.loc[sure["subject"].isin(subjects), "says"])
    turns = claims.loc[(claims["claim"] == "course") & claims["strength"].isin(("judged", "likely")), "says"]
    return found | {"stagnant" for t in turns if t in ("plateau", "halt", "slow_rise", "slow_fall")}


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
