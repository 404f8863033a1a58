"""Runs ministack behind the gateway: on one loopback port, and with what the gateway asks of it.

Beside ministack's own services it answers the gateway, which shows the token of this run:
`GET /_gateway/credentials/<access key id>`: the owner of a key and its secret, so that the gateway can verify
signatures and name callers as STS would; `POST /_gateway/sessions/<role name>/<session name>`: credentials of a role
for a service that the gateway stands for, after the gateway has held the role's trust policy against that service;
`GET /_gateway/git-credentials/<user name>`: who has these for git, and the password;
`POST /_gateway/events/<region>`: PutEvents for events of AWS's own, which customers can't put.
The process ends when its standard input does, so it can't outlive the gateway.
"""

import asyncio
import json
import os
import secrets
import signal
import sys
import threading
import time
from urllib.parse import unquote

from hypercorn.asyncio import serve
from hypercorn.config import Config
from ministack import app as ministack
from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id, set_request_account_id, set_request_region
from ministack.services import eventbridge, sts

import decisions
import git_credentials
import malformed
import image_states
import mends

SESSION_SECONDS = 12 * 3600


def credentials_of(access_key_id, session_token):
    """The owner of a key as the emulator's own evaluator sees it, or the error it would answer with."""
    set_request_account_id(iam_evaluator.find_iam_access_key_account(access_key_id) or access_key_id)
    found = iam_evaluator.resolve_credential(access_key_id, get_account_id(), session_token)
    if isinstance(found, iam_evaluator.CredentialResolutionError):
        return 403, {"code": found.code, "message": found.message}
    return 200, {
        "accountId": found.account_id,
        "arn": found.principal_arn,
        "secretAccessKey": found.secret_access_key,
    }


def git_user(user_name):
    """Who has a user name for git, and its password; no password fits one that nobody has."""
    set_request_account_id(os.environ["MINISTACK_ACCOUNT_ID"])
    found = git_credentials.find(user_name)
    return (200, found) if found else (403, {"code": "AccessDenied", "message": f"no git credentials for {user_name}"})


def session_of(role, name):
    """A session as AssumeRole registers it; the gateway has decided that it may be had."""
    account = os.environ["MINISTACK_ACCOUNT_ID"]
    key = f"ASIA{secrets.token_hex(8).upper()}"
    credentials = {"secretAccessKey": secrets.token_hex(20), "sessionToken": secrets.token_hex(32)}
    sts.register_session(
        key,
        {
            "Arn": f"arn:aws:sts::{account}:assumed-role/{role}/{name}",
            "UserId": f"{role}:{name}",
            "SecretAccessKey": credentials["secretAccessKey"],
            "SessionToken": credentials["sessionToken"],
            "Expiration": time.time() + SESSION_SECONDS,
        },
    )
    return 200, {"accessKeyId": key, **credentials}


def put_events(region, body):
    set_request_account_id(os.environ["MINISTACK_ACCOUNT_ID"])
    set_request_region(region)
    eventbridge._ensure_default_bus()
    eventbridge._put_events(json.loads(body), allow_aws_source=True)
    return 200, {}


async def respond(send, status, headers, body):
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body.encode()})


async def app(scope, receive, send):
    if scope["type"] != "http" or not scope["path"].startswith("/_gateway/"):
        if scope["type"] != "http":
            return await ministack.app(scope, receive, send)
        decisions.begin(scope)
        try:
            checked = await malformed.guard(scope, receive)
        except malformed.Refusal as refusal:
            content_type, body = malformed.answer(scope, refusal)
            headers = [(b"content-type", content_type), (b"x-amzn-errortype", refusal.code.encode())]
            return await respond(send, refusal.status, headers, body)
        return await ministack.app(scope, checked, send)
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    question, *words = scope["path"].split("/")[2:]
    if headers.get("x-gateway-token") != os.environ["GATEWAY_TOKEN"]:
        status, answer = 403, {"code": "AccessDenied", "message": "only the gateway may ask"}
    elif question == "credentials":
        status, answer = credentials_of(words[0], headers.get("x-gateway-session-token", ""))
    elif question == "git-credentials":
        status, answer = git_user(unquote(words[0]))
    elif question == "events":
        status, answer = await asyncio.to_thread(put_events, words[0], await malformed.read(receive))
    else:
        status, answer = session_of(*words)
    await respond(send, status, [(b"content-type", b"application/json")], json.dumps(answer))


def end_with_standard_input():
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)


async def main():
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    threading.Thread(target=end_with_standard_input, daemon=True).start()
    config = Config()
    config.bind = [f"127.0.0.1:{os.environ['GATEWAY_PORT']}"]
    config.keep_alive_timeout = 75
    config.loglevel = "WARNING"
    config.graceful_timeout = 1
    await serve(app, config, shutdown_trigger=stop.wait)


mends.apply()
git_credentials.apply()
image_states.apply()
decisions.apply()
asyncio.run(main())
# worker threads of functions that hang must not keep the process
os._exit(0)
