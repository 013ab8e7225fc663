"""A few commands of our own behind the console, and a process that serves them.

    python tests/standins/prompt.py [auto|rich|plain|json]

At SIGUSR1 a digest is posted to #papers.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Mapping

from adapters.console import ConsoleSettings, connect
from bot.errors import QueryError, UserError
from bot.messages import Button, Field, Form, Invocation, Message, line
from bot.models import Channel, User

PAPERS = Channel("console", "local", "papers", "#papers")
FORM = Form(
    "Subscribe this channel",
    "subscribe",
    (
        Field("hour", "Hour", "09:00", hint="Local time, such as 09:00"),
        Field("size", "Papers", "10", choices=(("5", "five"), ("10", "ten"))),
        Field("filter", "Filter", required=True),
    ),
    {"layout": "compact"},
)


class FewCommands:
    """`echo`, `press`, `form`, and ways to go wrong."""

    def __init__(self) -> None:
        self.asked: list[Invocation] = []

    def read(self, text: str) -> tuple[str, Mapping[str, str]]:
        verb, _, rest = text.strip().removeprefix("/papers").strip().partition(" ")
        if verb == "unreadable":
            raise UserError("that can't be read")
        return verb, {"text": rest}

    async def complete_line(self, text: str, channel: Channel, user: User) -> list[str]:  # noqa: ARG002
        lines = ["echo sheep", "echo shearing", "press"]
        return [line for line in lines if line.startswith(text)]

    async def answer(self, invocation: Invocation) -> Message | Form:
        self.asked.append(invocation)
        match invocation.verb:
            case "form":
                return FORM
            case "query":
                raise QueryError("there is no field foo:", "mamba foo:bar", 6)
            case "crash":
                raise RuntimeError("secret-token")
            case "slow":
                await asyncio.sleep(3600)
        said = " ".join(f"{name}={value}" for name, value in sorted(invocation.args.items()))
        buttons = (Button("Again", "again", {"page": "2"}), Button("Stop", "stop"))
        return Message(
            title=invocation.verb,
            lines=(line(f"{said} in {invocation.channel.name}"),),
            buttons=buttons if invocation.verb == "buttons" else (),
        )


def digest(text: str = "The digest") -> Message:
    """A digest with a button."""
    return Message(title=text, buttons=(Button("Pause", "pause", {"id": "1"}),))


async def serve(form: str) -> None:
    """Serve the prompt; a signal posts the digest."""
    settings = ConsoleSettings.model_validate({"console_format": form})
    platform = connect(settings, FewCommands())
    posting: set[asyncio.Task[str]] = set()

    def post() -> None:
        [payload] = platform.pack(digest())
        posting.add(asyncio.create_task(platform.send(PAPERS, payload, "edition:1:0", "")))

    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, post)
    await platform.serve()


if __name__ == "__main__":
    try:
        asyncio.run(serve(*sys.argv[1:] or ["auto"]))
    except KeyboardInterrupt:
        sys.exit(130)
