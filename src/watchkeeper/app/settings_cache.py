"""Settings of the gateway's caches; whether a route uses them is the route's own setting."""

from pydantic import Field

from watchkeeper.app.settings_section import Section


class CacheSettings(Section):
    """Answers given again to equal requests, in each gateway process."""

    entries: int = Field(default=1_000, ge=1, description="Answers kept at most.")
    bytes: int = Field(default=64_000_000, ge=1_000_000, description="Bytes of answers kept at most.")
    embedding_ttl_s: float = Field(
        default=604_800.0,
        ge=0,
        description="Seconds an embedding is given again for the same text; 0: never.",
    )
    embedding_bytes: int = Field(
        default=256_000_000, ge=1_000_000, description="Bytes of embeddings kept at most."
    )
