"""The report side of Smartflex: where its exports are fetched and how they are read."""
