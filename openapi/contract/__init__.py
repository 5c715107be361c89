"""What a release promises to its clients: the rules that tell whether another one keeps it."""
