"""Tables of movements: CSV in any of its kinds, and XLSX."""
