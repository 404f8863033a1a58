data "aws_subnets" "default" {
  filter {
    name   = "default-for-az"
    values = ["true"]
  }
}

resource "aws_launch_template" "server" {
  name          = "lifecycles"
  image_id      = one(one(aws_imagebuilder_image.changed.output_resources).amis).image
  instance_type = var.edition == "first" ? "t4g.small" : "t4g.medium"
}

resource "aws_autoscaling_group" "changed" {
  name                = "changed"
  min_size            = 0
  max_size            = 2 * local.number
  desired_capacity    = 1
  vpc_zone_identifier = data.aws_subnets.default.ids

  launch_template {
    id      = aws_launch_template.server.id
    version = aws_launch_template.server.latest_version
  }
  # a change of the launch template starts a refresh, which the provider does not wait for
  instance_refresh {
    strategy = "Rolling"
    preferences {
      instance_warmup              = "0"
      min_healthy_percentage       = 100
      max_healthy_percentage       = 200
      scale_in_protected_instances = "Ignore"
      standby_instances            = "Ignore"
    }
  }
  tag {
    key                 = "Edition"
    value               = var.edition
    propagate_at_launch = true
  }
}

resource "aws_autoscaling_group" "replaced" {
  name                = "replaced-${local.number}"
  min_size            = 0
  max_size            = 1
  vpc_zone_identifier = data.aws_subnets.default.ids

  launch_template {
    id      = aws_launch_template.server.id
    version = "$Latest"
  }
}

data "aws_autoscaling_group" "changed" {
  name = aws_autoscaling_group.changed.name
}

data "aws_autoscaling_groups" "named" {
  filter {
    name   = "tag:Edition"
    values = [one(aws_autoscaling_group.changed.tag).value]
  }
}
