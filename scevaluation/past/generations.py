"""Questionnaires: rounds that ask the same on the same scale, the codes of what they ask, and what continues what of the one before."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from rapidfuzz import fuzz

from scevaluation.frames import ROOT
from scevaluation.intake.matching import normal
from scevaluation.past.blocks import Block, Labels
from scevaluation.past.found import because
from scevaluation.past.scale import Ends, ends, said_of, values_of
from scevaluation.past.terms import Scale
from scevaluation.period import Period

Link = tuple[str, bool, str, tuple[str, ...]]  # code before, whether it is sure, why, others that are likely
SPELT = 90.0  # similarity from which two names in one place are one, written otherwise
ALIKE = 0.8  # part of the questions that two rounds of one questionnaire have in common
LIKELY = 0.35  # likeness from which a name may continue another
_DIGITS = re.compile(r"\d+")


@dataclass
class Generation:
    """A questionnaire: its labels in their order, the rounds that use it, and the code of each label."""

    id: str
    blocks: list[Block] = field(default_factory=list)
    paths: dict[Labels, None] = field(default_factory=dict)
    codes: dict[Labels, str] = field(default_factory=dict)
    ends: Ends | None = None
    level: str = "indicator"


def generations(blocks: Sequence[Block], everywhere: Sequence[Scale]) -> list[Generation]:
    """The questionnaires in order of time; every block's labels are those of its questionnaire then, and other spellings are kept."""
    out: list[Generation] = []
    for level in ("indicator", "sector", "index"):
        taken = [b for b in blocks if b.held and b.use and b.scores and b.level == level]
        for name in sorted({b.round for b in taken if b.round}, key=Period):
            _round([b for b in taken if b.round == name], out, level, everywhere)
        for block in (b for b in taken if not b.round):
            _round([block], out, level, everywhere)
    out = [g for g in out if g.blocks]
    out.sort(key=lambda g: min(_time(b) for b in g.blocks))
    for n, g in enumerate(out, 1):
        g.id = f"i{n}"
        g.ends = ends(g.blocks, everywhere)
    _others(blocks, out)
    for g in out:
        _code(g)
    return out


def _time(block: Block) -> Period:
    return Period(block.round or "2099")


def _size(blocks: Sequence[Block], everywhere: Sequence[Scale]) -> tuple:
    """What a round's scale is told by: what is said, and whether its scores pass ten."""
    said = {(s.low, s.high) for b in blocks if (s := said_of(b, int(b.round[:4] or 0), everywhere))}
    return next(iter(said), None) if len(said) < 2 else None, max(values_of(blocks), default=0) > 10


def _fits(one: tuple, other: tuple) -> bool:
    return one[0] == other[0] if one[0] and other[0] else one[1] == other[1]


def _round(mine: list[Block], out: list[Generation], level: str, everywhere: Sequence[Scale]) -> None:
    paths = list(dict.fromkeys(p for b in mine for p in b.order))
    size = _size(mine, everywhere)
    for g in reversed([g for g in out if g.level == "indicator" or level != "indicator"]):
        known = list(g.paths)
        if level != "indicator" and g.level == "indicator":
            known = list(dict.fromkeys(p[:n] for p in known for n in range(1, len(p))))
        labels, gone, new = spelt(paths, known)
        if _fits(_size(g.blocks, everywhere), size) and _alike(labels, gone, new, level != "indicator" and g.level == "indicator"):
            _join(mine, labels, g, keep=level == g.level)
            return
    g = Generation("", level=level)
    out.append(g)
    labels, _, _ = spelt(paths, [])
    _join(mine, labels, g, keep=True)


def _alike(labels: dict[Labels, Labels], gone: list[Labels], new: list[Labels], part: bool) -> bool:
    """Whether a round asks what a questionnaire asks: nearly all of it in the sectors that it has, and nothing in place of another."""
    common = len(labels) - len(new)
    if part:
        return common > 0 and not new
    sectors = {p[:-1] for p in labels.values()}
    missing = [p for p in gone if p[:-1] in sectors]
    replaced = {p[:-1] for p in missing} & {labels[p][:-1] for p in new}
    return not replaced and common > 0 and common >= ALIKE * (common + len(missing) + len(new))


