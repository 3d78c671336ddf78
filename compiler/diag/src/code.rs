mod a_to_l;
mod m_to_q;
mod r_to_z;

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

const TABLES: [&[CodeInfo]; 3] = [a_to_l::CODES, m_to_q::CODES, r_to_z::CODES];

/// All codes of the compiler, sorted by name.
pub const CODES: &[CodeInfo] = &concat::<{ TABLES[0].len() + TABLES[1].len() + TABLES[2].len() }>(&TABLES);

/// Several tables as one.
const fn concat<const LENGTH: usize>(tables: &[&[CodeInfo]]) -> [CodeInfo; LENGTH] {
    let mut all = [tables[0][0]; LENGTH];
    let (mut index, mut table, mut row) = (0, 0, 0);
    while index < LENGTH {
        if row == tables[table].len() {
            (table, row) = (table + 1, 0);
        } else {
            all[index] = tables[table][row];
            (index, row) = (index + 1, row + 1);
        }
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
