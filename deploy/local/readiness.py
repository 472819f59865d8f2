"""Whether something on the network answers, asked once and with a limit."""

import asyncio

import httpx

ASK_SECONDS_MAX = 2.0


async def can_connect(host: str, port: int) -> bool:
    """Return whether something accepts connections there."""
    try:
        async with asyncio.timeout(ASK_SECONDS_MAX):
            _, writer = await asyncio.open_connection(host, port)
    except OSError:  # a refusal, or the time-out
        return False
    writer.close()
    try:
        await writer.wait_closed()
    except OSError:
        return False
    return True


async def why_http_not_ready(address: str) -> str | None:
    """Ask `GET /readyz` of the address; return None when it is ready, else the reason."""
    # Plain HTTP on loopback: no proxy, and no certificates to read at every question.
    client = httpx.AsyncClient(verify=False, trust_env=False, timeout=ASK_SECONDS_MAX)  # noqa: S501
    async with client:
        try:
            response = await client.get(f"{address}/readyz")
        except httpx.HTTPError as error:
            return f"{address} does not answer: {error!r}"
    if response.status_code == httpx.codes.OK:
        return None
    return _reasons(response)


def _reasons(response: httpx.Response) -> str:
    """Name the parts that are not ready, in the service's own words."""
    try:
        parts = response.json()["parts"]
        reasons = [f"{name}: {state}" for name, state in parts.items() if state != "ok"]
    except (ValueError, KeyError, TypeError, AttributeError):
        reasons = []
    return "; ".join(reasons) or f"{response.url} answered with status {response.status_code}"
