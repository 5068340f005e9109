"""What can be done here. Every action takes who does it as `by`, and raises `Objection` with what to change."""
