"""Writes down what ministack decides about the calls that the gateway passes on for its clients.

Two decisions that AWS takes and ministack does not are taken here as well, so that they can be written down: the key
that an encrypted bucket's objects need, and the log that Lambda writes with the function's role.
"""

import contextvars
import json
import os
from datetime import datetime, timezone

from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id, get_region
from ministack.services import lambda_svc, s3

# The bookkeeping of the cloud itself comes without it.
HEADER = b"x-gateway-record"

_recorded = contextvars.ContextVar("recorded", default=False)
_record = os.open(os.environ["GATEWAY_CALLS"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
_KEY_ACTIONS = {
    "s3:GetObject": "kms:Decrypt",
    "s3:GetObjectVersion": "kms:Decrypt",
    "s3:PutObject": "kms:GenerateDataKey",
}


def begin(scope):
    """To be called with each request, in the context that serves it."""
    _recorded.set(any(name == HEADER for name, _ in scope["headers"]))


def _write(principal, action, resource, allowed):
    time = datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    decision = {
        "time": time,
        "principal": principal,
        "action": action,
        "resource": resource,
        "decision": "allowed" if allowed else "denied",
        "servedBy": "emulator",
    }
    # one write a line: the gateway appends to the same file
    os.write(_record, f"{json.dumps(decision)}\n".encode())


def _enforce(access_key_id, iam_action, service, region, resource_arn="*", service_context=None):
    denied = _evaluate(access_key_id, iam_action, service, region, resource_arn, service_context)
    if _recorded.get():
        caller = iam_evaluator.resolve_caller_identity(access_key_id) or {}
        _write(caller.get("userArn") or "anonymous", iam_action, resource_arn, denied is None)
    key = _key_of(resource_arn) if denied is None and iam_action in _KEY_ACTIONS else None
    if key is None:
        return denied
    via = {"kms:ViaService": f"s3.{region}.amazonaws.com"}
    return _enforce(access_key_id, _KEY_ACTIONS[iam_action], "kms", region, key, via)


def _key_of(object_arn):
    bucket = object_arn.removeprefix("arn:aws:s3:::").partition("/")[0]
    key = s3._bucket_default_sse_headers(bucket).get("x-amz-server-side-encryption-aws-kms-key-id", "")
    return key if key.startswith("arn:") else None


def _emit_lambda_logs(func, request_id, *args, **named):
    """https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html#monitoring-cloudwatchlogs-permissions"""
    config = func.get("config") or func
    role = config["Role"].rpartition("/")[2]
    principal = f"arn:aws:sts::{get_account_id()}:assumed-role/{role}/{config['FunctionName']}"
    group = (config.get("LoggingConfig") or {}).get("LogGroup") or f"/aws/lambda/{config['FunctionName']}"
    stream = f"arn:aws:logs:{get_region()}:{get_account_id()}:log-group:{group}:log-stream:{request_id}"
    for action in ("logs:CreateLogStream", "logs:PutLogEvents"):
        if not _role_may(role, principal, action, stream):
            return  # as on AWS: the function runs, and nobody learns what it said
    _emit(func, request_id, *args, **named)


def _role_may(role, principal, action, resource):
    context = iam_evaluator.EvalContext(
        principal_arn=principal,
        principal_type="AssumedRole",
        principal_account=get_account_id(),
        action=action,
        resource_arn=resource,
        region=get_region(),
    )
    policies = iam_evaluator._gather_role_policies(role, get_account_id())
    allowed = iam_evaluator.evaluate(context, policies).decision == "Allow"
    _write(principal, action, resource, allowed)
    return allowed


_evaluate = iam_evaluator.enforce
_emit = lambda_svc._emit_lambda_logs


def apply():
    # every path of ministack takes it from here at the time of the call
    iam_evaluator.enforce = _enforce
    lambda_svc._emit_lambda_logs = _emit_lambda_logs
