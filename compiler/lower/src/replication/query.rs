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

/// Words that may follow the name of a table, and that are no other name of it.
const AFTER_TABLES: &[&str] = &[
    "cross",
    "fetch",
    "for",
    "full",
    "inner",
    "left",
    "limit",
    "natural",
    "offset",
    "outer",
    "right",
    "tablesample",
    "window",
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
    if tokens.windows(2).any(|pair| pair[0].text == "for" && matches!(&*pair[1].text, "share" | "key" | "no")) {
        return Some("a query without effects does not lock rows".to_owned());
    }
    if let Some(why) = hidden_table(&tokens) {
        return Some(why.to_owned());
    }
    let called = tokens.windows(2).find(|pair| pair[1].text == "(" && pair[0].is_name() && !is_known(&pair[0].text));
    // The name of a common table expression is followed by its columns or by `as`.
    called.map(|pair| format!("the function `{}` is not known to be without effects", pair[0].text))
}

/// The reason why a table is not the one name after a `from` or a `join`, where [`exposed`] reads it.
fn hidden_table(tokens: &[Token]) -> Option<&'static str> {
    // The words after which a comma separates no tables.
    const ENDS: &[&str] = &[
        "except",
        "fetch",
        "for",
        "group",
        "having",
        "intersect",
        "limit",
        "offset",
        "order",
        "select",
        "union",
        "values",
        "where",
        "window",
    ];
    let text = |at: Option<usize>| at.and_then(|at| tokens.get(at)).map_or("", |token| &token.text);
    // For each open parenthesis, whether it contains a list of tables here.
    let mut open = vec![false];
    for (at, token) in tokens.iter().enumerate() {
        let before = text(at.checked_sub(1));
        let in_list = open.last_mut()?;
        match &*token.text {
            "only" | "straight_join" | "table" => return Some("a table follows `from` or `join` and no other word"),
            "," if *in_list => return Some("tables separated by commas: write `join`"),
            "(" | "[" => {
                let again = *in_list && matches!(before, "from" | "join" | "(");
                open.push(again);
            }
            ")" | "]" => drop(open.pop()),
            // `is distinct from` compares.
            "from" if before == "distinct" && matches!(text(at.checked_sub(2)), "is" | "not") => {}
            "from" | "join" => *in_list = true,
            word if ENDS.contains(&word) => *in_list = false,
            _ => {}
        }
    }
    None
}

/// The account data in the result of a query: all columns, or one that is protected. A count shows no value.
pub(super) fn exposed_data(sql: &str, protected: &[&str]) -> Option<String> {
    let tokens = tokens(sql).ok()?;
    let text = |at: usize| tokens.get(at).map_or("", |token| token.name());
    let counted = |at: usize| {
        let at = if at > 0 && text(at - 1) == "distinct" { at - 1 } else { at };
        at > 1 && text(at - 1) == "(" && text(at - 2) == "count"
    };
    let rows = rows(&tokens);
    for (at, token) in tokens.iter().enumerate() {
        let before = if at > 0 { text(at - 1) } else { "" };
        if token.text == "*" && matches!(before, "select" | "," | "." | "distinct" | "all") {
            return Some("every column".to_owned());
        }
        if !token.is_name() || counted(at) {
            continue;
        }
        if protected.iter().any(|column| column.eq_ignore_ascii_case(token.name())) {
            return Some(format!("the column `{}`", token.name()));
        }
        let is_row = rows.iter().any(|(name, place)| name == token.name() && *place != at);
        if is_row && before != "." && text(at + 1) != "." {
            return Some(format!("every column of `{}`", token.name()));
        }
    }
    None
}

/// The tables of a query, with their schemas.
pub(super) fn tables(sql: &str) -> Vec<String> {
    let tokens = tokens(sql).unwrap_or_default();
    let named = |at: usize| tokens.get(at).filter(|token| token.is_name()).map(Token::name);
    let table = |at: usize| {
        let dot = tokens.get(at + 1).is_some_and(|token| token.text == ".");
        Some(format!("{}.{}", named(at)?, named(at + 2).filter(|_| dot)?))
    };
    (0..tokens.len()).filter_map(table).collect()
}

