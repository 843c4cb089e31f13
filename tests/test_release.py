"""What deploy/release.py asks of AWS, and what it makes of each answer."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import boto3
import pytest
from botocore.stub import ANY, Stubber
from moto import mock_aws

from deploy import release
from deploy.release import Failed, Patience

QUICK = Patience(looks=4, pause=0)
APPRUNNER = "arn:aws:apprunner:us-east-1:123456789012:service/buffet/0123456789abcdef"
OURS, BEFORE = "0" * 36, "1" * 36
ECS = "arn:aws:ecs:us-east-1:123456789012:service/buffet/buffet"
REPOSITORY = "123456789012.dkr.ecr.us-east-1.amazonaws.com/buffet"
NOW = datetime(2026, 11, 27, tzinfo=UTC)
PLACE = {
    "repository": REPOSITORY,
    "cluster": "buffet",
    "family": "buffet-manage",
    "subnets": ["subnet-1", "subnet-2"],
    "security_groups": ["sg-1"],
}


def client(name: str) -> Any:
    return boto3.client(
        name, region_name="us-east-1", aws_access_key_id="none", aws_secret_access_key="none"
    )


@pytest.fixture
def apprunner() -> Iterator[Stubber]:
    with Stubber(client("apprunner")) as stub:
        yield stub


@pytest.fixture
def ecs() -> Iterator[Stubber]:
    with Stubber(client("ecs")) as stub:
        yield stub


def source(tag: str) -> dict[str, Any]:
    return {
        "AutoDeploymentsEnabled": False,
        "AuthenticationConfiguration": {"AccessRoleArn": "arn:aws:iam::123456789012:role/access"},
        "ImageRepository": {
            "ImageIdentifier": f"{REPOSITORY}:{tag}",
            "ImageRepositoryType": "ECR",
            "ImageConfiguration": {
                "Port": "8080",
                "RuntimeEnvironmentVariables": {"RELEASE": tag, "WEB_THREADS": "4"},
                "RuntimeEnvironmentSecrets": {"SECRET_KEY": "/buffet/web/SECRET_KEY"},
            },
        },
    }


def apprunner_service(tag: str) -> dict[str, Any]:
    return {
        "ServiceName": "buffet",
        "ServiceId": "0123456789abcdef0123456789abcdef",
        "ServiceArn": APPRUNNER,
        "ServiceUrl": "one.us-east-1.awsapprunner.com",
        "CreatedAt": NOW,
        "UpdatedAt": NOW,
        "Status": "RUNNING",
        "SourceConfiguration": source(tag),
        "InstanceConfiguration": {},
        "AutoScalingConfigurationSummary": {},
        "NetworkConfiguration": {},
    }


def apprunner_runs(apprunner: Stubber, tag: str) -> None:
    answer = {"Service": apprunner_service(tag)}
    apprunner.add_response("describe_service", answer, {"ServiceArn": APPRUNNER})


def apprunner_is_updated(apprunner: Stubber, *statuses: str) -> None:
    """Expect an update to the new release, and answer how it goes on, among older operations."""
    apprunner_runs(apprunner, "old")
    apprunner.add_response(
        "update_service",
        {"OperationId": OURS, "Service": apprunner_service("new")},
        {"ServiceArn": APPRUNNER, "SourceConfiguration": source("new")},
    )
    for status in statuses:
        apprunner.add_response(
            "list_operations",
            {
                "OperationSummaryList": [
                    {"Id": OURS, "Status": status},
                    {"Id": BEFORE, "Status": "SUCCEEDED"},
                ]
            },
            {"ServiceArn": APPRUNNER},
        )


def to_apprunner(apprunner: Stubber) -> str:
    return release.deploy_to_apprunner(apprunner.client, APPRUNNER, "new", QUICK)


def test_app_runner_gets_the_image_and_the_name_of_the_release_and_keeps_the_rest(
    apprunner: Stubber,
) -> None:
    apprunner_is_updated(apprunner, "PENDING", "IN_PROGRESS", "SUCCEEDED")

    assert to_apprunner(apprunner) == "https://one.us-east-1.awsapprunner.com"

    apprunner.assert_no_pending_responses()


@pytest.mark.parametrize(
    "status", ["FAILED", "ROLLBACK_IN_PROGRESS", "ROLLBACK_SUCCEEDED", "ROLLBACK_FAILED"]
)
def test_an_operation_of_app_runner_that_rolls_back_is_a_failure(
    apprunner: Stubber, status: str
) -> None:
    apprunner_is_updated(apprunner, "IN_PROGRESS", status)

    with pytest.raises(Failed, match=status):
        to_apprunner(apprunner)


def test_an_operation_of_app_runner_that_does_not_end_is_a_failure(apprunner: Stubber) -> None:
    apprunner_is_updated(apprunner, *["IN_PROGRESS"] * QUICK.looks)

    with pytest.raises(Failed, match="still IN_PROGRESS"):
        to_apprunner(apprunner)


def test_an_operation_that_is_not_listed_yet_is_waited_for(apprunner: Stubber) -> None:
    apprunner_is_updated(apprunner)
    apprunner.add_response("list_operations", {"OperationSummaryList": []})
    apprunner.add_response(
        "list_operations", {"OperationSummaryList": [{"Id": OURS, "Status": "SUCCEEDED"}]}
    )

    to_apprunner(apprunner)


def test_a_release_that_app_runner_serves_is_not_deployed_again(apprunner: Stubber) -> None:
    apprunner_runs(apprunner, "new")

    to_apprunner(apprunner)

    apprunner.assert_no_pending_responses()


def express(tag: str) -> dict[str, Any]:
    return {
        "image": f"{REPOSITORY}:{tag}",
        "containerPort": 8080,
        "environment": [
            {"name": "RELEASE", "value": tag},
            {"name": "WEB_THREADS", "value": "4"},
        ],
        "secrets": [{"name": "SECRET_KEY", "valueFrom": "/buffet/web/SECRET_KEY"}],
    }


def ecs_runs(ecs: Stubber, tag: str) -> None:
    ecs.add_response(
        "describe_express_gateway_service",
        {
            "service": {
                "cluster": "buffet",
                "serviceArn": ECS,
                "activeConfigurations": [
                    {
                        "createdAt": NOW,
                        "primaryContainer": express(tag),
                        "ingressPaths": [
                            {"accessType": "PUBLIC", "endpoint": "https://one.ecs.us-east-1.on.aws"}
                        ],
                    }
                ],
            }
        },
        {"serviceArn": ECS},
    )


def ecs_is_updated(ecs: Stubber, *statuses: str) -> None:
    """Expect an update to the new release, and answer how it goes on, beside the one before."""
    ecs_runs(ecs, "old")
    ecs.add_response(
        "update_express_gateway_service",
        {"service": {"targetConfiguration": {"serviceRevisionArn": "revision-2"}}},
        {"serviceArn": ECS, "primaryContainer": express("new")},
    )
    for status in statuses:
        ecs.add_response(
            "list_service_deployments",
            {
                "serviceDeployments": [
                    {"targetServiceRevisionArn": "revision-2", "status": status},
                    {"targetServiceRevisionArn": "revision-1", "status": "SUCCESSFUL"},
                ]
            },
            {"service": ECS, "cluster": "buffet"},
        )


def to_ecs(ecs: Stubber) -> str:
    return release.deploy_to_ecs(ecs.client, ECS, "new", QUICK)


def test_ecs_gets_the_image_and_the_name_of_the_release_and_keeps_the_rest(ecs: Stubber) -> None:
    ecs_is_updated(ecs, "PENDING", "IN_PROGRESS", "SUCCESSFUL")

    assert to_ecs(ecs) == "https://one.ecs.us-east-1.on.aws"

    ecs.assert_no_pending_responses()


@pytest.mark.parametrize(
    "status",
    [
        "STOPPED",
        "STOP_REQUESTED",
        "ROLLBACK_REQUESTED",
        "ROLLBACK_IN_PROGRESS",
        "ROLLBACK_SUCCESSFUL",
        "ROLLBACK_FAILED",
    ],
)
def test_a_deployment_of_ecs_that_rolls_back_is_a_failure(ecs: Stubber, status: str) -> None:
    ecs_is_updated(ecs, "IN_PROGRESS", status)

    with pytest.raises(Failed, match=status):
        to_ecs(ecs)


def test_a_deployment_of_ecs_that_does_not_end_is_a_failure(ecs: Stubber) -> None:
    ecs_is_updated(ecs, *["IN_PROGRESS"] * QUICK.looks)

    with pytest.raises(Failed, match="still IN_PROGRESS"):
        to_ecs(ecs)


def test_a_release_that_ecs_serves_is_not_deployed_again(ecs: Stubber) -> None:
    ecs_runs(ecs, "new")

    to_ecs(ecs)

    ecs.assert_no_pending_responses()


def task_definition(tag: str) -> dict[str, Any]:
    return {
        "family": "buffet-manage",
        "taskRoleArn": "arn:aws:iam::123456789012:role/instance",
        "executionRoleArn": "arn:aws:iam::123456789012:role/execution",
        "networkMode": "awsvpc",
        "containerDefinitions": [{"name": "manage", "image": f"{REPOSITORY}:{tag}"}],
        "requiresCompatibilities": ["FARGATE"],
        "cpu": "512",
        "memory": "1024",
    }


def task_starts(ecs: Stubber, **answer: Any) -> None:
    """Expect a task of the new release's image, inside the network."""
    known = task_definition("old") | {"revision": 7, "status": "ACTIVE"}
    ecs.add_response("describe_task_definition", {"taskDefinition": known})
    ecs.add_response(
        "register_task_definition",
        {"taskDefinition": {"taskDefinitionArn": "buffet-manage:8"}},
        task_definition("new"),
    )
    ecs.add_response(
        "run_task",
        {"tasks": [], "failures": []} | answer,
        {
            "cluster": "buffet",
            "taskDefinition": "buffet-manage:8",
            "launchType": "FARGATE",
            "networkConfiguration": {
                "awsvpcConfiguration": {
                    "subnets": ["subnet-1", "subnet-2"],
                    "securityGroups": ["sg-1"],
                    "assignPublicIp": "ENABLED",
                }
            },
            "overrides": {
                "containerOverrides": [
                    {"name": "manage", "command": ["python", "manage.py", "migrate"]}
                ]
            },
        },
    )


