"""`paperboy digest`: what a channel would get now, or post it at once."""

from __future__ import annotations

from bot.app import App, open_app
from bot.messages import Message, line, quiet
from bot.models import Subscription, SubscriptionState
from bot.operations.arguments import channel_called
from bot.schedules import local_day
from bot.settings import Settings
from bot.wording import local_moment


async def show_digest(settings: Settings, channel: str, *, preview: bool) -> None:
    """Show what a channel's subscriptions would get now, or post it at once.

    Raises UserError where no channel is called so.
    """
    async with open_app(settings) as app:
        for subscription in channel_called(await app.store.subscriptions.every(), channel):
            await (_preview(app, subscription) if preview else _post(app, subscription))


async def _preview(app: App, subscription: Subscription) -> None:
    edition, message = await app.newsroom.preview(subscription, app.clock())
    where = f"{subscription.channel.key} (#{subscription.id})"
    if not edition.paper_ids and not edition.note:
        app.show(_said(f"Nothing would be posted now to {where}: no paper is due there."))
        return
    app.show(_said(f"This would be posted now to {where}; nothing is."))
    app.show(message)


async def _post(app: App, subscription: Subscription) -> None:
    """Put today's edition in the outbox; who serves the platform sends it, here or elsewhere."""
    edition = await app.newsroom.post_now(subscription, app.clock())
    if edition is None:
        app.show(_said(await _why_not(app, subscription)))
        return
    await app.postman.send_waiting()
    if subscription.channel.platform not in app.platforms:
        app.show(_said(f"{subscription.channel.key} gets it from the Paperboy that runs there."))


async def _why_not(app: App, subscription: Subscription) -> str:
    where = f"Nothing is posted to {subscription.channel.key} (#{subscription.id})"
    if subscription.state is SubscriptionState.PAUSED:
        return f"{where}: it is paused."
    made = await app.store.subscriptions.editions(subscription.id, 1)
    if made and made[0].local_day >= local_day(app.clock(), subscription.zone):
        when = local_moment(made[0].made_at, subscription.zone)
        return f"{where}: today's edition was made already, {when} there."
    return f"{where}: no paper is due there."


def _said(text: str) -> Message:
    return Message(lines=(line(quiet(text)),))
