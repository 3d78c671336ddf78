//! An independent client of the language server.

use migspec_judges::{Judge, output};

use crate::support::{reference, root};

/// The client of pytest-lsp reads every message with the types of the protocol.
#[test]
fn an_independent_client_takes_every_message() {
    let Some(judge) = Judge::find_with("editor.py", &[], &["pytest_lsp"]) else { return };
    let folder = reference();
    let mut command = judge.command();
    command.arg(env!("CARGO_BIN_EXE_migspec")).arg(folder.path().join("payments.migspec.kdl"));
    command.env("MIGSPEC_TODAY", "2026-11-22").current_dir(root());
    let text = output(&mut command).unwrap_or_else(|text| panic!("{text}"));
    assert!(text.ends_with("ok\n"), "{text}");
}

/// A real editor, without a screen. The recipe is that of the documentation, as it stands.
#[test]
fn neovim_runs_the_recipe_for_its_version() {
    let Some(mut nvim) = migspec_judges::program("nvim") else { return };
    let page = std::fs::read_to_string(root().join("docs/editors.md")).expect("the page");
    let recipe = page.split("Neovim 0.7 to 0.10:\n\n```lua\n").nth(1).and_then(|rest| rest.split("```").next());
    let folder = reference();
    let (recipe_file, programs) = (folder.path().join("recipe.lua"), folder.path().join("bin"));
    std::fs::write(&recipe_file, recipe.expect("the recipe")).expect("a file");
    std::fs::create_dir(&programs).expect("a folder");
    #[cfg(unix)]
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_migspec"), programs.join("migspec")).expect("a link");
    let path = std::env::join_paths([programs, "/usr/local/bin".into(), "/usr/bin".into(), "/bin".into()]);
    nvim.args(["--headless", "--clean", "--cmd"]).arg(format!("luafile {}", recipe_file.display()));
    nvim.arg("-c").arg(format!("luafile {}", root().join("tests/judges/neovim.lua").display()));
    nvim.arg("payments.migspec.kdl").current_dir(folder.path()).env("PATH", path.expect("a path"));
    nvim.env("HOME", folder.path().join(".home")).env("MIGSPEC_TODAY", "2026-11-22");
    let text = output(&mut nvim).unwrap_or_else(|text| panic!("{text}"));
    assert!(text.contains("ok\n"), "{text}");
}
