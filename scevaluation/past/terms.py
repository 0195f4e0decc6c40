"""Words of offices' sheets, Indonesian and English: what a header names, which round, which scale, what stands for no score."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from scevaluation.intake.cells import MISSING, MONTHS
from scevaluation.intake.matching import normal

_KEPT = 20_000  # texts whose meaning is remembered: a sheet says the same again and again
_TERMS = {
    "mean": r"rata|rerata|rata2|average|mean|avg|nrr|jumlah|jml|total|subtotal|sum|indeks|index|x bobot|bobot x|tertimbang|terbobot"
    r"|weighted|konversi|ikm|n x b|score x|x weight",
    "unused": r"target|selisih|gap|delta|kenaikan|penurunan|perubahan|peringkat|rank|ranking|kategori|predikat|mutu|persentase|deviasi|min"
    r"|max|maks|maksimal|maksimum|minimal|std|tgl|tanggal|date|baseline|satuan|unit ukur|difference|grade",
    "weight": r"bobot|weight|weights|proporsi",
    "note": r"ket|keterangan|catatan|bukti|remark|remarks|note|notes|rekomendasi|link|tautan|dokumen|evidence|komentar|comment|comments"
    r"|penjelasan|alasan|tindak lanjut|deskripsi",
    "status": r"status",
    "code": r"no|nomor|nomer|no urut|kode|kd|code|id|nr|kode indikator|no indikator",
    "agency": r"opd|perangkat daerah|skpd|dinas|instansi|penanggung jawab|pj|pic|unit kerja|owner|agency|agencies|pengampu|walidata"
    r"|dinas badan|leading sector|organisasi|lembaga|responsible|department|office|pelaksana|nama opd|nama instansi|opd pengampu"
    r"|responsible agency",
    "source": r"penilai|asesor|assessor|sumber|source|evaluator|juri|reviewer|jenis penilaian|nama penilai|nama asesor|responden|rater"
    r"|respondent",
    "round": r"tahun|semester|smt|sem|tahap|periode|putaran|round|year|period|triwulan|waktu|tahun anggaran|term",
    "sector": r"sektor|sector|domain|dimensi|dimension|bidang|urusan|pilar|pillar|kelompok|klaster|cluster|area|tema|theme|nama sektor",
    "indicator": r"indikator|indicator|uraian|sub indikator|pertanyaan|kriteria|parameter|butir|item|nama indikator|pernyataan|unsur"
    r"|komponen|aspek|aspect|question|program|layanan|kegiatan|nama|name|description|variabel|variable|unsur pelayanan|indicator name"
    r"|criterion|measure",
    "score": r"nilai|skor|score|scores|level|tingkat|kematangan|capaian|hasil|value|mark|marks|angka|poin|points|rating|tingkat kematangan",
}
_BRACKETS = re.compile(r"\([^)]*\)")
_WHOLE = {role: re.compile(words) for role, words in _TERMS.items()}
_WHOLE |= {
    "unused": re.compile(rf"{_TERMS['unused']}|pukul|jam|time|peserta|participants"),  # of meetings
}
_WHOLE |= {  # several such words: Domain / Aspek / Indikator, OPD Penanggung Jawab
    "indicator": re.compile(rf"(?:(?:{_TERMS['sector']}|{_TERMS['indicator']}|dan|and)(?: |$))+"),
    "agency": re.compile(rf"(?:(?:{_TERMS['agency']}|nama|name|dan|and)(?: |$))+"),
    "mean": re.compile(
        rf"(?:(?:nilai|skor|score) )*(?:{_TERMS['mean']})(?: (?:{_TERMS['mean']}|{_TERMS['score']}|{_TERMS['sector']}|akhir|semua))*"
    ),
    "score": re.compile(rf"(?:(?:{_TERMS['score']})(?: |$))+"),
}
_BESIDE = ("mean", "unused", "weight", "note", "agency", "sector", "indicator", "score")
_PART = {role: re.compile(rf"(?<!\w)(?:{_TERMS[role]})(?!\w)") for role in _BESIDE}
_KINDS = (
    ("self", r"mandiri|self|sendiri|internal"),
    ("verified", r"verif\w*|validasi|validated|eksternal|external|evaluator"),
    ("final", r"akhir|final|pleno|disepakati|ditetapkan|kesepakatan|consensus|agreed"),
)
_KIND = tuple((kind, re.compile(rf"(?<!\w)(?:{words})(?!\w)")) for kind, words in _KINDS)
_ASSESSOR = re.compile(r"(?<!\w)(?:tim )?(?:penilai|asesor|assessor|evaluator|juri|reviewer|rater|responden|respondent)(?!\w)")
_NAMED = re.compile(rf"{_ASSESSOR.pattern}\s+\S.*", re.IGNORECASE)
_SHORT = re.compile(r"[pa]\W?[1-9]\d?", re.IGNORECASE)
OFFICE = re.compile(
    r"(?<!\w)(?:dinas|badan|bagian|kantor|kecamatan|kelurahan|rsud|puskesmas|sekretariat|inspektorat|satpol|bappe\w+|dis[a-z]{4,}|din[ks]\w+"
    r"|dpm\w+|bkd|bkpsdm|bpbd|bpkad|bapenda|dlh|dpupr|dp[a-z]{1,4}|office|department|agency)(?!\w)"
)
_NOT_USED = re.compile(
    r"(?<!\w)(?:(?:jangan|tidak|tdk) (?:di)?(?:pakai|gunakan)|(?:do )?not (?:be )?used?"
    rf"|(?:{_TERMS['score']}|{_TERMS['round']}) (?:yang |yg )?(?:lalu|sebelum(?:nya)?)"
    rf"|(?:previous|prior|last) (?:{_TERMS['score']}|{_TERMS['round']})"
    r")(?!\w)"
)  # those of the round before stand at their own place
_TARGET = re.compile(r"(?<!\w)(?:target|sasaran)(?!\w)(?!.*(?<!\w)(?:capaian|realisasi|hasil|tercapai|achieved)(?!\w))")
NOT_HELD = re.compile(
    r"(?:tdk|tidak|not|belum|blm|tanpa|no)\s+(?:ada\s+)?(?:di|pe)?(?:nilai|evaluasi|laksana|adakan|selenggarakan|held|evaluat|assess)"
    r"|(?<!\w)(?:ditiadakan|dibatalkan|cancelled)(?!\w)"
)
_NOTHING = re.compile(
    r"(?:bel(?:um)?|blm|tdk|tidak|tak|not|no|none|n/?a|absen|kosong|nihil|pending|menyusul|tba|x+|[.\u2026*?]+)\b.*|[\W_]+", re.DOTALL
)


@lru_cache(_KEPT)
def term(text: str) -> str:
    """What a header names, when it is nothing but such a word; '' it is not told."""
    plain = normal(_BRACKETS.sub(" ", text)) or normal(text)
    return next((role for role, found in _WHOLE.items() if found.fullmatch(plain)), "")


@lru_cache(_KEPT)
def holds(text: str, role: str) -> bool:
    """Whether a word of a role stands in a header beside others."""
    return bool(_PART[role].search(normal(text)))


@lru_cache(_KEPT)
def said_unused(text: str) -> bool:
    """Whether a header says of its figures that they are not to be used, or are of the round before."""
    return bool(_NOT_USED.search(normal(text)))


@lru_cache(_KEPT)
def targeted(text: str) -> bool:
    """Whether a header names a target, which is no score, and nothing that was reached."""
    return bool(_TARGET.search(normal(text)))


@lru_cache(_KEPT)
def source_of(text: str) -> str:
    """Whose score a header or a name of a sheet says it is: self, verified, final or assessor:<name>; '' it is not told."""
    plain = normal(text)
    kind = next((kind for kind, found in _KIND if found.search(plain)), "")
    last = plain.rpartition(" ")[2]
    if not (kind and last.isalpha() and len(last) > 2) and (_ASSESSOR.search(plain) or _SHORT.fullmatch(text.strip())):
        named = _NAMED.search(text)
        return "assessor:" + " ".join((named[0] if named else text).split())
    return kind


@lru_cache(_KEPT)
def nothing(text: str) -> bool:
    """Whether a text stands for no score: a dash, "blm", "tdk dinilai"."""
    plain = " ".join(text.split()).casefold()
    return plain.replace(" ", "") in MISSING or (len(plain) <= 40 and bool(_NOTHING.fullmatch(plain)))


class When(NamedTuple):
    """A round as a text says it: year (0 not said), kind S, Q or Y ('' not said), part; `others` are further readings."""

    year: int = 0
    kind: str = ""
    part: int = 0
    others: tuple[str, ...] = ()

    @property
    def round(self) -> str:
        """Its name; '' where year or part is not said."""
        return name(self.year, self.kind, self.part) if self.year and self.kind else ""


def name(year: int, kind: str, part: int) -> str:
    """A round's name."""
    return str(year) if kind == "Y" else f"{year}-{kind}{part}"


