"""A browser, and readers in it of whom one hears what is amiss."""

import os
import shutil
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Browser, Response, sync_playwright

ARTIFACTS = Path(os.environ.get("ARTIFACTS_DIR", "artifacts"))
AXE = Path(__file__).parent / "clients/node_modules/axe-core/axe.min.js"
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()


@contextmanager
def chromium() -> Iterator[Browser]:
    """Run Debian's Chromium, headless."""
    path = shutil.which("chromium")
    assert path, "These tests need Chromium: apt-get update && apt-get install -y chromium"
    # Playwright's loop runs in this thread, in which Django would then refuse to ask the database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


class Reader:
    """Someone with a browser; `amiss` is all that it complained about or fetched elsewhere."""

    def __init__(self, browser: Browser, url: str, **options: Any) -> None:
        self.url = url
        self.amiss: list[str] = []
        self.context = browser.new_context(base_url=url, **options)
        self.page = self.context.new_page()
        self._debugger = self.context.new_cdp_session(self.page)
        self.page.on("console", self._said)
        self.page.on("request", self._asked)
        self.page.on("requestfailed", self._failed)
        self.page.on("pageerror", lambda error: self.amiss.append(str(error)))

    def open(self, address: str) -> Response:
        """Open a page, with nothing amiss so far."""
        self.amiss.clear()
        answer = self.page.goto(address)
        assert answer is not None
        return answer

    def sign_in(self, email: str, password: str) -> None:
        """Sign in on the page."""
        self.page.goto("/sign-in")
        self.page.locator("[name=username]").fill(email)
        self.page.locator("[name=password]").fill(password)
        self.page.locator("main button").click()
        self.page.wait_for_url("/")

    def see(self, width: int, scheme: Literal["light", "dark"]) -> None:
        """Make the screen so wide, and let the system prefer light or dark."""
        self.page.set_viewport_size({"width": width, "height": 844 if width < 640 else 900})
        self.page.emulate_media(color_scheme=scheme)

    def shoot(self, name: str) -> None:
        """Keep a picture of the whole page.

        By the debugger itself: what the library does around it takes as long again.
        """
        size = self._debugger.send("Page.getLayoutMetrics")["cssContentSize"]
        taken = self._debugger.send(
            "Page.captureScreenshot",
            {
                "format": "jpeg",
                "quality": 85,
                "captureBeyondViewport": True,
                "optimizeForSpeed": True,
                "clip": {**size, "scale": 1},
            },
        )
        path = ARTIFACTS / "screens" / f"{name}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b64decode(taken["data"]))

    def overflow(self) -> int:
        """Return by how many pixels the page is wider than the screen."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))

    def barriers(self) -> list[str]:
        """Return what axe-core, with all its default rules, finds to keep people out."""
        if not self.page.evaluate("'axe' in window"):
            # Through the debugger, which no Content-Security-Policy binds.
            self.page.evaluate(AXE.read_text())
        found = self.page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
        return [
            f"{rule['id']}: {node['target']} {node['failureSummary']}"
            for rule in found
            for node in rule["nodes"]
        ]

    def _said(self, message: Any) -> None:
        # A page that is refused is a page of ours, and its address is what the browser means.
        own = message.text.startswith("Failed to load") and message.location["url"] == self.page.url
        if message.type in ("error", "warning") and not own:
            self.amiss.append(f"{message.type}: {message.text}")

    def _asked(self, request: Any) -> None:
        if not request.url.startswith((f"{self.url}/", "data:")):
            self.amiss.append(f"elsewhere: {request.url}")

    def _failed(self, request: Any) -> None:
        # Going on before the icon has come is no failure.
        if request.failure != "net::ERR_ABORTED":
            self.amiss.append(f"failed: {request.url}")
