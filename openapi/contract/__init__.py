"""What a release promises to its clients: the rules that check whether another one keeps it."""
