"""A made-up office's past as tables found, without a file: two instruments, three rounds with scores, one not held, one as proof."""

from dataclasses import replace

import pandas as pd

from scevaluation.frames.past import PAST_COLUMNS, PAST_INDICATORS, PAST_PRINTED, PAST_ROUNDS, PAST_SCORES, PAST_UNUSED
from scevaluation.past.found import Found

OLD, NEW, SUM = "rekap 2022.xlsx", "evaluasi 2023.xlsx", "rekap sektor.xlsx"
HOSTILE = "=cmd|' /C calc'!A0"
WHY = "past.yes"
SECTORS = {"kesehatan": "KESEHATAN", "infrastruktur": "INFRASTRUKTUR"}
LEAVES = {
    "i1": {"kesehatan/imunisasi": "Imunisasi", "kesehatan/stunting": "Stunting", "infrastruktur/sinyal": HOSTILE},
    "i2": {"kesehatan/imunisasi": "Imunisasi", "kesehatan/stunting": "Stunting", "infrastruktur/internet": "Desa terlayani internet"},
}
OWNER = {"kesehatan": "Dinas Kesehatan", "infrastruktur": "Diskominfo"}
BLOCKS = (  # block, file, sheet, round, held, level, instrument, low, high, percent, use, sure, alternatives
    ("r01", OLD, "2022-1", "2022-S1", True, "indicator", "i1", 1.0, 4.0, "", True, True, ""),
    ("r02", OLD, "Smt 2", "2022-S2", True, "indicator", "i1", 1.0, 4.0, "", True, False, "2021-S2"),
    ("r03", NEW, "2023 T2", "2023-S2", True, "indicator", "i2", 0.0, 100.0, "points", True, False, "percent=fraction"),
    ("r04", SUM, "Rekap", "2023-S1", False, "sector", "i2", 0.0, 100.0, "", False, True, ""),
    ("r05", SUM, "Rekap", "2023-S2", True, "sector", "i2", 0.0, 100.0, "", False, True, ""),
)
PANEL = {"D": "assessor:Penilai 1", "E": "assessor:Penilai 2"}


def made_found():
    """The tables; two rounds, a column and a link are not sure."""
    rounds = [
        dict(zip(PAST_ROUNDS.columns, (b, f, s, "A1", s, r, h, lv, i, lo, hi, p, u, sure, WHY, alt), strict=True))
        for b, f, s, r, h, lv, i, lo, hi, p, u, sure, alt in BLOCKS
    ]
    columns, indicators, scores, printed = [], [], [], []
    for file, sheet in dict.fromkeys((b[1], b[2]) for b in BLOCKS[:3]):
        sources = {"D": "self", "E": "verified"} if file == NEW else PANEL
        columns += [_column(file, sheet, "B", "Indikator", "indicator", "")]
        columns += [_column(file, sheet, c, s.split(":")[-1], "score", s, s != "verified") for c, s in sources.items()]
    for n, (generation, leaves) in enumerate(LEAVES.items()):
        indicators.append(_indicator(generation, "index", "Indeks", "index"))
        indicators += [_indicator(generation, code, label, "index") for code, label in SECTORS.items()]
        for code, label in leaves.items():
            sector = code.partition("/")[0]
            old = "infrastruktur/sinyal" if n and sector == "infrastruktur" else ""
            indicators.append(_indicator(generation, code, label, sector, OWNER[sector], old))
    for n, block in enumerate(BLOCKS[:3]):
        b, file, sheet, generation = block[0], block[1], block[2], block[6]
        for row, code in enumerate(LEAVES[generation], 4):
            for m, column in enumerate(("D", "E")):
                score = (70.0 if file == NEW else 2.0) + n / 2 + row / 10 + m / 5
                kept = "percent" if file == NEW and row == 4 else "text" if row == 5 else "number"
                empty = n == 0 and row == 6 and m == 1
                text, place = f"{score:.1f}".replace(".", ","), (file, sheet, f"{column}{row}", column)
                figure = (None, "", "blm", "blm") if empty else (score, kept, "", text)
                scores.append((b, code, OWNER[code.partition("/")[0]], "", *figure, *place))
    for n, (what, code, agrees) in enumerate((("sector", "kesehatan", True), ("index", "index", False))):
        figure = (2.55, "2,55", 2, None, "", 2.55 + (not agrees), agrees, "")
        printed.append(("r01", code, "", what, "", OLD, "2022-1", f"F{7 + n}", *figure))
    unused = [{"file": OLD, "sheet": "2022-1", "cell": "H4", "text": HOSTILE, "why": WHY}]
    pairs = (PAST_ROUNDS, rounds), (PAST_COLUMNS, columns), (PAST_INDICATORS, indicators)
    pairs += (PAST_SCORES, scores), (PAST_PRINTED, printed), (PAST_UNUSED, unused)
    tables = [pd.DataFrame(rows, columns=list(c.columns)) for c, rows in pairs]
    for table, column in ((tables[3], "score"), (tables[4], "now")):
        table[column] = table[column].astype(float)
    return Found(*tables).checked()


def _column(file, sheet, column, header, role, source, sure=True):
    values = (file, sheet, column, header, role, source, sure, WHY)
    return dict(zip(PAST_COLUMNS.columns, values, strict=True))


def _indicator(generation, code, label, parent, owner="", link=""):
    values = (generation, code, label, parent, 1.0, owner, link, not link, WHY, "kesehatan/stunting" if link else "")
    return dict(zip(PAST_INDICATORS.columns, values, strict=True))


def sure(found):
    """The same, with nothing left to ask."""
    return replace(found, **{n: getattr(found, n).assign(sure=True) for n in ("rounds", "columns", "indicators")})
