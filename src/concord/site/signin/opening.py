"""Files that were opened stay open for this session and this browser alone.

What opens them (`keys.opened`) lies in the session, sealed under a secret that only a cookie of this browser has: the
database of sessions opens nothing, and neither does the cookie once its session has ended, by whatever way.
"""

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from concord.site.keys.opened import Opened

SEALED = "files"
_NONCE, _SECRET = 12, 32


def cookie_name() -> str:
    """A browser takes a `__Host-` cookie over TLS only, and from this very host."""
    return "files" if settings.LOCAL_ONLY else "__Host-files"


def keep(request, response, opened: Opened) -> None:
    """Leave the files open for this session: from the next request on."""
    secret, nonce = secrets.token_bytes(_SECRET), secrets.token_bytes(_NONCE)
    sealed = AESGCM(secret).encrypt(nonce, opened.private, _bound_to(request.user))
    request.session[SEALED] = _text(nonce + sealed)
    response.set_cookie(cookie_name(), _text(secret), path="/", httponly=True, samesite="Strict",
                        secure=not settings.LOCAL_ONLY)  # fmt: skip


def close(request) -> None:
    request.session.pop(SEALED, None)


def brought(request) -> Opened | None:
    """What this request brought along to open its files with; None where either half is missing or not the other's."""
    sealed, secret = request.session.get(SEALED), request.COOKIES.get(cookie_name())
    if not sealed or not secret:
        return None
    user = request.user
    try:
        sealed, secret = urlsafe_b64decode(sealed), urlsafe_b64decode(secret)
        private = AESGCM(secret).decrypt(sealed[:_NONCE], sealed[_NONCE:], _bound_to(user))
    except (InvalidTag, ValueError):
        return None
    return Opened(user.agency_id, str(user.staff_id), private)


def tidy(request, response) -> None:
    """Take the cookie back where its session holds nothing for it any more."""
    name = cookie_name()
    if name in request.COOKIES and name not in response.cookies and SEALED not in request.session:
        response.delete_cookie(name, path="/", samesite="Strict")
        response.cookies[name].update({"httponly": True, **({} if settings.LOCAL_ONLY else {"secure": True})})


def _bound_to(user) -> bytes:
    return b"signin.files|" + user.pk.bytes + user.agency_id.bytes + user.staff_id.bytes


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode()
