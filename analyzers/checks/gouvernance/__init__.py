"""Are the rules of security, access and responsibility explicit?"""
