"""Administrative units as dated data, and how they succeed one another."""
