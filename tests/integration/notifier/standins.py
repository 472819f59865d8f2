"""The notifier's neighbours in tests: the monitor's answers, and a mail server with moods."""

import asyncio
from dataclasses import dataclass, field
from datetime import date
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Annotated, Any

from aiosmtpd.smtp import SMTP, Envelope, Session
from fastapi import FastAPI, HTTPException, Query


@dataclass
class Monitor:
    """Stands in for the monitor's `/v1/standing`: everything stands unless a test says no."""

    port: int
    lifted: set[str] = field(default_factory=set)
    open: dict[str, str] = field(default_factory=dict)
    recipients: dict[str, dict[str, str]] = field(default_factory=dict)
    #: Answered beside the rest: `held`, `disputed`.
    more: dict[str, dict[str, Any]] = field(default_factory=dict)
    #: Answered with the day that was asked for.
    interest: dict[str, dict[str, Any]] = field(default_factory=dict)
    away: bool = False
    asked: list[str] = field(default_factory=list)

    def app(self) -> FastAPI:
        app = FastAPI()

        @app.get("/v1/standing")
        async def standing(
            escalation_id: Annotated[list[str], Query()], interest_on: date
        ) -> dict[str, Any]:
            self.asked += escalation_id
            if self.away:
                raise HTTPException(503)
            return {
                "rows": [
                    {
                        "escalation_id": name,
                        "standing": name not in self.lifted,
                        "open": self.open.get(name, "1250.00"),
                        "currency": "CNY",
                        "reason": "paid" if name in self.lifted else None,
                        "recipient": self.recipients.get(name),
                        **self.more.get(name, {}),
                        "interest": self.interest.get(name)
                        and {**self.interest[name], "until_on": str(interest_on)},
                    }
                    for name in escalation_id
                ]
            }

        return app


@dataclass
class MailServer:
    """Keeps what it accepts; `defer-…`, `refuse-…`, `drop-…` and `hold-…` are not so lucky."""

    port: int
    messages: list[EmailMessage] = field(default_factory=list)
    #: Recipients of every message whose last dot arrived, accepted or not.
    transmitted: list[str] = field(default_factory=list)
    #: How often each recipient was named.
    named: list[str] = field(default_factory=list)
    deferrals: dict[str, int] = field(default_factory=dict)
    drops: bool = True
    released: asyncio.Event = field(default_factory=asyncio.Event)

    def to(self, address: str) -> list[EmailMessage]:
        return [message for message in self.messages if message["To"] == address]

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        self.named.append(address)
        if address.startswith("hold-"):
            await self.released.wait()
        if address.startswith("refuse-"):
            return f"550 <{address}> unknown here"
        if address.startswith("defer-") and self.deferrals.setdefault(address, 1) > 0:
            self.deferrals[address] -= 1
            return "451 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        address = envelope.rcpt_tos[0]
        self.transmitted.append(address)
        if self.drops and address.startswith("drop-"):
            server.transport.abort()
            return "250 nobody will read this"
        assert isinstance(envelope.content, bytes)
        parsed = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        self.messages.append(parsed)
        return "250 OK"
