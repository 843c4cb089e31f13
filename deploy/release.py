"""Put a release into production, and succeed only when it is what serves there.

The platforms roll a release back that does not become healthy, and then report that all is well. So
whoever deploys has to watch what became of the one operation that was asked for.

    python -m deploy.release repository               where images are pushed to
    python -m deploy.release running                  the release that serves
    python -m deploy.release manage RELEASE COMMAND…  run a management command in its image
    python -m deploy.release deploy RELEASE           replace what serves, wait, and try it
"""

import json
import os
import sys
import time
from argparse import REMAINDER, ArgumentParser
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import boto3

NAME = os.environ.get("NAME", "buffet")
#: What a task definition is registered with; all else that describes one is AWS's own.
_DEFINITION = (
    *("family", "taskRoleArn", "executionRoleArn", "networkMode", "containerDefinitions"),
    *("requiresCompatibilities", "cpu", "memory"),
)


class Failed(Exception):
    """What was asked for did not come about."""


@dataclass(frozen=True)
class Patience:
    """How often to look, and how many seconds apart."""

    looks: int = 240
    pause: float = 5

    def until(self, state: Callable[[], str], reached: set[str], on_the_way: set[str]) -> None:
        """Look at a state until it is reached.

        :raises Failed: if it becomes one that does not lead there, or stays on the way too long.
        """
        seen = ""
        for _ in range(self.looks):
            now = state()
            if now != seen:
                say(f"  {now}")
                seen = now
            if now in reached:
                return
            if now not in on_the_way:
                raise Failed(f"It ended as {now}.")
            time.sleep(self.pause)
        raise Failed(f"It is still {seen} after {self.looks * self.pause:.0f} seconds.")


