"""The annex of a page: quality of the data, checks against published figures, events, programmes, method, provenance."""

from __future__ import annotations

import re
from html import escape

import pandas as pd

from scevaluation.charts.facts import newest
from scevaluation.draw.table import Field, Html, html_table
from scevaluation.evaluate.compare import reproduce
from scevaluation.frames import ROOT
from scevaluation.instrument import Instrument
from scevaluation.intake.people import read_programmes
from scevaluation.issues import describe
from scevaluation.report import board
from scevaluation.report.part import Part, apart, deltas, folded, note, section
from scevaluation.words import Words, capital, in_any_language

SHOWN = 5


def quality(e, w: Words) -> Part:
    """What the checks found in this round; where forms were returned, also what is awaited, restated and was read otherwise."""
    found = _issues(e, w)
    more = [p for p in (board.completeness(e, w), board.restated(e, w), board.import_log(e, w)) if p is not None]
    return Part(found.html + "".join(p.html for p in more), found.text)


def round_issues(e) -> pd.DataFrame:
    """ISSUES of this round's file, of the forms it was made from, and of the survey; of a workbook of several rounds, none of another's."""
    here = e.scores["round"] == e.round
    mine, others = (set(zip(rows["file"], rows["cell"], strict=True)) for rows in (e.scores[here], e.scores[~here]))
    elsewhere = tuple({*e.scores["round"]} - {e.round})
    files = {"survey.csv", *e.scores.loc[here, "file"]}
    of_it = [
        i.file in files and (i.file, i.cell) not in others - mine and not (elsewhere and i.cell.endswith(elsewhere))
        for i in e.issues.itertuples()
    ]
    return e.issues[of_it]


def called(issue: dict, e, w: Words) -> dict:
    """A row of ISSUES with names for codes of indicators: that in brackets behind what was found, and those that are expected."""

    def name(code: re.Match) -> str:
        node = e.instrument.nodes.get(code[1])
        return f"({w.label(node.label)})" if node else code[0]

    nodes, codes = e.instrument.nodes, issue["expected"].split(", ")
    expected = w.join([w.label(nodes[c].label) for c in codes]) if set(codes) <= set(nodes) else issue["expected"]
    return issue | {"found": re.sub(r"\(([^()]+)\)$", name, issue["found"]), "expected": expected}


def _issues(e, w: Words) -> Part:
    """What the checks found in this round's file, worst first, of each problem the first few places."""
    issues = round_issues(e)
    if issues.empty:
        return section(f"<p>{escape(w('quality.clean'))}</p>")
    count = issues["severity"].value_counts()
    lede = w("quality.lede", **{k + "s": w.num(int(count.get(k, 0)), 0) for k in ("error", "warning", "note")})
    names = e.programme.agency_names(w.lang)
    rows = []
    for severity in ("error", "warning", "note"):
        for _, group in issues[issues["severity"] == severity].groupby("problem", sort=False):
            said = w("severity." + severity)
            for issue in group.head(SHOWN).to_dict("records"):
                where = names.get(issue["cell"], w.place(issue["cell"])) or issue["file"]
                rows.append({"where": where, "what": describe(called(issue, e, w), w, place=False), "severity": said})
            if len(group) > SHOWN:
                rows.append({"where": w("quality.more", n=w.num(len(group) - SHOWN, 0)), "what": "", "severity": said})
    fields = [Field(c, w("quality." + c)) for c in ("where", "what", "severity")]
    return section(f"<p>{escape(lede)}</p>{html_table(pd.DataFrame(rows), fields)}", kind="long")


def glossary(e, w: Words) -> Part | None:
    """What the parts of the top level are, a line each, folded; None where the instrument says it of none."""
    nodes = [e.instrument.nodes[n] for n in e.top]
    said = [f"<li><b>{escape(w.label(n.label))}</b>: {escape(w.label(n.about))}</li>" for n in nodes if n.about]
    return section(folded(w("glossary.head", unit=w(e.unit)), f"<ul>{''.join(said)}</ul>")) if said else None


def coverage_table(e, w: Words) -> Part | None:
    """How much each agency reported in this round; None where scores belong to no agency."""
    now = e.scores[(e.scores["round"] == e.round) & (e.scores["agency"] != "")]
    if now.empty:
        return None
    items = now.groupby(["agency", "indicator"])["score"].apply(lambda s: s.notna().any()).reset_index()
    table = items.groupby("agency")["score"].agg(items="size", reported="sum").reset_index()
    labels = e.programme.agency_names(w.lang)
    table = table.assign(name=[labels.get(a, a) for a in table["agency"]], missing=table["items"] - table["reported"])
    table = table.sort_values(["missing", "name"], ascending=[False, True])
    whole = lambda v: w.num(v, 0)  # noqa: E731
    fields = [Field("name", w("quality.agency"))]
    fields += [Field(c, w("quality." + c), whole, True) for c in ("items", "reported", "missing")]
    body = apart(table, fields, "agency", e.programme.outside, w)
    return section(body + note(w("quality.coverage.note")), w("quality.coverage"))


def checks(e, w: Words) -> Part | None:
    """The published index beside our recomputation, for every official round of the region with components."""
    if e.official is None or e.official.empty:
        return None
    mine = e.official[e.official["region"] == e.programme.region]
    table = reproduce(mine, e.instruments)
    if table.empty:
        return None
    number = lambda v: w.num(v, 3)  # noqa: E731
    fields = [
        Field("round", w("page.round"), w.round_long),
        Field("published", w("quality.published"), lambda v: w.num(v, 2), True),
        Field("recomputed", w("quality.recomputed"), number, True),
        Field("difference", w("quality.difference"), lambda v: w.num(v, 3, sign=True), True),
        Field("agrees", w("quality.same"), lambda v: w("quality.yes" if v else "quality.no")),
    ]
    said = w("quality.checks.note", tolerance=w.num(e.instrument.tolerance, 3))
    return section(html_table(table, fields) + note(said), w("quality.checks"))


