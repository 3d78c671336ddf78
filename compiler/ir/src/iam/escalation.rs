//! Ways in which rights become more rights: combinations of actions that are
//! known to let their holder act with rights that he was not given.

use std::collections::BTreeSet;

use super::document::{Document, Statement};

/// A known way.
#[derive(Clone, Copy, Debug)]
pub struct Method {
    pub kind: Kind,
    /// All of them are needed.
    pub actions: &'static [&'static str],
}

/// The kind of an escalation path.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Kind {
    /// A policy is rewritten or put back.
    PolicyVersion,
    /// Rights are attached.
    Attachment,
    /// A role is opened to whoever edits its trust.
    Trust,
    /// Credentials of others are made.
    Credentials,
    /// A role is handed to code that the holder brings.
    PassRole,
    /// Code that runs as another role is replaced.
    Code,
    /// The workflow is rewritten and run.
    Workflow,
    /// Commands run on machines with roles.
    Commands,
    /// A stack is changed by its role.
    Stack,
    /// The bound of a role is lifted.
    Boundary,
    /// A resource's own policy lets others in.
    ResourcePolicy,
    /// Account data is led elsewhere.
    Redirection,
    /// An approval is forged.
    Approval,
}

impl Kind {
    pub const ALL: [Kind; 13] = [
        Kind::PolicyVersion,
        Kind::Attachment,
        Kind::Trust,
        Kind::Credentials,
        Kind::PassRole,
        Kind::Code,
        Kind::Workflow,
        Kind::Commands,
        Kind::Stack,
        Kind::Boundary,
        Kind::ResourcePolicy,
        Kind::Redirection,
        Kind::Approval,
    ];

    /// In kebab case, as policies name it.
    pub fn name(self) -> &'static str {
        match self {
            Kind::PolicyVersion => "policy-version",
            Kind::Attachment => "attachment",
            Kind::Trust => "trust",
            Kind::Credentials => "credentials",
            Kind::PassRole => "pass-role",
            Kind::Code => "code",
            Kind::Workflow => "workflow",
            Kind::Commands => "commands",
            Kind::Stack => "stack",
            Kind::Boundary => "boundary",
            Kind::ResourcePolicy => "resource-policy",
            Kind::Redirection => "redirection",
            Kind::Approval => "approval",
        }
    }
}

const fn way(kind: Kind, actions: &'static [&'static str]) -> Method {
    Method { kind, actions }
}