def task_goes_on(ecs: Stubber, *statuses: str, code: int | None = 0) -> None:
    for status in statuses:
        container = {} if code is None else {"exitCode": code}
        ecs.add_response(
            "describe_tasks",
            {
                "tasks": [
                    {
                        "lastStatus": status,
                        "containers": [container],
                        "stoppedReason": "Essential container exited",
                    }
                ]
            },
            {"cluster": "buffet", "tasks": ["task-1"]},
        )


def migrate(ecs: Stubber) -> None:
    release.manage(ecs.client, PLACE, "new", ["migrate"], QUICK)


def test_migrations_run_once_as_a_task_of_the_releases_own_image(ecs: Stubber) -> None:
    task_starts(ecs, tasks=[{"taskArn": "task-1"}])
    task_goes_on(ecs, "PENDING", "RUNNING", "STOPPED", "STOPPED")

    migrate(ecs)

    ecs.assert_no_pending_responses()


@pytest.mark.parametrize("code", [1, None])
def test_migrations_that_end_badly_or_never_began_are_a_failure(
    ecs: Stubber, code: int | None
) -> None:
    task_starts(ecs, tasks=[{"taskArn": "task-1"}])
    task_goes_on(ecs, "STOPPED", "STOPPED", code=code)

    with pytest.raises(Failed, match=f"code {code}: Essential container exited"):
        migrate(ecs)


