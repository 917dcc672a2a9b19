"""A believable month at the cooperative: people, customers, and a Smartflex that writes its exports into a folder."""
