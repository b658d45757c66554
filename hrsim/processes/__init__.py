"""What happens to people: one file a subject, each a pair of small functions per process."""
