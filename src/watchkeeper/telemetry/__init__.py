"""What the platform remembers of every call: spans, their figures, and the content behind them."""
