"""People at their own browsers: signing in, and what must hold on every page that they open."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Page, expect

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
# Set to a folder to keep what was seen, for people to look at.
SCREENSHOTS = os.environ.get("HALALI_SCREENSHOTS", "")


@dataclass
class Someone:
    """One person with a browser of their own."""

    page: Page
    url: str
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        """Go to a page."""
        self.page.goto(self.url + path)

    def keep_picture(self, name: str) -> None:
        """Keep what is on the screen, where somebody asked for it."""
        if SCREENSHOTS:
            with self._not_the_page_itself():
                self.page.screenshot(path=Path(SCREENSHOTS) / f"{name}.png", full_page=True)

    @contextmanager
    def _not_the_page_itself(self) -> Iterator[None]:
        """Forget what the browser complains about while a tool puts its own styles into the page."""
        before = len(self.complaints)
        yield
        self.page.wait_for_timeout(50)
        del self.complaints[before:]

    def let_it_answer(self) -> None:
        """Wait until the page has what it asked for; a button that waits for its answer is dimmed on purpose."""
        expect(self.page.locator(".htmx-request, .htmx-swapping, .htmx-settling")).to_have_count(0)

    def check_accessibility(self) -> None:
        """No serious finding of axe on the page at rest; scrolling sideways counts as one."""
        self.let_it_answer()
        # Evaluated over the debugging protocol: the page's own policy forbids scripts that are not its own.
        with self._not_the_page_itself():
            self.page.evaluate(AXE.read_text(encoding="utf-8"))
            found: dict[str, Any] = self.page.evaluate(
                "axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})"
            )
        serious = [
            f"{one['id']}: {one['help']}: {one['nodes'][0]['html'][:200]}"
            for one in found["violations"]
            if one["impact"] in {"serious", "critical"}
        ]
        assert not serious, f"{self.page.url}: {serious}"
        assert not self.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"), (
            f"{self.page.url} scrolls sideways"
        )


def seat(browser: Browser, url: str, *, width: int = 1280, dark: bool = False) -> Someone:
    """Someone at a fresh browser that knows nobody."""
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if dark else "light",
        reduced_motion="reduce",
        locale="en-GB",
    )
    context.set_default_timeout(30_000)
    someone = Someone(context.new_page(), url)
    someone.page.on("pageerror", lambda error: someone.complaints.append(str(error)))
    someone.page.on("console", lambda message: _note_complaint(someone, message))
    return someone


def sign_in(browser: Browser, link: str, **how: Any) -> Someone:
    """Someone who has used their one-time link."""
    someone = seat(browser, link.partition("/sign-in/")[0], **how)
    someone.page.goto(link)
    someone.page.get_by_role("button", name="Sign in").click()
    someone.page.wait_for_url(lambda address: "/sign-in" not in address)
    # Who has no password is asked for one first.
    someone.open("/")
    return someone


def _note_complaint(someone: Someone, message: ConsoleMessage) -> None:
    if message.type == "error":
        someone.complaints.append(f"{message.text} ({message.location})")