_PARTS = (
    "i 1 01 satu pertama kesatu first one 1st ganjil gasal",
    "ii 2 02 dua kedua second two 2nd genap",
    "iii 3 tiga ketiga third three",
    "iv 4 empat keempat fourth four",
)
_ORDER = {w: n for n, many in enumerate(_PARTS, 1) for w in many.split()}
_N = "(" + "|".join(sorted(_ORDER, key=len, reverse=True)) + ")"
_HALF = (
    r"semester|sem|smt|smstr|smtr|smst|semt|paruh|half|tahap|thp|tahapan|periode|putaran|gelombang|siklus|ronde|round|stage|phase|fase|ke"
    r"|term|period"
)
_FOURTH = r"triwulan|tw|trw|triw|kuartal|kwartal|quarter"
_WORD = re.compile(rf"(?<![a-z])(?:(?P<q>{_FOURTH})|(?:{_HALF}))\W*(?:ke\W*)?{_N}(?![a-z0-9])")
_LETTER = re.compile(r"(?<![a-z0-9])(?:(?P<q>q|tw)|[sth])\W?([1-4])(?![a-z0-9])|(?<=\d)(?:(?P<q2>q)|[sth])([1-4])(?![a-z0-9])")
_BEFORE = re.compile(rf"(?<![a-z0-9]){_N}\W+(?:(?P<q>{_FOURTH})|(?:{_HALF}))(?![a-z])")
_ODD = re.compile(r"(?<![a-z])(ganjil|gasal|genap)(?![a-z])")
_YEAR = re.compile(r"(?<!\d)(20[0-4]\d)(?!\d)")
_SPAN = re.compile(r"(?<!\d)(20[0-4]\d)\s*(?:[-\u2013\u2014/_]|s\.?\s?/?d\.?|sampai(?: dengan)?|to|hingga)\s*(20[0-4]\d)(?!\d)")
_BARE = re.compile(
    r"(?<!\d)20[0-4]\d\s*[-/._]\s*(iv|i{1,3}|0?[1-4])(?![0-9a-z])(?!\s*[-/._]\s*\d)"
    r"|(?<![0-9a-z])(?<![-/._])(iv|i{1,3}|0?[1-4])\s*[-/._]\s*20[0-4]\d(?!\d)"
)
_ROMAN = re.compile(r"(?:(?:tahun|thn|th|ta|year)\W+)?20[0-4]\d\s+(iv|i{1,3}|[1-4])|(iv|i{1,3}|[1-4])\s+20[0-4]\d")
_MONTH = re.compile(rf"(?<![a-z])({'|'.join(sorted(MONTHS, key=len, reverse=True))})(?![a-z])")
_LATE = re.compile(rf"(?:(?:{_HALF}|[sth])\W*(?:iv|i{{1,3}}|[1-4])\W+|(?:th|thn|tahun|ta)\W*)'?(\d\d)(?!\d)")
_ISO = re.compile(r"(?<!\d)20[0-4]\d[-/._]?(0[1-9]|1[0-2])(?:[-/._]?[0-3]\d)?(?!\d)")


