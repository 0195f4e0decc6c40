"""A programme small enough to work out by hand: one sector tree of four items, two agencies, one scored round."""

from pathlib import Path

from scevaluation.instrument import Instrument
from scevaluation.programme import Programme

ROUND = "2024-S2"


def _label(text):
    return {"id": text, "en": text}


def tiny_instrument(**changes) -> Instrument:
    """Items a, b (component one, weight 1) and c, d (component two, weight 3) on 1-4."""
    leaf = lambda name, agency: {"id": name, "label": _label(name), "weight": 1, "agency": agency}  # noqa: E731
    base = {
        "id": "tiny",
        "label": _label("Tiny"),
        "valid_from": "2024-S1",
        "scale": {"low": 1, "high": 4, "step": 0.5},
        "weights": "own",
        "weights_source": "the test",
        "source": "the test",
        "tree": {
            "id": "index",
            "label": _label("Index"),
            "children": [
                {"id": "one", "label": _label("One"), "weight": 1, "children": [leaf("a", "ofa"), leaf("b", "ofa")]},
                {"id": "two", "label": _label("Two"), "weight": 3, "children": [leaf("c", "ofb"), leaf("d", "ofb")]},
            ],
        },
    }
    return Instrument.model_validate({**base, **changes})


class TinyProgramme(Programme):
    """A programme whose rounds all use the tiny instrument."""

    def instrument(self, name: str) -> Instrument:
        self.round(name)
        return tiny_instrument()


def tiny_programme(folder: Path, **changes) -> Programme:
    """Programme "tiny" with the scored round 2024-S2."""
    base = {
        "id": "tiny",
        "label": _label("Tiny"),
        "region": "00.01",
        "region_label": _label("Tiny regency"),
        "made_up": True,
        "cycles": [{"id": "1", "label": _label("Cycle I"), "start": "2023-S1", "end": "2027-S2", "source": "the test"}],
        "rounds": [{"id": ROUND, "state": "scored", "instrument": "tiny"}],
        "agencies": [{"id": "ofa", "label": _label("Office A")}, {"id": "ofb", "label": _label("Office B")}],
        "folder": folder,
    }
    return TinyProgramme.model_validate({**base, **changes})


HEAD = "indicator,agency,source,score,status,evidence,quality\n"
GOOD = (
    HEAD
    + "one/a,ofa,verified,2,scored,,A\none/b,ofa,verified,3,scored,,A\ntwo/c,ofb,verified,4,scored,,A\ntwo/d,ofb,verified,1,scored,,A\n"
)
