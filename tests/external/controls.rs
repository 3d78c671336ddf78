//! The list of controls against the catalogue that it was taken from.

use std::collections::BTreeSet;

/// `tests/controls.txt` of the policies names every control of the catalogue
/// and no other.
#[test]
fn the_list_of_controls_is_complete() {
    let root = migspec_tests::root();
    let Ok(text) = std::fs::read_to_string(root.join("../shared/domain/controls.json")) else {
        eprintln!("SKIPPED: the catalogue of controls is not at hand");
        return;
    };
    let catalogue: serde_json::Value = serde_json::from_str(&text).expect("the catalogue is JSON");
    let rows = catalogue["rows"].as_array().expect("the catalogue has rows");
    let theirs: BTreeSet<&str> = rows.iter().filter_map(|row| row["id"].as_str()).collect();
    let list = std::fs::read_to_string(root.join("policies/tests/controls.txt")).expect("the list can be read");
    let ours: BTreeSet<&str> = list.lines().filter_map(|line| line.split(' ').nth(1)).collect();
    assert_eq!(ours, theirs);
}
