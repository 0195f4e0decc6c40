"""A score's cell: the number a person sees in it, or the reason why it cannot be told."""

from __future__ import annotations

from scevaluation.grid.cell import Cell
from scevaluation.grid.formats import shown_number
from scevaluation.grid.shown import shown
from scevaluation.intake.cells import NEVER, parse_number, written
from scevaluation.intake.levels import level_key
from scevaluation.issues import clean_text

LONG = 1000  # a scale that ends below needs no mark for thousands


def score_of(line, field: str, path: str) -> float | None:
    """A score as a number, or None with an issue; what was made of a cell is logged.

    The cell is read as a person sees it: where what is shown and what is stored differ in meaning, it is never taken silently.
    """
    form, cell, at = line.form, line.said(field), line.cell(field)
    if cell.formula:
        problem = ("formula_without_value", "error") if cell.value is None else ("formula", "warning")
        form.issue(at, *problem, cell.formula, "", "paste_value")
        form.changed(at, field, cell.formula, written(cell), "formula")
    if _refused(form, cell, at):
        return None
    if cell.kind == "number":
        return _number(form, cell, at, field, path)
    return _text(line, cell, at, field, path) if cell.kind == "text" else None


def _refused(form, cell: Cell, at: str) -> bool:
    """Whether a cell can hold no score at all; why is named."""
    found = written(cell, 120)
    if cell.kind == "error":
        form.issue(at, "error_cell", "error", found, "", "correct_cell")
    elif cell.kind == "date":
        form.issue(at, "date_for_number", "error", cell.value, "", "correct_cell")
    elif cell.kind == "bool":
        form.issue(at, "text_for_number", "error", found, "", "write_one")
    elif cell.struck or cell.look.struck:
        form.issue(at, "struck_out", "error", cell.struck or found, "", "unstrike")
    elif cell.raised or cell.look.raised:
        form.issue(at, "raised", "error", cell.raised or found, "", "correct_cell")
    else:
        return False
    return True


def _ends(form, path: str) -> tuple[float, float] | None:
    """The ends of an indicator's scale; None where it has none. One in per cent is of 0\u2013100: there a per cent is a score."""
    node, scale = form.instrument.nodes.get(path), form.instrument.scale_of(path)
    if node and node.unit and "%" in node.unit.id:
        return 0, 100
    return (scale.low, scale.high) if scale else None


def _number(form, cell: Cell, at: str, field: str, path: str) -> float | None:
    """A stored number; its format may show another one."""
    value, look, ends = cell.value, cell.look, _ends(form, path)
    percent = look.kind == "percent" and look.power == 2 and not look.signless
    if percent and ends == (0, 100):
        taken = float(shown_number(value, look))
        form.changed(at, field, f"{value:.15g} ({look.code})", f"{taken:.15g}", "percent")
        form.issue(at, "percent_read", "note", shown(value, "number", look), f"{taken:.15g}", "none")
        return taken
    if percent and ends == (0, 1):
        return value
    plain = look.kind in ("general", "number", "fraction") or (look.kind == "text" and not look.unit)
    plain = plain and not look.power and not look.signless and not any(c.isnumeric() for c in look.unit)
    if percent or not plain or ("%" in look.unit and ends != (0, 100)):
        problem = "percent_scale" if percent or plain else "shown_differs"
        form.issue(at, problem, "error", shown(value, "number", look) or "\u2013", f"{value:.15g}", "write_score")
        return None
    parsed = parse_number(value)
    if parsed.problem:
        form.issue(at, parsed.problem, "error", value, "", "correct_cell")
    elif look.unit.strip().lower().startswith("rp"):
        form.changed(at, field, shown(value, "number", look), f"{value:.15g}", "unit")
        form.issue(at, "unit_dropped", "warning", shown(value, "number", look), f"{value:.15g}", "look")
    return parsed.value


def _text(line, cell: Cell, at: str, field: str, path: str) -> float | None:
    form, text = line.form, cell.value
    level = form.levels(path).get(level_key(text))
    if level is not None:
        form.changed(at, field, text, f"{level:g}", "level")
        return level
    scale = form.instrument.scale_of(path)
    parsed = parse_number(text, NEVER if scale and scale.high < LONG else form.thousands(line.place[field]))
    if parsed.problem:
        remedy = {"ambiguous_number": "write_plainly", "text_for_number": "write_one"}.get(parsed.problem, "correct_cell")
        form.issue(at, parsed.problem, "error", text, "", remedy)
    elif "%" in text and _ends(form, path) != (0, 100):
        form.issue(at, "percent_scale", "error", text, f"{parsed.value:g}", "write_score")
        return None
    elif parsed.value is None:
        if clean_text(text):
            form.changed(at, field, text, "", "number")
    elif parsed.tidied:
        unit = "%" in text or "rp" in text.lower()
        form.changed(at, field, text, f"{parsed.value:g}", "unit" if unit else "number")
        problem = ("unit_dropped", "warning") if unit else ("number_tidied", "note")
        form.issue(at, *problem, text, f"{parsed.value:g}", "look" if unit else "none")
    return parsed.value
