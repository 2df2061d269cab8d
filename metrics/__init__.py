"""What the answers say: counts in, scores with their uncertainty out."""
