mod a_to_l;
mod m_to_z;

/// The description of a compiler code: the one table for `explain`, SARIF and
/// the reference pages. Policies describe themselves in their files.
#[derive(Clone, Copy, Debug)]
pub struct CodeInfo {
    /// Name of the code in kebab case.
    pub code: &'static str,
    /// The problem in one clause.
    pub summary: &'static str,
    /// Why the problem matters, and how to fix it.
    pub explanation: &'static str,
}

const fn code(code: &'static str, summary: &'static str, explanation: &'static str) -> CodeInfo {
    CodeInfo { code, summary, explanation }
}

pub fn code_info(name: &str) -> Option<&'static CodeInfo> {
    CODES.iter().find(|info| info.code == name)
}

/// All codes of the compiler, sorted by name.
pub const CODES: &[CodeInfo] = &concat::<{ a_to_l::CODES.len() + m_to_z::CODES.len() }>(a_to_l::CODES, m_to_z::CODES);

/// Two tables as one.
const fn concat<const LENGTH: usize>(first: &[CodeInfo], second: &[CodeInfo]) -> [CodeInfo; LENGTH] {
    let mut all = [first[0]; LENGTH];
    let mut index = 0;
    while index < LENGTH {
        all[index] = if index < first.len() { first[index] } else { second[index - first.len()] };
        index += 1;
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_sorted_and_unique() {
        assert!(CODES.windows(2).all(|pair| pair[0].code < pair[1].code));
    }
}