/// The names under which a query reads whole rows of tables, with their places:
/// `from payments.payment p`.
fn rows(tokens: &[Token]) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    for (at, token) in tokens.iter().enumerate().filter(|(_, token)| matches!(&*token.text, "from" | "join")) {
        if !token.is_word {
            continue;
        }
        let mut last = at + 1;
        while tokens.get(last + 1).is_some_and(|token| token.text == ".") {
            last += 2;
        }
        let alias = tokens.get(last + 1).is_some_and(|token| token.text == "as").then_some(last + 2);
        let alias = alias.unwrap_or(last + 1);
        let is_word = |word: &str| WORDS.contains(&word) || AFTER_TABLES.contains(&word);
        let is_alias = |token: &&Token| token.is_quoted || token.is_word && !is_word(&token.text);
        let place = if tokens.get(alias).filter(is_alias).is_some() { alias } else { last };
        found.extend(tokens.get(place).filter(|token| token.is_name()).map(|token| (token.name().to_owned(), place)));
    }
    found
}

/// The reason why the result does not depend on every row.
pub(super) fn constant(sql: &str) -> Option<&'static str> {
    let tokens = tokens(sql).ok()?;
    let is_literal = |token: &Token| {
        matches!(&*token.text, "false" | "null") || token.text.starts_with(|c: char| c.is_ascii_digit() || c == '\'')
    };
    let pairs = || tokens.iter().zip(tokens.iter().skip(1));
    let is_condition = |word: &Token| word.is_word && matches!(&*word.text, "where" | "on");
    if pairs().any(|(word, next)| is_condition(word) && is_literal(next)) {
        return Some("the condition depends on no column");
    }
    let zero = |token: &Token| token.text == "0";
    let is_zero = |at: usize| {
        let part = |at: usize| tokens.get(at).is_some_and(|token| token.text == ".");
        tokens.get(at).is_some_and(zero) && !part(at + 1) && !(at > 0 && part(at - 1))
    };
    let product = |(at, token): (usize, &Token)| token.text == "*" && (is_zero(at + 1) || at > 0 && is_zero(at - 1));
    if tokens.iter().enumerate().any(product) {
        return Some("a product with zero is always zero");
    }
    let adds_literal = |part: &[Token]| part[0].text == "sum" && part[1].text == "(" && is_literal(&part[2]);
    if tokens.windows(3).any(adds_literal) {
        return Some("a sum of literals depends on no column");
    }
    const PARTS: &[&str] = &["limit", "offset", "fetch", "tablesample"];
    let is_part = |token: &Token| token.is_word && PARTS.contains(&&*token.text);
    tokens.iter().any(is_part).then_some("the query skips rows")
}

/// Functions whose result changes with each of their rows. Every other function can give two values one result.
const FAITHFUL: &[&str] = &[
    "avg",
    "bool_and",
    "bool_or",
    "cast",
    "coalesce",
    "count",
    "date_trunc",
    "extract",
    "max",
    "md5",
    "min",
    "numeric",
    "row_number",
    "string_agg",
    "sum",
    "varchar",
];

/// Words that PostgreSQL reads as a value of the session.
const SESSION: &[&str] = &[
    "current_catalog",
    "current_date",
    "current_role",
    "current_schema",
    "current_time",
    "current_timestamp",
    "current_user",
    "localtime",
    "localtimestamp",
    "session_user",
    "system_user",
    "user",
];

/// The reason why rows can differ while the result is the same.
pub(super) fn hidden_difference(sql: &str) -> Option<&'static str> {
    const NARROW: &[&str] = &["bool", "boolean", "bigint", "int", "integer", "smallint", "int2", "int4", "int8"];
    let tokens = tokens(sql).ok()?;
    let has = |words: &[&str]| tokens.iter().any(|token| token.is_word && words.contains(&&*token.text));
    if has(&["having"]) {
        return Some("`having` leaves out groups");
    }
    if has(&["distinct", "except", "intersect"]) {
        return Some("rows that repeat are left out");
    }
    if has(&["union"]) {
        return Some("a second query adds rows of its own");
    }
    if has(SESSION) {
        return Some("the result depends on the session");
    }
    let rounds = |pair: &[Token]| {
        let name = &*pair[0].text;
        pair[0].is_word && pair[1].text == "(" && FUNCTIONS.contains(&name) && !FAITHFUL.contains(&name)
    };
    let narrows = |pair: &[Token]| pair[0].text == ":" && pair[1].is_word && NARROW.contains(&&*pair[1].text);
    if tokens.windows(2).any(|pair| rounds(pair) || narrows(pair)) {
        return Some("a difference is lost in rounding");
    }
    if meets_itself(&tokens) {
        return Some("a column meets itself, or is divided");
    }
    computes(&tokens).then_some("the result is computed from the sums")
}

