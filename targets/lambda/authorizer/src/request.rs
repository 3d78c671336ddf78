//! The target of a request, as API Gateway names it.

/// A method and a path of an API.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Target<'r> {
    /// The id of the REST API.
    pub api: &'r str,
    pub stage: &'r str,
    /// In upper case: `POST`.
    pub method: &'r str,
    /// From the stage on, with the slash before it: `/payment`.
    pub path: String,
}

impl<'r> Target<'r> {
    /// Reads
    /// `arn:aws:execute-api:us-east-1:111111111111:abc/prod/POST/payment`. A
    /// path with a policy wildcard is malformed: the answer would allow more
    /// than the request.
    pub fn read(arn: &'r str) -> Option<Self> {
        let mut parts = arn.splitn(6, ':');
        let (prefix, _, service) = (parts.next()?, parts.next()?, parts.next()?);
        let resource = parts.nth(2)?;
        if prefix != "arn" || service != "execute-api" || resource.contains(['*', '?']) {
            return None;
        }
        let mut parts = resource.splitn(4, '/');
        let (api, stage, method) = (parts.next()?, parts.next()?, parts.next()?);
        let whole = !api.is_empty() && !stage.is_empty() && !method.is_empty();
        let verb = method.bytes().all(|b| b.is_ascii_uppercase());
        let path = format!("/{}", parts.next().unwrap_or_default());
        (whole && verb).then_some(Self { api, stage, method, path })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_names_method_and_path() {
        let arn = "arn:aws:execute-api:us-east-1:111111111111:abc/prod/POST/payment/a:b";
        let path = "/payment/a:b".to_owned();
        assert_eq!(Target::read(arn), Some(Target { api: "abc", stage: "prod", method: "POST", path }));
        let root = Target::read("arn:aws:execute-api:r:1:abc/prod/GET/").map(|t| t.path);
        assert_eq!(root, Some("/".to_owned()));
    }

    #[test]
    fn what_is_no_request_is_refused() {
        for arn in [
            "",
            "arn:aws:execute-api:r:1",
            "arn:aws:s3:r:1:abc/prod/GET/",
            "arn:aws:execute-api:r:1:abc/prod",
            "arn:aws:execute-api:r:1:abc/prod/*/payment",
            "arn:aws:execute-api:r:1:abc/prod/GET/pay*",
            "arn:aws:execute-api:r:1:abc/prod/GET/pay?ent",
            "arn:aws:execute-api:r:1:/prod/GET/payment",
        ] {
            assert_eq!(Target::read(arn), None, "{arn}");
        }
    }
}
