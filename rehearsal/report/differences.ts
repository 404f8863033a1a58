/**
 * What a service of the gateway does otherwise than on AWS, in one cell of the table in rehearsal/README.md; the README
 * says more below it. By the service's name in IAM actions. Plain ASCII, no line breaks.
 */
export const differences: Readonly<Record<string, string>> = {
  codecommit: "No pull requests, merges, approval rules or comments; git over HTTP only, no SSH server.",
  codebuild:
    "A build is a process group of bash on this machine, not a container: image, compute type and architecture are recorded and not used; `runtime-versions` are only logged; report groups are not made.",
  codepipeline:
    "Four action types: Source by CodeCommit, Build by CodeBuild, Invoke by Lambda, manual Approval. Four rules of conditions: CloudWatchAlarm, DeploymentWindow, LambdaInvoke, VariableCheck. One second between two checks of a waiting function.",
  imagebuilder:
    "Linux only, no containers. Workflows are carried out but for a few step actions. Commands run on this machine with rewritten paths. Schedules are kept and not carried out; lifecycle policies run on demand.",
  autoscaling:
    "Launch templates only: no launch configurations, mixed instances, lifecycle hooks or scaling policies. Instances are processes. Waits pass faster; see below.",
  elasticloadbalancing:
    "Targets and their health. The emulator serves the other operations. A listener is a loopback port that carries out its default action; listener rules and TLS are not carried out.",
  monitoring:
    "Alarms on load balancer metrics are kept and judged by the gateway. The emulator serves the other operations.",
};
