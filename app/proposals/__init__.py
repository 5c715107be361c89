"""What some propose to record, and others approve or return."""
