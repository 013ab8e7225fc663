"""The SQLite store: every port of bot.ports.Store over one file, but for what was asked lately."""

from __future__ import annotations

from pathlib import Path

from storage.sqlite.alerting import AlertWatch
from storage.sqlite.alerts import SqliteAlerts
from storage.sqlite.askings import Askings
from storage.sqlite.completing import SqliteCompletions
from storage.sqlite.deliveries import SqliteDeliveries
from storage.sqlite.engine import Engine
from storage.sqlite.keeper import SqliteKeeper
from storage.sqlite.leases import SqliteGate, SqliteLeases
from storage.sqlite.opening import prepare
from storage.sqlite.papers import SqlitePapers, SqliteValidators
from storage.sqlite.people import SqlitePeople
from storage.sqlite.places import SqlitePlaces
from storage.sqlite.pulls import SqlitePulls
from storage.sqlite.reading import SqliteReadingList
from storage.sqlite.subscriptions import SqliteSubscriptions
from storage.sqlite.vectors import SqliteVectors


class SqliteStore:
    """See bot.ports.Store.

    Opening makes the file and its folder where they are missing, and migrates an older database
    after a copy beside it. Raises StoreError, StoreTooNewError.
    """

    def __init__(self, path: Path) -> None:
        prepare(path)
        self.path = path
        self._engine = Engine(path)
        self._askings = Askings(path)
        self._watch = watch = AlertWatch()
        self.papers = SqlitePapers(self._engine, watch)
        self.pulls = SqlitePulls(self._engine)
        self.subscriptions = SqliteSubscriptions(self._engine)
        self.alerts = SqliteAlerts(self._engine, watch)
        self.completions = SqliteCompletions(self._engine)
        self.reading = SqliteReadingList(self._engine)
        self.places = SqlitePlaces(self._engine, self._askings)
        self.people = SqlitePeople(self._engine)
        self.vectors = SqliteVectors(self._engine, watch)
        self.deliveries = SqliteDeliveries(self._engine)
        self.leases = SqliteLeases(self._engine)
        self.gate = SqliteGate(self._engine)
        self.validators = SqliteValidators(self._engine)
        self.keeper = SqliteKeeper(self._engine, self._askings)

    async def close(self) -> None:
        """Finish what is being written and let go of the file."""
        await self._engine.close()
        await self._askings.close()
        self._watch.close()
