"""Makes calls by boto3 for the core scenario: one line of JSON in, one line of JSON out, each.

Usage: calls.py ENDPOINT. Credentials come from the environment. A line is
{"service": ..., "operation": "CreateChannel", "input": {...}, "credentials": null or {...}}; the answer
{"output": {...}} or {"code": ..., "class": ..., "message": ...}. An input of null asks whether there is such
an operation: {"output": {}}, else {}. Runs on boto3 1.26 (Debian) and newer.
"""
import json
import sys

import boto3
from botocore import xform_name
from botocore.exceptions import ClientError

ENDPOINT = sys.argv[1]
NAMES = {
    "messaging": "chime-sdk-messaging",
    "identity": "chime-sdk-identity",
    "iam": "iam",
    "sts": "sts",
}
clients = {}


def client_for(service, credentials):
    key = (service, json.dumps(credentials))
    if key not in clients:
        clients[key] = boto3.client(NAMES[service], endpoint_url=ENDPOINT, **(credentials or {}))
    return clients[key]


def answer(request):
    client = client_for(request["service"], request["credentials"])
    if request["input"] is None:
        return {"output": {}} if hasattr(client, xform_name(request["operation"])) else {}
    try:
        output = getattr(client, xform_name(request["operation"]))(**request["input"])
    except ClientError as error:
        code = error.response["Error"]["Code"]
        # What `except client.exceptions.ForbiddenException` catches.
        typed = getattr(client.exceptions, type(error).__name__, ClientError)
        assert isinstance(error, typed), type(error)
        return {
            "code": code,
            "class": type(error).__name__,
            "message": error.response["Error"]["Message"],
        }
    output.pop("ResponseMetadata")
    return {"output": output}


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line)), default=str), flush=True)
