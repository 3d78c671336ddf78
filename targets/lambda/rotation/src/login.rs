//! The content of a secret, and of its next version.

use migspec_function::{ExposeSecret, Failure, SecretString};
use serde_json::{Map, Value};

/// The suffix of the second user's name.
const OTHER: &str = "_2";

/// A secret's JSON. Members that rotation does not know stay as they are.
#[derive(Clone, PartialEq)]
pub struct Login(Map<String, Value>);

impl std::fmt::Debug for Login {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl Login {
    /// # Errors
    /// It is no JSON object with the members of a login. The message does not
    /// quote it.
    pub fn of_secret(id: &str, secret: &SecretString) -> Result<Self, Failure> {
        let parsed = serde_json::from_str(secret.expose_secret()).ok().map(Self);
        let whole = |login: &Self| ["username", "password"].iter().all(|name| login.text(name).is_some());
        parsed.filter(whole).ok_or_else(|| {
            Failure::configuration(format!("the secret {id} is not JSON with `username` and `password`"))
        })
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_str()
    }

    /// A member that has to be there.
    ///
    /// # Errors
    /// It is not.
    pub fn required_member(&self, name: &str) -> Result<&str, Failure> {
        self.text(name).ok_or_else(|| Failure::configuration(format!("the secret has no `{name}`")))
    }

    pub fn user(&self) -> &str {
        self.text("username").unwrap_or_default()
    }

    pub fn password(&self) -> SecretString {
        self.text("password").unwrap_or_default().into()
    }

    /// The port of the database.
    ///
    /// # Errors
    /// The secret names none.
    pub fn port(&self) -> Result<u16, Failure> {
        let port = self.0.get("port");
        let number = port.and_then(Value::as_u64).or_else(|| port?.as_str()?.parse().ok());
        let port = number.and_then(|n| u16::try_from(n).ok()).filter(|port| *port > 0);
        port.ok_or_else(|| Failure::configuration("the secret has no `port`".to_owned()))
    }

    /// The user that rights are given to; the other one is its member.
    pub fn first_user(&self) -> &str {
        let user = self.user();
        user.strip_suffix(OTHER).unwrap_or(user)
    }

    /// The login that comes after this one, on an engine that keeps `longest` bytes of a name.
    ///
    /// # Errors
    /// The other user's name would be longer.
    pub fn next(&self, password: &SecretString, longest: usize) -> Result<Self, Failure> {
        let first = self.first_user();
        let user = if self.user() == first { format!("{first}{OTHER}") } else { first.to_owned() };
        if user.len() > longest {
            return Err(Failure::configuration(format!("the user {user} is longer than {longest} bytes")));
        }
        let mut next = self.0.clone();
        next.insert("username".to_owned(), user.into());
        next.insert("password".to_owned(), password.expose_secret().into());
        Ok(Self(next))
    }

    /// As Secrets Manager keeps it.
    pub fn secret(&self) -> SecretString {
        Value::Object(self.0.clone()).to_string().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn login(user: &str) -> Login {
        let json = format!(r#"{{"username":"{user}","password":"hunter2","host":"db","port":"5433","masterarn":"m"}}"#);
        Login::of_secret("id", &json.into()).expect("it has both")
    }

    #[test]
    fn two_users_take_turns() {
        let first = login("migspec_fence");
        let second = first.next(&"b".to_owned().into(), 63).expect("it is short");
        let third = second.next(&"c".to_owned().into(), 63).expect("it is short");
        assert_eq!([first.user(), second.user(), third.user()], ["migspec_fence", "migspec_fence_2", "migspec_fence"]);
        assert_eq!(second.first_user(), "migspec_fence");
        assert_eq!((second.required_member("masterarn").ok(), second.port().ok()), (Some("m"), Some(5433)));
    }

    #[test]
    fn a_secret_without_a_port_is_refused() {
        for port in ["", r#","port":"0""#, r#","port":70000"#] {
            let json = format!(r#"{{"username":"u","password":"hunter2"{port}}}"#);
            assert!(Login::of_secret("id", &json.into()).expect("it has both").port().is_err(), "{port}");
        }
    }

    #[test]
    fn nothing_of_it_is_shown() {
        assert!(!format!("{:?}", login("u")).contains("hunter2"));
        let failure = Login::of_secret("id", &"hunter2".to_owned().into()).expect_err("it is not JSON");
        assert!(!failure.message().contains("hunter2"));
    }

    #[test]
    fn a_name_that_would_be_cut_is_refused() {
        assert!(login(&"u".repeat(62)).next(&String::new().into(), 63).is_err());
    }
}
