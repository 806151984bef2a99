"""Runs over many items: the corpus, the runs, their results and scores, and how they are kept."""
