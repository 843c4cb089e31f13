"""What stands in deploy/ and .github is right by the linters, and says what the code says."""

import json
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from cfnlint.decode.cfn_yaml import loads

from buffet.capacity import DATABASE_CLASSES, max_concurrency, max_instances, per_instance
from deploy import mapping

ROOT = Path(__file__).parent.parent
TEMPLATES = sorted((ROOT / "deploy").glob("*.yaml"))
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
BIN = Path(sys.executable).parent
SERVICES = ("apprunner", "ecs")


def finds_nothing(*command: str | Path) -> None:
    done = subprocess.run(
        [BIN / command[0], *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@cache
def template(name: str) -> Any:
    return json.loads(json.dumps(loads((ROOT / "deploy" / f"{name}.yaml").read_text())))


def service(name: str) -> Any:
    return template(name)["Resources"]["Service"]["Properties"]


def container(name: str) -> Any:
    """What runs, in the words of ECS."""
    if name == "ecs":
        return service(name)["PrimaryContainer"]
    image = service(name)["SourceConfiguration"]["ImageRepository"]
    settings = image["ImageConfiguration"]
    return {
        "Image": image["ImageIdentifier"],
        "ContainerPort": int(settings["Port"]),
        "Environment": settings["RuntimeEnvironmentVariables"],
        "Secrets": [renamed(one) for one in settings["RuntimeEnvironmentSecrets"]],
    }


def renamed(secret: dict[str, Any]) -> dict[str, Any]:
    if "Fn::If" in secret:
        condition, then, otherwise = secret["Fn::If"]
        return {"Fn::If": [condition, renamed(then), otherwise]}
    return {"Name": secret["Name"], "ValueFrom": secret["Value"]}


def named(entries: list[dict[str, Any]]) -> dict[str, Any]:
    """Names and values, of those under a condition too."""
    plain = [one["Fn::If"][1] if "Fn::If" in one else one for one in entries]
    return {one["Name"]: one.get("Value", one.get("ValueFrom")) for one in plain}


def variables(name: str) -> dict[str, Any]:
    return named(container(name)["Environment"])


def secrets(name: str) -> dict[str, Any]:
    return named(container(name)["Secrets"])


def statements(role: str) -> list[dict[str, Any]]:
    policies = template("foundation")["Resources"][role]["Properties"]["Policies"]
    return [one for policy in policies for one in policy["PolicyDocument"]["Statement"]]


def test_cfn_lint_finds_nothing_in_any_template() -> None:
    finds_nothing("cfn-lint", "--non-zero-exit-code", "informational", *TEMPLATES)


def test_zizmor_finds_nothing_in_any_workflow() -> None:
    finds_nothing("zizmor", "--offline", "--persona", "pedantic", *WORKFLOWS)


def test_each_workflow_is_of_the_shape_that_github_reads() -> None:
    finds_nothing("check-jsonschema", "--builtin-schema", "vendor.github-workflows", *WORKFLOWS)


@pytest.mark.parametrize("name", mapping.MAPPINGS)
def test_the_templates_say_what_the_capacity_functions_say(name: str) -> None:
    text = (ROOT / "deploy" / name).read_text()

    assert mapping.written(text, mapping.MAPPINGS[name]()) == text, "run `make capacity-mapping`"


def test_no_class_of_database_is_promised_more_connections_than_it_has() -> None:
    classes = template("foundation")["Mappings"]["Capacity"]
    held = per_instance(mapping.WORKERS, mapping.THREADS)

    assert classes.keys() == DATABASE_CLASSES.keys()
    for name, figures in classes.items():
        most = int(figures["MaxInstances"])
        assert most == max_instances(DATABASE_CLASSES[name], held) >= 1
        assert 2 * most * held + 18 <= DATABASE_CLASSES[name]
        assert int(figures["ConnectionsAlarm"]) < 2 * most * held


def test_each_class_that_may_be_chosen_is_one_whose_connections_are_known() -> None:
    allowed = template("foundation")["Parameters"]["DatabaseClass"]["AllowedValues"]

    assert set(allowed) == set(DATABASE_CLASSES)


def test_the_platforms_take_their_limits_from_the_mapping() -> None:
    scaling = template("apprunner")["Resources"]["Scaling"]["Properties"]
    web = template("apprunner")["Mappings"]["Web"]["Process"]

    assert scaling["MaxSize"] == service("ecs")["ScalingTarget"]["MaxTaskCount"]
    assert scaling["MaxSize"] == {"Ref": "MaxInstances"}
    assert scaling["MaxConcurrency"] == {"Fn::FindInMap": ["Web", "Process", "MaxConcurrency"]}
    assert int(web["MaxConcurrency"]) == max_concurrency(mapping.WORKERS, mapping.THREADS)


def test_both_targets_start_the_same_thing_with_the_same_settings() -> None:
    apprunner, ecs = variables("apprunner"), variables("ecs")
    differing = {name for name in apprunner | ecs if apprunner.get(name) != ecs.get(name)}

    assert differing == {"ALLOWED_HOSTS", "PORT"}, "each has a host of its own; one names the port"
    for part in ("Image", "ContainerPort", "Secrets"):
        assert container("apprunner")[part] == container("ecs")[part]
    assert service("ecs")["Cpu"] == "1024"
    assert service("apprunner")["InstanceConfiguration"]["Cpu"] == "1 vCPU"


@pytest.mark.parametrize("name", SERVICES)
def test_the_probe_asks_for_health_over_http(name: str) -> None:
    if name == "apprunner":
        probe = service(name)["HealthCheckConfiguration"]
        assert (probe["Protocol"], probe["Path"]) == ("HTTP", "/health")
    else:
        assert service(name)["HealthCheckPath"] == "/health"


@pytest.mark.parametrize("name", SERVICES)
def test_no_secret_is_written_in_a_template(name: str) -> None:
    assert secrets(name).keys() == {"SECRET_KEY", "DATABASE_URL", "EMAIL_URL", "ORIGIN_SECRET"}
    assert not secrets(name).keys() & variables(name).keys()
    assert all(f"/web/{one}" in json.dumps(path) for one, path in secrets(name).items())


def test_commands_run_as_the_owner_of_the_tables_without_the_time_limits_of_the_web() -> None:
    task = template("foundation")["Resources"]["ManageTask"]["Properties"]
    (run,) = task["ContainerDefinitions"]

    assert "/manage/DATABASE_URL" in json.dumps(named(run["Secrets"])["DATABASE_URL"])
    assert named(run["Environment"])["DATABASE_POOL"] == "false"


def test_each_setting_is_one_that_the_readme_knows() -> None:
    known = set(re.findall(r"`([A-Z_]+)`", (ROOT / "README.md").read_text()))

    assert variables("ecs").keys() | secrets("ecs").keys() <= known


def test_only_the_production_environment_of_one_repository_may_deploy() -> None:
    role = template("foundation")["Resources"]["PipelineRole"]["Properties"]
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]

    assert trust["Condition"] == {
        "StringEquals": {
            "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
            "token.actions.githubusercontent.com:sub": {
                "Fn::Sub": "repo:${Repository}:environment:production"
            },
        }
    }


def test_the_pipeline_may_do_without_limits_only_what_aws_cannot_limit() -> None:
    unlimited = {
        action
        for statement in statements("PipelineRole")
        if statement["Resource"] == "*"
        for action in statement["Action"]
    }

    assert unlimited == {
        "ecr:GetAuthorizationToken",
        "ecs:DescribeTaskDefinition",
        "ecs:RegisterTaskDefinition",
    }
    assert not [
        action
        for role in ("PipelineRole", "InstanceRole", "ExecutionRole", "AccessRole")
        for statement in statements(role)
        for action in statement["Action"]
        if "*" in action
    ]


def test_the_pipeline_passes_only_roles_of_ours_to_services_that_run_them() -> None:
    passing = [one for one in statements("PipelineRole") if one["Action"] == "iam:PassRole"]

    assert passing
    for statement in passing:
        assert "*" not in json.dumps(statement["Resource"])
        assert "iam:PassedToService" in statement["Condition"]["StringEquals"]


def test_the_database_is_reached_from_instances_alone_and_over_tls() -> None:
    resources = template("foundation")["Resources"]
    (way_in,) = resources["DatabaseGroup"]["Properties"]["SecurityGroupIngress"]

    assert way_in["SourceSecurityGroupId"] == {"Ref": "InstancesGroup"}
    assert resources["Database"]["Properties"]["PubliclyAccessible"] is False
    assert resources["Database"]["DeletionPolicy"] == "Snapshot"
    assert resources["DatabaseSettings"]["Properties"]["Parameters"]["rds.force_ssl"] == "1"


def test_every_log_group_ends() -> None:
    groups = [
        one["Properties"]
        for one in template("foundation")["Resources"].values()
        if one["Type"] == "AWS::Logs::LogGroup"
    ]

    assert groups
    assert all(group["RetentionInDays"] <= 90 for group in groups)


@pytest.mark.parametrize("name", ["foundation", *SERVICES])
def test_every_alarm_tells_somebody(name: str) -> None:
    alarms = [
        one["Properties"]
        for one in template(name)["Resources"].values()
        if one["Type"] == "AWS::CloudWatch::Alarm"
    ]

    assert len(alarms) >= 4
    assert all(alarm["AlarmActions"] and alarm["AlarmDescription"] for alarm in alarms)


@pytest.mark.parametrize("name", SERVICES)
def test_the_dashboard_is_json_once_the_stack_has_filled_it_in(name: str) -> None:
    body = template(name)["Resources"]["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]
    text = body if isinstance(body, str) else body[0]

    widgets = json.loads(re.sub(r"\$\{[^}]+\}", "7", text))["widgets"]

    assert len(widgets) == 6


def test_every_name_that_a_stack_imports_is_one_that_the_foundation_exports() -> None:
    exported = {
        output["Export"]["Name"]["Fn::Sub"]
        for output in template("foundation")["Outputs"].values()
        if "Export" in output
    }
    imported = {
        name
        for service in SERVICES
        for name in re.findall(
            r'"Fn::ImportValue": \{"Fn::Sub": "([^"]+)"', json.dumps(template(service))
        )
    }

    assert imported == exported


def test_every_action_is_pinned_to_a_commit_and_says_its_version() -> None:
    for path in WORKFLOWS:
        used = re.findall(r"uses: (.+)", path.read_text())
        assert used
        for one in used:
            assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", one), one


def test_whoever_becomes_the_pipelines_role_is_of_the_production_environment() -> None:
    for path in WORKFLOWS:
        for name, job in yaml.safe_load(path.read_text())["jobs"].items():
            becomes = job["permissions"].get("id-token") == "write"
            assert becomes == (job.get("environment") == "production"), name


README = (ROOT / "deploy" / "README.md").read_text()


def test_the_readme_gives_stacks_only_parameters_that_they_have() -> None:
    commands = re.findall(r"\bstack (\w+)((?: \w+=[^ `\n]+)*)", README)
    assert {name for name, _ in commands} >= {"foundation", "ecs", "apprunner", "cloudfront"}

    for name, given in commands:
        assert set(re.findall(r" (\w+)=", given)) <= template(name)["Parameters"].keys()


def test_the_readme_asks_stacks_only_for_outputs_that_they_have() -> None:
    asked = re.findall(r"\$\(output (\w+) (\w+)\)", README)

    assert asked
    for name, output in asked:
        assert output in template(name)["Outputs"], (name, output)


def test_the_readme_makes_every_secret_that_a_template_names() -> None:
    made = set(re.findall(r"\bsecret ([\w/]+)", README))
    named_in_templates = {
        found
        for path in TEMPLATES
        for found in re.findall(
            r"\$\{Name\}/(MASTER_PASSWORD|(?:web|manage)/[A-Z_]+)", path.read_text()
        )
    }

    assert named_in_templates <= made


def test_the_prices_of_the_readme_follow_from_those_of_aws() -> None:
    hours = 730
    fargate = (0.04048 + 2 * 0.004445) * hours
    apprunner_idle, apprunner = 2 * 0.007 * hours, (0.064 + 2 * 0.007) * hours
    balancer, addresses = 0.0225 * hours, 3 * 0.005 * hours
    database = 0.016 * hours + 20 * 0.115
    on_ecs = fargate + balancer + addresses + database
    smallest = on_ecs - fargate + fargate / 4

    prices = (fargate, apprunner, apprunner_idle, balancer, addresses, database, on_ecs)
    prices += (smallest, apprunner + database, apprunner_idle + database)
    for price in prices:
        assert f"${price:.2f}" in README, price
