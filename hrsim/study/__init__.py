"""What the analyst wrote: read, merged, validated, explained."""
