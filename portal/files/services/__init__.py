"""Take in uploads, check them, give them to their owner, and remove bytes that nobody refers to."""

from portal.files.limits import limits_text
from portal.files.services.checking import check_file, scan_file
from portal.files.services.collecting import (
    collect_orphans,
    collect_unused,
    expire_uploads,
    hold,
    refer_from,
    referenced,
    sweep_orphans,
    sweep_unused,
)
from portal.files.services.quotas import quota_text
from portal.files.services.receiving import assign, check_count, receive, store
from portal.files.services.uploading import append, begin_upload, cancel_upload

__all__ = [
    "append",
    "assign",
    "begin_upload",
    "cancel_upload",
    "check_count",
    "check_file",
    "collect_orphans",
    "collect_unused",
    "expire_uploads",
    "hold",
    "limits_text",
    "quota_text",
    "receive",
    "refer_from",
    "referenced",
    "scan_file",
    "store",
    "sweep_orphans",
    "sweep_unused",
]
