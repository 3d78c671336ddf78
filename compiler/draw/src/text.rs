//! The estimated width of text: that of the widest common sans-serif font, so
//! that text never exceeds its box.

/// The width of a line in units of the font's size.
pub(crate) fn width(text: &str) -> f64 {
    text.chars().map(advance).sum()
}

fn advance(c: char) -> f64 {
    match c {
        'i' | 'j' | 'l' | '\'' | '|' | '.' | ',' | ':' | ';' | '!' | ' ' => 0.36,
        'f' | 't' | 'r' | '(' | ')' | '[' | ']' | '-' | '/' | 'I' | '`' | '"' => 0.45,
        'm' | 'M' | 'W' | 'w' | '@' | '%' | '—' | '…' => 1.0,
        'A'..='Z' | '&' | '#' | '<' | '>' | '=' | '+' | '→' | '·' => 0.8,
        c if c.is_ascii() => 0.65,
        // Ideographs and emoji take a whole square.
        c if u32::from(c) >= 0x1100 => 1.1,
        _ => 0.75,
    }
}

/// Escapes text for XML. A character that XML forbids becomes a question mark.
pub(crate) fn xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push(' '),
            '\u{fffe}' | '\u{ffff}' => out.push('?'),
            c if c.is_control() => out.push('?'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_becomes_markup() {
        assert_eq!(xml("<a href=\"x\">&'\u{0}\n"), "&lt;a href=&quot;x&quot;&gt;&amp;&#39;? ");
    }

    #[test]
    fn wide_text_is_wider() {
        assert!(width("mmm") > width("iii"));
        assert!(width("漢字") > width("ab"));
    }
}
