"""How long a sound file lasts, read from the headers of WAV and MP3. Fetching it is left to the edges."""

from __future__ import annotations

import struct

# How much of a file the headers may fill (a cover picture stands before the sound of an MP3).
HEAD_BYTES = 256 * 1024
_BITRATES = {
    1: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_RATES = (44_100, 48_000, 32_000)
_SYNC = 0x7FF


def media_seconds(head: bytes, size: int) -> float | None:
    """Return the length of a file of `size` bytes that begins with `head`; None when its headers do not tell."""
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return _wav_seconds(head, size)
    return _mp3_seconds(head, size)


def _wav_seconds(head: bytes, size: int) -> float | None:
    place, bytes_per_second = 12, 0
    while place + 8 <= len(head):
        name, length = head[place : place + 4], struct.unpack_from("<I", head, place + 4)[0]
        if name == b"fmt " and place + 20 <= len(head):
            bytes_per_second = struct.unpack_from("<I", head, place + 16)[0]
        if name == b"data":
            # A stream of unknown length says 0xFFFFFFFF.
            return min(length, size - place - 8) / bytes_per_second if bytes_per_second else None
        place += 8 + length + length % 2
    return None


def _mp3_seconds(head: bytes, size: int) -> float | None:
    start = 0
    if head[:3] == b"ID3" and len(head) >= 10:
        start = 10 + sum(byte << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=True))
    while start + 4 <= len(head):
        frame = _read_frame(struct.unpack_from(">I", head, start)[0])
        if frame is not None:
            bits_per_second, rate, samples, side_bytes = frame
            frames = _counted_frames(head, start + 4 + side_bytes)
            return frames * samples / rate if frames else (size - start) * 8 / bits_per_second
        start += 1
    return None


def _read_frame(header: int) -> tuple[int, int, int, int] | None:
    """Return bits per second, sample rate, samples a frame and bytes before a frame count; None: not Layer III."""
    version, layer = header >> 19 & 3, header >> 17 & 3
    bitrate, rate = header >> 12 & 15, header >> 10 & 3
    if header >> 21 != _SYNC or version == 1 or layer != 1 or bitrate in (0, 15) or rate == 3:
        return None
    is_first, is_mono = version == 3, header >> 6 & 3 == 3
    divisor = {3: 1, 2: 2, 0: 4}[version]
    side = (17 if is_mono else 32) if is_first else (9 if is_mono else 17)
    samples = 1152 if is_first else 576
    return _BITRATES[1 if is_first else 2][bitrate] * 1000, _RATES[rate] // divisor, samples, side


def _counted_frames(head: bytes, place: int) -> int:
    """Return the number of frames that a file of changing bitrate states in its first one; 0 when it does not."""
    if head[place : place + 4] not in (b"Xing", b"Info") or place + 12 > len(head):
        return 0
    flags, frames = struct.unpack_from(">II", head, place + 4)
    return int(frames) if flags & 1 else 0
