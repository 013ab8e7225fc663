"""A subscription's settings: what people may set, and a subscription after they have. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from bot.commands import defaults
from bot.commands.hours import DAY_NAMES
from bot.commands.verbs import Kind, Param, Values
from bot.models import Layout, Ranking, Subscription, SubscriptionState
from bot.queries import archives_of, parse_query, parse_standing, print_query
from bot.schedules import local_day, next_due

TIME = Param("time", "Local time, such as 09:00", Kind.TIME)
ZONE = Param("zone", "Time zone or city: Europe/Berlin", Kind.ZONE, completer="zone")
WEEKDAYS = Param("weekdays", "Days, such as mon-fri or daily", Kind.WEEKDAYS)
FILTER = Param(
    "filter",
    "Words, cat:, -without; empty for picks",
    Kind.QUERY,
    completer="query",
    clearable=True,
)
SIZE = Param("size", "Papers in a digest, 1 to 50", Kind.NUMBER, most=defaults.LARGEST_SIZE)
RANKING = Param("ranking", "What comes first", Kind.CHOICE, choices=tuple(Ranking))
LAYOUT = Param("layout", "How a digest looks", Kind.CHOICE, choices=tuple(Layout))
EMPTY = Param("empty", "Say so on days without papers", Kind.CHOICE, choices=("yes", "no"))
SETTINGS = (TIME, ZONE, WEEKDAYS, FILTER, SIZE, RANKING, LAYOUT, EMPTY)


def with_settings(subscription: Subscription, values: Values) -> Subscription:
    """The subscription with the settings that were given, its progress untouched."""
    new: dict[str, object] = {}
    for name, field in (("time", "hour"), ("zone", "zone"), ("weekdays", "weekdays")):
        if name in values:
            new[field] = values[name]
    if "filter" in values:
        new["filter"] = print_query(parse_standing(values["filter"]))
    if "size" in values:
        new["size"] = values["size"]
    if "ranking" in values:
        new["ranking"] = Ranking(values["ranking"])
    if "layout" in values:
        new["layout"] = Layout(values["layout"])
    if "empty" in values:
        new["tell_empty"] = values["empty"] == "yes"
    return replace(subscription, **new)  # type: ignore[arg-type]  # read_values gave the types


def settings_as_texts(subscription: Subscription) -> dict[str, str]:
    """What holds now, as a person would type it: for a form."""
    return {
        "time": f"{subscription.hour:%H:%M}",
        "zone": subscription.zone,
        "weekdays": ",".join(DAY_NAMES[day][:3] for day in sorted(subscription.weekdays)),
        "filter": subscription.filter,
        "size": str(subscription.size),
        "ranking": subscription.ranking,
        "layout": subscription.layout,
        "empty": "yes" if subscription.tell_empty else "no",
    }


def changed(
    subscription: Subscription, values: Values, now: datetime, last_day: date | None
) -> Subscription:
    """The subscription after its settings changed at `now`, its progress fitted to them.

    `last_day` is the local day of its last edition, None before the first.
    """
    new = with_settings(subscription, values)
    if new.filter != subscription.filter:
        new = replace(new, due_from=_first_day(subscription), empty_streak=0)
    if _hours(new) == _hours(subscription):
        return new
    if new.state is not SubscriptionState.ACTIVE and new.next_due_at <= now:
        return new  # the hour that a pause has missed stays on record, for the edition after it
    return rescheduled(new, now, last_day)


def rescheduled(subscription: Subscription, now: datetime, last_day: date | None) -> Subscription:
    """With its next hour after `now`, on a local day that has had no edition."""
    due = next_due(
        now, subscription.hour, subscription.zone, subscription.weekdays, later_than=last_day
    )
    return replace(subscription, next_due_at=due)


def is_twin(one: Subscription, other: Subscription) -> bool:
    """Whether both would bring the same papers at the same hour to the same channel."""
    return (
        one.filter.casefold() == other.filter.casefold()
        and _hours(one) == _hours(other)
        and one.channel.key == other.channel.key
    )


def archives_wanted(subscription: Subscription) -> frozenset[str]:
    """The arXiv archives that the filter names."""
    return archives_of(parse_query(subscription.filter))


def _hours(subscription: Subscription) -> tuple[object, ...]:
    return subscription.hour, subscription.zone, subscription.weekdays


def _first_day(subscription: Subscription) -> date | None:
    """A new filter starts where the last edition ended, so it does not bring back old weeks."""
    if subscription.covered_until is None:
        return subscription.due_from
    covered = local_day(subscription.covered_until, subscription.zone)
    return max(subscription.due_from or covered, covered)
