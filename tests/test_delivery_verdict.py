"""The table of failures: what becomes of a call after each outcome."""

import pytest

from bot.delivery.limits import Limits
from bot.delivery.notices import Notices
from bot.delivery.verdict import Delivered, Judge
from bot.errors import (
    CallRejected,
    ChatMigrated,
    ChatUnreachable,
    DeliveryUncertain,
    MarkupRejected,
    NotDelivered,
    RateLimited,
)
from bot.store.port import Attachment, Call, CallState, Outgoing

NOW = 1_800_000_000.0
TEXT = Call("sendMessage", {"chat_id": 1, "text": "<b>a", "parse_mode": "HTML"})
LETTER = Call("sendDocument", {"chat_id": 1}, files=(Attachment("document", "a.docx", b"x"),))
NOTICE = Call("sendMessage", {"chat_id": 1, "text": "lost"})
LIMITS = Limits()


def outgoing(call=TEXT, **fields):
    """A call that was claimed for the first time."""
    known = {
        "id": 1,
        "lane": "1",
        "created_at": NOW,
        "attempts": 1,
        "doubts": 0,
        "reclaimed": False,
        "owner": "a",
        "lease_until": NOW + 90,
        "update_id": 5,
    }
    return Outgoing(call=call, **known | fields)


def decide(outcome, *, now=NOW, notices=None, **fields):
    """The verdict on a call."""
    notices = notices or Notices(lost=lambda _outgoing, _state: (NOTICE,))
    return Judge(LIMITS, notices).decide(outgoing(**fields), outcome, now)


def test_delivered_is_sent():
    """Success ends the matter, with the id of the message."""
    verdict = decide(Delivered({"message_id": 9}))
    assert (verdict.state, verdict.done, verdict.message_id) == (CallState.SENT, True, 9)


@pytest.mark.parametrize("result", [True, {"message_id": "x"}, [], None])
def test_result_without_message(result):
    """A call that sends no message succeeds too."""
    assert decide(Delivered(result)).message_id is None


def test_delivered_after_a_doubt_stays_uncertain():
    """A text that was repeated has perhaps arrived twice, and the row says so."""
    verdict = decide(Delivered({"message_id": 9}), doubts=1, attempts=2)
    assert (verdict.state, verdict.done) == (CallState.UNCERTAIN, True)


@pytest.mark.parametrize(("attempts", "wait"), [(1, 1), (2, 2), (4, 8), (7, 60), (500, 60)])
def test_not_delivered_is_repeated_with_growing_pauses(attempts, wait):
    """What surely was not sent is tried again, at most a minute apart."""
    verdict = decide(NotDelivered(), attempts=attempts)
    assert (verdict.state, verdict.done, verdict.doubt) == (CallState.NEW, False, False)
    assert verdict.not_before == NOW + wait


def test_not_delivered_for_a_day_is_given_up():
    """An answer nobody waits for any more is dead."""
    verdict = decide(NotDelivered(), now=NOW + LIMITS.give_up)
    assert (verdict.state, verdict.done) == (CallState.DEAD, True)


def test_uncertain_text_is_repeated_and_marked():
    """Better twice than never: a text in doubt is sent again, after a pause, and marked."""
    verdict = decide(DeliveryUncertain())
    assert (verdict.state, verdict.done, verdict.doubt) == (CallState.UNCERTAIN, False, True)
    assert verdict.not_before == NOW + LIMITS.doubt_backoff
    assert verdict.follow == ()


def test_uncertain_text_is_not_repeated_forever():
    """After so many attempts in doubt the text is left, and the person told."""
    verdict = decide(DeliveryUncertain(), doubts=LIMITS.doubts - 1)
    assert (verdict.state, verdict.done, verdict.follow) == (CallState.UNCERTAIN, True, (NOTICE,))


@pytest.mark.parametrize("call", [LETTER, Call("sendMessage", {"text": "a"}, once=True)])
def test_uncertain_document_is_never_repeated(call):
    """A letter whose fate is unknown is not sent again; the person is told and may ask for it."""
    verdict = decide(DeliveryUncertain(), call=call)
    assert (verdict.state, verdict.done, verdict.follow) == (CallState.UNCERTAIN, True, (NOTICE,))
    assert [event.kind for event in verdict.events] == ["uncertain"]


