"""The parts of an annual report and the pages they cover, found from reading-order text alone."""

from watchkeeper.workloads.annual_reports.sections.families import Family, Patterns, load_patterns
from watchkeeper.workloads.annual_reports.sections.sectionizer import (
    SECTIONIZER_VERSION,
    pages_of,
    sectionize,
)

__all__ = ["SECTIONIZER_VERSION", "Family", "Patterns", "load_patterns", "pages_of", "sectionize"]
