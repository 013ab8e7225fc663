"""discord.py, imported without its warning and pointed at a stand-in."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

import yarl

with warnings.catch_warnings():  # it imports audioop, which Python 3.11 warns of
    warnings.simplefilter("ignore", DeprecationWarning)
    import discord
    import discord.gateway
    import discord.http


class Addresses(Protocol):
    """Where a stand-in is: itself, or what a process that it does not run in was told."""

    api_url: str
    gateway_url: str
    cdn_url: str


@contextmanager
def pointed_at(standin: Addresses) -> Iterator[None]:
    """Within, this process's discord.py knows no other Discord than the stand-in."""
    route, socket = discord.http.Route, discord.gateway.DiscordWebSocket
    asset = discord.asset.Asset
    before = route.BASE, socket.DEFAULT_GATEWAY, asset.BASE
    route.BASE, asset.BASE = standin.api_url, standin.cdn_url
    socket.DEFAULT_GATEWAY = yarl.URL(standin.gateway_url)
    try:
        yield
    finally:
        route.BASE, socket.DEFAULT_GATEWAY, asset.BASE = before


__all__ = ["discord", "pointed_at"]
