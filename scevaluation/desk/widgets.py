"""The sliders and other controls of the desk: every one changes a scenario or a choice, and shows what a pure function makes of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from html import escape
from importlib import resources

import ipywidgets as ui
import numpy as np

from scevaluation.desk import show
from scevaluation.desk.scenario import Scenario, as_evaluated, event_key, horizon, save_scenario, scenarios, shares
from scevaluation.desk.what_if import apply
from scevaluation.errors import EvaluationError
from scevaluation.evaluate.evaluation import Evaluation
from scevaluation.frames import ROOT
from scevaluation.report.round import labels
from scevaluation.words import Words

SIZES = {False: ("14px", "28px", "350px"), True: ("22px", "44px", "500px")}  # text, height of a control, width of the controls


@cache
def _css() -> str:
    return (resources.files("scevaluation.desk") / "controls.css").read_text("utf-8").replace("\n", "")


def text(html: str) -> ui.HTML:
    """Words among the controls."""
    return ui.HTML(html, layout=ui.Layout(width="auto", margin="0 0 6px"))


def framed(controls: list, shown: list, projector: bool) -> ui.Widget:
    """Controls on the left, what they show on the right; below each other where there is no room."""
    size, height, width = SIZES[projector]
    style = ui.HTML(
        f"<style>{_css().replace('SIZE', size).replace('HEIGHT', height)}</style>", layout=ui.Layout(display="none")
    )
    left = ui.VBox(controls, layout=ui.Layout(flex=f"0 0 {width}", max_width="100%"))
    right = ui.VBox(shown, layout=ui.Layout(flex="1 1 30em", min_width="0"))
    box = ui.Box([style, left, right], layout=ui.Layout(display="flex", flex_flow="row wrap", width="100%"))
    box.add_class("desk-live")
    return box


class WhatIf:
    """Sliders of a scenario. Its only state is `scenario`; `moved` makes one from the controls."""

    def __init__(self, e: Evaluation, w: Words, folder: str, start: Scenario, projector: bool):
        self.e, self.w, self.folder, self.projector = e, w, folder, projector
        self.scenario, self.name = start, labels(e, w)
        self._quiet = False
        self.result = ui.HTML()
        self.compared = ui.HTML()
        self.said = text("")
        self.weights = self._weights()
        self.old = shares(e, as_evaluated(e)) if self.weights else {}
        self.share = dict(self.old)
        self._stood: dict = {}
        self.delta = self._slider(0.1, 5.0, 0.1, e.programme.delta, w("lab.delta_short"), ".1f")
        self.targets = {n: self._target(n) for n in (ROOT, *e.top)}
        self.events = {event_key(v): self._event(v) for v in e.programme.events if v.adjust or v.kind in ADJUSTED}
        self.saved = scenarios(folder, e)
        self.load(start)

    def _slider(self, low: float, high: float, step: float, value: float, label: str, form: str) -> ui.FloatSlider:
        span = {"value": value, "min": low, "max": high, "step": step, "readout_format": form}
        slider = ui.FloatSlider(description=label, **span, **wide())
        slider.observe(self._moved, "value")
        return slider

    def _weights(self) -> dict[str, ui.FloatSlider]:
        if self.e.instrument.weights == "unknown":
            return {}
        made = {}
        for node, share in shares(self.e, as_evaluated(self.e)).items():
            made[node] = self._slider(0, 100, 1, share * 100, self.name[node], ".0f")
            made[node].add_class("desk-weight")
            made[node].unobserve(self._moved, "value")
            made[node].observe(lambda change, n=node: self._weighed(n), "value")
        return made

    def _target(self, node: str) -> ui.FloatSlider:
        value = horizon(self.e, node).value
        return self._slider(0, 100, 1, _shown(value), self.name[node], ".0f")

    def _event(self, event) -> ui.Checkbox:
        name = f"{self.w.label(event.label)} ({event.start})"
        box = ui.Checkbox(value=event.adjust, description=name, indent=False, layout=ui.Layout(width="auto"))
        box.observe(self._moved, "value")
        return box

    @contextmanager
    def _silent(self) -> Iterator[None]:
        """Controls set by the program do not answer themselves."""
        before, self._quiet = self._quiet, True
        try:
            yield
        finally:
            self._quiet = before

    def _weighed(self, node: str) -> None:
        """One weight moved: the others make room and keep their ratio, that of the evaluation where all of them are zero."""
        if self._quiet or self.weights[node].value == self._stood[node]:
            return
        share = self.weights[node].value / 100
        others = {n: v for n, v in self.share.items() if n != node}
        base = others if sum(others.values()) > 0 else {n: self.old[n] for n in others}
        total = sum(base.values())
        self.share = {n: share if n == node else (1 - share) * base[n] / total for n in self.share}
        self._place_weights()
        self._moved()

    def _place_weights(self) -> None:
        """Put the sliders to the shares. They stand at whole per cents; the shares themselves are not rounded."""
        self._stood = {n: float(round(v * 100)) for n, v in self.share.items()}
        with self._silent():
            for n, stands in self._stood.items():
                self.weights[n].value = stands

    def assumed(self) -> Scenario:
        """The scenario the controls say; what stands as evaluated is not in it."""
        base = as_evaluated(self.e)
        changed = any(abs(v - self.old[n]) > 1e-9 for n, v in self.share.items())
        as_now = {event_key(v): v.adjust for v in self.e.programme.events}
        changes = {
            "weights": tuple(sorted(self.share.items())) if changed else (),
            "delta": None if abs(self.delta.value - self.e.programme.delta) < 1e-9 else round(self.delta.value, 6),
            "targets": _other(self.targets, {n: _shown(horizon(self.e, n).value) for n in self.targets}),
            "events": _other(self.events, as_now),
        }
        return base.model_copy(update={"name": self.scenario.name, "scores": self.scenario.scores, **changes})

    def load(self, scenario: Scenario) -> None:
        """Put the controls to a scenario and show it."""
        goals, switch = dict(scenario.targets), dict(scenario.events)
        self.share = shares(self.e, scenario) if self.weights else {}
        self._place_weights()
        with self._silent():
            self.delta.value = scenario.delta or self.e.programme.delta
            for n, slider in self.targets.items():
                slider.value = goals.get(n, _shown(horizon(self.e, n).value))
            for v in self.e.programme.events:
                if event_key(v) in self.events:
                    self.events[event_key(v)].value = switch.get(event_key(v), v.adjust)
        self.scenario = scenario
        self._show(scenario)

    def _moved(self, _change=None) -> None:
        if not self._quiet:
            self.scenario = self.assumed()
            self._show(self.scenario)

    def _show(self, scenario: Scenario) -> None:
        try:
            part = show.outcome(self.e, apply(self.e, scenario), self.w, self.projector)
        except EvaluationError as error:
            self.result.value = show.framed(f'<p class="flag">{escape(str(error))}</p>', self.projector)
            return
        self.result.value = part.html

    def reset(self, _button=None) -> None:
        """Back to the evaluation."""
        self.load(as_evaluated(self.e))

    def save(self, name: str) -> None:
        """Write the scenario to the folder; what went wrong is said beside the button."""
        try:
            path = save_scenario(Scenario(**{**self.scenario.model_dump(), "name": name}), self.folder)
        except (EvaluationError, ValueError, OSError) as error:
            said = error.errors()[0]["msg"] if hasattr(error, "errors") else str(error)
            self.said.value = f'<span style="color:#B0440F">{escape(said)}</span>'
            return
        self.said.value = escape(self.w("lab.saved", file=path.name))
        self.saved = scenarios(self.folder, self.e)
        self.compared.value = show.compared(self.e, self.saved, self.w, self.projector).html

    def widget(self) -> ui.Widget:
        """All controls and the result."""
        w = self.w
        weights = [text(escape(w("lab.weights.lede" if self.weights else "lab.weights.unknown"))), *self.weights.values()]
        until = w.round_long(horizon(self.e, ROOT).round)
        goals = text(escape(w("lab.targets.lede", round=until)))
        targets = [text(escape(w("lab.delta"))), self.delta, goals, *self.targets.values()]
        events = [text(escape(w("lab.events.lede" if self.events else "lab.events.none"))), *self.events.values()]
        reset = button(w("lab.reset"), self.reset)
        tabs = ui.Tab([ui.VBox(c) for c in (weights, targets, events, self._saving())], layout=ui.Layout(width="auto"))
        for n, key in enumerate(("lab.tab.weights", "lab.tab.targets", "lab.tab.events", "lab.tab.save")):
            tabs.set_title(n, w(key))
        return framed([tabs, reset], [self.result, self.compared], self.projector)

    def _options(self) -> list[tuple[str, int]]:
        return [(self.w("lab.evaluated"), -1), *((s.name, n) for n, s in enumerate(self.saved))]

    def _saving(self) -> list:
        w = self.w
        if not self.folder:
            return [text(escape(w("lab.no_folder")))]
        name = ui.Text(description=w("lab.name"), **wide())
        pick = ui.Dropdown(options=self._options(), description=w("lab.open"), **wide())

        def saved(_button) -> None:
            self.save(name.value)
            pick.options = self._options()

        pick.observe(lambda c: self.load(self.saved[c["new"]] if c["new"] >= 0 else as_evaluated(self.e)), "value")
        return [pick, name, button(w("lab.save"), saved), self.said]


ADJUSTED = ("pandemic", "election")  # kinds of event with a prior of their own


def wide() -> dict:
    """Look of a control as wide as its place, its words in one column with those of the others."""
    return {"style": {"description_width": "9.2em"}, "layout": ui.Layout(width="auto")}


def _other(controls: dict, before: dict) -> tuple:
    """What controls say that stand elsewhere than before, by name."""
    return tuple(sorted((n, c.value) for n, c in controls.items() if c.value != before[n]))


def _shown(target: float) -> float:
    """Where a target's slider stands; without a target at the left end."""
    return 0.0 if np.isnan(target) else target


def button(label: str, press: Callable) -> ui.Button:
    """A button as wide as its words."""
    made = ui.Button(description=label, layout=ui.Layout(width="auto"))
    made.on_click(press)
    return made
