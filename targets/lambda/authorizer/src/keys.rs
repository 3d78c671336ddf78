//! The keys: a secret of the form `{"keys": {"2026-11": "<base64url>"}}`.

use std::collections::BTreeMap;
use std::fmt::{self, Debug};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use migspec_function::{ExposeSecret, Failure, SecretString};
use serde::Deserialize;

/// The shortest key, in bytes: the length of the hash.
const SHORTEST: usize = 32;

/// Keys by their id. Two at once while one replaces the other.
#[derive(Clone, Default)]
pub struct Keys {
    good: BTreeMap<String, Vec<u8>>,
    refused: Vec<String>,
}

#[derive(Deserialize)]
struct Written {
    keys: BTreeMap<String, serde_json::Value>,
}

impl Keys {
    /// A key of another form is refused by itself: the others stay good.
    ///
    /// # Errors
    /// The secret has another form. The message does not quote it.
    pub fn of_secret(secret: &SecretString) -> Result<Self, Failure> {
        let written: Written = serde_json::from_str(secret.expose_secret())
            .map_err(|_| Failure::configuration("the secret of the keys is not JSON with `keys`"))?;
        let mut keys = Self::default();
        for (id, key) in written.keys {
            let bytes = key.as_str().and_then(|key| URL_SAFE_NO_PAD.decode(key).ok());
            match bytes.filter(|bytes| bytes.len() >= SHORTEST) {
                Some(bytes) => drop(keys.good.insert(id, bytes)),
                None => keys.refused.push(format!(
                    "the key `{}` is not {SHORTEST} bytes or more, written as base64url without padding",
                    id.escape_default()
                )),
            }
        }
        Ok(keys)
    }

    pub fn get(&self, id: &str) -> Option<&[u8]> {
        self.good.get(id).map(Vec::as_slice)
    }

    /// Why keys of the secret were refused.
    pub fn refusals(&self) -> &[String] {
        &self.refused
    }
}

impl Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.debug_set().entries(self.good.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_and_not_shown() {
        let key = URL_SAFE_NO_PAD.encode([7; 32]);
        let keys = Keys::of_secret(&format!(r#"{{"keys":{{"a":"{key}"}}}}"#).into()).expect("it has the form");
        assert_eq!(keys.get("a"), Some(&[7; 32][..]));
        assert_eq!(format!("{keys:?}"), "{\"a\"}");
    }

    #[test]
    fn a_secret_of_another_form_is_refused_without_its_text() {
        for text in ["", "hunter2", "{}", r#"{"keys":["hunter2"]}"#] {
            let failure = Keys::of_secret(&text.to_owned().into()).expect_err("it has another form");
            assert!(!failure.message().contains("hunter2"), "{failure}");
        }
    }

    #[test]
    fn a_key_of_another_form_is_refused_by_itself() {
        let good = URL_SAFE_NO_PAD.encode([7; 32]);
        let short = URL_SAFE_NO_PAD.encode([7; 31]);
        for wrong in [r#""hunter2!""#.to_owned(), format!("\"{short}\""), "7".to_owned(), "null".to_owned()] {
            let keys =
                Keys::of_secret(&format!(r#"{{"keys":{{"a":{wrong},"b":"{good}"}}}}"#).into()).expect("the form");
            assert_eq!((keys.get("a"), keys.get("b")), (None, Some(&[7; 32][..])), "{wrong}");
            let [refused] = keys.refusals() else { panic!("one is refused: {:?}", keys.refusals()) };
            assert!(refused.contains("`a`") && !refused.contains("hunter2") && !refused.contains(&short), "{refused}");
        }
    }
}
