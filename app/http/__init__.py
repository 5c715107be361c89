"""HTTP: what every request and every response goes through."""
