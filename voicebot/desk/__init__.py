"""What people see in a browser: the agent's desk."""
