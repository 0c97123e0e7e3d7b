"""Masking of personal numbers, and logs that give nothing away."""

import json

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from bot.logs import configure_logs, redact
from bot.privacy import mask, mask_update, pseudonym


@pytest.mark.parametrize(
    ("written", "stored", "kind"),
    [
        ("我的身份证11010519491231002X在这", "我的身份证**************002X在这", "身份证号"),
        ("卡号6222 0202 0001 1234 567吧", "卡号**** **** **** ***4 567吧", "银行卡号"),
        ("电话13812345678。", "电话*******5678。", "手机号"),
        ("电话138-1234-5678", "电话***-****-5678", "手机号"),
        ("+8613812345678", "+*********5678", "手机号"),
        ("１３８１２３４５６７８", "*******５６７８", "手机号"),
    ],
)
def test_personal_number_is_covered(written, stored, kind):
    """ID, card and mobile numbers keep their last four digits only, however they are written."""
    masked = mask(written)
    assert masked.text == stored
    assert masked.kinds == (kind,)


@pytest.mark.parametrize(
    "text",
    [
        "欠了 123456 元",
        "(2026)京0105民初12345号",
        "12378",
        "2026-11-23 15:30",
        "尾号 1234",
        "95118",
    ],
)
def test_other_numbers_stay(text):
    """Amounts, dates, case numbers and hotlines are not touched."""
    assert mask(text).text == text


@given(st.text())
def test_masking_is_idempotent_and_keeps_length(text):
    """Masking twice changes nothing more, and places in the text stay where they are."""
    once = mask(text).text
    assert len(once) == len(text)
    assert mask(once).text == once


def test_whole_update_is_masked():
    """Text, caption, a shared contact and the message answered to are all covered."""
    update = {
        "message": {
            "text": "13812345678",
            "caption": "13812345678",
            "contact": {"phone_number": "13812345678"},
            "reply_to_message": {"text": "11010519491231002X"},
            "chat": {"id": 13812345678},
        }
    }
    masked = mask_update(update)
    assert "138123" not in json.dumps({**masked["message"], "chat": None})
    assert masked["message"]["chat"]["id"] == 13812345678


def test_pseudonym_needs_the_key():
    """A chat has the same short name as long as the key is the same."""
    assert pseudonym("42", "key") == pseudonym("42", "key")
    assert pseudonym("42", "key") != pseudonym("42", "other")


def test_token_is_taken_out_of_addresses():
    """A Bot API address in an error shows no token."""
    token = "123456:" + "A" * 35
    assert token not in redact(f"POST https://x/bot{token}/sendMessage")


def test_log_line_has_no_text(capsys):
    """Whoever logs a text by mistake logs nothing of it."""
    configure_logs()
    structlog.get_logger("t").info("seen", text="我欠了钱", update_id=7)
    line = json.loads(capsys.readouterr().err)
    assert line["update_id"] == 7
    assert "我欠了钱" not in str(line)
    structlog.reset_defaults()
