#!/usr/bin/env bash
# tests/cli/resume.sh with a hundred killed runs.
export RESUMES=${RESUMES:-100}
exec bash "${top_srcdir:?tests run through make check}/tests/cli/resume.sh"
