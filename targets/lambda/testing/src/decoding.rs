//! The output of the logical decoding plugin `test_decoding`.

/// The columns of a row and their values, as the plugin writes them:
/// `id[bigint]:1 key[text]:'a''b'`.
///
/// # Panics
/// The text has another form.
pub fn columns(mut text: &str) -> Vec<(&str, &str)> {
    let mut columns = Vec::new();
    while let Some((name, rest)) = text.split_once('[') {
        // Types have brackets too: `text[]`.
        let (_, rest) = rest.split_once("]:").unwrap_or_else(|| panic!("no value: {text}"));
        let mut quoted = false;
        let is_end = |(_, c): &(usize, char)| {
            quoted ^= *c == '\'';
            *c == ' ' && !quoted
        };
        let end = rest.char_indices().find(is_end).map_or(rest.len(), |(at, _)| at);
        columns.push((name, &rest[..end]));
        text = rest[end..].trim_start();
    }
    columns
}

#[cfg(test)]
mod tests {
    use super::columns;

    #[test]
    fn values_keep_their_quotes_and_spaces() {
        let text = "id[bigint]:1 key[text]:'a ''b' tags[text[]]:'{x,y}' last[date]:null";
        assert_eq!(columns(text), [("id", "1"), ("key", "'a ''b'"), ("tags", "'{x,y}'"), ("last", "null")]);
        assert_eq!(columns(""), []);
    }
}
