"""What tickets are described with and where they lie, for programs of administrators: the pages of setup as JSON."""
