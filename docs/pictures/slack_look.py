"""What Slack was sent → a page that looks as its client shows it. Pure."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from standins.slack_mrkdwn import see_blocks, to_the_eye

from docs.pictures.slack_fields import controls, field_html, sign
from docs.pictures.slack_text import Json, object_html, rich_html, visible

STYLE, SIGNS = (Path(__file__).with_name(name) for name in ("slack.css", "signs.svg"))
TEXTS = {"rich_text", "section", "context", "header"}
NOTICE_CHARACTERS = 150  # of a message's text, as a phone tells of it
FACE = '<svg class="avatar"><use href="#paperboy"/></svg>'
PAGE = '<svg class="page"><use href="#page"/></svg>'  # of a paper that is made up


@dataclass(frozen=True)
class Shown:
    """One message as its reader sees it; `replies` stand in the thread under it."""

    blocks: Sequence[Json]
    text: str
    at: str
    is_private: bool = False
    files: Sequence[str] = ()
    replies: Sequence[Shown] = ()


@dataclass(frozen=True)
class Scene:
    """What is on the screen: messages, a modal with its errors by block, or the App Home.

    `place` stands at a phone's top. `notices` are texts as a phone tells of them while it is
    locked.
    """

    name: str
    place: str
    messages: Sequence[Shown] = ()
    view: Json = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    notices: Sequence[str] = ()


def page(scene: Scene, theme: str, width: int) -> str:
    """The scene as an HTML document."""
    is_phone = width < 600
    kind = f"{theme} {'phone' if is_phone else 'desktop'}"
    if scene.notices:
        body = "".join(map(_notice, scene.notices))
    elif scene.view:
        draw = _home if scene.view["type"] == "home" else _modal
        body = draw(scene.view, scene.errors)
    else:
        body = "".join(map(_message, scene.messages))
    has_top = is_phone and not scene.notices and scene.view.get("type") != "modal"
    top = f"<header><i>‹</i><b>{html.escape(scene.place)}</b></header>" if has_top else ""
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><style>{STYLE.read_text()}</style>'
        f'<body class="{kind}">{SIGNS.read_text()}{top}<main>{body}</main></body></html>'
    )


def prove(scene: Scene) -> None:
    """Two readers of Slack's texts, written apart, see the same."""
    every = [each for shown in scene.messages for each in (shown, *shown.replies)]
    blocks = [block for shown in every for block in shown.blocks] + scene.view.get("blocks", [])
    for block in (each for each in blocks if each["type"] in TEXTS):
        ours = to_the_eye(visible(_block(block)))
        [theirs] = see_blocks([block])
        if ours.split() != theirs.text.split():
            raise AssertionError(f"{scene.name}: {ours!r} is not {theirs.text!r}")


def _message(shown: Shown) -> str:
    return f"{_article(shown)}{_thread(shown)}"


def _article(shown: Shown, *, follows: bool = False) -> str:
    private = f'<div class="private">{sign("eye")}Only visible to you</div>'
    name = (
        '<div class="name"><b>Paperboy</b> <span class="app">APP</span> '
        f"<time>{html.escape(shown.at)}</time></div>"
    )
    files = "".join(
        f'<div class="file">{sign("file")}{html.escape(each)}</div>' for each in shown.files
    )
    inner = f"{'' if follows else name}{_blocks(shown.blocks)}{files}{_replies(shown)}"
    gutter = '<div class="avatar"></div>' if follows else FACE
    return (
        f'<article class="{"own" if shown.is_private else ""}">'
        f"{private if shown.is_private else ''}"
        f'<div class="row">{gutter}<div class="body">{inner}</div></div></article>'
    )


def _replies(shown: Shown) -> str:
    """What stands under a message that has a thread, and leads to it."""
    if not shown.replies:
        return ""
    count = f"{len(shown.replies)} {'reply' if len(shown.replies) == 1 else 'replies'}"
    at = html.escape(shown.replies[-1].at)
    return f'<div class="replies">{FACE}<a>{count}</a> <span>Last reply today at {at}</span></div>'


def _thread(shown: Shown) -> str:
    """The thread under a message, opened. The client names whoever writes on only once."""
    if not shown.replies:
        return ""
    first, *others = shown.replies
    inside = "".join([_article(first), *(_article(each, follows=True) for each in others)])
    return f'<section class="thread"><div class="head"><b>Thread</b></div>{inside}</section>'


def _notice(text: str) -> str:
    cut = text[:NOTICE_CHARACTERS] + ("…" if len(text) > NOTICE_CHARACTERS else "")
    return (
        f'<div class="notice">{FACE}<div><b>Paperboy</b><time>now</time><p>{html.escape(cut)}</p>'
        "</div></div>"
    )


def _modal(view: Json, errors: Mapping[str, str]) -> str:
    title, close = (html.escape(view[name]["text"]) for name in ("title", "close"))
    submit = html.escape(view["submit"]["text"]) if "submit" in view else ""
    send = f'<span class="button primary">{submit}</span>' if submit else ""
    return (
        f'<div class="modal"><div class="head">{FACE}<b>{title}</b><i>✕</i><em>{submit}</em></div>'
        f'<div class="fields">{_blocks(view["blocks"], errors)}</div>'
        f'<div class="foot"><span class="button">{close}</span>{send}</div></div>'
    )


def _home(view: Json, errors: Mapping[str, str]) -> str:
    tabs = "<b>Home</b><span>Messages</span><span>About</span>"
    inner = _blocks(view["blocks"], errors)
    return f'<div class="home"><div class="tabs">{tabs}</div>{inner}</div>'


def _blocks(blocks: Iterable[Json], errors: Mapping[str, str] | None = None) -> str:
    known = errors or {}
    made = (_block(each, known.get(each.get("block_id", ""), "")) for each in blocks)
    return f'<div class="blocks">{"".join(made)}</div>'


def _block(block: Json, error: str = "") -> str:
    match block["type"]:
        case "header":
            made = f'<div class="header">{object_html(block["text"])}</div>'
        case "context":
            inner = " ".join(f"<span>{object_html(each)}</span>" for each in block["elements"])
            made = f'<div class="context">{inner}</div>'
        case "rich_text":
            made = f'<div class="rich">{rich_html(block)}</div>'
        case "section":
            made = _section(block)
        case "divider":
            made = "<hr>"
        case "actions":
            made = f'<div class="actions">{controls(block["elements"])}</div>'
        case "input":
            made = field_html(block, error)
        case kind:
            raise ValueError(f"there is no look for {kind} yet")
    return made


def _section(block: Json) -> str:
    beside = block.get("accessory")
    shown = ""
    if beside and beside["type"] == "image":
        shown = f'<div class="picture" aria-label="{html.escape(beside["alt_text"])}">{PAGE}</div>'
    elif beside:
        shown = f'<div class="beside">{controls([beside])}</div>'
    return f'<div class="section"><div>{object_html(block["text"])}</div>{shown}</div>'
