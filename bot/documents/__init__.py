"""Letters, cards and calendar files: values made from an interview, and how they look on paper."""
