"""Receipts: written before a reply ends, chained line to line, verified against the heads kept apart."""

from watchkeeper.gateway.receipts.head import head_of, heads_of
from watchkeeper.gateway.receipts.newest import NewestReceipts, ReceiptFilter, tail
from watchkeeper.gateway.receipts.verify import verify_receipts
from watchkeeper.gateway.receipts.verify_report import Finding, Problem, VerifyReport
from watchkeeper.gateway.receipts.writer import ReceiptWriter

__all__ = [
    "Finding",
    "NewestReceipts",
    "Problem",
    "ReceiptFilter",
    "ReceiptWriter",
    "VerifyReport",
    "head_of",
    "heads_of",
    "tail",
    "verify_receipts",
]
