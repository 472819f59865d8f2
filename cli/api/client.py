"""The services' HTTP APIs as one client: addresses and token from the stack's data folder."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import httpx
import stamina

from cli.errors import AwayError, FailedError, RefusedError
from deploy.local.stack import StackFile, read_stack

#: The services in the order in which an event passes them.
SERVICES: Final = ("ingest", "monitor", "notifier")
#: Rows asked for at a time; the most a service gives.
PAGE_ROWS: Final = 1000
CONNECT_SECONDS_MAX: Final = 5.0
#: A page of a list or one thing.
ANSWER_SECONDS_MAX: Final = 30.0
#: How long a service that is started again is waited for.
RETURN_SECONDS_MAX: Final = 60.0
RETRY_PAUSE_SECONDS_FIRST: Final = 0.05
RETRY_PAUSE_SECONDS_MAX: Final = 1.0

#: An answer of several lines, each a JSON object.
LINES: Final = "application/x-ndjson"

_UNAVAILABLE: Final = 503
_FAILURE: Final = 400

Row = dict[str, Any]
Params = Mapping[str, str | int | list[str]]


class Client:
    """Asks the services of one stack; every answer is JSON."""

    def __init__(
        self,
        addresses: Mapping[str, str],
        token: str,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.addresses = dict(addresses)
        self._http = httpx.AsyncClient(
            headers={"Authorization": f"Bearer {token}"},
            timeout=httpx.Timeout(ANSWER_SECONDS_MAX, connect=CONNECT_SECONDS_MAX),
            transport=transport,
            # Plain HTTP needs no certificates, and reading them takes longer than a question.
            verify=any(address.startswith("https:") for address in addresses.values()),
            trust_env=False,  # loopback must not be sought behind a proxy
        )

    async def close(self) -> None:
        """Close every connection."""
        await self._http.aclose()

    async def request(
        self,
        method: str,
        service: str,
        path: str,
        *,
        params: Params | None = None,
        json: Any = None,
        content: bytes | None = None,
        content_type: str | None = None,
        seconds_max: float = ANSWER_SECONDS_MAX,
    ) -> Any:
        """Ask once and return the decoded answer.

        Raises `AwayError` when the service does not answer, `RefusedError` when it says no.
        """
        try:
            response = await self._http.request(
                method,
                f"{self._address(service)}{path}",
                params=params,
                json=json,
                content=content,
                headers={"Content-Type": content_type} if content_type else None,
                timeout=httpx.Timeout(seconds_max, connect=CONNECT_SECONDS_MAX),
            )
        except httpx.TransportError as error:
            raise self._away(service, error) from error
        if response.status_code >= _FAILURE:
            raise _refusal(service, response)
        return response.json()

    async def lines(
        self, service: str, path: str, *, content: bytes, content_type: str
    ) -> AsyncIterator[Row]:
        """Ask for something that takes long, and read its answer line by line as it comes.

        Each line may take as long as a whole answer else; raises as `request`.
        """
        headers = {"Content-Type": content_type, "Accept": LINES}
        url = f"{self._address(service)}{path}"
        try:
            async with self._http.stream("POST", url, content=content, headers=headers) as response:
                if response.status_code >= _FAILURE:
                    await response.aread()
                    raise _refusal(service, response)
                async for line in response.aiter_lines():
                    yield json.loads(line)
        except httpx.TransportError as error:
            raise self._away(service, error) from error

    async def get(self, service: str, path: str, params: Params | None = None) -> Any:
        """Read one thing."""
        return await self.request("GET", service, path, params=params)

    async def rows(
        self, service: str, path: str, params: Params | None = None, limit: int | None = None
    ) -> AsyncIterator[Row]:
        """Read a list to its end, or to `limit` rows, page by page."""
        asked = dict(params or {})
        left = limit
        while left is None or left > 0:
            asked["limit"] = PAGE_ROWS if left is None else min(PAGE_ROWS, left)
            page = await self.get(service, path, asked)
            for row in page["rows"]:
                yield row
            if left is not None:
                left -= len(page["rows"])
            if not page.get("next"):
                return
            asked["cursor"] = page["next"]

    async def all_rows(self, service: str, path: str, params: Params | None = None) -> list[Row]:
        """Read a list to its end."""
        return [row async for row in self.rows(service, path, params)]

    async def patiently(
        self, method: str, service: str, path: str, *, json: Any, seconds_max: float
    ) -> Any:
        """Ask, and ask again while the service is away, for `RETURN_SECONDS_MAX` at the most.

        Only for what may be said twice.
        """
        async for attempt in stamina.retry_context(
            on=AwayError,
            attempts=None,
            timeout=RETURN_SECONDS_MAX,
            wait_initial=RETRY_PAUSE_SECONDS_FIRST,
            wait_max=RETRY_PAUSE_SECONDS_MAX,
            wait_jitter=RETRY_PAUSE_SECONDS_FIRST,
        ):
            with attempt:
                return await self.request(method, service, path, json=json, seconds_max=seconds_max)
        raise AssertionError  # pragma: no cover  (the context returns or raises)

    def _away(self, service: str, error: httpx.TransportError) -> AwayError:
        return AwayError(
            f"{service} does not answer at {self._address(service)} "
            f"({type(error).__name__}); see: arrears status"
        )

    def _address(self, service: str) -> str:
        try:
            return self.addresses[service]
        except KeyError:
            message = f"this stack has no {service}; see: arrears status"
            raise FailedError(message) from None


@asynccontextmanager
async def connect(data: Path) -> AsyncIterator[Client]:
    """Give a client of the stack in the data folder; raises when no stack runs there."""
    # Its default is to log each retry; here a person hears of the last one only.
    stamina.instrumentation.set_on_retry_hooks(())
    client = Client(*reach(read_stack(data)))
    try:
        yield client
    finally:
        await client.close()


def reach(stack: StackFile) -> tuple[dict[str, str], str]:
    """Return the services' addresses by name, and the token."""
    addresses = {
        process.name: process.address for process in stack.processes if process.name in SERVICES
    }
    try:
        token = stack.token()
    except OSError as error:
        message = f"the token cannot be read from {stack.token_file}: {error.strerror}"
        raise FailedError(message) from None
    return addresses, token


def _refusal(service: str, response: httpx.Response) -> AwayError | RefusedError:
    try:
        body = response.json()
    except ValueError:
        body = None
    problem: Row = body if isinstance(body, dict) else {}
    detail = str(problem.get("detail") or f"it answered {response.status_code}")
    if response.status_code == _UNAVAILABLE:
        return AwayError(f"{service}: {detail}")
    line, path = problem.get("line"), problem.get("path")
    where = [f"line {line}"] if line is not None else []
    where += [str(path)] if path else []
    message = f"{', '.join(where)}: {detail}" if where else detail
    code = str(problem.get("code") or f"http_{response.status_code}")
    return RefusedError(message, code=code, status=response.status_code)
