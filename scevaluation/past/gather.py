"""The blocks of all files beside each other: which is a round's score, which repeats, sums up or contradicts another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

from scevaluation.intake.matching import normal
from scevaluation.past.blocks import Block, Labels, Named
from scevaluation.past.found import because
from scevaluation.past.terms import OFFICE, source_of, term, when

_GENERAL = {"sheet", "data", "rekap", "nilai", "hasil", "lembar", "tabel", "table", "rekapitulasi", "ringkasan", "summary", "total"}
Problem = Callable[..., None]


def gathered(blocks: list[Block], problem: Problem) -> None:
    """Settle, block by block, of what level its figures are and whether they are taken; see `Block`."""
    _mistitled(blocks)
    _rooms(blocks)
    _levels(blocks)
    _summaries(blocks)
    _assessors(blocks)
    for block in blocks:
        _twice(block, problem)
    for name in sorted({b.round for b in blocks if b.round}):
        mine = [b for b in blocks if b.round == name and b.held]
        _derived(mine)
        if not any(b.scores and b.use for b in mine if b.level == "indicator"):
            _promoted(mine)
        for level, below in (("sector", ("indicator",)), ("index", ("indicator", "sector"))):
            for block in (b for b in mine if b.level == level):
                if any(b.use and b.scores and b.level in below for b in mine):
                    block.use, block.because = False, because("past.why.use_sums")
        _repeats([b for b in mine if b.use])
        for block in (b for b in blocks if b.round == name and not b.held):
            other = next((b for b in mine if b.scores), None)
            if other:
                block.sure, block.others = False, ("held=yes",)
                block.because = because("past.why.held_differs", other=f"{other.file} {other.sheet}")


def _mistitled(blocks: list[Block]) -> None:
    """A sheet whose title names another year than its file's name and most of the file's sheets is of theirs; the user is asked."""
    files: dict[str, list[Block]] = defaultdict(list)
    for block in blocks:
        files[block.file].append(block)
    for name, mine in files.items():
        stem = name.rpartition(".")[0]
        year = str(when(stem).year)
        with_it = {b.sheet for b in mine if b.round.startswith(year)}
        odd = [b for b in mine if b.round and not b.named.cell and b.sheet not in with_it and not when(b.sheet).year]
        if len(with_it) <= len({b.sheet for b in odd}):
            continue
        for block in odd:
            was, taken = block.round, year + block.round[4:]
            why = because("past.why.round_differs", said=stem, other=block.named.said)
            block.named = Named(taken, block.named.said, "", False, why, (was,))


def _rooms(blocks: list[Block]) -> None:
    """What a sheet's name, or the title of one table of several, adds: the sector or the agency of all its rows."""
    groups: dict[tuple[str, str], list[Block]] = defaultdict(list)
    for block in blocks:
        groups[block.file, block.round].append(block)
    for group in groups.values():
        flat = [b for b in group if b.order and all(len(p) == 1 for p in b.order) and not b.sectors]
        labels = [{normal(p[-1]) for p in b.order} for b in flat]
        apart = len(flat) > 1 and sum(map(len, labels)) == len(set().union(*labels))
        sheets = {b.sheet for b in flat}
        for block in flat:
            room = block.room or (block.sheet if len(sheets) == len(flat) else block.title)
            if OFFICE.match(normal(room)) and not any(s["agency"] for s in block.scores) and len(flat) > 1:
                for s in block.scores:
                    s["agency"] = room
                block.owners = dict.fromkeys(block.order, room)
            elif room and (apart or block.room) and not _general(room):
                _under(block, (" ".join(room.split()),))


def _general(room: str) -> bool:
    """Whether a sheet's name or a title names no sector."""
    return bool(when(room).kind or source_of(room) or set(normal(room).split()) & _GENERAL or term(room))


def _under(block: Block, above: Labels) -> None:
    block.order = {above + p: None for p in block.order}
    block.weights = {above + p: w for p, w in block.weights.items()}
    block.owners = {above + p: w for p, w in block.owners.items()}
    for row in (*block.scores, *block.printed):
        row["what"] = "sector" if row.get("what") == "index" else row.get("what", "")
        row["path"] = above + row["path"]


def _levels(blocks: list[Block]) -> None:
    known = {normal(p[0]) for b in blocks for p in b.order if len(p) > 1}
    for block in blocks:
        if not block.order or max(map(len, block.order)) > 1:
            continue
        labels = [normal(p[-1]) for p in block.order]
        if (known and 10 * sum(x in known for x in labels) >= 7 * len(labels)) or (block.sectors and known):
            block.level = "sector"


def _summaries(blocks: list[Block]) -> None:
    """A table of sectors that names no round, or only its year, is of the round of the table of indicators before it on its sheet."""
    before: dict[tuple[str, str], Block] = {}
    for block in blocks:
        last = before.get((block.file, block.sheet))
        if block.level == "indicator":
            before[block.file, block.sheet] = block
        elif last and last.named.sure and block.level == "sector" and block.round in ("", last.round[:4]):
            block.named = last.named
    parts = {b.round[:4] for b in blocks if "-" in b.round and b.scores and b.level == "indicator"}
    for block in blocks:  # means of a year of which the half-years' scores are there
        if (block.level == "sector" or not block.order) and block.round in parts:
            block.named, block.use, block.because = block.named._replace(sure=True), False, because("past.why.use_sums")