def say(line: str) -> None:
    """Tell whoever reads the pipeline's log."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def stored(ssm: Any) -> dict[str, str]:
    """Return what the stacks say of themselves: foundation, apprunner, ecs, release."""
    wanted = ("foundation", "apprunner", "ecs", "release")
    answer = ssm.get_parameters(Names=[f"/{NAME}/deploy/{name}" for name in wanted])
    return {found["Name"].rpartition("/")[2]: found["Value"] for found in answer["Parameters"]}


def manage(
    ecs: Any, place: dict[str, Any], release: str, command: Sequence[str], patience: Patience
) -> None:
    """Run a management command as a task of the release's image, inside the network.

    :raises Failed: if it does not start, or ends with another code than 0.
    """
    known = ecs.describe_task_definition(taskDefinition=place["family"])["taskDefinition"]
    definition = {key: known[key] for key in _DEFINITION if key in known}
    container = definition["containerDefinitions"][0]
    container["image"] = f"{place['repository']}:{release}"
    revision = ecs.register_task_definition(**definition)["taskDefinition"]["taskDefinitionArn"]
    started = ecs.run_task(
        cluster=place["cluster"],
        taskDefinition=revision,
        launchType="FARGATE",
        networkConfiguration={
            "awsvpcConfiguration": {
                "subnets": place["subnets"],
                "securityGroups": place["security_groups"],
                "assignPublicIp": "ENABLED",
            }
        },
        overrides={
            "containerOverrides": [
                {"name": container["name"], "command": ["python", "manage.py", *command]}
            ]
        },
    )
    if not started["tasks"]:
        raise Failed(f"The task did not start: {started['failures']}")
    arn = started["tasks"][0]["taskArn"]

    def task() -> dict[str, Any]:
        return ecs.describe_tasks(cluster=place["cluster"], tasks=[arn])["tasks"][0]

    say(f"Running {' '.join(command)} in {release}; its log is in /{NAME}/manage")
    on_the_way = {"PROVISIONING", "PENDING", "ACTIVATING", "RUNNING", "DEACTIVATING"}
    on_the_way |= {"STOPPING", "DEPROVISIONING"}
    patience.until(lambda: task()["lastStatus"], {"STOPPED"}, on_the_way)
    ended = task()
    code = ended["containers"][0].get("exitCode")
    if code != 0:
        raise Failed(f"It ended with code {code}: {ended.get('stoppedReason', 'no reason given')}")


def deploy_to_apprunner(apprunner: Any, arn: str, release: str, patience: Patience) -> str:
    """Replace the release on App Runner, wait for that operation, and return the address.

    :raises Failed: if the operation fails or is rolled back.
    """
    service = apprunner.describe_service(ServiceArn=arn)["Service"]
    source = service["SourceConfiguration"]
    image = source["ImageRepository"]
    address = f"https://{service['ServiceUrl']}"
    wanted = _of_release(image["ImageIdentifier"], release)
    if image["ImageIdentifier"] == wanted and service["Status"] == "RUNNING":
        say(f"App Runner serves {release} already")
        return address
    image["ImageIdentifier"] = wanted
    image["ImageConfiguration"]["RuntimeEnvironmentVariables"]["RELEASE"] = release
    say(f"Deploying {release} to App Runner")
    operation = apprunner.update_service(ServiceArn=arn, SourceConfiguration=source)["OperationId"]

    def status() -> str:
        known = apprunner.list_operations(ServiceArn=arn)["OperationSummaryList"]
        return next((one["Status"] for one in known if one["Id"] == operation), "PENDING")

    # ROLLBACK_IN_PROGRESS is the end of it for us: whatever follows, the release does not serve.
    patience.until(status, {"SUCCEEDED"}, {"PENDING", "IN_PROGRESS"})
    return address


def deploy_to_ecs(ecs: Any, arn: str, release: str, patience: Patience) -> str:
    """Replace the release on ECS Express, wait for that deployment, and return the address.

    :raises Failed: if the deployment is stopped or rolled back.
    """
    service = ecs.describe_express_gateway_service(serviceArn=arn)["service"]
    active = max(service["activeConfigurations"], key=lambda one: one["createdAt"])
    container = active["primaryContainer"]
    endpoint = active["ingressPaths"][0]["endpoint"].removeprefix("https://")
    address = f"https://{endpoint}"
    wanted = _of_release(container["image"], release)
    if container["image"] == wanted and len(service["activeConfigurations"]) == 1:
        say(f"ECS serves {release} already")
        return address
    container["image"] = wanted
    for variable in container["environment"]:
        if variable["name"] == "RELEASE":
            variable["value"] = release
    say(f"Deploying {release} to ECS")
    updated = ecs.update_express_gateway_service(serviceArn=arn, primaryContainer=container)
    revision = updated["service"]["targetConfiguration"]["serviceRevisionArn"]

    def status() -> str:
        known = ecs.list_service_deployments(service=arn, cluster=service["cluster"])
        ours = (
            one["status"]
            for one in known["serviceDeployments"]
            if one["targetServiceRevisionArn"] == revision
        )
        return next(ours, "PENDING")

    patience.until(status, {"SUCCESSFUL"}, {"PENDING", "IN_PROGRESS"})
    return address


def _of_release(image: str, release: str) -> str:
    return f"{image.rpartition(':')[0]}:{release}"


def smoke(address: str) -> None:
    """Ask whether it serves, and whether its database does.

    :raises Failed: if one of them does not answer 200.
    """
    for path in ("/health", "/health/ready"):
        try:
            with urlopen(address + path, timeout=10) as answer:
                say(f"  {answer.status} {path}")
        except (URLError, HTTPException, OSError) as error:
            raise Failed(f"{address}{path}: {error}") from error


def deploy(release: str, known: dict[str, str], session: Any, patience: Patience) -> None:
    """Replace what serves on each target there is, and remember what serves now.

    :raises Failed: if the release does not serve on one of them.
    """
    if "apprunner" in known:
        client = session.client("apprunner")
        smoke(deploy_to_apprunner(client, known["apprunner"], release, patience))
    if "ecs" in known:
        smoke(deploy_to_ecs(session.client("ecs"), known["ecs"], release, patience))
    if not {"apprunner", "ecs"} & known.keys():
        say("There is no service yet; the stack of one will start this release.")
    session.client("ssm").put_parameter(
        Name=f"/{NAME}/deploy/release", Value=release, Type="String", Overwrite=True
    )


def main(arguments: Sequence[str] | None = None, session: Any = None) -> int:
    """Do what the command line says, and return the exit code."""
    parser = ArgumentParser(description=__doc__.splitlines()[0])
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("repository")
    verbs.add_parser("running")
    managing = verbs.add_parser("manage")
    managing.add_argument("release")
    managing.add_argument("command", nargs=REMAINDER)
    verbs.add_parser("deploy").add_argument("release")
    asked = parser.parse_args(arguments)
    session = session or boto3.Session()
    known = stored(session.client("ssm"))
    place = json.loads(known["foundation"])
    try:
        if asked.verb == "repository":
            say(place["repository"])
        elif asked.verb == "running":
            say(known.get("release", ""))
        elif asked.verb == "manage":
            manage(session.client("ecs"), place, asked.release, asked.command, Patience())
        else:
            deploy(asked.release, known, session, Patience())
    except Failed as failure:
        say(f"Failed: {failure}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
