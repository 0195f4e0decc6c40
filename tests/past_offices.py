"""Old workbooks of made-up offices, each laid out otherwise, with what they truly say."""

import csv
import random
from pathlib import Path
from typing import NamedTuple

import openpyxl
import xlsxwriter
from openpyxl.styles import PatternFill

SECTORS = {
    "Pelayanan Publik": ("Layanan izin daring", "Pengaduan warga selesai", "Akta lahir daring"),
    "Kesehatan": ("Imunisasi lengkap", "Antrean daring puskesmas", "Prevalensi tengkes"),
    "Infrastruktur": ("Jalan kondisi mantap", "Desa terhubung internet", "Lampu jalan hemat energi"),
    "Lingkungan": ("Sampah terangkut", "Indeks kualitas udara", "Rata-rata luas taman"),
}
OWNERS = {"Pelayanan Publik": "DPMPTSP", "Kesehatan": "Dinas Kesehatan", "Infrastruktur": "Dinas PUPR", "Lingkungan": "DLH"}
LABELS = [(s, i) for s, many in SECTORS.items() for i in many]


class Truth(NamedTuple):
    """Scores by round, indicator, source and agency, as they were meant."""

    scores: dict[tuple[str, str, str, str], float]


def half(r, low=2, high=8):
    """A mark from low/2 to high/2 in halves."""
    return r.randint(low, high) / 2


def sheet_a_round(folder: Path, seed=1, order=(0, 1, 2, 3, 4, 5, 6), shift=(0, 0), gaps=False, digits="General"):
    """A sheet a round: three assessors under one merged header, headings, means and index as formulas, text numbers, dashes."""
    r, truth = random.Random(seed), {}
    book = xlsxwriter.Workbook(folder / "Nilai evaluasi.xlsx")
    number = book.add_format({"num_format": digits})
    down, right = shift
    where = {k: right + order.index(k) for k in range(7)}  # no, indicator, agency, three assessors, mean
    for name, title in (("Smt 1-2020", "SEMESTER I TAHUN 2020"), ("Smt 2-2020", "SEMESTER II TAHUN 2020"), ("2021 I", "Tahap I 2021")):
        round_ = {"S": "2020-S1", "R": "2020-S2"}.get(name[0]) if name == "Smt 1-2020" else "2020-S2" if name == "Smt 2-2020" else "2021-S1"
        sheet = book.add_worksheet(name)
        sheet.write(down, right, "PEMERINTAH KABUPATEN CONTOH")
        sheet.write(down + 1, right, f"HASIL EVALUASI {title} (SKALA 1-4)")
        top = down + 3
        for k, text in enumerate(("No.", "Uraian Indikator", "OPD", "", "", "", "Rerata")):
            if text:
                sheet.merge_range(top, where[k], top + 1, where[k], text)
        three = [where[k] for k in (3, 4, 5)]
        together = max(three) - min(three) == 2
        if together:
            sheet.merge_range(top, min(three), top, max(three), "Nilai Asesor")
        for n, k in enumerate((3, 4, 5)):
            if not together:
                sheet.write(top, where[k], "Nilai Asesor")
            sheet.write(top + 1, where[k], f"Asesor {'ABC'[n]}")
        row, means, sectors = top + 2, [], []
        for n, (sector, many) in enumerate(SECTORS.items()):
            sheet.write(row, where[0], "ABCD"[n])
            sheet.write(row, where[1], sector.upper())
            first, rows = row + 1, []
            for m, label in enumerate(many, 1):
                row += 2 if gaps and m == 2 else 1
                sheet.write(row, where[0], m)
                sheet.write(row, where[1], label)
                sheet.write(row, where[2], OWNERS[sector])
                numbers = []
                for k in (3, 4, 5):
                    value, way = half(r), r.random()
                    if way < 0.08:
                        sheet.write(row, where[k], r.choice(("-", "blm", "tdk dinilai")))
                        continue
                    truth[round_, label, f"assessor:Asesor {'ABC'[k - 3]}", OWNERS[sector]] = value
                    if way < 0.2:
                        sheet.write_string(row, where[k], f"{value:.1f}".replace(".", ","))
                    else:
                        sheet.write_number(row, where[k], value, number)
                        numbers.append(value)
                cells = ",".join(xlsxwriter.utility.xl_rowcol_to_cell(row, where[k]) for k in (3, 4, 5))
                rows += [sum(numbers) / len(numbers)] * bool(numbers)
                sheet.write_formula(row, where[6], f"=AVERAGE({cells})", number, rows[-1] if numbers else "#DIV/0!")
            row += 1
            sheet.write(row, where[1], f"Rata-rata {sector}")
            ends = [xlsxwriter.utility.xl_rowcol_to_cell(q, where[6]) for q in (first, row - 1)]
            sectors.append(sum(rows) / len(rows))
            sheet.write_formula(row, where[6], f"=AVERAGE({':'.join(ends)})", number, sectors[-1])
            means.append(xlsxwriter.utility.xl_rowcol_to_cell(row, where[6]))
            row += 2 if gaps else 1
        sheet.write(row, where[1], "INDEKS")
        sheet.write_formula(row, where[6], "=" + "+".join(f"{m}*0.25" for m in means), number, sum(sectors) / 4)
        sheet.write(row + 3, where[2], "Contoh, 12 Juli 2020 Kepala Bappeda")
    book.close()
    return [folder / "Nilai evaluasi.xlsx"], Truth(truth)


