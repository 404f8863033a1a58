"""Walks through the local cloud with boto3 as a user with a policy, and prints what it saw as JSON."""

import json
import sys
import time

import boto3

account = boto3.Session()


def user_session():
    """Credentials that the gateway has to check: a user's, who may do all of this but delete the pipeline."""
    iam = account.client("iam")
    iam.create_user(UserName="developer")
    services = ["codecommit", "codepipeline", "codebuild", "imagebuilder", "autoscaling", "ec2", "iam", "ssm"]
    statements = [
        {"Effect": "Allow", "Action": [f"{service}:*" for service in services], "Resource": "*"},
        {"Effect": "Deny", "Action": "codepipeline:DeletePipeline", "Resource": "*"},
    ]
    policy = {"Version": "2012-10-17", "Statement": statements}
    iam.put_user_policy(UserName="developer", PolicyName="work", PolicyDocument=json.dumps(policy))
    key = iam.create_access_key(UserName="developer")["AccessKey"]
    return boto3.Session(aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"])


def role():
    iam = account.client("iam")
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "codepipeline.amazonaws.com"}}
    work = {"Effect": "Allow", "Action": ["s3:*", "codecommit:*"], "Resource": "*"}
    made = iam.create_role(RoleName="walk", AssumeRolePolicyDocument=json.dumps({"Statement": [trust]}))
    iam.put_role_policy(RoleName="walk", PolicyName="work", PolicyDocument=json.dumps({"Statement": [work]}))
    return made["Role"]["Arn"]


def refused(error, call, **arguments):
    """@return the code of the typed exception that a call has to end with"""
    try:
        call(**arguments)
    except error as raised:
        return raised.response["Error"]["Code"]
    raise AssertionError(f"{call} was not refused")


def until(look, holds, seconds=30):
    end = time.monotonic() + seconds
    while not holds(seen := look()):
        if time.monotonic() > end:
            raise AssertionError(f"not so after {seconds} seconds: {seen}")
        time.sleep(0.1)
    return seen


def action(name, category, provider, configuration, **more):
    kind = {"category": category, "owner": "AWS", "provider": provider, "version": "1"}
    return {"name": name, "actionTypeId": kind, "configuration": configuration, **more}


def pipeline(session):
    commits, pipelines = session.client("codecommit"), session.client("codepipeline")
    commits.create_repository(repositoryName="walk")
    account.client("s3").create_bucket(Bucket="walk", CreateBucketConfiguration={"LocationConstraint": session.region_name})
    source = {"RepositoryName": "walk", "BranchName": "main", "PollForSourceChanges": "false"}
    stages = [
        {"name": "Source", "actions": [action("Source", "Source", "CodeCommit", source, outputArtifacts=[{"name": "Source"}])]},
        {"name": "Approve", "actions": [action("Approve", "Approval", "Manual", {})]},
    ]
    store = {"type": "S3", "location": "walk"}
    declaration = {"name": "walk", "roleArn": role(), "artifactStore": store, "stages": stages, "pipelineType": "V2"}
    pipelines.create_pipeline(pipeline=declaration)
    commit = commits.put_file(repositoryName="walk", branchName="main", filePath="a.txt", fileContent=b"a\n")["commitId"]
    execution = pipelines.start_pipeline_execution(name="walk")["pipelineExecutionId"]

    def actions():
        pages = pipelines.get_paginator("list_action_executions").paginate(
            pipelineName="walk", filter={"pipelineExecutionId": execution}, PaginationConfig={"PageSize": 1}
        )
        return {one["actionName"]: one["status"] for page in pages for one in page["actionExecutionDetails"]}

    waiting = until(actions, lambda seen: "Approve" in seen)
    state = pipelines.get_pipeline_state(name="walk")["stageStates"][1]["actionStates"][0]["latestExecution"]
    result = {"summary": "looks good", "status": "Approved"}
    pipelines.put_approval_result(
        pipelineName="walk", stageName="Approve", actionName="Approve", token=state["token"], result=result
    )
    ended = until(
        lambda: pipelines.get_pipeline_execution(pipelineName="walk", pipelineExecutionId=execution)["pipelineExecution"],
        lambda seen: seen["status"] != "InProgress",
    )
    return {
        "waiting": waiting,
        "actions": actions(),
        "status": ended["status"],
        "releasesTheCommit": ended["artifactRevisions"][0]["revisionId"] == commit,
        "refused": [
            refused(commits.exceptions.RepositoryNameExistsException, commits.create_repository, repositoryName="walk"),
            refused(commits.exceptions.BranchDoesNotExistException, commits.get_branch, repositoryName="walk", branchName="b"),
            refused(pipelines.exceptions.PipelineNotFoundException, pipelines.get_pipeline, name="no-such"),
            refused(pipelines.exceptions.ClientError, pipelines.delete_pipeline, name="walk"),
        ],
    }


