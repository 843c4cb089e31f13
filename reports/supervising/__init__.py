"""What staff see of the whole service: its size, its health, and what waits for somebody."""
