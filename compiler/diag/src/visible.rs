/// Whether a reader does not see the character and a terminal or an editor
/// obeys it: controls other than line feed and tab, and marks that change the
/// direction of text or have no width.
pub fn is_hidden(c: char) -> bool {
    let invisible = matches!(c,
        '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{ad}');
    invisible || c.is_control() && !matches!(c, '\n' | '\t')
}

/// Text of a diagnostic, which may quote the spec: hidden characters, line feeds
/// and tabs are written as escapes.
pub(crate) fn one_line(text: impl Into<String>) -> String {
    let text = text.into();
    let breaks = |c: char| is_hidden(c) || matches!(c, '\n' | '\t');
    if !text.contains(breaks) {
        return text;
    }
    let mut line = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if breaks(c) { line.extend(c.escape_default()) } else { line.push(c) }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_text_stays_on_its_line() {
        assert_eq!(one_line("a\n\u{1b}[31mb\u{202e}é"), "a\\n\\u{1b}[31mb\\u{202e}é");
    }
}
