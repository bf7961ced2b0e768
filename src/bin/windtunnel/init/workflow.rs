//! A GitHub workflow that gates merges.

/// The text of `.github/workflows/windtunnel.yml`.
pub const WORKFLOW: &str = r"# Judges the robustness of the models on every pull request. Drafted by `windtunnel init --github`.
name: windtunnel
on:
  pull_request:
  push:
    branches: [main]

permissions:
  contents: read

jobs:
  robustness:
    runs-on: ubuntu-latest
    timeout-minutes: 60
    steps:
      - uses: actions/checkout@v5
        with:
          lfs: true                 # models and pictures are often kept there
          persist-credentials: false
      - name: Install
        run: cargo install windtunnel --locked
      # Answers of models that did not change are not asked for again.
      - uses: actions/cache@v5
        with:
          path: .windtunnel
          key: windtunnel-${{ github.run_id }}
          restore-keys: windtunnel-
      - name: Judge
        run: windtunnel run specs --junit target/windtunnel/junit.xml
      - uses: actions/upload-artifact@v6
        if: always()
        with:
          name: windtunnel
          path: target/windtunnel
";
