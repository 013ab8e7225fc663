from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.bundles import (
    Advice,
    Catch,
    best_first,
    catch_card,
    compose_bundle,
    loudest,
    muted_since,
    quoted,
)
from bot.messages import Button, Style
from bot.models import (
    Alert,
    AlertState,
    Cadence,
    Excerpt,
    Hit,
    ListedPaper,
    Paper,
    Reader,
    User,
)
from bot.narrowing import Narrowing

ADA = User("wall", "ada", "Ada")
NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
READER = Reader(ADA, "Europe/Berlin", cap=3)
SHEEP, GOATS, COWS = (
    Alert(number, ADA, query, Cadence.DAILY, AlertState.ACTIVE, NOW)
    for number, query in enumerate(("sheep", '"mountain goats"', "cat:cs.CL cows"), 1)
)


def listed(number: int, upvotes: int | None = None, day: int = 20) -> ListedPaper:
    paper = Paper(f"2611.{number:05}", f"Paper {number}")
    return ListedPaper(paper, upvotes, last_day=date(2026, 11, day))


def caught(number: int, *alerts: Alert, upvotes: int | None = None, day: int = 20) -> Catch:
    return Catch(listed(number, upvotes, day), alerts or (SHEEP,))


def numbers(catches: list[Catch]) -> list[int]:
    return [int(catch.listed.paper.id[-2:]) for catch in catches]


def test_what_more_alerts_caught_comes_first_then_upvotes_then_the_newest() -> None:
    catches = [
        caught(1, day=19),
        caught(2, day=20),
        caught(3, upvotes=7, day=18),
        caught(4, SHEEP, GOATS, day=17),
    ]
    assert numbers(best_first(catches)) == [4, 3, 2, 1]


@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.none() | st.integers(0, 9), st.integers(1, 28)), max_size=9
    )
)
def test_the_order_of_a_bundle_is_the_same_whatever_order_its_papers_come_in(facts) -> None:
    catches = [
        Catch(listed(n, upvotes, day), (SHEEP, GOATS, COWS)[:alerts])
        for n, (alerts, upvotes, day) in enumerate(facts)
    ]
    assert best_first(catches) == best_first(catches[::-1])
    assert sorted(numbers(best_first(catches))) == list(range(len(facts)))


def test_a_card_says_which_alerts_caught_it_with_their_words_marked() -> None:
    excerpt = Excerpt((("On ", False), ("sheep", True)), (("woolly ", False), ("sheep", True)))
    card = catch_card(Catch(listed(1), (SHEEP, GOATS), excerpt), 4)
    assert card.why == "Alert #1 “sheep” · alert #2 “mountain goats”"
    assert card.number == 4
    assert [(span.text, span.style) for span in card.title] == [
        ("On ", Style.PLAIN),
        ("sheep", Style.MARK),
    ]
    assert "".join(span.text for span in card.excerpt) == "woolly sheep"


def test_a_card_of_alerts_that_are_gone_says_nothing_of_them() -> None:
    assert catch_card(Catch(listed(1), ())).why == ""


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("sheep", "“sheep”"),
        ('"mountain goats"', "“mountain goats”"),
        ('"a b" OR "c d"', '“"a b" OR "c d"”'),
        ('"', '“"”'),
        ("w" * 90, f"“{'w' * 59}…”"),
    ],
)
def test_a_query_is_quoted_once_and_stays_short(query: str, told: str) -> None:
    assert quoted(query) == told


def test_a_bundle_that_fits_is_whole() -> None:
    message = compose_bundle(READER, [caught(1), caught(2, GOATS)], NOW)
    assert message.title == "2 papers for your alerts"
    assert message.notes == ()
    assert [b.label for b in message.buttons] == ["Pause #1", "Pause #2", "My alerts"]
    assert compose_bundle(READER, [caught(1)], NOW).title == "1 paper for your alert"


def test_a_bundle_that_is_cut_leads_to_the_rest_and_to_less() -> None:
    catches = [caught(n, GOATS if n else SHEEP) for n in range(17)]
    assert loudest(catches, READER.cap) == GOATS
    advice = Advice(GOATS, (Narrowing("in the title", "title:goats", 4),))
    message = compose_bundle(READER, catches, NOW, advice=advice)
    assert message.title == "Top 3 of 17 papers for your alerts"
    assert len(message.cards) == 3
    assert "And 14 more" in message.notes[0][0].text
    assert message.buttons == (
        Button("Show 14 more", "alert inbox"),
        Button(
            "#2 in the title: 4",
            "alert change",
            {"alert": "2", "query": "title:goats", "sure": "yes"},
        ),
        Button("Pause #2", "alert pause", {"alert": "2"}),
        Button("Pause #1", "alert pause", {"alert": "1"}),
        Button("My alerts", "alert list"),
    )


def test_nothing_is_too_loud_in_a_bundle_that_is_whole() -> None:
    assert loudest([caught(1), caught(2)], READER.cap) is None
    assert loudest([Catch(listed(n), ()) for n in range(9)], READER.cap) is None


def test_a_bundle_of_many_alerts_has_few_buttons() -> None:
    alerts = [replace(SHEEP, id=number) for number in range(1, 40)]
    message = compose_bundle(READER, [caught(n, a) for n, a in enumerate(alerts)], NOW)
    assert len(message.buttons) == 5


def test_a_bundle_after_a_mute_says_since_when() -> None:
    first, back = NOW - timedelta(days=12), NOW - timedelta(hours=9)
    hits = [Hit(ADA, "2611.00001", (1,), first + timedelta(days=n), NOW) for n in range(3)]
    reader = replace(READER, muted_until=back)
    assert muted_since(reader, hits) == first
    assert muted_since(READER, hits) is None
    later = [replace(hit, seen_at=back + timedelta(minutes=n)) for n, hit in enumerate(hits)]
    assert muted_since(reader, later) is None
    whole = compose_bundle(reader, [caught(1)], NOW, since=first)
    assert whole.title == "While your alerts were muted, 11–23 Nov: 1 paper"
    cut = compose_bundle(reader, [caught(n) for n in range(240)], NOW, since=first)
    assert cut.title == "While your alerts were muted, 11–23 Nov: top 3 of 240"
