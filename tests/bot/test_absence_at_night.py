"""An absence that ends in the night, for those whose own hour is in the night."""

from datetime import UTC, datetime, time, timedelta

from standins.world import open_world

from bot.models import EditionKind

MONDAY = datetime(2026, 10, 19, 5, tzinfo=UTC)


async def test_an_absence_that_ends_right_after_ones_own_hour_at_night_is_made_up_at_once(tmp_path):
    async with open_world(tmp_path, MONDAY) as world:
        async with world.running():
            subscription = await world.subscribe("early", hour=time(6))
            await world.until(MONDAY.replace(hour=8))
        # Tuesday is missed as a whole. On Wednesday it is up five minutes after the hour.
        world.now = MONDAY.replace(hour=6, minute=5) + timedelta(days=2)
        async with world.running():
            await world.until(world.now + timedelta(hours=1, minutes=30))
            [edition, *_] = await world.app.store.subscriptions.editions(subscription.id, 1)
    assert (edition.kind, edition.local_day) == (EditionKind.AWAY, world.now.date())
