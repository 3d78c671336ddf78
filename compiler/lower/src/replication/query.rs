//! Checks that an invariant is one query.
//!
//! The functions and words that a query may use are a closed list, so that an
//! invariant can neither write nor call a function with an effect.

/// Words that begin a query or join its parts, and that may precede a parenthesis.
const WORDS: &[&str] = &[
    "all",
    "and",
    "any",
    "as",
    "between",
    "by",
    "case",
    "distinct",
    "else",
    "except",
    "exists",
    "filter",
    "from",
    "group",
    "having",
    "in",
    "intersect",
    "is",
    "join",
    "lateral",
    "not",
    "on",
    "or",
    "order",
    "over",
    "partition",
    "select",
    "some",
    "then",
    "union",
    "using",
    "values",
    "when",
    "where",
    "with",
    "materialized",
];

/// Functions without effects that sums and comparisons need.
const FUNCTIONS: &[&str] = &[
    "abs",
    "avg",
    "bool_and",
    "bool_or",
    "cast",
    "ceil",
    "char_length",
    "coalesce",
    "count",
    "date_trunc",
    "extract",
    "floor",
    "greatest",
    "least",
    "left",
    "length",
    "lower",
    "max",
    "md5",
    "min",
    "mod",
    "nullif",
    "numeric",
    "right",
    "round",
    "row_number",
    "sign",
    "string_agg",
    "substring",
    "sum",
    "to_char",
    "trim",
    "trunc",
    "upper",
    "varchar",
];

/// Words that write, lock or change a session.
const FORBIDDEN: &[&str] = &[
    "alter", "call", "copy", "create", "delete", "do", "drop", "execute", "grant", "insert", "into", "listen", "lock",
    "merge", "notify", "refresh", "reset", "revoke", "set", "truncate", "update", "vacuum",
];

/// The reason why the text is not one query without effects.
pub(super) fn flaw(sql: &str) -> Option<String> {
    let tokens = match tokens(sql) {
        Ok(tokens) => tokens,
        Err(why) => return Some(why.to_owned()),
    };
    let statements =
        tokens.iter().rev().skip_while(|token| token.text == ";").filter(|token| token.text == ";").count();
    if statements > 0 {
        return Some("a second statement follows the query".to_owned());
    }
    match tokens.first() {
        Some(first) if first.is_word && matches!(&*first.text, "select" | "with") => {}
        _ => return Some("the text does not begin with `select`".to_owned()),
    }
    if let Some(word) = tokens.iter().find(|token| token.is_word && FORBIDDEN.contains(&&*token.text)) {
        return Some(format!("a query without effects does not contain `{}`", word.text));
    }
    let called = tokens.windows(2).find(|pair| pair[1].text == "(" && pair[0].is_name() && !is_known(&pair[0].text));
    // The name of a common table expression is followed by its columns or by `as`.
    called.map(|pair| format!("the function `{}` is not known to be without effects", pair[0].text))
}

fn is_known(word: &str) -> bool {
    WORDS.contains(&word) || FUNCTIONS.contains(&word)
}

struct Token {
    text: String,
    /// A word without quotes, in lower case.
    is_word: bool,
    is_quoted: bool,
}

impl Token {
    fn is_name(&self) -> bool {
        self.is_word || self.is_quoted
    }
}

fn tokens(sql: &str) -> Result<Vec<Token>, &'static str> {
    // A backslash can hide the end of a quoted text.
    if sql.contains('\\') {
        return Err("a backslash is not supported in an invariant");
    }
    let mut found = Vec::new();
    let mut rest = sql;
    while let Some(first) = rest.chars().next() {
        if first.is_whitespace() {
            rest = &rest[first.len_utf8()..];
        } else if rest.starts_with("--") || rest.starts_with("/*") || first == '$' {
            return Err("comments and `$` are not supported in an invariant");
        } else if first == '\'' || first == '"' {
            let end = quoted(rest, first).ok_or("a quote is not closed")?;
            let is_quoted = first == '"';
            found.push(Token { text: rest[..end].to_owned(), is_word: false, is_quoted });
            rest = &rest[end..];
        } else if first.is_alphabetic() || first == '_' {
            let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
            found.push(Token { text: rest[..end].to_lowercase(), is_word: true, is_quoted: false });
            rest = &rest[end..];
        } else {
            let end = first.len_utf8();
            found.push(Token { text: rest[..end].to_owned(), is_word: false, is_quoted: false });
            rest = &rest[end..];
        }
    }
    Ok(found)
}

/// The length of a quoted text, in which a doubled quote is one of it.
fn quoted(text: &str, quote: char) -> Option<usize> {
    let mut at = quote.len_utf8();
    loop {
        at += text[at..].find(quote)? + quote.len_utf8();
        if !text[at..].starts_with(quote) {
            return Some(at);
        }
        at += quote.len_utf8();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_query_without_effects_has_no_flaw() {
        for sql in [
            "select currency, sum(amount) from payments.payment group by currency",
            "SELECT count(*) FROM t WHERE note = 'a; drop table t' ;",
            "with open as (select id from t) select count(*) from open",
            "select \"order\" from t",
        ] {
            assert_eq!(flaw(sql), None, "{sql}");
        }
    }

    #[test]
    fn a_second_statement_or_an_effect_is_a_flaw() {
        for sql in [
            "select 1; delete from t",
            "delete from t",
            "select * into copy from t",
            "with gone as (delete from t returning id) select count(*) from gone",
            "select pg_terminate_backend(1)",
            "select \"pg_sleep\"(9)",
            "select 1 -- comment",
            "select $$a$$",
            "select 'open",
            "select E'a\\' ; delete from t",
            "",
        ] {
            assert!(flaw(sql).is_some(), "{sql}");
        }
    }
}
