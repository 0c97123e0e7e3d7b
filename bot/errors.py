"""Every error of the bot; an exception's docstring is its default message."""

from __future__ import annotations

from enum import StrEnum


class BotError(Exception):
    """Something went wrong in the bot."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (type(self).__doc__ or "").strip())


class SettingsInvalid(BotError):
    """The settings are not usable."""


class KnowledgeInvalid(BotError):
    """The knowledge folder has faults; the last good version keeps serving."""


class EditRefused(BotError):
    """An edit of the content cannot be made; says why in Chinese, since an admin reads it."""


class FileUnavailable(BotError):
    """A file that somebody sent cannot be fetched at the moment."""


class BuildFailed(BotError):
    """A version of the content could not be built, and not because of the content."""


class YamlInvalid(BotError):
    """The text is not valid YAML."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line
        """Counted from 1."""


class CalibrationMismatch(BotError):
    """The thresholds belong to another version of the scoring."""


class UpdateMalformed(BotError):
    """What was received is not a Telegram update."""


class TelegramUnreachable(BotError):
    """The Bot API cannot be reached at the moment."""


class StorageUnavailable(BotError):
    """The database cannot be written at the moment."""


class LeaseLost(BotError):
    """Another process took over this update; the work on it must not be committed."""


class SendError(BotError):
    """A call to the Bot API failed."""


class NotDelivered(SendError):
    """The call surely did not reach Telegram; it may be repeated."""


class DeliveryUncertain(SendError):
    """Nobody knows whether Telegram carried the call out."""


class RateLimited(SendError):
    """Telegram asks to wait before the next call."""

    def __init__(self, retry_after: float, *, everyone: bool = False) -> None:
        super().__init__()
        self.retry_after = retry_after
        """Seconds to wait."""
        self.everyone = everyone
        """True when the pause concerns all chats, not one."""


class CallRejected(SendError):
    """Telegram refused the call and will refuse it again."""


class MarkupRejected(CallRejected):
    """Telegram could not read the formatting of a text."""


class ChatUnreachable(CallRejected):
    """The person blocked the bot or the chat is gone."""


class ChatMigrated(SendError):
    """The group became a supergroup and has a new id."""

    def __init__(self, new_chat_id: int) -> None:
        super().__init__()
        self.new_chat_id = new_chat_id


class CallRefused(BotError):
    """The stand-in for Telegram refuses a call, in Telegram's words."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code = code
        """As HTTP status and as ``error_code``."""
        self.parameters = parameters
        """``retry_after`` in seconds or ``migrate_to_chat_id``."""


class RequestRefused(BotError):
    """The stand-in for Telegram refuses what a person wants to do."""


class NoReply(BotError):
    """The bot did not answer in time."""


class Refusal(StrEnum):
    """Why an answer is none; ``fault_<value>`` is the phrase that says so."""

    MONEY_UNCLEAR = "money_unclear"
    MONEY_NEGATIVE = "money_negative"
    MONEY_LARGE = "money_large"
    MONEY_DECIMALS = "money_decimals"
    PARTS_UNCLEAR = "parts_unclear"
    DAY_UNCLEAR = "day_unclear"
    DAY_IMPOSSIBLE = "day_impossible"
    DAY_FUTURE = "day_future"
    DAY_PAST = "day_past"
    DAY_VAGUE = "day_vague"
    TIME_UNCLEAR = "time_unclear"
    NUMBER_UNCLEAR = "number_unclear"
    CHOICE_UNKNOWN = "choice_unknown"
    CHOICE_NONE = "choice_none"
    TAIL_WRONG = "tail_wrong"
    PHONE_WRONG = "phone_wrong"
    TEXT_EMPTY = "text_empty"
    TEXT_LONG = "text_long"
    TEXT_WANTED = "text_wanted"


class AnswerRefused(BotError):
    """What was written is no answer to the question."""

    def __init__(self, fault: Refusal, **values: str) -> None:
        super().__init__(fault.value)
        self.fault = fault
        self.values = values
        """For the placeholders of the phrase."""


class TablesUnwritable(BotError):
    """The search tables cannot be written where they should go."""


class TemplateBroken(BotError):
    """A text of a flow file cannot be filled in."""


class LetterUnreadable(BotError):
    """What was kept is not a letter."""


class FontMissing(BotError):
    """No Chinese font is on this machine: no PDF and no picture; `apt install fonts-noto-cjk`."""


class PictureUnknown(BotError):
    """A picture is written as .png or .svg; its name must end so."""


class DocumentFailed(BotError):
    """A document could not be set."""
