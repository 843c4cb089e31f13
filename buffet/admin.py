"""What staff see of people and books."""
