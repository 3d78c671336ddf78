//! The expiry and key strength of the certificates in a file. Reads only these
//! fields of X.509 (RFC 5280, 4.1); clients verify the certificates.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::civil::Date;

/// `rsaEncryption`, `id-ecPublicKey` and `id-Ed25519`, as DER writes them.
const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
const ELLIPTIC_CURVE: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
const ED25519: &[u8] = &[0x2b, 0x65, 0x70];

/// The least that counts as strong: 112 bits of security.
const RSA_BITS: usize = 2048;
/// An uncompressed point of a curve of 224 bits.
const POINT_BYTES: usize = 57;

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const UTC_TIME: u8 = 0x17;
const VERSION: u8 = 0xa0;

/// The certificates of a file in PEM, one or several.
pub(crate) struct Certificates(Vec<Certificate>);

struct Certificate {
    ends: Date,
    strong: bool,
}

impl Certificates {
    pub(crate) fn parse(pem: &str) -> Option<Self> {
        let blocks = pem.split("-----BEGIN CERTIFICATE-----").skip(1);
        let texts = blocks.map(|block| block.split("-----END").next().unwrap_or_default());
        let certificates = texts.map(|text| certificate(&base64(text)?)).collect::<Option<Vec<_>>>()?;
        (!certificates.is_empty()).then_some(Self(certificates))
    }

    /// The day on which the last certificate expires, since 1970-01-01. A file
    /// contains several authorities so that one can replace another.
    pub(crate) fn expires_on(&self) -> i64 {
        self.last().map_or(0, days)
    }

    /// Whether the keys of all of them are strong.
    pub(crate) fn strong_keys(&self) -> bool {
        self.0.iter().all(|certificate| certificate.strong)
    }

    fn last(&self) -> Option<Date> {
        self.0.iter().map(|certificate| certificate.ends).max()
    }
}

/// The day on which the last certificate of a file in PEM expires, as
/// `2036-11-19`.
pub fn expiry_date(pem: &str) -> Option<String> {
    Some(Certificates::parse(pem)?.last()?.to_string())
}

fn certificate(der: &[u8]) -> Option<Certificate> {
    let mut tbs = Der(Der(Der(der).take(SEQUENCE)?).take(SEQUENCE)?);
    if tbs.0.first() == Some(&VERSION) {
        tbs.take(VERSION)?;
    }
    tbs.take(INTEGER)?;
    // The algorithm of the signature and the issuer.
    tbs.take(SEQUENCE)?;
    tbs.take(SEQUENCE)?;
    let mut validity = Der(tbs.take(SEQUENCE)?);
    validity.any()?;
    let ends = day(validity.any()?)?;
    // The subject.
    tbs.take(SEQUENCE)?;
    let mut key = Der(tbs.take(SEQUENCE)?);
    let algorithm = Der(key.take(SEQUENCE)?).any()?.1;
    let strong = is_strong(algorithm, key.take(BIT_STRING)?.get(1..)?);
    Some(Certificate { ends, strong })
}

fn is_strong(algorithm: &[u8], key: &[u8]) -> bool {
    match algorithm {
        RSA => rsa_bits(key).is_some_and(|bits| bits >= RSA_BITS),
        ELLIPTIC_CURVE => key.len() >= POINT_BYTES,
        ED25519 => true,
        _ => false,
    }
}

/// The size of the modulus, which may begin with a byte for the sign.
fn rsa_bits(key: &[u8]) -> Option<usize> {
    let modulus = Der(Der(key).take(SEQUENCE)?).take(INTEGER)?;
    Some(modulus.strip_prefix(&[0]).unwrap_or(modulus).len() * 8)
}

/// `YYMMDD…` until 2049, `YYYYMMDD…` after it.
fn day((tag, text): (u8, &[u8])) -> Option<Date> {
    let text = std::str::from_utf8(text).ok()?;
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<i8>().ok();
    if tag != UTC_TIME {
        return Date::new(text.get(0..4)?.parse().ok()?, number(4, 6)?, number(6, 8)?).ok();
    }
    let year = i16::from(number(0, 2)?);
    let century = if year < 50 { 2000 } else { 1900 };
    Date::new(century + year, number(2, 4)?, number(4, 6)?).ok()
}

/// Days since 1970-01-01.
pub(crate) fn days(date: Date) -> i64 {
    date.duration_since(Date::constant(1970, 1, 1)).as_hours() / 24
}

/// Elements of DER that are still to be read.
struct Der<'a>(&'a [u8]);

impl<'a> Der<'a> {
    /// The content of the next element, if it has this tag.
    fn take(&mut self, tag: u8) -> Option<&'a [u8]> {
        let (found, content) = self.any()?;
        (found == tag).then_some(content)
    }

    /// Tag and content of the next element.
    fn any(&mut self) -> Option<(u8, &'a [u8])> {
        let (&tag, rest) = self.0.split_first()?;
        let (&short, rest) = rest.split_first()?;
        let (length, rest) = match short {
            0..=0x7f => (usize::from(short), rest),
            _ => {
                let (long, rest) = rest.split_at_checked(usize::from(short & 0x7f))?;
                let length =
                    long.iter().try_fold(0usize, |n, byte| n.checked_mul(256)?.checked_add(usize::from(*byte)));
                (length?, rest)
            }
        };
        let (content, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some((tag, content))
    }
}

/// The bytes of base64 text, which PEM breaks into lines.
fn base64(text: &str) -> Option<Vec<u8>> {
    let text: String = text.split_ascii_whitespace().collect();
    STANDARD.decode(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEST_CA: &str = include_str!("certificate/test-ca.pem");

    #[test]
    fn a_certificate_says_when_it_ends() {
        assert_eq!(expiry_date(TEST_CA).as_deref(), Some("2036-11-22"));
        assert!(Certificates::parse(TEST_CA).is_some_and(|c| c.strong_keys()));
    }

    #[test]
    fn what_is_cut_or_no_certificate_is_none() {
        for text in ["", "hello", "-----BEGIN CERTIFICATE-----\nMIID\n-----END CERTIFICATE-----"] {
            assert_eq!(expiry_date(text), None, "{text}");
        }
        let cut = TEST_CA.replace("MII", "MI");
        assert_eq!(expiry_date(&cut), None);
    }

    #[test]
    fn days_are_counted_from_1970() {
        for (text, expected) in [
            ("1970-01-01", 0),
            ("1969-12-31", -1),
            ("2000-03-01", 11_017),
            ("2026-12-01", 20_788),
            ("2061-05-25", 33_382),
        ] {
            assert_eq!(text.parse().map(days).ok(), Some(expected), "{text}");
        }
    }

    /// X.509 writes years until 2049 with two digits.
    #[test]
    fn both_forms_of_a_day_are_read() {
        let read = |tag, text: &str| day((tag, text.as_bytes())).map(|date| date.to_string());
        for (tag, text, expected) in [
            (UTC_TIME, "491231235959Z", Some("2049-12-31")),
            (UTC_TIME, "500101000000Z", Some("1950-01-01")),
            (0x18, "20500101000000Z", Some("2050-01-01")),
            (0x18, "20500230000000Z", None),
            (UTC_TIME, "4912", None),
        ] {
            assert_eq!(read(tag, text).as_deref(), expected, "{text}");
        }
    }
}
