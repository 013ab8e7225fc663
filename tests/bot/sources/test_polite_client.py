import gzip
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from typing import Any

import pytest
from standins.gates import MemoryGate, MemoryValidators
from standins.sources import Fault, SourceStandin

from bot.errors import SourceError
from bot.models import ARXIV, HUGGINGFACE
from bot.sources.client import PoliteClient

PATH = "/api/daily_papers"
PARAMS = {"date": "2026-03-03"}


def real_clock() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
async def standin() -> AsyncIterator[SourceStandin]:
    async with SourceStandin(grows=False) as server:
        yield server


@asynccontextmanager
async def client_of(
    standin: SourceStandin,
    service: str = HUGGINGFACE,
    **changes: Any,
) -> AsyncIterator[PoliteClient]:
    settings = {
        "gate": MemoryGate(),
        "validators": MemoryValidators(),
        "clock": real_clock,
        "contact": "https://example.org/bot",
        "timeout": timedelta(seconds=5),
        "first_wait": timedelta(milliseconds=5),
        "longest_wait": timedelta(seconds=3),
    }
    client = PoliteClient(service, standin.url, **(settings | changes))
    try:
        yield client
    finally:
        await client.close()


async def test_a_request_names_the_bot_and_its_contact(standin: SourceStandin) -> None:
    async with client_of(standin) as client:
        answer = await client.get(PATH, PARAMS)
    assert answer.status == 200
    agent = standin.requests[0].headers["user-agent"]
    assert agent.startswith("Paperboy/")
    assert "(+https://example.org/bot)" in agent


@pytest.mark.parametrize("kind", ["429", "503", "500", "406", "rate", "drop", "cut", "304"])
async def test_a_passing_fault_is_outlived(standin: SourceStandin, kind: str) -> None:
    standin.faults.extend([Fault(kind), Fault(kind)])
    async with client_of(standin) as client:
        answer = await client.get(PATH, PARAMS)
    assert answer.status == 200
    assert len(standin.requests) == 3


async def test_a_lasting_fault_is_told_with_its_status_and_how_often(
    standin: SourceStandin,
) -> None:
    standin.faults.extend([Fault("503")] * 9)
    async with client_of(standin) as client:
        with pytest.raises(SourceError, match=r"^Hugging Face answered 503 four times$"):
            await client.get(PATH, PARAMS)
    assert len(standin.requests) == 4


async def test_a_slow_answer_ends_at_the_deadline(standin: SourceStandin) -> None:
    standin.faults.extend([Fault("slow", "30")] * 2)
    async with client_of(standin, timeout=timedelta(seconds=0.2), attempts=2) as client:
        started = time.monotonic()
        with pytest.raises(SourceError, match=r"did not answer within 0\.2 s twice"):
            await client.get(PATH, PARAMS)
    assert time.monotonic() - started < 5


async def test_a_service_that_is_not_there_is_an_error_in_words(standin: SourceStandin) -> None:
    standin.url = "http://127.0.0.1:9"
    async with client_of(standin, attempts=1) as client:
        with pytest.raises(SourceError, match="Hugging Face could not be reached"):
            await client.get(PATH, PARAMS)


@pytest.mark.parametrize("form", ["seconds", "date"])
async def test_retry_after_is_waited_for_and_told_to_the_gate(
    standin: SourceStandin, form: str
) -> None:
    value = (
        "1"
        if form == "seconds"
        else format_datetime(real_clock() + timedelta(seconds=2), usegmt=True)
    )
    standin.faults.append(Fault("429", value))
    gate = MemoryGate()
    async with client_of(standin, gate=gate) as client:
        await client.get(PATH, PARAMS)
    first, second = standin.requests
    assert second.at - first.at >= 0.9
    assert gate.held[0][0] == HUGGINGFACE


async def test_a_long_retry_after_fails_at_once_and_holds_everyone_off(
    standin: SourceStandin,
) -> None:
    standin.faults.append(Fault("429", "600"))
    gate = MemoryGate()
    async with client_of(standin, gate=gate, budget=timedelta(seconds=5)) as client:
        with pytest.raises(SourceError, match=r"answered 429$"):
            await client.get(PATH, PARAMS)
        with pytest.raises(SourceError, match="asked to be left alone until"):
            await client.get(PATH, PARAMS)
    assert len(standin.requests) == 1
    assert gate.held[0][1] - real_clock() > timedelta(seconds=590)