def sector_a_sheet(folder: Path, seed=2):
    """A sheet a sector, years over half-years across, not held in one; the mean below; a sheet with all sectors."""
    r, truth = random.Random(seed), {}
    book = openpyxl.Workbook()
    book.remove(book.active)
    rounds = [(y, s) for y in (2018, 2019, 2020) for s in (1, 2)]
    means = {}
    for sector, many in SECTORS.items():
        sheet = book.create_sheet(sector)
        sheet.append([f"Perkembangan nilai urusan {sector}"])
        sheet.append([])
        sheet.append(["No", "Indikator", "Penanggung jawab", *(f"Tahun {y}" if s == 1 else None for y, s in rounds)])
        sheet.append([None, None, None, *(f"Smt {'I' * s}" for _, s in rounds)])
        for c in (4, 6, 8):
            sheet.merge_cells(start_row=3, end_row=3, start_column=c, end_column=c + 1)
        lines = []
        for n, label in enumerate(many, 1):
            values = [None if (y, s) == (2019, 2) else r.randint(300, 980) / 10 for y, s in rounds]
            lines.append(values)
            sheet.append([n, label, OWNERS[sector], *("tidak dilaksanakan" if v is None else v for v in values)])
            for (y, s), v in zip(rounds, values, strict=True):
                if v is not None:
                    truth[f"{y}-S{s}", label, "final", OWNERS[sector]] = v
        got = [[line[k] for line in lines if line[k] is not None] for k in range(6)]
        means[sector] = [round(sum(g) / len(g), 2) if g else None for g in got]
        sheet.append([None, "Rata-rata", None, *means[sector]])
    sheet = book.create_sheet("Rekap")
    sheet.append(["Sektor", *(f"Smt {s} {y}" for y, s in rounds)])
    for sector, values in means.items():
        sheet.append([sector, *(("-" if v is None else str(v).replace(".", ",")) for v in values)])
    book.save(folder / "Rekap sektor 2018-2020.xlsx")
    return [folder / "Rekap sektor 2018-2020.xlsx"], Truth(truth)