/// The ways that are published, and those of migrations: a replication that is
/// pointed at another target, a login that is replaced, a forged approval.
///
/// Sources: Rhino Security Labs' list of 28 methods, PMapper's edges, the
/// combinations of Prowler and of cloudsplaining.
pub const METHODS: &[Method] = &[
    way(Kind::PolicyVersion, &["iam:CreatePolicyVersion"]),
    way(Kind::PolicyVersion, &["iam:SetDefaultPolicyVersion"]),
    way(Kind::Attachment, &["iam:AttachUserPolicy"]),
    way(Kind::Attachment, &["iam:AttachGroupPolicy"]),
    way(Kind::Attachment, &["iam:AttachRolePolicy"]),
    way(Kind::Attachment, &["iam:PutUserPolicy"]),
    way(Kind::Attachment, &["iam:PutGroupPolicy"]),
    way(Kind::Attachment, &["iam:PutRolePolicy"]),
    way(Kind::Attachment, &["iam:AddUserToGroup"]),
    way(Kind::Attachment, &["sso:PutInlinePolicyToPermissionSet"]),
    way(Kind::Trust, &["iam:UpdateAssumeRolePolicy"]),
    way(Kind::Credentials, &["iam:CreateAccessKey"]),
    way(Kind::Credentials, &["iam:CreateLoginProfile"]),
    way(Kind::Credentials, &["iam:UpdateLoginProfile"]),
    way(Kind::Credentials, &["iam:CreateServiceSpecificCredential"]),
    way(Kind::Credentials, &["iam:ResetServiceSpecificCredential"]),
    way(Kind::PassRole, &["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"]),
    way(Kind::PassRole, &["iam:PassRole", "lambda:CreateFunction", "lambda:AddPermission"]),
    way(Kind::PassRole, &["iam:PassRole", "lambda:CreateFunction", "lambda:CreateEventSourceMapping"]),
    way(Kind::PassRole, &["iam:PassRole", "lambda:CreateFunction"]),
    way(Kind::PassRole, &["iam:PassRole", "ec2:RunInstances"]),
    way(Kind::PassRole, &["iam:PassRole", "ec2:RequestSpotInstances"]),
    way(Kind::PassRole, &["iam:PassRole", "ec2:AssociateIamInstanceProfile"]),
    way(Kind::PassRole, &["iam:PassRole", "cloudformation:CreateStack"]),
    way(Kind::PassRole, &["iam:PassRole", "cloudformation:CreateStackSet", "cloudformation:CreateStackInstances"]),
    way(Kind::PassRole, &["iam:PassRole", "cloudformation:UpdateStackSet"]),
    way(Kind::PassRole, &["iam:PassRole", "scheduler:CreateSchedule"]),
    way(Kind::PassRole, &["iam:PassRole", "ecs:RegisterTaskDefinition", "ecs:RunTask"]),
    way(Kind::PassRole, &["iam:PassRole", "ecs:RegisterTaskDefinition", "ecs:StartTask"]),
    way(Kind::PassRole, &["iam:PassRole", "ecs:RegisterTaskDefinition", "ecs:CreateService"]),
    way(Kind::PassRole, &["iam:PassRole", "glue:CreateDevEndpoint"]),
    way(Kind::PassRole, &["iam:PassRole", "glue:CreateJob", "glue:StartJobRun"]),
    way(Kind::PassRole, &["iam:PassRole", "glue:CreateJob", "glue:CreateTrigger"]),
    way(Kind::PassRole, &["iam:PassRole", "glue:UpdateJob", "glue:StartJobRun"]),
    way(Kind::PassRole, &["iam:PassRole", "glue:UpdateJob", "glue:CreateTrigger"]),
    way(Kind::PassRole, &["iam:PassRole", "sagemaker:CreateNotebookInstance"]),
    way(Kind::PassRole, &["iam:PassRole", "sagemaker:CreateTrainingJob"]),
    way(Kind::PassRole, &["iam:PassRole", "sagemaker:CreateProcessingJob"]),
    way(Kind::PassRole, &["iam:PassRole", "codebuild:CreateProject", "codebuild:StartBuild"]),
    way(Kind::PassRole, &["iam:PassRole", "codestar:CreateProject"]),
    way(Kind::PassRole, &["iam:PassRole", "datapipeline:CreatePipeline", "datapipeline:PutPipelineDefinition"]),
    way(
        Kind::PassRole,
        &["iam:PassRole", "autoscaling:CreateLaunchConfiguration", "autoscaling:CreateAutoScalingGroup"],
    ),
    way(Kind::PassRole, &["iam:PassRole", "ssm:CreateDocument", "ssm:StartAutomationExecution"]),
    way(Kind::PassRole, &["iam:PassRole", "batch:RegisterJobDefinition", "batch:SubmitJob"]),
    way(Kind::PassRole, &["iam:PassRole", "elasticmapreduce:RunJobFlow"]),
    way(Kind::PassRole, &["iam:PassRole", "apprunner:CreateService"]),
    way(Kind::PassRole, &["iam:PassRole", "imagebuilder:CreateImage"]),
    way(Kind::PassRole, &["iam:PassRole", "cognito-identity:SetIdentityPoolRoles"]),
    way(Kind::PassRole, &["iam:PassRole", "dms:CreateEndpoint"]),
    way(Kind::Code, &["lambda:UpdateFunctionCode"]),
    way(Kind::Code, &["lambda:UpdateFunctionConfiguration"]),
    way(Kind::Code, &["glue:UpdateDevEndpoint"]),
    way(Kind::Code, &["sagemaker:CreatePresignedNotebookInstanceUrl"]),
    way(Kind::Code, &["codestar:CreateProjectFromTemplate"]),
    way(Kind::Code, &["codestar:AssociateTeamMember"]),
    way(Kind::Code, &["codebuild:StartBuild"]),
    way(Kind::Code, &["ec2:ModifyInstanceAttribute", "ec2:StopInstances", "ec2:StartInstances"]),
    way(Kind::Code, &["ec2:CreateLaunchTemplateVersion", "ec2:ModifyLaunchTemplate"]),
    way(Kind::Workflow, &["iam:PassRole", "states:CreateStateMachine"]),
    way(Kind::Workflow, &["states:UpdateStateMachine"]),
    way(Kind::Commands, &["ssm:SendCommand"]),
    way(Kind::Commands, &["ssm:StartSession"]),
    way(Kind::Commands, &["ssm:StartAutomationExecution"]),
    way(Kind::Stack, &["cloudformation:UpdateStack"]),
    way(Kind::Stack, &["cloudformation:CreateChangeSet", "cloudformation:ExecuteChangeSet"]),
    way(Kind::Stack, &["cloudformation:SetStackPolicy"]),
    way(Kind::Boundary, &["iam:DeleteRolePermissionsBoundary"]),
    way(Kind::Boundary, &["iam:DeleteUserPermissionsBoundary"]),
    way(Kind::Boundary, &["iam:PutRolePermissionsBoundary"]),
    way(Kind::Boundary, &["iam:PutUserPermissionsBoundary"]),
    way(Kind::Boundary, &["iam:DeleteRolePolicy"]),
    way(Kind::ResourcePolicy, &["kms:CreateGrant"]),
    way(Kind::ResourcePolicy, &["kms:PutKeyPolicy"]),
    way(Kind::ResourcePolicy, &["lambda:AddPermission"]),
    way(Kind::ResourcePolicy, &["s3:PutBucketPolicy"]),
    way(Kind::ResourcePolicy, &["secretsmanager:PutResourcePolicy"]),
    way(Kind::ResourcePolicy, &["sns:AddPermission"]),
    way(Kind::ResourcePolicy, &["sns:SetTopicAttributes"]),
    way(Kind::ResourcePolicy, &["sqs:AddPermission"]),
    way(Kind::ResourcePolicy, &["sqs:SetQueueAttributes"]),
    way(Kind::Redirection, &["dms:ModifyEndpoint"]),
    way(Kind::Redirection, &["dms:ModifyReplicationTask"]),
    way(Kind::Redirection, &["dms:CreateReplicationTask", "dms:StartReplicationTask"]),
    way(Kind::Approval, &["states:SendTaskSuccess"]),
];

