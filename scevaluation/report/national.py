"""The forms of the report over all regions: for a `Nation`, the right tables to the right chart or part."""

from __future__ import annotations

import json
from html import escape

import pandas as pd

from scevaluation import __version__
from scevaluation.charts.distribution import distribution as distribution_chart
from scevaluation.charts.distribution import finding as lowest
from scevaluation.charts.flips import flips as flips_chart
from scevaluation.charts.movers import movers as movers_chart
from scevaluation.charts.strip import strip as strip_chart
from scevaluation.charts.titles import total
from scevaluation.draw.table import Field, html_table
from scevaluation.draw.table import heads as table_heads
from scevaluation.evaluate.national import Nation
from scevaluation.evaluate.places import group_names, level, located
from scevaluation.frames import ROOT
from scevaluation.frames.national import COHORTS, NATIONAL
from scevaluation.kinds import KINDS
from scevaluation.node import Scale
from scevaluation.region import short_name
from scevaluation.report.part import DOT, Part, note, section
from scevaluation.report.plan import Chapter, Plan, cell, cells, opening
from scevaluation.words import Fact, Sentence, Words, capital, decimals, in_any_language

TIED = 2  # more tied names than this are counted instead


def labels(n: Nation, w: Words) -> dict[str, str]:
    """Text of the index and of every cohort's components, in their order."""
    out = {ROOT: w("node.official")}
    for instrument in n.instruments.values():
        out |= {c: instrument.name(c, w.lang) for c in instrument.components}
    return out


def masthead(n: Nation, w: Words) -> Part:
    """Which round and letter, over all regions."""
    bits = [w.round_long(n.round), w.column(n.letter, "label")]
    right = w("nation.letter", letter=n.letter["letter"])
    name, about = escape(w("nation.report")), escape(DOT + DOT.join(bits))
    html = f'<div class="masthead"><p><b>{name}</b>{about}</p><p>{escape(right)}</p></div>'
    marks = {
        "title": w("nation.title", round=w.round_long(n.round)),
        "footer": w("nation.footer", round=w.round_long(n.round), letter=n.letter["letter"], version=__version__),
        "inputs": json.dumps(n.provenance, sort_keys=True),
    }
    return Part(html, DOT.join(bits), marks)


def headline(n: Nation, w: Words) -> Part:
    """Headline, lede and three findings, each by its rule; what the letter lacks stands below."""
    head, lede = moved_together(n.cohorts, n.scale), middle(n.cohorts, n.scale)
    moved = farthest(n.regions, w)
    pair = comparable(n.cohorts)
    found = (
        ("nation.card.moved", moved) if moved else ("nation.card.level", lowest(n.spread, labels(n, w), w)),
        ("nation.card.pairs", pair) if pair else ("nation.card.rank", uncertain(n.cohorts)),
        ("nation.card.absent", took_no_part(n.cohorts)),
    )
    only = n.cohorts["cohort"].tolist()[1:]
    below = note(w("nation.only", cohort=only[0])) if len(only) == 1 else ""
    return opening(head, lede, [("", w(title), sentence) for title, sentence in found], w, below)


def moved_together(cohorts: pd.DataFrame, scale: Scale) -> Sentence:
    """Whether the regions moved together: the median change against what is small on the scale; without published changes, the level."""
    row = total(cohorts)
    if not row["with_change"]:
        return Sentence("nation.headline.level", {"median": cell(COHORTS, row, "median", 2), "best": f"{scale.high:g}"})
    places = cells(COHORTS, row, ("rose", "fell")) | {"n": cell(COHORTS, row, "with_change")}
    if abs(round(row["common"], 9)) <= scale.small:
        return Sentence("nation.headline.still", places)
    key = "nation.headline.up" if row["common"] > 0 else "nation.headline.down"
    return Sentence(key, {**places, "common": cell(COHORTS, row, "common", 2, size=True)})


def middle(cohorts: pd.DataFrame, scale: Scale) -> Sentence:
    """Median, the middle eight of ten, and who took part."""
    row = total(cohorts)
    places = {name: cell(COHORTS, row, name, 2) for name in ("median", "p10", "p90")} | cells(COHORTS, row, ("took_part", "listed"))
    return Sentence("nation.lede", {**places, "best": f"{scale.high:g}"})


