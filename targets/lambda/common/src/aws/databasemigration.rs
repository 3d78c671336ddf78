use aws_sdk_databasemigration::error::SdkError;
use aws_sdk_databasemigration::types::{Filter, StartReplicationTaskTypeValue};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use super::{Aws, service_failure};
use crate::{Failure, StartType, TableStatistics, Task, Tasks, name};

impl Tasks for Aws {
    async fn task(&self, arn: &str) -> Result<Option<Task>, Failure> {
        let filter = Filter::builder().name("replication-task-arn").values(arn).build();
        let filter = filter.map_err(|e| Failure::new(name::AWS, format!("DescribeReplicationTasks {arn}: {e}")))?;
        let request = self.databasemigration.describe_replication_tasks().filters(filter).without_settings(true);
        let answer = match request.send().await {
            Ok(answer) => answer,
            Err(e) if e.as_service_error().is_some_and(|e| e.is_resource_not_found_fault()) => return Ok(None),
            Err(e) => return Err(service_failure("DescribeReplicationTasks", arn, &e)),
        };
        Ok(answer.replication_tasks.unwrap_or_default().into_iter().next().map(|task| {
            let statistics = task.replication_task_stats.as_ref();
            let count = |n: i32| u32::try_from(n).unwrap_or(0);
            Task {
                loaded: statistics.map_or(0, |s| count(s.full_load_progress_percent)),
                tables_errored: statistics.map_or(0, |s| count(s.tables_errored)),
                status: task.status.unwrap_or_default(),
                stop_reason: task.stop_reason.unwrap_or_default(),
                last_failure: task.last_failure_message.unwrap_or_default(),
                instance: task.replication_instance_arn.unwrap_or_default(),
            }
        }))
    }

    async fn engine(&self, instance: &str) -> Result<Option<String>, Failure> {
        const OPERATION: &str = "DescribeReplicationInstances";
        let filter = Filter::builder().name("replication-instance-arn").values(instance).build();
        let filter = filter.map_err(|e| Failure::new(name::AWS, format!("{OPERATION} {instance}: {e}")))?;
        match self.databasemigration.describe_replication_instances().filters(filter).send().await {
            Ok(answer) => {
                Ok(answer.replication_instances.unwrap_or_default().into_iter().find_map(|i| i.engine_version))
            }
            Err(e) if e.as_service_error().is_some_and(|e| e.is_resource_not_found_fault()) => Ok(None),
            Err(e) => Err(service_failure(OPERATION, instance, &e)),
        }
    }

    async fn stop_task(&self, arn: &str) -> Result<(), Failure> {
        match self.databasemigration.stop_replication_task().replication_task_arn(arn).send().await {
            Ok(_) => Ok(()),
            Err(e) if e.as_service_error().is_some_and(|e| e.is_invalid_resource_state_fault()) => {
                self.already("StopReplicationTask", arn, &["stopped", "stopping", "ready", "failed"], &e).await
            }
            Err(e) => Err(service_failure("StopReplicationTask", arn, &e)),
        }
    }

    async fn start_task(&self, arn: &str, how: StartType, position: Option<&str>) -> Result<(), Failure> {
        let how = match how {
            StartType::StartReplication => StartReplicationTaskTypeValue::StartReplication,
            StartType::ResumeProcessing => StartReplicationTaskTypeValue::ResumeProcessing,
        };
        let request = self
            .databasemigration
            .start_replication_task()
            .replication_task_arn(arn)
            .start_replication_task_type(how)
            .set_cdc_start_position(position.map(str::to_owned));
        match request.send().await {
            Ok(_) => Ok(()),
            Err(e) if e.as_service_error().is_some_and(|e| e.is_invalid_resource_state_fault()) => {
                self.already("StartReplicationTask", arn, &["running", "starting"], &e).await
            }
            Err(e) => Err(service_failure("StartReplicationTask", arn, &e)),
        }
    }

    async fn table_statistics(&self, arn: &str) -> Result<Vec<TableStatistics>, Failure> {
        let mut tables = Vec::new();
        let mut pages = self
            .databasemigration
            .describe_table_statistics()
            .replication_task_arn(arn)
            .max_records(100)
            .into_paginator()
            .send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|e| service_failure("DescribeTableStatistics", arn, &e))?;
            let count = |n: i64| u64::try_from(n).unwrap_or(0);
            tables.extend(page.table_statistics.unwrap_or_default().into_iter().map(|t| TableStatistics {
                failed: count(t.validation_failed_records),
                suspended: count(t.validation_suspended_records),
                pending: count(t.validation_pending_records),
                schema: t.schema_name.unwrap_or_default(),
                table: t.table_name.unwrap_or_default(),
                state: t.table_state.unwrap_or_default(),
                validation: t.validation_state.unwrap_or_default(),
            }));
        }
        Ok(tables)
    }
}

impl Aws {
    /// If the change has already happened, DMS refuses: that is no failure.
    async fn already<E, R>(
        &self,
        operation: &str,
        arn: &str,
        wanted: &[&str],
        error: &SdkError<E, R>,
    ) -> Result<(), Failure>
    where
        E: ProvideErrorMetadata,
    {
        match self.task(arn).await? {
            Some(task) if wanted.contains(&task.status.as_str()) => Ok(()),
            _ => Err(service_failure(operation, arn, error)),
        }
    }
}
