"""`subscriptions …`: see, change, pause, resume, remove, try and look after a channel's own."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from bot.commands.choosing import choose, refuse_twin
from bot.commands.desk import Desk
from bot.commands.settling import (
    SETTINGS,
    archives_wanted,
    changed,
    settings_as_texts,
)
from bot.commands.telling import (
    subscription_lines,
    tell_hours,
    tell_moment,
    tell_moment_in_full,
    tell_pause,
    tell_share,
)
from bot.commands.verbs import Values, form_fields
from bot.messages import Button, Form, Invocation, Message, line
from bot.models import Subscription, SubscriptionState
from bot.places import resumed
from bot.query_words import tell_filter
from bot.schedules import local_day
from bot.wording import capital, listing

ACTIVE, PAUSED, REMOVED = (
    SubscriptionState.ACTIVE,
    SubscriptionState.PAUSED,
    SubscriptionState.REMOVED,
)

_AMONG_EDITIONS = 10  # how many of the latest are looked through for that of a day


async def show_all(desk: Desk, invocation: Invocation, values: Values) -> Message:  # noqa: ARG001
    """The channel's subscriptions."""
    there = await desk.store.subscriptions.of_channel(invocation.channel)
    if not there:
        text = "Nothing is subscribed in this channel yet."
        return Message(lines=(line(text),), buttons=(Button("Subscribe", "subscribe"),))
    lines = tuple(told for subscription in there for told in subscription_lines(subscription))
    buttons = _usual_buttons(there[0]) if len(there) == 1 else ()
    return Message(title="Subscriptions of this channel", lines=lines, buttons=buttons)


async def change(desk: Desk, invocation: Invocation, values: Values) -> Message | Form:
    """Change settings; without any, the form that asks for them."""
    subscription, now = await choose(desk, invocation, values), desk.clock()
    if isinstance(subscription, Message):
        return subscription
    if not any(param.name in values for param in SETTINGS):
        return _form(subscription)
    last_day = await _last_day(desk, subscription, now)

    def revised(known: Subscription) -> Subscription:
        return replace(changed(known, values, now, last_day), contact=invocation.user)

    new = revised(subscription)
    await refuse_twin(desk, new)
    archives = await desk.librarian.want_archives(archives_wanted(new), now)
    new = await desk.store.subscriptions.revise(new.id, revised) or new
    lines = list(subscription_lines(new))
    if archives:
        text = f"The last 7 days of arXiv's {listing(sorted(archives))} are on their way."
        lines.append(line(text))
    is_same = settings_as_texts(new) == settings_as_texts(subscription)
    title = "Nothing to change: it is so already" if is_same else "Changed"
    return Message(title=title, lines=tuple(lines), buttons=_usual_buttons(new))


async def pause(desk: Desk, invocation: Invocation, values: Values) -> Message:
    """Post nothing until it is resumed; the settings stay. Undoes the removal of a paused one."""
    subscription = await choose(desk, invocation, values, removed=True)
    if isinstance(subscription, Message):
        return subscription
    if subscription.state is PAUSED:
        return _said(f"#{subscription.id} is {tell_pause(subscription)}.", _resume(subscription))
    if subscription.state is REMOVED:
        if not subscription.paused_at:
            return _removed(subscription)
        await refuse_twin(desk, subscription)
    reason, now = f"paused by {_name(invocation)}", desk.clock()

    def paused(known: Subscription) -> Subscription:
        there = replace(known, state=PAUSED, contact=invocation.user)
        return there if known.paused_at else replace(there, pause_reason=reason, paused_at=now)

    await desk.store.subscriptions.revise(subscription.id, paused)
    await desk.store.subscriptions.hold_unsent(subscription.id)
    text = f"#{subscription.id} is paused. What comes meanwhile waits for you, up to 31 days."
    return _said(text, _resume(subscription))


async def resume(desk: Desk, invocation: Invocation, values: Values) -> Message:
    """Post again; also brings back what was removed. Hours missed meanwhile become one edition."""
    subscription = await choose(desk, invocation, values, removed=True)
    if isinstance(subscription, Message):
        return subscription
    if subscription.state is ACTIVE:
        following = tell_moment(subscription.next_due_at, subscription.zone)
        return _said(f"#{subscription.id} is active already; the next digest comes {following}.")
    await refuse_twin(desk, subscription)
    now = desk.clock()
    missed = await desk.store.subscriptions.free_unsent(subscription.id, now)

    def revised(known: Subscription) -> Subscription:
        return replace(resumed(known, now, missed=missed), contact=invocation.user)

    active = await desk.store.subscriptions.revise(subscription.id, revised) or subscription
    if active.next_due_at <= now:
        text = f"#{active.id} is active again. One digest for the time away comes first."
    else:
        following = tell_moment_in_full(active.next_due_at, active.zone)
        text = f"#{active.id} is active again. The next digest comes {following}."
    return _said(text, *_usual_buttons(active))


