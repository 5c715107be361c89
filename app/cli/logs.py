"""How the service logs: one event a line, as JSON or for people, and nothing that is secret.

Modules log by the standard library; structlog renders what they, the server and the database say.
"""

import logging
import re
import sys
from datetime import UTC, datetime

import structlog
from pydantic_core import to_json
from structlog.types import EventDict, Processor, WrappedLogger

from app.cli.gathering import GatheringHandler
from app.core.digest import JsonObject
from app.core.settings import Settings

_HIDDEN = "[hidden]"
_SECRET_NAMES = re.compile(r"authorization|cookie|password|secret|token|api.?key", re.IGNORECASE)
# What looks like a secret wherever it stands: schemes of Authorization, passwords in URLs, JWTs.
_SECRETS = re.compile(
    r"(?i:(?<=bearer )|(?<=basic ))[A-Za-z0-9._~+/=-]{8,}"
    r"|(?<=://)[^/\s:@]*:[^/\s@]+(?=@)"
    r"|(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+"
    r"|\bicr_[A-Za-z0-9_-]{8,}"
)

# Without one of these nothing looks like a secret: nearly all texts are seen through at once.
_SIGNS = ("icr_", "eyJ", "://", " ")


def _without_secrets(text: str) -> str:
    if any(sign in text for sign in _SIGNS):
        return _SECRETS.sub(_HIDDEN, text)
    return text


def hide_secrets(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Replace what is secret, by its name or by how it looks, in every text of an event."""
    for name, value in event.items():
        if _SECRET_NAMES.search(name):
            event[name] = _HIDDEN
        elif isinstance(value, str):
            event[name] = _without_secrets(value)
    return event


def configure_logs(settings: Settings) -> None:
    """Have everything that this process logs go to standard error, rendered by structlog."""
    is_for_people = settings.log_format == "console" or (
        settings.log_format == "auto" and sys.stderr.isatty()
    )
    handler = GatheringHandler(sys.stderr)
    handler.setFormatter(_formatter(is_for_people=is_for_people))
    # Nothing that is rendered comes of these, and finding them out takes time for each line.
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("icr").setLevel(settings.log_level.upper())
    # The server logs that it starts and stops; each request is logged by the service.
    logging.getLogger("uvicorn").setLevel(max(logging.INFO, root.level))
    logging.getLogger("uvicorn").propagate = True


class _Lines(structlog.stdlib.ProcessorFormatter):
    """Renders by structlog's processors; lines about requests by hand.

    There is one for each request, and the processors take several times as long over it as writing
    out the few members that are known to be there.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, or lines, of a record."""
        request: JsonObject | None = getattr(record, "request", None)
        if request is None:
            return super().format(record)
        line = {
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            "event": record.msg,
            **request,
            # The one member that its sender chooses.
            "path": _without_secrets(request["path"]),
        }
        return to_json(line).decode()


class _LinesForPeople(structlog.stdlib.ProcessorFormatter):
    """Renders by structlog's processors, for a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, or lines, of a record."""
        record.__dict__.update(record.__dict__.pop("request", {}))
        return super().format(record)


def _formatter(*, is_for_people: bool) -> logging.Formatter:
    found: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    rendered: Processor = (
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
        if is_for_people
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    lines = _LinesForPeople if is_for_people else _Lines
    # A traceback is made a text before it is searched for secrets, since it may hold some.
    processors: list[Processor] = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.format_exc_info,
        hide_secrets,
        rendered,
    ]
    return lines(foreign_pre_chain=found, processors=processors)
