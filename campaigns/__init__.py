"""The monthly campaign that calls prepaid customers before their service runs out."""
