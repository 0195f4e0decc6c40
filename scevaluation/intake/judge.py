"""What is wrong or odd about scores that were read: by row, by group, by the whole table.

The rules take rows as plain dicts: pandas and pandera take longer to load than a round to check.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from math import fsum
from operator import itemgetter

from scevaluation.frames import ISSUES, SCORES
from scevaluation.instrument import Instrument
from scevaluation.intake.form import MOST_OF_A_KIND
from scevaluation.issues import issue, near
from scevaluation.programme import Programme

STRAIGHT_SHARE, STRAIGHT_ITEMS = 0.8, 10
SILENT = ("not_applicable", "did_not_take_part")
LISTED = 10
MOST_KNOWN = 100_000
SOURCES = ("self", "verified", "final")


def judged(
    rows: list[dict], programme: Programme, round_name: str, found: list[dict], whole: bool = False, once: bool = False
) -> list[dict]:
    """Rows of ISSUES about rows of SCORES, each once, behind those `found` before.

    `whole` says that the rows are all that the round has, so that an indicator without a line is missed; `once` that no
    indicator has two rows of one agency and source.
    """
    instrument = programme.instrument(round_name)
    out = list(found) + _by_row(rows, instrument, programme, round_name)
    for row in [] if once else _duplicates(rows):
        out.append(about(row, "duplicate", "error", f"{row['indicator']} {row['agency']} {row['source']}", "", "keep_one"))
    scored = [row for row in rows if row["score"] is not None and row["score"] == row["score"]]
    out += _straight_lines(scored, instrument) + _parent_checks(scored, instrument) + _not_reported(rows, scored, instrument)
    out += _unequal_panels(scored, instrument)
    if whole:
        out += _without_line(rows, instrument)
    each: dict[tuple, dict] = {}
    for one in out:
        each.setdefault(tuple(one[k] for k in ISSUES.key), one)
    return _bounded(list(each.values()))


def about(row: dict, problem: str, severity: str, found="", expected="", remedy="correct_cell") -> dict:
    """A row of ISSUES on a row of scores."""
    return issue(row["file"], row["cell"], problem, severity, found, expected, remedy)


def _bounded(issues: list[dict]) -> list[dict]:
    """No more of a kind than a person can read; how many more there are is said."""
    seen: Counter = Counter()
    out = []
    for one in issues:
        kind = (one["problem"], one["severity"])
        seen[kind] += 1
        if seen[kind] <= MOST_OF_A_KIND:
            out.append(one)
    many = ((p, s, n - MOST_OF_A_KIND) for (p, s), n in seen.items() if n > MOST_OF_A_KIND)
    return out + [issue(issues[0]["file"], "", "more", s, n, p) for p, s, n in many]


def _groups(rows: Iterable[dict], key: Callable[[dict], object]) -> list[tuple]:
    """Rows by what `key` says of each, in its order."""
    out = defaultdict(list)
    for row in rows:
        out[key(row)].append(row)
    return sorted(out.items())


def _duplicates(rows: list[dict]) -> list[dict]:
    if len(set(map(itemgetter("indicator", "agency", "source"), rows))) == len(rows):
        return []
    full = Counter(tuple(row[k] for k in SCORES.key) for row in rows)
    return [row for row in rows if full[tuple(row[k] for k in SCORES.key)] > 1]


def _by_row(rows: list[dict], instrument: Instrument, programme: Programme, round_name: str) -> list[dict]:
    """Issues of single rows; equal scores are judged once."""
    agencies = frozenset(a.id for a in programme.agencies)
    leaves, measured = set(instrument.leaves) - set(instrument.components), instrument.measured
    nodes, known, region = set(instrument.nodes), agencies | {""}, programme.region
    fine: set[tuple] = set()
    out: list[dict] = []
    for row in rows:
        named = row["indicator"] in nodes and row["agency"] in known and row["round"] == round_name and row["region"] == region
        if not named or (row["source"] not in SOURCES and row["source"][:9] != "assessor:"):
            out += _keys(row, instrument, programme, round_name, agencies)
        score = (row["score"], row["status"], row["indicator"] if row["indicator"] in measured else row["indicator"] in leaves)
        if score not in fine:
            issues = of_score(row, instrument)
            if not issues and len(fine) < MOST_KNOWN:
                fine.add(score)
            out += issues
    return out


def _keys(row: dict, instrument: Instrument, programme: Programme, round_name: str, agencies: frozenset[str]) -> list[dict]:
    out = []
    if row["round"] != round_name:
        out.append(about(row, "wrong_round", "error", row["round"], round_name, "right_file"))
    if row["region"] != programme.region:
        out.append(about(row, "wrong_region", "error", row["region"], programme.region, "right_file"))
    if row["indicator"] not in instrument.nodes:
        close = ", ".join(near(row["indicator"], tuple(instrument.nodes))) or instrument.id
        out.append(about(row, "unknown_indicator", "error", row["indicator"], close, "use_code"))
    if row["agency"] and row["agency"] not in agencies:
        known = tuple(sorted(agencies))
        close = ", ".join(near(row["agency"], known, least=0.5) or known)
        out.append(about(row, "unknown_agency", "error", row["agency"], close, "use_agency"))
    if row["source"] not in SOURCES and not row["source"].startswith("assessor:"):
        out.append(about(row, "unknown_source", "error", row["source"], "self, verified, final, assessor:<id>", "choose_known"))
    return out


def of_score(row: dict, instrument: Instrument) -> list[dict]:
    """Issues of one score: off its scale, zero where none can be, beside a status that says there is none."""
    score, scale = row["score"], instrument.scale_of(row["indicator"])
    if score is None or score != score:
        return []
    if scale:
        limits = f"{scale.low:g}\u2013{scale.high:g} ({instrument.id})"
        if score == 0 and scale.low > 0:
            return [about(row, "zero_score", "error", "0", limits, "leave_empty")]
        if not scale.low <= score <= scale.high:
            return [about(row, "off_scale", "error", f"{score:g}", limits)]
    if row["status"] in ("not_reported", "did_not_take_part", "not_applicable"):
        return [about(row, "score_and_status", "error", f"{score:g}, {row['status']}", "", "choose_one")]
    leaf = row["indicator"] in instrument.nodes and not instrument.nodes[row["indicator"]].children
    if not scale or not scale.step or not leaf or row["indicator"] in instrument.components:
        return []
    steps = (score - scale.low) / scale.step
    return [about(row, "off_grid", "note", f"{score:g}", f"{scale.step:g}", "look")] if abs(steps - round(steps)) > 1e-6 else []


def _straight_lines(rows: list[dict], instrument: Instrument) -> list[dict]:
    """One value in nearly all items of a component: legal, but unlikely to be an answer."""
    of = {path: path.partition("/")[0] for path in instrument.leaves}
    values: dict[tuple[str, str], list[float]] = defaultdict(list)
    sources = Counter(map(itemgetter("source"), rows))
    enough = {s for s, n in sources.items() if n >= STRAIGHT_ITEMS and s != "self"}
    for row in rows if enough else ():
        if row["source"] in enough and (component := of.get(row["indicator"])):
            values[component, row["source"]].append(row["score"])
    straight = {}
    for group, scores in sorted((g, s) for g, s in values.items() if len(s) >= STRAIGHT_ITEMS):
        value, times = Counter(scores).most_common(1)[0]
        if times / len(scores) >= STRAIGHT_SHARE:
            straight[(*group, value)] = times, len(scores)
    out, files = [], dict[tuple, str]()
    for row in rows if straight else ():
        files.setdefault((of.get(row["indicator"]), row["source"], row["score"]), row["file"])
    for (component, source, value), (times, size) in straight.items():
        label = instrument.nodes[component].label.id if component in instrument.nodes else component
        file, said = files[component, source, value], f"{times}/{size} = {value:g}"
        out.append(issue(file, f"{component} ({source})", "straight_lining", "warning", said, label, "ask_back"))
    return out


def _parent_checks(rows: list[dict], instrument: Instrument) -> list[dict]:
    """A node scored itself and by all its children: they must agree within the instrument's tolerance."""
    above = {p for p, n in instrument.nodes.items() if n.children}
    if instrument.weights == "unknown" or not any(row["indicator"] in above for row in rows):
        return []
    out = []
    for source, group in _groups(rows, lambda row: row["source"]):
        nodes = dict(_groups(group, lambda row: row["indicator"]))
        values = {p: fsum(instrument.on_scale(p, row["score"]) for row in own) / len(own) for p, own in nodes.items()}
        for path in (p for p in values if p in above):
            below = [c for c in instrument.children(path) if c in values]
            if len(below) < len(instrument.children(path)):
                continue
            mean = instrument.mean(path, values)
            if abs(mean - values[path]) > max(instrument.tolerance, 0.005):
                out.append(about(nodes[path][0], "sum_differs", "warning", f"{values[path]:g} ({path})", f"{mean:.3f} ({source})", "look"))
    return out


