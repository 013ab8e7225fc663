"""Whose certificates are trusted, wherever Paperboy asks over HTTPS with httpx."""

from __future__ import annotations

import ssl
from functools import cache

import httpx

from bot.errors import ConfigError


@cache  # 30 ms each, and all clients may share it
def trusted() -> ssl.SSLContext:
    """The authorities that come with httpx, and those of this machine.

    httpx alone looks at its own bundle only, aiohttp at the machine's store only: a private
    authority, such as a company's proxy has, would be known to one of them. SSL_CERT_FILE and
    SSL_CERT_DIR name others, for both. Raises ConfigError where they can't be read.
    """
    try:
        context = httpx.create_ssl_context()
    except OSError as error:  # of ssl's errors, too
        raise ConfigError("SSL_CERT_FILE names no certificates that can be read") from error
    context.load_default_certs()
    return context


def is_untrusted(error: BaseException) -> bool:
    """Whether a connection failed for a certificate that nobody we trust vouches for."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return True
        cause = cause.__cause__ or cause.__context__
    return False
