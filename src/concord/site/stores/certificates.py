"""Certificates of the hub's gate: an authority of its own, one for the gate, one for each admitted instance.

Nothing here trusts, or is known to, anybody else: an instance trusts this hub's authority alone, and the gate lets in
the certificates that it gave out itself, each by its digest.
"""

import datetime as dt
import ipaddress
import os
import ssl
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AUTHORITY_YEARS = 10
GATE_DAYS = 398
RENEWED_DAYS = 90
"""A gate's certificate that ends within so many days is made anew at the next start."""
_SKEW = dt.timedelta(hours=1)  # clocks differ


class Pair(NamedTuple):
    """A certificate and its key, as PEM."""

    certificate: str
    key: str


def make_authority(name: str) -> Pair:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = _name(f"Concord hub {name}")
    built = _builder(subject, subject, key, dt.timedelta(days=365 * AUTHORITY_YEARS))
    built = built.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    built = built.add_extension(_usage(signs_certificates=True), critical=True)
    return _pair(built.sign(key, hashes.SHA256()), key)


def make_for_gate(authority: Pair, names: Iterable[str]) -> Pair:
    """For the names and addresses by which instances reach the gate."""
    found = [_general_name(name) for name in names]
    extension = x509.SubjectAlternativeName(found)
    return _signed(authority, "gate", ExtendedKeyUsageOID.SERVER_AUTH, dt.timedelta(days=GATE_DAYS), extension)


def make_for_instance(authority: Pair, login: str) -> Pair:
    """As long as the authority lives: it is ended by taking its digest off the gate's list."""
    left = x509.load_pem_x509_certificate(authority.certificate.encode()).not_valid_after_utc - dt.datetime.now(dt.UTC)
    return _signed(authority, login, ExtendedKeyUsageOID.CLIENT_AUTH, left)


def digest(certificate: str) -> str:
    """SHA-256 of the certificate, in hex: by this the gate knows whom it let in."""
    return x509.load_pem_x509_certificate(certificate.encode()).fingerprint(hashes.SHA256()).hex()


def ends_at(path: Path) -> dt.datetime:
    return x509.load_pem_x509_certificate(path.read_bytes()).not_valid_after_utc


def names_in(path: Path) -> set[str]:
    """The names and addresses that a certificate is for."""
    certificate = x509.load_pem_x509_certificate(path.read_bytes())
    found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return {str(name.value) for name in found}


def gate_context(folder: Path) -> ssl.SSLContext:
    """TLS 1.3 only; whoever shows no certificate of this authority's gets no further."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(folder / "authority.pem")
    context.load_cert_chain(folder / "gate.pem", folder / "gate.key")
    context.set_alpn_protocols(["postgresql"])
    context.num_tickets = 0
    return context


def write(path: Path, text: str, mode: int = 0o600) -> None:
    """All of it or nothing."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w") as file:
        file.write(text)
    os.replace(fresh, path)


def _signed(authority: Pair, name: str, use, lifetime: dt.timedelta, *extensions) -> Pair:
    issuer = x509.load_pem_x509_certificate(authority.certificate.encode())
    signer = serialization.load_pem_private_key(authority.key.encode(), None)
    key = ec.generate_private_key(ec.SECP256R1())
    built = _builder(_name(name), issuer.subject, key, lifetime)
    built = built.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    built = built.add_extension(_usage(signs_certificates=False), critical=True)
    built = built.add_extension(x509.ExtendedKeyUsage([use]), critical=False)
    of_issuer = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    named = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(of_issuer)
    built = built.add_extension(named, critical=False)
    for extension in extensions:
        built = built.add_extension(extension, critical=False)
    return _pair(built.sign(signer, hashes.SHA256()), key)


def _builder(subject, issuer, key, lifetime: dt.timedelta) -> x509.CertificateBuilder:
    now = dt.datetime.now(dt.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _SKEW)
        .not_valid_after(now + lifetime)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates, key_cert_sign=signs_certificates, crl_sign=signs_certificates,
        content_commitment=False, key_encipherment=False, data_encipherment=False, key_agreement=False,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text[:64])])


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _pair(certificate: x509.Certificate, key) -> Pair:
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return Pair(certificate.public_bytes(serialization.Encoding.PEM).decode(), private.decode())
