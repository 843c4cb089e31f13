"""The fleet: instances of the production command behind a proxy, on one database, in trouble."""
