"""Behind a proxy with an authority of its own, sources are reached as Discord is: over real TLS."""

import asyncio
import ssl
from datetime import UTC, datetime, timedelta

import certifi
import httpx
import pytest
from aiohttp import ClientConnectorCertificateError, ClientSession, web
from standins.authority import found
from standins.gates import MemoryGate, MemoryValidators

from bot.certificates import trusted
from bot.embeddings.fetching import HubModel, fetch_model
from bot.errors import ConfigError, ModelError, SourceError
from bot.models import HUGGINGFACE
from bot.sources.client import PoliteClient


@pytest.fixture
def authority(tmp_path):
    return found(tmp_path)


@pytest.fixture
async def url(authority):
    async def answer(_request):
        return web.json_response([])

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=authority.server).start()
    yield f"https://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    """Nobody is named in it, and what was read of it before is forgotten, also afterwards."""
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
    trusted.cache_clear()
    yield monkeypatch
    trusted.cache_clear()


async def asked(url):
    """The status of a polite question, one try."""
    client = PoliteClient(
        HUGGINGFACE,
        url,
        MemoryGate(),
        MemoryValidators(),
        lambda: datetime.now(UTC),
        contact="https://example.org/bot",
        timeout=timedelta(seconds=5),
        attempts=1,
    )
    try:
        return (await client.get("/api/daily_papers")).status
    finally:
        await client.close()


async def asked_as_discord_is(url):
    """The same by aiohttp, with what it makes of the environment by itself."""
    async with (
        ClientSession() as session,
        session.get(url, ssl=ssl.create_default_context()) as answer,
    ):
        return answer.status


async def test_an_unknown_authority_is_told_as_such(url):
    with pytest.raises(SourceError, match=r"^Hugging Face has a certificate that is not trusted"):
        await asked(url)
    with pytest.raises(ClientConnectorCertificateError):
        await asked_as_discord_is(url)


async def test_an_authority_named_in_the_environment_is_trusted(url, authority, environment):
    environment.setenv("SSL_CERT_FILE", str(authority.bundle))
    assert await asked(url) == await asked_as_discord_is(url) == 200


async def test_an_authority_of_the_machine_is_trusted(url, authority, environment):
    # OpenSSL takes this folder for the machine's store; httpx by itself stops at the file.
    environment.setenv("SSL_CERT_FILE", certifi.where())
    environment.setenv("SSL_CERT_DIR", str(authority.folder))
    with pytest.raises(httpx.ConnectError):
        await asyncio.to_thread(httpx.get, url)
    assert await asked(url) == await asked_as_discord_is(url) == 200


def test_what_httpx_brings_is_trusted_where_the_machine_has_no_store():
    bundled = {each["serialNumber"] for each in _authorities(certifi.where())}
    assert bundled <= {each["serialNumber"] for each in trusted().get_ca_certs()}


def _authorities(path):
    return ssl.create_default_context(cafile=path).get_ca_certs()


@pytest.mark.parametrize("text", [None, "", "no certificate"])
def test_a_wrong_file_is_named_by_its_setting(environment, tmp_path, text):
    path = tmp_path / "ca.pem"
    if text is not None:
        path.write_text(text)
    environment.setenv("SSL_CERT_FILE", str(path))
    with pytest.raises(ConfigError, match=r"^SSL_CERT_FILE names no certificates"):
        trusted()


async def test_a_hub_that_is_not_trusted_says_what_to_set(url, tmp_path):
    model = HubModel(url, "owner/model", "0" * 40, "model.onnx", "0" * 64)
    with pytest.raises(ModelError, match=r"not trusted here; .*docs/install\.md"):
        await asyncio.to_thread(fetch_model, model, tmp_path / "model", lambda *_: None)