def images(session):
    builder = session.client("imagebuilder")
    document = "schemaVersion: 1.0\nphases: [{name: build, steps: [{name: S, action: ExecuteBash, inputs: {commands: [ls]}}]}]"
    arguments = {"semanticVersion": "1.0.0", "platform": "Linux", "data": document}
    arns = [
        builder.create_component(name=f"walk-{number}", **arguments)["componentBuildVersionArn"] for number in range(5)
    ]
    distribution = {"name": "walk", "distributions": [{"region": session.region_name}]}
    builder.create_distribution_configuration(**distribution)
    pages = list(builder.get_paginator("list_components").paginate(owner="Self", PaginationConfig={"PageSize": 2}))
    errors = builder.exceptions
    return {
        "pages": [[one["name"] for one in page["componentVersionList"]] for page in pages],
        "document": builder.get_component(componentBuildVersionArn=arns[0])["component"]["data"] == document,
        "refused": [
            refused(errors.ResourceAlreadyExistsException, builder.create_distribution_configuration, **distribution),
            refused(errors.ResourceNotFoundException, builder.get_component, componentBuildVersionArn=arns[0].replace("1.0.0", "9.9.9")),
            refused(errors.InvalidPaginationTokenException, builder.list_components, nextToken="no token"),
        ],
    }


def refresh(session):
    groups, ec2 = session.client("autoscaling"), session.client("ec2")
    name = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"
    image = session.client("ssm").get_parameter(Name=name)["Parameter"]["Value"]
    template = {"ImageId": image, "InstanceType": "t4g.small"}
    ec2.create_launch_template(LaunchTemplateName="walk", LaunchTemplateData=template)
    subnets = ec2.describe_subnets(Filters=[{"Name": "default-for-az", "Values": ["true"]}])["Subnets"]
    group = {"AutoScalingGroupName": "walk"}
    groups.create_auto_scaling_group(
        **group,
        MinSize=0,
        MaxSize=2,
        DesiredCapacity=1,
        VPCZoneIdentifier=",".join(subnet["SubnetId"] for subnet in subnets),
        LaunchTemplate={"LaunchTemplateName": "walk", "Version": "1"},
    )

    def instances():
        return groups.describe_auto_scaling_groups(AutoScalingGroupNames=["walk"])["AutoScalingGroups"][0]["Instances"]

    until(instances, lambda seen: [one["LifecycleState"] for one in seen] == ["InService"])
    # long enough to be cancelled, on a clock that runs faster than AWS's
    start = groups.start_instance_refresh(**group, Preferences={"InstanceWarmup": 600, "MinHealthyPercentage": 100})
    errors = groups.exceptions
    running = refused(errors.InstanceRefreshInProgressFault, groups.start_instance_refresh, **group)

    def described():
        found = groups.describe_instance_refreshes(**group, InstanceRefreshIds=[start["InstanceRefreshId"]])
        return found["InstanceRefreshes"][0]["Status"]

    before = until(described, lambda seen: seen != "Pending")
    groups.cancel_instance_refresh(**group)
    return {
        "statuses": [before, until(described, lambda seen: seen != "Cancelling")],
        "refused": [
            running,
            refused(errors.ActiveInstanceRefreshNotFoundFault, groups.cancel_instance_refresh, **group),
            refused(errors.ClientError, groups.start_instance_refresh, AutoScalingGroupName="no-such"),
        ],
    }


if __name__ == "__main__":
    user = user_session()
    json.dump({"pipeline": pipeline(user), "images": images(user), "refresh": refresh(user)}, sys.stdout)
