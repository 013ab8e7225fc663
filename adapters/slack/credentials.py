"""The secrets of the app: those that are set, else those that are typed, each tried at Slack."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from pydantic import SecretStr

from adapters.slack.tokens import Kind, is_sendable, kind_of, told_instead, trimmed
from bot.errors import ConfigError
from bot.ports import Terminal

MOST_TRIES = 4  # of one secret

Trial = Callable[[str], Awaitable[str]]  # what is wrong with a secret, "" where nothing is


@dataclass(frozen=True, slots=True)
class Wanted:
    """A secret that is asked for. `given` is what the settings hold, "" for nothing; `shown`: it
    is no secret, and may be seen as it is typed.
    """

    setting: str
    kind: Kind
    question: str
    given: str = ""
    shown: bool = False


def wanted(
    setting: str, kind: Kind, question: str, given: SecretStr | str, *, shown: bool = False
) -> Wanted:
    """What is asked for, unless the settings hold it."""
    held = given if isinstance(given, str) else given.get_secret_value()
    hidden = "" if shown else " (it is not shown)"
    return Wanted(setting, kind, f"{question}{hidden}", held, shown)


class Credentials:
    """Asks for one secret after the other; two that were swapped find their places."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._pasted: dict[Kind, str] = {}  # for a question that comes later
        self._asked: set[Kind] = set()

    async def need(self, want: Wanted, trial: Trial) -> str:
        """A secret that Slack accepts, kept.

        Raises ConfigError where none was given, or what was given is refused; ApiError where
        Slack can't be asked.
        """
        found = await self.seek(want, trial)
        if not found:
            raise missing(want.setting)
        return found

    async def seek(self, want: Wanted, trial: Trial) -> str:
        """The same; "" where nothing was typed."""
        self._asked.add(want.kind)
        if want.given and await self._is_accepted(want, want.given, trial, is_set=True):
            return want.given
        for _ in range(MOST_TRIES):
            typed = self._pasted.pop(want.kind, "") or await self._typed(want)
            if not typed:
                break
            if await self._is_accepted(want, typed, trial):
                return typed
        else:
            raise ConfigError(f"no {want.setting} that Slack accepts was given")
        if want.given:
            raise ConfigError(f"{want.setting} is refused by Slack: put another one in its place")
        return ""

    async def _typed(self, want: Wanted) -> str:
        ask = self._terminal.ask if want.shown else self._terminal.ask_secret
        return trimmed(await ask(want.question) or "")

    async def _is_accepted(
        self, want: Wanted, secret: str, trial: Trial, *, is_set: bool = False
    ) -> bool:
        """Whether it is the right one and Slack takes it; then it is kept."""
        found = kind_of(secret)
        if found is not want.kind and not (is_set and found is Kind.UNKNOWN):
            self._tell_misplaced(found, secret, want)
            return False
        problem = await trial(secret) if is_sendable(secret) else "none has such characters"
        if problem:
            which = f"the {want.setting} that is set" if is_set else f"this {want.kind}"
            self._terminal.tell(f"Slack refuses {which}: {problem}.")
            return False
        self._terminal.keep(want.setting, secret)
        return True

    def _tell_misplaced(self, found: Kind, secret: str, want: Wanted) -> None:
        if found in {Kind.BOT, Kind.APP} and found not in self._asked:
            self._pasted[found] = secret
            self._terminal.tell(f"That is the {found}: it is taken where it is asked for.")
        else:
            self._terminal.tell(told_instead(found, want.kind))


def missing(setting: str) -> ConfigError:
    """The error where a setting was neither set nor typed."""
    return ConfigError(
        f"{setting} is missing: run this in a terminal, which asks for it, or give it in the "
        "environment, in .env, or through a pipe"
    )
