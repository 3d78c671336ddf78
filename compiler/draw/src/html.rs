//! One HTML page with a picture: zoom, search, and the arrows of one box. It requests nothing.

use crate::picture::Picture;
use crate::svg::{dark, svg_with_marks};
use crate::text::xml;

const STYLE: &str = include_str!("html/style.css");
const SCRIPT: &str = include_str!("html/script.js");

/// A picture as a page. The policy of its content forbids every request.
pub fn html(picture: &Picture) -> String {
    let title = xml(&picture.title);
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
         <style>\n{STYLE}{}\n</style>\n</head>\n<body>\n<header>\n<h1>{title}</h1>\n\
         <label>Search <input id=\"search\" type=\"search\" autocomplete=\"off\"></label>\n\
         <span id=\"found\" role=\"status\"></span>\n\
         <button id=\"in\" type=\"button\">+</button><button id=\"out\" type=\"button\">−</button>\
         <button id=\"whole\" type=\"button\">Whole picture</button>\n</header>\n\
         <main id=\"picture\">\n{}</main>\n<script>\n{SCRIPT}</script>\n</body>\n</html>\n",
        dark(),
        svg_with_marks(picture)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Edge, Node};

    #[test]
    fn a_page_requests_nothing_and_reads_no_text_as_markup() {
        let mut picture = Picture::new("net", "</title><script>x", "d");
        let (a, b) = (picture.add_node(Node::new("<b>a")), picture.add_node(Node::new("b")));
        picture.add_edge(Edge::new(a, b).label("</script>"));
        let page = html(&picture);
        assert_eq!(page.matches("<script>").count(), 1);
        assert_eq!(page.matches("</script>").count(), 1);
        assert!(page.contains("data-node=\"0\"") && page.contains("data-to=\"1\" data-from=\"0\""), "{page}");
        let outside = page.replace("http://www.w3.org/2000/svg", "");
        assert!(!outside.contains("http://") && !outside.contains("https://") && !outside.contains("url(http"));
    }
}
