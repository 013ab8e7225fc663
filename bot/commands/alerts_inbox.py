"""`alert inbox`: what a person's alerts caught and no message brought."""

from __future__ import annotations

from bot.bundles import catch_card
from bot.catches import Catches
from bot.commands import defaults
from bot.commands.alerts_asker import own_reader
from bot.commands.alerts_door import TRY_AGAIN, door_buttons, door_lines, knock
from bot.commands.alerts_telling import mute_buttons, mute_line, tell_bundle_hours, tell_mute
from bot.commands.cards import with_buttons
from bot.commands.desk import Desk
from bot.commands.pages import Page, pager, turn
from bot.commands.verbs import Kind, Param, Values
from bot.messages import Button, Invocation, Message, PaperCard, line
from bot.models import Hit
from bot.wording import count_of

CURSOR = Param("cursor", "The page to show", Kind.TEXT, inner=True)
SEEN = Param("seen", "Count all of it as seen", Kind.TEXT, inner=True)
DOOR = Param("door", "Try direct messages again", Kind.TEXT, inner=True)

_INBOX_DAYS = 30


async def inbox(desk: Desk, invocation: Invocation, values: Values) -> Message:
    """What was caught and not brought, from where the newest bundle was cut; its buttons count it
    as seen, or try the person's direct messages again.
    """
    if "door" in values:
        return await _try_door(desk, invocation)
    if "seen" in values:
        await desk.store.alerts.clear_inbox(invocation.user)
        return Message(lines=(line("Your inbox is empty now."),), buttons=(_MY_ALERTS,))
    reader = await own_reader(desk, invocation)
    about = (*mute_line(reader, desk.clock()), *door_lines(reader))
    hits = await desk.store.alerts.inbox(invocation.user, defaults.KEPT_RESULTS)
    cursor = values.get("cursor", "")
    if not hits and not cursor:
        text = (
            "Nothing waits in your inbox: it keeps what your alerts caught and no message brought."
        )
        return Message(lines=(line(text), *about), buttons=(_MY_ALERTS, *door_buttons(reader)))

    async def find() -> tuple[list[str], int]:
        return [hit.paper_id for hit in hits], len(hits)

    key = f"inbox {invocation.user.platform} {invocation.user.id}"
    page = await turn(desk, key, cursor, defaults.SEARCH_PAGE, find)
    return Message(
        title=f"Your inbox: {count_of(page.total, 'paper')}",
        subtitle=f"{page.span} · caught in the last {_INBOX_DAYS} days, and brought by no message",
        lines=about,
        cards=await _cards(desk, invocation, page, hits),
        buttons=(
            *pager(page, "alert inbox", {}),
            Button("Count all as seen", "alert inbox", {"seen": "yes"}),
            _MY_ALERTS,
            *mute_buttons(reader, desk.clock()),
            *door_buttons(reader),
        ),
    )


async def _cards(
    desk: Desk, invocation: Invocation, page: Page, hits: list[Hit]
) -> tuple[PaperCard, ...]:
    by_paper = {hit.paper_id: hit for hit in hits}
    lookup = Catches(desk.store.alerts, desk.store.papers, desk.clock())
    wanted = [by_paper[i] for i in page.ids if i in by_paper]
    catches = await lookup.marked(await lookup.of(invocation.user, wanted))
    shown = (catch_card(c, number) for number, c in enumerate(catches, page.start + 1))
    return with_buttons(shown, invocation)


async def _try_door(desk: Desk, invocation: Invocation) -> Message:
    reader = await own_reader(desk, invocation)
    text = f"What your alerts catch will come here, {tell_bundle_hours(reader)}."
    muted = tell_mute(reader, desk.clock())
    reader, remarks = await knock(desk, invocation, reader, f"{text} {muted}".strip())
    await desk.store.alerts.keep_reader(reader, desk.clock())
    if remarks:
        return Message(lines=remarks, buttons=(TRY_AGAIN, _MY_ALERTS))
    told = f"Your direct messages are open. What waits comes {tell_bundle_hours(reader)}."
    buttons = (*mute_buttons(reader, desk.clock()), Button("Inbox", "alert inbox"), _MY_ALERTS)
    return Message(lines=(line(f"{told} {muted}".strip()),), buttons=buttons)


_MY_ALERTS = Button("My alerts", "alert list")
