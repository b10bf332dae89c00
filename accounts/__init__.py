"""People and programs that sign in: users, roles, sessions, API tokens, and the audit trail of what they did."""
