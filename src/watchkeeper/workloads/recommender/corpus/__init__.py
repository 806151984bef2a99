"""The generated corpus. Relevance comes from latent themes that no ranker imports (a test sees to it)."""
