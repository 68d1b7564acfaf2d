"""Accounts, what they may do, how they prove who they are, and what was done."""

from __future__ import annotations

from jobyard_server.access.models.accounts import User
from jobyard_server.access.models.attempts import Attempts
from jobyard_server.access.models.audit import AuditEvent
from jobyard_server.access.models.permissions import ObjectPermission
from jobyard_server.access.models.second_factor import SecondFactor
from jobyard_server.access.models.tokens import Token

__all__ = ["Attempts", "AuditEvent", "ObjectPermission", "SecondFactor", "Token", "User"]
