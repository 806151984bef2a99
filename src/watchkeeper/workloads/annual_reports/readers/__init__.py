"""Independent ways of reading a report; none knows another."""
