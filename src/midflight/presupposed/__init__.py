"""What SQL files presuppose: the schema that must have been there before, worked out from their own statements."""
