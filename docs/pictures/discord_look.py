"""What Discord was sent → a page that looks as its client shows it. Pure."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from standins.discord_markdown import see

from docs.pictures.discord_markdown import to_html, visible

Component = dict[str, Any]

STYLE, SIGNS = (Path(__file__).with_name(name) for name in ("discord.css", "signs.svg"))
ROW, BUTTON, SELECT, TEXT_INPUT, SECTION, TEXT, THUMBNAIL = 1, 2, 3, 4, 9, 10, 11
FILE, SEPARATOR, CONTAINER, LABEL = 13, 14, 17, 18
PARAGRAPH = 2
FENCE = "```"  # of a block of code, which the other reader leaves as it stands
BUTTON_STYLES = {1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "link"}
NOBODY = '<div class="avatar"></div>'
LEAVES, OPENS, EYE, THREAD, AVATAR, FIRST_PAGE = (
    f'<svg class="{kind}"><use href="#{name}"/></svg>'
    for kind, name in (
        ("sign", "leaves"),
        ("sign", "opens"),
        ("sign", "eye"),
        ("sign", "thread"),
        ("avatar", "paperboy"),
        ("page", "page"),  # of a paper that is made up
    )
)


@dataclass(frozen=True)
class Shown:
    """One message as its reader sees it.

    `used` is the command it answers, "" for none. `thread` is the name of the thread under it, ""
    for none, and `within` the messages in that.
    """

    components: Sequence[Component]
    at: str
    content: str = ""
    used: str = ""
    is_private: bool = False
    thread: str = ""
    within: Sequence[Shown] = ()


@dataclass(frozen=True)
class Scene:
    """What is on the screen: messages, or a form. `place` stands at a phone's top."""

    name: str
    place: str
    messages: Sequence[Shown] = ()
    form: Component = field(default_factory=dict)


def page(scene: Scene, theme: str, width: int) -> str:
    """The scene as an HTML document."""
    is_phone = width < 600
    top = f"<header><i>‹</i>{html.escape(scene.place)}</header>" if is_phone else ""
    body = _form(scene.form) if scene.form else "".join(map(_message, scene.messages))
    kind = f"{theme} {'phone' if is_phone else 'desktop'}"
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><style>{STYLE.read_text()}</style>'
        f'<body class="{kind}">{SIGNS.read_text()}{top}<main>{body}</main></body></html>'
    )


def prove(scene: Scene) -> None:
    """Two readers of Discord's markdown, written apart, see the same text."""
    every = [each for shown in scene.messages for each in (shown, *shown.within)]
    for markdown in (text for shown in every for text in texts(shown.components)):
        ours, theirs = visible(to_html(markdown)), see(markdown).text.replace(FENCE, "")
        if ours.split() != theirs.split():
            raise AssertionError(f"{scene.name}: {ours!r} is not {theirs!r}")


def texts(components: Iterable[Component]) -> list[str]:
    """The markdown of every text, also of nested ones."""
    found = []
    for component in components:
        if component["type"] == TEXT:
            found.append(component["content"])
        found += texts(component.get("components", ()))
    return found


def _message(shown: Shown) -> str:
    return f"{_article(shown)}{_thread(shown)}"


def _thread(shown: Shown) -> str:
    """The thread under a message, opened. The client names whoever writes on only once."""
    if not shown.thread:
        return ""
    first, *others = shown.within
    inside = "".join([_article(first), *(_article(each, follows=True) for each in others)])
    name = html.escape(shown.thread)
    return (
        f'<section class="thread"><div class="head">{THREAD}<b>{name}</b></div>{inside}</section>'
    )


