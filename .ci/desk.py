"""The environment of a person at a desk: this one, without what CI services set and windtunnel heeds."""
import os

# As in src/bin/windtunnel/commands/baseline.rs.
SERVICES = {"CI", "GITHUB_ACTIONS", "GITLAB_CI", "TF_BUILD", "JENKINS_URL", "TEAMCITY_VERSION", "BUILDKITE"}


def environment(**more):
    return {name: value for name, value in os.environ.items() if name not in SERVICES} | more