def farthest(regions: pd.DataFrame, words: Words) -> Sentence | None:
    """The region with the largest rise and that with the largest fall, the cohort's common movement taken off."""
    net = regions["net"].round(9)
    clauses = []
    for key, extreme in (("nation.found.rose", net.max()), ("nation.found.fell", net.min())):
        if pd.isna(extreme) or extreme == 0 or (extreme > 0) != (key == "nation.found.rose"):
            continue
        tied = regions[net == extreme]
        names = words.join(tied["name"]) if len(tied) <= TIED else words("nation.found.tied", n=words.count(len(tied)))
        row = tied.iloc[0]  # of many regions, so that its cell is named by the region too
        moved = Fact(float(row["net"]), "REGIONS", f"{row['region']}|{row['round']}", "net", 2, size=True)
        clauses.append(Sentence(key, {"names": names, "net": moved}))
    if not clauses:
        return None
    if len(clauses) == 1:
        return Sentence("nation.found.one", {"first": clauses[0]})
    return Sentence("nation.found.both", {"first": clauses[0], "second": clauses[1]})


def comparable(cohorts: pd.DataFrame) -> Sentence | None:
    """How many signs turn with the earlier letter's weights; None without regions in both letters."""
    row = total(cohorts)
    if not row["pairs"]:
        return None
    places = {"n": cell(COHORTS, row, "flips"), "of": cell(COHORTS, row, "pairs"), "shift": cell(COHORTS, row, "shift", 2, sign=True)}
    return Sentence("nation.found.flips" if row["flips"] else "nation.found.no_flips", places)


def uncertain(cohorts: pd.DataFrame) -> Sentence:
    """How wide the interval of a rank is for half the participants."""
    return Sentence("nation.found.width", {"width": cell(COHORTS, total(cohorts), "width")})


def took_no_part(cohorts: pd.DataFrame) -> Sentence:
    """Who did not take part is counted, never scored."""
    row = total(cohorts)
    places = {"n": cell(COHORTS, row, "absent"), "listed": cell(COHORTS, row, "listed")}
    return Sentence("nation.found.absent" if row["absent"] else "nation.found.none_absent", places)


def available(n: Nation) -> dict[str, bool]:
    """What the letter has."""
    moves, several = bool(n.regions["change"].notna().any()), len(n.instruments) > 1
    return {"cohorts": several, "one_cohort": not several, "movers": moves, "letters": len(n.pairs) > 0}


PLAN: Plan = Plan(
    KINDS["national"],
    (
        Chapter("cohorts", ("cohorts",)),
        Chapter("participants", ("one_cohort",)),
        Chapter("where"),
        Chapter("movers", ("movers",)),
        Chapter("letters", ("letters",)),
        Chapter("absent"),
        Chapter("finder", new_page=True),
        Chapter("method"),
        Chapter("numbers"),
    ),
    available,
    lambda n: [(NATIONAL[name], rows) for name, rows in n.tables.items()],
)


def side_by_side(n: Nation, w: Words) -> Part:
    """The cohorts in columns, counts and medians in rows."""
    rows = n.cohorts.set_index("cohort")
    rows = rows if len(n.instruments) > 1 else rows.iloc[1:]
    whole, two, signed = (lambda v: w.num(v, 0)), (lambda v: w.num(v, 2)), (lambda v: w.num(v, 2, sign=True))
    lines = [("listed", whole), ("took_part", whole), ("absent", whole), ("median", two), ("p10", two), ("p90", two)]
    if rows["with_change"].any():
        lines += [("with_change", whole), *((k, whole) for k in ("rose", "fell", "same", "small"))]
        lines += [("common", signed), ("sd", two)]
    lines += [("width", whole)]
    small = w.num(n.scale.small, decimals(n.scale.small))
    said = {key: {c: write(rows.at[c, key]) for c in rows.index} for key, write in lines}
    table = [{"what": w("nation.row." + key, small=small), **texts} for key, texts in said.items()]
    fields = [Field("what", w("nation.row"))]
    fields += [Field(c, w("nation.all") if c == "all" else c, number=True) for c in rows.index]
    below = note(w("nation.side.note" if len(n.instruments) > 1 else "nation.side.note_one"))
    return section(html_table(table, fields, w("nation.side")) + below, kind="side")


def distribution(n: Nation, w: Words):
    """Index and components by cohort."""
    return distribution_chart(n.official, n.spread, labels(n, w), n.scale, w)


