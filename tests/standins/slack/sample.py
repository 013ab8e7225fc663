"""A small app of slack_bolt, with a little of everything, to try the stand-in with."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import Any

from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from standins.slack.server import SlackStandin

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def button(text: str, action: str, value: str = "x") -> Json:
    return {"type": "button", "text": plain(text), "action_id": action, "value": value}


def section(text: str) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def card(count: int = 0) -> list[Json]:
    """A message with a counter, a button that opens a form, a select and a menu."""
    options = [{"text": plain(f"Title {n}"), "value": f"2401.0000{n}"} for n in (1, 2)]
    select = {
        "type": "static_select",
        "action_id": "o1",
        "placeholder": plain("Open a paper …"),
        "options": options,
    }
    menu = {"type": "overflow", "action_id": "more", "options": options}
    buttons = [button("Count", "count"), button("Change", "change"), button("Gone", "gone")]
    return [
        section(f"pressed {count}") | {"accessory": menu},
        {"type": "actions", "block_id": "row", "elements": [*buttons, select]},
    ]


def field(block: str, label: str, element: Json, **more: Any) -> Json:
    named = {"action_id": "value"} | element
    return {
        "type": "input",
        "block_id": block,
        "label": plain(label),
        "element": named,
    } | more


def form(note: str = "") -> Json:
    days = [{"text": plain(day), "value": day.lower()} for day in ("Mon", "Tue")]
    hour = {"type": "plain_text_input", "initial_value": "09:00", "max_length": 5}
    boxes = {"type": "checkboxes", "options": days, "initial_options": days[:1]}
    blocks = [field("hour", "Hour", hour), field("days", "Days", boxes, optional=True)]
    return {
        "type": "modal",
        "callback_id": "change",
        "title": plain("Change it"),
        "submit": plain("Save"),
        "blocks": blocks + ([section(note)] if note else []),
        "notify_on_close": True,
    }


class App(AsyncApp):
    """The app; `heard` is what came in, by its kind."""

    def __init__(self, slack: SlackStandin, **more: Any) -> None:
        """By OAuth if `more` says so, else with the token of the first workspace."""
        token = None if more else slack.bot_token
        client = AsyncWebClient(token=token, base_url=slack.api_url)
        super().__init__(client=client, signing_secret=slack.app.signing_secret, **more)
        self.heard: list[tuple[str, Json]] = []
        self.url = ""
        self._register()

    def hear(self, kind: str, body: Json) -> None:
        self.heard.append((kind, body))

    def kinds(self) -> list[str]:
        return [kind for kind, _ in self.heard]

    def _register(self) -> None:
        self.command("/papers")(self.papers)
        for name in ("count", "change", "gone", "o1", "more", "push", "due"):
            self.action(name)(getattr(self, name))
        self.view("change")(self.changed)
        self.view_closed("change")(self.was_closed)
        self.shortcut("look_up")(self.look_up)
        self.options("who")(self.who)
        for event in ("app_mention", "message", "member_joined_channel"):
            self.event(event)(self.spoken_to)
        for event in ("app_uninstalled", "tokens_revoked", "channel_archive", "channel_left"):
            self.event(event)(self.told)
        self.event("app_home_opened")(self.home)

    async def papers(self, ack: Any, body: Json, respond: Any, client: Any) -> None:
        text = body["text"]
        self.hear("command", body)
        if text == "silent":
            return
        if text == "now":
            await ack("at once")
            return
        await ack()
        if text == "form":
            await client.views_open(trigger_id=body["trigger_id"], view=form())
        elif text == "card":
            await respond(text="a card", blocks=card(), response_type="in_channel")
        else:
            await respond(text=f"you said {text}")

    async def count(self, ack: Any, body: Json, respond: Any) -> None:
        await ack()
        self.hear("count", body)
        shown = body["message"]["blocks"][0]["text"]["text"] if "message" in body else "pressed 0"
        number = int(shown.split()[-1]) + 1
        await respond(text="a card", blocks=card(number), replace_original=True)

    async def change(self, ack: Any, body: Json, client: Any) -> None:
        await ack()
        self.hear("change", body)
        await client.views_open(trigger_id=body["trigger_id"], view=form())

    async def gone(self, ack: Any, respond: Any) -> None:
        await ack()
        await respond(delete_original=True)

    async def o1(self, ack: Any, body: Json, client: Any) -> None:
        await ack()
        chosen = body["actions"][0]["selected_option"]["value"]
        await client.chat_postEphemeral(
            channel=body["channel"]["id"], user=body["user"]["id"], text=f"this is {chosen}"
        )

    more = o1

    async def push(self, ack: Any, body: Json, client: Any) -> None:
        await ack()
        await client.views_push(trigger_id=body["trigger_id"], view=form("pushed"))

    async def due(self, ack: Any, body: Json, client: Any) -> None:
        await ack()
        self.hear("due", body)
        view = form(body["actions"][0]["selected_time"])
        await client.views_update(view_id=body["view"]["id"], hash=body["view"]["hash"], view=view)

    async def changed(self, ack: Any, body: Json, client: Any) -> None:
        self.hear("submission", body)
        values = body["view"]["state"]["values"]
        hour = values["hour"]["value"]["value"]
        days = [each["value"] for each in values["days"]["value"]["selected_options"]]
        if hour == "later":
            await ack(response_action="errors", errors={"hour": "That is no hour."})
        elif hour == "push":
            await ack(response_action="push", view=form("on top"))
        elif hour == "more":
            await ack(response_action="update", view=form("changed"))
        elif hour == "clear":
            await ack(response_action="clear")
        elif hour == "wrong":
            await ack(response_action="errors", errors={"nothing": "There is no such block."})
        else:
            await ack()
            await client.chat_postMessage(channel=body["user"]["id"], text=f"{hour} on {days}")

    async def was_closed(self, ack: Any, body: Json) -> None:
        await ack()
        self.hear("closed", body)

    async def look_up(self, ack: Any, body: Json, client: Any) -> None:
        await ack()
        self.hear("shortcut", body)
        if "message" in body:
            note = body["message"]["text"]
            await client.views_open(trigger_id=body["trigger_id"], view=form(note))

    async def who(self, ack: Any, body: Json) -> None:
        self.hear("options", body)
        word = body["value"]
        await ack(options=[{"text": plain(f"{word} {n}"), "value": f"{n}"} for n in (1, 2)])

    async def spoken_to(self, event: Json, say: Any, body: Json) -> None:
        self.hear(event["type"], body)
        if event["type"] != "member_joined_channel":
            await say(text=f"heard: {event['text']}", thread_ts=event.get("thread_ts"))

    async def told(self, event: Json, body: Json) -> None:
        self.hear(event["type"], body)

    async def home(self, event: Json, client: Any) -> None:
        picker = {"type": "timepicker", "action_id": "due", "placeholder": plain("Hour")}
        row = {"type": "actions", "elements": [button("Change", "change"), picker]}
        view = {"type": "home", "blocks": [section(f"hello <@{event['user']}>"), row]}
        await client.views_publish(user_id=event["user"], view=view)


@contextlib.asynccontextmanager
async def running(slack: SlackStandin, app: App | None = None, **more: Any) -> AsyncIterator[App]:
    """The app, connected by Socket Mode."""
    app = app or App(slack)
    handler = AsyncSocketModeHandler(app, slack.app_token, **{"ping_interval": 0.5} | more)
    await handler.connect_async()
    try:
        await slack.ready()
        yield app
    finally:
        await handler.close_async()


@contextlib.asynccontextmanager
async def serving(slack: SlackStandin, app: App | None = None) -> AsyncIterator[App]:
    """The app at a URL of its own, to which the stand-in sends from now on."""
    app = app or App(slack)
    runner = web.AppRunner(app.web_app(), access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    app.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    slack.http.url = f"{app.url}/slack/events"
    try:
        yield app
    finally:
        slack.http.url = ""
        await runner.cleanup()
