//! The places of states in a document. `serde_json` keeps no places, and has
//! validated the text before: this scan only follows its brackets and strings.

use rustc_hash::{FxHashMap, FxHashSet};

#[derive(Default)]
pub(super) struct Places {
    /// The bytes of the name of each state: the keys of every object `States`.
    pub states: FxHashMap<String, (usize, usize)>,
    /// Names that are repeated in one object.
    pub repeated: Vec<(String, (usize, usize))>,
}

pub(super) fn of(text: &str) -> Places {
    let mut places = Places::default();
    let mut scan = Scan { text, at: 0 };
    scan.value("", &mut places);
    places
}

struct Scan<'t> {
    text: &'t str,
    at: usize,
}

impl Scan<'_> {
    fn peek(&mut self) -> Option<u8> {
        let bytes = self.text.as_bytes();
        while bytes.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
        bytes.get(self.at).copied()
    }

    /// The value of `key`.
    fn value(&mut self, key: &str, places: &mut Places) {
        match self.peek() {
            Some(b'{') => self.members(key, places),
            Some(b'[') => self.items(places),
            Some(b'"') => drop(self.string()),
            _ => {
                let rest = self.text.get(self.at..).unwrap_or_default();
                self.at += rest.find([',', '}', ']']).unwrap_or(rest.len());
            }
        }
    }

    /// The members of the object that is the value of `key`.
    fn members(&mut self, key: &str, places: &mut Places) {
        self.at += 1;
        let mut names: FxHashSet<String> = FxHashSet::default();
        while self.peek() == Some(b'"') {
            let start = self.at;
            let name = self.string();
            if key == "States" {
                places.states.entry(name.clone()).or_insert((start, self.at));
            }
            if !names.insert(name.clone()) {
                places.repeated.push((name.clone(), (start, self.at)));
            }
            // The colon, and the comma behind the value.
            self.peek();
            self.at += 1;
            self.value(&name, places);
            if self.peek() == Some(b',') {
                self.at += 1;
            }
        }
        self.at += 1;
    }

    fn items(&mut self, places: &mut Places) {
        self.at += 1;
        while self.peek().is_some_and(|b| b != b']') {
            self.value("", places);
            if self.peek() == Some(b',') {
                self.at += 1;
            }
        }
        self.at += 1;
    }

    /// A string with its quotes; its text where it is well formed.
    fn string(&mut self) -> String {
        let start = self.at;
        let bytes = self.text.as_bytes();
        self.at += 1;
        while let Some(byte) = bytes.get(self.at) {
            self.at += if *byte == b'\\' { 2 } else { 1 };
            if *byte == b'"' {
                break;
            }
        }
        self.at = self.at.min(self.text.len());
        serde_json::from_str(self.text.get(start..self.at).unwrap_or_default()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_found_at_every_depth_and_nothing_else() {
        let text = r#"{ "Comment": "{\"States\": {", "States": { "A": { "Branches": [ { "States": { "B\"x": { "N": 1 } } } ] } } }"#;
        let places = of(text).states;
        assert_eq!(places.len(), 2);
        let (start, end) = places["A"];
        assert_eq!(&text[start..end], r#""A""#);
        let (start, end) = places["B\"x"];
        assert_eq!(&text[start..end], r#""B\"x""#);
    }
}
