"""What came in, before anybody has looked at it."""

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

#: Stands for the topic of what came in over HTTP.
HTTP_TOPIC: Final = "http"
CONTENT_TYPE: Final = "content-type"
#: What the CloudEvents attributes among the headers begin with, whatever the way in.
ATTRIBUTE_PREFIX: Final = "ce_"
#: What stands in a header where its bytes were no UTF-8.
REPLACEMENT: Final = "\ufffd"


class Arrival(Struct, kw_only=True, frozen=True):
    """One event as it came: headers with lower-case names, and the bytes.

    HTTP's `ce-` headers stand under Kafka's names, percent-decoded, so that there is one dialect.
    """

    topic: str
    headers: Mapping[str, str]
    #: None for a Kafka record without a value (a tombstone).
    value: bytes | None
    partition: int | None = None
    offset: int | None = None

    @property
    def size_bytes(self) -> int:
        """Bytes of the value and, since they may carry the attributes, of the headers."""
        size_bytes = len(self.value or b"")
        for name, text in self.headers.items():
            size_bytes += len(name) + len(text)
        return size_bytes


def media_type(content_type: str | None) -> str:
    """Return a content type in lower case without its parameters; empty when there is none."""
    return (content_type or "").partition(";")[0].strip().lower()
