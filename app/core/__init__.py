"""What every room builds on: errors, dates, quantities, text, vocabulary, settings."""
