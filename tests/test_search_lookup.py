"""What a word means and whose money it is are looked up by name, however it is asked."""

import pytest

from bot.search.lookup import LONGEST, Lookup


@pytest.fixture(scope="module")
def lookup(shipped_knowledge):
    """Over the shipped glossary and lender cards."""
    return Lookup(shipped_knowledge)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("什么是呆账", "呆账"),
        ("呆账是什么意思", "呆账"),
        ("请问呆账到底是啥意思呀？", "呆账"),
        ("呆账是啥", "呆账"),
        ("呆账什么意思", "呆账"),
        ("啥叫终本", "终本"),
        ("“终本”怎么理解", "终本"),
        ("解释一下拒执罪", "拒执罪"),
        ("什麼是訴前調解", "诉前调解"),
        ("關注是什麼意思", "五级分类"),
        ("lpr是什么", "LPR"),
        ("老赖是什么意思", "失信"),
        ("我征信上写着呆账是什么意思", "呆账"),
        ("催收说要申请支付令是什么意思啊", "支付令"),
        ("法院短信说终本啥意思", "终本"),
    ],
)
def test_question_about_a_word(lookup, text, name):
    """A word is found however its meaning is asked for, also in traditional script."""
    found = lookup.term(text)
    assert found is not None
    assert (found.term.name, found.asked) == (name, True)


@pytest.mark.parametrize("text", ["呆账", " 呆账。", "执行"])
def test_bare_word(lookup, text):
    """A word alone is found, and known not to be a question yet."""
    found = lookup.term(text)
    assert found is not None
    assert not found.asked


@pytest.mark.parametrize(
    "text",
    [
        "",
        "？",
        "呆账怎么处理",
        "我有一笔呆账是什么时候报上去的",
        "什么是爱情",
        "收到传票怎么办",
        "我今天收到传票了",
        "什么是呆账" + "啊" * LONGEST,
    ],
)
def test_other_questions_are_left_to_the_search(lookup, text):
    """Only a question about the word itself is looked up."""
    assert lookup.term(text) is None


@pytest.mark.parametrize(
    ("text", "card"),
    [
        ("白条是谁放的款", "baitiao"),
        ("京东白条到底是哪家银行的钱", "baitiao"),
        ("花呗是信用卡吗", "huabei"),
        ("借呗的放款方是谁", "jiebei"),
        ("微粒贷是哪家银行的", "weilidai"),
        ("什么是白条", "baitiao"),
        ("白條是誰放的款", "baitiao"),
        ("美团月付是哪个公司的", "platform"),
        ("信用卡算贷款吗", "card"),
    ],
)
def test_question_whose_money_it_is(lookup, text, card):
    """A question about the lender or the kind of a product finds its card."""
    found = lookup.lender(text)
    assert found is not None
    assert found.id == card


@pytest.mark.parametrize(
    "text", ["白条逾期了怎么办", "白条", "谁放的款", "白条还不上是谁的错", "花呗和借呗是谁发明的"]
)
def test_other_questions_find_no_card(lookup, text):
    """A product in a question is not yet a question about its lender."""
    assert lookup.lender(text) is None


@pytest.mark.parametrize(
    ("text", "card"),
    [("我京东白条逾期半年了", "baitiao"), ("招行信用卡还不上", "card"), ("有人敲门", None)],
)
def test_product_named_in_a_message(lookup, text, card):
    """A product is recognised anywhere in a message."""
    found = lookup.product(text)
    assert (found and found.id) == card


def test_every_name_leads_to_its_entry(lookup, shipped_knowledge):
    """No entry of the glossary and no card is shadowed by another."""
    for term in shipped_knowledge.glossary.terms:
        for name in term.names:
            assert lookup.term(f"什么是{name}").term is term, name
    for card in shipped_knowledge.lenders.cards.values():
        for name in card.names:
            assert lookup.lender(f"{name}是谁的钱") is card, name
