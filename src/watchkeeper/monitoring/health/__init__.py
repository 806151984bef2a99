"""How well a workload is, in one figure with its reasons."""
