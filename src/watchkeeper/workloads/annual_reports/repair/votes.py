"""What the signs of a broken layer have been seen to stand for, page by page."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable

LOST = " "
"""The 'sign' of a letter that left only a blank."""

_PAGE_WEIGHT = 3.0
"""A page's own words count so much more than the document's: fonts change between pages."""
_LEAST_SHARE = 0.005
"""A reading seen in a smaller share of a sign's words is taken for chance."""
_LEAST_VOTES = 3


class Votes:
    """Counts, for each sign, of the letters it stood for in recognised words."""

    def __init__(self) -> None:
        self._pages: dict[tuple[int, str], Counter[str]] = defaultdict(Counter)
        self._all: dict[str, Counter[str]] = defaultdict(Counter)
        self._inside: Counter[tuple[int, str]] = Counter()
        self.words: dict[str, set[str]] = defaultdict(set)
        """The different words each sign was recognised in."""

    def add(self, page: int, sign: str, fill: str, word: str) -> None:
        """Count one recognised place."""
        self._pages[page, sign][fill] += 1
        self._all[sign][fill] += 1
        self.words[sign].add(word.casefold())

    def add_inside(self, page: int, sign: str) -> None:
        """Count a place within a word of small letters, which shows the sign for a small letter."""
        self._inside[page, sign] += 1

    def is_small_letter(self, page: int, sign: str) -> bool:
        """Whether the sign has stood within words on the page, so that it is no capital."""
        return self._inside[page, sign] > 0

    def signs(self) -> Iterable[str]:
        """Every sign recognised at least once."""
        return tuple(self._all)

    def seen(self, sign: str) -> tuple[str, ...]:
        """All a sign was recognised as, most frequent first."""
        return tuple(fill for fill, _ in self._all.get(sign, Counter()).most_common())

    def fills(self, sign: str) -> tuple[str, ...]:
        """What a sign may stand for, most frequent first; none when it was hardly seen."""
        counts = self._all.get(sign, Counter())
        least = max(_LEAST_VOTES, _LEAST_SHARE * counts.total())
        return tuple(fill for fill, count in counts.most_common() if count >= least)

    def chance(self, page: int, sign: str, fill: str) -> float:
        """The natural logarithm of the chance that a sign on a page stands for these letters."""
        here, everywhere = self._pages.get((page, sign), Counter()), self._all.get(sign, Counter())
        seen = _PAGE_WEIGHT * here[fill] + everywhere[fill] + 0.3
        return math.log(seen / (_PAGE_WEIGHT * here.total() + everywhere.total() + 1.0))
