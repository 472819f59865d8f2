"""All that the API and the gauges ask of the monitor's tables, as one thing to hand on."""

from sqlalchemy.ext.asyncio import AsyncEngine

from services.monitor.adapters.policy_documents import PolicyDocuments
from services.monitor.adapters.reads.escalations import EscalationReads
from services.monitor.adapters.reads.figures import FigureReads
from services.monitor.adapters.reads.ledger import LedgerReads
from services.monitor.adapters.reads.policies import PolicyReads
from services.monitor.adapters.reads.promises import PromiseReads


class Reads:
    """Read-only questions; `partitions` is the ledger topic's number of partitions."""

    def __init__(self, engine: AsyncEngine, documents: PolicyDocuments, partitions: int) -> None:
        self.policies = PolicyReads(engine, documents)
        self.ledger = LedgerReads(engine, partitions)
        self.figures = FigureReads(engine)
        self.escalations = EscalationReads(engine, partitions)
        self.promises = PromiseReads(engine, partitions)
