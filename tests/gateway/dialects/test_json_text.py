"""What JSON cannot carry does not break a reply."""

from watchkeeper.gateway.dialects.json_text import compact_json, json_bytes


def test_a_lone_surrogate_and_a_huge_number_are_written() -> None:
    assert json_bytes({"a": "x\ud800y"}) == b'{"a":"x?y"}'
    assert compact_json({"a": 10**30}) == '{"a":' + "1" + "0" * 30 + "}"
