"""Normalising: one form for every way of writing, stable when applied again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.search.normalise import LONGEST, Normaliser
from bot.search.pinyin import load_syllables

NORMALISER = Normaliser(("12378", "24"))


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("京東白條逾期，會上門嗎？", "京东白条逾期,会上门吗?"),
        ("ＡＢＣ１２３７８", "abc12378"),
        ("逾期3天", "逾期α天"),
        ("逾期三天", "逾期α天"),
        ("逾期45天", "逾期γ天"),
        ("欠了123456789元", "欠了λ元"),
        ("2019年借的", "ω年借的"),
        ("3年了", "三年了"),
        ("利率24%还是36%", "利率24%还是π%"),
        ("第三方催收", "第三方催收"),
        ("好的👌🏻谢谢\u200b", "好的 谢谢"),
        ("\u202e反着写\u202c", "反着写"),
        ("啊啊啊啊啊", "啊啊"),
        ("欠***元", "欠β元"),
        ("  两个\n\t空格  ", "两个 空格"),
        ("", ""),
    ],
)
def test_one_form(written, expected):
    """Script, width, case, noise and numbers are brought into one form."""
    assert NORMALISER.normalise(written) == expected


@given(st.text(max_size=300))
def test_idempotent(text):
    """What is normalised stays as it is."""
    once = NORMALISER.normalise(text)
    assert NORMALISER.normalise(once) == once


@given(st.text(alphabet="一二三两十半0123456789年天个月期万%*. 第ⅢİßſΣς\u0301\u0345", max_size=40))
def test_idempotent_on_numbers(text):
    """Numbers next to each other do not make new numbers when applied again."""
    once = NORMALISER.normalise(text)
    assert NORMALISER.normalise(once) == once


@pytest.mark.parametrize("piece", ["字", "a", "😀", "12", "\x00", "ﷺ", "e\u0301"])
def test_length_is_bounded(piece):
    """A message of a million characters becomes a short one."""
    assert len(NORMALISER.normalise(piece * (1_000_000 // len(piece)))) <= LONGEST


def test_both_ends_of_a_long_message_stay():
    """The question of a very long story stands at its beginning or its end."""
    text = NORMALISER.normalise("开头的问题" + "啊哦" * 5000 + "结尾的问题")
    assert text.startswith("开头的问题")
    assert text.endswith("结尾的问题")


def test_homophones_sound_alike():
    """A wrong homophone has the syllable of the right character."""
    syllables = load_syllables()
    for wrong, right in ("崔催", "心信", "预逾", "跳条", "素诉"):
        assert syllables[wrong][:2] == syllables[right][:2]
    assert syllables["崔"] == syllables["催"]
