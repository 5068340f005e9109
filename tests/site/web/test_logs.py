"""What fails on a page is in the log: where, and of which type, and never what the failure said."""

import logging

import pytest

from concord.site.web.logs import QuietFormatter


def _logged(record: logging.LogRecord) -> str:
    return QuietFormatter().format(record)


class _Kept(logging.Handler):
    def __init__(self):
        super().__init__()
        self.records = []

    def emit(self, record):
        self.records.append(record)


def test_a_page_that_fails_is_logged_by_place_and_type_alone(visit, world, monkeypatch):
    def fail(*_args):
        raise RuntimeError("Jane Roe lives at 5 Elm Street")

    monkeypatch.setattr("concord.site.web.homes.sections", fail)
    kept = _Kept()
    logging.getLogger().addHandler(kept)
    try:
        browser = visit(world.users["detective"])
        browser.raise_request_exception = False
        assert browser.get("/").status_code == 500
    finally:
        logging.getLogger().removeHandler(kept)
    lines = [_logged(record) for record in kept.records]
    assert any("RuntimeError at" in line for line in lines)
    assert not any("Elm" in line or "Jane" in line for line in lines)


@pytest.mark.parametrize("said", [
    "Invalid request from ip=127.0.0.1: Invalid HTTP request line: 'GET /?q=Jane Roe'", "Jane %s", "Why: Jane Roe 100%",
])  # fmt: skip
def test_a_web_server_that_repeats_what_it_was_sent_is_cut_short(said):
    line = _logged(logging.LogRecord("gunicorn.error", logging.WARNING, "", 0, said, (), None))
    assert "Jane Roe" not in line
    assert line.partition("gunicorn.error ")[2]


def test_a_refused_page_is_not_in_the_log(visit, world):
    kept = _Kept()
    logging.getLogger().addHandler(kept)
    try:
        visit(world.users["detective"]).get("/clients/11111111-1111-4111-8111-111111111112/")
    finally:
        logging.getLogger().removeHandler(kept)
    assert kept.records == []
