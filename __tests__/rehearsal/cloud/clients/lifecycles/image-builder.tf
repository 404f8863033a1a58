resource "aws_imagebuilder_component" "changed" {
  name     = "changed"
  platform = "Linux"
  version  = "1.0.0"
  tags     = local.tags
  data     = file("${path.module}/component.yml")
}

resource "aws_imagebuilder_component" "replaced" {
  name     = "replaced"
  platform = "Linux"
  version  = "1.0.${local.number}"
  data     = file("${path.module}/component.yml")
}

resource "aws_imagebuilder_image_recipe" "changed" {
  name         = "changed"
  version      = "1.0.0"
  parent_image = "arn:aws:imagebuilder:${data.aws_region.current.name}:aws:image/amazon-linux-2023-arm64/x.x.x"
  tags         = local.tags

  component {
    component_arn = aws_imagebuilder_component.changed.arn
    parameter {
      name  = "Greeting"
      value = "hello"
    }
  }
  block_device_mapping {
    device_name = "/dev/xvda"
    ebs {
      volume_size           = 8
      volume_type           = "gp3"
      encrypted             = true
      delete_on_termination = true
    }
  }
}

resource "aws_imagebuilder_image_recipe" "replaced" {
  name         = "replaced"
  version      = "1.0.${local.number}"
  parent_image = "arn:aws:imagebuilder:${data.aws_region.current.name}:aws:image/amazon-linux-2023-arm64/x.x.x"

  component {
    component_arn = aws_imagebuilder_component.changed.arn
  }
}

resource "aws_imagebuilder_infrastructure_configuration" "changed" {
  name                          = "changed"
  description                   = "The ${var.edition} edition"
  instance_profile_name         = aws_iam_instance_profile.service.name
  instance_types                = var.edition == "first" ? ["t4g.small"] : ["t4g.medium", "t4g.large"]
  terminate_instance_on_failure = true
  resource_tags                 = local.tags
  tags                          = local.tags

  instance_metadata_options {
    http_tokens                 = "required"
    http_put_response_hop_limit = local.number
  }
}

resource "aws_imagebuilder_infrastructure_configuration" "replaced" {
  name                  = "replaced-${local.number}"
  instance_profile_name = aws_iam_instance_profile.service.name
}

resource "aws_imagebuilder_distribution_configuration" "changed" {
  name        = "changed"
  description = "The ${var.edition} edition"
  tags        = local.tags

  distribution {
    region = data.aws_region.current.name
    ami_distribution_configuration {
      name     = "changed {{ imagebuilder:buildDate }}"
      ami_tags = local.tags
    }
  }
}

resource "aws_imagebuilder_distribution_configuration" "replaced" {
  name = "replaced-${local.number}"

  distribution {
    region = data.aws_region.current.name
    ami_distribution_configuration {
      name = "replaced {{ imagebuilder:buildDate }}"
    }
  }
}

resource "aws_imagebuilder_image_pipeline" "changed" {
  name                             = "changed"
  description                      = "The ${var.edition} edition"
  image_recipe_arn                 = aws_imagebuilder_image_recipe.changed.arn
  infrastructure_configuration_arn = aws_imagebuilder_infrastructure_configuration.changed.arn
  distribution_configuration_arn   = aws_imagebuilder_distribution_configuration.changed.arn
  status                           = var.edition == "first" ? "ENABLED" : "DISABLED"
  tags                             = local.tags

  image_tests_configuration {
    image_tests_enabled = var.edition == "first"
    timeout_minutes     = 60 * local.number
  }
}

resource "aws_imagebuilder_image_pipeline" "replaced" {
  name                             = "replaced-${local.number}"
  image_recipe_arn                 = aws_imagebuilder_image_recipe.changed.arn
  infrastructure_configuration_arn = aws_imagebuilder_infrastructure_configuration.changed.arn
}

