//! One escaping function for each output language. Names, values and paths of
//! a spec, and the texts of policies, reach a format only through these.

use migspec_diag::is_hidden;

/// Text for XML 1.0 content and attributes. Characters that XML cannot carry
/// are written as `\u{…}`.
/// Source: "Extensible Markup Language (XML) 1.0", section 2.2.
pub fn xml(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            '\n' | '\t' => escaped.push_str(&format!("&#{};", c as u32)),
            _ if is_hidden(c) || matches!(c, '\u{fffe}' | '\u{ffff}') => escaped.extend(c.escape_unicode()),
            _ => escaped.push(c),
        }
    }
    escaped
}

/// Inline Markdown on one line: no markup, no HTML, no link, no mention and no
/// table border survives. Parts in backticks become code.
/// Source: "GitHub Flavored Markdown Spec".
pub fn markdown(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    // An odd number of backticks has no closing one: all of it is text.
    if parts.len().is_multiple_of(2) {
        return inert(text);
    }
    let code = |(index, part): (usize, &&str)| match index % 2 {
        1 if !part.is_empty() => format!("<code>{}</code>", inert(part)),
        _ => inert(part),
    };
    parts.iter().enumerate().map(code).collect()
}

/// Text in which every character that Markdown or HTML could read is a
/// numeric reference.
fn inert(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\r' | '\t' => escaped.push(' '),
            _ if is_hidden(c) => escaped.push_str(&inert(&c.escape_unicode().to_string())),
            _ if c.is_alphanumeric() || " ,;-%/=?…".contains(c) => escaped.push(c),
            // Every other mark stays readable in the rendered page only.
            _ => escaped.push_str(&format!("&#{};", c as u32)),
        }
    }
    escaped
}

/// Text for a terminal: hidden characters are written as escapes.
pub fn terminal(text: &str) -> String {
    text.chars().map(|c| if is_hidden(c) { c.escape_unicode().to_string() } else { c.to_string() }).collect()
}

/// The source of an excerpt for a terminal. Each hidden character becomes
/// question marks of the same length, so that places keep their offsets.
pub fn excerpt(text: &str) -> String {
    text.chars().map(|c| if is_hidden(c) { "?".repeat(c.len_utf8()) } else { c.to_string() }).collect()
}

/// One cell of a CSV file as RFC 4180 has it. A cell that a spreadsheet would
/// take for a formula starts with an apostrophe.
pub fn csv(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠', '\t', '\r', '\n']);
    let cell = terminal(&if formula { format!("'{text}") } else { text.to_owned() });
    // Spreadsheets of some languages separate cells by semicolons or tabs.
    if cell.contains(['"', ',', ';', '\t', '\n']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOSTILE: [&str; 10] = [
        "</failure><script>alert(1)</script>",
        "![x](https://example.com/a.png) [link](javascript:x) www.example.com https://example.com",
        "a | b \\| c `d` `<img src=x>` @team #12 ~~x~~ **b** _i_",
        "<!-- --> --> ]]> &amp; \" '",
        "=cmd|' /C calc'!A0",
        "+1\r\n-2,\"x\"",
        "\u{1b}[31mred\u{1b}]8;;https://example.com\u{7}",
        "\u{202e}gpj.exe\u{2066}\u{200b}",
        "`unclosed",
        "``",
    ];

    #[test]
    fn xml_has_no_markup_and_only_characters_of_xml() {
        for text in HOSTILE {
            let escaped = xml(text);
            assert!(!escaped.contains(['<', '>', '"', '\'', '\u{1b}', '\u{202e}', '\n']), "{escaped}");
        }
        assert_eq!(xml("a & b"), "a &amp; b");
    }

    #[test]
    fn markdown_has_nothing_to_render() {
        for text in HOSTILE {
            let escaped = markdown(text).replace("<code>", "").replace("</code>", "");
            let marks = [
                '<', '>', '[', ']', '(', '!', '|', '`', '@', '~', '*', '_', '\\', ':', '.', '\n', '\u{1b}', '\u{202e}',
            ];
            assert!(!escaped.contains(marks), "{escaped}");
            assert_eq!(escaped.matches('#').count(), escaped.matches("&#").count(), "{escaped}");
            assert_eq!(escaped.matches('&').count(), escaped.matches("&#").count(), "{escaped}");
        }
        assert_eq!(markdown("no `ledger`, two"), "no <code>ledger</code>, two");
    }

    #[test]
    fn csv_keeps_a_cell_one_cell_and_no_formula() {
        assert_eq!(csv("plain"), "plain");
        assert_eq!(csv("a,\"b\"\nc"), "\"a,\"\"b\"\"\nc\"");
        for text in HOSTILE {
            assert!(!csv(text).trim_start_matches('"').starts_with(['=', '+', '@']), "{text}");
            assert!(!csv(text).contains('\u{1b}'), "{text}");
        }
    }
}
