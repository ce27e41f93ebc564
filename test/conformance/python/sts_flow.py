# boto3's own ways to temporary credentials against a running server; test code runs it and reads the
# JSON that it prints. Usage: sts_flow.py ENDPOINT ROLE_ARN TOKEN_FILE APP_INSTANCE_ARN USER_ARN OTHER_ARN
import json
import os
import sys

import boto3
from botocore.exceptions import ClientError

endpoint, role_arn, token_file, app_instance_arn, user_arn, other_arn = sys.argv[1:]
user_id = user_arn.rsplit("/", 1)[1]


def code_of(call):
    try:
        call()
    except ClientError as error:
        return [error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]]
    return "it succeeded"


def chats(credentials):
    """What these credentials can do as the user, and as somebody else."""
    messaging = boto3.client(
        "chime-sdk-messaging",
        endpoint_url=endpoint,
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
    )
    create = lambda bearer: messaging.create_channel(
        AppInstanceArn=app_instance_arn, Name="Of Ana", ChimeBearer=bearer
    )
    arn = create(user_arn)["ChannelArn"]
    channel = messaging.describe_channel(ChannelArn=arn, ChimeBearer=user_arn)["Channel"]
    return {"by": channel["CreatedBy"]["Arn"], "as_other": code_of(lambda: create(other_arn))}


sts = boto3.client("sts", endpoint_url=endpoint)
caller = sts.get_caller_identity()
tags = [{"Key": "user", "Value": user_id}]
assumed = sts.assume_role(RoleArn=role_arn, RoleSessionName="boto", Tags=tags)
with open(token_file) as file:
    token = file.read()
web = sts.assume_role_with_web_identity(
    RoleArn=role_arn, RoleSessionName="boto-web", WebIdentityToken=token
)



def chain():
    """The credential chain of a session, once nothing in the environment stands before the role."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        os.environ.pop(name)
    os.environ["AWS_ROLE_ARN"] = role_arn
    os.environ["AWS_WEB_IDENTITY_TOKEN_FILE"] = token_file
    os.environ["AWS_ROLE_SESSION_NAME"] = "boto-chain"
    os.environ["AWS_ENDPOINT_URL_STS"] = endpoint
    found = boto3.Session().get_credentials()
    frozen = found.get_frozen_credentials()
    credentials = {
        "AccessKeyId": frozen.access_key,
        "SecretAccessKey": frozen.secret_key,
        "SessionToken": frozen.token,
    }
    return {"method": found.method, "chats": chats(credentials)}


# Older ones do not know AWS_ENDPOINT_URL_STS and would ask AWS itself.
knows_variable = tuple(int(part) for part in boto3.__version__.split(".")[:2]) >= (1, 28)

print(
    json.dumps(
        {
            "caller": caller["Arn"],
            "assumed": assumed["AssumedRoleUser"]["Arn"],
            "assumed_chats": chats(assumed["Credentials"]),
            "web": web["AssumedRoleUser"]["Arn"],
            "web_subject": web["SubjectFromWebIdentityToken"],
            "web_chats": chats(web["Credentials"]),
            "knows_variable": knows_variable,
            "chain": chain() if knows_variable else None,
            "no_role": code_of(
                lambda: sts.assume_role(RoleArn=role_arn + "-none", RoleSessionName="boto")
            ),
            "bad_token": code_of(
                lambda: sts.assume_role_with_web_identity(
                    RoleArn=role_arn, RoleSessionName="boto", WebIdentityToken=token + "x"
                )
            ),
        }
    )
)
