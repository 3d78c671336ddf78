//! Opens the evidence in a browser.

use std::collections::BTreeSet;

use migspec_tests::evidence::files;

use crate::browser::{browser, open};

/// A page that shows another one at the width of a phone and reports whether it
/// fits.
const PHONE: &str = "<!DOCTYPE html><title>measuring</title><iframe id=f style='width:390px;height:800px;border:0' \
                     src='index.html'></iframe><script>document.getElementById('f').onload=()=>{const \
                     e=document.getElementById('f').contentDocument.documentElement;document.title=\
                     e.scrollWidth>e.clientWidth?'wide '+e.scrollWidth:'fits'}</script>";

#[test]
fn a_browser_shows_the_evidence() {
    if !browser() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder can be made");
    for (name, bytes) in files("prod") {
        std::fs::write(folder.path().join(name), bytes).expect("the file can be written");
    }
    let seen = open(folder.path(), "index.html");
    assert!(seen.dom.contains("Evidence for PCI DSS 4.0.1"), "the page is shown");
    assert_eq!(seen.console, Vec::<String>::new());
    assert_eq!(seen.requests, Vec::<String>::new());
    std::fs::write(folder.path().join("phone.html"), PHONE).expect("the file can be written");
    let phone = open(folder.path(), "phone.html");
    assert!(phone.dom.contains("<title>fits</title>"), "{}", phone.dom.lines().next().unwrap_or_default());
}

/// The premise of the other test: it detects a faulty page.
#[test]
fn a_browser_tells_of_a_page_that_does_wrong() {
    if !browser() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder can be made");
    let wrong = "<!DOCTYPE html><meta http-equiv='Content-Security-Policy' content=\"script-src 'none'\"><script>1</script>\
                 <img src='http://127.0.0.1:9/x'><p style='width:600px'>wide</p>";
    std::fs::write(folder.path().join("index.html"), wrong).expect("the file can be written");
    let seen = open(folder.path(), "index.html");
    assert!(!seen.console.is_empty());
    assert!(seen.requests.iter().any(|a| a.starts_with("http://127.0.0.1:9/")), "{:?}", seen.requests);
    std::fs::write(folder.path().join("phone.html"), PHONE).expect("the file can be written");
    let phone = open(folder.path(), "phone.html");
    assert!(!phone.dom.contains("<title>fits</title>"));
}

#[test]
fn every_link_of_the_evidence_resolves() {
    for environment in ["prod", "dev"] {
        let page = files(environment).remove("index.html").expect("the evidence has a page");
        let page = String::from_utf8(page).expect("the page is text");
        let between = |before: &'static str| page.split(before).skip(1).filter_map(|rest| rest.split('"').next());
        let ids: Vec<&str> = between(" id=\"").collect();
        let known: BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(known.len(), ids.len(), "each id is unique");
        let links: Vec<&str> = between("href=\"").collect();
        assert!(links.len() > 100, "the page has links");
        for link in links {
            let target = link.strip_prefix('#').unwrap_or_else(|| panic!("{link} leads out of the page"));
            assert!(known.contains(target), "{environment}: {link}");
        }
        for mark in ["http://", "https://", "<script", "url("] {
            let rest = page.replace("http://www.w3.org/2000/svg", "").replace("url(#", "");
            assert!(!rest.contains(mark), "{environment}: {mark}");
        }
    }
}
