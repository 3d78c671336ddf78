use aws_sdk_elasticloadbalancingv2::types::{Action, ActionTypeEnum, ForwardActionConfig, TargetGroupTuple};

use super::{Aws, service_failure};
use crate::{Failure, Traffic};

impl Traffic for Aws {
    async fn share(&self, rule: &str, weights: &[(&str, i32)]) -> Result<(), Failure> {
        let groups = weights
            .iter()
            .map(|(arn, weight)| TargetGroupTuple::builder().target_group_arn(*arn).weight(*weight).build())
            .collect();
        let forward = ForwardActionConfig::builder().set_target_groups(Some(groups)).build();
        // A rule's actions are replaced as a whole.
        let action = Action::builder().r#type(ActionTypeEnum::Forward).forward_config(forward).build();
        let request = self.elasticloadbalancing.modify_rule().rule_arn(rule).actions(action);
        request.send().await.map(drop).map_err(|e| service_failure("ModifyRule", rule, &e))
    }
}