def strip(n: Nation, w: Words, by: str = "islands"):
    """Where in the country the participants are: by groups of islands, or by "province"."""
    first = n.cohorts.iloc[1:].sort_values("took_part", kind="stable")["cohort"].iloc[-1]
    return strip_chart(located(n.official, by), level(n.groups, by), group_names(by, w.lang), "", first, n.scale, w)


def movers(n: Nation, w: Words):
    """All changes, and the furthest beyond their cohort; None where the letter prints no change."""
    return movers_chart(n.regions, n.cohorts, n.scale, w) if available(n)["movers"] else None


def flips(n: Nation, w: Words):
    """Official and like-for-like change of the regions of both letters; None without an earlier letter."""
    return flips_chart(n.pairs, n.cohorts, n.scale, w) if available(n)["letters"] else None


def absent(n: Nation, w: Words) -> Part:
    """Who did not take part, with what is known of them in the earlier letter."""
    rows = n.regions[n.regions["status"] == "did_not_take_part"].assign(key=lambda t: t["name"].map(plain))
    rows = rows.sort_values(["cohort", "key", "name"])
    head = f"<h3>{w.html(took_no_part(n.cohorts))}</h3>"
    if rows.empty:
        return section(head)
    fields = [Field("name", w("nation.region")), Field("province", w("nation.province")), Field("cohort", w("column.cohort"))]
    if n.previous:
        before = n.earlier[n.earlier["node"] == ROOT].set_index("region")["value"]
        rows = rows.assign(before=[_before(before, r, w) for r in rows["region"]])
        fields.append(Field("before", w("nation.before", round=w.round_long(n.previous))))
    return section(head + html_table(rows, fields) + note(w("nation.absent.note")), kind="absent")


def _before(before: pd.Series, region: str, w: Words) -> str:
    if region not in before.index:
        return w("nation.not_listed")
    value = before[region]
    return w("nation.not_taken") if pd.isna(value) else w("nation.index_was", value=w.num(value, 2))


def plain(name: str) -> str:
    """A region's name without Kabupaten or Kota: what it is looked up by."""
    return name.removeprefix("Kabupaten ").removeprefix("Kota ")


def _place_id(region: str) -> str:
    return "daerah-" + region.replace(".", "-")


def _sorted(n: Nation) -> pd.DataFrame:
    rows = n.regions.assign(key=n.regions["name"].map(plain))
    rows["letter"] = rows["key"].str[0].str.upper()
    return rows.sort_values(["key", "name"], ignore_index=True)


def find(n: Nation, w: Words) -> Part:
    """Links into the table of all regions: by letter, and by province."""
    rows = _sorted(n)
    letters = "".join(f'<li><a href="#huruf-{c.lower()}">{c}</a></li>' for c in rows["letter"].unique())
    rows["link"] = [f'<a href="#{_place_id(r.region)}">{escape(short_name(r.name))}</a>' for r in rows.itertuples()]
    links = rows.groupby("province")["link"].agg(" ".join)
    blocks = "".join(f"<li><b>{escape(province)}</b> {names}</li>" for province, names in links.items())
    title, label = escape(w("nation.find")), escape(w("nation.find.province", n=w.num(rows["province"].nunique(), 0)))
    return Part(
        f'<nav class="contents find" id="cari" aria-label="{title}"><p>{title}</p><ul class="letters">{letters}</ul>'
        f'<details><summary>{label}</summary><ul class="provinces">{blocks}</ul></details></nav>'
    )


def finder(n: Nation, w: Words) -> Part:
    """Every region of the letter by name: index, rank with denominator and interval, cohort, change; a card each on a phone."""
    rows = _sorted(n)
    left_out = set() if available(n)["movers"] else {"change"}
    left_out |= {"cohort_rank"} if len(n.instruments) == 1 else set()
    heads = {k: w(key) for k, key in FINDER.items() if k not in left_out}
    head = table_heads(Field(k, text, number=k in ("value", "change")) for k, text in heads.items())
    back, body = f'<a href="#cari">{escape(w("nation.back"))}</a>', ""
    for letter, group in rows.groupby("letter"):
        first = f'<tr role="row" class="letter"><td role="cell" colspan="{len(heads)}">{letter} {back}</td></tr>'
        lines = "".join(_region_row(r, heads, w) for r in group.to_dict("records"))
        body += f'<tbody role="rowgroup" id="huruf-{letter.lower()}">{first}{lines}</tbody>'
    title = f"<h3>{capital(w.html(uncertain(n.cohorts)))}</h3>"
    caption = escape(w("nation.finder.caption", n=w.num(len(rows), 0)))
    table = f'<table class="cards finder" role="table"><caption>{caption}</caption>{head}{body}</table>'
    below = note(w("nation.finder.note" if "change" in heads else "nation.finder.note_level"))
    return section(title + table + below, kind="long")


