"""Settings of the gateway's caches, for each of its processes."""

from pydantic import Field

from watchkeeper.app.settings_section import Section
from watchkeeper.gateway.cache_bounds import (
    ANSWER_BYTES,
    ANSWERS,
    EMBEDDING_BYTES,
    EMBEDDING_TTL_S,
    EMBEDDINGS,
)


class CacheSettings(Section):
    """Answers and embeddings that are given again; a route's `cache_ttl_s` switches answers on."""

    answers: int = Field(default=ANSWERS, ge=0, description="Answers kept, in each gateway process.")
    answer_bytes: int = Field(default=ANSWER_BYTES, ge=0, description="Memory they may take, in bytes.")
    embedding_ttl_s: float = Field(
        default=EMBEDDING_TTL_S, ge=0, description="Seconds an embedding is given again; 0: never."
    )
    embeddings: int = Field(default=EMBEDDINGS, ge=0, description="Embeddings kept, in each gateway process.")
    embedding_bytes: int = Field(default=EMBEDDING_BYTES, ge=0, description="Memory they may take, in bytes.")
