"""Texts as vectors without a model: hashed words and letter groups. It says what it is.

Source:
    K. Weinberger et al. (2009), "Feature Hashing for Large Scale Multitask Learning", ICML.
"""

import re
from collections.abc import Sequence
from zlib import crc32

import numpy as np

from watchkeeper.monitoring.drift.samples import Figures

DIMENSIONS = 512
_LETTERS = 3
_WORD = re.compile(r"\w+")


def hashed_vectors(texts: Sequence[str]) -> Figures:
    """A row a text, of length 1 (0 for a text without words): its words and groups of three letters."""
    rows = np.zeros((len(texts), DIMENSIONS))
    for row, text in zip(rows, texts, strict=True):
        for word in _WORD.findall(text.casefold()):
            _count(row, word)
            padded = f"<{word}>"
            for at in range(len(padded) - _LETTERS + 1):
                _count(row, padded[at : at + _LETTERS])
    np.log1p(rows, out=rows)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    vectors: Figures = np.divide(rows, lengths, out=rows, where=lengths > 0)
    return vectors


def _count(row: Figures, feature: str) -> None:
    row[crc32(feature.encode("utf-8", "surrogatepass")) % DIMENSIONS] += 1
