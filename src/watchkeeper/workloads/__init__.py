"""The workloads that ship with the platform, each a folder of its own."""
