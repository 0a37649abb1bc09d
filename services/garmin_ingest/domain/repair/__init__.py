"""What a recording gets wrong and how it is put right; each repair says what it did and where."""
