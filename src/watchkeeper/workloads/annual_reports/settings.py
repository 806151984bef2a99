"""What can be set for the annual-reports workload, under `workloads.annual-reports`."""

from typing import Literal

from pydantic import Field

from watchkeeper.app.settings import Section, TargetName


class SectionCacheSettings(Section):
    """The cache of where a report's sections stand."""

    ttl_hours: float = Field(24.0, gt=0, description="Hours an entry is good for.")
    max_mb: int = Field(512, ge=1, description="Disk space the cache may take, in MB.")


class AnnualReportsSettings(Section):
    """Swedish housing associations' annual reports."""

    minimum_documents: int = Field(
        100, ge=0, description="Documents the corpus needs before a production run (pre-flight check 1)."
    )
    ocr: Literal["auto", "off"] = Field(
        "auto", description="`auto` reads scanned pages with Tesseract where it is installed; `off` never."
    )
    third_reader: TargetName | None = Field(
        None, description="A target that reads each report beside the two built-in readers."
    )
    section_cache: SectionCacheSettings = Field(
        SectionCacheSettings(), description="The cache of where a report's sections stand."
    )
    max_pages: int = Field(1500, ge=1, description="A report with more pages is refused.")
    workers: int | None = Field(
        None, ge=1, description="Processes that read at once; null: one for each core."
    )
