"""What `nbrefactor check` finds, a rule a file: text, glance, findings and examples."""
