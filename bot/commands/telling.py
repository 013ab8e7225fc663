"""How subscriptions, filters and pauses are told in words. Pure."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.commands.hours import DAY_NAMES
from bot.messages import Line, line, quiet, strong
from bot.models import Ranking, Subscription, SubscriptionState
from bot.query_words import tell_filter
from bot.wording import capital, listing, local_moment


def tell_weekdays(weekdays: frozenset[int]) -> str:
    """`every day`, `Monday to Friday`, `Monday, Wednesday and Friday`."""
    if len(weekdays) == 7:
        return "every day"
    days = sorted(weekdays)
    if len(days) > 2 and days[-1] - days[0] == len(days) - 1:
        return f"{DAY_NAMES[days[0]].capitalize()} to {DAY_NAMES[days[-1]].capitalize()}"
    return listing([DAY_NAMES[day].capitalize() for day in days])


def tell_hours(subscription: Subscription) -> str:
    """`Monday to Friday at 09:00 Europe/Berlin`."""
    days = tell_weekdays(subscription.weekdays)
    return f"{days} at {subscription.hour:%H:%M} {subscription.zone}"


def tell_form(subscription: Subscription) -> str:
    """`top 10 by upvotes, compact`."""
    order = "by upvotes" if subscription.ranking is Ranking.UPVOTES else "newest first"
    return f"top {subscription.size} {order}, {subscription.layout}"


def tell_moment(moment: datetime, zone: str) -> str:
    """`Mon 23 Nov, 09:00 Europe/Berlin`."""
    return f"{local_moment(moment, zone)} {zone}"


def tell_moment_in_full(moment: datetime, zone: str) -> str:
    """`Monday 23 November 2026, 09:00 Europe/Berlin`."""
    there = moment.astimezone(ZoneInfo(zone))
    return f"{there:%A} {there.day} {there:%B %Y, %H:%M} {zone}"


def tell_pause(subscription: Subscription) -> str:
    """`paused since Mon 23 Nov, 09:00 Europe/Berlin: paused by Ada`."""
    when = subscription.paused_at
    since = f" since {tell_moment(when, subscription.zone)}" if when else ""
    reason = f": {subscription.pause_reason}" if subscription.pause_reason else ""
    return f"paused{since}{reason}"


def tell_state(subscription: Subscription) -> str:
    """What comes next: the next hour, or why there is none."""
    if subscription.state is SubscriptionState.PAUSED:
        return tell_pause(subscription)
    if subscription.state is SubscriptionState.REMOVED:
        return "removed"
    return f"next {tell_moment(subscription.next_due_at, subscription.zone)}"


def subscription_lines(subscription: Subscription) -> tuple[Line, Line]:
    """A subscription in two lines: its number and what it brings; what comes next."""
    what = f" {capital(tell_filter(subscription.filter))}, {tell_hours(subscription)}"
    contact = subscription.contact.name or subscription.contact.id or "nobody"
    rest = f"{tell_form(subscription)}; {tell_state(subscription)}; contact {contact}"
    return line(strong(f"#{subscription.id}"), what), line(quiet(rest))
