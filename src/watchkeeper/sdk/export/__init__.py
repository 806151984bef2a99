"""The way out: batches are encoded, put on disk, and sent from there."""