def _not_reported(rows: list[dict], scored: list[dict], instrument: Instrument) -> list[dict]:
    """Items without any score, counted by agency; what does not apply or did not take part is none of them."""
    leaves = set(instrument.leaves)
    mine = {(r["agency"], r["indicator"]) for r in rows if r["indicator"] in leaves}
    known = {(r["agency"], r["indicator"]) for group in (scored, (r for r in rows if r["status"] in SILENT)) for r in group}
    gone = mine - known
    items, lacks = Counter(a for a, _ in mine), Counter(a for a, _ in gone)
    files = {r["agency"]: r["file"] for r in reversed(rows) if (r["agency"], r["indicator"]) in gone}
    shares = [(agency, f"{n}/{items[agency]}") for agency, n in sorted(lacks.items())]
    return [issue(files[agency], agency or instrument.id, "not_reported", "note", share, "", "remind") for agency, share in shares]


def _unequal_panels(rows: list[dict], instrument: Instrument) -> list[dict]:
    """An indicator that agencies scored unequally often by assessors: each agency's mean counts the same, whoever gave more."""
    given = Counter((r["indicator"], r["agency"]) for r in rows if r["source"][:9] == "assessor:")
    by: dict[str, dict[str, int]] = defaultdict(dict)
    for (path, agency), n in given.items():
        by[path][agency] = n
    out = []
    for path in sorted(p for p, counts in by.items() if len(set(counts.values())) > 1):
        first = next(r for r in rows if r["indicator"] == path)
        said = ", ".join(f"{a or instrument.id} {n}" for a, n in sorted(by[path].items()))
        out.append(about(first, "unequal_panel", "warning", path, said, "look"))
    return out


def _without_line(rows: list[dict], instrument: Instrument) -> list[dict]:
    """Indicators of which a whole round says nothing, neither themselves nor by a node above them."""
    said = {row["indicator"] for row in rows}

    def covered(path: str) -> bool:
        while path not in said and path in instrument.parents:
            path = instrument.parents[path]
        return path in said

    gone = [p for p in instrument.leaves if not covered(p)]
    if not gone or not rows:
        return []
    names = ", ".join(gone[:LISTED]) + (", \u2026" if len(gone) > LISTED else "")
    return [issue(rows[0]["file"], "", "without_line", "warning", f"{len(gone)}/{len(instrument.leaves)}", names, "add_lines")]
