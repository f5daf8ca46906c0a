"""Replay of a year's events through the services that a person's click uses."""

from __future__ import annotations

from approvals.replay.run import Progress, ReplayStopped, replay

__all__ = ["Progress", "ReplayStopped", "replay"]
