"""Hits → papers with the alerts that caught them, looked up once for all bundles of a moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from bot.bundles import Advice, Catch
from bot.errors import QueryError
from bot.models import Alert, And, Excerpt, Hit, ListedPaper, Or, Query, User
from bot.narrowing import Outlook, look_back
from bot.ports import AlertStore, PaperStore
from bot.queries import parse_query, resolve


class Catches:
    """The store as it is at one moment, `now`.

    Papers are kept by their id, excerpts and outlooks by the queries they were asked for, so that
    a thousand people with one alert ask once.
    """

    def __init__(self, alerts: AlertStore, papers: PaperStore, now: datetime) -> None:
        self.now = now
        self._alerts = alerts
        self._papers = papers
        self._listed: dict[str, ListedPaper] = {}
        self._excerpts: dict[tuple[str, ...], dict[str, Excerpt]] = {}
        self._outlooks: dict[tuple[str, date], Outlook] = {}

    async def of(self, user: User, hits: Sequence[Hit]) -> list[Catch]:
        """The papers of a person's hits, in order; alerts that are removed by now are left out."""
        alerts = {alert.id: alert for alert in await self._alerts.of_user(user)}
        lacking = [hit.paper_id for hit in hits if hit.paper_id not in self._listed]
        if lacking:
            self._listed |= {each.paper.id: each for each in await self._papers.get(lacking)}
        listed = self._listed
        return [
            Catch(listed[hit.paper_id], tuple(alerts[i] for i in hit.alert_ids if i in alerts))
            for hit in hits
            if hit.paper_id in listed
        ]

    async def marked(self, catches: Sequence[Catch]) -> list[Catch]:
        """The same, each with where it holds the words of its alerts."""
        together: dict[tuple[str, ...], list[str]] = {}
        for catch in catches:
            together.setdefault(_texts(catch), []).append(catch.listed.paper.id)
        for texts, ids in together.items():
            known = self._excerpts.setdefault(texts, {})
            lacking = [paper_id for paper_id in ids if paper_id not in known]
            if (query := _any_of(texts, self.now.date())) and lacking:
                known |= await self._papers.excerpts(query, lacking)
        return [
            replace(catch, excerpt=self._excerpts[_texts(catch)].get(catch.listed.paper.id))
            for catch in catches
        ]

    async def advice(self, alert: Alert, today: date) -> Advice | None:
        """How an alert could bring less, by the last days up to `today`; None where it can't."""
        key = (alert.query, today)
        if key not in self._outlooks:
            try:
                query = parse_query(alert.query)
            except QueryError:  # kept by another version
                return None
            self._outlooks[key] = await look_back(self._papers, query, today)
        narrowings = self._outlooks[key].narrowings
        return Advice(alert, narrowings) if narrowings else None


def _texts(catch: Catch) -> tuple[str, ...]:
    return tuple(alert.query for alert in catch.alerts)


def _any_of(texts: Sequence[str], today: date) -> Query | None:
    """One query of several, for its words; None where they can't be read any more."""
    try:
        trees = [resolve(parse_query(text), today).tree for text in texts]
    except QueryError:  # kept by another version
        return None
    return Query(And((Or(tuple(trees)),))) if trees else None
