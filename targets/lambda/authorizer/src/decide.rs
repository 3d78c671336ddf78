//! The decision: yes only where everything holds.

use crate::keys::Keys;
use crate::memory::{Memory, Use};
use crate::request::Target;
use crate::token::Token;

/// How long a token may be good, in seconds.
pub const LIFETIME: u64 = 60;
/// How far clocks may differ, in seconds.
pub const SKEW: u64 = 5;

/// Reason for a refusal. The caller does not learn it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Refusal {
    /// A header that no conforming client sends.
    Malformed,
    UnknownKey,
    /// The signature is not that of this key over this method and path.
    Forged,
    Expired,
    /// Issued in the future, or good for longer than allowed.
    OutOfWindow,
    Replayed,
    /// The keys cannot be read, or there is no room to remember the token.
    Undecided,
}

impl Refusal {
    /// For the log.
    pub fn word(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::UnknownKey => "unknown-key",
            Self::Forged => "forged",
            Self::Expired => "expired",
            Self::OutOfWindow => "out-of-window",
            Self::Replayed => "replayed",
            Self::Undecided => "undecided",
        }
    }
}

pub type Decision<'t> = Result<Token<'t>, Refusal>;

/// Decides about a token for a request. An unsigned part is never examined or
/// remembered.
///
/// # Errors
///
/// The token is refused, with the reason.
pub fn decide<'t>(token: Token<'t>, target: &Target, keys: &Keys, memory: &mut Memory, now: u64) -> Decision<'t> {
    let secret = keys.get(token.key).ok_or(Refusal::UnknownKey)?;
    if !token.is_signed(secret, target) {
        return Err(Refusal::Forged);
    }
    let lifetime = token.expires.checked_sub(token.issued);
    if lifetime.is_none_or(|seconds| seconds > LIFETIME) || token.issued > now.saturating_add(SKEW) {
        return Err(Refusal::OutOfWindow);
    }
    if now > token.expires {
        return Err(Refusal::Expired);
    }
    match memory.uses(token.key, token.nonce, token.expires, now) {
        Use::First => Ok(token),
        Use::Again => Err(Refusal::Replayed),
        Use::Unknown => Err(Refusal::Undecided),
    }
}
