"""Are arbitrations made on shared criteria, or under pressure?"""
