"""Text that UTF-8 can hold, of text that it may not."""


def utf8_text(text: str) -> str:
    r"""The text with what UTF-8 cannot hold written out by its code point.

    Names of files may hold bytes that are no UTF-8, which Python keeps as lone surrogates; no name may
    keep a line from being written, a result from being stored or a page from being shown.

    >>> utf8_text("Årsredovisning.pdf"), utf8_text("\udcc5rsredovisning.pdf")
    ('Årsredovisning.pdf', '\\udcc5rsredovisning.pdf')
    """
    return text.encode("utf-8", "backslashreplace").decode()
