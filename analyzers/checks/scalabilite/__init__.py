"""Can capacity be adjusted without calling everything into question?"""
