"""One JSON line an event in production, a readable line at a terminal; neither carries personal data.

What PostgreSQL says of a row it refused quotes the row (`DETAIL: Failing row contains (…, +59170712345, …)`): of an
error of the database the log has what went wrong, and not with what.
"""

import logging
import re
import sys
from collections.abc import Iterator
from typing import Any

import psycopg
import structlog
from django.http import HttpRequest
from structlog.typing import EventDict, Processor, WrappedLogger

HIDDEN = "DETAIL: …"
# What is left of a detail whose error is not at hand, to the next thing that is said.
DETAIL = re.compile(r"DETAIL:.*?(?=\nCONTEXT:|\nHINT:|\n\nThe above exception|\n\nDuring handling|\Z)", re.DOTALL)


def line_formatter() -> logging.Formatter:
    """Return the formatter of every handler, for records of structlog and of the standard library alike."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso"),
    ]
    renderer = (
        structlog.dev.ConsoleRenderer(colors=True) if sys.stderr.isatty() else structlog.processors.JSONRenderer()
    )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            without_rows,
            renderer,
        ],
    )


class PatternsForAddresses(logging.Filter):
    """What Django says of a request names its path, and somebody's name may stand in it: the log has its pattern."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        if isinstance(request, HttpRequest) and isinstance(record.args, tuple):
            match = request.resolver_match
            pattern = f"/{match.route}" if match else "an address that is not there"
            record.args = tuple(pattern if one in (request.path, request.path_info) else one for one in record.args)
        return True


def without_rows(logger: WrappedLogger, name: str, event: EventDict) -> EventDict:
    """Write the exception out, and leave out of all that is said what the database quotes of a row."""
    details = list(_details(event.get("exc_info")))
    event = structlog.processors.format_exc_info(logger, name, event)
    return {key: _hidden(value, details) if isinstance(value, str) else value for key, value in event.items()}


def _hidden(text: str, details: list[str]) -> str:
    for detail in details:
        text = text.replace(detail, "…")
    return DETAIL.sub(HIDDEN, text) if "DETAIL:" in text else text


def _details(told: Any) -> Iterator[str]:
    """What the database said in detail, of an exception and of those it came from."""
    error = told[1] if isinstance(told, tuple) else sys.exc_info()[1] if told is True else told
    while isinstance(error, BaseException):
        if isinstance(error, psycopg.Error) and error.diag.message_detail:
            yield error.diag.message_detail
        error = error.__cause__ or error.__context__
