"""The rules that give categories and vendors: kept, tried, applied and taken back on pages."""
