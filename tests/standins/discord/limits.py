"""Discord's limits on requests: one for all of a bot's, and a bucket for each route and place."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

# As seen in its headers, not promised; what is not named has a bucket that nobody fills.
BUCKETS = {
    "POST /channels/{channel}/messages": (5, 5.0),
    "POST /webhooks/{app}/{token}": (5, 2.0),
}
ROOMY = (50, 1.0)
# Interactions are answered outside of the limit for all.
FREE_OF_GLOBAL = ("/interactions/", "/webhooks/")


@dataclass
class Limits:
    """`rate` requests in any second for all (None: no such limit), `buckets` by route."""

    clock: Callable[[], float]
    rate: int | None = None
    buckets: dict[str, tuple[int, float]] = field(default_factory=lambda: {**BUCKETS})
    _latest: deque[float] = field(default_factory=deque)
    _used: dict[tuple[str, str], tuple[float, int]] = field(default_factory=dict)

    def global_wait(self, path: str) -> float:
        """Seconds that this request came too early by; 0.0 where it may pass, and is counted."""
        if self.rate is None or path.startswith(FREE_OF_GLOBAL):
            return 0.0
        now = self.clock()
        while self._latest and self._latest[0] <= now - 1.0:
            self._latest.popleft()
        if len(self._latest) >= self.rate:
            return self._latest[0] + 1.0 - now
        self._latest.append(now)
        return 0.0

    def bucket(self, route: str, place: str) -> tuple[float, dict[str, str]]:
        """(seconds too early, the headers that say how full the bucket is)."""
        limit, span = self.buckets.get(route, ROOMY)
        now = self.clock()
        until, used = self._used.get((route, place), (0.0, 0))
        if now >= until:
            until, used = now + span, 0
        wait = until - now if used >= limit else 0.0
        used = min(used + 1, limit)
        self._used[route, place] = until, used
        return wait, {
            "X-RateLimit-Limit": str(limit),
            "X-RateLimit-Remaining": str(limit - used),
            "X-RateLimit-Reset": f"{until:.3f}",
            "X-RateLimit-Reset-After": f"{until - now:.3f}",
            "X-RateLimit-Bucket": hashlib.sha256(route.encode()).hexdigest()[:32],
        }


def too_fast(wait: float, *, is_global: bool) -> tuple[dict[str, object], dict[str, str]]:
    """The body and headers of a 429."""
    body = {"message": "You are being rate limited.", "retry_after": round(wait, 3) + 0.001}
    headers = {
        "Retry-After": str(int(wait) + 1),
        "X-RateLimit-Scope": "global" if is_global else "user",
    }
    more = {"X-RateLimit-Global": "true"} if is_global else {}
    return body | {"global": is_global}, headers | more
