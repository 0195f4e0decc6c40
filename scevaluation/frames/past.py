"""Contracts of what is found in an office's old workbooks, before anyone has agreed to it, and of what proves the reading."""

from __future__ import annotations

from scevaluation.frames.contract import Column, contract

_FILE = Column("str", "name of the file")
_SHEET = Column("str", "name of the sheet")
_CELL = Column("str", "cell, such as G11")
_BLOCK = Column("str", "a round in a table of a sheet, such as r03")
_GENERATION = Column("str", "a questionnaire's life, such as i1: rounds with the same indicators on the same scale")
_COLUMN = Column("str", "letters of the column; behind a colon the first row of its table where the sheet has several, such as D:14")
_WHY = Column("str", "fact by which it was so taken: a key of words and what fills it, such as past.sheet|said=2018-1")
_ROLES = ("indicator", "code", "sector", "agency", "weight", "score", "source", "round", "mean", "status", "note", "unused")
_SURE = Column("bool", "whether nothing else is likely; else the user is asked")

PAST_ROUNDS = contract(
    "PAST_ROUNDS",
    "block",
    block=_BLOCK,
    file=_FILE,
    sheet=_SHEET,
    cell=Column("str", "cell that names the round; '' the sheet's or file's name does"),
    said=Column("str", "text that names it"),
    round=Column("str", "round, such as 2017-S1; '' cannot be told"),
    held=Column("bool", "whether the round was evaluated"),
    level=Column("str", "what its figures are of", within=("indicator", "sector", "index")),
    instrument=_GENERATION,
    low=Column("float", "lower end of its scale; one is asked in an instrument's first block, which the others follow", nullable=True),
    high=Column("float", "upper end of its scale", nullable=True),
    percent=Column("str", "how a cell in percent is read: its points or its fraction; '' there is none", within=("", "points", "fraction")),
    use=Column("bool", "whether its figures are taken as scores; else they prove others, or are not used"),
    sure=_SURE,
    why=_WHY,
    alternatives=Column("str", "other readings, parted by |"),
)
PAST_COLUMNS = contract(
    "PAST_COLUMNS",
    "file sheet column",
    file=_FILE,
    sheet=_SHEET,
    column=_COLUMN,
    header=Column("str", "its header as it stands, its rows joined by /"),
    role=Column("str", "what it holds", within=_ROLES),
    source=Column("str", "of scores: self, verified, final or assessor:<name>; '' its rows say, or it holds none"),
    sure=_SURE,
    why=_WHY,
)
PAST_INDICATORS = contract(
    "PAST_INDICATORS",
    "instrument code",
    instrument=_GENERATION,
    code=Column("str", "path of the proposed node, such as pelayanan-publik/perizinan; the index is 'index'"),
    label=Column("str", "its name as written, without numbering"),
    parent=Column("str", "code of the node above; 'index' of a sector"),
    weight=Column("float", "its share among those beside it, as written; 1 where none is", low=0),
    owner=Column("str", "agency named for it; '' none"),
    link=Column("str", "code in the questionnaire before that it continues; '' none"),
    sure=_SURE,
    why=_WHY,
    alternatives=Column("str", "other links that are likely, parted by |"),
)
PAST_SCORES = contract(
    "PAST_SCORES",
    "file sheet cell",
    block=_BLOCK,
    code=Column("str", "code of PAST_INDICATORS"),
    agency=Column("str", "agency named in the row; '' none"),
    source=Column("str", "as its column's; of a column without one what the row says"),
    score=Column("float", "on the round's own scale, a percent cell in points; none where no score stands", nullable=True),
    kept=Column("str", "how a score stands in the file", within=("", "number", "text", "percent")),
    status=Column("str", "why there is none, or what a colour or note says"),
    text=Column("str", "as it is seen in the cell"),
    file=_FILE,
    sheet=_SHEET,
    cell=_CELL,
    column=_COLUMN,
)
PAST_PRINTED = contract(
    "PAST_PRINTED",
    "file sheet cell",
    block=_BLOCK,
    code=Column("str", "node whose mean it is; 'index'"),
    source=Column("str", "whose scores it is made of; '' a row's agreed value: final, else verified, else the mean of the assessors"),
    what=Column("str", "what is printed", within=("score", "row", "sector", "index", "total")),
    how=Column("str", "how it is made of what is below it: mean, leaves, weighted, sum, ... ; '' it is the same"),
    file=_FILE,
    sheet=_SHEET,
    cell=_CELL,
    printed=Column("float", "figure as printed; none of an error", nullable=True),
    text=Column("str", "as it is seen in the cell"),
    digits=Column("int", "decimals it is shown with"),
    now=Column("float", "what its formula gives of the cells as they are stored; none if it has none that is understood", nullable=True),
    cells=Column("str", "cells of scores that its formula reads, parted by blanks"),
    found=Column("float", "figure of the scores as read", nullable=True),
    agrees=Column("bool", "whether both are the same at the printed digits"),
    why=Column("str", "why not, as a key of words and what fills it; '' not known"),
)
PAST_UNUSED = contract(
    "PAST_UNUSED",
    "file sheet cell",
    file=_FILE,
    sheet=_SHEET,
    cell=Column("str", "cell or range"),
    text=Column("str", "what stands there"),
    why=_WHY,
)
