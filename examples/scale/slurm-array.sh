#!/bin/bash
# Answers a part per task; to be submitted in the folder of the specs, on a file system that all nodes see:
#
#     array=$(sbatch --parsable slurm-array.sh)
#     sbatch --dependency=afterany:"$array" slurm-merge.sh
#SBATCH --job-name=windtunnel
#SBATCH --array=1-8
#SBATCH --cpus-per-task=4
#SBATCH --mem=2G
#SBATCH --time=02:00:00
set -euo pipefail

# A store of its own per task: file systems of clusters seldom lock files well.
store=${TMPDIR:-/tmp}/windtunnel-$SLURM_ARRAY_JOB_ID-$SLURM_ARRAY_TASK_ID.sqlite
trap 'rm -f "$store"*' EXIT
windtunnel run specs --partition auto --jobs "${SLURM_CPUS_PER_TASK:-1}" --store "$store"
