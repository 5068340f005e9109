"""Connections to stores of another host: what says nothing for too long is given up.

The network tells when a host is gone. It does not tell when what runs there has stopped to answer, and a page that
waits for it would hold one of the few threads that serve everybody else.
"""

import psycopg

LONGEST_SILENCE = 5.0
"""Seconds within which a statement is answered, or given up."""


class WatchedConnection(psycopg.Connection):
    """Closes itself, and fails as a broken connection does, when no answer comes."""

    def wait(self, gen, interval: float = 0.1, timeout: float | None = None):
        asked_for = timeout is not None and timeout < LONGEST_SILENCE
        try:
            return super().wait(gen, interval, timeout if asked_for else LONGEST_SILENCE)
        except psycopg.errors._WaitTimeout:
            if asked_for:
                raise
            self.pgconn.finish()
            raise psycopg.OperationalError("no answer came in time") from None
