# Every resource of the gateway's services that the provider has, in two editions. From the first to the second, each
# resource named "changed" is updated in place, tags included, and each named "replaced" is replaced.

terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100.0, < 7.0.0"
    }
  }
}

variable "edition" {
  type    = string
  default = "first"
}

locals {
  number = var.edition == "first" ? 1 : 2
  tags   = { Edition = var.edition }
}

# what a resource without an argument that forces its replacement is replaced by
resource "terraform_data" "edition" {
  input = var.edition
}

data "aws_caller_identity" "current" {}
data "aws_region" "current" {}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["codebuild.amazonaws.com", "codepipeline.amazonaws.com", "ec2.amazonaws.com", "imagebuilder.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "service" {
  name               = "lifecycles"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

# what the machine of a bake calls: the agents of Systems Manager, Image Builder's runner and where it comes from, and the log
resource "aws_iam_role_policy" "service" {
  role = aws_iam_role.service.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["ssm:*", "ssmmessages:*", "ec2messages:*", "imagebuilder:GetComponent", "logs:*", "s3:GetObject"]
      Resource = "*"
    }]
  })
}

resource "aws_iam_instance_profile" "service" {
  name = "lifecycles"
  role = aws_iam_role.service.name
}

resource "aws_s3_bucket" "artifacts" {
  bucket = "lifecycles-${data.aws_caller_identity.current.account_id}"
}
