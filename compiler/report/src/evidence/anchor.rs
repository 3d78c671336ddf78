//! Anchors of the page of evidence.

/// An anchor of the page. Characters other than letters and digits become their codes.
pub(super) fn anchor(kind: &str, name: &str) -> String {
    let safe = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
    let name: String =
        name.chars().map(|c| if safe(c) { c.to_string() } else { format!("_{:x}", u32::from(c)) }).collect();
    format!("{kind}-{name}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anchors_differ_where_names_do() {
        assert_ne!(anchor("resource", "a_b"), anchor("resource", "a b"));
        assert_eq!(anchor("control", "ENC-RDS-01"), "control-ENC-RDS-01");
    }
}
