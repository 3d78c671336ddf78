/// Whether an IAM pattern (`*` for any run, `?` for any one character) covers
/// a text; case counts for nothing, as in actions.
pub fn covers(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut p, mut t) = (0, 0);
    // Where the last `*` stands, and how far it has reached.
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some(b'*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(c) if *c == b'?' || c.eq_ignore_ascii_case(&text[t]) => {
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

#[cfg(test)]
mod tests {
    use super::covers;

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
