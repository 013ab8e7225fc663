"""Where the platforms differ, each with its reason: all else must be the same.

What they say is compared as it is after these rules. A rule counts words or a label of some
platforms as what the others have in their place, or as nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from standins.parity.said import Asks, Said

CONSOLE, DISCORD, SLACK = "console", "discord", "slack"
ALL = (CONSOLE, DISCORD, SLACK)


@dataclass(frozen=True)
class Words:
    """A pattern in the lines of these platforms, and as what it counts ("": as nothing)."""

    platforms: tuple[str, ...]
    pattern: str
    instead: str
    reason: str


@dataclass(frozen=True)
class Label:
    """A label of these platforms, and the others' in its place ("": they have none)."""

    platforms: tuple[str, ...]
    label: str
    instead: str
    reason: str


_LINK = r"(?:Abstract|PDF|Code|Project|Hugging Face)"
_ALWAYS = "Those who may manage this channel always can."
WORDS = (
    Words(ALL, r"#?\b(?:reading-room|terminal)\b", "the channel", "each has its own channel"),
    Words(ALL, r"\b[Gg]race\b", "the asker", "Discord shows people's names with a capital"),
    Words(ALL, r"^```$", "", "how code is written"),
    Words(ALL, rf"^{_LINK}(?: · {_LINK})*$", "", "where links stand is look; they are compared"),
    Words((CONSOLE,), r"\*(\S[^*]*)\*", r"\1", "a word that was found has stars for a colour"),
    Words((CONSOLE,), r"^in the asker$", "", "all that is printed stands in one place"),
    Words(
        ALL,
        r"(?: · |^)\d{4}\.\d{5}$",
        "",
        "a terminal has no menu that opens papers: the id is there to be typed",
    ),
    Words(
        ALL,
        r"\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (?=\d{1,2} \w{3} \d{4} · \d)",
        "",
        "in a list a chat's line is a phone's; a terminal has room for the weekday",
    ),
    Words(
        (CONSOLE,),
        r"^To reach further: paperboy pull --since .*$",
        "",
        "who is at the terminal runs this Paperboy",
    ),
    Words((SLACK,), r"^File: \S+$", "", "a file that stands elsewhere is named in the answer"),
    Words(
        (SLACK,),
        r"^The file is in your direct messages with Paperboy\.$",
        "",
        "what one person alone sees can't hold a file there",
    ),
    Words(
        (SLACK,),
        r"^And \d+ more, each a reply to this\.$",
        "",
        "replies stay folded: the first titles stand in what they are to",
    ),
    Words(
        (SLACK,),
        r"^Paperboy is managed here by every member.*$",
        f"No role manages Paperboy here. {_ALWAYS}",
        "there are no roles: one of two circles manages",
    ),
    Words(
        (SLACK,),
        r"^Paperboy is managed here by admins.*$",
        f"Members with the role Librarians manage Paperboy here. {_ALWAYS}",
        "there are no roles: one of two circles manages",
    ),
)
LABELS = (
    Label((SLACK,), "Let members manage", "Nobody", "there are no roles"),
    Label((SLACK,), "Let admins manage", "", "there are no roles to be named by a verb"),
)
# A verb with more than two settings, asked for without any: Slack has a form for it, Discord's
# command and the prompt take them as they are, and Discord, which tells nobody's zone, asks for it.
# What is put in is compared where forms are filled in.
_BARE = {SLACK: Asks, DISCORD: Said, CONSOLE: Said}
BARE = {"Subscribe": _BARE}  # by the label of a button
FORMLESS = {(DISCORD, "subscribe"), (CONSOLE, "subscribe")}
# What is done with one paper. Under each of a longer list it would be a wall on a phone: there the
# menu opens the card, which has it. At a prompt the parts of a thread have none: each is a message,
# and a number means a button of the last one.
OF_CARDS = frozenset({"Save", "Similar", "Share here", "Remove", "Cite"})


def common_lines(platform: str, lines: Iterable[str], *, with_cards: bool) -> list[str]:
    """The lines as they are on every platform. In which order a card has its own is its look, so
    where there are cards they are sorted: papers are numbered.
    """
    told = [line for line in (common_line(platform, each) for each in lines) if line]
    return sorted(told) if with_cards else told


def common_line(platform: str, line: str) -> str:
    """A line as it is on every platform; "" where that is nothing."""
    for rule in WORDS:
        if platform in rule.platforms:
            line = re.sub(rule.pattern, rule.instead, line).strip()
    # What is wrong is said at a prompt as a shell says it, in small.
    return line[:1].lower() + line[1:]


def common_labels(platform: str, labels: Iterable[str], *, with_cards: bool) -> dict[str, str]:
    """By the label that all platforms have, that of this one. `with_cards`: what is done with
    single papers stands there on all of them.
    """
    told = {label: label for label in labels if with_cards or label not in OF_CARDS}
    for rule in LABELS:
        if platform in rule.platforms and rule.label in told:
            own = told.pop(rule.label)
            told |= {rule.instead: own} if rule.instead else {}
    return told