def _assessors(blocks: list[Block]) -> None:
    """Sheets of one layout and round that say nothing of their source are of an assessor each; the user is asked."""
    groups: dict[tuple[str, str], list[Block]] = defaultdict(list)
    for block in blocks:
        if block.scores and {s["source"] for s in block.scores} == {"final"} and block.level == "indicator":
            groups[block.file, block.round].append(block)
    for group in groups.values():
        alike = [b for b in group if any(_clash(b, o) for o in group if o is not b and o.sheet != b.sheet)]
        if len(alike) < 2:
            continue
        means = {b.id for b in alike if len(alike) > 2 and _is_mean(b, [o for o in alike if o is not b])}
        for block in alike:
            if block.id not in means and len(alike) - len(means) > 1:
                block.renamed = f"assessor:{block.sheet}"
                for s in block.scores:
                    s["source"] = block.renamed


def _clash(block: Block, other: Block) -> bool:
    known = other.values(block)
    return any(k in known and known[k] != v for k, v in block.values(other).items())


def _is_mean(block: Block, others: Sequence[Block]) -> bool:
    """Whether a block's scores are the means of those of others."""
    seen: dict[str, list[float]] = defaultdict(list)
    for other in others:
        for s in (s for s in other.scores if s["score"] is not None):
            seen[normal(s["path"][-1])].append(s["score"])
    mine = [(s["score"], seen[normal(s["path"][-1])], s["text"]) for s in block.scores if s["score"] is not None]
    told = [(v, vs, _digits(t)) for v, vs, t in mine if len(vs) > 1]
    close = [abs(v - sum(vs) / len(vs)) <= 0.5 * 10.0**-d + 1e-9 for v, vs, d in told]
    apart = any(len(set(vs)) > 1 for _, vs, _ in told)
    return apart and len(told) >= 3 and sum(close) >= 0.9 * len(told) and 10 * len(told) >= 7 * len(mine)


def _digits(text: str) -> int:
    return min(len(text.rstrip("%").replace(",", ".").partition(".")[2]), 6)


def _twice(block: Block, problem: Problem) -> None:
    """A score that stands twice in one table: the same is taken once, another contradicts it."""
    seen: dict[tuple, dict] = {}
    kept = []
    for s in block.scores:
        first = seen.setdefault((s["path"], s["agency"], s["source"]), s)
        if first is s:
            kept.append(s)
        elif first["score"] is not None and s["score"] is not None and first["score"] != s["score"]:
            problem(s, "past_twice", found=f"{block.round or '?'}, {s['path'][-1]}: {first['text']} ({first['cell']}), {s['text']}")
        else:
            block.dropped.append((s, because("past.why.twice", cell=first["cell"])))
    block.scores = kept


def _derived(blocks: list[Block]) -> None:
    """Scores that are the means of other sheets' scores prove them."""
    for block in [b for b in blocks if b.scores and b.level == "indicator" and {s["source"] for s in b.scores} == {"final"}]:
        others = [b for b in blocks if b is not block and b.level == "indicator" and any(s["source"] != "final" for s in b.scores)]
        if len(others) and _is_mean(block, others):
            block.use, block.because = False, because("past.why.use_means")


def _promoted(blocks: list[Block]) -> None:
    """Where a round has no other figures, those of a column of means are its scores."""
    for block in (b for b in blocks if not b.scores and b.order and b.use):
        rows = [p for p in block.printed if p["what"] == "row" and p["printed"] is not None]
        columns = list(dict.fromkeys(p["column"] for p in rows))
        if not rows:
            continue
        column = next((c for c in columns if block.means.get(c)), columns[0])
        for p in [p for p in rows if p["column"] == column]:
            place = {k: p[k] for k in ("file", "sheet", "cell", "column", "text")}
            known = {"path": p["path"], "agency": block.owners.get(p["path"], ""), "source": "final", "score": p["printed"]}
            block.scores.append(known | {"kept": "number", "status": ""} | place)
            block.printed.remove(p)
        block.promoted = column


def _repeats(blocks: list[Block]) -> None:
    """The same round in two tables: the same scores are taken once, others are asked."""
    for n, block in enumerate(blocks):
        for first in blocks[:n]:
            if not first.use or first.level != block.level:
                continue
            mine, known = block.values(first), first.values(block)
            shared = mine.keys() & known.keys()
            differing = [k for k in shared if mine[k] != known[k]]
            where = f"{first.file} {first.sheet}".strip()
            if differing:
                block.use = block.sure = first.sure = False
                label = differing[0][0]
                block.because = because("past.why.use_differs", other=where, n=len(differing), label=label)
                first.because = because("past.why.use_differs", other=f"{block.file} {block.sheet}", n=len(differing), label=label)
                break
            if shared:
                block.confirmed = first.confirmed = True
            if shared and shared == mine.keys():
                block.use, block.because = False, because("past.why.use_same", other=where)
                break
            if shared:
                keyed = block.beside(first)
                block.dropped += [(s, because("past.why.use_same", other=where)) for key, s in keyed if key in shared]
                block.scores = [s for key, s in keyed if key not in shared]
