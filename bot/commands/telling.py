"""How subscriptions, filters and pauses are told in words. Pure."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.commands.hours import DAY_NAMES
from bot.messages import Line, line, quiet, strong
from bot.models import Layout, Ranking, Subscription, SubscriptionState
from bot.query_words import tell_filter
from bot.wording import capital, count_of, listing, local_moment

# What to do about a subscription whose contact has left, or was erased.
ADOPT = "say /papers subscriptions adopt to be told when something is wrong"
_LAYOUTS = {Layout.COMPACT: "compact", Layout.FULL: "in full", Layout.THREAD: "in a thread"}


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
    return f"top {subscription.size} {order}, {_LAYOUTS[subscription.layout]}"


def tell_share(shown: int, due: int) -> str:
    """`10 of 31 papers`; `3 papers` where that is all of them, `no papers` where there are none."""
    if not due:
        return "no papers"
    return f"{shown:,} of {due:,} papers" if shown < due else count_of(due, "paper")


def tell_moment(moment: datetime, zone: str) -> str:
    """`Mon 23 Nov, 09:00 Europe/Berlin`."""
    return f"{local_moment(moment, zone)} {zone}"


def tell_moment_in_full(moment: datetime, zone: str) -> str:
    """`Monday 23 November 2026, 09:00 Europe/Berlin`."""
    there = moment.astimezone(ZoneInfo(zone))
    return f"{there:%A} {there.day} {there:%B %Y, %H:%M} {zone}"


def tell_pause(subscription: Subscription) -> str:
    """`paused since Mon 23 Nov, 09:00 Europe/Berlin, by Ada`, or after a colon what is wrong."""
    when, reason = subscription.paused_at, subscription.pause_reason
    since = f"paused since {tell_moment(when, subscription.zone)}" if when else "paused"
    if reason.startswith("paused by "):
        return f"{since}, {reason.removeprefix('paused ')}"
    return f"{since}: {reason}" if reason else since


def tell_state(subscription: Subscription) -> str:
    """What comes next: the next hour, or why there is none."""
    if subscription.state is SubscriptionState.PAUSED:
        return tell_pause(subscription)
    if subscription.state is SubscriptionState.REMOVED:
        return "removed"
    return f"next: {tell_moment(subscription.next_due_at, subscription.zone)}"


def subscription_lines(subscription: Subscription) -> tuple[Line, Line]:
    """A subscription in two lines: its number and what it brings; what comes next."""
    what = f" {capital(tell_filter(subscription.filter))}, {tell_hours(subscription)}"
    contact = subscription.contact.name or subscription.contact.id or f"nobody ({ADOPT})"
    rest = f"{tell_form(subscription)}; {tell_state(subscription)}; contact: {contact}"
    return line(strong(f"#{subscription.id}"), what), line(quiet(rest))
