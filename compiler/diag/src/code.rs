/// What a compiler code means: the one table that `explain`, SARIF and the
/// reference pages read. Policies describe themselves and are not in it.
#[derive(Clone, Copy, Debug)]
pub struct CodeInfo {
    /// Name of the offence in kebab case.
    pub code: &'static str,
    /// One sentence: what is wrong.
    pub summary: &'static str,
    /// Why it matters and how to mend it.
    pub explanation: &'static str,
}

const fn code(code: &'static str, summary: &'static str, explanation: &'static str) -> CodeInfo {
    CodeInfo { code, summary, explanation }
}

pub fn code_info(name: &str) -> Option<&'static CodeInfo> {
    CODES.iter().find(|info| info.code == name)
}

/// All codes of the compiler, sorted by name.
pub const CODES: &[CodeInfo] = &[
    code(
        "syntax-error",
        "the text is not KDL 2",
        "A spec is a KDL 2 document. The place shows where reading stopped making sense.",
    ),
    code(
        "unknown-node",
        "a node with this name has no meaning here",
        "Every node of a spec is known to the compiler. An unknown one is an error, never ignored: \
         a setting that is misspelt must not silently have no effect.",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_sorted_and_unique() {
        assert!(CODES.windows(2).all(|pair| pair[0].code < pair[1].code));
    }
}
