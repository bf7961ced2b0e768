//! What people read after a run: a snapshot of the report, times left out.

use crate::support::{Workshop, small_spec};

fn report(rest: &str) -> String {
    let workshop = Workshop::new();
    workshop.blood_cells(4);
    workshop.write("broken.onnx", "not a model");
    let broken = "[model.z]\nkind = \"onnx\"\npath = \"broken.onnx\"\n";
    workshop.write("spec.toml", small_spec(&format!("{broken}{rest}")));
    let ran = workshop.run(&["run", "spec.toml", "-q"]);
    let line = |line: &str| match line.split_once(" skipped in ") {
        Some((before, _)) => format!("{before} skipped in TIME"),
        None => line.to_owned(),
    };
    ran.stdout.lines().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_run_with_every_outcome() {
    insta::assert_snapshot!(report(
        "[perturbation.blur]\nkind = \"gaussian_blur\"\nseverity = [1, 5]\n\
         [[check]]\non = \"clean\"\nmin = 0.2\n\
         [[check]]\nname = \"a soft lens costs little\"\nmodel = \"a\"\non = \"blur\"\nmax_drop = { 1 = 0.1, 5 = -0.2 }\n\
         [[check]]\nname = \"cannot fail\"\nmodel = \"a\"\non = \"blur@5\"\nmax_drop = 0.9\nmetric = \"map50\"\ncategory = \"Platelets\"\n"
    ));
}
