"""What is taken out of text before it is kept: secrets, and what points at one person (laws 8 and 10).

Each rule is a function from text to text that leaves a mark such as `[redacted:email]`. Images and
other binary content pass untouched; text in another encoding than UTF-8 is only searched as ASCII.
"""

import json
import re
from collections.abc import Callable
from functools import lru_cache

from watchkeeper.telemetry.card_number import redact_card_numbers
from watchkeeper.telemetry.personal_identity_number import redact_personal_identity_numbers
from watchkeeper.telemetry.redaction_need import may_hold_key, may_need_redaction

Rule = Callable[[str], str]

# A key is random, so it has a digit; a long hyphenated word has none.
_DIGIT_AHEAD = r"(?=[A-Za-z_-]*[0-9])"

_API_KEY = re.compile(
    rf"""(?<![A-Za-z0-9_-])(?:
        sk-{_DIGIT_AHEAD}[A-Za-z0-9_-]{{20,}}            # OpenAI, Anthropic, OpenRouter, DeepSeek
      | wk-{_DIGIT_AHEAD}[A-Za-z0-9_-]{{20,}}            # our own gateway
      | (?:sk|rk)_(?:live|test)_[A-Za-z0-9]{{16,}}       # Stripe
      | AIza[A-Za-z0-9_-]{{35}}                          # Google
      | (?:AKIA|ASIA)[A-Z0-9]{{16}}                      # AWS
      | gh[pousr]_[A-Za-z0-9]{{36,}}                     # GitHub
      | github_pat_[A-Za-z0-9_]{{22,}}
      | glpat-[A-Za-z0-9_-]{{20,}}                       # GitLab
      | hf_[A-Za-z0-9]{{30,}}                            # Hugging Face
      | gsk_[A-Za-z0-9]{{40,}}                           # Groq
      | xai-{_DIGIT_AHEAD}[A-Za-z0-9]{{40,}}             # xAI
      | pplx-{_DIGIT_AHEAD}[A-Za-z0-9]{{40,}}            # Perplexity
      | r8_[A-Za-z0-9]{{30,}}                            # Replicate
      | xox[abeoprs]-{_DIGIT_AHEAD}[A-Za-z0-9-]{{20,}}   # Slack
    )""",
    re.VERBOSE,
)

_BEARER = re.compile(r"(?i)\b(bearer)([ \t]+)(?=[A-Z._~+/=-]*[0-9])[A-Z0-9._~+/-]{16,}={0,2}")

_JSON_WEB_TOKEN = re.compile(
    r"(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]{8,}"
)

# A key of which only the beginning was sent is one too; then its lines of base64 are taken.
# 20,000: a 16,384-bit RSA key has 13,000 characters.
_PRIVATE_KEY = re.compile(
    r"""-----BEGIN[ ][A-Z0-9 ]{0,40}PRIVATE[ ]KEY(?:[ ]BLOCK)?-----
    (?: (?:(?!-----BEGIN)[\s\S]){0,20000}?-----END[ ][A-Z0-9 ]{0,40}PRIVATE[ ]KEY(?:[ ]BLOCK)?-----
      | (?:\s{0,4}[A-Za-z0-9+/=]{16,})*(?:\r?\n[A-Za-z0-9+/=]+)?
    )""",
    re.VERBOSE,
)

_MOST_BEFORE_SIGN = 64
_BEFORE_SIGN = re.compile(r"[\w.%+-]+@")
_EMAIL = re.compile(
    r"(?<![\w.%+-])[\w.%+-]{1,64}@(?=[\w.-]{1,255})[^\W_](?:[\w-]{0,62}\.)+[^\W\d_]{2,24}(?![\w-])"
)


def redact_api_keys(text: str) -> str:
    """Take out keys in the shapes of the common providers."""
    # The search proper tries every place of a text; looking for a beginning costs a hundredth of that.
    return _API_KEY.sub("[redacted:api-key]", text) if may_hold_key(text) else text


def redact_bearer_tokens(text: str) -> str:
    """Take out what stands after `Bearer`, and JSON web tokens wherever they stand."""
    if "bearer" in text.lower():
        text = _BEARER.sub(r"\1\2[redacted:token]", text)
    return _JSON_WEB_TOKEN.sub("[redacted:token]", text) if "eyJ" in text else text


def redact_private_keys(text: str) -> str:
    """Take out PEM and PGP private keys; public keys and certificates stay."""
    return _PRIVATE_KEY.sub("[redacted:private-key]", text) if "-----BEGIN" in text else text


