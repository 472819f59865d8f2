"""The notifier's settings."""

from email.utils import parseaddr
from types import MappingProxyType
from typing import Annotated

from pydantic import AnyHttpUrl, Field, SecretStr, field_validator

from services.notifier.adapters.smtp import MailServer, parse_url
from services.notifier.domain.deciding.values import Rules
from services.notifier.domain.delivery import Patience
from services.notifier.handlers.limits import Limits
from shared.calendar import zone
from shared.contracts.customer import is_mailbox
from shared.errors import RejectedError
from shared.runtime.settings import Port, Settings

Days = Annotated[int, Field(ge=0, le=3650)]
Seconds = Annotated[float, Field(gt=0, le=86_400)]


class NotifierSettings(Settings):
    """Read from `ARREARS_*`."""

    notifier_port: Port = 8103
    #: Where the monitor says what still stands.
    monitor_url: AnyHttpUrl = AnyHttpUrl("http://127.0.0.1:8102")
    #: `smtp://host:port` or `smtps://user:password@host:port`.
    smtp_url: SecretStr
    letter_from: str = "Accounts Receivable <receivables@arrears.example>"
    #: The creditor's name as letters show it.
    letter_company: Annotated[str, Field(min_length=1, max_length=120)] = "Arrears Example Company"
    letters_per_customer_per_day: Annotated[int, Field(ge=1, le=1000)] = 3
    letter_retry_seconds_first: Seconds = 5.0
    letter_retry_seconds_max: Seconds = 900.0
    letter_attempts_max: Annotated[int, Field(ge=1, le=10_000)] = 100
    #: After so long in `sending`, a letter of an instance that never came back is `unknown`.
    letter_lease_seconds: Seconds = 600.0
    smtp_seconds_max: Seconds = 30.0
    #: Letters that leave side by side, each over a connection of its own.
    smtp_connections: Annotated[int, Field(ge=1, le=50)] = 8
    monitor_seconds_max: Seconds = 10.0
    #: Names the days of letters and tasks.
    time_zone: str = "Asia/Shanghai"
    dunning_task_days: Days = 7
    legal_task_days: Days = 14
    insurance_notice_task_days: Days = 5
    insurance_claim_task_days: Days = 10

    @field_validator("smtp_url")
    @classmethod
    def _usable_url(cls, url: SecretStr) -> SecretStr:
        parse_url(url.get_secret_value())
        return url

    @field_validator("letter_from")
    @classmethod
    def _usable_sender(cls, sender: str) -> str:
        if not sender.isprintable() or not is_mailbox(parseaddr(sender)[1]):
            message = "write it as: Accounts Receivable <receivables@example.com>"
            raise ValueError(message)
        return sender

    @field_validator("time_zone")
    @classmethod
    def _usable_zone(cls, name: str) -> str:
        try:
            zone(name)
        except RejectedError as error:
            raise ValueError(error.message) from None
        return name

    @property
    def mail_server(self) -> MailServer:
        """Where letters are handed over."""
        return parse_url(self.smtp_url.get_secret_value())

    @property
    def rules(self) -> Rules:
        """What the settings decide about new work."""
        days = {
            "dunning": self.dunning_task_days,
            "legal": self.legal_task_days,
            "insurance_notice": self.insurance_notice_task_days,
            "insurance_claim": self.insurance_claim_task_days,
        }
        return Rules(time_zone=self.time_zone, due_days=MappingProxyType(days))

    @property
    def limits(self) -> Limits:
        """The limits of sending."""
        return Limits(
            instance=self.instance,
            time_zone=self.time_zone,
            letters_per_customer_per_day=self.letters_per_customer_per_day,
            patience=Patience(
                pause_seconds_first=self.letter_retry_seconds_first,
                pause_seconds_max=self.letter_retry_seconds_max,
                attempts_max=self.letter_attempts_max,
            ),
            # A claim covers one question to the monitor and one connection to the mail server.
            claim_seconds=2 * (self.monitor_seconds_max + self.smtp_seconds_max),
            lease_seconds=self.letter_lease_seconds,
        )
