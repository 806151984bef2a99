"""Shares as people read them: a number, a space, and the sign."""


def percent_text(share: float, *, decimals: int = 2, signed: bool = False) -> str:
    """A share of 0 to 1, or a difference of two, as a percentage.

    Args:
        share: The share.
        decimals: Two where it is measured (GF-01); none in a sentence about a limit.
        signed: Whether a plus stands before what is more: of differences.

    >>> percent_text(0.9512), percent_text(0.4, decimals=0), percent_text(0.05, signed=True)
    ('95.12 %', '40 %', '+5.00 %')
    """
    return f"{100 * share:{'+' if signed else ''}.{decimals}f} %"
