"""The log between answering a sender and loading what it sent: fsynced, in order, read once."""
