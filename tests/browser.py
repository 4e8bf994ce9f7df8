"""The browser of the journeys: the system's Chromium, or Playwright's own. `python -m tests.browser` says
which, gets one where it can, and where it cannot says so plainly (and fails in continuous integration)."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find() -> str | None:
    """The path of a browser, or None."""
    for name in NAMES:
        if found := shutil.which(name):
            return found
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).exists() else None


def main() -> None:
    browser = find()
    if browser is None:
        download = [sys.executable, "-m", "playwright", "install", "chromium"]
        subprocess.run(download, check=False, timeout=600, capture_output=True)
        browser = find()
    if browser:
        print(f"The browser journeys run in {browser}.")
        return
    print("No Chromium is installed, and Playwright's own could not be downloaded: the browser journeys are")
    print("left out. Install Debian's package `chromium` (or any Chrome) and run this again.")
    if os.environ.get("CI"):
        sys.exit(1)


if __name__ == "__main__":
    main()
