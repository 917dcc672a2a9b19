"""All of a customer on one page: what the rooms know of a contract, and what the other systems say of it."""
