"""Writes letters: Jinja2 for the layout, Babel for amounts and dates."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Final

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_currency
from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError, select_autoescape

from services.notifier.domain.wording import WORDINGS, Wording, subject_of, tone_of
from services.notifier.domain.work import Escalation, Letter
from services.notifier.handlers.ports import Content, UnwritableError
from shared.errors import RejectedError
from shared.money import exponent_of, to_minor

TEMPLATES: Final = Path(__file__).parent / "templates"
#: Longer names and numbers are cut in letters: a header of RFC 5322 has at most 998 characters.
TEXT_LENGTH_MAX: Final = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    invoice: str
    issued_on: str
    due_on: str
    days_overdue: int
    #: What is asked for: less what is in dispute.
    open: str
    disputed: str | None
    #: Interest owed, and the words that say until when.
    interest: str | None
    interest_words: str


class LetterWriter:
    """Makes letters of one company."""

    def __init__(self, *, company: str, sender: str) -> None:
        """`sender` is the From header; its host ends each Message-ID."""
        self._company = clean(company)
        self._host = sender.rpartition("@")[2].rstrip("> ")
        environment = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=select_autoescape(enabled_extensions=("html.j2",)),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        self._plain = environment.get_template("letter.txt.j2")
        self._html = environment.get_template("letter.html.j2")

    def message_id(self, letter: Letter) -> str:
        """Return the letter's name for ever: a second copy of it is recognised by mail programs."""
        return f"<{letter.letter_id}@{self._host}>"

    def subject(self, letter: Letter, items: Sequence[Escalation], day: date) -> str:
        """Return the subject of a letter about these items."""
        return subject_of(
            WORDINGS[letter.locale],
            tone_of(letter.level, _oldest_days(items, day)),
            company=self._company,
            invoice_ids=list(dict.fromkeys(clean(item.invoice_id) for item in items)),
            items=len(items),
        )

    def write(self, letter: Letter, items: Sequence[Escalation], day: date) -> Content:
        """Return the letter; raises `UnwritableError` when its figures make no text."""
        try:
            return self._write(letter, items, day)
        except (RejectedError, TemplateError, LookupError, ValueError, ArithmeticError) as error:
            message = f"the letter cannot be written: {type(error).__name__}: {error}"
            raise UnwritableError(message) from error

    def _write(self, letter: Letter, items: Sequence[Escalation], day: date) -> Content:
        words = WORDINGS[letter.locale]
        locale = Locale.parse(letter.locale, sep="-")
        tone = tone_of(letter.level, _oldest_days(items, day))
        subject = self.subject(letter, items, day)
        items = _with_interest_once(items)
        lines = [_line(item, words, locale, day) for item in items]
        values = {
            "locale": letter.locale,
            "company": self._company,
            "subject": subject,
            "account": clean(letter.account_id.partition(":")[2]),
            "date": format_date(day, words.date_pattern, locale=locale),
            "salutation": _salutation(words, letter.recipient_name),
            "words": {
                "heading": words.heading[tone],
                "opening": words.opening[tone],
                "request": words.request[tone],
                **{name: getattr(words, name) for name in _PLAIN_WORDS},
            },
            "lines": lines,
            "any_overdue": any(line.days_overdue > 0 for line in lines),
            "totals": _totals(items, locale),
        }
        return Content(
            subject=subject,
            plain=self._plain.render(values),
            html=self._html.render(values),
            message_id=self.message_id(letter),
        )


_PLAIN_WORDS: Final = (
    *("crossed", "questions", "closing", "signature", "account", "date", "invoice", "issued"),
    *("due", "days_overdue", "open", "disputed", "total", "automatic", "colon"),
)


def clean(text: str) -> str:
    """Return a text fit for one line of a header: no control characters, not too long."""
    line = "".join(
        " " if unicodedata.category(mark) in {"Cc", "Cf", "Zl", "Zp"} else mark for mark in text
    )
    return " ".join(line.split())[:TEXT_LENGTH_MAX]


def amount(minor: int, currency: str, locale: Locale) -> str:
    """Write an amount with its ISO code and all of the currency's decimals: `CNY 1,250.00`."""
    exponent = exponent_of(currency)
    decimals = f".{'0' * exponent}" if exponent else ""
    return format_currency(
        Decimal(minor).scaleb(-exponent),
        currency,
        format=f"¤¤\u00a0#,##0{decimals}",
        locale=locale,
        currency_digits=False,
    )


def _line(item: Escalation, words: Wording, locale: Locale, day: date) -> _Line:
    invoice = clean(item.invoice_id)
    if item.instalment > 1:
        invoice = f"{invoice} ({words.instalment.format(number=item.instalment)})"
    return _Line(
        invoice=invoice,
        issued_on=format_date(item.issued_on, words.date_pattern, locale=locale),
        due_on=format_date(item.due_on, words.date_pattern, locale=locale),
        days_overdue=(day - item.due_on).days,
        open=amount(item.dunned_minor, item.currency, locale),
        disputed=(
            amount(item.disputed_minor, item.currency, locale) if item.disputed_minor else None
        ),
        interest=_interest(item, locale),
        interest_words=words.interest.format(
            day=format_date(_interest_day(item), words.date_pattern, locale=locale)
        ),
    )


def _interest_day(item: Escalation) -> date:
    """Return the day to whose end an item's interest is told; old words bring it with the raise."""
    told = item.interest
    return item.raised_on if told is None or told.until_on is None else told.until_on


def _with_interest_once(items: Sequence[Escalation]) -> list[Escalation]:
    """Return the items with an invoice's interest, which is told of each, at the first alone."""
    asked = set[str]()
    found: list[Escalation] = []
    for item in items:
        found.append(replace(item, interest=None) if item.invoice_id in asked else item)
        asked.add(item.invoice_id)
    return found


def _interest(item: Escalation, locale: Locale) -> str | None:
    owed_minor = _interest_minor(item)
    if item.interest is None or owed_minor <= 0:
        return None
    return amount(owed_minor, item.interest.currency, locale)


def _interest_minor(item: Escalation) -> int:
    interest = item.interest
    return 0 if interest is None else to_minor(interest.open, interest.currency, "interest")


def _totals(items: Sequence[Escalation], locale: Locale) -> list[str]:
    sums: dict[str, int] = {}
    for item in items:
        sums[item.currency] = sums.get(item.currency, 0) + item.dunned_minor
        if item.interest is not None:
            currency = item.interest.currency
            sums[currency] = sums.get(currency, 0) + max(_interest_minor(item), 0)
    return [amount(minor, currency, locale) for currency, minor in sorted(sums.items())]


def _salutation(words: Wording, name: str | None) -> str:
    cleaned = clean(name or "")
    return words.salutation.format(name=cleaned) if cleaned else words.salutation_nameless


def _oldest_days(items: Sequence[Escalation], day: date) -> int:
    return max(((day - item.due_on).days for item in items), default=0)
