"""A polite HTTP client: one per service, which waits its turn, tries again and reads no more than
it should.

All processes of a store share the service's gate. Every vendor error ends here as SourceError.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from importlib.metadata import PackageNotFoundError, version

import httpx
import stamina

from bot.certificates import is_untrusted, trusted
from bot.errors import SourceError
from bot.models import ARXIV, HUGGINGFACE
from bot.ports import Clock, Gate, ValidatorStore

SIZE_LIMIT = 32 * 1024 * 1024  # bytes; the largest honest answer, 2,000 entries, has about 6 MiB
MAX_REDIRECTS = 3
LONGEST_HOLD = timedelta(hours=1)  # no answer shuts a service off for longer
FEW_REQUESTS = 3  # Hugging Face: with so few left of its 500 in 5 minutes, wait for the next span

_LABELS = {HUGGINGFACE: "Hugging Face", ARXIV: "arXiv"}
_TIMES = {1: "", 2: " twice", 3: " three times", 4: " four times"}
_RATE_LIMIT = re.compile(r'"api"\s*;\s*r=(?P<left>[0-9]{1,9})\s*;\s*t=(?P<seconds>[0-9]{1,9})')


class _PassingError(SourceError):
    """A fault that may pass by itself; `retry_after` is the service's own figure, if any."""

    def __init__(self, problem: str, retry_after: timedelta | None = None) -> None:
        super().__init__(problem)
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service answered: a status that is no passing fault, at most `size_limit` bytes.

    `headers` are by lower-case name. `validators` are (ETag, Last-Modified), "" where there is
    none; with status 304 those of the stored answer.
    """

    status: int
    body: bytes
    headers: Mapping[str, str]
    url: str
    validators: tuple[str, str] = ("", "")


class PoliteClient:
    """Asks one service, no faster than its gate allows.

    `timeout` is the deadline of one request from sending to the last byte; `budget` ends the
    tries of one question; `longest_wait` caps the pause between two tries: where a service asks
    for more, its gate is told and the question fails at once.
    """

    def __init__(
        self,
        service: str,
        base_url: str,
        gate: Gate,
        validators: ValidatorStore,
        clock: Clock,
        *,
        contact: str,
        timeout: timedelta,
        spacing: timedelta = timedelta(0),
        token: str = "",
        attempts: int = 4,
        budget: timedelta = timedelta(minutes=5),
        first_wait: timedelta = timedelta(seconds=2),
        longest_wait: timedelta = timedelta(seconds=60),
        size_limit: int = SIZE_LIMIT,
    ) -> None:
        self.service = service
        self.label = _LABELS.get(service, service)
        self._base_url = httpx.URL(base_url)
        self._gate = gate
        self._validators = validators
        self._clock = clock
        self._timeout = timeout
        self._spacing = spacing
        self._token = token
        self._attempts = attempts
        self._budget = budget
        self._first_wait = first_wait
        self._longest_wait = longest_wait
        self._size_limit = size_limit
        self._http = httpx.AsyncClient(
            headers={"User-Agent": f"Paperboy/{_own_version()} (+{contact})"},
            timeout=timeout.total_seconds(),
            limits=httpx.Limits(max_connections=1),
            verify=trusted(),
        )

    async def close(self) -> None:
        """Close the connection."""
        await self._http.aclose()

    async def get(
        self, path: str, params: Mapping[str, str] | None = None, *, conditional: bool = False
    ) -> Answer:
        """Ask for `path`, again where a fault may pass.

        `conditional` asks only for what differs from the stored answer (304 where nothing does).
        Raises SourceError, which names the service and what happened.
        """
        url = self._url(path, params)
        known = await self._validators.validators(str(url)) if conditional else ("", "")
        tries = 0
        attempts = stamina.retry_context(
            on=self._pause,
            attempts=self._attempts,
            timeout=self._budget,
            wait_initial=self._first_wait,
            wait_max=self._longest_wait,
            wait_jitter=self._first_wait / 2,
        )
        try:
            async for attempt in attempts.with_name(self.label, (), {}):
                with attempt:
                    tries += 1
                    return await self._ask(url, known)
        except _PassingError as error:
            times = _TIMES.get(tries, f" {tries} times")
            raise SourceError(f"{self.label} {error}{times}") from error
        raise SourceError(f"{self.label} was not asked")

    def _url(self, path: str, params: Mapping[str, str] | None) -> httpx.URL:
        url = httpx.URL(str(self._base_url).rstrip("/") + path)
        return url.copy_merge_params(params) if params else url

    def _pause(self, error: Exception) -> bool | timedelta:
        """Whether to try again, and the service's own figure for when (stamina's backoff hook)."""
        if not isinstance(error, _PassingError):
            return False
        if error.retry_after is None:
            return True
        return error.retry_after if error.retry_after <= self._longest_wait else False

    async def _ask(self, url: httpx.URL, known: tuple[str, str]) -> Answer:
        for _ in range(MAX_REDIRECTS + 1):
            await self._turn()
            answer = await self._send(url, self._headers(url, known), self._timeout)
            await self._mind_rate_limit(answer)
            await self._refuse_passing_faults(answer, asked_conditionally=any(known))
            target = self._redirect(url, answer)
            if target is None:
                return replace(answer, validators=known) if answer.status == 304 else answer
            url = target
        raise SourceError(f"{self.label} sent us from one address to the next")

    async def _turn(self) -> None:
        now = self._clock()
        moment = await self._gate.reserve(self.service, self._spacing, now)
        if moment - now > self._budget:
            raise SourceError(f"{self.label} asked to be left alone until {moment:%H:%M} UTC")
        await asyncio.sleep(max(0.0, (moment - now).total_seconds()))

    def _headers(self, url: httpx.URL, known: tuple[str, str]) -> dict[str, str]:
        wanted = {"If-None-Match": known[0], "If-Modified-Since": known[1]}
        if self._token and _origin(url) == _origin(self._base_url):
            wanted["Authorization"] = f"Bearer {self._token}"
        return {name: value for name, value in wanted.items() if value}

    async def _send(self, url: httpx.URL, headers: dict[str, str], deadline: timedelta) -> Answer:
        seconds = deadline.total_seconds()
        try:
            async with (
                asyncio.timeout(seconds),
                self._http.stream("GET", url, headers=headers) as response,
            ):
                body = await self._read(response)
        except (TimeoutError, httpx.TimeoutException) as error:
            raise _PassingError(f"did not answer within {seconds:g} s") from error
        except httpx.ConnectError as error:
            says = "has a certificate that is not trusted here"
            raise _PassingError(says if is_untrusted(error) else "could not be reached") from error
        except (httpx.TransportError, httpx.DecodingError) as error:
            raise _PassingError("broke off its answer") from error
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            raise SourceError(f"{self.label} can't be asked") from error
        headers_seen = {name.lower(): value for name, value in response.headers.items()}
        validators = (headers_seen.get("etag", ""), headers_seen.get("last-modified", ""))
        return Answer(response.status_code, body, headers_seen, str(url), validators)

    async def _read(self, response: httpx.Response) -> bytes:
        parts: list[bytes] = []
        size = 0
        async for part in response.aiter_bytes():
            size += len(part)
            if size > self._size_limit:
                raise SourceError(f"{self.label} sent more than {self._size_limit} bytes")
            parts.append(part)
        return b"".join(parts)

    async def _mind_rate_limit(self, answer: Answer) -> None:
        """Hugging Face tells how many requests are left, and for how long: r=…;t=… (UPSTREAM)."""
        told = _RATE_LIMIT.search(answer.headers.get("ratelimit", ""))
        if told and int(told["left"]) <= FEW_REQUESTS:
            await self._hold_off(timedelta(seconds=int(told["seconds"]) + 1))

    async def _refuse_passing_faults(self, answer: Answer, *, asked_conditionally: bool) -> None:
        status = answer.status
        # arXiv says so in plain text, with whatever status; its 406 is a passing fault too.
        if len(answer.body) < 200 and answer.body.strip().lower().startswith(b"rate exceeded"):
            status = 429
        unasked = status == 304 and not asked_conditionally
        if not unasked and status not in {406, 408, 429} and status < 500:
            return
        wait = _retry_after(answer.headers.get("retry-after", ""), self._clock())
        if wait is not None:
            await self._hold_off(wait)
        raise _PassingError(f"answered {status}", wait)

    async def _hold_off(self, span: timedelta) -> None:
        await self._gate.hold_off(self.service, self._clock() + min(span, LONGEST_HOLD))

    def _redirect(self, url: httpx.URL, answer: Answer) -> httpx.URL | None:
        if answer.status not in {301, 302, 303, 307, 308} or "location" not in answer.headers:
            return None
        try:
            target = url.join(answer.headers["location"])
        except httpx.InvalidURL as error:
            raise SourceError(f"{self.label} sent us to no address") from error
        if target.scheme != "https" and _origin(target) != _origin(url):
            raise SourceError(f"{self.label} sent us to an address that is not safe")
        return target


def _retry_after(text: str, now: datetime) -> timedelta | None:
    """How long a Retry-After header (seconds or a date) asks to wait; None where it is none."""
    if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{0,9})?", text.strip()):
        return timedelta(seconds=float(text))
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(aware - now, timedelta(0))


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _own_version() -> str:
    try:
        return version("paperboy")
    except PackageNotFoundError:
        return "0"
