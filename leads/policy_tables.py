"""Rows of the routing policy's life: what was tried in the lab, and every change with what it would have done."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database import Table

TASK = "task"


class LabRun(Table):
    """One trial of a changed policy on past leads. `result` is empty until a worker has made it."""

    __tablename__ = "lab_runs"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    asked_at: Mapped[datetime]
    asked_by: Mapped[str] = mapped_column(String(60))
    leads: Mapped[int]  # so many at most, the latest
    dials: Mapped[dict[str, Any]] = mapped_column(default=dict)
    made_at: Mapped[datetime | None]
    result: Mapped[dict[str, Any]] = mapped_column(default=dict)

    __table_args__ = (Index("ix_lab_runs_open", "made_at", "asked_at"),)


class PolicyChange(Table):
    """A line of the policy's log: a policy that was adopted, or a rule that a dispute asked to mend."""

    __tablename__ = "policy_changes"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(60))
    what: Mapped[str] = mapped_column(String(12))  # adopted, task
    mark: Mapped[str | None] = mapped_column(ForeignKey("routing_policies.mark"))  # of the adopted policy
    dispute_id: Mapped[str | None] = mapped_column(ForeignKey("disputes.id"))
    text: Mapped[str] = mapped_column(Text, default="")  # for all partners to read
    effects: Mapped[dict[str, Any]] = mapped_column(default=dict)  # as the lab found them
    done_at: Mapped[datetime | None]  # a task's end, and by whom
    done_by: Mapped[str] = mapped_column(String(60), default="", server_default="")  # a user's id

    __table_args__ = (Index("ix_policy_changes_what", "what", "id"),)
