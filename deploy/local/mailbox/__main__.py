"""Run the mailbox: `python -m deploy.local.mailbox --folder DIR --smtp-port N --page-port N`.

For demonstrations and tests alone: it listens on loopback only and knows no login, so whoever is
on this machine may send to it and read what it was sent.
"""

import argparse
import asyncio
from pathlib import Path

import uvicorn

from deploy.local.mailbox.page import make_page
from deploy.local.mailbox.receive import Receiver, listen
from deploy.local.mailbox.store import MailStore
from deploy.local.ports import LOOPBACK

DRAIN_SECONDS_MAX = 2


async def serve(folder: Path, *, smtp_port: int, page_port: int) -> None:
    """Take mail and show it until the process is told to stop."""
    store = MailStore(folder)
    page = uvicorn.Config(
        make_page(store),
        host=LOOPBACK,
        port=page_port,
        log_level="warning",
        timeout_graceful_shutdown=DRAIN_SECONDS_MAX,
    )
    door = await listen(Receiver(store), smtp_port)
    try:
        await uvicorn.Server(page).serve()
    finally:
        door.close()


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(prog="python -m deploy.local.mailbox", description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="where mails are kept")
    parser.add_argument("--smtp-port", type=int, required=True, help="port that takes mail")
    parser.add_argument("--page-port", type=int, required=True, help="port of the page")
    options = parser.parse_args()
    asyncio.run(serve(options.folder, smtp_port=options.smtp_port, page_port=options.page_port))


if __name__ == "__main__":
    main()
