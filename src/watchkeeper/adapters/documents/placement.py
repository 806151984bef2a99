"""From PDF user space (origin bottom left, unrotated) to the page as it is shown (origin top left)."""

from collections.abc import Callable
from typing import Any

from watchkeeper.domain.page import Box

ToShown = Callable[[float, float, float, float], Box]
"""Takes left, bottom, right and top in user space."""


def shown_boxes(page: Any) -> ToShown:
    """How this page's boxes are placed, with its crop box's offset and its rotation undone.

    Args:
        page: An open pypdfium2 page.
    """
    left, bottom, right, top = page.get_bbox()

    def upright(x0: float, y0: float, x1: float, y1: float) -> Box:
        return Box(x0 - left, top - y1, x1 - left, top - y0)

    def turned_90(x0: float, y0: float, x1: float, y1: float) -> Box:
        return Box(y0 - bottom, x0 - left, y1 - bottom, x1 - left)

    def turned_180(x0: float, y0: float, x1: float, y1: float) -> Box:
        return Box(right - x1, y0 - bottom, right - x0, y1 - bottom)

    def turned_270(x0: float, y0: float, x1: float, y1: float) -> Box:
        return Box(top - y1, right - x1, top - y0, right - x0)

    # Degrees clockwise, as the page's /Rotate says.
    places: dict[int, ToShown] = {0: upright, 90: turned_90, 180: turned_180, 270: turned_270}
    return places[page.get_rotation()]