def workbook_a_round(folder: Path, seed=3):
    """A workbook a round, named by its file alone; a sheet an assessor, and one with their means."""
    r, truth, files = random.Random(seed), {}, []
    for round_, part in (("2019-S1", "I 2019"), ("2019-S2", "II 2019"), ("2020-S1", "I 2020")):
        name = f"Evaluasi Semester {part}"
        book = openpyxl.Workbook()
        book.remove(book.active)
        marks = {}
        for who in (1, 2, 3):
            sheet = book.create_sheet(f"Asesor {who}")
            sheet.append(["Lembar penilaian smart city"])
            sheet.append(["Kode", "Indikator", "Perangkat Daerah", "Skor", "Bukti dukung"])
            for n, (sector, many) in enumerate(SECTORS.items(), 1):
                sheet.append([str(n), sector])
                for m, label in enumerate(many, 1):
                    value = r.randint(1, 5)
                    marks.setdefault(label, []).append(value)
                    truth[round_, label, f"assessor:Asesor {who}", OWNERS[sector]] = float(value)
                    sheet.append([f"{n}.{m}", label, OWNERS[sector], value, "ada" if m == 2 else None])
        sheet = book.create_sheet("Ringkasan")
        sheet.append(["Ringkasan hasil (skala 1-5)"])
        sheet.append(["Kode", "Indikator", "Nilai rata-rata"])
        for n, (sector, many) in enumerate(SECTORS.items(), 1):
            sheet.append([str(n), sector])
            for m, label in enumerate(many, 1):
                sheet.append([f"{n}.{m}", label, round(sum(marks[label]) / 3, 2)])
        files.append(folder / f"{name}.xlsx")
        book.save(files[-1])
    return files, Truth(truth)


def long_text(folder: Path, seed=4):
    """A text with semicolons: a line a score, year, half-year, indicator, agency and source in columns."""
    r, truth, path = random.Random(seed), {}, folder / "arsip nilai.csv"
    with path.open("w", encoding="utf-8", newline="") as handle:
        out = csv.writer(handle, delimiter=";")
        out.writerow(["Tahun", "Semester", "Sektor", "Indikator", "OPD", "Jenis Penilaian", "Nilai", "Keterangan"])
        for year, part in ((2021, 1), (2021, 2), (2022, 1)):
            for sector, label in LABELS:
                for kind, source in (("Mandiri", "self"), ("Verifikasi", "verified")):
                    value = r.randint(200, 990) / 10
                    missing = r.random() < 0.05
                    shown = "n/a" if missing else f"{value:.1f}".replace(".", ",")
                    out.writerow([year, part, sector, label, OWNERS[sector], kind, shown, ""])
                    if not missing:
                        truth[f"{year}-S{part}", label, source, OWNERS[sector]] = value
    return [path], Truth(truth)


def levels(folder: Path, seed=5):
    """Levels 1 to 5 by domain, aspect and indicator, numbered, with weights, own and external level, and the index."""
    r, truth = random.Random(seed), {}
    tree = {"Kebijakan": {"Tata kelola": 3}, "Tata Kelola": {"Perencanaan": 2, "Penyelenggara": 2}}
    tree |= {"Layanan": {"Administrasi": 3, "Publik": 2}}
    book = openpyxl.Workbook()
    book.remove(book.active)
    for year in (2021, 2022, 2023):
        sheet = book.create_sheet(f"SPBE {year}")
        sheet.append([f"HASIL EVALUASI SPBE TAHUN {year}"])
        sheet.append([None, "Tingkat kematangan 1-5"])
        sheet.append(["No", "Domain/Aspek/Indikator", "Bobot (%)", "Penilaian Mandiri", "Evaluator Eksternal", "Nilai x Bobot"])
        total, n = 0.0, 0
        for d, (domain, aspects) in enumerate(tree.items(), 1):
            sheet.append([f"{d}", f"Domain {domain}"])
            for a, (aspect, count) in enumerate(aspects.items(), 1):
                sheet.append([f"{d}.{a}", f"Aspek {aspect}"])
                for _ in range(count):
                    n += 1
                    label, weight = f"Tingkat kematangan butir {n}", 5 + 2 * (n % 4)
                    own, seen = r.randint(1, 5), r.randint(1, 5)
                    truth[str(year), label, "self", ""], truth[str(year), label, "verified", ""] = float(own), float(seen)
                    sheet.append([f"{d}.{a}.{n}", label, weight, own, seen, weight * seen / 100])
                    total += weight * seen / 100
        sheet.append([None, "Indeks SPBE", None, None, None, round(total, 2)])
    book.save(folder / "SPBE.xlsx")
    return [folder / "SPBE.xlsx"], Truth(truth)


