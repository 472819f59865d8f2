"""What letters say, in each language they are written in, by how pressing they are.

Pure text; the layout stands in the templates, which fill the `{…}` places of these sentences.
"""

# ruff: noqa: RUF001  (Chinese is written with its own, full-width punctuation)

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from services.notifier.domain.recipients import CHINESE, ENGLISH


class Tone(StrEnum):
    """How pressing a letter is."""

    #: Before the due date: a service, no reproach.
    UPCOMING = "upcoming"
    REMINDER = "reminder"
    NOTICE = "notice"
    FINAL = "final"


#: Levels by the names firms give them; others go by the days overdue.
TONE_BY_LEVEL: Final[Mapping[str, Tone]] = MappingProxyType(
    {
        "reminder": Tone.REMINDER,
        "dunning": Tone.REMINDER,
        "dunning_1": Tone.REMINDER,
        "dunning_2": Tone.NOTICE,
        "second_dunning": Tone.NOTICE,
        "dunning_3": Tone.FINAL,
        "third_dunning": Tone.FINAL,
        "final": Tone.FINAL,
        "final_notice": Tone.FINAL,
    }
)
#: From so many days overdue on, a level of another name is a notice, and a final one.
NOTICE_DAYS: Final = 30
FINAL_DAYS: Final = 60


def tone_of(level: str, days_overdue: int) -> Tone:
    """Return how pressing a letter is, by its level's name, else by its oldest item's age."""
    if days_overdue < 0:
        return Tone.UPCOMING
    named = TONE_BY_LEVEL.get(level)
    if named is not None:
        return named
    if days_overdue >= FINAL_DAYS:
        return Tone.FINAL
    return Tone.NOTICE if days_overdue >= NOTICE_DAYS else Tone.REMINDER


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """Every text of a letter in one language."""

    #: By tone; places: `{invoice}` or `{count}`, `{company}`.
    subject_one: Mapping[Tone, str]
    subject_many: Mapping[Tone, str]
    #: Place: `{name}`.
    salutation: str
    salutation_nameless: str
    heading: Mapping[Tone, str]
    opening: Mapping[Tone, str]
    request: Mapping[Tone, str]
    #: Said in every letter: it may have crossed a payment, and whom to ask.
    crossed: str
    questions: str
    closing: str
    signature: str
    account: str
    date: str
    invoice: str
    instalment: str
    issued: str
    due: str
    days_overdue: str
    open: str
    #: What of an item is in dispute and not asked for.
    disputed: str
    #: Interest on late payment: a line of its own below its item; place: `{day}`.
    interest: str
    total: str
    automatic: str
    #: Between a word and its value.
    colon: str
    #: Babel patterns.
    date_pattern: str


_ENGLISH: Final = Wording(
    subject_one=MappingProxyType(
        {
            Tone.UPCOMING: "Invoice {invoice} falls due soon – {company}",
            Tone.REMINDER: "Payment reminder: invoice {invoice} – {company}",
            Tone.NOTICE: "Overdue notice: invoice {invoice} – {company}",
            Tone.FINAL: "Final notice: invoice {invoice} – {company}",
        }
    ),
    subject_many=MappingProxyType(
        {
            Tone.UPCOMING: "{count} items fall due soon – {company}",
            Tone.REMINDER: "Payment reminder: {count} overdue items – {company}",
            Tone.NOTICE: "Overdue notice: {count} items – {company}",
            Tone.FINAL: "Final notice: {count} overdue items – {company}",
        }
    ),
    salutation="Dear {name},",
    salutation_nameless="Dear Sir or Madam,",
    heading=MappingProxyType(
        {
            Tone.UPCOMING: "Upcoming payment",
            Tone.REMINDER: "Payment reminder",
            Tone.NOTICE: "Overdue notice",
            Tone.FINAL: "Final notice",
        }
    ),
    opening=MappingProxyType(
        {
            Tone.UPCOMING: (
                "As a courtesy, we would like to let you know that the following falls due shortly."
            ),
            Tone.REMINDER: (
                "According to our records we have not yet received payment of the following. "
                "This may simply have been overlooked."
            ),
            Tone.NOTICE: (
                "Despite the time that has passed since the due date, the following remains "
                "unpaid according to our records."
            ),
            Tone.FINAL: (
                "The following remains unpaid according to our records and is now considerably "
                "overdue."
            ),
        }
    ),
    request=MappingProxyType(
        {
            Tone.UPCOMING: (
                "No action is needed if the payment is already scheduled for the due date."
            ),
            Tone.REMINDER: (
                "We would be grateful if you could arrange payment within the next seven days, "
                "quoting the invoice number as the reference."
            ),
            Tone.NOTICE: (
                "Please arrange payment of the full amount within seven days, quoting the invoice "
                "number, or let us know when we may expect it."
            ),
            Tone.FINAL: (
                "Please settle the full amount within seven days of the date of this letter. "
                "Otherwise we shall have to consider further steps to recover it, which we would "
                "much prefer to avoid."
            ),
        }
    ),
    crossed="If you have paid in the meantime, please accept our thanks and disregard this letter.",
    questions=(
        "Should there be a question about an invoice, or a reason why it cannot be paid, please "
        "reply to this message. We will be glad to help."
    ),
    closing="Kind regards,",
    signature="Accounts Receivable",
    account="Customer account",
    date="Date",
    invoice="Invoice",
    instalment="instalment {number}",
    issued="Issued",
    due="Due",
    days_overdue="Days overdue",
    open="Open amount",
    disputed="In dispute, not included",
    interest="Interest on late payment to {day}",
    total="Total",
    automatic="This letter was prepared automatically and is valid without a signature.",
    colon=": ",
    date_pattern="d MMMM yyyy",
)

