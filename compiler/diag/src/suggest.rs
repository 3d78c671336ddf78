/// The candidate nearest to `name`, if it is near enough to be a likely slip.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let name = name.to_lowercase();
    // One edit per three characters, and at least one; a swap counts as one.
    let limit = (name.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&name, &candidate.to_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, candidate)| candidate)
}

/// Help for an unknown name: the nearest known one, else all of them while
/// they are few.
pub fn did_you_mean<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let candidates: Vec<&str> = candidates.into_iter().collect();
    if let Some(found) = nearest(name, candidates.iter().copied()) {
        return Some(format!("did you mean `{found}`?"));
    }
    match candidates.as_slice() {
        [] => None,
        [only] => Some(format!("only `{only}` is valid here")),
        few if few.len() <= 12 => {
            let names: Vec<String> = few.iter().map(|c| format!("`{c}`")).collect();
            Some(format!("valid here: {}", names.join(", ")))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_finds_its_name() {
        assert_eq!(nearest("databse", ["database", "dashboard"]), Some("database"));
        assert_eq!(nearest("Retian", ["retain"]), Some("retain"));
    }

    #[test]
    fn a_stranger_finds_none() {
        assert_eq!(nearest("kubernetes", ["database", "api"]), None);
        assert_eq!(did_you_mean("zzz", ["a1", "b2"]).as_deref(), Some("valid here: `a1`, `b2`"));
    }
}
