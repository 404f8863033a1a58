"""Refuses malformed requests as AWS does, where ministack 1.5.33 would fail on them or take them for S3's."""

import functools
import json
import re
from urllib.parse import unquote_to_bytes

from ministack.core.router import detect_service

_SCOPE = re.compile(r"Credential=[^/]*/[^/]*/[^/]*/([^/]*)/")
_LAMBDA = re.compile(r"/20\d\d-\d\d-\d\d/")
_NOT_JSON = object()
# What our stacks and functions call of the services that speak JSON; ministack takes the types of members on trust.
_MODELS = {"AmazonSSM": "ssm", "AWSEvents": "events", "Logs_20140328": "logs", "TrentService": "kms"}
_TYPES = {"structure": dict, "map": dict, "list": list, "string": str, "integer": int, "long": int, "boolean": bool}


class Refusal(Exception):
    def __init__(self, status, code, message):
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


async def guard(scope, receive):
    """Reads a body that has to be JSON, and no other. @return how to read it again. @raise Refusal"""
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    _check_target(headers, scope["raw_path"].partition(b"?")[0])
    if "x-amz-target" not in headers and not _LAMBDA.match(scope["path"]):
        return receive
    body = await read(receive)
    value = _parsed(body)
    if "x-amz-target" in headers:
        if not isinstance(value, dict):
            raise Refusal(400, "SerializationException", "The request body is not a JSON object.")
        if not _fits(_input_of(headers["x-amz-target"]), value):
            raise Refusal(400, "SerializationException", "A member of the request has another type.")
    # what a function is invoked with may be any JSON
    elif value is _NOT_JSON or not (isinstance(value, dict) or "/invo" in scope["path"]):
        raise Refusal(400, "InvalidRequestContentException", "Could not parse request body into json.")
    messages = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def again():
        message = next(messages, None)
        return message if message else await receive()

    return again


def _check_target(headers, path):
    try:
        unquote_to_bytes(path).decode()
    except UnicodeDecodeError:
        raise Refusal(400, "InvalidURI", "Couldn't parse the specified URI.") from None
    scope = _SCOPE.search(headers.get("authorization", ""))
    if scope and not scope[1].startswith("s3") and _served_by(scope[1], headers.get("x-amz-target", "")) == "s3":
        raise Refusal(403, "InvalidSignatureException", "Credential should be scoped to a valid service.")


@functools.lru_cache(1000)
def _served_by(signed_for, target):
    """@return the service that ministack sends a request to: S3 for what it can't place"""
    headers = {"authorization": f"Credential=key/date/region/{signed_for}/aws4_request", "x-amz-target": target}
    return detect_service("POST", "/", headers, {})


def _parsed(body):
    try:
        return json.loads(body) if body else {}
    except (ValueError, RecursionError):
        return _NOT_JSON


@functools.cache
def _model(service):
    import botocore.session  # late: it takes a part of the start that few calls need

    return botocore.session.get_session().get_service_model(service)


@functools.lru_cache(1000)
def _input_of(target):
    """@return the shape of an operation's input, or None where nobody knows"""
    prefix, _, operation = target.partition(".")
    if prefix not in _MODELS or operation not in _model(_MODELS[prefix]).operation_names:
        return None
    return _model(_MODELS[prefix]).operation_model(operation).input_shape


def _fits(shape, value):
    """Whether a value has its shape's type. Members that the model does not have are left to ministack."""
    expected = _TYPES.get(shape.type_name) if shape else None
    if expected is None or value is None:
        return True
    if not isinstance(value, expected) or (expected is int and isinstance(value, bool)):
        return False
    if shape.type_name == "structure":
        return all(_fits(shape.members.get(name), item) for name, item in value.items())
    if shape.type_name == "map":
        return all(_fits(shape.value, item) for item in value.values())
    return expected is not list or all(_fits(shape.member, item) for item in value)


async def read(receive):
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            return body


def answer(scope, refusal):
    """@return the content type and the body, in the form of the protocol that the request speaks"""
    names = {name for name, _ in scope["headers"]}
    if b"x-amz-target" in names:
        return b"application/x-amz-json-1.1", json.dumps({"__type": refusal.code, "message": refusal.message})
    if _LAMBDA.match(scope["path"]):
        return b"application/json", json.dumps({"Type": "User", "message": refusal.message})
    text = f"<Error><Code>{refusal.code}</Code><Message>{refusal.message}</Message></Error>"
    return b"application/xml", f'<?xml version="1.0" encoding="UTF-8"?>{text}'
