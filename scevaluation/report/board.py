"""What the consultant's desk shows of a round: completeness, import log, restatements; on a page and as plain lines."""

from __future__ import annotations

from html import escape
from pathlib import Path

import pandas as pd

from scevaluation.draw.table import Field, html_table
from scevaluation.evaluate import board as desk
from scevaluation.evaluate.evaluation import Evaluation
from scevaluation.frames import ROOT, SEVERITIES
from scevaluation.frames.intake import STATES
from scevaluation.instrument import Instrument
from scevaluation.intake import store
from scevaluation.intake.check import load_scores
from scevaluation.intake.forms_out import FormsOut
from scevaluation.intake.log import kept
from scevaluation.intake.mend import Corrected, Rebuilt, Undone
from scevaluation.intake.public import Public
from scevaluation.intake.round_files import round_files
from scevaluation.issues import count, describe, told
from scevaluation.programme import Programme
from scevaluation.report.part import Part, folded, section
from scevaluation.words import Words, capital

SHOWN = 200
LOGGED = ("number_tidied", "percent_read")  # which the log counts


def _section(body: str, heading: str, lede: str, kind: str = "") -> Part:
    return section(f"<p>{escape(lede)}</p>{body}", heading, kind, lede)


def status(programme: Programme, round_name: str, today: str = "") -> tuple[pd.DataFrame, dict[str, float], Instrument]:
    """BOARD of a round, the limits of its index, and its instrument; RoundError for an unknown round or one without any."""
    name, instrument = programme.round(round_name).id, programme.instrument(round_name)
    asked, received = kept(programme, name, "ASKED"), kept(programme, name, "RECEIVED")
    received, entries = received[received["state"] != "undone"], kept(programme, name, "ENTRIES")
    if name in round_files(programme) and entries.empty:
        scores = load_scores(programme, name)[0]
        scores = scores[scores["round"] == name]
    else:
        scores = store.as_scores(store.newest(entries), programme, name)
    return desk.board(scores, asked, received, instrument, today), desk.bounds(scores, instrument, name), instrument


def _limits(limits: dict[str, float], w: Words) -> list[str]:
    out = [w("desk.board.bounds", low=w.num(limits["low"]), high=w.num(limits["high"]), share=w.pct(limits["coverage"]))]
    if limits["own_coverage"] > limits["coverage"] + 1e-9:
        out.append(w("desk.board.own", low=w.num(limits["own_low"]), high=w.num(limits["own_high"])))
    return out


def _lede(rows: pd.DataFrame, w: Words) -> str:
    done = int(rows["state"].isin(desk.DONE).sum())
    late = int((rows["days"] > 0).sum())
    return w("desk.board.lede", done=w.num(done, 0), due=w.num(len(rows), 0), late=w.num(late, 0))


def completeness(e: Evaluation, w: Words) -> Part | None:
    """Agencies by state, what is still awaited, and how far the index can move; None if nothing was asked for by forms."""
    return awaited(e.programme, e.round, w)


def awaited(programme: Programme, round_name: str, w: Words) -> Part | None:
    """The same of a round that need not be evaluated yet."""
    if kept(programme, round_name, "ASKED").empty:
        return None
    rows, limits, instrument = status(programme, round_name)
    names, whole = programme.agency_names(w.lang), lambda v: w.num(v, 0)
    counts = rows.groupby(["agency", "state"], sort=False).size().unstack(fill_value=0)
    shown = [s for s in STATES if s in counts]
    table = counts[shown].reset_index().assign(days=lambda t: t["agency"].map(rows.groupby("agency")["days"].max()))
    fields = [Field("agency", w("desk.agency"), lambda a: names.get(a, a))]
    fields += [Field(s, w("desk.state." + s), whole, True) for s in shown]
    fields.append(Field("days", w("desk.late"), whole, True))
    body = html_table(table, fields)
    awaited = rows[~rows["state"].isin(desk.DONE)].sort_values("weight", ascending=False)
    if len(awaited):
        about = [
            Field("indicator", w("desk.indicator"), lambda p: instrument.name(p, w.lang)),
            Field("agency", w("desk.agency"), lambda a: names.get(a, a)),
            Field("state", w("desk.state_head"), lambda s: w("desk.state." + s)),
            Field("weight", w("desk.weight"), lambda v: w.pct(v, 1), True),
        ]
        body += folded(w("desk.board.open"), html_table(awaited, about))
    return _section(body, w("desk.board"), " ".join([_lede(rows, w), *_limits(limits, w)]), "long")


