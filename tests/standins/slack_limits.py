"""A validator of Slack's limits, written from the documents and not from the adapter.

Sources: PLATFORMS.md and Slack's Block Kit reference. `message_problems` takes the body of
chat.postMessage, `view_problems` a modal or a Home; both give what Slack would refuse, where it
stands first, and nothing where all is well. What `slack_sdk.models` says is asked as well.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View
from standins.slack_elements import IN_ACTIONS, IN_INPUT, IN_SECTION, element, image, options
from standins.slack_rich_texts import rich_text
from standins.slack_texts import length, plain, sized, text, unencodable, unescaped, unknown

Json = dict[str, Any]
Check = Callable[[Json, str], Iterator[str]]
MOST_IN_A_MESSAGE, MOST_IN_A_VIEW = 50, 100  # blocks
MESSAGE_TEXT = 40_000
WHOLE_MESSAGE = 13_200  # characters shown in all blocks; reported, not documented
VIEW_BYTES = 250_000
UNPARSED = (SlackObjectFormationError, TypeError, AttributeError, KeyError, ValueError)
MESSAGE_FIELDS = {
    "text", "blocks", "attachments", "thread_ts", "reply_broadcast", "unfurl_links", "unfurl_media",
    "mrkdwn", "metadata", "response_type", "replace_original", "delete_original", "channel", "user",
    "ts",
}  # fmt: skip
VIEW_FIELDS = {
    "type", "title", "submit", "close", "blocks", "private_metadata", "callback_id",
    "clear_on_close", "notify_on_close", "external_id", "submit_disabled",
}  # fmt: skip
BLOCK_FIELDS: dict[str, set[str]] = {
    "section": {"text", "fields", "accessory", "expand"},
    "divider": set(),
    "header": {"text"},
    "image": {"image_url", "slack_file", "alt_text", "title"},
    "actions": {"elements"},
    "context": {"elements"},
    "input": {"label", "element", "hint", "optional", "dispatch_action"},
    "rich_text": {"elements"},
    "markdown": {"text"},
}
ONLY_IN_MESSAGES = {"markdown"}


def message_problems(body: Json) -> list[str]:
    """What Slack would refuse in a message, and a `text` that is missing beside the blocks."""
    return [*_shaped(_message, body, "the message"), *_by_the_library(_list(body.get("blocks")))]


def view_problems(view: Json) -> list[str]:
    """What Slack would refuse in a modal or a Home."""
    by_the_library = [*_by_the_library(_list(view.get("blocks"))), *_view_by_the_library(view)]
    return [*_shaped(_view, view, "the view"), *by_the_library]


def option_problems(offered: list[Json]) -> list[str]:
    """What Slack would refuse in the options of a suggestion; none at all is allowed."""
    return [*options(offered, "external_select", "options")] if offered else []


def _message(body: Json, where: str) -> Iterator[str]:
    """First what Slack has an error of its own for."""
    blocks, words = _list(body.get("blocks")), body.get("text") or ""
    if not words.strip():
        yield "no_text: there is no text for notifications and screen readers"
    if length(words) > MESSAGE_TEXT:
        yield f"msg_too_long: text of {length(words)} characters"
    total = sum(map(length, shown_texts(blocks)))
    if total > WHOLE_MESSAGE:
        yield f"msg_blocks_too_long: {total} characters in all blocks"
    yield from unencodable(body, where)
    yield from unknown(body, MESSAGE_FIELDS, where)
    if body.get("mrkdwn", True):
        yield from unescaped(words, "text")
    if len(blocks) > MOST_IN_A_MESSAGE:
        yield f"{len(blocks)} blocks"
    yield from _blocks(blocks, BLOCK_FIELDS.keys())


def _view(view: Json, where: str) -> Iterator[str]:
    blocks = _list(view.get("blocks"))
    size = len(json.dumps(view, ensure_ascii=False).encode("utf-8", "replace"))
    if size > VIEW_BYTES:
        yield f"view_too_large: {size} bytes"
    yield from unencodable(view, where)
    yield from unknown(view, VIEW_FIELDS, where)
    if not 1 <= len(blocks) <= MOST_IN_A_VIEW:
        yield f"{len(blocks)} blocks"
    for name, most in {"private_metadata": 3000, "callback_id": 255, "external_id": 255}.items():
        if name in view:
            yield from sized(view[name], 0, most, name)
    yield from _modal(view, blocks) if view.get("type") == "modal" else _home(view)
    yield from _blocks(blocks, BLOCK_FIELDS.keys() - ONLY_IN_MESSAGES)


def _list(blocks: object) -> list[Any]:
    return blocks if isinstance(blocks, list) else []


# --- the view around its blocks


def _modal(view: Json, blocks: list[Json]) -> Iterator[str]:
    yield from plain(view.get("title"), 24, "title")
    for name in ("submit", "close"):
        if name in view:
            yield from plain(view[name], 24, name)
    if "submit" not in view and any(each.get("type") == "input" for each in blocks):
        yield "submit is required where there are inputs"
    focused = [each for each in blocks if each.get("element", {}).get("focus_on_load")]
    if len(focused) > 1:
        yield f"{len(focused)} elements have focus_on_load"


def _home(view: Json) -> Iterator[str]:
    if view.get("type") != "home":
        yield f"a view of type {view.get('type')!r}"
    for name in ("title", "submit", "close"):
        if name in view:
            yield f"a Home has no {name}"


# --- blocks


def shown_texts(value: object) -> Iterator[str]:
    """Every text that is shown: of text objects, of markdown, the alternatives of images."""
    if isinstance(value, list):
        for each in value:
            yield from shown_texts(each)
    elif isinstance(value, dict):
        own = value.get("text")
        if isinstance(own, str):
            yield own
        if isinstance(value.get("alt_text"), str):
            yield value["alt_text"]
        for name, each in value.items():
            if name not in ("confirm", "initial_option", "initial_options"):
                yield from shown_texts(each)


def _blocks(blocks: list[Json], allowed: Any) -> Iterator[str]:
    for place, block in enumerate(blocks):
        where = f"blocks/{place}"
        kind = block.get("type") if isinstance(block, dict) else None
        if not isinstance(kind, str) or kind not in allowed:
            yield f"{where}: a {kind} may not stand here"
            continue
        yield from unknown(block, BLOCK_FIELDS[kind] | {"type", "block_id"}, f"{where}:{kind}")
        if "block_id" in block:
            yield from sized(block["block_id"], 1, 255, f"{where}/block_id")
        yield from _shaped(CHECKS[kind], block, f"{where}:{kind}")
    yield from _twice((each.get("block_id") for each in blocks), "block_id")
    yield from _twice(_action_ids(blocks), "action_id")


def _shaped(check: Check, block: Json, where: str) -> Iterator[str]:
    """What the check finds; another shape than it expects is a finding too."""
    try:
        yield from check(block, where)
    except (TypeError, AttributeError, KeyError, ValueError) as error:
        yield f"{where}: not shaped like one ({error})"


def _twice(names: Any, what: str) -> Iterator[str]:
    counted = Counter(each for each in names if isinstance(each, str))
    yield from (f"{what} {name!r} is there {n} times" for name, n in counted.items() if n > 1)


def _action_ids(blocks: list[Json]) -> Iterator[str | None]:
    """Those outside of inputs: within a message no two may be the same, as a house rule."""
    for block in blocks:
        inner = block.get("elements")
        for each in (block.get("accessory"), *(inner if isinstance(inner, list) else ())):
            if isinstance(each, dict):
                yield each.get("action_id")


def _section(block: Json, where: str) -> Iterator[str]:
    fields = block.get("fields", [])
    if "text" not in block and not fields:
        yield f"{where}: neither text nor fields"
    if "text" in block:
        yield from text(block["text"], 3000, f"{where}/text")
    if "fields" in block and not 1 <= len(fields) <= 10:
        yield f"{where}: {len(fields)} fields"
    for place, each in enumerate(fields):
        yield from text(each, 2000, f"{where}/fields/{place}")
    if "accessory" in block:
        yield from element(block["accessory"], IN_SECTION, f"{where}/accessory")


def _header(block: Json, where: str) -> Iterator[str]:
    yield from plain(block.get("text"), 150, f"{where}/text")


def _image(block: Json, where: str) -> Iterator[str]:
    yield from image(block, where)
    if "title" in block:
        yield from plain(block["title"], 2000, f"{where}/title")


def _actions(block: Json, where: str) -> Iterator[str]:
    inner = block.get("elements", [])
    if not 1 <= len(inner) <= 25:
        yield f"{where}: {len(inner)} elements"
    for place, each in enumerate(inner):
        yield from element(each, IN_ACTIONS, f"{where}/elements/{place}")


def _context(block: Json, where: str) -> Iterator[str]:
    inner = block.get("elements", [])
    if not 1 <= len(inner) <= 10:
        yield f"{where}: {len(inner)} elements"
    for place, each in enumerate(inner):
        here = f"{where}/elements/{place}"
        if each.get("type") == "image":
            yield from element(each, {"image"}, here)
        else:
            yield from text(each, 3000, here)


def _input(block: Json, where: str) -> Iterator[str]:
    yield from plain(block.get("label"), 2000, f"{where}/label")
    if "hint" in block:
        yield from plain(block["hint"], 2000, f"{where}/hint")
    for name in ("optional", "dispatch_action"):
        if not isinstance(block.get(name, True), bool):
            yield f"{where}/{name}: {block[name]!r}"
    yield from element(block.get("element", {}), IN_INPUT, f"{where}/element")


def _markdown(block: Json, where: str) -> Iterator[str]:
    yield from sized(block.get("text", ""), 1, 12_000, f"{where}/text")


def _nothing(_: Json, __: str) -> Iterator[str]:
    yield from ()


CHECKS = {
    "section": _section,
    "divider": _nothing,
    "header": _header,
    "image": _image,
    "actions": _actions,
    "context": _context,
    "input": _input,
    "rich_text": rich_text,
    "markdown": _markdown,
}


# --- what the library itself says


def _by_the_library(blocks: list[Json]) -> Iterator[str]:
    for place, block in enumerate(blocks):
        try:
            parsed = Block.parse(block)
            if parsed is None:
                yield f"blocks/{place}: slack_sdk knows no such block"
            else:
                parsed.to_dict()
        except UNPARSED as error:
            yield f"blocks/{place}: slack_sdk says: {error}"


def _view_by_the_library(view: Json) -> Iterator[str]:
    try:
        View(**view).to_dict()
    except UNPARSED as error:
        yield f"slack_sdk says: {error}"
