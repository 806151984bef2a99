"""How much the gateway's caches keep, and how long, unless settings say otherwise."""

ANSWERS = 1_000
"""Answers (row FA-50)."""
ANSWER_BYTES = 64_000_000
"""Of answers, in one process: ours, so that long answers cannot grow the gateway without bound."""
EMBEDDING_TTL_S = 604_800.0
"""Seven days, in seconds (row FA-47); FA-63 makes it thirty."""
EMBEDDINGS = 100_000
"""Vectors: ours; their bytes are the bound that holds first."""
EMBEDDING_BYTES = 256_000_000
"""Of vectors, in one process: ours; about 12,000 of 1,536 numbers written as JSON."""
