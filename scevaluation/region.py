"""Regions, their codes and what the ministry's letters publish of each; nothing is added."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from scevaluation.errors import ProgrammeError, UnknownName
from scevaluation.grid.frame import once, read_frame
from scevaluation.grid.table import Row, read_table, round_of
from scevaluation.grid.yamlfile import read_yaml
from scevaluation.issues import clean_text, issue, near, refusal
from scevaluation.place import find, read_once
from scevaluation.words import capital

if TYPE_CHECKING:
    import pandas as pd

PREFIX = "wilayah-"
NATION = "nasional"  # the folder of reports over all regions
TAKEN = (NATION, "site", "site-public")  # folders of reports that are no programme's: none may be called so
PLACES = ("code", "name", "province", "kemendagri_2020", "bps_2020", "bps_today", "valid_from")
PLACES_MORE = ("province_code", "changed_2022", "law")
KINDS = ("Kabupaten", "Kota")
LETTERS = ("letter", "date", "round", "label_id", "label_en")
LETTERS_MORE = (
    "rows", "took_part", "rows_reguler", "took_part_reguler", "rows_kppn_ikn", "took_part_kppn_ikn", "with_improvement", "note",
)  # fmt: skip
ISLANDS = ("digit", "islands", "label_id", "label_en", "source")
PEOPLE = ("region", "period", "value", "source")
RESULTS = ("region", "round", "cohort", "node", "value", "status", "source")
ABSENT = "did_not_take_part"  # state of a round, and status in a letter
_CODE = re.compile(r"([0-9]{2})[.,-]?([0-9]{1,2})")


def _files(*names: str) -> Callable[..., list[Path]]:
    return lambda *_: [find("official", name) for name in names]


FILES = _files("regions.csv", "letters.csv", "results.csv", "programme.yaml")


class Region(NamedTuple):
    """What a text was matched with.

    Attributes
    ----------
    taken : str
        Code of the ministry of home affairs of today, such as 94.04; "" if it is not certain.
    kind : str
        exact; name; zero (a spreadsheet took its last or first zero away); old (the ministry's code before `until`); bps (a code of
        the statistics office, until `until` if it is no longer one); several; none. Only exact and name need no question.
    near : tuple of str
        Codes it may mean, most likely first.
    until : str
        The day from which an old code was another; "" for a code of today.
    """

    taken: str
    kind: str
    near: tuple[str, ...] = ()
    until: str = ""


@read_once(_files("regions.csv"))
def places() -> dict[str, dict[str, str]]:
    """The 514 regencies and cities by their code of today: name, province, codes of 2020 and of the statistics office."""
    wrong: list[dict] = []
    rows = read_table(find("official", "regions.csv"), PLACES, PLACES_MORE).rows
    again = once(("code",))
    for row in rows:
        again(row, wrong)
        if row["name"].partition(" ")[0] not in KINDS:
            wrong.append(row.issue("name", "none_of", expected=", ".join(KINDS)))
    if wrong:
        raise refusal(ProgrammeError, wrong)
    return {row["code"]: row for row in rows}


@read_once(_files("islands.csv"))
def islands() -> dict[str, dict[str, str]]:
    """Groups of islands by the first digit of a region's code, from west to east: their name `islands` and labels."""
    return {row["digit"]: row for row in read_table(find("official", "islands.csv"), ISLANDS).rows}


@read_once(_files("population.csv"))
def population() -> dict[str, tuple[int, str]]:
    """People living in each region and the year of that figure, by code."""
    return {row["region"]: (int(row["value"]), row["period"]) for row in read_table(find("official", "population.csv"), PEOPLE).rows}


@read_once(_files("regions.csv"))
def _by(column: str) -> dict[str, str]:
    return {row[column]: code for code, row in places().items()}


@read_once(_files("regions.csv"))
def _by_name() -> dict[str, list[str]]:
    out: dict[str, list[str]] = {}
    for code, row in places().items():
        for name in {_plain(row["name"]), _plain(row["name"].partition(" ")[2])}:
            out.setdefault(name, []).append(code)
    return out


def _plain(name: str) -> str:
    words = re.findall(r"[a-z0-9']+", name.casefold())
    return " ".join("kabupaten" if w == "kab" else w for w in words if w != "administrasi")


def region_of(text: object) -> Region:
    """The region that a text names: by a code of today, an old one, one of the statistics office, or by name.

    >>> region_of("94.04"), region_of("91.09").kind, region_of(73.1).taken
    (Region(taken='94.04', kind='exact', near=('94.04',), until=''), 'old', '73.10')
    """
    said = clean_text(int(text) if isinstance(text, float) and text.is_integer() else text)
    said = said.removeprefix(PREFIX)
    found = _CODE.fullmatch(said)
    if not found:
        codes = tuple(_by_name().get(_plain(said), ()))
        return Region(codes[0], "name", codes) if len(codes) == 1 else Region("", "several" if codes else "none", codes)
    first, second = found.groups()
    if len(second) == 2 and said.isdigit():
        return _undotted(first + second, f"{first}.{second}")
    return _dotted(first, second)


