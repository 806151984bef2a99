"""The workload's own part of the settings: `workloads.annual-reports`."""

from typing import Literal

from pydantic import Field

from watchkeeper.app.settings import ModelName, Section


class AnnualReportsSettings(Section):
    """How annual reports are read."""

    minimum_documents: int = Field(
        default=100, ge=0, description="Documents the corpus must hold before a production run (GF-46)."
    )
    ocr: Literal["auto", "off"] = Field(
        default="auto",
        description="`auto` recognises scanned pages with Tesseract when it is installed; `off` never does.",
    )
    third_reader: ModelName | None = Field(
        default=None,
        description="A target or route that reads every report as a third reader. Null: the twins alone.",
    )
    section_cache_ttl_h: float = Field(
        default=24.0, gt=0, description="Hours a report's pages and sections are kept in the cache (GF-23)."
    )
    section_cache_mb: int = Field(default=512, ge=1, description="Disk the section cache may use, in MB.")
    max_pages: int = Field(
        default=1500, ge=1, description="A document with more pages is refused as no annual report."
    )
    workers: int = Field(default=2, ge=1, le=64, description="Processes that read reports at the same time.")
