"""What registries say, as data: templates, and the rules that lead from an address to a contact."""