def _dotted(first: str, second: str) -> Region:
    """A code with its mark: of today, else of 2020, else one that lost a zero."""
    code = f"{first}.{second}"
    if code in places():
        return Region(code, "exact", (code,))
    if code in _by("kemendagri_2020"):
        now = _by("kemendagri_2020")[code]
        return Region(now, "old", (now,), places()[now]["valid_from"])
    near = tuple(c for c in (f"{code}0", f"{first}.0{second}") if c in places()) if len(second) == 1 else ()
    return Region(near[0], "zero", near) if near else Region("", "none")


def _undotted(digits: str, code: str) -> Region:
    """Four digits: a code of the statistics office, or the ministry's without its mark; certain only where all say the same."""
    now, then = _by("bps_today").get(digits, ""), _by("bps_2020").get(digits, "")
    near = tuple(dict.fromkeys(c for c in (now, then, code if code in places() else "") if c))
    if len(near) == 1 and code == near[0]:
        return Region(code, "exact", near)
    if now or then:
        return Region(now or then, "bps", near, "" if now else places()[then]["valid_from"])
    return Region("", "none")


def regions_named(text: str) -> tuple[str, ...]:
    """Codes of the regions that a text names with commas between, each by its code of today or by its name.

    Raises
    ------
    UnknownName
        If one is neither; all that are not are listed, with the regions that come near.
    """
    out, wrong = list[str](), list[dict]()
    for said in filter(None, (clean_text(part, 60) for part in str(text).split(","))):
        found = region_of(said)
        if found.kind in ("exact", "name"):
            out.append(found.taken)
        elif found.near:
            problem, shown, _ = region_doubt(found)
            wrong.append(issue("peers", "", problem, "error", said, shown, "name_region"))
        else:
            known = {_plain(name).partition(" ")[2]: name for name in (row["name"] for row in places().values())}
            meant = [known[n] for n in near(_plain(said).removeprefix("kabupaten ").removeprefix("kota "), tuple(known))]
            problem = "region_like" if meant else "region_unknown"
            wrong.append(issue("peers", "", problem, "error", said, ", ".join(meant), "name_region"))
    if wrong:
        raise refusal(UnknownName, wrong)
    return tuple(dict.fromkeys(out))


def region_doubt(found: Region) -> tuple[str, str, str]:
    """Of a match that is not certain: the problem's name, what the text may mean, and the remedy."""
    shown = ", ".join(f"{c} {places()[c]['name']}" for c in found.near[:3])
    if found.until:
        return "region_old" if found.kind == "old" else "region_bps_old", f"{shown} ({found.until})", "use_code_today"
    problem = {"bps": "region_bps", "zero": "region_zero", "several": "region_several"}.get(found.kind, "region_unknown")
    return problem, shown, "use_code_today"


def region_name(code: str) -> str:
    """Name of the programme of a region code: "wilayah-94-04" for "94.04"."""
    return PREFIX + code.replace(".", "-")


def short_name(name: str) -> str:
    """A region's name with the usual short form of Kabupaten."""
    return f"Kab. {name.removeprefix('Kabupaten ')}" if name.startswith("Kabupaten ") else capital(name)


def labels(code: str) -> tuple[dict[str, str], dict[str, str]]:
    """What the programme of a region's code of today and the region itself are called, by language."""
    facts, (kind, _, rest) = _facts(), places()[code]["name"].partition(" ")
    label = {lang: text.format(rest=rest) for lang, text in facts["kinds"][kind].items()}
    return {lang: text.format(name=label[lang]) for lang, text in facts["label"].items()}, label


@read_once(_files("letters.csv"))
def letters() -> pd.DataFrame:
    """The ministry's letters, one a round."""
    again = once(("round",))

    def look(row: Row, wrong: list[dict]) -> None:
        again(row, wrong)
        wrong += [row.issue(c, "value_empty") for c in LETTERS if not row[c]]

    return read_frame(find("official", "letters.csv"), LETTERS, LETTERS_MORE, look=look)


@read_once(_files("regions.csv", "letters.csv", "results.csv"))
def results() -> pd.DataFrame:
    """What the letters publish of every region: region, round, cohort, node, value (NaN: did not take part), status, source."""
    known, again = set(letters()["round"]), once(("region", "round", "node"))

    def look(row: Row, wrong: list[dict]) -> None:
        again(row, wrong)
        if row["region"] not in places():
            wrong.append(row.issue("region", "region_unknown"))
        if round_of(row, "round", wrong) and row["round"] not in known:
            wrong.append(row.issue("round", "none_of", expected=", ".join(sorted(known))))

    return read_frame(find("official", "results.csv"), RESULTS, numbers=("value",), look=look)


