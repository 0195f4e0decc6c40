"""The averages over departures against the long way: every model written down as a covariance, with scipy's multivariate normal."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from scevaluation.evaluate import averaging, learning, mixture, model
from scevaluation.evaluate.posterior import fit
from scevaluation.evaluate.priors import BEND, KINDS, ODDS, PRIOR, RHO, SIGMA, bends_ahead

pytestmark = pytest.mark.filterwarnings("error")
N = 9
EXPOSED = {"pandemic": np.isin(np.arange(N), (3, 4)) * 1.0, "instrument": (np.arange(N) >= 6) * 1.0}


@pytest.fixture(autouse=True)
def _keep_all(monkeypatch):
    monkeypatch.setattr(averaging, "NEGLIGIBLE", -60.0)


def some(count=4, n=N, seed=3, missing=True):
    rng = np.random.default_rng(seed)
    y = 50 + rng.normal(0, 2, (count, 1)) * np.arange(n) / 2 + rng.normal(0, 3, (count, n))
    if missing:
        y[np.arange(count), rng.integers(1, n - 1, count)] = np.nan
    return y


def models(k, t, terms, boundary=None):
    """(kind, round, share of its kind, columns (p, c) beside the line, their prior covariance, whether b stays) of every model."""
    n = k[-1] - k[0] + 1
    after = np.isin(k, (5, 6)) * 1.0 if "pandemic" in terms else np.zeros(len(k))
    out = [("none", None), ("wandering", None), ("season", (k % 2) - 0.5), ("after", after)]
    out = [(kind, -1, 1.0, x) for kind, x in out if kind != "after" or x.any()]
    out += [("outlier", j, 1 / n, (k == k[0] + j) * 1.0) for j in range(n)]
    out += [("shift", j, 1 / (n - 3), (k >= k[0] + j) * 1.0) for j in range(2, n - 1)]
    bends = range(2, n - 2)
    on = [j for j in bends if boundary is not None and k[0] + j in (boundary - 1, boundary)]
    for j in bends:
        share = (0.5 / (n - 4) + (0.5 / len(on) if j in on else 0)) if on else 1 / (n - 4)
        out.append(("bend", j, share, np.maximum(t - j / 2, 0)))
    return out


def by_hand(y, exposures, odds=ODDS, step=0.0, share=1.0, boundary=None, at=None, cut=None, left=None):
    """Components (weight, mean and sd of b since the start, of b now, of the value at `at`) without any shortcut."""
    seen = np.isfinite(y)
    beyond = max(10 * np.sqrt(2 / np.pi) - step / 2, 0)
    k, z = np.arange(len(y))[seen], y[seen] - 50 + beyond * (1.0 * (y[seen] >= 100) - (y[seen] <= 0))
    t = (k - k[0]) / 2
    terms = {n: x[seen] for n, x in exposures.items() if x[seen].any()}
    pairs = [(r, s) for r in RHO for s in SIGMA]
    beforehand = {(r, s): stats.norm.logpdf(r, 0.4, 0.35) + stats.norm.logpdf(np.log(s), np.log(3), 1.2) for r, s in pairs}
    rows = []
    for kind, j, within, x in models(k, t, terms, boundary):
        for r in RHO:
            for s in SIGMA:
                lag = np.abs(k[:, None] - k)
                noise = s**2 * r**lag + 0.08 * np.eye(len(k)) + np.diag(np.where((y[seen] <= 0) | (y[seen] >= 100), 100.0, 0))
                if step:
                    moved = 2 * s**2 * (1 - r**lag) + 9 * (t[:, None] - t) ** 2
                    w = np.arange(1, 13)
                    c = (np.exp(-2 * np.pi**2 * w**2 * moved[..., None] / step**2) / w**2).sum(-1) / (1 / w**2).sum()
                    noise = noise + step**2 / 12 * share * c
                if left is not None:
                    noise[left, left] += 1e9
                columns = [np.ones(len(k)), *terms.values()]
                sds = [30, *(PRIOR.sd(n) for n in terms)]
                effects = [1.0, *(1.0 if n == "instrument" else 0.0 for n in terms)]
                until = 0.0 if at is None else (at - k[0]) / 2 if cut is None else cut
                if kind == "bend":
                    hinge = j / 2
                    columns += [np.minimum(t, hinge), x]
                    sds += [3, 3]
                    effects += [min(until, hinge), max(until - hinge, 0)]
                    away = t - t.mean()
                    part = away @ x / (away**2).sum()
                    start, now = np.zeros(len(sds)), np.zeros(len(sds))
                    start[-2:], now[-1] = (1 - part, part), 1
                else:
                    columns.append(t)
                    sds.append(3)
                    effects.append(until)
                    start = np.zeros(len(sds) + (kind not in ("none", "wandering")))
                    start[len(sds) - 1] = 1
                    now = start
                    if kind not in ("none", "wandering"):
                        columns.append(x)
                        sds.append({"season": 4, "after": 5, "outlier": 12, "shift": 8}[kind])
                        effects.append({"season": 0.5 if at and at % 2 else -0.5, "shift": 1.0}.get(kind, 0.0))
                if kind == "wandering":
                    noise = noise + 9 * np.minimum(t[:, None], t)
                design, b = np.column_stack(columns), np.diag(np.array(sds, float) ** 2)
                v = noise + design @ b @ design.T
                inner = np.linalg.inv(v)
                like = stats.multivariate_normal.logpdf(z, cov=v)
                row = [like + np.log(odds[KINDS.index(kind)] * within) + beforehand[r, s]]
                for q in (start, now, np.array(effects)):
                    cov = design @ b @ q
                    alone = q @ b @ q
                    if q is not start and q is not now and at is not None:
                        cov = cov + s**2 * r ** np.abs(at - k)
                        alone += s**2
                        if kind == "wandering":
                            cov, alone = cov + 9 * t, alone + 9 * (at - k[0]) / 2
                    row += [cov @ inner @ z, np.sqrt(alone - cov @ inner @ cov)]
                rows.append([*row, kind, j])
    log = np.array([r[0] for r in rows])
    w = np.exp(log - log.max())
    return (
        w / w.sum(),
        np.array([r[1:7] for r in rows], float).T,
        np.array([r[7] for r in rows]),
        np.array([r[8] for r in rows]),
    )


def bent(odds):
    """The odds with another chance of a bend."""
    out = ODDS * (1 - odds) / (1 - ODDS[BEND])
    out[BEND] = odds
    return out


@pytest.mark.parametrize("how", [{}, {"step": 5.0}, {"step": 100 / 3, "share": 0.2}])
def test_posterior_is_the_average_over_all_models(how):
    for y in some(2):
        w, (mean, sd, *_), kinds, at = by_hand(y, EXPOSED, **how)
        p = fit(y, np.arange(N), EXPOSED, **how)
        assert p.slope.mean[0] == pytest.approx((w * mean).sum(), abs=1e-8)
        assert p.slope.sd[0] == pytest.approx(np.sqrt((w * (sd**2 + mean**2)).sum() - (w * mean).sum() ** 2), abs=1e-8)
        assert p.slope.p_up[0] == pytest.approx((w * stats.norm.sf(1, mean, sd)).sum(), abs=2e-7)
        assert p.slope.p_down[0] == pytest.approx((w * stats.norm.cdf(-1, mean, sd)).sum(), abs=2e-7)
        ends = [(w * stats.norm.cdf(x, mean, sd)).sum() for x in (p.slope.low[0], p.slope.high[0])]
        assert ends == pytest.approx((0.05, 0.95), abs=1e-5)
        for kind in KINDS:
            assert p.departures.p[kind][0] == pytest.approx(w[kinds == kind].sum(), abs=2e-7)
        dated = [w[(kinds == "shift") & (at == j)].sum() for j in range(N)]
        assert p.departures.at["shift"][0] == int(np.argmax(dated))


def test_pace_now_is_the_average_under_its_own_odds():
    for y in some(2):
        w, (_, _, mean, sd, *_), *_ = by_hand(y, EXPOSED, bent(0.5))
        p = fit(y, np.arange(N), EXPOSED)
        assert p.now.mean[0] == pytest.approx((w * mean).sum(), abs=1e-8)
        assert p.now.p_up[0] == pytest.approx((w * stats.norm.sf(1, mean, sd)).sum(), abs=2e-7)


def test_half_of_the_bends_lie_where_a_cycle_began():
    y = some(1)[0]
    w, (mean, *_), *_ = by_hand(y, EXPOSED, boundary=5)
    assert fit(y, np.arange(N), EXPOSED, boundary=5).slope.mean[0] == pytest.approx((w * mean).sum(), abs=1e-8)


USUAL = 1 - np.exp(-0.09 * 2)  # of a bend within two years
EARLY, LATE = USUAL / 4, USUAL / 8  # at each of four dates, before a cycle's start and after it
# By hand: chances of going on as before, and of a bend at a date in years after the last round 8, on the way to round 12.
COMING = {
    (): [(1 - USUAL, None), (EARLY, 0.0), (EARLY, 0.5), (EARLY, 1.0), (EARLY, 1.5)],
    # the cycle began half a round before the last one: nothing came before it, and no series shows it
    (8,): [((1 - USUAL) / 2, None), (LATE, 0.0), (LATE, 0.5), (LATE, 1.0), (LATE, 1.5), (0.5, 0.0)],
    # it begins half a round after: only the date 0 lies before
    (9,): [
        ((1 - USUAL) / 2, None), (EARLY, 0.0), (LATE, 0.5), (LATE, 1.0), (LATE, 1.5),
        ((1 - EARLY) / 4, 0.0), ((1 - EARLY) / 4, 0.5),
    ],
    # with the round of the target: its start lies between 1.5 and 2
    (12,): [
        ((1 - USUAL) / 2, None), (EARLY, 0.0), (EARLY, 0.5), (EARLY, 1.0), (EARLY, 1.5),
        ((1 - USUAL) / 4, 1.5), ((1 - USUAL) / 4, 2.0),
    ],
    # after it, or long begun: nothing is changed
    (7, 13): [(1 - USUAL, None), (EARLY, 0.0), (EARLY, 0.5), (EARLY, 1.0), (EARLY, 1.5)],
    # two, at .75 and 1.75 years: the second halves what is left
    (10, 12): [
        ((1 - USUAL) / 4, None), (EARLY, 0.0), (EARLY, 0.5), (LATE, 1.0), (LATE, 1.5),
        ((1 - 2 * EARLY) / 4, 0.5), ((1 - 2 * EARLY) / 4, 1.0), ((1 - USUAL) / 8, 1.5), ((1 - USUAL) / 8, 2.0),
    ],
}  # fmt: skip


@pytest.mark.parametrize("starts", COMING)
def test_bends_to_come_are_as_by_hand(starts):
    found = bends_ahead(12, 8, 2, starts)
    assert [when for _, when in found] == [when for _, when in COMING[starts]]
    assert [p for p, _ in found] == pytest.approx([p for p, _ in COMING[starts]])
    assert sum(p for p, _ in found) == pytest.approx(1)


def test_four_years_with_a_start_have_the_odds_of_the_pace_now():
    for starts, odds in (((), 0.3), ((12,), 0.65)):
        for per_year in (1, 2, 4):
            assert 1 - bends_ahead(8 + 4 * per_year, 8, per_year, starts)[0][0] == pytest.approx(odds, abs=0.003)


def test_a_fan_widens_where_a_cycle_begins():
    y = some(2, missing=False)
    for first in (N - 1, N + 3, N + 11):
        p = fit(y, np.arange(N), ahead=np.arange(N, N + 14), starts=[first])
        assert (np.diff(p.ahead.high - p.ahead.low, axis=0) > 0).all()


def test_a_start_draws_a_rise_in():
    y = 40 + 2.0 * np.arange(16) + np.random.default_rng(4).normal(0, 0.5, (1, 16))  # four points a year
    reached = [fit(y, np.arange(16), ahead=[23], target=83.0, starts=starts) for starts in ((), (19,), (16,))]
    assert [p.p_reach[0, 0] for p in reached] == sorted((p.p_reach[0, 0] for p in reached), reverse=True)
    assert reached[0].p_reach[0, 0] > reached[2].p_reach[0, 0] + 0.1
    # every second pace starts at 0 on average from there on, three years and a quarter before: about half of 4 x 3.25 less
    assert reached[0].ahead.mean[0, 0] - reached[2].ahead.mean[0, 0] == pytest.approx(0.5 * 4 * 3.25, abs=2)


def test_forecast_adds_what_may_still_come():
    y = some(1, missing=False)[0]
    years, target = 2.0, 52.0
    shift = 0.02 * years
    cut_at = {
        c: by_hand(y, EXPOSED, bent(0.3), at=N + 3, cut=None if c is None else (N - 1) / 2 + c) for c in (None, 0, 0.5, 1, 1.5, 2)
    }
    for starts, bends in COMING.items():
        chance, lows = 0.0, 0.0
        for part, cut in bends:
            w, (*_, mean, sd), *_ = cut_at[cut]
            more = 0 if cut is None else 9 * (years - cut) ** 2
            for also, wide in ((1 - shift, 0), (shift, 64)):
                chance += part * also * (w * stats.norm.sf(target - 50, mean, np.sqrt(sd**2 + more + wide))).sum()
                lows += part * also * (w * mean).sum()
        p = fit(y, np.arange(N), EXPOSED, ahead=[N + 3], target=target, starts=starts)
        assert p.p_reach[0, 0] == pytest.approx(chance, abs=3e-7)
        assert p.ahead.mean[0, 0] == pytest.approx(50 + lows, abs=1e-7)


def test_values_at_the_ends_say_at_least():
    y = some(1, missing=False)[0] + 45
    y = np.minimum(y, 100)
    assert (y == 100).any()
    for step in (0.0, 5.0, 20.0):
        w, (mean, *_), *_ = by_hand(y, {}, step=step)
        assert fit(y, np.arange(N), step=step).slope.mean[0] == pytest.approx((w * mean).sum(), abs=1e-8)


def test_a_rise_that_reached_the_top_is_not_taken_for_a_slower_one():
    t = np.arange(16) / 2
    y = np.minimum(80 + 4 * t + np.random.default_rng(2).normal(0, 1, (20, 16)), 100)
    p = fit(y, np.arange(16), intervals=False)
    turned = fit(100 - y, np.arange(16), intervals=False)
    assert p.slope.mean.mean() > 3
    assert turned.slope.mean == pytest.approx(-p.slope.mean, abs=1e-6)


def test_a_bend_is_the_whole_regression_on_two_paces():
    s = model.solve(model.Pattern(tuple(range(N)), (), (False,) * N, 0.0, 1.0, 2, PRIOR, 0, N))
    m = int(np.flatnonzero(s.kinds == BEND)[1])
    z = some(1, missing=False)[0] - 50
    seen = averaging._look(s, z[None])
    v = seen.v.copy()
    log = averaging._likelihood(s, seen.one, seen.line, seen.v)
    t, bend = s.t, (s.at[m] - s.pattern.first) / 2
    for g in (0, 7, 20, 39):
        noise = model._noise(np.arange(N), s.pattern)[g] + 900
        x = np.column_stack([np.minimum(t, bend), np.maximum(t - bend, 0)])
        inner = np.linalg.inv(noise)
        cov = np.linalg.inv(x.T @ inner @ x + np.eye(2) / 9)
        paces = cov @ x.T @ inner @ z
        base = z @ s.now.gain[:, model.BENT * model.GRID + g]
        assert base + s.now.by_v[m, g] * v[0, m, g] == pytest.approx(paces[1], abs=1e-8)
        assert s.now.sd[m, g] == pytest.approx(np.sqrt(cov[1, 1]), abs=1e-8)
        full = stats.multivariate_normal(np.zeros(N), noise + 9 * x @ x.T).logpdf(z) + N / 2 * np.log(2 * np.pi)
        assert log[0, m, g] == pytest.approx(full, abs=1e-8)


def test_without_a_round_is_as_if_it_had_never_been_given():
    y = some(3, missing=False)
    s = model.solve(model.Pattern(tuple(range(N)), (), (False,) * N, 0.0, 1.0, 2, PRIOR, 0, N))
    for j in range(1, N - 1):
        less = y.copy()
        less[:, j] = np.nan
        direct = fit(less, np.arange(N), intervals=False)
        z = y - 50
        m = list(averaging._without(s, z, averaging._look(s, z), learning.own(s, PRIOR, None)))[j]
        up, _, down = averaging._chances(m, np.ones(3))[:, 0]
        assert up == pytest.approx(direct.slope.p_up, abs=1e-8)
        assert down == pytest.approx(direct.slope.p_down, abs=1e-8)


def test_agreement_counts_runs_without_a_round():
    y = some(12, missing=False)
    p = fit(y, np.arange(N), leave_one_out=True)
    whole, count = averaging.side(p.direction), np.zeros(12, int)
    for j in range(N):
        less = y.copy()
        less[:, j] = np.nan
        count += averaging.side(fit(less, np.arange(N), intervals=False).direction) == whole
    assert np.abs(p.agree - count).max() <= 1  # an end left out moves the origin of t by a round
    assert (p.agree == count).sum() >= 10


def test_a_report_teaches_by_its_counts():
    y = some(6, missing=False, seed=5)
    kinds = np.tile(ODDS, (6, 1))
    p = fit(y, np.arange(N), together=True)
    learned = np.array([p.departures.learned[k] for k in KINDS]).T
    assert learned.sum(axis=1) == pytest.approx(np.ones(6))
    # a fixed point: the counts it leads to are those it was made of
    again = np.array([p.departures.p[k] for k in KINDS]).T
    others = 0.5 * (again.sum(axis=0) - again)
    assert learned == pytest.approx((10 * kinds + others) / 12.5, abs=2e-3)


def test_constants_teach_nothing():
    y = some(8, missing=False)
    alone = fit(y, np.arange(N), together=True)
    beside = fit(
        np.vstack([y, np.full((5, N), 40.0), np.repeat([[30.0, 60.0]], N, axis=0).T[:1].repeat(1, 0)]),
        np.arange(N),
        together=True,
    )
    assert beside.slope.p_up[:8] == pytest.approx(alone.slope.p_up, abs=1e-12)


def test_normal_distribution_function_is_as_near_as_said():
    z = np.linspace(-40, 40, 100_001)
    for kind, off in ((float, 3e-8), (np.float32, 1e-7)):
        assert np.abs(0.5 + mixture.centred(z.astype(kind))[0] / 2 - stats.norm.cdf(z)).max() < off


def test_mixtures_share_runs_and_some_runs_are_empty():
    count = np.array([[2, 0, 1], [1, 2, 0]])
    weight, mean, sd = np.array([1.0, 2, 3, 1, 1, 3]), np.array([0.0, 4, -1, 2, 5, 6]), np.array([1.0, 2, 1, 3, 1, 2])
    m = mixture.Mixture(count, weight, mean, sd, [[1.0, 1.0], [2.0, 1.0]])
    whose, run = np.array([0, 0, 2, 0, 1, 1]), np.array([0, 0, 0, 1, 1, 1])
    x = np.array([0.5, 4.0, -2.0])
    found = m.summary(True)
    for k, times in enumerate((np.ones(6), np.where(run == 0, 2.0, 1.0))):
        for i in range(3):
            w = (weight * times)[whose == i] / (weight * times)[whose == i].sum()
            a, b = mean[whose == i], sd[whose == i]
            middle = w @ a
            assert found[k, :2, i] == pytest.approx([middle, np.sqrt(w @ (a**2 + b**2) - middle**2)])
            assert m.below(x)[k, i] == pytest.approx(w @ stats.norm.cdf(x[i], a, b), abs=2e-7)
            assert [w @ stats.norm.cdf(e, a, b) for e in found[k, 2:, i]] == pytest.approx([0.05, 0.95], abs=1e-5)


def test_one_series_keeps_the_odds_beforehand():
    y = some(1)
    assert fit(y, np.arange(N), together=True).slope.p_up == pytest.approx(fit(y, np.arange(N)).slope.p_up, abs=1e-12)


def test_a_free_step_says_nothing_of_the_pace():
    y = some(3, n=12, missing=False)
    after = (np.arange(12) >= 6) * 1.0
    plain, moved = (fit(y + by * after, np.arange(12), {"unlinked": after}) for by in (0, 25))
    assert moved.slope.mean == pytest.approx(plain.slope.mean, abs=0.25)
    assert moved.effects["unlinked"].mean - plain.effects["unlinked"].mean == pytest.approx(np.full(3, 25), abs=0.7)


def test_whole_levels_hide_a_slope():
    y = np.full((1, 8), 100 / 3)
    assert fit(y, np.arange(8)).slope.p_flat[0] > 0.9
    assert fit(y, np.arange(8), step=100 / 3).slope.p_flat[0] < 0.5


def test_step_is_in_the_units_of_the_values():
    y = some(2)
    a = fit(y, np.arange(N), step=5.0)
    b = fit(1 + y * 0.03, np.arange(N), step=0.15, scale=(1, 4), delta=0.03)
    assert a.slope.p_up == pytest.approx(b.slope.p_up, abs=2e-7)


def test_season_is_a_kind_only_of_half_years():
    p = fit(some(1), np.arange(N), per_year=1)
    assert p.departures.p["season"][0] == 0
    assert fit(some(1), np.arange(N)).departures.p["season"][0] > 0


@pytest.mark.parametrize(("kind", "extra"), [("shift", 15.0 * (np.arange(16) >= 7)), ("outlier", 20.0 * (np.arange(16) == 9))])
def test_a_large_departure_is_found_and_dated(kind, extra):
    y = 45 + extra + np.random.default_rng(1).normal(0, 0.7, 16)
    p = fit(y, np.arange(16))
    assert p.departures.p[kind][0] > 0.9
    assert p.departures.at[kind][0] == {"shift": 7, "outlier": 9}[kind]
    if kind == "shift":
        assert p.departures.shift[0] == pytest.approx(15, abs=2)


def test_a_turn_is_told_by_the_pace_now():
    t = np.arange(16) / 2
    y = 40 + 3 * np.minimum(t, 4) + np.random.default_rng(1).normal(0, 0.5, 16)
    p = fit(y, np.arange(16))
    assert p.slope.mean[0] > 1
    assert abs(p.now.mean[0]) < 0.7
    assert p.now.p_up[0] < 0.1 and p.slope.p_up[0] > 0.9


def test_negligible_components_change_little(monkeypatch):
    y = some(20, missing=False)
    whole = fit(y, np.arange(N))
    monkeypatch.setattr(averaging, "NEGLIGIBLE", -8.0)
    less = fit(y, np.arange(N))
    assert less.slope.p_up == pytest.approx(whole.slope.p_up, abs=0.02)


def test_prior_of_the_slope_may_be_changed():
    y = some(2)
    assert (
        np.abs(fit(y, np.arange(N), prior=replace(PRIOR, slope=1.0)).slope.mean) < np.abs(fit(y, np.arange(N)).slope.mean)
    ).all()
