"""The mechanics of data exchange: batches, receipts, signatures, retry."""
