/// Whether an IAM pattern (`*` for any run, `?` for any one character) covers
/// a text; case counts for nothing, as in actions.
pub fn covers(pattern: &str, text: &str) -> bool {
    is_match(pattern, text, |a, b| a.eq_ignore_ascii_case(&b))
}

/// Whether an IAM pattern covers a text of the same case, as in conditions.
pub(crate) fn covers_exactly(pattern: &str, text: &str) -> bool {
    is_match(pattern, text, |a, b| a == b)
}

fn is_match(pattern: &str, text: &str, same: impl Fn(u8, u8) -> bool) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut p, mut t) = (0, 0);
    // The position of the last `*`, and the end of its match.
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some(b'*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(c) if *c == b'?' || same(*c, text[t]) => {
                p += 1;
                t += 1;
            }
            _ => {
                let Some((at, reached)) = star else { return false };
                star = Some((at, reached + 1));
                p = at + 1;
                t = reached + 1;
            }
        }
    }
    pattern[p..].iter().all(|c| *c == b'*')
}

/// Whether some text is covered by both patterns.
pub fn overlaps(one: &str, other: &str) -> bool {
    let (mut one, mut other) = (one.as_bytes(), other.as_bytes());
    // Most patterns differ before their first `*`.
    while let (Some((a, rest)), Some((b, others))) = (one.split_first(), other.split_first()) {
        if *a == b'*' || *b == b'*' {
            break;
        }
        if !alike(*a, *b) {
            return false;
        }
        (one, other) = (rest, others);
    }
    // Whether the suffix of `one` from each position overlaps the suffix of
    // `other`, computed from the ends.
    let mut below = vec![false; other.len() + 1];
    let mut row = below.clone();
    for i in (0..=one.len()).rev() {
        for j in (0..=other.len()).rev() {
            row[j] = match (one.get(i), other.get(j)) {
                (None, None) => true,
                (Some(b'*'), _) => below[j] || other.get(j).is_some() && row[j + 1],
                (_, Some(b'*')) => row[j + 1] || one.get(i).is_some() && below[j],
                (Some(a), Some(b)) => alike(*a, *b) && below[j + 1],
                _ => false,
            };
        }
        std::mem::swap(&mut below, &mut row);
    }
    below[0]
}

/// Whether one character can be both.
fn alike(one: u8, other: u8) -> bool {
    one == b'?' || other == b'?' || one.eq_ignore_ascii_case(&other)
}

#[cfg(test)]
mod tests {
    use super::{covers, overlaps};

    #[test]
    fn patterns_overlap_where_a_text_fits_both() {
        for (one, other, expected) in [
            ("s3:::*", "s3:::ledger", true),
            ("s3:::*/*", "s3:::ledger", false),
            ("s3:::*/*", "s3:::ledger*", true),
            ("a*c", "ab*", true),
            ("a*c", "b*", false),
            ("a?c", "*bc", true),
            ("", "*", true),
            ("", "", true),
            ("a", "", false),
            ("*a", "*b", false),
        ] {
            assert_eq!(overlaps(one, other), expected, "{one} and {other}");
            assert_eq!(overlaps(other, one), expected, "{other} and {one}");
        }
    }

    #[test]
    fn wildcards_stand_for_runs() {
        for (pattern, text, expected) in [
            ("*", "iam:PassRole", true),
            ("iam:*", "iam:PassRole", true),
            ("IAM:passrole", "iam:PassRole", true),
            ("iam:Pass?ole", "iam:PassRole", true),
            ("iam:*Role", "iam:PassRole", true),
            ("iam:*Role*x", "iam:PassRole", false),
            ("iam:Pass", "iam:PassRole", false),
            ("s3:*", "iam:PassRole", false),
            ("a*b*c", "aXbYbZc", true),
        ] {
            assert_eq!(covers(pattern, text), expected, "{pattern} on {text}");
        }
    }
}
