"""The text of letters, in both languages."""

import re
from datetime import date
from html.parser import HTMLParser
from typing import Any

import pytest

from services.notifier.adapters.writing import LetterWriter, clean
from services.notifier.domain.wording import WORDINGS, Tone, tone_of
from services.notifier.handlers.ports import UnwritableError
from shared.contracts.escalation import Interest

DAY = date(2026, 2, 15)


@pytest.fixture(scope="module")
def writer() -> LetterWriter:
    return LetterWriter(company="Beacon & Co.", sender="Receivables <ar@beacon.example>")


class Cells(HTMLParser):
    """Collects the text of a page's table cells."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self._open = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        del attrs
        self._open = tag in {"td", "th"}

    def handle_data(self, data: str) -> None:
        if self._open and data.strip():
            self.found.append(data.strip().replace("\u00a0", " "))


@pytest.mark.parametrize(
    ("locale", "cells"),
    [
        (
            "en",
            ["INV-1", "1 January 2026", "31 January 2026", "15", "CNY 1,250.00", "Total"],
        ),
        ("zh-CN", ["INV-1", "2026年1月1日", "2026年1月31日", "15", "CNY 1,250.00", "合计"]),
    ],
)
def test_the_table_shows_the_invoice_in_the_readers_language(
    writer: LetterWriter, letter: Any, escalation: Any, locale: str, cells: list[str]
) -> None:
    content = writer.write(letter(locale=locale), [escalation()], DAY)
    found = Cells(content.html).found
    start = found.index("INV-1")
    assert found[start : start + len(cells)] == cells


@pytest.mark.parametrize("locale", sorted(WORDINGS))
@pytest.mark.parametrize("tone", Tone)
def test_every_letter_says_everything_in_both_parts(
    writer: LetterWriter, letter: Any, escalation: Any, locale: str, tone: Tone
) -> None:
    days = {Tone.UPCOMING: -3, Tone.REMINDER: 15, Tone.NOTICE: 40, Tone.FINAL: 70}[tone]
    due_on = date.fromordinal(DAY.toordinal() - days)
    words = WORDINGS[locale]
    content = writer.write(
        letter(locale=locale, level="of our own"), [escalation(due_on=due_on)], DAY
    )
    for part in (content.plain, content.html):
        for text in (words.heading[tone], words.opening[tone], words.request[tone], words.crossed):
            assert text in part
        assert "CNY\u00a01,250.00" in part
        assert not re.search(r"\{\{|\{%|\{[a-z]+\}", part)


@pytest.mark.parametrize(
    ("locale", "disputed", "interest"),
    [
        ("en", "In dispute, not included", "Interest on late payment to 10 May 2026"),
        ("zh-CN", "争议金额\uff08未计入\uff09", "截至2026年5月10日的逾期利息"),
    ],
)
def test_a_letter_asks_for_what_is_not_in_dispute_and_shows_interest_on_a_line_of_its_own(
    writer: LetterWriter, letter: Any, escalation: Any, locale: str, disputed: str, interest: str
) -> None:
    until = date(2026, 5, 10)
    owed = Interest(accrued="12.30", open="2.30", currency="CNY", why=["10 %"], until_on=until)
    item = escalation(disputed_minor=25_000, interest=owed)
    content = writer.write(letter(locale=locale), [item], DAY)
    words = WORDINGS[locale]
    found = Cells(content.html).found
    assert found[found.index(disputed) - 1 :] == [
        "CNY 1,000.00",
        disputed,
        "CNY 250.00",
        f"{interest}{words.colon}INV-1",
        "CNY 2.30",
        words.total,
        "CNY 1,002.30",
        *found[found.index(words.total) + 2 :],
    ]
    lines = [line.strip() for line in content.plain.replace("\u00a0", " ").splitlines()]
    assert [line for line in lines if "CNY" in line] == [
        f"{words.open}{words.colon}CNY 1,000.00",
        f"{disputed}{words.colon}CNY 250.00",
        f"{interest}{words.colon}CNY 2.30",
        f"{words.total}{words.colon}CNY 1,002.30",
    ]


@pytest.mark.parametrize("owed", [None, "0.00"])
def test_a_letter_without_dispute_and_interest_says_nothing_of_them(
    writer: LetterWriter, letter: Any, escalation: Any, owed: str | None
) -> None:
    interest = owed and Interest(accrued="1.00", open=owed, currency="CNY", why=[])
    content = writer.write(letter(), [escalation(interest=interest)], DAY)
    for part in (content.plain, content.html):
        assert "dispute" not in part
        assert "nterest" not in part


def test_the_interest_on_an_invoice_is_asked_for_once_for_all_of_its_items(
    writer: LetterWriter, letter: Any, escalation: Any
) -> None:
    owed = Interest(accrued="3.00", open="3.00", currency="CNY", why=["10 %"])
    items = [escalation(item_id=f"INV-1/{part}", instalment=part, interest=owed) for part in (1, 2)]
    items.append(escalation(item_id="INV-2/1", invoice_id="INV-2", interest=owed))
    plain = writer.write(letter(), items, DAY).plain.replace("\u00a0", " ")
    lines = [line.strip() for line in plain.splitlines()]
    # A word that does not say until when brings the interest of the day of its raise.
    assert lines.count("Interest on late payment to 15 February 2026: CNY 3.00") == len(
        {"INV-1", "INV-2"}
    )
    assert "Total: CNY 3,756.00" in lines


def test_interest_in_another_currency_has_a_total_of_its_own(
    writer: LetterWriter, letter: Any, escalation: Any
) -> None:
    owed = Interest(accrued="40.00", open="40.00", currency="EUR", why=["a fixed sum"])
    plain = writer.write(letter(), [escalation(interest=owed)], DAY).plain.replace("\u00a0", " ")
    totals = [line for line in plain.splitlines() if line.startswith("Total")]
    assert totals == ["Total: CNY 1,250.00", "Total: EUR 40.00"]


def test_totals_are_kept_apart_by_currency(
    writer: LetterWriter, letter: Any, escalation: Any
) -> None:
    items = [
        escalation(),
        escalation(item_id="INV-2/1", open_minor=1),
        escalation(item_id="INV-3/1", currency="JPY", open_minor=120_000),
        escalation(item_id="INV-4/1", currency="KWD", open_minor=1_500),
    ]
    plain = writer.write(letter(), items, DAY).plain.replace("\u00a0", " ")
    totals = [line for line in plain.splitlines() if line.startswith("Total")]
    assert totals == ["Total: CNY 1,250.01", "Total: JPY 120,000", "Total: KWD 1.500"]


def test_amounts_of_fifteen_digits_are_written_exactly(
    writer: LetterWriter, letter: Any, escalation: Any
) -> None:
    plain = writer.write(letter(), [escalation(open_minor=999_999_999_999_999)], DAY).plain
    assert "CNY\u00a09,999,999,999,999.99" in plain


@pytest.mark.parametrize(
    ("locale", "invoices", "subject"),
    [
        ("en", ["INV-1"], "Payment reminder: invoice INV-1 \u2013 Beacon & Co."),
        ("en", ["INV-1", "INV-2"], "Payment reminder: 2 overdue items \u2013 Beacon & Co."),
        ("zh-CN", ["INV-1"], "付款提醒\uff1a发票 INV-1 \u2013 Beacon & Co."),
        ("en", ["INV\r\nBcc: x@y"], "Payment reminder: invoice INV Bcc: x@y \u2013 Beacon & Co."),
    ],
)
def test_the_subject_names_one_invoice_or_counts_several(
    writer: LetterWriter,
    letter: Any,
    escalation: Any,
    locale: str,
    invoices: list[str],
    subject: str,
) -> None:
    items = [escalation(invoice_id=name) for name in invoices]
    assert writer.subject(letter(locale=locale), items, DAY) == subject


@pytest.mark.parametrize(
    ("name", "salutation"),
    [
        ("Aster Ltd", "Dear Aster Ltd,"),
        (None, "Dear Sir or Madam,"),
        ("  ", "Dear Sir or Madam,"),
        ("Aster\r\nLtd\x00", "Dear Aster Ltd,"),
        ("{name}", "Dear {name},"),
    ],
)
def test_the_salutation_uses_the_name_there_is(
    writer: LetterWriter, letter: Any, escalation: Any, name: str | None, salutation: str
) -> None:
    plain = writer.write(letter(recipient_name=name), [escalation()], DAY).plain
    assert salutation in plain.splitlines()


def test_markup_in_names_and_numbers_stays_text(
    writer: LetterWriter, letter: Any, escalation: Any
) -> None:
    item = escalation(invoice_id="<img src=x>")
    content = writer.write(letter(recipient_name="<b>Aster</b>"), [item], DAY)
    assert "<img" not in content.html
    assert "<b>Aster" not in content.html
    assert "<b>Aster</b>" in content.plain


def test_a_letters_message_id_is_its_own_for_ever(writer: LetterWriter, letter: Any) -> None:
    name = "<00000000-0000-0000-0000-000000000002@beacon.example>"
    assert [writer.message_id(letter()) for _ in range(2)] == [name, name]


def test_days_overdue_count_to_the_letters_own_day(
    writer: LetterWriter, letter: Any, escalation: Any
) -> None:
    plain = writer.write(letter(), [escalation()], date(2026, 2, 18)).plain
    assert "Days overdue: 18" in plain


def test_figures_that_make_no_text_are_told_apart_from_bugs(
    writer: LetterWriter, letter: Any, escalation: Any
) -> None:
    with pytest.raises(UnwritableError):
        writer.write(letter(), [escalation(currency="XXQ")], DAY)


@pytest.mark.parametrize(
    ("level", "days_overdue", "tone"),
    [
        ("dunning", 15, Tone.REMINDER),
        ("dunning", 90, Tone.REMINDER),
        ("final_notice", 20, Tone.FINAL),
        ("of our own", 29, Tone.REMINDER),
        ("of our own", 30, Tone.NOTICE),
        ("of our own", 60, Tone.FINAL),
        ("dunning", -1, Tone.UPCOMING),
    ],
)
def test_the_tone_follows_the_levels_name_and_else_the_age(
    level: str, days_overdue: int, tone: Tone
) -> None:
    assert tone_of(level, days_overdue) == tone


def test_cleaned_text_is_one_printable_line_of_limited_length() -> None:
    assert clean("a\u2028b\u202ec\td" + "x" * 500) == ("a b c d" + "x" * 500)[:120]
