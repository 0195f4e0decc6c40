"""Whatever stands in the files of a programme, a loader gives a table or a sentence with file and remedy, never a traceback."""

import fuzz
import mangle
import pytest


def _none(found, least):
    assert not found.failures, "\n\n".join(found.failures[:5])
    assert found.tried.total() >= least and found.refused.total() > found.tried.total() / 4


def test_the_files_of_a_programme_are_read_as_they_are(monkeypatch):
    monkeypatch.setattr(mangle, "mutated", lambda raw, kind, chance: raw)
    found = fuzz.run(0, count=30)
    assert not found.failures and len(found.tried) == 30 and not found.refused


def test_mutated_files_end_in_a_table_or_a_sentence():
    _none(fuzz.run(7, count=80), 80)


@pytest.mark.parametrize("n", [66, 1835])
def test_what_was_found_once_is_mended(n):
    found = fuzz.run(30, first=n, count=1)  # a letter without the region's results, a move without its median
    assert not found.failures and found.refused.total() == 1


@pytest.mark.long
def test_a_minute_of_mutated_files():
    _none(fuzz.run(11, seconds=60), 300)
