"""What Discord lets Paperboy and people do in a place. Pure.

The bits are those of Discord's "Permissions" page.
"""

from __future__ import annotations

from collections.abc import Collection

from bot.wording import listing

ADMINISTRATOR = 1 << 3
MANAGE_CHANNELS = 1 << 4
MANAGE_SERVER = 1 << 5
VIEW_CHANNEL = 1 << 10
SEND_MESSAGES = 1 << 11
ATTACH_FILES = 1 << 15
READ_MESSAGE_HISTORY = 1 << 16
CREATE_PUBLIC_THREADS = 1 << 35
SEND_MESSAGES_IN_THREADS = 1 << 38

NAMES = {
    VIEW_CHANNEL: "View Channel",
    SEND_MESSAGES: "Send Messages",
    ATTACH_FILES: "Attach Files",
    READ_MESSAGE_HISTORY: "Read Message History",
    CREATE_PUBLIC_THREADS: "Create Public Threads",
    SEND_MESSAGES_IN_THREADS: "Send Messages in Threads",
}
# What the invite link asks for, each with what Paperboy needs it for.
WANTED = {
    VIEW_CHANNEL: "to see the channels that it posts in",
    SEND_MESSAGES: "to post digests",
    SEND_MESSAGES_IN_THREADS: "to post in threads, where you subscribe one",
    CREATE_PUBLIC_THREADS: "for the thread layout: a message a paper under its digest",
    READ_MESSAGE_HISTORY: "to find its own message again after a broken connection",
    ATTACH_FILES: "to hand out reading lists as files",
}
INVITED = sum(WANTED)


def lacking(granted: int, *, in_thread: bool = False) -> tuple[str, ...]:
    """The names of the permissions without which nothing can be posted, of those not granted."""
    if granted & ADMINISTRATOR:
        return ()
    sending = SEND_MESSAGES_IN_THREADS if in_thread else SEND_MESSAGES
    return tuple(NAMES[bit] for bit in (VIEW_CHANNEL, sending) if not granted & bit)


def tell_lacking(names: Collection[str], channel: str) -> str:
    """What keeps Paperboy from posting, and the mend; "" for nothing."""
    if not names:
        return ""
    where = f"#{channel}" if channel else "this channel"
    return (
        f"Paperboy lacks {listing(list(names))} in {where}. Whoever manages it can grant that "
        "under Edit Channel, Permissions; then ask again."
    )


def manages_server(granted: int) -> bool:
    """Whether somebody with these permissions manages the whole server."""
    return bool(granted & (ADMINISTRATOR | MANAGE_SERVER))


def may_manage(granted: int) -> bool:
    """Whether somebody with these permissions manages the channel or the server."""
    return bool(granted & (ADMINISTRATOR | MANAGE_CHANNELS | MANAGE_SERVER))
