"""Whether Hugging Face can be asked from here: one try, one second, no matter what hangs."""

from __future__ import annotations

import threading
from datetime import date

import httpx

from bot.certificates import trusted
from bot.errors import ConfigError


def answers_now(url: str, day: date, seconds: float) -> bool:
    """Whether the Daily Papers of `day` are answered at `url` within the time: one try.

    Another page (a hotel's login, a proxy's refusal) is no answer. It runs in a thread that is
    left behind: a name server that does not answer can't be interrupted, and must not hold up
    the exit.
    """
    answers: list[bool] = []

    def probe() -> None:
        try:
            params = {"date": day.isoformat(), "limit": "1"}
            answer = httpx.get(
                f"{url}/api/daily_papers", params=params, timeout=seconds, verify=trusted()
            )
            answers.append(answer.status_code == 200 and isinstance(answer.json(), list))
        except (httpx.HTTPError, httpx.InvalidURL, ConfigError, OSError, ValueError):
            return

    thread = threading.Thread(target=probe, daemon=True)
    thread.start()
    thread.join(seconds)
    return any(answers)
