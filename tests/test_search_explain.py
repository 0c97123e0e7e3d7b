"""Why a message was decided as it was: in words that an editor understands."""

import ast
import json
from pathlib import Path

import pytest
from doubles import phrased_knowledge
from rich.console import Console

import bot.search
from bot.reasons import draw_reasons
from bot.search import decide
from bot.search.decide import Outcome
from bot.search.explain import CLASSES, KINDS, LEGEND, OUTCOMES, RULES
from bot.search.normalise import Normaliser

SEARCHER = phrased_knowledge.searcher()


def drawn(explanation):
    """What a very wide terminal shows."""
    console = Console(width=400)
    with console.capture() as shown:
        console.print(draw_reasons(explanation))
    return shown.get()


def test_nearest_phrasing_and_tokens_are_named():
    """The likeliest article comes with its nearest phrasing and what weighs for it."""
    explanation = SEARCHER.explain("支付令异议书咋写")
    first = explanation.reasons[0]
    assert (first.label, first.title) == ("lawsuit-03", "标题 lawsuit-03")
    assert first.phrasing == "支付令异议书怎么写"
    assert any("支付" in token.text and token.weight > 0 for token in first.tokens)
    text = drawn(explanation)
    assert "支付令异议书怎么写" in text
    assert "「支付」+" in text
    assert "标题 lawsuit-03" in text


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("收到支付令怎么办", "一字不差"),
        ("晚还一天有影响不", "过了直接回答的线 50%"),
        ("活着真没意思啊", "紧急文章的把握够了（线 30%）"),
        ("支付令来了，不想活", "急事的规则：出现了 不想活"),
        ("？？", "里面没有文字"),
        ("红烧肉", "更像不该由文章回答的话"),
    ],
)
def test_rule_is_told_in_words(message, said):
    """The rule that decided is a Chinese sentence with its figures."""
    explanation = SEARCHER.explain(message)
    assert said in explanation.rule
    assert said in drawn(explanation)


def rules_in_the_source():
    """The names that the code gives to decisions."""
    for path in Path(bot.search.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Decision":
                yield from map(_value, node.args[2:3])


def _value(argument):
    """The text of a literal, or of a name in the module of decisions; None for anything else."""
    if isinstance(argument, ast.Constant):
        return argument.value
    return getattr(decide, argument.id) if isinstance(argument, ast.Name) else None


def test_every_rule_outcome_and_kind_has_words():
    """What the code can decide, the explanation can say."""
    assert set(rules_in_the_source()) - {None} == set(RULES)
    assert set(OUTCOMES) == set(Outcome)
    assert len(set(KINDS.values())) == len(KINDS)
    assert set(CLASSES) == {"none", "unclear"}


@pytest.mark.parametrize(
    ("number", "letter"),
    [
        ("3", "α"),
        ("4", "β"),
        ("14", "β"),
        ("***", "β"),
        ("15", "γ"),
        ("100", "γ"),
        ("101", "δ"),
        ("20000000", "λ"),
        ("2019", "ω"),
        ("12%", "π"),
    ],
)
def test_letters_for_numbers_are_explained_as_they_are(number, letter):
    """The legend says what the normaliser does."""
    normal = Normaliser(()).normalise(f"欠{number}了")
    assert letter in normal
    assert letter in LEGEND
    assert LEGEND[letter] in SEARCHER.explain(f"花呗欠{number}了").legend


def test_products_synonyms_denials_and_strange_words_are_marked():
    """The reader sees how each word was understood."""
    explanation = SEARCHER.explain("丈夫的花呗没有逾期，量子怎么办")
    said = " ".join(map(str, explanation.words))
    assert "丈夫（=老公）" in said
    assert "花呗（产品：消费信贷）" in said
    assert "量子（没见过）" in said
    assert explanation.denied == ("逾期",)
    assert "被否定" in drawn(explanation)


def test_stopped_alarm_is_told_with_its_exception():
    """A rule of the gate that an exception stops is shown, and why it did not decide."""
    explanation = SEARCHER.explain("好想死你了")
    assert [str(alarm) for alarm in explanation.alarms] == [
        "想死 → safety-01，但有「想死你」，不算"
    ]
    assert SEARCHER.explain("今天天气怎么样").alarms == ()


def test_follow_up_is_explained_as_it_was_read():
    """A message read with the one before is explained as both together."""
    explanation = SEARCHER.explain("然后怎么做", previous="收到支付令")
    assert explanation.rule.startswith("和上一句连起来看")
    assert explanation.text == "收到支付令 然后怎么做"


@pytest.mark.parametrize("message", ["支付令咋办", "", "想死", "[bold]支付令[/bold] :smile:"])
def test_machines_get_everything_and_markup_is_text(message):
    """As JSON the explanation is whole; in the terminal brackets of people stay brackets."""
    explanation = SEARCHER.explain(message)
    value = json.loads(json.dumps(explanation.to_json(), ensure_ascii=False))
    assert value["why"] == explanation.rule
    assert len(value["reasons"]) == len(explanation.reasons)
    assert explanation.text in drawn(explanation) or not explanation.text
