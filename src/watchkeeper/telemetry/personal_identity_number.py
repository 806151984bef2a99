"""Swedish personal identity numbers and coordination numbers in text."""

import re
from datetime import date

from watchkeeper.telemetry.luhn import luhn_holds
from watchkeeper.telemetry.redaction_need import may_hold_number

# A dash before or after means that it is part of something longer (a UUID, an account).
_CANDIDATE = re.compile(
    r"(?<![\w-])(?<!\d\.)((?:18|19|20)?)(\d{2})(\d{2})(\d{2})([-+]?)(\d{4})(?![\w-])(?!\.\d)", re.ASCII
)

_COORDINATION_DAYS = 60
"""What is added to the day of birth in a coordination number."""


def redact_personal_identity_numbers(text: str) -> str:
    """Take out numbers with a date of birth in them whose check digit holds.

    Organisation numbers have the same form, but their third digit is at least 2, which no month has.

    Source:
        Skatteverket, "Personnummer" and "Samordningsnummer"; the check digit is of the ten digits
        without the century.
    """
    return _CANDIDATE.sub(_mark, text) if may_hold_number(text) else text


def _mark(found: re.Match[str]) -> str:
    century, year, month, day, _, rest = found.groups()
    holds = luhn_holds(year + month + day + rest)
    return "[redacted:personal-number]" if holds and _is_date(century, year, month, day) else found.group()


def _is_date(century: str, year: str, month: str, day: str) -> bool:
    day_of_birth = int(day)
    if day_of_birth > _COORDINATION_DAYS:
        day_of_birth -= _COORDINATION_DAYS
    return any(
        _exists(int(one + year), int(month), day_of_birth) for one in ([century] if century else ["19", "20"])
    )


def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True
