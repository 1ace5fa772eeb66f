"""Before the first statement: can this succeed, and what would it destroy?"""
