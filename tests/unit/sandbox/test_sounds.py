"""Sound files: how long they last by their headers, when they are fetched, and what happens when they are missing."""

import io
import struct
import wave

import pytest

from sandbox.engine.media import media_seconds
from sandbox.engine.ports import Fetched
from tests.unit.sandbox.stage import AGENT, APP, Stage


def _wav(seconds: float, rate: int = 8000) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        sound.writeframes(b"\0\0" * int(seconds * rate))
    return file.getvalue()


def _mp3(frames: int, *, with_tag: bool = False, counted: int = 0) -> bytes:
    # MPEG 1, Layer III, 128 kbit/s, 44.1 kHz, mono: 417 bytes and 1152 samples a frame.
    frame = bytearray(struct.pack(">I", 0xFFFB90C0) + bytes(413))
    first = bytearray(frame)
    if counted:
        first[4 + 17 : 4 + 17 + 12] = b"Xing" + struct.pack(">II", 1, counted)
    tag = b"ID3\x04\x00\x00" + bytes([0, 0, 2, 0]) + b"\xff" * 256 if with_tag else b""
    return tag + bytes(first) + bytes(frame) * (frames - 1)


@pytest.mark.parametrize("seconds", [0.5, 3.0, 61.25])
def test_wav_lasts_as_long_as_its_header_says(seconds: float) -> None:
    sound = _wav(seconds)
    assert media_seconds(sound[:4096], len(sound)) == pytest.approx(seconds)


def test_streamed_wav_of_unknown_length_lasts_as_long_as_its_bytes() -> None:
    sound = bytearray(_wav(2.0))
    sound[40:44] = b"\xff\xff\xff\xff"
    assert media_seconds(bytes(sound), len(sound)) == pytest.approx(2.0)


def test_mp3_of_one_bitrate_lasts_as_long_as_its_bytes() -> None:
    sound = _mp3(383)
    assert media_seconds(sound, len(sound)) == pytest.approx(383 * 1152 / 44100, abs=0.05)


def test_tag_before_the_sound_is_no_sound() -> None:
    sound = _mp3(100, with_tag=True)
    assert media_seconds(sound, len(sound)) == pytest.approx(100 * 1152 / 44100, abs=0.02)


def test_mp3_of_changing_bitrate_says_how_many_frames_it_has() -> None:
    sound = _mp3(10, counted=3830)
    assert media_seconds(sound, len(sound)) == pytest.approx(3830 * 1152 / 44100)


@pytest.mark.parametrize(
    "body", [b"", b"RIFF", b"RIFF\0\0\0\0WAVE", b"\xff" * 50, b"<Response/>", b"ID3" + b"\x7f" * 9]
)
def test_what_is_no_sound_has_no_length(body: bytes) -> None:
    assert media_seconds(body, len(body)) is None


def _play(page: Fetched, twiml: str = "<Response><Play>/hello.wav</Play></Response>") -> tuple[Stage, float]:
    stage = Stage(pages={f"{APP}/answer": Fetched(body=twiml), f"{APP}/hello.wav": page})
    stage.people["+41445550001"] = AGENT
    call = stage.call()
    stage.run()
    assert call.answered_at is not None
    assert call.ended_at is not None
    return stage, call.ended_at - call.answered_at


def test_file_is_fetched_by_get_and_lasts_as_long_as_it_says() -> None:
    stage, seconds = _play(Fetched(seconds=12.5))
    asked = stage.fetches[1]
    assert (asked.webhook.url, asked.webhook.method, asked.wants_media) == (f"{APP}/hello.wav", "GET", True)
    assert seconds == pytest.approx(12.7)


def test_file_that_does_not_tell_lasts_five_seconds() -> None:
    assert _play(Fetched(content_type="audio/ogg"))[1] == pytest.approx(5.2)


def test_loops_play_one_fetched_file() -> None:
    twiml = "<Response><Play loop='3'>/hello.wav</Play><Play>/hello.wav</Play></Response>"
    stage, seconds = _play(Fetched(seconds=2.0), twiml)
    assert seconds == pytest.approx(8.2)
    assert sum(one.wants_media for one in stage.fetches) == 1


def test_file_that_is_missing_is_alerted_and_passed_over() -> None:
    stage, seconds = _play(Fetched(404), "<Response><Play>/hello.wav</Play><Pause length='2'/></Response>")
    assert stage.alerts() == [11200]
    assert seconds == pytest.approx(2.2)


def test_twilios_own_sounds_are_not_fetched() -> None:
    stage, seconds = _play(Fetched(404), "<Response><Play>https://api.twilio.com/cowbell.mp3</Play></Response>")
    assert len(stage.fetches) == 1
    assert seconds == pytest.approx(5.1)


def test_webhook_that_answers_with_sound_is_played() -> None:
    stage = Stage(pages={f"{APP}/answer": Fetched(content_type="audio/mpeg", seconds=7.0)})
    stage.people["+41445550001"] = AGENT
    call = stage.call()
    stage.run()
    assert len(stage.fetches) == 1
    assert (call.ended_at or 0) - (call.answered_at or 0) == pytest.approx(7.1)


def test_gather_waits_for_the_files_it_plays() -> None:
    twiml = "<Response><Gather timeout='3'><Play>/hello.wav</Play></Gather></Response>"
    assert _play(Fetched(seconds=4.0), twiml)[1] == pytest.approx(7.2)
