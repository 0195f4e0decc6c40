"""From what was agreed on old workbooks to a programme: instruments, agencies, rounds, and rows of scores; nothing is written here."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from pydantic import ValidationError

from scevaluation.errors import IntakeError
from scevaluation.frames import ROOT
from scevaluation.frames.intake import WHY
from scevaluation.grid.yamlfile import described
from scevaluation.instrument import Instrument
from scevaluation.intake.derive import KEY, number
from scevaluation.intake.judge import of_score
from scevaluation.intake.matching import normal
from scevaluation.issues import clean_text, issue, nearest, refusal
from scevaluation.node import SECTORS
from scevaluation.past.found import Found, said
from scevaluation.past.questions import NOTHING, scale_rows
from scevaluation.period import Period
from scevaluation.programme import Programme
from scevaluation.words import LANGUAGES, words


@dataclass
class Plan:
    """What a programme gets.

    `instruments` are documents of YAML by id, `models` the same as they are read; `rounds` and `agencies` entries of programme.yaml;
    `rows` are rows of scores by round and file, `log` what was read other than written, alike; `same` are rounds that were there
    before.
    """

    instruments: dict[str, dict] = field(default_factory=dict)
    models: dict[str, Instrument] = field(default_factory=dict)
    rounds: dict[str, dict] = field(default_factory=dict)
    agencies: list[dict] = field(default_factory=list)
    rows: dict[str, dict[str, list[dict]]] = field(default_factory=dict)
    log: dict[str, dict[str, list[dict]]] = field(default_factory=dict)
    same: tuple[str, ...] = ()

    @property
    def of_round(self) -> dict[str, Instrument]:
        """The instrument of every round that is new."""
        return {name: self.models[entry["instrument"]] for name, entry in self.rounds.items() if entry["state"] == "scored"}


def planned(found: Found, programme: Programme, there: Iterable[str], mapping: str) -> Plan:
    """What a programme gets of what was found.

    Parameters
    ----------
    found : Found
        As corrected and answered.
    programme : Programme
        Whose past it is; agencies it has keep their ids.
    there : iterable of str
        Rounds that have scores already: nothing of them is planned.
    mapping : str
        Name of the mapping, for what is wrong.

    Raises
    ------
    IntakeError
        With all that contradicts itself: rounds of several calendars, a round on two instruments, a cell twice, a scale that is not
        said, a score that is off it.
    """
    maker = _Maker(found, programme, frozenset(there), mapping)
    plan = maker.plan()
    if maker.wrong:
        raise refusal(IntakeError, maker.wrong)
    return plan


class _Maker:
    def __init__(self, found: Found, programme: Programme, there: frozenset[str], mapping: str):
        self.found, self.programme, self.there, self.mapping = found, programme, there, mapping
        self.wrong: list[dict] = []
        self.blocks = [r for r in found.rounds.to_dict("records") if r["round"] and (r["use"] or not r["held"])]
        self.scored = [r for r in self.blocks if r["use"] and r["held"]]
        self.ids = {normal(t): a.id for a in programme.agencies for t in (a.id, a.label.id, a.label.en)}
        self.paths: dict[str, dict[str, str]] = {}
        self.fresh: list[dict] = []

    def _refuse(self, problem: str, found="", expected="", place: dict | None = None, remedy: str = "past_correct") -> None:
        file, cell = (place["file"], f"{place['sheet']}!{place['cell']}") if place else (self.mapping, "")
        self.wrong.append(issue(file, cell, problem, "error", found, expected, remedy))

    def plan(self) -> Plan:
        plan = Plan()
        self._together()
        first: dict[str, Period] = {}
        for block in sorted(self.scored, key=lambda b: Period(b["round"])):
            first.setdefault(block["instrument"], Period(block["round"]))
        before = ""
        for generation in first:
            self.paths[generation] = self._tree(generation)
            rounds = sorted({Period(b["round"]) for b in self.scored if b["instrument"] == generation})
            new = [r for r in rounds if str(r) not in self.there]
            kept = next((self.programme.instrument(str(r)) for r in rounds if str(r) in self.there), None)
            if self.wrong:
                return plan
            own = self._instrument(generation, before, new or rounds, kept)
            known = kept if kept and (not new or self._asks(kept, own, generation)) else None
            model = known or self._model(own)
            if model is None:
                return plan
            plan.models[model.id] = model
            plan.instruments |= {} if known else {own["id"]: own}
            plan.rounds |= {str(r): self._round(str(r), model.id) for r in new}
            before = generation
        self._not_held(plan)
        self._rows(plan)
        plan.agencies, plan.same = self.fresh, tuple(sorted({b["round"] for b in self.scored} & self.there))
        return plan

    def _together(self) -> None:
        """Rounds must be of one calendar, and none on two instruments."""
        if not self.scored:
            self._refuse("past_no_scores")
        kinds = Counter(Period(b["round"]).kind for b in self.blocks)
        kinds |= {self.programme.calendar: 1} if self.programme.rounds else {}
        if len(kinds) > 1:
            odd = min(self.blocks, key=lambda b: kinds[Period(b["round"]).kind])
            self._refuse("other_calendar", odd["round"], ", ".join(kinds), odd)
        of: dict[str, str] = {}
        for block in self.scored:
            if of.setdefault(block["round"], block["instrument"]) != block["instrument"]:
                self._refuse("past_two_instruments", block["round"], "", block)

    def _tree(self, generation: str) -> dict[str, str]:
        """The path of every code: below its parent, by the last part of its code."""
        rows = self.found.indicators[self.found.indicators["instrument"] == generation].to_dict("records")
        parent, out = {r["code"]: r["parent"] for r in rows}, {ROOT: ROOT}

        def path(code: str, way: tuple[str, ...] = ()) -> str:
            if code in out:
                return out[code]
            if code in way or parent.get(code, ROOT) not in (ROOT, *parent):
                self._refuse("past_no_tree", code, parent.get(code, ""))
                return code
            above, name = path(parent.get(code, ROOT), (*way, code)), code.rpartition("/")[2]
            out[code] = name if above == ROOT else f"{above}/{name}"
            return out[code]

        for row in rows:
            path(row["code"])
        for twice, n in Counter(out.values()).items():
            if n > 1:
                self._refuse("entry_twice", twice)
        return out

    def _asks(self, kept: Instrument, own: dict, generation: str) -> bool:
        """Whether an instrument of before asks all that is asked now, on the same scale."""
        scale = own["scale"]["low"], own["scale"]["high"]
        return set(self.paths[generation].values()) <= kept.nodes.keys() and scale == (kept.scale.low, kept.scale.high)

    def _instrument(self, generation: str, before: str, rounds: list[Period], kept: Instrument | None) -> dict:
        """The document of an instrument; what it asks as the one `kept` of earlier rounds does needs no link."""
        rows = [r for r in self.found.indicators.to_dict("records") if r["instrument"] == generation and r["code"] != ROOT]
        first = next(b for b in self.found.rounds.to_dict("records") if b["block"] == scale_rows(self.found)[generation])
        if first["low"] != first["low"] or first["high"] != first["high"] or first["low"] >= first["high"]:
            self._refuse("past_no_scale", f"{first['low']:g}\u2013{first['high']:g}", "", first)
            first = first | {"low": 0.0, "high": 1.0}
        files = dict.fromkeys(b["file"] for b in self.scored if b["instrument"] == generation)
        span = {lang: _span(rounds, lang) for lang in LANGUAGES}
        tops = [r for r in rows if r["parent"] == ROOT]
        sectors = {r["code"]: s for r in tops if (s := _sector(r["label"]))}
        source = ", ".join(files)
        same = kept.nodes if kept else {}
        rows = [r | {"link": ""} if self.paths[generation][r["code"]] in same else r for r in rows]
        tree = {"id": ROOT, "label": _both("past.index")} | self._children(ROOT, rows, generation, before, sectors)
        return {
            "id": f"{self.programme.id}-{rounds[0]}".lower(),
            "label": {lang: words(lang)("past.instrument", rounds=span[lang]) for lang in LANGUAGES},
            "family": "own",
            "calendar": rounds[0].kind,
            "top": "sector" if sectors else "component",
            "valid_from": str(rounds[0]),
            "scale": {"low": _plain(first["low"]), "high": _plain(first["high"])},
            "weights": "own",
            "weights_source": {lang: words(lang)("past.weights_from", files=source) for lang in LANGUAGES},
            "source": source,
            "tree": tree,
        }

    def _children(self, above: str, rows: list[dict], generation: str, before: str, sectors: dict[str, str], sector: str = "") -> dict:
        nodes = []
        for row in (r for r in rows if r["parent"] == above):
            own = sectors.get(row["code"], sector)
            label = _both("sector." + own) if row["code"] in sectors else clean_text(row["label"], 300)
            node: dict = {"id": self.paths[generation][row["code"]].rpartition("/")[2], "label": label, "weight": _plain(row["weight"])}
            node |= {"sectors": [own]} if own else {}
            node |= {"agency": self._agency(row["owner"])} if row["owner"] else {}
            if row["link"]:
                known = self.paths.get(before, {})
                if row["link"] != NOTHING and row["link"] not in known:
                    self._refuse("none_of", row["link"], ", ".join(nearest(row["link"], known, 5)))
                node["link"] = known.get(row["link"], NOTHING)
            nodes.append(node | self._children(row["code"], rows, generation, before, sectors, own))
        return {"children": nodes} if nodes else {}

    def _model(self, document: dict) -> Instrument | None:
        try:
            return Instrument.model_validate(document)
        except ValidationError as error:
            about = (described(row, Instrument) for row in error.errors(include_url=False))
            self.wrong += [a.about(self.mapping, words("id")("past.sheet.indicators")) for a in about]
            return None

    def _agency(self, name: str) -> str:
        """The id of an agency by its name; one that the programme does not know is added."""
        key = normal(name)
        if key and key not in self.ids:
            plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:60] or "opd"
            taken = set(self.ids.values())
            ident = next(i for i in (plain, *(f"{plain}-{n}" for n in range(2, len(taken) + 3))) if i not in taken)
            self.ids[key] = ident
            self.fresh.append({"id": ident, "label": clean_text(name, 200)})
        return self.ids.get(key, "")

    def _round(self, name: str, instrument: str) -> dict:
        where = dict.fromkeys(f"{b['file']}, {b['sheet']}" for b in self.scored if b["round"] == name)
        return {"id": name, "state": "scored", "instrument": instrument, "source": "; ".join(where)}

    def _not_held(self, plan: Plan) -> None:
        """Rounds that a workbook says were not held, where nothing else says more."""
        held = {b["round"] for b in self.scored} | set(self.programme.states)
        for block in self.blocks:
            if not block["held"] and block["round"] not in held:
                source = f"{block['file']}, {block['sheet']}"
                plan.rounds.setdefault(block["round"], {"id": block["round"], "state": "not_held", "source": source})

    def _rows(self, plan: Plan) -> None:
        """Rows of scores by round and file; one agency, indicator and source has one."""
        owner = {(r["instrument"], r["code"]): r["owner"] for r in self.found.indicators.to_dict("records")}
        scores, seen = self.found.taken().to_dict("records"), dict[tuple, dict]()
        named: dict[tuple, set[str]] = {}
        for score in scores:
            named.setdefault((score["instrument"], score["code"]), set()).add(score["agency"])
        for score in scores:
            generation = score["instrument"]
            name = plan.rounds.get(score["round"], {}).get("instrument") or self.programme.states[score["round"]].instrument
            model = plan.models.get(name)
            known = generation, score["code"]
            alone = len(named[known]) == 1 and owner.get(known)  # then the indicator's, which may have been corrected
            agency = self._agency((owner[known] if alone else score["agency"]) or owner.get(known, ""))
            value = None if score["score"] != score["score"] else float(score["score"])
            row = {
                "region": self.programme.region, "round": score["round"], "indicator": self.paths[generation][score["code"]],
                "agency": agency, "source": source_id(score["source"]), "score": value,
                "status": "scored" if value is not None else "not_reported", "evidence": "", "quality": "",
                "file": clean_text(score["file"], 120), "cell": f"{score['sheet']}!{score['cell']}",
            }  # fmt: skip
            key = (score["round"], *(row[k] for k in KEY))
            before = seen.setdefault(key, row)
            if before is not row and before["score"] is not None and value is not None:
                if before["score"] != value:
                    both = f"{row['indicator']}, {row['source']}: {value:g}, {before['score']:g} ({before['file']}, {before['cell']})"
                    self._refuse("duplicate", both, "", score)
                continue
            if before is not row and value is None:
                continue
            if before is not row:
                plan.rows[score["round"]][before["file"]].remove(before)
                seen[key] = row
            self.wrong += [i for i in of_score(row, model) if i["severity"] == "error"] if model else []
            plan.rows.setdefault(score["round"], {}).setdefault(row["file"], []).append(row)
            self._log(plan, score, row)
        self._unread(plan)

    def _log(self, plan: Plan, score: dict, row: dict) -> None:
        """A cell that was read other than it stands, or tells more than its score."""
        why = {"text": "number", "percent": "percent"}.get(score["kept"], "") if row["score"] is not None else "status"
        taken = number(row["score"]) or row["status"]
        if why:
            self._logged(plan, row["round"], row["file"], row["cell"], row["source"], score["text"], taken, why)
        if score["status"] and why != "status":
            self._logged(plan, row["round"], row["file"], row["cell"], row["source"], said_plainly(score["status"]), taken, "comment")

    def _unread(self, plan: Plan) -> None:
        """What stands on a round's sheet and was not read."""
        of = {(b["file"], b["sheet"]): b["round"] for b in reversed(self.scored) if b["round"] in plan.rounds}
        for row in self.found.unused.to_dict("records"):
            round_ = of.get((row["file"], row["sheet"]))
            if round_ and clean_text(row["file"], 120) in plan.rows.get(round_, {}):
                why = next((w for w in ("comment", "colour", "total", "formula") if w in row["why"].partition("|")[0]), "inert")
                cell = f"{row['sheet']}!{row['cell']}"
                self._logged(plan, round_, clean_text(row["file"], 120), cell, "", row["text"], "", why)

    @staticmethod
    def _logged(plan: Plan, round_: str, file: str, cell: str, what: str, found: str, taken: str, why: str) -> None:
        assert why in WHY
        change = {"file": file, "cell": cell, "field": what, "found": clean_text(found, 200), "taken": taken, "why": why}
        plan.log.setdefault(round_, {}).setdefault(file, []).append(change)


