"""`alert test`: what an alert would have brought in the last days, before anything is kept."""

from __future__ import annotations

from bot.bundles import Catch, catch_card
from bot.commands import defaults
from bot.commands.alerts_adding import QUERY, fetch_likes
from bot.commands.alerts_outlook import filling_note, outlook_of
from bot.commands.alerts_reading import Wish, exact_button, hours_aside, read_wish, tell_wish
from bot.commands.alerts_telling import tell_outlook
from bot.commands.cards import with_buttons
from bot.commands.desk import Desk
from bot.commands.verbs import Values, form_fields
from bot.messages import Button, Form, Invocation, Message, PaperCard
from bot.narrowing import Outlook, lately
from bot.queries import print_query, resolve
from bot.query_words import tell_query
from bot.wording import capital


async def try_out(desk: Desk, invocation: Invocation, values: Values) -> Message | Form:
    """What an alert with this query would have brought in the last days, the best of it."""
    if "query" not in values:
        return Form("Try an alert", "alert test", form_fields((QUERY,), {}))
    today = desk.today(invocation)
    wish = read_wish(values["query"], today, exact="exact" in values)
    await fetch_likes(desk, wish.query)
    outlook, advice = await outlook_of(desk, wish.query, today)
    cards = await _best(desk, invocation, wish)
    best = f"the {len(cards)} with most upvotes" if len(cards) < outlook.papers else ""
    return Message(
        title=tell_outlook(outlook),
        subtitle=": ".join(filter(None, (capital(tell_query(wish.query)), best))),
        lines=(*tell_wish(wish), *hours_aside(wish), *advice),
        cards=cards,
        notes=await filling_note(desk, today),
        buttons=(
            *_buttons(wish, outlook),
            *exact_button(wish, "Test the exact words", "alert test", {}),
        ),
    )


async def _best(desk: Desk, invocation: Invocation, wish: Wish) -> tuple[PaperCard, ...]:
    """What had most upvotes, with its words marked."""
    papers, today = desk.store.papers, desk.today(invocation)
    ids = await papers.search(lately(wish.query, today), defaults.DAY_PAGE)
    excerpts = await papers.excerpts(resolve(wish.query, today), ids)
    shown = (
        catch_card(Catch(listed, (), excerpts.get(listed.paper.id)), number)
        for number, listed in enumerate(await papers.get(ids), 1)
    )
    return with_buttons(shown, invocation)


def _buttons(wish: Wish, outlook: Outlook) -> tuple[Button, ...]:
    text = print_query(wish.query)
    searched = Button("Search all papers", "search", {"query": text})
    return (
        Button("Add this alert", "alert add", _exactly(text)),
        *(Button(n.label, "alert test", _exactly(n.query)) for n in outlook.narrowings),
        *(() if outlook.papers else (searched,)),
    )


def _exactly(text: str) -> dict[str, str]:
    return {"query": text, "exact": "yes"}
