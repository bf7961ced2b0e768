#!/usr/bin/env python3
"""Builds the documentation as a site: the pages in `docs`, and reference pages that the program and its sources tell.

    python .ci/site.py WINDTUNNEL [FOLDER]     into FOLDER, default target/site; exit 1 where a link leads nowhere

What people write by hand is in `docs`; what is made here is not kept: explanations, catalogue, options, exit codes, the schema
and the record's format. Pictures of every perturbation are drawn by the program from a shipped photo.
"""
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from PIL import Image

# Of a sheet with six pictures in a row.
WIDTH = 1400
ROOT = Path(__file__).resolve().parent.parent
# A photo with near and far, light and dark; nothing that a reader must not see.
PHOTO = """version = 1
name = "catalogue"
[dataset.photo]
format = "coco"
path = "annotations/val.json"
images = "images"
limit = 1
"""
GENERATED = "<!-- Made by .ci/site.py from what the program says. -->\n\n"


def said(program, *words):
    """What the program prints, at a width that no page needs."""
    return subprocess.run([program, *words], cwd=ROOT, check=True, capture_output=True, text=True).stdout


def groups(program):
    """What can be explained, by group: (name, summary) each."""
    found = {}
    for line in said(program, "explain").splitlines():
        if line and not line.startswith(" "):
            group = found.setdefault(line, [])
        elif entry := re.match(r"  (\S+)\s+(.*)", line):
            group.append([entry[1], entry[2]])
        elif line.strip():
            group[-1][1] += f" {line.strip()}"
    return found


def as_markdown(text):
    """A page of `explain` as Markdown: its paragraphs joined, its keys as a list."""
    lines, out, paragraph = text.rstrip().splitlines(), [], []

    def close():
        if paragraph:
            out.append(" ".join(paragraph))
            paragraph.clear()

    for line in lines[1:]:
        key = re.match(r"  (\S.*?) \((.*)", line)
        deep, bare = len(line) - len(line.lstrip()), escaped(line.strip())
        if key and deep == 2:
            close()
            out.append("")
            paragraph.append(f"- **`{key[1]}`** ({escaped(key[2])}")
        elif deep >= 6 and bare.startswith("- "):
            close()
            paragraph.append(f"    {bare}")
        elif not bare:
            close()
            out.append("")
        else:
            paragraph.append(bare)
    close()
    return "\n".join(out).strip() + "\n"


def escaped(text):
    """Text in which Markdown sees no HTML."""
    return re.sub(r"<(?=[A-Za-z/])", "&lt;", text)


def reference(program, pages):
    """A page for each group of what can be explained, but for perturbations, which are the catalogue."""
    names = []
    for group, entries in groups(program).items():
        if group.startswith(("perturbations", "presets")):
            continue
        page = re.sub(r"\W+", "-", group)
        names.append((group, page))
        text = [f"# {group[0].upper()}{group[1:]}\n\n{GENERATED}"]
        for name, summary in entries:
            text.append(f"\n## `{name}`\n\n{escaped(summary)}\n\n")
            if group == "attributes of slices":
                # Told with the section that they belong to, and by themselves nowhere.
                continue
            words = said(program, "explain", name)
            # The first paragraph repeats the summary; it ends where a line is empty.
            rest = words.split("\n\n", 1)
            text.append(as_markdown("\n" + rest[1]) if len(rest) > 1 else "")
        (pages / f"{page}.md").write_text("".join(text))
    return names


