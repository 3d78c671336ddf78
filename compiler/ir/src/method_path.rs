//! The path of a method setting of an API Gateway stage.
//!
//! CloudFormation writes it as two properties, the resource's path with its
//! inner slashes as `~1` (`/~1payment~1{id}`, `/`, `/*`) and the method;
//! Terraform as one argument without the first slash (`payment/{id}/GET`,
//! `~1/GET` for the root, `*/*`).
//! Source: AWS::ApiGateway::Stage MethodSetting, aws_api_gateway_method_settings.

/// CloudFormation's pair as Terraform's argument.
pub fn join(resource: &str, method: &str) -> String {
    let path = match resource {
        "/" => "~1".to_owned(),
        _ => resource.strip_prefix("/~1").or(resource.strip_prefix('/')).unwrap_or(resource).replace("~1", "/"),
    };
    format!("{path}/{method}")
}

/// Terraform's argument as CloudFormation's pair.
pub fn split(argument: &str) -> Option<(String, String)> {
    let (path, method) = argument.rsplit_once('/')?;
    let resource = match path {
        "~1" => "/".to_owned(),
        "*" => "/*".to_owned(),
        _ => format!("/~1{}", path.replace('/', "~1")),
    };
    Some((resource, method.to_owned()))
}

#[cfg(test)]
mod tests {
    #[test]
    fn paths_survive_the_round_trip() {
        for (resource, method, argument) in [
            ("/*", "*", "*/*"),
            ("/~1payment", "POST", "payment/POST"),
            ("/~1payment~1{id}", "GET", "payment/{id}/GET"),
            ("/", "GET", "~1/GET"),
        ] {
            assert_eq!(super::join(resource, method), argument);
            assert_eq!(super::split(argument), Some((resource.to_owned(), method.to_owned())));
        }
    }
}
