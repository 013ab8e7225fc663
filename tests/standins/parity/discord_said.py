"""Discord's messages, modals and cards of selects as a person sees them."""

from __future__ import annotations

from typing import Any

from standins.discord.components import BUTTON, LINK_STYLE, STRING_SELECT, TEXT, walked
from standins.discord.server import DiscordStandin
from standins.discord.world import Message
from standins.discord_markdown import see
from standins.parity.said import NAME_OF_HELP, Asks, Said, form_title, lines_of

from adapters.discord.blocks import PLACEHOLDER

Json = dict[str, Any]


def read_message(discord: DiscordStandin, message: Message) -> Said:
    """A message as a person sees it."""
    seen = [see(c["content"]) for c in walked(message.components) if c.get("type") == TEXT]
    seen += [see(message.content)] if message.content else []
    inner = [*walked(message.components)]
    leading = {c["url"] for c in inner if c.get("type") == BUTTON and c.get("style") == LINK_STYLE}
    menus = [c for c in inner if c.get("placeholder") == PLACEHOLDER]
    return Said(
        lines=lines_of(*(each.text for each in seen)),
        links=frozenset({url for each in seen for _, url in each.links} | leading),
        buttons=tuple(buttons(message)),
        menu=tuple(option["label"] for menu in menus for option in menu["options"]),
        files=tuple(_files(discord, message)),
        private=message.is_ephemeral,
        shown=message,
    )


def _files(discord: DiscordStandin, message: Message) -> list[tuple[str, str]]:
    found = []
    for each in message.attachments:
        path = each["url"].partition("/cdn/")[2]
        found.append((each["filename"], discord.world.files[path].decode()))
    return found


def read_modal(answer: Any) -> Asks:
    """A modal as a person sees it."""
    fields = {}
    for label in answer.data["components"]:
        component = label["component"]
        held = component.get("value", "") or ",".join(_marked(component))
        assert NAME_OF_HELP[label["description"]] == component["custom_id"]
        fields[component["custom_id"]] = held
    return Asks(form_title(answer.data["title"]), fields, answer)


def read_card(message: Message) -> Asks:
    """A form of selects."""
    title, *_ = lines_of(
        *(see(c["content"]).text for c in walked(message.components) if c.get("type") == TEXT)
    )
    fields = {NAME_OF_HELP[c["placeholder"]]: ",".join(_marked(c)) for c in selects(message)}
    return Asks(form_title(title), fields, message)


def _marked(select: Json) -> list[str]:
    return [option["value"] for option in select.get("options", ()) if option.get("default")]


def selects(message: Message) -> list[Json]:
    """The selects of a form: not the menu that opens papers."""
    found = [c for c in walked(message.components) if c.get("type") == STRING_SELECT]
    return [select for select in found if select.get("placeholder") != PLACEHOLDER]


def buttons(message: Message) -> list[str]:
    """The labels of what can be pressed; what only leads to an address is a link."""
    found = [c for c in walked(message.components) if c.get("type") == BUTTON]
    return [c["label"] for c in found if c.get("style") != LINK_STYLE]
