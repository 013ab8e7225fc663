"""People who have left: what they looked after, and who is told of it."""

from __future__ import annotations

from dataclasses import replace

import structlog

from bot.models import Subscription, User

log = structlog.get_logger()


def without_contact(user: User, subscription: Subscription) -> Subscription:
    """The subscription, which nobody looks after where that was this person."""
    contact = subscription.contact
    if (contact.platform, contact.id) != (user.platform, user.id):
        return subscription
    return replace(subscription, contact=User(user.platform, ""))


def tell_of_departure(user: User) -> None:
    """Tell the operator of somebody who has left, and how to erase what is kept of them."""
    who = f"{user.platform} {user.id}"
    log.warning("a person has left", person=who, to_erase=f"paperboy erase {who}")