@lru_cache(_KEPT)
def when(text: str) -> When:
    """The round that a text says, or the part of it.

    >>> when("Sem.1 th 2017").round, when("2018-1").round, when("Tahap II 2023").round, when("Juni 2021").round, when("2017 - 2024").round
    ('2017-S1', '2018-S1', '2023-S2', '2021-S1', '')
    """
    plain = " ".join(str(text).casefold().split())
    spans = _SPAN.findall(plain)
    rest = _SPAN.sub(" ", plain)
    years = sorted({int(y) for y in _YEAR.findall(rest)})
    odd = _ODD.search(plain)
    if spans and not years:
        first, last = map(int, spans[0])
        if last == first + 1 and odd:
            mine = When(first, "S", 2) if odd[1] != "genap" else When(last, "S", 1)
            return mine._replace(others=(name(first, "S", 1), name(first, "S", 2)) if odd[1] == "genap" else (name(first, "S", 1),))
        return When()
    if len(years) > 1:
        return When()
    kind, part, others = _part(rest, bool(years))
    if not years:
        late = _LATE.search(rest)
        years = [2000 + int(late[1])] if late else []
    year = years[0] if years else 0
    if not kind and year:
        kind, part = "Y", 1
        return When(year, kind, part)
    return When(year, kind, part, tuple(name(year, *o) for o in others) if year else ())


