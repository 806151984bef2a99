"""The gateway's process: its HTTP surface, its workers, its wiring."""
