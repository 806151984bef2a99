"""Heritage documents recommended by graph, names and text, and what is served when a part is away."""