@read_once(_files("programme.yaml"))
def _facts() -> dict:
    absent = partial(issue, "official/programme.yaml", "", "not_there", remedy="check_folder")
    return read_yaml(find("official", "programme.yaml"), ProgrammeError, absent)


@read_once(_files("results.csv"))
def regions_of(round_name: str, status: str = "scored") -> tuple[str, ...]:
    """Codes of the regions that took part in the letter of a round, in order; with the status `ABSENT` of those that did not."""

    def there(row: dict[str, str]) -> bool:
        return row["round"] == round_name and row["node"] == "index" and row["status"] == status

    return tuple(sorted(row["region"] for row in read_table(find("official", "results.csv"), RESULTS).rows if there(row)))


def was_absent(name: str, round_name: str) -> bool:
    """Whether the programme called `name` is made of the letters, and that of the round lists its region as one that did not take part."""
    return name.startswith(PREFIX) and name in map(region_name, regions_of(round_name, ABSENT))


def published(name: str) -> dict:
    """What makes the programme called "wilayah-<code>": the letters' rounds, cohort and instruments, the national event, no cycle.

    A round known only by the change published a year later is marked inferred, one whose letter lists the region without a value as one
    that it did not take part in.

    Raises
    ------
    ProgrammeError
        If no letter lists that region.
    """
    code = name.removeprefix(PREFIX).replace("-", ".")
    if code not in places() or name != region_name(code):
        raise refusal(ProgrammeError, [_unnamed(name)])
    rows = results()
    rows = rows[rows["region"] == code]
    place = places()
    if rows.empty:
        raise refusal(ProgrammeError, [issue(name, "", "region_no_letter", "error", place[code]["name"], "", "choose_region")])
    facts, (label, called) = _facts(), labels(code)
    states = [_state(r, group) for r, group in rows.groupby("round")]
    return {
        "id": name,
        "official": True,
        "label": label,
        "region": code,
        "region_label": called,
        "cohort": rows["cohort"].iloc[-1],
        "cycles": (),
        "peers": _neighbours(code, place),
        "rounds": [*_before(rows[rows["status"] == "scored"]), *states],
        "planned": facts["planned"],
        "events": facts["events"],
        "notes": facts["notes"],
        "folder": find("official", "results.csv").parent,
    }


def _unnamed(name: str) -> dict:
    """A name that is no region's as a row of ISSUES, with the names it may mean."""
    found = region_of(name)
    shown = ", ".join(f"{region_name(c)} ({places()[c]['name']})" for c in found.near[:3])
    said = clean_text(name, 40)
    if shown:
        return issue(said, "", "region_name_near", "error", said, shown, "use_name")
    return issue(said, "", "region_unknown", "error", said.removeprefix(PREFIX), "", "choose_region")


def _neighbours(code: str, place: dict[str, dict[str, str]], most: int = 3) -> tuple[str, ...]:
    """Other regions of the province that took part in the newest letter, to be named beside it."""
    last = letters()["round"].max()
    same = [c for c in regions_of(last) if c != code and place[c]["province"] == place[code]["province"]]
    return tuple(same[:most])


def cohort_instrument(round_name: str, cohort: str) -> str:
    """Name of the instrument of a cohort of an official round."""
    return f"kominfo-{round_name[:4]}-{cohort.lower().replace('&', '-')}"


def _state(round_name: str, group: pd.DataFrame) -> dict:
    about = letters().set_index("round")
    called = {lang: about.at[round_name, f"label_{lang}"] for lang in ("id", "en")}
    label = {lang: text.partition(", ")[2] or text for lang, text in called.items()}  # "2022, one round"
    about = {"id": round_name, "state": group["status"].iloc[0], "label": label, "source": group["source"].iloc[0]}
    return about if about["state"] == ABSENT else about | {"instrument": cohort_instrument(round_name, group["cohort"].iloc[0])}


def _before(rows: pd.DataFrame) -> list[dict]:
    """The round before the first letter, if a published change tells its index; the change is that of a year."""
    from scevaluation.frames import ROOT
    from scevaluation.period import Period

    first = rows["round"].min()
    change = rows[(rows["round"] == first) & (rows["node"] == "improvement")]
    if change.empty or rows[(rows["round"] == first) & (rows["node"] == ROOT)].empty:
        return []
    name = str(Period(first) + -2)
    about = {"instrument": cohort_instrument(name, change["cohort"].iloc[0]), "source": change["source"].iloc[0]}
    return [{"id": name, "state": "inferred", **about, "note": _facts()["inferred"]}]