def said_plainly(status: str) -> str:
    """What a status says, where it is a `why`; else the text itself."""
    return said(status, words("id")) if words("id").has(status.partition("|")[0]) else status


def source_id(source: str) -> str:
    """A source as forms name it: an assessor in capitals without blanks, and without the word for assessor.

    >>> source_id("assessor:Penilai 1"), source_id("self")
    ('assessor:1', 'self')
    """
    kind, _, name = source.partition(":")
    if kind != "assessor":
        return kind
    bare = re.sub(r"^(assessor|asesor|penilai)\W+(?=\w)", "", clean_text(name), flags=re.IGNORECASE)
    return f"assessor:{re.sub(r'[^A-Z0-9._-]+', '-', bare.upper()).strip('-')[:30] or 'X'}"


def _span(rounds: list[Period], lang: str) -> str:
    w = words(lang)
    ends = list(dict.fromkeys(w.round(str(r)) for r in (rounds[0], rounds[-1])))
    return " \u2013 ".join(ends)


def _both(key: str) -> dict[str, str]:
    return {lang: words(lang)(key) for lang in LANGUAGES}


def _plain(value: float) -> int | float:
    """A number as YAML is best read: whole ones without a point."""
    return int(value) if float(value).is_integer() else float(value)


def _sector(label: str) -> str:
    """The sector of that very name; '' if it is none."""
    names = {normal(words(lang)("sector." + s)): s for s in SECTORS for lang in LANGUAGES}
    names |= {normal(s): s for s in SECTORS} | {"lingkungan": "environment", "lingkungan hidup": "environment"}
    return names.get(normal(label), "")
