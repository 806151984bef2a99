"""Where a series that lies in the past changed its level or its trend."""
