//! Which tokens have been used, as long as they are good.

use std::collections::{BTreeSet, HashSet};

/// Tokens that are remembered at most. Only who holds a key gets one in.
const MOST: usize = 100_000;

/// Tokens by key and nonce, of this one process.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    used: HashSet<(String, String)>,
    /// In the order in which they may be forgotten.
    until: BTreeSet<(u64, String, String)>,
}

/// The memory's answer about a token.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Use {
    First,
    Again,
    /// There is no room to remember it.
    Unknown,
}

impl Memory {
    /// Remembers that a token was used, until it could not be used anyway.
    pub fn uses(&mut self, key: &str, nonce: &str, until: u64, now: u64) -> Use {
        while let Some(oldest) = self.until.first().filter(|(until, ..)| *until < now) {
            self.used.remove(&(oldest.1.clone(), oldest.2.clone()));
            self.until.pop_first();
        }
        let token = (key.to_owned(), nonce.to_owned());
        if self.used.contains(&token) {
            return Use::Again;
        }
        if self.used.len() >= MOST {
            return Use::Unknown;
        }
        self.until.insert((until, token.0.clone(), token.1.clone()));
        self.used.insert(token);
        Use::First
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_used_once() {
        let mut memory = Memory::default();
        assert_eq!(memory.uses("k", "n", 60, 0), Use::First);
        assert_eq!(memory.uses("k", "n", 60, 60), Use::Again);
        assert_eq!(memory.uses("l", "n", 60, 60), Use::First, "another key has nonces of its own");
    }

    #[test]
    fn what_has_expired_is_forgotten() {
        let mut memory = Memory::default();
        for second in 0..1000 {
            memory.uses("k", &second.to_string(), second + 60, second);
        }
        assert!(memory.used.len() <= 62, "{}", memory.used.len());
        assert_eq!(memory.used.len(), memory.until.len());
    }

    #[test]
    fn a_full_memory_decides_nothing() {
        let mut memory = Memory::default();
        for nonce in 0..MOST {
            assert_eq!(memory.uses("k", &nonce.to_string(), 60, 0), Use::First);
        }
        assert_eq!(memory.uses("k", "one more", 60, 0), Use::Unknown);
        assert_eq!(memory.uses("k", "one more", 160, 61), Use::First);
    }
}
