"""A fast scripted provider of both dialects in a process of its own; `FaultyUpstream` starts it."""
