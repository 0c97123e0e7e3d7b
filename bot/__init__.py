"""缓缓 (Huanhuan): a Telegram bot for people in mainland China who are behind on consumer credit."""
