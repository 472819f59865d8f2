"""Settings every service has, from the environment; each service adds its own."""

from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from shared.clock import Clock, ManualClock, SystemClock
from shared.errors import ArrearsError

Port = Annotated[int, Field(ge=1, le=65535)]


class SettingsError(ArrearsError):
    """The environment does not describe a service that could run."""

    code = "bad_settings"


class Settings(BaseSettings):
    """Read from `ARREARS_*`; `KAFKA_BOOTSTRAP_SERVERS` keeps the name everybody uses."""

    model_config = SettingsConfigDict(env_prefix="ARREARS_", extra="ignore", populate_by_name=True)

    kafka_bootstrap_servers: str = Field(validation_alias="KAFKA_BOOTSTRAP_SERVERS", min_length=1)
    database_url: SecretStr
    #: The bearer token of `/v1`, given itself or as a file that only the service can read.
    api_token: SecretStr | None = None
    api_token_file: Path | None = None
    host: str = "127.0.0.1"
    #: Names this process in logs, in the partition rows it owns and in what it is sending.
    instance: str = Field(default="1", min_length=1, max_length=64)
    clock: Literal["system", "manual"] = "system"
    clock_file: Path | None = None
    log_format: Literal["json", "console"] = "json"
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    #: Partitions of the ledger and escalation topics; fixed when the topics are first made.
    ledger_partitions: Annotated[int, Field(ge=1, le=1024)] = 12
    #: Copies of each topic's partitions; 3 in production.
    replication_factor: Annotated[int, Field(ge=1, le=9)] = 1
    #: How long a stopping service may take to finish what it has begun.
    drain_seconds: Annotated[float, Field(gt=0, le=300)] = 20.0

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.clock == "manual" and self.clock_file is None:
            message = "ARREARS_CLOCK=manual needs ARREARS_CLOCK_FILE"
            raise ValueError(message)
        try:
            driver = make_url(self.database_url.get_secret_value()).drivername
        except ArgumentError:
            driver = ""
        if not driver.startswith("postgresql"):
            message = "ARREARS_DATABASE_URL must be postgresql://USER:PASSWORD@HOST:PORT/DATABASE"
            raise ValueError(message)
        if (self.api_token is None) == (self.api_token_file is None):
            message = "give either ARREARS_API_TOKEN or ARREARS_API_TOKEN_FILE"
            raise ValueError(message)
        return self

    def token(self) -> str:
        """Return the bearer token; a missing or short one is refused."""
        if self.api_token is not None:
            token = self.api_token.get_secret_value()
        else:
            assert self.api_token_file is not None
            try:
                token = self.api_token_file.read_text(encoding="utf-8").strip()
            except OSError as error:
                message = f"ARREARS_API_TOKEN_FILE cannot be read: {error}"
                raise SettingsError(message) from None
        if len(token) < TOKEN_LENGTH_MIN or not (token.isascii() and token.isprintable()):
            message = f"the API token must have at least {TOKEN_LENGTH_MIN} printable ASCII letters"
            raise SettingsError(message)
        return token

    def make_clock(self) -> Clock:
        """Return the clock that the settings ask for."""
        if self.clock == "manual":
            assert self.clock_file is not None
            try:
                return ManualClock(self.clock_file)
            except (OSError, ArrearsError) as error:
                message = f"ARREARS_CLOCK_FILE does not hold an instant: {error}"
                raise SettingsError(message) from None
        return SystemClock()


#: Shorter tokens can be guessed.
TOKEN_LENGTH_MIN = 16


AnySettings = TypeVar("AnySettings", bound=Settings)


def load(kind: type[AnySettings]) -> AnySettings:
    """Read the settings from the environment; the message names each variable that is wrong."""
    try:
        return kind()  # type: ignore[call-arg]  # the environment gives the fields
    except ValidationError as error:
        problems = "; ".join(_problem(dict(detail)) for detail in error.errors())
        message = f"the settings are not usable: {problems}"
        raise SettingsError(message) from None


def _problem(detail: dict[str, Any]) -> str:
    name = ".".join(str(part) for part in detail["loc"]).upper()
    if name and not name.startswith(("KAFKA_", "ARREARS_")):
        name = f"ARREARS_{name}"
    return f"{name}: {detail['msg']}" if name else str(detail["msg"])
