"""Tables as HTML: for reading, with a card a row on a phone; and for the record, with every cell addressable."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from html import escape
from typing import Any

import pandas as pd


class Html(str):
    """HTML as it stands, with the classes of its cell; any other text is escaped."""

    css: str

    def __new__(cls, html: str, css: str = ""):
        out = super().__new__(cls, html)
        out.css = css
        return out


@dataclass(frozen=True)
class Field:
    """A column of a table: its key in the rows, its header, and how a value is written.

    Headers and what is written are text, or Html. `number` sets values to the right; `css` are classes of the header, and
    of cells that bring none of their own; `raw` is the key of the number that a cell carries unrounded besides what it
    shows; `named` says whether the header stands before the value on a card.
    """

    name: str
    header: str
    write: Callable[[Any], str] = lambda value: value
    number: bool = False
    css: str = ""
    raw: str = ""
    named: bool = True


def html_table(
    rows: pd.DataFrame | list[dict],
    fields: list[Field],
    caption: str = "",
    kind: str = "",
    hidden: bool = False,
    label: str = "",
    columns: bool = False,
) -> str:
    """A table of text and numbers; on a phone each row becomes a card, unless it is a name with at most three numbers.

    Parameters
    ----------
    rows : DataFrame or list of dict
    fields : list of Field
        The first one names the row.
    caption, label : str
        Its title above it, and for screen readers only.
    kind : str
        Its classes, where they are not to follow from the fields.
    hidden : bool
        Whether the caption too is for screen readers only.
    columns : bool
        Whether columns have their field's name as a class, for their widths.
    """
    kind = kind or ("short" if len(fields) <= 4 and all(f.number for f in fields[1:]) else "cards")
    title = f"<caption{_css('visually-hidden' if hidden else '')}>{_html(caption)}</caption>" if caption else ""
    said = f' aria-label="{_html(label)}"' if label else ""
    widths = f"<colgroup>{''.join(f'<col{_css(f.name)}>' for f in fields)}</colgroup>" if columns else ""
    records = rows.to_dict("records") if isinstance(rows, pd.DataFrame) else rows
    body = "".join(_row(row, fields) for row in records)
    return (
        f'<table class="{kind}" role="table"{said}>{title}{widths}{heads(fields)}<tbody role="rowgroup">{body}</tbody></table>'
    )


def heads(fields: Iterable[Field]) -> str:
    """The head of a table that becomes cards on a phone, as HTML."""
    cells = "".join(f'<th scope="col"{_n(f)} role="columnheader"{_css(f.css, "n")}>{_html(f.header)}</th>' for f in fields)
    return f'<thead role="rowgroup"><tr role="row">{cells}</tr></thead>'


def record(name: str, rows: pd.DataFrame, fields: list[Field], label: str, key: Iterable[str] = ()) -> str:
    """Rows for the record, in a frame that scrolls: what the text says of a number points at its cell.

    Parameters
    ----------
    name : str
        The table's, by which cells are addressed.
    fields : list of Field
        `write` is given numbers as float, NaN where there is none.
    label : str
        The frame's, for screen readers.
    key : iterable of str
        Columns that name a row together.
    """
    head = "".join(f'<th scope="col"{_n(f)}>{_html(f.header)}</th>' for f in fields)
    keys = ["|".join(map(str, k)) for k in zip(*(rows[c] for c in key), strict=True)]
    names = [f' data-key="{escape(k)}"' for k in keys] or [""] * len(rows)
    cells = zip(*([_addressed(f, v) for v in rows[f.name]] for f in fields), strict=True)
    body = "".join(f"<tr{own}>{''.join(row)}</tr>" for own, row in zip(names, cells, strict=True))
    return scrolled(f'<table data-table="{escape(name)}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>', label)


def scrolled(html: str, label: str) -> str:
    """HTML in a frame that scrolls sideways, by keys too."""
    return f'<div class="scroll" tabindex="0" role="region" aria-label="{_html(label)}">{html}</div>'


def _row(row: dict, fields: list[Field]) -> str:
    first, *rest = fields
    name = f'<th scope="row" role="rowheader"{_css(first.css)}>{_html(first.write(row[first.name]))}</th>'
    return f'<tr role="row">{name}{"".join(_cell(f, row) for f in rest)}</tr>'


def _cell(field: Field, row: dict) -> str:
    text = field.write(row[field.name])
    said = f' data-label="{_html(field.header)}"' if field.named else ""
    number = _number(row[field.raw]) if field.raw else ""
    return f'<td role="cell"{_css(getattr(text, "css", "") or field.css)}{said}{_n(field)}{number}>{_html(text)}</td>'


def _addressed(field: Field, value) -> str:
    place = f' data-column="{escape(field.name)}"'
    if not field.number:
        return f"<td{place}>{_html(field.write(value))}</td>"
    text = field.write(float("nan") if pd.isna(value) else float(value))
    return f'<td class="n"{place}{_number(value)}>{_html(text)}</td>'


def _number(value) -> str:
    return "" if pd.isna(value) else f' data-value="{float(value)!r}"'


def _n(field: Field) -> str:
    return _css("n" if field.number else "", "n")


def _css(classes: str, bare: str = "") -> str:
    """Classes as an attribute; `bare` stands without its quotes."""
    return "" if not classes else f" class={classes}" if classes == bare else f' class="{classes}"'


def _html(text: str) -> str:
    return text if isinstance(text, Html) else escape(str(text))
