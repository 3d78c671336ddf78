# cutover "ledger"
resource "aws_sfn_state_machine" "ledger_workflow" {
  name     = "payments-migration-orchestration-dev"
  type     = "STANDARD"
  role_arn = aws_iam_role.ledger_workflow_role.arn

  definition = <<EOT
{
  "Comment": "Moves the writer of cutover \"ledger\" from source to target, with a rollback",
  "QueryLanguage": "JSONata",
  "StartAt": "Initialize",
  "TimeoutSeconds": 6220800,
  "States": {
    "Initialize": {
      "Type": "Task",
      "Comment": "{\"phase\":\"assess\",\"effects\":[],\"does\":\"reads the ids of the load balancer from the plan parameter\",\"node\":\"cutover \\\"ledger\\\"\",\"repeat\":\"reads\"}",
      "Resource": "arn:aws:states:::aws-sdk:ssm:getParameter",
      "Arguments": { "Name": "/migration/payments/dev/plan" },
      "TimeoutSeconds": 30,
      "Retry": [
        {
          "ErrorEquals": ["Ssm.InternalServerErrorException", "Ssm.SsmException", "Ssm.SdkClientException"],
          "IntervalSeconds": 2,
          "MaxAttempts": 5,
          "BackoffRate": 2,
          "MaxDelaySeconds": 60,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "Initialize",
              "phase": "assess",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") %}"
            }
          },
          "Next": "NotifyFailure"
        }
      ],
      "Assign": {
        "sourceTargets": "{% $contains($states.result.Parameter.Value, \"\\\"sourceTargetGroupArn\\\"\") ? $substringBefore($substringAfter($substringAfter($states.result.Parameter.Value, \"\\\"sourceTargetGroupArn\\\"\"), \"\\\"\"), \"\\\"\") : $error(\"the plan has no sourceTargetGroupArn\") %}",
        "targetTargets": "{% $contains($states.result.Parameter.Value, \"\\\"targetTargetGroupArn\\\"\") ? $substringBefore($substringAfter($substringAfter($states.result.Parameter.Value, \"\\\"targetTargetGroupArn\\\"\"), \"\\\"\"), \"\\\"\") : $error(\"the plan has no targetTargetGroupArn\") %}",
        "execution": "{% $states.context.Execution.Name %}",
        "action": "{% $exists($states.input.action) ? $string($states.input.action) : \"migrate\" %}",
        "writer": "{% \"\" %}",
        "startType": "{% \"\" %}",
        "verdict": "wait",
        "reason": "{% \"\" %}",
        "turns": 0,
        "quiet": 0,
        "unknown": 0,
        "rollbackTurns": 0,
        "seen": "none",
        "lock": "none",
        "redrives": 0,
        "pass": "{% \"\" %}",
        "groups": [],
        "groupCount": 0,
        "gates": [],
        "approvals": [],
        "fencedAt": 0,
        "fresh": "unknown",
        "shiftedAt": 0,
        "requests": 0,
        "arrived": "unknown",
        "pause": 0,
        "confirmed": false,
        "loss": "{% \"\" %}",
        "acceptLoss": false,
        "failure": { "state": "{% \"\" %}", "phase": "assess", "error": "{% \"\" %}", "cause": "{% \"\" %}" },
        "rule": "{% $contains($states.result.Parameter.Value, \"\\\"listenerRuleArn\\\"\") ? $substringBefore($substringAfter($substringAfter($states.result.Parameter.Value, \"\\\"listenerRuleArn\\\"\"), \"\\\"\"), \"\\\"\") : $error(\"the plan has no listenerRuleArn\") %}",
        "loadBalancer": "{% $contains($states.result.Parameter.Value, \"\\\"loadBalancerFullName\\\"\") ? $substringBefore($substringAfter($substringAfter($states.result.Parameter.Value, \"\\\"loadBalancerFullName\\\"\"), \"\\\"\"), \"\\\"\") : $error(\"the plan has no loadBalancerFullName\") %}",
        "targetGroup": "{% $contains($states.result.Parameter.Value, \"\\\"targetTargetGroupFullName\\\"\") ? $substringBefore($substringAfter($substringAfter($states.result.Parameter.Value, \"\\\"targetTargetGroupFullName\\\"\"), \"\\\"\"), \"\\\"\") : $error(\"the plan has no targetTargetGroupFullName\") %}",
        "reload": [],
        "sourceSchema": "{% \"\" %}",
        "targetSchema": "{% \"\" %}",
        "position": "{% \"\" %}",
        "cutAt": "{% \"\" %}",
        "slotPosition": "{% \"\" %}"
      },
      "Output": {},
      "Next": "TakeLock"
    },
    "TakeLock": {
      "Type": "Task",
      "Comment": "{\"phase\":\"assess\",\"effects\":[],\"does\":\"takes the lock, if no execution has held it yet\",\"node\":\"cutover \\\"ledger\\\"\",\"repeat\":\"sets\"}",
      "Resource": "arn:aws:states:::aws-sdk:s3:putObject",
      "Arguments": {
        "Bucket": "payments-checkpoints-dev-111111111111",
        "Key": "ledger/lock.txt",
        "ContentType": "text/plain",
        "Body": "{% $execution %}",
        "IfNoneMatch": "*"
      },
      "TimeoutSeconds": 30,
      "Retry": [
        {
          "ErrorEquals": ["S3.SdkClientException"],
          "IntervalSeconds": 2,
          "MaxAttempts": 5,
          "BackoffRate": 2,
          "MaxDelaySeconds": 60,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        { "ErrorEquals": ["S3.S3Exception"], "Next": "ReadLock" },
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "TakeLock",
              "phase": "assess",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") %}"
            }
          },
          "Next": "NotifyFailure"
        }
      ],
      "Output": {},
      "Next": "ReadLock"
    },
    "WaitForLock": {
      "Type": "Wait",
      "Comment": "{\"phase\":\"assess\",\"effects\":[],\"does\":\"waits until the calls of an execution that was stopped have ended\",\"node\":\"cutover \\\"ledger\\\"\"}",
      "Seconds": 30,
      "Next": "TakeOverLock"
    },
    "ListRuns": {
      "Type": "Task",
      "Comment": "{\"phase\":\"assess\",\"effects\":[],\"does\":\"checks that the last holder of the lock has ended\",\"node\":\"cutover \\\"ledger\\\"\",\"repeat\":\"reads\"}",
      "Resource": "arn:aws:states:::aws-sdk:sfn:listExecutions",
      "Arguments": {
        "StateMachineArn": "arn:aws:states:us-east-1:111111111111:stateMachine:payments-migration-orchestration-dev",
        "StatusFilter": "RUNNING",
        "MaxResults": 10
      },
      "TimeoutSeconds": 30,
      "Retry": [
        {
          "ErrorEquals": ["Sfn.SfnException", "Sfn.SdkClientException"],
          "IntervalSeconds": 2,
          "MaxAttempts": 5,
          "BackoffRate": 2,
          "MaxDelaySeconds": 60,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "ListRuns",
              "phase": "assess",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") %}"
            }
          },
          "Next": "NotifyFailure"
        }
      ],
      "Assign": {
        "confirmed": "{% ($count($states.result.Executions[Name != $execution]) = 0 and $exists($states.result.Executions)) ? true : $error(\"another execution is active: stop it first\") %}"
      },
      "Output": {},
      "Next": "WaitForLock"
    },
    "TakeOverLock": {
      "Type": "Task",
      "Comment": "{\"phase\":\"assess\",\"effects\":[],\"does\":\"takes the lock over, if nobody has taken it since\",\"node\":\"cutover \\\"ledger\\\"\",\"repeat\":\"sets\"}",
      "Resource": "arn:aws:states:::aws-sdk:s3:putObject",
      "Arguments": {
        "Bucket": "payments-checkpoints-dev-111111111111",
        "Key": "ledger/lock.txt",
        "ContentType": "text/plain",
        "Body": "{% $execution %}",
        "IfMatch": "{% $seen %}"
      },
      "TimeoutSeconds": 30,
      "Retry": [
        {
          "ErrorEquals": ["S3.SdkClientException"],
          "IntervalSeconds": 2,
          "MaxAttempts": 5,
          "BackoffRate": 2,
          "MaxDelaySeconds": 60,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        { "ErrorEquals": ["S3.S3Exception"], "Next": "ReadLock" },
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "TakeOverLock",
              "phase": "assess",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") %}"
            }
          },
          "Next": "NotifyFailure"
        }
      ],
      "Output": {},
      "Next": "ReadLock"
    },
    "ReadLock": {
      "Type": "Task",
      "Comment": "{\"phase\":\"assess\",\"effects\":[],\"does\":\"reads which execution holds the lock\",\"node\":\"cutover \\\"ledger\\\"\",\"repeat\":\"reads\"}",
      "Resource": "arn:aws:states:::aws-sdk:s3:getObject",
      "Arguments": { "Bucket": "payments-checkpoints-dev-111111111111", "Key": "ledger/lock.txt" },
      "TimeoutSeconds": 30,
      "Retry": [
        {
          "ErrorEquals": ["S3.S3Exception", "S3.SdkClientException"],
          "IntervalSeconds": 2,
          "MaxAttempts": 5,
          "BackoffRate": 2,
          "MaxDelaySeconds": 60,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "ReadLock",
              "phase": "assess",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") %}"
            }
          },
          "Next": "NotifyFailure"
        }
      ],
      "Assign": {
        "verdict": "{% ($states.result.Body = $execution) ? \"pass\" : (($states.result.Body != \"no execution\" and $action != \"rollback\") or $turns + 1 >= 3) ? \"fail\" : \"wait\" %}",
        "reason": "{% \"the lock is held by \" & $string($states.result.Body) %}",
        "seen": "{% $exists($states.result.ETag) ? $states.result.ETag : \"none\" %}",
        "lock": "{% $states.result.Body = $execution and $exists($states.result.ETag) ? $states.result.ETag : \"none\" %}",
        "turns": "{% $turns + 1 %}",
        "redrives": "{% $states.context.Execution.RedriveCount %}"
      },
      "Output": {},
      "Next": "CheckLock"
    },
    "CheckLock": {
      "Type": "Choice",
      "Comment": "{\"phase\":\"assess\",\"effects\":[\"exclusive\"],\"does\":\"ends the execution if another one holds the lock\",\"node\":\"cutover \\\"ledger\\\"\"}",
      "Choices": [
        {
          "Condition": "{% $verdict = \"pass\" %}",
          "Assign": {
            "turns": 0,
            "quiet": 0,
            "unknown": 0,
            "verdict": "wait",
            "gates": "{% $append($gates, [{ \"gate\": \"CheckLock\", \"is\": \"open\", \"at\": $states.context.State.EnteredTime, \"found\": $reason }]) %}"
          },
          "Next": "ReadWriter"
        },
        { "Condition": "{% $verdict = \"wait\" %}", "Next": "ListRuns" }
      ],
      "Default": "NotifyFailure",
      "Assign": {
        "failure": {
          "state": "CheckLock",
          "phase": "assess",
          "error": "Migration.GateFailed",
          "cause": "{% $reason %}"
        },
        "gates": "{% $append($gates, [{ \"gate\": \"CheckLock\", \"is\": \"shut\", \"at\": $states.context.State.EnteredTime, \"found\": $reason }]) %}"
      }
    },
    "ReadWriter": {
      "Type": "Task",
      "Comment": "{\"phase\":\"assess\",\"effects\":[],\"does\":\"reads the writer switch\",\"node\":\"cutover \\\"ledger\\\"\",\"repeat\":\"reads\"}",
      "Resource": "arn:aws:states:::aws-sdk:ssm:getParameter",
      "Arguments": { "Name": "/migration/payments/dev/database/writer" },
      "TimeoutSeconds": 30,
      "Retry": [
        {
          "ErrorEquals": ["Ssm.InternalServerErrorException", "Ssm.SsmException", "Ssm.SdkClientException"],
          "IntervalSeconds": 2,
          "MaxAttempts": 5,
          "BackoffRate": 2,
          "MaxDelaySeconds": 60,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "ReadWriter",
              "phase": "assess",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") %}"
            }
          },
          "Next": "NotifyFailure"
        }
      ],
      "Assign": { "writer": "{% $states.result.Parameter.Value %}" },
      "Output": {},
      "Next": "ChooseStart"
    },
    "ChooseStart": {
      "Type": "Choice",
      "Comment": "{\"phase\":\"assess\",\"effects\":[],\"does\":\"decides the first phase of this execution\",\"node\":\"cutover \\\"ledger\\\"\"}",
      "Choices": [
        { "Condition": "{% $action = \"migrate\" and $writer = \"source\" %}", "Next": "Preflight" },
        { "Condition": "{% $action = \"migrate\" and $writer = \"target\" %}", "Next": "ConfirmUnfence" },
        {
          "Condition": "{% $action = \"rollback\" and $writer = \"source\" %}",
          "Assign": {
            "failure": {
              "state": "ChooseStart",
              "phase": "approve",
              "error": "Migration.RollbackRequested",
              "cause": "the execution was started with the action rollback"
            }
          },
          "Next": "ExecuteRollback"
        },
        {
          "Condition": "{% $action = \"rollback\" and $writer = \"none\" %}",
          "Assign": {
            "failure": {
              "state": "ChooseStart",
              "phase": "flip",
              "error": "Migration.RollbackRequested",
              "cause": "the execution was started with the action rollback"
            }
          },
          "Next": "ExecuteRollback"
        },
        {
          "Condition": "{% $action = \"rollback\" and $writer = \"target\" %}",
          "Assign": {
            "failure": {
              "state": "ChooseStart",
              "phase": "watch",
              "error": "Migration.RollbackRequested",
              "cause": "the execution was started with the action rollback"
            }
          },
          "Next": "ExecuteRollback"
        }
      ],
      "Default": "NotifyFailure",
      "Assign": {
        "failure": {
          "state": "ChooseStart",
          "phase": "assess",
          "error": "Migration.CannotStart",
          "cause": "{% \"the action is \" & $action & \" and the writer is \" & $writer %}"
        }
      }
    },
    "Preflight": {
      "Type": "Task",
      "Comment": "{\"phase\":\"assess\",\"effects\":[],\"does\":\"checks the prerequisites on both sides\",\"node\":\"cutover \\\"ledger\\\"\",\"repeat\":\"promised\"}",
      "Resource": "arn:aws:states:::lambda:invoke",
      "Arguments": {
        "FunctionName": "arn:aws:lambda:us-east-1:111111111111:function:payments-preflight-dev",
        "Payload": {
          "run": {
            "migration": "payments",
            "environment": "dev",
            "cutover": "ledger",
            "execution": "{% $execution %}"
          },
          "reverse": true,
          "source": [
            {
              "task": "arn:aws:dms:us-east-1:111111111111:task:fqzc2m-payments-ledger-fwd-dev",
              "slots": 2,
              "connections": 12
            }
          ],
          "target": [
            {
              "task": "arn:aws:dms:us-east-1:111111111111:task:n665cf-payments-ledger-rev-dev",
              "slots": 2,
              "connections": 12
            }
          ]
        }
      },
      "TimeoutSeconds": 910,
      "Retry": [
        {
          "ErrorEquals": [
            "Lambda.ServiceException",
            "Lambda.AWSLambdaException",
            "Lambda.SdkClientException",
            "Lambda.TooManyRequestsException",
            "Lambda.Unknown",
            "Sandbox.Timedout",
            "Lambda.ClientExecutionTimeoutException"
          ],
          "IntervalSeconds": 2,
          "MaxAttempts": 5,
          "BackoffRate": 2,
          "MaxDelaySeconds": 60,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "Preflight",
              "phase": "assess",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") %}"
            }
          },
          "Next": "NotifyFailure"
        }
      ],
      "Assign": {
        "verdict": "{% $states.result.Payload.ready = true ? \"pass\" : \"fail\" %}",
        "reason": "{% $exists($states.result.Payload.problems.what) ? $substring($join([$states.result.Payload.problems.what], \"; \"), 0, 1000) : \"\" %}",
        "reload": "{% [$states.result.Payload.reload] %}"
      },
      "Output": {},
      "Next": "CheckPreflight"
    },
    "CheckPreflight": {
      "Type": "Choice",
      "Comment": "{\"phase\":\"assess\",\"effects\":[\"preflight\"],\"does\":\"ends the execution if a prerequisite is missing\",\"node\":\"cutover \\\"ledger\\\"\"}",
      "Choices": [
        {
          "Condition": "{% $verdict = \"pass\" %}",
          "Assign": {
            "turns": 0,
            "quiet": 0,
            "unknown": 0,
            "verdict": "wait",
            "gates": "{% $append($gates, [{ \"gate\": \"CheckPreflight\", \"is\": \"open\", \"at\": $states.context.State.EnteredTime, \"found\": $reason }]) %}"
          },
          "Next": "FenceTarget"
        }
      ],
      "Default": "NotifyFailure",
      "Assign": {
        "failure": {
          "state": "CheckPreflight",
          "phase": "assess",
          "error": "Migration.GateFailed",
          "cause": "{% $reason %}"
        },
        "gates": "{% $append($gates, [{ \"gate\": \"CheckPreflight\", \"is\": \"shut\", \"at\": $states.context.State.EnteredTime, \"found\": $reason }]) %}"
      }
    },
    "FenceTarget": {
      "Type": "Task",
      "Comment": "{\"phase\":\"assess\",\"effects\":[\"fence:target\"],\"does\":\"fences the target\",\"node\":\"cutover \\\"ledger\\\"\",\"repeat\":\"promised\"}",
      "Resource": "arn:aws:states:::lambda:invoke",
      "Arguments": {
        "FunctionName": "arn:aws:lambda:us-east-1:111111111111:function:payments-fence-dev",
        "Payload": {
          "action": "fence",
          "run": {
            "migration": "payments",
            "environment": "dev",
            "cutover": "ledger",
            "execution": "{% $states.context.Execution.RedriveCount = $redrives ? $execution : $error(\"a redrive cannot begin here: the lock is not confirmed\") %}"
          },
          "side": "target"
        }
      },
      "TimeoutSeconds": 910,
      "Retry": [
        {
          "ErrorEquals": [
            "Lambda.ServiceException",
            "Lambda.AWSLambdaException",
            "Lambda.SdkClientException",
            "Lambda.TooManyRequestsException",
            "Lambda.Unknown",
            "Sandbox.Timedout",
            "Lambda.ClientExecutionTimeoutException"
          ],
          "IntervalSeconds": 2,
          "MaxAttempts": 5,
          "BackoffRate": 2,
          "MaxDelaySeconds": 60,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "FenceTarget",
              "phase": "assess",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") %}"
            }
          },
          "Next": "NotifyFailure"
        }
      ],
      "Assign": {
        "confirmed": "{% ($states.result.Payload.fenced = true) ? true : $error(\"the target could not be fenced\") %}"
      },
      "Output": {},
      "Next": "HoldRotation"
    },
    "HoldRotation": {
      "Type": "Task",
      "Comment": "{\"phase\":\"load\",\"effects\":[\"hold-rotation\"],\"does\":\"holds the rotation of passwords\",\"node\":\"cutover \\\"ledger\\\"\",\"repeat\":\"sets\"}",
      "Resource": "arn:aws:states:::aws-sdk:ssm:putParameter",
      "Arguments": {
        "Name": "/migration/payments/dev/rotation",
        "Value": "{% $states.context.Execution.RedriveCount = $redrives ? \"held\" : $error(\"a redrive cannot begin here: the lock is not confirmed\") %}",
        "Overwrite": true
      },
      "TimeoutSeconds": 30,
      "Retry": [
        {
          "ErrorEquals": [
            "Ssm.TooManyUpdatesException",
            "Ssm.InternalServerErrorException",
            "Ssm.SsmException",
            "Ssm.SdkClientException"
          ],
          "IntervalSeconds": 2,
          "MaxAttempts": 5,
          "BackoffRate": 2,
          "MaxDelaySeconds": 60,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "HoldRotation",
              "phase": "load",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") %}"
            }
          },
          "Next": "ExecuteRollback"
        }
      ],
      "Output": {},
      "Next": "FreezeSource"
    },
    "FreezeSource": {
      "Type": "Task",
      "Comment": "{\"phase\":\"load\",\"effects\":[\"freeze-schema:source\"],\"does\":\"freezes the source's schema\",\"node\":\"cutover \\\"ledger\\\"\",\"repeat\":\"promised\"}",
      "Resource": "arn:aws:states:::lambda:invoke",
      "Arguments": {
        "FunctionName": "arn:aws:lambda:us-east-1:111111111111:function:payments-fence-dev",
        "Payload": {
          "action": "freeze",
          "run": {
            "migration": "payments",
            "environment": "dev",
            "cutover": "ledger",
            "execution": "{% $states.context.Execution.RedriveCount = $redrives ? $execution : $error(\"a redrive cannot begin here: the lock is not confirmed\") %}"
          },
          "side": "source"
        }
      },
      "TimeoutSeconds": 910,
      "Retry": [
        {
          "ErrorEquals": [
            "Lambda.ServiceException",
            "Lambda.AWSLambdaException",
            "Lambda.SdkClientException",
            "Lambda.TooManyRequestsException",
            "Lambda.Unknown",
            "Sandbox.Timedout",
            "Lambda.ClientExecutionTimeoutException"
          ],
          "IntervalSeconds": 2,
          "MaxAttempts": 5,
          "BackoffRate": 2,
          "MaxDelaySeconds": 60,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "FreezeSource",
              "phase": "load",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") %}"
            }
          },
          "Next": "ExecuteRollback"
        }
      ],
      "Assign": {
        "confirmed": "{% ($states.result.Payload.frozen = true and $exists($states.result.Payload.fingerprint)) ? true : $error(\"the source's schema is not frozen\") %}",
        "sourceSchema": "{% $states.result.Payload.fingerprint %}"
      },
      "Output": {},
      "Next": "FreezeTarget"
    },
    "FreezeTarget": {
      "Type": "Task",
      "Comment": "{\"phase\":\"load\",\"effects\":[\"freeze-schema:target\"],\"does\":\"freezes the target's schema\",\"node\":\"cutover \\\"ledger\\\"\",\"repeat\":\"promised\"}",
      "Resource": "arn:aws:states:::lambda:invoke",
      "Arguments": {
        "FunctionName": "arn:aws:lambda:us-east-1:111111111111:function:payments-fence-dev",
        "Payload": {
          "action": "freeze",
          "run": {
            "migration": "payments",
            "environment": "dev",
            "cutover": "ledger",
            "execution": "{% $states.context.Execution.RedriveCount = $redrives ? $execution : $error(\"a redrive cannot begin here: the lock is not confirmed\") %}"
          },
          "side": "target"
        }
      },
      "TimeoutSeconds": 910,
      "Retry": [
        {
          "ErrorEquals": [
            "Lambda.ServiceException",
            "Lambda.AWSLambdaException",
            "Lambda.SdkClientException",
            "Lambda.TooManyRequestsException",
            "Lambda.Unknown",
            "Sandbox.Timedout",
            "Lambda.ClientExecutionTimeoutException"
          ],
          "IntervalSeconds": 2,
          "MaxAttempts": 5,
          "BackoffRate": 2,
          "MaxDelaySeconds": 60,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "FreezeTarget",
              "phase": "load",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") %}"
            }
          },
          "Next": "ExecuteRollback"
        }
      ],
      "Assign": {
        "confirmed": "{% ($states.result.Payload.frozen = true and $exists($states.result.Payload.fingerprint)) ? true : $error(\"the target's schema is not frozen\") %}",
        "targetSchema": "{% $states.result.Payload.fingerprint %}"
      },
      "Output": {},
      "Next": "DescribeReplication"
    },
    "WaitForTask": {
      "Type": "Wait",
      "Comment": "{\"phase\":\"load\",\"effects\":[],\"does\":\"waits before the next poll\",\"node\":\"cutover \\\"ledger\\\"\"}",
      "Seconds": 30,
      "Next": "DescribeReplication"
    },
    "DescribeReplication": {
      "Type": "Task",
      "Comment": "{\"phase\":\"load\",\"effects\":[],\"does\":\"reads the state of the replication task\",\"node\":\"cutover \\\"ledger\\\"\",\"repeat\":\"reads\"}",
      "Resource": "arn:aws:states:::aws-sdk:databasemigration:describeReplicationTasks",
      "Arguments": {
        "Filters": [
          {
            "Name": "replication-task-arn",
            "Values": ["arn:aws:dms:us-east-1:111111111111:task:fqzc2m-payments-ledger-fwd-dev"]
          }
        ],
        "WithoutSettings": true
      },
      "TimeoutSeconds": 60,
      "Retry": [
        {
          "ErrorEquals": [
            "DatabaseMigration.DatabaseMigrationException",
            "DatabaseMigration.SdkClientException"
          ],
          "IntervalSeconds": 2,
          "MaxAttempts": 5,
          "BackoffRate": 2,
          "MaxDelaySeconds": 60,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "DescribeReplication",
              "phase": "load",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") %}"
            }
          },
          "Next": "ExecuteRollback"
        }
      ],
      "Assign": {
        "startType": "{% $states.result.ReplicationTasks[0].Status = \"ready\" ? \"start-replication\" : $states.result.ReplicationTasks[0].ReplicationTaskStats.FullLoadProgressPercent = 100 and $states.result.ReplicationTasks[0].ReplicationTaskStats.TablesErrored = 0 ? \"resume-processing\" : \"reload-target\" %}",
        "verdict": "{% $states.result.ReplicationTasks[0].Status = \"running\" and $states.result.ReplicationTasks[0].ReplicationTaskStats.TablesErrored > 0 and $count($reload) > 0 ? \"reload\" : $states.result.ReplicationTasks[0].Status in [\"running\", \"starting\"] ? \"running\" : $states.result.ReplicationTasks[0].Status in [\"ready\", \"stopped\", \"failed\"] ? \"start\" : $states.result.ReplicationTasks[0].Status in [\"creating\", \"modifying\", \"testing\", \"stopping\", \"moving\"] and $turns + 1 < 40 ? \"wait\" : \"fail\" %}",
        "reason": "{% \"the task is \" & $string($states.result.ReplicationTasks[0].Status) %}",
        "turns": "{% $turns + 1 %}"
      },
      "Output": {},
      "Next": "ChooseReplication"
    },
    "ChooseReplication": {
      "Type": "Choice",
      "Comment": "{\"phase\":\"load\",\"effects\":[],\"does\":\"starts the task unless it runs\",\"node\":\"cutover \\\"ledger\\\"\"}",
      "Choices": [
        {
          "Condition": "{% $verdict = \"running\" %}",
          "Assign": { "turns": 0 },
          "Next": "WaitForReplication"
        },
        { "Condition": "{% $verdict = \"start\" %}", "Assign": { "turns": 0 }, "Next": "StartReplication" },
        { "Condition": "{% $verdict = \"reload\" %}", "Assign": { "turns": 0 }, "Next": "ReloadTables" },
        { "Condition": "{% $verdict = \"wait\" %}", "Next": "WaitForTask" }
      ],
      "Default": "ExecuteRollback",
      "Assign": {
        "failure": {
          "state": "ChooseReplication",
          "phase": "load",
          "error": "Migration.GateFailed",
          "cause": "{% $reason %}"
        },
        "gates": "{% $append($gates, [{ \"gate\": \"ChooseReplication\", \"is\": \"shut\", \"at\": $states.context.State.EnteredTime, \"found\": $reason }]) %}"
      }
    },
    "StartReplication": {
      "Type": "Task",
      "Comment": "{\"phase\":\"load\",\"effects\":[\"start-forward\"],\"does\":\"starts the full load, begins it anew if it has not finished, or resumes where the task stopped\",\"node\":\"cutover \\\"ledger\\\"\",\"repeat\":\"already\"}",
      "Resource": "arn:aws:states:::aws-sdk:databasemigration:startReplicationTask",
      "Arguments": {
        "ReplicationTaskArn": "{% $states.context.Execution.RedriveCount = $redrives ? \"arn:aws:dms:us-east-1:111111111111:task:fqzc2m-payments-ledger-fwd-dev\" : $error(\"a redrive cannot begin here: the lock is not confirmed\") %}",
        "StartReplicationTaskType": "{% $startType %}"
      },
      "TimeoutSeconds": 60,
      "Retry": [
        {
          "ErrorEquals": [
            "DatabaseMigration.DatabaseMigrationException",
            "DatabaseMigration.SdkClientException"
          ],
          "IntervalSeconds": 2,
          "MaxAttempts": 5,
          "BackoffRate": 2,
          "MaxDelaySeconds": 60,
          "JitterStrategy": "FULL"
        },
        {
          "ErrorEquals": ["DatabaseMigration.InvalidResourceStateException"],
          "IntervalSeconds": 15,
          "MaxAttempts": 4,
          "BackoffRate": 2,
          "MaxDelaySeconds": 120,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        { "ErrorEquals": ["DatabaseMigration.InvalidResourceStateException"], "Next": "WaitForReplication" },
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "StartReplication",
              "phase": "load",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") %}"
            }
          },
          "Next": "ExecuteRollback"
        }
      ],
      "Output": {},
      "Next": "WaitForReplication"
    },
    "ReloadTables": {
      "Type": "Task",
      "Comment": "{\"phase\":\"load\",\"effects\":[\"reload-tables\"],\"does\":\"loads the tables again that the task has suspended\",\"node\":\"cutover \\\"ledger\\\"\",\"repeat\":\"sets\"}",
      "Resource": "arn:aws:states:::aws-sdk:databasemigration:reloadTables",
      "Arguments": {
        "ReplicationTaskArn": "{% $states.context.Execution.RedriveCount = $redrives ? \"arn:aws:dms:us-east-1:111111111111:task:fqzc2m-payments-ledger-fwd-dev\" : $error(\"a redrive cannot begin here: the lock is not confirmed\") %}",
        "TablesToReload": "{% $reload %}",
        "ReloadOption": "data-reload"
      },
      "TimeoutSeconds": 60,
      "Retry": [
        {
          "ErrorEquals": ["DatabaseMigration.DatabaseMigrationException"],
          "IntervalSeconds": 2,
          "MaxAttempts": 5,
          "BackoffRate": 2,
          "MaxDelaySeconds": 60,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        {
          "ErrorEquals": ["DatabaseMigration.SdkClientException", "States.Timeout"],
          "Next": "WaitForReplication"
        },
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "ReloadTables",
              "phase": "load",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") %}"
            }
          },
          "Next": "ExecuteRollback"
        }
      ],
      "Output": {},
      "Next": "WaitForReplication"
    },
    "WaitForReplication": {
      "Type": "Wait",
      "Comment": "{\"phase\":\"load\",\"effects\":[],\"does\":\"waits before the next poll\",\"node\":\"cutover \\\"ledger\\\"\"}",
      "Seconds": "{% $min([1200, 30 + 30 * $turns]) %}",
      "Next": "PollFullLoad"
    },
    "PollFullLoad": {
      "Type": "Task",
      "Comment": "{\"phase\":\"load\",\"effects\":[],\"does\":\"reads the progress of the full load\",\"node\":\"cutover \\\"ledger\\\"\",\"repeat\":\"reads\"}",
      "Resource": "arn:aws:states:::aws-sdk:databasemigration:describeReplicationTasks",
      "Arguments": {
        "Filters": [
          {
            "Name": "replication-task-arn",
            "Values": ["arn:aws:dms:us-east-1:111111111111:task:fqzc2m-payments-ledger-fwd-dev"]
          }
        ],
        "WithoutSettings": true
      },
      "TimeoutSeconds": 60,
      "Retry": [
        {
          "ErrorEquals": [
            "DatabaseMigration.DatabaseMigrationException",
            "DatabaseMigration.SdkClientException"
          ],
          "IntervalSeconds": 2,
          "MaxAttempts": 5,
          "BackoffRate": 2,
          "MaxDelaySeconds": 60,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "PollFullLoad",
              "phase": "load",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") %}"
            }
          },
          "Next": "ExecuteRollback"
        }
      ],
      "Assign": {
        "verdict": "{% ($states.result.ReplicationTasks[0].Status = \"running\" and $states.result.ReplicationTasks[0].ReplicationTaskStats.FullLoadProgressPercent = 100 and $states.result.ReplicationTasks[0].ReplicationTaskStats.TablesErrored = 0) ? \"pass\" : (($states.result.ReplicationTasks[0].Status in [\"failed\", \"stopped\", \"stopping\", \"deleting\", \"failed-move\"] or $states.result.ReplicationTasks[0].ReplicationTaskStats.TablesErrored > 0 and ($count($reload) = 0 or $turns >= 4)) or $turns + 1 >= 400) ? \"fail\" : \"wait\" %}",
        "reason": "{% \"the task is \" & $string($states.result.ReplicationTasks[0].Status) & \", loaded \" & $string($states.result.ReplicationTasks[0].ReplicationTaskStats.FullLoadProgressPercent) & \" %, tables in error \" & $string($states.result.ReplicationTasks[0].ReplicationTaskStats.TablesErrored) %}",
        "turns": "{% $turns + 1 %}"
      },
      "Output": {},
      "Next": "CheckFullLoad"
    },
    "CheckFullLoad": {
      "Type": "Choice",
      "Comment": "{\"phase\":\"load\",\"effects\":[\"full-load\"],\"does\":\"continues when all tables are loaded\",\"node\":\"cutover \\\"ledger\\\"\"}",
      "Choices": [
        {
          "Condition": "{% $verdict = \"pass\" %}",
          "Assign": {
            "turns": 0,
            "quiet": 0,
            "unknown": 0,
            "verdict": "wait",
            "gates": "{% $append($gates, [{ \"gate\": \"CheckFullLoad\", \"is\": \"open\", \"at\": $states.context.State.EnteredTime, \"found\": $reason }]) %}"
          },
          "Next": "MeasureLag"
        },
        { "Condition": "{% $verdict = \"wait\" %}", "Next": "WaitForReplication" }
      ],
      "Default": "ExecuteRollback",
      "Assign": {
        "failure": {
          "state": "CheckFullLoad",
          "phase": "load",
          "error": "Migration.GateFailed",
          "cause": "{% $reason %}"
        },
        "gates": "{% $append($gates, [{ \"gate\": \"CheckFullLoad\", \"is\": \"shut\", \"at\": $states.context.State.EnteredTime, \"found\": $reason }]) %}"
      }
    },
    "WaitForLag": {
      "Type": "Wait",
      "Comment": "{\"phase\":\"replicate\",\"effects\":[],\"does\":\"waits before the next poll\",\"node\":\"cutover \\\"ledger\\\" > lag\"}",
      "Seconds": 60,
      "Next": "MeasureLag"
    },
    "MeasureLag": {
      "Type": "Task",
      "Comment": "{\"phase\":\"replicate\",\"effects\":[],\"does\":\"measures the lag of the target\",\"node\":\"cutover \\\"ledger\\\" > lag\",\"repeat\":\"reads\"}",
      "Resource": "arn:aws:states:::aws-sdk:cloudwatch:getMetricData",
      "Arguments": {
        "StartTime": "{% $fromMillis($toMillis($states.context.State.EnteredTime) - 180000) %}",
        "EndTime": "{% $states.context.State.EnteredTime %}",
        "ScanBy": "TimestampDescending",
        "MetricDataQueries": [
          {
            "Id": "source",
            "MetricStat": {
              "Metric": {
                "Namespace": "AWS/DMS",
                "MetricName": "CDCLatencySource",
                "Dimensions": [
                  { "Name": "ReplicationInstanceIdentifier", "Value": "payments-ledger-replication-dev" },
                  { "Name": "ReplicationTaskIdentifier", "Value": "fqzc2m-payments-ledger-fwd-dev" }
                ]
              },
              "Period": 60,
              "Stat": "Maximum"
            },
            "ReturnData": true
          },
          {
            "Id": "target",
            "MetricStat": {
              "Metric": {
                "Namespace": "AWS/DMS",
                "MetricName": "CDCLatencyTarget",
                "Dimensions": [
                  { "Name": "ReplicationInstanceIdentifier", "Value": "payments-ledger-replication-dev" },
                  { "Name": "ReplicationTaskIdentifier", "Value": "fqzc2m-payments-ledger-fwd-dev" }
                ]
              },
              "Period": 60,
              "Stat": "Maximum"
            },
            "ReturnData": true
          }
        ]
      },
      "TimeoutSeconds": 30,
      "Retry": [
        {
          "ErrorEquals": ["CloudWatch.CloudWatchException", "CloudWatch.SdkClientException"],
          "IntervalSeconds": 2,
          "MaxAttempts": 5,
          "BackoffRate": 2,
          "MaxDelaySeconds": 60,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "MeasureLag",
              "phase": "replicate",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") %}"
            }
          },
          "Next": "ExecuteRollback"
        }
      ],
      "Assign": {
        "verdict": "{% ($exists($states.result.MetricDataResults[Id = \"source\"].Values[0]) and $exists($states.result.MetricDataResults[Id = \"target\"].Values[0]) and $states.result.MetricDataResults[Id = \"source\"].Values[0] + $states.result.MetricDataResults[Id = \"target\"].Values[0] < 5 and $quiet + 1 >= 5) ? \"pass\" : ((false) or $turns + 1 >= 485) ? \"fail\" : \"wait\" %}",
        "quiet": "{% ($exists($states.result.MetricDataResults[Id = \"source\"].Values[0]) and $exists($states.result.MetricDataResults[Id = \"target\"].Values[0]) and $states.result.MetricDataResults[Id = \"source\"].Values[0] + $states.result.MetricDataResults[Id = \"target\"].Values[0] < 5) ? $quiet + 1 : 0 %}",
        "reason": "{% \"lag \" & (($exists($states.result.MetricDataResults[Id = \"source\"].Values[0]) and $exists($states.result.MetricDataResults[Id = \"target\"].Values[0])) ? $string($states.result.MetricDataResults[Id = \"source\"].Values[0] + $states.result.MetricDataResults[Id = \"target\"].Values[0]) & \" s\" : \"unknown\") & \", the gate opens below 5 s after 5 values in a row\" %}",
        "turns": "{% $turns + 1 %}"
      },
      "Output": {},
      "Next": "CheckLag"
    },
    "CheckLag": {
      "Type": "Choice",
      "Comment": "{\"phase\":\"replicate\",\"effects\":[\"lag-gate\"],\"does\":\"continues when the lag has stayed below the gate\",\"node\":\"cutover \\\"ledger\\\" > lag\",\"hold\":{\"answers\":5}}",
      "Choices": [
        {
          "Condition": "{% $verdict = \"pass\" %}",
          "Assign": {
            "turns": 0,
            "quiet": 0,
            "unknown": 0,
            "verdict": "wait",
            "gates": "{% $append($gates, [{ \"gate\": \"CheckLag\", \"is\": \"open\", \"at\": $states.context.State.EnteredTime, \"found\": $reason }]) %}"
          },
          "Next": "PlanValidation"
        },
        { "Condition": "{% $verdict = \"wait\" %}", "Next": "WaitForLag" }
      ],
      "Default": "ExecuteRollback",
      "Assign": {
        "failure": {
          "state": "CheckLag",
          "phase": "replicate",
          "error": "Migration.GateFailed",
          "cause": "{% $reason %}"
        },
        "gates": "{% $append($gates, [{ \"gate\": \"CheckLag\", \"is\": \"shut\", \"at\": $states.context.State.EnteredTime, \"found\": $reason }]) %}"
      }
    },
    "PlanValidation": {
      "Type": "Task",
      "Comment": "{\"phase\":\"validate\",\"effects\":[],\"does\":\"divides all tables into groups of chunks\",\"node\":\"cutover \\\"ledger\\\"\",\"repeat\":\"promised\"}",
      "Resource": "arn:aws:states:::lambda:invoke",
      "Arguments": {
        "FunctionName": "arn:aws:lambda:us-east-1:111111111111:function:payments-data-validator-dev",
        "Payload": {
          "action": "plan",
          "run": {
            "migration": "payments",
            "environment": "dev",
            "cutover": "ledger",
            "execution": "{% $execution %}"
          }
        }
      },
      "TimeoutSeconds": 910,
      "Retry": [
        {
          "ErrorEquals": [
            "Lambda.ServiceException",
            "Lambda.AWSLambdaException",
            "Lambda.SdkClientException",
            "Lambda.TooManyRequestsException",
            "Lambda.Unknown",
            "Sandbox.Timedout",
            "Lambda.ClientExecutionTimeoutException"
          ],
          "IntervalSeconds": 2,
          "MaxAttempts": 5,
          "BackoffRate": 2,
          "MaxDelaySeconds": 60,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "PlanValidation",
              "phase": "validate",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") %}"
            }
          },
          "Next": "ExecuteRollback"
        }
      ],
      "Assign": {
        "confirmed": "{% ($exists($states.result.Payload.pass) and $exists($states.result.Payload.groups)) ? true : $error(\"there is no plan\") %}",
        "pass": "{% $states.result.Payload.pass %}",
        "groups": "{% $states.result.Payload.groups %}",
        "groupCount": "{% $count($states.result.Payload.groups) %}"
      },
      "Output": {},
      "Next": "ValidateData"
    },
    "ValidateData": {
      "Type": "Map",
      "Comment": "{\"phase\":\"validate\",\"effects\":[],\"does\":\"compares both sides, 8 groups at once\",\"node\":\"cutover \\\"ledger\\\" > checksums\"}",
      "Items": "{% $groups %}",
      "ItemSelector": {
        "action": "chunk",
        "run": {
          "migration": "payments",
          "environment": "dev",
          "cutover": "ledger",
          "execution": "{% $execution %}"
        },
        "pass": "{% $pass %}",
        "group": "{% $states.context.Map.Item.Value %}",
        "cursor": "{% \"\" %}"
      },
      "MaxConcurrency": 8,
      "Label": "validate",
      "ToleratedFailureCount": 0,
      "ItemProcessor": {
        "ProcessorConfig": { "Mode": "DISTRIBUTED", "ExecutionType": "STANDARD" },
        "StartAt": "BeginGroup",
        "States": {
          "BeginGroup": {
            "Type": "Pass",
            "Comment": "{\"phase\":\"validate\",\"effects\":[],\"does\":\"reads the input of a group\",\"node\":\"cutover \\\"ledger\\\" > checksums\"}",
            "Assign": {
              "chunk": "{% $states.input %}",
              "cursor": "{% \"\" %}",
              "groupTurns": 0,
              "groupVerdict": "wait"
            },
            "Next": "CompareGroup"
          },
          "CompareGroup": {
            "Type": "Task",
            "Comment": "{\"phase\":\"validate\",\"effects\":[],\"does\":\"compares the rows of a group\",\"node\":\"cutover \\\"ledger\\\" > checksums\",\"repeat\":\"promised\"}",
            "Resource": "arn:aws:states:::lambda:invoke",
            "Arguments": {
              "FunctionName": "arn:aws:lambda:us-east-1:111111111111:function:payments-data-validator-dev",
              "Payload": {
                "action": "chunk",
                "run": "{% $chunk.run %}",
                "pass": "{% $chunk.pass %}",
                "group": "{% $chunk.group %}",
                "cursor": "{% $cursor %}"
              }
            },
            "TimeoutSeconds": 910,
            "Retry": [
              {
                "ErrorEquals": [
                  "Lambda.ServiceException",
                  "Lambda.AWSLambdaException",
                  "Lambda.SdkClientException",
                  "Lambda.TooManyRequestsException",
                  "Lambda.Unknown",
                  "Sandbox.Timedout",
                  "Lambda.ClientExecutionTimeoutException"
                ],
                "IntervalSeconds": 2,
                "MaxAttempts": 5,
                "BackoffRate": 2,
                "MaxDelaySeconds": 60,
                "JitterStrategy": "FULL"
              }
            ],
            "Assign": {
              "groupVerdict": "{% ($states.result.Payload.complete = true) ? \"pass\" : (($not($states.result.Payload.complete = false)) or $groupTurns + 1 >= 8) ? \"fail\" : \"wait\" %}",
              "cursor": "{% $exists($states.result.Payload.cursor) ? $states.result.Payload.cursor : \"\" %}",
              "groupTurns": "{% $groupTurns + 1 %}"
            },
            "Output": {},
            "Next": "CheckGroup"
          },
          "CheckGroup": {
            "Type": "Choice",
            "Comment": "{\"phase\":\"validate\",\"effects\":[],\"does\":\"continues until the comparison of the group is complete\",\"node\":\"cutover \\\"ledger\\\" > checksums\"}",
            "Choices": [
              { "Condition": "{% $groupVerdict = \"pass\" %}", "Next": "GroupCompared" },
              { "Condition": "{% $groupVerdict = \"wait\" %}", "Next": "WaitForGroup" }
            ],
            "Default": "GroupFailed"
          },
          "WaitForGroup": {
            "Type": "Wait",
            "Comment": "{\"phase\":\"validate\",\"effects\":[],\"does\":\"waits before the next part of the group\",\"node\":\"cutover \\\"ledger\\\" > checksums\"}",
            "Seconds": 1,
            "Next": "CompareGroup"
          },
          "GroupCompared": {
            "Type": "Succeed",
            "Comment": "{\"phase\":\"validate\",\"effects\":[],\"does\":\"ends the group\",\"node\":\"cutover \\\"ledger\\\" > checksums\"}",
            "Output": {}
          },
          "GroupFailed": {
            "Type": "Fail",
            "Comment": "{\"phase\":\"validate\",\"effects\":[],\"does\":\"ends the group, and with it the validation\",\"node\":\"cutover \\\"ledger\\\" > checksums\"}",
            "Error": "Migration.GroupUnfinished",
            "Cause": "{% \"group \" & $string($chunk.group.number) & \" of \" & $chunk.group.table %}"
          }
        }
      },
      "Catch": [
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "ValidateData",
              "phase": "validate",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") %}"
            }
          },
          "Next": "ExecuteRollback"
        }
      ],
      "Assign": { "groups": [] },
      "Output": {},
      "Next": "SummariseValidation"
    },
    "SummariseValidation": {
      "Type": "Task",
      "Comment": "{\"phase\":\"validate\",\"effects\":[],\"does\":\"adds up the results of all groups, and compares counts and invariants\",\"node\":\"cutover \\\"ledger\\\"\",\"repeat\":\"promised\"}",
      "Resource": "arn:aws:states:::lambda:invoke",
      "Arguments": {
        "FunctionName": "arn:aws:lambda:us-east-1:111111111111:function:payments-data-validator-dev",
        "Payload": {
          "action": "summarise",
          "run": {
            "migration": "payments",
            "environment": "dev",
            "cutover": "ledger",
            "execution": "{% $execution %}"
          },
          "pass": "{% $pass %}",
          "groups": "{% $groupCount %}"
        }
      },
      "TimeoutSeconds": 910,
      "Retry": [
        {
          "ErrorEquals": [
            "Lambda.ServiceException",
            "Lambda.AWSLambdaException",
            "Lambda.SdkClientException",
            "Lambda.TooManyRequestsException",
            "Lambda.Unknown",
            "Sandbox.Timedout",
            "Lambda.ClientExecutionTimeoutException"
          ],
          "IntervalSeconds": 2,
          "MaxAttempts": 5,
          "BackoffRate": 2,
          "MaxDelaySeconds": 60,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "SummariseValidation",
              "phase": "validate",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") %}"
            }
          },
          "Next": "ExecuteRollback"
        }
      ],
      "Assign": {
        "verdict": "{% ($states.result.Payload.complete = true and $states.result.Payload.mismatched = 0 and $states.result.Payload.errors = 0) ? \"pass\" : ((true) or $turns + 1 >= 1) ? \"fail\" : \"wait\" %}",
        "reason": "{% \"mismatches \" & $string($states.result.Payload.mismatched) & \", errors \" & $string($states.result.Payload.errors) & \", matches \" & $string($states.result.Payload.matched) %}"
      },
      "Output": {},
      "Next": "CheckValidationResult"
    },
    "CheckValidationResult": {
      "Type": "Choice",
      "Comment": "{\"phase\":\"validate\",\"effects\":[\"validate\"],\"does\":\"continues when the comparison is complete and both sides are equal\",\"node\":\"cutover \\\"ledger\\\"\"}",
      "Choices": [
        {
          "Condition": "{% $verdict = \"pass\" %}",
          "Assign": {
            "turns": 0,
            "quiet": 0,
            "unknown": 0,
            "verdict": "wait",
            "gates": "{% $append($gates, [{ \"gate\": \"CheckValidationResult\", \"is\": \"open\", \"at\": $states.context.State.EnteredTime, \"found\": $reason }]) %}"
          },
          "Next": "ConfirmRehearsal"
        }
      ],
      "Default": "ExecuteRollback",
      "Assign": {
        "failure": {
          "state": "CheckValidationResult",
          "phase": "validate",
          "error": "Migration.GateFailed",
          "cause": "{% $reason %}"
        },
        "gates": "{% $append($gates, [{ \"gate\": \"CheckValidationResult\", \"is\": \"shut\", \"at\": $states.context.State.EnteredTime, \"found\": $reason }]) %}"
      }
    },
    "ConfirmRehearsal": {
      "Type": "Task",
      "Comment": "{\"phase\":\"validate\",\"effects\":[],\"does\":\"checks that this execution still holds the lock\",\"node\":\"cutover \\\"ledger\\\"\",\"repeat\":\"reads\"}",
      "Resource": "arn:aws:states:::aws-sdk:s3:getObject",
      "Arguments": {
        "Bucket": "payments-checkpoints-dev-111111111111",
        "Key": "ledger/lock.txt",
        "IfMatch": "{% $lock %}"
      },
      "TimeoutSeconds": 30,
      "Retry": [
        {
          "ErrorEquals": ["S3.S3Exception", "S3.SdkClientException"],
          "IntervalSeconds": 2,
          "MaxAttempts": 5,
          "BackoffRate": 2,
          "MaxDelaySeconds": 60,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "ConfirmRehearsal",
              "phase": "validate",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") %}"
            }
          },
          "Next": "ExecuteRollback"
        }
      ],
      "Assign": {
        "confirmed": "{% ($states.result.Body = $execution) ? true : $error(\"another execution has taken the lock over\") %}",
        "redrives": "{% $states.context.Execution.RedriveCount %}"
      },
      "Output": {},
      "Next": "RehearseReverse"
    },
    "WaitForRehearsal": {
      "Type": "Wait",
      "Comment": "{\"phase\":\"validate\",\"effects\":[],\"does\":\"waits before the next poll\",\"node\":\"cutover \\\"ledger\\\" > reverse\"}",
      "Seconds": 45,
      "Next": "RehearseReverse"
    },
    "RehearseReverse": {
      "Type": "Task",
      "Comment": "{\"phase\":\"validate\",\"effects\":[\"rehearse\"],\"does\":\"takes the next step of a rehearsal: a task carries a row from the target to the source\",\"node\":\"cutover \\\"ledger\\\" > reverse\",\"repeat\":\"promised\"}",
      "Resource": "arn:aws:states:::lambda:invoke",
      "Arguments": {
        "FunctionName": "arn:aws:lambda:us-east-1:111111111111:function:payments-reverse-slot-dev",
        "Payload": {
          "action": "rehearse",
          "run": {
            "migration": "payments",
            "environment": "dev",
            "cutover": "ledger",
            "execution": "{% $states.context.Execution.RedriveCount = $redrives ? $execution : $error(\"a redrive cannot begin here: the lock is not confirmed\") %}"
          }
        }
      },
      "TimeoutSeconds": 910,
      "Retry": [
        {
          "ErrorEquals": [
            "Lambda.ServiceException",
            "Lambda.AWSLambdaException",
            "Lambda.SdkClientException",
            "Lambda.TooManyRequestsException",
            "Lambda.Unknown",
            "Sandbox.Timedout",
            "Lambda.ClientExecutionTimeoutException"
          ],
          "IntervalSeconds": 2,
          "MaxAttempts": 5,
          "BackoffRate": 2,
          "MaxDelaySeconds": 60,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "RehearseReverse",
              "phase": "validate",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") %}"
            }
          },
          "Next": "ExecuteRollback"
        }
      ],
      "Assign": {
        "verdict": "{% ($states.result.Payload.complete = true) ? \"pass\" : (($not($states.result.Payload.complete = false)) or $turns + 1 >= 20) ? \"fail\" : \"wait\" %}",
        "reason": "{% \"the rehearsal task is \" & $string($states.result.Payload.status) & \", arrived: \" & $string($states.result.Payload.arrived) %}",
        "turns": "{% $turns + 1 %}"
      },
      "Output": {},
      "Next": "CheckRehearsal"
    },
    "CheckRehearsal": {
      "Type": "Choice",
      "Comment": "{\"phase\":\"validate\",\"effects\":[\"rehearsed\"],\"does\":\"continues when the row has arrived and the task of the rehearsal has stopped\",\"node\":\"cutover \\\"ledger\\\" > reverse\"}",
      "Choices": [
        {
          "Condition": "{% $verdict = \"pass\" %}",
          "Assign": {
            "turns": 0,
            "quiet": 0,
            "unknown": 0,
            "verdict": "wait",
            "gates": "{% $append($gates, [{ \"gate\": \"CheckRehearsal\", \"is\": \"open\", \"at\": $states.context.State.EnteredTime, \"found\": $reason }]) %}"
          },
          "Next": "ReadTargetHealth"
        },
        { "Condition": "{% $verdict = \"wait\" %}", "Next": "WaitForRehearsal" }
      ],
      "Default": "ExecuteRollback",
      "Assign": {
        "failure": {
          "state": "CheckRehearsal",
          "phase": "validate",
          "error": "Migration.GateFailed",
          "cause": "{% $reason %}"
        },
        "gates": "{% $append($gates, [{ \"gate\": \"CheckRehearsal\", \"is\": \"shut\", \"at\": $states.context.State.EnteredTime, \"found\": $reason }]) %}"
      }
    },
    "WaitForTargets": {
      "Type": "Wait",
      "Comment": "{\"phase\":\"shift\",\"effects\":[],\"does\":\"waits before the next poll\",\"node\":\"cutover \\\"ledger\\\" > strategy\"}",
      "Seconds": 30,
      "Next": "ReadTargetHealth"
    },
    "ReadTargetHealth": {
      "Type": "Task",
      "Comment": "{\"phase\":\"shift\",\"effects\":[],\"does\":\"checks that the target's compute is healthy\",\"node\":\"cutover \\\"ledger\\\" > strategy\",\"repeat\":\"reads\"}",
      "Resource": "arn:aws:states:::aws-sdk:elasticloadbalancingv2:describeTargetHealth",
      "Arguments": { "TargetGroupArn": "{% $targetTargets %}" },
      "TimeoutSeconds": 30,
      "Retry": [
        {
          "ErrorEquals": [
            "ElasticLoadBalancingV2.ElasticLoadBalancingV2Exception",
            "ElasticLoadBalancingV2.SdkClientException"
          ],
          "IntervalSeconds": 2,
          "MaxAttempts": 5,
          "BackoffRate": 2,
          "MaxDelaySeconds": 60,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "ReadTargetHealth",
              "phase": "shift",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") %}"
            }
          },
          "Next": "ExecuteRollback"
        }
      ],
      "Assign": {
        "verdict": "{% ($exists($states.result.TargetHealthDescriptions.TargetHealth.State) and $count($distinct([$states.result.TargetHealthDescriptions.TargetHealth.State])) = 1 and [$states.result.TargetHealthDescriptions.TargetHealth.State][0] = \"healthy\") ? \"pass\" : ((false) or $turns + 1 >= 20) ? \"fail\" : \"wait\" %}",
        "reason": "not all targets of the target's compute are healthy",
        "turns": "{% $turns + 1 %}"
      },
      "Output": {},
      "Next": "CheckTargetHealth"
    },
    "CheckTargetHealth": {
      "Type": "Choice",
      "Comment": "{\"phase\":\"shift\",\"effects\":[\"target-health\"],\"does\":\"continues when all targets are healthy\",\"node\":\"cutover \\\"ledger\\\" > strategy\"}",
      "Choices": [
        {
          "Condition": "{% $verdict = \"pass\" %}",
          "Assign": {
            "turns": 0,
            "quiet": 0,
            "unknown": 0,
            "verdict": "wait",
            "gates": "{% $append($gates, [{ \"gate\": \"CheckTargetHealth\", \"is\": \"open\", \"at\": $states.context.State.EnteredTime, \"found\": $reason }]) %}"
          },
          "Next": "ConfirmShift"
        },
        { "Condition": "{% $verdict = \"wait\" %}", "Next": "WaitForTargets" }
      ],
      "Default": "ExecuteRollback",
      "Assign": {
        "failure": {
          "state": "CheckTargetHealth",
          "phase": "shift",
          "error": "Migration.GateFailed",
          "cause": "{% $reason %}"
        },
        "gates": "{% $append($gates, [{ \"gate\": \"CheckTargetHealth\", \"is\": \"shut\", \"at\": $states.context.State.EnteredTime, \"found\": $reason }]) %}"
      }
    },
    "ConfirmShift": {
      "Type": "Task",
      "Comment": "{\"phase\":\"shift\",\"effects\":[],\"does\":\"checks that this execution still holds the lock\",\"node\":\"cutover \\\"ledger\\\" > strategy\",\"repeat\":\"reads\"}",
      "Resource": "arn:aws:states:::aws-sdk:s3:getObject",
      "Arguments": {
        "Bucket": "payments-checkpoints-dev-111111111111",
        "Key": "ledger/lock.txt",
        "IfMatch": "{% $lock %}"
      },
      "TimeoutSeconds": 30,
      "Retry": [
        {
          "ErrorEquals": ["S3.S3Exception", "S3.SdkClientException"],
          "IntervalSeconds": 2,
          "MaxAttempts": 5,
          "BackoffRate": 2,
          "MaxDelaySeconds": 60,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "ConfirmShift",
              "phase": "shift",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") %}"
            }
          },
          "Next": "ExecuteRollback"
        }
      ],
      "Assign": {
        "confirmed": "{% ($states.result.Body = $execution) ? true : $error(\"another execution has taken the lock over\") %}",
        "redrives": "{% $states.context.Execution.RedriveCount %}"
      },
      "Output": {},
      "Next": "CheckpointShift"
    },
    "CheckpointShift": {
      "Type": "Task",
      "Comment": "{\"phase\":\"shift\",\"effects\":[\"checkpoint\"],\"does\":\"records the start of the phase shift\",\"node\":\"cutover \\\"ledger\\\" > strategy\",\"repeat\":\"sets\"}",
      "Resource": "arn:aws:states:::aws-sdk:s3:putObject",
      "Arguments": {
        "Bucket": "payments-checkpoints-dev-111111111111",
        "Key": "ledger/checkpoint.json",
        "ContentType": "application/json",
        "Body": "{% $string({ \"phase\": \"shift\", \"execution\": $execution, \"at\": $states.context.State.EnteredTime, \"position\": $position }) %}"
      },
      "TimeoutSeconds": 30,
      "Retry": [
        {
          "ErrorEquals": ["S3.S3Exception", "S3.SdkClientException"],
          "IntervalSeconds": 2,
          "MaxAttempts": 5,
          "BackoffRate": 2,
          "MaxDelaySeconds": 60,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "CheckpointShift",
              "phase": "shift",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") %}"
            }
          },
          "Next": "ExecuteRollback"
        }
      ],
      "Output": {},
      "Next": "Shift10"
    },
    "Shift10": {
      "Type": "Task",
      "Comment": "{\"phase\":\"shift\",\"effects\":[\"shift:10\"],\"does\":\"sends 10 % of requests to the target's compute\",\"node\":\"cutover \\\"ledger\\\" > strategy\",\"repeat\":\"sets\"}",
      "Resource": "arn:aws:states:::aws-sdk:elasticloadbalancingv2:modifyRule",
      "Arguments": {
        "RuleArn": "{% $states.context.Execution.RedriveCount = $redrives ? $rule : $error(\"a redrive cannot begin here: the lock is not confirmed\") %}",
        "Actions": [
          {
            "Type": "forward",
            "ForwardConfig": {
              "TargetGroups": [
                { "TargetGroupArn": "{% $sourceTargets %}", "Weight": 90 },
                { "TargetGroupArn": "{% $targetTargets %}", "Weight": 10 }
              ]
            }
          }
        ]
      },
      "TimeoutSeconds": 30,
      "Retry": [
        {
          "ErrorEquals": [
            "ElasticLoadBalancingV2.ElasticLoadBalancingV2Exception",
            "ElasticLoadBalancingV2.SdkClientException"
          ],
          "IntervalSeconds": 2,
          "MaxAttempts": 5,
          "BackoffRate": 2,
          "MaxDelaySeconds": 60,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "Shift10",
              "phase": "shift",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") %}"
            }
          },
          "Next": "ExecuteRollback"
        }
      ],
      "Assign": { "shiftedAt": "{% $toMillis($states.context.State.EnteredTime) %}", "arrived": "unknown" },
      "Output": {},
      "Next": "Bake10"
    },
    "NotifyRequests10": {
      "Type": "Task",
      "Comment": "{\"phase\":\"shift\",\"effects\":[],\"does\":\"notifies the operations team that too few requests arrive\",\"node\":\"cutover \\\"ledger\\\" > strategy\",\"repeat\":\"tells\"}",
      "Resource": "arn:aws:states:::sns:publish",
      "Arguments": {
        "TopicArn": "arn:aws:sns:us-east-1:111111111111:payments-notifications-dev",
        "Subject": "payments-migration-orchestration-dev: too few requests",
        "Message": "{% \"payments-migration-orchestration-dev: the target's compute gets 10 \\u0025 of the requests, and the step needs 100. Since the step, CloudWatch has counted \" & $string($requests) & \".\\u000a\\u000aWithout requests, quiet alarms prove nothing: the bake begins when they have arrived.\\u000aIf clients send none at this time, send some through the API: they count too.\\u000aIf too few arrive within 24 hours, the source serves all requests again, and replication continues.\" %}",
        "MessageAttributes": { "severity": { "DataType": "String", "StringValue": "warning" } }
      },
      "TimeoutSeconds": 30,
      "Retry": [
        {
          "ErrorEquals": ["States.TaskFailed"],
          "IntervalSeconds": 2,
          "MaxAttempts": 8,
          "BackoffRate": 2,
          "MaxDelaySeconds": 120,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [{ "ErrorEquals": ["States.ALL"], "Next": "Bake10" }],
      "Output": {},
      "Next": "Bake10"
    },
    "Bake10": {
      "Type": "Wait",
      "Comment": "{\"phase\":\"shift\",\"effects\":[],\"does\":\"waits before the next poll\",\"node\":\"cutover \\\"ledger\\\" > strategy\"}",
      "Seconds": "{% $arrived = \"yes\" ? (60) : $turns < 10 ? 60 : 2700 %}",
      "Next": "MeasureRequests10"
    },
    "MeasureRequests10": {
      "Type": "Task",
      "Comment": "{\"phase\":\"shift\",\"effects\":[],\"does\":\"counts the requests that have reached the target's compute since the step\",\"node\":\"cutover \\\"ledger\\\" > strategy\",\"repeat\":\"reads\"}",
      "Resource": "arn:aws:states:::aws-sdk:cloudwatch:getMetricData",
      "Arguments": {
        "StartTime": "{% $fromMillis($max([60000 * $ceil($shiftedAt / 60000), $toMillis($states.context.State.EnteredTime) - 86400000])) %}",
        "EndTime": "{% $states.context.State.EnteredTime %}",
        "MetricDataQueries": [
          {
            "Id": "requests",
            "MetricStat": {
              "Metric": {
                "Namespace": "AWS/ApplicationELB",
                "MetricName": "RequestCount",
                "Dimensions": [
                  { "Name": "LoadBalancer", "Value": "{% $loadBalancer %}" },
                  { "Name": "TargetGroup", "Value": "{% $targetGroup %}" }
                ]
              },
              "Period": 60,
              "Stat": "Sum"
            },
            "ReturnData": true
          }
        ]
      },
      "TimeoutSeconds": 30,
      "Retry": [
        {
          "ErrorEquals": ["CloudWatch.CloudWatchException", "CloudWatch.SdkClientException"],
          "IntervalSeconds": 2,
          "MaxAttempts": 5,
          "BackoffRate": 2,
          "MaxDelaySeconds": 60,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "MeasureRequests10",
              "phase": "shift",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") %}"
            }
          },
          "Next": "ExecuteRollback"
        }
      ],
      "Assign": {
        "requests": "{% $exists($states.result.MetricDataResults[Id = \"requests\"].Values[0]) ? $sum($states.result.MetricDataResults[Id = \"requests\"].Values) : 0 %}",
        "arrived": "{% $exists($states.result.MetricDataResults[Id = \"requests\"].Values[0]) ? ($sum($states.result.MetricDataResults[Id = \"requests\"].Values) >= 100 ? \"yes\" : \"no\") : \"unknown\" %}"
      },
      "Output": {},
      "Next": "ReadAlarms10"
    },
    "ReadAlarms10": {
      "Type": "Task",
      "Comment": "{\"phase\":\"shift\",\"effects\":[],\"does\":\"reads the alarm payments-ledger-gate-dev\",\"node\":\"cutover \\\"ledger\\\" > strategy\",\"repeat\":\"reads\"}",
      "Resource": "arn:aws:states:::aws-sdk:cloudwatch:describeAlarms",
      "Arguments": { "AlarmNames": ["payments-ledger-gate-dev"], "AlarmTypes": ["CompositeAlarm"] },
      "TimeoutSeconds": 30,
      "Retry": [
        {
          "ErrorEquals": ["CloudWatch.CloudWatchException", "CloudWatch.SdkClientException"],
          "IntervalSeconds": 2,
          "MaxAttempts": 5,
          "BackoffRate": 2,
          "MaxDelaySeconds": 60,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "ReadAlarms10",
              "phase": "shift",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") %}"
            }
          },
          "Next": "ExecuteRollback"
        }
      ],
      "Assign": {
        "verdict": "{% ($states.result.CompositeAlarms[0].StateValue = \"OK\" and $arrived = \"yes\" and $quiet + 1 >= 10) ? \"pass\" : ($states.result.CompositeAlarms[0].StateValue = \"ALARM\" or $not($states.result.CompositeAlarms[0].StateValue = \"OK\") and $unknown + 1 > 20 or $arrived != \"yes\" and $turns + 1 >= 42 or $turns + 1 >= 72) ? \"fail\" : ($arrived != \"yes\" and $turns + 1 = 10) ? \"notify\" : \"wait\" %}",
        "quiet": "{% ($states.result.CompositeAlarms[0].StateValue = \"OK\" and $arrived = \"yes\") ? $quiet + 1 : $quiet %}",
        "unknown": "{% ($states.result.CompositeAlarms[0].StateValue = \"OK\") ? 0 : $unknown + 1 %}",
        "reason": "{% \"the alarm is \" & ($exists($states.result.CompositeAlarms[0].StateValue) ? $states.result.CompositeAlarms[0].StateValue : \"absent\") & \", requests: \" & $string($requests) & \" of 100, arrived: \" & $arrived %}",
        "turns": "{% $turns + 1 %}"
      },
      "Output": {},
      "Next": "CheckAlarms10"
    },
    "CheckAlarms10": {
      "Type": "Choice",
      "Comment": "{\"phase\":\"shift\",\"effects\":[\"alarm-gate\",\"request-gate\"],\"does\":\"continues when 100 requests have arrived and the alarm was quiet for 10m since\",\"node\":\"cutover \\\"ledger\\\" > strategy\",\"hold\":{\"seconds\":600}}",
      "Choices": [
        {
          "Condition": "{% $verdict = \"pass\" %}",
          "Assign": {
            "turns": 0,
            "quiet": 0,
            "unknown": 0,
            "verdict": "wait",
            "gates": "{% $append($gates, [{ \"gate\": \"CheckAlarms10\", \"is\": \"open\", \"at\": $states.context.State.EnteredTime, \"found\": $reason }]) %}"
          },
          "Next": "ConfirmShift50"
        },
        { "Condition": "{% $verdict = \"notify\" %}", "Next": "NotifyRequests10" },
        { "Condition": "{% $verdict = \"wait\" %}", "Next": "Bake10" }
      ],
      "Default": "ExecuteRollback",
      "Assign": {
        "failure": {
          "state": "CheckAlarms10",
          "phase": "shift",
          "error": "Migration.GateFailed",
          "cause": "{% $reason %}"
        },
        "gates": "{% $append($gates, [{ \"gate\": \"CheckAlarms10\", \"is\": \"shut\", \"at\": $states.context.State.EnteredTime, \"found\": $reason }]) %}"
      }
    },
    "ConfirmShift50": {
      "Type": "Task",
      "Comment": "{\"phase\":\"shift\",\"effects\":[],\"does\":\"checks that this execution still holds the lock\",\"node\":\"cutover \\\"ledger\\\" > strategy\",\"repeat\":\"reads\"}",
      "Resource": "arn:aws:states:::aws-sdk:s3:getObject",
      "Arguments": {
        "Bucket": "payments-checkpoints-dev-111111111111",
        "Key": "ledger/lock.txt",
        "IfMatch": "{% $lock %}"
      },
      "TimeoutSeconds": 30,
      "Retry": [
        {
          "ErrorEquals": ["S3.S3Exception", "S3.SdkClientException"],
          "IntervalSeconds": 2,
          "MaxAttempts": 5,
          "BackoffRate": 2,
          "MaxDelaySeconds": 60,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "ConfirmShift50",
              "phase": "shift",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") %}"
            }
          },
          "Next": "ExecuteRollback"
        }
      ],
      "Assign": {
        "confirmed": "{% ($states.result.Body = $execution) ? true : $error(\"another execution has taken the lock over\") %}",
        "redrives": "{% $states.context.Execution.RedriveCount %}"
      },
      "Output": {},
      "Next": "Shift50"
    },
    "Shift50": {
      "Type": "Task",
      "Comment": "{\"phase\":\"shift\",\"effects\":[\"shift:50\"],\"does\":\"sends 50 % of requests to the target's compute\",\"node\":\"cutover \\\"ledger\\\" > strategy\",\"repeat\":\"sets\"}",
      "Resource": "arn:aws:states:::aws-sdk:elasticloadbalancingv2:modifyRule",
      "Arguments": {
        "RuleArn": "{% $states.context.Execution.RedriveCount = $redrives ? $rule : $error(\"a redrive cannot begin here: the lock is not confirmed\") %}",
        "Actions": [
          {
            "Type": "forward",
            "ForwardConfig": {
              "TargetGroups": [
                { "TargetGroupArn": "{% $sourceTargets %}", "Weight": 50 },
                { "TargetGroupArn": "{% $targetTargets %}", "Weight": 50 }
              ]
            }
          }
        ]
      },
      "TimeoutSeconds": 30,
      "Retry": [
        {
          "ErrorEquals": [
            "ElasticLoadBalancingV2.ElasticLoadBalancingV2Exception",
            "ElasticLoadBalancingV2.SdkClientException"
          ],
          "IntervalSeconds": 2,
          "MaxAttempts": 5,
          "BackoffRate": 2,
          "MaxDelaySeconds": 60,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "Shift50",
              "phase": "shift",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") %}"
            }
          },
          "Next": "ExecuteRollback"
        }
      ],
      "Assign": { "shiftedAt": "{% $toMillis($states.context.State.EnteredTime) %}", "arrived": "unknown" },
      "Output": {},
      "Next": "Bake50"
    },
    "NotifyRequests50": {
      "Type": "Task",
      "Comment": "{\"phase\":\"shift\",\"effects\":[],\"does\":\"notifies the operations team that too few requests arrive\",\"node\":\"cutover \\\"ledger\\\" > strategy\",\"repeat\":\"tells\"}",
      "Resource": "arn:aws:states:::sns:publish",
      "Arguments": {
        "TopicArn": "arn:aws:sns:us-east-1:111111111111:payments-notifications-dev",
        "Subject": "payments-migration-orchestration-dev: too few requests",
        "Message": "{% \"payments-migration-orchestration-dev: the target's compute gets 50 \\u0025 of the requests, and the step needs 500. Since the step, CloudWatch has counted \" & $string($requests) & \".\\u000a\\u000aWithout requests, quiet alarms prove nothing: the bake begins when they have arrived.\\u000aIf clients send none at this time, send some through the API: they count too.\\u000aIf too few arrive within 24 hours, the source serves all requests again, and replication continues.\" %}",
        "MessageAttributes": { "severity": { "DataType": "String", "StringValue": "warning" } }
      },
      "TimeoutSeconds": 30,
      "Retry": [
        {
          "ErrorEquals": ["States.TaskFailed"],
          "IntervalSeconds": 2,
          "MaxAttempts": 8,
          "BackoffRate": 2,
          "MaxDelaySeconds": 120,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [{ "ErrorEquals": ["States.ALL"], "Next": "Bake50" }],
      "Output": {},
      "Next": "Bake50"
    },
    "Bake50": {
      "Type": "Wait",
      "Comment": "{\"phase\":\"shift\",\"effects\":[],\"does\":\"waits before the next poll\",\"node\":\"cutover \\\"ledger\\\" > strategy\"}",
      "Seconds": "{% $arrived = \"yes\" ? (60) : $turns < 15 ? 60 : 2700 %}",
      "Next": "MeasureRequests50"
    },
    "MeasureRequests50": {
      "Type": "Task",
      "Comment": "{\"phase\":\"shift\",\"effects\":[],\"does\":\"counts the requests that have reached the target's compute since the step\",\"node\":\"cutover \\\"ledger\\\" > strategy\",\"repeat\":\"reads\"}",
      "Resource": "arn:aws:states:::aws-sdk:cloudwatch:getMetricData",
      "Arguments": {
        "StartTime": "{% $fromMillis($max([60000 * $ceil($shiftedAt / 60000), $toMillis($states.context.State.EnteredTime) - 86400000])) %}",
        "EndTime": "{% $states.context.State.EnteredTime %}",
        "MetricDataQueries": [
          {
            "Id": "requests",
            "MetricStat": {
              "Metric": {
                "Namespace": "AWS/ApplicationELB",
                "MetricName": "RequestCount",
                "Dimensions": [
                  { "Name": "LoadBalancer", "Value": "{% $loadBalancer %}" },
                  { "Name": "TargetGroup", "Value": "{% $targetGroup %}" }
                ]
              },
              "Period": 60,
              "Stat": "Sum"
            },
            "ReturnData": true
          }
        ]
      },
      "TimeoutSeconds": 30,
      "Retry": [
        {
          "ErrorEquals": ["CloudWatch.CloudWatchException", "CloudWatch.SdkClientException"],
          "IntervalSeconds": 2,
          "MaxAttempts": 5,
          "BackoffRate": 2,
          "MaxDelaySeconds": 60,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "MeasureRequests50",
              "phase": "shift",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") %}"
            }
          },
          "Next": "ExecuteRollback"
        }
      ],
      "Assign": {
        "requests": "{% $exists($states.result.MetricDataResults[Id = \"requests\"].Values[0]) ? $sum($states.result.MetricDataResults[Id = \"requests\"].Values) : 0 %}",
        "arrived": "{% $exists($states.result.MetricDataResults[Id = \"requests\"].Values[0]) ? ($sum($states.result.MetricDataResults[Id = \"requests\"].Values) >= 500 ? \"yes\" : \"no\") : \"unknown\" %}"
      },
      "Output": {},
      "Next": "ReadAlarms50"
    },
    "ReadAlarms50": {
      "Type": "Task",
      "Comment": "{\"phase\":\"shift\",\"effects\":[],\"does\":\"reads the alarm payments-ledger-gate-dev\",\"node\":\"cutover \\\"ledger\\\" > strategy\",\"repeat\":\"reads\"}",
      "Resource": "arn:aws:states:::aws-sdk:cloudwatch:describeAlarms",
      "Arguments": { "AlarmNames": ["payments-ledger-gate-dev"], "AlarmTypes": ["CompositeAlarm"] },
      "TimeoutSeconds": 30,
      "Retry": [
        {
          "ErrorEquals": ["CloudWatch.CloudWatchException", "CloudWatch.SdkClientException"],
          "IntervalSeconds": 2,
          "MaxAttempts": 5,
          "BackoffRate": 2,
          "MaxDelaySeconds": 60,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "ReadAlarms50",
              "phase": "shift",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") %}"
            }
          },
          "Next": "ExecuteRollback"
        }
      ],
      "Assign": {
        "verdict": "{% ($states.result.CompositeAlarms[0].StateValue = \"OK\" and $arrived = \"yes\" and $quiet + 1 >= 15) ? \"pass\" : ($states.result.CompositeAlarms[0].StateValue = \"ALARM\" or $not($states.result.CompositeAlarms[0].StateValue = \"OK\") and $unknown + 1 > 20 or $arrived != \"yes\" and $turns + 1 >= 47 or $turns + 1 >= 82) ? \"fail\" : ($arrived != \"yes\" and $turns + 1 = 15) ? \"notify\" : \"wait\" %}",
        "quiet": "{% ($states.result.CompositeAlarms[0].StateValue = \"OK\" and $arrived = \"yes\") ? $quiet + 1 : $quiet %}",
        "unknown": "{% ($states.result.CompositeAlarms[0].StateValue = \"OK\") ? 0 : $unknown + 1 %}",
        "reason": "{% \"the alarm is \" & ($exists($states.result.CompositeAlarms[0].StateValue) ? $states.result.CompositeAlarms[0].StateValue : \"absent\") & \", requests: \" & $string($requests) & \" of 500, arrived: \" & $arrived %}",
        "turns": "{% $turns + 1 %}"
      },
      "Output": {},
      "Next": "CheckAlarms50"
    },
    "CheckAlarms50": {
      "Type": "Choice",
      "Comment": "{\"phase\":\"shift\",\"effects\":[\"alarm-gate\",\"request-gate\"],\"does\":\"continues when 500 requests have arrived and the alarm was quiet for 15m since\",\"node\":\"cutover \\\"ledger\\\" > strategy\",\"hold\":{\"seconds\":900}}",
      "Choices": [
        {
          "Condition": "{% $verdict = \"pass\" %}",
          "Assign": {
            "turns": 0,
            "quiet": 0,
            "unknown": 0,
            "verdict": "wait",
            "gates": "{% $append($gates, [{ \"gate\": \"CheckAlarms50\", \"is\": \"open\", \"at\": $states.context.State.EnteredTime, \"found\": $reason }]) %}"
          },
          "Next": "ConfirmShift100"
        },
        { "Condition": "{% $verdict = \"notify\" %}", "Next": "NotifyRequests50" },
        { "Condition": "{% $verdict = \"wait\" %}", "Next": "Bake50" }
      ],
      "Default": "ExecuteRollback",
      "Assign": {
        "failure": {
          "state": "CheckAlarms50",
          "phase": "shift",
          "error": "Migration.GateFailed",
          "cause": "{% $reason %}"
        },
        "gates": "{% $append($gates, [{ \"gate\": \"CheckAlarms50\", \"is\": \"shut\", \"at\": $states.context.State.EnteredTime, \"found\": $reason }]) %}"
      }
    },
    "ConfirmShift100": {
      "Type": "Task",
      "Comment": "{\"phase\":\"shift\",\"effects\":[],\"does\":\"checks that this execution still holds the lock\",\"node\":\"cutover \\\"ledger\\\" > strategy\",\"repeat\":\"reads\"}",
      "Resource": "arn:aws:states:::aws-sdk:s3:getObject",
      "Arguments": {
        "Bucket": "payments-checkpoints-dev-111111111111",
        "Key": "ledger/lock.txt",
        "IfMatch": "{% $lock %}"
      },
      "TimeoutSeconds": 30,
      "Retry": [
        {
          "ErrorEquals": ["S3.S3Exception", "S3.SdkClientException"],
          "IntervalSeconds": 2,
          "MaxAttempts": 5,
          "BackoffRate": 2,
          "MaxDelaySeconds": 60,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "ConfirmShift100",
              "phase": "shift",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") %}"
            }
          },
          "Next": "ExecuteRollback"
        }
      ],
      "Assign": {
        "confirmed": "{% ($states.result.Body = $execution) ? true : $error(\"another execution has taken the lock over\") %}",
        "redrives": "{% $states.context.Execution.RedriveCount %}"
      },
      "Output": {},
      "Next": "Shift100"
    },
    "Shift100": {
      "Type": "Task",
      "Comment": "{\"phase\":\"shift\",\"effects\":[\"shift:100\"],\"does\":\"sends 100 % of requests to the target's compute\",\"node\":\"cutover \\\"ledger\\\" > strategy\",\"repeat\":\"sets\"}",
      "Resource": "arn:aws:states:::aws-sdk:elasticloadbalancingv2:modifyRule",
      "Arguments": {
        "RuleArn": "{% $states.context.Execution.RedriveCount = $redrives ? $rule : $error(\"a redrive cannot begin here: the lock is not confirmed\") %}",
        "Actions": [
          {
            "Type": "forward",
            "ForwardConfig": {
              "TargetGroups": [
                { "TargetGroupArn": "{% $sourceTargets %}", "Weight": 0 },
                { "TargetGroupArn": "{% $targetTargets %}", "Weight": 100 }
              ]
            }
          }
        ]
      },
      "TimeoutSeconds": 30,
      "Retry": [
        {
          "ErrorEquals": [
            "ElasticLoadBalancingV2.ElasticLoadBalancingV2Exception",
            "ElasticLoadBalancingV2.SdkClientException"
          ],
          "IntervalSeconds": 2,
          "MaxAttempts": 5,
          "BackoffRate": 2,
          "MaxDelaySeconds": 60,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "Shift100",
              "phase": "shift",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") %}"
            }
          },
          "Next": "ExecuteRollback"
        }
      ],
      "Assign": { "shiftedAt": "{% $toMillis($states.context.State.EnteredTime) %}", "arrived": "unknown" },
      "Output": {},
      "Next": "Bake100"
    },
    "NotifyRequests100": {
      "Type": "Task",
      "Comment": "{\"phase\":\"shift\",\"effects\":[],\"does\":\"notifies the operations team that too few requests arrive\",\"node\":\"cutover \\\"ledger\\\" > strategy\",\"repeat\":\"tells\"}",
      "Resource": "arn:aws:states:::sns:publish",
      "Arguments": {
        "TopicArn": "arn:aws:sns:us-east-1:111111111111:payments-notifications-dev",
        "Subject": "payments-migration-orchestration-dev: too few requests",
        "Message": "{% \"payments-migration-orchestration-dev: the target's compute gets 100 \\u0025 of the requests, and the step needs 1000. Since the step, CloudWatch has counted \" & $string($requests) & \".\\u000a\\u000aWithout requests, quiet alarms prove nothing: the bake begins when they have arrived.\\u000aIf clients send none at this time, send some through the API: they count too.\\u000aIf too few arrive within 24 hours, the source serves all requests again, and replication continues.\" %}",
        "MessageAttributes": { "severity": { "DataType": "String", "StringValue": "warning" } }
      },
      "TimeoutSeconds": 30,
      "Retry": [
        {
          "ErrorEquals": ["States.TaskFailed"],
          "IntervalSeconds": 2,
          "MaxAttempts": 8,
          "BackoffRate": 2,
          "MaxDelaySeconds": 120,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [{ "ErrorEquals": ["States.ALL"], "Next": "Bake100" }],
      "Output": {},
      "Next": "Bake100"
    },
    "Bake100": {
      "Type": "Wait",
      "Comment": "{\"phase\":\"shift\",\"effects\":[],\"does\":\"waits before the next poll\",\"node\":\"cutover \\\"ledger\\\" > strategy\"}",
      "Seconds": "{% $arrived = \"yes\" ? (60) : $turns < 30 ? 60 : 2700 %}",
      "Next": "MeasureRequests100"
    },
    "MeasureRequests100": {
      "Type": "Task",
      "Comment": "{\"phase\":\"shift\",\"effects\":[],\"does\":\"counts the requests that have reached the target's compute since the step\",\"node\":\"cutover \\\"ledger\\\" > strategy\",\"repeat\":\"reads\"}",
      "Resource": "arn:aws:states:::aws-sdk:cloudwatch:getMetricData",
      "Arguments": {
        "StartTime": "{% $fromMillis($max([60000 * $ceil($shiftedAt / 60000), $toMillis($states.context.State.EnteredTime) - 86400000])) %}",
        "EndTime": "{% $states.context.State.EnteredTime %}",
        "MetricDataQueries": [
          {
            "Id": "requests",
            "MetricStat": {
              "Metric": {
                "Namespace": "AWS/ApplicationELB",
                "MetricName": "RequestCount",
                "Dimensions": [
                  { "Name": "LoadBalancer", "Value": "{% $loadBalancer %}" },
                  { "Name": "TargetGroup", "Value": "{% $targetGroup %}" }
                ]
              },
              "Period": 60,
              "Stat": "Sum"
            },
            "ReturnData": true
          }
        ]
      },
      "TimeoutSeconds": 30,
      "Retry": [
        {
          "ErrorEquals": ["CloudWatch.CloudWatchException", "CloudWatch.SdkClientException"],
          "IntervalSeconds": 2,
          "MaxAttempts": 5,
          "BackoffRate": 2,
          "MaxDelaySeconds": 60,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "MeasureRequests100",
              "phase": "shift",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") %}"
            }
          },
          "Next": "ExecuteRollback"
        }
      ],
      "Assign": {
        "requests": "{% $exists($states.result.MetricDataResults[Id = \"requests\"].Values[0]) ? $sum($states.result.MetricDataResults[Id = \"requests\"].Values) : 0 %}",
        "arrived": "{% $exists($states.result.MetricDataResults[Id = \"requests\"].Values[0]) ? ($sum($states.result.MetricDataResults[Id = \"requests\"].Values) >= 1000 ? \"yes\" : \"no\") : \"unknown\" %}"
      },
      "Output": {},
      "Next": "ReadAlarms100"
    },
    "ReadAlarms100": {
      "Type": "Task",
      "Comment": "{\"phase\":\"shift\",\"effects\":[],\"does\":\"reads the alarm payments-ledger-gate-dev\",\"node\":\"cutover \\\"ledger\\\" > strategy\",\"repeat\":\"reads\"}",
      "Resource": "arn:aws:states:::aws-sdk:cloudwatch:describeAlarms",
      "Arguments": { "AlarmNames": ["payments-ledger-gate-dev"], "AlarmTypes": ["CompositeAlarm"] },
      "TimeoutSeconds": 30,
      "Retry": [
        {
          "ErrorEquals": ["CloudWatch.CloudWatchException", "CloudWatch.SdkClientException"],
          "IntervalSeconds": 2,
          "MaxAttempts": 5,
          "BackoffRate": 2,
          "MaxDelaySeconds": 60,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "ReadAlarms100",
              "phase": "shift",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") %}"
            }
          },
          "Next": "ExecuteRollback"
        }
      ],
      "Assign": {
        "verdict": "{% ($states.result.CompositeAlarms[0].StateValue = \"OK\" and $arrived = \"yes\" and $quiet + 1 >= 30) ? \"pass\" : ($states.result.CompositeAlarms[0].StateValue = \"ALARM\" or $not($states.result.CompositeAlarms[0].StateValue = \"OK\") and $unknown + 1 > 20 or $arrived != \"yes\" and $turns + 1 >= 62 or $turns + 1 >= 112) ? \"fail\" : ($arrived != \"yes\" and $turns + 1 = 30) ? \"notify\" : \"wait\" %}",
        "quiet": "{% ($states.result.CompositeAlarms[0].StateValue = \"OK\" and $arrived = \"yes\") ? $quiet + 1 : $quiet %}",
        "unknown": "{% ($states.result.CompositeAlarms[0].StateValue = \"OK\") ? 0 : $unknown + 1 %}",
        "reason": "{% \"the alarm is \" & ($exists($states.result.CompositeAlarms[0].StateValue) ? $states.result.CompositeAlarms[0].StateValue : \"absent\") & \", requests: \" & $string($requests) & \" of 1000, arrived: \" & $arrived %}",
        "turns": "{% $turns + 1 %}"
      },
      "Output": {},
      "Next": "CheckAlarms100"
    },
    "CheckAlarms100": {
      "Type": "Choice",
      "Comment": "{\"phase\":\"shift\",\"effects\":[\"alarm-gate\",\"request-gate\"],\"does\":\"continues when 1000 requests have arrived and the alarm was quiet for 30m since\",\"node\":\"cutover \\\"ledger\\\" > strategy\",\"hold\":{\"seconds\":1800}}",
      "Choices": [
        {
          "Condition": "{% $verdict = \"pass\" %}",
          "Assign": {
            "turns": 0,
            "quiet": 0,
            "unknown": 0,
            "verdict": "wait",
            "gates": "{% $append($gates, [{ \"gate\": \"CheckAlarms100\", \"is\": \"open\", \"at\": $states.context.State.EnteredTime, \"found\": $reason }]) %}"
          },
          "Next": "ApproveCutover"
        },
        { "Condition": "{% $verdict = \"notify\" %}", "Next": "NotifyRequests100" },
        { "Condition": "{% $verdict = \"wait\" %}", "Next": "Bake100" }
      ],
      "Default": "ExecuteRollback",
      "Assign": {
        "failure": {
          "state": "CheckAlarms100",
          "phase": "shift",
          "error": "Migration.GateFailed",
          "cause": "{% $reason %}"
        },
        "gates": "{% $append($gates, [{ \"gate\": \"CheckAlarms100\", \"is\": \"shut\", \"at\": $states.context.State.EnteredTime, \"found\": $reason }]) %}"
      }
    },
    "ApproveCutover": {
      "Type": "Parallel",
      "Comment": "{\"phase\":\"approve\",\"effects\":[],\"does\":\"asks 2 roles for approval: move the writer to the target\",\"node\":\"cutover \\\"ledger\\\" > approval\"}",
      "Branches": [
        {
          "StartAt": "ApproveCutoverTell1",
          "States": {
            "ApproveCutoverTell1": {
              "Type": "Task",
              "Comment": "{\"phase\":\"approve\",\"effects\":[],\"does\":\"notifies one role that its answer is needed\",\"node\":\"cutover \\\"ledger\\\" > approval\",\"repeat\":\"tells\"}",
              "Resource": "arn:aws:states:::sns:publish",
              "Arguments": {
                "TopicArn": "arn:aws:sns:us-east-1:111111111111:payments-notifications-dev",
                "Subject": "payments-migration-orchestration-dev: approval needed",
                "Message": "{% \"payments-migration-orchestration-dev: cutover \\\"ledger\\\" may now move the writer to the target.\\u000a\\u000aAs arn:aws:iam::111111111111:role/payments-lead, within 1d, approve:\\u000aaws stepfunctions send-task-success --region us-east-1 --task-output \\\"\\u007b\\\\\\\"decision\\\\\\\":\\\\\\\"approve\\\\\\\"\\u007d\\\" --task-token \\\"$(aws s3 cp --region us-east-1 s3://payments-checkpoints-dev-111111111111/\" & \"ledger/approvals/payments-lead/\" & $execution & \"/ApproveCutover\" & \" -)\\\"\\u000a\\u000aor refuse:\\u000aaws stepfunctions send-task-failure --region us-east-1 --error Migration.Refused --task-token \\\"$(aws s3 cp --region us-east-1 s3://payments-checkpoints-dev-111111111111/\" & \"ledger/approvals/payments-lead/\" & $execution & \"/ApproveCutover\" & \" -)\\\"\\u000a\\u000aOnly this role can read the token. A reminder creates a new token.\" & \"\\u000a\\u000aRequests that reached the target's compute in the last step: \" & $string($requests) %}"
              },
              "TimeoutSeconds": 30,
              "Retry": [
                {
                  "ErrorEquals": [
                    "SNS.InternalErrorException",
                    "SNS.ThrottledException",
                    "SNS.SdkClientException"
                  ],
                  "IntervalSeconds": 2,
                  "MaxAttempts": 5,
                  "BackoffRate": 2,
                  "MaxDelaySeconds": 60,
                  "JitterStrategy": "FULL"
                }
              ],
              "Output": {},
              "Next": "ApproveCutoverBy1"
            },
            "ApproveCutoverBy1": {
              "Type": "Task",
              "Comment": "{\"phase\":\"approve\",\"effects\":[],\"does\":\"writes the token to a key that only the role can read, and waits for its answer\",\"node\":\"cutover \\\"ledger\\\" > approval\",\"repeat\":\"sets\"}",
              "Resource": "arn:aws:states:::aws-sdk:s3:putObject.waitForTaskToken",
              "Arguments": {
                "Bucket": "payments-checkpoints-dev-111111111111",
                "Key": "{% \"ledger/approvals/payments-lead/\" & $execution & \"/ApproveCutover\" %}",
                "ContentType": "text/plain",
                "Body": "{% $states.context.Task.Token %}"
              },
              "TimeoutSeconds": 86400,
              "HeartbeatSeconds": 43200,
              "Retry": [
                {
                  "ErrorEquals": ["S3.S3Exception", "S3.SdkClientException"],
                  "IntervalSeconds": 5,
                  "MaxAttempts": 3,
                  "BackoffRate": 2,
                  "MaxDelaySeconds": 60,
                  "JitterStrategy": "FULL"
                }
              ],
              "Catch": [
                { "ErrorEquals": ["States.Timeout"], "Next": "ApproveCutoverUnanswered1" },
                { "ErrorEquals": ["States.HeartbeatTimeout"], "Next": "ApproveCutoverRemind1" }
              ],
              "Output": {
                "question": "ApproveCutover",
                "role": "arn:aws:iam::111111111111:role/payments-lead",
                "at": "{% $states.context.State.EnteredTime %}",
                "answer": "{% $states.result %}"
              },
              "End": true
            },
            "ApproveCutoverRemind1": {
              "Type": "Task",
              "Comment": "{\"phase\":\"approve\",\"effects\":[],\"does\":\"notifies one role that its answer is needed\",\"node\":\"cutover \\\"ledger\\\" > approval\",\"repeat\":\"tells\"}",
              "Resource": "arn:aws:states:::sns:publish",
              "Arguments": {
                "TopicArn": "arn:aws:sns:us-east-1:111111111111:payments-notifications-dev",
                "Subject": "payments-migration-orchestration-dev: approval needed",
                "Message": "{% \"payments-migration-orchestration-dev: cutover \\\"ledger\\\" may now move the writer to the target.\\u000a\\u000aAs arn:aws:iam::111111111111:role/payments-lead, within 12h, approve:\\u000aaws stepfunctions send-task-success --region us-east-1 --task-output \\\"\\u007b\\\\\\\"decision\\\\\\\":\\\\\\\"approve\\\\\\\"\\u007d\\\" --task-token \\\"$(aws s3 cp --region us-east-1 s3://payments-checkpoints-dev-111111111111/\" & \"ledger/approvals/payments-lead/\" & $execution & \"/ApproveCutover\" & \" -)\\\"\\u000a\\u000aor refuse:\\u000aaws stepfunctions send-task-failure --region us-east-1 --error Migration.Refused --task-token \\\"$(aws s3 cp --region us-east-1 s3://payments-checkpoints-dev-111111111111/\" & \"ledger/approvals/payments-lead/\" & $execution & \"/ApproveCutover\" & \" -)\\\"\\u000a\\u000aOnly this role can read the token. A reminder creates a new token.\" & \"\\u000a\\u000aRequests that reached the target's compute in the last step: \" & $string($requests) %}"
              },
              "TimeoutSeconds": 30,
              "Retry": [
                {
                  "ErrorEquals": [
                    "SNS.InternalErrorException",
                    "SNS.ThrottledException",
                    "SNS.SdkClientException"
                  ],
                  "IntervalSeconds": 2,
                  "MaxAttempts": 5,
                  "BackoffRate": 2,
                  "MaxDelaySeconds": 60,
                  "JitterStrategy": "FULL"
                }
              ],
              "Output": {},
              "Next": "ApproveCutoverAgain1"
            },
            "ApproveCutoverAgain1": {
              "Type": "Task",
              "Comment": "{\"phase\":\"approve\",\"effects\":[],\"does\":\"writes the token to a key that only the role can read, and waits for its answer\",\"node\":\"cutover \\\"ledger\\\" > approval\",\"repeat\":\"sets\"}",
              "Resource": "arn:aws:states:::aws-sdk:s3:putObject.waitForTaskToken",
              "Arguments": {
                "Bucket": "payments-checkpoints-dev-111111111111",
                "Key": "{% \"ledger/approvals/payments-lead/\" & $execution & \"/ApproveCutover\" %}",
                "ContentType": "text/plain",
                "Body": "{% $states.context.Task.Token %}"
              },
              "TimeoutSeconds": 43200,
              "HeartbeatSeconds": 43199,
              "Retry": [
                {
                  "ErrorEquals": ["S3.S3Exception", "S3.SdkClientException"],
                  "IntervalSeconds": 5,
                  "MaxAttempts": 3,
                  "BackoffRate": 2,
                  "MaxDelaySeconds": 60,
                  "JitterStrategy": "FULL"
                }
              ],
              "Catch": [
                {
                  "ErrorEquals": ["States.HeartbeatTimeout", "States.Timeout"],
                  "Next": "ApproveCutoverUnanswered1"
                }
              ],
              "Output": {
                "question": "ApproveCutover",
                "role": "arn:aws:iam::111111111111:role/payments-lead",
                "at": "{% $states.context.State.EnteredTime %}",
                "answer": "{% $states.result %}"
              },
              "End": true
            },
            "ApproveCutoverUnanswered1": {
              "Type": "Pass",
              "Comment": "{\"phase\":\"approve\",\"effects\":[],\"does\":\"treats silence as a refusal\",\"node\":\"cutover \\\"ledger\\\" > approval\"}",
              "Output": {
                "question": "ApproveCutover",
                "role": "arn:aws:iam::111111111111:role/payments-lead",
                "at": "{% $states.context.State.EnteredTime %}",
                "answer": { "decision": "none" }
              },
              "End": true
            }
          }
        },
        {
          "StartAt": "ApproveCutoverTell2",
          "States": {
            "ApproveCutoverTell2": {
              "Type": "Task",
              "Comment": "{\"phase\":\"approve\",\"effects\":[],\"does\":\"notifies one role that its answer is needed\",\"node\":\"cutover \\\"ledger\\\" > approval\",\"repeat\":\"tells\"}",
              "Resource": "arn:aws:states:::sns:publish",
              "Arguments": {
                "TopicArn": "arn:aws:sns:us-east-1:111111111111:payments-notifications-dev",
                "Subject": "payments-migration-orchestration-dev: approval needed",
                "Message": "{% \"payments-migration-orchestration-dev: cutover \\\"ledger\\\" may now move the writer to the target.\\u000a\\u000aAs arn:aws:iam::111111111111:role/security-lead, within 1d, approve:\\u000aaws stepfunctions send-task-success --region us-east-1 --task-output \\\"\\u007b\\\\\\\"decision\\\\\\\":\\\\\\\"approve\\\\\\\"\\u007d\\\" --task-token \\\"$(aws s3 cp --region us-east-1 s3://payments-checkpoints-dev-111111111111/\" & \"ledger/approvals/security-lead/\" & $execution & \"/ApproveCutover\" & \" -)\\\"\\u000a\\u000aor refuse:\\u000aaws stepfunctions send-task-failure --region us-east-1 --error Migration.Refused --task-token \\\"$(aws s3 cp --region us-east-1 s3://payments-checkpoints-dev-111111111111/\" & \"ledger/approvals/security-lead/\" & $execution & \"/ApproveCutover\" & \" -)\\\"\\u000a\\u000aOnly this role can read the token. A reminder creates a new token.\" & \"\\u000a\\u000aRequests that reached the target's compute in the last step: \" & $string($requests) %}"
              },
              "TimeoutSeconds": 30,
              "Retry": [
                {
                  "ErrorEquals": [
                    "SNS.InternalErrorException",
                    "SNS.ThrottledException",
                    "SNS.SdkClientException"
                  ],
                  "IntervalSeconds": 2,
                  "MaxAttempts": 5,
                  "BackoffRate": 2,
                  "MaxDelaySeconds": 60,
                  "JitterStrategy": "FULL"
                }
              ],
              "Output": {},
              "Next": "ApproveCutoverBy2"
            },
            "ApproveCutoverBy2": {
              "Type": "Task",
              "Comment": "{\"phase\":\"approve\",\"effects\":[],\"does\":\"writes the token to a key that only the role can read, and waits for its answer\",\"node\":\"cutover \\\"ledger\\\" > approval\",\"repeat\":\"sets\"}",
              "Resource": "arn:aws:states:::aws-sdk:s3:putObject.waitForTaskToken",
              "Arguments": {
                "Bucket": "payments-checkpoints-dev-111111111111",
                "Key": "{% \"ledger/approvals/security-lead/\" & $execution & \"/ApproveCutover\" %}",
                "ContentType": "text/plain",
                "Body": "{% $states.context.Task.Token %}"
              },
              "TimeoutSeconds": 86400,
              "HeartbeatSeconds": 43200,
              "Retry": [
                {
                  "ErrorEquals": ["S3.S3Exception", "S3.SdkClientException"],
                  "IntervalSeconds": 5,
                  "MaxAttempts": 3,
                  "BackoffRate": 2,
                  "MaxDelaySeconds": 60,
                  "JitterStrategy": "FULL"
                }
              ],
              "Catch": [
                { "ErrorEquals": ["States.Timeout"], "Next": "ApproveCutoverUnanswered2" },
                { "ErrorEquals": ["States.HeartbeatTimeout"], "Next": "ApproveCutoverRemind2" }
              ],
              "Output": {
                "question": "ApproveCutover",
                "role": "arn:aws:iam::111111111111:role/security-lead",
                "at": "{% $states.context.State.EnteredTime %}",
                "answer": "{% $states.result %}"
              },
              "End": true
            },
            "ApproveCutoverRemind2": {
              "Type": "Task",
              "Comment": "{\"phase\":\"approve\",\"effects\":[],\"does\":\"notifies one role that its answer is needed\",\"node\":\"cutover \\\"ledger\\\" > approval\",\"repeat\":\"tells\"}",
              "Resource": "arn:aws:states:::sns:publish",
              "Arguments": {
                "TopicArn": "arn:aws:sns:us-east-1:111111111111:payments-notifications-dev",
                "Subject": "payments-migration-orchestration-dev: approval needed",
                "Message": "{% \"payments-migration-orchestration-dev: cutover \\\"ledger\\\" may now move the writer to the target.\\u000a\\u000aAs arn:aws:iam::111111111111:role/security-lead, within 12h, approve:\\u000aaws stepfunctions send-task-success --region us-east-1 --task-output \\\"\\u007b\\\\\\\"decision\\\\\\\":\\\\\\\"approve\\\\\\\"\\u007d\\\" --task-token \\\"$(aws s3 cp --region us-east-1 s3://payments-checkpoints-dev-111111111111/\" & \"ledger/approvals/security-lead/\" & $execution & \"/ApproveCutover\" & \" -)\\\"\\u000a\\u000aor refuse:\\u000aaws stepfunctions send-task-failure --region us-east-1 --error Migration.Refused --task-token \\\"$(aws s3 cp --region us-east-1 s3://payments-checkpoints-dev-111111111111/\" & \"ledger/approvals/security-lead/\" & $execution & \"/ApproveCutover\" & \" -)\\\"\\u000a\\u000aOnly this role can read the token. A reminder creates a new token.\" & \"\\u000a\\u000aRequests that reached the target's compute in the last step: \" & $string($requests) %}"
              },
              "TimeoutSeconds": 30,
              "Retry": [
                {
                  "ErrorEquals": [
                    "SNS.InternalErrorException",
                    "SNS.ThrottledException",
                    "SNS.SdkClientException"
                  ],
                  "IntervalSeconds": 2,
                  "MaxAttempts": 5,
                  "BackoffRate": 2,
                  "MaxDelaySeconds": 60,
                  "JitterStrategy": "FULL"
                }
              ],
              "Output": {},
              "Next": "ApproveCutoverAgain2"
            },
            "ApproveCutoverAgain2": {
              "Type": "Task",
              "Comment": "{\"phase\":\"approve\",\"effects\":[],\"does\":\"writes the token to a key that only the role can read, and waits for its answer\",\"node\":\"cutover \\\"ledger\\\" > approval\",\"repeat\":\"sets\"}",
              "Resource": "arn:aws:states:::aws-sdk:s3:putObject.waitForTaskToken",
              "Arguments": {
                "Bucket": "payments-checkpoints-dev-111111111111",
                "Key": "{% \"ledger/approvals/security-lead/\" & $execution & \"/ApproveCutover\" %}",
                "ContentType": "text/plain",
                "Body": "{% $states.context.Task.Token %}"
              },
              "TimeoutSeconds": 43200,
              "HeartbeatSeconds": 43199,
              "Retry": [
                {
                  "ErrorEquals": ["S3.S3Exception", "S3.SdkClientException"],
                  "IntervalSeconds": 5,
                  "MaxAttempts": 3,
                  "BackoffRate": 2,
                  "MaxDelaySeconds": 60,
                  "JitterStrategy": "FULL"
                }
              ],
              "Catch": [
                {
                  "ErrorEquals": ["States.HeartbeatTimeout", "States.Timeout"],
                  "Next": "ApproveCutoverUnanswered2"
                }
              ],
              "Output": {
                "question": "ApproveCutover",
                "role": "arn:aws:iam::111111111111:role/security-lead",
                "at": "{% $states.context.State.EnteredTime %}",
                "answer": "{% $states.result %}"
              },
              "End": true
            },
            "ApproveCutoverUnanswered2": {
              "Type": "Pass",
              "Comment": "{\"phase\":\"approve\",\"effects\":[],\"does\":\"treats silence as a refusal\",\"node\":\"cutover \\\"ledger\\\" > approval\"}",
              "Output": {
                "question": "ApproveCutover",
                "role": "arn:aws:iam::111111111111:role/security-lead",
                "at": "{% $states.context.State.EnteredTime %}",
                "answer": { "decision": "none" }
              },
              "End": true
            }
          }
        }
      ],
      "Catch": [
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "ApproveCutover",
              "phase": "approve",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") %}"
            }
          },
          "Next": "ExecuteRollback"
        }
      ],
      "Assign": {
        "confirmed": "{% ($states.result[0].answer.decision = \"approve\" and $states.result[1].answer.decision = \"approve\") ? true : $error(\"not approved by each of the roles\") %}",
        "approvals": "{% $append($approvals, $states.result) %}"
      },
      "Output": {},
      "Next": "RecordApproval"
    },
    "RecordApproval": {
      "Type": "Task",
      "Comment": "{\"phase\":\"approve\",\"effects\":[\"approve\"],\"does\":\"records the approvals as evidence\",\"node\":\"cutover \\\"ledger\\\" > approval\",\"repeat\":\"sets\"}",
      "Resource": "arn:aws:states:::aws-sdk:s3:putObject",
      "Arguments": {
        "Bucket": "payments-evidence-dev-111111111111",
        "Key": "{% \"ledger/approvals/\" & $execution & \"/RecordApproval.json\" %}",
        "ContentType": "application/json",
        "ChecksumAlgorithm": "SHA256",
        "Body": "{% $string($approvals) %}"
      },
      "TimeoutSeconds": 30,
      "Retry": [
        {
          "ErrorEquals": ["S3.S3Exception", "S3.SdkClientException"],
          "IntervalSeconds": 2,
          "MaxAttempts": 5,
          "BackoffRate": 2,
          "MaxDelaySeconds": 60,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "RecordApproval",
              "phase": "approve",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") %}"
            }
          },
          "Next": "ExecuteRollback"
        }
      ],
      "Output": {},
      "Next": "ReadWindow"
    },
    "WaitForWindow": {
      "Type": "Wait",
      "Comment": "{\"phase\":\"approve\",\"effects\":[],\"does\":\"waits before the next poll\",\"node\":\"cutover \\\"ledger\\\" > window\"}",
      "Seconds": "{% $pause %}",
      "Next": "ReadWindow"
    },
    "ReadWindow": {
      "Type": "Pass",
      "Comment": "{\"phase\":\"approve\",\"effects\":[],\"does\":\"computes the wait until the window sat 01:00-05:00Z is open long enough\",\"node\":\"cutover \\\"ledger\\\" > window\"}",
      "Assign": {
        "pause": "{% (($toMillis($states.context.State.EnteredTime) - 1736262000000) % 604800000 >= 295200000 and ($toMillis($states.context.State.EnteredTime) - 1736262000000) % 604800000 <= 307770000) ? 0 : $ceil((($toMillis($states.context.State.EnteredTime) - 1736262000000) % 604800000 < 295200000 ? 295200000 - ($toMillis($states.context.State.EnteredTime) - 1736262000000) % 604800000 : 900000000 - ($toMillis($states.context.State.EnteredTime) - 1736262000000) % 604800000) / 1000) %}",
        "verdict": "{% (($toMillis($states.context.State.EnteredTime) - 1736262000000) % 604800000 >= 295200000 and ($toMillis($states.context.State.EnteredTime) - 1736262000000) % 604800000 <= 307770000) ? \"pass\" : ((false) or $turns + 1 >= 4) ? \"fail\" : \"wait\" %}",
        "reason": "the window has not opened",
        "turns": "{% $turns + 1 %}"
      },
      "Output": {},
      "Next": "CheckWindow"
    },
    "CheckWindow": {
      "Type": "Choice",
      "Comment": "{\"phase\":\"approve\",\"effects\":[\"window\"],\"does\":\"continues within the window\",\"node\":\"cutover \\\"ledger\\\" > window\"}",
      "Choices": [
        {
          "Condition": "{% $verdict = \"pass\" %}",
          "Assign": {
            "turns": 0,
            "quiet": 0,
            "unknown": 0,
            "verdict": "wait",
            "gates": "{% $append($gates, [{ \"gate\": \"CheckWindow\", \"is\": \"open\", \"at\": $states.context.State.EnteredTime, \"found\": $reason }]) %}"
          },
          "Next": "CheckSourceSchema"
        },
        { "Condition": "{% $verdict = \"wait\" %}", "Next": "WaitForWindow" }
      ],
      "Default": "ExecuteRollback",
      "Assign": {
        "failure": {
          "state": "CheckWindow",
          "phase": "approve",
          "error": "Migration.GateFailed",
          "cause": "{% $reason %}"
        },
        "gates": "{% $append($gates, [{ \"gate\": \"CheckWindow\", \"is\": \"shut\", \"at\": $states.context.State.EnteredTime, \"found\": $reason }]) %}"
      }
    },
    "CheckSourceSchema": {
      "Type": "Task",
      "Comment": "{\"phase\":\"approve\",\"effects\":[],\"does\":\"compares the source's schema with the frozen one\",\"node\":\"cutover \\\"ledger\\\"\",\"repeat\":\"promised\"}",
      "Resource": "arn:aws:states:::lambda:invoke",
      "Arguments": {
        "FunctionName": "arn:aws:lambda:us-east-1:111111111111:function:payments-fence-dev",
        "Payload": {
          "action": "check-schema",
          "run": {
            "migration": "payments",
            "environment": "dev",
            "cutover": "ledger",
            "execution": "{% $execution %}"
          },
          "side": "source"
        }
      },
      "TimeoutSeconds": 910,
      "Retry": [
        {
          "ErrorEquals": [
            "Lambda.ServiceException",
            "Lambda.AWSLambdaException",
            "Lambda.SdkClientException",
            "Lambda.TooManyRequestsException",
            "Lambda.Unknown",
            "Sandbox.Timedout",
            "Lambda.ClientExecutionTimeoutException"
          ],
          "IntervalSeconds": 2,
          "MaxAttempts": 5,
          "BackoffRate": 2,
          "MaxDelaySeconds": 60,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "CheckSourceSchema",
              "phase": "approve",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") %}"
            }
          },
          "Next": "ExecuteRollback"
        }
      ],
      "Assign": {
        "confirmed": "{% ($states.result.Payload.frozen = true and $states.result.Payload.fingerprint = $sourceSchema) ? true : $error(\"the source's schema has changed since the load, or may change\") %}"
      },
      "Output": {},
      "Next": "CheckTargetSchema"
    },
    "CheckTargetSchema": {
      "Type": "Task",
      "Comment": "{\"phase\":\"approve\",\"effects\":[\"schema-unchanged\"],\"does\":\"compares the target's schema with the frozen one\",\"node\":\"cutover \\\"ledger\\\"\",\"repeat\":\"promised\"}",
      "Resource": "arn:aws:states:::lambda:invoke",
      "Arguments": {
        "FunctionName": "arn:aws:lambda:us-east-1:111111111111:function:payments-fence-dev",
        "Payload": {
          "action": "check-schema",
          "run": {
            "migration": "payments",
            "environment": "dev",
            "cutover": "ledger",
            "execution": "{% $execution %}"
          },
          "side": "target"
        }
      },
      "TimeoutSeconds": 910,
      "Retry": [
        {
          "ErrorEquals": [
            "Lambda.ServiceException",
            "Lambda.AWSLambdaException",
            "Lambda.SdkClientException",
            "Lambda.TooManyRequestsException",
            "Lambda.Unknown",
            "Sandbox.Timedout",
            "Lambda.ClientExecutionTimeoutException"
          ],
          "IntervalSeconds": 2,
          "MaxAttempts": 5,
          "BackoffRate": 2,
          "MaxDelaySeconds": 60,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "CheckTargetSchema",
              "phase": "approve",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") %}"
            }
          },
          "Next": "ExecuteRollback"
        }
      ],
      "Assign": {
        "confirmed": "{% ($states.result.Payload.frozen = true and $states.result.Payload.fingerprint = $targetSchema) ? true : $error(\"the target's schema has changed since the load, or may change\") %}"
      },
      "Output": {},
      "Next": "MeasureFinalCheck"
    },
    "MeasureFinalCheck": {
      "Type": "Task",
      "Comment": "{\"phase\":\"approve\",\"effects\":[],\"does\":\"makes the comparison of the write pause once, and measures its time\",\"node\":\"cutover \\\"ledger\\\"\",\"repeat\":\"promised\"}",
      "Resource": "arn:aws:states:::lambda:invoke",
      "Arguments": {
        "FunctionName": "arn:aws:lambda:us-east-1:111111111111:function:payments-data-validator-dev",
        "Payload": {
          "action": "measure-window",
          "run": {
            "migration": "payments",
            "environment": "dev",
            "cutover": "ledger",
            "execution": "{% $execution %}"
          },
          "atMost": 15000
        }
      },
      "TimeoutSeconds": 910,
      "Retry": [
        {
          "ErrorEquals": [
            "Lambda.ServiceException",
            "Lambda.AWSLambdaException",
            "Lambda.SdkClientException",
            "Lambda.TooManyRequestsException",
            "Lambda.Unknown",
            "Sandbox.Timedout",
            "Lambda.ClientExecutionTimeoutException"
          ],
          "IntervalSeconds": 2,
          "MaxAttempts": 5,
          "BackoffRate": 2,
          "MaxDelaySeconds": 60,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "MeasureFinalCheck",
              "phase": "approve",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") %}"
            }
          },
          "Next": "ExecuteRollback"
        }
      ],
      "Assign": {
        "verdict": "{% $states.result.Payload.complete = true ? \"pass\" : \"fail\" %}",
        "reason": "{% \"milliseconds \" & $string($states.result.Payload.millis) & \", errors \" & $string($states.result.Payload.errors) %}"
      },
      "Output": {},
      "Next": "CheckFinalCheck"
    },
    "CheckFinalCheck": {
      "Type": "Choice",
      "Comment": "{\"phase\":\"approve\",\"effects\":[\"final-check-measured\"],\"does\":\"continues when the comparison of the write pause fits into the fence\",\"node\":\"cutover \\\"ledger\\\"\"}",
      "Choices": [
        {
          "Condition": "{% $verdict = \"pass\" %}",
          "Assign": {
            "turns": 0,
            "quiet": 0,
            "unknown": 0,
            "verdict": "wait",
            "gates": "{% $append($gates, [{ \"gate\": \"CheckFinalCheck\", \"is\": \"open\", \"at\": $states.context.State.EnteredTime, \"found\": $reason }]) %}"
          },
          "Next": "AdvanceSequences"
        }
      ],
      "Default": "ExecuteRollback",
      "Assign": {
        "failure": {
          "state": "CheckFinalCheck",
          "phase": "approve",
          "error": "Migration.GateFailed",
          "cause": "{% $reason %}"
        },
        "gates": "{% $append($gates, [{ \"gate\": \"CheckFinalCheck\", \"is\": \"shut\", \"at\": $states.context.State.EnteredTime, \"found\": $reason }]) %}"
      }
    },
    "AdvanceSequences": {
      "Type": "Task",
      "Comment": "{\"phase\":\"approve\",\"effects\":[\"advance-sequences\"],\"does\":\"sets the target's sequences so far beyond the source's that the write pause only reads them\",\"node\":\"cutover \\\"ledger\\\"\",\"repeat\":\"promised\"}",
      "Resource": "arn:aws:states:::lambda:invoke",
      "Arguments": {
        "FunctionName": "arn:aws:lambda:us-east-1:111111111111:function:payments-sequences-dev",
        "Payload": {
          "run": {
            "migration": "payments",
            "environment": "dev",
            "cutover": "ledger",
            "execution": "{% $states.context.Execution.RedriveCount = $redrives ? $execution : $error(\"a redrive cannot begin here: the lock is not confirmed\") %}"
          },
          "side": "target",
          "margin": 100000,
          "atLeast": 1000
        }
      },
      "TimeoutSeconds": 910,
      "Retry": [
        {
          "ErrorEquals": [
            "Lambda.ServiceException",
            "Lambda.AWSLambdaException",
            "Lambda.SdkClientException",
            "Lambda.TooManyRequestsException",
            "Lambda.Unknown",
            "Sandbox.Timedout",
            "Lambda.ClientExecutionTimeoutException"
          ],
          "IntervalSeconds": 2,
          "MaxAttempts": 5,
          "BackoffRate": 2,
          "MaxDelaySeconds": 60,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "AdvanceSequences",
              "phase": "approve",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") %}"
            }
          },
          "Next": "ExecuteRollback"
        }
      ],
      "Output": {},
      "Next": "MeasureFinalLag"
    },
    "WaitForFinalLag": {
      "Type": "Wait",
      "Comment": "{\"phase\":\"approve\",\"effects\":[],\"does\":\"waits before the next poll\",\"node\":\"cutover \\\"ledger\\\"\"}",
      "Seconds": 20,
      "Next": "MeasureFinalLag"
    },
    "MeasureFinalLag": {
      "Type": "Task",
      "Comment": "{\"phase\":\"approve\",\"effects\":[],\"does\":\"measures the lag of the target\",\"node\":\"cutover \\\"ledger\\\"\",\"repeat\":\"reads\"}",
      "Resource": "arn:aws:states:::aws-sdk:cloudwatch:getMetricData",
      "Arguments": {
        "StartTime": "{% $fromMillis($toMillis($states.context.State.EnteredTime) - 180000) %}",
        "EndTime": "{% $states.context.State.EnteredTime %}",
        "ScanBy": "TimestampDescending",
        "MetricDataQueries": [
          {
            "Id": "source",
            "MetricStat": {
              "Metric": {
                "Namespace": "AWS/DMS",
                "MetricName": "CDCLatencySource",
                "Dimensions": [
                  { "Name": "ReplicationInstanceIdentifier", "Value": "payments-ledger-replication-dev" },
                  { "Name": "ReplicationTaskIdentifier", "Value": "fqzc2m-payments-ledger-fwd-dev" }
                ]
              },
              "Period": 60,
              "Stat": "Maximum"
            },
            "ReturnData": true
          },
          {
            "Id": "target",
            "MetricStat": {
              "Metric": {
                "Namespace": "AWS/DMS",
                "MetricName": "CDCLatencyTarget",
                "Dimensions": [
                  { "Name": "ReplicationInstanceIdentifier", "Value": "payments-ledger-replication-dev" },
                  { "Name": "ReplicationTaskIdentifier", "Value": "fqzc2m-payments-ledger-fwd-dev" }
                ]
              },
              "Period": 60,
              "Stat": "Maximum"
            },
            "ReturnData": true
          }
        ]
      },
      "TimeoutSeconds": 30,
      "Retry": [
        {
          "ErrorEquals": ["CloudWatch.CloudWatchException", "CloudWatch.SdkClientException"],
          "IntervalSeconds": 2,
          "MaxAttempts": 5,
          "BackoffRate": 2,
          "MaxDelaySeconds": 60,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "MeasureFinalLag",
              "phase": "approve",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") %}"
            }
          },
          "Next": "ExecuteRollback"
        }
      ],
      "Assign": {
        "verdict": "{% ($exists($states.result.MetricDataResults[Id = \"source\"].Values[0]) and $exists($states.result.MetricDataResults[Id = \"target\"].Values[0]) and $states.result.MetricDataResults[Id = \"source\"].Values[0] + $states.result.MetricDataResults[Id = \"target\"].Values[0] < 5 and $quiet + 1 >= 3) ? \"pass\" : ((false) or $turns + 1 >= 30) ? \"fail\" : \"wait\" %}",
        "quiet": "{% ($exists($states.result.MetricDataResults[Id = \"source\"].Values[0]) and $exists($states.result.MetricDataResults[Id = \"target\"].Values[0]) and $states.result.MetricDataResults[Id = \"source\"].Values[0] + $states.result.MetricDataResults[Id = \"target\"].Values[0] < 5) ? $quiet + 1 : 0 %}",
        "reason": "{% \"lag \" & (($exists($states.result.MetricDataResults[Id = \"source\"].Values[0]) and $exists($states.result.MetricDataResults[Id = \"target\"].Values[0])) ? $string($states.result.MetricDataResults[Id = \"source\"].Values[0] + $states.result.MetricDataResults[Id = \"target\"].Values[0]) & \" s\" : \"unknown\") & \", the gate opens below 5 s after 3 values in a row\" %}",
        "turns": "{% $turns + 1 %}"
      },
      "Output": {},
      "Next": "CheckFinalLag"
    },
    "CheckFinalLag": {
      "Type": "Choice",
      "Comment": "{\"phase\":\"approve\",\"effects\":[\"lag-gate\"],\"does\":\"continues when the lag has stayed below the gate\",\"node\":\"cutover \\\"ledger\\\"\",\"hold\":{\"answers\":3}}",
      "Choices": [
        {
          "Condition": "{% $verdict = \"pass\" %}",
          "Assign": {
            "turns": 0,
            "quiet": 0,
            "unknown": 0,
            "verdict": "wait",
            "gates": "{% $append($gates, [{ \"gate\": \"CheckFinalLag\", \"is\": \"open\", \"at\": $states.context.State.EnteredTime, \"found\": $reason }]) %}"
          },
          "Next": "ReadFinalAlarms"
        },
        { "Condition": "{% $verdict = \"wait\" %}", "Next": "WaitForFinalLag" }
      ],
      "Default": "ExecuteRollback",
      "Assign": {
        "failure": {
          "state": "CheckFinalLag",
          "phase": "approve",
          "error": "Migration.GateFailed",
          "cause": "{% $reason %}"
        },
        "gates": "{% $append($gates, [{ \"gate\": \"CheckFinalLag\", \"is\": \"shut\", \"at\": $states.context.State.EnteredTime, \"found\": $reason }]) %}"
      }
    },
    "WaitForFinalAlarms": {
      "Type": "Wait",
      "Comment": "{\"phase\":\"approve\",\"effects\":[],\"does\":\"waits before the next poll\",\"node\":\"cutover \\\"ledger\\\"\"}",
      "Seconds": 60,
      "Next": "ReadFinalAlarms"
    },
    "ReadFinalAlarms": {
      "Type": "Task",
      "Comment": "{\"phase\":\"approve\",\"effects\":[],\"does\":\"reads the alarm payments-ledger-gate-dev\",\"node\":\"cutover \\\"ledger\\\"\",\"repeat\":\"reads\"}",
      "Resource": "arn:aws:states:::aws-sdk:cloudwatch:describeAlarms",
      "Arguments": { "AlarmNames": ["payments-ledger-gate-dev"], "AlarmTypes": ["CompositeAlarm"] },
      "TimeoutSeconds": 30,
      "Retry": [
        {
          "ErrorEquals": ["CloudWatch.CloudWatchException", "CloudWatch.SdkClientException"],
          "IntervalSeconds": 2,
          "MaxAttempts": 5,
          "BackoffRate": 2,
          "MaxDelaySeconds": 60,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "ReadFinalAlarms",
              "phase": "approve",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") %}"
            }
          },
          "Next": "ExecuteRollback"
        }
      ],
      "Assign": {
        "verdict": "{% ($states.result.CompositeAlarms[0].StateValue = \"OK\" and $quiet + 1 >= 1) ? \"pass\" : (($states.result.CompositeAlarms[0].StateValue = \"ALARM\" or $not($states.result.CompositeAlarms[0].StateValue = \"OK\") and $unknown + 1 > 20) or $turns + 1 >= 21) ? \"fail\" : \"wait\" %}",
        "quiet": "{% ($states.result.CompositeAlarms[0].StateValue = \"OK\") ? $quiet + 1 : $quiet %}",
        "unknown": "{% ($states.result.CompositeAlarms[0].StateValue = \"OK\") ? 0 : $unknown + 1 %}",
        "reason": "{% \"the alarm is \" & ($exists($states.result.CompositeAlarms[0].StateValue) ? $states.result.CompositeAlarms[0].StateValue : \"absent\") %}",
        "turns": "{% $turns + 1 %}"
      },
      "Output": {},
      "Next": "CheckFinalAlarms"
    },
    "CheckFinalAlarms": {
      "Type": "Choice",
      "Comment": "{\"phase\":\"approve\",\"effects\":[\"alarm-gate\"],\"does\":\"continues when the alarm was quiet for 1m\",\"node\":\"cutover \\\"ledger\\\"\",\"hold\":{\"seconds\":60}}",
      "Choices": [
        {
          "Condition": "{% $verdict = \"pass\" %}",
          "Assign": {
            "turns": 0,
            "quiet": 0,
            "unknown": 0,
            "verdict": "wait",
            "gates": "{% $append($gates, [{ \"gate\": \"CheckFinalAlarms\", \"is\": \"open\", \"at\": $states.context.State.EnteredTime, \"found\": $reason }]) %}"
          },
          "Next": "RecordReadiness"
        },
        { "Condition": "{% $verdict = \"wait\" %}", "Next": "WaitForFinalAlarms" }
      ],
      "Default": "ExecuteRollback",
      "Assign": {
        "failure": {
          "state": "CheckFinalAlarms",
          "phase": "approve",
          "error": "Migration.GateFailed",
          "cause": "{% $reason %}"
        },
        "gates": "{% $append($gates, [{ \"gate\": \"CheckFinalAlarms\", \"is\": \"shut\", \"at\": $states.context.State.EnteredTime, \"found\": $reason }]) %}"
      }
    },
    "RecordReadiness": {
      "Type": "Task",
      "Comment": "{\"phase\":\"approve\",\"effects\":[\"evidence\"],\"does\":\"records the gates as evidence\",\"node\":\"cutover \\\"ledger\\\"\",\"repeat\":\"sets\"}",
      "Resource": "arn:aws:states:::aws-sdk:s3:putObject",
      "Arguments": {
        "Bucket": "payments-evidence-dev-111111111111",
        "Key": "{% \"ledger/gates/\" & $execution & \"/RecordReadiness.json\" %}",
        "ContentType": "application/json",
        "ChecksumAlgorithm": "SHA256",
        "Body": "{% $string({ \"execution\": $execution, \"at\": $states.context.State.EnteredTime, \"gates\": $gates, \"approvals\": $approvals, \"failure\": $failure }) %}"
      },
      "TimeoutSeconds": 30,
      "Retry": [
        {
          "ErrorEquals": ["S3.S3Exception", "S3.SdkClientException"],
          "IntervalSeconds": 2,
          "MaxAttempts": 5,
          "BackoffRate": 2,
          "MaxDelaySeconds": 60,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "RecordReadiness",
              "phase": "approve",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") %}"
            }
          },
          "Next": "ExecuteRollback"
        }
      ],
      "Output": {},
      "Next": "ConfirmFence"
    },
    "ConfirmFence": {
      "Type": "Task",
      "Comment": "{\"phase\":\"fence\",\"effects\":[],\"does\":\"checks that this execution still holds the lock\",\"node\":\"cutover \\\"ledger\\\" > fence\",\"repeat\":\"reads\"}",
      "Resource": "arn:aws:states:::aws-sdk:s3:getObject",
      "Arguments": {
        "Bucket": "payments-checkpoints-dev-111111111111",
        "Key": "ledger/lock.txt",
        "IfMatch": "{% $lock %}"
      },
      "TimeoutSeconds": 30,
      "Retry": [
        {
          "ErrorEquals": ["S3.S3Exception", "S3.SdkClientException"],
          "IntervalSeconds": 2,
          "MaxAttempts": 5,
          "BackoffRate": 2,
          "MaxDelaySeconds": 60,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "ConfirmFence",
              "phase": "fence",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") %}"
            }
          },
          "Next": "ExecuteRollback"
        }
      ],
      "Assign": {
        "confirmed": "{% ($states.result.Body = $execution) ? true : $error(\"another execution has taken the lock over\") %}",
        "redrives": "{% $states.context.Execution.RedriveCount %}"
      },
      "Output": {},
      "Next": "CheckpointFence"
    },
    "CheckpointFence": {
      "Type": "Task",
      "Comment": "{\"phase\":\"fence\",\"effects\":[\"checkpoint\"],\"does\":\"records the start of the phase fence\",\"node\":\"cutover \\\"ledger\\\" > fence\",\"repeat\":\"sets\"}",
      "Resource": "arn:aws:states:::aws-sdk:s3:putObject",
      "Arguments": {
        "Bucket": "payments-checkpoints-dev-111111111111",
        "Key": "ledger/checkpoint.json",
        "ContentType": "application/json",
        "Body": "{% $string({ \"phase\": \"fence\", \"execution\": $execution, \"at\": $states.context.State.EnteredTime, \"position\": $position }) %}"
      },
      "TimeoutSeconds": 30,
      "Retry": [
        {
          "ErrorEquals": ["S3.S3Exception", "S3.SdkClientException"],
          "IntervalSeconds": 2,
          "MaxAttempts": 5,
          "BackoffRate": 2,
          "MaxDelaySeconds": 60,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "CheckpointFence",
              "phase": "fence",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") %}"
            }
          },
          "Next": "ExecuteRollback"
        }
      ],
      "Output": {},
      "Next": "HoldWrites"
    },
    "HoldWrites": {
      "Type": "Task",
      "Comment": "{\"phase\":\"fence\",\"effects\":[\"hold-writes\"],\"does\":\"sets the writer switch to none\",\"node\":\"cutover \\\"ledger\\\" > fence\",\"repeat\":\"sets\"}",
      "Resource": "arn:aws:states:::aws-sdk:ssm:putParameter",
      "Arguments": {
        "Name": "/migration/payments/dev/database/writer",
        "Value": "{% $states.context.Execution.RedriveCount = $redrives ? \"none\" : $error(\"a redrive cannot begin here: the lock is not confirmed\") %}",
        "Overwrite": true
      },
      "TimeoutSeconds": 10,
      "Retry": [
        {
          "ErrorEquals": [
            "Ssm.TooManyUpdatesException",
            "Ssm.InternalServerErrorException",
            "Ssm.SsmException",
            "Ssm.SdkClientException"
          ],
          "IntervalSeconds": 1,
          "MaxAttempts": 2,
          "BackoffRate": 2,
          "MaxDelaySeconds": 2,
          "JitterStrategy": "FULL"
        },
        {
          "ErrorEquals": ["States.Timeout"],
          "IntervalSeconds": 1,
          "MaxAttempts": 1,
          "BackoffRate": 1,
          "MaxDelaySeconds": 2,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "HoldWrites",
              "phase": "fence",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") %}"
            }
          },
          "Next": "ExecuteRollback"
        }
      ],
      "Assign": { "fencedAt": "{% $toMillis($states.context.State.EnteredTime) %}" },
      "Output": {},
      "Next": "WaitForRefresh"
    },
    "WaitForRefresh": {
      "Type": "Wait",
      "Comment": "{\"phase\":\"fence\",\"effects\":[],\"does\":\"waits until the applications have read the switch and finished their transactions\",\"node\":\"cutover \\\"ledger\\\" > fence\"}",
      "Seconds": 5,
      "Next": "FenceWrites"
    },
    "FenceWrites": {
      "Type": "Task",
      "Comment": "{\"phase\":\"fence\",\"effects\":[\"fence:source\"],\"does\":\"revokes the applications' write privileges on the source\",\"node\":\"cutover \\\"ledger\\\" > fence\",\"repeat\":\"promised\"}",
      "Resource": "arn:aws:states:::lambda:invoke",
      "Arguments": {
        "FunctionName": "arn:aws:lambda:us-east-1:111111111111:function:payments-fence-dev",
        "Payload": {
          "action": "fence",
          "run": {
            "migration": "payments",
            "environment": "dev",
            "cutover": "ledger",
            "execution": "{% $states.context.Execution.RedriveCount = $redrives ? $execution : $error(\"a redrive cannot begin here: the lock is not confirmed\") %}"
          },
          "side": "source"
        }
      },
      "TimeoutSeconds": 30,
      "Retry": [
        {
          "ErrorEquals": [
            "Lambda.ServiceException",
            "Lambda.AWSLambdaException",
            "Lambda.SdkClientException",
            "Lambda.TooManyRequestsException",
            "Lambda.Unknown",
            "Sandbox.Timedout",
            "Lambda.ClientExecutionTimeoutException"
          ],
          "IntervalSeconds": 1,
          "MaxAttempts": 2,
          "BackoffRate": 2,
          "MaxDelaySeconds": 2,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "FenceWrites",
              "phase": "fence",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") %}"
            }
          },
          "Next": "ExecuteRollback"
        }
      ],
      "Assign": {
        "confirmed": "{% ($states.result.Payload.fenced = true) ? true : $error(\"the source could not be fenced\") %}"
      },
      "Output": {},
      "Next": "WriteFenceToken"
    },
    "WriteFenceToken": {
      "Type": "Task",
      "Comment": "{\"phase\":\"drain\",\"effects\":[\"fence-token\"],\"does\":\"writes the fence token to the source, after the last change\",\"node\":\"cutover \\\"ledger\\\" > fence\",\"repeat\":\"promised\"}",
      "Resource": "arn:aws:states:::lambda:invoke",
      "Arguments": {
        "FunctionName": "arn:aws:lambda:us-east-1:111111111111:function:payments-fence-dev",
        "Payload": {
          "action": "write-token",
          "run": {
            "migration": "payments",
            "environment": "dev",
            "cutover": "ledger",
            "execution": "{% $states.context.Execution.RedriveCount = $redrives ? $execution : $error(\"a redrive cannot begin here: the lock is not confirmed\") %}"
          },
          "token": "{% $execution %}"
        }
      },
      "TimeoutSeconds": 30,
      "Retry": [
        {
          "ErrorEquals": [
            "Lambda.ServiceException",
            "Lambda.AWSLambdaException",
            "Lambda.SdkClientException",
            "Lambda.TooManyRequestsException",
            "Lambda.Unknown",
            "Sandbox.Timedout",
            "Lambda.ClientExecutionTimeoutException"
          ],
          "IntervalSeconds": 1,
          "MaxAttempts": 2,
          "BackoffRate": 2,
          "MaxDelaySeconds": 2,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "WriteFenceToken",
              "phase": "drain",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") %}"
            }
          },
          "Next": "ExecuteRollback"
        }
      ],
      "Assign": {
        "confirmed": "{% ($exists($states.result.Payload.position)) ? true : $error(\"the token has no position\") %}",
        "position": "{% $states.result.Payload.position %}"
      },
      "Output": {},
      "Next": "PollDrain"
    },
    "WaitForDrain": {
      "Type": "Wait",
      "Comment": "{\"phase\":\"drain\",\"effects\":[],\"does\":\"waits before the next poll\",\"node\":\"cutover \\\"ledger\\\" > fence\"}",
      "Seconds": 1,
      "Next": "PollDrain"
    },
    "PollDrain": {
      "Type": "Task",
      "Comment": "{\"phase\":\"drain\",\"effects\":[],\"does\":\"checks that the token has reached the target and that the slot of the source has passed it\",\"node\":\"cutover \\\"ledger\\\" > fence\",\"repeat\":\"promised\"}",
      "Resource": "arn:aws:states:::lambda:invoke",
      "Arguments": {
        "FunctionName": "arn:aws:lambda:us-east-1:111111111111:function:payments-fence-dev",
        "Payload": {
          "action": "drain",
          "run": {
            "migration": "payments",
            "environment": "dev",
            "cutover": "ledger",
            "execution": "{% $execution %}"
          },
          "token": "{% $execution %}",
          "position": "{% $position %}"
        }
      },
      "TimeoutSeconds": 30,
      "Retry": [
        {
          "ErrorEquals": [
            "Lambda.ServiceException",
            "Lambda.AWSLambdaException",
            "Lambda.SdkClientException",
            "Lambda.TooManyRequestsException",
            "Lambda.Unknown",
            "Sandbox.Timedout",
            "Lambda.ClientExecutionTimeoutException"
          ],
          "IntervalSeconds": 1,
          "MaxAttempts": 2,
          "BackoffRate": 2,
          "MaxDelaySeconds": 2,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "PollDrain",
              "phase": "drain",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") %}"
            }
          },
          "Next": "ExecuteRollback"
        }
      ],
      "Assign": {
        "verdict": "{% ($states.result.Payload.drained = true) ? \"pass\" : (($toMillis($states.context.State.EnteredTime) - $fencedAt >= 30000) or $turns + 1 >= 30) ? \"fail\" : \"wait\" %}",
        "reason": "the target has not caught up 30s after writes were held",
        "turns": "{% $turns + 1 %}"
      },
      "Output": {},
      "Next": "CheckDrain"
    },
    "CheckDrain": {
      "Type": "Choice",
      "Comment": "{\"phase\":\"drain\",\"effects\":[\"drain\"],\"does\":\"continues when the drain is complete\",\"node\":\"cutover \\\"ledger\\\" > fence\"}",
      "Choices": [
        {
          "Condition": "{% $verdict = \"pass\" %}",
          "Assign": {
            "turns": 0,
            "quiet": 0,
            "unknown": 0,
            "verdict": "wait",
            "gates": "{% $append($gates, [{ \"gate\": \"CheckDrain\", \"is\": \"open\", \"at\": $states.context.State.EnteredTime, \"found\": $reason }]) %}"
          },
          "Next": "FinalValidation"
        },
        { "Condition": "{% $verdict = \"wait\" %}", "Next": "WaitForDrain" }
      ],
      "Default": "ExecuteRollback",
      "Assign": {
        "failure": {
          "state": "CheckDrain",
          "phase": "drain",
          "error": "Migration.GateFailed",
          "cause": "{% $reason %}"
        },
        "gates": "{% $append($gates, [{ \"gate\": \"CheckDrain\", \"is\": \"shut\", \"at\": $states.context.State.EnteredTime, \"found\": $reason }]) %}"
      }
    },
    "FinalValidation": {
      "Type": "Task",
      "Comment": "{\"phase\":\"final-check\",\"effects\":[],\"does\":\"compares counts, invariants and the last changes, in the write pause\",\"node\":\"cutover \\\"ledger\\\" > fence\",\"repeat\":\"promised\"}",
      "Resource": "arn:aws:states:::lambda:invoke",
      "Arguments": {
        "FunctionName": "arn:aws:lambda:us-east-1:111111111111:function:payments-data-validator-dev",
        "Payload": {
          "action": "fence-window",
          "run": {
            "migration": "payments",
            "environment": "dev",
            "cutover": "ledger",
            "execution": "{% $execution %}"
          }
        }
      },
      "TimeoutSeconds": 30,
      "Retry": [
        {
          "ErrorEquals": [
            "Lambda.ServiceException",
            "Lambda.AWSLambdaException",
            "Lambda.SdkClientException",
            "Lambda.TooManyRequestsException",
            "Lambda.Unknown",
            "Sandbox.Timedout",
            "Lambda.ClientExecutionTimeoutException"
          ],
          "IntervalSeconds": 1,
          "MaxAttempts": 2,
          "BackoffRate": 2,
          "MaxDelaySeconds": 2,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "FinalValidation",
              "phase": "final-check",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") %}"
            }
          },
          "Next": "ExecuteRollback"
        }
      ],
      "Assign": {
        "verdict": "{% $states.result.Payload.complete = true and $states.result.Payload.mismatched = 0 and $states.result.Payload.errors = 0 and $toMillis($states.context.State.EnteredTime) - $fencedAt < 30000 ? \"pass\" : \"fail\" %}",
        "reason": "{% \"mismatches \" & $string($states.result.Payload.mismatched) & \", errors \" & $string($states.result.Payload.errors) & \", matches \" & $string($states.result.Payload.matched) %}"
      },
      "Output": {},
      "Next": "CheckFinalValidation"
    },
    "CheckFinalValidation": {
      "Type": "Choice",
      "Comment": "{\"phase\":\"final-check\",\"effects\":[\"final-validate\"],\"does\":\"continues when both sides are equal, within 30s\",\"node\":\"cutover \\\"ledger\\\" > fence\"}",
      "Choices": [
        {
          "Condition": "{% $verdict = \"pass\" %}",
          "Assign": {
            "turns": 0,
            "quiet": 0,
            "unknown": 0,
            "verdict": "wait",
            "gates": "{% $append($gates, [{ \"gate\": \"CheckFinalValidation\", \"is\": \"open\", \"at\": $states.context.State.EnteredTime, \"found\": $reason }]) %}"
          },
          "Next": "CutForward"
        }
      ],
      "Default": "ExecuteRollback",
      "Assign": {
        "failure": {
          "state": "CheckFinalValidation",
          "phase": "final-check",
          "error": "Migration.GateFailed",
          "cause": "{% $reason %}"
        },
        "gates": "{% $append($gates, [{ \"gate\": \"CheckFinalValidation\", \"is\": \"shut\", \"at\": $states.context.State.EnteredTime, \"found\": $reason }]) %}"
      }
    },
    "CutForward": {
      "Type": "Task",
      "Comment": "{\"phase\":\"cut-forward\",\"effects\":[\"cut-forward\"],\"does\":\"locks the forward task's login out of the target\",\"node\":\"cutover \\\"ledger\\\" > fence\",\"repeat\":\"promised\"}",
      "Resource": "arn:aws:states:::lambda:invoke",
      "Arguments": {
        "FunctionName": "arn:aws:lambda:us-east-1:111111111111:function:payments-fence-dev",
        "Payload": {
          "action": "cut",
          "run": {
            "migration": "payments",
            "environment": "dev",
            "cutover": "ledger",
            "execution": "{% $states.context.Execution.RedriveCount = $redrives ? $execution : $error(\"a redrive cannot begin here: the lock is not confirmed\") %}"
          },
          "side": "target"
        }
      },
      "TimeoutSeconds": 20,
      "Retry": [
        {
          "ErrorEquals": [
            "Lambda.ServiceException",
            "Lambda.AWSLambdaException",
            "Lambda.SdkClientException",
            "Lambda.TooManyRequestsException",
            "Lambda.Unknown",
            "Sandbox.Timedout",
            "Lambda.ClientExecutionTimeoutException"
          ],
          "IntervalSeconds": 1,
          "MaxAttempts": 2,
          "BackoffRate": 2,
          "MaxDelaySeconds": 2,
          "JitterStrategy": "FULL"
        },
        {
          "ErrorEquals": ["States.Timeout"],
          "IntervalSeconds": 1,
          "MaxAttempts": 1,
          "BackoffRate": 1,
          "MaxDelaySeconds": 2,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "CutForward",
              "phase": "cut-forward",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") %}"
            }
          },
          "Next": "ExecuteRollback"
        }
      ],
      "Assign": {
        "confirmed": "{% ($states.result.Payload.cut = true and $exists($states.result.Payload.position)) ? true : $error(\"the forward task could not be cut off from the target\") %}",
        "cutAt": "{% $states.result.Payload.position %}"
      },
      "Output": {},
      "Next": "SyncSequences"
    },
    "SyncSequences": {
      "Type": "Task",
      "Comment": "{\"phase\":\"sequences\",\"effects\":[\"sync-sequences:target\"],\"does\":\"verifies that the target's sequences are past the source's, and sets those that are not\",\"node\":\"cutover \\\"ledger\\\" > fence\",\"repeat\":\"promised\"}",
      "Resource": "arn:aws:states:::lambda:invoke",
      "Arguments": {
        "FunctionName": "arn:aws:lambda:us-east-1:111111111111:function:payments-sequences-dev",
        "Payload": {
          "run": {
            "migration": "payments",
            "environment": "dev",
            "cutover": "ledger",
            "execution": "{% $states.context.Execution.RedriveCount = $redrives ? $execution : $error(\"a redrive cannot begin here: the lock is not confirmed\") %}"
          },
          "side": "target",
          "margin": 1000,
          "atLeast": 1000
        }
      },
      "TimeoutSeconds": 20,
      "Retry": [
        {
          "ErrorEquals": [
            "Lambda.ServiceException",
            "Lambda.AWSLambdaException",
            "Lambda.SdkClientException",
            "Lambda.TooManyRequestsException",
            "Lambda.Unknown",
            "Sandbox.Timedout",
            "Lambda.ClientExecutionTimeoutException"
          ],
          "IntervalSeconds": 1,
          "MaxAttempts": 2,
          "BackoffRate": 2,
          "MaxDelaySeconds": 2,
          "JitterStrategy": "FULL"
        },
        {
          "ErrorEquals": ["States.Timeout"],
          "IntervalSeconds": 1,
          "MaxAttempts": 1,
          "BackoffRate": 1,
          "MaxDelaySeconds": 2,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "SyncSequences",
              "phase": "sequences",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") %}"
            }
          },
          "Next": "ExecuteRollback"
        }
      ],
      "Output": {},
      "Next": "CreateReverseSlot"
    },
    "CreateReverseSlot": {
      "Type": "Task",
      "Comment": "{\"phase\":\"reverse-slot\",\"effects\":[\"reverse-slot\"],\"does\":\"creates the slot that keeps the target's changes\",\"node\":\"cutover \\\"ledger\\\" > fence\",\"repeat\":\"promised\"}",
      "Resource": "arn:aws:states:::lambda:invoke",
      "Arguments": {
        "FunctionName": "arn:aws:lambda:us-east-1:111111111111:function:payments-reverse-slot-dev",
        "Payload": {
          "action": "create",
          "run": {
            "migration": "payments",
            "environment": "dev",
            "cutover": "ledger",
            "execution": "{% $states.context.Execution.RedriveCount = $redrives ? $execution : $error(\"a redrive cannot begin here: the lock is not confirmed\") %}"
          },
          "after": "{% $cutAt %}"
        }
      },
      "TimeoutSeconds": 20,
      "Retry": [
        {
          "ErrorEquals": [
            "Lambda.ServiceException",
            "Lambda.AWSLambdaException",
            "Lambda.SdkClientException",
            "Lambda.TooManyRequestsException",
            "Lambda.Unknown",
            "Sandbox.Timedout",
            "Lambda.ClientExecutionTimeoutException"
          ],
          "IntervalSeconds": 1,
          "MaxAttempts": 2,
          "BackoffRate": 2,
          "MaxDelaySeconds": 2,
          "JitterStrategy": "FULL"
        },
        {
          "ErrorEquals": ["States.Timeout"],
          "IntervalSeconds": 1,
          "MaxAttempts": 1,
          "BackoffRate": 1,
          "MaxDelaySeconds": 2,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "CreateReverseSlot",
              "phase": "reverse-slot",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") %}"
            }
          },
          "Next": "ExecuteRollback"
        }
      ],
      "Assign": {
        "confirmed": "{% ($exists($states.result.Payload.position)) ? true : $error(\"the slot has no position\") %}"
      },
      "Output": {},
      "Next": "RecordCutover"
    },
    "RecordCutover": {
      "Type": "Task",
      "Comment": "{\"phase\":\"flip\",\"effects\":[\"evidence\"],\"does\":\"records the gates as evidence\",\"node\":\"cutover \\\"ledger\\\" > writer-switch\",\"repeat\":\"sets\"}",
      "Resource": "arn:aws:states:::aws-sdk:s3:putObject",
      "Arguments": {
        "Bucket": "payments-evidence-dev-111111111111",
        "Key": "{% \"ledger/gates/\" & $execution & \"/RecordCutover.json\" %}",
        "ContentType": "application/json",
        "ChecksumAlgorithm": "SHA256",
        "Body": "{% $string({ \"execution\": $execution, \"at\": $states.context.State.EnteredTime, \"gates\": $gates, \"approvals\": $approvals, \"failure\": $failure }) %}"
      },
      "TimeoutSeconds": 10,
      "Retry": [
        {
          "ErrorEquals": ["S3.S3Exception", "S3.SdkClientException"],
          "IntervalSeconds": 1,
          "MaxAttempts": 2,
          "BackoffRate": 2,
          "MaxDelaySeconds": 2,
          "JitterStrategy": "FULL"
        },
        {
          "ErrorEquals": ["States.Timeout"],
          "IntervalSeconds": 1,
          "MaxAttempts": 1,
          "BackoffRate": 1,
          "MaxDelaySeconds": 2,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "RecordCutover",
              "phase": "flip",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") %}"
            }
          },
          "Next": "ExecuteRollback"
        }
      ],
      "Output": {},
      "Next": "ConfirmFlip"
    },
    "ConfirmFlip": {
      "Type": "Task",
      "Comment": "{\"phase\":\"flip\",\"effects\":[],\"does\":\"checks that this execution still holds the lock\",\"node\":\"cutover \\\"ledger\\\" > writer-switch\",\"repeat\":\"reads\"}",
      "Resource": "arn:aws:states:::aws-sdk:s3:getObject",
      "Arguments": {
        "Bucket": "payments-checkpoints-dev-111111111111",
        "Key": "ledger/lock.txt",
        "IfMatch": "{% $lock %}"
      },
      "TimeoutSeconds": 10,
      "Retry": [
        {
          "ErrorEquals": ["S3.S3Exception", "S3.SdkClientException"],
          "IntervalSeconds": 1,
          "MaxAttempts": 2,
          "BackoffRate": 2,
          "MaxDelaySeconds": 2,
          "JitterStrategy": "FULL"
        },
        {
          "ErrorEquals": ["States.Timeout"],
          "IntervalSeconds": 1,
          "MaxAttempts": 1,
          "BackoffRate": 1,
          "MaxDelaySeconds": 2,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "ConfirmFlip",
              "phase": "flip",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") %}"
            }
          },
          "Next": "ExecuteRollback"
        }
      ],
      "Assign": {
        "confirmed": "{% ($states.result.Body = $execution) ? true : $error(\"another execution has taken the lock over\") %}",
        "redrives": "{% $states.context.Execution.RedriveCount %}"
      },
      "Output": {},
      "Next": "CheckpointFlip"
    },
    "CheckpointFlip": {
      "Type": "Task",
      "Comment": "{\"phase\":\"flip\",\"effects\":[\"checkpoint\"],\"does\":\"records the start of the phase flip\",\"node\":\"cutover \\\"ledger\\\" > writer-switch\",\"repeat\":\"sets\"}",
      "Resource": "arn:aws:states:::aws-sdk:s3:putObject",
      "Arguments": {
        "Bucket": "payments-checkpoints-dev-111111111111",
        "Key": "ledger/checkpoint.json",
        "ContentType": "application/json",
        "Body": "{% $string({ \"phase\": \"flip\", \"execution\": $execution, \"at\": $states.context.State.EnteredTime, \"position\": $position }) %}"
      },
      "TimeoutSeconds": 10,
      "Retry": [
        {
          "ErrorEquals": ["S3.S3Exception", "S3.SdkClientException"],
          "IntervalSeconds": 1,
          "MaxAttempts": 2,
          "BackoffRate": 2,
          "MaxDelaySeconds": 2,
          "JitterStrategy": "FULL"
        },
        {
          "ErrorEquals": ["States.Timeout"],
          "IntervalSeconds": 1,
          "MaxAttempts": 1,
          "BackoffRate": 1,
          "MaxDelaySeconds": 2,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "CheckpointFlip",
              "phase": "flip",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") %}"
            }
          },
          "Next": "ExecuteRollback"
        }
      ],
      "Output": {},
      "Next": "FlipRouting"
    },
    "FlipRouting": {
      "Type": "Task",
      "Comment": "{\"phase\":\"flip\",\"effects\":[\"flip:target\"],\"does\":\"sets the writer switch to target\",\"node\":\"cutover \\\"ledger\\\" > writer-switch\",\"repeat\":\"sets\"}",
      "Resource": "arn:aws:states:::aws-sdk:ssm:putParameter",
      "Arguments": {
        "Name": "/migration/payments/dev/database/writer",
        "Value": "{% $states.context.Execution.RedriveCount = $redrives ? \"target\" : $error(\"a redrive cannot begin here: the lock is not confirmed\") %}",
        "Overwrite": true
      },
      "TimeoutSeconds": 10,
      "Retry": [
        {
          "ErrorEquals": [
            "Ssm.TooManyUpdatesException",
            "Ssm.InternalServerErrorException",
            "Ssm.SsmException",
            "Ssm.SdkClientException"
          ],
          "IntervalSeconds": 1,
          "MaxAttempts": 2,
          "BackoffRate": 2,
          "MaxDelaySeconds": 2,
          "JitterStrategy": "FULL"
        },
        {
          "ErrorEquals": ["States.Timeout"],
          "IntervalSeconds": 1,
          "MaxAttempts": 1,
          "BackoffRate": 1,
          "MaxDelaySeconds": 2,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "FlipRouting",
              "phase": "flip",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") %}"
            }
          },
          "Next": "ExecuteRollback"
        }
      ],
      "Output": {},
      "Next": "ConfirmUnfence"
    },
    "ConfirmUnfence": {
      "Type": "Task",
      "Comment": "{\"phase\":\"unfence\",\"effects\":[],\"does\":\"checks that this execution still holds the lock\",\"node\":\"cutover \\\"ledger\\\" > fence\",\"repeat\":\"reads\"}",
      "Resource": "arn:aws:states:::aws-sdk:s3:getObject",
      "Arguments": {
        "Bucket": "payments-checkpoints-dev-111111111111",
        "Key": "ledger/lock.txt",
        "IfMatch": "{% $lock %}"
      },
      "TimeoutSeconds": 10,
      "Retry": [
        {
          "ErrorEquals": ["S3.S3Exception", "S3.SdkClientException"],
          "IntervalSeconds": 1,
          "MaxAttempts": 2,
          "BackoffRate": 2,
          "MaxDelaySeconds": 2,
          "JitterStrategy": "FULL"
        },
        {
          "ErrorEquals": ["States.Timeout"],
          "IntervalSeconds": 1,
          "MaxAttempts": 1,
          "BackoffRate": 1,
          "MaxDelaySeconds": 2,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "ConfirmUnfence",
              "phase": "flip",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") %}"
            }
          },
          "Next": "ExecuteRollback"
        }
      ],
      "Assign": {
        "confirmed": "{% ($states.result.Body = $execution) ? true : $error(\"another execution has taken the lock over\") %}",
        "redrives": "{% $states.context.Execution.RedriveCount %}"
      },
      "Output": {},
      "Next": "CheckpointUnfence"
    },
    "CheckpointUnfence": {
      "Type": "Task",
      "Comment": "{\"phase\":\"unfence\",\"effects\":[\"checkpoint\"],\"does\":\"records the start of the phase unfence\",\"node\":\"cutover \\\"ledger\\\" > fence\",\"repeat\":\"sets\"}",
      "Resource": "arn:aws:states:::aws-sdk:s3:putObject",
      "Arguments": {
        "Bucket": "payments-checkpoints-dev-111111111111",
        "Key": "ledger/checkpoint.json",
        "ContentType": "application/json",
        "Body": "{% $string({ \"phase\": \"unfence\", \"execution\": $execution, \"at\": $states.context.State.EnteredTime, \"position\": $position }) %}"
      },
      "TimeoutSeconds": 10,
      "Retry": [
        {
          "ErrorEquals": ["S3.S3Exception", "S3.SdkClientException"],
          "IntervalSeconds": 1,
          "MaxAttempts": 2,
          "BackoffRate": 2,
          "MaxDelaySeconds": 2,
          "JitterStrategy": "FULL"
        },
        {
          "ErrorEquals": ["States.Timeout"],
          "IntervalSeconds": 1,
          "MaxAttempts": 1,
          "BackoffRate": 1,
          "MaxDelaySeconds": 2,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "CheckpointUnfence",
              "phase": "flip",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") %}"
            }
          },
          "Next": "ExecuteRollback"
        }
      ],
      "Output": {},
      "Next": "UnfenceTarget"
    },
    "UnfenceTarget": {
      "Type": "Task",
      "Comment": "{\"phase\":\"unfence\",\"effects\":[\"unfence:target\"],\"does\":\"unfences the target\",\"node\":\"cutover \\\"ledger\\\" > fence\",\"repeat\":\"promised\"}",
      "Resource": "arn:aws:states:::lambda:invoke",
      "Arguments": {
        "FunctionName": "arn:aws:lambda:us-east-1:111111111111:function:payments-fence-dev",
        "Payload": {
          "action": "unfence",
          "run": {
            "migration": "payments",
            "environment": "dev",
            "cutover": "ledger",
            "execution": "{% $states.context.Execution.RedriveCount = $redrives ? $execution : $error(\"a redrive cannot begin here: the lock is not confirmed\") %}"
          },
          "side": "target"
        }
      },
      "TimeoutSeconds": 20,
      "Retry": [
        {
          "ErrorEquals": [
            "Lambda.ServiceException",
            "Lambda.AWSLambdaException",
            "Lambda.SdkClientException",
            "Lambda.TooManyRequestsException",
            "Lambda.Unknown",
            "Sandbox.Timedout",
            "Lambda.ClientExecutionTimeoutException"
          ],
          "IntervalSeconds": 1,
          "MaxAttempts": 2,
          "BackoffRate": 2,
          "MaxDelaySeconds": 2,
          "JitterStrategy": "FULL"
        },
        {
          "ErrorEquals": ["States.Timeout"],
          "IntervalSeconds": 1,
          "MaxAttempts": 1,
          "BackoffRate": 1,
          "MaxDelaySeconds": 2,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "UnfenceTarget",
              "phase": "unfence",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") %}"
            }
          },
          "Next": "ExecuteRollback"
        }
      ],
      "Assign": {
        "confirmed": "{% ($states.result.Payload.unfenced = true) ? true : $error(\"the target could not be opened\") %}"
      },
      "Output": {},
      "Next": "RecordRouting"
    },
    "RecordRouting": {
      "Type": "Task",
      "Comment": "{\"phase\":\"unfence\",\"effects\":[],\"does\":\"records that the target serves requests\",\"node\":\"cutover \\\"ledger\\\" > fence\",\"repeat\":\"sets\"}",
      "Resource": "arn:aws:states:::aws-sdk:ssm:putParameter",
      "Arguments": {
        "Name": "/migration/payments/dev/routing/target",
        "Value": "{% $states.context.Execution.RedriveCount = $redrives ? \"target\" : $error(\"a redrive cannot begin here: the lock is not confirmed\") %}",
        "Overwrite": true
      },
      "TimeoutSeconds": 30,
      "Retry": [
        {
          "ErrorEquals": [
            "Ssm.TooManyUpdatesException",
            "Ssm.InternalServerErrorException",
            "Ssm.SsmException",
            "Ssm.SdkClientException"
          ],
          "IntervalSeconds": 2,
          "MaxAttempts": 5,
          "BackoffRate": 2,
          "MaxDelaySeconds": 60,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [{ "ErrorEquals": ["States.ALL"], "Next": "StopForward" }],
      "Output": {},
      "Next": "StopForward"
    },
    "StopForward": {
      "Type": "Task",
      "Comment": "{\"phase\":\"stop-forward\",\"effects\":[\"stop-forward\"],\"does\":\"stops the task and keeps it\",\"node\":\"cutover \\\"ledger\\\" > fence\",\"repeat\":\"already\"}",
      "Resource": "arn:aws:states:::aws-sdk:databasemigration:stopReplicationTask",
      "Arguments": {
        "ReplicationTaskArn": "{% $states.context.Execution.RedriveCount = $redrives ? \"arn:aws:dms:us-east-1:111111111111:task:fqzc2m-payments-ledger-fwd-dev\" : $error(\"a redrive cannot begin here: the lock is not confirmed\") %}"
      },
      "TimeoutSeconds": 60,
      "Retry": [
        {
          "ErrorEquals": [
            "DatabaseMigration.DatabaseMigrationException",
            "DatabaseMigration.SdkClientException"
          ],
          "IntervalSeconds": 2,
          "MaxAttempts": 5,
          "BackoffRate": 2,
          "MaxDelaySeconds": 60,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        { "ErrorEquals": ["DatabaseMigration.InvalidResourceStateException"], "Next": "PollStop" },
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "StopForward",
              "phase": "stop-forward",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") %}"
            }
          },
          "Next": "NotifyFailure"
        }
      ],
      "Output": {},
      "Next": "PollStop"
    },
    "WaitForStop": {
      "Type": "Wait",
      "Comment": "{\"phase\":\"stop-forward\",\"effects\":[],\"does\":\"waits before the next poll\",\"node\":\"cutover \\\"ledger\\\" > fence\"}",
      "Seconds": 20,
      "Next": "PollStop"
    },
    "PollStop": {
      "Type": "Task",
      "Comment": "{\"phase\":\"stop-forward\",\"effects\":[],\"does\":\"checks whether the task has stopped\",\"node\":\"cutover \\\"ledger\\\" > fence\",\"repeat\":\"reads\"}",
      "Resource": "arn:aws:states:::aws-sdk:databasemigration:describeReplicationTasks",
      "Arguments": {
        "Filters": [
          {
            "Name": "replication-task-arn",
            "Values": ["arn:aws:dms:us-east-1:111111111111:task:fqzc2m-payments-ledger-fwd-dev"]
          }
        ],
        "WithoutSettings": true
      },
      "TimeoutSeconds": 60,
      "Retry": [
        {
          "ErrorEquals": [
            "DatabaseMigration.DatabaseMigrationException",
            "DatabaseMigration.SdkClientException"
          ],
          "IntervalSeconds": 2,
          "MaxAttempts": 5,
          "BackoffRate": 2,
          "MaxDelaySeconds": 60,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "PollStop",
              "phase": "stop-forward",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") %}"
            }
          },
          "Next": "NotifyFailure"
        }
      ],
      "Assign": {
        "verdict": "{% ($states.result.ReplicationTasks[0].Status in [\"stopped\", \"failed\"]) ? \"pass\" : ((false) or $turns + 1 >= 45) ? \"fail\" : \"wait\" %}",
        "reason": "{% \"the task is \" & $string($states.result.ReplicationTasks[0].Status) %}",
        "turns": "{% $turns + 1 %}"
      },
      "Output": {},
      "Next": "CheckStop"
    },
    "CheckStop": {
      "Type": "Choice",
      "Comment": "{\"phase\":\"stop-forward\",\"effects\":[\"forward-stopped\"],\"does\":\"continues when it has stopped\",\"node\":\"cutover \\\"ledger\\\" > fence\"}",
      "Choices": [
        {
          "Condition": "{% $verdict = \"pass\" %}",
          "Assign": {
            "turns": 0,
            "quiet": 0,
            "unknown": 0,
            "verdict": "wait",
            "gates": "{% $append($gates, [{ \"gate\": \"CheckStop\", \"is\": \"open\", \"at\": $states.context.State.EnteredTime, \"found\": $reason }]) %}"
          },
          "Next": "ConfirmStop"
        },
        { "Condition": "{% $verdict = \"wait\" %}", "Next": "WaitForStop" }
      ],
      "Default": "NotifyFailure",
      "Assign": {
        "failure": {
          "state": "CheckStop",
          "phase": "stop-forward",
          "error": "Migration.GateFailed",
          "cause": "{% $reason %}"
        },
        "gates": "{% $append($gates, [{ \"gate\": \"CheckStop\", \"is\": \"shut\", \"at\": $states.context.State.EnteredTime, \"found\": $reason }]) %}"
      }
    },
    "ConfirmStop": {
      "Type": "Task",
      "Comment": "{\"phase\":\"stop-forward\",\"effects\":[],\"does\":\"checks that this execution still holds the lock\",\"node\":\"cutover \\\"ledger\\\" > fence\",\"repeat\":\"reads\"}",
      "Resource": "arn:aws:states:::aws-sdk:s3:getObject",
      "Arguments": {
        "Bucket": "payments-checkpoints-dev-111111111111",
        "Key": "ledger/lock.txt",
        "IfMatch": "{% $lock %}"
      },
      "TimeoutSeconds": 30,
      "Retry": [
        {
          "ErrorEquals": ["S3.S3Exception", "S3.SdkClientException"],
          "IntervalSeconds": 2,
          "MaxAttempts": 5,
          "BackoffRate": 2,
          "MaxDelaySeconds": 60,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "ConfirmStop",
              "phase": "stop-forward",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") %}"
            }
          },
          "Next": "NotifyFailure"
        }
      ],
      "Assign": {
        "confirmed": "{% ($states.result.Body = $execution) ? true : $error(\"another execution has taken the lock over\") %}",
        "redrives": "{% $states.context.Execution.RedriveCount %}"
      },
      "Output": {},
      "Next": "RestoreForward"
    },
    "RestoreForward": {
      "Type": "Task",
      "Comment": "{\"phase\":\"stop-forward\",\"effects\":[\"restore-forward\"],\"does\":\"unlocks the forward task's login on the target\",\"node\":\"cutover \\\"ledger\\\" > fence\",\"repeat\":\"promised\"}",
      "Resource": "arn:aws:states:::lambda:invoke",
      "Arguments": {
        "FunctionName": "arn:aws:lambda:us-east-1:111111111111:function:payments-fence-dev",
        "Payload": {
          "action": "restore",
          "run": {
            "migration": "payments",
            "environment": "dev",
            "cutover": "ledger",
            "execution": "{% $states.context.Execution.RedriveCount = $redrives ? $execution : $error(\"a redrive cannot begin here: the lock is not confirmed\") %}"
          },
          "side": "target"
        }
      },
      "TimeoutSeconds": 910,
      "Retry": [
        {
          "ErrorEquals": [
            "Lambda.ServiceException",
            "Lambda.AWSLambdaException",
            "Lambda.SdkClientException",
            "Lambda.TooManyRequestsException",
            "Lambda.Unknown",
            "Sandbox.Timedout",
            "Lambda.ClientExecutionTimeoutException"
          ],
          "IntervalSeconds": 2,
          "MaxAttempts": 5,
          "BackoffRate": 2,
          "MaxDelaySeconds": 60,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "RestoreForward",
              "phase": "stop-forward",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") %}"
            }
          },
          "Next": "NotifyFailure"
        }
      ],
      "Assign": {
        "confirmed": "{% ($states.result.Payload.restored = true) ? true : $error(\"the forward task's login is still locked out of the target\") %}"
      },
      "Output": {},
      "Next": "FindReverseSlot"
    },
    "FindReverseSlot": {
      "Type": "Task",
      "Comment": "{\"phase\":\"start-reverse\",\"effects\":[],\"does\":\"reads the slot's position\",\"node\":\"cutover \\\"ledger\\\" > fence\",\"repeat\":\"promised\"}",
      "Resource": "arn:aws:states:::lambda:invoke",
      "Arguments": {
        "FunctionName": "arn:aws:lambda:us-east-1:111111111111:function:payments-reverse-slot-dev",
        "Payload": {
          "action": "find",
          "run": {
            "migration": "payments",
            "environment": "dev",
            "cutover": "ledger",
            "execution": "{% $execution %}"
          }
        }
      },
      "TimeoutSeconds": 910,
      "Retry": [
        {
          "ErrorEquals": [
            "Lambda.ServiceException",
            "Lambda.AWSLambdaException",
            "Lambda.SdkClientException",
            "Lambda.TooManyRequestsException",
            "Lambda.Unknown",
            "Sandbox.Timedout",
            "Lambda.ClientExecutionTimeoutException"
          ],
          "IntervalSeconds": 2,
          "MaxAttempts": 5,
          "BackoffRate": 2,
          "MaxDelaySeconds": 60,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "FindReverseSlot",
              "phase": "start-reverse",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") %}"
            }
          },
          "Next": "NotifyFailure"
        }
      ],
      "Assign": {
        "confirmed": "{% ($exists($states.result.Payload.position)) ? true : $error(\"the slot has no position\") %}",
        "slotPosition": "{% $states.result.Payload.position %}"
      },
      "Output": {},
      "Next": "StartReverse"
    },
    "StartReverse": {
      "Type": "Task",
      "Comment": "{\"phase\":\"start-reverse\",\"effects\":[\"start-reverse\"],\"does\":\"starts replication from the target back to the source\",\"node\":\"cutover \\\"ledger\\\" > fence\",\"repeat\":\"already\"}",
      "Resource": "arn:aws:states:::aws-sdk:databasemigration:startReplicationTask",
      "Arguments": {
        "ReplicationTaskArn": "{% $states.context.Execution.RedriveCount = $redrives ? \"arn:aws:dms:us-east-1:111111111111:task:n665cf-payments-ledger-rev-dev\" : $error(\"a redrive cannot begin here: the lock is not confirmed\") %}",
        "StartReplicationTaskType": "start-replication",
        "CdcStartPosition": "{% $slotPosition %}"
      },
      "TimeoutSeconds": 60,
      "Retry": [
        {
          "ErrorEquals": [
            "DatabaseMigration.DatabaseMigrationException",
            "DatabaseMigration.SdkClientException"
          ],
          "IntervalSeconds": 2,
          "MaxAttempts": 5,
          "BackoffRate": 2,
          "MaxDelaySeconds": 60,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        { "ErrorEquals": ["DatabaseMigration.InvalidResourceStateException"], "Next": "PollReverse" },
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "StartReverse",
              "phase": "start-reverse",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") %}"
            }
          },
          "Next": "NotifyFailure"
        }
      ],
      "Output": {},
      "Next": "PollReverse"
    },
    "WaitForReverse": {
      "Type": "Wait",
      "Comment": "{\"phase\":\"start-reverse\",\"effects\":[],\"does\":\"waits before the next poll\",\"node\":\"cutover \\\"ledger\\\" > fence\"}",
      "Seconds": 20,
      "Next": "PollReverse"
    },
    "PollReverse": {
      "Type": "Task",
      "Comment": "{\"phase\":\"start-reverse\",\"effects\":[],\"does\":\"checks whether it runs\",\"node\":\"cutover \\\"ledger\\\" > fence\",\"repeat\":\"reads\"}",
      "Resource": "arn:aws:states:::aws-sdk:databasemigration:describeReplicationTasks",
      "Arguments": {
        "Filters": [
          {
            "Name": "replication-task-arn",
            "Values": ["arn:aws:dms:us-east-1:111111111111:task:n665cf-payments-ledger-rev-dev"]
          }
        ],
        "WithoutSettings": true
      },
      "TimeoutSeconds": 60,
      "Retry": [
        {
          "ErrorEquals": [
            "DatabaseMigration.DatabaseMigrationException",
            "DatabaseMigration.SdkClientException"
          ],
          "IntervalSeconds": 2,
          "MaxAttempts": 5,
          "BackoffRate": 2,
          "MaxDelaySeconds": 60,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "PollReverse",
              "phase": "start-reverse",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") %}"
            }
          },
          "Next": "NotifyFailure"
        }
      ],
      "Assign": {
        "verdict": "{% ($states.result.ReplicationTasks[0].Status = \"running\") ? \"pass\" : (($states.result.ReplicationTasks[0].Status in [\"failed\", \"stopped\", \"stopping\"]) or $turns + 1 >= 45) ? \"fail\" : \"wait\" %}",
        "reason": "{% \"the reverse task is \" & $string($states.result.ReplicationTasks[0].Status) %}",
        "turns": "{% $turns + 1 %}"
      },
      "Output": {},
      "Next": "CheckReverse"
    },
    "CheckReverse": {
      "Type": "Choice",
      "Comment": "{\"phase\":\"start-reverse\",\"effects\":[\"reverse-running\"],\"does\":\"continues when it runs\",\"node\":\"cutover \\\"ledger\\\" > fence\"}",
      "Choices": [
        {
          "Condition": "{% $verdict = \"pass\" %}",
          "Assign": {
            "turns": 0,
            "quiet": 0,
            "unknown": 0,
            "verdict": "wait",
            "gates": "{% $append($gates, [{ \"gate\": \"CheckReverse\", \"is\": \"open\", \"at\": $states.context.State.EnteredTime, \"found\": $reason }]) %}"
          },
          "Next": "WatchTarget"
        },
        { "Condition": "{% $verdict = \"wait\" %}", "Next": "WaitForReverse" }
      ],
      "Default": "NotifyFailure",
      "Assign": {
        "failure": {
          "state": "CheckReverse",
          "phase": "start-reverse",
          "error": "Migration.GateFailed",
          "cause": "{% $reason %}"
        },
        "gates": "{% $append($gates, [{ \"gate\": \"CheckReverse\", \"is\": \"shut\", \"at\": $states.context.State.EnteredTime, \"found\": $reason }]) %}"
      }
    },
    "WatchTarget": {
      "Type": "Wait",
      "Comment": "{\"phase\":\"watch\",\"effects\":[],\"does\":\"waits before the next poll\",\"node\":\"cutover \\\"ledger\\\" > rollback\"}",
      "Seconds": "{% $turns < 60 ? 60 : 639 %}",
      "Next": "ReadWatchAlarms"
    },
    "ReadWatchAlarms": {
      "Type": "Task",
      "Comment": "{\"phase\":\"watch\",\"effects\":[],\"does\":\"reads the alarm payments-ledger-watch-dev\",\"node\":\"cutover \\\"ledger\\\" > rollback\",\"repeat\":\"reads\"}",
      "Resource": "arn:aws:states:::aws-sdk:cloudwatch:describeAlarms",
      "Arguments": { "AlarmNames": ["payments-ledger-watch-dev"], "AlarmTypes": ["CompositeAlarm"] },
      "TimeoutSeconds": 30,
      "Retry": [
        {
          "ErrorEquals": ["CloudWatch.CloudWatchException", "CloudWatch.SdkClientException"],
          "IntervalSeconds": 30,
          "MaxAttempts": 10,
          "BackoffRate": 2,
          "MaxDelaySeconds": 600,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "ReadWatchAlarms",
              "phase": "watch",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") %}"
            }
          },
          "Next": "NotifyFailure"
        }
      ],
      "Assign": {
        "verdict": "{% ($states.result.CompositeAlarms[0].StateValue = \"OK\" and $quiet + 1 >= 460) ? \"pass\" : ($not($states.result.CompositeAlarms[0].StateValue = \"OK\") and $unknown + 1 > 20 or $turns + 1 >= 521) ? \"page\" : (($states.result.CompositeAlarms[0].StateValue = \"ALARM\") and ($quiet > 0 or $turns + 1 > 15)) ? \"fail\" : \"wait\" %}",
        "quiet": "{% ($states.result.CompositeAlarms[0].StateValue = \"OK\") ? $quiet + 1 : $quiet %}",
        "unknown": "{% ($states.result.CompositeAlarms[0].StateValue = \"OK\") ? 0 : $unknown + 1 %}",
        "reason": "{% \"the alarm is \" & ($exists($states.result.CompositeAlarms[0].StateValue) ? $states.result.CompositeAlarms[0].StateValue : \"absent\") %}",
        "turns": "{% $turns + 1 %}"
      },
      "Output": {},
      "Next": "CheckWatchAlarms"
    },
    "CheckWatchAlarms": {
      "Type": "Choice",
      "Comment": "{\"phase\":\"watch\",\"effects\":[\"alarm-gate\"],\"does\":\"continues when the alarm was quiet for 3d\",\"node\":\"cutover \\\"ledger\\\" > rollback\",\"hold\":{\"seconds\":259200}}",
      "Choices": [
        {
          "Condition": "{% $verdict = \"pass\" %}",
          "Assign": {
            "turns": 0,
            "quiet": 0,
            "unknown": 0,
            "verdict": "wait",
            "gates": "{% $append($gates, [{ \"gate\": \"CheckWatchAlarms\", \"is\": \"open\", \"at\": $states.context.State.EnteredTime, \"found\": $reason }]) %}"
          },
          "Next": "ApproveDecommission"
        },
        {
          "Condition": "{% $verdict = \"page\" %}",
          "Assign": {
            "failure": {
              "state": "CheckWatchAlarms",
              "phase": "watch",
              "error": "Migration.GateFailed",
              "cause": "{% $reason %}"
            },
            "gates": "{% $append($gates, [{ \"gate\": \"CheckWatchAlarms\", \"is\": \"shut\", \"at\": $states.context.State.EnteredTime, \"found\": $reason }]) %}"
          },
          "Next": "NotifyFailure"
        },
        { "Condition": "{% $verdict = \"wait\" %}", "Next": "WatchTarget" }
      ],
      "Default": "ExecuteRollback",
      "Assign": {
        "failure": {
          "state": "CheckWatchAlarms",
          "phase": "watch",
          "error": "Migration.GateFailed",
          "cause": "{% $reason %}"
        },
        "gates": "{% $append($gates, [{ \"gate\": \"CheckWatchAlarms\", \"is\": \"shut\", \"at\": $states.context.State.EnteredTime, \"found\": $reason }]) %}"
      }
    },
    "ApproveDecommission": {
      "Type": "Parallel",
      "Comment": "{\"phase\":\"decommission\",\"effects\":[],\"does\":\"asks 2 roles for approval: end the rollback window\",\"node\":\"cutover \\\"ledger\\\" > approval\"}",
      "Branches": [
        {
          "StartAt": "ApproveDecommissionTell1",
          "States": {
            "ApproveDecommissionTell1": {
              "Type": "Task",
              "Comment": "{\"phase\":\"decommission\",\"effects\":[],\"does\":\"notifies one role that its answer is needed\",\"node\":\"cutover \\\"ledger\\\" > approval\",\"repeat\":\"tells\"}",
              "Resource": "arn:aws:states:::sns:publish",
              "Arguments": {
                "TopicArn": "arn:aws:sns:us-east-1:111111111111:payments-notifications-dev",
                "Subject": "payments-migration-orchestration-dev: approval needed",
                "Message": "{% \"payments-migration-orchestration-dev: cutover \\\"ledger\\\" may now end the rollback window.\\u000a\\u000aAs arn:aws:iam::111111111111:role/payments-lead, within 1d, approve:\\u000aaws stepfunctions send-task-success --region us-east-1 --task-output \\\"\\u007b\\\\\\\"decision\\\\\\\":\\\\\\\"approve\\\\\\\"\\u007d\\\" --task-token \\\"$(aws s3 cp --region us-east-1 s3://payments-checkpoints-dev-111111111111/\" & \"ledger/approvals/payments-lead/\" & $execution & \"/ApproveDecommission\" & \" -)\\\"\\u000a\\u000aor refuse:\\u000aaws stepfunctions send-task-failure --region us-east-1 --error Migration.Refused --task-token \\\"$(aws s3 cp --region us-east-1 s3://payments-checkpoints-dev-111111111111/\" & \"ledger/approvals/payments-lead/\" & $execution & \"/ApproveDecommission\" & \" -)\\\"\\u000a\\u000aOnly this role can read the token. A reminder creates a new token.\" %}"
              },
              "TimeoutSeconds": 30,
              "Retry": [
                {
                  "ErrorEquals": [
                    "SNS.InternalErrorException",
                    "SNS.ThrottledException",
                    "SNS.SdkClientException"
                  ],
                  "IntervalSeconds": 2,
                  "MaxAttempts": 5,
                  "BackoffRate": 2,
                  "MaxDelaySeconds": 60,
                  "JitterStrategy": "FULL"
                }
              ],
              "Output": {},
              "Next": "ApproveDecommissionBy1"
            },
            "ApproveDecommissionBy1": {
              "Type": "Task",
              "Comment": "{\"phase\":\"decommission\",\"effects\":[],\"does\":\"writes the token to a key that only the role can read, and waits for its answer\",\"node\":\"cutover \\\"ledger\\\" > approval\",\"repeat\":\"sets\"}",
              "Resource": "arn:aws:states:::aws-sdk:s3:putObject.waitForTaskToken",
              "Arguments": {
                "Bucket": "payments-checkpoints-dev-111111111111",
                "Key": "{% \"ledger/approvals/payments-lead/\" & $execution & \"/ApproveDecommission\" %}",
                "ContentType": "text/plain",
                "Body": "{% $states.context.Task.Token %}"
              },
              "TimeoutSeconds": 86400,
              "HeartbeatSeconds": 43200,
              "Retry": [
                {
                  "ErrorEquals": ["S3.S3Exception", "S3.SdkClientException"],
                  "IntervalSeconds": 5,
                  "MaxAttempts": 3,
                  "BackoffRate": 2,
                  "MaxDelaySeconds": 60,
                  "JitterStrategy": "FULL"
                }
              ],
              "Catch": [
                { "ErrorEquals": ["States.Timeout"], "Next": "ApproveDecommissionUnanswered1" },
                { "ErrorEquals": ["States.HeartbeatTimeout"], "Next": "ApproveDecommissionRemind1" }
              ],
              "Output": {
                "question": "ApproveDecommission",
                "role": "arn:aws:iam::111111111111:role/payments-lead",
                "at": "{% $states.context.State.EnteredTime %}",
                "answer": "{% $states.result %}"
              },
              "End": true
            },
            "ApproveDecommissionRemind1": {
              "Type": "Task",
              "Comment": "{\"phase\":\"decommission\",\"effects\":[],\"does\":\"notifies one role that its answer is needed\",\"node\":\"cutover \\\"ledger\\\" > approval\",\"repeat\":\"tells\"}",
              "Resource": "arn:aws:states:::sns:publish",
              "Arguments": {
                "TopicArn": "arn:aws:sns:us-east-1:111111111111:payments-notifications-dev",
                "Subject": "payments-migration-orchestration-dev: approval needed",
                "Message": "{% \"payments-migration-orchestration-dev: cutover \\\"ledger\\\" may now end the rollback window.\\u000a\\u000aAs arn:aws:iam::111111111111:role/payments-lead, within 12h, approve:\\u000aaws stepfunctions send-task-success --region us-east-1 --task-output \\\"\\u007b\\\\\\\"decision\\\\\\\":\\\\\\\"approve\\\\\\\"\\u007d\\\" --task-token \\\"$(aws s3 cp --region us-east-1 s3://payments-checkpoints-dev-111111111111/\" & \"ledger/approvals/payments-lead/\" & $execution & \"/ApproveDecommission\" & \" -)\\\"\\u000a\\u000aor refuse:\\u000aaws stepfunctions send-task-failure --region us-east-1 --error Migration.Refused --task-token \\\"$(aws s3 cp --region us-east-1 s3://payments-checkpoints-dev-111111111111/\" & \"ledger/approvals/payments-lead/\" & $execution & \"/ApproveDecommission\" & \" -)\\\"\\u000a\\u000aOnly this role can read the token. A reminder creates a new token.\" %}"
              },
              "TimeoutSeconds": 30,
              "Retry": [
                {
                  "ErrorEquals": [
                    "SNS.InternalErrorException",
                    "SNS.ThrottledException",
                    "SNS.SdkClientException"
                  ],
                  "IntervalSeconds": 2,
                  "MaxAttempts": 5,
                  "BackoffRate": 2,
                  "MaxDelaySeconds": 60,
                  "JitterStrategy": "FULL"
                }
              ],
              "Output": {},
              "Next": "ApproveDecommissionAgain1"
            },
            "ApproveDecommissionAgain1": {
              "Type": "Task",
              "Comment": "{\"phase\":\"decommission\",\"effects\":[],\"does\":\"writes the token to a key that only the role can read, and waits for its answer\",\"node\":\"cutover \\\"ledger\\\" > approval\",\"repeat\":\"sets\"}",
              "Resource": "arn:aws:states:::aws-sdk:s3:putObject.waitForTaskToken",
              "Arguments": {
                "Bucket": "payments-checkpoints-dev-111111111111",
                "Key": "{% \"ledger/approvals/payments-lead/\" & $execution & \"/ApproveDecommission\" %}",
                "ContentType": "text/plain",
                "Body": "{% $states.context.Task.Token %}"
              },
              "TimeoutSeconds": 43200,
              "HeartbeatSeconds": 43199,
              "Retry": [
                {
                  "ErrorEquals": ["S3.S3Exception", "S3.SdkClientException"],
                  "IntervalSeconds": 5,
                  "MaxAttempts": 3,
                  "BackoffRate": 2,
                  "MaxDelaySeconds": 60,
                  "JitterStrategy": "FULL"
                }
              ],
              "Catch": [
                {
                  "ErrorEquals": ["States.HeartbeatTimeout", "States.Timeout"],
                  "Next": "ApproveDecommissionUnanswered1"
                }
              ],
              "Output": {
                "question": "ApproveDecommission",
                "role": "arn:aws:iam::111111111111:role/payments-lead",
                "at": "{% $states.context.State.EnteredTime %}",
                "answer": "{% $states.result %}"
              },
              "End": true
            },
            "ApproveDecommissionUnanswered1": {
              "Type": "Pass",
              "Comment": "{\"phase\":\"decommission\",\"effects\":[],\"does\":\"treats silence as a refusal\",\"node\":\"cutover \\\"ledger\\\" > approval\"}",
              "Output": {
                "question": "ApproveDecommission",
                "role": "arn:aws:iam::111111111111:role/payments-lead",
                "at": "{% $states.context.State.EnteredTime %}",
                "answer": { "decision": "none" }
              },
              "End": true
            }
          }
        },
        {
          "StartAt": "ApproveDecommissionTell2",
          "States": {
            "ApproveDecommissionTell2": {
              "Type": "Task",
              "Comment": "{\"phase\":\"decommission\",\"effects\":[],\"does\":\"notifies one role that its answer is needed\",\"node\":\"cutover \\\"ledger\\\" > approval\",\"repeat\":\"tells\"}",
              "Resource": "arn:aws:states:::sns:publish",
              "Arguments": {
                "TopicArn": "arn:aws:sns:us-east-1:111111111111:payments-notifications-dev",
                "Subject": "payments-migration-orchestration-dev: approval needed",
                "Message": "{% \"payments-migration-orchestration-dev: cutover \\\"ledger\\\" may now end the rollback window.\\u000a\\u000aAs arn:aws:iam::111111111111:role/security-lead, within 1d, approve:\\u000aaws stepfunctions send-task-success --region us-east-1 --task-output \\\"\\u007b\\\\\\\"decision\\\\\\\":\\\\\\\"approve\\\\\\\"\\u007d\\\" --task-token \\\"$(aws s3 cp --region us-east-1 s3://payments-checkpoints-dev-111111111111/\" & \"ledger/approvals/security-lead/\" & $execution & \"/ApproveDecommission\" & \" -)\\\"\\u000a\\u000aor refuse:\\u000aaws stepfunctions send-task-failure --region us-east-1 --error Migration.Refused --task-token \\\"$(aws s3 cp --region us-east-1 s3://payments-checkpoints-dev-111111111111/\" & \"ledger/approvals/security-lead/\" & $execution & \"/ApproveDecommission\" & \" -)\\\"\\u000a\\u000aOnly this role can read the token. A reminder creates a new token.\" %}"
              },
              "TimeoutSeconds": 30,
              "Retry": [
                {
                  "ErrorEquals": [
                    "SNS.InternalErrorException",
                    "SNS.ThrottledException",
                    "SNS.SdkClientException"
                  ],
                  "IntervalSeconds": 2,
                  "MaxAttempts": 5,
                  "BackoffRate": 2,
                  "MaxDelaySeconds": 60,
                  "JitterStrategy": "FULL"
                }
              ],
              "Output": {},
              "Next": "ApproveDecommissionBy2"
            },
            "ApproveDecommissionBy2": {
              "Type": "Task",
              "Comment": "{\"phase\":\"decommission\",\"effects\":[],\"does\":\"writes the token to a key that only the role can read, and waits for its answer\",\"node\":\"cutover \\\"ledger\\\" > approval\",\"repeat\":\"sets\"}",
              "Resource": "arn:aws:states:::aws-sdk:s3:putObject.waitForTaskToken",
              "Arguments": {
                "Bucket": "payments-checkpoints-dev-111111111111",
                "Key": "{% \"ledger/approvals/security-lead/\" & $execution & \"/ApproveDecommission\" %}",
                "ContentType": "text/plain",
                "Body": "{% $states.context.Task.Token %}"
              },
              "TimeoutSeconds": 86400,
              "HeartbeatSeconds": 43200,
              "Retry": [
                {
                  "ErrorEquals": ["S3.S3Exception", "S3.SdkClientException"],
                  "IntervalSeconds": 5,
                  "MaxAttempts": 3,
                  "BackoffRate": 2,
                  "MaxDelaySeconds": 60,
                  "JitterStrategy": "FULL"
                }
              ],
              "Catch": [
                { "ErrorEquals": ["States.Timeout"], "Next": "ApproveDecommissionUnanswered2" },
                { "ErrorEquals": ["States.HeartbeatTimeout"], "Next": "ApproveDecommissionRemind2" }
              ],
              "Output": {
                "question": "ApproveDecommission",
                "role": "arn:aws:iam::111111111111:role/security-lead",
                "at": "{% $states.context.State.EnteredTime %}",
                "answer": "{% $states.result %}"
              },
              "End": true
            },
            "ApproveDecommissionRemind2": {
              "Type": "Task",
              "Comment": "{\"phase\":\"decommission\",\"effects\":[],\"does\":\"notifies one role that its answer is needed\",\"node\":\"cutover \\\"ledger\\\" > approval\",\"repeat\":\"tells\"}",
              "Resource": "arn:aws:states:::sns:publish",
              "Arguments": {
                "TopicArn": "arn:aws:sns:us-east-1:111111111111:payments-notifications-dev",
                "Subject": "payments-migration-orchestration-dev: approval needed",
                "Message": "{% \"payments-migration-orchestration-dev: cutover \\\"ledger\\\" may now end the rollback window.\\u000a\\u000aAs arn:aws:iam::111111111111:role/security-lead, within 12h, approve:\\u000aaws stepfunctions send-task-success --region us-east-1 --task-output \\\"\\u007b\\\\\\\"decision\\\\\\\":\\\\\\\"approve\\\\\\\"\\u007d\\\" --task-token \\\"$(aws s3 cp --region us-east-1 s3://payments-checkpoints-dev-111111111111/\" & \"ledger/approvals/security-lead/\" & $execution & \"/ApproveDecommission\" & \" -)\\\"\\u000a\\u000aor refuse:\\u000aaws stepfunctions send-task-failure --region us-east-1 --error Migration.Refused --task-token \\\"$(aws s3 cp --region us-east-1 s3://payments-checkpoints-dev-111111111111/\" & \"ledger/approvals/security-lead/\" & $execution & \"/ApproveDecommission\" & \" -)\\\"\\u000a\\u000aOnly this role can read the token. A reminder creates a new token.\" %}"
              },
              "TimeoutSeconds": 30,
              "Retry": [
                {
                  "ErrorEquals": [
                    "SNS.InternalErrorException",
                    "SNS.ThrottledException",
                    "SNS.SdkClientException"
                  ],
                  "IntervalSeconds": 2,
                  "MaxAttempts": 5,
                  "BackoffRate": 2,
                  "MaxDelaySeconds": 60,
                  "JitterStrategy": "FULL"
                }
              ],
              "Output": {},
              "Next": "ApproveDecommissionAgain2"
            },
            "ApproveDecommissionAgain2": {
              "Type": "Task",
              "Comment": "{\"phase\":\"decommission\",\"effects\":[],\"does\":\"writes the token to a key that only the role can read, and waits for its answer\",\"node\":\"cutover \\\"ledger\\\" > approval\",\"repeat\":\"sets\"}",
              "Resource": "arn:aws:states:::aws-sdk:s3:putObject.waitForTaskToken",
              "Arguments": {
                "Bucket": "payments-checkpoints-dev-111111111111",
                "Key": "{% \"ledger/approvals/security-lead/\" & $execution & \"/ApproveDecommission\" %}",
                "ContentType": "text/plain",
                "Body": "{% $states.context.Task.Token %}"
              },
              "TimeoutSeconds": 43200,
              "HeartbeatSeconds": 43199,
              "Retry": [
                {
                  "ErrorEquals": ["S3.S3Exception", "S3.SdkClientException"],
                  "IntervalSeconds": 5,
                  "MaxAttempts": 3,
                  "BackoffRate": 2,
                  "MaxDelaySeconds": 60,
                  "JitterStrategy": "FULL"
                }
              ],
              "Catch": [
                {
                  "ErrorEquals": ["States.HeartbeatTimeout", "States.Timeout"],
                  "Next": "ApproveDecommissionUnanswered2"
                }
              ],
              "Output": {
                "question": "ApproveDecommission",
                "role": "arn:aws:iam::111111111111:role/security-lead",
                "at": "{% $states.context.State.EnteredTime %}",
                "answer": "{% $states.result %}"
              },
              "End": true
            },
            "ApproveDecommissionUnanswered2": {
              "Type": "Pass",
              "Comment": "{\"phase\":\"decommission\",\"effects\":[],\"does\":\"treats silence as a refusal\",\"node\":\"cutover \\\"ledger\\\" > approval\"}",
              "Output": {
                "question": "ApproveDecommission",
                "role": "arn:aws:iam::111111111111:role/security-lead",
                "at": "{% $states.context.State.EnteredTime %}",
                "answer": { "decision": "none" }
              },
              "End": true
            }
          }
        }
      ],
      "Catch": [
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "ApproveDecommission",
              "phase": "decommission",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") %}"
            }
          },
          "Next": "NotifyFailure"
        }
      ],
      "Assign": {
        "confirmed": "{% ($states.result[0].answer.decision = \"approve\" and $states.result[1].answer.decision = \"approve\") ? true : $error(\"not approved by each of the roles\") %}",
        "approvals": "{% $append($approvals, $states.result) %}"
      },
      "Output": {},
      "Next": "RecordDecommission"
    },
    "RecordDecommission": {
      "Type": "Task",
      "Comment": "{\"phase\":\"decommission\",\"effects\":[\"approve\"],\"does\":\"records the approvals as evidence\",\"node\":\"cutover \\\"ledger\\\" > approval\",\"repeat\":\"sets\"}",
      "Resource": "arn:aws:states:::aws-sdk:s3:putObject",
      "Arguments": {
        "Bucket": "payments-evidence-dev-111111111111",
        "Key": "{% \"ledger/approvals/\" & $execution & \"/RecordDecommission.json\" %}",
        "ContentType": "application/json",
        "ChecksumAlgorithm": "SHA256",
        "Body": "{% $string($approvals) %}"
      },
      "TimeoutSeconds": 30,
      "Retry": [
        {
          "ErrorEquals": ["S3.S3Exception", "S3.SdkClientException"],
          "IntervalSeconds": 2,
          "MaxAttempts": 5,
          "BackoffRate": 2,
          "MaxDelaySeconds": 60,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "RecordDecommission",
              "phase": "decommission",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") %}"
            }
          },
          "Next": "NotifyFailure"
        }
      ],
      "Output": {},
      "Next": "ConfirmDecommission"
    },
    "ConfirmDecommission": {
      "Type": "Task",
      "Comment": "{\"phase\":\"decommission\",\"effects\":[],\"does\":\"checks that this execution still holds the lock\",\"node\":\"cutover \\\"ledger\\\" > approval\",\"repeat\":\"reads\"}",
      "Resource": "arn:aws:states:::aws-sdk:s3:getObject",
      "Arguments": {
        "Bucket": "payments-checkpoints-dev-111111111111",
        "Key": "ledger/lock.txt",
        "IfMatch": "{% $lock %}"
      },
      "TimeoutSeconds": 30,
      "Retry": [
        {
          "ErrorEquals": ["S3.S3Exception", "S3.SdkClientException"],
          "IntervalSeconds": 2,
          "MaxAttempts": 5,
          "BackoffRate": 2,
          "MaxDelaySeconds": 60,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "ConfirmDecommission",
              "phase": "decommission",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") %}"
            }
          },
          "Next": "NotifyFailure"
        }
      ],
      "Assign": {
        "confirmed": "{% ($states.result.Body = $execution) ? true : $error(\"another execution has taken the lock over\") %}",
        "redrives": "{% $states.context.Execution.RedriveCount %}"
      },
      "Output": {},
      "Next": "CheckpointDecommission"
    },
    "CheckpointDecommission": {
      "Type": "Task",
      "Comment": "{\"phase\":\"decommission\",\"effects\":[\"checkpoint\"],\"does\":\"records the start of the phase decommission\",\"node\":\"cutover \\\"ledger\\\" > approval\",\"repeat\":\"sets\"}",
      "Resource": "arn:aws:states:::aws-sdk:s3:putObject",
      "Arguments": {
        "Bucket": "payments-checkpoints-dev-111111111111",
        "Key": "ledger/checkpoint.json",
        "ContentType": "application/json",
        "Body": "{% $string({ \"phase\": \"decommission\", \"execution\": $execution, \"at\": $states.context.State.EnteredTime, \"position\": $position }) %}"
      },
      "TimeoutSeconds": 30,
      "Retry": [
        {
          "ErrorEquals": ["S3.S3Exception", "S3.SdkClientException"],
          "IntervalSeconds": 2,
          "MaxAttempts": 5,
          "BackoffRate": 2,
          "MaxDelaySeconds": 60,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "CheckpointDecommission",
              "phase": "decommission",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") %}"
            }
          },
          "Next": "NotifyFailure"
        }
      ],
      "Output": {},
      "Next": "StopReverse"
    },
    "StopReverse": {
      "Type": "Task",
      "Comment": "{\"phase\":\"decommission\",\"effects\":[\"stop-reverse\"],\"does\":\"stops the task and keeps it\",\"node\":\"cutover \\\"ledger\\\" > approval\",\"repeat\":\"already\"}",
      "Resource": "arn:aws:states:::aws-sdk:databasemigration:stopReplicationTask",
      "Arguments": {
        "ReplicationTaskArn": "{% $states.context.Execution.RedriveCount = $redrives ? \"arn:aws:dms:us-east-1:111111111111:task:n665cf-payments-ledger-rev-dev\" : $error(\"a redrive cannot begin here: the lock is not confirmed\") %}"
      },
      "TimeoutSeconds": 60,
      "Retry": [
        {
          "ErrorEquals": [
            "DatabaseMigration.DatabaseMigrationException",
            "DatabaseMigration.SdkClientException"
          ],
          "IntervalSeconds": 2,
          "MaxAttempts": 5,
          "BackoffRate": 2,
          "MaxDelaySeconds": 60,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        { "ErrorEquals": ["DatabaseMigration.InvalidResourceStateException"], "Next": "PollReverseStop" },
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "StopReverse",
              "phase": "decommission",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") %}"
            }
          },
          "Next": "NotifyFailure"
        }
      ],
      "Output": {},
      "Next": "PollReverseStop"
    },
    "WaitForReverseStop": {
      "Type": "Wait",
      "Comment": "{\"phase\":\"decommission\",\"effects\":[],\"does\":\"waits before the next poll\",\"node\":\"cutover \\\"ledger\\\" > approval\"}",
      "Seconds": 20,
      "Next": "PollReverseStop"
    },
    "PollReverseStop": {
      "Type": "Task",
      "Comment": "{\"phase\":\"decommission\",\"effects\":[],\"does\":\"checks whether the task has stopped\",\"node\":\"cutover \\\"ledger\\\" > approval\",\"repeat\":\"reads\"}",
      "Resource": "arn:aws:states:::aws-sdk:databasemigration:describeReplicationTasks",
      "Arguments": {
        "Filters": [
          {
            "Name": "replication-task-arn",
            "Values": ["arn:aws:dms:us-east-1:111111111111:task:n665cf-payments-ledger-rev-dev"]
          }
        ],
        "WithoutSettings": true
      },
      "TimeoutSeconds": 60,
      "Retry": [
        {
          "ErrorEquals": [
            "DatabaseMigration.DatabaseMigrationException",
            "DatabaseMigration.SdkClientException"
          ],
          "IntervalSeconds": 2,
          "MaxAttempts": 5,
          "BackoffRate": 2,
          "MaxDelaySeconds": 60,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "PollReverseStop",
              "phase": "decommission",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") %}"
            }
          },
          "Next": "NotifyFailure"
        }
      ],
      "Assign": {
        "verdict": "{% ($states.result.ReplicationTasks[0].Status in [\"stopped\", \"failed\"]) ? \"pass\" : ((false) or $turns + 1 >= 45) ? \"fail\" : \"wait\" %}",
        "reason": "{% \"the task is \" & $string($states.result.ReplicationTasks[0].Status) %}",
        "turns": "{% $turns + 1 %}"
      },
      "Output": {},
      "Next": "CheckReverseStop"
    },
    "CheckReverseStop": {
      "Type": "Choice",
      "Comment": "{\"phase\":\"decommission\",\"effects\":[\"reverse-stopped\"],\"does\":\"continues when it has stopped\",\"node\":\"cutover \\\"ledger\\\" > approval\"}",
      "Choices": [
        {
          "Condition": "{% $verdict = \"pass\" %}",
          "Assign": {
            "turns": 0,
            "quiet": 0,
            "unknown": 0,
            "verdict": "wait",
            "gates": "{% $append($gates, [{ \"gate\": \"CheckReverseStop\", \"is\": \"open\", \"at\": $states.context.State.EnteredTime, \"found\": $reason }]) %}"
          },
          "Next": "ConfirmReverseStop"
        },
        { "Condition": "{% $verdict = \"wait\" %}", "Next": "WaitForReverseStop" }
      ],
      "Default": "NotifyFailure",
      "Assign": {
        "failure": {
          "state": "CheckReverseStop",
          "phase": "decommission",
          "error": "Migration.GateFailed",
          "cause": "{% $reason %}"
        },
        "gates": "{% $append($gates, [{ \"gate\": \"CheckReverseStop\", \"is\": \"shut\", \"at\": $states.context.State.EnteredTime, \"found\": $reason }]) %}"
      }
    },
    "ConfirmReverseStop": {
      "Type": "Task",
      "Comment": "{\"phase\":\"decommission\",\"effects\":[],\"does\":\"checks that this execution still holds the lock\",\"node\":\"cutover \\\"ledger\\\" > approval\",\"repeat\":\"reads\"}",
      "Resource": "arn:aws:states:::aws-sdk:s3:getObject",
      "Arguments": {
        "Bucket": "payments-checkpoints-dev-111111111111",
        "Key": "ledger/lock.txt",
        "IfMatch": "{% $lock %}"
      },
      "TimeoutSeconds": 30,
      "Retry": [
        {
          "ErrorEquals": ["S3.S3Exception", "S3.SdkClientException"],
          "IntervalSeconds": 2,
          "MaxAttempts": 5,
          "BackoffRate": 2,
          "MaxDelaySeconds": 60,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "ConfirmReverseStop",
              "phase": "decommission",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") %}"
            }
          },
          "Next": "NotifyFailure"
        }
      ],
      "Assign": {
        "confirmed": "{% ($states.result.Body = $execution) ? true : $error(\"another execution has taken the lock over\") %}",
        "redrives": "{% $states.context.Execution.RedriveCount %}"
      },
      "Output": {},
      "Next": "DropSlots"
    },
    "DropSlots": {
      "Type": "Task",
      "Comment": "{\"phase\":\"decommission\",\"effects\":[\"drop-slots\"],\"does\":\"drops the replication slots on both sides\",\"node\":\"cutover \\\"ledger\\\" > approval\",\"repeat\":\"promised\"}",
      "Resource": "arn:aws:states:::lambda:invoke",
      "Arguments": {
        "FunctionName": "arn:aws:lambda:us-east-1:111111111111:function:payments-reverse-slot-dev",
        "Payload": {
          "action": "drop",
          "run": {
            "migration": "payments",
            "environment": "dev",
            "cutover": "ledger",
            "execution": "{% $states.context.Execution.RedriveCount = $redrives ? $execution : $error(\"a redrive cannot begin here: the lock is not confirmed\") %}"
          }
        }
      },
      "TimeoutSeconds": 910,
      "Retry": [
        {
          "ErrorEquals": [
            "Lambda.ServiceException",
            "Lambda.AWSLambdaException",
            "Lambda.SdkClientException",
            "Lambda.TooManyRequestsException",
            "Lambda.Unknown",
            "Sandbox.Timedout",
            "Lambda.ClientExecutionTimeoutException"
          ],
          "IntervalSeconds": 2,
          "MaxAttempts": 5,
          "BackoffRate": 2,
          "MaxDelaySeconds": 60,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "DropSlots",
              "phase": "decommission",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") %}"
            }
          },
          "Next": "NotifyFailure"
        }
      ],
      "Output": {},
      "Next": "ConfirmRelease"
    },
    "ConfirmRelease": {
      "Type": "Task",
      "Comment": "{\"phase\":\"decommission\",\"effects\":[],\"does\":\"checks that this execution still holds the lock\",\"node\":\"cutover \\\"ledger\\\" > approval\",\"repeat\":\"reads\"}",
      "Resource": "arn:aws:states:::aws-sdk:s3:getObject",
      "Arguments": {
        "Bucket": "payments-checkpoints-dev-111111111111",
        "Key": "ledger/lock.txt",
        "IfMatch": "{% $lock %}"
      },
      "TimeoutSeconds": 30,
      "Retry": [
        {
          "ErrorEquals": ["S3.S3Exception", "S3.SdkClientException"],
          "IntervalSeconds": 2,
          "MaxAttempts": 5,
          "BackoffRate": 2,
          "MaxDelaySeconds": 60,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "ConfirmRelease",
              "phase": "decommission",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") %}"
            }
          },
          "Next": "NotifyFailure"
        }
      ],
      "Assign": {
        "confirmed": "{% ($states.result.Body = $execution) ? true : $error(\"another execution has taken the lock over\") %}",
        "redrives": "{% $states.context.Execution.RedriveCount %}"
      },
      "Output": {},
      "Next": "ThawTarget"
    },
    "ThawTarget": {
      "Type": "Task",
      "Comment": "{\"phase\":\"decommission\",\"effects\":[\"thaw-schema:target\"],\"does\":\"releases the target's schema freeze\",\"node\":\"cutover \\\"ledger\\\" > approval\",\"repeat\":\"promised\"}",
      "Resource": "arn:aws:states:::lambda:invoke",
      "Arguments": {
        "FunctionName": "arn:aws:lambda:us-east-1:111111111111:function:payments-fence-dev",
        "Payload": {
          "action": "thaw",
          "run": {
            "migration": "payments",
            "environment": "dev",
            "cutover": "ledger",
            "execution": "{% $states.context.Execution.RedriveCount = $redrives ? $execution : $error(\"a redrive cannot begin here: the lock is not confirmed\") %}"
          },
          "side": "target"
        }
      },
      "TimeoutSeconds": 910,
      "Retry": [
        {
          "ErrorEquals": [
            "Lambda.ServiceException",
            "Lambda.AWSLambdaException",
            "Lambda.SdkClientException",
            "Lambda.TooManyRequestsException",
            "Lambda.Unknown",
            "Sandbox.Timedout",
            "Lambda.ClientExecutionTimeoutException"
          ],
          "IntervalSeconds": 2,
          "MaxAttempts": 5,
          "BackoffRate": 2,
          "MaxDelaySeconds": 60,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "ThawTarget",
              "phase": "decommission",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") %}"
            }
          },
          "Next": "NotifyFailure"
        }
      ],
      "Assign": {
        "confirmed": "{% ($states.result.Payload.thawed = true) ? true : $error(\"the schema is still frozen\") %}"
      },
      "Output": {},
      "Next": "ThawSource"
    },
    "ThawSource": {
      "Type": "Task",
      "Comment": "{\"phase\":\"decommission\",\"effects\":[\"thaw-schema:source\"],\"does\":\"releases the source's schema freeze\",\"node\":\"cutover \\\"ledger\\\" > approval\",\"repeat\":\"promised\"}",
      "Resource": "arn:aws:states:::lambda:invoke",
      "Arguments": {
        "FunctionName": "arn:aws:lambda:us-east-1:111111111111:function:payments-fence-dev",
        "Payload": {
          "action": "thaw",
          "run": {
            "migration": "payments",
            "environment": "dev",
            "cutover": "ledger",
            "execution": "{% $states.context.Execution.RedriveCount = $redrives ? $execution : $error(\"a redrive cannot begin here: the lock is not confirmed\") %}"
          },
          "side": "source"
        }
      },
      "TimeoutSeconds": 910,
      "Retry": [
        {
          "ErrorEquals": [
            "Lambda.ServiceException",
            "Lambda.AWSLambdaException",
            "Lambda.SdkClientException",
            "Lambda.TooManyRequestsException",
            "Lambda.Unknown",
            "Sandbox.Timedout",
            "Lambda.ClientExecutionTimeoutException"
          ],
          "IntervalSeconds": 2,
          "MaxAttempts": 5,
          "BackoffRate": 2,
          "MaxDelaySeconds": 60,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "ThawSource",
              "phase": "decommission",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") %}"
            }
          },
          "Next": "NotifyFailure"
        }
      ],
      "Assign": {
        "confirmed": "{% ($states.result.Payload.thawed = true) ? true : $error(\"the schema is still frozen\") %}"
      },
      "Output": {},
      "Next": "ReleaseRotation"
    },
    "ReleaseRotation": {
      "Type": "Task",
      "Comment": "{\"phase\":\"decommission\",\"effects\":[\"release-rotation\"],\"does\":\"releases the rotation hold\",\"node\":\"cutover \\\"ledger\\\" > approval\",\"repeat\":\"sets\"}",
      "Resource": "arn:aws:states:::aws-sdk:ssm:putParameter",
      "Arguments": {
        "Name": "/migration/payments/dev/rotation",
        "Value": "{% $states.context.Execution.RedriveCount = $redrives ? \"allowed\" : $error(\"a redrive cannot begin here: the lock is not confirmed\") %}",
        "Overwrite": true
      },
      "TimeoutSeconds": 30,
      "Retry": [
        {
          "ErrorEquals": [
            "Ssm.TooManyUpdatesException",
            "Ssm.InternalServerErrorException",
            "Ssm.SsmException",
            "Ssm.SdkClientException"
          ],
          "IntervalSeconds": 2,
          "MaxAttempts": 5,
          "BackoffRate": 2,
          "MaxDelaySeconds": 60,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "ReleaseRotation",
              "phase": "decommission",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") %}"
            }
          },
          "Next": "NotifyFailure"
        }
      ],
      "Output": {},
      "Next": "NotifySuccess"
    },
    "WaitForRollback": {
      "Type": "Wait",
      "Comment": "{\"phase\":\"rollback\",\"effects\":[],\"does\":\"waits before the next poll\",\"node\":\"cutover \\\"ledger\\\"\"}",
      "Seconds": 5,
      "Next": "ExecuteRollback"
    },
    "ExecuteRollback": {
      "Type": "Task",
      "Comment": "{\"phase\":\"rollback\",\"effects\":[\"rollback\"],\"does\":\"runs the rollback steps of the phase\",\"node\":\"cutover \\\"ledger\\\"\",\"repeat\":\"promised\"}",
      "Resource": "arn:aws:states:::lambda:invoke",
      "Arguments": {
        "FunctionName": "arn:aws:lambda:us-east-1:111111111111:function:payments-rollback-handler-dev",
        "Payload": {
          "run": {
            "migration": "payments",
            "environment": "dev",
            "cutover": "ledger",
            "execution": "{% $execution %}"
          },
          "failure": "{% $failure %}",
          "checkpoint": { "bucket": "payments-checkpoints-dev-111111111111", "key": "ledger/checkpoint.json" },
          "replications": [
            {
              "key": "ledger",
              "forwardTask": "arn:aws:dms:us-east-1:111111111111:task:fqzc2m-payments-ledger-fwd-dev",
              "reverseTask": "arn:aws:dms:us-east-1:111111111111:task:n665cf-payments-ledger-rev-dev"
            }
          ],
          "writers": [{ "parameter": "/migration/payments/dev/database/writer" }],
          "routingParameter": "/migration/payments/dev/routing/target",
          "traffic": {
            "rules": "{% [$rule] %}",
            "sourceTargets": "{% $sourceTargets %}",
            "targetTargets": "{% $targetTargets %}"
          },
          "acceptLoss": "{% $acceptLoss %}"
        }
      },
      "TimeoutSeconds": 910,
      "Retry": [
        {
          "ErrorEquals": [
            "Lambda.ServiceException",
            "Lambda.AWSLambdaException",
            "Lambda.SdkClientException",
            "Lambda.TooManyRequestsException",
            "Lambda.Unknown",
            "Sandbox.Timedout",
            "Lambda.ClientExecutionTimeoutException"
          ],
          "IntervalSeconds": 2,
          "MaxAttempts": 5,
          "BackoffRate": 2,
          "MaxDelaySeconds": 60,
          "JitterStrategy": "FULL"
        },
        {
          "ErrorEquals": [
            "Migration.ReverseBroken",
            "Migration.TooLate",
            "Migration.OtherSideOpen",
            "Migration.Superseded"
          ],
          "IntervalSeconds": 1,
          "MaxAttempts": 0,
          "BackoffRate": 1,
          "MaxDelaySeconds": 2,
          "JitterStrategy": "FULL"
        },
        {
          "ErrorEquals": ["States.ALL"],
          "IntervalSeconds": 2,
          "MaxAttempts": 3,
          "BackoffRate": 2,
          "MaxDelaySeconds": 10,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "ExecuteRollback",
              "phase": "rollback",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") & \" (during the rollback from \" & $failure.state & \": \" & $failure.error & \")\" %}"
            }
          },
          "Next": "NotifyFailure"
        }
      ],
      "Assign": {
        "verdict": "{% ($states.result.Payload.complete = true) ? \"pass\" : (($not($states.result.Payload.complete = false)) or $rollbackTurns + 1 >= 60) ? \"fail\" : \"wait\" %}",
        "reason": "the rollback is incomplete",
        "loss": "{% $exists($states.result.Payload.loss) ? $states.result.Payload.loss : \"\" %}",
        "rollbackTurns": "{% $rollbackTurns + 1 %}"
      },
      "Output": {},
      "Next": "CheckRollback"
    },
    "CheckRollback": {
      "Type": "Choice",
      "Comment": "{\"phase\":\"rollback\",\"effects\":[\"rolled-back\"],\"does\":\"continues until every step is complete\",\"node\":\"cutover \\\"ledger\\\"\"}",
      "Choices": [
        {
          "Condition": "{% $verdict = \"pass\" %}",
          "Assign": {
            "turns": 0,
            "quiet": 0,
            "unknown": 0,
            "verdict": "wait",
            "gates": "{% $append($gates, [{ \"gate\": \"CheckRollback\", \"is\": \"open\", \"at\": $states.context.State.EnteredTime, \"found\": $reason }]) %}"
          },
          "Next": "ConfirmReleaseBack"
        },
        { "Condition": "{% $verdict = \"wait\" %}", "Next": "WaitForRollback" }
      ],
      "Default": "NotifyFailure",
      "Assign": {
        "failure": {
          "state": "CheckRollback",
          "phase": "rollback",
          "error": "Migration.GateFailed",
          "cause": "{% $reason & \" (during the rollback from \" & $failure.state & \": \" & $failure.error & \")\" %}"
        },
        "gates": "{% $append($gates, [{ \"gate\": \"CheckRollback\", \"is\": \"shut\", \"at\": $states.context.State.EnteredTime, \"found\": $reason }]) %}"
      }
    },
    "ConfirmReleaseBack": {
      "Type": "Task",
      "Comment": "{\"phase\":\"rollback\",\"effects\":[],\"does\":\"checks that this execution still holds the lock\",\"node\":\"cutover \\\"ledger\\\"\",\"repeat\":\"reads\"}",
      "Resource": "arn:aws:states:::aws-sdk:s3:getObject",
      "Arguments": {
        "Bucket": "payments-checkpoints-dev-111111111111",
        "Key": "ledger/lock.txt",
        "IfMatch": "{% $lock %}"
      },
      "TimeoutSeconds": 30,
      "Retry": [
        {
          "ErrorEquals": ["S3.S3Exception", "S3.SdkClientException"],
          "IntervalSeconds": 2,
          "MaxAttempts": 5,
          "BackoffRate": 2,
          "MaxDelaySeconds": 60,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "ConfirmReleaseBack",
              "phase": "rollback",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") & \" (during the rollback from \" & $failure.state & \": \" & $failure.error & \")\" %}"
            }
          },
          "Next": "NotifyFailure"
        }
      ],
      "Assign": {
        "confirmed": "{% ($states.result.Body = $execution) ? true : $error(\"another execution has taken the lock over\") %}",
        "redrives": "{% $states.context.Execution.RedriveCount %}"
      },
      "Output": {},
      "Next": "ThawTargetBack"
    },
    "ThawTargetBack": {
      "Type": "Task",
      "Comment": "{\"phase\":\"rollback\",\"effects\":[\"thaw-schema:target\"],\"does\":\"releases the target's schema freeze\",\"node\":\"cutover \\\"ledger\\\"\",\"repeat\":\"promised\"}",
      "Resource": "arn:aws:states:::lambda:invoke",
      "Arguments": {
        "FunctionName": "arn:aws:lambda:us-east-1:111111111111:function:payments-fence-dev",
        "Payload": {
          "action": "thaw",
          "run": {
            "migration": "payments",
            "environment": "dev",
            "cutover": "ledger",
            "execution": "{% $states.context.Execution.RedriveCount = $redrives ? $execution : $error(\"a redrive cannot begin here: the lock is not confirmed\") %}"
          },
          "side": "target"
        }
      },
      "TimeoutSeconds": 910,
      "Retry": [
        {
          "ErrorEquals": [
            "Lambda.ServiceException",
            "Lambda.AWSLambdaException",
            "Lambda.SdkClientException",
            "Lambda.TooManyRequestsException",
            "Lambda.Unknown",
            "Sandbox.Timedout",
            "Lambda.ClientExecutionTimeoutException"
          ],
          "IntervalSeconds": 2,
          "MaxAttempts": 5,
          "BackoffRate": 2,
          "MaxDelaySeconds": 60,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "ThawTargetBack",
              "phase": "rollback",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") & \" (during the rollback from \" & $failure.state & \": \" & $failure.error & \")\" %}"
            }
          },
          "Next": "NotifyFailure"
        }
      ],
      "Assign": {
        "confirmed": "{% ($states.result.Payload.thawed = true) ? true : $error(\"the schema is still frozen\") %}"
      },
      "Output": {},
      "Next": "ThawSourceBack"
    },
    "ThawSourceBack": {
      "Type": "Task",
      "Comment": "{\"phase\":\"rollback\",\"effects\":[\"thaw-schema:source\"],\"does\":\"releases the source's schema freeze\",\"node\":\"cutover \\\"ledger\\\"\",\"repeat\":\"promised\"}",
      "Resource": "arn:aws:states:::lambda:invoke",
      "Arguments": {
        "FunctionName": "arn:aws:lambda:us-east-1:111111111111:function:payments-fence-dev",
        "Payload": {
          "action": "thaw",
          "run": {
            "migration": "payments",
            "environment": "dev",
            "cutover": "ledger",
            "execution": "{% $states.context.Execution.RedriveCount = $redrives ? $execution : $error(\"a redrive cannot begin here: the lock is not confirmed\") %}"
          },
          "side": "source"
        }
      },
      "TimeoutSeconds": 910,
      "Retry": [
        {
          "ErrorEquals": [
            "Lambda.ServiceException",
            "Lambda.AWSLambdaException",
            "Lambda.SdkClientException",
            "Lambda.TooManyRequestsException",
            "Lambda.Unknown",
            "Sandbox.Timedout",
            "Lambda.ClientExecutionTimeoutException"
          ],
          "IntervalSeconds": 2,
          "MaxAttempts": 5,
          "BackoffRate": 2,
          "MaxDelaySeconds": 60,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "ThawSourceBack",
              "phase": "rollback",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") & \" (during the rollback from \" & $failure.state & \": \" & $failure.error & \")\" %}"
            }
          },
          "Next": "NotifyFailure"
        }
      ],
      "Assign": {
        "confirmed": "{% ($states.result.Payload.thawed = true) ? true : $error(\"the schema is still frozen\") %}"
      },
      "Output": {},
      "Next": "ReleaseRotationBack"
    },
    "ReleaseRotationBack": {
      "Type": "Task",
      "Comment": "{\"phase\":\"rollback\",\"effects\":[\"release-rotation\"],\"does\":\"releases the rotation hold\",\"node\":\"cutover \\\"ledger\\\"\",\"repeat\":\"sets\"}",
      "Resource": "arn:aws:states:::aws-sdk:ssm:putParameter",
      "Arguments": {
        "Name": "/migration/payments/dev/rotation",
        "Value": "{% $states.context.Execution.RedriveCount = $redrives ? \"allowed\" : $error(\"a redrive cannot begin here: the lock is not confirmed\") %}",
        "Overwrite": true
      },
      "TimeoutSeconds": 30,
      "Retry": [
        {
          "ErrorEquals": [
            "Ssm.TooManyUpdatesException",
            "Ssm.InternalServerErrorException",
            "Ssm.SsmException",
            "Ssm.SdkClientException"
          ],
          "IntervalSeconds": 2,
          "MaxAttempts": 5,
          "BackoffRate": 2,
          "MaxDelaySeconds": 60,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "ReleaseRotationBack",
              "phase": "rollback",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") & \" (during the rollback from \" & $failure.state & \": \" & $failure.error & \")\" %}"
            }
          },
          "Next": "NotifyFailure"
        }
      ],
      "Output": {},
      "Next": "NotifyRollback"
    },
    "NotifySuccess": {
      "Type": "Task",
      "Comment": "{\"phase\":\"notify\",\"effects\":[\"notify\"],\"does\":\"notifies the operations team of the success\",\"node\":\"cutover \\\"ledger\\\"\",\"repeat\":\"tells\"}",
      "Resource": "arn:aws:states:::sns:publish",
      "Arguments": {
        "TopicArn": "arn:aws:sns:us-east-1:111111111111:payments-notifications-dev",
        "Subject": "payments-migration-orchestration-dev: migration succeeded",
        "Message": "payments-migration-orchestration-dev: the migration has succeeded: the target takes all writes.",
        "MessageAttributes": { "severity": { "DataType": "String", "StringValue": "info" } }
      },
      "TimeoutSeconds": 30,
      "Retry": [
        {
          "ErrorEquals": ["States.TaskFailed"],
          "IntervalSeconds": 2,
          "MaxAttempts": 8,
          "BackoffRate": 2,
          "MaxDelaySeconds": 120,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [{ "ErrorEquals": ["States.ALL"], "Next": "RecordSuccess" }],
      "Output": {},
      "Next": "RecordSuccess"
    },
    "RecordSuccess": {
      "Type": "Task",
      "Comment": "{\"phase\":\"notify\",\"effects\":[\"evidence\"],\"does\":\"records the gates as evidence\",\"node\":\"cutover \\\"ledger\\\"\",\"repeat\":\"sets\"}",
      "Resource": "arn:aws:states:::aws-sdk:s3:putObject",
      "Arguments": {
        "Bucket": "payments-evidence-dev-111111111111",
        "Key": "{% \"ledger/gates/\" & $execution & \"/RecordSuccess.json\" %}",
        "ContentType": "application/json",
        "ChecksumAlgorithm": "SHA256",
        "Body": "{% $string({ \"execution\": $execution, \"at\": $states.context.State.EnteredTime, \"gates\": $gates, \"approvals\": $approvals, \"failure\": $failure }) %}"
      },
      "TimeoutSeconds": 30,
      "Retry": [
        {
          "ErrorEquals": ["S3.S3Exception", "S3.SdkClientException"],
          "IntervalSeconds": 2,
          "MaxAttempts": 5,
          "BackoffRate": 2,
          "MaxDelaySeconds": 60,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "RecordSuccess",
              "phase": "notify",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") %}"
            }
          },
          "Next": "NotifyFailure"
        }
      ],
      "Output": {},
      "Next": "ReleaseLock"
    },
    "ReleaseLock": {
      "Type": "Task",
      "Comment": "{\"phase\":\"notify\",\"effects\":[],\"does\":\"releases the lock\",\"node\":\"cutover \\\"ledger\\\"\",\"repeat\":\"sets\"}",
      "Resource": "arn:aws:states:::aws-sdk:s3:putObject",
      "Arguments": {
        "Bucket": "payments-checkpoints-dev-111111111111",
        "Key": "ledger/lock.txt",
        "ContentType": "text/plain",
        "Body": "no execution",
        "IfMatch": "{% $lock %}"
      },
      "TimeoutSeconds": 30,
      "Retry": [
        {
          "ErrorEquals": ["S3.S3Exception", "S3.SdkClientException"],
          "IntervalSeconds": 1,
          "MaxAttempts": 2,
          "BackoffRate": 2,
          "MaxDelaySeconds": 2,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [{ "ErrorEquals": ["States.ALL"], "Next": "Succeeded" }],
      "Output": {},
      "Next": "Succeeded"
    },
    "Succeeded": {
      "Type": "Succeed",
      "Comment": "{\"phase\":\"notify\",\"effects\":[],\"does\":\"ends: the target takes all writes\",\"node\":\"cutover \\\"ledger\\\"\"}"
    },
    "NotifyRollback": {
      "Type": "Task",
      "Comment": "{\"phase\":\"notify\",\"effects\":[\"notify\"],\"does\":\"notifies the operations team of the rollback\",\"node\":\"cutover \\\"ledger\\\"\",\"repeat\":\"tells\"}",
      "Resource": "arn:aws:states:::sns:publish",
      "Arguments": {
        "TopicArn": "arn:aws:sns:us-east-1:111111111111:payments-notifications-dev",
        "Subject": "payments-migration-orchestration-dev: rolled back",
        "Message": "{% \"payments-migration-orchestration-dev was rolled back to the source, because of \" & $failure.state & \": \" & $failure.error & \" \" & $failure.cause & ($loss = \"\" ? \"\" : \"\\u000a\\u000aLOST: \" & $loss) & \"\\u000a\\u000aBefore the next start: RUNBOOK.md, Begin the load again\" %}",
        "MessageAttributes": { "severity": { "DataType": "String", "StringValue": "warning" } }
      },
      "TimeoutSeconds": 30,
      "Retry": [
        {
          "ErrorEquals": ["States.TaskFailed"],
          "IntervalSeconds": 2,
          "MaxAttempts": 8,
          "BackoffRate": 2,
          "MaxDelaySeconds": 120,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [{ "ErrorEquals": ["States.ALL"], "Next": "RecordRollback" }],
      "Output": {},
      "Next": "RecordRollback"
    },
    "RecordRollback": {
      "Type": "Task",
      "Comment": "{\"phase\":\"notify\",\"effects\":[\"evidence\"],\"does\":\"records the gates as evidence\",\"node\":\"cutover \\\"ledger\\\"\",\"repeat\":\"sets\"}",
      "Resource": "arn:aws:states:::aws-sdk:s3:putObject",
      "Arguments": {
        "Bucket": "payments-evidence-dev-111111111111",
        "Key": "{% \"ledger/gates/\" & $execution & \"/RecordRollback.json\" %}",
        "ContentType": "application/json",
        "ChecksumAlgorithm": "SHA256",
        "Body": "{% $string({ \"execution\": $execution, \"at\": $states.context.State.EnteredTime, \"gates\": $gates, \"approvals\": $approvals, \"failure\": $failure }) %}"
      },
      "TimeoutSeconds": 30,
      "Retry": [
        {
          "ErrorEquals": ["S3.S3Exception", "S3.SdkClientException"],
          "IntervalSeconds": 2,
          "MaxAttempts": 5,
          "BackoffRate": 2,
          "MaxDelaySeconds": 60,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        {
          "ErrorEquals": ["States.ALL"],
          "Assign": {
            "failure": {
              "state": "RecordRollback",
              "phase": "notify",
              "error": "{% $states.errorOutput.Error %}",
              "cause": "{% ($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\") %}"
            }
          },
          "Next": "NotifyFailure"
        }
      ],
      "Output": {},
      "Next": "ReleaseLockBack"
    },
    "ReleaseLockBack": {
      "Type": "Task",
      "Comment": "{\"phase\":\"notify\",\"effects\":[],\"does\":\"releases the lock\",\"node\":\"cutover \\\"ledger\\\"\",\"repeat\":\"sets\"}",
      "Resource": "arn:aws:states:::aws-sdk:s3:putObject",
      "Arguments": {
        "Bucket": "payments-checkpoints-dev-111111111111",
        "Key": "ledger/lock.txt",
        "ContentType": "text/plain",
        "Body": "no execution",
        "IfMatch": "{% $lock %}"
      },
      "TimeoutSeconds": 30,
      "Retry": [
        {
          "ErrorEquals": ["S3.S3Exception", "S3.SdkClientException"],
          "IntervalSeconds": 1,
          "MaxAttempts": 2,
          "BackoffRate": 2,
          "MaxDelaySeconds": 2,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [{ "ErrorEquals": ["States.ALL"], "Next": "RolledBack" }],
      "Output": {},
      "Next": "RolledBack"
    },
    "RolledBack": {
      "Type": "Fail",
      "Comment": "{\"phase\":\"notify\",\"effects\":[],\"does\":\"ends: the source takes all writes again\",\"node\":\"cutover \\\"ledger\\\"\"}",
      "Error": "Migration.RolledBack",
      "Cause": "{% $failure.state & \": \" & $failure.error & \" \" & $failure.cause %}"
    },
    "NotifyFailure": {
      "Type": "Task",
      "Comment": "{\"phase\":\"notify\",\"effects\":[\"page\",\"hand-over\"],\"does\":\"notifies an operator\",\"node\":\"cutover \\\"ledger\\\"\",\"repeat\":\"tells\"}",
      "Resource": "arn:aws:states:::sns:publish",
      "Arguments": {
        "TopicArn": "arn:aws:sns:us-east-1:111111111111:payments-notifications-dev",
        "Subject": "payments-migration-orchestration-dev: PERSON NEEDED",
        "Message": "{% \"payments-migration-orchestration-dev needs an operator. It failed in \" & $failure.state & \", phase \" & $failure.phase & \": \" & $failure.error & \" \" & $failure.cause & \"\\u000a\\u000aExecution: \" & $states.context.Execution.Name & \"\\u000a\\u000aFirst read the writer switch:\\u000aaws ssm get-parameter --region us-east-1 --name /migration/payments/dev/database/writer --query Parameter.Value --output text\\u000a\\u000aThen: RUNBOOK.md, payments-migration-orchestration-dev, When the workflow calls an operator\" %}",
        "MessageAttributes": { "severity": { "DataType": "String", "StringValue": "page" } }
      },
      "TimeoutSeconds": 30,
      "Retry": [
        {
          "ErrorEquals": ["States.TaskFailed"],
          "IntervalSeconds": 2,
          "MaxAttempts": 8,
          "BackoffRate": 2,
          "MaxDelaySeconds": 120,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [{ "ErrorEquals": ["States.ALL"], "Next": "RecordFailure" }],
      "Output": {},
      "Next": "RecordFailure"
    },
    "RecordFailure": {
      "Type": "Task",
      "Comment": "{\"phase\":\"notify\",\"effects\":[\"evidence\"],\"does\":\"records the gates as evidence\",\"node\":\"cutover \\\"ledger\\\"\",\"repeat\":\"sets\"}",
      "Resource": "arn:aws:states:::aws-sdk:s3:putObject",
      "Arguments": {
        "Bucket": "payments-evidence-dev-111111111111",
        "Key": "{% \"ledger/gates/\" & $execution & \"/RecordFailure.json\" %}",
        "ContentType": "application/json",
        "ChecksumAlgorithm": "SHA256",
        "Body": "{% $string({ \"execution\": $execution, \"at\": $states.context.State.EnteredTime, \"gates\": $gates, \"approvals\": $approvals, \"failure\": $failure }) %}"
      },
      "TimeoutSeconds": 30,
      "Retry": [
        {
          "ErrorEquals": ["S3.S3Exception", "S3.SdkClientException"],
          "IntervalSeconds": 2,
          "MaxAttempts": 5,
          "BackoffRate": 2,
          "MaxDelaySeconds": 60,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [{ "ErrorEquals": ["States.ALL"], "Next": "ReleaseLockFailed" }],
      "Output": {},
      "Next": "ReleaseLockFailed"
    },
    "ReleaseLockFailed": {
      "Type": "Task",
      "Comment": "{\"phase\":\"notify\",\"effects\":[],\"does\":\"releases the lock\",\"node\":\"cutover \\\"ledger\\\"\",\"repeat\":\"sets\"}",
      "Resource": "arn:aws:states:::aws-sdk:s3:putObject",
      "Arguments": {
        "Bucket": "payments-checkpoints-dev-111111111111",
        "Key": "ledger/lock.txt",
        "ContentType": "text/plain",
        "Body": "no execution",
        "IfMatch": "{% $lock %}"
      },
      "TimeoutSeconds": 30,
      "Retry": [
        {
          "ErrorEquals": ["S3.S3Exception", "S3.SdkClientException"],
          "IntervalSeconds": 1,
          "MaxAttempts": 2,
          "BackoffRate": 2,
          "MaxDelaySeconds": 2,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [{ "ErrorEquals": ["States.ALL"], "Next": "Failed" }],
      "Output": {},
      "Next": "Failed"
    },
    "Failed": {
      "Type": "Fail",
      "Comment": "{\"phase\":\"notify\",\"effects\":[],\"does\":\"ends: an operator decides\",\"node\":\"cutover \\\"ledger\\\"\"}",
      "Error": "Migration.Failed",
      "Cause": "{% $failure.state & \": \" & $failure.error & \" \" & $failure.cause %}"
    }
  }
}
EOT

  tags = {
    Name        = "payments-ledger-workflow-dev"
    Environment = "dev"
    Migration   = "payments"
    Owner       = "payments-platform"
    PciScope    = "in-scope"
    CostCenter  = "payments"
    DataClass   = "cardholder"
  }

  logging_configuration {
    level                  = "ALL"
    include_execution_data = false
    log_destination        = "arn:aws:logs:us-east-1:111111111111:log-group:/aws/vendedlogs/states/payments-migration-orchestration-dev:*"
  }

  tracing_configuration {
    enabled = true
  }

  encryption_configuration {
    type                              = "CUSTOMER_MANAGED_KMS_KEY"
    kms_key_id                        = aws_kms_key.workflow_key.arn
    kms_data_key_reuse_period_seconds = 300
  }

  depends_on = [
    aws_cloudwatch_log_group.ledger_workflow_log_group,
    aws_cloudwatch_log_data_protection_policy.ledger_workflow_log_group,
    aws_iam_role_policy.ledger_workflow_role_policy,
  ]
}
