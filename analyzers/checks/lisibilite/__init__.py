"""Are flows, dependencies and impacts clearly identified?"""
