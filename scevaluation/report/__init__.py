"""What stands in a report: a file a kind, each with its plan and its forms."""
