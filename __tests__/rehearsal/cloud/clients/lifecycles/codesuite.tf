resource "aws_codecommit_repository" "changed" {
  repository_name = "changed-${local.number}"
  description     = "The ${var.edition} edition"
  tags            = local.tags
}

# no argument of a repository forces its replacement
resource "aws_codecommit_repository" "replaced" {
  repository_name = "replaced"
  default_branch  = "main"

  lifecycle {
    replace_triggered_by = [terraform_data.edition]
  }
}

data "aws_codecommit_repository" "changed" {
  repository_name = aws_codecommit_repository.changed.repository_name
}

resource "aws_codebuild_project" "changed" {
  name          = "changed"
  description   = "The ${var.edition} edition"
  service_role  = aws_iam_role.service.arn
  build_timeout = 20 + local.number
  tags          = local.tags

  source {
    type      = "CODEPIPELINE"
    buildspec = "version: 0.2"
  }
  artifacts {
    type = "CODEPIPELINE"
  }
  cache {
    type     = "S3"
    location = "${aws_s3_bucket.artifacts.bucket}/cache-${local.number}"
  }
  environment {
    type         = "ARM_CONTAINER"
    compute_type = var.edition == "first" ? "BUILD_GENERAL1_SMALL" : "BUILD_GENERAL1_LARGE"
    image        = "aws/codebuild/amazonlinux-aarch64-standard:3.0"
    environment_variable {
      name  = "EDITION"
      value = var.edition
    }
  }
  logs_config {
    cloudwatch_logs {
      group_name = "lifecycles"
    }
  }
}

resource "aws_codebuild_project" "replaced" {
  name         = "replaced-${local.number}"
  service_role = aws_iam_role.service.arn

  source {
    type            = "CODECOMMIT"
    location        = aws_codecommit_repository.replaced.clone_url_http
    git_clone_depth = 1
  }
  artifacts {
    type = "NO_ARTIFACTS"
  }
  environment {
    type         = "LINUX_CONTAINER"
    compute_type = "BUILD_GENERAL1_SMALL"
    image        = "aws/codebuild/amazonlinux-x86_64-standard:5.0"
  }
}

resource "aws_codepipeline" "changed" {
  name           = "changed"
  role_arn       = aws_iam_role.service.arn
  pipeline_type  = "V2"
  execution_mode = var.edition == "first" ? "QUEUED" : "PARALLEL"
  tags           = local.tags

  artifact_store {
    type     = "S3"
    location = aws_s3_bucket.artifacts.bucket
  }
  variable {
    name          = "Edition"
    default_value = var.edition
  }
  stage {
    name = "Source"
    action {
      name             = "Source"
      category         = "Source"
      owner            = "AWS"
      provider         = "CodeCommit"
      version          = "1"
      output_artifacts = ["Source"]
      configuration = {
        RepositoryName       = aws_codecommit_repository.changed.repository_name
        BranchName           = "main"
        PollForSourceChanges = "false"
      }
    }
  }
  stage {
    name = "Build"
    action {
      name            = "Build"
      category        = "Build"
      owner           = "AWS"
      provider        = "CodeBuild"
      version         = "1"
      run_order       = local.number
      input_artifacts = ["Source"]
      configuration = {
        ProjectName = aws_codebuild_project.changed.name
      }
    }
  }
}

resource "aws_codepipeline" "replaced" {
  name          = "replaced-${local.number}"
  role_arn      = aws_iam_role.service.arn
  pipeline_type = "V2"

  artifact_store {
    type     = "S3"
    location = aws_s3_bucket.artifacts.bucket
  }
  stage {
    name = "Source"
    action {
      name             = "Source"
      category         = "Source"
      owner            = "AWS"
      provider         = "CodeCommit"
      version          = "1"
      output_artifacts = ["Source"]
      configuration = {
        RepositoryName       = aws_codecommit_repository.replaced.repository_name
        BranchName           = "main"
        PollForSourceChanges = "false"
      }
    }
  }
  stage {
    name = "Approve"
    action {
      name     = "Approve"
      category = "Approval"
      owner    = "AWS"
      provider = "Manual"
      version  = "1"
    }
  }
}
