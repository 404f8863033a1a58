"""A git credential helper as the AWS CLI's: botocore signs `GIT <path>` with the credentials of the environment."""

import os
import sys
from datetime import datetime, timedelta, timezone

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.session import get_session

if sys.argv[-1] == "get":
    asked = dict(line.strip().split("=", 1) for line in sys.stdin if "=" in line)
    session = get_session()
    credentials = session.get_credentials().get_frozen_credentials()
    signer = SigV4Auth(credentials, "codecommit", session.get_config_variable("region"))
    request = AWSRequest(method="GIT", url=f"{asked['protocol']}://{asked['host']}/{asked['path']}")
    now = datetime.now(timezone.utc) - timedelta(minutes=float(os.environ.get("MINUTES_AGO", "0")))
    request.context["timestamp"] = now.strftime("%Y%m%dT%H%M%S")
    host = asked["host"].split(":")[0]
    canonical = f"GIT\n/{asked['path']}\n\nhost:{host}\n\nhost\n"
    signature = signer.signature(signer.string_to_sign(request, canonical), request)
    token = f"%{credentials.token}" if credentials.token else ""
    print(f"username={credentials.access_key}{token}")
    print(f"password={request.context['timestamp']}Z{signature}")
