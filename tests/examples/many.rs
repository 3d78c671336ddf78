//! Prints a spec with the given number of replications.

fn main() {
    let count = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(100);
    print!("{}", migspec_tests::generate::replications(count));
}
