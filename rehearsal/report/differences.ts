/**
 * What a service of the gateway does otherwise than on AWS, in one cell of the table in rehearsal/README.md; the README
 * says more below it. By the service's name in IAM actions. Plain ASCII, no line breaks.
 */
export const differences: Readonly<Record<string, string>> = {
  codecommit: "No pull requests, approval rules, triggers or comments; git over HTTP only, no SSH server.",
  codebuild:
    "A build is a process group of bash on this machine, not a container: image, compute type and architecture are recorded and not used; `runtime-versions` are only logged; report groups are not made.",
  codepipeline:
    "Four action types: Source by CodeCommit, Build by CodeBuild, Invoke by Lambda, manual Approval. One second between two checks of a waiting function. Conditions and rules are kept and not carried out.",
  imagebuilder:
    "Linux only, no containers, no workflows of one's own. The AMI is registered after the tests, not before. Commands run on this machine with rewritten paths. Schedules and lifecycle policies are kept and not carried out.",
  autoscaling:
    "Launch templates only: no launch configurations, mixed instances, lifecycle hooks or scaling policies. Instances are processes. Waits pass faster; see below.",
  elasticloadbalancing:
    "Targets and their health. The emulator serves the other operations. A listener is a loopback port that carries out its default action; listener rules and TLS are not carried out.",
  monitoring:
    "Alarms on load balancer metrics are kept and judged by the gateway. The emulator serves the other operations.",
};
