"""Speed: a made-up register of the size of the country, and how fast the real service answers."""
