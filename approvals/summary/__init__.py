"""The annual summary (年度绩效管理工作总结): it writes itself from what was recorded."""

from __future__ import annotations

from approvals.summary.issuing import Summary, Unfit, draw_up, save

__all__ = ["Summary", "Unfit", "draw_up", "save"]
