"""Layouts that were made after the reading was written: it was mended after some of FIRST, and left as it was for LATER."""

import random
from datetime import datetime
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


def maturity(folder: Path, seed=105):
    """A sheet a year, domains and aspects as rows of their own with a colon, weights, two sources, an index as a formula."""
    r, truth = random.Random(seed), {}
    book = openpyxl.Workbook()
    book.remove(book.active)
    tree = {"Kebijakan Internal": ("Tata Kelola", "Layanan"), "Manajemen": ("Risiko", "Audit TIK"), "Layanan": ("Administrasi", "Publik")}
    for year in (2020, 2021):
        sheet = book.create_sheet(f"TA {year}")
        sheet.append(["EVALUASI SPBE"])
        sheet.append(["Indikator", "Nama Indikator", "Bobot", "TK Penilaian Mandiri", "TK Hasil Verifikasi", "Catatan asesor"])
        n = 0
        for d, (domain, aspects) in enumerate(tree.items(), 1):
            sheet.append([f"Domain {d} : {domain}"])
            sheet.merge_cells(start_row=sheet.max_row, end_row=sheet.max_row, start_column=1, end_column=6)
            for a, aspect in enumerate(aspects, 1):
                sheet.append([f"Aspek {d}.{a} : {aspect} SPBE"])
                sheet.merge_cells(start_row=sheet.max_row, end_row=sheet.max_row, start_column=1, end_column=6)
                for k in range(2):
                    n += 1
                    label = f"Kematangan {aspect} bagian {'pertama' if k else 'kedua'}"
                    own, seen = r.randint(1, 5), r.randint(1, 5)
                    truth[str(year), label, "self", ""], truth[str(year), label, "verified", ""] = float(own), float(seen)
                    sheet.append([n, label, 100 / 12, f"Level {own}", seen, "lengkapi bukti" if n == 3 else None])
        sheet.append(["Indeks SPBE", None, None, None, f"=SUMPRODUCT(C3:C{sheet.max_row},E3:E{sheet.max_row})/100"])
    book.save(folder / "SPBE 2020-2021.xlsx")
    return [folder / "SPBE 2020-2021.xlsx"], Truth(truth)


def months(folder: Path, seed=106):
    """A text a half-year, its month in the file's name; the highest score and the weighted one beside each score."""
    r, truth, files = random.Random(seed), {}, []
    for round_, name in (("2021-S2", "Desember 2021"), ("2022-S1", "Juni 2022")):
        rows = ["Dimensi,Indikator,Instansi,Bobot,Skor,Skor Maksimal,Nilai Tertimbang,Tautan Bukti"]
        for sector, many in SECTORS.items():
            for label in many:
                value = r.randint(0, 5)
                truth[round_, label, "final", OWNERS[sector]] = float(value)
                rows.append(f'{sector},{label},{OWNERS[sector]},5,{value},5,"{value}",https://contoh.go.id/{value}')
        files.append(folder / f"Evaluasi {name}.csv")
        files[-1].write_text("\n".join(rows) + "\n", "utf-8")
    return files, Truth(truth)


def halves_merged(folder: Path, seed=107):
    """Half-years named once in a merged first column, sectors beside; three people by name across; colours with a legend."""
    r, truth = random.Random(seed), {}
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Arsip"
    sheet.append([None, "ARSIP PENILAIAN (1 - 10), skala 1-10"])
    sheet.append([])
    sheet.append([None, "Periode", "Sektor", "Indikator", "Tim Penilai", None, None, "Rerata"])
    sheet.append([None, None, None, None, "Ibu Ratna", "Pak Joko", "Pak Wayan"])
    for c in (2, 3, 4, 8):
        sheet.merge_cells(start_row=3, end_row=4, start_column=c, end_column=c)
    sheet.merge_cells("E3:G3")
    row = 5
    for round_, text in (("2015-S1", "Sem I 2015"), ("2015-S2", "Sem II 2015")):
        first = row
        for sector, many in SECTORS.items():
            for k, label in enumerate(many):
                values = [r.randint(1, 10) for _ in range(3)]
                if r.random() < 0.15:
                    values[1] = None
                for c, (value, who) in enumerate(zip(values, ("Ibu Ratna", "Pak Joko", "Pak Wayan"), strict=True), 5):
                    sheet.cell(row, c, "-" if value is None else value)
                    if value is not None:
                        truth[round_, label, f"assessor:{who}", ""] = float(value)
                there = [v for v in values if v is not None]
                sheet.cell(row, 8, round(sum(there) / len(there), 2))
                sheet.cell(row, 4, label)
                if not k:
                    sheet.cell(row, 3, sector)
                    sheet.merge_cells(start_row=row, end_row=row + 2, start_column=3, end_column=3)
                row += 1
        sheet.cell(first, 2, text)
        sheet.merge_cells(start_row=first, end_row=row - 1, start_column=2, end_column=2)
    sheet.cell(row + 1, 2, "Merah: belum final; kuning: dari ingatan")
    book.save(folder / "arsip.xlsx")
    return [folder / "arsip.xlsx"], Truth(truth)


