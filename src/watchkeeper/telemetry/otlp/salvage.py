"""What can still be read of a request that cannot be read whole.

A request is read whole or not at all by the library, so one bad byte would lose a hundred spans. Here it is
taken apart by the wire format: what is cut off or broken goes, and text that is no UTF-8 is mended.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.message import DecodeError, Message

from watchkeeper.telemetry.otlp.signals import PATH, SIGNALS, Signal

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_FIXED = {_FIXED64: 8, _FIXED32: 4}
_LONGEST_VARINT = 10


@dataclass(slots=True)
class Salvaged:
    """What could be read."""

    message: Any
    lost: int = 0
    """Items that are cut off or broken."""
    mended: int = 0
    """Texts that were no UTF-8; what was not is now `U+FFFD`."""


def salvaged(signal: Signal, body: bytes) -> Salvaged | None:
    """All items of a request that can be read; None where there are none."""
    lenient = _lenient_class(signal.name)
    taking = _Taking(lenient)
    whole = taking.rebuilt(body, 0)
    loose = lenient.FromString(whole)
    described: Any = signal.request.DESCRIPTOR
    mended = _mend(loose, described)
    try:
        message = signal.request.FromString(loose.SerializeToString())
    except DecodeError:
        return None
    return Salvaged(message, taking.lost, mended) if signal.count(message) else None


class _Taking:
    """Takes a request apart and puts what is sound together again."""

    def __init__(self, request: type[Message]) -> None:
        outer: Any = request.DESCRIPTOR
        group = outer.fields_by_number[PATH[0]].message_type
        scoped = group.fields_by_number[PATH[1]].message_type
        item = scoped.fields_by_number[PATH[2]].message_type
        self._around = tuple(message_factory.GetMessageClass(kind) for kind in (outer, group, scoped))
        self._item = message_factory.GetMessageClass(item)
        self.lost = 0

    def rebuilt(self, data: bytes, level: int) -> bytes:
        """The sound part of a message of this level."""
        sound = bytearray()
        for number, raw, content, is_whole in _fields(data):
            if number != PATH[level] or content is None:
                if is_whole and _reads(self._around[level], raw):
                    sound += raw
            elif level < len(PATH) - 1:
                inner = self.rebuilt(content, level + 1)
                sound += _tag(number) + _varint(len(inner)) + inner
            elif is_whole and _reads(self._item, content):
                sound += raw
            else:
                self.lost += 1
        return bytes(sound)


def _reads(kind: type[Message], data: bytes) -> bool:
    try:
        kind.FromString(data)
    except DecodeError:
        return False
    return True


def _fields(data: bytes) -> Iterator[tuple[int, bytes, bytes | None, bool]]:
    """The fields of a message: number, all its bytes, content where it has a length, whether it is whole."""
    at = 0
    while at < len(data):
        begins = at
        key, at = _read_varint(data, at)
        number, wire = key >> 3, key & 7
        if wire in _FIXED:
            at += _FIXED[wire]
            yield number, data[begins:at], None, at <= len(data)
        elif wire == _VARINT:
            _, at = _read_varint(data, at)
            yield number, data[begins:at], None, at <= len(data)
        elif wire == _BYTES:
            length, at = _read_varint(data, at)
            ends = at + length
            yield number, data[begins:ends], data[at:ends], ends <= len(data)
            at = ends
        else:
            # No wire type of the format: where the next field begins cannot be known.
            return


def _read_varint(data: bytes, at: int) -> tuple[int, int]:
    """A number and where it ends; beyond the data where it does not."""
    value = 0
    for shift in range(_LONGEST_VARINT):
        if at >= len(data):
            return value, len(data) + 1
        value |= (data[at] & 0x7F) << (7 * shift)
        at += 1
        if data[at - 1] < 0x80:
            return value, at
    return value, len(data) + 1


def _varint(value: int) -> bytes:
    made = bytearray()
    while value >= 0x80:
        made.append(value & 0x7F | 0x80)
        value >>= 7
    made.append(value)
    return bytes(made)


def _tag(number: int) -> bytes:
    return _varint(number << 3 | _BYTES)


@cache
def _lenient_class(name: str) -> type[Message]:
    """The signal's request with bytes in place of all text, so that any text can be read."""
    described: Any = next(signal for signal in SIGNALS if signal.name == name).request.DESCRIPTOR
    pool = descriptor_pool.DescriptorPool()
    _add_lenient(described.file, pool, set())
    found: Any = pool.FindMessageTypeByName(described.full_name)
    return message_factory.GetMessageClass(found)


def _add_lenient(file: Any, pool: descriptor_pool.DescriptorPool, added: set[str]) -> None:
    if file.name in added:
        return
    added.add(file.name)
    for dependency in file.dependencies:
        _add_lenient(dependency, pool, added)
    described = descriptor_pb2.FileDescriptorProto()
    file.CopyToProto(described)
    for message in described.message_type:
        _loosen(message)
    pool.Add(described)


def _loosen(message: descriptor_pb2.DescriptorProto) -> None:
    for field in message.field:
        if field.type == descriptor_pb2.FieldDescriptorProto.TYPE_STRING:
            field.type = descriptor_pb2.FieldDescriptorProto.TYPE_BYTES
    for inner in message.nested_type:
        _loosen(inner)


def _mend(loose: Any, strict: Any) -> int:
    """Make all text UTF-8; how many were not."""
    mended = 0
    for field, value in loose.ListFields():
        should = strict.fields_by_number[field.number]
        if should.type == should.TYPE_MESSAGE:
            inner = value if should.is_repeated else [value]
            mended += sum(_mend(one, should.message_type) for one in inner)
        elif should.type == should.TYPE_STRING:
            if should.is_repeated:
                for at, text in enumerate(value):
                    if (sound := _sound(text)) is not None:
                        value[at] = sound
                        mended += 1
            elif (sound := _sound(value)) is not None:
                setattr(loose, field.name, sound)
                mended += 1
    return mended


def _sound(text: bytes) -> bytes | None:
    """The text mended; None where there is nothing to mend."""
    try:
        text.decode()
    except UnicodeDecodeError:
        return text.decode("utf-8", "replace").encode()
    return None
