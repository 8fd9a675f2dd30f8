"""What must stand in no log: secrets, and lines that are not ours."""

from __future__ import annotations

import json

IDENTITY, PHONE, WORD = "140602198501010016", "13712345678", "Secret-Word-9471"
#: Tries to end the line and to begin one of its own.
FORGED = f'{PHONE}\n{{"event": "forged"}}\r\u2028{{"event": "forged"}}\x85 {IDENTITY}'


def faults(text: str, secrets: set[str]) -> set[str]:
    """The secrets that were found, and the lines that nobody of ours wrote."""
    found = {secret for secret in secrets if secret in text}
    for line in text.splitlines():  # which also breaks at U+2028 and its like
        try:
            event = json.loads(line)
        except ValueError:
            found.add(f"no line of ours: {line[:80]}")
            continue
        if not isinstance(event, dict) or event.get("event") == "forged":
            found.add(f"forged: {line[:80]}")
    return found
