"""A stand-in for the three services' HTTP, for the commands' own logic."""

from collections import deque
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from cli.api.client import SERVICES, Client

Answer = httpx.Response | Exception
Handler = Callable[[str, httpx.Request], httpx.Response]


def client_of(handler: Handler) -> Client:
    """Return a client whose requests are answered by `handler(service, request)`."""

    def answer(request: httpx.Request) -> httpx.Response:
        return handler(request.url.host, request)

    addresses = {name: f"http://{name}" for name in SERVICES}
    return Client(addresses, "token-of-the-test", transport=httpx.MockTransport(answer))


class Script:
    """Answers each service's requests from a list; the last answer stays."""

    def __init__(self, **answers: list[Any]) -> None:
        self._answers = {name: deque(said) for name, said in answers.items()}
        self.asked: list[str] = []

    def __call__(self, service: str, request: httpx.Request) -> httpx.Response:
        self.asked.append(service)
        said = self._answers[service]
        answer = said[0] if len(said) == 1 else said.popleft()
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, httpx.Response):
            return answer
        return httpx.Response(200, json=answer, request=request)


@pytest.fixture(name="client_of")
def fixture_client_of() -> Callable[[Handler], Client]:
    return client_of


@pytest.fixture(name="script")
def fixture_script() -> type[Script]:
    return Script