def test_a_task_for_which_there_is_no_place_is_a_failure(ecs: Stubber) -> None:
    task_starts(ecs, failures=[{"reason": "RESOURCE:ENI"}])

    with pytest.raises(Failed, match="RESOURCE:ENI"):
        migrate(ecs)


class Answers(BaseHTTPRequestHandler):
    ready = 200

    def do_GET(self) -> None:
        self.send_response(self.ready if self.path == "/health/ready" else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def site() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_what_serves_and_is_ready_has_passed(site: str) -> None:
    release.smoke(site)


def test_what_serves_without_its_database_has_not(
    site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Answers, "ready", 503)

    with pytest.raises(Failed, match="/health/ready: HTTP Error 503"):
        release.smoke(site)


def test_what_does_not_answer_has_not() -> None:
    with pytest.raises(Failed, match="Connection refused"):
        release.smoke("http://127.0.0.1:1")


class Session:
    """Gives the clients that a test prepared."""

    def __init__(self, **stubs: Stubber) -> None:
        self.stubs = stubs

    def client(self, name: str) -> Any:
        return self.stubs[name].client


@pytest.fixture
def ssm() -> Iterator[Stubber]:
    with Stubber(client("ssm")) as stub:
        yield stub


def test_what_serves_is_remembered_only_once_it_does(ssm: Stubber, ecs: Stubber) -> None:
    ecs_is_updated(ecs, "ROLLBACK_IN_PROGRESS")

    with pytest.raises(Failed):
        release.deploy("new", {"ecs": ECS}, Session(ssm=ssm, ecs=ecs), QUICK)

    ecs.assert_no_pending_responses()


def test_a_release_without_a_service_yet_is_remembered_for_its_stack(ssm: Stubber) -> None:
    ssm.add_response(
        "put_parameter",
        {},
        {
            "Name": "/buffet/deploy/release",
            "Value": "new",
            "Type": "String",
            "Overwrite": True,
        },
    )

    release.deploy("new", {"foundation": "{}"}, Session(ssm=ssm), QUICK)

    ssm.assert_no_pending_responses()


def test_stacks_are_found_by_their_parameters(ssm: Stubber) -> None:
    ssm.add_response(
        "get_parameters",
        {"Parameters": [{"Name": "/buffet/deploy/ecs", "Value": ECS}]},
        {"Names": ANY},
    )

    assert release.stored(ssm.client) == {"ecs": ECS}


@mock_aws
def test_the_command_line_says_where_images_go_and_what_runs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    parameters = boto3.client("ssm")
    parameters.put_parameter(
        Name="/buffet/deploy/foundation", Value=json.dumps(PLACE), Type="String"
    )

    assert release.main(["repository"]) == 0
    assert release.main(["running"]) == 0
    assert capsys.readouterr().out == f"{REPOSITORY}\n\n", "nothing runs yet"

    assert release.main(["deploy", "first"]) == 0
    capsys.readouterr()
    assert release.main(["running"]) == 0
    assert capsys.readouterr().out == "first\n"


def test_the_command_line_ends_with_a_failure_that_a_pipeline_sees(
    ssm: Stubber, ecs: Stubber, capsys: pytest.CaptureFixture[str]
) -> None:
    parameter = {"Name": "/buffet/deploy/foundation", "Value": json.dumps(PLACE)}
    ssm.add_response("get_parameters", {"Parameters": [parameter]}, {"Names": ANY})
    task_starts(ecs, failures=[{"reason": "RESOURCE:ENI"}])

    code = release.main(["manage", "new", "migrate"], Session(ssm=ssm, ecs=ecs))

    assert code == 1
    assert "Failed: The task did not start" in capsys.readouterr().out
