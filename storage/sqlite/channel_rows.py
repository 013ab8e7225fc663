"""Rows of subscriptions, editions and deliveries ↔ what they mean. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, time
from typing import Any

from bot.models import (
    Channel,
    Delivery,
    DeliveryState,
    Edition,
    EditionKind,
    Layout,
    Payload,
    Ranking,
    Subscription,
    SubscriptionState,
    User,
)
from storage.sqlite.rows import (
    Record,
    Row,
    day_or_none,
    json_list,
    moment,
    moment_or_none,
    sound,
    stamp,
    stamp_or_none,
    whole,
)

# What a whole subscription or delivery is read with: the channel last.
SUBSCRIPTION_COLUMNS = (
    "id hour zone weekdays filter size ranking layout tell_empty contact_platform contact_id "
    "contact_name state next_due_at created_at pause_reason paused_at covered_until due_from "
    "away_since empty_streak told"
).split()
DELIVERY_COLUMNS = (
    "id key body plain paper_ids state tries put_off created_at not_before part parts edition "
    "subscription lease_until closed_at reference reply_to error"
).split()
CHANNEL_COLUMNS = "platform workspace id name".split()
EDITION_COLUMNS = (
    "subscription local_day kind due_at made_at window_from window_until candidates due paper_ids "
    "heading note states"
).split()


def subscription_record(subscription: Subscription, channel_pk: int) -> Record:
    """The row of a subscription, without its id."""
    return {
        "channel": channel_pk,
        "hour": subscription.hour.isoformat(),
        "zone": subscription.zone,
        "weekdays": "".join(str(day) for day in sorted(subscription.weekdays)),
        "filter": subscription.filter,
        "size": whole(subscription.size),
        "ranking": subscription.ranking.value,
        "layout": subscription.layout.value,
        "tell_empty": int(subscription.tell_empty),
        "contact_platform": subscription.contact.platform,
        "contact_id": subscription.contact.id,
        "contact_name": sound(subscription.contact.name),
        "state": subscription.state.value,
        "created_at": stamp(subscription.created_at),
        "pause_reason": sound(subscription.pause_reason),
        "paused_at": stamp_or_none(subscription.paused_at),
        **progress_record(subscription),
    }


def progress_record(subscription: Subscription) -> Record:
    """What an edition moves on in a subscription's row; its settings may have changed meanwhile."""
    due_from = subscription.due_from
    return {
        "next_due_at": stamp(subscription.next_due_at),
        "covered_until": stamp_or_none(subscription.covered_until),
        "due_from": None if due_from is None else due_from.isoformat(),
        "away_since": stamp_or_none(subscription.away_since),
        "empty_streak": subscription.empty_streak,
        "told": subscription.told,
    }


def subscription_of(row: Sequence[Any]) -> Subscription:
    """The subscription of SUBSCRIPTION_COLUMNS and CHANNEL_COLUMNS."""
    value = dict(zip(SUBSCRIPTION_COLUMNS, row, strict=False))
    contact = User(*(value.pop(f"contact_{name}") for name in ("platform", "id", "name")))
    return Subscription(
        **value
        | {
            "channel": Channel(*row[len(SUBSCRIPTION_COLUMNS) :]),
            "contact": contact,
            "hour": time.fromisoformat(value["hour"]),
            "weekdays": frozenset(map(int, value["weekdays"])),
            "ranking": Ranking(value["ranking"]),
            "layout": Layout(value["layout"]),
            "tell_empty": bool(value["tell_empty"]),
            "state": SubscriptionState(value["state"]),
            "next_due_at": moment(value["next_due_at"]),
            "created_at": moment(value["created_at"]),
            "paused_at": moment_or_none(value["paused_at"]),
            "covered_until": moment_or_none(value["covered_until"]),
            "due_from": day_or_none(value["due_from"]),
            "away_since": moment_or_none(value["away_since"]),
        }
    )


def edition_row(edition: Edition) -> Row:
    """An edition's values in the order of EDITION_COLUMNS."""
    return (
        edition.subscription_id,
        edition.local_day.isoformat(),
        edition.kind.value,
        stamp(edition.due_at),
        stamp(edition.made_at),
        stamp_or_none(edition.window_from),
        stamp(edition.window_until),
        edition.candidates,
        edition.due,
        json_list(edition.paper_ids),
        sound(edition.heading),
        sound(edition.note),
        json_list(edition.states),
    )


def edition_of(row: Sequence[Any]) -> Edition:
    """The edition of values in the order of EDITION_COLUMNS."""
    value = dict(zip(EDITION_COLUMNS, row, strict=True))
    return Edition(
        subscription_id=value["subscription"],
        local_day=date.fromisoformat(value["local_day"]),
        kind=EditionKind(value["kind"]),
        due_at=moment(value["due_at"]),
        made_at=moment(value["made_at"]),
        window_from=moment_or_none(value["window_from"]),
        window_until=moment(value["window_until"]),
        candidates=value["candidates"],
        due=value["due"],
        paper_ids=tuple(json.loads(value["paper_ids"])),
        heading=value["heading"],
        note=value["note"],
        states=tuple(json.loads(value["states"])),
    )


def delivery_of(row: Sequence[Any]) -> Delivery:
    """The delivery of DELIVERY_COLUMNS and CHANNEL_COLUMNS."""
    value = dict(zip(DELIVERY_COLUMNS, row, strict=False))
    state = DeliveryState(value["state"])
    closed_at = moment_or_none(value["closed_at"])
    return Delivery(
        id=value["id"],
        key=value["key"],
        channel=Channel(*row[len(DELIVERY_COLUMNS) :]),
        payload=Payload(value["body"], value["plain"], tuple(json.loads(value["paper_ids"]))),
        state=state,
        tries=value["tries"],
        put_off=value["put_off"],
        created_at=moment(value["created_at"]),
        not_before=moment(value["not_before"]),
        part=value["part"],
        parts=value["parts"],
        edition_id=value["edition"],
        subscription_id=value["subscription"],
        lease_until=moment_or_none(value["lease_until"]),
        sent_at=closed_at if state is DeliveryState.SENT else None,
        reference=value["reference"],
        reply_to=value["reply_to"],
        error=value["error"],
    )
