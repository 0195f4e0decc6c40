"""Write the bad files of tests/bad/files: `python tests/bad/make.py` from the project's folder.

Each case is a good form with one thing done to it, as people or programs do it. What must come of it stands in
expected.yaml, written by hand.
"""

import io
import sys
import zipfile
from datetime import datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from desk_data import COVER, csv, good_rows, html, ods, xlsx, zipped

from bad import looks
from bad.looks import changed

FILES = Path(__file__).parent / "files"


def book(rows, cover=COVER, **more) -> bytes:
    return xlsx({"Sampul": cover, "Skor": rows}, **more)


def without(column: int) -> list[list]:
    return [row[:column] + row[column + 1 :] for row in good_rows()]


def cover(key: str, value) -> list[list]:
    return [[k, value if k == key else v] for k, v in COVER]


def bomb() -> bytes:
    """A workbook of a few KB that unpacks to more than 100 MB."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        info = zipfile.ZipInfo("xl/workbook.xml", (2025, 1, 1, 0, 0, 0))
        file.writestr(info, bytes(101 * 2**20), zipfile.ZIP_BZIP2, 9)
    return out.getvalue()


def entities() -> bytes:
    """A .ods whose text would grow without end if its definitions were followed."""
    with zipfile.ZipFile(io.BytesIO(ods(good_rows()))) as file:
        members = {n: file.read(n).decode() for n in file.namelist()}
    laugh = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    members["content.xml"] = members["content.xml"].replace("<office:document", laugh + "<office:document", 1)
    return zipped(members)


def only(*columns: int) -> list[list]:
    return [[row[c] for c in columns] for row in good_rows()]


def two_names() -> list[list]:
    """No codes, but names in both languages, two of them sorted alone."""
    english = ["Name", "Births in health facilities", "Infants with complete basic immunisation", None, None, None]
    return [[name, row[0], *row[1:]] for name, row in zip(english, without(0), strict=True)]


TWO_ROWS = [
    ["Indikator", "Nama", "Perangkat daerah", "Nilai", None, "Bukti", "Mutu data"],
    [None, None, None, "mandiri", "terverifikasi", None, None],
    *[[*r[:4], None, *r[5:]] for r in good_rows()[1:]],
]
CASES = {
    # values
    "decimal_comma.xlsx": book(changed((1, 3, "3,00"), (3, 3, "2,5"))),
    "rupiah.xlsx": book(changed((2, 3, "Rp 2"))),
    "rupiah_large.xlsx": book(changed((2, 3, "Rp 1.250,5"))),
    "per_cent.xlsx": book(changed((3, 3, "2,5 %"))),
    "dashes.xlsx": book(changed((2, 3, "-"), (4, 3, "\u2014"))),
    "nihil.xlsx": book(changed((2, 3, "nihil"))),
    "words_for_number.xlsx": book(changed((1, 3, "baik"))),
    "range.xlsx": book(changed((1, 3, "2-3"))),
    "date_for_number.xlsx": book(changed((3, 3, datetime(2025, 5, 2)))),
    "zero.xlsx": book(changed((4, 3, 0))),
    "off_scale.xlsx": book(changed((4, 3, 7))),
    "negative.xlsx": book(changed((4, 3, -2))),
    "hundred.xlsx": book(changed((4, 3, 75))),
    "formula_no_value.xlsx": book(good_rows(), formulas={"D3": ("=1+1", "")}),
    "formula_value.xlsx": book(good_rows(), formulas={"D3": ("=1+1", 2)}),
    "formula.ods": ods(good_rows(), formulas={(2, 3): "of:=1+1"}),
    "level_text.xlsx": book(changed((1, 3, "3 \u00b7 75\u201389%"))),
    "level_edited.xlsx": book(changed((1, 3, "3 \u00b7 70\u201389%"))),
    "two_numbers.csv": csv(changed((1, 3, "3;4"))),
    "unquoted_comma.csv": csv(good_rows()).replace(b",2.5,", b",2,5,"),
    "comma_into_evidence.csv": b"indikator,perangkat daerah,nilai mandiri,bukti\nhealth/puskesmas,dinas-kesehatan,2,5\n",
    "exponent.csv": csv(changed((1, 3, "3e0"))),
    # rows
    "row_twice_same.xlsx": book([*good_rows(), good_rows()[1]]),
    "row_twice_other.xlsx": book([*good_rows(), changed((1, 3, 1))[1]]),
    "rows_absent.xlsx": book(good_rows()[:4]),
    "no_rows.xlsx": book(good_rows()[:1]),
    "no_indicator.xlsx": book(changed((2, 0, None), (2, 1, None))),
    "totals.xlsx": book([*good_rows(), ["Jumlah", None, None, 3]]),
    "names_sorted_alone.xlsx": book(changed((1, 1, good_rows()[2][1]), (2, 1, good_rows()[1][1]))),
    "two_names_differ.xlsx": book(two_names()),
    "sorted_and_misspelt.xlsx": book(changed((1, 1, good_rows()[2][1] + "x"), (2, 1, good_rows()[1][1][1:]))),
    # names
    "indicator_misspelt.xlsx": book(changed((1, 0, "health/imunisassi"))),
    "indicator_unknown.xlsx": book(changed((1, 0, "health/kebahagiaan"))),
    "indicator_by_name.xlsx": book(without(0)),
    "agency_misspelt.xlsx": book(changed((1, 2, "Dinas Kesehatn"))),
    "agency_unknown.xlsx": book(changed((1, 2, "Dinas Perikanan"))),
    "agency_other.xlsx": book(changed((1, 2, "bappeda"))),
    "agency_cover_misspelt.xlsx": book(without(2), cover("agency", "dinas-kesehatn")),
    "status_unknown.xlsx": book(changed((1, 3, None), (1, 4, "mungkin"))),
    "score_and_status.xlsx": book(changed((1, 4, "tidak dilaporkan"))),
    # columns and sheets
    "column_misspelt.xlsx": book(changed((0, 3, "Nilai mandri"))),
    "column_twice.xlsx": book([[*r, r[3]] for r in good_rows()]),
    "column_nameless.xlsx": book([[*r, 1 if n else None] for n, r in enumerate(good_rows())]),
    "score_of_whom.xlsx": book(changed((0, 3, "Nilai"))),
    "header_two_rows.xlsx": book(TWO_ROWS, merged=(("D1:E1", "Nilai"),)),
    "merged_scores.xlsx": book(changed((2, 3, None)), merged=(("D2:D3", 3),)),
    "merged_agency.xlsx": book(
        changed(*[(n, 2, None) for n in range(1, 6)]), cover=COVER[:4], merged=(("C2:C6", "dinas-kesehatan"),)
    ),
    "title_above.xlsx": book([["FORMULIR EVALUASI"], ["Tahun 2025"], [], *good_rows()]),
    "two_tables.xlsx": xlsx({"Lembar1": good_rows(), "Lembar2": changed((1, 3, 1))}),
    "no_header.xlsx": book(good_rows()[1:]),
    # covers
    "other_round.xlsx": book(good_rows(), cover("round", "2024-S2")),
    "other_programme.xlsx": book(good_rows(), cover("programme", "mimika")),
    "other_region.xlsx": book(good_rows(), cover("region", "Kabupaten Mimika")),
    "region_misspelt.xlsx": book(good_rows(), cover("region", "Kabupaten Conto (data buatan)")),
    "date_text.xlsx": book(good_rows(), [*COVER, ["filled", "Senin, 30 Juni 2025"]]),
    "date_wrong.xlsx": book(good_rows(), [*COVER, ["filled", "31 Juni 2025"]]),
    # files
    "page.xls": html(good_rows()),
    "script.xls": html(changed((1, 5, "x"))).replace(b"<td>x</td>", b"<td>x<script>alert(1)</script></td>"),
    "old.xls": b"\x09\x08\x08\x00\x00\x05\x05\x00" + b"\0" * 600,
    "cut_off.xlsx": book(good_rows())[:3000],
    "cut_in_code.csv": csv(only(3, 2, 5, 0))[: -len("malaria\n")],
    "cut_before_score.csv": csv(only(0, 2, 6, 3))[: -len("3.25\n")],
    "no_last_line_end.csv": csv(good_rows())[:-1],
    "macros.xlsm": zipped({"[Content_Types].xml": "<x/>", "xl/workbook.xml": "<x/>", "xl/vbaProject.bin": "x"}),
    "macros.ods": zipped(
        {"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<x/>", "Basic/a.xml": "x"}
    ),
    "bomb.xlsx": bomb(),
    "entities.ods": entities(),
    "latin.csv": csv(changed((1, 5, "bukti/caf\u00e9.pdf"))).decode().encode("latin-1"),
    "quote_open.csv": csv(changed((1, 5, '"open'))),
    "empty.csv": b"",
    "picture.xlsx": b"\x89PNG\r\n\x1a\n" + b"\0" * 100,
    "hostile_evidence.csv": csv(
        changed((1, 5, "=cmd|' /C calc'!A0"), (2, 5, "<img src=x onerror=alert(1)>"), (3, 5, "../../etc/passwd"))
    ),
    **looks.CASES,
}


def main() -> None:
    FILES.mkdir(exist_ok=True)
    for name, raw in CASES.items():
        (FILES / name).write_bytes(raw)
    print(f"{len(CASES)} files, the largest {max(map(len, CASES.values()))} bytes")


if __name__ == "__main__":
    main()
