"""The cache: the same decisions, never trusted when damaged or foreign."""

import numpy as np
import pytest
from doubles import phrased_knowledge

from bot.search.cache import load_model, store_model
from bot.search.model import build_model, fingerprint
from bot.search.searcher import Searcher
from bot.search.tokens import Tokeniser


@pytest.fixture
def knowledge():
    """A small knowledge."""
    return phrased_knowledge.build()


def test_cached_searcher_decides_the_same(knowledge, tmp_path):
    """Whether built or read from the cache, a searcher decides the same."""
    built = Searcher.build(knowledge, cache=tmp_path)
    assert len(list(tmp_path.iterdir())) == 1
    cached = Searcher.build(knowledge, cache=tmp_path)
    for text in ("支付令咋办", "花呗逾期两天", "天气", "想死"):
        here, there = cached.decide(text), built.decide(text)
        assert [hit.id for hit in here.hits] == [hit.id for hit in there.hits]
        assert here.outcome is there.outcome


def test_building_is_reproducible(knowledge):
    """The same knowledge gives the same weights, to the last digits of a float."""
    tokeniser = Tokeniser(knowledge.lexicon)
    first, second = (build_model(knowledge, tokeniser) for _ in range(2))
    assert np.allclose(first.classifier.weights, second.classifier.weights, atol=1e-4)


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: b"",
        lambda content: content[: len(content) // 2],
        lambda content: content[:-1] + bytes([content[-1] ^ 1]),
        lambda content: b"\x80\x05" + content[2:],
        lambda content: content + b"more",
    ],
)
def test_damaged_file_is_rebuilt(knowledge, tmp_path, damage):
    """A file that was cut, changed or replaced is not read, and the next build mends it."""
    store_model(build_model(knowledge, Tokeniser(knowledge.lexicon)), knowledge, tmp_path)
    (path,) = tmp_path.iterdir()
    whole = path.read_bytes()
    path.write_bytes(damage(whole))
    assert load_model(knowledge, tmp_path) is None
    Searcher.build(knowledge, cache=tmp_path)
    assert load_model(knowledge, tmp_path) is not None


def test_edit_changes_the_fingerprint(knowledge):
    """One added phrasing is another content, although the version says otherwise."""
    edited = phrased_knowledge.with_phrasing(knowledge, "lawsuit-03", "督促程序是什么")
    assert fingerprint(edited) != fingerprint(knowledge)


def test_edit_reaches_the_decision(knowledge, tmp_path):
    """After an admin adds a phrasing, the same cache folder serves the new content."""
    Searcher.build(knowledge, cache=tmp_path)
    edited = phrased_knowledge.with_phrasing(knowledge, "lawsuit-03", "督促程序是什么")
    decision = Searcher.build(edited, cache=tmp_path).decide("督促程序是什么")
    assert decision.hits[0].id == "lawsuit-03"


def test_unwritable_folder_is_no_obstacle(knowledge, tmp_path):
    """When the cache cannot be written, the searcher is built all the same."""
    blocked = tmp_path / "file"
    blocked.write_text("in the way", "utf-8")
    assert Searcher.build(knowledge, cache=blocked / "cache").decide("支付令").hits