/// Whether a sum takes a column from itself, multiplies it with itself, or divides: `sum(amount - amount)`.
fn meets_itself(tokens: &[Token]) -> bool {
    let divides = |token: &Token| matches!(&*token.text, "/" | "%");
    let is_operation = |part: &[Token]| {
        part[0].is_name()
            && matches!(&*part[1].text, "-" | "*")
            && part[2].is_name()
            && part[0].name() == part[2].name()
    };
    tokens.iter().any(divides) || tokens.windows(3).any(is_operation)
}

/// Whether the selected values are more than columns, sums and counts: an operator or a condition outside of every
/// parenthesis of the select list.
fn computes(tokens: &[Token]) -> bool {
    const OPERATORS: &[&str] = &["+", "-", "*", "/", "%", "&", "|", "#", "^", "<", ">", "=", "!", "~"];
    const CONDITIONS: &[&str] = &["case", "is", "in", "not", "and", "or", "like", "between"];
    let list = tokens.iter().skip_while(|token| token.text != "select").skip(1);
    let mut depth = 0_u32;
    for token in list {
        match &*token.text {
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            "from" if token.is_word && depth == 0 => return false,
            text if depth == 0 && (OPERATORS.contains(&text) || token.is_word && CONDITIONS.contains(&text)) => {
                return true;
            }
            _ => {}
        }
    }
    false
}

/// Whether a query adds up or counts all rows of its tables.
pub(super) fn is_total(sql: &str) -> bool {
    let tokens = tokens(sql).unwrap_or_default();
    let adds = |pair: &[Token]| pair[0].is_word && matches!(&*pair[0].text, "sum" | "count") && pair[1].text == "(";
    let narrows = |token: &Token| token.is_word && matches!(&*token.text, "where" | "filter");
    tokens.windows(2).any(adds) && !tokens.iter().any(narrows)
}

