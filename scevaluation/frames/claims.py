"""CLAIMS: what a report says, each with its evidence and the strength it may have; and the words that a strength permits."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from scevaluation.frames.contract import Column, contract, ends
from scevaluation.words import Fact, Sentence, places_of, rounded

if TYPE_CHECKING:
    import pandas as pd

FACT, JUDGED, LIKELY, OPEN, SHORT = STRENGTHS = ("fact", "judged", "likely", "open", "short")
LOW_COVERAGE = 0.8  # of the weight below a node, under which its data are thin; see `thin`
KINDS = (
    "direction", "now", "course", "shift", "recent", "target", "needed", "level", "coverage", "weight",
    "difference", "like_for_like", "usual", "rank", "median", "gap", "statistic", "statement",
)  # fmt: skip
SENTENCES = ("headline", "lede", "finding", "topic", "title")  # kinds that a page writes as they stand, whatever they rest on
# Which words may be said of a claim, as a key of the catalogues: of a strength that is not there none, and the contract refuses it. Words
# of direction need a verdict; two rounds allow a difference, and whether it is more than noise; what is only counted is a fact.
PERMITTED: dict[str, dict[str, str]] = {
    "direction": {
        JUDGED: "direction.{says}", LIKELY: "direction.likely_{says}",
        OPEN: "direction.inconclusive", SHORT: "direction.too_little_data",
    },
    "now": {JUDGED: "lede.now_{says}", LIKELY: "lede.now_{says}", OPEN: "", SHORT: ""},
    "course": {JUDGED: "course.{says}", LIKELY: "course.{says}", OPEN: "", SHORT: ""},
    "shift": {JUDGED: "lede.shift", LIKELY: "lede.shift_likely", OPEN: ""},
    "difference": {
        JUDGED: "headline.few_beyond_{says}", LIKELY: "headline.few_beyond_{says}", OPEN: "headline.few_within",
        FACT: "headline.few_alone_{says}", SHORT: "headline.few_alone_{says}",
    },
    "statistic": {JUDGED: "finding.beside.{says}", OPEN: "finding.beside.alike", FACT: "finding.beside.told"},
    "statement": {JUDGED: "statement.{says}", OPEN: "statement.open"},
    "recent": {FACT: "lede.{says}"}, "target": {FACT: "pace.{says}"}, "needed": {FACT: "family.sector.lede.needed"},
    "level": {FACT: "card.value"}, "coverage": {FACT: "card.coverage"}, "weight": {FACT: "card.weight"},
    "like_for_like": {FACT: "peers.like"}, "usual": {FACT: "found.moved_by"}, "rank": {FACT: "lede.few_first_rank"},
    "median": {FACT: "card.median"}, "gap": {FACT: "card.{says}"},
}  # fmt: skip


def thin(coverage: float) -> bool:
    """Whether a node's data are thin: by the whole per cent that reports write, so that none says 80 % and thin."""
    return rounded(coverage * 100) < LOW_COVERAGE * 100


def _may_be_told(rows: pd.DataFrame) -> list[bool]:
    """Whether there are words for a row's strength: of its kind, or those that a sentence brings along."""
    return [s in (PERMITTED.get(c) or _keys(t)) for c, s, t in zip(rows["claim"], rows["strength"], rows["sentence"], strict=True)]


def _keys(sentence: str) -> dict[str, str]:
    return dict(said.split("=") for said in sentence.split())


CLAIMS = replace(
    contract(
        "CLAIMS",
        "region round claim subject scope",
        claim=Column("str", "kind of claim", within=(*KINDS, *SENTENCES)),
        subject=Column("str", "a node, a statistic, a part of a statement with its evidence; of a sentence its place on the page"),
        scope=Column("str", "since which round or up to which, or against whom: a cohort, all, country; '' none"),
        says=Column("str", "what is claimed, such as improving, up, below; '' nothing but the number"),
        value=Column("float", "the number that is told", nullable=True),
        **ends(of="its interval"),
        chance=Column("float", "probability behind what is claimed", nullable=True, low=0, high=1),
        n=Column("float", "how many, of those in `of`", nullable=True),
        of=Column("float", "of how many", nullable=True),
        threshold=Column(
            "float", "what decides: of a direction the smallest pace that matters, of a difference its noise", nullable=True
        ),
        strength=Column(
            "str", "fact; judged P >= .90 or beyond noise; likely P >= .80; open; short: too little data", within=STRENGTHS
        ),
        evidence=Column("str", "the cells that it was read or taken from: table|key|column; of a title without any the figure"),
        sentence=Column("str", "keys of the catalogues that it is told in, each by the strength that permits it"),
        places=Column("str", "JSON: of a sentence what stands in its places; else in which places of which sentences it is told"),
    ),
    rule=("words for its strength", _may_be_told),
)


