"""What is taken out of text, and what only looks like it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.telemetry import card_number, personal_identity_number, redaction
from watchkeeper.telemetry.card_number import redact_card_numbers
from watchkeeper.telemetry.luhn import luhn_holds
from watchkeeper.telemetry.personal_identity_number import redact_personal_identity_numbers
from watchkeeper.telemetry.redaction import (
    redact_api_keys,
    redact_bearer_tokens,
    redact_emails,
    redact_private_keys,
    redacted_content,
    redacted_json,
    redacted_text,
)
from watchkeeper.telemetry.redaction_need import may_hold_number, may_need_redaction
from watchkeeper.telemetry.redaction_places import MOST_TRIED, places_of_need

A20 = "a1B2c3D4e5F6g7H8i9J0"


@pytest.mark.parametrize(
    "key",
    [
        f"sk-{A20}",
        f"sk-proj-{A20}_{A20}-x",
        f"sk-ant-api03-{A20}-{A20}",
        f"sk-or-v1-{A20}",
        f"wk-{A20}",
        "AIza" + "Sy" + "x1" * 16 + "z",
        "AKIA" + "ABCDEFGH12345678",
        "ghp_" + "a1" * 18,
        "github_pat_" + A20 + "_" + A20,
        "glpat-" + A20,
        "hf_" + "aB1" * 11,
        "gsk_" + "aB12" * 13,
        "xai-" + "aB12" * 20,
        "r8_" + "aB1" * 12,
        "xoxb-" + "1234567890-" * 2 + "abc",
        "sk_live_" + A20,
    ],
)
def test_keys_of_the_common_providers_are_taken_out(key: str) -> None:
    assert redact_api_keys(f"use '{key}' here") == "use '[redacted:api-key]' here"
    assert redact_api_keys(f"KEY={key}\n") == "KEY=[redacted:api-key]\n"


@pytest.mark.parametrize(
    "text",
    [
        "a sk-learn-based-classification-pipeline of ours",
        "the risk-2024-assessment-of-all-the-loans is done",
        "sk-short1",
        "prefix_wk-run",
        "AKIA is four letters",
        "ghp_short",
        "run wk-annual-reports-of-the-association",
        "hf_hub_download",
    ],
)
def test_words_that_begin_like_a_key_stay(text: str) -> None:
    assert redact_api_keys(text) == text


@pytest.mark.parametrize(
    ("text", "after"),
    [
        (f"Authorization: Bearer {A20}", "Authorization: Bearer [redacted:token]"),
        (f"authorization: bearer {A20}==, next", "authorization: bearer [redacted:token], next"),
        (f"a token eyJ{A20}.eyJ{A20}.{A20} alone", "a token [redacted:token] alone"),
    ],
)
def test_bearer_tokens_are_taken_out(text: str, after: str) -> None:
    assert redact_bearer_tokens(text) == after


@pytest.mark.parametrize(
    "text",
    [
        "the bearer of this letter",
        "bearer securities-and-certificates-of-deposit",
        "Bearer abc1",
        "eyJ.eyJ.x",
    ],
)
def test_bearers_of_other_things_stay(text: str) -> None:
    assert redact_bearer_tokens(text) == text


PEM = "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEAx\nAbC/+DefGhiJklMno=\n-----END RSA PRIVATE KEY-----"


def test_private_keys_are_taken_out_whole_or_cut_short() -> None:
    assert redact_private_keys(f"a {PEM} b") == "a [redacted:private-key] b"
    assert redact_private_keys(PEM[:60] + "\n\n so far!") == "[redacted:private-key]\n\n so far!"
    assert redact_private_keys(f"{PEM} och {PEM}") == "[redacted:private-key] och [redacted:private-key]"
    pgp = PEM.replace("RSA PRIVATE KEY", "PGP PRIVATE KEY BLOCK")
    assert redact_private_keys(pgp) == "[redacted:private-key]"


def test_public_keys_and_certificates_stay() -> None:
    for kind in ("PUBLIC KEY", "CERTIFICATE"):
        text = PEM.replace("RSA PRIVATE KEY", kind)
        assert redact_private_keys(text) == text


@pytest.mark.parametrize(
    "address",
    [
        "anna.ek@example.se",
        "a+b@mail.example.co.uk",
        "åsa_berg@exempel.nu",
        "x@1a.example.org",
        "o%k@ex-ample.com",
    ],
)
def test_email_addresses_are_taken_out(address: str) -> None:
    assert redact_emails(f"<{address}>, ring.") == "<[redacted:email]>, ring."
    assert redact_emails(f"till {address}.") == "till [redacted:email]."


@pytest.mark.parametrize(
    "text", ["user@localhost", "@handle", "2 st @ 45.50", "a@b", "price@2.5", "mail(at)example.se", "x@.se"]
)
def test_what_only_has_an_at_sign_stays(text: str) -> None:
    assert redact_emails(text) == text


@pytest.mark.parametrize(
    "card",
    [
        "4111111111111111",
        "4111 1111 1111 1111",
        "4111-1111-1111-1111",
        "5555555555554444",
        "2223003122003222",
        "378282246310005",
        "3782 822463 10005",
        "6011111111111117",
        "30569309025904",
        "3530111333300000",
    ],
)
def test_card_numbers_are_taken_out(card: str) -> None:
    assert redact_card_numbers(f"kort {card}, giltigt") == "kort [redacted:card-number], giltigt"
    assert redact_card_numbers(f"({card})") == "([redacted:card-number])"


@pytest.mark.parametrize(
    "text",
    [
        "4111111111111112",  # check digit
        "OCR 1234567812345670",  # holds, but no issuer begins so
        "41111111111111110000",  # longer than any
        "4111111111111111.50",  # an amount
        "x4111111111111111",
        "550e8400-e29b-41d4-a716-4111111111111111",
        "4 111 111 111 111 111",  # an amount in threes
        "12 4111 1111 1111 1111 8",  # a stretch of a row of figures
        "4111 1111-1111 1111",
        "301 339 818",
        "769606-2533",
    ],
)
def test_numbers_that_are_no_cards_stay(text: str) -> None:
    assert redact_card_numbers(text) == text


# Made from the pattern with a computed check digit; 811228-9874 is Skatteverket's own example.
@pytest.mark.parametrize(
    "number",
    [
        "811228-9874",
        "8112289874",
        "19811228-9874",
        "198112289874",
        "811228+9874",
        "670919-9530",
        "701063-2391",  # a coordination number: day 3
        "000229-0005",  # 2000 had a 29th of February
    ],
)
def test_personal_identity_numbers_are_taken_out(number: str) -> None:
    assert redact_personal_identity_numbers(f"pnr {number}.") == "pnr [redacted:personal-number]."
    assert redact_personal_identity_numbers(f"a,{number},5") == "a,[redacted:personal-number],5"


@pytest.mark.parametrize(
    "text",
    [
        "769606-2533",  # an organisation number
        "org.nr 716416-4581",
        "16769606-2533",
        "811228-9873",  # check digit
        "811328-9872",  # month 13
        "810230-9870",  # 30 February
        "19010229-0004",  # 1901 had no 29th of February
        "OCR 1234567897",
        "8112289874.50",
        "1-8112289874",
        "811228-9874-01",
        "98112289874",
        "x8112289874",
        "301 339 818",
        "99 538 124",
        "2024-12-31",
        "5050-1055",  # a bankgiro number
        "811228 - 9874",
    ],
)
def test_numbers_of_other_things_stay(text: str) -> None:
    assert redact_personal_identity_numbers(text) == text


def test_every_month_of_an_organisation_number_is_impossible() -> None:
    for start in range(20, 100):
        body = f"76{start}06253"
        digit = next(d for d in "0123456789" if luhn_holds(body + d))
        number = f"{body[:6]}-{body[6:]}{digit}"
        assert redact_personal_identity_numbers(number) == number


def test_json_is_searched_as_what_it_means_and_stays_json() -> None:
    sent = {
        "messages": [{"content": f"nyckel:\n{PEM}", "mail anna@example.se": True}],
        "card": 4111111111111111,
        "pnr": 198112289874,
        "amount": 301339818,
        "share": 4111111111111111.5,
    }
    after = json.loads(redacted_json(json.dumps(sent)))
    assert after == {
        "messages": [{"content": "nyckel:\n[redacted:private-key]", "mail [redacted:email]": True}],
        "card": "[redacted:card-number]",
        "pnr": "[redacted:personal-number]",
        "amount": 301339818,
        "share": 4111111111111111.5,
    }


def test_json_with_nothing_to_hide_keeps_every_byte() -> None:
    text = '{ "a" : [1.50, 2e3,-7], "\\u00e5": "\\/x\\"" ,"a":null}\n'
    assert redacted_json(text) == text


def test_broken_json_is_searched_as_text() -> None:
    assert (
        redacted_json('{"a": "x\\q", mail: anna@example.se, "b') == '{"a": "x\\q", mail: [redacted:email], "b'
    )


def test_an_image_passes_untouched_and_text_that_is_no_utf8_survives() -> None:
    assert redacted_content(b"anna@example.se", "image/png") == b"anna@example.se"
    assert redacted_content(b"\xff\xe5 anna@example.se", "text/plain") == b"\xff\xe5 [redacted:email]"
    assert redacted_content(b"anna@example.se", "Text/Markdown; charset=utf-8") == b"[redacted:email]"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


@given(json_values, st.booleans())
def test_json_stays_json(value: object, ascii_only: bool) -> None:
    json.loads(redacted_json(json.dumps(value, ensure_ascii=ascii_only)))


pieces = st.lists(
    st.sampled_from(
        ["4111 1111 1111 1111", "811228-9874", "a@b.se", PEM, f"Bearer {A20}", f"sk-{A20}", " ", "\n"]
    )
    | st.text(max_size=5),
    max_size=8,
).map("".join)


@given(pieces)
def test_redacting_twice_changes_nothing_more(text: str) -> None:
    once = redacted_text(text)
    assert redacted_text(once) == once


@given(st.binary(max_size=200))
def test_any_bytes_can_be_redacted(data: bytes) -> None:
    for kind in ("text/plain", "application/json"):
        once = redacted_content(data, kind)
        assert redacted_content(once, kind) == once


@pytest.mark.parametrize(
    "piece", ["-----BEGIN PRIVATE KEY-----", '"', '"\\', "a@", "eyJaaaaaaaaa.", "bearer ", "4111 ", "sk-a1"]
)
@pytest.mark.timeout(60)
def test_long_texts_of_beginnings_come_to_an_end(piece: str) -> None:
    """Half a megabyte; a rule that looked ahead from every beginning would take minutes."""
    text = piece * (500_000 // len(piece))
    redacted_json(text)


def test_a_number_taken_out_uncovers_no_address_for_the_next_time() -> None:
    once = redacted_text("a@b.se¹4111 1111 1111 1111")
    assert once == redacted_text(once)
    assert "a@b.se" not in once


@given(st.text(alphabet='abs@.-_ 0123456789\\u"ekwyJBR¹å', max_size=60))
def test_what_needs_no_redaction_is_left_as_it_is(text: str) -> None:
    data = text.encode()
    if not may_need_redaction(data):
        assert redacted_text(text) == text
        assert redacted_json(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "anna.ek@example.se",
        '{"to":"anna\\u0040example.se"}',
        f"BEARER {A20}",
        f"sk-{A20}",
        "4111 1111 1111 1111",
        "4111111111111111",
        "811228-9874",
        "198112289874",
        "-----BEGIN PRIVATE KEY-----",
        f"gsk_{'aB12' * 13}",
    ],
)
def test_what_a_rule_takes_out_is_never_passed_over(text: str) -> None:
    assert redacted_content(text.encode(), "application/json") != text.encode()
    assert may_need_redaction(text.encode())


fragments = st.sampled_from(
    [
        *(
            "sk-",
            "wk-",
            "sk_live_",
            "rk_test_",
            "AIza",
            "AKIA",
            "ASIA",
            "ghp_",
            "ghu_",
            "github_pat_",
            "glpat-",
        ),
        *(
            "hf_",
            "gsk_",
            "xai-",
            "pplx-",
            "r8_",
            "xoxb-",
            "eyJ",
            ".eyJ",
            "Bearer ",
            "bEARER\t",
            PEM[:31],
            "@",
        ),
        *(A20, A20 + A20, "ABCDEFGH12345678", "b.se", "å", "4111", "1111 ", "811228", "-9874", "+", "\ud800"),
        *(" ", "-", ".", "_", "\n", "\\", '"', "x", "7"),
    ]
)


@given(st.lists(fragments, max_size=9).map("".join))
def test_looking_first_finds_as_much_as_every_rule_tried_everywhere(text: str) -> None:
    tried = [
        (redact_private_keys, redaction._PRIVATE_KEY.search(text)),
        (redact_api_keys, redaction._API_KEY.search(text)),
        (redact_bearer_tokens, redaction._BEARER.search(text) or redaction._JSON_WEB_TOKEN.search(text)),
        (redact_emails, redaction._EMAIL.search(text)),
    ]
    for rule, found in tried:
        assert (rule(text) != text) == (found is not None)
    if any(found for _, found in tried):
        for raw in (text, json.dumps(text), json.dumps(text, ensure_ascii=False), text.replace("/", "\\/")):
            assert may_need_redaction(raw.encode("utf-8", "surrogatepass"))


@given(st.text(alphabet="0123456789 -+x.", max_size=30))
def test_looking_first_passes_over_no_number(text: str) -> None:
    if card_number._CANDIDATE.search(text) or personal_identity_number._CANDIDATE.search(text):
        assert may_hold_number(text)
        assert may_need_redaction(text.encode())


numbers = st.text(alphabet="0123456789 -+x.", min_size=8, max_size=24)
texts = st.lists(fragments | numbers, max_size=9).map("".join)


@pytest.mark.parametrize(
    "beginning",
    [
        *("sk-", "wk-", "glpat-", "xai-", "pplx-", *(f"xox{letter}-" for letter in "abeoprs")),
        *("sk_live_", "rk_test_", "github_pat_", "hf_", "gsk_", "r8_", *(f"gh{one}_" for one in "pousr")),
    ],
)
def test_every_key_shape_has_a_place(beginning: str) -> None:
    data = f"see {beginning}{'a1b2c3d4' * 6} there".encode()
    assert may_need_redaction(data)
    assert places_of_need(data)


@given(texts.map(lambda text: text.encode("utf-8", "surrogatepass")) | st.binary(max_size=80))
def test_a_place_is_told_exactly_where_a_look_at_the_whole_says_there_may_be_one(data: bytes) -> None:
    assert bool(places_of_need(data)) == may_need_redaction(data)


@given(st.lists(texts.map(lambda text: text.encode("utf-8", "surrogatepass")), min_size=2, max_size=5))
def test_each_of_many_texts_that_may_need_it_has_a_place_within(held: list[bytes]) -> None:
    places = places_of_need(b"\x12".join(held))
    assert places is not None
    begins = 0
    for text in held:
        if may_need_redaction(text):
            assert any(begins <= place < begins + len(text) for place in places)
        begins += len(text) + 1


@pytest.mark.parametrize(
    "secret", ["anna.ek@example.se", "811228-9874", f"sk-{A20}", f"BEARER {A20}", "eyJa"]
)
@pytest.mark.parametrize("before", range(2**18 - 30, 2**18 + 3, 3))
def test_a_place_on_the_edge_of_two_stretches_is_told(secret: str, before: int) -> None:
    assert places_of_need(b"." * before + secret.encode() + b"." * 40)


def test_a_message_full_of_likely_places_is_to_be_gone_through_whole() -> None:
    assert places_of_need(b"a@b.se " * (MOST_TRIED + 1)) is None


addresses = st.sampled_from(
    ["@", "@@", "a", ".", "b.se", "x" * 70, "ö", " ", "-", "é@b.se", "a@b.se", "_", "\n"]
)


@given(st.lists(addresses, max_size=12).map("".join))
def test_addresses_looked_for_around_their_sign_are_those_of_the_pattern_tried_everywhere(text: str) -> None:
    assert redact_emails(text) == redaction._EMAIL.sub("[redacted:email]", text)
