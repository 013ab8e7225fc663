"""What the tokens of many workspaces are encrypted with in the store."""

from __future__ import annotations

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from bot.errors import ConfigError


class Keys:
    """Encrypts with the first of the keys, decrypts with any. Raises ConfigError where one
    is no key.
    """

    def __init__(self, keys: str) -> None:
        try:
            made = [Fernet(key.strip()) for key in keys.split(",") if key.strip()]
            self._all, self._first = MultiFernet(made), made[0]
        except (IndexError, ValueError):
            raise ConfigError(
                "SLACK_ENCRYPTION_KEY is missing or no key: 32 bytes in URL-safe base64, as "
                "paperboy init slack makes them, see .env.example"
            ) from None

    def encrypt(self, text: bytes) -> bytes:
        """The text, encrypted."""
        return self._first.encrypt(text)

    def decrypt(self, secret: bytes | str, seconds: int | None = None) -> bytes:
        """The text of what is at most so old. Raises InvalidToken."""
        return self._all.decrypt(secret, ttl=seconds)

    def rotated(self, secret: bytes) -> bytes | None:
        """The same, encrypted with the first key; None where it is. Raises InvalidToken."""
        try:
            self._first.decrypt(secret)
        except InvalidToken:
            return self._all.rotate(secret)
        return None
