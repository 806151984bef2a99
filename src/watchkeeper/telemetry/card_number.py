"""Payment card numbers in text."""

import re

from watchkeeper.telemetry.luhn import luhn_holds
from watchkeeper.telemetry.redaction_need import may_hold_number

# Digits at a stretch, or in the groups printed on cards. Rows of figures, of which a stretch may
# look like a card, go on to the left or right.
_CANDIDATE = re.compile(
    r"""(?<![\w-])(?<![0-9][ .,])
    (?: [0-9]{13,19}
      | [0-9]{4}([ -])[0-9]{4}\1[0-9]{4}\1[0-9]{4}(?:\1[0-9]{1,3})?
      | [0-9]{4}([ -])[0-9]{6}\2[0-9]{5}
    )
    (?![\w-])(?![ .,][0-9])""",
    re.VERBOSE | re.ASCII,
)

_ISSUERS = (
    (re.compile(r"4"), {13, 16, 19}),  # Visa
    (re.compile(r"5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720"), {16}),  # Mastercard
    (re.compile(r"3[47]"), {15}),  # American Express
    (re.compile(r"30[0-5]|3[689]"), {14, 16, 17, 18, 19}),  # Diners Club
    (re.compile(r"35(?:2[89]|[3-8])"), {16, 17, 18, 19}),  # JCB
    (re.compile(r"6011|64[4-9]|65"), {16, 17, 18, 19}),  # Discover
    (re.compile(r"62"), {16, 17, 18, 19}),  # UnionPay
    (re.compile(r"50|5[6-9]|6[37]"), {13, 14, 15, 16, 17, 18, 19}),  # Maestro
)
"""How numbers of each issuer begin, and how long they are (ISO/IEC 7812 issuer ranges)."""


def redact_card_numbers(text: str) -> str:
    """Take out numbers that an issuer could have given and whose check digit holds."""
    if not may_hold_number(text):
        return text
    return _CANDIDATE.sub(lambda found: _mark(found.group()), text)


def _mark(candidate: str) -> str:
    digits = candidate.replace(" ", "").replace("-", "")
    issued = any(begins.match(digits) and len(digits) in lengths for begins, lengths in _ISSUERS)
    return "[redacted:card-number]" if issued and luhn_holds(digits) else candidate
