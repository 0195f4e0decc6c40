"""What the public data support, refute or cannot tell of a sentence that others said of the programme: three lines."""

from __future__ import annotations

from html import escape

import pandas as pd

from scevaluation.evaluate.evaluation import Evaluation
from scevaluation.evaluate.statement import together
from scevaluation.frames import ROOT
from scevaluation.frames.claims import OPEN
from scevaluation.frames.sectors import STATEMENT, STATISTICS
from scevaluation.report.part import Part, note, section
from scevaluation.report.plan import SHOWN
from scevaluation.words import Sentence, Words, capital, in_any_language, lower

OUTCOMES = ("supported", "refuted", "open")


def statement_lines(e: Evaluation, w: Words) -> Part | None:
    """The programme's statement with its source, and three lines: supported, refuted, cannot be told; None without one."""
    said = e.programme.statement
    if said is None:
        return None
    found: dict[str, list[Sentence]] = {outcome: [] for outcome in OUTCOMES}
    claimed = e.claims[e.claims["claim"] == "statement"].set_index(["scope", "subject"])["strength"].to_dict()
    for number, part in enumerate(said.parts, 1):
        rows = e.statement[e.statement["part"] == number].to_dict("records")
        rows = [r if claimed[str(number), r["evidence"]] != OPEN else r | {"outcome": "open"} for r in rows]
        places = {"says": w.label(part.says), "reason": _chain(_reasons(rows, e, w), "statement.also")}
        found[together(r["outcome"] for r in rows)].append(Sentence("statement.part", places))
    if untold := next((r for r in e.statement["untold"] if r), ""):
        sectors = w.join(lower(w("sector." + s)) for s in untold.split())
        found["open"].append(Sentence("statement.untold", {"sectors": capital(sectors)}))
    lines = [(w("statement." + o), found[o] or [Sentence("statement.nothing")]) for o in OUTCOMES]
    body = "".join(f"<dt>{escape(head)}</dt><dd>{' '.join(f'<span>{w.html(s)}</span>' for s in line)}</dd>" for head, line in lines)
    text = "\n".join(f"{head}: {' '.join(map(w.text, line))}" for head, line in lines)
    until = w("statement.note", round=w.round_long(e.round))
    title = w("statement.title", source=w.label(said.source))
    return section(f'<dl class="statement">{body}</dl>{note(until)}', title, text=text)


def _chain(sentences: list[Sentence], key: str) -> Sentence:
    """Sentences one after the other, as the key joins two."""
    first, *rest = sentences
    return Sentence(key, {"a": first, "b": _chain(rest, key)}) if rest else first


def _reasons(rows: list[dict], e: Evaluation, w: Words) -> list[Sentence]:
    """Why a part's rows say what they say; events that no score tells of stand together."""
    mute = [r for r in rows if r["rule"] == "event_unmeasured"]
    said = [_reason(r, e, w) for r in rows if r not in mute]
    if mute:
        counted = [{"kind": w("statement.kind." + r["evidence"]), "n": STATEMENT.fact(r, "n", 0)} for r in mute]
        kinds = _chain([Sentence("statement.counted", places) for places in counted], "statement.comma")
        said.append(Sentence("statement.event_unmeasured", {"counted": kinds, "of": STATEMENT.fact(mute[0], "of", 0)}))
    return said or [Sentence("statement.no_evidence")]


def _reason(row: dict, e: Evaluation, w: Words) -> Sentence:
    """Why a row of STATEMENT says what it says, with its figures."""
    rule = row["rule"]
    difference = rule in ("index_within", "index_beyond", "index_unjudged")  # on the scale, else points of 0-100
    known = [c for c in ("value", "low", "high", "common") if pd.notna(row[c])]
    places: dict = {c: STATEMENT.fact(row, c, 0) for c in ("n", "of")}
    places |= {c: STATEMENT.fact(row, c, 2 if difference else 1, sign=not (difference and c == "high")) for c in known}
    if rule.startswith("index_"):
        says = e.judged[e.judged["node"] == ROOT].iloc[0]
        places |= {"round": w.round(e.round), "previous": w.round(e.previous) if e.previous else ""}
        places["direction"] = w.verdict(says["direction"], says["course"], says["now"]).lower()
        places["beside"] = Sentence("statement.beside", dict(places)) if "common" in places else ""
    elif rule.startswith("event_"):
        places["kind"] = w("statement.kind." + row["evidence"])
    elif row["names"]:
        places["named"] = _chain([_named(e, code, w) for code in row["names"].split()[:SHOWN]], "statement.comma")
    return Sentence("statement." + rule, places)


def _named(e: Evaluation, code: str, w: Words) -> Sentence:
    """A statistic with its change between its first and its last year, beside the country's where that is known, and its warning."""
    row = e.statistics[e.statistics["indicator"] == code].iloc[0]
    about = e.indicators.set_index("indicator").loc[code]
    digits = int(about["digits"])
    places: dict = {c: STATISTICS.fact(row, c, digits, sign=True) for c in ("change", "common") if pd.notna(row[c])}
    places |= {"name": lower(w.column(about, "label")), "unit": w.column(about, "unit"), "start": row["start"], "end": row["end"]}
    places |= {c: STATISTICS.fact(row, c, digits) for c in ("first", "last")}
    return Sentence("statement.named_beside" if "common" in places else "statement.named", places)


in_any_language(globals())
