//! The page of `graph -f html` in a browser: it requests nothing, searches, and highlights the arrows of a box.

use migspec_draw::{Edge, Node, Picture, html};

use crate::browser::{browser, open};

/// Uses the page like a reader, and leaves the results in its title.
const READER: &str = "<script>
{
const results = [];
const shown = () => document.querySelectorAll('svg .shown').length;
const search = document.querySelector('#search');
search.value = 'LEDGER';
search.dispatchEvent(new Event('input'));
results.push(document.querySelector('#found').textContent, shown());
search.value = '';
search.dispatchEvent(new Event('input'));
results.push(shown());
const box = document.querySelector('[data-node=\"0\"]');
box.dispatchEvent(new MouseEvent('click', { bubbles: true }));
results.push(shown(), document.querySelector('[data-node=\"2\"]').classList.contains('shown'));
document.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape' }));
results.push(shown());
const width = () => Number(document.querySelector('#picture svg').getAttribute('viewBox').split(' ')[2]);
const whole = width();
document.querySelector('#in').click();
results.push(width() < whole);
document.querySelector('#whole').click();
results.push(width() === whole);
document.title = results.join('; ');
}
</script>";

fn picture() -> Picture {
    let mut picture = Picture::new("bank", "Flows <of> a bank", "Two boxes with an arrow, and one without.");
    let ledger = picture.add_node(Node::new("ledger"));
    let replica = picture.add_node(Node::new("replica of the ledger"));
    picture.add_node(Node::new("https://example.com/alone"));
    picture.add_edge(Edge::new(ledger, replica).label("copies"));
    picture
}

#[test]
fn a_reader_searches_and_follows_a_flow_without_a_request() {
    if !browser() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder can be made");
    let page = html(&picture());
    std::fs::write(folder.path().join("page.html"), &page).expect("the file can be written");
    let seen = open(folder.path(), "page.html");
    assert!(seen.dom.contains("<h1>Flows &lt;of&gt; a bank</h1>"), "{}", seen.dom);
    assert_eq!((seen.console, seen.requests), (Vec::new(), Vec::new()));

    let used = page.replace("</body>", &format!("{READER}</body>"));
    std::fs::write(folder.path().join("used.html"), used).expect("the file can be written");
    let seen = open(folder.path(), "used.html");
    assert_eq!((seen.console, seen.requests), (Vec::new(), Vec::new()));
    // Two boxes by name. By a click two boxes, their line and its label; the third box is left out.
    let title = "<title>2 found; 2; 0; 4; false; 0; true; true</title>";
    assert!(seen.dom.contains(title), "{}", seen.dom.lines().find(|l| l.contains("<title>")).unwrap_or_default());
}