@pytest.mark.parametrize(
    ("call", "doubts", "may"),
    [(TEXT, 1, True), (TEXT, 10, True), (TEXT, LIMITS.cuts, False), (LETTER, 1, False)],
)
def test_what_may_be_sent_after_a_crash(call, doubts, may):
    """A call that was cut off is sent again only if a second copy does less harm than none."""
    judge = Judge(LIMITS, Notices())
    assert judge.may_send(outgoing(call, reclaimed=True, doubts=doubts)) is may


def test_doubt_of_a_crash_is_counted_once():
    """A letter that was cut off is left without counting the doubt again."""
    verdict = decide(DeliveryUncertain(), call=LETTER, reclaimed=True, doubts=1)
    assert (verdict.done, verdict.doubt) == (True, False)


def test_rate_limit_waits_as_long_as_asked():
    """The lane waits for the seconds Telegram named."""
    verdict = decide(RateLimited(17))
    assert (verdict.state, verdict.done, verdict.not_before) == (CallState.NEW, False, NOW + 17)


def test_refused_markup_is_sent_plain():
    """The plain form goes out when Telegram cannot read the formatting."""
    plain = Call("sendMessage", {"chat_id": 1, "text": "a"})
    call = Call(TEXT.method, TEXT.params, fallback=plain)
    verdict = decide(MarkupRejected(), call=call)
    assert (verdict.done, verdict.call) == (False, plain)


def test_refused_markup_without_a_plain_form_loses_only_its_formatting():
    """The text goes out as it is rather than not at all; a second refusal ends it."""
    verdict = decide(MarkupRejected())
    assert verdict.call == Call("sendMessage", {"chat_id": 1, "text": "<b>a"})
    assert decide(MarkupRejected(), call=verdict.call).state is CallState.DEAD


def test_plain_form_of_a_letter_keeps_the_file():
    """A letter whose caption is refused is sent with a plain caption and the same file."""
    fallback = Call("sendDocument", {"chat_id": 1, "caption": "a"})
    verdict = decide(MarkupRejected(), call=Call("sendDocument", {}, LETTER.files, fallback))
    assert verdict.call.files == LETTER.files
    assert verdict.call.params == {"chat_id": 1, "caption": "a"}


def test_refused_edit_becomes_a_new_message():
    """A call of another method stands in for one that is refused."""
    edit = Call("editMessageText", {"message_id": 3}, fallback=NOTICE)
    assert decide(CallRejected("message to edit not found"), call=edit).call == NOTICE


def test_refused_call_is_dead_and_the_person_told():
    """Nobody is left in silence: what Telegram refuses for good is followed by a notice."""
    verdict = decide(CallRejected("chat is odd"))
    assert (verdict.state, verdict.done, verdict.follow) == (CallState.DEAD, True, (NOTICE,))
    assert [event.kind for event in verdict.events] == ["unsent"]


def test_refused_notice_makes_no_further_notice():
    """A notice is no answer to an update, so that failures cannot go round in circles."""
    assert decide(CallRejected(), update_id=None).follow == ()


def test_failing_callback_does_not_stop_the_lane():
    """A notice that cannot be made is left out."""

    def broken(_outgoing, _state):
        raise KeyError

    verdict = decide(CallRejected(), notices=Notices(lost=broken))
    assert (verdict.state, verdict.follow) == (CallState.DEAD, ())


def test_unreachable_chat_drops_the_lane():
    """Nothing more is sent to a person who blocked the bot, and no notice either."""
    verdict = decide(ChatUnreachable())
    assert (verdict.state, verdict.drop_lane, verdict.follow) == (CallState.DEAD, True, ())


@pytest.mark.parametrize(("attempts", "wait"), [(1, 0), (3, 4)])
def test_migrated_chat_is_tried_again(attempts, wait):
    """The call goes to the new chat at once; if that is answered likewise, it slows down."""
    verdict = decide(ChatMigrated(-100), attempts=attempts)
    assert (verdict.done, verdict.not_before) == (False, NOW + wait)
