"""The world clock of an arm: what policy, budgets and the supply change, and when. It never touches a person."""
