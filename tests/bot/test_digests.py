"""What is due, in which order, and how an edition reads."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.digests import compose, compose_message
from bot.due import Findings, Occasion, awaited, still_due, window_start
from bot.models import (
    ARXIV,
    HUGGINGFACE,
    Channel,
    EditionKind,
    Layout,
    ListedPaper,
    Paper,
    PullState,
    Ranking,
    SourceDay,
    Subscription,
    SubscriptionState,
    User,
)
from bot.ports import History, Passing

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
FRIDAY = datetime(2026, 11, 20, 9, tzinfo=UTC)


def subscription(**changes) -> Subscription:
    plain = Subscription(
        id=1,
        channel=Channel("console", "local", "lab", "#lab"),
        hour=time(9),
        zone="UTC",
        weekdays=frozenset(range(5)),
        filter="",
        size=10,
        ranking=Ranking.UPVOTES,
        layout=Layout.COMPACT,
        tell_empty=True,
        contact=User("console", "ada"),
        state=SubscriptionState.ACTIVE,
        next_due_at=MONDAY,
        created_at=FRIDAY - timedelta(days=30),
        covered_until=FRIDAY,
        due_from=date(2026, 10, 1),
    )
    return replace(plain, **changes)


def occasion(subscribed: Subscription | None = None, now: datetime = MONDAY, **changes) -> Occasion:
    there = subscribed or subscription()
    return Occasion(there, now, there.next_due_at, now.date(), **changes)


def passing(number: int, day: date = date(2026, 11, 23), upvotes: int = 0, seen=None) -> Passing:
    return Passing(f"2611.{number:05}", day, upvotes, None, seen)


def source_day(day: date, state: PullState, source: str = HUGGINGFACE) -> SourceDay:
    return SourceDay(source, day, state, 0, MONDAY)


def findings(papers=(), history=None, candidates=0, days=()) -> Findings:
    return Findings(papers, history or History(), candidates, days)


def listed(composed) -> dict[str, ListedPaper]:
    ids = [paper.paper_id for paper in composed.chosen]
    return {i: ListedPaper(Paper(i, f"Title {i}"), upvotes=1) for i in ids}


def test_the_most_upvoted_come_first_and_the_rest_is_counted():
    papers = [passing(n, upvotes=n) for n in range(31)]
    composed = compose(occasion(), findings(papers))
    assert [p.upvotes for p in composed.chosen] == list(range(30, 20, -1))
    assert (composed.edition.due, composed.edition.shown) == (31, 10)


def test_the_heading_tells_window_and_counts():
    friday = FRIDAY.date()
    papers = [passing(n, upvotes=50 - n, day=friday if n < 4 else MONDAY.date()) for n in range(31)]
    there = occasion()
    composed = compose(there, findings(papers))
    message = compose_message(composed, there, listed(composed))
    assert message.title == "Hugging Face picks · Mon 23 Nov"
    assert message.subtitle == "10 of 31 new, 4 from Friday · since Fri 09:00"
    assert len(message.cards) == 10
    assert message.silent


def test_what_the_channel_was_shown_is_not_due_again():
    papers = [passing(1), passing(2)]
    history = History(shown=frozenset({papers[0].paper_id}))
    assert still_due(occasion(), papers, history) == [papers[1]]


def test_what_was_cut_stays_due_for_three_days_and_then_no_more():
    seen = FRIDAY - timedelta(minutes=1)
    cut = passing(1, day=FRIDAY.date(), seen=seen)
    assert still_due(occasion(), [cut], History(settled_at=None)) == [cut]
    assert still_due(occasion(), [cut], History(settled_at=FRIDAY)) == []


def test_a_cut_of_a_channel_ranked_by_newest_stays_due_for_the_whole_week():
    cut = passing(1, day=FRIDAY.date(), seen=FRIDAY)
    newest = occasion(subscription(ranking=Ranking.NEWEST))
    assert still_due(newest, [cut], History(settled_at=FRIDAY)) == [cut]


def test_a_paper_that_passes_only_later_is_due_however_old_the_last_edition():
    late = passing(1, day=date(2026, 11, 17), seen=None)
    assert still_due(occasion(), [late], History(settled_at=FRIDAY)) == [late]


def test_a_listing_more_than_a_week_old_is_not_due():
    papers = [passing(1, day=date(2026, 11, 15)), passing(2, day=date(2026, 11, 16))]
    assert still_due(occasion(), papers, History()) == [papers[1]]


def test_a_first_edition_covers_the_latest_listing_day_alone():
    new = occasion(subscription(covered_until=None, due_from=None))
    papers = [passing(1, day=date(2026, 11, 19)), passing(2, day=FRIDAY.date())]
    composed = compose(new, findings(papers))
    assert composed.edition.paper_ids == (papers[1].paper_id,)
    assert composed.subscription.due_from == FRIDAY.date()


def test_after_an_absence_there_is_one_edition_for_all_of_it_of_twice_the_size():
    away = subscription(
        covered_until=datetime(2026, 11, 8, 9, tzinfo=UTC),
        next_due_at=datetime(2026, 11, 9, 9, tzinfo=UTC),
    )
    there = Occasion(away, MONDAY, away.next_due_at, MONDAY.date(), away=True)
    papers = [passing(n, day=date(2026, 11, 9 + n % 14), upvotes=n) for n in range(240)]
    composed = compose(there, findings(papers))
    assert composed.edition.kind is EditionKind.AWAY
    assert composed.edition.heading == "While Paperboy was away, 9–23 Nov: top 20 of 240"
    assert composed.subscription.next_due_at == datetime(2026, 11, 24, 9, tzinfo=UTC)


def test_an_absence_is_looked_back_on_for_at_most_31_days():
    long_away = subscription(covered_until=datetime(2026, 5, 1, tzinfo=UTC))
    there = Occasion(long_away, MONDAY, MONDAY, MONDAY.date(), away=True)
    assert there.horizon == date(2026, 10, 23)
    assert window_start(there) == date(2026, 10, 23)


def test_a_broken_source_is_told_once_at_its_start_and_once_at_its_end():
    broken = [source_day(MONDAY.date(), PullState.BROKEN)]
    first = compose(occasion(), findings(days=broken))
    assert "gave no valid answer" in first.edition.note
    assert first.edition.kind is EditionKind.REGULAR

    tuesday = MONDAY + timedelta(days=1)
    still = [source_day(tuesday.date(), PullState.BROKEN)]
    second = compose(occasion(first.subscription, tuesday), findings(days=still))
    assert second.edition.kind is EditionKind.SILENT

    wednesday = MONDAY + timedelta(days=2)
    well = [source_day(wednesday.date(), PullState.NEW)]
    papers = [passing(1, day=wednesday.date())]
    third = compose(occasion(second.subscription, wednesday), findings(papers, days=well))
    assert third.edition.note == "Hugging Face lists papers again after the trouble."
    assert third.subscription.told == ""


def test_who_opted_out_is_not_told_of_empty_days():
    broken = [source_day(MONDAY.date(), PullState.BROKEN)]
    quiet = compose(occasion(subscription(tell_empty=False)), findings(days=broken))
    assert quiet.edition.kind is EditionKind.SILENT


def test_a_weekend_behind_us_is_no_news_on_monday():
    days = [
        source_day(date(2026, 11, 21), PullState.HOLIDAY),
        source_day(MONDAY.date(), PullState.QUIET),
    ]
    filtered = occasion(subscription(filter="unobtainium"))
    assert compose(filtered, findings(days=days)).edition.kind is EditionKind.SILENT


def test_without_a_filter_an_empty_day_is_told_and_the_next_is_not():
    days = [source_day(MONDAY.date(), PullState.QUIET)]
    first = compose(occasion(), findings(days=days))
    assert first.edition.note == "No new papers since Fri 09:00: nothing more was listed."
    second = compose(occasion(first.subscription), findings(days=days))
    assert second.edition.kind is EditionKind.SILENT


def test_the_end_of_trouble_is_told_when_there_are_papers_again_not_before():
    there = subscription(told="broken huggingface", filter="unobtainium")
    quiet = compose(occasion(there), findings(days=[source_day(MONDAY.date(), PullState.QUIET)]))
    assert quiet.edition.kind is EditionKind.SILENT
    new = compose(
        occasion(quiet.subscription), findings(days=[source_day(MONDAY.date(), PullState.NEW)])
    )
    assert new.edition.note == "Hugging Face lists papers again after the trouble."


def test_a_holiday_is_told_by_its_name():
    friday = datetime(2026, 11, 27, 9, tzinfo=UTC)
    there = occasion(subscription(filter="source:arxiv"), friday)
    days = [source_day(friday.date(), PullState.HOLIDAY, ARXIV)]
    note = compose(there, findings(days=days)).edition.note
    assert note == "No new papers: arXiv lists nothing on Fri 27 Nov (arXiv holiday)."


def test_papers_go_out_with_a_line_when_some_were_lost():
    days = [source_day(MONDAY.date(), PullState.PARTIAL)]
    composed = compose(occasion(), findings([passing(1)], days=days))
    assert composed.edition.shown == 1
    assert composed.edition.note.startswith("Hugging Face answered only in part for Mon 23 Nov.")


def test_a_filter_that_matches_nothing_says_so_every_fifth_time():
    there, told = subscription(filter="unobtainium"), []
    for _ in range(10):
        composed = compose(occasion(there), findings(candidates=212))
        there = replace(composed.subscription, next_due_at=MONDAY)
        told.append(composed.edition.kind is not EditionKind.SILENT)
    assert told == [False, False, False, False, True] * 2


def test_a_part_that_could_not_be_delivered_is_told():
    composed = compose(occasion(), findings([passing(1)], History(failed_parts=1)))
    assert "could not be delivered" in composed.edition.note


def test_an_edition_waits_only_for_its_newest_day():
    friday, monday = FRIDAY.date(), MONDAY.date()
    assert awaited([source_day(monday, PullState.STALE)], MONDAY)
    assert not awaited([source_day(friday, PullState.BROKEN)], MONDAY)
    assert not awaited([source_day(monday, PullState.PARTIAL)], MONDAY)


papers_of_a_week = st.lists(
    st.builds(
        passing,
        st.integers(0, 60),
        st.dates(date(2026, 11, 10), date(2026, 11, 23)),
        st.integers(0, 300),
    ),
    unique_by=lambda paper: paper.paper_id,
)


@given(papers_of_a_week, st.integers(1, 50), st.sampled_from(list(Ranking)))
def test_editions_one_after_the_other_show_each_due_paper_once(papers, size, ranking):
    there, shown = subscription(size=size, ranking=ranking), []
    due = still_due(occasion(there), papers, History())
    for _ in range(len(papers) + 1):
        history = History(shown=frozenset(shown))
        composed = compose(occasion(there), findings(papers, history))
        shown += composed.edition.paper_ids
    assert len(shown) == len(set(shown))
    assert set(shown) == {paper.paper_id for paper in due}