def catalogue(program, pages, scratch):
    """The catalogue, with a picture of each kind at every severity."""
    text = said(program, "explain", "--markdown")
    text = re.sub(r'<a id="(\w+)"></a>\n\n(## .*)', r"\2 { #\1 }", text)
    kinds = re.findall(r"\{ #(\w+) \}", text)
    photos = scratch / "photos"
    shutil.copytree(ROOT / "examples/coco-mini", photos)
    # Each kind's own example says whether it has severities: a flip has none.
    examples = re.findall(r'\[perturbation\.x\]\nkind = "(\w+)"\n(severity)?', text)
    levels = {kind: "severity = [1, 2, 3, 4, 5]\n" if has_some else "" for kind, has_some in examples}
    sections = "".join(f'[perturbation.{kind}]\nkind = "{kind}"\n{levels[kind]}' for kind in kinds)
    (photos / "catalogue.toml").write_text(PHOTO + sections)
    done = subprocess.run([program, "preview", "catalogue.toml", "-n", "1", "--out", "sheets"], cwd=photos, capture_output=True, text=True,
                          check=False)
    if done.returncode != 0:
        sys.exit(f"preview: {done.stderr}")
    (pages / "catalogue").mkdir()
    for kind in kinds:
        with Image.open(photos / f"sheets/photo.{kind}.png") as sheet:
            sheet.thumbnail((WIDTH, WIDTH))
            sheet.convert("RGB").save(pages / f"catalogue/{kind}.jpg", quality=80)
        picture = f"![{kind}: a photo as it is and {'at severities 1 to 5' if levels[kind] else 'perturbed'}](catalogue/{kind}.jpg){{ loading=lazy }}"
        text = re.sub(rf"(.*\{{ #{kind} \}}\n)", rf"\1\n{picture}\n", text, count=1)
    (pages / "catalogue.md").write_text(text)


def commands(program, pages):
    """Every command's options, and the exit codes."""
    help_ = said(program, "--help")
    listed = re.findall(r"^  ([a-z]+)  +\S", help_.split("Options:")[0], re.MULTILINE)
    text = [f"# Commands\n\n{GENERATED}```text\n{help_}```\n"]
    for name in listed:
        if name != "help":
            text.append(f"\n## {name}\n\n```text\n{said(program, name, '--help')}```\n")
    (pages / "commands.md").write_text("".join(text))
    codes = help_.split("Exit codes:")[1].strip().splitlines()
    rows = [re.match(r"\s*(\d+)\s+(.*)", line).groups() for line in codes]
    table = "".join(f"| {code} | {meaning} |\n" for code, meaning in rows)
    (pages / "exit-codes.md").write_text(f"# Exit codes\n\n{GENERATED}| code | meaning |\n| ---: | --- |\n{table}\n"
                                         "A run of several specs ends with the worst of theirs. `--exit-zero` makes 0 of 1, and of nothing else.\n")


def structures():
    """The structures of the sources that are written as JSON: their documentation, and (name, type, documentation) of each field."""
    found = {}
    for source in sorted((ROOT / "src").rglob("*.rs")):
        text = source.read_text()
        for match in re.finditer(r"((?:^///.*\n)+)((?:^#\[.*\n)+)pub (struct|enum) (\w+) \{\n((?:^ .*\n|^\n)*)^\}", text, re.MULTILINE):
            docs, attributes, kind, name, body = match.groups()
            if "Serialize" not in attributes:
                continue
            member = (r"((?:^    ///.*\n)+)((?:^    #\[.*\n)*)^    (?:pub (\w+): ([^\n]+),|(\w+)[^\n]*)$")
            members = [(field or variant, type_ or "", plain(comment))
                       for comment, _, field, type_, variant in re.findall(member, body, re.MULTILINE)]
            found[name] = (kind, plain(docs), members)
    return found


def plain(comment):
    """A documentation comment as Markdown."""
    text = " ".join(line.strip().removeprefix("///").strip() for line in comment.splitlines())
    # The only constant that is documented by its name.
    return re.sub(r"\[(`[^`]+`)\](?:\([^)]*\))?", r"\1", text).strip().replace("`VERSION`.", "Of the format.")


def record(program, pages):
    """The record's format, as the sources describe it."""
    known = structures()
    waiting, told, text = ["Record"], [], [
        "# The record\n\n", GENERATED,
        "`record.json` holds everything that a run found, and is what `--json` names a copy of. Its `version` counts up when the"
        " meaning of something changes; the program reads that of before or refuses it, with the way out. Figures are full doubles, absence is `null`, lists are"
        " in the order of the spec.\n"]
    while waiting:
        name = waiting.pop(0)
        if name in told or name not in known:
            continue
        told.append(name)
        kind, docs, members = known[name]
        text.append(f"\n## {name}\n\n{docs}\n\n")
        if kind == "enum":
            text.append("".join(f"- `{snake(member)}`: {comment}\n" for member, _, comment in members))
            continue
        text.append("| key | type | |\n| --- | --- | --- |\n")
        for member, type_, comment in members:
            text.append(f"| `{member}` | {linked(type_, known)} | {comment.replace('|', chr(92) + '|')} |\n")
            waiting += re.findall(r"\w+", type_)
    if "CaseRecord" not in told:
        sys.exit("the sources have no `Record` that leads to cases: has it moved?")
    (pages / "record.md").write_text("".join(text))