def survey(folder: Path, seed=6):
    """A satisfaction survey: respondents down, U1 to U9 across; sums, means and the converted index below."""
    r, truth = random.Random(seed), {}
    book = openpyxl.Workbook()
    book.remove(book.active)
    for round_, name in (("2022-S1", "Smt I 2022"), ("2022-S2", "Smt II 2022")):
        sheet = book.create_sheet(name)
        sheet.append([f"PENGOLAHAN SURVEI KEPUASAN MASYARAKAT {name}"])
        sheet.append(["No. Resp", "Nilai Unsur Pelayanan"])
        sheet.append([None, *(f"U{u}" for u in range(1, 10))])
        sheet.merge_cells("A2:A3")
        sheet.merge_cells("B2:J2")
        marks = [[r.randint(2, 4) for _ in range(9)] for _ in range(12)]
        for n, line in enumerate(marks, 1):
            sheet.append([n, *line])
            for u, value in enumerate(line, 1):
                truth[round_, f"U{u}", str(n), ""] = float(value)
        sums = [sum(line[u] for line in marks) for u in range(9)]
        sheet.append(["Jumlah", *sums])
        sheet.append(["NRR / unsur", *(round(s / 12, 3) for s in sums)])
    book.save(folder / "Olah SKM.xlsx")
    return [folder / "Olah SKM.xlsx"], Truth(truth)


def agencies_across(folder: Path, seed=7):
    """Agencies across, indicators down, sector in a merged first column, English words, two tables on one sheet."""
    r, truth = random.Random(seed), {}
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Scores"
    offices = ("Dinas Kesehatan", "Dinas Pendidikan", "Dinas Perhubungan")
    row = 1
    for round_, title in (("2023-S1", "Agency scores, first half 2023 (0-100)"), ("2023-S2", "Agency scores, second half 2023 (0-100)")):
        sheet.cell(row, 2, title)
        for c, text in enumerate(("Sector", "Indicator", *offices, "Average"), 2):
            sheet.cell(row + 2, c, text)
        row += 3
        for sector, many in SECTORS.items():
            sheet.merge_cells(start_row=row, end_row=row + len(many) - 1, start_column=2, end_column=2)
            sheet.cell(row, 2, sector)
            for label in many:
                sheet.cell(row, 3, label)
                values = []
                for c, office in enumerate(offices, 4):
                    if r.random() < 0.1:
                        continue
                    value = r.randint(30, 99)
                    values.append(value)
                    truth[round_, label, "final", office] = float(value)
                    sheet.cell(row, c, value / 100 if c == 5 else value).number_format = "0%" if c == 5 else "0"
                    if value < 40:
                        sheet.cell(row, c).fill = PatternFill("solid", fgColor="FF9999")
                sheet.cell(row, 7, round(sum(values) / len(values), 1) if values else None)
                row += 1
        sheet.cell(row, 3, "Grand average")
        row += 3
    book.save(folder / "by agency.xlsx")
    return [folder / "by agency.xlsx"], Truth(truth)


def people_a_sheet(folder: Path, seed=8):
    """A workbook a round; a sheet a person, and one with all persons across and their mean."""
    r, truth, files = random.Random(seed), {}, []
    for round_, name in (("2022-S1", "Penilaian 2022 smt1"), ("2022-S2", "Penilaian 2022 smt2")):
        book = openpyxl.Workbook()
        book.remove(book.active)
        marks = {}
        for who in ("Budi", "Sari"):
            sheet = book.create_sheet(who)
            sheet.append(["FORM PENILAIAN"])
            sheet.append(["No", "Indikator", "Nilai (1-4)", "Ket"])
            for sector, many in SECTORS.items():
                sheet.append([None, sector.upper()])
                for label in many:
                    value = r.randint(1, 4)
                    marks.setdefault(label, []).append(value)
                    truth[round_, label, f"assessor:{who}", ""] = float(value)
                    sheet.append([len(marks), label, value])
        sheet = book.create_sheet("Rekap")
        sheet.append(["No", "Indikator", "Budi", "Sari", "Rata2"])
        for n, (label, values) in enumerate(marks.items(), 1):
            sheet.append([n, label, *values, sum(values) / 2])
        files.append(folder / f"{name}.xlsx")
        book.save(files[-1])
    return files, Truth(truth)


