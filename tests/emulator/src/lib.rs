//! A Telegram Bot API server of our own.
