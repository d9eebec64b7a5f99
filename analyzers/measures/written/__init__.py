"""What people write down of rules, contracts, exercises and costs, beside what was seen of it."""
