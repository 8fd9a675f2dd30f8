"""Structured logs: one JSON object per line on standard error, no personal data in it."""

import logging
import logging.config
from collections.abc import MutableMapping
from typing import Any, Final

import structlog

from portal.privacy.masking import mask_text

# What must never be written: keys by which a person, a session or a secret could enter a log line.
PRIVATE_KEYS = frozenset(
    {"password", "secret", "token", "cookie", "session", "phone", "id_number", "name", "email", "address", "ip"}
)


def drop_private(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace the values of private keys, so that a careless call leaks nothing."""
    for key in event.keys() & PRIVATE_KEYS:
        event[key] = "[private]"
    return event


def mask_texts(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Mask identity numbers, phones and mail addresses wherever they stand in a line, tracebacks included."""
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = mask_text(value)
        elif isinstance(value, dict | list | tuple | set):
            event[key] = mask_text(repr(value))
    return event


#: What ends a line for some readers of logs, and is no control character for JSON.
_LINE_ENDS: Final = {0x85: "\\u0085", 0x2028: "\\u2028", 0x2029: "\\u2029"}
_JSON: Final = structlog.processors.JSONRenderer(ensure_ascii=False)


def one_line(logger: Any, method: str, event: MutableMapping[str, Any]) -> str:
    """The event as JSON in exactly one line, whatever stands in its texts: nobody forges a second one."""
    return str(_JSON(logger, method, event)).translate(_LINE_ENDS)


def without_trace(record: logging.LogRecord) -> bool:
    """A host name that is not ours is the caller's fault: one line of warning, no traceback of our code."""
    record.levelno, record.levelname, record.exc_info = logging.WARNING, "WARNING", None
    return True


SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    drop_private,
    structlog.processors.StackInfoRenderer(),
]


def logging_settings(level: str) -> None:
    """Configure structlog and the standard library's logging alike."""
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "json": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "processors": [
                        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                        structlog.processors.format_exc_info,
                        mask_texts,
                        one_line,
                    ],
                    "foreign_pre_chain": SHARED,
                }
            },
            "filters": {"without_trace": {"()": lambda: without_trace}},
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
            "root": {"handlers": ["stderr"], "level": level},
            "loggers": {
                # Django's own request log repeats ours, with the query string in it.
                "django.request": {"level": "ERROR"},
                "django.server": {"level": "ERROR"},
                "django.security.DisallowedHost": {"filters": ["without_trace"]},
                # At DEBUG they write the variables of a page and the parameters of a query.
                "django.template": {"level": "INFO"},
                "django.db.backends": {"level": "INFO"},
                "fontTools": {"level": "ERROR"},
                "weasyprint": {"level": "ERROR"},
                # They report each load of a library and each step of a signature.
                "pikepdf": {"level": "WARNING"},
                "pyhanko": {"level": "ERROR"},
                "pyhanko_certvalidator": {"level": "ERROR"},
                "jieba": {"level": "WARNING"},
            },
        }
    )
