"""The version of the content that serves, the ones before it, and how it is edited."""

from bot.content.serving import Serving
from bot.content.version import Content, read_content, user_cache

__all__ = ["Content", "Serving", "read_content", "user_cache"]
