"""What changes cases; pages and other apps call these."""

from applications.services.acting import apply, offers
from applications.services.drafts import (
    attach_to_draft,
    begin_draft,
    detach_from_draft,
    discard_draft,
    follow_edition,
    save_draft,
    submit_draft,
)
from applications.services.materials import (
    add_scan,
    add_supply_file,
    mark_material_seen,
    record_material_check,
    remove_supply_file,
)
from applications.services.submission import Submitted, receive_in_hall
from applications.services.sweeping import sweep
from applications.services.unmasking import UNMASKING_REASONS, unmask_case

__all__ = [
    "UNMASKING_REASONS",
    "Submitted",
    "add_scan",
    "add_supply_file",
    "apply",
    "attach_to_draft",
    "begin_draft",
    "detach_from_draft",
    "discard_draft",
    "follow_edition",
    "mark_material_seen",
    "offers",
    "receive_in_hall",
    "record_material_check",
    "remove_supply_file",
    "save_draft",
    "submit_draft",
    "sweep",
    "unmask_case",
]