resource "aws_imagebuilder_image" "changed" {
  image_recipe_arn                 = aws_imagebuilder_image_recipe.changed.arn
  infrastructure_configuration_arn = aws_imagebuilder_infrastructure_configuration.changed.arn
  distribution_configuration_arn   = aws_imagebuilder_distribution_configuration.changed.arn
  tags                             = local.tags
  # the build machine needs its permissions for as long as it runs
  depends_on = [aws_iam_role_policy.service]
}

resource "aws_imagebuilder_image" "replaced" {
  image_recipe_arn                 = aws_imagebuilder_image_recipe.replaced.arn
  infrastructure_configuration_arn = aws_imagebuilder_infrastructure_configuration.changed.arn
  execution_role                   = aws_iam_role.service.arn
  depends_on                       = [aws_iam_role_policy.service]

  workflow {
    workflow_arn = aws_imagebuilder_workflow.changed.arn
    parameter {
      name  = "line"
      value = "baked by the ${var.edition} edition"
    }
  }
  image_tests_configuration {
    image_tests_enabled = false
  }
}

resource "aws_imagebuilder_lifecycle_policy" "changed" {
  name           = "changed"
  description    = "The ${var.edition} edition"
  execution_role = aws_iam_role.service.arn
  resource_type  = "AMI_IMAGE"
  tags           = local.tags

  policy_detail {
    action {
      type = var.edition == "first" ? "DEPRECATE" : "DISABLE"
    }
    filter {
      type  = "AGE"
      unit  = "DAYS"
      value = 10 * local.number
    }
  }
  resource_selection {
    tag_map = { Lifecycle = "kept" }
  }
}

resource "aws_imagebuilder_lifecycle_policy" "replaced" {
  name           = "replaced-${local.number}"
  execution_role = aws_iam_role.service.arn
  resource_type  = "AMI_IMAGE"

  policy_detail {
    action {
      type = "DELETE"
      include_resources {
        amis      = true
        snapshots = true
      }
    }
    filter {
      type  = "COUNT"
      value = 20
    }
    exclusion_rules {
      amis {
        is_public = false
        last_launched {
          unit  = "DAYS"
          value = 30
        }
      }
    }
  }
  resource_selection {
    recipe {
      name             = aws_imagebuilder_image_recipe.changed.name
      semantic_version = "1.0.0"
    }
  }
}

data "aws_imagebuilder_component" "changed" {
  arn = aws_imagebuilder_component.changed.arn
}

data "aws_imagebuilder_components" "named" {
  owner = "Self"
  filter {
    name   = "name"
    values = [aws_imagebuilder_component.changed.name]
  }
}

data "aws_imagebuilder_image_recipe" "changed" {
  arn = aws_imagebuilder_image_recipe.changed.arn
}

data "aws_imagebuilder_image_recipes" "named" {
  owner = "Self"
  filter {
    name   = "name"
    values = [aws_imagebuilder_image_recipe.changed.name]
  }
}

data "aws_imagebuilder_infrastructure_configuration" "changed" {
  arn = aws_imagebuilder_infrastructure_configuration.changed.arn
}

data "aws_imagebuilder_infrastructure_configurations" "named" {
  filter {
    name   = "name"
    values = [aws_imagebuilder_infrastructure_configuration.changed.name]
  }
}

data "aws_imagebuilder_distribution_configuration" "changed" {
  arn = aws_imagebuilder_distribution_configuration.changed.arn
}

data "aws_imagebuilder_distribution_configurations" "named" {
  filter {
    name   = "name"
    values = [aws_imagebuilder_distribution_configuration.changed.name]
  }
}

data "aws_imagebuilder_image_pipeline" "changed" {
  arn = aws_imagebuilder_image_pipeline.changed.arn
}

data "aws_imagebuilder_image_pipelines" "named" {
  filter {
    name   = "name"
    values = [aws_imagebuilder_image_pipeline.changed.name]
  }
}

data "aws_imagebuilder_image" "changed" {
  arn = aws_imagebuilder_image.changed.arn
}
