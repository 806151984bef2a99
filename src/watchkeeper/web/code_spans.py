"""Texts for people, with the commands in them set apart."""

import re
from html import escape

_CODE = re.compile(r"`([^`]+)`")


def told_html(text: str) -> str:
    """A text as HTML: escaped, and what stands between backticks shown as code.

    >>> told_html("see `wk status` & <b>")
    'see <code>wk status</code> &amp; &lt;b&gt;'
    """
    return _CODE.sub(r"<code>\1</code>", escape(text))
