"""A certificate authority that nobody knows, such as a company's proxy has, and its servers."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

NAME = "Paperboy test authority"
# Under this name OpenSSL looks for it in a folder of certificates: a hash of NAME
# (`openssl x509 -subject_hash`).
HASH = "ebebe041.0"
ADDRESS = "127.0.0.1"
LIFE = timedelta(days=2)


@dataclass(frozen=True)
class Authority:
    """`bundle` is its certificate as a file, `folder` one that holds it as OpenSSL looks it up."""

    bundle: Path
    folder: Path
    server: ssl.SSLContext


def found(home: Path) -> Authority:
    """Found an authority in a folder; `server` is for a server of 127.0.0.1 that it vouches for."""
    key, own = _certified(NAME, None, None)
    pem = own.public_bytes(Encoding.PEM)
    folder = home / "certificates"
    folder.mkdir()
    bundle = home / "authority.pem"
    for path in (bundle, folder / HASH):
        path.write_bytes(pem)
    server_key, certificate = _certified("server", key, own)
    chain = home / "server.pem"
    secret = server_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    chain.write_bytes(secret + certificate.public_bytes(Encoding.PEM))
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(chain)
    return Authority(bundle, folder, server)


def _certified(
    name: str, signer: ec.EllipticCurvePrivateKey | None, authority: x509.Certificate | None
) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    """A key and its certificate: of the authority itself where there is no other to sign it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(authority.subject if authority else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - LIFE)
        .not_valid_after(now + LIFE)
        .add_extension(x509.BasicConstraints(ca=authority is None, path_length=None), critical=True)
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address(ADDRESS))]), critical=False
        )
    )
    return key, made.sign(signer or key, hashes.SHA256())
