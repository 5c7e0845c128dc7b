"""What the consortium does: one verb, one function, one transaction.

Every function takes the session of an open transaction (`open_session`) and the time,
and either does all it says or raises and leaves nothing behind.
"""

from coordinator.consortium.permits import ReadyPermit, permits_ready
from coordinator.consortium.runs import (
    ALL_SITES,
    SuperNodeKey,
    bind_node,
    finish_run,
    record_model,
    record_round,
    running,
    site_of_node,
    start_run,
    supernode_keys,
)
from coordinator.database import open_session

__all__ = [
    "ALL_SITES",
    "ReadyPermit",
    "SuperNodeKey",
    "bind_node",
    "finish_run",
    "open_session",
    "permits_ready",
    "record_model",
    "record_round",
    "running",
    "site_of_node",
    "start_run",
    "supernode_keys",
]
