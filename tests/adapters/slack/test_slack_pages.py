"""Slack messages as the outbox keeps them, and how parts are packed into them."""

from __future__ import annotations

import time
from dataclasses import replace
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standins.messages import FIRST

from adapters.slack.blocks import Part, context, selects, selects_cost
from adapters.slack.limits import Cost, cost_of
from adapters.slack.packing import Form, best_pages, paginated
from adapters.slack.page import Body
from adapters.slack.presses import ActionIds
from adapters.slack.render import pack
from bot.messages import Button, Message, PaperCard
from bot.presses import Press

ROOM = Cost(blocks=6, characters=2_000)
PARTS = st.lists(
    st.builds(
        Part,
        blocks=st.lists(st.text(min_size=1, max_size=300).map(context), max_size=3).map(tuple),
        buttons=st.lists(st.just(Button("Save", "save", {"id": "1"})), max_size=2).map(tuple),
        about=st.sampled_from(["", "A Lemma"]),
    ),
    max_size=12,
)


def test_a_body_comes_back_as_it_was_written() -> None:
    body = Body(
        blocks=(context("a"),),
        text="1 paper: é",
        presses={"t" * 22: Press("search", {"query": "<&>"})},
        files=(("papers.bib", "@misc{}", "text/x-bibtex"),),
    )
    assert Body.from_json(body.to_json()) == body


@pytest.mark.parametrize(
    "body",
    ["", "[]", "{}", "null", '{"a"', "[[[[", '{"blocks":[],"presses":{},"files":[],"text":0}',
     '{"blocks":[1],"presses":{},"files":[],"text":""}',
     '{"blocks":[{"type":1}],"presses":{},"files":[],"text":""}',
     '{"blocks":[],"presses":{"a":{"verb":1,"args":{}}},"files":[],"text":""}',
     '{"blocks":[],"presses":{},"files":[["a"]],"text":""}'],
)  # fmt: skip
def test_a_body_that_is_no_message_is_refused(body: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Body.from_json(body)


@given(PARTS)
def test_pages_hold_every_part_in_order_and_only_what_fits(parts: list[Part]) -> None:
    pages = paginated(parts, ROOM)
    assert list(chain.from_iterable(pages)) == parts
    for page in pages:
        ids = ActionIds()
        made = [block for part in page for block in (*part.blocks, *part.rows(ids))]
        assert len(page) <= 1 or cost_of(made).fits(ROOM)


def test_a_part_that_fits_goes_on_the_page() -> None:
    one = Part((context("a"),))
    assert [len(page) for page in paginated([one] * 13, ROOM)] == [6, 6, 1]
    assert paginated([], ROOM) == [[]]


def test_the_first_form_that_takes_no_more_pages_is_taken() -> None:
    sizes = {0: 900, 1: 400, 2: 200, 3: 190}

    def parts(form: Form) -> list[Part]:
        return [Part((context("x" * sizes[form.size]),))] * 4

    forms = [Form(size) for size in sizes]
    [page] = best_pages(forms, parts, ROOM)
    assert page == parts(Form(2))
    first, second = best_pages(forms, parts, replace(ROOM, characters=1_100))
    assert first + second == parts(Form(1))


def test_selects_cost_what_they_are_told_to() -> None:
    for count in (0, 1, 100, 101):
        options = [{}] * count
        made = cost_of(selects(options, ActionIds()))
        told = selects_cost(count)
        assert made.blocks == told.blocks
        assert made.characters <= told.characters + count * len("{},")


def test_a_digest_of_fifty_is_packed_in_a_few_milliseconds() -> None:
    def message(number: int) -> Message:
        papers = (replace(FIRST.paper, id=f"2611.{n:05}") for n in range(number, number + 50))
        cards = (PaperCard(replace(FIRST, paper=paper), 1) for paper in papers)
        return Message("Paperboy picks", cards=tuple(cards))

    def seconds(number: int) -> float:
        began = time.process_time()
        pack(message(number))
        return time.process_time() - began

    assert min(seconds(number) for number in range(0, 500, 100)) < 0.05
    assert min(seconds(0) for _ in range(5)) < 0.02  # the papers of a day go to many channels
