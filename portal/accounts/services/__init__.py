"""What changes people, staff, roles and postings; see the modules for the rules."""

from portal.accounts.services import (
    administrators,
    codes,
    endings,
    enrolment,
    factor_resets,
    passwords,
    second_factor,
    sessions,
    signing_in,
    two_people,
)
from portal.accounts.services.legal_persons import (
    CHANGE_REASONS,
    create_legal_person,
    declare_legal_person,
    end_mandate,
    verify_legal_person,
)
from portal.accounts.services.persons import (
    PHONE_REASONS,
    link_at_window,
    register_online,
    register_person_in_hall,
    verify_at_window,
)
from portal.accounts.services.postings import add_posting, end_posting, establish_office, set_office_head
from portal.accounts.services.roles import assign_role, end_role
from portal.accounts.services.staff import add_staff, end_staff, set_initial_password

__all__ = [
    "CHANGE_REASONS",
    "PHONE_REASONS",
    "add_posting",
    "add_staff",
    "administrators",
    "assign_role",
    "codes",
    "create_legal_person",
    "declare_legal_person",
    "end_mandate",
    "end_posting",
    "end_role",
    "end_staff",
    "endings",
    "enrolment",
    "establish_office",
    "factor_resets",
    "link_at_window",
    "passwords",
    "register_online",
    "register_person_in_hall",
    "second_factor",
    "sessions",
    "set_initial_password",
    "set_office_head",
    "signing_in",
    "two_people",
    "verify_at_window",
    "verify_legal_person",
]
