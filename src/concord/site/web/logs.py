"""What the web process may write to its log: where a failure happened and of which type, never a value."""

import logging
import re
import traceback
from pathlib import Path


class QuietFormatter(logging.Formatter):
    """Drops messages' arguments' tracebacks to file, line and exception type: an exception's text may hold a name."""

    def format(self, record: logging.LogRecord) -> str:
        line = f"{self.formatTime(record)} {record.levelname} {record.name}"
        if record.exc_info and record.exc_info[0]:
            kind, _, where = record.exc_info
            places = " < ".join(
                f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(traceback.extract_tb(where)[-6:])
            )
            return f"{line} {kind.__name__} at {places}"
        # What follows a colon or stands for an argument is a value: a web server repeats a request it cannot read.
        return f"{line} {re.split('[:%]', str(record.msg), maxsplit=1)[0]}"
