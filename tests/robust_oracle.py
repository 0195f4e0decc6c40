"""A slow second way, in plain Python: one method on an evaluation whose scores all stand at the leaves."""

import math
import statistics

from scevaluation.period import Period


def leaf_scores(e) -> dict:
    """(round, path) to the score on 0-100; the paths of the newest questionnaire hold the same items in all rounds."""
    rows = e.index[e.index["value100"].notna()]
    leaves = {r: set(i.leaves) for r, i in e.instruments.items()}
    return {(r, n): v for r, n, v in zip(rows["round"], rows["node"], rows["value100"], strict=True) if n in leaves[r]}


def _target(e, path: str) -> float:
    goals = {t.node: t.value for t in e.programme.targets}
    return goals.get(path, goals.get(path.split("/")[0], goals.get("index", 100.0)))


def normals(e, x: dict) -> dict:
    """(normalisation, item) to (function of a score, worst, best)."""
    paths = {p for _, p in x}
    history = {p: [x[k] for k in sorted(x) if k[1] == p] for p in paths}
    own = {p: v for p, v in history.items() if len(v) >= 3 and statistics.stdev(v) > 0}
    goal = statistics.fmean(_target(e, p) for p in paths)
    level = statistics.fmean(statistics.fmean(v) for v in own.values())
    size = statistics.fmean(statistics.stdev(v) for v in own.values())
    out = {}
    for p in {leaf for i in e.instruments.values() for leaf in i.leaves}:
        out["goalposts", p] = out["zscore", p] = (lambda v: v, 0.0, 100.0)
        own_goal = _target(e, p)
        out["target", p] = (lambda v, t=own_goal: min(v / t, 1) * goal, 0.0, goal)
        if p in own:
            mean, sd = statistics.fmean(own[p]), statistics.stdev(own[p])
            make = lambda v, mean=mean, sd=sd: level + size * (v - mean) / sd  # noqa: E731
            out["zscore", p] = (make, make(min(own[p])), make(max(own[p])))
    return out


def _value(normal, x, name, path, choice):
    make, worst, best = normal[choice["normalisation"], path]
    if (name, path) in x:
        v = make(x[name, path])
    elif choice["missing"] == "coverage":
        return None
    else:
        v = worst if choice["missing"] == "worst" else best
    return math.log(max(v, 1.0)) if choice["aggregation"] == "geometric" else v


def _mean(pairs):
    pairs = [(w, v) for w, v in pairs if v is not None]
    total = sum(w for w, _ in pairs)
    return sum(w * v for w, v in pairs) / total if total else None


def one_level(e, normal, x, name, choice, factor) -> float:
    one = e.instruments[name]

    def up(path):
        below = one.children(path)
        if not below:
            return _value(normal, x, name, path, choice)
        return _mean([(one.nodes[c].weight * factor[c], up(c)) for c in below])

    found = up("index")
    return math.exp(found) if choice["aggregation"] == "geometric" else found


def one_change(e, normal, x, earlier, later, choice, factor) -> float:
    assert Period(earlier) < Period(later)
    then, now = e.instruments[earlier], e.instruments[later]
    weight = {"index": 1.0}
    for path in then.nodes:
        below = then.children(path)
        total = sum(then.nodes[c].weight * factor[c] for c in below)
        weight |= {c: weight[path] * then.nodes[c].weight * factor[c] / total for c in below}
    items = [p for p in now.leaves if p in then.leaves and now.nodes[p].link != "-"]
    pairs = [(p, _value(normal, x, earlier, p, choice), _value(normal, x, later, p, choice)) for p in items]
    pairs = [(weight[p], a, b) for p, a, b in pairs if a is not None and b is not None]
    before, after = _mean([(w, a) for w, a, _ in pairs]), _mean([(w, b) for w, _, b in pairs])
    return math.exp(after) - math.exp(before) if choice["aggregation"] == "geometric" else after - before
