"""The reader that works from reading-order text alone, knowing nothing of places on the page."""

from watchkeeper.workloads.annual_reports.readers.flow.reader import FlowReader

__all__ = ["FlowReader"]
