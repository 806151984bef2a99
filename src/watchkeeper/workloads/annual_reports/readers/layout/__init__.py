"""The layout reader: positions of words in, readings out; reading-order text is never looked at."""

from watchkeeper.workloads.annual_reports.readers.layout.reader import LayoutReader, OpenLayoutReport

__all__ = ["LayoutReader", "OpenLayoutReport"]
