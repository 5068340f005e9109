"""The signed context: who is acting, told to PostgreSQL so that neither injected SQL nor a replay can change it.

The server checks an HMAC-SHA256 over store, staff, agency, sector, roles, task forces, partners, backend pid, start of
the transaction and expiry (`sql/guard.sql`). The key belongs to a login; a provider's own process can hold a key that
signs for its own agency only.
"""

import hashlib
import hmac
import time

from concord.law.wall import Viewer

LIFETIME_SECONDS = 600  # longer than any request; the transaction binding is what stops replays
BLOCK = 64


def sign(viewer: Viewer, *, store: str, key: bytes, pid: int, started_us: int) -> tuple[str, str]:
    """The context text and its signature for one transaction."""
    text = "|".join(
        (
            store,
            str(viewer.staff),
            str(viewer.agency),
            viewer.sector.value,
            ",".join(sorted(role.value for role in viewer.roles)),
            ",".join(sorted(str(t) for t in viewer.task_forces)),
            ",".join(sorted(str(p) for p in viewer.partners)),
            str(pid),
            str(started_us),
            str(int(time.time()) + LIFETIME_SECONDS),
        )
    )
    return text, hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def padded(key: bytes) -> tuple[bytes, bytes]:
    """The inner and outer padded keys of HMAC (RFC 2104), as the guard table keeps them: core PostgreSQL has sha256()
    and no hmac()."""
    block = key.ljust(BLOCK, b"\0")
    return bytes(b ^ 0x36 for b in block), bytes(b ^ 0x5C for b in block)
