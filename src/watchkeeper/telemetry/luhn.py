"""The check digit that cards and Swedish identity numbers share."""


def luhn_holds(digits: str) -> bool:
    """Whether the last digit is the check digit of those before it.

    Source:
        ISO/IEC 7812-1, annex B ("mod 10", after H. P. Luhn, US patent 2,950,048, 1960).

    >>> luhn_holds("4111111111111111"), luhn_holds("4111111111111112")
    (True, False)
    """
    total = 0
    for at, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + at % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
