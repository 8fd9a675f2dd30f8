"""The rule on the length of passwords, in Chinese (Django's own sentence is not translated)."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.password_validation import MinimumLengthValidator


class LengthValidator(MinimumLengthValidator):
    def get_error_message(self) -> str:
        return f"密码太短，至少 {self.min_length} 位。"

    def get_help_text(self) -> Any:
        return f"至少 {self.min_length} 位。"
