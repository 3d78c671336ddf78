//! The settings of a task for a payment system, which differ from the defaults
//! of DMS: an error never skips a row.
//!
//! Only keys that the API echoes, and no list but `LogComponents`: anything
//! else would make every plan of Terraform a change.

use migspec_ir::{Datum, Map, Origin, map};

use super::BY;
use crate::cx::datum;
use crate::index::Relation;

/// The largest large object that is copied, in kilobytes.
pub(crate) fn lob_limit(relation: &Relation) -> Datum {
    match &relation.node.lob {
        Some(lob) => datum(&lob.limit, |size| size.kib() as i64),
        None => Datum::new(64, Origin::Default { of: "lob", node: relation.node.place.header }),
    }
}

/// The settings of either task of a replication.
pub(super) fn settings(relation: &Relation, at: Origin) -> Datum {
    let lob = lob_limit(relation);
    let map = map!(at, {
        "TargetMetadata": target_metadata(lob.clone(), at),
        "FullLoadSettings": full_load(at),
        "Logging": logging(at),
        "ControlTablesSettings": control_tables(at),
        "StreamBufferSettings": stream_buffers(at),
        "ChangeProcessingTuning": tuning(at),
        "ChangeProcessingDdlHandlingPolicy": ddl(at),
        "ErrorBehavior": errors(at),
        "ValidationSettings": validation(lob, at),
    });
    Datum::new(map, Origin::derived(BY, at.span()))
}

fn target_metadata(lob: Datum, at: Origin) -> Map {
    map!(at, {
        "TargetSchema": "",
        "SupportLobs": true,
        "FullLobMode": false,
        "LimitedSizeLobMode": true,
        "LobMaxSize": lob,
        "InlineLobMaxSize": 0,
        "LobChunkSize": 64,
        // In commit order, the arrival of the fence token proves the arrival of all earlier writes.
        "BatchApplyEnabled": false,
        "TaskRecoveryTableEnabled": true,
        "ParallelLoadThreads": 0,
    })
}

/// Tables that DMS loads at the same time, each over a connection of its own
/// (fact: dms-full-load-settings).
pub(crate) const LOADED_AT_ONCE: u32 = 8;

/// The schema is made by its owner before the load; DMS knows only tables and
/// primary keys.
fn full_load(at: Origin) -> Map {
    map!(at, {
        "TargetTablePrepMode": "DO_NOTHING",
        "CreatePkAfterFullLoad": false,
        "StopTaskCachedChangesApplied": false,
        "StopTaskCachedChangesNotApplied": false,
        "MaxFullLoadSubTasks": LOADED_AT_ONCE,
        "TransactionConsistencyTimeout": 600,
        "CommitRate": 10000,
    })
}

fn logging(at: Origin) -> Map {
    const COMPONENTS: [&str; 5] = ["SOURCE_CAPTURE", "SOURCE_UNLOAD", "TARGET_APPLY", "TARGET_LOAD", "TASK_MANAGER"];
    let components: Vec<Map> =
        COMPONENTS.iter().map(|id| map!(at, { "Id": *id, "Severity": "LOGGER_SEVERITY_DEFAULT" })).collect();
    map!(at, { "EnableLogging": true, "EnableLogContext": false, "LogComponents": components })
}

fn control_tables(at: Origin) -> Map {
    map!(at, {
        "ControlSchema": migspec_events::CONTROL_SCHEMA,
        "HistoryTimeslotInMinutes": 5,
        "HistoryTableEnabled": true,
        "SuspendedTablesTableEnabled": true,
        "StatusTableEnabled": true,
    })
}

fn stream_buffers(at: Origin) -> Map {
    map!(at, { "StreamBufferCount": 3, "StreamBufferSizeInMB": 8, "CtrlStreamBufferSizeInMB": 5 })
}

fn tuning(at: Origin) -> Map {
    map!(at, {
        "BatchApplyPreserveTransaction": true,
        "BatchApplyTimeoutMin": 1,
        "BatchApplyTimeoutMax": 30,
        "BatchApplyMemoryLimit": 500,
        "BatchSplitSize": 0,
        "MinTransactionSize": 1000,
        "CommitTimeout": 1,
        "MemoryLimitTotal": 1024,
        "MemoryKeepTime": 60,
        "StatementCacheSize": 50,
    })
}

/// Dropping or truncating a table on the source must not do so on the target.
fn ddl(at: Origin) -> Map {
    map!(at, {
        "HandleSourceTableDropped": false,
        "HandleSourceTableTruncated": false,
        "HandleSourceTableAltered": false,
    })
}

/// The defaults log an error and skip the row.
fn errors(at: Origin) -> Map {
    map!(at, {
        "DataErrorPolicy": "SUSPEND_TABLE",
        "DataTruncationErrorPolicy": "STOP_TASK",
        "DataErrorEscalationPolicy": "SUSPEND_TABLE",
        "DataErrorEscalationCount": 0,
        "EventErrorPolicy": "IGNORE",
        "TableErrorPolicy": "SUSPEND_TABLE",
        "TableErrorEscalationPolicy": "STOP_TASK",
        "TableErrorEscalationCount": 0,
        "RecoverableErrorCount": -1,
        "RecoverableErrorInterval": 5,
        "RecoverableErrorThrottling": true,
        "RecoverableErrorThrottlingMax": 1800,
        "RecoverableErrorStopRetryAfterThrottlingMax": true,
        "ApplyErrorDeletePolicy": "SUSPEND_TABLE",
        "ApplyErrorInsertPolicy": "SUSPEND_TABLE",
        "ApplyErrorUpdatePolicy": "SUSPEND_TABLE",
        "ApplyErrorEscalationPolicy": "STOP_TASK",
        "ApplyErrorEscalationCount": 0,
        "ApplyErrorFailOnTruncationDdl": false,
        "FullLoadIgnoreConflicts": true,
        "FailOnTransactionConsistencyBreached": true,
        "FailOnNoTablesCaptured": true,
    })
}

/// Large objects are compared as far as they are copied.
fn validation(lob: Datum, at: Origin) -> Map {
    map!(at, {
        "EnableValidation": true,
        "ValidationMode": "ROW_LEVEL",
        "ThreadCount": 5,
        "PartitionSize": 10000,
        "FailureMaxCount": 10000,
        "TableFailureMaxCount": 1000,
        "RecordFailureDelayInMinutes": 5,
        "RecordFailureDelayLimitInMinutes": 0,
        "RecordSuspendDelayInMinutes": 30,
        "MaxKeyColumnSize": 8096,
        "HandleCollationDiff": true,
        "SkipLobColumns": false,
        "ValidationPartialLobSize": lob,
        "ValidationQueryCdcDelaySeconds": 0,
        "ValidationOnly": false,
    })
}
