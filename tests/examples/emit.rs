//! Writes the output of the compiler for every spec into a folder, even with
//! errors: `cargo run -p migspec-tests --example emit -- DIR`.

#![allow(clippy::disallowed_methods, reason = "a tool for developers writes files")]

use migspec_tests::emitted;

fn main() {
    let out = std::env::args().nth(1).unwrap_or_else(|| "emitted".to_owned());
    for emitted in emitted::all() {
        emitted.write(&std::path::Path::new(&out).join(&emitted.name));
        println!("{}: {} files", emitted.name, emitted.artifacts.len());
        for problem in &emitted.problems {
            println!("  {}: {} ({})", problem.code, problem.message, problem.help.as_deref().unwrap_or_default());
        }
    }
}
