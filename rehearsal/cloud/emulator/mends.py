"""What ministack 1.5.33 lacks and our stacks and functions call: each goes when ministack has it."""

import json

from ministack.core import iam_actions
from ministack.core.responses import AccountRegionScopedDict, get_account_id, get_region
from ministack.services import ec2, eventbridge, lambda_svc, s3, ssm

# (launch template, client token) -> the answer that the first request with the token got
_versions_made = AccountRegionScopedDict()


def _template(params):
    wanted = ec2._p(params, "LaunchTemplateId"), ec2._p(params, "LaunchTemplateName")
    for template in ec2._launch_templates.values():
        if template["LaunchTemplateId"] == wanted[0] or template["LaunchTemplateName"] == wanted[1]:
            return template
    return None


def _create_launch_template_version(params):
    """CreateLaunchTemplateVersion makes one version a client token."""
    token = ec2._p(params, "ClientToken")
    template = _template(params)
    if not token or template is None:
        return _create_version(params)
    key = f"{template['LaunchTemplateId']}/{token}"
    if key not in _versions_made:
        _versions_made[key] = _create_version(params)
    return _versions_made[key]


def _delete_launch_template_versions(params):
    """https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteLaunchTemplateVersions.html"""
    template = _template(params)
    if template is None:
        return ec2._error(
            "InvalidLaunchTemplateId.NotFoundException", "The specified launch template does not exist", 400
        )
    deleted, refused = [], []
    for number in ec2._parse_member_list(params, "LaunchTemplateVersion"):
        found = next((v for v in template["Versions"] if str(v["VersionNumber"]) == number), None)
        item = (
            f"<launchTemplateId>{template['LaunchTemplateId']}</launchTemplateId>"
            f"<launchTemplateName>{ec2._esc(template['LaunchTemplateName'])}</launchTemplateName>"
            f"<versionNumber>{ec2._esc(number)}</versionNumber>"
        )
        if found is None:
            refused.append(_refusal(item, "launchTemplateVersionDoesNotExist", f"version {number} does not exist"))
        elif found["VersionNumber"] == template["DefaultVersionNumber"]:
            refused.append(_refusal(item, "unexpectedError", f"version {number} is the default version"))
        else:
            template["Versions"].remove(found)
            deleted.append(f"<item>{item}</item>")
    return ec2._xml(
        200,
        "DeleteLaunchTemplateVersionsResponse",
        f"<successfullyDeletedLaunchTemplateVersionSet>{''.join(deleted)}</successfullyDeletedLaunchTemplateVersionSet>"
        f"<unsuccessfullyDeletedLaunchTemplateVersionSet>{''.join(refused)}</unsuccessfullyDeletedLaunchTemplateVersionSet>",
    )


def _refusal(item, code, message):
    return f"<item>{item}<responseError><code>{code}</code><message>{ec2._esc(message)}</message></responseError></item>"


def _terminate_instances(params):
    """TerminateInstances takes the volumes along that are to be deleted on termination."""
    ended = set(ec2._parse_member_list(params, "InstanceId"))
    answer = _terminate(params)
    if answer[0] == 200:
        for volume in [v for v in ec2._volumes.values() if _ends_with(v, ended)]:
            del ec2._volumes[volume["VolumeId"]]
    return answer


def _ends_with(volume, instances):
    return any(a["InstanceId"] in instances and a.get("DeleteOnTermination") for a in volume["Attachments"])


def _deregister_image(params):
    """DeregisterImage takes the snapshots along that it is asked to, unless another AMI needs them.
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeregisterImage.html
    """
    image = ec2._images.get(ec2._p(params, "ImageId"))
    answer = _deregister(params)
    if answer[0] != 200 or image is None or ec2._p(params, "DeleteAssociatedSnapshots") != "true":
        return answer
    needed = {snapshot for other in ec2._images.values() for snapshot in _snapshots_of(other)}
    items = []
    for snapshot in _snapshots_of(image):
        code = "skipped" if snapshot in needed else "success"
        if code == "success":
            ec2._snapshots.pop(snapshot, None)
            ec2._tags.pop(snapshot, None)
        items.append(f"<item><snapshotId>{snapshot}</snapshotId><returnCode>{code}</returnCode></item>")
    results = f"<deleteSnapshotResultSet>{''.join(items)}</deleteSnapshotResultSet>"
    return ec2._xml(200, "DeregisterImageResponse", f"<return>true</return>{results}")


def _snapshots_of(image):
    devices = (mapping.get("Ebs") or {} for mapping in image.get("BlockDeviceMappings") or [])
    return [device["SnapshotId"] for device in devices if device.get("SnapshotId")]


def _resource_arn(service, method, path, headers, body, *rest):
    """To make a stream and to write into it is decided about on the stream, not on its group."""
    arn = _extract_resource_arn(service, method, path, headers, body, *rest)
    if service == "logs" and headers.get("x-amz-target", "").endswith((".CreateLogStream", ".PutLogEvents")):
        return f"{arn.removesuffix(':*')}:log-stream:{json.loads(body).get('logStreamName', '')}"
    return arn


def _dispatch_to_lambda(arn, payload):
    """A rule invokes a function asynchronously: Lambda repeats what fails, then sends it to the function's destination."""
    function, config, name = lambda_svc._get_func_record_for_ref(arn)
    if not function or not config:
        eventbridge.logger.warning("EventBridge -> Lambda: function %s not found", name)
        return
    lambda_svc.invoke_async_with_retry(lambda_svc._execution_record_for_config(function, config), json.loads(payload))


def _sse_headers(headers, bucket):
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html: without a key it is aws/s3."""
    encryption = headers.get("x-amz-server-side-encryption")
    if encryption == "aws:kms" and not headers.get("x-amz-server-side-encryption-aws-kms-key-id"):
        managed = f"arn:aws:kms:{get_region()}:{get_account_id()}:alias/aws/s3"
        headers = {**headers, "x-amz-server-side-encryption-aws-kms-key-id": managed}
    return _resolve_sse_write_headers(headers, bucket)


_resolve_sse_write_headers = s3._resolve_sse_write_headers
_extract_resource_arn = iam_actions.extract_resource_arn
_create_version = ec2._ACTION_MAP["CreateLaunchTemplateVersion"]
_terminate = ec2._ACTION_MAP["TerminateInstances"]
_deregister = ec2._ACTION_MAP["DeregisterImage"]


def apply():
    # Amazon Linux is published for both architectures
    name = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-"
    ssm._PUBLIC_AMI_PARAMETERS[f"{name}arm64"] = ssm._PUBLIC_AMI_PARAMETERS[f"{name}x86_64"]
    eventbridge._dispatch_to_lambda = _dispatch_to_lambda
    ec2._ACTION_MAP["CreateLaunchTemplateVersion"] = _create_launch_template_version
    iam_actions.extract_resource_arn = _resource_arn
    s3._resolve_sse_write_headers = _sse_headers
    ec2._ACTION_MAP["TerminateInstances"] = _terminate_instances
    ec2._ACTION_MAP["DeregisterImage"] = _deregister_image
    ec2._ACTION_MAP["DeleteLaunchTemplateVersions"] = _delete_launch_template_versions
