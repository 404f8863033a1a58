"""States of machine images that ministack 1.5.33 lacks: disabled, deprecated, last launched."""

import re
from datetime import datetime, timezone

from ministack.core.responses import AccountRegionScopedDict
from ministack.services import ec2

# one image of an answer: what is nested in it is never followed by another image or the end of the set
_item = re.compile(r"<item>\s*<imageId>(?P<id>[^<]+)</imageId>.*?</item>\s*(?=<item>\s*<imageId>|</imagesSet>)", re.DOTALL)

_disabled = AccountRegionScopedDict()
_deprecated = AccountRegionScopedDict()
_launched = AccountRegionScopedDict()


def _keep(states, value):
    """An operation that writes one state of an existing image; without a value it takes the state away."""

    def operation(params):
        image_id = ec2._p(params, "ImageId")
        if image_id not in ec2._images:
            return _not_found(image_id)
        states.pop(image_id, None)
        if value(params) is not None:
            states[image_id] = value(params)
        name = ec2._p(params, "Action")
        return ec2._xml(200, f"{name}Response", "<return>true</return>")

    return operation


def _not_found(image_id):
    return ec2._error("InvalidAMIID.NotFound", f"The image id '[{image_id}]' does not exist", 400)


def _describe_images(params):
    """Disabled images show when they are asked for: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/disable-an-ami.html"""
    status, headers, body = _describe(params)
    hidden = ec2._p(params, "IncludeDisabled") != "true"

    def shown(item):
        image_id = item["id"]
        text = item[0]
        if image_id in _disabled:
            text = "" if hidden else text.replace("<imageState>available<", "<imageState>disabled<", 1)
        if image_id in _deprecated:
            time = f"<deprecationTime>{ec2._esc(_deprecated[image_id])}</deprecationTime>"
            text = text.replace("<imageState>", f"{time}<imageState>", 1)
        return text

    return status, headers, _item.sub(shown, body.decode()).encode()


def _describe_image_attribute(params):
    image_id = ec2._p(params, "ImageId")
    if ec2._p(params, "Attribute") != "lastLaunchedTime" or image_id not in ec2._images:
        return _describe_attribute(params)
    time = f"<value>{_launched[image_id]}</value>" if image_id in _launched else ""
    return ec2._xml(
        200,
        "DescribeImageAttributeResponse",
        f"<imageId>{image_id}</imageId><lastLaunchedTime>{time}</lastLaunchedTime>",
    )


class _Unavailable(Exception):
    """A disabled image can't be launched."""


def _launch(*args, **named):
    image_id = named.get("image_id") or args[0]
    if image_id in _disabled:
        raise _Unavailable(image_id)
    _launched[image_id] = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    return _launch_instances(*args, **named)


def _refusing(operation):
    def launching(params):
        try:
            return operation(params)
        except _Unavailable as image_id:
            message = f"The image ID '{image_id}' is no longer available"
            return ec2._error("InvalidAMIID.Unavailable", message, 400)

    return launching


_describe = ec2._ACTION_MAP["DescribeImages"]
_describe_attribute = ec2._ACTION_MAP["DescribeImageAttribute"]
_launch_instances = ec2._launch_instances_internal


def apply():
    ec2._ACTION_MAP["DescribeImages"] = _describe_images
    ec2._ACTION_MAP["DescribeImageAttribute"] = _describe_image_attribute
    ec2._ACTION_MAP["DisableImage"] = _keep(_disabled, lambda params: True)
    ec2._ACTION_MAP["EnableImage"] = _keep(_disabled, lambda params: None)
    ec2._ACTION_MAP["EnableImageDeprecation"] = _keep(_deprecated, lambda params: ec2._p(params, "DeprecateAt"))
    ec2._ACTION_MAP["DisableImageDeprecation"] = _keep(_deprecated, lambda params: None)
    ec2._launch_instances_internal = _launch
    for name in ("RunInstances", "CreateFleet"):
        ec2._ACTION_MAP[name] = _refusing(ec2._ACTION_MAP[name])
