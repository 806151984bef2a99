"""Who answers: rotation, escalation, and how soon."""