def redact_emails(text: str) -> str:
    """Take out e-mail addresses."""
    # The pattern tried everywhere costs a tenth of a millisecond a text; only one place before each sign can
    # begin an address: where the characters that an address may have begin.
    parts: list[str] = []
    done, sign, before = 0, text.find("@"), -1
    while sign >= 0:
        run = _BEFORE_SIGN.search(text, max(before + 1, sign - _MOST_BEFORE_SIGN - 1), sign + 1)
        found = None if run is None or run.start() < done else _EMAIL.match(text, run.start())
        if found is not None:
            parts += (text[done : found.start()], "[redacted:email]")
            done = found.end()
        before, sign = sign, text.find("@", sign + 1)
    return "".join([*parts, text[done:]]) if parts else text


RULES: tuple[Rule, ...] = (
    redact_private_keys,
    redact_api_keys,
    redact_bearer_tokens,
    redact_emails,
    redact_card_numbers,
    redact_personal_identity_numbers,
)
"""In order: what can hold another's match comes first."""


def redacted_text(text: str) -> str:
    """The text after every rule, and again until none finds more.

    A mark is an end that a number was not: what stands before it may be an address only then.

    >>> redacted_text("Skriv till anna.ek@example.se, org.nr 769606-2533.")
    'Skriv till [redacted:email], org.nr 769606-2533.'
    """
    while may_need_redaction(text.encode("utf-8", "surrogatepass")):
        after = text
        for rule in RULES:
            after = rule(after)
        if after == text:
            break
        text = after
    return text


# A string that is never ended reaches to the end of the text: looking for its end is done once.
_JSON_SCALAR = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?\Z)|(?<![\w.+-])[0-9]+(?![\w.+-])', re.DOTALL)


def redacted_json(text: str) -> str:
    r"""The JSON after every rule, still JSON: strings are searched as what they mean, escapes undone.

    What no rule hits keeps its bytes; a number that is hit becomes a string. Text that is no JSON
    after all is searched as text, too.

    >>> redacted_json('{"to":"anna\\u0040example.se", "card": 4111111111111111, "sum": 41.50}')
    '{"to":"[redacted:email]", "card": "[redacted:card-number]", "sum": 41.50}'
    """
    return redacted_text(_JSON_SCALAR.sub(_redacted_scalar, text))


def _redacted_scalar(found: re.Match[str]) -> str:
    scalar = found.group()
    plain = scalar
    if scalar.startswith('"'):
        try:
            plain = json.loads(scalar, strict=False) if "\\" in scalar or scalar[-1] != '"' else scalar[1:-1]
        except ValueError:
            # No JSON string: it is searched as text with the rest.
            return scalar
    after = redacted_text(plain)
    return scalar if after == plain else json.dumps(after, ensure_ascii=not after.isprintable())


@lru_cache(maxsize=256)
def is_text(media_type: str) -> bool:
    """Whether content of this type is text, and so is searched.

    >>> [is_text(kind) for kind in ("application/json; charset=utf-8", "text/plain", "image/png")]
    [True, True, False]
    """
    kind = _kind(media_type)
    return kind.startswith("text/") or _is_json(kind) or kind in _TEXT_KINDS or kind.endswith("+xml")


@lru_cache(maxsize=256)
def is_json(media_type: str) -> bool:
    """Whether content of this type is JSON, one document or a line each.

    >>> [is_json(kind) for kind in ("application/json; charset=utf-8", "application/x-ndjson", "text/plain")]
    [True, True, False]
    """
    return _is_json(_kind(media_type))


def redacted_content(data: bytes, media_type: str) -> bytes:
    """The content as it may be kept; what is not text is returned as it is."""
    if not is_text(media_type) or not may_need_redaction(data):
        return data
    # Bytes that are no UTF-8 survive the way there and back.
    text = data.decode("utf-8", "surrogateescape")
    redacted = redacted_json(text) if is_json(media_type) else redacted_text(text)
    return data if redacted == text else redacted.encode("utf-8", "surrogateescape")


_TEXT_KINDS = frozenset(
    {
        "application/xml",
        "application/yaml",
        "application/x-yaml",
        "application/javascript",
        "application/x-www-form-urlencoded",
    }
)


def _kind(media_type: str) -> str:
    return media_type.partition(";")[0].strip().lower()


def _is_json(kind: str) -> bool:
    return kind in {"application/json", "application/x-ndjson"} or kind.endswith("+json")
