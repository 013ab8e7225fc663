"""Whether a person's direct messages let Paperboy in, and what to do where they do not."""

from __future__ import annotations

from dataclasses import replace

from bot.commands.desk import Desk
from bot.errors import ChannelGoneError, DeliveryError
from bot.messages import Button, Invocation, Line, Message, line, quiet
from bot.models import DIRECT, Channel, Reader

TRY_AGAIN = Button("Try my direct messages again", "alert inbox", {"door": "try"})


async def knock(
    desk: Desk, invocation: Invocation, reader: Reader, text: str
) -> tuple[Reader, tuple[Line, ...]]:
    """Send the asker one line of direct message; whether it arrived decides whether what their
    alerts catch is brought.

    Returns the reader as they are then (not kept yet), and what is to be said about it.
    """
    user = invocation.user
    channel = Channel(user.platform, DIRECT, user.id, user.name)
    message = Message(lines=(line(text),))
    try:
        await desk.courier.prove(channel, message, f"alert:{invocation.key}")
    except ChannelGoneError as error:
        closed = replace(reader, closed=str(error) or "closed")
        return closed, door_lines(closed)
    except DeliveryError:
        told = (
            "Your direct messages can't be reached just now; Paperboy tries again when it is due."
        )
        return reader, (line(told),)
    return replace(reader, closed=""), ()


def door_lines(reader: Reader) -> tuple[Line, ...]:
    """How to let Paperboy in, where it is shut out."""
    if not reader.closed:
        return ()
    return (
        line(
            "Paperboy can't write to you. Allow direct messages from this server or workspace in "
            "your privacy settings, or send Paperboy one yourself; then try again."
        ),
        line("Nothing is lost: what your alerts catch meanwhile is kept in: /papers alert inbox"),
        line(quiet(f"What the platform said: {reader.closed}")),
    )


def door_buttons(reader: Reader) -> tuple[Button, ...]:
    """The button that tries the door again, where it is closed."""
    return (TRY_AGAIN,) if reader.closed else ()
