"""The accounts that the demonstration prints, found by what they do."""

from dataclasses import dataclass
from typing import TypedDict


class Persona(TypedDict):
    """A line of `manage.py personas --json` (contracts.md section 2)."""

    username: str
    password: str
    roles: list[str]
    department: str
    name: str
    second_factor: str | None


@dataclass(frozen=True)
class Personas:
    """All of them, in the order printed."""

    rows: list[Persona]

    def find(self, role: str, department: str = "") -> Persona:
        """The first with the role, in the department whose name holds these characters."""
        for row in self.rows:
            if role in row["roles"] and department in row["department"]:
                return row
        raise LookupError(f"no persona is {role} of {department or 'any department'}")