def agency_a_sheet(folder: Path, seed=9):
    """A sheet an agency, the same questions in each, half-years across."""
    r, truth = random.Random(seed), {}
    book = openpyxl.Workbook()
    book.remove(book.active)
    for office in ("Dinas Kesehatan", "Bappeda", "RSUD", "Kecamatan Kota"):
        sheet = book.create_sheet(office)
        sheet.append(["Kinerja " + office])
        sheet.append(["No", "Indikator", "Skor 2021 Smt I", "Skor 2021 Smt II"])
        for n, label in enumerate(("Ketersediaan data", "Keterbukaan", "Waktu layanan"), 1):
            values = [r.randint(20, 100) for _ in range(2)]
            sheet.append([n, label, *values])
            for part, value in enumerate(values, 1):
                truth[f"2021-S{part}", label, "final", office] = float(value)
    book.save(folder / "kinerja.xlsx")
    return [folder / "kinerja.xlsx"], Truth(truth)


def one_row_of_header(folder: Path, seed=10):
    """Round and assessor in one cell of the header; a mean for each round."""
    r, truth = random.Random(seed), {}
    book = openpyxl.Workbook()
    sheet = book.active
    rounds = {"2017-1": "2017-S1", "2017-2": "2017-S2"}
    sheet.append(["SEKTOR", "NAMA INDIKATOR", "OPD", *(f"{x} {y}" for x in rounds for y in ("Penilai 1", "Penilai 2", "Rata-rata"))])
    for sector, label in LABELS:
        row = [sector, label, OWNERS[sector]]
        for round_ in rounds.values():
            one, two = r.randint(20, 99), r.randint(20, 99)
            row += [one, two, (one + two) / 2]
            truth[round_, label, "assessor:Penilai 1", OWNERS[sector]] = float(one)
            truth[round_, label, "assessor:Penilai 2", OWNERS[sector]] = float(two)
        sheet.append(row)
    book.save(folder / "db.xlsx")
    return [folder / "db.xlsx"], Truth(truth)


def sums_above(folder: Path, seed=11):
    """Sectors with their sums as formulas in the row above their indicators; roman codes; weights in per cent."""
    r, truth, path = random.Random(seed), {}, folder / "matriks.xlsx"
    book = xlsxwriter.Workbook(path)
    percent = book.add_format({"num_format": "0.0%"})
    for round_, title in (("2022-S1", "Tahap I Tahun 2022"), ("2022-S2", "Tahap II Tahun 2022")):
        sheet = book.add_worksheet("Matriks " + title.split()[1])
        sheet.merge_range(0, 0, 0, 5, "MATRIKS EVALUASI " + title.upper())
        sheet.write_row(2, 0, ["Kode", "Komponen", "Bobot", "Nilai Capaian (0-100)", "Nilai Tertimbang", "Dokumen"])
        row, tops = 3, []
        for roman, (sector, many) in zip(("I", "II", "III", "IV"), SECTORS.items(), strict=True):
            top, values = row, [r.randint(20, 99) for _ in many]
            sheet.write_row(top, 0, [roman, sector])
            for m, (label, value) in enumerate(zip(many, values, strict=True), 1):
                row += 1
                sheet.write_row(row, 0, [f"{roman}.{m}", label])
                sheet.write(row, 2, 1 / 12, percent)
                sheet.write(row, 3, value)
                sheet.write_formula(row, 4, f"=C{row + 1}*D{row + 1}", None, value / 12)
                truth[round_, label, "final", ""] = float(value)
            sheet.write(top, 2, 0.25, percent)
            sheet.write_formula(top, 4, f"=SUM(E{top + 2}:E{row + 1})", None, sum(values) / 12)
            tops.append((f"E{top + 1}", sum(values) / 12))
            row += 1
        sheet.write(row, 1, "NILAI AKHIR")
        sheet.write_formula(row, 4, "=" + "+".join(c for c, _ in tops), None, sum(v for _, v in tops))
    book.close()
    return [path], Truth(truth)


LAYOUTS = (
    sheet_a_round, sector_a_sheet, workbook_a_round, long_text, levels, survey, agencies_across, people_a_sheet, agency_a_sheet,
    one_row_of_header, sums_above,
)  # fmt: skip
