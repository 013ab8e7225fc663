"""A small app of discord.py, with a little of everything, to try the stand-in with.

In a process of its own: `python tests/standins/discord/sample.py API GATEWAY CDN TOKEN`.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Self

if __name__ == "__main__":  # run by itself, it finds its neighbours from here, and they theirs
    sys.path[0] = str(Path(__file__).resolve().parents[2])

from standins.discord.library import discord, pointed_at
from standins.discord.server import DiscordStandin

app_commands = discord.app_commands
DAYS = ("Mon", "Tue")


class Form(discord.ui.Modal, title="Change it"):
    hour = discord.ui.TextInput(label="Hour", default="09:00", max_length=5)
    days = discord.ui.Label(
        text="Days",
        component=discord.ui.Select(
            options=[discord.SelectOption(label=day, default=day == "Mon") for day in DAYS]
        ),
    )

    async def on_submit(self, interaction: discord.Interaction) -> None:
        picked = self.days.component.values
        await interaction.response.send_message(f"{self.hour.value} on {picked}", ephemeral=True)


class Open(discord.ui.DynamicItem[discord.ui.Button], template=r"open:(?P<paper>[0-9.]+)"):
    """A button that says by its id what it is for, whichever process made it."""

    def __init__(self, paper: str) -> None:
        super().__init__(discord.ui.Button(label=f"Open {paper}", custom_id=f"open:{paper}"))
        self.paper = paper

    @classmethod
    async def from_custom_id(
        cls, _: discord.Interaction, __: discord.ui.Item[Any], match: re.Match[str]
    ) -> Self:
        return cls(match["paper"])

    async def callback(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_message(f"this is {self.paper}", ephemeral=True)


class Card(discord.ui.LayoutView):
    def __init__(self) -> None:
        super().__init__(timeout=None)
        row = discord.ui.ActionRow()
        for label in ("Count", "Change", "Defer"):
            button = discord.ui.Button(label=label, custom_id=f"card:{label.lower()}")
            button.callback = getattr(self, label.lower())
            row.add_item(button)
        picture = discord.ui.Thumbnail("https://example.org/a.png", description="First page")
        self.add_item(discord.ui.Section("A card", accessory=picture))
        self.add_item(row)
        self.add_item(discord.ui.ActionRow(Open("2401.00001")))
        options = [discord.SelectOption(label=day) for day in DAYS]
        select = discord.ui.Select(custom_id="card:days", max_values=2, options=options)
        select.callback = self.days
        self.add_item(discord.ui.ActionRow(select))
        self.select, self.presses = select, 0

    async def days(self, interaction: discord.Interaction) -> None:
        await interaction.response.defer()
        await interaction.followup.send(" and ".join(self.select.values), ephemeral=True)

    async def count(self, interaction: discord.Interaction) -> None:
        self.presses += 1
        changed = discord.ui.LayoutView(timeout=None)
        changed.add_item(discord.ui.TextDisplay(f"pressed {self.presses}"))
        await interaction.response.edit_message(view=changed)

    async def change(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_modal(Form())

    async def defer(self, interaction: discord.Interaction) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        await interaction.followup.send("at last")


class App(discord.AutoShardedClient):
    """A few commands, as an app has them, and all messages that it hears."""

    def __init__(self, intents: discord.Intents | None = None) -> None:
        super().__init__(intents=intents or discord.Intents.default(), guild_ready_timeout=0.05)
        self.tree = app_commands.CommandTree(self)
        self.heard: list[discord.Message] = []
        self.events: list[str] = []
        papers = app_commands.Group(
            name="papers",
            description="Papers",
            allowed_installs=app_commands.AppInstallationType(guild=True, user=True),
            allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True),
        )
        alert = app_commands.Group(name="alert", description="Alerts", parent=papers)
        papers.command(name="search", description="Search")(search)
        papers.command(name="card", description="A card")(card)
        papers.command(name="late", description="Defers")(late)
        papers.command(name="twice", description="Answers twice")(twice)
        alert.command(name="add", description="Add one")(add)
        self.tree.add_command(papers)
        self.tree.add_command(app_commands.ContextMenu(name="Look up papers", callback=look_up))

    async def setup_hook(self) -> None:
        self.add_view(Card())
        self.add_dynamic_items(Open)
        await self.tree.sync()

    async def before_identify_hook(self, *_: object, **__: object) -> None:
        """Without the library's five seconds between two of them."""

    async def on_message(self, message: discord.Message) -> None:
        self.heard.append(message)

    def dispatch(self, event: str, /, *args: object, **kwargs: object) -> None:
        self.events.append(event)
        super().dispatch(event, *args, **kwargs)


async def search(interaction: discord.Interaction, query: str, size: int = 5) -> None:
    await interaction.response.send_message(f"{size} about {query}")


async def _suggest(_: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
    return [app_commands.Choice(name=word, value=word) for word in ("rag", "rlhf") if typed in word]


search = app_commands.autocomplete(query=_suggest)(search)


async def card(interaction: discord.Interaction) -> None:
    await interaction.response.send_message(view=Card())


async def late(interaction: discord.Interaction) -> None:
    await interaction.response.defer(thinking=True)
    await interaction.edit_original_response(content="here it is")


async def twice(interaction: discord.Interaction) -> None:
    await interaction.response.send_message("once")
    interaction.response._response_type = None  # as a second process would
    try:
        await interaction.response.send_message("again")
    except discord.HTTPException as error:
        await interaction.followup.send(f"{error.status} {error.code}", ephemeral=True)


async def add(interaction: discord.Interaction, query: str, channel: discord.TextChannel) -> None:
    await interaction.response.send_message(f"{query} in {channel.name}", ephemeral=True)


async def look_up(interaction: discord.Interaction, message: discord.Message) -> None:
    await interaction.response.send_message(f"in: {message.content}", ephemeral=True)


@contextlib.asynccontextmanager
async def running(standin: DiscordStandin, app: App | None = None) -> AsyncIterator[App]:
    app = app or App()
    with pointed_at(standin):
        task = asyncio.create_task(app.start(standin.bot_token))
        try:
            await _ready(app, task)
            yield app
        finally:
            await app.close()
            await asyncio.gather(task, return_exceptions=True)


async def _ready(app: App, task: asyncio.Task[None]) -> None:
    """Wait until the app is ready, or raise what ended it."""
    ready = asyncio.create_task(app.wait_until_ready())
    await asyncio.wait([ready, task], timeout=10, return_when=asyncio.FIRST_COMPLETED)
    if task.done():
        ready.cancel()
        task.result()


def main() -> None:
    api, gateway, cdn, token = sys.argv[1:]
    where = SimpleNamespace(api_url=api, gateway_url=gateway, cdn_url=cdn)
    with pointed_at(where):
        App().run(token, log_handler=None)


if __name__ == "__main__":
    main()
