"""Whether coaching succeeds, or somebody has to step in: computed from coached runs, never inserted."""
