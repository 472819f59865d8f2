"""Limit 4: a loop on one reused SMTP connection, with letters that are written already.

Nothing is asked before a letter leaves, and nothing is known of it after a crash.
"""

import os
import smtplib
from email.message import EmailMessage
from email.policy import SMTP
from typing import Final

SENDER: Final = "receivables@arrears.example"
SECONDS_MAX: Final = 30.0
#: Lines of the plain and of the HTML part, for the notifier's own letters' size.
PLAIN: Final = "Invoice INV-0000001 of 1 May 2026 over CNY 1,250.00 was due on 12 May 2026.\n" * 8
HTML: Final = "<tr><td>INV-0000001</td><td>12 May 2026</td><td>CNY 1,250.00</td></tr>\n" * 70
NUMBER: Final = b"number-of-letter"


def main() -> None:
    """Send so many letters, each to its own recipient, one after the other."""
    letters = int(os.environ["BENCH_LETTERS"])
    written = _written()
    with smtplib.SMTP("127.0.0.1", int(os.environ["BENCH_SMTP_PORT"]), timeout=SECONDS_MAX) as way:
        way.ehlo()
        for number in range(letters):
            way.sendmail(
                SENDER,
                f"ap{number}@example.com",
                written.replace(NUMBER, str(number).encode()),
            )


def _written() -> bytes:
    message = EmailMessage()
    message["From"] = f"Accounts Receivable <{SENDER}>"
    message["To"] = f"ap{NUMBER.decode()}@example.com"
    message["Subject"] = "Payment reminder"
    message["Message-ID"] = f"<{NUMBER.decode()}@arrears.example>"
    message.set_content(PLAIN)
    message.add_alternative(HTML, subtype="html")
    return message.as_bytes(policy=SMTP)


if __name__ == "__main__":
    main()
