"""What can go wrong with an official document, in sentences for the user."""

from __future__ import annotations

from portal.web.errors import DomainError


class IncompleteDocument(DomainError):
    """The act would issue a paper that lacks what the law demands of it; nothing is stored."""

    http_status = 422
    default_code = "document_incomplete"


class RenderingFault(DomainError):
    """The PDF could not be made or does not agree with the one made before; the document itself stands."""

    http_status = 503
    default_code = "document_rendering"


class SealingFault(DomainError):
    """The document could not be signed now; it is signed later, and nothing unsigned is given out instead."""

    http_status = 503
    default_code = "document_sealing"