def permitted(claim: Mapping) -> str | None:
    """The key of the words that a row of CLAIMS may be told in, by kind and strength; None where it may not be told, or is not there."""
    words = PERMITTED[claim["claim"]].get(claim["strength"]) if claim else None
    return words.format(says=claim["says"]) if words else None


def keys_of(claim: Mapping) -> str:
    """The keys of the words for what is claimed, by each strength that permits some; where nothing is claimed those of the weaker ones."""
    words = {s: k.format(says=claim["says"]) for s, k in PERMITTED[claim["claim"]].items() if claim["says"] or "{says}" not in k}
    return " ".join(f"{strength}={key}" for strength, key in words.items() if key)


def direction_of(claim: Mapping) -> str:
    """The verdict that a claim of direction, or of the pace now, permits: improving, likely_improving, inconclusive, too_little_data ..."""
    said, strength = claim["says"], claim["strength"]
    strength = strength if strength == SHORT or (said and strength in (JUDGED, LIKELY)) else OPEN
    return str(permitted({"claim": "direction", "says": said, "strength": strength})).removeprefix("direction.")


def stated(claim: str, subject: str, said: Sentence, scope: str = "") -> dict:
    """The row of CLAIMS that a sentence of a page is written from, without region and round: see `written`.

    Its evidence are the cells that its numbers stand in, else the figure that it heads; its value is the first of those numbers.
    """
    keys = said.by or {said.strength: said.key}
    said = replace(said, places=_used(said.places, frozenset().union(*map(places_of, keys.values()))))
    facts = list(facts_of(said))
    cells = dict.fromkeys(f"{f.table}|{f.key}|{f.column}" for _, _, f in facts)
    return {
        "claim": claim,
        "subject": subject,
        "scope": scope,
        "value": facts[0][2].value if facts else None,
        "strength": said.strength,
        "evidence": "; ".join(cells) or subject,
        "sentence": " ".join(f"{strength}={key}" for strength, key in keys.items()),
        "places": json.dumps(_plain(said.places), ensure_ascii=False),
    }


def written(row: Mapping) -> Sentence:
    """The sentence of a row that `stated` made, in the words that its strength permits."""
    keys = _keys(row["sentence"])
    return Sentence(keys[row["strength"]], _given(json.loads(row["places"])), row["strength"], keys)


def weakest(strengths: Iterable[str]) -> str:
    """The strength of what rests on claims of these; fact where it rests on none."""
    return max(strengths, key=STRENGTHS.index, default=FACT)


def with_sentences(claims: pd.DataFrame, rows: Iterable[Mapping]) -> pd.DataFrame:
    """CLAIMS with those that pages write as they stand, of `stated`; each is as strong as the weakest claim whose number it tells.

    The other claims say in which places of which sentences their numbers stand.
    """
    import pandas as pd

    known = {CLAIMS.row_key(r): r | {"places": {}} for r in claims.to_dict("records")}
    said = []
    for row in rows:
        told = [(key, place, known[f.key]) for key, place, f in facts_of(written(row)) if f.table == "CLAIMS" and f.key in known]
        for key, place, claim in told:
            claim["places"].setdefault(key, []).append(place)
        (strength, key), *others = _keys(row["sentence"]).items()
        sure = weakest([strength, *(c["strength"] for *_, c in told)]) if told and not others else row["strength"]
        said.append({**row, "strength": sure, "sentence": row["sentence"] if others else f"{sure}={key}"})
    own = [r | {"places": json.dumps(r["places"])} for r in known.values()]
    blank = {c: None if k.nullable else "" for c, k in CLAIMS.columns.items()}
    out = pd.DataFrame([blank | r for r in (*own, *said)], columns=list(CLAIMS.columns))
    return CLAIMS.check(out.astype({c: float for c, k in CLAIMS.columns.items() if k.dtype == "float"}))


def facts_of(said: Sentence) -> Iterator[tuple[str, str, Fact]]:
    """Every number of a sentence and of those in it, with the key and the place that it stands in."""
    for place, part in said.places.items():
        if isinstance(part, Sentence):
            yield from facts_of(part)
        elif isinstance(part, Fact):
            yield said.key, place, part


def _used(places: Mapping, names: frozenset[str]) -> dict:
    """The places that messages have, of the sentences in them too."""
    deep = lambda p: replace(p, places=_used(p.places, places_of(p.key))) if isinstance(p, Sentence) else p  # noqa: E731
    return {name: deep(part) for name, part in places.items() if name in names}


def _plain(places: Mapping) -> dict:
    return {name: _part(part) for name, part in places.items()}


def _part(part) -> dict | str:
    if isinstance(part, Fact):
        return {"fact": asdict(part)}
    return {"key": part.key, "places": _plain(part.places)} if isinstance(part, Sentence) else str(part)


def _given(places: Mapping) -> dict:
    read = lambda p: Fact(**p["fact"]) if "fact" in p else Sentence(p["key"], _given(p["places"]))  # noqa: E731
    return {name: part if isinstance(part, str) else read(part) for name, part in places.items()}
