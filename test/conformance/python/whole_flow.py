"""The whole flow through boto3, as a separate process: from an app instance to its deletion.

Usage: whole_flow.py ENDPOINT REGION. Credentials come from the environment. Prints one line of JSON
for each case: {"case": ..., "ok": true} or {"case": ..., "ok": false, "why": ...}.
Runs on boto3 1.26 (Debian) and newer.
"""
import json
import sys
import uuid
from datetime import datetime, timezone

import boto3
from botocore.config import Config

ENDPOINT, REGION = sys.argv[1:3]
OPTIONS = {
    "endpoint_url": ENDPOINT,
    "region_name": REGION,
    "config": Config(retries={"max_attempts": 0}),
}
identity = boto3.client("chime-sdk-identity", **OPTIONS)
messaging = boto3.client("chime-sdk-messaging", **OPTIONS)
TEXT = "Grüße 日本 🦊 \u2028 \"\\ & <b>"
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
    """The call raises exactly this typed exception, with its status, code and message."""
    try:
        call(**parameters)
    except exception as error:
        name = type(error).__name__
        assert error.response["Error"]["Code"] == name, error.response["Error"]
        assert error.response["Message"], error.response
        return error
    raise AssertionError(f"no {exception.__name__}")


def token():
    return str(uuid.uuid4())


def status(answer):
    return answer["ResponseMetadata"]["HTTPStatusCode"]


def equal(found, wanted):
    assert found == wanted, f"{found!r} is not {wanted!r}"


app = identity.create_app_instance(Name=TEXT, ClientRequestToken=token())["AppInstanceArn"]


def new_user(user_id, name):
    return identity.create_app_instance_user(
        AppInstanceArn=app, AppInstanceUserId=user_id, Name=name, ClientRequestToken=token()
    )["AppInstanceUserArn"]


ana = new_user("us-east-1:" + token(), "Ana ü")
bo = new_user("bo@example.com_x-1.Z", "Bo")
admin = new_user(token(), "Ada")
identity.create_app_instance_admin(AppInstanceArn=app, AppInstanceAdminArn=admin)
channel = messaging.create_channel(
    AppInstanceArn=app,
    Name=TEXT,
    Mode="RESTRICTED",
    Privacy="PRIVATE",
    ClientRequestToken=token(),
    ChannelId="room:a@b.c_d-" + token()[:8],
    ChimeBearer=ana,
)["ChannelArn"]
at = {"ChannelArn": channel, "ChimeBearer": ana}


def send(content, **more):
    return messaging.send_channel_message(
        Content=content,
        Type="STANDARD",
        Persistence="PERSISTENT",
        ClientRequestToken=token(),
        **{**at, **more},
    )


def described():
    answer = identity.describe_app_instance(AppInstanceArn=app)
    equal(answer["AppInstance"]["Name"], TEXT)
    age = datetime.now(timezone.utc) - answer["AppInstance"]["CreatedTimestamp"]
    assert abs(age.total_seconds()) < 300, age
    assert "Metadata" not in answer["AppInstance"]


def odd_ids():
    equal(identity.describe_app_instance_user(AppInstanceUserArn=bo)["AppInstanceUser"]["Name"], "Bo")
    equal(messaging.describe_channel(**at)["Channel"]["Name"], TEXT)
    equal(messaging.describe_channel(**at)["Channel"]["CreatedBy"], {"Arn": ana, "Name": "Ana ü"})


def memberships():
    answer = messaging.create_channel_membership(MemberArn=bo, Type="DEFAULT", **at)
    equal((status(answer), answer["Member"]), (201, {"Arn": bo, "Name": "Bo"}))
    batch = messaging.batch_create_channel_membership(MemberArns=[admin, bo], **at)
    equal([m["Arn"] for m in batch["BatchChannelMemberships"]["Members"]], [admin])
    equal([e["ErrorCode"] for e in batch["Errors"]], ["Conflict"])
    listed = messaging.list_channel_memberships(**at)["ChannelMemberships"]
    equal({m["Member"]["Arn"] for m in listed}, {ana, bo, admin})
    one = messaging.describe_channel_membership(MemberArn=bo, **at)["ChannelMembership"]
    equal(one["InvitedBy"]["Arn"], ana)
    mine = messaging.list_channel_memberships_for_app_instance_user(ChimeBearer=bo)
    equal([m["ChannelSummary"]["ChannelArn"] for m in mine["ChannelMemberships"]], [channel])


