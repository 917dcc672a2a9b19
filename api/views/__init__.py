"""What may be asked, a file a subject: each translates in, makes one call of a verb, and translates out."""
