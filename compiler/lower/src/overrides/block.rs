//! Address blocks in overrides. AWS clears bits after the prefix without a
//! word, so `1.2.3.4/0` reads like one host and admits everybody.

use std::net::{Ipv4Addr, Ipv6Addr};

/// What to write instead of a text that is no block, or that has bits after
/// its prefix.
pub(super) fn problem(text: &str) -> Option<String> {
    let canonical = canonical(text);
    match canonical {
        Some(canonical) if canonical == text => None,
        Some(canonical) => Some(format!("write `{canonical}`")),
        None => Some("write an address, a slash and the length of the prefix, such as `10.0.0.0/16`".to_owned()),
    }
}

pub(super) fn canonical(text: &str) -> Option<String> {
    let (address, length) = text.split_once('/')?;
    let length: u32 = length.parse().ok()?;
    if let Ok(address) = address.parse::<Ipv4Addr>() {
        let hosts = u32::MAX.checked_shr(length).unwrap_or(0);
        return (length <= 32).then(|| format!("{}/{length}", Ipv4Addr::from(u32::from(address) & !hosts)));
    }
    let address: Ipv6Addr = address.parse().ok()?;
    let hosts = u128::MAX.checked_shr(length).unwrap_or(0);
    (length <= 128).then(|| format!("{}/{length}", Ipv6Addr::from(u128::from(address) & !hosts)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_have_no_bits_after_their_prefix() {
        for (text, expected) in [
            ("10.0.0.0/16", Some("10.0.0.0/16")),
            ("1.2.3.4/0", Some("0.0.0.0/0")),
            ("10.1.2.3/16", Some("10.1.0.0/16")),
            ("0::0/0", Some("::/0")),
            ("2001:db8::1/32", Some("2001:db8::/32")),
            ("10.0.0.0", None),
            ("10.0.0.0/33", None),
            ("*", None),
        ] {
            assert_eq!(canonical(text).as_deref(), expected, "{text}");
        }
    }
}
