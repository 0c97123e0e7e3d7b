"""Doubles: small, named stand-ins for the rooms around the one under test."""
