"""The mailbox: what is kept, what is shown, and that a mail can do no harm there."""

from collections.abc import AsyncIterator
from email.message import EmailMessage
from pathlib import Path

import httpx
import pytest

from deploy.local.mailbox.page import MAILS_PER_PAGE, make_page
from deploy.local.mailbox.receive import Receiver
from deploy.local.mailbox.store import MailStore

SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def store(tmp_path: Path) -> MailStore:
    return MailStore(tmp_path / "mails")


@pytest.fixture
async def page(store: MailStore) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=make_page(store))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        yield client


def letter(subject: str = "Invoice INV-1 is overdue") -> bytes:
    message = EmailMessage()
    message["Subject"] = subject
    message["From"] = "ar@seller.example"
    message["To"] = "ap@buyer.example"
    message["Message-ID"] = "<letter-1@arrears>"
    message.set_content(f"请付款 {SCRIPT}")
    message.add_alternative(f"<p>请付款</p>{SCRIPT}", subtype="html")
    message.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="INV-1.pdf")
    return message.as_bytes()


def keep(store: MailStore, content: bytes) -> str:
    return store.keep(content, sender="ar@seller.example", recipients=("ap@buyer.example",))


def test_a_mail_is_read_back_with_all_its_parts(store: MailStore) -> None:
    mail = store.mail(keep(store, letter("催款函")))
    assert mail is not None
    assert (mail.sender, mail.recipients) == ("ar@seller.example", ("ap@buyer.example",))
    assert (mail.subject, mail.message_id) == ("催款函", "<letter-1@arrears>")
    assert mail.text is not None
    assert mail.text.startswith("请付款")
    assert mail.html is not None
    assert mail.html.startswith("<p>请付款</p>")
    assert mail.attachments == ("INV-1.pdf",)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"", ""),
        (b"no headers at all", "no headers at all"),
        (b"Subject: x\r\nContent-Type: text/plain; charset=no-such\r\n\r\nhello", "hello"),
        (b"Content-Type: text/plain; charset=utf-8\r\n\r\n\xff", "\N{REPLACEMENT CHARACTER}"),
        (b"Content-Type: multipart/mixed; boundary=x\r\n\r\nbroken", None),
        (b"Subject: =?utf-8?b?broken\r\nTo: <<<\r\n\r\nhello", "hello"),
    ],
)
def test_a_broken_mail_is_kept_and_shown_all_the_same(
    store: MailStore, content: bytes, text: str | None
) -> None:
    mail_id = keep(store, content)
    mail = store.mail(mail_id)
    assert mail is not None
    assert mail.text == text
    raw = store.raw_file(mail_id)
    assert raw is not None
    assert raw.read_bytes().endswith(content)


@pytest.mark.parametrize(
    "mail_id", ["", "..", "../outside", "inside", "20260105T000000.000000Z-00000000"]
)
def test_no_other_file_is_taken_for_a_mail(store: MailStore, tmp_path: Path, mail_id: str) -> None:
    (tmp_path / "outside.eml").touch()
    (tmp_path / "mails" / "inside.eml").touch()
    assert store.mail(mail_id) is None
    assert store.raw_file(mail_id) is None


def test_half_a_mail_is_never_listed(store: MailStore, tmp_path: Path) -> None:
    mail_id = keep(store, letter())
    (tmp_path / "mails" / f".{mail_id}.new").write_bytes(b"half")
    (tmp_path / "mails" / "note.eml").write_bytes(b"not ours")
    assert store.ids() == [mail_id]


async def test_a_mail_that_cannot_be_kept_is_not_acknowledged(
    store: MailStore, tmp_path: Path
) -> None:
    class Envelope:
        content = letter()
        mail_from = "ar@seller.example"
        rcpt_tos = ("ap@buyer.example",)

    receiver = Receiver(store)
    assert (await receiver.handle_DATA(None, None, Envelope())).startswith("250 ")
    for file in (tmp_path / "mails").iterdir():
        file.unlink()
    (tmp_path / "mails").rmdir()
    assert (await receiver.handle_DATA(None, None, Envelope())).startswith("452 ")


async def test_the_list_shows_the_newest_first_and_leads_to_older_ones(
    store: MailStore, page: httpx.AsyncClient
) -> None:
    assert "Nothing here yet" in (await page.get("/")).text
    ids = [keep(store, letter(f"Letter {number}")) for number in range(MAILS_PER_PAGE + 1)]
    first = (await page.get("/")).text
    assert first.index(f"Letter {MAILS_PER_PAGE}<") < first.index("Letter 1<")
    assert "Letter 0<" not in first
    assert f"/?before={ids[1]}" in first
    assert "Letter 0<" in (await page.get(f"/?before={ids[1]}")).text


async def test_machines_get_the_same_as_json(store: MailStore, page: httpx.AsyncClient) -> None:
    ids = [keep(store, letter()) for _ in range(3)]
    answer = (await page.get("/messages.json", params={"limit": 2})).json()
    assert answer["total"] == 3
    assert [mail["id"] for mail in answer["messages"]] == ids[:0:-1]
    assert answer["messages"][0]["message_id"] == "<letter-1@arrears>"
    assert (await page.get("/messages.json", params={"limit": 0})).status_code == 422


async def test_a_mail_is_text_on_the_page_and_its_html_is_locked_in(
    store: MailStore, page: httpx.AsyncClient
) -> None:
    mail_id = keep(store, letter(f"A {SCRIPT}"))
    for path in ("/", f"/messages/{mail_id}"):
        answer = await page.get(path)
        assert SCRIPT not in answer.text
        assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert '<iframe sandbox=""' in (await page.get(f"/messages/{mail_id}")).text
    html = await page.get(f"/messages/{mail_id}/html")
    assert SCRIPT in html.text
    assert html.headers["content-security-policy"].endswith("sandbox")


@pytest.mark.parametrize("rest", ["", "/html", "/raw"])
async def test_an_unknown_mail_is_not_found(page: httpx.AsyncClient, rest: str) -> None:
    assert (await page.get(f"/messages/unknown{rest}")).status_code == 404


async def test_a_site_that_borrows_the_loopback_address_is_refused(
    page: httpx.AsyncClient,
) -> None:
    assert (await page.get("/", headers={"host": "evil.example"})).status_code == 400
