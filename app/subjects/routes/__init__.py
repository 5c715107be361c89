"""Routes of sites and projects, and of the vocabulary that describes them."""
