//! The mailboxes of people: messages to them need a reader.

use migspec_diag::{Diagnostic, Span};
use migspec_syntax::Setting;
use migspec_syntax::value::Email;

use crate::cx::Cx;

/// Domains that the internet does not have: no public authority certifies a name below them, and no mail arrives there
/// (fact: names-without-certificates).
const RESERVED: &[&str] = &["home.arpa", "internal", "invalid", "local", "localdomain", "localhost", "onion", "test"];

/// Beginnings and ends of mailboxes whose owners read no answers.
const UNREAD: &[&str] = &["noreply", "donotreply", "devnull"];
/// Mailboxes of mail systems and of nobody (fact: mailboxes-without-reader).
const OF_SYSTEMS: &[&str] = &[
    "blackhole",
    "bounce",
    "bounces",
    "discard",
    "mailerdaemon",
    "nobody",
    "null",
    "spam",
    "trash",
    "unsubscribe",
    "void",
];

/// Domains of mailboxes for everybody, also for a few minutes (fact: public-mailboxes): no organisation controls who reads them.
const PUBLIC: &[&str] = &[
    "10minutemail.com",
    "aol.com",
    "gmail.com",
    "gmx.com",
    "gmx.de",
    "gmx.net",
    "googlemail.com",
    "guerrillamail.com",
    "hotmail.com",
    "icloud.com",
    "live.com",
    "mail.ru",
    "mailinator.com",
    "outlook.com",
    "proton.me",
    "protonmail.com",
    "qq.com",
    "temp-mail.org",
    "web.de",
    "yahoo.com",
    "yandex.ru",
    "yopmail.com",
];

/// Whether a host has a name below a reserved domain.
pub(crate) fn is_reserved(host: &str) -> bool {
    let is_below = |domain: &&str| host.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    RESERVED.iter().any(is_below)
}

/// Reports addresses whose messages nobody reads in production, and repeated recipients.
pub(crate) fn check(cx: &mut Cx) {
    let spec = cx.spec;
    let recipients = || spec.monitor.iter().flat_map(|monitor| &monitor.notify);
    if cx.graph.environment.production {
        let emails = spec.owner.contact.iter().chain(recipients().filter_map(|notify| notify.email.as_ref()));
        emails.for_each(|email| check_reader(cx, email));
    }
    let emails = recipients().filter_map(|notify| notify.email.as_ref()).map(|email| (email.as_str(), email.span()));
    let phones = recipients().filter_map(|notify| notify.phone.as_ref()).map(|phone| (phone.as_str(), phone.span()));
    let topics = recipients().filter_map(|notify| notify.sns.as_ref()).map(|topic| (topic.as_str(), topic.span()));
    report_repeated(cx, emails.chain(phones).chain(topics));
}

fn check_reader(cx: &mut Cx, email: &Setting<Email>) {
    let Some(why) = flaw(email.as_str()) else { return };
    cx.report(
        Diagnostic::error("unread-mailbox", format!("nobody reads `{}`", email.as_str()))
            .at(email.span(), why)
            .help("name a mailbox that people on duty read, such as \"payments-ops@example.com\""),
    );
}

/// The reason why a message has no reader.
fn flaw(email: &str) -> Option<&'static str> {
    let email = email.to_ascii_lowercase();
    let (mailbox, host) = email.split_once('@')?;
    let host = host.trim_end_matches('.');
    let top = host.rsplit('.').next().unwrap_or_default();
    // The root of the DNS has names of two letters and more only, and no numbers.
    let is_top = top.starts_with("xn--") || top.len() > 1 && top.bytes().all(|byte| byte.is_ascii_alphabetic());
    if is_reserved(host) || !is_top {
        return Some("a domain that the internet does not have");
    }
    if PUBLIC.contains(&host) {
        return Some("a mailbox that no organisation controls");
    }
    let mailbox = mailbox.split('+').next()?;
    let letters: String = mailbox.chars().filter(char::is_ascii_alphanumeric).collect();
    let is_unread = UNREAD.iter().any(|word| letters.starts_with(word) || letters.ends_with(word));
    (is_unread || OF_SYSTEMS.contains(&&*letters)).then_some("a mailbox without a reader")
}

/// A second `notify` of the same address adds no recipient.
fn report_repeated<'a>(cx: &mut Cx, addresses: impl Iterator<Item = (&'a str, Span)>) {
    let mut seen: Vec<(&str, Span)> = Vec::new();
    for (address, at) in addresses {
        match seen.iter().find(|(known, _)| known.eq_ignore_ascii_case(address)) {
            Some((_, first)) => cx.report(
                Diagnostic::error("repeated-recipient", format!("`{address}` is notified twice"))
                    .at(at, "adds no recipient")
                    .with(*first, "first here")
                    .help("name another recipient, or remove one `notify`"),
            ),
            None => seen.push((address, at)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::flaw;

    #[test]
    fn a_mailbox_needs_a_reader() {
        for email in [
            "noreply@example.com",
            "No-Reply@example.com",
            "payments-noreply@example.com",
            "do.not.reply+payments@example.com",
            "devnull@example.com",
            "nobody@example.com",
            "mailer-daemon@example.com",
            "ops@payments.invalid",
            "ops@mail.test",
            "ops@10.0.0.1",
            "x@x.x",
            "payments-ops@gmail.com",
            "ops@mailinator.com",
            "root@localhost.localdomain",
        ] {
            assert!(flaw(email).is_some(), "{email}");
        }
        for email in
            ["payments-ops@example.com", "null-safety@example.com", "ops@latest.example.com", "reply@example.com"]
        {
            assert_eq!(flaw(email), None, "{email}");
        }
    }
}
