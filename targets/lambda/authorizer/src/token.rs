//! The token: `Migspec-HMAC v1.<key>.<issued>.<expires>.<nonce>.<signature>`.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::request::Target;

/// The scheme before the token in the header `Authorization`.
pub const SCHEME: &str = "Migspec-HMAC";
/// The longest header that is looked at, in bytes.
const LONGEST: usize = 512;
const VERSION: &str = "v1";
/// Bytes of a signature.
const SIGNATURE: usize = 32;

/// A token, not yet believed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Token<'t> {
    pub key: &'t str,
    /// Seconds since 1970.
    pub issued: u64,
    /// Seconds since 1970.
    pub expires: u64,
    pub nonce: &'t str,
    signature: [u8; SIGNATURE],
}

impl<'t> Token<'t> {
    /// Reads the header. `None` for a header that no conforming client sends.
    pub fn read(header: &'t str) -> Option<Self> {
        if header.len() > LONGEST || !header.is_ascii() {
            return None;
        }
        let token = header.strip_prefix(SCHEME)?.strip_prefix(' ')?;
        let parts: Vec<&str> = token.split('.').collect();
        let [VERSION, key, issued, expires, nonce, signature] = parts[..] else { return None };
        let word = |text: &str, lengths: std::ops::RangeInclusive<usize>| {
            lengths.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        };
        if !word(key, 1..=64) || !word(nonce, 16..=64) {
            return None;
        }
        let mut bytes = [0; SIGNATURE];
        let length = URL_SAFE_NO_PAD.decode_slice(signature, &mut bytes).ok()?;
        let (issued, expires) = (seconds(issued)?, seconds(expires)?);
        (length == SIGNATURE).then_some(Self { key, issued, expires, nonce, signature: bytes })
    }

    /// Whether the signature is that of this key over this request. Takes the
    /// same time wherever the signatures differ: `hmac` compares so.
    pub fn is_signed(&self, secret: &[u8], target: &Target) -> bool {
        let Ok(mac) = <Hmac<Sha256> as Mac>::new_from_slice(secret) else { return false };
        mac.chain_update(self.text(target)).verify_slice(&self.signature).is_ok()
    }

    /// The signed text: each part on a line of its own, so that none can run
    /// into the next.
    fn text(&self, target: &Target) -> String {
        let Self { key, issued, expires, nonce, .. } = self;
        let Target { method, path, .. } = target;
        format!("{VERSION}\n{key}\n{issued}\n{expires}\n{nonce}\n{method}\n{path}")
    }

    /// The header that a client sends.
    pub fn sign(key: &str, secret: &[u8], issued: u64, expires: u64, nonce: &str, target: &Target) -> Option<String> {
        let token = Token { key, issued, expires, nonce, signature: [0; SIGNATURE] };
        let mac = <Hmac<Sha256> as Mac>::new_from_slice(secret).ok()?;
        let signature = mac.chain_update(token.text(target)).finalize().into_bytes();
        let signature = URL_SAFE_NO_PAD.encode(signature);
        Some(format!("{SCHEME} {VERSION}.{key}.{issued}.{expires}.{nonce}.{signature}"))
    }
}

/// Digits without a sign or a leading zero: one way to write each number.
fn seconds(text: &str) -> Option<u64> {
    let number: u64 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}