def messages():
    answer = send(TEXT, Metadata=TEXT)
    equal((status(answer), answer["Status"]["Value"]), (201, "SENT"))
    message = {**at, "MessageId": answer["MessageId"]}
    found = messaging.get_channel_message(**message)["ChannelMessage"]
    equal((found["Content"], found["Metadata"], found["Sender"]["Arn"]), (TEXT, TEXT, ana))
    messaging.update_channel_message(Content=TEXT + "2", **message)
    found = messaging.get_channel_message(**message)["ChannelMessage"]
    equal((found["Content"], "LastEditedTimestamp" in found), (TEXT + "2", True))
    messaging.redact_channel_message(**message)
    found = messaging.get_channel_message(**message)["ChannelMessage"]
    equal((found["Redacted"], "Content" in found), (True, False))
    gone = messaging.delete_channel_message(**{**message, "ChimeBearer": admin})
    equal(status(gone), 204)
    raises(messaging.exceptions.NotFoundException, messaging.get_channel_message, **message)


def paging():
    sent = [send(str(number))["MessageId"] for number in range(7)]
    found, more = [], {}
    while True:
        page = messaging.list_channel_messages(MaxResults=3, SortOrder="ASCENDING", **at, **more)
        found += [m["MessageId"] for m in page["ChannelMessages"]]
        if "NextToken" not in page:
            break
        more = {"NextToken": page["NextToken"]}
    equal(found, sent)
    first = messaging.get_channel_message(MessageId=sent[3], **at)["ChannelMessage"]
    since = messaging.list_channel_messages(NotBefore=first["CreatedTimestamp"], **at)
    assert {m["MessageId"] for m in since["ChannelMessages"]} >= set(sent[3:])
    before = messaging.list_channel_messages(NotAfter=datetime(2020, 1, 1), **at)
    equal(before["ChannelMessages"], [])


def idempotency():
    same = token()
    parameters = dict(Content="once", Type="STANDARD", Persistence="PERSISTENT", **at)
    first = messaging.send_channel_message(ClientRequestToken=same, **parameters)
    again = messaging.send_channel_message(ClientRequestToken=same, **parameters)
    equal(again["MessageId"], first["MessageId"])
    del parameters["Content"]
    raises(
        messaging.exceptions.ConflictException,
        messaging.send_channel_message,
        ClientRequestToken=same,
        Content="other",
        **parameters,
    )


def typed_exceptions():
    raises(identity.exceptions.ForbiddenException, identity.describe_app_instance_user, AppInstanceUserArn=app + "/user/nobody")
    raises(
        identity.exceptions.ConflictException,
        identity.create_app_instance_user,
        AppInstanceArn=app,
        AppInstanceUserId="bo@example.com_x-1.Z",
        Name="Bo",
        ClientRequestToken=token(),
    )
    raises(identity.exceptions.BadRequestException, identity.update_app_instance, AppInstanceArn=app, Name="x" * 257, Metadata="")
    raises(messaging.exceptions.ForbiddenException, messaging.update_channel, ChannelArn=channel, Name="x", Mode="RESTRICTED", ChimeBearer=bo)
    raises(messaging.exceptions.UnauthorizedClientException, messaging.describe_channel, ChannelArn=channel, ChimeBearer=app + "/user/nobody")
    raises(messaging.exceptions.NotFoundException, messaging.create_channel_membership, MemberArn=app + "/user/nobody", Type="DEFAULT", **at)
    raises(messaging.exceptions.BadRequestException, send, content="x" * 4097)


def front_door():
    stranger = boto3.client(
        "chime-sdk-messaging",
        aws_access_key_id="AKIAUNKNOWNUNKNOWN00",
        aws_secret_access_key="wrong",
        **OPTIONS,
    )
    try:
        stranger.get_messaging_session_endpoint()
    except stranger.exceptions.ClientError as error:
        equal((status(error.response), error.response["Error"]["Code"]), (403, "UnrecognizedClientException"))
        return
    raise AssertionError("an unknown key was accepted")