async def remove(desk: Desk, invocation: Invocation, values: Values) -> Message:
    """Post no more. The row stays, so that it can be undone and explained."""
    subscription = await choose(desk, invocation, values, removed=True)
    if isinstance(subscription, Message):
        return subscription
    reason = f"removed by {_name(invocation)}"

    def removed(known: Subscription) -> Subscription:
        why = known.pause_reason or reason
        return replace(known, state=REMOVED, pause_reason=why, contact=invocation.user)

    if subscription.state is not REMOVED:
        await desk.store.subscriptions.revise(subscription.id, removed)
        await desk.store.subscriptions.hold_unsent(subscription.id)
    return _removed(subscription)


async def try_out(desk: Desk, invocation: Invocation, values: Values) -> Message:
    """Post here what an edition made now would hold; it uses nothing up."""
    subscription = await choose(desk, invocation, values)
    if isinstance(subscription, Message):
        return subscription
    edition, message = await desk.editor.preview(subscription, desk.clock())
    title = f"Test: {message.title}" if message.title else "Test"
    trial = replace(message, title=title, private=False)
    if not (message.cards or message.lines or message.notes):
        trial = replace(trial, lines=(line("Nothing is due here just now."),))
    await desk.courier.post(subscription.channel, trial, f"test:{invocation.key}")
    count = tell_share(edition.shown, edition.due)
    text = f"A test of #{subscription.id} is on its way here: {count}. It uses nothing up."
    return _said(text)


async def post_latest(desk: Desk, invocation: Invocation, values: Values) -> Message:
    """Make today's edition now."""
    subscription = await choose(desk, invocation, values)
    if isinstance(subscription, Message):
        return subscription
    if subscription.state is PAUSED:
        return _said(f"#{subscription.id} is {tell_pause(subscription)}.", _resume(subscription))
    edition = await desk.editor.post_now(subscription, desk.clock())
    if edition is None:
        following = tell_moment(subscription.next_due_at, subscription.zone)
        text = "There is nothing new for it"
        if await _is_out(desk, subscription):
            text = "Today's digest is out already"
        return _said(
            f"{text}; the next comes {following}.",
            _button("Test", "subscriptions test", subscription),
        )
    return _said(f"The latest is on its way: {tell_share(edition.shown, edition.due)}.")


async def look_after(desk: Desk, invocation: Invocation, values: Values) -> Message:
    """Become the contact: the one who is told when something is wrong."""
    subscription = await choose(desk, invocation, values)
    if isinstance(subscription, Message):
        return subscription
    contact = subscription.contact
    if (contact.platform, contact.id) == (invocation.user.platform, invocation.user.id):
        return _said(f"You look after #{subscription.id} already.")

    def adopted(known: Subscription) -> Subscription:
        return replace(known, contact=invocation.user)

    await desk.store.subscriptions.revise(subscription.id, adopted)
    before = contact.name or contact.id or "nobody"
    text = f"You look after #{subscription.id} now, instead of {before}."
    return _said(text)


async def _last_day(desk: Desk, subscription: Subscription, now: datetime) -> date | None:
    """The local day of its last edition; not of one that a clock far ahead has made."""
    latest = local_day(now, subscription.zone) + timedelta(days=1)  # the zone may have changed
    editions = await desk.store.subscriptions.editions(subscription.id, _AMONG_EDITIONS)
    return next((e.local_day for e in editions if e.local_day <= latest), None)


async def _is_out(desk: Desk, subscription: Subscription) -> bool:
    editions = await desk.store.subscriptions.editions(subscription.id, _AMONG_EDITIONS)
    today = local_day(desk.clock(), subscription.zone)
    return any(edition.local_day == today for edition in editions)


def _removed(subscription: Subscription) -> Message:
    """What was removed, and the way back to how it stood: paused or active."""
    undo = "subscriptions pause" if subscription.paused_at else "subscriptions resume"
    what = f"{tell_filter(subscription.filter)}, {tell_hours(subscription)}"
    text = f"#{subscription.id} is removed: {what}."
    return _said(text, _button("Undo", undo, subscription))


def _form(subscription: Subscription) -> Form:
    return Form(
        title=f"Settings of digest #{subscription.id}",
        verb="subscriptions change",
        fields=form_fields(SETTINGS, settings_as_texts(subscription)),
        args={"subscription": str(subscription.id)},
    )


def _name(invocation: Invocation) -> str:
    return invocation.user.name or invocation.user.id


def _said(text: str, *buttons: Button) -> Message:
    return Message(lines=(line(capital(text)),), buttons=buttons)


def _button(label: str, verb: str, subscription: Subscription) -> Button:
    return Button(label, verb, {"subscription": str(subscription.id)})


def _resume(subscription: Subscription) -> Button:
    return _button("Resume", "subscriptions resume", subscription)


def _usual_buttons(subscription: Subscription) -> tuple[Button, ...]:
    if subscription.state is PAUSED:
        return (_resume(subscription), _button("Remove", "subscriptions remove", subscription))
    return (
        _button("Change", "subscriptions change", subscription),
        _button("Pause", "subscriptions pause", subscription),
        _button("Test", "subscriptions test", subscription),
        _button("Remove", "subscriptions remove", subscription),
    )
