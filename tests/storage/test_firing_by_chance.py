"""Whatever is pulled and in whichever order: alerts catch what a search would find to be new."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from standins.askers import ADA, BERT, ask, caught, put
from standins.stock import DAY, NOW, ONE_DAY, batch, ids, paper, seen

from bot.models import ARXIV, HUGGINGFACE, Alert, AlertState
from bot.ports import Store
from bot.queries import parse_query, resolve
from storage import engines, open_store

NUMBERS = range(4)
WEEK = timedelta(days=7)
QUERIES = (
    "word1",
    '"word1 word2"',
    "word2 OR cat:cs.LG",
    "-word1",
    "upvotes:>=10",
    "upvotes:5..15 -word3",
    "cat:cs source:arxiv",
    "has:code word*",
    "title:word3 date:4d",
    "author:lovelace",
    "keyword:pruning OR org:mit",
)
FACTS = {
    "abstract": "Of word2 and word3.",
    "authors": ("Ada Lovelace",),
    "categories": ("cs.LG", "stat.ML"),
    "keywords": ("Pruning",),
    "organisation": "MIT",
    "code_url": "https://example.org",
}


@st.composite
def answers(draw):
    """One answer of a source: some papers, some of them listed, on a day of the last weeks."""
    source = draw(st.sampled_from([HUGGINGFACE, ARXIV]))
    day = DAY - draw(st.sampled_from([-1, 0, 0, 0, 1, 3, 5, 7, 8, 40])) * ONE_DAY
    numbers = draw(st.lists(st.sampled_from(NUMBERS), min_size=1, unique=True))
    papers = [
        paper(
            n,
            title=f"Word{draw(st.integers(1, 3))} word{draw(st.integers(1, 3))}",
            version=draw(st.integers(0, 3)),
            **{name: FACTS[name] for name in sorted(draw(st.sets(st.sampled_from([*FACTS]))))},
        )
        for n in numbers
    ]
    votes = st.sampled_from([None, 3, 10, 20])
    listed = [seen(n, day, source, upvotes=draw(votes)) for n in numbers if draw(st.integers(0, 4))]
    return batch(papers, listed, source=source, day=day)


steps = st.one_of(
    answers(),
    st.tuples(st.sampled_from([ADA, BERT]), st.sampled_from(QUERIES)),
    st.tuples(st.integers(0, 5), st.sampled_from([AlertState.PAUSED, AlertState.ACTIVE])),
    st.integers(1, 4),
)


@dataclass
class Naive:
    """Asks the search before and after each answer, and keeps what it finds to be new."""

    store: Store
    now: object = NOW
    alerts: list[Alert] = field(default_factory=list)
    hits: dict[str, dict[str, set[int]]] = field(default_factory=lambda: {"ada": {}, "bert": {}})

    async def take(self, step):
        match step:
            case int(days):
                self.now += days * ONE_DAY
            case (int(place), AlertState() as state):
                if place < len(self.alerts):
                    self.alerts[place] = await put(self.store, self.alerts[place], state)
            case (user, query):
                self.alerts.append(await ask(self.store, query, user))
            case answer:
                before = await self._met()
                await self.store.papers.add(answer, self.now)
                self._note(before, await self._met())

    async def _met(self):
        """By alert, the papers that are news and meet it."""
        today = self.now.date()
        news = [
            each.paper.id
            for each in await self.store.papers.get(ids(*NUMBERS))
            if each.last_day and today - WEEK <= each.last_day <= today + ONE_DAY
        ]
        queries = [resolve(parse_query(alert.query), today) for alert in self.alerts]
        return [await self.store.papers.matching(query, news) for query in queries]

    def _note(self, before, after):
        active = [alert.state is AlertState.ACTIVE for alert in self.alerts]
        places = [place for place, is_active in enumerate(active) if is_active]
        for place in places:
            user = self.alerts[place].user
            for paper_id in set(after[place]) - set(before[place]):
                met = {
                    self.alerts[other].id
                    for other in places
                    if self.alerts[other].user == user and paper_id in after[other]
                }
                self.hits[user.id].setdefault(paper_id, set()).update(met)

    async def caught(self, user):
        """What is due to a person in the end: a hit none of whose alerts is active waits."""
        active = {alert.id for alert in self.alerts if alert.state is AlertState.ACTIVE}
        return {i: alerts for i, alerts in self.hits[user.id].items() if alerts & active}


@pytest.mark.parametrize("engine", engines())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(steps, min_size=3, max_size=14))
def test_alerts_catch_what_a_search_finds_to_be_new(engine, tmp_path_factory, taken):
    async def compare():
        url = f"{engine}:///{tmp_path_factory.mktemp('store')}/papers.db"
        naive = Naive(open_store(url))
        for query in QUERIES[:3]:
            await naive.take((ADA, query))
        for place, step in enumerate(taken):
            await naive.take(step)
            if place == len(taken) // 2:  # in another process from here on
                await naive.store.close()
                naive = replace(naive, store=open_store(url))
        for user in (ADA, BERT):
            found = {i: set(alerts) for i, alerts in (await caught(naive.store, user)).items()}
            assert found == await naive.caught(user)
        await naive.store.close()

    asyncio.run(compare())
