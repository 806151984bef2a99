"""Series that are watched for what is unusual, with false alarms held over all of them together."""