@pytest.mark.parametrize("value", ["soon", "-5", "99999999999999999999", "1e9", "nan", "\u0661"])
async def test_a_senseless_retry_after_is_no_retry_after(
    standin: SourceStandin, value: str
) -> None:
    standin.faults.append(Fault("503", value))
    gate = MemoryGate()
    async with client_of(standin, gate=gate) as client:
        assert (await client.get(PATH, PARAMS)).status == 200
    assert gate.held == []


async def test_few_requests_left_hold_off_the_next(standin: SourceStandin) -> None:
    standin.remaining = 3
    gate = MemoryGate()
    async with client_of(standin, gate=gate) as client:
        await client.get(PATH, PARAMS)
    ((service, until),) = gate.held
    assert service == HUGGINGFACE
    assert timedelta(0) < until - real_clock() <= timedelta(seconds=301)


async def test_two_clients_of_one_service_keep_their_distance(standin: SourceStandin) -> None:
    gate = MemoryGate()
    spacing = timedelta(seconds=0.4)
    async with (
        client_of(standin, ARXIV, gate=gate, spacing=spacing) as feeds,
        client_of(standin, ARXIV, gate=gate, spacing=spacing) as api,
    ):
        for client in (feeds, api, feeds, api):
            await client.get("/atom/cs")
    moments = [seen.at for seen in standin.requests]
    gaps = [later - sooner for sooner, later in pairwise(moments)]
    assert min(gaps) > 0.2  # a slow start of the first may eat into the gap after it


async def test_an_answer_beyond_the_size_limit_is_refused(standin: SourceStandin) -> None:
    standin.pages["/big"] = (200, {"Content-Type": "text/plain"}, b"x" * 5_000)
    async with client_of(standin, size_limit=4_000) as client:
        with pytest.raises(SourceError, match="more than 4000 bytes"):
            await client.get("/big")
    assert len(standin.requests) == 1


async def test_an_answer_that_swells_when_unpacked_is_refused(standin: SourceStandin) -> None:
    packed = gzip.compress(b"0" * 50_000_000)
    standin.pages["/bomb"] = (200, {"Content-Encoding": "gzip"}, packed)
    async with client_of(standin, size_limit=1_000_000) as client:
        with pytest.raises(SourceError, match="more than"):
            await client.get("/bomb")


async def test_an_answer_that_can_not_be_unpacked_is_a_fault(standin: SourceStandin) -> None:
    standin.pages["/odd"] = (200, {"Content-Encoding": "gzip"}, b"this is not gzip")
    async with client_of(standin, attempts=2) as client:
        with pytest.raises(SourceError, match="broke off its answer"):
            await client.get("/odd")


async def test_only_what_changed_is_sent_again(standin: SourceStandin) -> None:
    validators = MemoryValidators()
    async with client_of(standin, ARXIV, validators=validators) as client:
        first = await client.get("/atom/cs", conditional=True)
        validators.known[first.url] = first.validators
        second = await client.get("/atom/cs", conditional=True)
        third = await client.get("/atom/cs")
    assert (first.status, second.status, third.status) == (200, 304, 200)
    assert second.validators == first.validators
    assert first.validators[0]


async def test_redirects_are_followed_on_the_same_host_only(standin: SourceStandin) -> None:
    standin.pages["/old"] = (302, {"Location": "/new"}, b"")
    standin.pages["/new"] = (200, {}, b"here")
    standin.pages["/away"] = (302, {"Location": "http://192.0.2.1/"}, b"")
    standin.pages["/file"] = (302, {"Location": "file:///etc/passwd"}, b"")
    standin.pages["/round"] = (302, {"Location": "/round"}, b"")
    async with client_of(standin) as client:
        assert (await client.get("/old")).body == b"here"
        for path in ("/away", "/file"):
            with pytest.raises(SourceError, match="not safe"):
                await client.get(path)
        with pytest.raises(SourceError, match="from one address to the next"):
            await client.get("/round")


async def test_the_token_is_sent_and_never_told(standin: SourceStandin) -> None:
    standin.faults.extend([Fault("503")] * 2)
    async with client_of(standin, token="hf_secret", attempts=2) as client:  # noqa: S106
        with pytest.raises(SourceError) as caught:
            await client.get(PATH, PARAMS)
    assert standin.requests[0].headers["authorization"] == "Bearer hf_secret"
    chain = [caught.value, caught.value.__cause__, caught.value.__cause__.__cause__]
    assert not any("hf_secret" in repr(error) for error in chain)


async def test_an_unknown_address_is_an_answer(standin: SourceStandin) -> None:
    async with client_of(standin) as client:
        assert (await client.get("/api/papers/9999.99999")).status == 404
