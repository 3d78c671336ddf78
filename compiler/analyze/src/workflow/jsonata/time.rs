//! Times as ISO 8601 writes them, in UTC.

use jiff::Timestamp;

/// Milliseconds since 1970 of `2026-01-01T00:00:00Z`, with or without a
/// fraction of seconds.
pub fn to_millis(text: &str) -> Option<i64> {
    // Other offsets and other forms of ISO 8601 are none that a workflow states.
    let is_form = text.ends_with('Z') && text.get(10..11) == Some("T");
    let time: Timestamp = is_form.then(|| text.parse().ok())??;
    Some(time.as_millisecond())
}

/// As JSONata writes it: with three digits of milliseconds. A time outside of the
/// calendar, which ends with the year 9999, is its nearest one.
pub fn from_millis(millis: i64) -> String {
    let nearest = if millis < 0 { Timestamp::MIN } else { Timestamp::MAX };
    format!("{:.3}", Timestamp::from_millisecond(millis).unwrap_or(nearest))
}
