"""Where requests and replies are kept, apart from their spans."""
