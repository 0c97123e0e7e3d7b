"""Work is bounded: whatever somebody writes, reading it takes no more than its length allows.

Steps and calls are counted; no clock is looked at.
"""

import importlib
import pkgutil
import random
import re
import string
import sys
from dataclasses import replace
from types import ModuleType

import numpy as np
import pytest
from doubles import phrased_knowledge
from doubles.counting_regex import TooMany, count_steps, ends_of
from hypothesis import given
from hypothesis import strategies as st

import bot.search
from bot import privacy
from bot.search.corpus import build_corpus, read_examples
from bot.search.normalise import LONGEST
from bot.search.tokens import Tokeniser

SEARCHER = phrased_knowledge.searcher()
TOKENISER = Tokeniser(phrased_knowledge.build().lexicon)
MODULES = [
    privacy,
    *(
        importlib.import_module(f"bot.search.{module.name}")
        for module in pkgutil.iter_modules(bot.search.__path__)
    ),
]
PATTERNS = {
    f"{module.__name__}.{name}": value
    for module in MODULES
    for name, value in vars(module).items()
    if isinstance(value, re.Pattern)
}
SHORT, LONG = 30, 60
"""Lengths of two hostile texts of one make; twice the text may take twice the steps, no more."""


def hostile(pattern, size):
    """Texts that bring a pattern far and then fail: its own characters, over and over."""
    literal = [c for c in pattern.pattern if c not in "\\[](){}|?*+^$"]
    letters = sorted({*literal, *"0９xX一十年 -.*,，\t呢a"})
    chance = random.Random(pattern.pattern)
    units = [
        *letters,
        *("".join(chance.choices(letters, k=chance.randint(2, 5))) for _ in range(12)),
        "1" * 9 + "-",
        "0086" + "1" * 7,
    ]
    for unit in units:
        text = (unit * size)[:size]
        yield unit, text + "\x00"


@pytest.mark.parametrize("name", sorted(PATTERNS))
def test_no_pattern_takes_more_than_its_text_allows(name):
    """Every pattern of the matching and of the masking is linear on texts made against it."""
    pattern = PATTERNS[name]
    pairs = zip(hostile(pattern, SHORT), hostile(pattern, LONG), strict=True)
    for (unit, short), (_, long) in pairs:
        first = count_steps(pattern, short)
        second = count_steps(pattern, long)
        assert second <= 2.5 * first + 500, unit


@pytest.mark.parametrize("evil", [r"(a+)+$", r"(a|aa)+$", r"(\d+)*x", r"a*a*a*a*b"])
def test_the_counter_sees_what_is_not_bounded(evil):
    """The count itself is no comfort: patterns that are known to explode do so here."""
    pattern = re.compile(evil)
    letter = "1" if "d" in evil else "a"
    first = count_steps(pattern, letter * 12 + "\x00")
    with pytest.raises(TooMany):
        count_steps(pattern, letter * 24 + "\x00", limit=int(2.5 * first) + 500)


@pytest.mark.parametrize("name", sorted(PATTERNS))
def test_the_counter_finds_what_python_finds(name):
    """The counter walks the same pattern: it ends its matches where Python's engine does."""
    pattern = PATTERNS[name]
    for _, text in hostile(pattern, SHORT):
        expected = [match.end() for match in pattern.finditer(text) if match.group()]
        assert [end for end in ends_of(pattern, text) if end] == expected


def calls_of(function):
    """How many calls, of Python and of C functions, something takes."""
    count = 0

    def tell(_frame, event, _argument):
        nonlocal count
        count += event in {"call", "c_call"}

    sys.setprofile(tell)
    try:
        function()
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize(
    "piece", ["字", "支付令怎么办，", "1", "((((", "a?b ", "没有不是", "花呗白条"]
)
def test_a_long_message_takes_no_more_than_a_short_one(piece):
    """Beyond the longest text that is looked at, length costs nothing."""

    def decide(length):
        text = (piece * length)[:length]
        return calls_of(lambda: SEARCHER.decide(text, previous=text))

    decide(10)
    assert decide(100_000) <= 1.1 * decide(3 * LONGEST) + 100


@given(st.text(alphabet=string.printable + "支付令花呗没有不是，。？０一十年天万αβ", max_size=400))
def test_calls_grow_with_the_text_and_no_faster(text):
    """The calls of one decision stay under a line in the length of the text."""
    SEARCHER.decide("先")
    assert calls_of(lambda: SEARCHER.decide(text)) < 3_000 + 120 * len(text)


def shuffled(knowledge, seed):
    """The same content in another order: articles, phrasings, and what has no article."""
    chance = random.Random(seed)

    def mixed(items):
        return tuple(chance.sample(items, len(items)))

    articles = {
        key: replace(knowledge.articles[key], phrasings=mixed(knowledge.articles[key].phrasings))
        for key in mixed(tuple(knowledge.articles))
    }
    none, unclear = mixed(knowledge.none), mixed(knowledge.unclear)
    return replace(knowledge, articles=articles, none=none, unclear=unclear)


@given(st.integers(0, 10_000))
def test_order_of_articles_and_phrasings_is_nothing(seed):
    """Whatever order the folder is read in, the tables are built from the same numbers."""
    knowledge, tokeniser = phrased_knowledge.build(), TOKENISER
    first = build_corpus(read_examples(knowledge, tokeniser), tokeniser)
    second = build_corpus(read_examples(shuffled(knowledge, seed), tokeniser), tokeniser)
    assert (first.labels, first.texts) == (second.labels, second.texts)
    assert (first.vocabulary, first.coarse) == (second.vocabulary, second.coarse)
    assert np.array_equal(first.tokens, second.tokens)
    assert np.array_equal(first.classes, second.classes)


def test_no_pattern_hides_in_an_object():
    """Patterns of the matching that are made when it is built are lists of names, not repeats."""
    made = [value for value in vars(SEARCHER._follow_ups).values() if isinstance(value, re.Pattern)]
    assert made
    for pattern in made:
        assert not set("*+{") & set(pattern.pattern)


def test_all_modules_are_looked_at():
    """A new module of the matching is checked without being named here."""
    assert all(isinstance(module, ModuleType) for module in MODULES)
    assert {"bot.search.normalise._NUMBER", "bot.privacy._NUMBERS"} <= PATTERNS.keys()
