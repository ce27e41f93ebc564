"""IAM through boto3, as a separate process: users, keys, policies, roles, providers, pages, errors.

Usage: iam_flow.py ENDPOINT. Region and credentials come from the environment. Prints one line of
JSON for each case: {"case": ..., "ok": true} or {"case": ..., "ok": false, "why": ...}.
"""
import json
import sys
import uuid
from datetime import datetime, timezone

import boto3
from botocore.config import Config

OPTIONS = {"endpoint_url": sys.argv[1], "config": Config(retries={"max_attempts": 0})}
iam = boto3.client("iam", **OPTIONS)
UNSAFE = "<a href=\"x\">&amp;'</a>]]>é"
failed = False


def case(name, check):
    """Runs one case and reports it; later cases run all the same."""
    global failed
    try:
        check()
        print(json.dumps({"case": name, "ok": True}), flush=True)
    except Exception as error:  # every kind of failure is a result
        failed = True
        why = f"{type(error).__name__}: {error}"
        print(json.dumps({"case": name, "ok": False, "why": why}), flush=True)


def raises(exception, call, **parameters):
    try:
        call(**parameters)
    except exception as error:
        return error.response["Error"]["Code"]
    raise AssertionError(f"no {exception.__name__}")


def equal(found, wanted):
    assert found == wanted, f"{found!r} is not {wanted!r}"


def unique(prefix):
    return f"{prefix}-{uuid.uuid4()}"


def policy(*actions):
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    return {"Version": "2012-10-17", "Statement": [statement]}


def users():
    name = unique("user")
    made = iam.create_user(UserName=name, Path="/<&>/", Tags=[{"Key": "k", "Value": ""}])["User"]
    equal(iam.get_user(UserName=name)["User"], made)
    equal(made["Path"], "/<&>/")
    age = datetime.now(timezone.utc) - made["CreateDate"]
    assert abs(age.total_seconds()) < 300, age
    equal(iam.get_user()["User"]["Arn"].split(":")[-1], "root")
    equal(raises(iam.exceptions.EntityAlreadyExistsException, iam.create_user, UserName=name.upper()), "EntityAlreadyExists")
    iam.delete_user(UserName=name)
    equal(raises(iam.exceptions.NoSuchEntityException, iam.get_user, UserName=name), "NoSuchEntity")


def keys():
    name = unique("user")
    iam.create_user(UserName=name)
    iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=json.dumps(policy("iam:Get*")))
    equal(iam.get_user_policy(UserName=name, PolicyName="p")["PolicyDocument"], policy("iam:Get*"))
    key = iam.create_access_key(UserName=name)["AccessKey"]
    own = boto3.client("iam", aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"], **OPTIONS)
    equal(own.get_user()["User"]["UserName"], name)
    equal(raises(own.exceptions.ClientError, own.list_users), "AccessDenied")
    iam.update_access_key(UserName=name, AccessKeyId=key["AccessKeyId"], Status="Inactive")
    equal(raises(own.exceptions.ClientError, own.get_user), "InvalidClientTokenId")
    equal([k["Status"] for k in iam.list_access_keys(UserName=name)["AccessKeyMetadata"]], ["Inactive"])
    equal(raises(iam.exceptions.DeleteConflictException, iam.delete_user, UserName=name), "DeleteConflict")


def roles():
    name = unique("role")
    trust = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}],
    }
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust), Description=UNSAFE)["Role"]
    equal((role["AssumeRolePolicyDocument"], role["Description"]), (trust, UNSAFE))
    found = iam.get_role(RoleName=name)["Role"]
    equal((found["AssumeRolePolicyDocument"], found["Description"]), (trust, UNSAFE))
    equal(raises(iam.exceptions.MalformedPolicyDocumentException, iam.update_assume_role_policy, RoleName=name, PolicyDocument="{}"), "MalformedPolicyDocument")
    iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=json.dumps(policy("chime:*")))
    equal(iam.list_role_policies(RoleName=name)["PolicyNames"], ["p"])
    iam.delete_role_policy(RoleName=name, PolicyName="p")
    iam.delete_role(RoleName=name)


def providers():
    # Older clients insist on a thumbprint, which AWS no longer needs.
    made = iam.create_open_id_connect_provider(
        Url=f"https://{unique('issuer')}.example.com",
        ClientIDList=[UNSAFE, "日本 🦊"],
        ThumbprintList=["0" * 40],
    )
    arn = made["OpenIDConnectProviderArn"]
    equal(iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)["ClientIDList"], [UNSAFE, "日本 🦊"])
    assert arn in [p["Arn"] for p in iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]]
    iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=arn)


def pages():
    path = f"/{unique('p')}/"
    names = sorted(unique("user") for _ in range(7))
    for name in names:
        iam.create_user(UserName=name, Path=path)
    found = iam.get_paginator("list_users").paginate(PathPrefix=path, PaginationConfig={"PageSize": 3})
    equal([[u["UserName"] for u in page["Users"]] for page in found], [names[:3], names[3:6], names[6:]])


def refusals():
    wrong = boto3.client("iam", aws_access_key_id="AKIAUNKNOWNUNKNOWN22", aws_secret_access_key="x", **OPTIONS)
    equal(raises(wrong.exceptions.ClientError, wrong.list_users), "InvalidClientTokenId")
    equal(raises(iam.exceptions.ClientError, iam.list_users, PathPrefix="x"), "ValidationError")


case("users are made, found and deleted", users)
case("keys act for their users until they are switched off", keys)
case("roles and their documents come back as they were", roles)
case("providers keep any client id", providers)
case("lists are paged by boto3's own paginator", pages)
case("refusals have the codes of the query protocol", refusals)
sys.exit(1 if failed else 0)
