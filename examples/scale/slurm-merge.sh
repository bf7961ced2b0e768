#!/bin/bash
# Merges what the array left, judges and reports; its exit code is the verdict.
#SBATCH --job-name=windtunnel-merge
#SBATCH --cpus-per-task=4
#SBATCH --mem=4G
#SBATCH --time=00:30:00
set -euo pipefail

windtunnel merge --jobs "${SLURM_CPUS_PER_TASK:-1}" --junit junit.xml