FINDER = {"name": "nation.region", "province": "nation.province", "cohort": "column.cohort", "value": "nation.index"}
FINDER |= {column: "nation." + column for column in ("rank", "cohort_rank", "change")}


def _region_row(r: dict, heads: dict[str, str], w: Words) -> str:
    took_part, dash = r["status"] == "scored", "\u2013"

    def rank(own: str, low: str, high: str, of: str) -> str:
        places = {"rank": w.num(r[own], 0), "n": w.num(r[of], 0), "low": w.num(r[low], 0), "high": w.num(r[high], 0)}
        return w("nation.rank_of", **places) if took_part else dash

    texts = {
        "province": r["province"],
        "cohort": r["cohort"],
        "value": w.num(r["value"], 2) if took_part else w("nation.not_taken"),
        "rank": rank("rank", "rank_low", "rank_high", "n"),
        "cohort_rank": rank("cohort_rank", "cohort_low", "cohort_high", "cohort_n"),
        "change": w.num(r["change"], 2, sign=True),
    }
    cells = "".join(
        f'<td role="cell" data-label="{escape(heads[k])}" class="{_css(k, t, took_part)}">{escape(t)}</td>'
        for k, t in texts.items()
        if k in heads
    )
    return f'<tr role="row" id="{_place_id(r["region"])}"><th scope="row" role="rowheader">{escape(r["name"])}</th>{cells}</tr>'


def _css(column: str, text: str, took_part: bool) -> str:
    missing = " none" if text == "\u2013" else ""
    number = "n " if column == "change" or (column == "value" and took_part) else ""
    return f"{number}{column}{missing}" + ("" if took_part or column != "value" else " out")


def method(n: Nation, w: Words) -> Part:
    """Weights by cohort, how ranks, intervals and like-for-like changes are made, and whether the letter adds up."""
    name = labels(n, w)
    components = [c for c in name if c != ROOT]
    pct = lambda i, c: w.pct(i.share(c)) if c in i.components else "\u2013"  # noqa: E731
    table = pd.DataFrame([{"component": name[c], **{k: pct(i, c) for k, i in n.instruments.items()}} for c in components])
    fields = [Field("component", capital(w("unit.component"))), *(Field(k, k, number=True) for k in n.instruments)]
    row = total(n.cohorts)
    count = {"n": cell(COHORTS, row, "reproduced"), "of": cell(COHORTS, row, "took_part")}
    says = ["nation.method.absent", "nation.method.rank", *(["nation.method.pairs"] if len(n.pairs) else [])]
    checks = w.html(Sentence("nation.method.checks", count))
    body = f"<p>{checks}</p>" + "".join(f"<p>{escape(w(s))}</p>" for s in says)
    sources = "".join(note(w.label(i.weights_source)) for i in n.instruments.values())
    return section(body + html_table(table, fields, w("nation.method.weights")) + sources, kind="long")


def summary(n: Nation) -> str:
    """One line in plain figures, the same in every language: a stored check of the notebook."""
    row = total(n.cohorts)
    each = ", ".join(f"{r.cohort} {r.took_part} of {r.listed}" for r in n.cohorts.iloc[1:].itertuples())
    return f"{n.round}: {row['took_part']} of {row['listed']} took part ({each}), median {row['median']:.3f}"


def moves_line(n: Nation) -> str:
    """Rises and falls in plain figures."""
    row = total(n.cohorts)
    if not row["with_change"]:
        return "no change is published"
    moved = f"{row['rose']} rose, {row['fell']} fell, {row['small']} of {row['with_change']} by at most {n.scale.small:g}"
    return f"{moved}; median {row['common']:+.3f}, sd {row['sd']:.2f}"


def pairs_line(n: Nation) -> str:
    """Both letters in plain figures."""
    row = total(n.cohorts)
    if not row["pairs"]:
        return "no earlier letter"
    return f"{row['pairs']} regions in both letters: {row['flips']} change sign, mean shift {row['shift']:+.2f}"


def checks_line(n: Nation) -> str:
    """How many published indices their components reproduce."""
    row = total(n.cohorts)
    return f"{row['reproduced']} of {row['took_part']} published indices reproduced"


in_any_language(globals())
