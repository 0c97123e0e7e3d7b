"""Cutting messages into words, characters, sounds and negations."""

from doubles import phrased_knowledge
from hypothesis import given
from hypothesis import strategies as st

from bot.search.tokens import Tokeniser, common_words

LEXICON = phrased_knowledge.build().lexicon
TOKENISER = Tokeniser(LEXICON, common_words())


def tokens(text):
    """The tokens of a message."""
    return TOKENISER.tokens(TOKENISER.normalise(text))


def test_field_terms_stay_whole():
    """A term of the lexicon is one word."""
    assert TOKENISER.cut("收到支付令怎么办") == ["收到", "支付令", "怎么办"]


def test_synonyms_are_one_word():
    """Words of a group count as the first of them, while the characters stay as written."""
    assert "w老公" in tokens("丈夫的债")
    assert "c丈" in tokens("丈夫的债")


def test_products_count_by_their_kind():
    """Two products of a kind share a token, so that one helps to understand the other."""
    assert "w<消费信贷>" in set(tokens("花呗逾期")) & set(tokens("白条逾期"))
    assert "w花呗" in tokens("花呗逾期")
    assert "c花" not in tokens("花呗逾期")


def test_denied_words_are_tokens():
    """What is denied differs from what is said."""
    assert "n起诉" in tokens("我没有被起诉")
    assert "n起诉" not in tokens("我被起诉了")


def test_homophones_share_sounds():
    """A homophone in the place of the right character shares the sound and the pair of sounds."""
    wrong, right = set(tokens("催收")), set(tokens("崔收"))
    assert {"pcui", "pshou", "scui'shou"} <= wrong & right


def test_punctuation_is_no_token():
    """Spaces and punctuation say nothing."""
    assert tokens("？！，。…… ~") == []


@given(st.text(max_size=80))
def test_each_token_once(text):
    """Any text is cut, and no token stands twice."""
    found = tokens(text)
    assert len(found) == len(set(found))
