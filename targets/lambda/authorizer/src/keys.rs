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
pub struct Keys(BTreeMap<String, Vec<u8>>);

#[derive(Deserialize)]
struct Written {
    keys: BTreeMap<String, SecretString>,
}

impl Keys {
    /// # Errors
    /// The secret has another form, or a key is too short. The message does not
    /// quote the secret.
    pub fn of_secret(secret: &SecretString) -> Result<Self, Failure> {
        let written: Written = serde_json::from_str(secret.expose_secret())
            .map_err(|_| Failure::configuration("the secret of the keys is not JSON with `keys`"))?;
        let keys = written.keys.into_iter().map(|(id, key)| {
            let bytes = URL_SAFE_NO_PAD.decode(key.expose_secret()).ok().filter(|bytes| bytes.len() >= SHORTEST);
            bytes.map(|bytes| (id, bytes)).ok_or_else(|| {
                Failure::configuration(format!(
                    "a key is not {SHORTEST} bytes or more, written as base64url without padding"
                ))
            })
        });
        keys.collect::<Result<_, _>>().map(Self)
    }

    pub fn get(&self, id: &str) -> Option<&[u8]> {
        self.0.get(id).map(Vec::as_slice)
    }
}

impl Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
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
        let short = URL_SAFE_NO_PAD.encode([7; 31]);
        for text in ["", "hunter2", "{}", r#"{"keys":{"a":"hunter2!"}}"#, &format!(r#"{{"keys":{{"a":"{short}"}}}}"#)] {
            let failure = Keys::of_secret(&text.to_owned().into()).expect_err("it has another form");
            assert!(!failure.message().contains("hunter2") && !failure.message().contains(&short), "{failure}");
        }
    }
}
