"""Sample data: a small airline with a year of answers, for the demo and for screenshots."""