def endpoint():
    url = messaging.get_messaging_session_endpoint()["Endpoint"]["Url"]
    assert "/" not in url, url


def updates():
    messaging.update_channel(Name="Neu", Mode="UNRESTRICTED", Metadata=TEXT, **at)
    found = messaging.describe_channel(**at)["Channel"]
    equal((found["Name"], found["Mode"], found["Metadata"]), ("Neu", "UNRESTRICTED", TEXT))
    identity.update_app_instance_user(AppInstanceUserArn=bo, Name="Bö", Metadata=TEXT)
    found = identity.describe_app_instance_user(AppInstanceUserArn=bo)["AppInstanceUser"]
    equal((found["Name"], found["Metadata"]), ("Bö", TEXT))
    identity.update_app_instance(AppInstanceArn=app, Name="Neu", Metadata="")
    admins = identity.list_app_instance_admins(AppInstanceArn=app)["AppInstanceAdmins"]
    equal([a["Admin"]["Arn"] for a in admins], [admin])
    assert len(identity.list_app_instance_users(AppInstanceArn=app)["AppInstanceUsers"]) == 3
    assert app in [a["AppInstanceArn"] for a in identity.list_app_instances()["AppInstances"]]
    assert messaging.list_channels(AppInstanceArn=app, ChimeBearer=ana)["Channels"] == []


def sub_channels():
    stadium = messaging.create_channel(
        AppInstanceArn=app,
        Name="Stadium",
        ClientRequestToken=token(),
        ElasticChannelConfiguration={
            "MaximumSubChannels": 2,
            "TargetMembershipsPerSubChannel": 2,
            "MinimumMembershipPercentage": 40,
        },
        ChimeBearer=ana,
    )["ChannelArn"]
    mine = {"ChannelArn": stadium, "ChimeBearer": ana}
    joined = messaging.create_channel_membership(MemberArn=bo, Type="DEFAULT", **mine)
    place = joined["SubChannelId"]
    listed = messaging.list_sub_channels(**mine)["SubChannels"]
    equal(listed, [{"SubChannelId": place, "MembershipCount": 1}])
    theirs = {"ChannelArn": stadium, "ChimeBearer": bo}
    sent = messaging.send_channel_message(
        Content=TEXT,
        Type="STANDARD",
        Persistence="PERSISTENT",
        ClientRequestToken=token(),
        SubChannelId=place,
        **theirs,
    )
    equal(sent["SubChannelId"], place)
    messages = messaging.list_channel_messages(SubChannelId=place, **theirs)
    equal([message["Content"] for message in messages["ChannelMessages"]], [TEXT])
    raises(messaging.exceptions.BadRequestException, messaging.list_channel_messages, **theirs)
    raises(
        messaging.exceptions.ForbiddenException,
        messaging.list_channel_messages,
        SubChannelId="elsewhere",
        **theirs,
    )
    messaging.delete_channel_membership(MemberArn=bo, **theirs)
    messaging.delete_channel(**mine)


def deletion():
    equal(status(messaging.delete_channel_membership(MemberArn=bo, **at)), 204)
    equal(status(messaging.delete_channel(**at)), 204)
    raises(messaging.exceptions.ForbiddenException, messaging.describe_channel, **at)
    demoted = identity.delete_app_instance_admin(AppInstanceArn=app, AppInstanceAdminArn=admin)
    equal(status(demoted), 204)
    equal(status(identity.delete_app_instance_user(AppInstanceUserArn=bo)), 204)
    equal(status(identity.delete_app_instance(AppInstanceArn=app)), 204)
    raises(identity.exceptions.ForbiddenException, identity.describe_app_instance, AppInstanceArn=app)


case("an app instance is described with its times", described)
case("ids with : @ _ . - and names in any script come through", odd_ids)
case("members are added, listed and described", memberships)
case("a message is sent, read, edited, redacted and deleted", messages)
case("messages are listed page by page and by time", paging)
case("a repeated request token makes one message", idempotency)
case("each failure arrives as its typed exception", typed_exceptions)
case("an unknown key is refused at the front door", front_door)
case("the session endpoint is a bare host", endpoint)
case("names, metadata and modes are updated", updates)
case("members of an elastic channel talk in their sub-channel", sub_channels)
case("everything is deleted", deletion)
sys.exit(1 if failed else 0)
