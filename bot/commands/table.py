"""Every verb of Paperboy, in one table.

Each platform makes its commands, forms, help and completions from `COMMANDS`; a new verb is one
entry here.
"""

from __future__ import annotations

from bot.commands import (
    alerts,
    alerts_adding,
    alerts_hours,
    alerts_inbox,
    alerts_reading,
    alerts_trying,
    days,
    exporting,
    managers,
    papers,
    privacy,
    saving,
    searching,
    subscriptions,
)
from bot.commands.days import today, trending
from bot.commands.helping import VERB, helping
from bot.commands.papers import paper
from bot.commands.searching import search
from bot.commands.settling import SETTINGS
from bot.commands.sharing import SHARED, share
from bot.commands.similar import BY, similar
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
        (searching.QUERY, searching.EXACT, searching.CURSOR, searching.MEANT),
        form=("query",),
    ),
    Command("similar", "Papers like one", similar, (papers.ID, BY, searching.CURSOR)),
    Command(
        "today", "The papers of a day, week or month", today, (days.WHEN, days.TOP, days.CURSOR)
    ),
    Command("trending", "What rises these days", trending, (days.CURSOR,)),
    Command("paper", "One paper in full", paper, (papers.ID,)),
    Command("share", "Post a paper here for all to see", share, SHARED, posts=True),
    Command(
        "subscribe",
        "Bring a digest to this channel",
        subscribe,
        SETTINGS,
        manages=True,
        posts=True,
    ),
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
        posts=True,
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
        posts=True,
    ),
    Command(
        "subscriptions now",
        "Post the latest now",
        subscriptions.post_latest,
        (SUBSCRIPTION,),
        manages=True,
        posts=True,
    ),
    Command(
        "subscriptions adopt",
        "Look after it: be its contact",
        subscriptions.look_after,
        (SUBSCRIPTION,),
        manages=True,
    ),
    Command(
        "managers",
        "Say who may manage Paperboy here",
        managers.managers,
        (managers.ROLE,),
        manages=True,
        shows_bare=True,
    ),
    Command("alert list", "Your alerts", alerts.show_all, (alerts.ONE, alerts.START), own=True),
    Command(
        "alert add",
        "Tell you of new papers that match",
        alerts_adding.add,
        (*alerts_adding.ADDING, *alerts_adding.SETTLED),
        own=True,
        form=("query",),
    ),
    Command(
        "alert test",
        "What an alert would have brought",
        alerts_trying.try_out,
        (alerts_adding.QUERY, alerts_reading.EXACT),
        own=True,
        form=("query",),
    ),
    Command(
        "alert change",
        "Change an alert",
        alerts.change,
        (alerts.ALERT, *alerts.CHANGING, alerts_adding.SURE, alerts_reading.EXACT),
        own=True,
        form=tuple(param.name for param in alerts.CHANGING),
    ),
    Command("alert pause", "Tell you nothing for now", alerts.pause, (alerts.ALERT,), own=True),
    Command("alert resume", "Tell you again", alerts.resume, (alerts.ALERT,), own=True),
    Command("alert remove", "Forget an alert", alerts.remove, (alerts.ALERT,), own=True),
    Command(
        "alert mute",
        "Silence all of yours until a day",
        alerts_hours.mute,
        alerts_hours.MUTING,
        own=True,
    ),
    Command(
        "alert inbox",
        "What was caught and not brought",
        alerts_inbox.inbox,
        (alerts_inbox.CURSOR, alerts_inbox.SEEN, alerts_inbox.DOOR),
        own=True,
    ),
    Command(
        "alert hours",
        "When your alerts come",
        alerts_hours.set_hours,
        alerts_hours.HOURS,
        own=True,
        form=tuple(param.name for param in alerts_hours.HOURS),
    ),
    Command(
        "save",
        "Keep a paper on your reading list",
        saving.save,
        (saving.ID, saving.NOTED, saving.SINCE),
        own=True,
    ),
    Command(
        "saved list",
        "Your reading list",
        saving.show_list,
        (saving.QUERY, saving.CURSOR),
        own=True,
    ),
    Command("saved remove", "Take a paper off your list", saving.remove, (saving.ID,), own=True),
    Command(
        "saved note",
        "Write a note to it",
        saving.write_note,
        (saving.ID, saving.NOTE),
        own=True,
        form=("note",),
    ),
    Command(
        "saved export",
        "Your list as a file",
        exporting.export,
        (exporting.FORMAT, saving.QUERY),
        own=True,
    ),
    Command("cite", "A paper as a reference", exporting.cite_paper, (saving.ID, exporting.FORMAT)),
    Command(
        "privacy",
        "What is kept of you; export or erase it",
        privacy.privacy,
        (privacy.WHAT, privacy.SURE),
        own=True,
    ),
    Command("status", "Last and next digest, sources, faults", status),
    Command("help", "What there is and how to use it", helping(lambda: COMMANDS), (VERB,)),
)
