"""What can be told of waiting where nobody knows which cases are over: a description of what is recorded."""

from __future__ import annotations

from ..log.results import Answer
from .context import Context
from .decision_days import days_table
from .wait_causes import wait_table


def described_waits(context: Context) -> dict[str, Answer]:
    """Waits by cause, and steps whose days tell a rhythm or a standstill, where there are any. Nothing is claimed."""
    found: dict[str, Answer] = {"wait_causes": wait_table(context), "decision_days": days_table(context)}
    if not found["decision_days"].table["rhythm"].notna().any():
        del found["decision_days"]
    return {name: answer for name, answer in found.items() if len(answer.table)}
