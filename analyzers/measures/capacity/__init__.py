"""How capacity is used day after day: forecasts, dates of saturation, growth, room for a new workload."""
