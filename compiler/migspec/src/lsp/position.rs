//! Places of the protocol: lines from 0, columns in units of an encoding, files as URIs.

use std::fmt::Write as _;
use std::ops::Range;
use std::path::{Path, PathBuf};

use lsp_types::{Position, Uri};

/// The unit of columns.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Encoding {
    Utf8,
    Utf16,
}

impl Encoding {
    fn length(self, text: &str) -> usize {
        match self {
            Encoding::Utf8 => text.len(),
            Encoding::Utf16 => text.chars().map(char::len_utf16).sum(),
        }
    }

    /// The place of a byte offset.
    pub fn position(self, text: &str, offset: usize) -> Position {
        let offset = floor(text, offset);
        let before = &text[..offset];
        let line = before.matches('\n').count();
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        Position::new(line as u32, self.length(&before[start..]) as u32)
    }

    pub fn range(self, text: &str, range: Range<usize>) -> lsp_types::Range {
        lsp_types::Range::new(self.position(text, range.start), self.position(text, range.end))
    }

    /// The byte offset of a place. A place behind the end of its line is that end.
    pub fn offset(self, text: &str, position: Position) -> usize {
        let mut start = 0;
        for _ in 0..position.line {
            match text[start..].find('\n') {
                Some(at) => start += at + 1,
                None => return text.len(),
            }
        }
        let line = text[start..].split('\n').next().unwrap_or_default();
        let mut left = position.character as usize;
        for (at, c) in line.char_indices() {
            let width = self.length(c.encode_utf8(&mut [0; 4]));
            if left < width {
                return start + at;
            }
            left -= width;
        }
        start + line.len()
    }
}

/// The last character boundary that is not behind an offset.
fn floor(text: &str, offset: usize) -> usize {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

/// The name of the file of a URI: its path with links resolved, as the checks name files.
pub fn name_of(uri: &Uri) -> Option<String> {
    let rest = uri.as_str().strip_prefix("file://")?;
    let path = &rest[rest.find('/')?..];
    let mut bytes = Vec::with_capacity(path.len());
    let mut left = path.as_bytes();
    while let [first, rest @ ..] = left {
        match (first, rest) {
            (b'%', [high, low, after @ ..]) => {
                let digits = [*high, *low];
                let digits = std::str::from_utf8(&digits).ok()?;
                bytes.push(u8::from_str_radix(digits, 16).ok()?);
                left = after;
            }
            _ => {
                bytes.push(*first);
                left = rest;
            }
        }
    }
    let path = String::from_utf8(bytes).ok()?;
    // `/C:/folder` on Windows.
    let drive = path.as_bytes().get(2) == Some(&b':');
    Some(name(Path::new(if drive { &path[1..] } else { &path })))
}

/// The name of a file: its path with links resolved.
pub fn name(path: &Path) -> String {
    let found = std::fs::canonicalize(path).unwrap_or_else(|_| absolute(path));
    found.to_string_lossy().replace('\\', "/")
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// The URI of a file.
pub fn uri_of(name: &str) -> Option<Uri> {
    let mut uri = String::from(if name.starts_with('/') { "file://" } else { "file:///" });
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~:".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_in_units_of_the_encoding() {
        let text = "a\nß𝄞x\r\nend";
        let at = text.find('x').unwrap_or_default();
        assert_eq!(Encoding::Utf16.position(text, at), Position::new(1, 3));
        assert_eq!(Encoding::Utf8.position(text, at), Position::new(1, 6));
        for encoding in [Encoding::Utf8, Encoding::Utf16] {
            for (offset, _) in text.char_indices().filter(|(_, c)| *c != '\r') {
                assert_eq!(encoding.offset(text, encoding.position(text, offset)), offset);
            }
        }
        assert_eq!(Encoding::Utf16.offset(text, Position::new(9, 9)), text.len());
    }

    #[test]
    fn files_have_uris() {
        let uri = uri_of("/a b/ü.migspec.kdl").expect("a URI");
        assert_eq!(uri.as_str(), "file:///a%20b/%C3%BC.migspec.kdl");
        assert_eq!(name_of(&uri).as_deref(), Some("/a b/ü.migspec.kdl"));
    }
}