def _part(plain: str, dated: bool) -> tuple[str, int, list[tuple[str, int]]]:
    for pattern in (_WORD, _LETTER, _BEFORE):
        if found := pattern.search(plain):
            groups = found.groupdict()
            n = next(_ORDER[g] for g in found.groups() if g in _ORDER)
            fourth = bool(groups.get("q") or groups.get("q2")) or n > 2
            return ("Q" if fourth else "S"), n, [("Y", 1)] if n > 2 and not groups.get("q") and not groups.get("q2") else []
    if found := _ODD.search(plain):
        return "S", _ORDER[found[1]], []
    if not dated:
        return "", 0, []
    found = _BARE.search(plain) or _ROMAN.fullmatch(plain)
    if found:
        said = found[1] or found[2]
        n = _ORDER.get(said.removeprefix("0"), 0)
        others = [("S", 1)] if said == "02" else [("S", 1 if n < 7 else 2)] if n > 2 else []
        return ("Q" if n > 2 else "S"), n, others
    months = {(MONTHS[m] - 1) // 6 + 1 for m in _MONTH.findall(plain)}
    if len(months) == 1:
        return "S", months.pop(), []
    if not months and (found := _ISO.search(plain)):
        return "S", (int(found[1]) - 1) // 6 + 1, []
    return "", 0, []


_SCALE = re.compile(
    r"(?:(?P<word>skala|scale|skor|score|nilai|level|rentang|range|tingkat|likert|antara)\W{0,3}(?:nilai|skor|likert|penilaian)?\W{0,2}|(?P<open>\())"
    r"(?P<low>[01])\s*(?:[-\u2013\u2014]|s\.?\s?/?d\.?|sampai(?: dengan)?|to|hingga|through)\s*(?P<high>1000|100|10|3|4|5|6|7)(?![\d.,]\d)"
)
_UNTIL = re.compile(r"(?:sampai|hingga|s\.?\s?d\.?|until|up to|through)\W+(?:dengan\W+)?(?:th|thn|tahun)?\W*(20\d\d)")
_SINCE = re.compile(r"(?:sejak|mulai|dari|since|from)\W+(?:th|thn|tahun)?\W*(20\d\d)")


class Scale(NamedTuple):
    """A scale as a text says it, for the years from `first` to `last`; `dated` that it names any."""

    low: float
    high: float
    first: int = 0
    last: int = 9999

    @property
    def dated(self) -> bool:
        """Whether it is said of certain years."""
        return bool(self.first) or self.last < 9999


def scales(text: str) -> list[Scale]:
    """The scales that a text says.

    >>> [tuple(s) for s in scales("sampai 2022 skala 1-4, sejak 2023 skala 0-100")]
    [(1.0, 4.0, 0, 2022), (0.0, 100.0, 2023, 9999)]
    """
    plain, out, begin = " ".join(text.casefold().split()), [], 0
    for found in _SCALE.finditer(plain):
        around = plain[begin : found.start()]
        since, until = _SINCE.findall(around), _UNTIL.findall(around)
        begin = found.end()
        span = (int(since[-1]) if since else 0, int(until[-1]) if until else 9999)
        out.append(Scale(float(found["low"]), float(found["high"]), *span))
    return out