def spelt(paths: Iterable[Labels], known: Sequence[Labels]) -> tuple[dict[Labels, Labels], list[Labels], list[Labels]]:
    """Each path's own one among those known, itself where it is new; the known ones that are not there; the new ones.

    The same but for case, marks and blanks, or, one to one in the same sector, all but the same.
    """
    by_path = {tuple(map(normal, p)): p for p in reversed(known)}
    count = Counter(normal(p[-1]) for p in known)
    by_name = {normal(p[-1]): p for p in known if count[normal(p[-1])] == 1}
    out: dict[Labels, Labels] = {}
    rest = []
    mine = Counter(normal(p[-1]) for p in paths)
    for p in paths:
        found = by_path.get(tuple(map(normal, p)))
        if found is None and mine[normal(p[-1])] == 1 and len(by_name.get(normal(p[-1]), p)) == len(p):
            found = by_name.get(normal(p[-1]))
        if found is not None and found not in out.values():
            out[p] = found
        else:
            rest.append(p)
    left = [k for k in known if k not in out.values()]
    pairs = sorted(((_near(p, k), p, k) for p in rest for k in left if _place(p, k, out)), reverse=True)
    for score, p, k in pairs:
        if score >= SPELT and p not in out and k not in out.values():
            out[p] = k
    new = [p for p in rest if p not in out]
    return out | {p: _home(p, out) for p in new}, [k for k in left if k not in out.values()], new


def _home(path: Labels, labels: dict[Labels, Labels]) -> Labels:
    """A new label below its sector as others of the sector have it."""
    above = next((k[:-1] for p, k in labels.items() if p[:-1] == path[:-1]), path[:-1])
    return (*above, path[-1])


def _place(path: Labels, known: Labels, labels: dict[Labels, Labels]) -> bool:
    """Whether two labels stand in the same sector, as far as it is told."""
    if len(path) != len(known):
        return False
    same = tuple(map(normal, path[:-1])) == tuple(map(normal, known[:-1]))
    return same or any(p[:-1] == path[:-1] and k[:-1] == known[:-1] for p, k in labels.items())


def _near(one: Labels, other: Labels) -> float:
    a, b = normal(one[-1]), normal(other[-1])
    return fuzz.ratio(a, b) if _DIGITS.findall(a) == _DIGITS.findall(b) else 0.0


def _join(blocks: list[Block], labels: dict[Labels, Labels], g: Generation, keep: bool) -> None:
    for block in blocks:
        block.generation = g.id
        block.spelt = {p: labels.get(p, p) for p in block.order}
        if block not in g.blocks:
            g.blocks.append(block)
    if keep:
        g.paths |= dict.fromkeys(labels.values())


def _others(blocks: Sequence[Block], out: list[Generation]) -> None:
    """The questionnaire of figures that only prove others: that of their round, or else the nearest."""
    of = {b.round: g for g in out for b in g.blocks if b.round}
    for g in out:
        for block in g.blocks:
            block.generation = g.id
    for block in blocks:
        found = of.get(block.round)
        if found is None or block in found.blocks:
            continue
        g = found
        known = list(dict.fromkeys([*g.paths, *(p[:n] for p in g.paths for n in range(1, len(p)))]))
        names = {normal(k[-1]): k for k in reversed(known)}
        block.spelt = spelt(block.order, [k for k in known if len(k) in {len(p) for p in block.order}])[0]
        block.spelt |= {p: names[normal(p[-1])] for p in block.order if normal(p[-1]) in names and block.spelt.get(p) not in known}
        block.generation = g.id


def slug(label: str) -> str:
    """A label as a part of a code.

    >>> slug("Kepemilikan KTP-el (%)")
    'kepemilikan-ktp-el'
    """
    plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:48].strip("-") or "x"


def _code(g: Generation) -> None:
    """Codes of all labels and of what is above them."""
    for path in g.paths:
        for n in range(1, len(path) + 1):
            part = path[:n]
            if part in g.codes:
                continue
            head = f"{g.codes[part[:-1]]}/" if n > 1 else ""
            name = slug(part[-1])
            name = name if head or name != ROOT else f"{name}-1"
            tries = [name, *(f"{name}-{k}" for k in range(2, len(g.paths) + 3))]
            g.codes[part] = head + next(t for t in tries if head + t not in g.codes.values())


def code_of(g: Generation, block: Block, path: Labels) -> str:
    """The code of a row's labels; '' there is none."""
    if not path:
        return ROOT
    own = block.spelt.get(path, path)
    if own in g.codes:
        return g.codes[own]
    above = {p[: len(path)]: k[: len(path)] for p, k in block.spelt.items() if len(p) > len(path) and len(k) > len(path)}
    own = above.get(path, path)
    names = {tuple(map(normal, k)): c for k, c in g.codes.items()}
    last = {normal(k[-1]): c for k, c in reversed(g.codes.items())}
    return g.codes.get(own) or names.get(tuple(map(normal, own))) or last.get(normal(path[-1]), "")


