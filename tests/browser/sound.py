"""Listening in a test: how much sound a window receives, over all the connections that its page has made."""

import time

from playwright.sync_api import Page

PATIENCE_SECONDS = 15.0
# Chromium's pretended microphone beeps about twice a second.
LISTEN_MS, SHORT_MS = 1000, 550
# Of the energy that a beep brings in a second this is a hundredth; a line without sound brings a millionth.
SOUND = 0.002

# Goes in before the page's own scripts: remembers every connection.
EAR = """(() => {
  const Line = window.RTCPeerConnection;
  const lines = [];
  window.RTCPeerConnection = class extends Line {
    constructor(...what) { super(...what); lines.push(this); }
  };
  window.energyHeard = async () => {
    let energy = 0;
    for (const line of lines) {
      if (line.connectionState === "closed") continue;
      for (const report of (await line.getStats()).values()) {
        if (report.type === "inbound-rtp") energy += report.totalAudioEnergy ?? 0;
      }
    }
    return energy;
  };
})()"""


def heard_meanwhile(pages: tuple[Page, ...], milliseconds: int) -> list[float]:
    """The energy that arrives in each window within the same while."""
    before = [float(page.evaluate("energyHeard()")) for page in pages]
    pages[0].wait_for_timeout(milliseconds)
    return [float(page.evaluate("energyHeard()")) - energy for page, energy in zip(pages, before, strict=True)]


def check_hears(*pages: Page) -> None:
    """Sound arrives in each window, if not at once then soon."""
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    while min(heard_meanwhile(pages, SHORT_MS)) < SOUND:
        assert time.monotonic() < give_up_at, "no sound arrives"


def check_hears_nothing(*pages: Page) -> None:
    """Sound stops in each window, if not at once then soon, and then stays away."""
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    while max(heard_meanwhile(pages, LISTEN_MS)) >= SOUND:
        assert time.monotonic() < give_up_at, "the sound does not stop"