def sources_down(folder: Path, seed=108):
    """Years across; own and verified score, and their difference, in three lines of each indicator."""
    r, truth = random.Random(seed), {}
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Nilai"
    sheet.append(["Uraian", "Penanggung Jawab", "Jenis", 2020, 2021, 2022])
    for sector, many in SECTORS.items():
        for label in many:
            own, seen = ([r.randint(30, 99) for _ in range(3)] for _ in range(2))
            sheet.append([label, OWNERS[sector], "Nilai Mandiri", *own])
            sheet.append([None, None, "Nilai Verifikasi", *seen])
            sheet.append([None, None, "Selisih", *(a - b for a, b in zip(own, seen, strict=True))])
            row = sheet.max_row
            for c in (1, 2):
                sheet.merge_cells(start_row=row - 2, end_row=row, start_column=c, end_column=c)
            for year, a, b in zip((2020, 2021, 2022), own, seen, strict=True):
                truth[str(year), label, "self", OWNERS[sector]], truth[str(year), label, "verified", OWNERS[sector]] = float(a), float(b)
    book.save(folder / "nilai.xlsx")
    return [folder / "nilai.xlsx"], Truth(truth)


def raw_and_pivot(folder: Path, seed=109):
    """A line a score with the day it was given; and a table made of it, indicators by half-years, their means."""
    r, truth, lines, seen = random.Random(seed), {}, [], {}
    days = {"2018-S1": datetime(2018, 5, 14), "2018-S2": datetime(2018, 11, 2), "2019-S1": datetime(2019, 6, 20)}
    for round_, day in days.items():
        for n, (sector, many) in enumerate(SECTORS.items(), 1):
            for m, label in enumerate(many, 1):
                for who in ("Asesor 1", "Asesor 2", "Asesor 3"):
                    value = r.randint(20, 100)
                    truth[round_, label, f"assessor:{who}", OWNERS[sector]] = float(value)
                    seen.setdefault((sector, label), {}).setdefault(round_, []).append(value)
                    lines.append([day, f"{n}.{m}", label, OWNERS[sector], who, value])
    r.shuffle(lines)
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Data Mentah"
    sheet.append(["Periode", "Kode", "Indikator", "OPD", "Asesor", "Nilai"])
    for line in lines:
        sheet.append(line)
    sheet = book.create_sheet("Pivot")
    sheet.append(["Rata-rata Nilai"])
    sheet.append(["Sektor", "Indikator", "Smt I 2018", "Smt II 2018", "Smt I 2019"])
    for (sector, label), values in seen.items():
        sheet.append([sector, label, *(round(sum(values[x]) / 3, 1) for x in days)])
    book.save(folder / "data mentah.xlsx")
    return [folder / "data mentah.xlsx"], Truth(truth)


def pillars(folder: Path, seed=110):
    """A sheet a quarter; pillars as rows in front of their indicators; units, two evaluators, their mean, a state; sums below."""
    r, truth = random.Random(seed), {}
    book = openpyxl.Workbook()
    book.remove(book.active)
    for n, quarter in enumerate(("I", "II", "III"), 1):
        sheet = book.create_sheet(f"TW {quarter}")
        sheet.append(["MONITORING DAN EVALUASI KOTA CERDAS"])
        sheet.append([f"TRIWULAN {quarter} TAHUN ANGGARAN 2024"])
        sheet.append([])
        head = ["No.", "Indikator Kinerja Utama", "Satuan", "Unit Kerja"]
        sheet.append([*head, "Skor Evaluator 1", "Skor Evaluator 2", "Rata-rata Skor", "Status"])
        every = []
        for p, (sector, many) in enumerate(SECTORS.items(), 1):
            sheet.append([f"Pilar {p}: {sector}"])
            for m, label in enumerate(many, 1):
                values = [r.randint(0, 100) for _ in range(2)]
                every.append(sum(values) / 2)
                for who, value in enumerate(values, 1):
                    truth[f"2024-Q{n}", label, f"assessor:Evaluator {who}", OWNERS[sector]] = float(value)
                sheet.append([m, label, "%", OWNERS[sector], *values, sum(values) / 2, "tercapai" if values[0] > 50 else "belum"])
        sheet.append(["Rata-rata seluruh pilar", None, None, None, None, None, round(sum(every) / len(every), 2)])
        sheet.append(["Jumlah", None, None, None, None, None, round(sum(every), 2)])
    book.save(folder / "Monev 2024.xlsx")
    return [folder / "Monev 2024.xlsx"], Truth(truth)


FIRST = (page_of_quarters, three_rows_of_header, rounds_down, an_agency_a_table, maturity, months, halves_merged, sources_down)
LATER = (raw_and_pivot, pillars)
