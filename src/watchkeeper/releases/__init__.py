"""What a workload works with, version by version: proved before it is live, undone by one command."""
