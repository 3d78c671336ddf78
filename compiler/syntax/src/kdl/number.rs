//! Numbers: `12`, `-1_000`, `1.5e-3`, `0xff`, `0o17`, `0b1010`.

use crate::tree::Literal;

/// Whether a word reads as the start of a number.
pub(super) fn looks_like_number(word: &str) -> bool {
    let unsigned = word.strip_prefix(['+', '-']).unwrap_or(word);
    let undotted = unsigned.strip_prefix('.').unwrap_or(unsigned);
    undotted.starts_with(|c: char| c.is_ascii_digit())
}

/// Why a word is not a number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum NumberError {
    Malformed,
    TooLarge,
}

pub(super) fn number(word: &str) -> Result<Literal, NumberError> {
    let (sign, unsigned) = match word.strip_prefix(['+', '-']) {
        Some(rest) if word.starts_with('-') => ("-", rest),
        Some(rest) => ("", rest),
        None => ("", word),
    };
    for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] {
        if let Some(digits) = unsigned.strip_prefix(prefix) {
            return integer(sign, digits, radix);
        }
    }
    if unsigned.contains(['.', 'e', 'E']) { float(sign, unsigned) } else { integer(sign, unsigned, 10) }
}

fn integer(sign: &str, digits: &str, radix: u32) -> Result<Literal, NumberError> {
    let plain = plain_digits(digits, radix).ok_or(NumberError::Malformed)?;
    i128::from_str_radix(&format!("{sign}{plain}"), radix).map(Literal::Integer).map_err(|_| NumberError::TooLarge)
}

fn float(sign: &str, unsigned: &str) -> Result<Literal, NumberError> {
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let parts = [Some(whole), fraction, exponent.map(|e| e.strip_prefix(['+', '-']).unwrap_or(e))];
    if parts.into_iter().flatten().any(|digits| plain_digits(digits, 10).is_none()) {
        return Err(NumberError::Malformed);
    }
    let plain = format!("{sign}{}", unsigned.replace('_', ""));
    match plain.parse::<f64>() {
        Ok(number) if number.is_finite() => Ok(Literal::Float(number)),
        Ok(_) => Err(NumberError::TooLarge),
        Err(_) => Err(NumberError::Malformed),
    }
}

/// Digits without their underscores; the first is a digit.
fn plain_digits(digits: &str, radix: u32) -> Option<String> {
    let valid =
        digits.starts_with(|c: char| c.is_digit(radix)) && digits.chars().all(|c| c == '_' || c.is_digit(radix));
    valid.then(|| digits.replace('_', ""))
}
