"""Days as official Chinese texts write them (GB/T 9704-2012: Arabic figures, no leading zeros)."""

from __future__ import annotations

from datetime import date


def written(day: date) -> str:
    """“2022年1月4日”, whatever language the page is in."""
    return f"{day.year}年{day.month}月{day.day}日"
