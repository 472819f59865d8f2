"""The mailbox's page: the mails newest first, one mail, and the same for machines.

A mail is a stranger's text: it is escaped, and its HTML part is shown in a frame that may run no
script, send no form and fetch nothing.
"""

from pathlib import Path
from typing import Annotated

import msgspec
from fastapi import FastAPI, HTTPException, Query, Request, Response
from fastapi.responses import FileResponse, HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.middleware.base import RequestResponseEndpoint
from starlette.middleware.trustedhost import TrustedHostMiddleware

from deploy.local.mailbox.store import Mail, MailStore

PAGES = Path(__file__).with_name("pages")
MAILS_PER_PAGE = 50
MAILS_PER_ANSWER_MAX = 1_000

PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; frame-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
#: For the mail's own HTML: its inline styles and inline pictures, and nothing else.
MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'self'; sandbox"
)

Limit = Annotated[int, Query(ge=1, le=MAILS_PER_ANSWER_MAX)]


def make_page(store: MailStore) -> FastAPI:
    """Return the page over the mails of the store."""
    app = FastAPI(title="Mailbox", docs_url=None, redoc_url=None, openapi_url=None)
    # A web site elsewhere could name this machine's loopback address as its own.
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])
    app.middleware("http")(_with_policy)
    _add_pages(app, store)
    _add_machine_answers(app, store)
    return app


async def _with_policy(request: Request, call_next: RequestResponseEndpoint) -> Response:
    response = await call_next(request)
    response.headers.setdefault("Content-Security-Policy", PAGE_POLICY)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _add_pages(app: FastAPI, store: MailStore) -> None:
    templates = Environment(
        loader=FileSystemLoader(PAGES), autoescape=True, undefined=StrictUndefined
    )

    @app.get("/", response_class=HTMLResponse)
    def show_mails(before: str | None = None) -> str:
        ids = [mail_id for mail_id in store.ids() if before is None or mail_id < before]
        shown = _read(store, ids[:MAILS_PER_PAGE])
        older = shown[-1].id if len(ids) > MAILS_PER_PAGE else None
        total = len(store.ids())
        return templates.get_template("mails.html").render(
            mails=shown, total=total, older=older, before=before
        )

    @app.get("/messages/{mail_id}", response_class=HTMLResponse)
    def show_mail(mail_id: str) -> str:
        return templates.get_template("mail.html").render(mail=_mail_or_404(store, mail_id))

    @app.get("/messages/{mail_id}/html")
    def show_html_part(mail_id: str) -> HTMLResponse:
        html = _mail_or_404(store, mail_id).html or ""
        return HTMLResponse(html, headers={"Content-Security-Policy": MAIL_POLICY})

    @app.get("/messages/{mail_id}/raw")
    def download(mail_id: str) -> FileResponse:
        file = store.raw_file(mail_id)
        if file is None:
            raise HTTPException(404, f"no mail {mail_id}")
        return FileResponse(file, media_type="message/rfc822", filename=file.name)

    @app.get("/style.css")
    def style() -> FileResponse:
        return FileResponse(PAGES / "style.css", media_type="text/css")


def _add_machine_answers(app: FastAPI, store: MailStore) -> None:
    @app.get("/messages.json")
    def list_mails(limit: Limit = MAILS_PER_ANSWER_MAX, before: str | None = None) -> Response:
        """Answer with mails newest first; `before` (an id) leads to older ones."""
        ids = [mail_id for mail_id in store.ids() if before is None or mail_id < before]
        answer = {"total": len(store.ids()), "messages": _read(store, ids[:limit])}
        return Response(msgspec.json.encode(answer), media_type="application/json")

    @app.get("/livez")
    def live() -> dict[str, bool]:
        return {"live": True}

    @app.get("/readyz")
    def ready() -> dict[str, object]:
        return {"ready": True, "parts": {"smtp": "ok"}}


def _read(store: MailStore, ids: list[str]) -> list[Mail]:
    return [mail for mail_id in ids if (mail := store.mail(mail_id)) is not None]


def _mail_or_404(store: MailStore, mail_id: str) -> Mail:
    mail = store.mail(mail_id)
    if mail is None:
        raise HTTPException(404, f"no mail {mail_id}")
    return mail