/// The escalation paths that the documents of one role allow together and this
/// one allows in part. An unconditional deny statement closes a path.
pub fn escalations(document: &Document<'_>, all: &[Document<'_>]) -> BTreeSet<Kind> {
    let denied = |action: &str| {
        let unconditional = |s: &&Statement<'_>| s.conditions.is_empty() && s.covers_every_resource();
        all.iter().flat_map(|d| d.denying()).filter(unconditional).any(|s| s.covers_action(action))
    };
    let allows = |document: &Document<'_>, action: &str| document.allowing().any(|s| s.covers_action(action));
    let opens = |method: &&Method| {
        method.actions.iter().any(|action| allows(document, action))
            && method.actions.iter().all(|action| all.iter().any(|d| allows(d, action)) && !denied(action))
    };
    METHODS.iter().filter(opens).map(|method| method.kind).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iam::read;
    use crate::testing::resource;

    fn of(actions: &[&str], more: &str) -> BTreeSet<Kind> {
        let actions = actions.iter().map(|a| format!("{a:?}")).collect::<Vec<_>>().join(", ");
        let statement = format!(r#"{{"Effect": "Allow", "Action": [{actions}], "Resource": "*"}}{more}"#);
        let holder = resource("AWS::IAM::RolePolicy", "p", &format!(r#"{{"P": {{"Statement": [{statement}]}}}}"#));
        read(holder.get("P").expect("it is set"), |d| escalations(d, std::slice::from_ref(d))).expect("a policy")
    }

    #[test]
    fn every_way_is_found_and_half_a_way_is_none() {
        for method in METHODS {
            assert!(of(method.actions, "").contains(&method.kind), "{:?}", method.actions);
            for left_out in method.actions.iter().filter(|_| method.actions.len() > 1) {
                let rest: Vec<&str> = method.actions.iter().copied().filter(|a| a != left_out).collect();
                let others = METHODS.iter().filter(|m| m.actions.iter().all(|a| rest.contains(a)));
                let expected: BTreeSet<Kind> = others.map(|m| m.kind).collect();
                assert_eq!(of(&rest, ""), expected, "{rest:?}");
            }
        }
    }

    #[test]
    fn wildcards_open_ways_and_denials_close_them() {
        assert_eq!(of(&["*"], ""), Kind::ALL.into_iter().collect());
        assert!(of(&["iam:Put*"], "").contains(&Kind::Attachment));
        let deny = r#", {"Effect": "Deny", "Action": "iam:*", "Resource": "*"}"#;
        assert!(of(&["iam:Put*"], deny).is_empty());
        let once = r#", {"Effect": "Deny", "Action": "iam:*", "Resource": "*", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "false"}}}"#;
        assert!(!of(&["iam:Put*"], once).is_empty(), "a denial with a condition leaves the way open");
    }

    #[test]
    fn the_published_methods_are_there() {
        let known: BTreeSet<&[&str]> = METHODS.iter().map(|m| m.actions).collect();
        assert_eq!(known.len(), METHODS.len(), "each escalation is listed once");
        assert!(METHODS.len() >= 28 + 22);
    }
}
