locals {
  # builds without looking for what is in the image, and says a line on the way
  build_workflow = <<-YAML
    name: build
    schemaVersion: 1.0
    parameters:
      - { name: line, type: string, default: hello }
    steps:
      - { name: Launch, action: LaunchInstance, inputs: { waitFor: ssmAgent } }
      - name: Components
        action: ExecuteComponents
        inputs: { instanceId.$: $.stepOutputs.Launch.instanceId }
      - name: Say
        action: RunCommand
        inputs:
          instanceId.$: $.stepOutputs.Launch.instanceId
          documentName: AWS-RunShellScript
          parameters: { commands: ["echo '{{ $.parameters.line }}'"] }
      - name: Create
        action: CreateImage
        inputs: { instanceId.$: $.stepOutputs.Launch.instanceId }
      - name: Terminate
        action: TerminateInstance
        onFailure: Continue
        inputs: { instanceId.$: $.stepOutputs.Launch.instanceId }
    outputs:
      - { name: ImageId, value: $.stepOutputs.Create.imageId }
  YAML
}

resource "aws_imagebuilder_workflow" "changed" {
  name    = "changed"
  version = "1.0.0"
  type    = "BUILD"
  data    = local.build_workflow
  tags    = local.tags
}

resource "aws_imagebuilder_workflow" "replaced" {
  name               = "replaced"
  version            = "1.0.${local.number}"
  type               = "TEST"
  change_description = "The ${var.edition} edition"
  data               = <<-YAML
    schemaVersion: 1.0
    steps:
      - { name: Launch, action: LaunchInstance, inputs: { waitFor: ssmAgent } }
  YAML
}
