"""Broken text layers read again: garbled å, ä and ö, and ligatures that were lost."""

from watchkeeper.workloads.annual_reports.repair.repair import REPAIR_VERSION, damaged_pages, repair

__all__ = ["REPAIR_VERSION", "damaged_pages", "repair"]
