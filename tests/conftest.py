"""What every test shares."""

from hypothesis import HealthCheck, settings

# No test is timed: a busy machine must not fail one.
settings.register_profile(
    "hilum", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("hilum")
