"""Every error Paperboy raises on purpose, in one family.

An error says whether to try again: `TemporaryDeliveryError` carries how long to wait,
the others are final for what was asked. No message may hold a secret or a path to one.
"""

from __future__ import annotations

from datetime import timedelta


class BotError(Exception):
    """Anything Paperboy raises on purpose. Its text is fit to be shown to an operator."""


class ConfigError(BotError):
    """A setting is missing or wrong. The text names the setting and never its value."""


class SourceError(BotError):
    """A source gave no usable answer."""


class StoreError(BotError):
    """The database can't be opened, read or written."""


class StoreTooNewError(StoreError):
    """The database was written by a newer Paperboy than this one."""


class ModelError(BotError):
    """The model of semantic search is not there, or can't be used."""


class UserError(BotError):
    """What a person asked for can't be done. The text is shown to them, in one line."""


class QueryError(UserError):
    """A query can't be read.

    Attributes:
        text: the query as it was typed.
        place: index into `text` of the character that is wrong.
    """

    def __init__(self, problem: str, text: str = "", place: int = 0) -> None:
        super().__init__(problem)
        self.text = text
        self.place = place


class DeliveryError(BotError):
    """A message could not be delivered."""


class TemporaryDeliveryError(DeliveryError):
    """Sending may succeed later.

    Attributes:
        retry_after: the platform's own figure, or None where it named none.
    """

    def __init__(self, problem: str, retry_after: timedelta | None = None) -> None:
        super().__init__(problem)
        self.retry_after = retry_after


class ChannelGoneError(DeliveryError):
    """The place is closed to the bot: pause what is posted there, keep its settings."""


class PersonGoneError(ChannelGoneError):
    """A person can't be written to, and is in no workspace with the bot any more."""


class CredentialsError(DeliveryError):
    """The platform refuses our credentials: stop that platform and no other."""


class RenderError(DeliveryError):
    """The platform refuses the form of the message: send its plain-text form."""
