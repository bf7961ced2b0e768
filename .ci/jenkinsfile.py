#!/usr/bin/env python3
"""Proves that examples/ci/Jenkinsfile parses as Groovy, is a declarative pipeline, and calls windtunnel as it is.

    python .ci/jenkinsfile.py WINDTUNNEL        exit 1 with what is wrong

The parser is tree-sitter's for Groovy. Sections and steps are held against Jenkins' pipeline syntax
(https://www.jenkins.io/doc/book/pipeline/syntax/) and the reference of its steps, as far as the recipe uses them; mistakes
put into it must be refused. Jenkins itself is not asked: what plugins an agent has, only it knows.
"""
import re
import shlex
import subprocess
import sys

import tree_sitter
import tree_sitter_groovy

import awkward

FILE = awkward.ROOT / "examples/ci/Jenkinsfile"
PARSER = tree_sitter.Parser(tree_sitter.Language(tree_sitter_groovy.language()))
# What may stand in each section; all others hold steps.
INSIDE = {
    "file": {"pipeline"},
    "pipeline": {"agent", "stages", "post", "environment", "options", "parameters", "triggers", "tools"},
    "stages": {"stage"},
    "stage": {"agent", "steps", "post", "when", "environment", "options", "tools"},
    "post": {"always", "changed", "fixed", "regression", "aborted", "failure", "success", "unstable", "unsuccessful",
             "cleanup"},
}
REQUIRED = {"file": {"pipeline"}, "pipeline": {"agent", "stages"}, "stages": {"stage"}, "stage": {"steps"}}
# The arguments of each step: None for one without a name.
STEPS = {
    "sh": {None, "script", "label", "returnStatus", "returnStdout"},
    "junit": {None, "testResults", "allowEmptyResults", "keepLongStdio", "skipPublishingChecks"},
    "archiveArtifacts": {None, "artifacts", "allowEmptyArchive", "excludes", "fingerprint", "onlyIfSuccessful"},
}
# What is wrong, and how the recipe becomes so.
WRONG = {
    "a brace that is not closed": ("    agent any\n", "    agent any {\n"),
    "an unknown section": ("post {", "after {"),
    "an unknown condition": ("always {", "allways {"),
    "a stage outside stages": ("stages {", "steps {"),
    "no agent": ("    agent any\n", ""),
    "an unknown step": ("junit test", "jnuit test"),
    "an unknown argument of a step": ("allowEmptyArchive", "allowEmptyArchives"),
    "an unknown option of windtunnel": ("--junit ", "--jnuit "),
}


def calls(node):
    """What a block calls, in order: the name, the node."""
    for child in node.named_children:
        if child.type == "local_variable_declaration":  # `agent any` reads like the declaration of a variable
            yield child.named_children[0].text.decode(), child
        elif child.type in ("method_invocation", "juxt_function_call"):
            yield child.child(0).text.decode(), child
        elif child.type == "expression_statement":
            yield from calls(child)
        elif not child.type.endswith("comment"):
            yield f"`{child.text.decode().splitlines()[0]}`", child


def faults(section, block):
    """What is wrong with the block of a section."""
    found = list(calls(block))
    for name, node in found:
        place = f"line {node.start_point.row + 1}: {name}"
        if section in INSIDE and name not in INSIDE[section]:
            yield f"{place} does not belong into {section}"
        elif section not in INSIDE:
            yield from step(place, name, node)
        else:
            closures = [child for child in node.named_children if child.type == "closure"]
            yield from (fault for closure in closures for fault in faults(name, closure))
    yield from (f"{section} has no {name}" for name in REQUIRED.get(section, set()) - {name for name, _ in found})


def step(place, name, node):
    """What is wrong with a step."""
    if name not in STEPS:
        yield f"{place} is no step that this check knows"
        return
    arguments = [argument for part in node.named_children if part.type == "argument_list" for argument in part.named_children]
    for argument in arguments:
        named = argument.named_children[0].text.decode() if argument.type == "map_item" else None
        if named not in STEPS[name]:
            yield f"{place} has no argument `{named}`"


def wrong(windtunnel, text):
    """Everything that is wrong with a Jenkinsfile; its commands, those in comments too, are parsed by windtunnel itself."""
    root = PARSER.parse(text.encode()).root_node
    if root.has_error:
        return ["it does not parse"]
    found = list(faults("file", root))
    for command in re.findall(r"\bsh '(.+)'", text):
        program, *arguments = shlex.split(command)
        done = subprocess.run([windtunnel, *arguments, "--help"], capture_output=True, text=True, check=False)
        if program != "windtunnel" or done.returncode != 0:
            found.append(f"`{command}`: {done.stderr}")
    return found


def main():
    text = FILE.read_text()
    found = [f"{FILE.name}: {fault}" for fault in wrong(sys.argv[1], text)]
    for what, (right, mistaken) in WRONG.items():
        if right not in text:
            raise SystemExit(f"{FILE} has no `{right}`")
        found += [f"{what} goes unseen"] * (not wrong(sys.argv[1], text.replace(right, mistaken, 1)))
    print("\n".join([*found, f"1 Jenkinsfile, {len(WRONG)} mistakes put into it: {len(found)} faults"]))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
