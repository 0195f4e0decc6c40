"""What you see is what is read: one page that shows a file as its sheet is laid out, with what was read of every cell."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable
from html import escape
from pathlib import Path
from typing import cast

from scevaluation import __version__
from scevaluation.errors import IntakeError
from scevaluation.frames import SEVERITIES
from scevaluation.intake.form import Yes, never
from scevaluation.intake.journal import not_writable
from scevaluation.intake.log import kept
from scevaluation.intake.marks import KINDS, OF_SEVERITY, Marks, spot_of
from scevaluation.intake.reading import Reading, read
from scevaluation.intake.sheets import cover_of
from scevaluation.intake.store import Taken
from scevaluation.issues import count, describe, told
from scevaluation.place import NotWritable, put
from scevaluation.press.fonts import page_css
from scevaluation.press.preview_table import SIGNS, Table, anchor, inert
from scevaluation.programme import Programme
from scevaluation.report.part import DOT, note, section
from scevaluation.words import Words, words

LISTED = 200
POLICY = "default-src 'none'; font-src data:; style-src 'unsafe-inline'"


def preview_page(reading: Reading, w: Words, embedded: bool = True) -> str:
    """The page of one reading, of which nothing need be taken in: one HTML file without script or outside request.

    `embedded` is whether it carries its font, which takes longer to cut than a form to read; a page only kept does without.
    """
    title, plan = w("preview.title", file=reading.name), cast(Programme, reading.programme)
    about = DOT.join((w.label(plan.label), w.round_long(reading.round)))
    flag = f'<p class="flag">{escape(w("made_up"))}</p>' if plan.made_up else f"<p>{escape(w.label(plan.region_label))}</p>"
    foot = w("page.footer", programme=w.label(plan.label), round=w.round_long(reading.round), version=__version__)
    return (
        f'<!doctype html>\n<html lang="{w.lang}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{page_css(embedded)}{preview_css()}</style>\n</head>\n<body>\n<main>\n"
        f'<div class="masthead"><p><b>{escape(w("preview.name"))}</b>{escape(DOT + about)}</p>{flag}</div>\n'
        f"<h1>{escape(title)}</h1>\n{preview_body(reading, w)}\n</main>\n"
        f"<footer><p>{escape(foot)}</p></footer>\n</body>\n</html>\n"
    )


def preview_css() -> str:
    """The style of what `preview_body` makes."""
    return (Path(__file__).with_name("page") / "preview.css").read_text("utf-8").replace("\n", "")


def preview_body(reading: Reading, w: Words) -> str:
    """What the page says of a reading, as HTML: counts, the marks, what is asked or wrong, and the tables."""
    table = Table(Marks(reading), w)
    parts = (_lede(reading, w), _facts(reading, w), _counts(reading, table, w), _list(reading, table, w))
    cover = section(table.cover, w("preview.cover"), "long", level=2).html if table.cover else ""
    return f'<div class="preview">{"".join((*parts, _sheet(reading, table, w), cover, _others(reading, table, w)))}</div>'


def write_preview(reading: Reading, folder: Path, lang: str) -> Path:
    """Write the page of a reading into a folder, named after the file and its hash; IntakeError if it cannot be written."""
    stem = re.sub(r"[^\w.-]+", "-", reading.path.stem)[:80].strip(".-") or "form"
    path = Path(folder) / f"{stem}-{reading.sha256[:8]}.{lang}.html"
    try:
        put(path, preview_page(reading, words(lang)).encode("utf-8"))
    except NotWritable as error:
        raise not_writable(path, error) from error
    return path


def keep_page(taken: Taken, programme: Programme, lang: str) -> None:
    """Keep the page of a file that was taken, or waits, beside the received file, as the record of how it was read.

    It can be made again from that file, so that a page that cannot be written stops nothing.
    """
    if taken.form is not None and taken.state in ("taken", "waiting"):
        with contextlib.suppress(NotWritable):
            page = preview_page(taken.form, words(lang), embedded=False).encode("utf-8")
            put(programme.folder / "received" / f"{taken.form.sha256}-reading.html", page)


def previews(
    files: Iterable[Path], programme: Programme, round_name: str, folder: Path, lang: str, yes: Yes = never, sheet: str = ""
) -> tuple[list[str], bool]:
    """Write the page of every file; what there is to say of each, and whether all could be taken.

    Of a file that is no table at all there is no page, but why it is none.
    """
    name, w = programme.round(round_name).id, words(lang)
    asked = kept(programme, name, "ASKED").to_dict("records")
    lines, whole = [], True
    for file in files:
        try:
            reading = read(file, programme, name, asked, yes, sheet)
        except IntakeError as error:
            lines.append(" ".join(told(error, w)))
            whole = False
            continue
        lines.append(str(write_preview(reading, folder, lang)))
        errors, warnings = (count(reading.issues, kind) for kind in ("error", "warning"))
        if errors or warnings:
            lines.append("  " + w("check.summary", errors=w.num(errors, 0), warnings=w.num(warnings, 0)))
        whole = whole and not reading.errors
    return [*lines, w("preview.none_taken")], whole


def _lede(reading: Reading, w: Words) -> str:
    wrong = count(reading.issues, "error")
    text = w("preview.stopped", n=w.num(wrong, 0)) if wrong else w("preview.clear")
    return f'<p class="lede{" flag" if wrong else ""}">{escape(text)}</p>'


def _facts(reading: Reading, w: Words) -> str:
    facts = {"file": reading.name, "hash": reading.sha256[:12], "sheet": reading.grid.sheet}
    facts |= {k: reading.facts.get(k, "") for k in ("agency", "filled")}
    rows = "".join(f"<div><dt>{escape(w('preview.fact.' + k))}</dt><dd>{inert(v)}</dd></div>" for k, v in facts.items() if v)
    return f'<dl class="about">{rows}</dl>'


def _counts(reading: Reading, table: Table, w: Words) -> str:
    """How many scores were taken, read otherwise, filled in but not taken; how many issues of each severity."""
    taken = sum(r["score"] is not None for r in reading.rows)
    numbers = {"taken": taken, "changed": table.marks.changed, "unread": table.shown.filled - taken}
    numbers |= {OF_SEVERITY[s]: count(reading.issues, s) for s in SEVERITIES}
    items = "".join(
        f'<li class="{k if n else "none"}"><b>{w.num(n, 0)}</b> {escape(w("preview.count." + k))}</li>'
        for k, n in numbers.items()
    )
    return f'<ul class="counts">{items}</ul>'


def _list(reading: Reading, table: Table, w: Words) -> str:
    """What is asked or wrong, the worst first, each with a way to its cell."""
    found = sorted(reading.issues, key=lambda i: SEVERITIES.index(i["severity"]))
    if not found:
        return ""
    items = "".join(_item(one, table, w) for one in found[:LISTED])
    more = len(found) - LISTED
    rest = note(w("preview.more_issues", n=w.num(more, 0))) if more > 0 else ""
    return section(f'<ol class="asked">{items}</ol>{rest}', w("preview.issues"), "long", level=2).html


def _item(one: dict, table: Table, w: Words) -> str:
    kind, where, spot = OF_SEVERITY[one["severity"]], escape(w.place(one["cell"])), table.marks.of(one)
    name = anchor(spot, table.grid) if spot.row >= 0 else "table" if spot.sheet and spot.sheet == table.grid.sheet else ""
    name = name if name in {"table", *table.anchors} else ""  # only what stands on the page is linked to
    link = f'<a href="#{escape(name)}">{where}</a>' if name else f"<b>{where}</b>"
    severity = f"<b>{escape(w('severity.' + one['severity']))}</b>" + (DOT + link if where else "")
    return f'<li class="{kind}"><b class="sign">{SIGNS[kind]}</b> {severity}: {inert(describe(one, w, False), 2000)}</li>'


def _sheet(reading: Reading, table: Table, w: Words) -> str:
    grid, shown = reading.grid, table.shown
    hidden = (("rows_marked", shown.marked), ("rows_plain", shown.plain), ("columns", table.left_out))
    notes = "".join(note(w("preview.more_" + k, n=w.num(n, 0))) for k, n in hidden if n) + note(w("preview.point"))
    name = escape(w("preview.table_of", name=grid.sheet or reading.name))
    legend = "".join(
        f'<div><dt class="{k}"><b class="sign">{SIGNS[k]}</b>{escape(w("preview.kind." + k))}</dt>'
        f"<dd>{escape(w('preview.legend.' + k))}</dd></div>"
        for k in KINDS
    )
    legend = f'<dl class="legend">{legend}</dl>'
    return f'<section class="part long" id="table"><h2>{name}</h2>{legend}{notes}{table.html}</section>'


def _others(reading: Reading, table: Table, w: Words) -> str:
    """The workbook's other sheets, each with why it was not read."""
    items = []
    shown = {reading.grid.sheet, *(spot_of(at).sheet for at, _ in cover_of(reading.sheets).values())}
    for grid in (g for g in reading.sheets if g.sheet and g.sheet not in shown):
        notes = table.marks.notes(spot_of(grid.sheet))
        why = [w("desk.why." + r["why"]) for r in notes.log] + [describe(i, w, False) for i in notes.issues]
        why += [w("preview.hidden_sheet")] if grid.hidden else [] if why else [w("preview.kind.unread")]
        items.append(f"<li><b>{inert(grid.sheet)}</b>{inert(''.join(DOT + t for t in why), 2000)}</li>")
    return section(f"<ul>{''.join(items)}</ul>", w("preview.sheets"), level=2).html if items else ""
