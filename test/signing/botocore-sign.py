# Signs the calls given as JSON on standard input with botocore's own signers and prints what goes
# on the wire, as JSON. Each call: kind (header or query), method, url, headers, body (text).
import json
import sys

from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

asked = json.load(sys.stdin)
answers = []
for call in asked["calls"]:
    credentials = Credentials(
        asked["accessKeyId"], asked["secretAccessKey"], call.get("sessionToken")
    )
    request = AWSRequest(
        method=call["method"],
        url=call["url"],
        headers=call.get("headers", {}),
        data=call.get("body", "").encode("utf-8"),
    )
    signer = SigV4Auth if call["kind"] == "header" else SigV4QueryAuth
    signer(credentials, call["service"], asked["region"]).add_auth(request)
    prepared = request.prepare()
    answers.append(
        {
            "url": prepared.url,
            "headers": [
                [name, value.decode("latin-1") if isinstance(value, bytes) else str(value)]
                for name, value in prepared.headers.items()
            ],
        }
    )
json.dump(answers, sys.stdout)