_CHINESE: Final = Wording(
    subject_one=MappingProxyType(
        {
            Tone.UPCOMING: "付款到期提示：发票 {invoice} – {company}",
            Tone.REMINDER: "付款提醒：发票 {invoice} – {company}",
            Tone.NOTICE: "逾期通知：发票 {invoice} – {company}",
            Tone.FINAL: "最后催款通知：发票 {invoice} – {company}",
        }
    ),
    subject_many=MappingProxyType(
        {
            Tone.UPCOMING: "付款到期提示：{count} 笔款项即将到期 – {company}",
            Tone.REMINDER: "付款提醒：{count} 笔逾期款项 – {company}",
            Tone.NOTICE: "逾期通知：{count} 笔款项 – {company}",
            Tone.FINAL: "最后催款通知：{count} 笔逾期款项 – {company}",
        }
    ),
    salutation="尊敬的{name}：",
    salutation_nameless="尊敬的客户：",
    heading=MappingProxyType(
        {
            Tone.UPCOMING: "付款到期提示",
            Tone.REMINDER: "付款提醒",
            Tone.NOTICE: "逾期通知",
            Tone.FINAL: "最后催款通知",
        }
    ),
    opening=MappingProxyType(
        {
            Tone.UPCOMING: "您好！谨提示贵方，以下款项即将到期。",
            Tone.REMINDER: "您好！根据我方记录，截至目前尚未收到以下款项，可能是贵方一时疏忽所致。",
            Tone.NOTICE: "您好！根据我方记录，以下款项已过付款期限，至今仍未收到。",
            Tone.FINAL: "您好！根据我方记录，以下款项逾期已久，至今仍未结清。",
        }
    ),
    request=MappingProxyType(
        {
            Tone.UPCOMING: "如贵方已安排按期付款，则无需另行处理。",
            Tone.REMINDER: "烦请贵方于七日内安排付款，并在付款时注明发票编号。",
            Tone.NOTICE: "请贵方于七日内付清全部款项并注明发票编号，或告知我方预计付款日期。",
            Tone.FINAL: (
                "请贵方自本函日期起七日内付清全部款项。如逾期仍未付款，我方将不得不考虑采取进一步"
                "的追讨措施，这是我方所不愿看到的。"
            ),
        }
    ),
    crossed="如贵方已于近日付款，谨致谢意，并请忽略本函。",
    questions="如对发票有任何疑问，或因故暂时无法付款，请直接回复本邮件，我方将竭诚协助。",
    closing="顺颂商祺",
    signature="应收账款部",
    account="客户账户",
    date="日期",
    invoice="发票编号",
    instalment="第 {number} 期",
    issued="开票日期",
    due="到期日",
    days_overdue="逾期天数",
    open="未付金额",
    disputed="争议金额（未计入）",
    interest="截至{day}的逾期利息",
    total="合计",
    automatic="本函由系统自动生成，无需签章。",
    colon="：",
    date_pattern="y年M月d日",
)

WORDINGS: Final[Mapping[str, Wording]] = MappingProxyType({ENGLISH: _ENGLISH, CHINESE: _CHINESE})


def subject_of(
    wording: Wording, tone: Tone, *, company: str, invoice_ids: list[str], items: int
) -> str:
    """Return a letter's subject: it names the invoice when there is one, else the count."""
    if len(invoice_ids) == 1:
        return wording.subject_one[tone].format(invoice=invoice_ids[0], company=company)
    return wording.subject_many[tone].format(count=items, company=company)
