"""Speed: a synthetic register of the size of the country, and how fast the real service answers."""