def import_log(e: Evaluation, w: Words, public: bool | None = None) -> Part | None:
    """What was read other than written, with its reason; in a public report only how often; None without returned forms."""
    return changes(e.programme, e.round, w, isinstance(e.programme, Public) if public is None else public)


def changes(programme: Programme, round_name: str, w: Words, public: bool = False) -> Part | None:
    """The same of a round that need not be evaluated yet."""
    received = kept(programme, round_name, "RECEIVED")
    if received.empty:
        return None
    log = kept(programme, round_name, "IMPORT_LOG")
    taken = int((received["state"] == "taken").sum())
    lede = w("desk.log.lede", files=w.num(taken, 0), changes=w.num(len(log), 0))
    said = log.assign(why=[w("desk.why." + y) for y in log["why"]])
    counts = said.groupby("why", sort=False).size().reset_index(name="n").sort_values("n", ascending=False, kind="stable")
    fields = [Field("why", w("desk.log.why")), Field("n", w("desk.log.count"), lambda v: w.num(v, 0), True)]
    body = html_table(counts, fields) if len(counts) else ""
    if len(log) and not public:
        where = [f"{f}, {w.place(c)}" if c else f for f, c in zip(said["file"], said["cell"], strict=True)]
        rows = said.assign(where=where).head(SHOWN)
        more = w("quality.more", n=w.num(len(log) - SHOWN, 0)) if len(log) > SHOWN else ""
        about = [Field("where", w("desk.log.where")), Field("found", w("desk.log.found")), Field("taken", w("desk.log.taken"))]
        about.append(Field("why", w("desk.log.why")))
        body += folded(w("desk.log"), f"{html_table(rows, about)}<p>{escape(more)}</p>")
    return _section(body, w("desk.log"), lede, "long")


def restated(e: Evaluation, w: Words) -> Part | None:
    """Scores of the round that were restated, old beside new; None if there is none."""
    rows = store.restated(kept(e.programme, e.round, "ENTRIES"))
    if rows.empty:
        return None
    names = e.programme.agency_names(w.lang)
    rows = rows.assign(now=[w("desk.restated.withdrawn") if pd.isna(v) else w.num(v, 2) for v in rows["now"]])
    fields = [
        Field("indicator", w("desk.indicator"), lambda p: e.instrument.name(p, w.lang)),
        Field("agency", w("desk.agency"), lambda a: names.get(a, a)),
        Field("first", w("desk.restated.first"), lambda v: w.num(v, 2), True),
        Field("now", w("desk.restated.now"), str, True),
        Field("received", w("desk.restated.day")),
    ]
    lede = w("desk.restated.lede", n=w.num(len(rows), 0))
    return _section(html_table(rows, fields), w("desk.restated"), lede)


def board_lines(programme: Programme, round_name: str, today: str, w: Words) -> list[str]:
    """The board as plain lines, a block an agency."""
    rows, limits, instrument = status(programme, round_name, today)
    if rows.empty:
        return [w("desk.board.none"), *_limits(limits, w)]
    names, out = programme.agency_names(w.lang), [_lede(rows, w), *_limits(limits, w)]
    for agency, mine in rows.groupby("agency", sort=False):
        done = int(mine["state"].isin(desk.DONE).sum())
        out.append(f"{names.get(agency, agency)}: {done}/{len(mine)}")
        for r in mine.itertuples():
            late = f" ({w('desk.late')}: {w.num(r.days, 0)})" if r.days else ""
            out.append(f"  {w('desk.state.' + r.state):<26}{instrument.name(r.indicator, w.lang)}{late}")
    return out