def event_list(e, w: Words) -> Part | None:
    """Every dated event up to the end of the round, folded; None where there is none yet."""
    if not e.events:
        return None
    rows = []
    for v in e.events:
        date = v.start if v.start == v.end else f"{v.start} \u2013 {v.end}"
        rows.append({"what": w.label(v.label), "date": date, "kind": w("event." + v.kind), "source": v.source})
    fields = [Field(c, w("events." + c)) for c in ("what", "date", "kind", "source")]
    return section(folded(f"{w('events.table')} ({w.num(len(rows), 0)})", html_table(rows, fields)), kind="long")


def programmes(e, w: Words) -> Part | None:
    """The agencies' programmes on record up to the round's year; None if the programme keeps no list."""
    table, plan = read_programmes(e.programme), e.programme
    if table.empty:
        return None
    if w.lang == "en":
        table = table.assign(status=table["status_en"])
    labels = plan.agency_names(w.lang)
    table = table.assign(name=table["agency"].map(lambda a: labels.get(a, a)))
    table = table[table["first_year"].str[:4] <= e.round[:4]].sort_values(["name", "first_year"], kind="stable")
    if table.empty:
        return None
    heads = {"programme": "programme", "name": "agency", "first_year": "first", "status": "status"}
    table = table.assign(statistics=[_related(e, codes.split(), w) for codes in table["statistics"]])
    heads |= {"statistics": "statistics"} if any(table["statistics"]) else {}
    fields = [Field(column, w("programmes." + head)) for column, head in heads.items()]
    below = ["programmes.statistics_note"] * ("statistics" in heads) + ["programmes.note"] * (not plan.made_up)
    body = apart(table, fields, "agency", plan.outside, w) + "".join(note(w(key)) for key in below)
    return section(folded(f"{w('programmes.title')} ({w.num(len(table), 0)})", body), kind="long")


def _related(e, codes: list[str], w: Words) -> Html | str:
    """The newest figure up to the round's year of each statistic that tells of a programme."""
    mine = e.context[(e.context["region"] == e.programme.region) & e.context["chosen"].astype(bool) & e.context["value"].notna()]
    mine, about = mine[mine["period"].str[:4] <= e.round[:4]].sort_values("period"), e.indicators.set_index("indicator")
    return Html("<br>".join(newest(mine[mine["indicator"] == c], about.loc[c], w) for c in codes if (mine["indicator"] == c).any()))


def method(e, w: Words) -> Part:
    """Weights with provenance, and how index and verdicts are computed."""
    i = e.instruments[e.round]
    rows = pd.DataFrame({"component": [i.name(c, w.lang) for c in i.components], "weight": [i.share(c) for c in i.components]})
    pct = lambda v: w.pct(v, 1 if v * 100 % 1 > 1e-9 else 0)  # noqa: E731
    fields = [Field("component", capital(w(e.unit))), Field("weight", w("method.weight"), pct, True)]
    places = {"low": w.short(i.scale.low), "high": w.short(i.scale.high), "n": len(i.measured), "of": len(i.leaves)}
    scaled = "method.scale" + ("" if not i.measured else ".mixed" if len(i.measured) < len(i.leaves) else ".measured")
    enough = (e.judged["direction"] != "too_little_data").any()
    few = "method.few" if len(e.official) else "method.few_alone"
    verdicts = w("method.verdicts", delta=deltas(e.trend, w)) if enough else w(few)
    how = w("method.index", mean=_mean(i, w), coverage=w.pct(i.coverage))
    hundred = [w("method.hundred", **places)] * ((i.scale.low, i.scale.high) != (0, 100))
    says = [f"{w(scaled, **places)} {how}", *hundred, verdicts, w("method.cause")]
    source = w("method.weights.note", provenance=w("weights." + i.weights), source=w.label(i.weights_source))
    weights = html_table(rows, fields, w("method.weights", instrument=w.label(i.label)))
    body = "".join(f"<p>{escape(s)}</p>" for s in says) + weights
    return section(body + "".join(note(t) for t in (source, *map(w.label, e.programme.notes))), kind="long")


def _mean(i: Instrument, w: Words) -> str:
    """Which mean the index is."""
    geometric = [p for p, n in i.nodes.items() if n.children and i.mean_of(p) == "geometric"]
    if not geometric or len(geometric) == sum(bool(n.children) for n in i.nodes.values()):
        return w("method.mean." + ("geometric" if geometric else "arithmetic"))
    return w("method.mean.mixed", names=w.join([w("node.index") if p == ROOT else i.name(p, w.lang) for p in geometric]))


def inputs(e, w: Words) -> Part:
    """The files this report was made from, with their hashes."""
    body = "".join(
        f'<tr><th scope="row">{escape(name)}</th><td class="hash">{escape(digest)}</td></tr>'
        for name, digest in sorted(e.provenance.items())
    )
    heads = "".join(f'<th scope="col">{escape(w(k))}</th>' for k in ("method.file", "method.hash"))
    table = f"<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"
    return section(folded(w("method.inputs"), table), kind="long")


in_any_language(globals())
