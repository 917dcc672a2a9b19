"""Smartflex: customers, damages, accounts, work orders, interactions and claims."""
