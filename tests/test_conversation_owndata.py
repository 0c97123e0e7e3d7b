"""What is stored about a person, told in words and not in keys."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from doubles.person import Person, words
from doubles.table_searcher import TableSearcher

from bot.conversation.engine import Conversation
from bot.conversation.owndata import OwnData
from bot.conversation.turn import Reply
from bot.documents.letter import body_lines

ZONE = timezone(timedelta(hours=8))


@pytest.fixture
def stored():
    """Of somebody with a profile and an interview under way."""
    profile = {"cause": ["job", "other"], "lender_type": "card", "free_cash": "600.00", "odd": [1]}
    flow = {
        "flow": "extension",
        "version": "1",
        "began": "2026-11-23T12:00:00+08:00",
        "answers": {"status": "d30"},
    }
    return {"session": [{"data": {"profile": profile, "flow": flow}}]}


def test_answers_are_told_by_their_labels(shipped_knowledge, stored):
    """Choices, sums and answers read as they were seen; what is unknown is shown as it is."""
    own = OwnData(shipped_knowledge, ZONE)
    told = words(Reply(own.blocks(stored)))
    for line in (
        "困难原因：失业、其他原因",
        "机构类型：银行信用卡",
        "每月可还：600元",
        "odd：1",
        "现在到哪一步：逾期30天以内",
    ):
        assert line in told
    paper = "".join(body_lines(own.letter(stored, datetime(2026, 11, 23, tzinfo=UTC)).blocks))
    assert "困难原因：失业、其他原因" in paper


def test_facts_of_a_review_stand_close_together(shipped_knowledge):
    """All answers are lines of one message; those of each debt stand together."""
    person = Person(Conversation(shipped_knowledge, TableSearcher({})))
    person.all("算还款能力", "▸都没有", "▸帮我", "某某银行", "▸银行信用卡", "6万")
    person.press("j:ca:r:")
    person.all("▸跳过", "1000", "▸跳过", "▸跳过", "▸没有催", "▸跳过", "▸跳过", "▸没有了")
    person.all("8000", "0", "▸稳定", "▸跳过", "1", "▸大城市", "伙食900", "▸跳过", "▸自己")
    (review,) = person.results[-1].replies
    texts = [block.text for block in review.blocks if hasattr(block, "text")]
    rows = [text for text in texts if text.startswith("**1 机构和产品**")]
    assert len(rows) == 1
    assert "**1 到了哪一步**" in rows[0]
