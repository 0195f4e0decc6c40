"""The page's font: the same bytes from the cache as made, whatever state the cache is in."""

import io

import pytest
from fontTools.ttLib import TTFont

from scevaluation.press import fonts


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setattr("platformdirs.user_cache_path", lambda name: tmp_path / name)
    fonts.subset.cache_clear()
    yield tmp_path / "scevaluation"
    fonts.subset.cache_clear()


def again(weight: int = 400) -> bytes:
    fonts.subset.cache_clear()
    return fonts.subset(weight)


def test_a_kept_subset_is_the_one_that_is_made_and_a_damaged_one_is_made_anew(cache, monkeypatch):
    made = fonts.subset(400)
    (kept,) = cache.iterdir()
    whole = kept.read_bytes()
    assert set(map(ord, "Aa0–≤é")) <= set(TTFont(io.BytesIO(made)).getBestCmap())
    for wrong in (b"", b"no hash\n" + made, whole[:-1], whole.replace(made[:8], b"8 other!", 1)):
        kept.write_bytes(wrong)
        assert again() == made
        assert kept.read_bytes() == whole
    monkeypatch.setattr(fonts, "_subset", lambda raw: pytest.fail("made although kept"))
    assert again() == made


def test_a_cache_that_cannot_be_written_stops_nothing(cache):
    cache.write_text("a file where the folder should be")
    assert again(700).startswith(b"wOF2")