def snake(name):
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


# What Rust's types are in JSON.
WORDS = {"String": "text", "bool": "boolean", "f64": "number", "u8": "number", "u32": "number", "u64": "number", "usize": "number",
         "Digest": "text", "Exit": "number", "ConditionName": "text"}


def linked(type_, known):
    """A type in JSON's words."""
    type_ = re.sub(r"\bOption<(.*)>$", r"\1 or null", type_)
    type_ = re.sub(r"\bVec<(.*)>", r"list of \1", type_)
    type_ = re.sub(r"\bBTreeMap<(\w+), (.*)>", r"table of \2", type_)
    return re.sub(r"\w+", lambda word: WORDS.get(word[0]) or (f"[{word[0]}](#{word[0].lower()})" if word[0] in known else word[0]), type_)


def for_models(source):
    """`llms.txt`: what there is for programs that read pages as Markdown, with a line on each; the pages lie beside it."""
    lines = ["# windtunnel", "", "> Unit tests for the robustness of vision models: a TOML spec declares datasets, models, perturbations and"
             " thresholds; `windtunnel run` judges every check and writes JUnit XML.", "", "## Pages", ""]
    for page in sorted(source.rglob("*.md")):
        text = page.read_text()
        title = re.search(r"^# (.*)", text, re.MULTILINE)[1]
        prose = [line for line in text.splitlines()[1:] if re.match(r"[A-Z*]|`(?!``)", line)]
        place = page.relative_to(source).as_posix()
        lines.append(f"- [{title}]({place}): {plain_text(prose[0]) if prose else title}")
        # Pages are served as HTML; a copy keeps the Markdown.
        copy = source / "markdown" / place
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(page, copy.with_suffix(".md.txt"))
    (source / "llms.txt").write_text("\n".join(line.replace("](", "](markdown/").replace(".md)", ".md.txt)") for line in lines) + "\n")


def plain_text(markdown):
    """The first sentence, without marks."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", markdown).replace("**", "")
    return re.split(r"(?<=[.!?]) ", text)[0]


def main():
    program = str(Path(sys.argv[1]).resolve())
    target = Path(sys.argv[2] if len(sys.argv) > 2 else ROOT / "target/site").resolve()
    shutil.rmtree(target, ignore_errors=True)
    source = target / "source"
    shutil.copytree(ROOT / "docs", source)
    pages = source / "reference"
    pages.mkdir(exist_ok=True)
    names = reference(program, pages)
    catalogue(program, pages, target / "scratch")
    commands(program, pages)
    record(program, pages)
    (pages / "windtunnel.schema.json").write_text(said(program, "schema"))
    index = "".join(f"- [{group[0].upper()}{group[1:]}]({page}.md)\n" for group, page in names)
    (pages / "keys.md").write_text(f"# Every key and figure\n\n{GENERATED}What `windtunnel explain NAME` tells.\n\n{index}")
    shutil.copy(ROOT / "CHANGELOG.md", source / "changelog.md")
    configuration = (ROOT / "mkdocs.yml").read_text()
    shutil.rmtree(target / "scratch")
    for_models(source)
    (target / "mkdocs.yml").write_text(configuration.replace("docs_dir: docs", "docs_dir: source"))
    done = subprocess.run([sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--config-file", target / "mkdocs.yml", "--site-dir",
                           target / "html"], check=False, env=os.environ | {"NO_MKDOCS_2_WARNING": "1"})
    print(f"{len(list((target / 'html').rglob('*.html')))} pages in {target / 'html'}")
    return 1 if done.returncode else 0


if __name__ == "__main__":
    sys.exit(main())
