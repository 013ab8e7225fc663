"""Every verb of Paperboy, in one table.

Each platform makes its commands, forms, help and completions from `COMMANDS`; a new verb is one
entry here.
"""

from __future__ import annotations

from bot.commands import days, papers, searching, subscriptions
from bot.commands.days import today, trending
from bot.commands.helping import VERB, helping
from bot.commands.papers import paper
from bot.commands.searching import search
from bot.commands.settling import SETTINGS
from bot.commands.status import status
from bot.commands.subscribing import subscribe
from bot.commands.verbs import Command, Kind, Param

SUBSCRIPTION = Param(
    "subscription", "Its number, if there are several", Kind.SUBSCRIPTION, completer="subscription"
)


COMMANDS: tuple[Command, ...] = (
    Command(
        "search",
        "Search the papers",
        search,
        (searching.QUERY, searching.CURSOR, searching.MEANT),
        form=("query",),
    ),
    Command(
        "today", "The papers of a day, week or month", today, (days.WHEN, days.TOP, days.CURSOR)
    ),
    Command("trending", "What rises these days", trending, (days.CURSOR,)),
    Command("paper", "One paper in full", paper, (papers.ID,)),
    Command("subscribe", "Bring a digest to this channel", subscribe, SETTINGS, manages=True),
    Command("subscriptions list", "What comes to this channel", subscriptions.show_all),
    Command(
        "subscriptions change",
        "Change hour, filter, size and more",
        subscriptions.change,
        (SUBSCRIPTION, *SETTINGS),
        manages=True,
        form=tuple(param.name for param in SETTINGS),
    ),
    Command(
        "subscriptions pause",
        "Post nothing until resumed",
        subscriptions.pause,
        (SUBSCRIPTION,),
        manages=True,
    ),
    Command(
        "subscriptions resume",
        "Post again",
        subscriptions.resume,
        (SUBSCRIPTION,),
        manages=True,
    ),
    Command(
        "subscriptions remove",
        "Post no more here",
        subscriptions.remove,
        (SUBSCRIPTION,),
        manages=True,
    ),
    Command(
        "subscriptions test",
        "Post a test; it uses nothing up",
        subscriptions.try_out,
        (SUBSCRIPTION,),
        manages=True,
    ),
    Command(
        "subscriptions now",
        "Post the latest now",
        subscriptions.post_latest,
        (SUBSCRIPTION,),
        manages=True,
    ),
    Command(
        "subscriptions adopt",
        "Look after it: be its contact",
        subscriptions.look_after,
        (SUBSCRIPTION,),
        manages=True,
    ),
    Command("status", "Last and next digest, sources, faults", status),
    Command("help", "What there is and how to use it", helping(lambda: COMMANDS), (VERB,)),
)