def indicators(out: Sequence[Generation]) -> list[dict]:
    """Rows of PAST_INDICATORS."""
    rows, before = [], None
    for g in out:
        weights, owners = _facts(g)
        links: dict[Labels, Link] = _links(before, g) if before and any(b.round for b in g.blocks) else {}
        for path, code in g.codes.items():
            first = because("past.why.first") if before is None else because("past.why.new")
            link, sure, why, others = links.get(path, ("", True, first, ()))
            if sure and len(path) == 1 and path not in weights:
                why = because("past.why.no_weight")
            rows.append({
                "instrument": g.id, "code": code, "label": path[-1], "parent": g.codes[path[:-1]] if len(path) > 1 else ROOT,
                "weight": weights.get(path, 1.0), "owner": owners.get(path, ""), "link": link, "sure": sure, "why": why,
                "alternatives": "|".join(others),
            })  # fmt: skip
        before = g
    return rows


def _facts(g: Generation) -> tuple[dict[Labels, float], dict[Labels, str]]:
    """The weights as last written, those of a sector the sum below it where none is; and the agencies most often named."""
    weights: dict[Labels, float] = {}
    named: dict[Labels, Counter] = defaultdict(Counter)
    for block in sorted(g.blocks, key=_time):
        for path, weight in block.weights.items():
            own = block.spelt.get(path) or next((k[: len(path)] for p, k in block.spelt.items() if p[: len(path)] == path), path)
            weights[own] = weight
        for path, owner in block.owners.items():
            if owner:
                named[block.spelt.get(path, path)][owner] += 1
    nodes = sorted(g.codes, key=len, reverse=True)
    for path in nodes:
        below = [weights[p] for p in nodes if len(p) == len(path) + 1 and p[:-1] == path and p in weights]
        if path not in weights and below:
            weights[path] = round(sum(below), 9)
    for path in nodes:
        beside = [p for p in nodes if p[:-1] == path[:-1]]
        if not all(p in weights for p in beside) or not any(weights[p] for p in beside):
            for p in beside:
                weights.pop(p, None)
    return weights, {p: c.most_common(1)[0][0] for p, c in named.items()}


def _links(then: Generation, now: Generation) -> dict[Labels, Link]:
    """What each label continues: the same name surely; of the others those most alike, one to one, which are asked."""
    out: dict[Labels, Link] = {}
    same, gone, new = spelt(list(now.codes), list(then.codes))
    for path, old in same.items():
        if old in then.codes and path not in new:
            out[path] = (then.codes[old], True, because("past.why.link_same"), ())
    _, owners = _facts(now)
    _, before = _facts(then)
    pairs = sorted(((_likeness(p, k, then, now, owners, before, same), p, k) for p in new for k in gone if len(p) == len(k)), reverse=True)
    used: set[Labels] = set()
    for score, path, old in pairs:
        if score < LIKELY or path in out or old in used:
            continue
        used.add(old)
        others = tuple(then.codes[k] for s, p, k in pairs if p == path and k != old and s >= LIKELY)[:3]
        out[path] = (then.codes[old], False, because("past.why.link_like", old=old[-1]), others)
    return out


def _likeness(path: Labels, old: Labels, then: Generation, now: Generation, owners: dict, before: dict, same: dict) -> float:
    """How likely a label continues another: by name, initials, agency, place in its sector, and level of the scores."""
    a, b = normal(path[-1]), normal(old[-1])
    name = max(fuzz.token_set_ratio(a, b), fuzz.ratio(a, b)) / 100
    first = "".join(w[0] for w in b.split()), "".join(w[0] for w in a.split())
    if any(len(w) > 2 and first[0].startswith(w) for w in a.split()) or any(len(w) > 2 and first[1].startswith(w) for w in b.split()):
        name = max(name, 0.9)
    beside = any(p[:-1] == path[:-1] and k[:-1] == old[:-1] for p, k in same.items() if len(p) > 1)
    home = beside or same.get(path[:-1], path[:-1]) == old[:-1]
    owner = owners.get(path, ""), before.get(old, "")
    agency = 0.5 if not all(owner) else float(normal(owner[0]) == normal(owner[1]))
    level = 1 - min(1.0, 3 * abs(_level(now, path) - _level(then, old)))
    return (0.45 * name + 0.3 * agency + 0.1 * level + 0.15) if home else 0.45 * name * (name > 0.6)


def _level(g: Generation, path: Labels) -> float:
    """The mean of an indicator's scores in the rounds of a questionnaire, as part of its scale."""
    values = [s["score"] for b in g.blocks for s in b.scores if s["score"] is not None and b.spelt.get(s["path"]) == path]
    low, high = (g.ends.low, g.ends.high) if g.ends else (0.0, 1.0)
    return (sum(values) / len(values) - low) / (high - low) if values else 0.5
