use std::fmt::Write;
use std::fs;
use std::path::Path;

use crate::{Generated, root};

/// The table of contents of the book: the pages that `docs/README.md` links, in
/// its order, the other pages, then the reference and the decisions.
pub fn generate() -> Generated {
    let docs = root().join("docs");
    let mut text = String::from("# Summary\n\n[Documentation](README.md)\n\n");
    let index = fs::read_to_string(docs.join("README.md")).unwrap_or_default();
    let links = index.split("](").skip(1).filter_map(|rest| rest.split_once(')').map(|(link, _)| link));
    let linked: Vec<&str> = links.filter(|link| !link.contains('/') && link.ends_with(".md")).collect();
    let others = names(&docs);
    let others = others.iter().map(String::as_str).filter(|name| {
        let page = name.ends_with(".md") && !["README.md", "SUMMARY.md"].contains(name);
        page && !linked.contains(name)
    });
    for page in linked.iter().copied().chain(others) {
        entry(&mut text, &docs, "", page);
    }
    for part in ["Reference", "Decisions"] {
        let _ = write!(text, "\n# {part}\n\n");
        let folder = part.to_lowercase();
        for name in names(&docs.join(&folder)) {
            let page = format!("{folder}/{name}");
            if docs.join(&page).is_dir() {
                add_pages(&mut text, &docs, &page);
            } else if page.ends_with(".md") {
                entry(&mut text, &docs, "", &page);
            }
        }
    }
    Generated::one("docs/SUMMARY.md", text)
}

/// The pages of a folder, below its own page if it has one.
fn add_pages(text: &mut String, docs: &Path, folder: &str) {
    let own = names(&docs.join(folder)).into_iter().find(|name| name == "README.md");
    if let Some(name) = &own {
        entry(text, docs, "", &format!("{folder}/{name}"));
    }
    for name in names(&docs.join(folder)).iter().filter(|name| own.as_ref() != Some(name)) {
        entry(text, docs, "  ", &format!("{folder}/{name}"));
    }
}

/// A line for a page, with the title that its first heading gives it.
fn entry(text: &mut String, docs: &Path, indent: &str, page: &str) {
    let content = fs::read_to_string(docs.join(page)).unwrap_or_default();
    let title = content.lines().find_map(|line| line.strip_prefix("# ")).unwrap_or(page);
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{indent}- [{title}]({page})");
}

/// The files and folders of a folder, sorted; its own page comes first, and a
/// page comes before the folder of the same name.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort_by_key(|name| (name != "README.md", name.trim_end_matches(".md").to_owned(), !name.ends_with(".md")));
    names
}
