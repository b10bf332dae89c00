"""The audio of a recording: a real WAV file (8 kHz, 16 bit) whose tones follow from the call's history alone.

Who talks is told apart by pitch: the called side 400 Hz, the other side 500 Hz, Twilio's own voice 800 Hz.
"""

from __future__ import annotations

import math
import struct
from array import array
from collections.abc import Iterator
from functools import lru_cache

from sandbox.engine.records import Recording
from sandbox.engine.tape import recorded_seconds, recorded_spans

RATE = 8000
_LOUDNESS = 9000
_TURN_SECONDS = 2.0
_CHUNK_FRAMES = RATE
# Samples of one period: 20 of them are 400 Hz.
_PERIODS = {"near": 20, "far": 16, "program": 10}


def wav_size(recording: Recording, now: float, channels: int | None = None) -> int:
    """Return the bytes of the whole file."""
    return 44 + recorded_seconds(recording, now) * RATE * 2 * (channels or recording.order.channels)


def wav_chunks(recording: Recording, now: float, channels: int | None = None) -> Iterator[bytes]:
    """Yield the file piece by piece; `channels` other than the recording's own mixes down or doubles."""
    width = channels or recording.order.channels
    size = recorded_seconds(recording, now) * RATE * 2 * width
    yield struct.pack(
        "<4sI4s4sIHHIIHH4sI",
        *(b"RIFF", 36 + size, b"WAVE", b"fmt ", 16, 1, width, RATE, RATE * 2 * width, 2 * width, 16, b"data", size),
    )
    left = size // (2 * width)
    for frames, near, far in _stretches(recording, now):
        wanted = min(frames, left)
        left -= wanted
        yield from _tone(wanted, _mix(near, far, width))


def _stretches(recording: Recording, now: float) -> Iterator[tuple[int, str, str]]:
    """Yield frames and who is heard on the near and the far side. Two who talk take turns."""
    track, done, owed = recording.order.track, 0, 0.0
    for seconds, sound in recorded_spans(recording, now):
        until = 0.0
        while until < seconds - 1e-9:
            piece = min(_TURN_SECONDS, seconds - until) if sound == "talk" else seconds
            is_near = sound == "message" or (sound == "talk" and int(until / _TURN_SECONDS) % 2 == 0)
            near = "near" if is_near and track != "outbound" else ""
            far = {"talk": "" if is_near else "far", "program": "program"}.get(sound, "")
            owed += piece * RATE
            frames = round(owed) - done
            done += frames
            yield frames, near, far if track != "inbound" else ""
            until += piece


def _mix(near: str, far: str, width: int) -> tuple[str, ...]:
    return (near, far) if width == 2 else (near or far,)


def _tone(frames: int, voices: tuple[str, ...]) -> Iterator[bytes]:
    # One second holds a whole number of periods of every voice, so pieces join without a click.
    second = _second(voices)
    while frames > 0:
        piece = min(frames, _CHUNK_FRAMES)
        yield second[: piece * 2 * len(voices)]
        frames -= piece


@lru_cache(maxsize=32)
def _second(voices: tuple[str, ...]) -> bytes:
    sides = [_side(voice) for voice in voices]
    samples = array("h", [sample for frame in zip(*sides, strict=True) for sample in frame])
    if struct.pack("=H", 1) != struct.pack("<H", 1):
        samples.byteswap()
    return samples.tobytes()


def _side(voice: str) -> list[int]:
    if not voice:
        return [0] * RATE
    length = _PERIODS[voice]
    period = [round(_LOUDNESS * math.sin(2 * math.pi * place / length)) for place in range(length)]
    return period * (RATE // length)
