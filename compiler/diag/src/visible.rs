/// Whether a reader does not see the character and a terminal or an editor
/// obeys it: controls other than line feed and tab, and marks that change the
/// direction of text or have no width.
pub fn is_hidden(c: char) -> bool {
    let invisible = matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}');
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
