"""The cache: the same decisions, never trusted when damaged or foreign."""

import hashlib
import io

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


def test_file_of_another_knowledge_is_not_believed(knowledge, tmp_path):
    """A whole file that was made from other content and got this one's name is rebuilt."""
    other = phrased_knowledge.with_phrasing(knowledge, "credit-02", "收到支付令怎么办呀")
    own = store_model(_built(knowledge), knowledge, tmp_path / "own")
    foreign = store_model(_built(other), other, tmp_path / "other")
    own.write_bytes(foreign.read_bytes())
    assert load_model(knowledge, own.parent) is None
    Searcher.build(knowledge, cache=own.parent)
    assert load_model(knowledge, own.parent) is not None


class Trap:
    """An object whose pickle runs something when it is read."""

    def __reduce__(self):
        """Reading would raise this."""
        return (pytest.fail, ("a pickle was read",))


def test_pickle_is_never_read(knowledge, tmp_path):
    """A file with the right seal that holds a pickled object runs nothing, and is rebuilt."""
    path = store_model(_built(knowledge), knowledge, tmp_path)
    trap = io.BytesIO()
    np.savez(trap, labels=np.array([Trap()], dtype=object))
    seal = hashlib.sha256(fingerprint(knowledge).encode() + trap.getvalue()).digest()
    path.write_bytes(seal + trap.getvalue())
    assert load_model(knowledge, tmp_path) is None


@pytest.mark.parametrize("missing", ["labels", "starts", "weights", "words"])
def test_file_with_a_part_missing_is_rebuilt(knowledge, tmp_path, missing):
    """Tables of another version of the bot, rightly sealed, are not half read."""
    path = store_model(_built(knowledge), knowledge, tmp_path)
    with np.load(io.BytesIO(path.read_bytes()[32:])) as arrays:
        left = {name: arrays[name] for name in arrays.files if name != missing}
    other = io.BytesIO()
    np.savez(other, **left)
    seal = hashlib.sha256(fingerprint(knowledge).encode() + other.getvalue()).digest()
    path.write_bytes(seal + other.getvalue())
    assert load_model(knowledge, tmp_path) is None


def test_failed_write_leaves_nothing_behind(knowledge, tmp_path, monkeypatch):
    """When the file cannot be put in place, no half of it stays in the folder."""
    monkeypatch.setattr("pathlib.Path.replace", _refuse)
    assert store_model(_built(knowledge), knowledge, tmp_path) is None
    assert list(tmp_path.iterdir()) == []


def _refuse(*_arguments):
    raise PermissionError


def _built(knowledge):
    return build_model(knowledge, Tokeniser(knowledge.lexicon))


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
