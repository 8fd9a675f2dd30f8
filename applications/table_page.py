"""The table of transitions in words, for engineers: what docs/transitions.md says."""

from __future__ import annotations

from applications.states import CaseState
from applications.transitions import SUBMIT, TABLE
from portal.documents.kinds import DocumentKind, title_of
from portal.transitions.table import Guard, Party, Role, Transition

PAGE = "docs/transitions.md"
PICTURE = "docs/images/case-transitions.svg"
PARTIES = {Party.APPLICANT: "the applicant", Party.SYSTEM: "the law (sweep)"}
HEAD = """\
# The transitions of a case

Drawn from `applications/transitions.py` by `manage.py draw_transitions`; edit the table, not this page.

![The life of a case](images/case-transitions.svg)

How the engine runs a line of the table: [architecture](architecture.md#an-act-on-a-case).

## States

| code | on the page | final |
|---|---|---|
"""
ACTS = """
## Acts

*Who*: any one of these, for the department of the case. *Guards* are functions of `applications/guards.py`; each
refuses with a sentence, which the page shows beside the button. *Clock* is the event that the legal clock reads.

| act | from | to | who | guards | clock | document | public timeline |
|---|---|---|---|---|---|---|---|
"""
DIAGRAM = """
## The same as a state diagram

"""


def pages() -> dict[str, str]:
    """Path and text of each drawn file."""
    return {PAGE: page(), PICTURE: TABLE.to_svg()}


def page() -> str:
    """The whole page in Markdown."""
    states = "".join(
        f"| `{state}` | {label} | {'yes' if state in TABLE.finals else ''} |\n" for state, label in TABLE.states.items()
    )
    acts = "".join(_line(transition) for transition in (SUBMIT, *TABLE.transitions))
    return f"{HEAD}{states}{ACTS}{acts}{DIAGRAM}```mermaid\n{TABLE.to_mermaid()}```\n"


def _line(transition: Transition) -> str:
    order = [state.value for state in CaseState]
    cells = (
        f"{transition.label} `{transition.action}`",
        "、".join(TABLE.states[state] for state in sorted(transition.sources, key=order.index)) or "(begins)",
        TABLE.states[transition.target] if transition.target is not None else "(stays)",
        ", ".join(_who(role) for role in transition.role),
        ", ".join(_name(guard) for guard in transition.guard),
        f"`{transition.clock}`" if transition.clock else "",
        title_of(DocumentKind(transition.document), is_license=True) if transition.document else "",
        transition.public_label,
    )
    return f"| {' | '.join(cells)} |\n"


def _who(role: Role) -> str:
    return PARTIES[role] if isinstance(role, Party) else f"`{role.value}`"


def _name(guard: Guard) -> str:
    return f"`{guard.__name__}`"
