"""What is taken out of texts before they leave the process or are logged, unless `init` is given `redact`.

The server redacts again, and more, before it stores. Here only what must not reach a local log file: keys and
tokens by the forms their makers give them, and addresses of mail.
"""

import re

_SECRET = re.compile(
    r"(?<![A-Za-z0-9_-])(?:"
    r"(?:sk|wk|pplx|xai)-(?=[\w-]*\d)[\w-]{16,}|(?:sk|rk)_(?:live|test)_\w{16,}|AIza[\w-]{35}"
    r"|(?:AKIA|ASIA)[A-Z0-9]{16}|gh[pousr]_\w{36,}|github_pat_\w{22,}|glpat-[\w-]{20,}|(?:hf|gsk)_\w{30,}"
    r"|xox[abeoprs]-(?=[\w-]*\d)[\w-]{20,}|eyJ[\w-]{8,}\.eyJ[\w-]{4,}\.[\w-]{8,}"
    r")"
)
_BEARER = re.compile(r"(?i)\b(bearer\s+)(?=\S*\d)[A-Z0-9._~+/-]{16,}={0,2}")
_MAIL = re.compile(r"(?<![\w.%+-])[\w.%+-]{1,64}@(?:[\w-]{1,63}\.){1,8}[A-Za-z]{2,24}(?![\w-])")


def redact_secrets(text: str) -> str:
    """The text with a mark where a secret or an address stood.

    >>> redact_secrets("ask bo.ek@example.org, key sk-ant-4f5g6h7j8k9l0a1s2d3f")
    'ask [redacted:email], key [redacted:secret]'
    """
    text = _SECRET.sub("[redacted:secret]", text)
    text = _BEARER.sub(r"\1[redacted:secret]", text)
    return _MAIL.sub("[redacted:email]", text) if "@" in text else text
