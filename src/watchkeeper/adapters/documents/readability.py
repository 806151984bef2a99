"""Whether a page's text layer can be read, or the page must be looked at as an image.

The rule, page by page, over the characters of the text layer that are not spaces:

- A page without letters or digits has no readable text.
- A page where fewer than half of them are letters, digits or common punctuation is junk: a font
  without a mapping to characters leaves control characters or private ones.
- A page with fewer than 200 letters and digits under an image that covers at least nine tenths of
  it is a scan that was stamped, such as by a signing service: the report itself is in the image.

Every other page is read from its text layer, also one with a few lost or odd characters.
"""

import unicodedata
from typing import Any

import pypdfium2.raw as pdfium_c

from watchkeeper.domain.page import PagedDocument, PageSource

_READABLE_SHARE = 0.5
_STAMP_CHARACTERS = 200
"""Signing services' stamps have up to about 130 letters and digits; a report page has 500 or more."""
_SCAN_COVER = 0.9
"""Share of the page's area; cover photos in the reports this was measured on reach 0.6."""

_ODD_CATEGORIES = frozenset({"Cc", "Cn", "Co", "Cs"})


def unreadable_pages(document: PagedDocument) -> tuple[int, ...]:
    """Numbers of the pages whose text is still missing: no readable text layer, and no OCR yet."""
    return tuple(page.number for page in document.pages if page.source is PageSource.NONE)


def is_readable(text: str) -> bool:
    r"""Whether a text layer consists of characters a person could read.

    >>> is_readable("Summa tillgångar 1 234"), is_readable("\x01\x01 \x01"), is_readable("")
    (True, False, False)
    """
    visible = [character for character in text if not character.isspace()]
    odd = sum(_is_odd(character) for character in visible)
    return any(character.isalnum() for character in visible) and odd <= len(visible) * _READABLE_SHARE


def is_stamped_scan(page: Any, text: str) -> bool:
    """Whether the page is an image that only carries a stamp as text.

    Args:
        page: An open pypdfium2 page.
        text: Its text layer.
    """
    if sum(character.isalnum() for character in text) >= _STAMP_CHARACTERS:
        return False
    left, bottom, right, top = page.get_bbox()
    for image in page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_IMAGE], max_depth=5):
        x0, y0, x1, y1 = image.get_bounds()
        width = min(x1, right) - max(x0, left)
        height = min(y1, top) - max(y0, bottom)
        if width > 0 and height > 0 and width * height >= _SCAN_COVER * (right - left) * (top - bottom):
            return True
    return False


def _is_odd(character: str) -> bool:
    return character == "\ufffd" or unicodedata.category(character) in _ODD_CATEGORIES