/// The columns that a query adds up: `sum(amount)`, `avg(p.amount)`.
pub(super) fn summed_columns(sql: &str) -> Vec<String> {
    let tokens = tokens(sql).unwrap_or_default();
    let mut found = Vec::new();
    for (at, _) in tokens.iter().enumerate().filter(|(_, token)| matches!(token.name(), "sum" | "avg")) {
        let mut depth = 0_u32;
        for (place, token) in tokens.iter().enumerate().skip(at + 1) {
            match &*token.text {
                "(" => depth += 1,
                ")" => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth == 0 {
                break;
            }
            let is_prefix = tokens.get(place + 1).is_some_and(|next| matches!(&*next.text, "." | "("));
            if token.is_name() && !is_prefix && !(token.is_word && is_known(&token.text)) {
                found.push(token.name().to_owned());
            }
        }
    }
    found
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

    /// The text without quotes.
    fn name(&self) -> &str {
        if self.is_quoted { self.text.trim_matches('"') } else { &self.text }
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
            "select a, b from t group by a, b order by a, b",
            "select extract(day from paid), sum(a) from t join u using (a, b) where a is not distinct from b",
            "select a is distinct from b, c from (select a, b, c from t) x",
            "with a as (select x, y from t), b as (select x, y from u) select x, y from a join b on a.x in (1, 2)",
        ] {
            assert_eq!(flaw(sql), None, "{sql}");
        }
    }

    #[test]
    fn account_data_is_exposed_by_name_by_row_and_by_star() {
        let exposes = |sql| exposed_data(sql, &["card_number"]);
        for sql in [
            "select card_number from payments.payment",
            "select \"card_number\" from payments.payment",
            "select * from payments.payment",
            "select p.* from payments.payment p",
            "select p from payments.payment p",
            "select payment from payments.payment",
            "select max(q) from payments.payment as q",
            "select currency, * from payments.payment",
            "select string_agg(Card_Number, ',') from payments.payment",
            "select payment from payments.payment left join payments.refund r on r.id = payment.id",
            "select payment from payments.payment natural join payments.refund",
        ] {
            assert!(exposes(sql).is_some(), "{sql}");
        }
        // A table elsewhere than after `from` or `join` is refused.
        for sql in [
            "select x from payments.refund r, payments.payment x",
            "select x from payments.refund r join payments.fee f on f.id = r.id, payments.payment x",
            "select x from (payments.refund r, payments.payment x)",
            "select x from only payments.payment x",
            "select x from payments.refund r straight_join payments.payment x",
            "select id from payments.refund union table payments.payment",
        ] {
            assert!(flaw(sql).is_some(), "{sql}");
        }
        for sql in [
            "select currency, sum(amount) from payments.payment group by currency",
            "select count(*) from payments.payment",
            "select count(card_number), count(distinct card_number) from payments.payment",
            "select sum(p.amount * 2) from payments.payment p join payments.refund r on r.id = p.id",
        ] {
            assert_eq!(exposes(sql), None, "{sql}");
        }
    }

    #[test]
    fn a_query_reads_tables_and_all_their_rows() {
        assert_eq!(tables("select sum(amount) from payments.payment"), ["payments.payment"]);
        assert_eq!(tables("select 1"), [""; 0]);
        assert!(constant("select count(*) from a.b where false").is_some());
        assert!(constant("select count(*) from a.b where 1 = 0").is_some());
        assert!(constant("select id from a.b limit 1").is_some());
        assert!(constant("select 0 * sum(amount) from a.b").is_some());
        assert!(constant("select sum(amount * 0) from a.b").is_some());
        assert_eq!(constant("select sum(amount * 0.5) from a.b"), None);
        assert_eq!(constant("select sum(amount * 100) from a.b"), None);
        assert_eq!(constant("select count(*) from a.b where paid"), None);
    }

    #[test]
    fn a_difference_of_rows_shows_in_the_result() {
        for sql in [
            "select currency, sum(amount) from a.b group by currency having sum(amount) < 0",
            "select round(sum(amount), -6) from a.b",
            "select sum(floor(amount)) from a.b",
            "select sign(sum(amount)) from a.b",
            "select sum(amount) - sum(amount) from a.b",
            "select sum(amount - amount) from a.b",
            "select sum(amount * amount) from a.b",
            "select sum(amount / 1000000000) from a.b",
            "select sum(amount) is not null from a.b",
            "select sum(distinct amount) from a.b",
            "select sum(amount)::int from a.b",
            "select case when sum(amount) > 0 then 1 end from a.b",
            "select sum(amount) from a.b except select sum(amount) from a.b",
            "select sum(amount) from a.b union select 1",
            "select current_user, sum(amount) from a.b",
        ] {
            assert!(hidden_difference(sql).is_some(), "{sql}");
        }
        for sql in [
            "select sum(amount) from a.b",
            "select round from a.b",
            "select date_trunc('day', paid) from a.b",
            "select currency, sum(amount - fee) as total, count(*) from a.b group by currency",
        ] {
            assert_eq!(hidden_difference(sql), None, "{sql}");
        }
    }

    #[test]
    fn a_total_covers_every_row() {
        for (sql, expected) in [
            ("select currency, sum(amount) from a.b group by currency", true),
            ("select status, count(*) from a.b group by status", true),
            ("select status from a.b group by status", false),
            ("select max(amount) from a.b", false),
            ("select sum(amount) from a.b where id > 9", false),
            ("select count(*) filter (where paid) from a.b", false),
        ] {
            assert_eq!(is_total(sql), expected, "{sql}");
        }
    }

    #[test]
    fn the_columns_of_sums_are_found_in_expressions() {
        let of = |sql| summed_columns(sql);
        assert_eq!(of("select currency, sum(amount), count(id) from a.b"), ["amount"]);
        assert_eq!(
            of("select sum(coalesce(p.amount, 0) - p.\"fee\") filter (where paid) from a.b p"),
            ["amount", "fee"]
        );
        assert_eq!(of("select avg(distinct amount) from a.b"), ["amount"]);
        assert_eq!(of("select count(*) from a.b"), [""; 0]);
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
