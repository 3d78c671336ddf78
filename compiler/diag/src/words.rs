use std::fmt::Display;

/// A number with its noun: `1 policy`, `2 policies`.
pub fn count(n: impl Display, one: &str) -> String {
    let n = n.to_string();
    match (n.as_str(), one.strip_suffix('y')) {
        ("1", _) => format!("1 {one}"),
        (_, Some(stem)) if !stem.ends_with(['a', 'e', 'o', 'u']) => format!("{n} {stem}ies"),
        _ => format!("{n} {one}s"),
    }
}

/// A noun with its article: `a PostgreSQL`, `an Oracle`.
pub fn with_article(noun: &str) -> String {
    let vowel = noun.starts_with(|c: char| "aeiouAEIOU".contains(c));
    format!("{} {noun}", if vowel { "an" } else { "a" })
}

/// The items of a sentence: `a`, `a and b`, `a, b and c`.
pub fn list(items: &[String]) -> String {
    match items.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => String::new(),
    }
}

/// A text with a capital as its first letter.
pub fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_begin_with_a_capital() {
        assert_eq!(["", "the lag", "über"].map(capitalized), ["", "The lag", "Über"]);
    }

    #[test]
    fn the_last_item_follows_an_and() {
        let of = |items: &[&str]| list(&items.iter().map(|item| (*item).to_owned()).collect::<Vec<_>>());
        assert_eq!([of(&[]), of(&["a"]), of(&["a", "b"]), of(&["a", "b", "c"])], ["", "a", "a and b", "a, b and c"]);
    }

    #[test]
    fn numbers_agree_with_their_nouns() {
        assert_eq!(count(1, "policy"), "1 policy");
        assert_eq!(count(2, "policy"), "2 policies");
        assert_eq!(count(0, "day"), "0 days");
        assert_eq!(count(11u64, "minute"), "11 minutes");
    }

    #[test]
    fn articles_follow_the_sound() {
        assert_eq!(with_article("oracle"), "an oracle");
        assert_eq!(with_article("postgresql"), "a postgresql");
    }
}
