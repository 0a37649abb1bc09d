"""One person at one browser."""

from __future__ import annotations

import base64
import uuid

from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, expect

from tests.support.client import PASSWORD

PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 900}
WIDE = {"width": 1600, "height": 900}


class Visitor:
    """One person at one browser; collects whatever the browser complains about."""

    def __init__(self, context: BrowserContext, base_url: str) -> None:
        self.base_url = base_url
        self.context = context
        self.complaints: list[str] = []
        self.page = context.new_page()
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        # Listening from the start: a chooser that opens before the browser was told to hand it over is lost.
        self.page.on("filechooser", lambda _: None)

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)

    def go(self, path: str) -> Page:
        self.page.goto(self.base_url + path)
        return self.page

    def sign_up(self) -> None:
        page = self.go("/sign-up")
        page.get_by_label("E-mail").fill(f"{uuid.uuid4().hex}@example.com")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Create account").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Runs")

    def drop(self, *files: tuple[str, bytes]) -> None:
        """Let go of files over the page, as from a file manager."""
        payload = [{"name": name, "content": base64.b64encode(content).decode()} for name, content in files]
        data = self.page.evaluate_handle(
            """files => {
                const data = new DataTransfer();
                for (const file of files) {
                    const bytes = Uint8Array.from(atob(file.content), (character) => character.charCodeAt(0));
                    data.items.add(new File([bytes], file.name));
                }
                return data;
            }""",
            payload,
        )
        self.page.dispatch_event("[data-import]", "dragenter", {"dataTransfer": data})
        self.page.dispatch_event("[data-import]", "drop", {"dataTransfer": data})

    def import_files(self, *files: tuple[str, bytes]) -> Locator:
        self.drop(*files)
        state = self.page.locator(".import-state")
        expect(state).to_contain_text("imported", timeout=60_000)
        return state


def ask(page: Page, question: str, *, base_url: str) -> Locator:
    """The article with the answer."""
    page.goto(f"{base_url}/coach")
    page.get_by_label("Your question").fill(question)
    page.get_by_role("button", name="Ask", exact=True).click()
    answer = page.locator(".exchange").last
    expect(answer.locator(".answer")).to_be_visible(timeout=30_000)
    return answer


def has_rendered(image: Locator) -> bool:
    """Whether an image was really drawn, not only requested."""
    expect(image).to_be_visible()
    return bool(image.evaluate("image => image.decode().then(() => image.naturalWidth > 100, () => false)"))


def press_until(page: Page, key: str, wanted: Locator, *, at_most: int = 60) -> None:
    """Move the focus with ``key`` until it is on ``wanted``."""
    for _ in range(at_most):
        page.keyboard.press(key)
        if wanted.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"{wanted} cannot be reached with {key}")