def _article(shown: Shown, *, follows: bool = False) -> str:
    used = (
        f'<div class="used"><span class="who">Ada</span> used <span class="command">'
        f"{html.escape(shown.used)}</span></div>"
        if shown.used
        else ""
    )
    said = f'<div class="text">{to_html(shown.content)}</div>' if shown.content else ""
    private = (
        f'<div class="private">{EYE} Only you can see this <i>•</i> <a>Dismiss message</a></div>'
        if shown.is_private
        else ""
    )
    name = (
        f'<div class="name">Paperboy <span class="app">APP</span> '
        f"<time>{html.escape(shown.at)}</time></div>"
    )
    kind = f"{'own' if shown.is_private else ''} {'follows' if follows else ''}".strip()
    inner = f"{'' if follows else name}{said}{_all(shown.components)}{private}{_chip(shown)}"
    return (
        f'<article class="{kind}">{used}<div class="row">{NOBODY if follows else AVATAR}'
        f'<div class="body">{inner}</div></div></article>'
    )


def _chip(shown: Shown) -> str:
    """What stands under a message that has a thread, and leads to it."""
    if not shown.thread:
        return ""
    count = f"{len(shown.within)} Messages ›"
    return f'<div class="chip"><b>{html.escape(shown.thread)}</b> <a>{count}</a></div>'


def _all(components: Iterable[Component]) -> str:
    return "".join(map(_component, components))


def _component(component: Component) -> str:
    kind, inner = component["type"], component.get("components", ())
    if kind == CONTAINER:
        colour = component.get("accent_color")
        bar = "" if colour is None else f' style="--bar: #{colour:06x}"'
        return f'<div class="container"{bar}>{_all(inner)}</div>'
    if kind == TEXT:
        return f'<div class="text">{to_html(component["content"])}</div>'
    if kind == SECTION:
        beside = _component(component["accessory"])
        return f'<div class="section"><div>{_all(inner)}</div>{beside}</div>'
    if kind == SEPARATOR:
        return f'<hr class="{"" if component.get("divider", True) else "unseen"}">'
    if kind == ROW:
        return f'<div class="buttons">{_all(inner)}</div>'
    return _control(component)


def _control(component: Component) -> str:
    kind = component["type"]
    if kind == BUTTON:
        style = BUTTON_STYLES[component["style"]]
        sign = LEAVES if style == "link" else ""
        return f'<span class="button {style}">{html.escape(component["label"])}{sign}</span>'
    if kind == SELECT:
        return _select(component)
    if kind == THUMBNAIL:
        label = html.escape(component.get("description", ""))
        return f'<div class="picture" aria-label="{label}">{FIRST_PAGE}</div>'
    if kind == FILE:
        name = component["file"]["url"].removeprefix("attachment://")
        return f'<div class="file">{html.escape(name)}</div>'
    raise ValueError(f"there is no look for components of type {kind} yet")


def _select(component: Component) -> str:
    held = [option["label"] for option in component["options"] if option.get("default")]
    shown = ", ".join(held) or component.get("placeholder", "Make a selection")
    kind = "held" if held else "open"
    return f'<div class="select {kind}"><span>{html.escape(shown)}</span>{OPENS}</div>'


def _form(form: Component) -> str:
    fields, title = "".join(map(_field, form["components"])), html.escape(form["title"])
    return (
        f'<div class="form"><div class="head">{AVATAR}<b>{title}</b><i>✕</i></div>'
        f'{fields}<div class="foot"><span class="button secondary">Cancel</span>'
        '<span class="button primary">Submit</span></div></div>'
    )


def _field(label: Component) -> str:
    if label["type"] == TEXT:
        return f'<div class="text">{to_html(label["content"])}</div>'
    inner = label["component"]
    star = '<em class="needed">*</em>' if inner.get("required", True) else ""
    hint = html.escape(label.get("description", ""))
    about = f'<div class="hint">{hint}</div>' if hint else ""
    if inner["type"] == SELECT:
        box = _select(inner)
    else:
        size = "long" if inner["style"] == PARAGRAPH else ""
        value = inner.get("value", "")
        text = html.escape(value or inner.get("placeholder", ""))
        box = f'<div class="input {size} {"" if value else "open"}">{text}</div>'
    return f"<label>{html.escape(label['label'])}{star}</label>{about}{box}"
