"""Made-up papers for the stand-in of the sources: a fixed function of their day."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

EASTERN = ZoneInfo("America/New_York")
DAY = timedelta(days=1)
ADJECTIVES = "Quiet Sparse Layered Honest Rapid Folded Steady Curious Frugal Tidal".split()
THINGS = "Lanterns Gradients Orchards Kernels Bridges Rewards Tokens Rivers Graphs Engines".split()
FIELDS = "Image Retrieval,Speech,Tabular Data,Robot Grasping,Proof Search,Weather".split(",")
FIRST = "Ada Bo Chidi Dana Emeka Farah Goro Hana Ines Jonas Kofi Lúcia Mei Noor Ola".split()
LAST = "Abel Brandt Castro Dumont Eze Fischer Garcia Hoang Ito Jansen Kaya Lind".split()
CATEGORIES = "cs.LG cs.CL cs.CV cs.AI stat.ML cs.RO math.ST hep-th".split()


@dataclass(frozen=True)
class StandinPaper:
    """A made-up paper. `rank` is its place in the announcement of `announced`."""

    id: str
    title: str
    abstract: str
    authors: tuple[str, ...]
    categories: tuple[str, ...]
    announced: date
    submitted_at: datetime
    rank: int
    version: int = 1


def weekday_before(day: date) -> date:
    day -= DAY
    while day.weekday() > 4:
        day -= DAY
    return day


def announced_on(day: date, count: int = 24) -> list[StandinPaper]:
    """The new papers of arXiv's announcement of `day`; none on weekends."""
    if day.weekday() > 4:
        return []
    return [_made_up(day, rank) for rank in range(count)]


def _made_up(day: date, rank: int) -> StandinPaper:
    chance = random.Random(f"{day}/{rank}")
    adjective, thing, topic = (chance.choice(words) for words in (ADJECTIVES, THINGS, FIELDS))
    categories = tuple(chance.sample(CATEGORIES, chance.randint(1, 3)))
    deadline = datetime.combine(weekday_before(day), datetime.min.time(), EASTERN)
    return StandinPaper(
        id=f"{day:%y%m}.{day.day:02}{rank:03}",
        title=f"{adjective} {thing} for {topic}:\n  Study {rank} of {day:%d %B %Y}",
        abstract=f"We look at {thing.lower()} that are {adjective.lower()} & small ($p<0.05$).\n"
        f"On {topic.lower()} they save {chance.randint(5, 60)}\\% of the work.",
        authors=tuple(
            f"{chance.choice(FIRST)} {chance.choice(LAST)}" for _ in range(chance.randint(1, 5))
        ),
        categories=categories,
        announced=day,
        submitted_at=(deadline + timedelta(hours=9, minutes=rank)).astimezone(UTC),
        rank=rank,
    )


def papers_of(day: date) -> list[StandinPaper]:
    """What Hugging Face lists on `day` in the end: some of the last announcement before it."""
    if day.weekday() > 4:
        return []
    chance = random.Random(f"picks {day}")
    return chance.sample(announced_on(weekday_before(day)), chance.randint(6, 16))


def final_upvotes(paper: StandinPaper) -> int:
    return random.Random(f"votes {paper.id}").randint(1, 120)


def opened_at(day: date) -> datetime:
    """When Hugging Face's list of a day begins: 21:30 New York time, the evening before."""
    return datetime.combine(day - DAY, datetime.min.time(), EASTERN).replace(hour=21, minute=30)


def belongs(category: str, name: str) -> bool:
    return category == name or category.startswith(f"{name}.")


def from_recording(about: dict[str, object]) -> StandinPaper:
    published = datetime.fromisoformat(str(about["publishedAt"]))
    authors = about["authors"]
    assert isinstance(authors, list)
    return StandinPaper(
        id=str(about["id"]),
        title=str(about["title"]),
        abstract=str(about["summary"]),
        authors=tuple(author["name"] for author in authors),
        categories=("cs.LG", "cs.AI"),
        announced=published.date(),
        submitted_at=published,
        rank=0,
    )
