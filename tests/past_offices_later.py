"""Layouts that were made after the reading was written, which was left as it was: what they truly say must come in all the same."""

import random
from pathlib import Path

import openpyxl
from past_offices import OWNERS, SECTORS, Truth


def page_of_quarters(folder: Path, seed=101):
    """A page saved as .xls: quarters across, codes, decimal commas, a mean below, a text in front."""
    r, truth, rows = random.Random(seed), {}, []
    rounds = [(2022, q) for q in (3, 4)] + [(2023, q) for q in (1, 2)]
    roman = ("I", "II", "III", "IV")
    kept = []
    for n, (sector, many) in enumerate(SECTORS.items(), 1):
        for m, label in enumerate(many, 1):
            values = [r.randint(400, 999) / 10 for _ in rounds]
            kept.append(values)
            for (year, q), value in zip(rounds, values, strict=True):
                truth[f"{year}-Q{q}", label, "final", OWNERS[sector]] = value
            cells = "".join(f"<td>{v:.1f}</td>".replace(".", ",") for v in values)
            rows.append(f"<tr><td>{n}.{m:02d}</td><td>{label}</td><td>{OWNERS[sector]}</td>{cells}</tr>")
    means = "".join(f"<td>{sum(v[k] for v in kept) / len(kept):.2f}</td>".replace(".", ",") for k in range(4))
    heads = "".join(f"<th>TRIWULAN {roman[q - 1]} {y}</th>" for y, q in rounds)
    head = f"<tr><th>KODE</th><th>INDIKATOR KINERJA</th><th>PENANGGUNG JAWAB</th>{heads}</tr>"
    table = f"<table border=1>{head}{''.join(rows)}<tr><td></td><td>RATA-RATA</td><td></td>{means}</tr></table>"
    path = folder / "e-monev.xls"
    path.write_text(f"<html><body><p>Dicetak dari aplikasi e-monev</p>{table}</body></html>", "utf-8")
    return [path], Truth(truth)


def three_rows_of_header(folder: Path, seed=102):
    """A sheet a dimension; year, stage and source in three rows of header, not merged; labels with numbers; a recapitulation."""
    r, truth = random.Random(seed), {}
    book = openpyxl.Workbook()
    book.remove(book.active)
    rounds = [(2022, 1), (2022, 2), (2023, 1)]
    recap = {}
    for sector, many in SECTORS.items():
        sheet = book.create_sheet("Dimensi " + sector)
        sheet.append([None, f"INSTRUMEN EVALUASI - DIMENSI {sector.upper()}"])
        sheet.append([])
        sheet.append([None, "Pernyataan", "Instansi", "Tahun 2022", None, None, None, "Tahun 2023", None])
        sheet.append([None, None, None, "Tahap 1", None, "Tahap 2", None, "Tahap 1", None])
        sheet.append([None, None, None, *("Mandiri", "Verifikasi") * 3])
        seen = []
        for m, label in enumerate(many, 1):
            values = [r.randint(10, 50) / 10 for _ in range(6)]
            seen.append(values)
            for n, (year, part) in enumerate(rounds):
                truth[f"{year}-S{part}", label, "self", OWNERS[sector]] = values[2 * n]
                truth[f"{year}-S{part}", label, "verified", OWNERS[sector]] = values[2 * n + 1]
            sheet.append([None, f"{m}) {label}", OWNERS[sector], *values])
        means = [round(sum(v[k] for v in seen) / len(seen), 2) for k in range(6)]
        sheet.append([None, "Nilai rata-rata", None, *means])
        sheet.append([None, "Catatan: skala 1 sampai dengan 5"])
        recap["Dimensi " + sector] = means[1::2]
    sheet = book.create_sheet("REKAP")
    sheet.append(["Rekapitulasi hasil verifikasi"])
    sheet.append(["Dimensi", "Tahap 1 2022", "Tahap 2 2022", "Tahap 1 2023"])
    for sector, values in recap.items():
        sheet.append([sector, *values])
    book.save(folder / "Instrumen 2022-2023.xlsx")
    return [folder / "Instrumen 2022-2023.xlsx"], Truth(truth)


def rounds_down(folder: Path, seed=103):
    """Half-years down, indicators across below their sectors, two assessors a half-year, a mean at the end."""
    r, truth = random.Random(seed), {}
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Seri"
    sheet.append(["Seri penilaian smart city (skala 0-100)"])
    above = [s if not k else None for s, many in SECTORS.items() for k, _ in enumerate(many)]
    sheet.append(["Tahun", "Semester", "Penilai", *above, "Rata-rata"])
    sheet.append([None, None, None, *(label for many in SECTORS.values() for label in many), None])
    for c in (4, 7, 10, 13):
        sheet.merge_cells(start_row=2, end_row=2, start_column=c, end_column=c + 2)
    for year, part in ((2019, "I"), (2019, "II"), (2020, "I")):
        for who in ("Asesor Luar", "Asesor Dalam"):
            values = [r.randint(30, 98) for _ in range(12)]
            sheet.append([year, part, who, *values, round(sum(values) / 12, 2)])
            for label, value in zip((x for many in SECTORS.values() for x in many), values, strict=True):
                truth[f"{year}-S{len(part)}", label, f"assessor:{who}", ""] = float(value)
    book.save(folder / "seri.xlsx")
    return [folder / "seri.xlsx"], Truth(truth)


def an_agency_a_table(folder: Path, seed=104):
    """A sheet a half-year, a table an agency below each other, its name in a line above; targets beside the scores."""
    r, truth = random.Random(seed), {}
    book = openpyxl.Workbook()
    book.remove(book.active)
    for round_, title in (("2021-S2", "Semester II TA 2021"), ("2022-S1", "Semester I TA 2022")):
        sheet = book.create_sheet(title)
        sheet.append(["LAPORAN KINERJA SMART CITY"])
        for sector, many in SECTORS.items():
            sheet.append([])
            sheet.append([f"Perangkat Daerah: {OWNERS[sector]}"])
            sheet.append(["No", "Indikator", "Satuan", "Target", "Skor", "Keterangan"])
            for m, label in enumerate(many, 1):
                value = r.randint(20, 100)
                truth[round_, label, "final", OWNERS[sector]] = float(value)
                sheet.append([m, label, "persen", r.randint(50, 100), value, None])
    book.save(folder / "Laporan OPD.xlsx")
    return [folder / "Laporan OPD.xlsx"], Truth(truth)


LATER = (page_of_quarters, three_rows_of_header, rounds_down, an_agency_a_table)