def diff_lines(programme: Programme, round_name: str, w: Words) -> list[str]:
    """What the restatements of a round did to its scores, its index and its verdicts, as plain lines."""
    name = programme.round(round_name).id
    entries = kept(programme, name, "ENTRIES")
    rows, instrument = store.restated(entries), programme.instrument(name)
    if rows.empty:
        return [w("desk.restated.none")]
    out = [w("desk.restated.lede", n=w.num(len(rows), 0))]
    for r in rows.itertuples():
        now = w("desk.restated.withdrawn") if pd.isna(r.now) else w.num(r.now, 2)
        change = w("desk.diff.index", node=f"{r.indicator} ({r.agency}, {r.source})", before=w.num(r.first, 2), now=now)
        out.append(f"  {change} [{', '.join(filter(None, (r.now_file, r.now_cell)))}]")
    scores, _ = load_scores(programme, name)
    instruments = {n: programme.instrument(n) for n in round_files(programme, name)}
    first = store.as_scores(store.first_reported(entries), programme, name)
    for r in desk.restatement(scores, first, programme, instruments, name).itertuples():
        label = w("node.index") if r.node == ROOT else instrument.name(r.node, w.lang)
        out.append(f"{w('desk.diff.index', node=label, before=w.num(r.value_before), now=w.num(r.value))}; {_verdict(r, w)}")
    return out


def _verdict(row, w: Words) -> str:
    old, new = ((w("direction." + d) if d else w("desk.diff.no_verdict")) for d in (row.direction_before, row.direction))
    return w("desk.diff.same_verdict", now=new) if old == new else w("desk.diff.verdict", before=old, now=new)


def taken_lines(taken: store.Taken, w: Words) -> list[str]:
    """What became of a file, and all that is wrong with it, as plain lines."""
    if taken.refusal is not None:
        fact, remedy = told(taken.refusal, w)
        fact = capital(fact.removeprefix(f"{taken.path.name}: "))
        return [w("desk.taken.refused", file=taken.path.name, reason=f"{fact} {remedy}")]
    form = taken.form
    assert form is not None, "what was not refused was read"
    places = {"errors": w.num(count(form.issues, "error"), 0), "added": w.num(taken.added, 0), "changed": w.num(taken.changed, 0)}
    said = {k: v for k, v in places.items() if k in {"taken": ("added", "changed"), "waiting": ("errors",)}.get(taken.state, ())}
    out = [w("desk.taken." + taken.state, file=taken.path.name, **said)]
    if taken.by_hand:
        out.append("  " + w("desk.taken.by_hand", n=w.num(taken.by_hand, 0)))
    if taken.state == "same":
        return out
    issues = sorted(form.issues, key=lambda i: SEVERITIES.index(i["severity"]))
    out += [f"  {w('severity.' + i['severity'])}: {describe(i, w)}" for i in issues if i["problem"] not in LOGGED]
    if form.changes:
        out.append("  " + w("desk.log_size", n=w.num(len(form.changes), 0)))
    return out


def undone_lines(done: Undone, w: Words) -> list[str]:
    """What was undone, as plain lines."""
    return [w("desk.undone", what=", ".join(done.what), changed=w.num(done.changed, 0), gone=w.num(done.gone, 0))]


def corrected_lines(row: tuple[str, ...], done: Corrected, w: Words) -> list[str]:
    """What was corrected by hand, as plain lines."""
    old, new = (w.marks(text) or w("desk.status.not_reported") for text in done)
    return [w("desk.corrected", row=", ".join(filter(None, row)), old=old, new=new)]


def rebuilt_lines(done: Rebuilt, w: Words) -> list[str]:
    """Which files were made anew and which received ones are lost, as plain lines."""
    out = [w("desk.rebuilt", n=w.num(done.records, 0), changed=w.num(len(done.changed), 0))]
    out += ["  " + w("desk.rebuilt.file", file=name) for name in done.changed]
    return out + ["  " + w("desk.rebuilt.lost", file=name) for name in done.lost]


def asked_lines(made: FormsOut, folder: Path, w: Words) -> list[str]:
    """Which forms were written, and which indicators nobody owns."""
    out = [str(p) for p in made.paths.values()]
    out.append(w("desk.forms_written", n=w.num(len(made.paths), 0), folder=folder))
    if made.unowned:
        out.append(w("desk.forms_unowned", n=w.num(len(made.unowned), 0), indicators=", ".join(made.unowned)))
    return out
